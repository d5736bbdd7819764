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
use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, ResourceLimiter, Store};

use super::native::cart_from;
use super::{BARE, Contender, Pricer, Times};
use crate::cart;
use crate::setup::Components;

/// The part of the contract that the decisions need. Its `unsafe` is in what `bindgen!` generates.
#[allow(unsafe_code, missing_docs, unreachable_pub)]
mod contract {
    wasmtime::component::bindgen!({
        path: "../../wit",
        inline: "
            package bench:bare;
            world decision {
                import boomerang:shop/settings@0.1.0;
                import boomerang:shop/quotas@0.1.0;
                import boomerang:shop/catalogue@0.1.0;
                import boomerang:shop/address-book@0.1.0;
                export boomerang:shop/cart-pricing@0.1.0;
                export boomerang:shop/checkout-autofill@0.1.0;
                export boomerang:shop/storefront-blocks@0.1.0;
            }
        ",
        imports: { default: trappable },
        additional_derives: [Clone, serde::Serialize, serde::Deserialize],
    });
}

pub(super) use contract::boomerang::shop::types::{Cart, Context as Circumstances, Fault};
use contract::boomerang::shop::types::{CartLine, CheckoutForm};
use contract::boomerang::shop::{address_book, catalogue, quotas, settings};
pub(super) use contract::exports::boomerang::shop::cart_pricing::Applied;
use contract::exports::boomerang::shop::cart_pricing::{Guest, GuestIndices};
use contract::exports::boomerang::shop::{checkout_autofill, storefront_blocks};

/// Calls after which a reused instance is renewed: its allocator only ever hands out.
const REUSED: usize = 64;

/// What the host keeps for a call: the settings.
#[derive(Clone)]
pub(super) struct State {
    settings: Arc<[u8]>,
}

impl State {
    pub(super) fn new(prepared: &[u8]) -> Self {
        Self { settings: prepared.into() }
    }
}

/// Grants everything, where it is asked at all.
impl ResourceLimiter for State {
    fn memory_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(true)
    }

    fn table_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(true)
    }
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

    fn taken_of_variants(&mut self, _: String, variants: String) -> wasmtime::Result<Result<Vec<u32>, Fault>> {
        Ok(Ok(vec![0; variants.split('\n').count()]))
    }

    fn taken_by(&mut self, _: String, names: Vec<String>) -> wasmtime::Result<Result<Vec<u32>, Fault>> {
        Ok(Ok(vec![0; names.len()]))
    }
}

impl catalogue::Host for State {
    fn products(&mut self, _: Vec<String>) -> wasmtime::Result<Result<Vec<catalogue::Product>, Fault>> {
        Ok(Ok(Vec::new()))
    }

    fn prior_price(&mut self, _: String, _: i64, _: u32) -> wasmtime::Result<Result<Option<i64>, Fault>> {
        Ok(Ok(None))
    }
}

impl address_book::Host for State {
    fn get(&mut self, _: String) -> wasmtime::Result<Result<Option<address_book::Book>, Fault>> {
        Ok(Ok(None))
    }
}

/// Compiles a component and links what it may ask.
pub(super) fn link(config: &Config, wasm: &[u8]) -> wasmtime::Result<InstancePre<State>> {
    let engine = Engine::new(config)?;
    let component = Component::new(&engine, wasm)?;
    let mut linker = Linker::new(&engine);
    settings::add_to_linker::<_, HasSelf<State>>(&mut linker, |state| state)?;
    quotas::add_to_linker::<_, HasSelf<State>>(&mut linker, |state| state)?;
    catalogue::add_to_linker::<_, HasSelf<State>>(&mut linker, |state| state)?;
    address_book::add_to_linker::<_, HasSelf<State>>(&mut linker, |state| state)?;
    // What these decisions do not ask for.
    linker.define_unknown_imports_as_traps(&component)?;
    linker.instantiate_pre(&component)
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
        let made = link(&configuration(), &components.read("flash-sale")?).and_then(|pre| {
            let indices = Arc::new(GuestIndices::new(&pre)?);
            Ok(Self { pre, indices, state: State::new(prepared) })
        });
        made.map_err(words)
    }

    fn instance(&self) -> wasmtime::Result<(Store<State>, Guest)> {
        let mut store = Store::new(self.pre.engine(), self.state.clone());
        let instance = self.pre.instantiate(&mut store)?;
        let guest = self.indices.load(&mut store, &instance)?;
        Ok((store, guest))
    }

    /// Prices a cart in an instance of its own.
    pub(crate) fn price(&self, asked: &Question) -> Result<Vec<Made>> {
        let (mut store, guest) = self.instance().map_err(words)?;
        answer(guest.call_price_cart(&mut store, &asked.context, &asked.cart, &[]))
    }
}

