//! Deliveries that are committed together keep to themselves.

use boomerang_shop::clock::MINUTE;
use boomerang_shop::extensions::dispatcher::{Round, Step};

use crate::world::{START, World};

/// Letters in an order of their own.
fn sorted(text: &str) -> String {
    let mut letters: Vec<_> = text.chars().collect();
    letters.sort_unstable();
    letters.into_iter().collect()
}

#[tokio::test]
async fn one_delivery_that_fails_takes_no_other_of_its_batch_with_it() {
    let world = World::new().await;
    world.switch_on("one", "teller").await;
    for (topic, customer) in [("ca", "ann"), ("f", "bob"), ("ib", "cyd"), ("cd", "dan")] {
        world.happens("one", topic, customer).await;
    }
    assert_eq!(world.dispatch().await, Round { done: 2, failed: 2 });
    assert_eq!(world.noted("one", "teller", "ann").await, "a");
    assert_eq!(world.noted("one", "teller", "dan").await, "d");
    assert_eq!(world.noted("one", "teller", "cyd").await, "", "half of an outcome is none of it");
    let open = world.open("one").await;
    let failed: Vec<_> = open.iter().map(|open| (open.stream.as_str(), open.attempts, open.dead)).collect();
    assert_eq!(failed, [("customer/bob", 1, false), ("customer/cyd", 1, false)]);
    assert!(open[1].last_error.contains("nobody"), "{}", open[1].last_error);
    assert!(open.iter().all(|open| open.due_at > START), "both are tried again after a pause");
}

#[tokio::test]
async fn a_delivery_whose_reads_another_of_its_batch_changes_is_made_again() {
    let world = World::new().await;
    world.switch_on("one", "teller").await;
    for letter in 'a'..='z' {
        world.happens("one", &format!("s{letter}"), &format!("customer-{letter}")).await;
    }
    assert_eq!(world.dispatch().await, Round { done: 26, failed: 0 });
    let noted = world.noted("one", "teller", "note").await;
    assert_eq!(sorted(&noted), ('a'..='z').collect::<String>(), "each once, and none on top of another: {noted}");
    assert!(world.open("one").await.is_empty());
    assert!(world.calls("one", "teller") < 2 * 26, "a conflict costs one more call, not one for each of the others");
}

#[tokio::test]
async fn events_of_one_stream_are_told_in_their_order_also_when_an_earlier_one_fails() {
    let world = World::new().await;
    world.switch_on("one", "teller").await;
    for letter in 'a'..='j' {
        for customer in ["ann", "bob"] {
            world.happens("one", &format!("c{letter}"), customer).await;
        }
    }
    world.happens("one", "f", "ann").await;
    world.happens("one", "ck", "ann").await;
    world.happens("one", "ck", "bob").await;
    assert_eq!(world.dispatch().await, Round { done: 21, failed: 1 });
    assert_eq!(world.noted("one", "teller", "ann").await, "abcdefghij", "what comes after the failure waits for it");
    assert_eq!(world.noted("one", "teller", "bob").await, "abcdefghijk");
}

#[tokio::test]
async fn two_extensions_hear_of_the_same_event_each_by_itself() {
    let world = World::new().await;
    world.switch_on("one", "teller").await;
    world.switch_on("one", "other").await;
    world.switch_on("two", "teller").await;
    world.happens("one", "ca", "ann").await;
    world.happens("two", "cb", "ann").await;
    assert_eq!(world.dispatch().await.done, 3);
    for (shop, extension, noted) in [("one", "teller", "a"), ("one", "other", "a"), ("two", "teller", "b")] {
        assert_eq!(world.noted(shop, extension, "ann").await, noted);
    }
}

#[tokio::test]
async fn a_step_that_was_never_committed_is_told_again_and_doubles_nothing() {
    let world = World::new().await;
    world.switch_on("one", "teller").await;
    for letter in 'a'..='e' {
        world.happens("one", &format!("c{letter}"), &format!("customer-{letter}")).await;
    }
    let mut dispatcher = world.dispatcher();
    assert_eq!(dispatcher.step(START).await.unwrap(), Step::GotOn);
    // As in a crash: the handlers have run, and nothing of it is written.
    drop(dispatcher);
    assert_eq!(world.dispatch().await, Round::default(), "it may still be under way");
    world.platform.clock.advance(5 * MINUTE);
    assert_eq!(world.dispatch().await, Round { done: 5, failed: 0 });
    for letter in 'a'..='e' {
        assert_eq!(world.noted("one", "teller", &format!("customer-{letter}")).await, letter.to_string());
    }
}

#[tokio::test]
async fn a_delivery_that_was_committed_by_somebody_else_meanwhile_is_not_committed_twice() {
    let world = World::new().await;
    world.switch_on("one", "teller").await;
    world.happens("one", "sa", "ann").await;
    let mut slow = world.dispatcher();
    slow.step(START).await.unwrap();
    // Its claim is lost, and somebody else makes the delivery.
    world.platform.clock.advance(5 * MINUTE);
    assert_eq!(world.dispatch().await.done, 1);
    slow.finish(START).await.unwrap();
    assert_eq!(slow.round(), Round { done: 1, failed: 0 });
    assert_eq!(world.noted("one", "teller", "note").await, "a");
    assert!(world.open("one").await.is_empty());
}
