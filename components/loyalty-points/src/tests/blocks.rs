//! What shoppers see.

use boomerang_sdk::types::{
    Attribute, Cart, CartLine, Content, Context, Form, Listing, Notice, Page, Progress, ShownProduct,
};

use super::{give, give_until};
use crate::blocks::render;
use crate::pricing::REDEEM;
use crate::settings::{Level, Settings, TierBasis};
use crate::testing::{Book, order};

fn page(slot: &str, customer: Option<&str>) -> Page {
    Page {
        kind: "product".into(),
        slots: vec!["banner".into(), slot.into()],
        currency: "EUR".into(),
        customer: customer.map(Into::into),
        products: Vec::new(),
        cart: None,
        cart_total: 0,
        order: None,
        attributes: Vec::new(),
    }
}

fn cart_page(customer: Option<&str>, price: i64, redeem: &str) -> Page {
    let line = CartLine { quantity: 1, unit_price: price, ..CartLine::default() };
    let empty = Cart { attributes: vec![Attribute::new(REDEEM, redeem)], ..Cart::default() };
    let cart = empty.with("a", "a", line);
    Page { cart: Some(cart), cart_total: price, ..page("cart-summary", customer) }
}

fn shown(book: &Book, settings: &Settings, page: &Page) -> Vec<Content> {
    let ctx = Context { now: book.now.get(), ..Context::default() };
    let blocks = render(book, settings, &ctx, page).unwrap();
    assert!(blocks.iter().all(|block| block.slot == page.slots[1]));
    blocks.into_iter().map(|block| block.content).collect()
}

fn notices(contents: &[Content]) -> Vec<&Notice> {
    contents
        .iter()
        .filter_map(|content| if let Content::Notice(notice) = content { Some(notice) } else { None })
        .collect()
}

fn form(contents: &[Content]) -> Option<&Form> {
    contents.iter().find_map(|content| if let Content::Form(form) = content { Some(form) } else { None })
}

fn listing(contents: &[Content]) -> &Listing {
    contents
        .iter()
        .find_map(|content| if let Content::Listing(listing) = content { Some(listing) } else { None })
        .unwrap()
}

fn progress(contents: &[Content]) -> Option<&Progress> {
    contents.iter().find_map(|content| if let Content::Progress(progress) = content { Some(progress) } else { None })
}

fn book() -> Book {
    let book = Book::on("2026-11-02");
    book.customer("anna");
    book
}

#[test]
fn l5_a_product_says_what_it_brings() {
    let book = book();
    let variant = |price| ShownProduct {
        product: "a".into(),
        variant: format!("{price}"),
        list_price: price,
        current_price: price,
    };
    let mut page = page("product-info", None);
    page.products = vec![variant(2_599)];
    assert_eq!(notices(&shown(&book, &Settings::default(), &page))[0].title, "Earn 25 points");
    page.products.push(variant(1_100));
    assert_eq!(notices(&shown(&book, &Settings::default(), &page))[0].title, "Earn from 11 points");
    page.products = vec![variant(99)];
    assert_eq!(shown(&book, &Settings::default(), &page), []);
}

#[test]
fn l5_no_number_is_promised_where_tax_decides_it() {
    let book = book();
    let mut settings = Settings::default();
    settings.earning.include_tax = false;
    let contents = shown(&book, &settings, &cart_page(Some("anna"), 5_000, ""));
    assert_eq!(notices(&contents)[0].title, "You earn points with this order");
    settings = Settings::default();
    settings.earning.include_delivery = true;
    let contents = shown(&book, &settings, &cart_page(Some("anna"), 5_000, ""));
    assert_eq!(notices(&contents)[0].title, "You earn at least 50 points with this order");
}

#[test]
fn l12_a_guest_is_told_to_prove_the_address_and_to_sign_in() {
    let contents = shown(&book(), &Settings::default(), &cart_page(None, 5_000, ""));
    let notices = notices(&contents);
    assert_eq!(notices[0].title, "You earn 50 points with this order");
    assert!(notices[0].text.contains("Confirm your e-mail address"));
    assert_eq!(notices[1].link.as_ref().unwrap().page, "sign-in");
    assert_eq!(form(&contents), None);
}

#[test]
fn l6_the_form_goes_up_to_what_can_be_spent() {
    let book = book();
    give(&book, "anna", 700);
    let page = Page { cart_total: 0, ..cart_page(Some("anna"), 500, "9999") };
    let contents = shown(&book, &Settings::default(), &page);
    let form = form(&contents).unwrap();
    assert_eq!(form.text, "You have 700 points, worth 7.00 EUR.");
    let input = &form.inputs[0];
    assert_eq!((input.key.as_str(), input.kind.as_str()), (REDEEM, "range"));
    assert_eq!((input.min, input.max, input.step, input.value.as_str()), (Some(0), Some(500), Some(1), "500"));
}

#[test]
fn l6_the_slider_reaches_a_full_payment_between_two_steps() {
    let book = book();
    give(&book, "anna", 700);
    let mut settings = Settings::default();
    settings.redemption.step = 100;
    settings.redemption.minimum = 100;
    let input = |price| {
        let contents = shown(&book, &settings, &cart_page(Some("anna"), price, ""));
        form(&contents).map(|form| (form.inputs[0].max.unwrap(), form.inputs[0].step.unwrap()))
    };
    assert_eq!(input(9_999), Some((700, 100)));
    assert_eq!(input(555), Some((555, 1)));
    assert_eq!(input(55), None, "below the minimum there is nothing to choose");
}

