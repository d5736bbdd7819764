//! The decision as an Extism plugin, as Extism's own documentation has it: compiled once, called with JSON.

use anyhow::Result;
use decision::document::{Asked, Made};
use extism::convert::Json;
use extism::{CompiledPlugin, Plugin, PluginBuilder};

use crate::Way;

/// Compiles the plugin, without WASI, which it does not need.
pub(crate) fn compile(wasm: &[u8]) -> Result<CompiledPlugin> {
    PluginBuilder::new(wasm).with_wasi(false).with_cache_disabled().compile()
}

fn call(plugin: &mut Plugin, asked: &Asked) -> Result<Vec<Made>> {
    let Json(made) = plugin.call("decide", Json(asked))?;
    Ok(made)
}

/// A new plugin for every call, from compiled code.
pub(crate) struct Fresh {
    compiled: CompiledPlugin,
}

impl Fresh {
    pub(crate) fn new(compiled: CompiledPlugin) -> Self {
        Self { compiled }
    }
}

impl Way for Fresh {
    fn name(&self) -> &'static str {
        "Extism, fresh plugin"
    }

    fn decide(&mut self, asked: &Asked) -> Result<Vec<Made>> {
        call(&mut Plugin::new_from_compiled(&self.compiled)?, asked)
    }
}

/// One plugin for all calls, whose memory goes from one shopper to the next.
pub(crate) struct Reused {
    plugin: Plugin,
}

impl Reused {
    pub(crate) fn new(compiled: &CompiledPlugin) -> Result<Self> {
        Ok(Self { plugin: Plugin::new_from_compiled(compiled)? })
    }
}

impl Way for Reused {
    fn name(&self) -> &'static str {
        "Extism, reused plugin"
    }

    fn decide(&mut self, asked: &Asked) -> Result<Vec<Made>> {
        call(&mut self.plugin, asked)
    }
}
