use super::*;
use crate::orders::place::place;
use crate::orders::refund::{LineRequest, RefundError};
use crate::orders::testing::{SHOP, World, line, order as paid};
use crate::orders::{OrderState, RefundRequest, manage};
use crate::store::orders::{self, returns};
use crate::store::{Tx, mails};

const WINDOW: u32 = 14;
const STAFF: &str = "admin/adm_1";

/// An order of two lines, the first of three units, that arrived at 0.
fn arrived() -> Order {
    let lines = vec![line("a", "v", 3, 3_000), line("b", "w", 1, 500)];
    Order { state: OrderState::Delivered, delivered_at: Some(0), lines, ..paid() }
}

fn wants(lines: &[(&str, u32)]) -> NewReturn {
    let line = |(line, quantity): &(&str, u32)| ReturnLine { line: (*line).into(), quantity: *quantity };
    NewReturn { lines: lines.iter().map(line).collect(), reason: "Too small".into() }
}

fn known(state: ReturnState, lines: &[(&str, u32)]) -> Return {
    Return {
        id: "ret_1".into(),
        order: "ord_1".into(),
        state,
        asked_at: 0,
        lines: wants(lines).lines,
        reason: String::new(),
        answered_at: None,
        answer: String::new(),
        refund: None,
    }
}

#[test]
fn a_return_is_asked_for_once_it_has_arrived_and_before_the_window_ends() {
    let window_ends = i64::from(WINDOW) * DAY;
    let at = |now| check(&arrived(), &[], &wants(&[("a", 1)]), WINDOW, now);
    assert!(at(0).is_ok() && at(window_ends - 1).is_ok());
    assert!(matches!(at(window_ends), Err(ReturnError::TooLate)));
    let on_its_way = Order { delivered_at: None, ..arrived() };
    assert!(matches!(check(&on_its_way, &[], &wants(&[("a", 1)]), WINDOW, 1), Err(ReturnError::NotArrived)));
    let off = Order { cancelled_at: Some(1), ..arrived() };
    assert!(matches!(check(&off, &[], &wants(&[("a", 1)]), WINDOW, 1), Err(ReturnError::NotArrived)));
    assert!(matches!(check(&arrived(), &[], &wants(&[("a", 1)]), 0, 0), Err(ReturnError::TooLate)));
}

#[test]
fn no_unit_is_sent_back_twice() {
    let mut order = arrived();
    order.lines[0].returned = 1;
    let asked = [known(ReturnState::Accepted, &[("a", 1)]), known(ReturnState::Declined, &[("a", 1)])];
    assert_eq!(left(&order, &asked), BTreeMap::from([("a", 1), ("b", 1)]));
    let check = |lines: &[(&str, u32)]| check(&order, &asked, &wants(lines), WINDOW, 1);
    assert!(check(&[("a", 1), ("b", 1)]).is_ok());
    assert!(matches!(check(&[("a", 2)]), Err(ReturnError::Units { asked: 2, left: 1, .. })));
    assert!(matches!(check(&[("a", 1), ("a", 1)]), Err(ReturnError::Line(_))));
    assert!(matches!(check(&[("z", 1)]), Err(ReturnError::Line(_))));
    assert!(matches!(check(&[("b", 0)]), Err(ReturnError::Nothing)));
    assert!(matches!(check(&[]), Err(ReturnError::Nothing)));
}

#[test]
fn words_are_plain_and_short_and_do_not_print_themselves() {
    assert!(check_text("Too small,\r\nsadly").is_ok() && check_text("").is_ok());
    assert!(check_text(&"x".repeat(LONGEST_REASON + 1)).is_err() && check_text("a\u{7}").is_err());
    assert!(!format!("{:?}", wants(&[("a", 1)])).contains("small"));
}

/// A delivered order of three mugs.
async fn delivered(world: &World) -> Order {
    let draft = world.draft(3).await;
    let order = place(&world.store, &world.gateway, SHOP, draft, 0).await.unwrap().order;
    world
        .write(move |tx| -> Result<Order, OrderError> {
            orders::fulfil(tx, SHOP, &order.id, None, STAFF, 0)?;
            orders::deliver(tx, SHOP, &order.id, STAFF, 0)
        })
        .await
}

fn accept(answer: &str) -> ReturnAnswer {
    ReturnAnswer { accept: true, answer: answer.into() }
}

fn all(tx: &mut Tx<'_>, order: &str) -> Vec<Return> {
    returns::of_order(tx, SHOP, order).unwrap()
}