#[test]
fn l3_the_account_shows_what_is_there_and_what_is_on_its_way() {
    let book = book();
    give(&book, "anna", 700);
    give_until(&book, "anna", 30, Some(book.zone.instant("2026-12-25T00:00")));
    let event = boomerang_sdk::types::OrderEvent {
        id: "e".into(),
        topic: "paid".into(),
        occurred_at: book.now.get(),
        order: order("1", "anna", &[("a", 4_000)]),
        refund: None,
    };
    crate::orders::on_event(&book, &Settings::default(), &event).unwrap();
    let contents = shown(&book, &Settings::default(), &page("account-panel", Some("anna")));
    let rows: Vec<_> = listing(&contents).rows.iter().map(|row| (row.key.as_str(), row.value.as_str())).collect();
    assert_eq!(
        rows,
        [
            ("Available", "730 points"),
            ("Worth", "7.30 EUR"),
            ("On their way", "40 points, the next on 2 December 2026"),
            ("Next to expire", "30 points, valid until 24 December 2026"),
        ]
    );
}

#[test]
fn l8_a_deficit_is_shown_in_plain_words() {
    let book = book();
    book.spend("anna", "order", 20);
    let contents = shown(&book, &Settings::default(), &page("account-panel", Some("anna")));
    let notice = notices(&contents)[0];
    assert_eq!(notice.title, "Your balance is 20 points below zero");
    assert_eq!(
        notice.text,
        "A refund took back what you had already spent. The next 20 points that you earn make up for it."
    );
    assert_eq!(listing(&contents).rows[0].value, "0 points");
}

fn level(name: &str, from: u64) -> Level {
    Level { id: name.to_lowercase(), name: name.into(), from, multiplier: 10_000 }
}

#[test]
fn l10_progress_to_the_next_level() {
    let book = book();
    let mut settings = Settings::default();
    settings.tiers.window_days = 0;
    settings.tiers.levels = vec![level("Silver", 100), level("Gold", 500)];
    let progress_now = || {
        let contents = shown(&book, &settings, &page("account-panel", Some("anna")));
        progress(&contents).cloned().map(|progress| (progress.title, progress.value, progress.of, progress.text))
    };
    assert_eq!(progress_now(), Some(("Your way to Silver".into(), 0, 100, "100 points to Silver".into())));
    give(&book, "anna", 120);
    assert_eq!(progress_now(), Some(("Silver".into(), 120, 500, "380 points to Gold".into())));
    book.spend("anna", "order", 120);
    assert_eq!(
        progress_now(),
        Some(("Silver".into(), 120, 500, "380 points to Gold".into())),
        "spending lowers nothing"
    );
    give(&book, "anna", 500);
    assert_eq!(progress_now(), Some(("Gold".into(), 620, 620, "You have reached the highest level.".into())));
}

#[test]
fn l10_a_level_by_money_spent_counts_what_was_not_refunded() {
    let book = book();
    let mut settings = Settings::default();
    settings.tiers.basis = TierBasis::Spent;
    settings.tiers.levels = vec![level("Silver", 10_000)];
    let order = order("1", "anna", &[("a", 12_000)]);
    book.keep(&order);
    let text = || {
        book.orders.borrow_mut()[0].1.paid_at = Some(book.now.get() - 1);
        progress(&shown(&book, &settings, &page("account-panel", Some("anna")))).unwrap().text.clone()
    };
    assert_eq!(text(), "You have reached the highest level.");
    book.orders.borrow_mut()[0].1.refunded = 5_000;
    assert_eq!(text(), "30.00 EUR to Silver");
    book.orders.borrow_mut()[0].1.cancelled = true;
    assert_eq!(text(), "100.00 EUR to Silver");
}

#[test]
fn l10_a_pin_of_the_merchant_is_shown() {
    let book = book();
    let mut settings = Settings::default();
    settings.tiers.levels = vec![level("Silver", 100), level("Gold", 500)];
    book.change("anna", |anna| anna.attributes = vec![Attribute::new("loyalty-points.tier-pin", "gold")]);
    let contents = shown(&book, &settings, &page("account-panel", Some("anna")));
    assert_eq!(progress(&contents).unwrap().title, "Gold");
}

#[test]
fn the_thank_you_page_says_what_the_order_brings_before_and_after_it_is_granted() {
    let book = book();
    let order = order("1", "anna", &[("a", 4_000)]);
    book.keep(&order);
    let page = Page { order: Some("1".into()), ..page("thank-you", Some("anna")) };
    let before = shown(&book, &Settings::default(), &page);
    let event = boomerang_sdk::types::OrderEvent {
        id: "e".into(),
        topic: "paid".into(),
        occurred_at: book.now.get(),
        order,
        refund: None,
    };
    crate::orders::on_event(&book, &Settings::default(), &event).unwrap();
    let after = shown(&book, &Settings::default(), &page);
    assert_eq!(before, after);
    let notices = notices(&after);
    assert_eq!(notices[0].title, "40 points for this order");
    assert_eq!(notices[0].text, "You can spend them from 2 December 2026.");
}

#[test]
fn l11_whoever_is_blocked_sees_nothing() {
    let book = book();
    give(&book, "anna", 700);
    book.change("anna", |anna| anna.blocked = true);
    for page in [cart_page(Some("anna"), 500, ""), page("account-panel", Some("anna"))] {
        assert_eq!(shown(&book, &Settings::default(), &page), []);
    }
}
