//! Shows on pages what [`pricing`](crate::pricing) does in carts.

use alloc::string::String;
use alloc::vec::Vec;

use boomerang_sdk::catalogue::Product;
use boomerang_sdk::money::WHOLE;
use boomerang_sdk::text::{digits, number};
use boomerang_sdk::time::DAY;
use boomerang_sdk::types::{
    Block, Content, Countdown, Fault, Instant, Money, Notice, Page, PageLink, PriceDisplay, ShownProduct,
};

use crate::choice::{Choice, Item, Reductions, Running};
use crate::plan::{Plan, Sale};
use crate::sale::Moment;
use crate::shop::{Shop, Shopper};

/// The most blocks of one page.
const BLOCKS: usize = 64;

/// The blocks of a page: on pages with products a price and a timer for each that is on sale, on a page with a cart a timer
/// for the prices in it, elsewhere a timer for the sale that ends first.
pub fn render_blocks(plan: &Plan, now: Instant, page: &Page, shop: &dyn Shop) -> Result<Vec<Block>, Fault> {
    let slot = |name: &str| page.slots.iter().any(|slot| slot == name);
    let shopper = Shopper::new(shop, page.customer.as_deref());
    let mut blocks = Vec::new();
    if slot("price") || slot("product-info") {
        let shown = on_sale(plan, now, page, &shopper, shop)?;
        let facts = Facts::about(plan, &shown, shop)?;
        for (product, choice) in &shown {
            if slot("price") {
                let price = facts.price(plan, product, choice, shop)?;
                blocks.push(Block::new("price", Content::Price(price)));
            }
            if slot("product-info") && page.kind == "product" {
                blocks.push(Block::new("product-info", countdown(choice, Some(&product.variant))));
            }
        }
        if slot("product-info") && page.kind == "product" {
            blocks.extend(bundles(plan, now, page));
        }
    }
    for name in ["cart-summary", "checkout-summary"].into_iter().filter(|name| slot(name)) {
        blocks.extend(cart_timer(plan, now, page, &shopper, shop)?.map(|timer| Block::new(name, timer)));
    }
    if slot("calendar") {
        blocks.extend(calendar(plan, now));
    }
    if slot("banner") {
        blocks.extend(banner(plan, now, &shopper)?.map(|timer| Block::new("banner", timer)));
    }
    blocks.truncate(BLOCKS);
    Ok(blocks)
}

/// The products of the page that are on sale for this shopper.
fn on_sale<'a>(
    plan: &'a Plan,
    now: Instant,
    page: &'a Page,
    shopper: &Shopper<'_>,
    shop: &dyn Shop,
) -> Result<Vec<(&'a ShownProduct, Choice<'a>)>, Fault> {
    let running = Running::at(plan, now, &mut page.products.iter().map(item), shop)?;
    if running.is_empty() {
        return Ok(Vec::new());
    }
    let moment = Moment { now, ..Moment::default() };
    let mut shown = Vec::new();
    for product in &page.products {
        let Some(choice) = running.choose(item(product), &moment, shopper, Reductions::default())? else { continue };
        // What everybody pays has gone through every extension. If it is not lower, the sale does not take effect:
        // another extension's reduction keeps an exclusive sale away, or its stock is gone.
        if choice.offer.early || product.current_price < product.list_price {
            shown.push((product, choice));
        }
    }
    Ok(shown)
}

fn item(product: &ShownProduct) -> Item<'_> {
    Item { product: &product.product, variant: &product.variant, unit_price: product.list_price }
}

/// What the platform knows about the products on sale, asked for together.
struct Facts {
    products: Vec<Product>,
    /// Units left, by the counter's name.
    left: Vec<(String, u32)>,
}

