//! Compilation, one component at a time, with the cache before it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use wasmtime::component::Component;

use super::cache::Cache;
use super::code::Code;
use super::error::LoadError;
use super::image::Image;
use crate::compiler::{Compiler, WorkerConfig, child};
use crate::engine::Engine;
use crate::machine;

impl Engine {
    /// The compiled component, from the cache or fresh.
    pub(super) fn component(&self, wasm: &[u8], digest: &str) -> Result<Image, LoadError> {
        if let Some(component) = self.cached(digest) {
            return Ok(component);
        }
        let limits = &self.config().limits;
        let Some(_place) = self.compiling().enter() else {
            return Err(LoadError::Busy { waiting: limits.compile_queue });
        };
        // Whoever had the place before may have compiled the same.
        if let Some(component) = self.cached(digest) {
            return Ok(component);
        }
        match &self.config().compiler {
            Compiler::InProcess => self.compile_here(wasm, digest),
            Compiler::Worker(worker) => self.compile_in_worker(worker, wasm, digest),
        }
    }

    fn cached(&self, digest: &str) -> Option<Image> {
        let cache = self.cache()?;
        cache.get(digest)?.image(self.wasmtime(), Some(cache.folder())).ok()
    }

    fn compile_here(&self, wasm: &[u8], digest: &str) -> Result<Image, LoadError> {
        // The compiler is large and its input hostile: a panic in it is a refusal, not the end of the host. Nothing of
        // ours is left half-changed, because the engine keeps no record of a component before it is complete.
        let component = match catch_unwind(AssertUnwindSafe(|| Component::new(self.wasmtime(), wasm))) {
            Ok(Ok(component)) => component,
            Ok(Err(error)) => return Err(LoadError::Compile(LoadError::words(&error))),
            Err(_panic) => return Err(LoadError::Compile(LoadError::DEFECT.into())),
        };
        if self.cache().is_some() {
            match component.serialize() {
                Ok(code) => self.keep(digest, &code),
                Err(error) => tracing::warn!(%digest, %error, "compiled code cannot be written down"),
            }
        }
        Ok(Image::in_memory(component))
    }

    fn compile_in_worker(&self, worker: &WorkerConfig, wasm: &[u8], digest: &str) -> Result<Image, LoadError> {
        let fingerprint = machine::fingerprint(self.wasmtime());
        let copy_on_write = self.config().pool.copy_on_write;
        let code = Code::from_worker(child::compile(worker, copy_on_write, fingerprint, wasm)?);
        // The pool refuses what does not fit into it, in its own words.
        let folder = self.cache().map(Cache::folder);
        let image =
            code.image(self.wasmtime(), folder).map_err(|error| LoadError::Compile(LoadError::words(&error)))?;
        self.keep(digest, code.bytes());
        Ok(image)
    }

    fn keep(&self, digest: &str, code: &[u8]) {
        if let Some(cache) = self.cache()
            && let Err(error) = cache.put(digest, code)
        {
            tracing::warn!(%digest, %error, "compiled code was not cached; it will be compiled again at the next start");
        }
    }
}
