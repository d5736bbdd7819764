//! The outbox: every enabled installation, in order, until it is done.

use super::*;
use crate::orders::place::place;
use crate::orders::testing::{SHOP, World, claim_due};
use crate::store::{installations, orders};

async fn due(world: &World, now: Instant) -> Vec<(String, String, String)> {
    let found = world.write(move |tx| claim_due(tx, now, 50)).await;
    found
        .into_iter()
        .map(|due| match &*due.happening {
            Happening::Order(event) => (due.extension, event.topic.clone(), event.id.clone()),
            Happening::Customer(event) => (due.extension, event.topic.clone(), event.id.clone()),
        })
        .collect()
}

async fn done(world: &World, extension: &'static str, event: &str) {
    let event = event.to_owned();
    assert!(world.write(move |tx| acknowledge(tx, SHOP, extension, &event)).await);
}

fn topics(due: &[(String, String, String)]) -> Vec<(&str, &str)> {
    due.iter().map(|(extension, topic, _)| (extension.as_str(), topic.as_str())).collect()
}

#[tokio::test]
async fn events_of_an_order_reach_each_installation_one_after_the_other() {
    let world = World::new(5).await;
    world.enable(&["a", "b"]).await;
    place(&world.store, &world.gateway, SHOP, world.draft(1).await, 0).await.unwrap();
    let first = due(&world, 0).await;
    assert_eq!(topics(&first), [("a", "placed"), ("b", "placed")]);
    assert_eq!(due(&world, LEASE - 1).await, [], "what is being worked on is not given out again");
    done(&world, "a", &first[0].2).await;
    assert_eq!(topics(&due(&world, 1).await), [("a", "paid")], "b is still at the first");
    assert_eq!(topics(&due(&world, LEASE).await), [("b", "placed")], "an attempt that was lost is made again");
}

#[tokio::test]
async fn events_of_different_orders_do_not_wait_for_each_other() {
    let world = World::new(5).await;
    world.enable(&["a"]).await;
    for _ in 0..2 {
        place(&world.store, &world.gateway, SHOP, world.draft(1).await, 0).await.unwrap();
    }
    assert_eq!(topics(&due(&world, 0).await), [("a", "placed"), ("a", "placed")]);
}

#[tokio::test]
async fn an_event_holds_the_order_as_it_was_when_it_happened() {
    let world = World::new(5).await;
    world.enable(&["a"]).await;
    let order = place(&world.store, &world.gateway, SHOP, world.draft(1).await, 0).await.unwrap().order;
    let contact = order.contact.clone();
    world.write(move |tx| orders::link_contact(tx, SHOP, &contact, "cus_ann", 1)).await;
    let found = world.write(|tx| claim_due(tx, 2, 1)).await.remove(0);
    let Happening::Order(event) = &*found.happening else { panic!("it is about an order") };
    assert_eq!((event.order.customer.clone(), event.order.id.clone(), event.occurred_at), (None, order.id, 0));
    assert!(!to_json(&event.order.lines).unwrap().contains('@'));
}

#[tokio::test]
async fn a_failing_delivery_pauses_longer_each_time_then_is_dead_and_holds_back_those_behind_it() {
    let world = World::new(5).await;
    world.enable(&["a"]).await;
    place(&world.store, &world.gateway, SHOP, world.draft(1).await, 0).await.unwrap();
    let event = due(&world, 0).await.remove(0).2;
    let mut now = 0;
    for attempt in 1..=MOST_ATTEMPTS {
        let failed = event.clone();
        let dead = world.write(move |tx| fail(tx, SHOP, "a", &failed, "no answer", now)).await;
        assert_eq!(dead, attempt == MOST_ATTEMPTS);
        assert_eq!(due(&world, now + pause(attempt) - 1).await, []);
        now += pause(attempt);
        assert_eq!(due(&world, now).await.len(), usize::from(!dead));
    }
    let open = world.write(|tx| open(tx, SHOP, 9)).await;
    assert_eq!((open[0].dead, open[0].attempts, open[0].last_error.as_str()), (true, MOST_ATTEMPTS, "no answer"));
    assert_eq!((open[1].dead, open[1].topic.as_str()), (false, "paid"));

    let again = event.clone();
    assert!(world.write(move |tx| retry(tx, SHOP, "a", &again, "admin:1", now)).await);
    assert_eq!(topics(&due(&world, now).await), [("a", "placed")]);
    let (other, last) = (event.clone(), event);
    assert!(!world.write(move |tx| discard(tx, SHOP, "a", &other, "admin:1", now)).await, "it is not dead any more");
    for _ in 0..MOST_ATTEMPTS {
        let failed = last.clone();
        world.write(move |tx| fail(tx, SHOP, "a", &failed, "no answer", now)).await;
    }
    assert!(world.write(move |tx| discard(tx, SHOP, "a", &last, "admin:1", now)).await);
    assert_eq!(topics(&due(&world, now).await), [("a", "paid")]);
}

