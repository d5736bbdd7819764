//! Limits on the process that runs this, as the operating system keeps them: they cannot be raised again.

use std::io;

/// Bytes for which an allocator has to set address space aside, if it is of the kind that does.
#[cfg(unix)]
const LARGE: usize = 64 << 20;

/// Limits this process for the rest of its life: CPU time, memory, no new files, processes or threads, no core dump,
/// and the lowest priority.
#[cfg(unix)]
pub(super) fn confine(cpu_seconds: u64, memory: u64) -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, nice, setrlimit};

    let limit = |resource, most: u64, hard: u64| {
        // The kernel knows limits this process was started with; a lower one of those stays.
        let now = rustix::process::getrlimit(resource);
        let lower = |limit: u64, now: Option<u64>| Some(now.map_or(limit, |now| now.min(limit)));
        setrlimit(resource, Rlimit { current: lower(most, now.current), maximum: lower(hard, now.maximum) })
    };
    nice(19)?;
    limit(Resource::Core, 0, 0)?;
    limit(Resource::Fsize, 0, 0)?;
    limit(Resource::Nproc, 0, 0)?;
    // An allocator may set aside address space, which counts as mapped and takes no memory before it is used. What it
    // has set aside by now is left to it.
    drop(std::hint::black_box(Vec::<u8>::with_capacity(LARGE)));
    let (mapped, writable) = address_space().unwrap_or((0, 0));
    let more = |used: u64| used.saturating_add(memory);
    limit(Resource::Data, more(writable), more(writable))?;
    limit(Resource::As, more(mapped), more(mapped))?;
    // At the first limit the kernel ends the process with a signal that says why.
    limit(Resource::Cpu, cpu_seconds, cpu_seconds.saturating_add(1))?;
    Ok(())
}

/// Bytes of address space in use, and those of them that can be written to, where the system says so.
#[cfg(unix)]
fn address_space() -> Option<(u64, u64)> {
    let said = std::fs::read_to_string("/proc/self/statm").ok()?;
    let mut pages = said.split_whitespace().map(str::parse::<u64>);
    let bytes = |pages: u64| pages.saturating_mul(rustix::param::page_size() as u64);
    let (mapped, writable) = (pages.next()?.ok()?, pages.nth(4)?.ok()?);
    Some((bytes(mapped), bytes(writable)))
}

/// Nothing here limits a process, so nothing hostile may be given to it.
#[cfg(not(unix))]
pub(super) fn confine(_cpu_seconds: u64, _memory: u64) -> io::Result<()> {
    Err(io::Error::new(
        io::ErrorKind::Unsupported,
        "a compile worker cannot be limited on this system; run the host on Linux, or compile in the process and load \
         only components you trust",
    ))
}
