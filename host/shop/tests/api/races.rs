//! Many at once, against the real router with the components that ship: exactly the right outcome, every round.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use boomerang_shop::admin::Role;
use boomerang_shop::catalogue::Attributes;
use boomerang_shop::extensions::manage::Actor;
use boomerang_shop::gateway::TestGateway;
use boomerang_shop::people::{Customer, CustomerState, session};
use boomerang_shop::store::carts::CartChangeError;
use boomerang_shop::store::{Store, StoreError, carts, catalogue, contacts, customers, orders, payments, shops};
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::shopping::{Mugs, entries};
use crate::world::{Answer, START, World};
use crate::{account, components};

/// The most tries of one shopper.
const MOST_TRIES: u32 = 200;

/// Checkouts that the server works on at once; the others wait at its door, as they do before any server.
const AT_THE_DOOR: usize = 24;

/// A world with mugs at 10.00, of which there are plenty.
async fn world() -> (Arc<World>, Arc<TestGateway>, Mugs) {
    let gateway = Arc::new(TestGateway::new());
    let world = World::over(components::platform(Store::in_memory().unwrap(), gateway.clone())).await;
    let staff = world.staff(Role::Staff).await;
    let mugs = json!({
        "handle": "mug", "title": "Mug", "options": ["Size"],
        "variants": [{ "options": ["S"], "price": 1_000, "stock": 9_000 }, { "options": ["L"], "price": 1_200 }],
    });
    let saved = world.write(&staff, "POST", "/admin/products", mugs).await;
    let mugs = Mugs {
        product: saved.text("/id"),
        small: saved.text("/variants/0/id"),
        large: saved.text("/variants/1/id"),
        staff,
    };
    (Arc::new(world), gateway, mugs)
}

async fn switch_on(world: &World, id: &str, settings: Value) {
    let extensions = &world.platform.extensions;
    let shop = world.platform.store.read(|tx| shops::get(tx, "demo")).await.unwrap();
    let actor = Actor { name: "system", now: START };
    let consent = extensions.shelf().get(id).unwrap().inspection.capabilities.iter().copied().collect();
    extensions.install_from_shelf(&shop, id, &consent, &actor).await.unwrap();
    extensions.save_settings(&shop, id, &settings, &actor).await.unwrap();
    extensions.set_enabled(&shop, id, true, &actor).await.unwrap();
}

/// Somebody with a cart of one mug, ready to go to the checkout.
struct Shopper {
    customer: String,
    email: String,
    token: String,
    cart: String,
}

/// So many carts of so many customers, each in a session of its own.
async fn shoppers(world: &World, mugs: &Mugs, people: usize, carts_each: usize) -> Vec<Shopper> {
    let (secret, variant) = (world.platform.secret.clone(), mugs.small.clone());
    let write = world.platform.store.write(move |tx| -> Result<_, CartChangeError> {
        let mut shoppers = Vec::new();
        for number in 0..people {
            let email = format!("person-{number}@example.com");
            let customer = Customer {
                id: format!("cus_{number:05}"),
                contact: secret.contact("demo", &email),
                email: email.clone(),
                state: CustomerState::Active,
                name: "Ann Lee".into(),
                phone: String::new(),
                locale: "en".into(),
                birthday: None,
                blocked: false,
                marketing_since: None,
                tags: Vec::new(),
                attributes: BTreeMap::new(),
                default_shipping: None,
                default_billing: None,
                registered_at: START,
                verified_at: Some(START),
                delete_unclaimed_at: None,
            };
            contacts::remember(tx, "demo", &customer.contact, &customer.email, None)?;
            customers::insert(tx, "demo", &customer)?;
            for _ in 0..carts_each {
                let session = session::begin(tx, "demo", Some(&customer.id), "a browser", START)?;
                let cart = carts::create(tx, "demo", START, Some(&customer.id))?;
                carts::add(tx, "demo", START, &cart.id, &variant, 1, &Attributes::new())?;
                let (customer, email) = (customer.id.clone(), email.clone());
                shoppers.push(Shopper { customer, email, token: session.token, cart: cart.id });
            }
        }
        Ok(shoppers)
    });
    write.await.unwrap()
}

