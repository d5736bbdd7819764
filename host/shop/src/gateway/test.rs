//! A gateway for demos and tests. It knows a handful of tokens, and its authorisations say by themselves how much they
//! are for, so that orders made before a restart can still be captured and refunded.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use sha2::{Digest, Sha256};

use super::{Authorisation, Card, CardToken, Gateway, GatewayError};
use crate::money::Money;
use crate::secrets::hex;

/// What every authorisation of this gateway starts with.
const PREFIX: &str = "test_auth_";

/// A gateway that moves no money.
///
/// | token | what it does |
/// | --- | --- |
/// | `tok_visa_ok`, `tok_mastercard_ok` | pays |
/// | `tok_declined` | the bank declines |
/// | `tok_insufficient` | too little money |
/// | `tok_expired` | the card has expired |
/// | `tok_unavailable` | the gateway cannot be reached |
/// | `tok_lost_capture` | authorises, and cannot be reached when money is to be taken |
#[derive(Debug, Default)]
pub struct TestGateway {
    book: Mutex<Book>,
}

#[derive(Debug, Default)]
struct Book {
    /// What was asked under a key, and what was answered.
    answers: HashMap<String, (String, Result<(), GatewayError>)>,
    accounts: HashMap<String, Account>,
}

#[derive(Debug, Default)]
struct Account {
    captured: Money,
    refunded: Money,
    voided: bool,
}

impl TestGateway {
    /// A gateway that has done nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What was captured and what was refunded under an authorisation.
    #[must_use]
    pub fn moved(&self, authorisation: &str) -> (Money, Money) {
        let book = self.book();
        book.accounts.get(authorisation).map_or((0, 0), |account| (account.captured, account.refunded))
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does `work` once for a key.
    fn once(
        &self,
        key: &str,
        request: String,
        work: impl FnOnce(&mut Book) -> Result<(), GatewayError>,
    ) -> Result<(), GatewayError> {
        let mut book = self.book();
        if let Some((known, answer)) = book.answers.get(key) {
            return if *known == request { answer.clone() } else { Err(GatewayError::KeyReused) };
        }
        let answer = work(&mut book);
        if answer.as_ref().err().is_none_or(GatewayError::is_final) {
            book.answers.insert(key.to_owned(), (request, answer.clone()));
        }
        answer
    }
}

/// The cards that a demo offers: a token, and what paying with it does.
pub const TEST_CARDS: [(&str, &str); 4] = [
    ("tok_visa_ok", "pays"),
    ("tok_mastercard_ok", "pays"),
    ("tok_declined", "is declined"),
    ("tok_insufficient", "has too little money"),
];

fn card(brand: &str, last4: &str) -> Card {
    Card { brand: brand.to_owned(), last4: last4.to_owned(), expires_year: 2034, expires_month: 12 }
}

fn look_up(token: &CardToken) -> Result<Card, GatewayError> {
    match token.expose() {
        "tok_visa_ok" => Ok(card("visa", "4242")),
        "tok_mastercard_ok" => Ok(card("mastercard", "4444")),
        "tok_declined" => Ok(card("visa", "0002")),
        "tok_insufficient" => Ok(card("visa", "9995")),
        "tok_lost_capture" => Ok(card("visa", "0341")),
        "tok_expired" => Err(GatewayError::Expired),
        "tok_unavailable" => Err(GatewayError::Unavailable),
        _ => Err(GatewayError::UnknownToken),
    }
}

/// The amount and the last four digits that an authorisation says it is for.
fn read(authorisation: &str) -> Result<(Money, &str), GatewayError> {
    let mut parts = authorisation.strip_prefix(PREFIX).ok_or(GatewayError::State)?.split('_');
    let amount = parts.next().and_then(|amount| amount.parse().ok()).ok_or(GatewayError::State)?;
    Ok((amount, parts.next().ok_or(GatewayError::State)?))
}

#[async_trait]
impl Gateway for TestGateway {
    async fn card(&self, token: &CardToken) -> Result<Card, GatewayError> {
        look_up(token)
    }

    async fn authorise(
        &self,
        key: &str,
        token: &CardToken,
        amount: Money,
        currency: &str,
    ) -> Result<Authorisation, GatewayError> {
        let card = look_up(token)?;
        let request = format!("authorise {} {amount} {currency}", token.expose());
        let digest = hex(&Sha256::digest(format!("{key} {request}"))[..8]);
        self.once(key, request, |_| match token.expose() {
            "tok_declined" => Err(GatewayError::Declined),
            "tok_insufficient" => Err(GatewayError::InsufficientFunds),
            _ if amount < 1 => Err(GatewayError::Amount { asked: amount, most: Money::MAX }),
            _ => Ok(()),
        })?;
        Ok(Authorisation { id: format!("{PREFIX}{amount}_{}_{digest}", card.last4), amount, card })
    }

