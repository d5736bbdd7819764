//! What was bought in the demo shop, when, by whom, and what became of it.

use boomerang_engine::{Price, Pricing};

use super::goods::Good;
use super::people::{GUESTS, Person, mailbox};
use super::random::Random;
use super::{DemoError, SHOP};
use crate::cart::snapshot::{Snapshot, snapshot};
use crate::cart::totals::Totals;
use crate::catalogue::Attributes;
use crate::catalogue::check::handle_of;
use crate::clock::{DAY, HOUR, Instant, MINUTE};
use crate::gateway::CardToken;
use crate::orders::draft::{Buyer, PaymentChoice};
use crate::orders::{Draft, OrderDelivery, OrderLine};
use crate::people::{Address, Email};
use crate::secrets::Secret;
use crate::store::{Tx, carts, catalogue as products, shops};

/// Orders in all.
const ORDERS: usize = 150;
/// They reach back this far.
const DAYS: u64 = 100;
/// What everybody here pays with.
const TOKEN: &str = "tok_visa_ok";

/// An order to be.
#[derive(Clone, Debug)]
pub(super) struct Purchase {
    pub(super) at: Instant,
    pub(super) fate: Fate,
    customer: Option<String>,
    email: String,
    address: Address,
    /// Handle of the product, which of its variants (by a number that wraps around), units.
    lines: Vec<(String, usize, u32)>,
}

/// What becomes of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It arrives and stays.
    Kept,
    /// It arrives, and one unit comes back.
    Returned,
    /// It is called off an hour later.
    Cancelled,
}

/// Everything that was bought until `now`, in no particular order.
pub(super) fn all(goods: &[Good], people: &[Person], now: Instant, random: &mut Random) -> Vec<Purchase> {
    (0..ORDERS).filter_map(|_| purchase(goods, people, now, random)).collect()
}

fn purchase(goods: &[Good], people: &[Person], now: Instant, random: &mut Random) -> Option<Purchase> {
    let days = small(1 + random.below(DAYS));
    let at = now - days * DAY + small(random.below(14)) * HOUR + small(random.below(60)) * MINUTE;
    let demand: Vec<u64> =
        people.iter().map(|person| if person.customer.registered_at < at { person.demand } else { 0 }).collect();
    let (customer, email, address) = if random.chance(20) {
        let guest = GUESTS[random.weighted(&[1; GUESTS.len()])?];
        (None, mailbox(guest), guest_address(guest))
    } else {
        let person = &people[random.weighted(&demand)?];
        (Some(person.customer.id.clone()), person.customer.email.clone(), person.address.clone())
    };
    let offered: Vec<u64> =
        goods.iter().map(|good| if now - good.offered_days * DAY < at { good.demand } else { 0 }).collect();
    let mut lines: Vec<(String, usize, u32)> = Vec::new();
    for _ in 0..=random.weighted(&[5, 3, 2])? {
        let handle = handle_of(&goods[random.weighted(&offered)?].title);
        if lines.iter().all(|(known, ..)| *known != handle) {
            lines.push((handle, random.weighted(&[4, 3, 2, 2, 1])?, if random.chance(25) { 2 } else { 1 }));
        }
    }
    let fate = match random.below(100) {
        0..4 => Fate::Cancelled,
        4..12 => Fate::Returned,
        _ => Fate::Kept,
    };
    Some(Purchase { at, fate, customer, email, address, lines })
}

fn small(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(0)
}

fn guest_address(guest: &str) -> Address {
    Address {
        name: format!("{}{} Gast", guest[..1].to_uppercase(), &guest[1..]),
        line1: "Hauptplatz 1".into(),
        locality: "Graz".into(),
        postal_code: "8010".into(),
        country: "AT".into(),
        ..Address::default()
    }
}

/// Fills a cart as the buyer did, and makes of it what is about to be ordered.
pub(super) fn draft(tx: &mut Tx<'_>, purchase: &Purchase, secret: &Secret) -> Result<Draft, DemoError> {
    let at = purchase.at;
    let shop = shops::get(tx, SHOP)?;
    let mut cart = carts::create(tx, SHOP, at, purchase.customer.as_deref())?;
    let mut bought = Vec::new();
    for (handle, variant, units) in &purchase.lines {
        let Some(product) = products::by_handle(tx, SHOP, handle)? else { continue };
        let variant = &product.variants[variant % product.variants.len()];
        cart = carts::add(tx, SHOP, at, &cart.id, &variant.id, *units, &Attributes::new())?;
        bought.push(product);
    }
    cart = carts::set_country(tx, SHOP, at, &cart.id, &purchase.address.country)?;
    let offered = snapshot(&shop, &cart, &bought, at)?.offers;
    if let Some(offer) = offered.first() {
        cart = carts::set_delivery(tx, SHOP, at, &cart.id, Some(&offer.id))?;
    }
    let snapshot = snapshot(&shop, &cart, &bought, at)?;
    let totals = Totals::new(&snapshot, &unadjusted(&snapshot), &shop.policies)?;
    let email = Email::parse(&purchase.email)?;
    Ok(Draft {
        cart: cart.id,
        cart_version: cart.version,
        shown: totals.to_pay,
        currency: totals.currency.clone(),
        locale: shop.locale,
        buyer: Buyer { customer: purchase.customer.clone(), contact: secret.contact(SHOP, email.as_typed()), email },
        country: Some(purchase.address.country.clone()),
        shipping: snapshot.needs_delivery.then(|| purchase.address.clone()),
        billing: None,
        gift: false,
        delivery: snapshot
            .delivery
            .as_ref()
            .map(|offer| OrderDelivery::of(offer, &totals.delivery))
            .unwrap_or_default(),
        lines: totals.lines.iter().map(OrderLine::from).collect(),
        adjustments: Vec::new(),
        tax: totals.tax,
        total: totals.to_pay,
        claims: Vec::new(),
        flags: Vec::new(),
        attributes: Attributes::new(),
        payment: Some(PaymentChoice { token: CardToken::new(TOKEN)?, attempt: "demo".into() }),
        effort: None,
    })
}

/// What the chain makes of a cart when nothing is installed that changes prices.
fn unadjusted(snapshot: &Snapshot) -> Pricing {
    let price = |list| Price { list, total: list, paid_with_points: 0 };
    let total = snapshot.goods + snapshot.cart.delivery_fee;
    let lines = snapshot.cart.lines.iter();
    Pricing {
        placed: Vec::new(),
        lines: lines.map(|line| price(line.unit_price * i64::from(line.quantity))).collect(),
        delivery: price(snapshot.cart.delivery_fee),
        total,
        paid_with_points: 0,
        to_pay: total,
    }
}
