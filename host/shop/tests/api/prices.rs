//! The prices that pages show: lawful, and one's own (F6, F9).

use std::collections::BTreeSet;
use std::sync::Arc;

use boomerang_shop::catalogue::{Product, ProductDetails, ProductInput, Variant, VariantDetails};
use boomerang_shop::clock::{DAY, HOUR, Instant};
use boomerang_shop::extensions::manage::Actor;
use boomerang_shop::extensions::stats::Cost;
use boomerang_shop::extensions::time_zones::wall_clock;
use boomerang_shop::gateway::TestGateway;
use boomerang_shop::money::Money;
use boomerang_shop::pricing::shown::{ShownPrice, Subject};
use boomerang_shop::shops::{PriorPricePolicy, Shop};
use boomerang_shop::store::catalogue::CatalogueError;
use boomerang_shop::store::{Store, catalogue, customers, prices, shops};
use serde_json::{Value, json};

use crate::claimant::{self, Claim};
use crate::components;
use crate::world::{START, World};

/// What a variant cost from which day on, counted from [`START`].
type Prices = &'static [(i64, Money)];

/// A product of one variant with its price history.
async fn product(world: &World, handle: &'static str, perishable: bool, history: Prices) -> Product {
    let (begun, price) = history[0];
    let input = ProductInput {
        details: ProductDetails { handle: handle.into(), title: handle.into(), perishable, ..Default::default() },
        variants: vec![VariantDetails { price, ..VariantDetails::default() }],
    };
    let write = world.platform.store.write(move |tx| -> Result<Product, CatalogueError> {
        let product = catalogue::save(tx, "demo", START + begun * DAY, "system", &input)?;
        for (day, price) in &history[1..] {
            prices::set(tx, "demo", START + day * DAY, "system", &product.variants[0].id, *price)?;
        }
        Ok(catalogue::by_handle(tx, "demo", handle)?.unwrap())
    });
    write.await.unwrap()
}

async fn shop(world: &World) -> Shop {
    world.platform.store.read(|tx| shops::get(tx, "demo")).await.unwrap()
}

/// What a list shows of a product.
async fn shown(world: &World, shop: &Shop, product: &Product, customer: Option<&str>) -> ShownPrice {
    let variants: Vec<(&Product, &Variant)> = product.variants.iter().map(|variant| (product, variant)).collect();
    let subject = Subject { kind: "category", slots: &["price"], customer, ..Subject::default() };
    let now = world.platform.clock.now();
    let shown = world.platform.show(shop, &variants, &subject, now).await.unwrap();
    shown.prices[&product.variants[0].id].clone()
}

async fn switch_on(world: &World, shop: &Shop, id: &str, wasm: Vec<u8>, settings: Value) {
    let actor = Actor { name: "system", now: world.platform.clock.now() };
    let extensions = &world.platform.extensions;
    let consent = match extensions.shelf().get(id) {
        Some(package) => package.inspection.capabilities.iter().copied().collect(),
        None => BTreeSet::new(),
    };
    extensions.install(shop, wasm, &consent, &actor).await.unwrap();
    extensions.save_settings(shop, id, &settings, &actor).await.unwrap();
    extensions.set_enabled(shop, id, true, &actor).await.unwrap();
}

async fn claimant(world: &World, shop: &Shop, claims: &[Claim]) {
    switch_on(world, shop, "claimant", claimant::claiming(claims), json!({})).await;
}

async fn cost(world: &World, shop: &Shop, extension: &str) -> Cost {
    world.platform.extensions.standing(shop, extension, START).await.unwrap().cost
}

fn claim(product: &Product, was: Money, now: Money, day: i64) -> Claim {
    Claim { variant: product.variants[0].id.clone(), was, now, reduced_since: START + day * DAY }
}

#[tokio::test]
async fn f6_an_old_beginning_of_the_reduction_does_not_make_an_old_price_lawful() {
    let world = World::new().await;
    let shop = shop(&world).await;
    let honest = product(&world, "honest", false, &[(-100, 1_500), (-60, 1_000), (-1, 900)]).await;
    let crooked = product(&world, "crooked", false, &[(-100, 1_500), (-60, 1_000), (-1, 900)]).await;
    claimant(&world, &shop, &[claim(&honest, 1_000, 900, -1), claim(&crooked, 1_500, 900, -60)]).await;

    assert_eq!(shown(&world, &shop, &honest, None).await.was, Some(1_000));
    assert_eq!(cost(&world, &shop, "claimant").await.last_refusal, None);

    let price = shown(&world, &shop, &crooked, None).await;
    assert_eq!((price.now, price.was, price.reduced_basis_points), (900, None, None));
    let cost = cost(&world, &shop, "claimant").await;
    assert_eq!((cost.refusals, cost.failures), (1, 0));
    let refusal = cost.last_refusal.unwrap();
    assert_eq!((refusal.at, refusal.point.as_str()), (START, "storefront-blocks"));
    assert!(refusal.detail.contains("crooked") && refusal.detail.contains("changed after"), "{}", refusal.detail);
}

