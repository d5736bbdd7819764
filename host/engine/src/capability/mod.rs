//! Capabilities: what extensions may ask of the shop, one module each.
//!
//! A *read* capability is a plain async trait that the vendor implements. A *write* capability has no trait: in a handler
//! the engine checks the request and keeps it as an [`Effect`](crate::Effect), which the vendor commits afterwards. What
//! is not registered here is not linked, and an extension that needs it is refused when it is loaded.

mod accounts;
mod address_book;
mod catalogue;
mod check;
mod coupons;
mod customers;
mod fulfilment;
pub(crate) mod link;
mod log;
mod messages;
mod order_history;
mod points;
mod points_ledger;
mod quotas;
mod settings;
mod storage;
mod storage_write;
mod time_zones;

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use address_book::AddressBook;
pub use catalogue::Catalogue;
pub use customers::Customers;
pub use order_history::OrderHistory;
pub use points::Points;
pub use quotas::Quotas;
pub use storage::Storage;
pub use time_zones::TimeZones;

use crate::contract::Instant;
use crate::id::Id;
use crate::point::Capability;

/// On whose behalf a capability is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The shop. Nothing of another shop may be in the answer.
    pub shop: Id,
    /// The extension that asks; storage and counters are its own.
    pub extension: Id,
    /// `context.now` of the call.
    pub now: Instant,
    /// The customer who is recognised or signed in, if any.
    pub customer: Option<Id>,
    /// What the request is about, as in [`Call::subject`](crate::Call::subject).
    pub subject: Option<Id>,
}

/// An answer of a read capability, with the versions of what it was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read<T> {
    /// The answer.
    pub value: T,
    /// Versions of the records behind it. A handler's commit compares them, and the handler runs again if one has
    /// changed; empty for what a handler does not depend on.
    pub versions: Vec<ReadVersion>,
}

/// The version of one record when it was read.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ReadVersion {
    /// The record, in the vendor's own words, such as `points/customer-7`.
    pub key: String,
    /// A number that changes whenever the record does.
    pub version: u64,
}

impl<T> From<T> for Read<T> {
    fn from(value: T) -> Self {
        Self { value, versions: Vec::new() }
    }
}

impl<T> Read<T> {
    /// An answer made from one record.
    pub fn versioned(value: T, key: impl Into<String>, version: u64) -> Self {
        Self { value, versions: vec![ReadVersion { key: key.into(), version }] }
    }
}

/// What the vendor offers to extensions.
#[derive(Clone, Default)]
pub struct Capabilities {
    pub(crate) time_zones: Option<Arc<dyn TimeZones>>,
    pub(crate) catalogue: Option<Arc<dyn Catalogue>>,
    pub(crate) customers: Option<Arc<dyn Customers>>,
    pub(crate) address_book: Option<Arc<dyn AddressBook>>,
    pub(crate) order_history: Option<Arc<dyn OrderHistory>>,
    pub(crate) quotas: Option<Arc<dyn Quotas>>,
    pub(crate) points: Option<Arc<dyn Points>>,
    pub(crate) storage: Option<Arc<dyn Storage>>,
    writes: BTreeSet<Capability>,
}

impl Capabilities {
    /// Starts with nothing but `settings` and `log`.
    pub fn builder() -> CapabilitiesBuilder {
        CapabilitiesBuilder(Self::default())
    }

    /// The vendor offers this capability.
    pub fn offers(&self, capability: Capability) -> bool {
        match capability {
            Capability::Settings | Capability::Log => true,
            Capability::TimeZones => self.time_zones.is_some(),
            Capability::Catalogue => self.catalogue.is_some(),
            Capability::Customers => self.customers.is_some(),
            Capability::AddressBook => self.address_book.is_some(),
            Capability::OrderHistory => self.order_history.is_some(),
            Capability::Quotas => self.quotas.is_some(),
            Capability::Points => self.points.is_some(),
            Capability::Storage => self.storage.is_some(),
            Capability::PointsLedger
            | Capability::StorageWrite
            | Capability::Accounts
            | Capability::Messages
            | Capability::Coupons
            | Capability::Fulfilment => self.writes.contains(&capability),
        }
    }
}

impl std::fmt::Debug for Capabilities {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(Capability::ALL.iter().filter(|c| self.offers(**c))).finish()
    }
}

/// Collects what the vendor offers.
#[derive(Clone, Debug, Default)]
pub struct CapabilitiesBuilder(Capabilities);

/// One setter for each capability that is answered by a trait of the vendor.
macro_rules! answered_by {
    ($($(#[$doc:meta])* $name:ident: $answers:ident),* $(,)?) => {
        impl CapabilitiesBuilder {
            $($(#[$doc])*
            #[must_use]
            pub fn $name(mut self, vendor: Arc<dyn $answers>) -> Self {
                self.0.$name = Some(vendor);
                self
            })*
        }
    };
}

answered_by! {
    /// Offers `time-zones`.
    time_zones: TimeZones,
    /// Offers `catalogue`.
    catalogue: Catalogue,
    /// Offers `customers`.
    customers: Customers,
    /// Offers `address-book`.
    address_book: AddressBook,
    /// Offers `order-history`.
    order_history: OrderHistory,
    /// Offers `quotas`.
    quotas: Quotas,
    /// Offers `points`.
    points: Points,
    /// Offers `storage`.
    storage: Storage,
}

impl CapabilitiesBuilder {
    /// Offers a write capability: the vendor commits the effects it leaves. A read capability is offered by its own
    /// setter, so naming one here changes nothing.
    #[must_use]
    pub fn write(mut self, capability: Capability) -> Self {
        if capability.is_write() {
            self.0.writes.insert(capability);
        }
        self
    }

    /// Offers every write capability.
    #[must_use]
    pub fn all_writes(self) -> Self {
        Capability::ALL.into_iter().fold(self, Self::write)
    }

    /// The finished set.
    pub fn build(self) -> Capabilities {
        self.0
    }
}
