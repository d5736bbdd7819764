//! Memory and tables of a call, bounded as sums: many small memories weigh as much as a big one.

use wasmtime::ResourceLimiter;

/// Lets a call grow until a sum is reached, and remembers that it was.
#[derive(Debug)]
pub(crate) struct Limiter {
    memory_left: usize,
    elements_left: usize,
    hit: Option<Hit>,
}

/// Which sum was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hit {
    Memory,
    Table,
}

impl Limiter {
    pub(crate) fn new(memory: usize, elements: usize) -> Self {
        Self { memory_left: memory, elements_left: elements, hit: None }
    }

    /// Bytes of memory that are left.
    pub(crate) fn memory_left(&self) -> usize {
        self.memory_left
    }

    /// The limit that was hit, if any.
    pub(crate) fn hit(&self) -> Option<Hit> {
        self.hit
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        match self.memory_left.checked_sub(desired.saturating_sub(current)) {
            Some(left) => self.memory_left = left,
            None => {
                self.hit = Some(Hit::Memory);
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn memory_grow_failed(&mut self, _error: wasmtime::Error) -> wasmtime::Result<()> {
        self.hit = Some(Hit::Memory);
        Ok(())
    }

    fn table_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        match self.elements_left.checked_sub(desired.saturating_sub(current)) {
            Some(left) => self.elements_left = left,
            None => {
                self.hit = Some(Hit::Table);
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn table_grow_failed(&mut self, _error: wasmtime::Error) -> wasmtime::Result<()> {
        // The pool has smaller tables than a call may have elements.
        self.hit = Some(Hit::Table);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memories_are_bounded_as_a_sum() {
        let mut limiter = Limiter::new(100, 0);
        assert!(limiter.memory_growing(0, 60, None).unwrap());
        assert!(limiter.memory_growing(60, 80, None).unwrap());
        assert_eq!(limiter.hit(), None);
        assert!(!limiter.memory_growing(0, 21, None).unwrap());
        assert_eq!(limiter.hit(), Some(Hit::Memory));
    }

    #[test]
    fn tables_are_bounded_as_a_sum() {
        let mut limiter = Limiter::new(0, 10);
        assert!(limiter.table_growing(0, 10, None).unwrap());
        assert!(!limiter.table_growing(0, 1, None).unwrap());
        assert_eq!(limiter.hit(), Some(Hit::Table));
    }
}
