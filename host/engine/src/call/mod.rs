//! One call of one extension point: a fresh store and instance, limits all round, and a plain word for what went wrong.

pub(crate) mod budget;
pub(crate) mod failure;
pub(crate) mod guarded;
pub(crate) mod invocation;
pub(crate) mod lane;
pub(crate) mod limiter;
pub(crate) mod run;
pub(crate) mod state;
pub(crate) mod text;
pub(crate) mod ticker;
pub(crate) mod turns;
pub(crate) mod wasi;
pub(crate) mod weight;

use serde::{Deserialize, Serialize};

use crate::contract::Context;
use crate::id::Id;

/// The circumstances of one request: the same for every extension that is asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Call {
    /// The shop.
    pub shop: Id,
    /// What every guest is told: the instant, the language, the time zone.
    pub context: Context,
    /// The customer who is recognised or signed in. Only this customer's address book can be read.
    pub customer: Option<Id>,
    /// What the request is about, in the vendor's own words, such as the id of the cart. Extensions do not see it; the
    /// vendor's capabilities do, so that a cart which has reserved something can still be told that it has it.
    pub subject: Option<Id>,
    /// A number that stays the same only as long as everything does that capabilities answer from, for this shop. With
    /// one, the answer of a decision may be [given again](crate::MemoConfig); without, extensions are asked every time.
    #[serde(default)]
    pub data_version: Option<u64>,
}

impl Call {
    /// A call for a shopper whom nobody knows.
    pub fn new(shop: impl Into<Id>, context: Context) -> Self {
        Self { shop: shop.into(), context, customer: None, subject: None, data_version: None }
    }

    /// The same call for a recognised or signed-in customer.
    #[must_use]
    pub fn for_customer(mut self, customer: impl Into<Id>) -> Self {
        self.customer = Some(customer.into());
        self
    }

    /// The same call about something of the vendor's own, such as a cart.
    #[must_use]
    pub fn about(mut self, subject: impl Into<Id>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// The same call, whose answer may be given again while the data behind capabilities has this version.
    ///
    /// Take the version before you read what you ask about. Then an answer from data that changed meanwhile is kept under
    /// a version that nobody asks for any more.
    #[must_use]
    pub fn at_data_version(mut self, version: u64) -> Self {
        self.data_version = Some(version);
        self
    }
}
