use std::sync::Mutex;

use async_trait::async_trait;

use crate::clock::{DAY, HOUR, Instant, MINUTE};
use crate::mail::*;
use crate::people::testing::{self, World};
use crate::shops::{MailCap, Policies};
use crate::store::mails::{self, Mail, MailState, NewMail, SHOP};
use crate::store::{contacts, customers};

const ANN: &str = "ann@example.com";
/// Noon of the first day.
const NOON: Instant = 12 * HOUR;

/// A shop in which Ann, the customer `cus_1`, wants marketing.
async fn world(policies: Policies) -> World {
    let world = World::with(policies).await;
    world
        .write(|tx, secret| {
            let contact = secret.contact("a", ANN);
            contacts::remember(tx, "a", &contact, ANN, None)?;
            let mut ann = testing::customer("cus_1", &contact, ANN);
            ann.marketing_since = Some(0);
            customers::insert(tx, "a", &ann)
        })
        .await;
    world
}

fn at_all_hours() -> Policies {
    Policies { quiet_hours: None, ..Policies::default() }
}

/// Queues a message of an extension to Ann.
async fn queue(
    world: &World,
    extension: &'static str,
    key: &'static str,
    purpose: &'static str,
    now: Instant,
) -> Queued {
    queue_with(world, extension, key, purpose, &[], now).await
}

async fn queue_with(
    world: &World,
    extension: &'static str,
    key: &'static str,
    purpose: &'static str,
    stop_when: &[&str],
    now: Instant,
) -> Queued {
    let stop_when: Vec<String> = stop_when.iter().map(|name| (*name).to_owned()).collect();
    world
        .write(move |tx, _| {
            let message =
                Message { subject: key.into(), paragraphs: vec!["News <b>for</b> you.".into()], action: None };
            let message = ExtensionMessage {
                extension,
                to: "cus_1",
                channel: "email",
                purpose,
                message: &message,
                key,
                send_at: None,
                stop_when: &stop_when,
            };
            queue_for_extension(tx, "a", &message, now)
        })
        .await
}

async fn signal(world: &World, signal: Signal, now: Instant) {
    world.write(move |tx, secret| mails::signal(tx, "a", &secret.contact("a", ANN), signal, now)).await;
}

async fn outbox(world: &World) -> Vec<Mail> {
    world.write(|tx, _| mails::list(tx, "a", None, 100)).await
}

fn tally(sent: u32, stopped: u32, put_off: u32, failed: u32) -> Tally {
    Tally { sent, stopped, put_off, failed }
}

/// A mail server that gives the answers it is told to, the last one for good.
struct Server {
    answers: Mutex<Vec<Result<(), SendError>>>,
    seen: Mutex<Vec<String>>,
}

impl Server {
    fn new(mut answers: Vec<Result<(), SendError>>) -> Self {
        answers.reverse();
        Self { answers: Mutex::new(answers), seen: Mutex::new(Vec::new()) }
    }

    async fn deliver(&self, world: &World, now: Instant) -> Tally {
        send_due(&world.store, &world.secret, self, now, 100).await.unwrap()
    }
}

#[async_trait]
impl Transport for Server {
    async fn send(&self, mail: &Outgoing) -> Result<(), SendError> {
        self.seen.lock().unwrap().push(mail.id.clone());
        self.answers.lock().unwrap().pop().unwrap_or(Ok(()))
    }
}

#[tokio::test]
async fn a_message_reaches_its_reader_once_however_often_its_handler_runs() {
    let world = world(at_all_hours()).await;
    assert_eq!(queue(&world, "loyalty-points", "welcome", "service", NOON).await, Queued::Yes);
    assert_eq!(queue(&world, "loyalty-points", "welcome", "service", NOON).await, Queued::Already);
    assert_eq!(
        queue(&world, "flash-sale", "welcome", "service", NOON).await,
        Queued::Yes,
        "keys are an extension's own"
    );
    assert_eq!(world.deliver(NOON).await, tally(2, 0, 0, 0));
    assert_eq!(world.deliver(NOON).await, Tally::default());
    assert_eq!(world.inbox(ANN).await.len(), 2);
    assert!(world.newest(ANN).await.html.contains("News &lt;b&gt;for"));
}

