//! `time-zones`: the IANA time-zone database.

use async_trait::async_trait;

use super::{Read, Scope};
use crate::call::state::CallState;
use crate::contract::bindings::boomerang::shop::time_zones::Host;
use crate::contract::{Fault, Instant, LocalTime, Resolved};
use crate::point::Capability;

/// Wall-clock times to instants and back.
#[async_trait]
pub trait TimeZones: Send + Sync {
    /// The instants that a wall-clock time may mean. Code `unknown-zone` or `out-of-range` where there is none.
    async fn resolve(&self, scope: &Scope, zone: &str, time: LocalTime) -> Result<Read<Resolved>, Fault>;

    /// What a clock in the zone shows at an instant.
    async fn to_local(&self, scope: &Scope, zone: &str, at: Instant) -> Result<Read<LocalTime>, Fault>;
}

impl Host for CallState {
    async fn resolve(&mut self, zone: String, time: LocalTime) -> wasmtime::Result<Result<Resolved, Fault>> {
        self.ask(Capability::TimeZones, &zone).await?;
        let vendor = self.vendor(Capability::TimeZones, |all| all.time_zones.as_ref())?;
        let answer = vendor.resolve(&self.scope, &zone, time).await;
        self.hand_over(answer)
    }

    async fn to_local(&mut self, zone: String, at: Instant) -> wasmtime::Result<Result<LocalTime, Fault>> {
        self.ask(Capability::TimeZones, &zone).await?;
        let vendor = self.vendor(Capability::TimeZones, |all| all.time_zones.as_ref())?;
        let answer = vendor.to_local(&self.scope, &zone, at).await;
        self.hand_over(answer)
    }
}
