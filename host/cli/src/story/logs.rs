//! What the program writes to its log while the story is told, down to the smallest detail: kept, to be looked through.
//! Nobody's address, token or card may be in it.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Result, anyhow, ensure};
use tracing_subscriber::EnvFilter;

/// Everything but what the compiler writes, which knows nobody and fills gigabytes, and the story's own clients.
const FILTER: &str = "trace,cranelift=off,regalloc2=off,wasmtime_internal=off,wasmtime_environ=off,ureq=off";

/// The lines. Clones share them.
#[derive(Clone, Default)]
pub(super) struct Logs(Arc<Mutex<Vec<u8>>>);

impl Logs {
    /// Keeps what is logged in this process from now on.
    pub(super) fn keep() -> Result<Self> {
        let logs = Self::default();
        let writer = logs.clone();
        tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new(FILTER))
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .try_init()
            .map_err(|error| anyhow!("nothing can be logged: {error}"))?;
        Ok(logs)
    }

    /// How many lines there are, none of which has one of these words.
    pub(super) fn without(&self, secrets: &[String]) -> Result<usize> {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let text = String::from_utf8_lossy(&bytes);
        for line in text.lines() {
            for secret in secrets {
                ensure!(!line.contains(secret.as_str()), "a line of the log tells {secret:?}: {line}");
            }
        }
        Ok(text.lines().count())
    }
}

impl Write for Logs {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_was_logged_is_found() {
        let mut logs = Logs::default();
        logs.write_all(b"one line\nto=mia@example.com\n").unwrap();
        assert_eq!(logs.without(&["Lange Gasse".into()]).unwrap(), 2);
        let error = logs.without(&["mia@example.com".into()]).unwrap_err().to_string();
        assert!(error.contains("to=mia@example.com"), "{error}");
    }
}