#[tokio::test]
async fn a_return_is_asked_for_accepted_and_settled_by_its_refund() {
    let world = World::new(9).await;
    let order = delivered(&world).await;
    let id = order.id.clone();
    let asked = world.write(move |tx| returns::ask(tx, SHOP, &id, &wants(&[("l1", 2)]), WINDOW, 5)).await;
    assert_eq!((asked.state, asked.asked_at, asked.reason.as_str()), (ReturnState::Asked, 5, "Too small"));
    let (id, ret) = (order.id.clone(), asked.id.clone());
    world
        .write(move |tx| -> Result<(), ReturnError> {
            assert_eq!(returns::waiting(tx, SHOP, 9)?.len(), 1);
            let answered = returns::answer(tx, SHOP, &id, &ret, &accept("Send it to Graz"), STAFF, 6)?;
            assert_eq!((answered.state, answered.answered_at), (ReturnState::Accepted, Some(6)));
            assert!(returns::waiting(tx, SHOP, 9)?.is_empty());
            let again = returns::answer(tx, SHOP, &id, &ret, &accept(""), STAFF, 7);
            assert!(matches!(again, Err(ReturnError::Answered)));
            Ok(())
        })
        .await;
    let lines = vec![LineRequest { line: "l1".into(), quantity: 2, amount: None }];
    let request = RefundRequest { lines, settles: Some(asked.id.clone()), ..RefundRequest::default() };
    let give = async |key: &str, request: &RefundRequest| {
        manage::refund(&world.store, &world.gateway, SHOP, &order.id, key, request.clone(), STAFF, 8).await
    };
    let refund = give("k1", &request).await.unwrap();
    let id = order.id.clone();
    let settled = world.write(move |tx| Ok::<_, StoreError>(all(tx, &id).remove(0))).await;
    assert_eq!((settled.state, settled.refund), (ReturnState::Refunded, Some(refund.id)));
    // It is settled once, and what it spoke for counts as returned now.
    let twice = RefundRequest { lines: vec![LineRequest { quantity: 1, ..request.lines[0].clone() }], ..request };
    assert!(matches!(give("k2", &twice).await, Err(OrderError::Refund(RefundError::Return(_)))));
    let id = order.id.clone();
    world
        .write(move |tx| -> Result<(), ReturnError> {
            let order = orders::get(tx, SHOP, &id)?;
            assert_eq!(left(&order, &all(tx, &id)), BTreeMap::from([("l1", 1)]));
            Ok(())
        })
        .await;
}

#[tokio::test]
async fn a_return_is_declined_with_a_reason_that_the_buyer_gets_by_mail() {
    let world = World::new(9).await;
    let order = delivered(&world).await;
    world
        .write(move |tx| -> Result<(), ReturnError> {
            let asked = returns::ask(tx, SHOP, &order.id, &wants(&[("l1", 3)]), WINDOW, 5)?;
            let decline = |answer: &str| ReturnAnswer { accept: false, answer: answer.into() };
            let silent = returns::answer(tx, SHOP, &order.id, &asked.id, &decline(" "), STAFF, 6);
            assert!(matches!(silent, Err(ReturnError::Unexplained)));
            let elsewhere = returns::answer(tx, SHOP, &order.id, "ret_x", &decline("No"), STAFF, 6);
            assert!(matches!(elsewhere, Err(ReturnError::Unknown)));
            returns::answer(tx, SHOP, &order.id, &asked.id, &decline("It was engraved"), STAFF, 6)?;
            assert_eq!(all(tx, &order.id)[0].state, ReturnState::Declined);
            let mails = mails::of_contact(tx, SHOP, &order.contact)?;
            assert_eq!(mails.iter().filter(|mail| mail.key.contains("/return/")).count(), 1);
            // What was declined can be asked for again.
            returns::ask(tx, SHOP, &order.id, &wants(&[("l1", 1)]), WINDOW, 7)?;
            Ok(())
        })
        .await;
}

#[tokio::test]
async fn l15_erasing_the_buyer_forgets_what_was_written_and_keeps_what_came_back() {
    let world = World::new(9).await;
    let order = delivered(&world).await;
    world
        .write(move |tx| -> Result<(), ReturnError> {
            let asked = returns::ask(tx, SHOP, &order.id, &wants(&[("l1", 3)]), WINDOW, 5)?;
            returns::answer(tx, SHOP, &order.id, &asked.id, &accept("Dear Ann"), STAFF, 6)?;
            orders::erase(tx, SHOP, "cus_ann", &order.contact)?;
            let kept = all(tx, &order.id).remove(0);
            assert_eq!((kept.reason.as_str(), kept.answer.as_str(), kept.lines.len()), ("", "", 1));
            Ok(())
        })
        .await;
}