/// Goes to the checkout and presses the button under this total.
async fn buy(world: &World, shopper: &Shopper, total: i64) -> Answer {
    let path = format!("/carts/{}", shopper.cart);
    world.write(&shopper.token, "POST", &format!("{path}/checkout"), Value::Null).await.ok();
    let body = json!({ "total": total, "entries": entries(&shopper.email, "tok_visa_ok") });
    world.write(&shopper.token, "POST", &format!("{path}/order"), body).await
}

/// What became of everybody's try, with whose it was. Who is refused tries again while there is something `left`: a shop that
/// is overrun may not get round to an offer in time, and then asks whether the full price is all right.
async fn all_at_once(world: &Arc<World>, shoppers: Vec<Shopper>, total: i64, left: usize) -> Vec<(String, Answer)> {
    let mut tries = JoinSet::new();
    let (left, door) = (Arc::new(AtomicUsize::new(left)), Arc::new(Semaphore::new(AT_THE_DOOR)));
    for shopper in shoppers {
        let (world, left, door) = (Arc::clone(world), Arc::clone(&left), Arc::clone(&door));
        tries.spawn(async move {
            for _ in 0..MOST_TRIES {
                let place = door.acquire().await.unwrap();
                let answer = buy(&world, &shopper, total).await;
                drop(place);
                if answer.status == 201 {
                    left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).ok();
                }
                if answer.status == 201 || answer.problem() == "claim-refused" || left.load(Ordering::SeqCst) == 0 {
                    return (shopper.customer, answer);
                }
            }
            panic!("refused {MOST_TRIES} times while something was left");
        });
    }
    tries.join_all().await
}

/// Every order was charged for once, and stock and orders agree.
async fn sound(world: &World, gateway: &TestGateway, mugs: &Mugs, sold: usize) {
    let product = mugs.product.clone();
    let (placed, stock) = world
        .platform
        .store
        .read(move |tx| -> Result<_, StoreError> {
            let mut placed = Vec::new();
            let mut cursor = None;
            loop {
                let page = orders::between(tx, "demo", 0, START + 1, cursor.as_deref(), 200)?;
                for order in page.orders {
                    placed.push((order.total, payments::get(tx, "demo", &order.id)?));
                }
                cursor = page.cursor;
                if cursor.is_none() {
                    break;
                }
            }
            let product = catalogue::get(tx, "demo", &product)?;
            Ok((placed, product.unwrap().variants[0].details.stock.unwrap()))
        })
        .await
        .unwrap();
    assert_eq!((placed.len(), stock), (sold, 9_000 - sold as i64));
    for (total, payment) in placed {
        let moved = payment.map_or((0, 0), |payment| gateway.moved(&payment.authorisation));
        assert_eq!(moved, (total, 0));
    }
}

fn sale(product: &str, stock: u32) -> Value {
    json!({ "sales": [{
        "id": "race", "title": "A race", "starts": "2026-03-02T08:00", "ends": "2026-03-05T08:00",
        "products": [product], "percent": 2_000, "stock": stock, "per_customer": 1, "cart_policy": "live",
    }] })
}

