//! Compilation, one component at a time, with the cache before it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use wasmtime::component::Component;

use super::error::LoadError;
use crate::engine::Engine;

impl Engine {
    /// The compiled component, from the cache or fresh.
    pub(super) fn component(&self, wasm: &[u8], digest: &str) -> Result<Component, LoadError> {
        if let Some(cache) = self.cache()
            && let Some(component) = cache.get(self.wasmtime(), digest)
        {
            return Ok(component);
        }
        let component = self.compile(wasm)?;
        if let Some(cache) = self.cache()
            && let Err(error) = cache.put(digest, &component)
        {
            tracing::warn!(%digest, %error, "compiled code was not cached; it will be compiled again at the next start");
        }
        Ok(component)
    }

    fn compile(&self, wasm: &[u8]) -> Result<Component, LoadError> {
        let _one_at_a_time = self.compiling();
        // The compiler is large and its input hostile: a panic in it is a refusal, not the end of the host. Nothing of
        // ours is left half-changed, because the engine keeps no record of a component before it is complete.
        match catch_unwind(AssertUnwindSafe(|| Component::new(self.wasmtime(), wasm))) {
            Ok(Ok(component)) => Ok(component),
            Ok(Err(error)) => Err(LoadError::Compile(LoadError::words(&error))),
            Err(_panic) => Err(LoadError::Compile(
                "the compiler ran into a defect of its own; report it to wasmtime with this component".into(),
            )),
        }
    }
}
