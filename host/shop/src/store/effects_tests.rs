//! Effects: all or nothing, once, and only if nothing that was read has changed.

use boomerang_engine::contract::{Coupon, DeficitPolicy, ForwardedLine, Grant, LineShare, Reduction};

use super::*;
use crate::mail::{Mailbox, send_due};
use crate::orders::place::place;
use crate::orders::testing::{SHOP, World, claim_due};
use crate::people::Address;
use crate::shops::tests::{acme, vienna};
use crate::shops::{Policies, Shop};
use crate::store::{mailbox, mails, offers};

const EXT: &str = "loyalty-points";

async fn commit_at(
    world: &World,
    event: &'static str,
    effects: Vec<Effect>,
    reads: Vec<ReadVersion>,
) -> Result<Commit, EffectError> {
    let secret = world.secret.clone();
    world.store.write(move |tx| commit(tx, &secret, SHOP, EXT, event, &effects, &reads, 5)).await
}

/// A shop with a supplier.
async fn with_supplier(stock: i64) -> World {
    let world = World::new(stock).await;
    let policies = Policies { suppliers: vec![acme("acme", "orders@acme.example")], ..Policies::default() };
    let shop = Shop { id: SHOP.into(), policies, ..vienna() };
    world.write(move |tx| shops::create(tx, "system", &shop)).await;
    world
}

/// An order with somewhere to go to.
async fn order_to(world: &World, quantity: u32) -> crate::orders::Order {
    let mut draft = world.draft(quantity).await;
    draft.shipping =
        Some(Address { name: "Ann Lee".into(), line1: "Ring 1".into(), country: "AT".into(), ..Address::default() });
    place(&world.store, &world.gateway, SHOP, draft, 0).await.unwrap().order
}

fn set(key: &str) -> Effect {
    Effect::StorageSet { key: key.into(), value: vec![1] }
}

async fn stored(world: &World, key: &'static str) -> bool {
    world.write(move |tx| extension_storage::get(tx, SHOP, EXT, key)).await.is_some()
}

fn grant(order: &str, contact: &str) -> Effect {
    Effect::PointsGrant(Grant {
        holder: contact.into(),
        points: 10,
        key: format!("order/{order}/earn"),
        rule: "purchase".into(),
        reason: "You bought a mug".into(),
        order: Some(order.into()),
        lines: vec![LineShare { line: "l1".into(), points: 10 }],
        available_at: None,
        expires_at: None,
    })
}

fn coupon(code: &str, key: &str) -> Effect {
    Effect::Coupon(Coupon {
        code: code.into(),
        reduction: Reduction::Percent(1_000),
        customer: None,
        valid_from: 0,
        valid_until: 100,
        uses: 1,
        minimum: 0,
        key: key.into(),
    })
}

fn forwarding(order: &str, quantity: u32, key: &str) -> Effect {
    Effect::Forwarding(Forwarding {
        order: order.into(),
        supplier: "acme".into(),
        lines: vec![ForwardedLine { line: "l1".into(), quantity }],
        attributes: Vec::new(),
        key: key.into(),
    })
}

fn message(to: &str, key: &str) -> Effect {
    Effect::Message(Wanted {
        to: to.into(),
        channel: "email".into(),
        purpose: "service".into(),
        subject: "Your points".into(),
        paragraphs: vec!["You have 10 points.".into()],
        action: None,
        key: key.into(),
        send_at: None,
        stop_when: vec!["refunded".into()],
        attributes: Vec::new(),
    })
}

