//! `storage-write`: write the extension's own keys and values.

use super::check;
use crate::call::state::CallState;
use crate::contract::Fault;
use crate::contract::bindings::boomerang::shop::storage_write::Host;
use crate::effect::Effect;
use crate::point::Capability;

/// Bytes of one value.
const VALUE: usize = 64 << 10;

impl Host for CallState {
    fn set(&mut self, key: String, value: Vec<u8>) -> wasmtime::Result<Result<(), Fault>> {
        let checked = check::key(&key).and_then(|()| check_value(&value));
        self.leave(Capability::StorageWrite, checked, Effect::StorageSet { key, value })
    }

    fn delete(&mut self, key: String) -> wasmtime::Result<Result<(), Fault>> {
        let checked = check::key(&key);
        self.leave(Capability::StorageWrite, checked, Effect::StorageDelete { key })
    }
}

fn check_value(value: &[u8]) -> Result<(), Fault> {
    if value.len() > VALUE {
        return Err(check::refuse(format!("A value has at most {VALUE} bytes; this one has {}.", value.len())));
    }
    Ok(())
}