#[tokio::test]
async fn stop_conditions_are_checked_when_the_mail_is_sent() {
    for (name, kind) in [
        ("ordered", Signal::Ordered),
        ("unsubscribed", Signal::Unsubscribed),
        ("refunded", Signal::Refunded),
        ("verified", Signal::Verified),
    ] {
        let world = world(at_all_hours()).await;
        signal(&world, kind, NOON).await;
        queue_with(&world, "x", "reminder", "service", &[name], NOON).await;
        queue_with(&world, "x", "other", "service", &[], NOON).await;
        queue_with(&world, "x", "before", "service", &[name], NOON + 2).await;
        signal(&world, kind, NOON + 1).await;
        assert_eq!(world.deliver(NOON + 3).await, tally(2, 1, 0, 0), "{name}");
        let stopped = outbox(&world).await.into_iter().find(|mail| mail.state == MailState::Stopped).unwrap();
        assert_eq!(stopped.key, "reminder");
        assert!(!stopped.reason.is_empty());
    }
}

#[tokio::test]
async fn one_frequency_cap_holds_over_all_extensions_and_frees_itself() {
    let cap = MailCap { messages: 2, days: 7 };
    let world = world(Policies { mail_cap: cap, ..at_all_hours() }).await;
    for (index, extension) in ["one", "two", "three"].into_iter().enumerate() {
        queue(&world, extension, "news", "service", NOON + index as Instant * HOUR).await;
    }
    assert_eq!(world.deliver(NOON).await.sent, 1);
    assert_eq!(world.deliver(NOON + HOUR).await.sent, 1);
    assert_eq!(world.deliver(NOON + 2 * HOUR).await, tally(0, 0, 1, 0));
    let waits = outbox(&world).await.into_iter().find(|mail| mail.state == MailState::Queued).unwrap();
    assert_eq!(waits.due_at, NOON + 7 * DAY);
    assert_eq!(waits.attempts, 0, "the mail server was not asked");
    assert_eq!(world.deliver(NOON + 7 * DAY - 1).await, Tally::default());
    assert_eq!(world.deliver(NOON + 7 * DAY).await.sent, 1);
}

#[tokio::test]
async fn the_cap_does_not_hold_back_what_the_shop_itself_has_to_say() {
    let world = world(Policies { mail_cap: MailCap { messages: 0, days: 7 }, ..at_all_hours() }).await;
    queue(&world, "x", "news", "service", NOON).await;
    world
        .write(|tx, secret| {
            let mail = NewMail {
                sender: SHOP,
                key: "k",
                contact: &secret.contact("a", ANN),
                purpose: Purpose::Service,
                content: &Content::AccountReminder { number: "1042".into() },
                stop_when: &[],
                send_at: None,
            };
            mails::queue(tx, "a", &mail, NOON)
        })
        .await;
    assert_eq!(world.deliver(NOON).await, tally(1, 1, 0, 0));
}

#[tokio::test]
async fn quiet_hours_put_messages_off_until_the_morning() {
    let world = world(Policies::default()).await;
    queue(&world, "x", "news", "service", 22 * HOUR).await;
    assert_eq!(world.deliver(22 * HOUR).await, tally(0, 0, 1, 0));
    assert_eq!(outbox(&world).await[0].due_at, DAY + 8 * HOUR);
    assert_eq!(world.deliver(DAY + 8 * HOUR).await.sent, 1);
}

#[tokio::test]
async fn marketing_needs_consent_when_it_is_sent_and_carries_the_way_out() {
    let world = world(at_all_hours()).await;
    queue(&world, "x", "first", "marketing", NOON).await;
    assert_eq!(world.deliver(NOON).await.sent, 1);
    let link = world.newest(ANN).await.unsubscribe;
    let token = link.strip_prefix("https://shop.example/unsubscribe?token=").unwrap().to_owned();
    queue(&world, "x", "second", "marketing", NOON).await;
    queue(&world, "x", "third", "service", NOON).await;
    world
        .write(move |tx, secret| {
            let contact = unsubscribe::contact_of(secret, "a", &token).unwrap();
            unsubscribe::unsubscribe(tx, "a", &contact, NOON + 1)
        })
        .await;
    assert_eq!(world.deliver(NOON + 1).await, tally(1, 1, 0, 0));
    assert_eq!(world.newest(ANN).await.subject, "third");
    assert_eq!(world.newest(ANN).await.unsubscribe, "", "service mail has no way out to offer");
}

