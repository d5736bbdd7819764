//! A slow seller and a best seller at one price.

use alloc::vec::Vec;

use boomerang_sdk::CartItem;
use boomerang_sdk::money::allocate;
use boomerang_sdk::types::{Adjustment, Applied, Cart, Change, Fault, Instant, Target};

use crate::choice::Reductions;
use crate::plan::{Bundle, Plan};
use crate::pricing::times;

/// The bundles in a cart. The reduction is shared over both lines by what they cost, to the cent, so that giving back one
/// of them gives back what was paid for it. Lines that are on sale already are left alone.
pub fn price_bundles(
    plan: &Plan,
    now: Instant,
    cart: &Cart,
    applied: &[Applied],
    sales: &[Adjustment],
) -> Result<Vec<Adjustment>, Fault> {
    let mut adjustments: Vec<Adjustment> = Vec::new();
    for bundle in plan.bundles.iter().filter(|bundle| bundle.window.contains(now)) {
        let free = |variant: &str| {
            cart.items().find(|item| {
                item.variant == variant
                    && !Reductions::of_line(item.index, applied).any()
                    && !sales
                        .iter()
                        .chain(&adjustments)
                        .flat_map(|made| &made.changes)
                        .any(|change| change.target == Target::Line(item.index))
            })
        };
        let (Some(slow), Some(best)) = (free(&bundle.slow), free(&bundle.best)) else { continue };
        adjustments.extend(reduction(bundle, slow, best)?);
    }
    Ok(adjustments)
}

fn reduction(bundle: &Bundle, slow: CartItem<'_>, best: CartItem<'_>) -> Result<Option<Adjustment>, Fault> {
    let pairs = slow.line.quantity.min(best.line.quantity);
    let goods = [times(slow.line.unit_price, pairs)?, times(best.line.unit_price, pairs)?];
    let saved = goods[0].saturating_add(goods[1]) - times(bundle.price, pairs)?;
    if saved <= 0 {
        return Ok(None);
    }
    let parts = allocate(-saved, &goods);
    let lines = [slow.index, best.index];
    let changes = lines.into_iter().zip(parts).filter(|&(_, amount)| amount < 0);
    let changes = changes.map(|(line, amount)| Change { target: Target::Line(line), amount, units: 0 }).collect();
    Ok(Some(Adjustment { class: "bundle".into(), label: bundle.title.clone(), changes, claims: Vec::new() }))
}
