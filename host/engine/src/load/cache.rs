//! Compiled code on disk, believed only if this host wrote it.
//!
//! wasmtime checks the header of compiled code and nothing else, and compiled code is native code. So every file begins
//! with a tag: HMAC-SHA256 with a key that only the host knows, over the digest of the component, the settings that the
//! engine compiles with, and the code. A file without the right tag is ignored and written anew.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::code::Code;
use super::hex;
use crate::config::CacheConfig;
use crate::machine;

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
        // HMAC takes keys of every length, so this cannot fail.
        let key = Hmac::new_from_slice(&config.secret).map_err(io::Error::other)?;
        Ok(Self { dir: config.dir.clone(), key, fingerprint: machine::fingerprint(engine) })
    }

    /// Where everything of the cache is.
    pub(super) fn folder(&self) -> &Path {
        &self.dir
    }

    /// The code of the component with this digest; none if it is not there or was not written by this host.
    pub(super) fn get(&self, digest: &str) -> Option<Code> {
        let path = self.path(digest);
        let mut bytes = fs::read(&path).ok()?;
        if self.authentic(digest, &bytes).is_none() {
            tracing::warn!(path = %path.display(), "a file of compiled code was not written by this host; compiling anew");
            return None;
        }
        bytes.drain(..MAGIC.len() + TAG);
        Some(Code::authenticated(bytes))
    }

    /// Writes the code of a component: whole or not at all, also when the host dies or two hosts write at once.
    pub(super) fn put(&self, digest: &str, code: &[u8]) -> io::Result<()> {
        let path = self.path(digest);
        let unfinished = path.with_extension(format!("{}.tmp", std::process::id()));
        let written =
            write(&unfinished, &[MAGIC, &self.tag(digest, code), code]).and_then(|()| fs::rename(&unfinished, &path));
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
