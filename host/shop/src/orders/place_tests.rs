//! Placing orders: one transaction, one order a cart, nothing oversold, nothing charged for nothing.

use std::sync::Arc;

use async_trait::async_trait;

use super::*;
use crate::gateway::{Card, CardToken, TestGateway};
use crate::money::Money;
use crate::orders::draft::PaymentChoice;
use crate::orders::manage;
use crate::orders::state::OrderState;
use crate::orders::testing::{ANN, SHOP, World, line, with_points, with_quota};
use crate::store::claims::ClaimError;
use crate::store::{carts, catalogue, mails};

async fn place_at(world: &World, draft: Draft, now: Instant) -> Result<Placed, PlaceError> {
    place(&world.store, &world.gateway, SHOP, draft, now).await
}

fn pay_with(mut draft: Draft, token: &str, attempt: &str) -> Draft {
    draft.payment = Some(PaymentChoice { token: CardToken::new(token).unwrap(), attempt: attempt.into() });
    draft
}

async fn captured(world: &World, order: &str) -> (i64, i64) {
    let order = order.to_owned();
    let payment = world.write(move |tx| payments::get(tx, SHOP, &order)).await.unwrap();
    world.gateway.moved(&payment.authorisation)
}

async fn taken(world: &World, subject: &'static str, now: Instant) -> u32 {
    let names = ["sale/mug".to_owned()];
    let found = match subject {
        "" => world.write(move |tx| claims::taken(tx, SHOP, "flash-sale", &names, None, now)).await,
        _ => world.write(move |tx| claims::taken_by(tx, SHOP, "flash-sale", subject, &names, None, now)).await,
    };
    found[0]
}

#[tokio::test]
async fn an_order_keeps_what_was_charged_and_is_paid() {
    let world = World::new(5).await;
    let placed = place_at(&world, world.draft(2).await, 7).await.unwrap();
    let order = &placed.order;
    assert_eq!((placed.again, order.state, order.total), (false, OrderState::Paid, 2_000));
    assert_eq!((order.placed_at, order.paid_at, order.number.as_str()), (7, Some(7), "1001"));
    assert_eq!(
        (order.contact_domain.as_str(), order.flags.as_slice()),
        ("example.com", &["first-order".to_owned()][..])
    );
    assert_eq!((captured(&world, &order.id).await, world.stock().await), ((2_000, 0), 3));
    let second = place_at(&world, world.draft(1).await, 8).await.unwrap().order;
    assert_eq!((second.number.as_str(), second.flags.is_empty()), ("1002", true));
}

#[tokio::test]
async fn f11_an_order_keeps_its_price_when_the_catalogue_changes() {
    let world = World::new(5).await;
    let mut draft = world.draft(2).await;
    draft.lines[0].total = 1_500;
    (draft.total, draft.shown) = (1_500, 1_500);
    let order = place_at(&world, draft, 0).await.unwrap().order;
    let product = world.product.clone();
    world
        .write(move |tx| -> Result<_, catalogue::CatalogueError> {
            let mut changed = catalogue::get(tx, SHOP, &product)?.unwrap();
            changed.variants[0].details.price = 9_900;
            let variants = changed.variants.into_iter().map(|variant| variant.details).collect();
            catalogue::save(
                tx,
                SHOP,
                1,
                "system",
                &crate::catalogue::ProductInput { details: changed.details, variants },
            )
        })
        .await;
    let id = order.id.clone();
    let later = world.write(move |tx| stored::get(tx, SHOP, &id)).await;
    assert_eq!(later, order);
    let lines = vec![crate::orders::refund::LineRequest { line: "l1".into(), quantity: 1, amount: None }];
    let request = crate::orders::RefundRequest { lines, ..Default::default() };
    let refund =
        manage::refund(&world.store, &world.gateway, SHOP, &order.id, "r", request, "admin:1", 2).await.unwrap();
    assert_eq!(refund.money, 750);
}