impl Facts {
    fn about(plan: &Plan, shown: &[(&ShownProduct, Choice<'_>)], shop: &dyn Shop) -> Result<Self, Fault> {
        let asks = !plan.prior_price.new_goods || !plan.prior_price.perishable.is_empty();
        let mut products = Vec::new();
        if asks && !shown.is_empty() {
            let mut ids: Vec<String> = shown.iter().map(|(product, _)| product.product.clone()).collect();
            ids.dedup();
            for page in ids.chunks(200) {
                products.extend(shop.products(page)?);
            }
        }
        let limits: Vec<(String, u32)> = shown
            .iter()
            .filter_map(|(product, choice)| Some((choice.sale.stock_counter(&product.variant), choice.sale.stock?)))
            .collect();
        let mut left = Vec::with_capacity(limits.len());
        for page in limits.chunks(200) {
            let names: Vec<String> = page.iter().map(|(name, _)| name.clone()).collect();
            let taken = shop.taken(&names)?;
            left.extend(
                page.iter().zip(taken).map(|((name, limit), taken)| (name.clone(), limit.saturating_sub(taken))),
            );
        }
        Ok(Self { products, left })
    }

    fn price(
        &self,
        plan: &Plan,
        product: &ShownProduct,
        choice: &Choice<'_>,
        shop: &dyn Shop,
    ) -> Result<PriceDisplay, Fault> {
        let sale = choice.sale;
        let now = if choice.offer.early { choice.price } else { product.current_price };
        let since = reduced_since(choice);
        let prior = if self.may_show_prior(plan, product, since) {
            shop.prior_price(&product.variant, since, plan.prior_price.days)?
        } else {
            None
        };
        let counter = sale.stock_counter(&product.variant);
        Ok(PriceDisplay {
            variant: product.variant.clone(),
            now,
            // A price that was no higher is no reduction.
            was: prior.filter(|&prior| prior > now),
            reduced_since: since,
            remaining: self.left.iter().find(|(name, _)| *name == counter).map(|&(_, left)| left),
        })
    }

    /// The choices that the directive leaves to the countries: goods that have been offered for fewer days, goods that
    /// spoil. What is not known of a product counts against showing one.
    fn may_show_prior(&self, plan: &Plan, product: &ShownProduct, since: Instant) -> bool {
        let rules = &plan.prior_price;
        if rules.new_goods && rules.perishable.is_empty() {
            return true;
        }
        let Some(known) = self.products.iter().find(|known| known.id == product.product) else { return false };
        let old_enough = known.offered_since <= since - i64::from(rules.days) * DAY;
        let spoils = known.categories.iter().any(|category| rules.perishable.contains(category));
        (rules.new_goods || old_enough) && !spoils
    }
}

/// When the price began to be reduced, for the shopper who gets this choice.
fn reduced_since(choice: &Choice<'_>) -> Instant {
    let sale = choice.sale;
    match &sale.early {
        Some(early) if choice.offer.early => sale.reduced_since.min(early.starts_at),
        _ => sale.reduced_since,
    }
}

/// By how much a price is lower than it was, in basis points: worked out from the prior price, never from what the
/// catalogue says, and rounded down.
pub fn reduction_from(prior: Money, now: Money) -> u32 {
    if prior <= 0 || now >= prior {
        return 0;
    }
    let basis_points = i128::from(prior - now) * i128::from(WHOLE) / i128::from(prior);
    u32::try_from(basis_points).unwrap_or(WHOLE)
}

fn countdown(choice: &Choice<'_>, variant: Option<&str>) -> Content {
    Content::Countdown(Countdown {
        title: title(choice.sale, choice.offer.early),
        starts_at: choice.sale.window.starts_at,
        ends_at: choice.offer.until,
        over: [&choice.sale.title, " is over."].concat(),
        variant: variant.map(String::from),
    })
}

fn title(sale: &Sale, early: bool) -> String {
    match (early, sale.announced_end) {
        (true, _) => [&sale.title, ": early access for you"].concat(),
        (false, Some(_)) => [&sale.title, " (extended)"].concat(),
        (false, None) => sale.title.clone(),
    }
}

/// A timer for the first of the cart's prices to end.
fn cart_timer(
    plan: &Plan,
    now: Instant,
    page: &Page,
    shopper: &Shopper<'_>,
    shop: &dyn Shop,
) -> Result<Option<Content>, Fault> {
    let Some(cart) = &page.cart else { return Ok(None) };
    let running = Running::at(plan, now, &mut cart.items().map(Item::from), shop)?;
    let mut first: Option<Choice<'_>> = None;
    for item in cart.items() {
        let moment = Moment { now, added_at: Some(item.line.added_at), checkout_since: cart.checkout_since };
        if let Some(choice) = running.choose(item.into(), &moment, shopper, Reductions::default())?
            && first.is_none_or(|first| choice.offer.until < first.offer.until)
        {
            first = Some(choice);
        }
    }
    Ok(first.map(|choice| countdown(&choice, None)))
}

/// A timer for the sale that ends first.
fn banner(plan: &Plan, now: Instant, shopper: &Shopper<'_>) -> Result<Option<Content>, Fault> {
    let moment = Moment { now, ..Moment::default() };
    let mut first: Option<Choice<'_>> = None;
    for (index, sale) in plan.sales.iter().enumerate() {
        if let Some(offer) = sale.offer(&moment, shopper)?
            && first.is_none_or(|first| offer.until < first.offer.until)
        {
            first = Some(Choice { sale, index, offer, price: 0 });
        }
    }
    Ok(first.map(|choice| countdown(&choice, None)))
}

/// Every sale that is running or coming. Its title does not change when it is extended, so that calendars know it again.
fn calendar(plan: &Plan, now: Instant) -> impl Iterator<Item = Block> {
    plan.sales.iter().filter(move |sale| now < sale.window.ends_at).map(|sale| {
        let timer = Countdown {
            title: sale.title.clone(),
            starts_at: sale.window.starts_at,
            ends_at: sale.window.ends_at,
            over: [&sale.title, " is over."].concat(),
            variant: None,
        };
        Block::new("calendar", Content::Countdown(timer))
    })
}

/// What goes with the product of the page.
fn bundles(plan: &Plan, now: Instant, page: &Page) -> Vec<Block> {
    let of_page = |variant: &str| page.products.iter().any(|product| product.variant == variant);
    plan.bundles
        .iter()
        .filter(|bundle| bundle.window.contains(now) && (of_page(&bundle.slow) || of_page(&bundle.best)))
        .map(|bundle| {
            let notice = Notice {
                tone: "info".into(),
                title: bundle.title.clone(),
                text: ["Put both into your cart and pay ", &amount(bundle.price, &page.currency), " for the two."]
                    .concat(),
                link: Some(PageLink { page: "cart".into(), id: String::new(), label: "To the cart".into() }),
            };
            Block::new("product-info", Content::Notice(notice))
        })
        .collect()
}

const WITHOUT_DECIMALS: [&str; 16] =
    ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"];
const WITH_THREE_DECIMALS: [&str; 7] = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

/// An amount in words. Most currencies have two decimals, a few have none or three.
pub fn amount(amount: Money, currency: &str) -> String {
    let decimals = match currency {
        currency if WITHOUT_DECIMALS.contains(&currency) => 0,
        currency if WITH_THREE_DECIMALS.contains(&currency) => 3,
        _ => 2,
    };
    let unit = 10_i64.pow(decimals);
    if decimals == 0 {
        return [&number(amount), " ", currency].concat();
    }
    let sign = if amount < 0 { "-" } else { "" };
    let (whole, rest) = ((amount / unit).abs(), (amount % unit).abs());
    [sign, &number(whole), ".", &digits(rest, decimals as usize), " ", currency].concat()
}
