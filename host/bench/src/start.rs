//! How long a host takes to start: with its components from a warm cache, and without any.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use boomerang_engine::{CacheConfig, Engine, EngineConfig, Installations};
use serde::Serialize;

use crate::rounds::median;
use crate::setup::{self, Components};
use crate::{cart, shop};

/// Starts of each.
const ROUNDS: usize = 15;
/// How long a host may take to start.
const PATIENCE: Duration = Duration::from_secs(120);

/// How long a host takes from the start of its process until it is of use.
#[derive(Debug, Serialize)]
pub(crate) struct Start {
    pub(crate) name: &'static str,
    pub(crate) with_components_millis: f64,
    pub(crate) without_millis: f64,
    /// The median of the ratios of the rounds.
    pub(crate) ratio: f64,
}

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Where compiled code is kept
    #[arg(long)]
    cache: PathBuf,
    /// Load nothing
    #[arg(long)]
    empty: bool,
}

/// Measures an engine, and a whole shop where there is a program to start.
pub(crate) fn run(components: &Components, boomerang: Option<&Path>) -> Result<Vec<Start>> {
    let folder = tempfile::tempdir().context("no folder for compiled code")?;
    let engine = |empty: bool| {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("--components").arg(components.folder()).args(["start", "--cache"]).arg(folder.path());
        command.args(empty.then_some("--empty"));
        until_it_says_so(&mut command)
    };
    let mut starts = vec![compare("engine, to the first decision", engine)?];
    if let Some(program) = boomerang {
        let shop = |empty: bool| until_it_answers(program, components, folder.path(), empty);
        starts.push(compare("demo shop, to the first page", shop)?);
    }
    Ok(starts)
}

/// Starts with and without components, in turns. `start` takes whether there are none.
fn compare(name: &'static str, start: impl Fn(bool) -> Result<Duration>) -> Result<Start> {
    // The first start of each makes what later ones find: the cache, the shop.
    start(false)?;
    start(true)?;
    let (mut with, mut without, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (full, empty) = (start(false)?.as_secs_f64(), start(true)?.as_secs_f64());
        with.push(full * 1e3);
        without.push(empty * 1e3);
        ratios.push(full / empty);
    }
    Ok(Start {
        name,
        with_components_millis: median(&mut with),
        without_millis: median(&mut without),
        ratio: median(&mut ratios),
    })
}

/// Runs until the first line of output.
fn until_it_says_so(command: &mut Command) -> Result<Duration> {
    let started = Instant::now();
    let mut child = Running(command.stdout(Stdio::piped()).spawn()?);
    let mut line = String::new();
    BufReader::new(child.0.stdout.take().context("no output")?).read_line(&mut line)?;
    let time = started.elapsed();
    ensure!(line.starts_with("ready"), "the process did not get ready");
    Ok(time)
}

/// Runs a shop until it has answered a request: the demo shop with its features, or one without any.
fn until_it_answers(program: &Path, components: &Components, folder: &Path, empty: bool) -> Result<Duration> {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
    let (data, components) = if empty {
        let none = folder.join("no-components");
        std::fs::create_dir_all(&none)?;
        let data = folder.join("empty");
        if !data.exists() {
            open_shop(program, &data)?;
        }
        (data, none)
    } else {
        (folder.join("demo"), components.folder().to_owned())
    };
    let mut command = Command::new(program);
    command.args(["serve", "--port", &port.to_string(), "--data"]).arg(data).arg("--components").arg(components);
    command.args((!empty).then_some("--demo")).stdout(Stdio::null());
    let started = Instant::now();
    let mut child = Running(command.spawn().with_context(|| format!("could not start {}", program.display()))?);
    while started.elapsed() < PATIENCE {
        if request(port).is_ok() {
            return Ok(started.elapsed());
        }
        ensure!(child.0.try_wait()?.is_none(), "`boomerang serve` ended before it served; run it by hand to see why");
        thread::sleep(Duration::from_millis(1));
    }
    bail!("`boomerang serve` did not answer within {} s", PATIENCE.as_secs())
}

/// Opens a shop that sells nothing.
fn open_shop(program: &Path, data: &Path) -> Result<()> {
    let mut command = Command::new(program);
    command.args(["shop", "add", "empty", "--name", "Empty", "--country", "AT", "--currency", "EUR"]);
    command.args(["--time-zone", "Europe/Vienna", "--owner", "owner@example.com", "--data"]).arg(data);
    let opened = command.stdout(Stdio::null()).status().context("could not open a shop")?;
    ensure!(opened.success(), "`boomerang shop add` failed; see its output above");
    Ok(())
}

/// Asks for the first page.
fn request(port: u16) -> Result<()> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    ensure!(answer.starts_with(b"HTTP/1.1"), "no answer");
    Ok(())
}

/// A process that ends with this value.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// An engine in this process: from its start to the first decision.
pub(crate) fn in_this_process(components: &Components, options: &Options) -> Result<()> {
    let cache = CacheConfig { dir: options.cache.clone(), secret: [7; 32] };
    let engine = Engine::new(EngineConfig { cache: Some(cache), ..EngineConfig::default() }, shop::capabilities())?;
    let features = if options.empty { Vec::new() } else { cart::features().to_vec() };
    setup::runtime()?.block_on(async {
        let mut installed = Vec::new();
        for (id, settings) in features {
            installed.push(setup::install(&engine, &components.read(id)?, &settings).await?.into());
        }
        let report = engine.price_cart(&Installations::new(installed)?, &setup::call(), &cart::cart(10)).await?;
        ensure!(report.is_clean(), "the first decision was not clean: {:?}", report.skipped);
        println!("ready");
        Ok(())
    })
}
