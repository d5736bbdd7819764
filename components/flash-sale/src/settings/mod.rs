//! Checks what the merchant enters and resolves it, once, when it is saved.

mod entered;
mod repeats;
mod times;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use boomerang_sdk::money::WHOLE;
use boomerang_sdk::time::{DAY, MINUTE};
use boomerang_sdk::types::{Context, SettingError};

pub use entered::{BundleEntry, EarlyEntry, Policy, PriorPriceEntry, SaleEntry, Settings};

use crate::plan::{Bundle, CartPolicy, Cut, EarlyAccess, Goods, Plan, PriorPrice, Sale};
use crate::shop::Shop;
use times::Clock;

/// Turns settings into a plan, or says everything that is wrong with them. `before` is the plan in force.
pub fn check(
    settings: Settings,
    before: Option<&Plan>,
    ctx: &Context,
    shop: &dyn Shop,
) -> Result<Plan, Vec<SettingError>> {
    let mut errors = Vec::new();
    let clock = Clock { shop, default_zone: &ctx.time_zone };
    let mut sales = Vec::with_capacity(settings.sales.len());
    for (index, entry) in settings.sales.iter().enumerate() {
        let at = format!("/sales/{index}");
        if settings.sales[..index].iter().any(|other| other.id == entry.id) {
            errors.push(SettingError::new(format!("{at}/id"), "Another sale has this id already. Enter another one."));
        }
        // Orders keep the title of the sale, and the report finds them by it.
        if settings.sales[..index].iter().any(|other| other.title == entry.title) {
            errors.push(SettingError::new(format!("{at}/title"), "Another sale has this title. Enter another one."));
        }
        sales.extend(sale(entry, &at, settings.max_days, &clock, &mut errors));
    }
    let bundles = settings
        .bundles
        .iter()
        .enumerate()
        .filter_map(|(index, entry)| bundle(entry, &format!("/bundles/{index}"), &clock, &mut errors))
        .collect();
    let mut plan = Plan {
        sales,
        bundles,
        prior_price: PriorPrice {
            days: settings.prior_price.days,
            new_goods: settings.prior_price.new_goods,
            perishable: settings.prior_price.perishable_categories,
        },
        past: Vec::new(),
    };
    // Positions in the settings and in the plan agree only if every sale could be read.
    if errors.is_empty() {
        let rules = repeats::Rules { cooldown: i64::from(settings.cooldown_days) * DAY, now: ctx.now };
        repeats::continue_sales(&mut plan.sales, &settings.sales, &mut errors);
        repeats::remember(&mut plan, before, &rules, &mut errors);
        repeats::check(&plan, &settings.sales, &rules, &mut errors);
    }
    if errors.is_empty() { Ok(plan) } else { Err(errors) }
}

fn sale(entry: &SaleEntry, at: &str, max_days: u32, clock: &Clock<'_>, errors: &mut Vec<SettingError>) -> Option<Sale> {
    let before = errors.len();
    let window = clock.window(&entry.starts, &entry.ends, &entry.zone, at, errors);
    if window.is_some_and(|window| window.ends_at - window.starts_at > i64::from(max_days) * DAY) {
        errors.push(SettingError::new(
            format!("{at}/ends"),
            format!(
                "This sale lasts more than {max_days} days. Enter an earlier end, or change the ordinary price instead."
            ),
        ));
    }
    let goods = goods(entry, at, errors);
    let cut = cut(entry, at, errors);
    let kept = i64::from(entry.keep_minutes) * MINUTE;
    let window = window?;
    (errors.len() == before).then(|| Sale {
        id: entry.id.clone(),
        title: entry.title.clone(),
        window,
        early: early(&entry.early_access, window.starts_at),
        goods,
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
    })
}

fn early(entry: &EarlyEntry, starts_at: i64) -> Option<EarlyAccess> {
    (entry.minutes > 0 && (entry.subscribers || !entry.tags.is_empty())).then(|| EarlyAccess {
        starts_at: starts_at - i64::from(entry.minutes) * MINUTE,
        tags: entry.tags.clone(),
        subscribers: entry.subscribers,
    })
}

fn goods(entry: &SaleEntry, at: &str, errors: &mut Vec<SettingError>) -> Goods {
    let goods = Goods {
        everything: entry.everything,
        products: entry.products.clone(),
        variants: entry.variants.clone(),
        categories: entry.categories.clone(),
    };
    let named = [&goods.products, &goods.variants, &goods.categories].iter().any(|ids| !ids.is_empty());
    if named == goods.everything {
        let message = if named {
            "This sale is about everything and also names goods. Clear one of the two."
        } else {
            "This sale is about nothing. Name products, variants or categories, or choose everything."
        };
        errors.push(SettingError::new(format!("{at}/products"), message));
    }
    goods
}

fn cut(entry: &SaleEntry, at: &str, errors: &mut Vec<SettingError>) -> Cut {
    match (entry.percent, entry.fixed_price) {
        (Some(percent), None) if percent > 0 && percent <= WHOLE => Cut::Percent(percent),
        (None, Some(price)) if price >= 0 => Cut::Fixed(price),
        (Some(_), None) => {
            errors.push(SettingError::new(format!("{at}/percent"), "Enter 1 to 10000: 2000 takes off 20 %."));
            Cut::default()
        }
        (None, Some(_)) => {
            errors.push(SettingError::new(format!("{at}/fixed_price"), "Enter a price of 0 or more."));
            Cut::default()
        }
        (Some(_), Some(_)) | (None, None) => {
            let message = "Enter either a percentage or a fixed price, and leave the other one empty.";
            errors.push(SettingError::new(format!("{at}/percent"), message));
            Cut::default()
        }
    }
}

fn bundle(entry: &BundleEntry, at: &str, clock: &Clock<'_>, errors: &mut Vec<SettingError>) -> Option<Bundle> {
    if entry.slow == entry.best {
        let message = "A bundle needs two different variants. Enter the one that sells best here.";
        errors.push(SettingError::new(format!("{at}/best"), message));
    }
    if entry.price < 0 {
        errors.push(SettingError::new(format!("{at}/price"), "Enter a price of 0 or more."));
    }
    let window = clock.window(&entry.starts, &entry.ends, &entry.zone, at, errors)?;
    Some(Bundle {
        id: entry.id.clone(),
        title: entry.title.clone(),
        window,
        slow: entry.slow.clone(),
        best: entry.best.clone(),
        price: entry.price,
    })
}

/// A sale's place in the settings, for a message.
pub(crate) fn place(index: usize, field: &str) -> String {
    format!("/sales/{index}/{field}")
}
