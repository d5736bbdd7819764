use boomerang_engine::contract::{Attribute, CustomerEvent};

use crate::orders::testing::claim_due;
use crate::people::erase::erase;
use crate::people::sign_in::{CodeFor, SignedIn, Visit, confirm_code, request};
use crate::people::testing::{VISIT, World, code_in, signed_in};
use crate::people::{Email, referrals};
use crate::shops::Shop;
use crate::shops::tests::vienna;
use crate::store::events::{self, Happening};
use crate::store::{installations, referrals as stored};

const ANN: &str = "Ann@gmail.com";
const BOB: &str = "bob@example.com";

/// Somebody who signs in, with the code of a referral or without one, in a browser that may be signed in already.
async fn sign_in(world: &World, email: &str, code: Option<&str>, browser: Option<&str>) -> SignedIn {
    let (address, secret) = (Email::parse(email).unwrap(), world.secret.clone());
    let asked = world.store.write(move |tx| request(tx, &secret, "a", &address, VISIT.origin, 0)).await.unwrap();
    world.deliver(0).await;
    let mailed = code_in(&world.newest(email).await);
    let (referral, session) = (code.map(str::to_owned), browser.map(str::to_owned));
    let confirmation = world
        .write(move |tx, secret| {
            let visit = Visit { referral: referral.as_deref(), session: session.as_deref(), ..VISIT };
            confirm_code(tx, secret, "a", CodeFor::Handle(&asked.handle), &mailed, visit, 1)
        })
        .await;
    signed_in(confirmation)
}

async fn code_of(world: &World, customer: &str) -> String {
    let shop = Shop { id: "a".into(), ..vienna() };
    referrals::of(&world.store, &world.secret, &shop, customer).await.unwrap().code
}

async fn brought(world: &World, customer: &str) -> u32 {
    let customer = customer.to_owned();
    world.write(move |tx, _| stored::count(tx, "a", &customer)).await
}

/// What extensions are told of, in its order.
async fn told(world: &World) -> Vec<CustomerEvent> {
    let mut told = Vec::new();
    while let Some(due) = world.write(|tx, _| claim_due(tx, 1, 1)).await.pop() {
        if let Happening::Customer(event) = &*due.happening {
            told.push(event.clone());
        }
        world.write(move |tx, _| events::acknowledge(tx, &due.shop, &due.extension, &due.event)).await;
    }
    told
}

/// A shop in which somebody listens, and Ann has a code.
async fn world_of_ann() -> (World, SignedIn, String) {
    let world = World::new().await;
    world
        .write(|tx, _| {
            installations::put_component(tx, "d", b"wasm", 0)?;
            installations::put(tx, "a", &installations::tests::row("x", "d", 0))
        })
        .await;
    let ann = sign_in(&world, ANN, None, None).await;
    let code = code_of(&world, &ann.customer.id).await;
    (world, ann, code)
}

#[tokio::test]
async fn l5_a_new_customer_who_came_with_a_code_was_referred_once() {
    let (world, ann, code) = world_of_ann().await;
    assert_eq!(code_of(&world, &ann.customer.id).await, code, "a customer keeps their code");
    let bob = sign_in(&world, BOB, Some(&code), None).await;
    assert_eq!(brought(&world, &ann.customer.id).await, 1);
    let told = told(&world).await;
    let referred: Vec<&CustomerEvent> = told.iter().filter(|event| event.topic == "referred").collect();
    let [event] = referred[..] else { panic!("{told:?}") };
    assert_eq!(event.customer, bob.customer.id);
    assert_eq!(event.attributes, [Attribute { key: "by".into(), value: ann.customer.id.clone() }]);
    // Bob is no new customer any more.
    let carl = sign_in(&world, "carl@example.com", None, None).await;
    let other = code_of(&world, &carl.customer.id).await;
    sign_in(&world, BOB, Some(&other), None).await;
    assert_eq!(brought(&world, &carl.customer.id).await, 0);
}

#[tokio::test]
async fn l11_nobody_brings_themselves() {
    let (world, ann, code) = world_of_ann().await;
    sign_in(&world, "a.nn+2@googlemail.com", Some(&code), None).await;
    sign_in(&world, BOB, Some(&code), Some(&ann.session.token)).await;
    assert_eq!(brought(&world, &ann.customer.id).await, 0);
}

#[tokio::test]
async fn a_code_that_is_none_keeps_nobody_from_signing_in() {
    let (world, ann, code) = world_of_ann().await;
    assert!(sign_in(&world, BOB, Some("nonsense"), None).await.first);
    let id = ann.customer.id.clone();
    world.write(move |tx, _| erase(tx, "a", "system", &id, 2)).await;
    assert!(sign_in(&world, "carl@example.com", Some(&code), None).await.first);
    assert_eq!(brought(&world, &ann.customer.id).await, 0);
}