    async fn capture(&self, key: &str, authorisation: &str, amount: Money) -> Result<(), GatewayError> {
        let (authorised, last4) = read(authorisation)?;
        if last4 == "0341" {
            return Err(GatewayError::Unavailable);
        }
        self.once(key, format!("capture {authorisation} {amount}"), |book| {
            let account = book.accounts.entry(authorisation.to_owned()).or_default();
            if account.voided || account.captured > 0 {
                return Err(GatewayError::State);
            }
            if !(1..=authorised).contains(&amount) {
                return Err(GatewayError::Amount { asked: amount, most: authorised });
            }
            account.captured = amount;
            Ok(())
        })
    }

    async fn refund(&self, key: &str, authorisation: &str, amount: Money) -> Result<(), GatewayError> {
        let (authorised, _) = read(authorisation)?;
        self.once(key, format!("refund {authorisation} {amount}"), |book| {
            let account = book.accounts.entry(authorisation.to_owned()).or_default();
            // Nothing is known of what was captured before a restart; the shop's own books bound the refund then.
            let captured = if account.captured > 0 { account.captured } else { authorised };
            let most = captured - account.refunded;
            if account.voided {
                return Err(GatewayError::State);
            }
            if !(1..=most).contains(&amount) {
                return Err(GatewayError::Amount { asked: amount, most });
            }
            account.refunded += amount;
            Ok(())
        })
    }

    async fn void(&self, key: &str, authorisation: &str) -> Result<(), GatewayError> {
        read(authorisation)?;
        self.once(key, format!("void {authorisation}"), |book| {
            let account = book.accounts.entry(authorisation.to_owned()).or_default();
            if account.captured > 0 {
                return Err(GatewayError::State);
            }
            account.voided = true;
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(text: &str) -> CardToken {
        CardToken::new(text).unwrap()
    }

    #[tokio::test]
    async fn the_same_key_moves_money_once_and_never_for_another_request() {
        let gateway = TestGateway::new();
        let first = gateway.authorise("a", &token("tok_visa_ok"), 500, "EUR").await.unwrap();
        assert_eq!(gateway.authorise("a", &token("tok_visa_ok"), 500, "EUR").await.unwrap(), first);
        let other = gateway.authorise("a", &token("tok_visa_ok"), 501, "EUR").await;
        assert_eq!(other, Err(GatewayError::KeyReused));
        for _ in 0..2 {
            gateway.capture("c", &first.id, 500).await.unwrap();
            gateway.refund("r", &first.id, 200).await.unwrap();
        }
        assert_eq!(gateway.moved(&first.id), (500, 200));
        let too_much = gateway.refund("s", &first.id, 301).await;
        assert_eq!(too_much, Err(GatewayError::Amount { asked: 301, most: 300 }));
    }

    #[tokio::test]
    async fn each_token_does_what_its_name_says() {
        let gateway = TestGateway::new();
        for (name, answer) in [
            ("tok_declined", GatewayError::Declined),
            ("tok_insufficient", GatewayError::InsufficientFunds),
            ("tok_expired", GatewayError::Expired),
            ("tok_unavailable", GatewayError::Unavailable),
            ("tok_made_up", GatewayError::UnknownToken),
        ] {
            assert_eq!(gateway.authorise(name, &token(name), 1, "EUR").await, Err(answer));
        }
    }

    #[tokio::test]
    async fn what_was_let_go_cannot_be_taken_and_what_was_taken_cannot_be_let_go() {
        let gateway = TestGateway::new();
        let first = gateway.authorise("a", &token("tok_visa_ok"), 5, "EUR").await.unwrap();
        gateway.void("v", &first.id).await.unwrap();
        assert_eq!(gateway.capture("c", &first.id, 5).await, Err(GatewayError::State));
        let second = gateway.authorise("b", &token("tok_visa_ok"), 5, "EUR").await.unwrap();
        gateway.capture("d", &second.id, 5).await.unwrap();
        assert_eq!(gateway.void("w", &second.id).await, Err(GatewayError::State));
    }

    #[tokio::test]
    async fn an_order_made_before_a_restart_can_still_be_refunded() {
        let before = TestGateway::new();
        let paid = before.authorise("a", &token("tok_visa_ok"), 5, "EUR").await.unwrap();
        before.capture("c", &paid.id, 5).await.unwrap();
        let after = TestGateway::new();
        assert_eq!(after.refund("r", &paid.id, 5).await, Ok(()));
        assert!(after.refund("s", &paid.id, 1).await.is_err());
    }
}
