//! `log`: lines kept with the call's report. The engine answers by itself.

use crate::call::state::CallState;
use crate::contract::Level;
use crate::contract::bindings::boomerang::shop::log::Host;
use crate::point::Capability;

impl Host for CallState {
    fn write(&mut self, level: Level, message: String) -> wasmtime::Result<()> {
        self.admit(Capability::Log, &message)?;
        self.log.write(level, &message);
        Ok(())
    }
}
