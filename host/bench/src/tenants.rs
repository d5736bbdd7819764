//! Many shops in one engine: what an installation takes, and whether a decision is slower among many.

use std::hint::black_box;
use std::sync::Arc;

use anyhow::{Result, ensure};
use boomerang_engine::contract::Cart;
use boomerang_engine::{Call, Installation, InstallationOptions, Installations, PreparedSettings};
use serde::Serialize;

use crate::cart;
use crate::contenders::{Contender, Entry, Times};
use crate::memory::resident;
use crate::setup::{self, Setup};

/// A decision in the only shop.
pub(crate) const ALONE: &str = "1 shop";
/// Shops with all four features.
pub(crate) const SHOPS: usize = 10_000;
/// Lines of the cart.
const LINES: usize = 10;

/// Installations of the features in so many shops, each with settings of its own.
fn shops(setup: &Setup, count: usize) -> Result<Vec<Installations>> {
    let install = |like: &Arc<Installation>| {
        let settings = PreparedSettings::from_bytes(like.settings().bytes());
        let grants = like.extension().capabilities().to_vec();
        Ok(Arc::new(Installation::new(Arc::clone(like.extension()), InstallationOptions::new(settings, grants))?))
    };
    let shop = || Ok(Installations::new(setup.four.iter().map(install).collect::<Result<Vec<_>>>()?)?);
    (0..count).map(|_| shop()).collect()
}

/// What one installation takes.
#[derive(Debug, Serialize)]
pub(crate) struct Installed {
    pub(crate) shops: usize,
    /// Resident bytes for each installation, its prepared settings included.
    pub(crate) bytes: u64,
}

/// Installs the features in many shops and measures what that takes.
pub(crate) fn memory(setup: &Setup) -> Result<Installed> {
    // What is there once.
    let first = shops(setup, 100)?;
    let before = resident()?;
    let many = shops(setup, SHOPS)?;
    let bytes = resident()?.saturating_sub(before) / (SHOPS * setup.four.len()) as u64;
    drop((first, many));
    Ok(Installed { shops: SHOPS, bytes })
}

/// A decision in the only shop, and one that goes round many shops.
pub(crate) fn entries(setup: &Setup) -> Result<Vec<Entry>> {
    let of = |name: &'static str, count| -> Result<Entry> {
        let shops = shops(setup, count)?;
        let round = Round { name, setup: setup.clone(), call: setup::call(), cart: cart::cart(LINES), shops, next: 0 };
        Ok(Entry::new("price 10 lines with four features", round))
    };
    Ok(vec![of(ALONE, 1)?, of("10,000 shops in turn", SHOPS)?])
}

/// Asks one shop after the other.
struct Round {
    name: &'static str,
    setup: Setup,
    call: Call,
    cart: Cart,
    shops: Vec<Installations>,
    next: usize,
}

impl Contender for Round {
    fn name(&self) -> &str {
        self.name
    }

    fn round(&mut self, times: &mut Times) -> Result<()> {
        ensure!(!self.shops.is_empty(), "no shop to ask");
        setup::runtime()?.block_on(async {
            for _ in 0..times.calls {
                let shop = &self.shops[self.next % self.shops.len()];
                // A step that visits all of them in no order that a cache could foresee.
                self.next = self.next.wrapping_add(7_919);
                let started = std::time::Instant::now();
                black_box(self.setup.engine.price_cart(shop, &self.call, &self.cart).await?);
                times.note(started);
            }
            Ok(())
        })
    }
}
