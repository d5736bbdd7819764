//! What the lines of a cart on a page cost, from what a page tells: prices after the pricing chain for somebody unknown,
//! and the total that this shopper is going to pay.

use alloc::vec::Vec;

use boomerang_sdk::types::{Cart, Page};
use boomerang_sdk::{CartItem, money};

use crate::pricing::{payable, requested};
use crate::promise::Goods;
use crate::redeem::{Redeemed, redeem};
use crate::settings::Redemption;

/// A cart as its shopper is going to pay it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Priced {
    /// What each line costs before points pay for any of it.
    pub before_points: Vec<i64>,
    /// What points pay now.
    pub redeemed: Redeemed,
}

impl Priced {
    /// The prices of a page's cart, for a shopper with this balance.
    pub fn of(page: &Page, cart: &Cart, terms: &Redemption, balance: i64) -> Self {
        let shown: Vec<i64> =
            cart.items().map(|item| unit_price(page, item).saturating_mul(i64::from(item.line.quantity))).collect();
        let requested = requested(cart);
        let priced = |total| {
            let before_points = spread(&shown, total);
            let redeemed = redeem(terms, requested, balance, &payable(cart, &before_points));
            Self { before_points, redeemed }
        };
        let left = |priced: &Self| sum(&priced.before_points).saturating_sub(priced.redeemed.money);

        // The page's total is what is left after points, and what points pay depends on the total before them: the
        // larger that is, the more is left. So without other reductions it is the sum shown, and else it is looked for
        // between the two.
        let all = priced(sum(&shown));
        if left(&all) == page.cart_total {
            return all;
        }
        let (mut low, mut high) = (page.cart_total, sum(&shown).max(page.cart_total));
        while low < high {
            let middle = high - (high - low) / 2;
            if left(&priced(middle)) <= page.cart_total { low = middle } else { high = middle - 1 }
        }
        priced(low)
    }

    /// The goods with the money that is going to be paid for each. They sum to the page's total in any case.
    pub fn goods<'a>(&self, page: &Page, cart: &'a Cart) -> Vec<Goods<'a>> {
        let mut paid: Vec<i64> =
            self.before_points.iter().zip(&self.redeemed.shares).map(|(net, share)| net - share).collect();
        if sum(&paid) != page.cart_total {
            paid = money::allocate(page.cart_total, &paid);
        }
        let goods =
            |(item, basis): (CartItem<'a>, i64)| Goods { product: item.product, quantity: item.line.quantity, basis };
        cart.items().zip(paid).map(goods).collect()
    }
}

/// What one unit of a line costs, as the page shows it.
fn unit_price(page: &Page, item: CartItem<'_>) -> i64 {
    page.products
        .iter()
        .find(|shown| shown.variant == item.variant)
        .map_or(item.line.unit_price, |shown| shown.current_price)
}

/// Spreads what the total differs from the prices shown over the lines, as the host spreads an adjustment of the order.
fn spread(shown: &[i64], total: i64) -> Vec<i64> {
    let more = money::allocate(total.saturating_sub(sum(shown)), shown);
    shown.iter().zip(more).map(|(shown, more)| shown.saturating_add(more)).collect()
}

fn sum(amounts: &[i64]) -> i64 {
    amounts.iter().fold(0, |sum: i64, amount| sum.saturating_add(*amount))
}
