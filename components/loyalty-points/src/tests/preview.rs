//! What the cart promises is what the order brings.

use boomerang_sdk::money::allocate;
use boomerang_sdk::types::{
    Applied, Attribute, Cart, CartLine, Change, Content, Context, Order, OrderEvent, OrderLine, Page, ShownProduct,
    Target,
};
use proptest::prelude::*;

use super::give;
use crate::blocks::render;
use crate::orders::on_event;
use crate::pricing::{REDEEM, price};
use crate::settings::{AppliesTo, Level, Limit, LimitedRule, Rule, Settings, Span};
use crate::testing::Book;

/// What a shopper puts into the cart, and what other extensions take off it.
#[derive(Clone, Debug)]
struct Shopping {
    /// (product, units, list price, price on sale) of each line.
    lines: Vec<(u8, u32, i64, i64)>,
    /// Off the whole order.
    coupon: i64,
    redeem: u64,
}

fn product(number: u8) -> String {
    format!("product-{number}")
}

/// What an earlier extension has taken off.
fn reduced(class: &str, target: Target, amount: i64) -> Applied {
    Applied { class: class.into(), changes: vec![Change { target, amount, units: 0 }] }
}

impl Shopping {
    fn cart(&self) -> Cart {
        let empty = Cart {
            currency: "EUR".into(),
            customer: Some("anna".into()),
            attributes: vec![Attribute::new(REDEEM, self.redeem.to_string())],
            ..Cart::default()
        };
        self.lines.iter().fold(empty, |cart, &(number, quantity, unit_price, _)| {
            let id = product(number);
            cart.with(&id, &id, CartLine { quantity, unit_price, ..CartLine::default() })
        })
    }

    /// The order as a host makes it of the cart: sales by line, then the coupon, then points.
    fn order(&self, book: &Book, settings: &Settings) -> Order {
        let cart = self.cart();
        let mut applied = Vec::new();
        let mut nets = Vec::new();
        for (position, (_, quantity, list, sale)) in self.lines.iter().enumerate() {
            let amount = (sale - list) * i64::from(*quantity);
            applied.push(reduced("sale", Target::Line(position as u32), amount));
            nets.push(sale * i64::from(*quantity));
        }
        let coupon = self.coupon.min(nets.iter().sum());
        applied.push(reduced("coupon", Target::Order, -coupon));
        let shares = allocate(-coupon, &nets);
        nets.iter_mut().zip(shares).for_each(|(net, share)| *net += share);
        let mut paid = vec![0; nets.len()];
        for change in price(book, settings, &cart, &applied).unwrap().iter().flat_map(|made| &made.changes) {
            match change.target {
                Target::Line(line) => paid[line as usize] -= change.amount,
                Target::Order => paid = allocate(-change.amount, &nets),
                Target::Delivery => unreachable!("points pay for goods"),
            }
        }
        let lines = cart.items().zip(&nets).zip(&paid).map(|((item, net), paid)| OrderLine {
            id: item.index.to_string(),
            product: item.product.into(),
            variant: item.variant.into(),
            quantity: item.line.quantity,
            unit_price: item.line.unit_price,
            total: *net,
            paid_with_points: *paid,
            ..OrderLine::default()
        });
        Order {
            id: "order".into(),
            number: "1042".into(),
            placed_at: book.now.get(),
            currency: "EUR".into(),
            lines: lines.collect(),
            total: nets.iter().sum::<i64>() - paid.iter().sum::<i64>(),
            customer: Some("anna".into()),
            ..Order::default()
        }
    }

    fn page(&self, total: i64) -> Page {
        let products = self.lines.iter().map(|(number, _, list, sale)| ShownProduct {
            product: product(*number),
            variant: product(*number),
            list_price: *list,
            current_price: *sale,
        });
        Page {
            kind: "cart".into(),
            slots: vec!["cart-summary".into()],
            currency: "EUR".into(),
            customer: Some("anna".into()),
            products: products.collect(),
            cart: Some(self.cart()),
            cart_total: total,
            order: None,
            attributes: Vec::new(),
        }
    }
}