#[tokio::test]
async fn c9_a_double_submit_makes_one_order_and_charges_once() {
    let world = Arc::new(World::new(50).await);
    let draft = world.draft(1).await;
    let mut tries = Vec::new();
    for index in 0..10 {
        let (world, draft) = (Arc::clone(&world), draft.clone());
        // Five clicks in one tab, and five in another.
        let draft = pay_with(draft, "tok_visa_ok", if index % 2 == 0 { "tab-1" } else { "tab-2" });
        tries.push(tokio::spawn(async move { place_at(&world, draft, 0).await.unwrap() }));
    }
    let mut placed = Vec::new();
    for one in tries {
        placed.push(one.await.unwrap());
    }
    let first = &placed[0].order.id;
    assert!(placed.iter().all(|placed| placed.order.id == *first));
    assert_eq!(placed.iter().filter(|placed| !placed.again).count(), 1);
    assert_eq!((captured(&world, first).await, world.stock().await), ((1_000, 0), 49));
}

#[tokio::test]
async fn f4_a_rise_asks_again_and_a_drop_is_passed_on() {
    let world = World::new(5).await;
    let mut risen = world.draft(1).await;
    risen.shown = 999;
    let refused = place_at(&world, risen.clone(), 0).await;
    assert!(matches!(refused, Err(PlaceError::PriceRose { shown: 999, now: 1_000 })));
    assert_eq!(world.stock().await, 5);
    risen.shown = 2_000;
    assert_eq!(place_at(&world, risen, 0).await.unwrap().order.total, 1_000);
}

#[tokio::test]
async fn f4_the_transaction_itself_refuses_a_rise_and_a_payment_of_another_amount() {
    let world = World::new(5).await;
    let draft = world.draft(1).await;
    let choice = draft.payment.clone().unwrap();
    let authorise = |amount| world.gateway.authorise("key", &choice.token, amount, "EUR");
    let kept = authorise(1_000).await.unwrap();
    let risen = Draft { shown: 999, ..draft.clone() };
    let (whole, part) = (kept.clone(), Authorisation { amount: 999, ..kept });
    let refused = world.store.write(move |tx| stored::place(tx, SHOP, &risen, Some(&whole), 0)).await;
    assert!(matches!(refused, Err(PlaceError::PriceRose { shown: 999, now: 1_000 })));
    let refused = world.store.write(move |tx| stored::place(tx, SHOP, &draft, Some(&part), 0)).await;
    assert!(matches!(refused, Err(PlaceError::NoPayment)));
}

#[tokio::test]
async fn a_cart_that_changed_after_it_was_priced_is_refused_and_nothing_is_charged() {
    let world = World::new(5).await;
    let draft = world.draft(1).await;
    let (cart, variant) = (draft.cart.clone(), world.variant.clone());
    world.write(move |tx| carts::add(tx, SHOP, 0, &cart, &variant, 1, &Default::default())).await;
    assert!(matches!(place_at(&world, draft, 0).await, Err(PlaceError::CartChanged)));
    assert_eq!(world.stock().await, 5);
}

#[tokio::test]
async fn what_is_sold_out_is_named_and_refused_whole() {
    let world = World::new(2).await;
    let mut draft = world.draft(2).await;
    draft.lines.push(line("l2", &world.variant, 1, 0));
    let Err(PlaceError::OutOfStock { variants }) = place_at(&world, draft, 0).await else { panic!("it was sold") };
    assert_eq!((variants, world.stock().await), (vec![world.variant.clone()], 2));
}

#[tokio::test]
async fn amounts_that_do_not_add_up_are_refused() {
    let world = World::new(5).await;
    let mut draft = world.draft(1).await;
    draft.total = 900;
    assert!(matches!(place_at(&world, draft, 0).await, Err(PlaceError::Amounts)));
    let mut empty = world.draft(1).await;
    empty.lines.clear();
    (empty.total, empty.payment) = (0, None);
    assert!(matches!(place_at(&world, empty, 0).await, Err(PlaceError::Empty)));
}

