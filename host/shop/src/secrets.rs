//! Keyed hashes and tokens. A token is random, is shown once, and is stored only as a hash.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// What the id of a contact starts with.
const CONTACT: &str = "con_";

/// Whether an id names an e-mail address rather than a customer.
#[must_use]
pub fn is_contact(id: &str) -> bool {
    id.starts_with(CONTACT)
}

/// The platform's secret, from which every key is derived.
#[derive(Clone)]
pub struct Secret([u8; 32]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

impl Secret {
    /// Takes 32 bytes that nobody else knows.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A random secret.
    ///
    /// # Panics
    /// If the operating system has no randomness to give.
    #[must_use]
    pub fn random() -> Self {
        let mut bytes = [0_u8; 32];
        getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
        Self(bytes)
    }

    /// A key for one purpose.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        self.mac(&["derive", purpose])
    }

    /// HMAC-SHA-256 over the parts, each with its length before it, so that no two lists of parts collide.
    #[must_use]
    pub fn mac(&self, parts: &[&str]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac.finalize().into_bytes().into()
    }

    /// The opaque id of an e-mail address in a shop: the same address, however its case, gives the same id; the address
    /// cannot be got from it without the secret.
    #[must_use]
    pub fn contact(&self, shop: &str, email: &str) -> String {
        format!("{CONTACT}{}", hex(&self.mac(&["contact", shop, &email.trim().to_lowercase()])[..16]))
    }
}

/// A new token of 256 random bits, as 64 hexadecimal digits.
///
/// # Panics
/// If the operating system has no randomness to give.
#[must_use]
pub fn new_token() -> String {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    hex(&bytes)
}

/// What is stored of a token: its SHA-256, in hexadecimal.
#[must_use]
pub fn hash_token(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// Lower-case hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        text.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or('0'));
        text.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('0'));
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_is_stable_within_a_shop_and_differs_between_shops() {
        let secret = Secret::new([7; 32]);
        assert_eq!(secret.contact("a", "Ann@Example.com "), secret.contact("a", "ann@example.com"));
        assert_ne!(secret.contact("a", "ann@example.com"), secret.contact("b", "ann@example.com"));
        assert_ne!(Secret::new([8; 32]).contact("a", "ann@example.com"), secret.contact("a", "ann@example.com"));
    }

    #[test]
    fn parts_do_not_run_together() {
        let secret = Secret::new([7; 32]);
        assert_ne!(secret.mac(&["ab", "c"]), secret.mac(&["a", "bc"]));
    }

    #[test]
    fn a_secret_does_not_print_itself() {
        assert_eq!(format!("{:?}", Secret::new([7; 32])), "Secret(…)");
    }
}
