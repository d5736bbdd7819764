//! Refunds and steps, with the money.

use super::*;
use crate::gateway::CardToken;
use crate::orders::draft::PaymentChoice;
use crate::orders::place::place;
use crate::orders::refund::LineRequest;
use crate::orders::testing::{SHOP, World, with_points};
use crate::store::audit;

async fn paid(world: &World, quantity: u32) -> Order {
    place(&world.store, &world.gateway, SHOP, world.draft(quantity).await, 0).await.unwrap().order
}

fn units(quantity: u32, restock: bool) -> RefundRequest {
    let lines = vec![LineRequest { line: "l1".into(), quantity, amount: None }];
    RefundRequest { lines, reason: "Too small".into(), restock, ..RefundRequest::default() }
}

async fn give_back(world: &World, order: &str, key: &str, request: RefundRequest) -> Result<Refund, OrderError> {
    refund(&world.store, &world.gateway, SHOP, order, key, request, "admin:1", 5).await
}

#[tokio::test]
async fn the_same_key_refunds_once_and_returned_units_can_be_sold_again() {
    let world = World::new(5).await;
    let order = paid(&world, 3).await;
    let first = give_back(&world, &order.id, "a", units(2, true)).await.unwrap();
    assert_eq!((first.state, first.amount, first.money), (RefundState::Done, 2_000, 2_000));
    assert_eq!(give_back(&world, &order.id, "a", units(2, true)).await.unwrap(), first);
    assert_eq!(world.stock().await, 4);
    let rest = give_back(&world, &order.id, "b", units(1, false)).await.unwrap();
    assert_eq!((rest.lines[0].amount, rest.lines[0].amount_so_far, world.stock().await), (1_000, 3_000, 4));
    assert!(matches!(give_back(&world, &order.id, "c", units(1, false)).await, Err(OrderError::Refund(_))));
}

#[tokio::test]
async fn l7_what_was_paid_with_points_comes_back_as_points_and_not_as_money() {
    let world = World::new(5).await;
    world.give_points(1_000).await;
    let draft = with_points(world.draft(3).await, 1_000);
    let order = place(&world.store, &world.gateway, SHOP, draft, 0).await.unwrap().order;
    assert_eq!(order.total, 2_000);
    let mut money = Vec::new();
    for key in ["a", "b", "c"] {
        money.push(give_back(&world, &order.id, key, units(1, true)).await.unwrap().money);
    }
    assert_eq!(money.iter().sum::<i64>(), 2_000);
    assert_eq!(money, [667, 666, 667]);
}

#[tokio::test]
async fn a_refund_is_finished_when_the_gateway_is_back() {
    let world = World::new(5).await;
    let order = paid(&world, 1).await;
    let id = order.id.clone();
    let begun = world.write(move |tx| stored::begin_refund(tx, SHOP, &id, "a", &units(1, true), "admin:1", 0)).await;
    assert_eq!(begun.state, RefundState::Pending);
    let twice = give_back(&world, &order.id, "b", units(1, true)).await;
    assert!(matches!(twice, Err(OrderError::Refund(_))), "what is pending cannot be given back twice");
    assert_eq!(resume(&world.store, &world.gateway, MINUTE + 1).await.unwrap(), 1);
    let done = world.write(move |tx| stored::refund(tx, SHOP, &begun.id)).await;
    assert_eq!((done.state, world.stock().await), (RefundState::Done, 5));
}