#[tokio::test]
async fn a9_marketing_is_not_sent_to_an_account_that_never_asked_for_it() {
    let world = world(at_all_hours()).await;
    world
        .write(|tx, _| {
            let mut ann = customers::get(tx, "a", "cus_1")?.unwrap();
            ann.marketing_since = None;
            customers::update(tx, "a", &ann)
        })
        .await;
    queue(&world, "x", "news", "marketing", NOON).await;
    assert_eq!(world.deliver(NOON).await, tally(0, 1, 0, 0));
}

#[tokio::test]
async fn a_mail_the_server_puts_off_is_tried_again_with_back_off_and_then_given_up() {
    let world = world(at_all_hours()).await;
    queue(&world, "x", "news", "service", NOON).await;
    let busy = || Err(SendError::Later("code 451".into()));
    let server = Server::new((0..9).map(|_| busy()).collect());
    let mut now = NOON;
    let mut waits = Vec::new();
    while server.deliver(&world, now).await.put_off == 1 {
        let due = outbox(&world).await[0].due_at;
        waits.push(due - now);
        assert_eq!(server.deliver(&world, due - 1).await, Tally::default(), "not before its time");
        now = due;
    }
    assert_eq!(waits, [MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR, 12 * HOUR]);
    let mail = outbox(&world).await.remove(0);
    assert_eq!((mail.state, mail.attempts), (MailState::Failed, 7));
    let ids = server.seen.lock().unwrap().clone();
    assert!(ids.iter().all(|id| *id == mail.id), "the same id at every attempt");
}

#[tokio::test]
async fn a_lost_answer_leaves_the_mail_uncertain_and_it_is_not_sent_twice_by_itself() {
    let world = world(at_all_hours()).await;
    queue(&world, "x", "news", "service", NOON).await;
    let server = Server::new(vec![Err(SendError::Unknown("the connection broke".into()))]);
    assert_eq!(server.deliver(&world, NOON).await, tally(0, 0, 0, 1));
    let mail = outbox(&world).await.remove(0);
    assert_eq!(mail.state, MailState::Uncertain);
    assert_eq!(server.deliver(&world, NOON + DAY).await, Tally::default());
    let id = mail.id.clone();
    assert!(world.write(move |tx, _| mails::retry(tx, "a", &id, "system", NOON + DAY)).await, "a person may");
    assert_eq!(server.deliver(&world, NOON + DAY).await.sent, 1);
    let id = mail.id.clone();
    assert!(
        !world.write(move |tx, _| mails::retry(tx, "a", &id, "system", NOON + DAY)).await,
        "but not once it is sent"
    );
}

#[tokio::test]
async fn a_mail_that_was_being_sent_when_the_program_ended_is_uncertain() {
    let world = world(at_all_hours()).await;
    queue(&world, "x", "news", "service", NOON).await;
    assert!(world.write(|tx, _| mails::claim(tx, NOON)).await.is_some());
    assert_eq!(world.deliver(NOON + 10 * MINUTE).await, Tally::default(), "another host may be sending it");
    world.deliver(NOON + 10 * MINUTE + 1).await;
    assert_eq!(outbox(&world).await[0].state, MailState::Uncertain);
    assert!(world.inbox(ANN).await.is_empty());
}

#[tokio::test]
async fn a_refused_mail_is_not_tried_again_and_says_why() {
    let world = world(at_all_hours()).await;
    queue(&world, "x", "news", "service", NOON).await;
    let server = Server::new(vec![Err(SendError::Refused("code 550".into()))]);
    assert_eq!(server.deliver(&world, NOON).await, tally(0, 0, 0, 1));
    assert_eq!(server.deliver(&world, NOON + DAY).await, Tally::default());
    let mail = outbox(&world).await.remove(0);
    assert_eq!((mail.state, mail.reason.as_str()), (MailState::Failed, "the mail server refuses it: code 550"));
}

