//! What a form sent. A form that does not carry the token of its session is never handed on.

use std::sync::Arc;

use crate::people::session::csrf_matches;
use crate::secrets::Secret;

/// The largest form.
pub(super) const LIMIT: usize = 64 << 10;

/// The names and values of a form, in its order.
#[derive(Clone, Debug, Default)]
pub(super) struct Posted(Arc<Vec<(String, String)>>);

impl Posted {
    /// Reads a body of `application/x-www-form-urlencoded`.
    pub(super) fn read(body: &[u8]) -> Self {
        Self(Arc::new(form_urlencoded::parse(body).into_owned().collect()))
    }

    /// The form was made for this session of this shop.
    pub(super) fn is_genuine(&self, secret: &Secret, shop: &str, token: &str) -> bool {
        csrf_matches(secret, shop, token, self.text("csrf"))
    }

    /// A field's value without the spaces around it; empty where it was not sent. The last one counts, as a checkbox may
    /// stand before a hidden field of its name.
    pub(super) fn text(&self, name: &str) -> &str {
        self.given(name).unwrap_or_default()
    }

    /// A field's value, if it was sent.
    pub(super) fn given(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.trim())
    }

    /// Whether a box was ticked.
    pub(super) fn ticked(&self, name: &str) -> bool {
        self.given(name).is_some_and(|value| !value.is_empty())
    }

    /// A whole number.
    pub(super) fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.given(name)?.parse().ok()
    }

    /// The fields whose name starts with `prefix`, named by the rest.
    pub(super) fn below<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.all().filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value)))
    }

    /// Every field.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.trim()))
    }
}

/// A page of this shop to go back to; the home page for anything else, so that no link of ours leads elsewhere.
pub(super) fn local(back: &str) -> &str {
    let own = back.starts_with('/')
        && !back.starts_with("//")
        && back.len() <= 512
        && back.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if own { back } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::session::csrf_token;

    #[test]
    fn a_form_is_genuine_only_with_the_token_of_its_session() {
        let secret = Secret::new([3; 32]);
        let sent = |token: &str| Posted::read(format!("csrf={token}&quantity=2").as_bytes());
        assert!(sent(&csrf_token(&secret, "a", "mine")).is_genuine(&secret, "a", "mine"));
        assert!(!sent(&csrf_token(&secret, "a", "theirs")).is_genuine(&secret, "a", "mine"));
        assert!(!sent("").is_genuine(&secret, "a", "mine"));
    }

    #[test]
    fn values_are_read_by_name() {
        let posted = Posted::read(b"name=+Ann+Lee+&gift=true&quantity=3&attribute%3Aa.b=7&many=1&many=2");
        assert_eq!((posted.text("name"), posted.text("nothing"), posted.text("many")), ("Ann Lee", "", "2"));
        assert!(posted.ticked("gift") && !posted.ticked("remember"));
        assert_eq!((posted.number("quantity"), posted.number::<u32>("name")), (Some(3), None));
        assert_eq!(posted.below("attribute:").collect::<Vec<_>>(), [("a.b", "7")]);
    }

    #[test]
    fn a_way_back_never_leads_to_another_site() {
        assert_eq!(local("/cart?x=1"), "/cart?x=1");
        for elsewhere in ["https://evil.example", "//evil.example", "/\\evil.example", "cart", "", "/a\r\nb"] {
            assert_eq!(local(elsewhere), "/", "{elsewhere}");
        }
    }
}
