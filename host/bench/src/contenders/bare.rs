//! The same component on bare wasmtime, in the best configuration that was found: a pool that keeps a guest's memory
//! resident and copies it rather than mapping it, and none of the engine's limits (no fuel, no epochs, no limiter, no
//! asynchronous calls).

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, anyhow};
use boomerang_engine::contract::Adjustment;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasmtime::component::{Component, HasSelf, InstancePre, Linker};
use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Store};

use super::{BARE, Contender, Times};
use crate::cart;
use crate::setup::Components;

/// The part of the contract that the decision needs. Its `unsafe` is in what `bindgen!` generates.
#[allow(unsafe_code, missing_docs, unreachable_pub)]
mod contract {
    wasmtime::component::bindgen!({
        path: "../../wit",
        inline: "
            package bench:bare;
            world decision {
                import boomerang:shop/settings@0.1.0;
                import boomerang:shop/quotas@0.1.0;
                export boomerang:shop/cart-pricing@0.1.0;
            }
        ",
        imports: { default: trappable },
        additional_derives: [Clone, serde::Serialize, serde::Deserialize],
    });
}

use contract::boomerang::shop::types::{Cart, Context as Circumstances, Fault};
use contract::boomerang::shop::{quotas, settings};
use contract::exports::boomerang::shop::cart_pricing::{Guest, GuestIndices};

/// Calls after which a reused instance is renewed: its allocator only ever hands out.
const REUSED: usize = 64;

/// What the host keeps for a call: the settings.
#[derive(Clone)]
struct State {
    settings: Arc<[u8]>,
}

impl settings::Host for State {
    fn get(&mut self) -> wasmtime::Result<Vec<u8>> {
        Ok(self.settings.to_vec())
    }
}

impl quotas::Host for State {
    fn taken(&mut self, names: Vec<String>) -> wasmtime::Result<Result<Vec<u32>, Fault>> {
        Ok(Ok(vec![0; names.len()]))
    }

    fn taken_by(&mut self, _: String, names: Vec<String>) -> wasmtime::Result<Result<Vec<u32>, Fault>> {
        Ok(Ok(vec![0; names.len()]))
    }
}

/// The component, linked. Clones share it.
#[derive(Clone)]
pub(crate) struct Bare {
    pre: InstancePre<State>,
    indices: Arc<GuestIndices>,
    state: State,
}

impl Bare {
    pub(crate) fn new(components: &Components, prepared: &[u8]) -> Result<Self> {
        Self::link(&components.read("flash-sale")?, prepared).map_err(|error| anyhow!("bare wasmtime: {error:#}"))
    }

    fn link(wasm: &[u8], prepared: &[u8]) -> wasmtime::Result<Self> {
        let engine = Engine::new(&configuration())?;
        let component = Component::new(&engine, wasm)?;
        let mut linker = Linker::new(&engine);
        settings::add_to_linker::<_, HasSelf<State>>(&mut linker, |state| state)?;
        quotas::add_to_linker::<_, HasSelf<State>>(&mut linker, |state| state)?;
        // What this decision does not ask for.
        linker.define_unknown_imports_as_traps(&component)?;
        let pre = linker.instantiate_pre(&component)?;
        let indices = Arc::new(GuestIndices::new(&pre)?);
        Ok(Self { pre, indices, state: State { settings: prepared.into() } })
    }

    fn instance(&self) -> wasmtime::Result<(Store<State>, Guest)> {
        let mut store = Store::new(self.pre.engine(), self.state.clone());
        let instance = self.pre.instantiate(&mut store)?;
        let guest = self.indices.load(&mut store, &instance)?;
        Ok((store, guest))
    }

    /// Prices a cart in an instance of its own.
    pub(crate) fn price(&self, asked: &Question) -> Result<Vec<Made>> {
        let (mut store, guest) = self.instance().map_err(|error| anyhow!("{error:#}"))?;
        answer(guest.call_price_cart(&mut store, &asked.context, &asked.cart, &[]))
    }
}

/// An adjustment as bare wasmtime gives it.
pub(crate) type Made = contract::exports::boomerang::shop::cart_pricing::Adjustment;

/// What the guest is asked, in the types of its own bindings.
pub(crate) struct Question {
    context: Circumstances,
    cart: Cart,
}

impl Question {
    pub(crate) fn new(lines: usize) -> Result<Self> {
        Ok(Self { context: same(&cart::context())?, cart: same(&cart::cart(lines))? })
    }
}

/// A value of one binding as that of another: they have the same names.
fn same<A: Serialize, B: DeserializeOwned>(value: &A) -> Result<B> {
    serde_json::from_value(serde_json::to_value(value)?).context("the bindings differ")
}

fn answer(answer: wasmtime::Result<Result<Vec<Made>, Fault>>) -> Result<Vec<Made>> {
    match answer {
        Ok(Ok(adjustments)) => Ok(adjustments),
        Ok(Err(fault)) => Err(anyhow!("{}: {}", fault.code, fault.message)),
        Err(error) => Err(anyhow!("{error:#}")),
    }
}

fn configuration() -> Config {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(8)
        .total_core_instances(64)
        .total_memories(8)
        .total_tables(32)
        .max_memory_size(64 << 20)
        .max_unused_warm_slots(8)
        .linear_memory_keep_resident(128 << 10)
        .table_keep_resident(16 << 10);
    let mut config = Config::new();
    config
        .memory_init_cow(false)
        .concurrency_support(false)
        .generate_address_map(false)
        .wasm_backtrace_max_frames(None)
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    config
}

/// A new store and instance for every call.
pub(super) struct Fresh {
    bare: Bare,
    asked: Question,
}

impl Fresh {
    pub(super) fn new(bare: Bare, lines: usize) -> Result<Self> {
        Ok(Self { bare, asked: Question::new(lines)? })
    }
}

impl Contender for Fresh {
    fn name(&self) -> &'static str {
        BARE
    }

    fn decide(&mut self) -> Result<Vec<Adjustment>> {
        same(&self.bare.price(&self.asked)?)
    }

    fn round(&mut self, times: &mut Times) -> Result<()> {
        for _ in 0..times.calls {
            let started = Instant::now();
            black_box(self.bare.price(&self.asked)?);
            times.note(started);
        }
        Ok(())
    }
}

/// One instance for many calls, which no host may do with a guest it does not trust.
pub(super) struct Reused {
    bare: Bare,
    asked: Question,
}

impl Reused {
    pub(super) fn new(bare: Bare, lines: usize) -> Result<Self> {
        Ok(Self { bare, asked: Question::new(lines)? })
    }

    fn calls(&self, calls: usize, mut each: impl FnMut(Instant, Vec<Made>)) -> Result<()> {
        let mut left = calls;
        while left > 0 {
            let (mut store, guest) = self.bare.instance().map_err(|error| anyhow!("{error:#}"))?;
            for _ in 0..left.min(REUSED) {
                let started = Instant::now();
                let made = answer(guest.call_price_cart(&mut store, &self.asked.context, &self.asked.cart, &[]))?;
                each(started, made);
            }
            left = left.saturating_sub(REUSED);
        }
        Ok(())
    }
}

impl Contender for Reused {
    fn name(&self) -> &'static str {
        "bare wasmtime, reused instance"
    }

    fn decide(&mut self) -> Result<Vec<Adjustment>> {
        let mut decided = Vec::new();
        self.calls(2, |_, made| decided = made)?;
        same(&decided)
    }

    fn round(&mut self, times: &mut Times) -> Result<()> {
        self.calls(times.calls, |started, made| {
            black_box(made);
            times.note(started);
        })
    }
}
