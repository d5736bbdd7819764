//! A slow seller and a best seller at one price.

use alloc::vec::Vec;

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
            (0..).zip(&cart.lines).find(|(index, line)| {
                line.variant == variant
                    && !Reductions::of_line(*index, applied).any()
                    && !sales
                        .iter()
                        .chain(&adjustments)
                        .flat_map(|made| &made.changes)
                        .any(|change| change.target == Target::Line(*index))
            })
        };
        let (Some(slow), Some(best)) = (free(&bundle.slow), free(&bundle.best)) else { continue };
        adjustments.extend(reduction(bundle, slow, best)?);
    }
    Ok(adjustments)
}

type Line<'a> = (u32, &'a boomerang_sdk::types::CartLine);

fn reduction(bundle: &Bundle, slow: Line<'_>, best: Line<'_>) -> Result<Option<Adjustment>, Fault> {
    let pairs = slow.1.quantity.min(best.1.quantity);
    let goods = [times(slow.1.unit_price, pairs)?, times(best.1.unit_price, pairs)?];
    let saved = goods[0].saturating_add(goods[1]) - times(bundle.price, pairs)?;
    if saved <= 0 {
        return Ok(None);
    }
    let parts = allocate(-saved, &goods);
    let lines = [slow.0, best.0];
    let changes = lines.into_iter().zip(parts).filter(|&(_, amount)| amount < 0);
    let changes = changes.map(|(line, amount)| Change { target: Target::Line(line), amount, units: 0 }).collect();
    Ok(Some(Adjustment { class: "bundle".into(), label: bundle.title.clone(), changes, claims: Vec::new() }))
}
