//! The account: orders, points, addresses, favourites, and where somebody is signed in.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;

use super::history::{PAGE, cut};
use crate::catalogue::Product;
use crate::clock::Instant;
use crate::ledger::HistoryEntry;
use crate::money::Money;
use crate::orders::{Order, OrderLine};
use crate::people::referrals::{self, Referral};
use crate::people::{Customer, Device, PaymentToken, SavedAddress, Session};
use crate::platform::Platform;
use crate::pricing::shown::Subject;
use crate::store::{
    StoreError, Tx, addresses, catalogue, devices, favourites, ledger, orders, payment_tokens, sessions,
};
use crate::web::failure::Failure;
use crate::web::pictures::Image;
use crate::web::storefront::{headline, returns_until};
use crate::web::views::blocks::{self, BlockView};
use crate::web::views::cards::{Card, shelf};
use crate::web::views::people::{brand, envelope, expiry};
use crate::web::visit::Visit;

const MOST_FAVOURITES: usize = 24;
const MOST_PICTURES: usize = 3;

#[derive(Serialize)]
struct Account<'a> {
    name: &'a str,
    email: &'a str,
    orders: Vec<OrderRow>,
    /// The order that those which are not shown come after.
    more_orders: Option<String>,
    addresses: Vec<AddressView>,
    favourites: Vec<Card>,
    cards: Vec<CardView>,
    devices: Vec<Place>,
    sessions: Vec<Place>,
    history: Vec<Entry>,
    /// The same for what happened to points.
    more_history: Option<String>,
    blocks: Vec<BlockView>,
    /// With what the customer recommends the shop.
    referral: Referral,
}

/// An order in a list.
#[derive(Serialize)]
pub(super) struct OrderRow {
    id: String,
    number: String,
    placed_at: Instant,
    status: &'static str,
    total: Money,
    /// What was bought, as far as it is still in the catalogue.
    pictures: Vec<Image>,
    /// Until when it can be sent back, if it still can.
    returns_until: Option<Instant>,
}

#[derive(Serialize)]
struct AddressView {
    id: String,
    lines: Vec<String>,
    is_default: bool,
}

#[derive(Serialize)]
struct CardView {
    token: String,
    name: String,
    expires: String,
}

/// A browser that is signed in, or known.
#[derive(Serialize)]
struct Place {
    id: String,
    label: String,
    seen_at: Instant,
    here: bool,
}

/// Something that happened to points.
#[derive(Serialize)]
pub(super) struct Entry {
    reason: String,
    at: Instant,
    points: i64,
    available_at: Option<Instant>,
}

/// What is read of an account at once.
struct Found {
    orders: Vec<Order>,
    more_orders: Option<String>,
    bought: Vec<Product>,
    addresses: Vec<SavedAddress>,
    favourites: Vec<Product>,
    cards: Vec<PaymentToken>,
    devices: Vec<Device>,
    sessions: Vec<Session>,
    history: Vec<HistoryEntry>,
    more_history: Option<String>,
}

fn read(tx: &mut Tx<'_>, shop: &str, customer: &str, now: Instant) -> Result<Found, StoreError> {
    let wished: Vec<String> =
        favourites::list(tx, shop, customer)?.into_iter().take(MOST_FAVOURITES).map(|(product, _)| product).collect();
    let mut favourites = catalogue::products(tx, shop, &wished)?;
    favourites.retain(Product::is_on_sale);
    let mut orders = orders::page_of(tx, shop, customer, None, PAGE + 1)?;
    let more_orders = cut(&mut orders, PAGE, |order| order.id.clone());
    let mut history = ledger::history(tx, shop, customer, None, PAGE + 1)?;
    let more_history = cut(&mut history, PAGE, |entry| entry.id.clone());
    Ok(Found {
        bought: pictured_products(tx, shop, &orders)?,
        orders,
        more_orders,
        addresses: addresses::list(tx, shop, customer)?,
        favourites,
        cards: payment_tokens::list(tx, shop, customer)?,
        devices: devices::of_customer(tx, shop, customer, now)?,
        sessions: sessions::of_customer(tx, shop, customer, now)?,
        history,
        more_history,
    })
}

