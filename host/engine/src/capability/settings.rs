//! `settings`: read what the merchant has set up. The engine answers by itself.

use crate::call::state::CallState;
use crate::contract::bindings::boomerang::shop::settings::Host;
use crate::point::Capability;

impl Host for CallState {
    fn get(&mut self) -> wasmtime::Result<Vec<u8>> {
        self.admit(Capability::Settings, &())?;
        self.budget.charge_bytes(self.settings.len())?;
        Ok(self.settings.to_vec())
    }
}