#[tokio::test]
async fn a_declined_card_makes_no_order_and_another_card_does() {
    let world = World::new(5).await;
    let draft = world.draft(1).await;
    let refused = place_at(&world, pay_with(draft.clone(), "tok_declined", "1"), 0).await;
    assert!(matches!(refused, Err(PlaceError::Payment(GatewayError::Declined))));
    let mut nothing = draft.clone();
    nothing.payment = None;
    assert!(matches!(place_at(&world, nothing, 0).await, Err(PlaceError::NoPayment)));
    assert_eq!(place_at(&world, draft, 0).await.unwrap().order.state, OrderState::Paid);
}

#[tokio::test]
async fn an_order_whose_money_could_not_be_taken_yet_is_settled_later() {
    let world = World::new(5).await;
    let draft = pay_with(world.draft(1).await, "tok_lost_capture", "1");
    let order = place_at(&world, draft, 0).await.unwrap().order;
    assert_eq!(order.state, OrderState::Placed);
    // The gateway is back.
    let repaired = Repaired(&world.gateway);
    assert_eq!(manage::resume(&world.store, &repaired, 30_000).await.unwrap(), 0, "it may still be under way");
    assert_eq!(manage::resume(&world.store, &repaired, 61_000).await.unwrap(), 1);
    let id = order.id;
    let order = world.write(move |tx| stored::get(tx, SHOP, &id)).await;
    assert_eq!((order.state, order.paid_at), (OrderState::Paid, Some(61_000)));
    assert_eq!(manage::resume(&world.store, &repaired, 99_000).await.unwrap(), 0);
}

/// A gateway that can take money again.
struct Repaired<'a>(&'a TestGateway);

#[async_trait]
impl Gateway for Repaired<'_> {
    async fn card(&self, token: &CardToken) -> Result<Card, GatewayError> {
        self.0.card(token).await
    }
    async fn authorise(
        &self,
        key: &str,
        token: &CardToken,
        amount: i64,
        currency: &str,
    ) -> Result<Authorisation, GatewayError> {
        self.0.authorise(key, token, amount, currency).await
    }
    async fn capture(&self, _: &str, _: &str, _: i64) -> Result<(), GatewayError> {
        Ok(())
    }
    async fn refund(&self, key: &str, authorisation: &str, amount: i64) -> Result<(), GatewayError> {
        self.0.refund(key, authorisation, amount).await
    }
    async fn void(&self, key: &str, authorisation: &str) -> Result<(), GatewayError> {
        self.0.void(key, authorisation).await
    }
}

#[tokio::test]
async fn l6_an_order_paid_with_points_only_charges_nothing_and_leaves_exactly_zero() {
    let world = World::new(5).await;
    world.give_points(1_000).await;
    let mut draft = with_points(world.draft(1).await, 1_000);
    draft.payment = None;
    let order = place_at(&world, draft, 0).await.unwrap().order;
    assert_eq!((order.total, order.state, order.payment), (0, OrderState::Paid, None));
    assert_eq!(world.points(0).await, 0);
}

