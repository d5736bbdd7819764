//! What comes to an account with the proof of its address, and what of it is left when it is erased.

use boomerang_engine::contract::Grant;
use jiff::tz::TimeZone;

use crate::orders::testing::{SHOP, World};
use crate::orders::{self, Order};
use crate::people::erase::erase;
use crate::people::export::personal_data;
use crate::people::{Address, Customer, profile, proved};
use crate::store::{self, StoreError, addresses, contacts, customers, events, ledger};

fn at(street: &str) -> Address {
    Address { name: "Ann Lee".into(), line1: street.into(), country: "AT".into(), ..Address::default() }
}

/// A guest's order, sent to `street`.
async fn order(world: &World, street: &str, gift: bool, now: i64) -> Order {
    let draft = orders::Draft { shipping: Some(at(street)), gift, ..world.draft(1).await };
    orders::place::place(&world.store, &world.gateway, SHOP, draft, now).await.unwrap().order
}

async fn prove(world: &World, contact: &str, now: i64) -> Customer {
    let contact = contact.to_owned();
    world.write(move |tx| proved::prove(tx, SHOP, &contact, "en", now)).await.customer
}

async fn streets(world: &World, customer: &str) -> Vec<String> {
    let customer = customer.to_owned();
    let book = world.write(move |tx| addresses::list(tx, SHOP, &customer)).await;
    book.into_iter().map(|saved| saved.address.line1).collect()
}

async fn grant(world: &World, contact: &str) {
    let grant = Grant {
        holder: contact.into(),
        points: 10,
        key: "order/1/earn".into(),
        rule: "purchase".into(),
        reason: "Your order".into(),
        order: None,
        lines: Vec::new(),
        available_at: None,
        expires_at: None,
    };
    world.write(move |tx| ledger::earn(tx, SHOP, "loyalty-points", &grant, 1)).await;
}

async fn points(world: &World, holder: &str) -> i64 {
    let holder = holder.to_owned();
    world.write(move |tx| ledger::balance(tx, SHOP, &holder, None, 100)).await.available
}

#[tokio::test]
async fn a3_proof_and_only_proof_links_past_guest_orders_points_and_addresses() {
    let world = World::new(10).await;
    let own = order(&world, "Lane 1", false, 1).await;
    let present = order(&world, "Lane 2", true, 2).await;
    grant(&world, &own.contact).await;
    assert_eq!((own.customer, points(&world, &own.contact).await), (None, 0), "held while nothing is proved");

    let ann = prove(&world, &own.contact, 3).await;
    for id in [own.id, present.id] {
        let order = world.write(move |tx| store::orders::find(tx, SHOP, &id)).await.unwrap();
        assert_eq!(order.customer.as_ref(), Some(&ann.id));
    }
    assert_eq!(points(&world, &ann.id).await, 10);
    assert_eq!(streets(&world, &ann.id).await, ["Lane 1"], "a present's address is somebody else's");
    assert_eq!(ann.name, "Ann Lee");
    assert!(ann.default_shipping.is_some() && ann.default_billing.is_none());
}

#[tokio::test]
async fn a3_a_later_order_as_a_guest_joins_at_the_next_proof_and_what_was_removed_stays_removed() {
    let world = World::new(10).await;
    let first = order(&world, "Lane 1", false, 1).await;
    let ann = prove(&world, &first.contact, 2).await;
    let (id, address) = (ann.id.clone(), ann.default_shipping.unwrap());
    world.write(move |tx| addresses::remove(tx, SHOP, &id, &address)).await;
    let later = order(&world, "Lane 3", false, 3).await;
    assert_eq!(later.customer, None, "typing the address is no proof");
    prove(&world, &first.contact, 4).await;
    assert_eq!(streets(&world, &ann.id).await, ["Lane 3"]);
    let later = world.write(move |tx| store::orders::find(tx, SHOP, &later.id)).await.unwrap();
    assert_eq!(later.customer, Some(ann.id));
}

#[tokio::test]
async fn extensions_are_told_once_that_a_customer_registered_and_is_verified() {
    let world = World::new(10).await;
    world.enable(&["loyalty-points"]).await;
    let contact = world.secret.contact(SHOP, "ann@example.com");
    let email = contact.clone();
    world.write(move |tx| contacts::remember(tx, SHOP, &email, "ann@example.com", None)).await;
    for now in [1, 2] {
        prove(&world, &contact, now).await;
    }
    let ann = world.write(move |tx| customers::by_contact(tx, SHOP, &contact)).await.unwrap();
    let topics = world
        .write(move |tx| -> Result<_, profile::ProfileError> {
            for _ in 0..2 {
                profile::add_favourite(tx, SHOP, &ann.id, "pro_1", 3)?;
            }
            let change = crate::people::ProfileChange { marketing_consent: Some(true), ..Default::default() };
            profile::change(tx, SHOP, &ann.id, &change, 4)?;
            Ok(events::open(tx, SHOP, 10)?)
        })
        .await;
    let mut topics: Vec<_> = topics.into_iter().map(|delivery| delivery.topic).collect();
    topics.sort();
    assert_eq!(topics, ["profile-changed", "registered", "subscribed", "verified", "wish-listed"]);
}

#[tokio::test]
async fn l15_erasing_keeps_orders_and_the_ledger_without_the_person() {
    let world = World::new(10).await;
    let placed = order(&world, "Lane 1", false, 1).await;
    grant(&world, &placed.contact).await;
    let ann = prove(&world, &placed.contact, 2).await;
    let before = world.write(|tx| ledger::books(tx, SHOP, &TimeZone::UTC, 3)).await;
    let id = ann.id.clone();
    let exported = world.write(move |tx| personal_data(tx, SHOP, &id, 3)).await.unwrap();
    assert_eq!((exported.orders.len(), exported.points.len()), (1, 1));

    let id = ann.id.clone();
    world.write(move |tx| erase(tx, SHOP, "admin:adm_1", &id, 4)).await;
    assert_eq!(points(&world, &ann.id).await, 0);
    assert_eq!(points(&world, &placed.contact).await, 0);
    let after = world.write(|tx| ledger::books(tx, SHOP, &TimeZone::UTC, 5)).await;
    assert_eq!((after.issued, after.difference), (before.issued, 0));
    let kept = world.write(move |tx| store::orders::find(tx, SHOP, &placed.id)).await.unwrap();
    assert_eq!((kept.total, kept.shipping, kept.billing), (1_000, None, None));
    let contact = world.write(move |tx| -> Result<_, StoreError> { contacts::get(tx, SHOP, &kept.contact) }).await;
    assert!(contact.is_none(), "the order's contact leads nowhere");
}