#[tokio::test]
async fn f6_what_the_directive_leaves_to_the_country_decides_about_a_page() {
    let world = World::new().await;
    let shop = shop(&world).await;
    let new = product(&world, "new", false, &[(-10, 1_000), (0, 900)]).await;
    let milk = product(&world, "milk", true, &[(-90, 1_000), (-20, 600), (-10, 1_100), (0, 500)]).await;
    let steps = product(&world, "steps", false, &[(-90, 1_000), (-2, 900), (-1, 800)]).await;
    let claims = [claim(&new, 1_000, 900, 0), claim(&milk, 1_100, 500, 0), claim(&steps, 1_000, 800, -2)];
    claimant(&world, &shop, &claims).await;

    let plain = PriorPricePolicy { new_goods_days: None, ..PriorPricePolicy::default() };
    let cases = [
        (&new, plain, None),
        (&new, PriorPricePolicy { new_goods_days: Some(7), ..plain }, Some(1_000)),
        (&milk, plain, None),
        (&milk, PriorPricePolicy { perishables_exempt: true, ..plain }, Some(1_100)),
        (&steps, plain, None),
        (&steps, PriorPricePolicy { progressive: true, ..plain }, Some(1_000)),
    ];
    for (product, policy, was) in cases {
        let mut shop = shop.clone();
        shop.policies.prior_price = policy;
        let price = shown(&world, &shop, product, None).await;
        assert_eq!(price.was, was, "{} under {policy:?}", product.details.handle);
    }
    assert_eq!(cost(&world, &shop, "claimant").await.refusals, 3);
}

#[tokio::test]
async fn f6_a_price_of_a_sale_that_has_been_over_is_no_part_of_the_next_one() {
    let world = World::over(components::platform(Store::in_memory().unwrap(), Arc::new(TestGateway::new()))).await;
    let shop = shop(&world).await;
    let lamp = product(&world, "lamp", false, &[(-90, 1_000)]).await;
    sale(&world, &shop, &lamp, START - HOUR, START + DAY, json!({})).await;
    assert_eq!(shown(&world, &shop, &lamp, None).await.was, Some(1_000));
    // It is over for ten days, which visitors see, and begins again at the same price.
    for _ in 0..10 {
        world.platform.clock.advance(DAY + HOUR);
        assert_eq!(shown(&world, &shop, &lamp, None).await.now, 1_000);
    }
    let now = world.platform.clock.now();
    sale(&world, &shop, &lamp, now, now + DAY, json!({ "id": "again", "title": "Again" })).await;
    claimant(&world, &shop, &[claim(&lamp, 1_000, 800, 0)]).await;
    let price = shown(&world, &shop, &lamp, None).await;
    assert_eq!((price.now, price.was), (800, None));
    let reason = cost(&world, &shop, "claimant").await.last_refusal.unwrap().detail;
    assert!(reason.contains("lamp"), "{reason}");
}

/// 20 % off a product, with early access for those whose profile says `vip`.
async fn sale(world: &World, shop: &Shop, product: &Product, starts: Instant, ends: Instant, more: Value) {
    let wall = |at| wall_clock(&shop.time_zone, at).unwrap();
    let mut entry = json!({
        "id": "flash", "title": "Flash", "starts": wall(starts), "ends": wall(ends), "products": [product.id],
        "percent": 2_000, "early_access": { "minutes": 120, "tags": ["vip"] },
    });
    entry.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let wasm = world.platform.extensions.shelf().get("flash-sale").unwrap().wasm.to_vec();
    let settings = json!({ "sales": [entry], "prior_price": { "new_goods": true }, "cooldown_days": 0 });
    switch_on(world, shop, "flash-sale", wasm, settings).await;
}

#[tokio::test]
async fn f9_who_has_early_access_reads_the_price_that_the_cart_charges() {
    let world = World::over(components::platform(Store::in_memory().unwrap(), Arc::new(TestGateway::new()))).await;
    let shop = shop(&world).await;
    let lamp = product(&world, "lamp", false, &[(-90, 1_000)]).await;
    sale(&world, &shop, &lamp, START + HOUR, START + 3 * HOUR, json!({})).await;
    let (vip, other) = (world.customer("vip@example.com").await, world.customer("other@example.com").await);
    let id = async |token: &str| world.read(token, "/account").await.text("/id");
    let (vip_id, other_id) = (id(&vip).await, id(&other).await);
    let tagged = vip_id.clone();
    let write = world.platform.store.write(move |tx| {
        let mut customer = customers::get(tx, "demo", &tagged)?.unwrap();
        customer.tags = vec!["vip".into()];
        customers::update(tx, "demo", &customer)
    });
    write.await.unwrap();

    let early = shown(&world, &shop, &lamp, Some(&vip_id)).await;
    assert_eq!((early.now, early.was, early.reduced_basis_points), (800, Some(1_000), Some(2_000)));
    let cart = crate::shopping::cart(&world, &vip, &lamp.variants[0].id, 1).await;
    assert_eq!(world.read(&vip, &format!("/carts/{cart}")).await.ok()["totals"]["total"], early.now);
    for customer in [None, Some(other_id.as_str())] {
        let price = shown(&world, &shop, &lamp, customer).await;
        assert_eq!((price.now, price.was), (1_000, None), "{customer:?}");
    }
    // What members paid early is nobody else's prior price.
    let variant = lamp.variants[0].id.clone();
    let history = world.platform.store.read(move |tx| prices::history(tx, "demo", &variant)).await.unwrap();
    assert!(history.observations.is_empty(), "{:?}", history.observations);

    world.platform.clock.advance(HOUR);
    for customer in [None, Some(vip_id.as_str())] {
        let price = shown(&world, &shop, &lamp, customer).await;
        assert_eq!((price.now, price.was), (800, Some(1_000)), "{customer:?}");
    }
    assert_eq!(cost(&world, &shop, "flash-sale").await.last_refusal, None);
}