#[tokio::test]
async fn l6_points_reserved_for_the_cart_are_captured_with_the_order_and_released_on_failure() {
    let world = World::new(5).await;
    world.give_points(100).await;
    let draft = with_points(world.draft(1).await, 80);
    let (cart, kept) = (draft.cart.clone(), draft.claims.clone());
    let reserve = move |tx: &mut crate::store::Tx<'_>| {
        let shopper = super::super::draft::Shopper { customer: Some(ANN.into()), contact: None };
        claims::reserve(tx, SHOP, &cart, &shopper, &kept, 60, 0)
    };
    world.write(reserve.clone()).await;
    assert_eq!(world.points(0).await, 20);
    let declined = place_at(&world, pay_with(draft.clone(), "tok_insufficient", "1"), 0).await;
    assert!(declined.is_err());
    assert_eq!(world.points(0).await, 100);
    world.write(reserve).await;
    place_at(&world, draft, 0).await.unwrap();
    assert_eq!(world.points(0).await, 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn l6_the_same_points_are_never_spent_twice_from_fifty_carts() {
    let world = Arc::new(World::new(100).await);
    world.give_points(1_000).await;
    let mut tries = Vec::new();
    for _ in 0..50 {
        let draft = with_points(world.draft(1).await, 300);
        let world = Arc::clone(&world);
        tries.push(tokio::spawn(async move { place_at(&world, draft, 0).await }));
    }
    let mut placed = 0;
    for one in tries {
        match one.await.unwrap() {
            Ok(_) => placed += 1,
            Err(PlaceError::ClaimRefused(ClaimError::Points(_))) => {}
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!((placed, world.points(0).await, world.stock().await), (3, 100, 97));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn f5_a_thousand_checkouts_for_a_hundred_units_sell_a_hundred() {
    let world = Arc::new(World::new(5_000).await);
    let mut tries = Vec::new();
    for _ in 0..1_000 {
        let draft = with_quota(world.draft(1).await, 1, 100, false);
        let world = Arc::clone(&world);
        tries.push(tokio::spawn(async move { place_at(&world, draft, 0).await }));
    }
    let mut placed = 0;
    for one in tries {
        match one.await.unwrap() {
            Ok(_) => placed += 1,
            Err(PlaceError::ClaimRefused(ClaimError::Exhausted { left: 0, .. })) => {}
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!((placed, world.stock().await), (100, 4_900));
    assert_eq!(taken(&world, "", 0).await, 100);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn f5_stock_is_never_oversold_by_concurrent_buyers() {
    let world = Arc::new(World::new(7).await);
    let mut drafts = Vec::new();
    for _ in 0..40 {
        drafts.push(world.draft(2).await);
    }
    let mut tries = Vec::new();
    for draft in drafts {
        let world = Arc::clone(&world);
        tries.push(tokio::spawn(async move { place_at(&world, draft, 0).await.is_ok() }));
    }
    let mut placed = 0;
    for one in tries {
        placed += i32::from(one.await.unwrap());
    }
    assert_eq!((placed, world.stock().await), (3, 1));
}

#[tokio::test]
async fn f5_units_reserved_in_checkout_are_kept_until_their_time_is_over() {
    let world = World::new(5).await;
    let first = with_quota(world.draft(1).await, 1, 1, false);
    let second = with_quota(world.draft(1).await, 1, 1, false);
    let (cart, kept) = (first.cart.clone(), first.claims.clone());
    let nobody = super::super::draft::Shopper { customer: None, contact: None };
    world.write(move |tx| claims::reserve(tx, SHOP, &cart, &nobody, &kept, 60, 0)).await;
    assert_eq!((taken(&world, "", 59).await, taken(&world, "", 60).await), (1, 0));
    let refused = place_at(&world, second.clone(), 59).await;
    assert!(matches!(refused, Err(PlaceError::ClaimRefused(ClaimError::Exhausted { units: 1, left: 0, .. }))));
    place_at(&world, first, 59).await.unwrap();
    assert!(place_at(&world, second, 60).await.is_err(), "what was taken stays taken");
}

#[tokio::test]
async fn f5_a_limit_for_each_shopper_holds_signed_in_and_as_a_guest_with_the_same_address() {
    let world = World::new(9).await;
    let as_guest = with_quota(world.draft(1).await, 1, 2, true);
    place_at(&world, as_guest.clone(), 0).await.unwrap();
    let contact = as_guest.buyer.contact.clone();
    world.write(move |tx| stored::link_contact(tx, SHOP, &contact, ANN, 1)).await;
    assert_eq!(taken(&world, ANN, 1).await, 1, "a guest's order counts for the account it joins");
    let mut signed_in = with_quota(world.draft(1).await, 1, 2, true);
    signed_in.buyer.customer = Some(ANN.into());
    place_at(&world, signed_in, 2).await.unwrap();
    let again = with_quota(world.draft(1).await, 1, 2, true);
    let refused = place_at(&world, again, 3).await;
    assert!(matches!(refused, Err(PlaceError::ClaimRefused(ClaimError::Exhausted { left: 0, .. }))));
}

#[tokio::test]
async fn f5_a_cancelled_order_gives_its_units_back() {
    let world = World::new(5).await;
    let order = place_at(&world, with_quota(world.draft(2).await, 2, 2, false), 0).await.unwrap().order;
    assert_eq!((taken(&world, "", 0).await, world.stock().await), (2, 3));
    for _ in 0..2 {
        let cancelled = manage::cancel(&world.store, &world.gateway, SHOP, &order.id, "Changed my mind", "admin:1", 1)
            .await
            .unwrap();
        assert_eq!((cancelled.state, cancelled.refunded), (OrderState::Cancelled, 2_000));
    }
    assert_eq!((taken(&world, "", 1).await, world.stock().await), (0, 5));
    assert_eq!(captured(&world, &order.id).await, (2_000, 2_000));
}

#[tokio::test]
async fn the_buyer_is_mailed_once_for_a_paid_order() {
    let world = World::new(5).await;
    let draft = world.draft(1).await;
    let order = place_at(&world, draft.clone(), 0).await.unwrap().order;
    place_at(&world, draft, 1).await.unwrap();
    let contact = order.contact;
    let mail = world.write(move |tx| mails::claim(tx, 5)).await.unwrap();
    assert_eq!(mail.contact, contact);
    assert!(world.write(move |tx| mails::claim(tx, 5)).await.is_none());
}

/// A gateway that keeps money ready and then refuses to take it.
struct Refusing(TestGateway);

#[async_trait::async_trait]
impl Gateway for Refusing {
    async fn card(&self, token: &CardToken) -> Result<Card, GatewayError> {
        self.0.card(token).await
    }

    async fn authorise(
        &self,
        key: &str,
        token: &CardToken,
        amount: Money,
        currency: &str,
    ) -> Result<Authorisation, GatewayError> {
        self.0.authorise(key, token, amount, currency).await
    }

    async fn capture(&self, _: &str, _: &str, _: Money) -> Result<(), GatewayError> {
        Err(GatewayError::State)
    }

    async fn refund(&self, key: &str, authorisation: &str, amount: Money) -> Result<(), GatewayError> {
        self.0.refund(key, authorisation, amount).await
    }

    async fn void(&self, key: &str, authorisation: &str) -> Result<(), GatewayError> {
        self.0.void(key, authorisation).await
    }
}

#[tokio::test]
async fn an_order_whose_money_is_refused_is_cancelled_and_its_money_is_let_go() {
    let world = World::new(5).await;
    let draft = world.draft(2).await;
    let cart = draft.cart.clone();
    let gateway = Refusing(TestGateway::new());
    let refused = place(&world.store, &gateway, SHOP, draft, 0).await;
    assert!(matches!(refused, Err(PlaceError::Payment(GatewayError::State))));
    let (order, payment) = world
        .write(move |tx| -> Result<_, StoreError> {
            let order = stored::by_cart(tx, SHOP, &cart)?.unwrap();
            let payment = payments::get(tx, SHOP, &order.id)?.unwrap();
            assert_eq!(payments::open(tx, Instant::MAX, 9)?, [], "nobody tries to take it any more");
            Ok((order, payment))
        })
        .await;
    assert_eq!((order.state, world.stock().await), (OrderState::Cancelled, 5));
    assert_eq!(payment.state, PaymentState::Voided);
    let taken = gateway.0.capture("late", &payment.authorisation, 1).await;
    assert_eq!(taken, Err(GatewayError::State), "the gateway has let it go");
}
