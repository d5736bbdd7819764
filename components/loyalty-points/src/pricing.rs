//! Paying with points in the cart.

use alloc::{string::String, vec, vec::Vec};

use boomerang_sdk::joined;
use boomerang_sdk::types::{Adjustment, Applied, Cart, Claim, Fault, Target};
use boomerang_sdk::{attribute, money};

use crate::desk::Reads;
use crate::member::Member;
use crate::redeem::{self, Payable, Redeemed};
use crate::settings::Settings;
use crate::share;

/// The attribute of a cart that says how many points the shopper wants to spend.
pub const REDEEM: &str = "loyalty-points.redeem";

/// The points that the shopper asks to spend. What is no number asks for none.
pub fn requested(cart: &Cart) -> u64 {
    attribute(&cart.attributes, REDEEM).and_then(|value| value.trim_ascii().parse().ok()).unwrap_or(0)
}

/// The adjustments that pay for a cart with points.
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
    Ok(adjustments(settings, &redeemed))
}

/// Lines with what they would cost.
pub fn payable<'a>(cart: &'a Cart, nets: &[i64]) -> Vec<Payable<'a>> {
    cart.lines.iter().zip(nets).map(|(line, net)| Payable { product: &line.product, net: *net }).collect()
}

/// What each line costs after the adjustments made so far, those of the whole order shared as the host shares them.
fn nets(cart: &Cart, applied: &[Applied]) -> Vec<i64> {
    let mut nets: Vec<i64> =
        cart.lines.iter().map(|line| line.unit_price.saturating_mul(i64::from(line.quantity))).collect();
    for adjustment in applied {
        match adjustment.target {
            Target::Line(line) => {
                if let Some(net) = nets.get_mut(line as usize) {
                    *net = net.saturating_add(adjustment.amount);
                }
            }
            Target::Order => {
                let shares = money::allocate(adjustment.amount, &nets);
                nets.iter_mut().zip(shares).for_each(|(net, share)| *net = net.saturating_add(share));
            }
            Target::Delivery => {}
        }
    }
    nets
}

/// One adjustment of the order, or of each line where some lines cannot be paid for with points.
fn adjustments(settings: &Settings, redeemed: &Redeemed) -> Vec<Adjustment> {
    if redeemed.points == 0 {
        return Vec::new();
    }
    let label: String = joined!("Paid with ", settings.name.count(redeemed.points));
    let adjustment = |target, money: i64, points| Adjustment {
        target,
        amount: -money,
        class: "points".into(),
        label: label.clone(),
        claims: if points > 0 { vec![Claim::Points(points)] } else { Vec::new() },
    };
    if redeemed.whole_order {
        return vec![adjustment(Target::Order, redeemed.money, redeemed.points)];
    }
    let weights: Vec<u128> = redeemed.shares.iter().map(|share| *share as u128).collect();
    let points = share::by_weight(redeemed.points, &weights);
    redeemed
        .shares
        .iter()
        .zip(points)
        .enumerate()
        .filter(|(_, (money, _))| **money > 0)
        .map(|(line, (money, points))| adjustment(Target::Line(line as u32), *money, points))
        .collect()
}
