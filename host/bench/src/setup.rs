//! The engine that is measured, with the four features loaded and set up.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use boomerang_engine::{Call, Engine, EngineConfig, Installation, InstallationOptions, Installations};
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};

use crate::{cart, shop};

/// Where the built components are.
pub(crate) struct Components(PathBuf);

impl Components {
    pub(crate) fn at(folder: &Path) -> Self {
        Self(folder.to_owned())
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.0
    }

    /// The bytes of a component that ships.
    pub(crate) fn read(&self, id: &str) -> Result<Vec<u8>> {
        let path = self.0.join(id).with_extension("wasm");
        fs::read(&path).with_context(|| format!("could not read {}: run `cargo xtask guests`", path.display()))
    }
}

/// An engine with its defaults, and what is installed in it. Clones share it.
#[derive(Clone)]
pub(crate) struct Setup {
    pub(crate) engine: Engine,
    /// Flash sale alone.
    pub(crate) one: Installations,
    /// All four features.
    pub(crate) four: Installations,
}

impl Setup {
    pub(crate) fn new(components: &Components) -> Result<Self> {
        let engine = Engine::new(EngineConfig::default(), shop::capabilities())?;
        let runtime = runtime()?;
        let mut installations = Vec::new();
        for (id, settings) in cart::features() {
            let wasm = components.read(id)?;
            installations.push(Arc::new(runtime.block_on(install(&engine, &wasm, &settings))?));
        }
        let one = Installations::new(installations.iter().take(1).cloned())?;
        Ok(Self { engine, one, four: Installations::new(installations)? })
    }

    /// One feature alone.
    pub(crate) fn only(&self, id: &str) -> Result<Installations> {
        let found = self.four.get(id).with_context(|| format!("{id} is not installed"))?;
        Ok(Installations::new([Arc::clone(found)])?)
    }

    /// Flash sale's settings as the engine hands them to it.
    pub(crate) fn prepared(&self) -> &[u8] {
        self.one.iter().next().map_or(&[], |installation| installation.settings().bytes())
    }
}

/// Loads a component and installs it with consent to everything.
pub(crate) async fn install(engine: &Engine, wasm: &[u8], settings: &Value) -> Result<Installation> {
    let extension = engine.load(wasm)?;
    let prepared = engine.prepare_settings(&extension, &call(), settings).await?;
    let grants = extension.capabilities().to_vec();
    Ok(Installation::new(extension, InstallationOptions::new(prepared, grants))?)
}

/// The call of every decision.
pub(crate) fn call() -> Call {
    Call::new("demo", cart::context()).for_customer(cart::CUSTOMER)
}

/// A runtime on the thread that uses it.
pub(crate) fn runtime() -> Result<Runtime> {
    Builder::new_current_thread().enable_all().build().context("could not start a runtime")
}

/// Appends a custom section of fewer than 16,384 bytes to a component.
pub(crate) fn append_section(wasm: &mut Vec<u8>, name: &str, data: &[u8]) {
    let two_bytes = |number: usize| [(number & 0x7f | 0x80) as u8, (number >> 7) as u8];
    let name_size = two_bytes(name.len());
    wasm.push(0);
    wasm.extend(two_bytes(name_size.len() + name.len() + data.len()));
    wasm.extend(name_size);
    wasm.extend_from_slice(name.as_bytes());
    wasm.extend_from_slice(data);
}
