//! The extensions that ship with the platform, found in a directory of `.wasm` files.

use std::io;
use std::path::Path;
use std::sync::Arc;

use boomerang_engine::{Engine, Inspection};

/// A component on the shelf.
#[derive(Clone, Debug)]
pub struct Package {
    /// What the component says about itself, what it exports and what it imports.
    pub inspection: Inspection,
    /// Its bytes.
    pub wasm: Arc<[u8]>,
}

/// Extensions that a merchant can install without uploading anything.
#[derive(Clone, Debug, Default)]
pub struct Shelf(Vec<Package>);

impl Shelf {
    /// Reads every `.wasm` file of a directory. One that is no extension is left out, with a line in the log.
    ///
    /// # Errors
    /// If the directory cannot be read.
    pub fn open(directory: &Path, engine: &Engine) -> io::Result<Self> {
        let mut packages = Vec::new();
        for entry in std::fs::read_dir(directory)? {
            let path = entry?.path();
            if path.extension().is_none_or(|extension| extension != "wasm") {
                continue;
            }
            let wasm = std::fs::read(&path)?;
            match engine.inspect(&wasm) {
                Ok(inspection) => packages.push(Package { inspection, wasm: wasm.into() }),
                Err(error) => tracing::warn!(file = %path.display(), %error, "this component is left on no shelf"),
            }
        }
        packages.sort_by(|a, b| a.inspection.manifest.id.cmp(&b.inspection.manifest.id));
        Ok(Self(packages))
    }

    /// Every package, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Package> {
        self.0.iter()
    }

    /// The package with this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Package> {
        self.0.iter().find(|package| package.inspection.manifest.id == id)
    }
}