pub(super) async fn show(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
) -> Result<Response, Failure> {
    let customer = visit.require_customer()?;
    let (shop, id, now) = (visit.shop.id.clone(), customer.id.clone(), visit.now);
    let found = platform.store.read(move |tx| read(tx, &shop, &id, now)).await?;
    let referral = referrals::of(&platform.store, &platform.secret, &visit.shop, &customer.id).await?;
    let subject =
        Subject { kind: "account", slots: &["account-panel"], customer: Some(&customer.id), ..Subject::default() };
    let shown = platform.show(&visit.shop, &[], &subject, visit.now).await?;
    let favourites = match found.favourites.as_slice() {
        [] => Vec::new(),
        wished => shelf(&platform, &visit, "account", wished).await?.cards,
    };
    let here = visit.session.as_ref().map(|session| session.id.as_str());
    let account = Account {
        name: &customer.name,
        email: &customer.email,
        orders: found.orders.iter().map(|order| order_row(&visit, order, &found.bought)).collect(),
        more_orders: found.more_orders,
        addresses: found.addresses.iter().map(|saved| address(saved, customer)).collect(),
        favourites,
        cards: found.cards.iter().map(card).collect(),
        devices: found.devices.iter().map(|known| place(&known.id, &known.label, known.seen_at, false)).collect(),
        sessions: found
            .sessions
            .iter()
            .map(|session| place(&session.id, &session.label, session.seen_at, here == Some(session.id.as_str())))
            .collect(),
        history: found.history.into_iter().map(entry).collect(),
        more_history: found.more_history,
        blocks: blocks::views(shown.blocks),
        referral,
    };
    Ok(visit.page("account/home.html", &account))
}

/// The lines of an order whose pictures stand beside it.
fn pictured(order: &Order) -> impl Iterator<Item = &OrderLine> {
    order.lines.iter().take(MOST_PICTURES)
}

/// The products whose pictures stand beside orders.
pub(super) fn pictured_products(tx: &mut Tx<'_>, shop: &str, orders: &[Order]) -> Result<Vec<Product>, StoreError> {
    let bought: BTreeSet<&str> = orders.iter().flat_map(pictured).map(|line| line.product.as_str()).collect();
    catalogue::products(tx, shop, &bought.into_iter().collect::<Vec<_>>())
}

pub(super) fn order_row(visit: &Visit, order: &Order, bought: &[Product]) -> OrderRow {
    let picture = |line: &OrderLine| {
        let product = bought.iter().find(|product| product.id == line.product)?;
        Some(Image::of(product, product.variant(&line.variant)))
    };
    OrderRow {
        pictures: pictured(order).filter_map(picture).collect(),
        returns_until: returns_until(visit, order).filter(|until| visit.now < *until),
        id: order.id.clone(),
        number: order.number.clone(),
        placed_at: order.placed_at,
        status: headline(order.state),
        total: order.total,
    }
}

fn address(saved: &SavedAddress, customer: &Customer) -> AddressView {
    AddressView {
        id: saved.id.clone(),
        lines: envelope(&saved.address),
        is_default: customer.default_shipping.as_deref() == Some(saved.id.as_str()),
    }
}

fn card(kept: &PaymentToken) -> CardView {
    CardView {
        token: kept.token.clone(),
        name: format!("{} ending in {}", brand(&kept.brand), kept.last4),
        expires: expiry(kept.expires_year, kept.expires_month),
    }
}

pub(super) fn entry(entry: HistoryEntry) -> Entry {
    Entry { reason: entry.reason, at: entry.at, points: entry.points, available_at: entry.available_at }
}

fn place(id: &str, label: &str, seen_at: Instant, here: bool) -> Place {
    Place { id: id.to_owned(), label: browser(label).to_owned(), seen_at, here }
}

/// What a browser calls itself, in a word that its owner knows.
fn browser(label: &str) -> &str {
    const KNOWN: [(&str, &str); 6] = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ];
    match KNOWN.iter().find(|(mark, _)| label.contains(mark)) {
        Some((_, name)) => name,
        None if label.is_empty() => "A browser",
        None => label,
    }
}

#[cfg(test)]
mod tests {
    use super::browser;

    #[test]
    fn a_browser_has_a_name_that_its_owner_knows() {
        assert_eq!(browser("Mozilla/5.0 (X11) AppleWebKit/537 (KHTML, like Gecko) Chrome/140 Safari/537"), "Chrome");
        assert_eq!(browser("Mozilla/5.0 Gecko/2010 Firefox/140.0"), "Firefox");
        assert_eq!(browser(""), "A browser");
        assert_eq!(browser("My own"), "My own");
    }
}
