//! The decision as a program that reads JSON from stdin and writes JSON to stdout, run as the open-source runner of
//! Shopify's Functions does it: WASI preview 1 on pipes in memory, fuel, epochs, a limiter, everything new for every call.
//! The module is compiled once; wasmtime is the version that Boomerang runs on.

use anyhow::{Context, Result, anyhow};
use decision::document::{Asked, Made};
use wasmtime::{Config, Engine, Linker, Module, ResourceLimiter, Store};
use wasmtime_wasi::p1::{WasiP1Ctx, add_to_linker_sync};
use wasmtime_wasi::p2::pipe::{MemoryInputPipe, MemoryOutputPipe};
use wasmtime_wasi::{I32Exit, WasiCtxBuilder};

use crate::Way;

/// Fuel of a call.
const FUEL: u64 = u64::MAX;
/// Bytes of a call's output.
const OUTPUT: usize = 1 << 20;

/// A Function.
pub(crate) struct Function {
    engine: Engine,
    module: Module,
}

/// What the host keeps for a call.
struct State {
    wasi: WasiP1Ctx,
    limiter: Limiter,
}

/// Notes how large the memory has become.
#[derive(Default)]
struct Limiter {
    largest: usize,
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        self.largest = self.largest.max(desired);
        Ok(true)
    }

    fn table_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(true)
    }
}

impl Function {
    pub(crate) fn new(wasm: &[u8]) -> Result<Self> {
        let mut config = Config::new();
        config.wasm_multi_memory(true).consume_fuel(true).epoch_interruption(true);
        let made = Engine::new(&config).and_then(|engine| Ok(Self { module: Module::new(&engine, wasm)?, engine }));
        made.map_err(words)
    }

    /// Runs it on an input and gives what it has written.
    fn run(&self, input: Vec<u8>) -> wasmtime::Result<MemoryOutputPipe> {
        let mut linker = Linker::new(&self.engine);
        add_to_linker_sync(&mut linker, |state: &mut State| &mut state.wasi)?;
        let (output, logs) = (MemoryOutputPipe::new(OUTPUT), MemoryOutputPipe::new(OUTPUT));
        let mut wasi = WasiCtxBuilder::new();
        wasi.stdin(MemoryInputPipe::new(input)).stdout(output.clone()).stderr(logs);
        let mut store = Store::new(&self.engine, State { wasi: wasi.build_p1(), limiter: Limiter::default() });
        store.limiter(|state| &mut state.limiter);
        store.set_fuel(FUEL)?;
        store.set_epoch_deadline(1);
        let instance = linker.instantiate(&mut store, &self.module)?;
        let ended = instance.get_typed_func::<(), ()>(&mut store, "_start")?.call(&mut store, ());
        ended.or_else(|error| match error.downcast_ref() {
            Some(I32Exit(0)) => Ok(()),
            _ => Err(error),
        })?;
        Ok(output)
    }
}

impl Way for Function {
    fn name(&self) -> &'static str {
        "Shopify-like Function, fresh"
    }

    fn decide(&mut self, asked: &Asked) -> Result<Vec<Made>> {
        let output = self.run(serde_json::to_vec(asked)?).map_err(words)?;
        // The store is gone, and with it the other owner.
        let output = output.try_into_inner().context("the output is still in use")?;
        Ok(serde_json::from_slice(&output)?)
    }
}

/// The error, without its backtrace.
fn words(error: wasmtime::Error) -> anyhow::Error {
    anyhow!("the Function: {error:#}")
}