#[tokio::test]
async fn l2_a_redelivered_event_commits_nothing_twice() {
    let world = with_supplier(5).await;
    let order = order_to(&world, 2).await;
    let effects = vec![grant(&order.id, &order.contact), coupon("Hello", "c"), forwarding(&order.id, 1, "f")];
    assert_eq!(commit_at(&world, "evt", effects.clone(), vec![]).await.unwrap(), Commit::Done);
    assert_eq!(commit_at(&world, "evt", effects.clone(), vec![]).await.unwrap(), Commit::AlreadyDone);
    // The same effects of another event have keys that are known.
    assert_eq!(commit_at(&world, "other", effects, vec![]).await.unwrap(), Commit::Done);
    let contact = order.contact.clone();
    assert_eq!(world.write(move |tx| ledger::balance(tx, SHOP, &contact, None, 9)).await.held, 10);
    let id = order.id.clone();
    assert_eq!(world.write(move |tx| forwardings::of_order(tx, SHOP, &id)).await.len(), 1);
    let found = world.write(|tx| coupons::find(tx, SHOP, " HELLO ")).await.unwrap();
    assert_eq!((found.extension.as_str(), found.coupon.code.as_str()), (EXT, "Hello"));
}

#[tokio::test]
async fn something_read_that_has_changed_meanwhile_commits_nothing() {
    let world = World::new(5).await;
    let read = |version| vec![ReadVersion { key: "points/cus_ann".into(), version }];
    world.give_points(5).await;
    assert_eq!(commit_at(&world, "evt", vec![set("a")], read(0)).await.unwrap(), Commit::Conflict);
    assert!(!stored(&world, "a").await);
    assert_eq!(commit_at(&world, "evt", vec![set("a")], read(1)).await.unwrap(), Commit::Done);
    assert!(stored(&world, "a").await);
}

#[tokio::test]
async fn one_effect_that_is_not_possible_leaves_nothing_of_the_others() {
    let world = with_supplier(5).await;
    let order = place(&world.store, &world.gateway, SHOP, world.draft(1).await, 0).await.unwrap().order;
    let reversal = Reversal {
        order: order.id.clone(),
        lines: vec![LineShare { line: "l1".into(), points: 1 }],
        key: "r".into(),
        reason: "Returned".into(),
    };
    let bad = [
        Effect::PointsReverse { reversal, deficit: DeficitPolicy::Allow },
        forwarding(&order.id, 2, "f"),
        forwarding("ord_x", 1, "g"),
        Effect::PointsRestore(Restoration {
            order: order.id.clone(),
            points: 1,
            key: "s".into(),
            reason: "Returned".into(),
        }),
        message("cus_nobody", "m"),
        grant("ord_x", &order.contact),
        grant(&order.id, "cus_nobody"),
    ];
    for effect in bad {
        assert!(commit_at(&world, "evt", vec![set("a"), effect], vec![]).await.is_err());
        assert!(!stored(&world, "a").await);
    }
    assert_eq!(commit_at(&world, "evt", vec![set("a")], vec![]).await.unwrap(), Commit::Done);
}

#[tokio::test]
async fn a_code_that_another_coupon_has_is_refused() {
    let world = World::new(5).await;
    commit_at(&world, "1", vec![coupon("HELLO", "a")], vec![]).await.unwrap();
    let taken = commit_at(&world, "2", vec![coupon("hello", "b")], vec![]).await;
    assert!(matches!(taken, Err(EffectError::CodeTaken(_))));
}

#[tokio::test]
async fn a2_an_account_is_offered_to_the_address_of_the_order_once() {
    let world = World::new(5).await;
    let order = place(&world.store, &world.gateway, SHOP, world.draft(1).await, 0).await.unwrap().order;
    let offer = Effect::AccountOffer(AccountOffer {
        order: order.id.clone(),
        mode: AccountMode::Invite,
        delete_unclaimed_after_days: 30,
        key: "account".into(),
    });
    for event in ["1", "2"] {
        commit_at(&world, event, vec![offer.clone()], vec![]).await.unwrap();
    }
    let id = order.id;
    let made = world.write(move |tx| offers::of_order(tx, SHOP, &id)).await.unwrap();
    assert_eq!((made.contact, made.extension.as_str()), (order.contact, EXT));
}

