use crate::clock::{DAY, HOUR, Instant};
use crate::people::offer::{NewOffer, OfferError, OfferMode, Offered, offer, refuse, refuse_by_link, sweep};
use crate::people::sign_in::{CodeFor, confirm_code, confirm_link, request};
use crate::people::testing::{VISIT, World, code_in, signed_in, token_in};
use crate::people::{Customer, CustomerState, Email};
use crate::store::mailbox::Received;
use crate::store::offers::{self, OfferState};
use crate::store::{StoreError, customers, mails};

const ANN: &str = "Ann@Example.com";

async fn offered(world: &World, order: &'static str, mode: OfferMode, now: Instant) -> Offered {
    world
        .write(move |tx, secret| {
            let email = Email::parse(ANN).unwrap();
            let new = NewOffer {
                extension: "auto-account",
                order,
                number: "1042",
                email: &email,
                locale: "en",
                mode,
                delete_unclaimed_after_days: 30,
            };
            offer(tx, secret, "a", &new, now)
        })
        .await
}

async fn account(world: &World) -> Option<Customer> {
    world.write(|tx, secret| customers::by_contact(tx, "a", &secret.contact("a", ANN))).await
}

async fn accept(world: &World, mail: &Received, now: Instant) -> Customer {
    let token = token_in(mail);
    signed_in(world.write(move |tx, secret| confirm_link(tx, secret, "a", &token, VISIT, now)).await).customer
}

async fn state(world: &World, order: &'static str) -> OfferState {
    world.write(move |tx, _| offers::of_order(tx, "a", order)).await.unwrap().state
}

#[tokio::test]
async fn a3_an_automatic_account_goes_from_shell_to_invited_to_verified_to_active() {
    let world = World::new().await;
    assert_eq!(offered(&world, "ord_1", OfferMode::Automatic, 0).await, Offered::Made);
    let shell = account(&world).await.unwrap();
    assert_eq!((shell.state, shell.verified_at), (CustomerState::Shell, None));
    assert_eq!((shell.name.as_str(), shell.marketing_since), ("", None), "it holds nothing, and no consent");
    world.deliver(1).await;
    assert_eq!(account(&world).await.unwrap().state, CustomerState::Invited);
    let claimed = accept(&world, &world.newest(ANN).await, 2).await;
    assert_eq!((claimed.id, claimed.state), (shell.id, CustomerState::Verified));
    assert_eq!((claimed.verified_at, claimed.delete_unclaimed_at), (Some(2), None));
    assert_eq!(state(&world, "ord_1").await, OfferState::Accepted);
    let ann = Email::parse(ANN).unwrap();
    world.write(move |tx, secret| request(tx, secret, "a", &ann, VISIT.origin, 3)).await;
    world.deliver(3).await;
    assert_eq!(accept(&world, &world.newest(ANN).await, 4).await.state, CustomerState::Active);
}

#[tokio::test]
async fn a1_an_invitation_makes_no_account_until_it_is_accepted() {
    let world = World::new().await;
    offered(&world, "ord_1", OfferMode::Invite, 0).await;
    world.deliver(1).await;
    assert_eq!(account(&world).await, None);
    let made = accept(&world, &world.newest(ANN).await, 2).await;
    assert_eq!((made.state, made.email.as_str()), (CustomerState::Verified, ANN));
}

#[tokio::test]
async fn a2_one_offer_an_order_however_often_the_event_comes() {
    let world = World::new().await;
    assert_eq!(offered(&world, "ord_1", OfferMode::Automatic, 0).await, Offered::Made);
    assert_eq!(offered(&world, "ord_1", OfferMode::Automatic, 1).await, Offered::Already);
    world.deliver(2).await;
    assert_eq!(offered(&world, "ord_1", OfferMode::Automatic, 3).await, Offered::Already);
    world.deliver(4).await;
    assert_eq!(world.inbox(ANN).await.len(), 1);
}

#[tokio::test]
async fn a5_an_invitation_has_a_code_that_goes_with_the_address() {
    let world = World::new().await;
    offered(&world, "ord_1", OfferMode::Automatic, 0).await;
    world.deliver(1).await;
    let code = code_in(&world.newest(ANN).await);
    let confirmed = world.write(move |tx, secret| {
        let email = Email::parse("ann@example.com").unwrap();
        confirm_code(tx, secret, "a", CodeFor::Invitation(&email), &code, VISIT, 2)
    });
    assert_eq!(signed_in(confirmed.await).customer.state, CustomerState::Verified);
}

#[tokio::test]
async fn a4_an_invitation_ends_after_a_day_and_the_account_can_still_be_claimed() {
    let world = World::new().await;
    offered(&world, "ord_1", OfferMode::Automatic, 0).await;
    world.deliver(0).await;
    let token = token_in(&world.newest(ANN).await);
    let late = world.write(move |tx, secret| confirm_link(tx, secret, "a", &token, VISIT, 24 * HOUR)).await;
    assert!(matches!(late, crate::people::sign_in::Confirmation::Refused));
    let ann = Email::parse(ANN).unwrap();
    world.write(move |tx, secret| request(tx, secret, "a", &ann, VISIT.origin, 25 * HOUR)).await;
    world.deliver(25 * HOUR).await;
    let claimed = accept(&world, &world.newest(ANN).await, 25 * HOUR).await;
    assert_eq!(claimed.state, CustomerState::Verified);
    assert_eq!(state(&world, "ord_1").await, OfferState::Accepted);
}

