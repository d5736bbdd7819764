//! The settings in the form in which they are used: checked, wall times resolved to instants.
//!
//! The component packs them with [`Packed`], which takes little code. What serde derives gives the same bytes, and is there
//! for programs that have it anyway; the component carries none of it.

use alloc::string::String;
use alloc::vec::Vec;

use boomerang_sdk::settings::packed::{Packed, Packing};
use boomerang_sdk::types::{Instant, Money};
use serde::{Deserialize, Serialize};

/// The form in which plans are packed. Raise it whenever a type of this module changes.
const FORMAT: u16 = 1;

/// Everything the merchant has set up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The form in which this one is packed, first, so that it can be told from one of another version.
    pub format: u16,
    /// The sales, in the merchant's order.
    pub sales: Vec<Sale>,
    /// Pairs of goods with a price for both.
    pub bundles: Vec<Bundle>,
    /// What shoppers may be told a price was.
    pub prior_price: PriorPrice,
    /// Sales that are over, for as long as their goods may not be on sale again.
    pub past: Vec<Past>,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            format: FORMAT,
            sales: Vec::new(),
            bundles: Vec::new(),
            prior_price: PriorPrice::default(),
            past: Vec::new(),
        }
    }
}

impl Plan {
    /// Whether this version has packed it. While settings are prepared, those in force may be of another one.
    pub fn is_of_this_version(&self) -> bool {
        self.format == FORMAT
    }
}

/// A half-open span of time: it begins at `starts_at` and is over at `ends_at`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Window {
    /// The first instant within.
    pub starts_at: Instant,
    /// The first instant after.
    pub ends_at: Instant,
}

impl Window {
    /// Whether an instant lies within.
    pub const fn contains(self, at: Instant) -> bool {
        self.starts_at <= at && at < self.ends_at
    }

    /// Whether all of `other` lies within.
    pub const fn encloses(self, other: Self) -> bool {
        self.starts_at <= other.starts_at && other.ends_at <= self.ends_at
    }
}

/// A sale.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Sale {
    /// Names the sale in counters and in later settings.
    pub id: String,
    /// What shoppers read.
    pub title: String,
    /// When everybody gets the price.
    pub window: Window,
    /// Who gets it before.
    pub early: Option<EarlyAccess>,
    /// What is on sale.
    pub goods: Goods,
    /// What it costs.
    pub cut: Cut,
    /// How many units of each variant there are at this price; none for no limit.
    pub stock: Option<u32>,
    /// How many units one shopper may have; none for no limit.
    pub per_customer: Option<u32>,
    /// What carts get that have been filled before the end.
    pub policy: CartPolicy,
    /// Of several sales of the same goods the one with the highest priority counts.
    pub priority: i32,
    /// Does not combine with any other reduction.
    pub exclusive: bool,
    /// Combines with coupons.
    pub with_coupons: bool,
    /// The least margin over what the goods cost the merchant, in basis points; none for no floor.
    pub margin_floor: Option<u32>,
    /// When the price was first reduced: earlier than the sale's own start where it continues another, deeper.
    pub reduced_since: Instant,
    /// The end that was announced first, where it has been put off.
    pub announced_end: Option<Instant>,
}

/// A sale's price before everybody gets it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct EarlyAccess {
    /// When it begins.
    pub starts_at: Instant,
    /// Customers with one of these tags.
    pub tags: Vec<String>,
    /// Customers who have agreed to marketing messages.
    pub subscribers: bool,
}

/// What a sale is about.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Goods {
    /// The whole catalogue.
    pub everything: bool,
    /// Product ids.
    pub products: Vec<String>,
    /// Variant ids.
    pub variants: Vec<String>,
    /// Category ids.
    pub categories: Vec<String>,
}

/// How a sale changes a price.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Cut {
    /// By a share of it, in basis points.
    Percent(u32),
    /// To this price of one unit.
    Fixed(Money),
}

impl Default for Cut {
    fn default() -> Self {
        Self::Percent(0)
    }
}

/// What a cart gets that has been filled while the sale was on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub enum CartPolicy {
    /// The price of the moment.
    #[default]
    Live,
    /// A line that was put in during the sale keeps its price for this long after the end.
    Locked(Instant),
    /// A cart that was in checkout at the end keeps its prices for this long.
    Grace(Instant),
}

/// A slow seller and a best seller, sold together.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Bundle {
    /// Names the bundle in later settings.
    pub id: String,
    /// What shoppers read.
    pub title: String,
    /// When it is offered.
    pub window: Window,
    /// The variant that sells slowly.
    pub slow: String,
    /// The variant that sells best.
    pub best: String,
    /// The price of one of each.
    pub price: Money,
}

/// When and how a prior price is shown (EU directive 98/6, Art. 6a, with what it leaves to each country).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PriorPrice {
    /// The days before the reduction whose lowest price counts.
    pub days: u32,
    /// Show one for goods that have been offered for fewer days than that.
    pub new_goods: bool,
    /// Categories of goods that spoil, for which none is shown.
    pub perishable: Vec<String>,
}

/// A sale that is over.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Past {
    /// What it was called in the settings.
    pub id: String,
    /// What was on sale.
    pub goods: Goods,
    /// When it ended.
    pub ended_at: Instant,
}

impl Goods {
    /// Whether a variant of a product in these categories is among them.
    pub fn cover(&self, product: &str, variant: &str, categories: &[String]) -> bool {
        self.everything
            || self.products.iter().any(|id| id == product)
            || self.variants.iter().any(|id| id == variant)
            || self.categories.iter().any(|id| categories.contains(id))
    }

    /// Whether both name something in common. Goods that are named in different ways, one by product and one by category,
    /// may meet without this being seen.
    pub fn meet(&self, other: &Self) -> bool {
        let common = |ours: &[String], theirs: &[String]| ours.iter().any(|id| theirs.contains(id));
        self.everything
            || other.everything
            || common(&self.products, &other.products)
            || common(&self.variants, &other.variants)
            || common(&self.categories, &other.categories)
    }
}

boomerang_sdk::packed! {
    Plan { format, sales, bundles, prior_price, past }
    Window { starts_at, ends_at }
    Sale {
        id, title, window, early, goods, cut, stock, per_customer, policy, priority, exclusive, with_coupons, margin_floor,
        reduced_since, announced_end,
    }
    EarlyAccess { starts_at, tags, subscribers }
    Goods { everything, products, variants, categories }
    Bundle { id, title, window, slow, best, price }
    PriorPrice { days, new_goods, perishable }
    Past { id, goods, ended_at }
}

impl Packed for Cut {
    fn walk(&mut self, packing: &mut Packing) {
        let (mut kind, mut percent, mut price) = match *self {
            Self::Percent(percent) => (0_u32, percent, 0),
            Self::Fixed(price) => (1, 0, price),
        };
        kind.walk(packing);
        *self = if kind == 0 {
            percent.walk(packing);
            Self::Percent(percent)
        } else {
            price.walk(packing);
            Self::Fixed(price)
        };
    }
}

impl Packed for CartPolicy {
    fn walk(&mut self, packing: &mut Packing) {
        let (mut kind, mut kept) = match *self {
            Self::Live => (0_u32, 0),
            Self::Locked(kept) => (1, kept),
            Self::Grace(kept) => (2, kept),
        };
        kind.walk(packing);
        if kind > 0 {
            kept.walk(packing);
        }
        *self = match kind {
            0 => Self::Live,
            1 => Self::Locked(kept),
            _ => Self::Grace(kept),
        };
    }
}
