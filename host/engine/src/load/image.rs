//! Where the machine code of a loaded component is.
//!
//! Most components of a host for many shops are seldom called. Their code lies in a file that the system maps into memory
//! page by page as it is called, and that gives the pages back when they are wanted elsewhere. The file of the cache itself
//! will not do for that: whoever can write to it could change it after its tag was found right. So the code is written once
//! more, into a file without a name, which nobody can open and which is gone with the process.

use std::path::Path;

use wasmtime::component::Component;

use super::code::Code;

/// A component, and where its code is.
pub(super) struct Image {
    component: Component,
    is_mapped: bool,
}

impl Image {
    /// A component whose code is nowhere but in memory.
    pub(super) fn in_memory(component: Component) -> Self {
        Self { component, is_mapped: false }
    }

    /// The component.
    pub(super) fn component(&self) -> &Component {
        &self.component
    }
}

#[cfg(not(target_os = "linux"))]
impl Image {
    /// Other systems have no path to a file without a name.
    pub(super) fn in_a_file(_: &Code, _: &wasmtime::Engine, _: &Path) -> Option<Self> {
        None
    }

    /// Everything stays in memory.
    pub(super) fn rest(&self) {
        debug_assert!(!self.is_mapped);
    }
}

#[cfg(target_os = "linux")]
impl Image {
    /// Maps code from a file without a name in `folder`. None where there is no room, or where more than half of the files
    /// that this process may open are open: the others are for its connections.
    pub(super) fn in_a_file(code: &Code, engine: &wasmtime::Engine, folder: &Path) -> Option<Self> {
        use std::io::Write;
        use std::os::fd::AsRawFd;

        let mut file = tempfile::tempfile_in(folder).ok()?;
        let most = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
        // The system gives out the lowest number that is free.
        if most.is_some_and(|most| u64::from(file.as_raw_fd().unsigned_abs()) > most / 2) {
            return None;
        }
        file.write_all(code.bytes()).ok()?;
        let path = format!("/proc/self/fd/{}", file.as_raw_fd());
        // SAFETY: the file holds the bytes of a `Code`, see there. It has no name, so nothing but this process can change
        // it, and nothing in this process does.
        #[allow(unsafe_code)]
        let component = unsafe { Component::deserialize_file(engine, path) }.ok()?;
        let image = component.image_range();
        let length = (image.end as usize).checked_sub(image.start as usize)?;
        // SAFETY: the component is alive, its image is mapped, and every part of it can be read.
        #[allow(unsafe_code)]
        let mapped = unsafe { std::slice::from_raw_parts(image.start, length) };
        let is_mapped = mapped == code.bytes() && (image.start as usize).is_multiple_of(rustix::param::page_size());
        Some(Self { component, is_mapped })
    }

    /// Gives the memory of code that is not being called back to the system, which reads it again when it is.
    pub(super) fn rest(&self) {
        use rustix::mm::{Advice, madvise};

        if !self.is_mapped {
            return;
        }
        let image = self.component.image_range();
        let length = (image.end as usize).saturating_sub(image.start as usize);
        // SAFETY: the component is alive, so the range is its own and mapped from the file, privately. `in_a_file` has
        // found it to be the file's, byte by byte, once wasmtime had put it in place; nothing writes to it afterwards. So
        // what is read again from the file is what was there.
        #[allow(unsafe_code)]
        let advised = unsafe { madvise(image.start.cast_mut().cast(), length, Advice::LinuxDontNeed) };
        if let Err(error) = advised {
            tracing::debug!(%error, "code that is not being called stays in memory");
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use crate::config::{Limits, PoolConfig};
    use crate::machine;

    /// A component with more than a page of code, and its code.
    fn compiled() -> (wasmtime::Engine, Code) {
        let functions =
            (0..200).map(|n| format!(r#"(func (param i64) (result i64) (i64.mul (local.get 0) (i64.const {n})))"#));
        let text = format!("(component (core module $m {}))", functions.collect::<String>());
        let pool = PoolConfig { calls: 1, ..PoolConfig::default() };
        let engine = wasmtime::Engine::new(&machine::pooled(&pool, &Limits::default())).unwrap();
        let bytes = engine.precompile_component(&wat::parse_str(text).unwrap()).unwrap();
        (engine, Code::authenticated(bytes))
    }

    /// How many pages of the image are in memory.
    fn resident(image: &Image) -> usize {
        let (range, page) = (image.component.image_range(), rustix::param::page_size());
        let wanted = format!("{:x}-", range.start as usize);
        let maps = std::fs::read_to_string("/proc/self/smaps").unwrap();
        let mut mappings = maps.split('\n').skip_while(|line| !line.starts_with(&wanted));
        let rss = mappings.find_map(|line| line.strip_prefix("Rss:")).expect("the image is mapped");
        rss.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024 / page
    }

    #[test]
    fn code_rests_in_its_file_and_is_the_same_when_it_is_read_again() {
        let (engine, code) = compiled();
        let folder = tempfile::tempdir().unwrap();
        let image = Image::in_a_file(&code, &engine, folder.path()).expect("a file without a name");
        assert!(image.is_mapped);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nobody else can open it");
        assert!(resident(&image) > 0, "it has just been looked through");
        image.rest();
        assert_eq!(resident(&image), 0);
        let range = image.component.image_range();
        // SAFETY: the component is alive, and its image is mapped.
        #[allow(unsafe_code)]
        let mapped = unsafe { std::slice::from_raw_parts(range.start, range.end as usize - range.start as usize) };
        assert!(mapped == code.bytes());
    }

    #[test]
    fn code_without_a_folder_stays_in_memory() {
        let (engine, code) = compiled();
        let nowhere = Path::new("/proc/no-such-folder");
        assert!(Image::in_a_file(&code, &engine, nowhere).is_none());
        let image = code.image(&engine, Some(nowhere)).unwrap();
        assert!(!image.is_mapped);
        image.rest();
    }
}