#[tokio::test]
async fn a_message_is_queued_once_for_its_key() {
    let world = World::new(5).await;
    let order = place(&world.store, &world.gateway, SHOP, world.draft(1).await, 0).await.unwrap().order;
    while world.write(|tx| mails::claim(tx, 9)).await.is_some() {}
    let message = message(&order.contact, "m");
    for event in ["1", "2"] {
        commit_at(&world, event, vec![message.clone()], vec![]).await.unwrap();
    }
    assert!(world.write(|tx| mails::claim(tx, 9)).await.is_some());
    assert!(world.write(|tx| mails::claim(tx, 9)).await.is_none());
}

#[tokio::test]
async fn a_commit_ends_the_delivery_of_its_event() {
    let world = World::new(5).await;
    world.enable(&[EXT]).await;
    place(&world.store, &world.gateway, SHOP, world.draft(1).await, 0).await.unwrap();
    let due = world.write(|tx| claim_due(tx, 0, 9)).await.remove(0);
    let (secret, event) = (world.secret.clone(), due.event.clone());
    world.write(move |tx| commit(tx, &secret, SHOP, EXT, &event, &[], &[], 1)).await;
    let open = world.write(|tx| events::open(tx, SHOP, 9)).await;
    assert!(open.iter().all(|open| open.event != due.event));
}

#[tokio::test]
async fn a_supplier_is_mailed_what_to_send_and_the_forwarding_is_sent_then() {
    let world = with_supplier(5).await;
    let order = order_to(&world, 3).await;
    commit_at(&world, "evt", vec![forwarding(&order.id, 2, "f")], vec![]).await.unwrap();
    let id = order.id.clone();
    let of_order = async || {
        let id = id.clone();
        world.write(move |tx| forwardings::of_order(tx, SHOP, &id)).await.remove(0)
    };
    assert_eq!(of_order().await.sent_at, None);
    let mailbox = Mailbox::new(world.store.clone());
    send_due(&world.store, &world.secret, &mailbox, 7, 9).await.unwrap();
    assert_eq!(of_order().await.sent_at, Some(7));
    let received = world.write(|tx| mailbox::list(tx, SHOP, Some("orders@acme.example"), 9)).await;
    let [mail] = &received[..] else { panic!("{} mails", received.len()) };
    assert!(mail.subject.contains(&order.number), "{}", mail.subject);
    for words in ["2 ×", "Mug", "Ann Lee", "Ring 1"] {
        assert!(mail.text.contains(words), "{words:?} is missing: {}", mail.text);
    }
}

#[tokio::test]
async fn a_supplier_is_not_mailed_what_is_cancelled_or_goes_nowhere_any_more() {
    let world = with_supplier(5).await;
    let (cancelled, erased) = (order_to(&world, 1).await, order_to(&world, 1).await);
    for order in [&cancelled, &erased] {
        let key = format!("f/{}", order.id);
        let secret = world.secret.clone();
        let effect = vec![forwarding(&order.id, 1, &key)];
        world.write(move |tx| commit(tx, &secret, SHOP, EXT, &key, &effect, &[], 5)).await;
    }
    let contact = erased.contact.clone();
    world.write(move |tx| orders::cancel(tx, SHOP, &cancelled.id, "system", 6)).await;
    world.write(move |tx| orders::erase(tx, SHOP, "cus_nobody", &contact)).await;
    send_due(&world.store, &world.secret, &Mailbox::new(world.store.clone()), 7, 99).await.unwrap();
    assert!(world.write(|tx| mailbox::list(tx, SHOP, Some("orders@acme.example"), 9)).await.is_empty());
}

#[tokio::test]
async fn a_supplier_that_the_merchant_has_not_set_up_fails_the_commit() {
    let world = World::new(5).await;
    let order = order_to(&world, 1).await;
    let refused = commit_at(&world, "evt", vec![set("a"), forwarding(&order.id, 1, "f")], vec![]).await;
    assert!(matches!(refused, Err(EffectError::NoSuchSupplier(_))));
    assert!(!stored(&world, "a").await);
}
