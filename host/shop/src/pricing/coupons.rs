//! The codes that shoppers enter, as adjustments of class `coupon` that the platform itself makes.
//!
//! They stand before the chain and are taken off the catalogue's price, so that every extension sees them: a sale that does
//! not combine with coupons gives way, one that does comes on top (F10). Where giving way would cost more than the code
//! saves, the code is what is left out, so that entering one never makes a cart dearer.

use boomerang_engine::contract::{Adjustment, Change, Reduction, Target};
use boomerang_engine::{PLATFORM, Pricing};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::cart::snapshot::Snapshot;
use crate::clock::Instant;
use crate::money::{Money, MoneyError, ratio};
use crate::shops::Shop;
use crate::store::coupons::{Entered, Issued};
use crate::words;

/// The class of adjustments that codes make.
const COUPON: &str = "coupon";
/// All of something, in basis points.
const WHOLE: i64 = 10_000;

/// A code of a cart, and whether it counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EnteredCode {
    /// As it was typed.
    pub code: String,
    /// Whether it counts.
    pub state: CodeState,
    /// What it takes off, or why it takes nothing off and what to do, for the shopper.
    pub message: String,
}

/// Whether a code counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CodeState {
    /// It takes something off.
    InForce,
    /// There is nothing yet that it could be taken off.
    Waiting,
    /// The cart is worth too little.
    BelowMinimum,
    /// It begins later.
    NotYet,
    /// It is over.
    Expired,
    /// It has been used as often as it can be, or others have it in their checkout.
    UsedUp,
    /// It belongs to another customer.
    OtherCustomer,
    /// Without it the cart costs less.
    NotCombined,
    /// It is no coupon; an extension may know it.
    Elsewhere,
    /// Nobody knows it.
    Unknown,
}

/// The codes of a cart with what they take off.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Codes {
    /// Every code, in the order of entry.
    pub(super) entered: Vec<EnteredCode>,
    /// What those in force take off.
    pub(super) adjustments: Vec<Adjustment>,
}

impl Codes {
    /// Judges codes that have been looked up.
    ///
    /// # Errors
    /// If a reduction cannot be counted.
    pub(super) fn new(shop: &Shop, codes: Vec<Entered>, snapshot: &Snapshot, now: Instant) -> Result<Self, MoneyError> {
        let mut left = Left { goods: snapshot.goods, delivery: snapshot.cart.delivery_fee };
        let mut judged = Self::default();
        let mut used: Vec<String> = Vec::new();
        for Entered { code, issued } in codes {
            let standing = match &issued {
                None => Err(CodeState::Unknown),
                // Spelled in two ways it is still the same code.
                Some((issued, _)) if used.contains(&issued.coupon.code) => continue,
                Some((issued, uses)) => match refusal(issued, *uses, snapshot, now) {
                    Some(state) => Err(state),
                    None => reduce(issued, snapshot.goods, &mut left)?.ok_or(CodeState::Waiting),
                },
            };
            used.extend(issued.iter().map(|(issued, _)| issued.coupon.code.clone()));
            let (state, message) = match standing {
                Ok(adjustment) => {
                    judged.adjustments.push(adjustment);
                    (CodeState::InForce, issued.map(|(issued, _)| describe(&issued, shop)).unwrap_or_default())
                }
                Err(state) => (state, state.words(shop, issued.as_ref().map(|(issued, _)| issued))),
            };
            judged.entered.push(EnteredCode { code, state, message });
        }
        Ok(judged)
    }

    /// Notes that the codes were left out, because the cart costs less without them.
    pub(super) fn leave_out(&mut self, shop: &Shop) {
        for entered in self.entered.iter_mut().filter(|entered| entered.state == CodeState::InForce) {
            entered.state = CodeState::NotCombined;
            entered.message = entered.state.words(shop, None);
        }
    }

    /// Notes what the chain has made of the codes that are no coupons.
    pub(super) fn look_at(&mut self, pricing: &Pricing, shop: &Shop) {
        let is_known = pricing.placed.iter().any(|placed| {
            let extension: &str = &placed.extension;
            placed.adjustment.class == COUPON && extension != PLATFORM
        });
        if is_known {
            for entered in self.entered.iter_mut().filter(|entered| entered.state == CodeState::Unknown) {
                entered.state = CodeState::Elsewhere;
                entered.message = entered.state.words(shop, None);
            }
        }
    }
}

