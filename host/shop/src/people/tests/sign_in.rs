use crate::clock::{DAY, HOUR, Instant, MINUTE};
use crate::people::sign_in::{
    CodeFor, Confirmation, Origin, Requested, SignInError, Visit, confirm_code, confirm_link, request,
};
use crate::people::testing::{VISIT, World, code_in, signed_in, token_in};
use crate::people::{CustomerState, Email, devices, proofs, session};
use crate::store::limits::LimitError;
use crate::store::mails;
use crate::store::{contacts, customers};

const ANN: &str = "Ann@Example.com";

async fn ask_from(world: &World, email: &str, origin: Origin<'static>, now: Instant) -> Result<Requested, SignInError> {
    let email = Email::parse(email).unwrap();
    let secret = world.secret.clone();
    world.store.write(move |tx| request(tx, &secret, "a", &email, origin, now)).await
}

async fn ask(world: &World, email: &str, now: Instant) -> Requested {
    let requested = ask_from(world, email, VISIT.origin, now).await.unwrap();
    world.deliver(now).await;
    requested
}

async fn by_link(world: &World, token: &str, visit: Visit<'static>, now: Instant) -> Confirmation {
    let token = token.to_owned();
    world.write(move |tx, secret| confirm_link(tx, secret, "a", &token, visit, now)).await
}

async fn by_code(world: &World, handle: &str, code: &str, now: Instant) -> Confirmation {
    let (handle, code) = (handle.to_owned(), code.to_owned());
    world.write(move |tx, secret| confirm_code(tx, secret, "a", CodeFor::Handle(&handle), &code, VISIT, now)).await
}

fn is_refused(confirmation: &Confirmation) -> bool {
    matches!(confirmation, Confirmation::Refused)
}

#[tokio::test]
async fn a4_a_mailed_link_signs_in_once_and_makes_the_account() {
    let world = World::new().await;
    ask(&world, ANN, 0).await;
    let token = token_in(&world.newest(ANN).await);
    let ann = signed_in(by_link(&world, &token, VISIT, 1).await);
    assert!(ann.first);
    assert_eq!(ann.customer.state, CustomerState::Verified);
    assert_eq!(ann.customer.verified_at, Some(1));
    assert_eq!(ann.customer.email, ANN);
    assert!(is_refused(&by_link(&world, &token, VISIT, 2).await));
    ask(&world, "ann@example.com", 3).await;
    let again = signed_in(by_link(&world, &token_in(&world.newest(ANN).await), VISIT, 4).await);
    assert!(!again.first);
    assert_eq!((again.customer.id, again.customer.state), (ann.customer.id, CustomerState::Active));
}

#[tokio::test]
async fn a4_of_two_uses_at_once_one_signs_in() {
    let world = World::new().await;
    let requested = ask(&world, ANN, 0).await;
    let mail = world.newest(ANN).await;
    let (token, code) = (token_in(&mail), code_in(&mail));
    let (first, second, third) = tokio::join!(
        by_link(&world, &token, VISIT, 1),
        by_link(&world, &token, VISIT, 1),
        by_code(&world, &requested.handle, &code, 1)
    );
    assert_eq!([first, second, third].iter().filter(|confirmation| !is_refused(confirmation)).count(), 1);
}

#[tokio::test]
async fn a4_the_token_stands_in_the_mail_and_nowhere_in_the_store() {
    let world = World::new().await;
    ask(&world, ANN, 0).await;
    let (token, code) = (token_in(&world.newest(ANN).await), code_in(&world.newest(ANN).await));
    let mails = world.write(|tx, _| mails::list(tx, "a", None, 10)).await;
    assert_eq!(mails.len(), 1);
    assert!(!format!("{mails:?}").contains(&token) && !format!("{mails:?}").contains(&code));
    assert!(mails[0].content.is_none());
}

#[tokio::test]
async fn a5_a_scanner_that_opens_the_link_does_not_use_it_up() {
    let world = World::new().await;
    ask(&world, ANN, 0).await;
    let token = token_in(&world.newest(ANN).await);
    for _ in 0..20 {
        let token = token.clone();
        assert!(world.write(move |tx, _| proofs::peek(tx, "a", &token, 1)).await.is_some());
    }
    signed_in(by_link(&world, &token, VISIT, 1).await);
}

#[tokio::test]
async fn a5_the_code_of_the_same_mail_signs_in_only_where_it_was_asked_for() {
    let world = World::new().await;
    let requested = ask(&world, ANN, 0).await;
    let code = code_in(&world.newest(ANN).await);
    assert!(is_refused(&by_code(&world, "another browser", &code, 1).await));
    signed_in(by_code(&world, &requested.handle, &code, 1).await);
    assert!(is_refused(&by_code(&world, &requested.handle, &code, 1).await));
}

#[tokio::test]
async fn a4_a_new_mail_makes_the_one_before_worthless() {
    let world = World::new().await;
    let first = ask(&world, ANN, 0).await;
    let old = world.newest(ANN).await;
    ask(&world, ANN, 1).await;
    assert!(is_refused(&by_link(&world, &token_in(&old), VISIT, 2).await));
    assert!(is_refused(&by_code(&world, &first.handle, &code_in(&old), 2).await));
    signed_in(by_link(&world, &token_in(&world.newest(ANN).await), VISIT, 2).await);
}

