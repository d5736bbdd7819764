//! A token that stands for a card.

use std::fmt;

use thiserror::Error;

/// The longest token.
const LONGEST: usize = 128;
/// Card numbers have 12 to 19 digits.
const SHORTEST_NUMBER: usize = 12;

/// Why a text is no token. It does not repeat the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("this is no payment token; send the token that the payment provider gave for the card, never its number")]
pub struct NotAToken;

/// A token of the payment provider. It cannot hold a card number, and does not print itself.
#[derive(Clone, PartialEq, Eq)]
pub struct CardToken(String);

impl CardToken {
    /// Takes a token: visible ASCII without spaces, at most 128 characters, with no run of 12 or more digits, however they
    /// are set apart.
    ///
    /// # Errors
    /// If it is none, or could be a card number.
    pub fn new(text: &str) -> Result<Self, NotAToken> {
        let shape = !text.is_empty() && text.len() <= LONGEST && text.bytes().all(|byte| byte.is_ascii_graphic());
        if !shape || has_long_number(text) {
            return Err(NotAToken);
        }
        Ok(Self(text.to_owned()))
    }

    /// The token, for the payment provider and the store.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for CardToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("CardToken(…)")
    }
}

/// Digits that follow each other, also across dashes, dots and the like, but not across letters.
fn has_long_number(text: &str) -> bool {
    let mut digits = 0;
    text.bytes().any(|byte| {
        digits = match byte {
            b'0'..=b'9' => digits + 1,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => 0,
            _ => digits,
        };
        digits >= SHORTEST_NUMBER
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c8_a_card_number_cannot_be_a_token_however_it_is_written() {
        for number in
            ["4242424242424242", "4242-4242-4242-4242", "tok_4242.4242.4242.4242", "378282246310005", "411111111111"]
        {
            assert_eq!(CardToken::new(number), Err(NotAToken), "{number}");
        }
        assert!(CardToken::new("4242 4242 4242 4242").is_err());
        assert!(CardToken::new("").is_err());
    }

    #[test]
    fn c8_a_token_does_not_print_itself() {
        let token = CardToken::new("tok_visa_ok").unwrap();
        assert_eq!(format!("{token:?}"), "CardToken(…)");
        assert_eq!(token.expose(), "tok_visa_ok");
    }
}