/// What codes can still be taken off.
struct Left {
    goods: Money,
    delivery: Money,
}

/// Why a coupon takes nothing off this cart.
fn refusal(issued: &Issued, uses: u32, snapshot: &Snapshot, now: Instant) -> Option<CodeState> {
    let coupon = &issued.coupon;
    if coupon.customer.is_some() && coupon.customer != snapshot.cart.customer {
        Some(CodeState::OtherCustomer)
    } else if now < coupon.valid_from {
        Some(CodeState::NotYet)
    } else if now >= coupon.valid_until {
        Some(CodeState::Expired)
    } else if uses == 0 {
        Some(CodeState::UsedUp)
    } else if snapshot.goods < coupon.minimum {
        Some(CodeState::BelowMinimum)
    } else {
        None
    }
}

/// What a coupon takes off, at most what other codes have left; none if that is nothing.
fn reduce(issued: &Issued, goods: Money, left: &mut Left) -> Result<Option<Adjustment>, MoneyError> {
    let (target, rest, wanted) = match issued.coupon.reduction {
        Reduction::Percent(basis_points) => {
            (Target::Order, &mut left.goods, ratio(goods, i64::from(basis_points), WHOLE)?)
        }
        Reduction::Amount(amount) => (Target::Order, &mut left.goods, amount),
        Reduction::FreeDelivery => (Target::Delivery, &mut left.delivery, Money::MAX),
    };
    let amount = wanted.min(*rest);
    *rest -= amount;
    let label = match issued.coupon.reduction {
        Reduction::Percent(basis_points) => {
            format!("Code {} −{}", issued.coupon.code, words::percent(i64::from(basis_points)))
        }
        Reduction::Amount(_) | Reduction::FreeDelivery => format!("Code {}", issued.coupon.code),
    };
    let (class, claims) = (COUPON.to_owned(), vec![issued.claim()]);
    let changes = vec![Change { target, amount: -amount, units: 1 }];
    Ok((amount > 0).then_some(Adjustment { class, label, changes, claims }))
}

fn describe(issued: &Issued, shop: &Shop) -> String {
    match issued.coupon.reduction {
        Reduction::Percent(basis_points) => format!("{} off", words::percent(i64::from(basis_points))),
        Reduction::Amount(amount) => format!("{} off", words::money(amount, &shop.currency, &shop.locale)),
        Reduction::FreeDelivery => "Free delivery".to_owned(),
    }
}

impl CodeState {
    /// Whether it takes something off, or may do so.
    pub(crate) fn counts(self) -> bool {
        matches!(self, Self::InForce | Self::Elsewhere)
    }

    /// What a shopper is told.
    fn words(self, shop: &Shop, issued: Option<&Issued>) -> String {
        let coupon = issued.map(|issued| &issued.coupon);
        let time = |at: Option<Instant>| {
            let at = at.and_then(|at| Timestamp::from_millisecond(at).ok());
            at.map(|at| at.to_zoned(shop.zone()).strftime("%-d %B %Y, %H:%M").to_string()).unwrap_or_default()
        };
        match self {
            Self::InForce => String::new(),
            Self::Waiting => "There is nothing yet that this code can be taken off.".into(),
            Self::BelowMinimum => {
                let minimum = coupon.map_or(0, |coupon| coupon.minimum);
                let minimum = words::money(minimum, &shop.currency, &shop.locale);
                format!("This code counts from {minimum} on. Put something more into the cart.")
            }
            Self::NotYet => {
                format!("This code counts from {} on.", time(coupon.map(|coupon| coupon.valid_from)))
            }
            Self::Expired => {
                format!("This code was good until {}. Take it out.", time(coupon.map(|coupon| coupon.valid_until)))
            }
            Self::UsedUp => "This code has been used up. Take it out.".into(),
            Self::OtherCustomer => {
                "This code is for the account it was sent to. Sign in with that e-mail address.".into()
            }
            Self::NotCombined => {
                "This code does not combine with another reduction in the cart, and without it you pay less.".into()
            }
            Self::Elsewhere => "This code is looked at by a feature of the shop.".into(),
            Self::Unknown => "We do not know this code. Check what you typed.".into(),
        }
    }
}

#[cfg(test)]
#[path = "coupons_tests.rs"]
mod tests;