#[tokio::test]
async fn a5_guesses_are_bounded_over_many_mails() {
    let world = World::new().await;
    let mut guesses = 0;
    'mails: for hour in 0..20 {
        let now = hour * HOUR;
        let requested = ask(&world, ANN, now).await;
        for _ in 0..proofs::CODE_TRIES {
            let (secret, handle) = (world.secret.clone(), requested.handle.clone());
            let guess = world
                .store
                .write(move |tx| confirm_code(tx, &secret, "a", CodeFor::Handle(&handle), "wrong", VISIT, now));
            match guess.await {
                Ok(confirmation) => assert!(is_refused(&confirmation)),
                Err(error) => {
                    assert!(matches!(error, SignInError::Limit(LimitError::UsedUp { .. })), "{error}");
                    break 'mails;
                }
            }
            guesses += 1;
        }
    }
    assert!(guesses < 50, "{guesses} guesses in a day");
}

#[tokio::test]
async fn a6_known_and_unknown_addresses_get_the_same_answer_and_the_same_mail() {
    let world = World::new().await;
    ask(&world, "ann@example.com", 0).await;
    signed_in(by_link(&world, &token_in(&world.newest("ann@example.com").await), VISIT, 1).await);
    world
        .write(|tx, secret| {
            let mut ann = customers::by_contact(tx, "a", &secret.contact("a", "ann@example.com"))?.unwrap();
            ann.name = "Ann Lee".into();
            customers::update(tx, "a", &ann)
        })
        .await;
    let known = ask(&world, "ann@example.com", HOUR).await;
    let unknown = ask(&world, "bob@example.com", HOUR).await;
    assert_eq!(known.handle.len(), unknown.handle.len());
    let blank = |mail: crate::store::mailbox::Received| {
        let (token, code) = (token_in(&mail), code_in(&mail));
        let hide = |text: String| text.replace(&token, "token").replace(&code, "code");
        (mail.subject, hide(mail.text), hide(mail.html))
    };
    let to_known = blank(world.newest("ann@example.com").await);
    assert_eq!(to_known, blank(world.newest("bob@example.com").await));
}

#[tokio::test]
async fn c1_asking_makes_no_account_and_an_address_that_was_only_typed_is_forgotten() {
    let world = World::new().await;
    ask(&world, ANN, 0).await;
    world
        .write(|tx, secret| {
            let contact = secret.contact("a", ANN);
            assert!(customers::by_contact(tx, "a", &contact)?.is_none());
            assert!(contacts::get(tx, "a", &contact)?.is_some());
            contacts::sweep(tx, DAY)?;
            assert!(contacts::get(tx, "a", &contact)?.is_none());
            Ok::<_, crate::store::StoreError>(())
        })
        .await;
}

#[tokio::test]
async fn a5_sending_is_limited_by_mailbox_by_browser_and_by_network() {
    let used_up =
        |result: Result<Requested, SignInError>| matches!(result, Err(SignInError::Limit(LimitError::UsedUp { .. })));
    let world = World::new().await;
    let from = |ip, browser| Origin { ip, browser };
    for spelling in ["a.n.n@gmail.com", "ann+1@gmail.com", "ANN@gmail.com", "ann@googlemail.com", "ann@gmail.com"] {
        ask_from(&world, spelling, from("192.0.2.1", None), 0).await.unwrap();
    }
    assert!(used_up(ask_from(&world, "an.n@gmail.com", from("192.0.2.2", None), 0).await), "one mailbox");
    for index in 0..10 {
        let email = format!("{index}@example.com");
        ask_from(&world, &email, from("192.0.2.3", Some("browser")), 0).await.unwrap();
    }
    assert!(used_up(ask_from(&world, "x@example.com", from("192.0.2.4", Some("browser")), 0).await), "one browser");
    for index in 0..30 {
        ask_from(&world, &format!("{index}@example.org"), from("192.0.2.5", None), 0).await.unwrap();
    }
    assert!(used_up(ask_from(&world, "y@example.com", from("192.0.2.5", None), 0).await), "one network address");
    ask_from(&world, "y@example.com", from("192.0.2.5", None), 10 * MINUTE).await.unwrap();
}

#[tokio::test]
async fn a10_signing_in_rotates_the_session() {
    let world = World::new().await;
    let before = world.write(|tx, _| session::begin(tx, "a", None, "Phone", 0)).await;
    ask(&world, ANN, 0).await;
    let token = token_in(&world.newest(ANN).await);
    let old: &'static str = Box::leak(before.token.clone().into_boxed_str());
    let ann = signed_in(by_link(&world, &token, Visit { session: Some(old), ..VISIT }, 1).await);
    assert_ne!(ann.session.token, before.token);
    assert_eq!(ann.previous, Some(before.session.id));
    let opened = world
        .write(move |tx, _| {
            assert_eq!(session::open(tx, "a", old, 2)?, None);
            session::open(tx, "a", &ann.session.token, 2)
        })
        .await;
    assert_eq!(opened.unwrap().customer, Some(ann.customer.id));
}

#[tokio::test]
async fn c12_a_device_is_remembered_only_on_request() {
    let world = World::new().await;
    ask(&world, ANN, 0).await;
    let ann = signed_in(by_link(&world, &token_in(&world.newest(ANN).await), VISIT, 1).await);
    assert!(ann.device.is_none());
    ask(&world, ANN, 2).await;
    let visit = Visit { remember: true, ..VISIT };
    let device = signed_in(by_link(&world, &token_in(&world.newest(ANN).await), visit, 3).await).device.unwrap();
    let recognised = world.write(move |tx, _| devices::recognise(tx, "a", &device, 4)).await.unwrap();
    assert_eq!(recognised.device.customer, ann.customer.id);
}

#[tokio::test]
async fn a9_an_account_is_no_consent_to_marketing() {
    let world = World::new().await;
    ask(&world, ANN, 0).await;
    let ann = signed_in(by_link(&world, &token_in(&world.newest(ANN).await), VISIT, 1).await);
    assert_eq!(ann.customer.marketing_since, None);
}
