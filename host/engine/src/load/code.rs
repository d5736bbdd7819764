//! Machine code that the host believes.
//!
//! wasmtime checks the header of compiled code and nothing else, so whoever writes it runs native code in the host. A
//! [`Code`] is made in two places only: from a file whose tag proves that this host wrote it, and from the answer of the
//! host's own compile worker.

use std::path::Path;

use wasmtime::component::Component;

use super::image::Image;

/// The bytes of `Component::serialize`.
pub(super) struct Code(Vec<u8>);

impl Code {
    /// Code whose tag was found right.
    pub(super) fn authenticated(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// Code that a worker has just handed back.
    pub(super) fn from_worker(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// What is to be signed and kept.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The component, ready to be linked. With a folder to put it into, its code is mapped from a file; without one, or
    /// where that is not possible, it is kept in memory.
    pub(super) fn image(&self, engine: &wasmtime::Engine, folder: Option<&Path>) -> wasmtime::Result<Image> {
        match folder.and_then(|folder| Image::in_a_file(self, engine, folder)) {
            Some(image) => Ok(image),
            None => self.in_memory(engine).map(Image::in_memory),
        }
    }

    fn in_memory(&self, engine: &wasmtime::Engine) -> wasmtime::Result<Component> {
        // SAFETY: the bytes have come out of `Engine::precompile_component` or `Component::serialize` of an engine with
        // the same settings, unchanged since: proved by a key that only this host has, or by the pipe to a process that
        // this host has started from its own program.
        #[allow(unsafe_code)]
        unsafe {
            Component::deserialize(engine, &self.0)
        }
    }
}
