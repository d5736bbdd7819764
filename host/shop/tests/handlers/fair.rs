//! However an extension behaves, others are told what happened to them, and mails are sent.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use boomerang_shop::background;
use boomerang_shop::extensions::dispatcher::{Round, Step};
use boomerang_shop::mail::{Outgoing, SendError, Transport};
use boomerang_shop::people::Email;
use boomerang_shop::people::sign_in::{self, Origin};
use tokio::sync::watch;

use crate::world::{START, World};

/// Many more than are under way at once.
const MANY: usize = 100;

async fn happens_often(world: &World, shop: &str, topic: &str) {
    for number in 0..MANY {
        world.happens(shop, topic, &format!("customer-{number}")).await;
    }
}

#[tokio::test]
async fn a_handler_that_never_answers_holds_nobody_else_up() {
    let world = World::new().await;
    world.switch_on("one", "endless").await;
    world.switch_on("two", "honest").await;
    happens_often(&world, "one", "l").await;
    let mut dispatcher = world.dispatcher();
    assert_eq!(dispatcher.step(START).await.unwrap(), Step::GotOn);
    // The hostile one is running when something happens in the other shop.
    world.happens("two", "ca", "ann").await;
    // How many calls end meanwhile depends on the machine; that there are not a hundred does not.
    let patience = u64::from(world.platform.extensions.engine().config().breaker.failures);
    while dispatcher.round().done == 0 {
        assert!(world.calls("one", "endless") <= patience, "the honest handler waits for the hostile one");
        if dispatcher.step(START).await.unwrap() != Step::GotOn {
            dispatcher.wait().await;
        }
    }
    assert_eq!(world.noted("two", "honest", "ann").await, "a");
}

#[tokio::test]
async fn an_extension_that_keeps_failing_is_left_out_and_what_is_due_to_it_stays_due() {
    let world = World::new().await;
    world.switch_on("one", "broken").await;
    world.switch_on("two", "honest").await;
    happens_often(&world, "one", "f").await;
    happens_often(&world, "two", "ca").await;
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
    happens_often(&world, "one", "ca").await;
    // Later, and last in every order there is.
    world.switch_on("two", "honest").await;
    world.happens("two", "cb", "zoe").await;
    let mut dispatcher = world.dispatcher();
    while dispatcher.round().done == 0 {
        if dispatcher.step(START).await.unwrap() != Step::GotOn {
            dispatcher.wait().await;
        }
    }
    assert_eq!(world.noted("two", "honest", "zoe").await, "b", "it comes with the first of the backlog");
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
    let world = World::new().await;
    world.switch_on("one", "endless").await;
    happens_often(&world, "one", "l").await;
    let (stop, stopped) = watch::channel(false);
    let (post, letters): (_, Receiver<String>) = channel();
    let running = background::start(world.platform.clone(), Arc::new(Post(post)), stopped).unwrap();
    // It is asked for while the hostile handler runs.
    let occupied = || world.platform.extensions.engine().occupancy().calls > 0;
    while !occupied() {
        tokio::task::yield_now().await;
    }
    let secret = world.platform.secret.clone();
    let asked = world.platform.store.write(move |tx| {
        let email = Email::parse("ann@example.com").unwrap();
        sign_in::request(tx, &secret, "two", &email, Origin { ip: "192.0.2.1", browser: None }, START)
    });
    asked.await.unwrap();
    assert_eq!(letters.recv_timeout(Duration::from_secs(60)).unwrap(), "ann@example.com");
    let patience = u64::from(world.platform.extensions.engine().config().breaker.failures);
    assert!(world.calls("one", "endless") <= patience, "the mail waited for handlers");
    stop.send(true).unwrap();
    tokio::task::spawn_blocking(move || running.join()).await.unwrap();
}
