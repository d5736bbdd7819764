//! What to suggest of what is stored: an address, a delivery method, a payment token.

use boomerang_sdk::address_book::{Address, Book};
use boomerang_sdk::time::DAY;
use boomerang_sdk::types::{CheckoutForm, Fault, Instant, PaymentToken, Recognition, TypedField};

use crate::field::{Part, Side, field_id};
use crate::settings::Settings;

/// The platform's address books.
pub trait Books {
    /// A customer's address book.
    fn get(&self, customer: &str) -> Result<Option<Book>, Fault>;
}

/// The address book of whoever is checking out, where they have proved who they are. Otherwise no book is asked for: what
/// is not read cannot be given away, and takes no time that could be measured.
pub fn book_of(form: &CheckoutForm, settings: &Settings, books: &dyn Books) -> Result<Option<Book>, Fault> {
    let proved = match form.recognition {
        Recognition::Anonymous => false,
        Recognition::Device => settings.remembered_devices,
        Recognition::SignedIn => true,
    };
    match &form.customer {
        Some(customer) if proved => books.get(customer),
        _ => Ok(None),
    }
}

/// A stored address to suggest.
#[derive(Debug, Clone, Copy)]
pub struct Suggestion<'a> {
    /// The address.
    pub address: &'a Address,
    /// Where it is from, as in `field-plan.source`.
    pub source: &'static str,
    /// How sure it is, in percent.
    pub confidence: u8,
}

/// The address to suggest for one side of the form. Goods go where the last delivery has arrived; a bill goes where the
/// customer has said. A gift goes to somebody else, about whom nothing is stored.
pub fn suggest<'a>(book: &'a Book, form: &CheckoutForm, side: Side) -> Option<Suggestion<'a>> {
    if side == Side::Shipping && form.gift {
        return None;
    }
    let country = typed(form, side, Part::Country);
    let usable = |address: &&Address| {
        country.is_none_or(|country| address.country.eq_ignore_ascii_case(country)) && !contradicts(form, side, address)
    };
    let find = |id: &str| book.addresses.iter().find(|address| address.id == id).filter(usable);
    let delivered = || last_delivery(book).and_then(|delivery| find(&delivery.address));
    let default = |id: &'a Option<_>| id.as_deref().and_then(find);
    let suggestion = |address, source, confidence| Suggestion { address, source, confidence };
    let own_default = match side {
        Side::Shipping => &book.default_shipping,
        Side::Billing => &book.default_billing,
    };
    let first = if side == Side::Shipping { delivered() } else { None };
    first
        .map(|address| suggestion(address, "last-order", 95))
        .or_else(|| default(own_default).map(|address| suggestion(address, "address-book", 85)))
        .or_else(|| default(&book.default_shipping).map(|address| suggestion(address, "address-book", 70)))
        .or_else(|| book.addresses.iter().find(usable).map(|address| suggestion(address, "address-book", 60)))
}

/// The latest delivery to the customer's own door that has arrived.
fn last_delivery(book: &Book) -> Option<&boomerang_sdk::address_book::Delivery> {
    book.deliveries.iter().find(|delivery| delivery.delivered_at.is_some() && !delivery.gift)
}

/// Whether the shopper has begun to type another address: half of one and half of another would be neither.
fn contradicts(form: &CheckoutForm, side: Side, address: &Address) -> bool {
    [Part::Line1, Part::PostalCode, Part::Locality].into_iter().any(|part| {
        let entered = typed(form, side, part).unwrap_or("").trim();
        !entered.is_empty() && !entered.eq_ignore_ascii_case(part_of(address, part).trim())
    })
}

/// What the shopper has typed into a field.
fn typed(form: &CheckoutForm, side: Side, part: Part) -> Option<&str> {
    field_of(form, side, part).filter(|field| field.typed).map(|field| field.value.as_str())
}

/// A field of the form.
pub fn field_of(form: &CheckoutForm, side: Side, part: Part) -> Option<&TypedField> {
    let id = field_id(side, part);
    form.fields.iter().find(|field| field.field == id)
}

/// A part of a stored address.
pub fn part_of(address: &Address, part: Part) -> &str {
    match part {
        Part::Country => &address.country,
        Part::Name => &address.name,
        Part::Organization => &address.organization,
        Part::Line1 => &address.line1,
        Part::Line2 => &address.line2,
        Part::DependentLocality => &address.dependent_locality,
        Part::Locality => &address.locality,
        Part::Region => &address.region,
        Part::PostalCode => &address.postal_code,
        Part::SortingCode => &address.sorting_code,
        Part::Phone => &address.phone,
    }
}

/// The delivery method to select: that of the last delivery if it is offered now, or the only one there is.
pub fn delivery_method<'a>(book: Option<&'a Book>, form: &'a CheckoutForm, settings: &Settings) -> Option<&'a str> {
    if !form.needs_delivery {
        return None;
    }
    let offered = |method: &&str| form.delivery_methods.iter().any(|offered| offered == method);
    let last = book.filter(|_| settings.preselect_delivery).and_then(last_delivery);
    last.map(|delivery| delivery.method.as_str()).filter(offered).or(match &form.delivery_methods[..] {
        [only] => Some(only),
        _ => None,
    })
}

/// The payment token to select: the one used last, if the gateway still accepts it and the card has not expired.
pub fn payment_token<'a>(
    book: Option<&Book>,
    form: &'a CheckoutForm,
    settings: &Settings,
    now: Instant,
) -> Option<&'a str> {
    let last = book?.last_payment_token.as_deref().filter(|_| settings.preselect_payment)?;
    let today = month_of(now);
    let valid = |token: &&PaymentToken| {
        token.token == last && (i64::from(token.expires_year), i64::from(token.expires_month)) >= today
    };
    form.payment_tokens.iter().find(valid).map(|token| token.token.as_str())
}

/// The year and the month of an instant, in UTC. A card is good until the end of its month.
fn month_of(at: Instant) -> (i64, i64) {
    // Years are counted from March, so that the day that comes and goes is the last one; 719 468 days lie between 1 March
    // of the year 0 and 1 January 1970, and 146 097 make four centuries.
    let days = at.div_euclid(DAY) + 719_468;
    let (century_of_four, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day_of_year + 2) / 153;
    let year = century_of_four * 400 + year;
    if month < 10 { (year, month + 3) } else { (year + 1, month - 9) }
}