#[tokio::test]
async fn two_hosts_never_send_one_mail_twice() {
    let world = world(Policies { mail_cap: MailCap { messages: 100, days: 7 }, ..at_all_hours() }).await;
    for key in ["1", "2", "3", "4", "5", "6", "7", "8"] {
        queue(&world, "x", key, "service", NOON).await;
    }
    let server = Server::new(Vec::new());
    let (one, two) = tokio::join!(server.deliver(&world, NOON), server.deliver(&world, NOON));
    assert_eq!(one.sent + two.sent, 8);
    let mut ids = server.seen.lock().unwrap().clone();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 8);
}

#[tokio::test]
async fn nobody_is_written_to_who_was_erased_and_other_channels_are_noted_as_stopped() {
    let world = world(at_all_hours()).await;
    queue(&world, "x", "waits", "service", NOON).await;
    world.write(|tx, secret| contacts::delete(tx, "a", &secret.contact("a", ANN))).await;
    assert_eq!(world.deliver(NOON).await, tally(0, 1, 0, 0));
    assert_eq!(queue(&world, "x", "later", "service", NOON).await, Queued::Nobody);

    let world = self::world(at_all_hours()).await;
    let queued = world
        .write(|tx, _| {
            let message = Message { subject: "s".into(), paragraphs: Vec::new(), action: None };
            let message = ExtensionMessage {
                extension: "x",
                to: "cus_1",
                channel: "sms",
                purpose: "service",
                message: &message,
                key: "k",
                send_at: None,
                stop_when: &[],
            };
            queue_for_extension(tx, "a", &message, NOON)
        })
        .await;
    assert_eq!(queued, Queued::NoChannel);
    assert_eq!(outbox(&world).await[0].state, MailState::Stopped);
    assert_eq!(world.deliver(NOON).await, Tally::default());
}

#[tokio::test]
async fn a_message_with_an_unknown_purpose_or_stop_condition_is_refused() {
    let world = world(at_all_hours()).await;
    let refused = |purpose: &'static str, stop_when: Vec<String>, extension: &'static str| {
        let store = world.store.clone();
        async move {
            let work = move |tx: &mut crate::store::Tx<'_>| {
                let message = Message { subject: "s".into(), paragraphs: Vec::new(), action: None };
                let message = ExtensionMessage {
                    extension,
                    to: "cus_1",
                    channel: "email",
                    purpose,
                    message: &message,
                    key: "k",
                    send_at: None,
                    stop_when: &stop_when,
                };
                queue_for_extension(tx, "a", &message, NOON)
            };
            store.write(work).await.unwrap_err()
        }
    };
    assert!(matches!(refused("security", Vec::new(), "x").await, MessageError::Purpose(_)));
    assert!(matches!(refused("service", vec!["bored".into()], "x").await, MessageError::StopCondition(_)));
    assert!(matches!(refused("service", Vec::new(), SHOP).await, MessageError::Sender));
}

#[tokio::test]
async fn a_sign_in_mail_that_comes_too_late_is_not_sent() {
    let world = world(at_all_hours()).await;
    world
        .write(|tx, secret| {
            let mail = NewMail {
                sender: SHOP,
                key: "sign-in/1",
                contact: &secret.contact("a", ANN),
                purpose: Purpose::Security,
                content: &Content::SignIn { handle: "h".into() },
                stop_when: &[],
                send_at: None,
            };
            mails::queue(tx, "a", &mail, NOON)
        })
        .await;
    assert_eq!(world.deliver(NOON + 30 * MINUTE + 1).await, tally(0, 1, 0, 0));
}

#[tokio::test]
async fn the_outbox_holds_no_address() {
    let world = world(at_all_hours()).await;
    queue(&world, "x", "news", "service", NOON).await;
    assert!(!format!("{:?}", outbox(&world).await).contains("example.com"));
}