/// An adjustment as bare wasmtime gives it.
pub(crate) type Made = contract::exports::boomerang::shop::cart_pricing::Adjustment;

/// What the guest is asked, in the types of its own bindings.
pub(crate) struct Question {
    pub(super) context: Circumstances,
    pub(super) cart: Cart,
}

impl Question {
    pub(crate) fn new(lines: usize) -> Result<Self> {
        Ok(Self { context: same(&cart::context())?, cart: sent(cart::cart(lines)) })
    }
}

/// A platform's cart in the form of the contract, with the attributes that a sale sees: none.
fn sent(cart: boomerang_engine::contract::Cart) -> Cart {
    let cart = cart_from(cart);
    let line = |line: &boomerang_sdk::types::CartLine| CartLine {
        quantity: line.quantity,
        unit_price: line.unit_price,
        added_at: line.added_at,
    };
    Cart {
        lines: cart.lines.iter().map(line).collect(),
        currency: cart.currency,
        products: cart.products,
        variants: cart.variants,
        delivery_fee: cart.delivery_fee,
        customer: cart.customer,
        country: cart.country,
        checkout_since: cart.checkout_since,
        codes: cart.codes,
        attributes: Vec::new(),
        line_attributes: Vec::new(),
    }
}

/// A value of one binding as that of another: they have the same names.
pub(super) fn same<A: Serialize, B: DeserializeOwned>(value: &A) -> Result<B> {
    serde_json::from_value(serde_json::to_value(value)?).context("the bindings differ")
}

pub(super) fn answer<T>(answer: wasmtime::Result<Result<T, Fault>>) -> Result<T> {
    match answer {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(fault)) => Err(anyhow!("{}: {}", fault.code, fault.message)),
        Err(error) => Err(words(error)),
    }
}

/// The error, without its backtrace.
pub(super) fn words(error: wasmtime::Error) -> anyhow::Error {
    anyhow!("bare wasmtime: {error:#}")
}

pub(super) fn configuration() -> Config {
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
    fn name(&self) -> &str {
        BARE
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

impl Pricer for Fresh {
    fn decide(&mut self) -> Result<Vec<Adjustment>> {
        same(&self.bare.price(&self.asked)?)
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
            let (mut store, guest) = self.bare.instance().map_err(words)?;
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
    fn name(&self) -> &str {
        "bare wasmtime, reused instance"
    }

    fn round(&mut self, times: &mut Times) -> Result<()> {
        self.calls(times.calls, |started, made| {
            black_box(made);
            times.note(started);
        })
    }
}

impl Pricer for Reused {
    fn decide(&mut self) -> Result<Vec<Adjustment>> {
        let mut decided = Vec::new();
        self.calls(2, |_, made| decided = made)?;
        same(&decided)
    }
}

/// What else the same components decide, each time in a store and an instance of its own.
macro_rules! other {
    ($(#[$doc:meta])* $function:ident, $component:literal, $interface:ident.$call:ident, $kind:ty, $asked:expr) => {
        $(#[$doc])*
        pub(super) fn $function(components: &Components, prepared: &[u8]) -> Result<impl FnMut() -> Result<()> + use<>> {
            let pre = link(&configuration(), &components.read($component)?).map_err(words)?;
            let indices = $interface::GuestIndices::new(&pre).map_err(words)?;
            let state = State::new(prepared);
            let (context, asked): (Circumstances, $kind) = (same(&cart::context())?, same(&$asked)?);
            let ask = move || {
                let mut store = Store::new(pre.engine(), state.clone());
                let instance = pre.instantiate(&mut store)?;
                indices.load(&mut store, &instance)?.$call(&mut store, &context, &asked)
            };
            Ok(move || answer(ask()).map(|value| drop(black_box(value))))
        }
    };
}

other! {
    /// `checkout-autofill` of the extension of that name.
    plan_checkout, "checkout-autofill", checkout_autofill.call_plan_checkout, CheckoutForm, cart::form()
}

other! {
    /// `storefront-blocks` of the flash sale.
    render_blocks, "flash-sale", storefront_blocks.call_render_blocks, storefront_blocks::Page, cart::page()
}
