//! Links in mails. They start with the shop's own address and never with what a request said its host was (A4).

/// The addresses of a shop's pages.
#[derive(Clone, Copy, Debug)]
pub struct Links<'a> {
    base_url: &'a str,
}

impl<'a> Links<'a> {
    /// Links below a shop's address.
    #[must_use]
    pub fn new(base_url: &'a str) -> Self {
        Self { base_url: base_url.trim_end_matches('/') }
    }

    /// The page that asks whether to use a mailed proof up.
    #[must_use]
    pub fn proof(&self, token: &str) -> String {
        format!("{}/sign-in/confirm?token={}", self.base_url, encode(token))
    }

    /// The page to ask for a new proof.
    #[must_use]
    pub fn sign_in(&self) -> String {
        format!("{}/sign-in", self.base_url)
    }

    /// The page, and the one-click target, that ends marketing.
    #[must_use]
    pub fn unsubscribe(&self, token: &str) -> String {
        format!("{}/unsubscribe?token={}", self.base_url, encode(token))
    }

    /// The page of an order.
    #[must_use]
    pub fn order(&self, order: &str) -> String {
        format!("{}/orders/{}", self.base_url, encode(order))
    }

    /// A page that an extension may lead to, as in the contract's `page-link`; the home page if it names none of them.
    #[must_use]
    pub fn page(&self, page: &str, id: &str) -> String {
        match page {
            "cart" | "checkout" | "account" | "sign-in" => format!("{}/{page}", self.base_url),
            "product" if !id.is_empty() => format!("{}/products/{}", self.base_url, encode(id)),
            _ => format!("{}/", self.base_url),
        }
    }
}

/// Percent-encodes all but the unreserved characters of RFC 3986.
fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(char::from(byte)),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a4_every_link_starts_with_the_address_of_the_shop() {
        let links = Links::new("https://shop.example/demo/");
        for link in [
            links.proof("t"),
            links.sign_in(),
            links.unsubscribe("t"),
            links.order("o"),
            links.page("//evil.example", ""),
            links.page("product", "//evil.example"),
        ] {
            assert!(link.starts_with("https://shop.example/demo/"), "{link}");
            assert!(!link.contains("/evil"), "{link}");
        }
        assert_eq!(links.page("product", "a/b"), "https://shop.example/demo/products/a%2Fb");
        assert_eq!(links.page("product", ""), "https://shop.example/demo/");
        assert_eq!(links.page("checkout", ""), "https://shop.example/demo/checkout");
    }
}
