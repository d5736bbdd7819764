//! WASI as extensions see it: no environment, no arguments, no files, no network; output captured; a clock that stands
//! still and a seeded generator, so that a call can be run again with the same result.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use sha2::{Digest, Sha256};
use tokio::io::AsyncWrite;
use wasmtime::component::{HasData, Linker, ResourceTable};
use wasmtime_wasi::cli::{IsTerminal, StdoutStream, WasiCli, WasiCliView};
use wasmtime_wasi::clocks::{WasiClocks, WasiClocksView};
use wasmtime_wasi::p2::bindings::{cli, clocks, io, random};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};
use wasmtime_wasi::random::WasiRandom;
use wasmtime_wasi::{Deterministic, HostMonotonicClock, HostWallClock, WasiCtx, WasiCtxView, WasiView};

use super::state::CallState;

/// Handles that a guest may hold open.
const RESOURCES: usize = 1_000;
/// Bytes a guest may ask of the generator at once.
const RANDOM_BYTES: u64 = 64 << 10;
/// Bytes of the generator before it starts over.
const RANDOM_CYCLE: u8 = 32;

/// The WASI interfaces that may be imported, without package version.
pub(crate) const INTERFACES: [&str; 18] = [
    "wasi:cli/environment",
    "wasi:cli/exit",
    "wasi:cli/stdin",
    "wasi:cli/stdout",
    "wasi:cli/stderr",
    "wasi:cli/terminal-input",
    "wasi:cli/terminal-output",
    "wasi:cli/terminal-stdin",
    "wasi:cli/terminal-stdout",
    "wasi:cli/terminal-stderr",
    "wasi:clocks/monotonic-clock",
    "wasi:clocks/wall-clock",
    "wasi:io/error",
    "wasi:io/poll",
    "wasi:io/streams",
    "wasi:random/insecure",
    "wasi:random/insecure-seed",
    "wasi:random/random",
];

/// What WASI keeps for one call; made when a guest first uses it, which most never do.
pub(crate) struct Wasi {
    ctx: WasiCtx,
    table: ResourceTable,
    output: Captured,
}

impl Wasi {
    pub(crate) fn new(now: i64, seed: &str, log_bytes: usize) -> Self {
        let output = Captured { text: Arc::default(), most: log_bytes };
        let mut table = ResourceTable::new();
        table.set_max_capacity(RESOURCES);
        let clock = Standing(u64::try_from(now).unwrap_or(0));
        let mut ctx = WasiCtx::builder();
        ctx.stdout(output.clone())
            .stderr(output.clone())
            .wall_clock(clock)
            .monotonic_clock(clock)
            .secure_random(Deterministic::new(bytes_from(seed, now)))
            .insecure_random(Deterministic::new(bytes_from(seed, now)))
            .insecure_random_seed(u128::from(now.unsigned_abs()))
            .max_random_size(RANDOM_BYTES)
            .allow_tcp(false)
            .allow_udp(false);
        Self { ctx: ctx.build(), table, output }
    }

    /// What the guest has written to standard output and error.
    pub(crate) fn output(&self) -> String {
        let bytes = self.output.text.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl WasiView for CallState {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let wasi = self.wasi();
        WasiCtxView { ctx: &mut wasi.ctx, table: &mut wasi.table }
    }
}

/// Bytes that look random and are the same for the same extension and instant.
fn bytes_from(seed: &str, now: i64) -> Vec<u8> {
    (0..RANDOM_CYCLE)
        .flat_map(|block| {
            let mut hash = Sha256::new();
            hash.update([block]);
            hash.update(now.to_le_bytes());
            hash.update(seed);
            hash.finalize().to_vec()
        })
        .collect()
}

/// A clock that shows `context.now`, in milliseconds, for the whole call.
#[derive(Clone, Copy)]
struct Standing(u64);

impl HostWallClock for Standing {
    fn resolution(&self) -> Duration {
        Duration::from_millis(1)
    }

