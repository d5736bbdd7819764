//! Memory of a call while it lives: what a process grows by while many calls wait for the same answer.
//!
//! A process of its own, which has made one call before, starts many that stay inside a capability until all of them are
//! there. So stacks, memories, stores and futures are counted, and compiled code is not.

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use async_trait::async_trait;
use boomerang_engine::capability::Quotas;
use boomerang_engine::contract::Fault;
use boomerang_engine::{Engine, EngineConfig, Installations, Limits, PoolConfig, Read, Scope};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;

use crate::memory::resident;
use crate::setup::{self, Components};
use crate::{cart, shop};

/// Calls that live at the same time: so many that what the process has used and freed before does not hide what they take.
const CALLS: u32 = 4_096;
/// Lines of each cart.
const LINES: usize = 10;
/// How long a call may live here: until all of them do, on a machine that may be busy.
const LONG: Duration = Duration::from_secs(60);

/// What calls take while they live.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Live {
    /// Calls at the same time.
    pub(crate) calls: u32,
    /// Resident bytes for each of them.
    pub(crate) bytes: u64,
}

/// Measures in a process of its own.
pub(crate) fn run(components: &Components) -> Result<Live> {
    let mut command = Command::new(std::env::current_exe()?);
    // A huge page counts whole however little of it is used, and may be there already.
    command.env("MIMALLOC_ALLOW_THP", "0");
    let output = command.arg("--components").arg(components.folder()).arg("live").stderr(Stdio::inherit()).output()?;
    ensure!(output.status.success(), "the process that holds many calls failed: {}", output.status);
    serde_json::from_slice(&output.stdout).context("the process that holds many calls printed something else")
}

/// Measures and prints, in this process.
pub(crate) fn in_this_process(components: &Components) -> Result<()> {
    let gate = Arc::new(Gate { inside: AtomicUsize::new(0), open: Semaphore::new(1) });
    let limits = Limits {
        decision_time: LONG,
        queue_time: LONG,
        concurrency: CALLS as usize,
        queue: CALLS as usize,
        ..Limits::default()
    };
    let pool = PoolConfig { calls: CALLS, ..PoolConfig::default() };
    let config = EngineConfig { limits, pool, ..EngineConfig::default() };
    let engine = Engine::new(config, shop::capabilities_with(Arc::new(Waiting(Arc::clone(&gate)))))?;
    let wasm = components.read("flash-sale")?;
    setup::runtime()?.block_on(async {
        let installed = setup::install(&engine, &wasm, &cart::flash_sale()).await?;
        let installed = Installations::new([Arc::new(installed)])?;
        // What is there once.
        price(&engine, &installed).await?;
        gate.open.forget_permits(1);
        let (before, earlier) = (resident()?, gate.inside.load(Ordering::Relaxed));
        let calls: Vec<_> = (0..CALLS)
            .map(|_| {
                let (engine, installed) = (engine.clone(), installed.clone());
                tokio::spawn(async move { price(&engine, &installed).await })
            })
            .collect();
        while gate.inside.load(Ordering::Relaxed) < earlier + CALLS as usize {
            ensure!(!calls.iter().any(tokio::task::JoinHandle::is_finished), "a call ended before it was to");
            tokio::task::yield_now().await;
        }
        let bytes = resident()?.saturating_sub(before) / u64::from(CALLS);
        gate.open.add_permits(1);
        for call in calls {
            call.await.context("a call panicked")??;
        }
        println!("{}", serde_json::to_string(&Live { calls: CALLS, bytes })?);
        Ok(())
    })
}

async fn price(engine: &Engine, installed: &Installations) -> Result<()> {
    let report = engine.price_cart(installed, &setup::call(), &cart::cart(LINES)).await?;
    ensure!(report.is_clean(), "skipped: {:?}", report.skipped);
    Ok(())
}

/// Keeps calls until it is opened.
struct Gate {
    /// Calls that have come.
    inside: AtomicUsize,
    /// Lets them go on, one after the other, while there is a permit.
    open: Semaphore,
}

/// Counters from which nothing has been taken, which is said when the gate is open.
struct Waiting(Arc<Gate>);

impl Waiting {
    async fn none(&self, names: &[String]) -> Result<Read<Vec<u32>>, Fault> {
        self.0.inside.fetch_add(1, Ordering::Relaxed);
        let closed = |_| Fault::new("unavailable", "the gate is gone");
        let _permit = self.0.open.acquire().await.map_err(closed)?;
        Ok(vec![0; names.len()].into())
    }
}

#[async_trait]
impl Quotas for Waiting {
    async fn taken(&self, _: &Scope, names: &[String]) -> Result<Read<Vec<u32>>, Fault> {
        self.none(names).await
    }

    async fn taken_by(&self, _: &Scope, _: &str, names: &[String]) -> Result<Read<Vec<u32>>, Fault> {
        self.none(names).await
    }
}
