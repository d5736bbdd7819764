//! Machine code that the host believes.
//!
//! wasmtime checks the header of compiled code and nothing else, so whoever writes it runs native code in the host. A
//! [`Code`] is made in two places only: from a file whose tag proves that this host wrote it, and from the answer of the
//! host's own compile worker.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use wasmtime::component::Component;

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

    /// The component, ready to be linked. With a folder to put it into, its code lies in a file without a name that the
    /// component keeps open: what is never called is never in memory, and what is can be read again from the disk.
    pub(super) fn component(&self, engine: &wasmtime::Engine, folder: Option<&Path>) -> wasmtime::Result<Component> {
        // Without a folder, or when there is no room or no more file may be opened, the code is kept in memory.
        let mapped = folder.and_then(|folder| self.in_a_file(folder).ok());
        match mapped.and_then(|(_file, path)| map(engine, &path).ok()) {
            Some(component) => Ok(component),
            None => self.in_memory(engine),
        }
    }

    /// Writes the code into a file that nobody else can open by a name, and gives the path by which this process can. The
    /// file of the cache itself will not do: whoever can write to it could change it after its tag was found right.
    fn in_a_file(&self, folder: &Path) -> io::Result<(File, PathBuf)> {
        let mut file = tempfile::tempfile_in(folder)?;
        file.write_all(&self.0)?;
        let path = path(&file).ok_or(io::ErrorKind::Unsupported)?;
        Ok((file, path))
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

/// The path of an open file that has no name.
#[cfg(target_os = "linux")]
fn path(file: &File) -> Option<PathBuf> {
    use std::os::fd::AsRawFd;
    Some(format!("/proc/self/fd/{}", file.as_raw_fd()).into())
}

/// Other systems have no such thing, or one that differs.
#[cfg(not(target_os = "linux"))]
fn path(_: &File) -> Option<PathBuf> {
    None
}

/// Maps code that [`Code::in_a_file`] has written.
fn map(engine: &wasmtime::Engine, path: &Path) -> wasmtime::Result<Component> {
    // SAFETY: the file holds the bytes of a `Code`, see there. It has no name, so nothing but this process can change it,
    // and nothing in this process does.
    #[allow(unsafe_code)]
    unsafe {
        Component::deserialize_file(engine, path)
    }
}
