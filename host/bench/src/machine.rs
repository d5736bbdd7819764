//! What it ran on. Linux says the most; elsewhere the parts that are not known are left out.

use std::fmt;
use std::fs;
use std::thread::available_parallelism;

use serde::Serialize;

/// The machine, and how busy it was.
#[derive(Debug, Serialize)]
pub(crate) struct Machine {
    processor: String,
    cores: usize,
    system: String,
    /// Processes that ran or waited to run, on average over the last minute, before anything was measured.
    load_before: Option<f64>,
}

impl Machine {
    pub(crate) fn look() -> Self {
        let info = read("/proc/cpuinfo");
        let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
        let kernel = read("/proc/sys/kernel/osrelease");
        Self {
            processor: model.map_or(std::env::consts::ARCH, |(_, name)| name).to_owned(),
            cores: available_parallelism().map_or(1, usize::from),
            system: format!("{} {}", std::env::consts::OS, kernel.trim()).trim().to_owned(),
            load_before: load(),
        }
    }
}

/// Processes that ran or waited to run, on average over the last minute.
pub(crate) fn load() -> Option<f64> {
    read("/proc/loadavg").split_whitespace().next()?.parse().ok()
}

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {} cores, {}", self.processor, self.cores, self.system)?;
        self.load_before.map_or(Ok(()), |load| write!(f, ", load {load} at the start"))
    }
}
