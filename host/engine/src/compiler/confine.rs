//! Limits on the process that runs this, as the operating system keeps them: they cannot be raised again.

use std::io;

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
    // What is written to, and so takes memory.
    limit(Resource::Data, memory, memory)?;
    // What is mapped. An allocator may have set aside address space already, which takes no memory before it is used.
    let mapped = mapped().unwrap_or(0).saturating_add(memory);
    limit(Resource::As, mapped, mapped)?;
    // At the first limit the kernel ends the process with a signal that says why.
    limit(Resource::Cpu, cpu_seconds, cpu_seconds.saturating_add(1))?;
    Ok(())
}

/// Bytes of address space in use, where the system says so.
#[cfg(unix)]
fn mapped() -> Option<u64> {
    let pages = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = pages.split(' ').next()?.parse().ok()?;
    Some(pages.saturating_mul(rustix::param::page_size() as u64))
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
