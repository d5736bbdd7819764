//! What binds a cookie's value to the browser that was given it: a value that was made up, or taken to another browser,
//! opens nothing.

use subtle::ConstantTimeEq;

use crate::secrets::{Secret, hash_token, hex};

/// The key of one browser in one shop.
#[derive(Clone, Debug)]
pub(super) struct Seal(Secret);

impl Seal {
    /// The seal of the browser whose session cookie holds `token`.
    pub(super) fn of(secret: &Secret, shop: &str, token: &str) -> Self {
        Self(Secret::new(secret.mac(&["browser", shop, &hash_token(token)])))
    }

    /// An id as it is kept in a cookie, for one purpose.
    pub(super) fn close(&self, purpose: &str, id: &str) -> String {
        format!("{id}-{}", self.mark(purpose, id))
    }

    /// The id in a value of a cookie; none if this seal did not close it.
    pub(super) fn open(&self, purpose: &str, value: &str) -> Option<String> {
        let (id, mark) = value.rsplit_once('-')?;
        let is_ours: bool = self.mark(purpose, id).as_bytes().ct_eq(mark.as_bytes()).into();
        is_ours.then(|| id.to_owned())
    }

    fn mark(&self, purpose: &str, id: &str) -> String {
        hex(&self.0.mac(&[purpose, id])[..16])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_browser_that_was_given_a_value_opens_it_and_for_its_purpose_alone() {
        let seal = |shop: &str, token: &str| Seal::of(&Secret::new([7; 32]), shop, token);
        let mine = seal("a", "mine");
        let closed = mine.close("cart", "crt_1");
        assert_eq!(mine.open("cart", &closed).as_deref(), Some("crt_1"));
        assert_eq!(mine.open("ordered", &closed), None);
        for other in [seal("a", "theirs"), seal("b", "mine"), Seal::of(&Secret::new([8; 32]), "a", "mine")] {
            assert_eq!(other.open("cart", &closed), None);
        }
        for forged in ["crt_1", "crt_1-", &closed.replace("crt_1", "crt_2"), &closed[..closed.len() - 1], ""] {
            assert_eq!(mine.open("cart", forged), None, "{forged}");
        }
    }
}