/// Shoppers go for the units of a sale, each customer with two carts for the one unit they may have.
async fn rush(people: usize, units: u32) {
    let (world, gateway, mugs) = world().await;
    switch_on(&world, "flash-sale", sale(&mugs.product, units)).await;
    let shoppers = shoppers(&world, &mugs, people, 2).await;
    let answers = all_at_once(&world, shoppers, 800, units as usize).await;
    let (bought, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|(_, answer)| answer.status == 201);
    for (_, answer) in &refused {
        let told = matches!(answer.problem(), "claim-refused" | "price-rose");
        assert!(answer.status == 409 && told, "{} {:#}", answer.status, answer.json);
    }
    assert!(bought.iter().all(|(_, answer)| answer.json["total"] == 800));
    let buyers: BTreeSet<&String> = bought.iter().map(|(customer, _)| customer).collect();
    assert_eq!(
        (bought.len(), buyers.len()),
        (units as usize, units as usize),
        "never oversold, and one for each customer"
    );
    sound(&world, &gateway, &mugs, units as usize).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn f5_a_thousand_checkouts_at_once_share_a_hundred_sale_units() {
    rush(500, 100).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn f5_a_rush_ends_well_every_round() {
    for _ in 0..4 {
        rush(20, 7).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a5_a_hundred_clicks_on_one_link_sign_one_browser_in() {
    for _ in 0..3 {
        let (world, ..) = world().await;
        let asker = world.shopper().await;
        world.write(&asker, "POST", "/sign-in", json!({ "email": "ann@example.com" })).await;
        let (link, _) = account::mailed(&world, "ann@example.com").await;
        let mut clicks = JoinSet::new();
        for _ in 0..100 {
            let (world, link) = (Arc::clone(&world), link.clone());
            clicks.spawn(async move {
                let browser = world.shopper().await;
                world.write(&browser, "POST", "/sign-in/link", json!({ "token": link })).await.status
            });
        }
        let statuses = clicks.join_all().await;
        let count = |status: u16| statuses.iter().filter(|one| **one == status).count();
        // All of them come from one network, whose tries are limited: some are told that rather than that they are too late.
        assert_eq!((count(201), count(422) + count(429)), (1, 99), "{statuses:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn l6_points_are_spent_once_from_fifty_carts() {
    for _ in 0..3 {
        let (world, gateway, mugs) = world().await;
        let rewards = json!({ "redemption": { "points": 100, "worth": 500, "minimum": 10, "step": 10 } });
        switch_on(&world, "loyalty-points", rewards).await;
        let shoppers = shoppers(&world, &mugs, 1, 50).await;
        let customer = shoppers[0].customer.clone();
        let gift = json!({ "points": 100, "reason": "A gift" });
        world.write(&mugs.staff, "POST", &format!("/admin/customers/{customer}/points"), gift).await.ok();
        for shopper in &shoppers {
            let spend = json!({ "attributes": { "loyalty-points.redeem": "100" } });
            world.write(&shopper.token, "PATCH", &format!("/carts/{}", shopper.cart), spend).await.ok();
        }
        let answers = all_at_once(&world, shoppers, 500, 1).await;
        let bought = answers.iter().filter(|(_, answer)| answer.status == 201).count();
        let refused = answers.iter().filter(|(_, answer)| answer.status == 409).count();
        assert_eq!(
            (bought, refused),
            (1, 49),
            "{:?}",
            answers.iter().map(|(_, answer)| answer.status).collect::<Vec<_>>()
        );
        let left = world.read(&mugs.staff, &format!("/admin/customers/{customer}/points")).await.ok();
        let books = world.read(&mugs.staff, "/admin/points").await.ok();
        assert_eq!((&left["available"], &books["spent"], &books["difference"]), (&json!(0), &json!(100), &json!(0)));
        sound(&world, &gateway, &mugs, 1).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn c9_one_key_sent_a_hundred_times_makes_one_order() {
    for _ in 0..3 {
        let (world, gateway, mugs) = world().await;
        let shopper = Arc::new(shoppers(&world, &mugs, 1, 1).await.remove(0));
        let path = format!("/api/v1/demo/carts/{}/order", shopper.cart);
        let open = format!("/carts/{}/checkout", shopper.cart);
        world.write(&shopper.token, "POST", &open, Value::Null).await.ok();
        let send = |world: Arc<World>, shopper: Arc<Shopper>, path: String| async move {
            let body = json!({ "total": 1_000, "entries": entries(&shopper.email, "tok_visa_ok") });
            let call = world.request("POST", &path).token(&shopper.token).header("idempotency-key", "the-one-order");
            call.json(&body).send().await
        };
        let mut tries = JoinSet::new();
        for _ in 0..100 {
            tries.spawn(send(Arc::clone(&world), Arc::clone(&shopper), path.clone()));
        }
        let mut placed = BTreeSet::new();
        for answer in tries.join_all().await {
            match answer.status {
                201 => drop(placed.insert(answer.text("/id"))),
                _ => assert_eq!(answer.problem(), "idempotency-key-in-use", "{:#}", answer.json),
            }
        }
        placed.insert(send(Arc::clone(&world), Arc::clone(&shopper), path).await.text("/id"));
        assert_eq!(placed.len(), 1);
        sound(&world, &gateway, &mugs, 1).await;
    }
}
