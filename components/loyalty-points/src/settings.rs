//! What the merchant can set, with safe defaults.
//!
//! They are read from the merchant's JSON once, when it is saved, and from compact bytes at every call after; what they
//! are called there is said once, in [`crate::names`].

use alloc::{string::String, vec, vec::Vec};
use boomerang_sdk::money::WHOLE;

/// Everything the merchant can set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// What the points are called.
    pub name: Name,
    /// What is earned with an order.
    pub earning: Earning,
    /// Points for things other than paying.
    pub bonuses: Bonuses,
    /// How points are spent.
    pub redemption: Redemption,
    /// When points lapse.
    pub expiry: Expiry,
    /// Levels of loyal customers.
    pub tiers: Tiers,
    /// What guards the programme against misuse.
    pub safeguards: Safeguards,
}

/// What the points are called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// One of them.
    pub one: String,
    /// Several.
    pub many: String,
}

impl Default for Name {
    fn default() -> Self {
        Self { one: "point".into(), many: "points".into() }
    }
}

/// What is earned with an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earning {
    /// This many points...
    pub points: u32,
    /// ...for this much money, in minor units.
    pub per: u32,
    /// What happens to fractions of a point.
    pub rounding: Rounding,
    /// Tax counts as money spent.
    pub include_tax: bool,
    /// The delivery fee counts as money spent.
    pub include_delivery: bool,
    /// What has to happen to the order before points are granted.
    pub grant_on: GrantOn,
    /// How long granted points stay pending: the refund window.
    pub pending_days: u32,
    /// Guests earn too; their points are held until their e-mail address is proved.
    pub guests: bool,
    /// How several rules that fit one line work together.
    pub stacking: Stacking,
    /// More or fewer points for some products.
    pub rules: Vec<Rule>,
    /// The most that somebody can earn in a span of time.
    pub limits: Vec<Limit>,
}

impl Default for Earning {
    fn default() -> Self {
        Self {
            points: 1,
            per: 100,
            rounding: Rounding::Floor,
            include_tax: true,
            include_delivery: false,
            grant_on: GrantOn::Paid,
            pending_days: 30,
            guests: true,
            stacking: Stacking::Stack,
            rules: Vec::new(),
            limits: Vec::new(),
        }
    }
}

/// What happens to fractions of a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// They are dropped.
    Floor,
    /// Half a point and more becomes a whole one.
    Nearest,
    /// They become a whole one.
    Ceil,
}

/// What has to happen to an order before its points are granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantOn {
    /// It was placed.
    Placed,
    /// It was paid.
    Paid,
    /// It arrived.
    Delivered,
}

/// How several rules that fit one line work together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stacking {
    /// All of them count: what each gives on top is added up. A rule that gives nothing wins over all others.
    Stack,
    /// Only the one with the highest priority counts, and among equal ones the first in the list.
    Priority,
}

/// More or fewer points for some products.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The merchant's name for it.
    pub id: String,
    /// What the rule looks at.
    pub applies_to: AppliesTo,
    /// The id of the product or category, or the tag.
    pub value: String,
    /// Basis points of the usual points: 20 000 doubles them, 0 gives none.
    pub multiplier: u32,
    /// Points on top for each unit bought.
    pub bonus_per_unit: u32,
    /// The higher counts, where only one can.
    pub priority: i32,
}

impl Default for Rule {
    fn default() -> Self {
        Self {
            id: String::new(),
            applies_to: AppliesTo::Everything,
            value: String::new(),
            multiplier: WHOLE,
            bonus_per_unit: 0,
            priority: 0,
        }
    }
}

/// What a rule looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AppliesTo {
    /// Every product.
    #[default]
    Everything,
    /// One product.
    Product,
    /// The products of a category.
    Category,
    /// The products with a tag.
    Tag,
}

/// The most that somebody can earn in a span of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// A rule's name as the ledger keeps it; none for all of them together.
    pub rule: LimitedRule,
    /// The span.
    pub per: Span,
    /// The most points in it.
    pub points: u64,
}

impl Default for Limit {
    fn default() -> Self {
        Self { rule: LimitedRule::Everything, per: Span::Month, points: 1_000 }
    }
}

/// What a limit counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LimitedRule {
    /// Everything.
    #[default]
    Everything,
    /// Points for purchases.
    Purchase,
    /// Points for reviews.
    Review,
    /// Points for bringing somebody.
    Referral,
}