/// The points that the page promises; 0 where it says nothing.
fn promised(book: &Book, settings: &Settings, page: &Page) -> u64 {
    let ctx = Context { now: book.now.get(), ..Context::default() };
    let titles = render(book, settings, &ctx, page).unwrap().into_iter().filter_map(|block| match block.content {
        Content::Notice(notice) => Some(notice.title),
        _ => None,
    });
    let words = titles.filter_map(|title| title.strip_prefix("You earn ").map(str::to_owned));
    let number = words.map(|words| words.split(' ').next().unwrap().parse::<u64>().unwrap());
    number.sum()
}

fn shop() -> (Book, Settings) {
    let book = Book::on("2026-11-02");
    book.customer("anna");
    give(&book, "anna", 20_000);
    let mut settings = Settings::default();
    settings.earning.points = 3;
    settings.earning.per = 70;
    settings.bonuses.first_order = 17;
    let rule = |value: &str, multiplier, bonus_per_unit| Rule {
        id: value.into(),
        applies_to: AppliesTo::Product,
        value: value.into(),
        multiplier,
        bonus_per_unit,
        priority: 0,
    };
    settings.earning.rules = vec![rule("product-1", 25_000, 0), rule("product-2", 0, 0), rule("product-3", 9_999, 2)];
    settings.tiers.levels = vec![Level { id: "gold".into(), name: "Gold".into(), from: 100, multiplier: 13_333 }];
    (book, settings)
}

/// Shows the cart, buys it, and gives what was promised and what was granted.
fn buy(book: &Book, settings: &Settings, shopping: &Shopping) -> (u64, u64) {
    let order = shopping.order(book, settings);
    let promised = promised(book, settings, &shopping.page(order.total));
    let before = book.pending("anna");
    book.keep(&order);
    let paid = OrderEvent { id: "e".into(), topic: "paid".into(), occurred_at: book.now.get(), order, refund: None };
    on_event(book, settings, &paid).unwrap();
    (promised, book.pending("anna") - before)
}

#[test]
fn l5_the_promise_of_a_cart_is_kept() {
    let (book, settings) = shop();
    let lines = vec![(1, 2, 3_333, 2_999), (2, 1, 5_000, 5_000), (3, 4, 101, 99)];
    let (promised, granted) = buy(&book, &settings, &Shopping { lines, coupon: 777, redeem: 1_234 });
    assert!(promised > 100);
    assert_eq!(promised, granted);
}

#[test]
fn l5_the_promise_knows_the_limits() {
    let (book, mut settings) = shop();
    settings.earning.limits = vec![Limit { rule: LimitedRule::Everything, per: Span::Day, points: 100 }];
    let shopping = Shopping { lines: vec![(4, 1, 9_999, 9_999)], coupon: 0, redeem: 0 };
    assert_eq!(buy(&book, &settings, &shopping), (100, 100));
    assert_eq!(promised(&book, &settings, &shopping.page(9_999)), 0);
}

/// A cart with up to four lines, and what is taken off it.
fn shopping() -> impl Strategy<Value = Shopping> {
    let lines = prop::collection::btree_map(0u8..5, (1u32..4, 1i64..20_000, 0i64..=100), 1..5);
    let coupon = prop_oneof![Just(0i64), 1i64..30_000];
    let redeem = prop_oneof![Just(0u64), 1u64..40_000];
    (lines, coupon, redeem).prop_map(|(lines, coupon, redeem)| {
        let line = |(number, (quantity, list, percent))| (number, quantity, list, list * percent / 100);
        Shopping { lines: lines.into_iter().map(line).collect(), coupon, redeem }
    })
}

proptest! {
    #[test]
    fn l5_what_is_promised_is_granted(
        shopping in shopping(), (step, exclude) in prop_oneof![Just((1u64, true)), (1u64..100, Just(false))],
    ) {
        let (book, mut settings) = shop();
        settings.redemption.step = step;
        if exclude {
            settings.redemption.excluded_products = vec!["product-3".into()];
        }
        let (promised, granted) = buy(&book, &settings, &shopping);
        prop_assert_eq!(promised, granted);
    }

    #[test]
    fn l5_without_rules_the_total_decides_under_any_terms(shopping in shopping(), cap in 0u32..10_000, step in 1u64..200) {
        let (book, mut settings) = shop();
        settings.earning.rules.clear();
        settings.redemption.cap = cap;
        settings.redemption.step = step;
        settings.redemption.excluded_products = vec!["product-3".into()];
        let (promised, granted) = buy(&book, &settings, &shopping);
        prop_assert_eq!(promised, granted);
    }
}
