//! How much a value weighs when it crosses into or out of a guest.

use crate::contract::*;
use crate::pricing::{Placed, Price, Pricing, Share};
use crate::{Call, Id, PlacedBlock};

/// Bytes that every element costs, however empty: a list of a million empty strings is not free.
const ELEMENT: usize = 16;

/// Something whose size is charged to a call.
pub(crate) trait Weigh {
    /// About how many bytes it takes.
    fn weight(&self) -> usize;
}

/// What was read is kept until the commit.
impl Weigh for crate::ReadVersion {
    fn weight(&self) -> usize {
        ELEMENT + self.key.len()
    }
}

macro_rules! fixed {
    ($($kind:ty),* $(,)?) => {
        $(impl Weigh for $kind {
            fn weight(&self) -> usize {
                size_of::<Self>()
            }
        })*
    };
}

/// A record weighs what the fields named weigh, and a fixed part for the rest.
macro_rules! record {
    ($($kind:ty { $($field:ident),* $(,)? })*) => {
        $(impl Weigh for $kind {
            fn weight(&self) -> usize {
                ELEMENT $(+ self.$field.weight())*
            }
        })*
    };
}

fixed!((), u8, u32, u64, i64, bool, Holdings, Birthday, LocalTime, Resolved, DeficitPolicy, Change, Price, Share);

impl Weigh for String {
    fn weight(&self) -> usize {
        ELEMENT + self.len()
    }
}

impl<T: Weigh> Weigh for Option<T> {
    fn weight(&self) -> usize {
        self.as_ref().map_or(1, Weigh::weight)
    }
}

impl<T: Weigh> Weigh for Vec<T> {
    fn weight(&self) -> usize {
        ELEMENT + self.iter().map(Weigh::weight).sum::<usize>()
    }
}

impl<T: Weigh + ?Sized> Weigh for &T {
    fn weight(&self) -> usize {
        (**self).weight()
    }
}

impl<A: Weigh, B: Weigh> Weigh for (A, B) {
    fn weight(&self) -> usize {
        self.0.weight() + self.1.weight()
    }
}

record! {
    Attribute { key, value }
    Fault { code, message }
    // Catalogue
    VariantInfo { id, title, price, stock, cost }
    Product { id, title, categories, tags, variants, attributes }
    // Customers
    Profile { id, contact, birthday, locale, tags, attributes }
    ProfilePage { profiles, cursor }
    Address {
        id, name, organization, line1, line2, dependent_locality, locality, region, postal_code, sorting_code, country,
        phone,
    }
    Delivery { address, method }
    Book { name, email, phone, addresses, default_shipping, default_billing, deliveries, last_payment_token }
    // Orders
    OrderLine { id, product, variant, unit_price, total, paid_with_points, paid_with_gift_cards, tax, attributes }
    OrderAdjustment { extension, line, class, label, amount }
    Order { id, number, currency, lines, adjustments, customer, contact, contact_domain, country, flags, attributes }
    OrderSummary { id, number, currency, total, refunded, customer, contact }
    OrderPage { orders, cursor }
    // Points and storage
    Lot { id, remaining }
    EarnedLine { line, earned, reversed }
    OrderPoints { earned, spent, restored }
    Expiring { holder, points }
    ExpiringPage { entries, cursor }
    KeyPage { keys, cursor }
    LineShare { line, points }
    Grant { holder, key, rule, reason, order, lines }
    Reversal { order, lines, key, reason }
    Restoration { order, key, reason }
    // Other effects
    AccountOffer { order, key }
    Action { label, page, id }
    Message { to, channel, purpose, subject, paragraphs, action, key, stop_when, attributes }
    Coupon { code, customer, key }
    ForwardedLine { line, quantity }
    Forwarding { order, supplier, lines, attributes, key }
    // What decisions are asked
    Context { locale, time_zone }
    Call { shop, context, customer, subject }
    CartLine { product, variant, attributes }
    Cart { currency, lines, customer, country, codes, attributes }
    TypedField { field, value }
    PaymentToken { token, brand, last4 }
    CheckoutForm { customer, country, fields, delivery_methods, payment_tokens, attributes }
    ShownProduct { product, variant }
    Page { kind, slots, currency, customer, products, cart, order, attributes }
    // What they answer
    QuotaClaim { name }
    Adjustment { class, label, changes, claims }
    Placed { extension, adjustment, shares }
    Pricing { placed, lines }
    FieldPlan { field, label, value, source, autocomplete, input_mode, pattern, example, choices }
    CheckoutPlan { fields, delivery_method, payment_token }
    Countdown { title, over, variant }
    PriceDisplay { variant }
    PageLink { page, id, label }
    Notice { tone, title, text, link }
    Progress { title, text }
    Listing { title, rows }
    Input { key, label, kind, value }
    Form { title, text, inputs, submit }
    Custom { kind, attributes }
    Block { slot, content }
    PlacedBlock { extension, block }
    crate::report::Refused { extension, reason }
}

impl Weigh for Id {
    fn weight(&self) -> usize {
        ELEMENT + self.len()
    }
}

impl Weigh for Claim {
    fn weight(&self) -> usize {
        ELEMENT
            + match self {
                Self::Points(_) => 0,
                Self::Quota(quota) => quota.weight(),
            }
    }
}

impl Weigh for Content {
    fn weight(&self) -> usize {
        match self {
            Self::Countdown(countdown) => countdown.weight(),
            Self::Price(price) => price.weight(),
            Self::Notice(notice) => notice.weight(),
            Self::Progress(progress) => progress.weight(),
            Self::Listing(listing) => listing.weight(),
            Self::Form(form) => form.weight(),
            Self::Custom(custom) => custom.weight(),
        }
    }
}

impl Weigh for crate::Effect {
    fn weight(&self) -> usize {
        match self {
            Self::PointsGrant(grant) => grant.weight(),
            Self::PointsReverse { reversal, deficit } => reversal.weight() + deficit.weight(),
            Self::PointsRestore(restoration) => restoration.weight(),
            Self::PointsExtend { holder, key, .. } => holder.weight() + key.weight(),
            // Bytes are bytes: no element of its own for each.
            Self::StorageSet { key, value } => key.weight() + ELEMENT + value.len(),
            Self::StorageDelete { key } => key.weight(),
            Self::AccountOffer(offer) => offer.weight(),
            Self::Message(message) => message.weight(),
            Self::Coupon(coupon) => coupon.weight(),
            Self::Forwarding(forwarding) => forwarding.weight(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_elements_weigh_something() {
        assert_eq!(vec![String::new(); 1_000].weight(), 1_001 * ELEMENT);
    }

    #[test]
    fn long_strings_weigh_their_bytes() {
        assert!("x".repeat(5_000).weight() >= 5_000);
        let attribute = Attribute { key: "k".repeat(100), value: "v".repeat(900) };
        assert!(Some(attribute).weight() >= 1_000);
    }
}
