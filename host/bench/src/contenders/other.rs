//! The other decisions of a page: what a checkout asks, and what a product shows.

use std::hint::black_box;

use anyhow::{Result, ensure};

use super::{BARE, ENGINE, Entry, Way, bare};
use crate::cart;
use crate::setup::{self, Components, Setup};

/// Both decisions, by the engine and by bare wasmtime.
pub(crate) fn entries(setup: &Setup, components: &Components) -> Result<Vec<Entry>> {
    let runtime = || setup::runtime();
    let (engine, installed, call) = (setup.engine.clone(), setup.only("checkout-autofill")?, setup::call());
    let (form, on) = (cart::form(), runtime()?);
    let plan = move || {
        let report = on.block_on(engine.plan_checkout(&installed, &call, &form));
        ensure!(report.value.is_some() && report.is_clean(), "no plan: {:?}", report.skipped);
        black_box(report);
        Ok(())
    };
    let (engine, installed, call) = (setup.engine.clone(), setup.only("flash-sale")?, setup::call());
    let (page, on) = (cart::page(), runtime()?);
    let blocks = move || {
        let report = on.block_on(engine.render_blocks(&installed, &call, &page));
        ensure!(!report.value.is_empty() && report.skipped.is_empty(), "no blocks: {:?}", report.skipped);
        black_box(report);
        Ok(())
    };
    let prepared = |id: &str| setup.only(id).map(|one| one.iter().next().map(|it| it.settings().bytes().to_vec()));
    let of = |id: &str| prepared(id).map(Option::unwrap_or_default);
    let bare_plan = bare::plan_checkout(components, &of("checkout-autofill")?)?;
    let bare_blocks = bare::render_blocks(components, &of("flash-sale")?)?;
    Ok(vec![
        Entry::new("plan a checkout", Way::new(BARE, bare_plan)),
        Entry::new("plan a checkout", Way::new(ENGINE, plan)),
        Entry::new("blocks of a product", Way::new(BARE, bare_blocks)),
        Entry::new("blocks of a product", Way::new(ENGINE, blocks)),
    ])
}
