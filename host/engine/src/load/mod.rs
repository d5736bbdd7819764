//! From bytes to an extension: size → static checks → validation → reflection → refusal → compilation → trial instance.
//!
//! Nothing is compiled before everything that can be said without compiling has been said.

pub(crate) mod cache;
mod code;
mod compile;
mod entries;
pub(crate) mod error;
pub(crate) mod handles;
mod image;
mod names;
mod precheck;
mod reflect;
mod trial;

use std::sync::Arc;

use serde::Serialize;
use sha2::{Digest, Sha256};
use wasmtime::component::{Component, InstancePre, Linker};

pub use error::LoadError;

use crate::call::state::CallState;
use crate::call::wasi;
use crate::capability::link;
use crate::engine::Engine;
use crate::extension::Extension;
use crate::manifest::Manifest;
use crate::point::{Capability, Point};
use handles::Handles;

/// What can be said about a component without compiling it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Inspection {
    /// What the component says about itself.
    pub manifest: Manifest,
    /// The extension points it exports.
    pub points: Vec<Point>,
    /// The capabilities it imports: its list of permissions.
    pub capabilities: Vec<Capability>,
    /// The WASI interfaces it imports, with their versions.
    pub wasi: Vec<String>,
    /// Bytes of the file.
    pub size: usize,
    /// SHA-256 of the file, in hex.
    pub digest: String,
}

impl Engine {
    /// Says what a component is, without compiling or running any of it.
    ///
    /// # Errors
    /// The component is malformed, too large or does not speak the contract.
    pub fn inspect(&self, wasm: &[u8]) -> Result<Inspection, LoadError> {
        let most = self.config().limits.wasm_bytes;
        if wasm.len() > most {
            return Err(LoadError::TooLarge { size: wasm.len(), most });
        }
        let found = precheck::check(wasm)?;
        let reflected = reflect::reflect(wasm)?;
        let manifest = Manifest::parse(found.manifest.ok_or(LoadError::NoManifest)?)?;
        manifest.check_points(&reflected.points)?;
        Ok(Inspection {
            manifest,
            points: reflected.points,
            capabilities: reflected.capabilities,
            wasi: reflected.wasi,
            size: wasm.len(),
            digest: hex(&Sha256::digest(wasm)),
        })
    }

    /// Loads a component: everything [`inspect`](Self::inspect) does, then compiles it (or takes the compiled code from
    /// the cache) and makes a trial instance.
    ///
    /// Compiling takes from 10 ms to some seconds of CPU, one component at a time: call it off the request path.
    ///
    /// # Errors
    /// Every reason to refuse a component, in words for its developer.
    pub fn load(&self, wasm: &[u8]) -> Result<Arc<Extension>, LoadError> {
        let inspection = self.inspect(wasm)?;
        self.check_offered(&inspection)?;
        let image = self.component(wasm, &inspection.digest)?;
        let pre = self.link(image.component(), &inspection)?;
        let handles = Handles::new(&pre, &inspection.points)?;
        trial::instantiate(self, &pre, &handles)?;
        image.rest();
        Ok(Arc::new(Extension::new(inspection, pre, handles, &self.config().limits)))
    }

    /// Refuses what the vendor does not offer, and writes that could never be made.
    fn check_offered(&self, inspection: &Inspection) -> Result<(), LoadError> {
        let capabilities = self.capabilities();
        let missing: Vec<_> = inspection.capabilities.iter().copied().filter(|c| !capabilities.offers(*c)).collect();
        if !missing.is_empty() {
            return Err(LoadError::NotOffered(error::Ids(missing)));
        }
        let has_handler = inspection.points.iter().any(|point| point.is_handler());
        match inspection.capabilities.iter().find(|capability| capability.is_write()) {
            Some(write) if !has_handler => Err(LoadError::WriteWithoutHandler(*write)),
            _ => Ok(()),
        }
    }

    fn link(&self, component: &Component, inspection: &Inspection) -> Result<InstancePre<CallState>, LoadError> {
        let mut linker = Linker::new(self.wasmtime());
        for capability in &inspection.capabilities {
            link::capability(&mut linker, *capability).map_err(LoadError::host)?;
        }
        for import in &inspection.wasi {
            let (interface, _) = names::split(import);
            wasi::link(&mut linker, interface).map_err(LoadError::host)?;
        }
        linker.instantiate_pre(component).map_err(|error| LoadError::Mismatch(LoadError::words(&error)))
    }
}

/// Bytes as lower-case hex.
fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        // Writing to a string cannot fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}
