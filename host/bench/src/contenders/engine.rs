//! The engine's public API, as a platform calls it: every limit on, a fresh instance for every extension.

use anyhow::{Result, ensure};
use boomerang_engine::contract::{Adjustment, Cart};
use boomerang_engine::{Call, Installations, Pricing, Report};
use tokio::runtime::Runtime;

use super::{Contender, Pricer, Times};
use crate::cart;
use crate::setup::{self, Setup};

/// Something to ask an engine.
pub(crate) struct Asked {
    setup: Setup,
    installations: Installations,
    call: Call,
    cart: Cart,
}

impl Asked {
    pub(crate) fn new(setup: &Setup, installations: &Installations, lines: usize) -> Self {
        Self {
            setup: setup.clone(),
            installations: installations.clone(),
            call: setup::call(),
            cart: cart::cart(lines),
        }
    }

    pub(crate) async fn price(&self) -> Result<Report<Pricing>> {
        Ok(self.setup.engine.price_cart(&self.installations, &self.call, &self.cart).await?)
    }
}

/// A chain of features.
pub(super) struct Chain {
    name: &'static str,
    asked: Asked,
    runtime: Runtime,
}

impl Chain {
    pub(super) fn new(name: &'static str, setup: &Setup, chain: &Installations, lines: usize) -> Result<Self> {
        Ok(Self { name, asked: Asked::new(setup, chain, lines), runtime: setup::runtime()? })
    }
}

impl Contender for Chain {
    fn name(&self) -> &str {
        self.name
    }

    fn round(&mut self, times: &mut Times) -> Result<()> {
        times.make(&self.runtime, async || self.asked.price().await)
    }
}

impl Pricer for Chain {
    fn decide(&mut self) -> Result<Vec<Adjustment>> {
        let report = self.runtime.block_on(self.asked.price())?;
        ensure!(report.is_clean(), "skipped or refused: {:?} {:?}", report.skipped, report.refused);
        let placed = report.value.placed.into_iter();
        let mut adjustments: Vec<_> = placed.map(|placed| placed.adjustment).collect();
        let points = adjustments.extract_if(.., |made| made.class == "points").count();
        // Each feature that prices carts has had its say.
        ensure!(points == usize::from(self.asked.installations.len() > 1), "{points} payments with points");
        Ok(adjustments)
    }
}