#[tokio::test]
async fn an_order_goes_from_paid_to_sent_to_arrived_and_no_other_way() {
    let world = World::new(5).await;
    let id = paid(&world, 1).await.id;
    let (first, second, third) = (id.clone(), id.clone(), id.clone());
    let early = world.store.write(move |tx| stored::deliver(tx, SHOP, &first, "admin:1", 1)).await;
    assert!(matches!(early, Err(OrderError::WrongState { state: OrderState::Paid, step: "delivered" })));
    let sent = world
        .write(move |tx| -> Result<_, OrderError> {
            stored::fulfil(tx, SHOP, &second, Some("AB123"), "admin:1", 2)?;
            stored::fulfil(tx, SHOP, &second, Some("AB123"), "admin:1", 3)
        })
        .await;
    assert_eq!((sent.state, sent.fulfilled_at), (OrderState::Fulfilled, Some(2)));
    let late = cancel(&world.store, &world.gateway, SHOP, &id, "", "admin:1", 4).await;
    assert!(matches!(late, Err(OrderError::WrongState { state: OrderState::Fulfilled, step: "cancelled" })));
    let there = world.write(move |tx| stored::deliver(tx, SHOP, &third, "admin:1", 5)).await;
    assert_eq!((there.state, there.delivered_at), (OrderState::Delivered, Some(5)));
    let trail = world.write(|tx| audit::list(tx, SHOP, None, 9)).await;
    let actions: Vec<_> = trail.iter().map(|entry| entry.action.as_str()).filter(|a| a.starts_with("order")).collect();
    assert_eq!(actions, ["order.delivered", "order.fulfilled"]);
}

#[tokio::test]
async fn an_order_whose_cancellation_waits_for_the_gateway_is_not_sent_and_one_that_was_sent_is_not_cancelled() {
    let world = World::new(5).await;
    let waiting = paid(&world, 1).await;
    let (id, rest) = (waiting.id.clone(), everything(&waiting, "Changed my mind"));
    let begun = world.write(move |tx| stored::begin_refund(tx, SHOP, &id, CANCELLATION, &rest, "admin:1", 0)).await;
    assert_eq!(begun.state, RefundState::Pending);
    let id = waiting.id.clone();
    let sent = world.store.write(move |tx| stored::fulfil(tx, SHOP, &id, None, "admin:1", 1)).await;
    assert!(matches!(sent, Err(OrderError::BeingCancelled)), "{sent:?}");
    assert_eq!(resume(&world.store, &world.gateway, MINUTE + 1).await.unwrap(), 1);
    let id = waiting.id.clone();
    let cancelled = world.write(move |tx| stored::get(tx, SHOP, &id)).await;
    assert_eq!((cancelled.state, world.stock().await), (OrderState::Cancelled, 5));

    let sent = paid(&world, 1).await;
    let (id, rest) = (sent.id.clone(), everything(&sent, "Changed my mind"));
    let late = world.store.write(move |tx| -> Result<_, OrderError> {
        stored::fulfil(tx, SHOP, &id, None, "admin:1", 1)?;
        stored::begin_refund(tx, SHOP, &id, CANCELLATION, &rest, "admin:1", 2)
    });
    let late = late.await;
    assert!(
        matches!(late, Err(OrderError::WrongState { state: OrderState::Fulfilled, step: "cancelled" })),
        "{late:?}"
    );
}

#[tokio::test]
async fn cancelling_before_the_money_was_taken_lets_it_go() {
    let world = World::new(5).await;
    let mut draft = world.draft(1).await;
    draft.payment = Some(PaymentChoice { token: CardToken::new("tok_lost_capture").unwrap(), attempt: "1".into() });
    let order = place(&world.store, &world.gateway, SHOP, draft, 0).await.unwrap().order;
    let cancelled = cancel(&world.store, &world.gateway, SHOP, &order.id, "", "admin:1", 1).await.unwrap();
    assert_eq!((cancelled.state, cancelled.refunded, world.stock().await), (OrderState::Cancelled, 0, 5));
    assert_eq!(cancelled.payment.unwrap().state, "voided");
    assert_eq!(resume(&world.store, &world.gateway, MINUTE * 9).await.unwrap(), 0);
}

#[tokio::test]
async fn cancelling_after_a_part_was_returned_gives_back_the_rest() {
    let world = World::new(5).await;
    let order = paid(&world, 3).await;
    give_back(&world, &order.id, "a", units(1, false)).await.unwrap();
    let cancelled = cancel(&world.store, &world.gateway, SHOP, &order.id, "", "admin:1", 6).await.unwrap();
    assert_eq!((cancelled.refunded, world.stock().await), (3_000, 4), "the unit that was kept out stays out");
    assert_eq!(cancelled.payment.unwrap().refunded, 3_000);
}

#[tokio::test]
async fn an_unknown_order_is_refused() {
    let world = World::new(1).await;
    assert!(matches!(give_back(&world, "ord_x", "a", units(1, true)).await, Err(OrderError::NotFound)));
}
