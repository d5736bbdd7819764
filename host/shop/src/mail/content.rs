//! What a mail says, as data. It is put into words when it is sent.

use serde::{Deserialize, Serialize};

use crate::clock::Instant;

/// What a mail is for. It decides what may hold it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Somebody waits for it: a sign-in link. Nothing holds it back.
    Security,
    /// Follows from something the recipient did.
    Service,
    /// All else: needs consent, and carries an unsubscribe link.
    Marketing,
}

impl Purpose {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Security => "security",
            Self::Service => "service",
            Self::Marketing => "marketing",
        }
    }

    pub(crate) fn read(text: &str) -> Option<Self> {
        [Self::Security, Self::Service, Self::Marketing].into_iter().find(|purpose| purpose.as_str() == text)
    }
}

/// Something that happens to a recipient and makes a queued mail pointless.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Signal {
    /// An order was placed.
    Ordered,
    /// Marketing was turned down.
    Unsubscribed,
    /// An order was refunded, in part or in full.
    Refunded,
    /// The e-mail address was proved.
    Verified,
}

impl Signal {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Ordered => "ordered",
            Self::Unsubscribed => "unsubscribed",
            Self::Refunded => "refunded",
            Self::Verified => "verified",
        }
    }

    /// The signal with a name from the contract's `message.stop-when`.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        [Self::Ordered, Self::Unsubscribed, Self::Refunded, Self::Verified]
            .into_iter()
            .find(|signal| signal.as_str() == text)
    }
}

/// What a mail says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Content {
    /// A link and a code to sign in with. Both are made when the mail is sent, so that the outbox holds neither.
    SignIn {
        /// The hash of what the browser holds that asked.
        handle: String,
    },
    /// An offer of an account. The link is made when the mail is sent.
    Invitation {
        /// The order's id.
        order: String,
        /// The order's number.
        number: String,
        /// The empty account exists already.
        automatic: bool,
        /// When the offer ends.
        lapses_at: Instant,
    },
    /// In place of an invitation, for an address that has an account.
    AccountReminder {
        /// The order's number.
        number: String,
    },
    /// Something happened to an order.
    Order(Box<OrderMail>),
    /// What a supplier is to send. It is read when the mail is sent, so that the outbox holds no postal address.
    Forwarding {
        /// The forwarding's id.
        forwarding: String,
    },
    /// What an extension says.
    Message(Message),
}

/// What happened to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrderNews {
    /// It was placed and paid.
    Placed,
    /// It, or a part of it, is on its way.
    Fulfilled,
    /// It arrived.
    Delivered,
    /// Money was given back.
    Refunded,
    /// It was cancelled.
    Cancelled,
    /// What the buyer wants to send back may come back.
    ReturnAccepted,
    /// It may not.
    ReturnDeclined,
}

/// News of an order. Every amount is what the order keeps, so the mail says what the page says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrderMail {
    /// What happened.
    pub news: OrderNews,
    /// The order's id.
    pub order: String,
    /// The number that people use.
    pub number: String,
    /// ISO 4217.
    pub currency: String,
    /// What was bought, or given back.
    pub lines: Vec<OrderMailLine>,
    /// Price changes that the order shows on their own: label and amount.
    pub adjustments: Vec<(String, i64)>,
    /// What delivery costs.
    pub delivery_fee: i64,
    /// What was charged; what was given back, if the news is a refund.
    pub total: i64,
    /// The last day promised before the order was placed, such as `2026-03-29`.
    pub arrives: Option<String>,
    /// The carrier's tracking page or number.
    pub tracking: Option<String>,
    /// What the merchant says about it.
    pub note: Option<String>,
}

/// A line of an order in a mail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrderMailLine {
    /// Product and variant, as the shopper knows them.
    pub title: String,
    /// Units.
    pub quantity: u32,
    /// What the line costs, or what is given back for it.
    pub total: i64,
}

/// An extension's message, as in the contract's `messages`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// The subject line.
    pub subject: String,
    /// Paragraphs of plain text.
    pub paragraphs: Vec<String>,
    /// Where the one button leads.
    pub action: Option<Action>,
}

/// A button that leads to a page of the shop.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Action {
    /// What it says.
    pub label: String,
    /// As in the contract's `storefront-blocks.page-link.page`.
    pub page: String,
    /// The id that the page needs, else empty.
    pub id: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purposes_and_signals_read_back() {
        for purpose in [Purpose::Security, Purpose::Service, Purpose::Marketing] {
            assert_eq!(Purpose::read(purpose.as_str()), Some(purpose));
        }
        for signal in [Signal::Ordered, Signal::Unsubscribed, Signal::Refunded, Signal::Verified] {
            assert_eq!(Signal::read(signal.as_str()), Some(signal));
        }
        assert_eq!(Signal::read("something-new"), None);
    }
}
