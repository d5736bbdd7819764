//! Which "was" prices a page may show (F6). What an extension claims is held against the host's own price history, the goods
//! and the shop's policy; a claim that does not hold is left out whole, and the merchant is told why.

use std::collections::HashMap;
use std::sync::Arc;

use boomerang_engine::contract::{Content, PriceDisplay};
use boomerang_engine::{Id, PlacedBlock, Point, Refused};

use super::shown::UnitPrices;
use crate::catalogue::prior_price::{Claimed, Goods, UnlawfulWas};
use crate::catalogue::{Product, Variant};
use crate::clock::Instant;
use crate::extensions::ask::Asking;
use crate::platform::Platform;
use crate::shops::Shop;
use crate::store::StoreError;

/// A price display with what is known of its variant.
struct Claim {
    /// Its place among the blocks.
    index: usize,
    extension: Id,
    display: PriceDisplay,
    claimed: Claimed,
    title: String,
    goods: Goods,
}

impl Platform {
    /// Takes the price displays out of the blocks, by variant, without those whose `was` must not be shown. Displays of
    /// variants that the page does not have are not shown anyway.
    pub(super) async fn lawful(
        &self,
        shop: &Shop,
        variants: &[(&Product, &Variant)],
        units: &UnitPrices,
        asking: &Asking,
        placed: Vec<PlacedBlock>,
        now: Instant,
    ) -> Result<(HashMap<String, PriceDisplay>, Vec<PlacedBlock>), StoreError> {
        let known: HashMap<&str, usize> =
            variants.iter().enumerate().map(|(index, (_, variant))| (variant.id.as_str(), index)).collect();
        let (mut displays, mut claims, mut blocks) = (HashMap::new(), Vec::new(), Vec::new());
        for (index, placed) in placed.into_iter().enumerate() {
            let Content::Price(display) = placed.block.content else {
                blocks.push(placed);
                continue;
            };
            let Some(&at) = known.get(display.variant.as_str()) else { continue };
            let Some(was) = display.was else {
                displays.insert(display.variant.clone(), display);
                continue;
            };
            let (product, public) = (variants[at].0, units.public[at]);
            // Somebody whose own price is not reduced, say because they have had their share of a sale, is shown no `was`
            // in any case. That is no fault of the claim, which is held against what everybody pays then.
            let shown = units.own[at].min(public);
            claims.push(Claim {
                index,
                extension: placed.extension,
                claimed: Claimed { was, public, shown, reduced_since: display.reduced_since },
                display,
                title: product.details.title.clone(),
                goods: Goods { offered_since: product.offered_since, perishable: product.details.perishable },
            });
        }
        if claims.is_empty() {
            return Ok((displays, blocks));
        }
        let claimed = claims.iter().map(|claim| claim.display.variant.clone()).collect();
        let histories = self.histories(shop, asking.data_version(), claimed).await?;
        let (zone, policy, none) = (shop.zone(), shop.policies.prior_price, Arc::default());
        let checked = claims.into_iter().map(|claim| {
            let history = histories.get(&claim.display.variant).unwrap_or(&none);
            let answer = history.check(claim.claimed, now, claim.goods, &policy, &zone);
            (claim, answer)
        });
        let mut refused = Vec::new();
        for (claim, answer) in checked {
            match answer {
                Ok(()) => {
                    displays.insert(claim.display.variant.clone(), claim.display);
                }
                Err(reason) => refused.push(claim.refused(reason)),
            }
        }
        self.extensions.stats().record_refused(&shop.id, now, &refused);
        Ok((displays, blocks))
    }
}

impl Claim {
    fn refused(self, reason: UnlawfulWas) -> Refused {
        let Self { title, extension, index, .. } = self;
        let reason = format!("the price before the reduction of {title:?} is not shown: {reason}");
        Refused { extension, point: Point::StorefrontBlocks, index, reason }
    }
}
