//! Which sale a product gets, of several that are on.

use alloc::string::String;
use alloc::vec::Vec;

use boomerang_sdk::CartItem;
use boomerang_sdk::catalogue::Product;
use boomerang_sdk::types::{Applied, Fault, Instant, Money, Target};

use crate::plan::{Plan, Sale};
use crate::sale::{Moment, Offer};
use crate::shop::{Shop, Shopper};

/// Something that may be on sale.
#[derive(Debug, Clone, Copy)]
pub struct Item<'a> {
    /// The product's id.
    pub product: &'a str,
    /// The variant's id.
    pub variant: &'a str,
    /// The price of one unit without any sale.
    pub unit_price: Money,
}

impl<'a> From<CartItem<'a>> for Item<'a> {
    fn from(item: CartItem<'a>) -> Self {
        Self { product: item.product, variant: item.variant, unit_price: item.line.unit_price }
    }
}

/// The sale that an item gets.
#[derive(Debug, Clone, Copy)]
pub struct Choice<'a> {
    /// The sale.
    pub sale: &'a Sale,
    /// Its position in the plan.
    pub index: usize,
    /// Until when, and for whom.
    pub offer: Offer,
    /// The price of one unit.
    pub price: Money,
}

/// The sales that may concern anybody now, with what the catalogue has to say about the items.
pub struct Running<'a> {
    sales: Vec<(usize, &'a Sale)>,
    products: Vec<Product>,
}

impl<'a> Running<'a> {
    /// Picks the sales out of the plan. The catalogue is asked only where one of them is about a category or keeps a
    /// margin, which most are not: pricing a cart then takes no call to the platform at all.
    pub fn at<'i>(
        plan: &'a Plan,
        now: Instant,
        items: &mut dyn Iterator<Item = Item<'i>>,
        shop: &dyn Shop,
    ) -> Result<Self, Fault> {
        let sales: Vec<_> = plan.sales.iter().enumerate().filter(|(_, sale)| sale.may_apply(now)).collect();
        let asks = |sale: &Sale| sale.margin_floor.is_some() || !sale.goods.categories.is_empty();
        let mut products = Vec::new();
        if sales.iter().any(|(_, sale)| asks(sale)) {
            let mut ids: Vec<String> = Vec::new();
            for item in items {
                if !ids.iter().any(|id| id == item.product) {
                    ids.push(item.product.into());
                }
            }
            for page in ids.chunks(200) {
                products.extend(shop.products(page)?);
            }
        }
        Ok(Self { sales, products })
    }

    /// Nothing is on sale.
    pub fn is_empty(&self) -> bool {
        self.sales.is_empty()
    }

    /// The sale an item gets: of those it may have, the one with the highest priority; of equals the cheapest; of those the
    /// first in the merchant's list. `other` says which other reductions the item has.
    pub fn choose(
        &self,
        item: Item<'_>,
        moment: &Moment,
        shopper: &Shopper<'_>,
        other: Reductions,
    ) -> Result<Option<Choice<'a>>, Fault> {
        let product = self.products.iter().find(|product| product.id == item.product);
        let categories = product.map_or(&[][..], |product| &product.categories);
        let cost = product
            .and_then(|product| product.variants.iter().find(|variant| variant.id == item.variant))
            .and_then(|variant| variant.cost);
        let mut best: Option<Choice<'a>> = None;
        for &(index, sale) in &self.sales {
            if !sale.goods.cover(item.product, item.variant, categories) || !other.allow(sale) {
                continue;
            }
            let price = sale.price(item.unit_price, cost);
            if price >= item.unit_price {
                continue;
            }
            let better = best.is_none_or(|best| {
                (sale.priority, core::cmp::Reverse(price)) > (best.sale.priority, core::cmp::Reverse(best.price))
            });
            if better && let Some(offer) = sale.offer(moment, shopper)? {
                best = Some(Choice { sale, index, offer, price });
            }
        }
        Ok(best)
    }
}

/// Which reductions an item has from elsewhere. Points are a payment, not a reduction, so they go with every sale.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Reductions {
    coupon: bool,
    any: bool,
}

impl Reductions {
    /// The reductions of a line in what earlier extensions have applied: its own and those of the whole order.
    pub fn of_line(line: u32, applied: &[Applied]) -> Self {
        let mut reductions = Self::default();
        for applied in applied.iter().filter(|applied| applied.class != "points") {
            let concerns = applied.changes.iter().any(|change| match change.target {
                Target::Line(target) => change.amount < 0 && target == line,
                Target::Order => change.amount < 0,
                Target::Delivery => false,
            });
            if concerns {
                reductions.any = true;
                reductions.coupon |= applied.class == "coupon";
            }
        }
        reductions
    }

    /// Whether there is any.
    pub fn any(self) -> bool {
        self.any
    }

    fn allow(self, sale: &Sale) -> bool {
        !(sale.exclusive && self.any) && (sale.with_coupons || !self.coupon)
    }
}