#[tokio::test]
async fn a_disabled_installation_is_told_later_of_what_was_due_and_of_nothing_that_happened_meanwhile() {
    let world = World::new(5).await;
    world.enable(&["a"]).await;
    place(&world.store, &world.gateway, SHOP, world.draft(1).await, 0).await.unwrap();
    let switch = |enabled| {
        move |tx: &mut Tx<'_>| {
            let row = installations::InstallationRow { enabled, ..installations::tests::row("a", "d", 0) };
            installations::put(tx, SHOP, &row)
        }
    };
    world.write(switch(false)).await;
    place(&world.store, &world.gateway, SHOP, world.draft(1).await, 1).await.unwrap();
    assert_eq!(due(&world, 2).await, []);
    world.write(switch(true)).await;
    assert_eq!(topics(&due(&world, 2).await), [("a", "placed")]);
}

#[tokio::test]
async fn what_everybody_has_been_told_of_is_forgotten_and_what_is_still_open_is_not() {
    let world = World::new(5).await;
    world.enable(&["a"]).await;
    place(&world.store, &world.gateway, SHOP, world.draft(1).await, 0).await.unwrap();
    let first = due(&world, 0).await.remove(0).2;
    done(&world, "a", &first).await;
    assert_eq!(world.write(|tx| prune(tx, SHOP, 0)).await, 0);
    assert_eq!(world.write(|tx| prune(tx, SHOP, 1)).await, 1);
    assert_eq!(topics(&due(&world, 1).await), [("a", "paid")]);
}

#[test]
fn pauses_double_up_to_six_hours() {
    assert_eq!((pause(1), pause(2), pause(3)), (10 * SECOND, 20 * SECOND, 40 * SECOND));
    assert_eq!((pause(MOST_ATTEMPTS), pause(u32::MAX)), ((10 * SECOND) << 11, LONGEST_PAUSE));
}

#[tokio::test]
async fn installations_take_turns_and_each_claims_its_own() {
    let world = World::new(5).await;
    world.enable(&["a", "b", "c"]).await;
    place(&world.store, &world.gateway, SHOP, world.draft(1).await, 0).await.unwrap();
    let listener = |extension: &str| Listener { shop: SHOP.into(), extension: extension.into() };
    let after = async |last: Listener, most| {
        let found = world.write(move |tx| waiting(tx, 0, &last, most)).await;
        found.into_iter().map(|listener| listener.extension).collect::<Vec<_>>()
    };
    assert_eq!(after(Listener::default(), 9).await, ["a", "b", "c"]);
    assert_eq!(after(listener("a"), 9).await, ["b", "c", "a"]);
    assert_eq!(after(listener("a"), 1).await, ["b"]);
    assert_eq!(after(listener("zz"), 9).await, ["a", "b", "c"]);
    let b = listener("b");
    let claimed = world.write(move |tx| claim(tx, &b, 0, 9, &mut Happenings::default())).await;
    assert_eq!(claimed.iter().map(|due| due.extension.as_str()).collect::<Vec<_>>(), ["b"]);
    assert_eq!(
        after(Listener::default(), 9).await,
        ["a", "b", "c"],
        "the second waits for the first, and is due all the same"
    );
}

#[tokio::test]
async fn what_is_given_back_is_due_again_and_was_no_attempt() {
    let world = World::new(5).await;
    world.enable(&["a"]).await;
    place(&world.store, &world.gateway, SHOP, world.draft(1).await, 0).await.unwrap();
    let claimed = world.write(|tx| claim_due(tx, 0, 1)).await.remove(0);
    world.write(move |tx| give_back(tx, &claimed, 0)).await;
    let again = world.write(|tx| claim_due(tx, 0, 1)).await.remove(0);
    assert_eq!(again.attempts, 0);
}

#[tokio::test]
async fn what_nobody_hears_is_ended_at_once() {
    let world = World::new(5).await;
    world.enable(&["a", "b"]).await;
    place(&world.store, &world.gateway, SHOP, world.draft(1).await, 0).await.unwrap();
    let a = Listener { shop: SHOP.into(), extension: "a".into() };
    let ended = a.clone();
    assert_eq!(world.write(move |tx| acknowledge_unheard(tx, &ended, 0, 1)).await, 1);
    assert_eq!(world.write(move |tx| acknowledge_unheard(tx, &a, 0, 9)).await, 1);
    assert_eq!(topics(&due(&world, 0).await), [("b", "placed")]);
}