    fn now(&self) -> Duration {
        Duration::from_millis(self.0)
    }
}

impl HostMonotonicClock for Standing {
    fn resolution(&self) -> u64 {
        1_000_000
    }

    fn now(&self) -> u64 {
        self.0.saturating_mul(1_000_000)
    }
}

/// Keeps the first bytes of an output and lets the rest vanish, so that a guest never waits or fails because of it.
#[derive(Clone)]
struct Captured {
    text: Arc<Mutex<Vec<u8>>>,
    most: usize,
}

impl IsTerminal for Captured {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Captured {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        // Only WASI 0.3 reads this stream, and it is not linked.
        Box::new(tokio::io::sink())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for Captured {
    async fn ready(&mut self) {}
}

impl OutputStream for Captured {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        let mut text = self.text.lock().unwrap_or_else(PoisonError::into_inner);
        let room = self.most.saturating_sub(text.len()).min(bytes.len());
        text.extend_from_slice(&bytes[..room]);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(4096)
    }
}

/// The table of handles alone, which is all that `wasi:io` needs.
struct Handles;

impl HasData for Handles {
    type Data<'a> = &'a mut ResourceTable;
}

/// Links one of [`INTERFACES`].
pub(crate) fn link(linker: &mut Linker<CallState>, interface: &str) -> wasmtime::Result<()> {
    type T = CallState;
    match interface {
        "wasi:cli/environment" => cli::environment::add_to_linker::<T, WasiCli>(linker, T::cli),
        "wasi:cli/exit" => cli::exit::add_to_linker::<T, WasiCli>(linker, T::cli),
        "wasi:cli/stdin" => cli::stdin::add_to_linker::<T, WasiCli>(linker, T::cli),
        "wasi:cli/stdout" => cli::stdout::add_to_linker::<T, WasiCli>(linker, T::cli),
        "wasi:cli/stderr" => cli::stderr::add_to_linker::<T, WasiCli>(linker, T::cli),
        "wasi:cli/terminal-input" => cli::terminal_input::add_to_linker::<T, WasiCli>(linker, T::cli),
        "wasi:cli/terminal-output" => cli::terminal_output::add_to_linker::<T, WasiCli>(linker, T::cli),
        "wasi:cli/terminal-stdin" => cli::terminal_stdin::add_to_linker::<T, WasiCli>(linker, T::cli),
        "wasi:cli/terminal-stdout" => cli::terminal_stdout::add_to_linker::<T, WasiCli>(linker, T::cli),
        "wasi:cli/terminal-stderr" => cli::terminal_stderr::add_to_linker::<T, WasiCli>(linker, T::cli),
        "wasi:clocks/monotonic-clock" => clocks::monotonic_clock::add_to_linker::<T, WasiClocks>(linker, T::clocks),
        "wasi:clocks/wall-clock" => clocks::wall_clock::add_to_linker::<T, WasiClocks>(linker, T::clocks),
        "wasi:io/error" => io::error::add_to_linker::<T, Handles>(linker, |t| t.ctx().table),
        "wasi:io/poll" => io::poll::add_to_linker::<T, Handles>(linker, |t| t.ctx().table),
        "wasi:io/streams" => io::streams::add_to_linker::<T, Handles>(linker, |t| t.ctx().table),
        "wasi:random/insecure" => random::insecure::add_to_linker::<T, WasiRandom>(linker, |t| t.ctx().ctx.random()),
        "wasi:random/insecure-seed" => {
            random::insecure_seed::add_to_linker::<T, WasiRandom>(linker, |t| t.ctx().ctx.random())
        }
        "wasi:random/random" => random::random::add_to_linker::<T, WasiRandom>(linker, |t| t.ctx().ctx.random()),
        other => Err(wasmtime::format_err!("`{other}` is not one of the interfaces that can be linked")),
    }
}
