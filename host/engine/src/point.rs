//! The names of what an extension may export and import, with words for the merchant.

use serde::{Deserialize, Serialize};

/// An interface that an extension may export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Point {
    /// Checks and compiles settings.
    Configuration,
    /// Changes what a cart costs.
    CartPricing,
    /// Fills the checkout form.
    CheckoutAutofill,
    /// Refuses a checkout that cannot be fulfilled.
    CheckoutValidation,
    /// Shows something on a page.
    StorefrontBlocks,
    /// Acts on what happens to an order.
    OrderEvents,
    /// Acts on what customers do.
    CustomerEvents,
    /// Does work that is due at a time.
    Schedule,
    /// Makes a report.
    Insights,
}

impl Point {
    /// Every extension point there is.
    pub const ALL: [Self; 9] = [
        Self::Configuration,
        Self::CartPricing,
        Self::CheckoutAutofill,
        Self::CheckoutValidation,
        Self::StorefrontBlocks,
        Self::OrderEvents,
        Self::CustomerEvents,
        Self::Schedule,
        Self::Insights,
    ];

    /// The interface's name in the contract.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Configuration => "configuration",
            Self::CartPricing => "cart-pricing",
            Self::CheckoutAutofill => "checkout-autofill",
            Self::CheckoutValidation => "checkout-validation",
            Self::StorefrontBlocks => "storefront-blocks",
            Self::OrderEvents => "order-events",
            Self::CustomerEvents => "customer-events",
            Self::Schedule => "schedule",
            Self::Insights => "insights",
        }
    }

    /// The point with this interface name.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|point| point.id() == id)
    }

    /// Called off the request path and allowed to write; every other point is a decision.
    pub const fn is_handler(self) -> bool {
        matches!(self, Self::OrderEvents | Self::CustomerEvents | Self::Schedule)
    }

    /// What an extension with this point does, for the merchant.
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Configuration => "Check its own settings when you save them",
            Self::CartPricing => "Change what a cart costs",
            Self::CheckoutAutofill => "Fill in the checkout form",
            Self::CheckoutValidation => "Stop a checkout that cannot be fulfilled",
            Self::StorefrontBlocks => "Show something on the pages of the shop",
            Self::OrderEvents => "Act on orders: placed, paid, fulfilled, delivered, refunded, cancelled",
            Self::CustomerEvents => "Act on what customers do: registering, subscribing, reviewing",
            Self::Schedule => "Do work at set times",
            Self::Insights => "Make reports for you",
        }
    }
}

impl std::fmt::Display for Point {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id())
    }
}

/// An interface that an extension may import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Capability {
    /// Its own settings; always granted.
    Settings,
    /// Its own log; always granted.
    Log,
    /// The time-zone database.
    TimeZones,
    /// Products and prices.
    Catalogue,
    /// Profiles without names and addresses.
    Customers,
    /// Names, e-mail addresses, phone numbers and postal addresses.
    AddressBook,
    /// Past orders.
    OrderHistory,
    /// Its own counters.
    Quotas,
    /// Points balances.
    Points,
    /// Granting and taking back points.
    PointsLedger,
    /// Its own stored values.
    Storage,
    /// Writing its own stored values.
    StorageWrite,
    /// Offering accounts to guests.
    Accounts,
    /// Sending messages.
    Messages,
    /// Making coupon codes.
    Coupons,
    /// Handing orders to suppliers.
    Fulfilment,
}

impl Capability {
    /// Every capability there is.
    pub const ALL: [Self; 16] = [
        Self::Settings,
        Self::Log,
        Self::TimeZones,
        Self::Catalogue,
        Self::Customers,
        Self::AddressBook,
        Self::OrderHistory,
        Self::Quotas,
        Self::Points,
        Self::PointsLedger,
        Self::Storage,
        Self::StorageWrite,
        Self::Accounts,
        Self::Messages,
        Self::Coupons,
        Self::Fulfilment,
    ];

    /// The interface's name in the contract.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::Log => "log",
            Self::TimeZones => "time-zones",
            Self::Catalogue => "catalogue",
            Self::Customers => "customers",
            Self::AddressBook => "address-book",
            Self::OrderHistory => "order-history",
            Self::Quotas => "quotas",
            Self::Points => "points",
            Self::PointsLedger => "points-ledger",
            Self::Storage => "storage",
            Self::StorageWrite => "storage-write",
            Self::Accounts => "accounts",
            Self::Messages => "messages",
            Self::Coupons => "coupons",
            Self::Fulfilment => "fulfilment",
        }
    }

    /// The capability with this interface name.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|capability| capability.id() == id)
    }

    /// Writes, so it answers in handlers only.
    pub const fn is_write(self) -> bool {
        matches!(
            self,
            Self::PointsLedger
                | Self::StorageWrite
                | Self::Accounts
                | Self::Messages
                | Self::Coupons
                | Self::Fulfilment
        )
    }

    /// Every extension has it, so the merchant is not asked.
    pub const fn is_always_granted(self) -> bool {
        matches!(self, Self::Settings | Self::Log | Self::TimeZones)
    }

    /// What it lets an extension do, for the merchant who is asked to grant it.
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Settings => "Read its own settings",
            Self::Log => "Write to its own log",
            Self::TimeZones => "Look up time zones",
            Self::Catalogue => "Read products, prices, stock and costs",
            Self::Customers => "Read customer profiles, without names and addresses",
            Self::AddressBook => "Read a recognised customer's name, e-mail, phone and saved addresses",
            Self::OrderHistory => "Read past orders, without names and addresses",
            Self::Quotas => "Read its own counters of what has been sold or claimed",
            Self::Points => "Read points balances",
            Self::PointsLedger => "Grant points, take them back and extend them",
            Self::Storage => "Read what it has stored in your shop",
            Self::StorageWrite => "Store data of its own in your shop",
            Self::Accounts => "Offer accounts to people who bought as guests",
            Self::Messages => "Send e-mails and other messages to customers",
            Self::Coupons => "Make coupon codes",
            Self::Fulfilment => "Hand orders to your suppliers",
        }
    }
}

impl std::fmt::Display for Capability {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::{Capability, Point};

    #[test]
    fn ids_lead_back_to_what_they_name() {
        for point in Point::ALL {
            assert_eq!(Point::from_id(point.id()), Some(point));
        }
        for capability in Capability::ALL {
            assert_eq!(Capability::from_id(capability.id()), Some(capability));
        }
        assert_eq!(Point::from_id("cart-pricing@0.1.0"), None);
    }

    #[test]
    fn serde_uses_the_names_of_the_contract() {
        for point in Point::ALL {
            assert_eq!(serde_json::to_value(point).unwrap(), point.id());
        }
        for capability in Capability::ALL {
            assert_eq!(serde_json::to_value(capability).unwrap(), capability.id());
        }
    }
}