#[tokio::test]
async fn a1_dont_keep_it_deletes_the_empty_account_and_its_mail_and_is_remembered() {
    let world = World::new().await;
    offered(&world, "ord_1", OfferMode::Automatic, 0).await;
    world.write(|tx, _| refuse(tx, "a", "ord_1")).await;
    assert_eq!(account(&world).await, None);
    assert_eq!(world.deliver(1).await.sent, 0);
    assert_eq!(state(&world, "ord_1").await, OfferState::Refused);
    assert_eq!(offered(&world, "ord_2", OfferMode::Automatic, 2).await, Offered::TurnedDown);
    assert_eq!(account(&world).await, None);
    assert!(world.inbox(ANN).await.is_empty());
}

#[tokio::test]
async fn a1_dont_keep_it_works_from_the_mail_too_and_only_once() {
    let world = World::new().await;
    offered(&world, "ord_1", OfferMode::Automatic, 0).await;
    world.deliver(1).await;
    let token = token_in(&world.newest(ANN).await);
    let answers = world.write(move |tx, _| -> Result<_, StoreError> {
        Ok([refuse_by_link(tx, "a", &token, 2)?, refuse_by_link(tx, "a", &token, 2)?])
    });
    assert_eq!(answers.await, [true, false]);
    assert_eq!(account(&world).await, None);
    assert_eq!(state(&world, "ord_1").await, OfferState::Refused);
}

#[tokio::test]
async fn a3_a_buyer_who_types_the_address_of_an_account_sees_no_difference_and_changes_nothing() {
    let world = World::new().await;
    offered(&world, "ord_1", OfferMode::Automatic, 0).await;
    world.deliver(1).await;
    let ann = accept(&world, &world.newest(ANN).await, 2).await;
    assert_eq!(offered(&world, "ord_2", OfferMode::Automatic, 3).await, Offered::Made, "the same answer");
    assert_eq!(world.deliver(4).await.sent, 1, "and a mail in either case");
    let reminder = world.newest(ANN).await;
    assert!(!reminder.text.contains("?token="), "which proves nothing by itself");
    world.write(|tx, _| refuse(tx, "a", "ord_2")).await;
    assert_eq!(account(&world).await.unwrap().id, ann.id, "the account is not the buyer's to delete");
}

#[tokio::test]
async fn a3_a_mail_is_pointless_once_the_address_is_proved() {
    let world = World::new().await;
    offered(&world, "ord_1", OfferMode::Automatic, 0).await;
    let ann = Email::parse(ANN).unwrap();
    world.write(move |tx, secret| request(tx, secret, "a", &ann, VISIT.origin, 1)).await;
    world.deliver(1).await;
    offered(&world, "ord_2", OfferMode::Automatic, 2).await;
    let sign_in = world.inbox(ANN).await.into_iter().find(|mail| mail.subject.starts_with("Sign in")).unwrap();
    accept(&world, &sign_in, 3).await;
    assert_eq!(world.deliver(4).await.stopped, 1);
}

#[tokio::test]
async fn a1_an_account_that_nobody_claims_is_deleted_after_its_days_and_a_claimed_one_is_not() {
    let world = World::new().await;
    offered(&world, "ord_1", OfferMode::Automatic, 0).await;
    world.deliver(1).await;
    assert_eq!(world.write(|tx, _| sweep(tx, 30 * DAY - 1)).await, 0);
    offered(&world, "ord_2", OfferMode::Automatic, DAY).await;
    assert_eq!(world.write(|tx, _| sweep(tx, 30 * DAY)).await, 0, "a later order puts the end off");
    assert_eq!(world.write(|tx, _| sweep(tx, 31 * DAY)).await, 1);
    assert_eq!(account(&world).await, None);
    assert_eq!(state(&world, "ord_2").await, OfferState::Lapsed);

    offered(&world, "ord_3", OfferMode::Automatic, 40 * DAY).await;
    world.deliver(40 * DAY).await;
    accept(&world, &world.newest(ANN).await, 40 * DAY).await;
    assert_eq!(world.write(|tx, _| sweep(tx, 400 * DAY)).await, 0);
    assert!(account(&world).await.is_some());
}

#[tokio::test]
async fn a1_the_days_are_between_one_and_a_year() {
    let world = World::new().await;
    for days in [0, 366] {
        let result: Result<_, OfferError> = world
            .store
            .write({
                let secret = world.secret.clone();
                move |tx| {
                    let email = Email::parse(ANN).unwrap();
                    let new = NewOffer {
                        extension: "auto-account",
                        order: "ord_1",
                        number: "1",
                        email: &email,
                        locale: "en",
                        mode: OfferMode::Invite,
                        delete_unclaimed_after_days: days,
                    };
                    offer(tx, &secret, "a", &new, 0)
                }
            })
            .await;
        assert!(matches!(result, Err(OfferError::Days(refused)) if refused == days));
    }
    assert!(world.write(|tx, _| mails::list(tx, "a", None, 1)).await.is_empty());
}
