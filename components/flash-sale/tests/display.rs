//! What pages show: F1, F5, F6, F8 and F9.

mod support;

use boomerang_sdk::customers::Profile;
use boomerang_sdk::prelude::*;
use boomerang_sdk::time::DAY;
use flash_sale::display::render_blocks;
use flash_sale::plan::{Bundle, CartPolicy, EarlyAccess, Plan, Sale, Window};
use flash_sale::pricing::price_cart;
use support::{END, Fake, START, amounts, cart, line, plan, product, sale};

fn product_page(current_price: Money) -> Page {
    Page {
        kind: "product".into(),
        slots: vec!["price".into(), "product-info".into(), "banner".into()],
        currency: "EUR".into(),
        products: vec![ShownProduct { product: "p".into(), variant: "v".into(), list_price: 10_00, current_price }],
        ..Page::default()
    }
}

/// A shop whose product has been offered for years, for at least 10.00.
fn shop() -> Fake {
    let old = boomerang_sdk::catalogue::Product { offered_since: START - 400 * DAY, ..product("p", "v", 10_00) };
    Fake { products: vec![old], prior_prices: [("v".into(), 10_00)].into(), ..Fake::default() }
}

fn blocks(plan: &Plan, now: Instant, page: &Page, shop: &Fake) -> Vec<Block> {
    render_blocks(plan, now, page, shop).unwrap()
}

fn shown_price(blocks: &[Block]) -> Option<&PriceDisplay> {
    blocks.iter().find_map(|block| match &block.content {
        Content::Price(price) => Some(price),
        _ => None,
    })
}

fn countdowns(blocks: &[Block]) -> Vec<&Countdown> {
    let timer = |block| match block {
        &Block { content: Content::Countdown(ref timer), .. } => Some(timer),
        _ => None,
    };
    blocks.iter().filter_map(timer).collect()
}

#[test]
fn f1_price_and_timer_agree_with_the_cart_at_every_instant() {
    let plan = plan(vec![sale()]);
    let cart = cart(vec![line("p", "v", 1, 10_00)]);
    for now in [START - 1, START, START + 1, END - 1, END, END + 1] {
        let made = price_cart(&plan, now, &cart, &[], &shop()).unwrap();
        let paid = 10_00 + amounts(&made).iter().sum::<Money>();
        let blocks = blocks(&plan, now, &product_page(paid), &shop());
        assert_eq!(shown_price(&blocks).map_or(10_00, |price| price.now), paid, "at {now}");
        assert!(countdowns(&blocks).iter().all(|timer| timer.ends_at == END), "at {now}");
        assert_eq!(!countdowns(&blocks).is_empty(), paid < 10_00, "at {now}");
    }
}

#[test]
fn f1_sale_that_takes_no_effect_is_not_shown() {
    let mut page = product_page(10_00);
    page.slots.retain(|slot| slot != "banner");
    assert!(blocks(&plan(vec![sale()]), START, &page, &shop()).is_empty());
}

#[test]
fn f4_timer_in_the_cart_ends_when_the_kept_price_does() {
    let kept = Sale { policy: CartPolicy::Grace(60_000), ..sale() };
    let page = Page {
        kind: "cart".into(),
        slots: vec!["cart-summary".into()],
        cart: Some(Cart { checkout_since: Some(END - 1), ..cart(vec![line("p", "v", 1, 10_00)]) }),
        ..Page::default()
    };
    let ends = |now| {
        let blocks = blocks(&plan(vec![kept.clone()]), now, &page, &shop());
        countdowns(&blocks).first().map(|timer| timer.ends_at)
    };
    assert_eq!([ends(END - 1), ends(END), ends(END + 60_000)], [Some(END), Some(END + 60_000), None]);
}

#[test]
fn f5_remaining_is_the_true_number_or_none() {
    let limited = plan(vec![Sale { stock: Some(10), ..sale() }]);
    let shop = Fake { taken: [("sale/summer/v".into(), 7)].into(), ..shop() };
    assert_eq!(shown_price(&blocks(&limited, START, &product_page(8_00), &shop)).unwrap().remaining, Some(3));
    let unlimited = plan(vec![sale()]);
    assert_eq!(shown_price(&blocks(&unlimited, START, &product_page(8_00), &shop)).unwrap().remaining, None);
}