/// A span of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// From midnight to midnight.
    Day,
    /// From Monday to Sunday.
    Week,
    /// From the first to the last of a month.
    Month,
}

/// Points for things other than paying; 0 turns one off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bonuses {
    /// With the first order that is paid, on top of its points.
    pub first_order: u32,
    /// For an account.
    pub sign_up: u32,
    /// When the account counts.
    pub sign_up_on: SignUpOn,
    /// On the birthday.
    pub birthday: u32,
    /// For a published review, once for each product.
    pub review: u32,
    /// For bringing somebody new.
    pub referrer: u32,
    /// For having been brought.
    pub referred: u32,
}

/// When a new account counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SignUpOn {
    /// At once.
    Registered,
    /// When its e-mail address is proved.
    #[default]
    Verified,
}

/// How points are spent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redemption {
    /// Points can be spent.
    pub enabled: bool,
    /// This many points...
    pub points: u32,
    /// ...pay for this much, in minor units.
    pub worth: u32,
    /// The most that can be paid with points, in basis points of the goods.
    pub cap: u32,
    /// The fewest points that can be spent at once.
    pub minimum: u64,
    /// Points are spent in multiples of this.
    pub step: u64,
    /// Products that cannot be paid for with points, such as gift cards.
    pub excluded_products: Vec<String>,
}

impl Default for Redemption {
    fn default() -> Self {
        Self { enabled: true, points: 100, worth: 100, cap: WHOLE, minimum: 1, step: 1, excluded_products: Vec::new() }
    }
}

/// When points lapse. Always at the end of a day in the shop's time zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expiry {
    /// What decides.
    pub policy: ExpiryPolicy,
    /// For `days` and `inactivity`.
    pub days: u32,
    /// For `end-of-month`: so many months after the one in which the points became available.
    pub months: u32,
    /// For `end-of-year`: so many years after the one in which the points became available.
    pub years: u32,
    /// So many days before, one warning is sent; 0 for none.
    pub warn_days: u32,
    /// Only report what would expire. Nothing gets an expiry date while this is on.
    pub dry_run: bool,
}

impl Default for Expiry {
    fn default() -> Self {
        Self { policy: ExpiryPolicy::Never, days: 365, months: 12, years: 1, warn_days: 14, dry_run: true }
    }
}

/// What decides when points lapse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpiryPolicy {
    /// They do not.
    Never,
    /// Each grant on its own, so many days after it became available.
    Days,
    /// At the end of a month.
    EndOfMonth,
    /// At the end of a year.
    EndOfYear,
    /// All of them together, so many days after the latest order.
    Inactivity,
}

/// Levels of loyal customers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tiers {
    /// What is counted.
    pub basis: TierBasis,
    /// Over so many days; 0 for a whole life.
    pub window_days: u32,
    /// How long a tier is kept after it would be lost.
    pub grace_days: u32,
    /// From the lowest to the highest.
    pub levels: Vec<Level>,
}

impl Default for Tiers {
    fn default() -> Self {
        Self { basis: TierBasis::Points, window_days: 365, grace_days: 30, levels: Vec::new() }
    }
}

/// What counts towards a tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TierBasis {
    /// Points that became available.
    Points,
    /// Money paid, less what was refunded.
    Spent,
}

/// One tier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// What the merchant pins a customer to.
    pub id: String,
    /// What customers read.
    pub name: String,
    /// Points, or money in minor units, from which on somebody has it.
    pub from: u64,
    /// Basis points of the usual points for purchases.
    pub multiplier: u32,
}

impl Default for Level {
    fn default() -> Self {
        Self { id: String::new(), name: String::new(), from: 0, multiplier: WHOLE }
    }
}

/// What guards the programme against misuse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Safeguards {
    /// What happens when a refund takes back points that have been spent already.
    pub deficit: Deficit,
    /// Orders with one of these flags earn nothing.
    pub skip_flags: Vec<String>,
}

impl Default for Safeguards {
    fn default() -> Self {
        Self { deficit: Deficit::Allow, skip_flags: vec!["fraud-suspected".into()] }
    }
}

/// What happens when a refund takes back points that have been spent already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deficit {
    /// The balance goes below zero, and the next points make it good.
    Allow,
    /// What is missing is forgiven.
    Clamp,
}
