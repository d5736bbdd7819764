//! A decision of one shop while an extension of another does its worst, on the threads that they share.

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result, anyhow, ensure};
use boomerang_engine::{Call, Installation, InstallationOptions, Installations, Point, PreparedSettings};
use serde_json::json;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

use crate::cart;
use crate::contenders::{Asked, Contender, Entry, Times};
use crate::setup::{self, Setup};

/// The decision with nobody else about.
pub(crate) const QUIET: &str = "alone";
/// Lines of the cart.
const LINES: usize = 10;
/// Threads that honest and hostile calls share.
const THREADS: usize = 2;
/// Requests of the hostile extension's shop at any time.
const HOSTILE: usize = 8;

/// An extension that never answers.
const ENDLESS: &str = r#"(module
    (memory (export "memory") 2)
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 65536))
    (func (export "boomerang:shop/cart-pricing@0.1.0#price-cart") (param i32) (result i32) (loop (br 0)) unreachable)
)"#;

/// The decision alone, and beside an extension that never answers.
pub(crate) fn entries(setup: &Setup) -> Result<Vec<Entry>> {
    let runtime = Arc::new(
        Builder::new_multi_thread()
            .worker_threads(THREADS)
            .enable_all()
            .build()
            .context("could not start a runtime")?,
    );
    let honest = Arc::new(Asked::new(setup, &setup.one, LINES));
    let hostile = hostile(setup)?;
    let beside = |hostile: Option<Installations>, name| Beside {
        name,
        setup: setup.clone(),
        honest: Arc::clone(&honest),
        hostile,
        runtime: Arc::clone(&runtime),
    };
    let task = "price 10 lines on shared threads";
    Ok(vec![
        Entry::new(task, beside(None, QUIET)),
        Entry::new(task, beside(Some(hostile), "beside an endless loop in another shop")),
    ])
}

/// The hostile extension, installed.
fn hostile(setup: &Setup) -> Result<Installations> {
    let mut resolve = Resolve::default();
    resolve.push_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit"))?;
    let world = "package bench:hostile;\nworld hostile { export boomerang:shop/cart-pricing@0.1.0; }";
    let package = resolve.push_str("hostile.wit", world)?;
    let world = resolve.select_world(&[package], None)?;
    let mut core = wat::parse_str(ENDLESS)?;
    embed_component_metadata(&mut core, &resolve, world, StringEncoding::UTF8)?;
    let mut wasm = ComponentEncoder::default().module(&core)?.encode()?;
    let manifest = json!({ "id": "endless", "name": "Endless", "version": "1.0.0", "summary": "Never answers." });
    setup::append_section(&mut wasm, "boomerang:manifest", manifest.to_string().as_bytes());
    let options = InstallationOptions::new(PreparedSettings::from_bytes(*b""), []);
    Ok(Installations::new([Arc::new(Installation::new(setup.engine.load(&wasm)?, options)?)])?)
}

/// Honest decisions, with or without somebody hostile beside them.
struct Beside {
    name: &'static str,
    setup: Setup,
    honest: Arc<Asked>,
    hostile: Option<Installations>,
    runtime: Arc<Runtime>,
}

impl Beside {
    /// Keeps shops with the hostile extension asking until `stop` says so. Its breaker is closed again each time: this is
    /// about the time before it opens.
    fn disturb(&self, stop: &Arc<AtomicBool>) -> Vec<JoinHandle<Result<()>>> {
        let ask = |hostile: &Installations| {
            let (setup, hostile, stop) = (self.setup.clone(), hostile.clone(), Arc::clone(stop));
            self.runtime.spawn(async move {
                let (call, cart) = (Call::new("hostile", cart::context()), cart::cart(LINES));
                while !stop.load(Ordering::Relaxed) {
                    let report = setup.engine.price_cart(&hostile, &call, &cart).await?;
                    ensure!(!report.skipped.is_empty(), "an endless loop came to an end");
                    for installation in hostile.iter() {
                        installation.breaker().reset(Point::CartPricing);
                    }
                }
                Ok(())
            })
        };
        self.hostile.iter().flat_map(|hostile| std::iter::repeat_n(hostile, HOSTILE)).map(ask).collect()
    }
}

impl Contender for Beside {
    fn name(&self) -> &str {
        self.name
    }

    fn round(&mut self, times: &mut Times) -> Result<()> {
        let stop = Arc::new(AtomicBool::new(false));
        let disturbing = self.disturb(&stop);
        let (honest, mut own) = (Arc::clone(&self.honest), Times::of(times.calls));
        let measured = self.runtime.block_on(self.runtime.spawn(async move {
            for _ in 0..own.calls {
                let started = std::time::Instant::now();
                black_box(honest.price().await?);
                own.note(started);
                // As between two requests.
                tokio::task::yield_now().await;
            }
            anyhow::Ok(own.micros)
        }));
        stop.store(true, Ordering::Relaxed);
        for one in disturbing {
            self.runtime.block_on(one).map_err(|_| anyhow!("a hostile caller panicked"))??;
        }
        times.micros.extend(measured.map_err(|_| anyhow!("an honest caller panicked"))??);
        Ok(())
    }
}
