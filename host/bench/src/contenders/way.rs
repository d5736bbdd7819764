//! A contender made from a function.

use std::time::Instant;

use anyhow::Result;

use super::{Contender, Times};

/// A name, and what is measured.
pub(crate) struct Way<F> {
    name: String,
    work: F,
}

impl<F: FnMut() -> Result<()>> Way<F> {
    pub(crate) fn new(name: impl Into<String>, work: F) -> Self {
        Self { name: name.into(), work }
    }
}

impl<F: FnMut() -> Result<()>> Contender for Way<F> {
    fn name(&self) -> &str {
        &self.name
    }

    fn round(&mut self, times: &mut Times) -> Result<()> {
        for _ in 0..times.calls {
            let started = Instant::now();
            (self.work)()?;
            times.note(started);
        }
        Ok(())
    }
}
