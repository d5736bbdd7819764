//! The address book, on its pages.

use boomerang_shop::people::SavedAddress;
use boomerang_shop::store::{addresses, customers};

use crate::browser::Browser;
use crate::world::{ANN, World};

async fn book(world: &World) -> Vec<SavedAddress> {
    world.platform.store.read(|tx| addresses::list(tx, "demo", "cus_ann")).await.unwrap()
}

async fn default(world: &World) -> Option<String> {
    let found = world.platform.store.read(|tx| customers::get(tx, "demo", "cus_ann")).await.unwrap();
    found.unwrap().default_shipping
}

async fn signed_in(world: &World) -> Browser {
    world.ann().await;
    let mut browser = world.browser();
    world.sign_in(&mut browser, ANN, false).await;
    browser
}

#[tokio::test]
async fn a11_an_address_is_added_changed_made_the_default_and_removed() {
    let world = World::new().await;
    let mut browser = signed_in(&world).await;
    let before = book(&world).await.remove(0).id;
    let page = browser.get("/account/addresses/new").await.ok();
    assert_eq!(page.value("shipping.name"), "Ann Lee");
    let fields = [("shipping.line1", "Ring 7"), ("shipping.locality", "Wien"), ("default_shipping", "true")];
    let page = browser.send(&page, "/account/addresses", &[&fields[..], &[("action", "save")]].concat()).await.ok();
    page.says("Ann Lee, Ring 7, Wien, Austria");
    let added = book(&world).await.into_iter().find(|saved| saved.id != before).unwrap();
    assert_eq!(default(&world).await.as_ref(), Some(&added.id));

    let path = format!("/account/addresses/{}", added.id);
    let page = browser.get(&path).await.ok();
    assert_eq!((page.value("shipping.line1").as_str(), page.value("shipping.locality").as_str()), ("Ring 7", "Wien"));
    assert_eq!(page.form(&path).iter().filter(|(name, _)| name.starts_with("default_")).count(), 1);
    let fields = [("shipping.line1", "Ring 8"), ("action", "save")];
    browser.send(&page, &path, &fields).await.ok().says("Ring 8");
    assert_eq!(default(&world).await.as_ref(), Some(&added.id), "the box is still ticked");

    let account = browser.get("/account").await.ok();
    let other = format!("/account/addresses/{before}");
    browser.send(&account, &other, &[("action", "default")]).await.ok();
    assert_eq!(default(&world).await, Some(before.clone()));
    browser.send(&account, &path, &[("action", "remove")]).await.ok().does_not_say("Ring 8");
    assert_eq!(book(&world).await.len(), 1);
    assert_eq!(browser.get(&path).await.status, 404);
}

#[tokio::test]
async fn what_is_missing_is_named_and_what_was_typed_stays() {
    let world = World::new().await;
    let mut browser = signed_in(&world).await;
    let page = browser.get("/account/addresses/new").await.ok();
    let refused = browser.send(&page, "/account/addresses", &[("shipping.line1", "Ring 7"), ("action", "save")]).await;
    assert_eq!((refused.status, refused.value("shipping.line1").as_str()), (422, "Ring 7"));
    refused.says("City is missing. Please fill it in.");
    let country = [("shipping.country", "XX"), ("shipping.locality", "Wien"), ("shipping.line1", "Ring 7")];
    let long = [("shipping.line1", "x".repeat(300)), ("shipping.locality", "Wien".into())];
    let long: Vec<_> = long.iter().map(|(name, value)| (*name, value.as_str())).collect();
    for fields in [&country[..], &long] {
        let refused = browser.send(&page, "/account/addresses", &[fields, &[("action", "save")]].concat()).await;
        assert_eq!(refused.status, 422, "{fields:?}");
    }
    // Asking for the fields of another country saves nothing.
    let fields = [("shipping.country", "DE"), ("shipping.line1", "Ring 7"), ("action", "recalculate")];
    let page = browser.send(&page, "/account/addresses", &fields).await.ok();
    assert_eq!(page.value("shipping.line1"), "Ring 7");
    assert_eq!(book(&world).await.len(), 1);
}

#[tokio::test]
async fn an_address_is_there_for_its_owner_alone() {
    let world = World::new().await;
    let mut ann = signed_in(&world).await;
    let id = book(&world).await.remove(0).id;
    let path = format!("/account/addresses/{id}");
    let page = ann.get(&path).await.ok();
    let mut bob = world.browser();
    assert!(bob.get(&path).await.path.starts_with("/sign-in"));
    world.sign_in(&mut bob, "bob@example.com", false).await;
    assert_eq!(bob.get(&path).await.status, 404);
    let csrf = bob.get("/account/addresses/new").await.ok().value("csrf");
    let fields = [("csrf", csrf.as_str()), ("action", "save"), ("shipping.name", "Bob"), ("shipping.country", "AT")];
    let fields = [&fields[..], &[("shipping.line1", "Ring 1"), ("shipping.locality", "Wien")]].concat();
    assert_eq!(bob.post(&path, &fields).await.status, 404);
    assert_eq!(bob.post(&path, &[("csrf", &csrf), ("action", "remove")]).await.status, 404);
    assert_eq!(ann.get(&path).await.ok().value("shipping.line1"), page.value("shipping.line1"));
}
