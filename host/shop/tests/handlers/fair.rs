//! However an extension behaves, others are told what happened to them, and mails are sent.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use boomerang_shop::background;
use boomerang_shop::extensions::dispatcher::{Dispatcher, Round, Step};
use boomerang_shop::mail::{Outgoing, SendError, Transport};
use boomerang_shop::people::Email;
use boomerang_shop::people::sign_in::{self, Origin};
use tokio::sync::watch;

use crate::world::{START, World};

/// Many more than are under way at once.
const MANY: usize = 100;
/// So many that each of them in turn would take dozens of steps.
const BACKLOG: usize = 2_000;

async fn happens_often(world: &World, shop: &str, topic: &str, times: usize) {
    for number in 0..times {
        world.happens(shop, topic, &format!("customer-{number}")).await;
    }
}

/// Goes on until nothing is due in a shop. Says how many steps wrote or began something: unlike the time that passes, they
/// are the same however busy the machine is.
async fn steps_until_told(world: &World, dispatcher: &mut Dispatcher, shop: &str) -> usize {
    const LONGEST: Duration = Duration::from_secs(60);
    let begun = Instant::now();
    let mut steps = 0;
    while !world.open(shop).await.is_empty() {
        assert!(begun.elapsed() < LONGEST, "`{shop}` waits for another shop");
        match dispatcher.step(START).await.unwrap() {
            Step::GotOn => steps += 1,
            Step::Running | Step::Idle => dispatcher.wait().await,
        }
    }
    steps
}

#[tokio::test]
async fn a_handler_that_never_answers_holds_nobody_else_up() {
    let world = World::without_limits().await;
    world.switch_on("one", "endless").await;
    world.switch_on("two", "honest").await;
    happens_often(&world, "one", "l", MANY).await;
    let mut dispatcher = world.dispatcher();
    assert_eq!(dispatcher.step(START).await.unwrap(), Step::GotOn);
    // The hostile one has all the deliveries that there may be, and will not end, when something happens in the other shop.
    world.happens("two", "ca", "ann").await;
    let steps = steps_until_told(&world, &mut dispatcher, "two").await;
    assert_eq!(steps, 2, "one begins it, and one commits it");
    assert_eq!(world.noted("two", "honest", "ann").await, "a");
    assert_eq!(world.calls("one", "endless"), 0, "the hostile one is still at its first call");
}

#[tokio::test]
async fn an_extension_that_keeps_failing_is_left_out_and_what_is_due_to_it_stays_due() {
    let world = World::new().await;
    world.switch_on("one", "broken").await;
    world.switch_on("two", "honest").await;
    happens_often(&world, "one", "f", MANY).await;
    happens_often(&world, "two", "ca", MANY).await;
    let breaker = world.platform.extensions.engine().config().breaker;
    assert_eq!(world.dispatch().await, Round { done: MANY as u32, failed: breaker.failures });
    assert_eq!(world.calls("one", "broken"), u64::from(breaker.failures));
    let open = world.open("one").await;
    assert_eq!(open.len(), MANY);
    let untried = open.iter().filter(|open| open.attempts == 0 && open.due_at <= START).count();
    assert_eq!(untried, MANY - breaker.failures as usize);
    assert_eq!(world.dispatch().await, Round::default(), "its breaker is open");
    world.platform.clock.advance(breaker.pause);
    assert_eq!(world.dispatch().await, Round { done: 0, failed: 1 }, "one call is let through to try");
}

#[tokio::test]
async fn a_long_backlog_of_one_installation_leaves_turns_to_the_others() {
    let world = World::new().await;
    world.switch_on("one", "busy").await;
    happens_often(&world, "one", "ca", BACKLOG).await;
    // Later, and last in every order there is.
    world.switch_on("two", "honest").await;
    world.happens("two", "cb", "zoe").await;
    let steps = steps_until_told(&world, &mut world.dispatcher(), "two").await;
    // One begins it, and the next commits it, unless the lane of the backlog came to its end before and was committed alone.
    assert!((2..=4).contains(&steps), "it took {steps} steps");
    assert_eq!(world.noted("two", "honest", "zoe").await, "b");
}

/// A way out for mails that says who was written to.
struct Post(Sender<String>);

#[async_trait::async_trait]
impl Transport for Post {
    async fn send(&self, mail: &Outgoing) -> Result<(), SendError> {
        let _ = self.0.send(mail.to.as_typed().to_owned());
        Ok(())
    }
}

#[tokio::test]
async fn a_mail_to_sign_in_with_does_not_wait_for_handlers() {
    let world = World::without_limits().await;
    world.switch_on("one", "waiting").await;
    happens_often(&world, "one", "w", MANY).await;
    let (stop, stopped) = watch::channel(false);
    let (post, letters): (_, Receiver<String>) = channel();
    let running = background::start(world.platform.clone(), Arc::new(Post(post)), stopped).unwrap();
    // It is asked for while the hostile handler runs: what it is told is claimed, and it has its place.
    let occupied = || world.platform.extensions.engine().occupancy().calls > 0;
    while !world.open("one").await.iter().any(|open| open.due_at > START) || !occupied() {
        tokio::task::yield_now().await;
    }
    let secret = world.platform.secret.clone();
    let asked = world.platform.store.write(move |tx| {
        let email = Email::parse("ann@example.com").unwrap();
        sign_in::request(tx, &secret, "two", &email, Origin { ip: "192.0.2.1", browser: None }, START)
    });
    asked.await.unwrap();
    assert_eq!(letters.recv_timeout(Duration::from_secs(60)).unwrap(), "ann@example.com");
    assert_eq!(world.calls("one", "waiting"), 0, "the hostile one is still at its first call");
    assert!(occupied());
    // What it waits for, so that it ends.
    world.note("one", "waiting", "note", b"!").await;
    stop.send(true).unwrap();
    tokio::task::spawn_blocking(move || running.join()).await.unwrap();
}