#[test]
fn f6_was_is_the_lowest_prior_price_not_the_catalogue_price() {
    let mut shop = shop();
    let was = |shop: &Fake| shown_price(&blocks(&plan(vec![sale()]), START, &product_page(8_00), shop)).unwrap().was;
    assert_eq!(was(&shop), Some(10_00));
    shop.prior_prices.insert("v".into(), 9_00);
    assert_eq!(was(&shop), Some(9_00), "it was cheaper within the 30 days");
    shop.prior_prices.insert("v".into(), 8_00);
    assert_eq!(was(&shop), None, "a price that was no higher is no reduction");
    shop.prior_prices.clear();
    assert_eq!(was(&shop), None, "not on sale before");
}

#[test]
fn f6_country_options_for_new_and_perishable_goods() {
    let mut shop = shop();
    let mut plan = plan(vec![sale()]);
    let was = |plan: &Plan, shop: &Fake| shown_price(&blocks(plan, START, &product_page(8_00), shop)).unwrap().was;
    shop.products[0].offered_since = START - 30 * DAY + 1;
    assert_eq!(was(&plan, &shop), None, "offered for fewer than 30 days");
    plan.prior_price.new_goods = true;
    assert_eq!(was(&plan, &shop), Some(10_00));
    plan.prior_price.perishable = vec!["food".into()];
    assert_eq!(was(&plan, &shop), Some(10_00));
    shop.products[0].categories = vec!["food".into()];
    assert_eq!(was(&plan, &shop), None, "spoils");
}

#[test]
fn f6_progressive_cut_keeps_the_prior_price_of_its_first_step() {
    let step = Sale { reduced_since: START - 5, ..sale() };
    let blocks = blocks(&plan(vec![step]), START, &product_page(8_00), &shop());
    assert_eq!(shown_price(&blocks).unwrap().reduced_since, START - 5);
}

#[test]
fn f7_extension_is_shown() {
    let extended = Sale { announced_end: Some(END - 1), ..sale() };
    let blocks = blocks(&plan(vec![extended]), START, &product_page(8_00), &shop());
    assert!(countdowns(&blocks).iter().all(|timer| timer.title == "Summer sale (extended)"));
}

#[test]
fn f8_bundle_is_suggested_on_both_products() {
    let bundle = Bundle {
        title: "Better together".into(),
        window: Window { starts_at: START, ends_at: END },
        slow: "slow".into(),
        best: "v".into(),
        price: 123_405,
        ..Bundle::default()
    };
    let plan = Plan { bundles: vec![bundle], ..Plan::default() };
    let notice = |currency: &str| {
        let page = Page { currency: currency.into(), ..product_page(10_00) };
        match &blocks(&plan, START, &page, &shop())[..] {
            [Block { content: Content::Notice(notice), .. }] => notice.text.clone(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(notice("EUR"), "Put both into your cart and pay 1234.05 EUR for the two.");
    assert_eq!(notice("JPY"), "Put both into your cart and pay 123405 JPY for the two.");
    assert_eq!(notice("KWD"), "Put both into your cart and pay 123.405 KWD for the two.");
    assert!(blocks(&plan, END, &product_page(10_00), &shop()).is_empty());
}

#[test]
fn f9_early_price_is_shown_to_members_only() {
    let early = EarlyAccess { starts_at: START - 1_000, tags: vec!["vip".into()], subscribers: false };
    let plan = plan(vec![Sale { early: Some(early), ..sale() }]);
    let vip = Profile { id: "c".into(), tags: vec!["vip".into()], ..Profile::default() };
    let shop = Fake { profiles: vec![vip], ..shop() };
    let mut page = product_page(10_00);
    assert!(blocks(&plan, START - 1, &page, &shop).is_empty());
    page.customer = Some("c".into());
    let blocks = blocks(&plan, START - 1, &page, &shop);
    let price = shown_price(&blocks).unwrap();
    assert_eq!((price.now, price.was, price.reduced_since), (8_00, Some(10_00), START - 1_000));
    assert!(countdowns(&blocks).iter().all(|timer| timer.title == "Summer sale: early access for you"));
}

#[test]
fn blocks_stand_in_slots_of_the_page_and_are_few() {
    let mut page = product_page(8_00);
    page.kind = "category".into();
    page.products = vec![page.products[0].clone(); 100];
    let made = blocks(&plan(vec![sale()]), START, &page, &shop());
    assert_eq!(made.len(), 64);
    assert!(made.iter().all(|block| page.slots.contains(&block.slot)));
    page.slots.clear();
    assert!(blocks(&plan(vec![sale()]), START, &page, &shop()).is_empty());
}
