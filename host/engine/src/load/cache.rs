//! Compiled code on disk, believed only if this host wrote it.
//!
//! wasmtime checks the header of compiled code and nothing else, and compiled code is native code. So every file begins
//! with a tag: HMAC-SHA256 with a key that only the host knows, over the digest of the component, the settings that the
//! engine compiles with, and the code. A file without the right tag is ignored and written anew.

use std::fs;
use std::hash::{Hash, Hasher};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use wasmtime::component::Component;

use super::hex;
use crate::config::CacheConfig;

const MAGIC: &[u8; 16] = b"boomerang-code-1";
const TAG: usize = 32;

/// A directory of compiled components.
pub(crate) struct Cache {
    dir: PathBuf,
    key: Hmac<Sha256>,
    /// Code compiled by another version or with other settings has another fingerprint.
    fingerprint: [u8; 32],
}

impl Cache {
    pub(crate) fn open(config: &CacheConfig, engine: &wasmtime::Engine) -> io::Result<Self> {
        fs::create_dir_all(&config.dir)?;
        let mut hasher = Fingerprint(Sha256::new());
        engine.precompile_compatibility_hash().hash(&mut hasher);
        // HMAC takes keys of every length, so this cannot fail.
        let key = Hmac::new_from_slice(&config.secret).map_err(io::Error::other)?;
        Ok(Self { dir: config.dir.clone(), key, fingerprint: hasher.0.finalize().into() })
    }

    /// The component with this digest; none if it is not there or was not written by this host.
    pub(super) fn get(&self, engine: &wasmtime::Engine, digest: &str) -> Option<Component> {
        let path = self.path(digest);
        let bytes = fs::read(&path).ok()?;
        let Some(code) = self.authentic(digest, &bytes) else {
            tracing::warn!(path = %path.display(), "a file of compiled code was not written by this host; compiling anew");
            return None;
        };
        // SAFETY: `authentic` has proved with a key only this host knows that `code` came out of `Component::serialize`
        // of an engine with the same settings, unchanged since.
        #[allow(unsafe_code)]
        let component = unsafe { Component::deserialize(engine, code) };
        component.ok()
    }

    /// Writes a component: whole or not at all, also when the host dies or two hosts write at once.
    pub(super) fn put(&self, digest: &str, component: &Component) -> io::Result<()> {
        let code = component.serialize().map_err(io::Error::other)?;
        let path = self.path(digest);
        let unfinished = path.with_extension(format!("{}.tmp", std::process::id()));
        let written =
            write(&unfinished, &[MAGIC, &self.tag(digest, &code), &code]).and_then(|()| fs::rename(&unfinished, &path));
        if written.is_err() {
            // Best effort: the next write under this name replaces it anyway.
            let _ = fs::remove_file(&unfinished);
        }
        written
    }

    fn path(&self, digest: &str) -> PathBuf {
        self.dir.join(format!("{digest}-{}.code", hex(&self.fingerprint[..8])))
    }

    fn mac(&self, digest: &str, code: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.key.clone();
        // Every part before the code has a fixed length, so no two inputs run together to the same bytes.
        mac.update(MAGIC);
        mac.update(&Sha256::digest(digest));
        mac.update(&self.fingerprint);
        mac.update(code);
        mac
    }

    fn tag(&self, digest: &str, code: &[u8]) -> [u8; TAG] {
        self.mac(digest, code).finalize().into_bytes().into()
    }

    fn authentic<'a>(&self, digest: &str, bytes: &'a [u8]) -> Option<&'a [u8]> {
        let (tag, code) = bytes.strip_prefix(MAGIC)?.split_at_checked(TAG)?;
        // Compares in constant time.
        self.mac(digest, code).verify_slice(tag).ok()?;
        Some(code)
    }
}

fn write(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    let mut file = fs::File::create(path)?;
    for part in parts {
        file.write_all(part)?;
    }
    file.sync_all()
}

/// Turns what implements `Hash` into SHA-256.
struct Fingerprint(Sha256);

impl Hasher for Fingerprint {
    fn finish(&self) -> u64 {
        let digest: [u8; 32] = self.0.clone().finalize().into();
        digest.iter().take(8).fold(0, |value, byte| value << 8 | u64::from(*byte))
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }
}
