//! Paying with points in the cart.

use alloc::{string::String, vec, vec::Vec};

use boomerang_sdk::joined;
use boomerang_sdk::types::{Adjustment, Applied, Cart, Change, Claim, Fault, Target};
use boomerang_sdk::{attribute, money};

use crate::desk::Reads;
use crate::member::Member;
use crate::redeem::{self, Payable, Redeemed};
use crate::settings::Settings;

/// The attribute of a cart that says how many points the shopper wants to spend.
pub const REDEEM: &str = "loyalty-points.redeem";

/// The points that the shopper asks to spend. What is no number asks for none.
pub fn requested(cart: &Cart) -> u64 {
    attribute(&cart.attributes, REDEEM).and_then(|value| value.trim_ascii().parse().ok()).unwrap_or(0)
}

/// The adjustment that pays for a cart with points; none where nothing is paid.
pub fn price(
    desk: &impl Reads,
    settings: &Settings,
    cart: &Cart,
    applied: &[Applied],
) -> Result<Vec<Adjustment>, Fault> {
    let requested = requested(cart);
    let Some(customer) = cart.customer.as_deref().filter(|_| requested > 0 && settings.redemption.enabled) else {
        return Ok(Vec::new());
    };
    if Member::customer(desk, customer)?.is_none() {
        return Ok(Vec::new());
    }
    let balance = desk.balance(customer)?.available;
    let nets = nets(cart, applied);
    let redeemed = redeem::redeem(&settings.redemption, requested, balance, &payable(cart, &nets));
    Ok(adjustment(settings, &redeemed).into_iter().collect())
}

/// Lines with what they would cost.
pub fn payable<'a>(cart: &'a Cart, nets: &[i64]) -> Vec<Payable<'a>> {
    cart.items().zip(nets).map(|(item, net)| Payable { product: item.product, net: *net }).collect()
}

/// What each line costs after the adjustments made so far, those of the whole order shared as the host shares them.
fn nets(cart: &Cart, applied: &[Applied]) -> Vec<i64> {
    let mut nets: Vec<i64> =
        cart.lines.iter().map(|line| line.unit_price.saturating_mul(i64::from(line.quantity))).collect();
    for change in applied.iter().flat_map(|applied| &applied.changes) {
        match change.target {
            Target::Line(line) => {
                if let Some(net) = nets.get_mut(line as usize) {
                    *net = net.saturating_add(change.amount);
                }
            }
            Target::Order => {
                let shares = money::allocate(change.amount, &nets);
                nets.iter_mut().zip(shares).for_each(|(net, share)| *net = net.saturating_add(share));
            }
            Target::Delivery => {}
        }
    }
    nets
}

/// A change of the order, or of each line where some lines cannot be paid for with points.
fn adjustment(settings: &Settings, redeemed: &Redeemed) -> Option<Adjustment> {
    if redeemed.points == 0 {
        return None;
    }
    let change = |target, money: i64| Change { target, amount: -money, units: 0 };
    let changes = if redeemed.whole_order {
        vec![change(Target::Order, redeemed.money)]
    } else {
        let paid = (0..).zip(&redeemed.shares).filter(|(_, money)| **money > 0);
        paid.map(|(line, money)| change(Target::Line(line), *money)).collect()
    };
    let label: String = joined!("Paid with ", settings.name.count(redeemed.points));
    Some(Adjustment { class: "points".into(), label, changes, claims: vec![Claim::Points(redeemed.points)] })
}
