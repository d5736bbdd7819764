//! Every operation of the document, called and answered well at least once.

use std::collections::BTreeSet;

use boomerang_shop::admin::Role;
use boomerang_shop::mail::{Content, Purpose};
use boomerang_shop::store::mails::{self, MailState, NewMail};
use boomerang_shop::store::{StoreError, contacts};
use serde_json::{Value, json};

use crate::world::World;
use crate::{account, extensions, shopping, staff};

#[tokio::test]
async fn every_operation_succeeds_somewhere_and_answers_as_documented() {
    let world = World::new().await;
    extensions::story(&world).await;
    extensions::deliveries(&world).await;
    let world_of_customers = World::new().await;
    account::story(&world_of_customers).await;
    let world_of_staff = World::new().await;
    staff::story(&world_of_staff).await;
    staff::second_factor(&world_of_staff).await;
    let world_of_orders = World::new().await;
    shopping::story(&world_of_orders).await;
    rest(&world).await;

    let worlds = [&world, &world_of_customers, &world_of_staff, &world_of_orders];
    let succeeded: BTreeSet<String> = worlds.into_iter().flat_map(World::succeeded).collect();
    let document = world.document();
    let missing: Vec<&str> = document
        .operations
        .iter()
        .map(|operation| operation.id.as_str())
        .filter(|id| !succeeded.contains(*id))
        .collect();
    assert!(missing.is_empty(), "never answered well: {missing:?}");
}

/// What no story tells.
async fn rest(world: &World) {
    world.get("/api/openapi.json").await.ok();
    world.get("/api/problems").await.ok();
    world.get("/api/problems/invalid").await.ok();
    let guest = world.shopper().await;
    let handle = world.write(&guest, "POST", "/sign-in", json!({ "email": "ann@example.com" })).await.text("/handle");
    let (_, code) = account::mailed(world, "ann@example.com").await;
    let proof = json!({ "handle": handle, "code": code });
    world.write(&guest, "POST", "/sign-in/code", proof).await.ok();
    let staff = world.staff(Role::Staff).await;
    let failed = failed_mail(world).await;
    let retried = world.write(&staff, "POST", &format!("/admin/mails/{failed}/retry"), Value::Null).await.ok();
    assert_eq!(retried["state"], "queued");
    let again = world.write(&staff, "POST", &format!("/admin/mails/{failed}/retry"), Value::Null).await;
    assert_eq!((again.status, again.problem()), (409, "conflict"));
}

/// The id of a mail that the mail server has refused.
async fn failed_mail(world: &World) -> String {
    let (now, contact) = (world.platform.clock.now(), world.platform.secret.contact("demo", "bob@example.com"));
    let write = world.platform.store.write(move |tx| {
        contacts::remember(tx, "demo", &contact, "bob@example.com", None)?;
        let mail = NewMail {
            sender: mails::SHOP,
            key: "a-mail",
            contact: &contact,
            purpose: Purpose::Security,
            content: &Content::SignIn { handle: "handle".into() },
            stop_when: &[],
            send_at: None,
        };
        mails::queue(tx, "demo", &mail, now)?;
        let queued = mails::of_contact(tx, "demo", &contact)?.remove(0);
        mails::end(tx, "demo", &queued.id, MailState::Failed, "no such mailbox")?;
        Ok::<_, StoreError>(queued.id)
    });
    write.await.unwrap()
}
