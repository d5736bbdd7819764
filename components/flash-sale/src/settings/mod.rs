//! Checks what the merchant enters and resolves it, once, when it is saved.

mod entered;
mod errors;
mod repeats;
mod times;

use alloc::vec::Vec;

use boomerang_sdk::money::WHOLE;
use boomerang_sdk::text::number;
use boomerang_sdk::time::{DAY, MINUTE};
use boomerang_sdk::types::{Context, SettingError};

pub use entered::{BundleEntry, EarlyEntry, Policy, PriorPriceEntry, SaleEntry, Settings};

use crate::plan::{Bundle, CartPolicy, Cut, EarlyAccess, Goods, Plan, PriorPrice, Sale, Window};
use crate::shop::Shop;
use errors::{Errors, Place};
use times::Clock;

/// Turns settings into a plan, or says everything that is wrong with them. `before` is the plan in force.
pub fn check(
    settings: Settings,
    before: Option<&Plan>,
    ctx: &Context,
    shop: &dyn Shop,
) -> Result<Plan, Vec<SettingError>> {
    let mut errors = Errors::default();
    let clock = Clock { shop, default_zone: &ctx.time_zone };
    let rules = repeats::Rules { cooldown: i64::from(settings.cooldown_days) * DAY, now: ctx.now };
    let continues = settings.sales.iter().map(|entry| entry.continues.clone()).collect();
    check_names(&settings.sales, &mut errors);
    let days = i64::from(settings.max_days);
    let mut plan = Plan::default();
    for (index, entry) in settings.sales.into_iter().enumerate() {
        let place = Place::sale(index);
        let window = clock.window(&entry.starts, &entry.ends, &entry.zone, place, &mut errors);
        if window.is_some_and(|window| window.ends_at - window.starts_at > days * DAY) {
            let after = " days. Enter an earlier end, or change the ordinary price instead.";
            errors.add_owned(place, "ends", ["This sale lasts more than ", &number(days), after].concat());
        }
        check_goods(&entry, place, &mut errors);
        let cut = cut(&entry, place, &mut errors);
        plan.sales.extend(window.map(|window| sale(entry, window, cut)));
    }
    for (index, entry) in settings.bundles.into_iter().enumerate() {
        let place = Place::bundle(index);
        if entry.slow == entry.best {
            errors.add(place, "best", "A bundle needs two different variants. Enter the one that sells best here.");
        }
        if entry.price < 0 {
            errors.add(place, "price", "Enter a price of 0 or more.");
        }
        let window = clock.window(&entry.starts, &entry.ends, &entry.zone, place, &mut errors);
        plan.bundles.extend(window.map(|window| bundle(entry, window)));
    }
    plan.prior_price = PriorPrice {
        days: settings.prior_price.days,
        new_goods: settings.prior_price.new_goods,
        perishable: settings.prior_price.perishable_categories,
    };
    // Positions in the settings and in the plan agree only if every sale could be read.
    if errors.count() == 0 {
        repeats::check(&mut plan, before, &rules, continues, &mut errors);
    }
    if errors.count() == 0 { Ok(plan) } else { Err(errors.0) }
}

fn check_names(sales: &[SaleEntry], errors: &mut Errors) {
    for (index, entry) in sales.iter().enumerate() {
        let before = &sales[..index];
        if before.iter().any(|other| other.id == entry.id) {
            errors.add(Place::sale(index), "id", "Another sale has this id already. Enter another one.");
        }
        // Orders keep the title of the sale, and the report finds them by it.
        if before.iter().any(|other| other.title == entry.title) {
            errors.add(Place::sale(index), "title", "Another sale has this title already. Enter another one.");
        }
    }
}

fn check_goods(entry: &SaleEntry, place: Place, errors: &mut Errors) {
    let named = [&entry.products, &entry.variants, &entry.categories].iter().any(|ids| !ids.is_empty());
    if named && entry.everything {
        errors.add(place, "products", "This sale is about everything and also names goods. Clear one of the two.");
    }
    if !named && !entry.everything {
        let message = "This sale is about nothing. Name products, variants or categories, or choose everything.";
        errors.add(place, "products", message);
    }
}

fn cut(entry: &SaleEntry, place: Place, errors: &mut Errors) -> Cut {
    let (field, message) = match (entry.percent, entry.fixed_price) {
        (Some(percent), None) if percent > 0 && percent <= WHOLE => return Cut::Percent(percent),
        (None, Some(price)) if price >= 0 => return Cut::Fixed(price),
        (Some(_), None) => ("percent", "Enter 1 to 10000: 2000 takes off 20 %."),
        (None, Some(_)) => ("fixed_price", "Enter a price of 0 or more."),
        _ => ("percent", "Enter either a percentage or a fixed price, and leave the other one empty."),
    };
    errors.add(place, field, message);
    Cut::default()
}

fn sale(entry: SaleEntry, window: Window, cut: Cut) -> Sale {
    let kept = i64::from(entry.keep_minutes) * MINUTE;
    let early = entry.early_access;
    Sale {
        id: entry.id,
        title: entry.title,
        window,
        early: (early.minutes > 0).then(|| EarlyAccess {
            starts_at: window.starts_at - i64::from(early.minutes) * MINUTE,
            tags: early.tags,
            subscribers: early.subscribers,
        }),
        goods: Goods {
            everything: entry.everything,
            products: entry.products,
            variants: entry.variants,
            categories: entry.categories,
        },
        cut,
        stock: (entry.stock > 0).then_some(entry.stock),
        per_customer: (entry.per_customer > 0).then_some(entry.per_customer),
        policy: match entry.cart_policy {
            Policy::Live => CartPolicy::Live,
            Policy::Locked => CartPolicy::Locked(kept),
            Policy::Grace => CartPolicy::Grace(kept),
        },
        priority: entry.priority,
        exclusive: entry.exclusive,
        with_coupons: entry.with_coupons,
        margin_floor: entry.margin_floor,
        reduced_since: window.starts_at,
        announced_end: None,
    }
}

fn bundle(entry: BundleEntry, window: Window) -> Bundle {
    Bundle { id: entry.id, title: entry.title, window, slow: entry.slow, best: entry.best, price: entry.price }
}
