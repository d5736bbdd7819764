//! What the host keeps for one call.

use std::sync::Arc;
use std::time::Instant;

use super::budget::{Budget, Log, Stop};
use super::limiter::Limiter;
use super::wasi::Wasi;
use super::weight::Weigh;
use crate::capability::{Capabilities, Read, ReadVersion, Scope};
use crate::contract::Fault;
use crate::effect::Effect;
use crate::engine::Engine;
use crate::point::{Capability, Point};

/// Questions to the vendor between two at which others go first: some 20 µs where they are answered at once.
const QUESTIONS: u32 = 64;

/// What a call is for, which decides what it may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The trial instance at load: no capability answers.
    Trial,
    /// Reads and writes nothing, on threads that all shops share, while somebody waits.
    Decision,
    /// Reads and writes nothing, and may take a while.
    Report,
    /// Reads, and leaves effects.
    Handler,
}

impl Purpose {
    /// What a call of this point is for.
    pub(crate) fn of(point: Point) -> Self {
        match point {
            _ if point.is_handler() => Self::Handler,
            Point::Insights => Self::Report,
            _ => Self::Decision,
        }
    }
}

/// The data of one store.
pub(crate) struct CallState {
    pub(crate) purpose: Purpose,
    pub(crate) scope: Scope,
    pub(crate) settings: Arc<[u8]>,
    pub(crate) limiter: Limiter,
    pub(crate) budget: Budget,
    pub(crate) log: Log,
    pub(crate) effects: Vec<Effect>,
    pub(crate) reads: Vec<ReadVersion>,
    /// The vendor could not answer something.
    pub(crate) met_a_fault: bool,
    pub(crate) deadline: Instant,
    pub(crate) engine: Engine,
    wasi: Option<Box<Wasi>>,
}

impl CallState {
    pub(crate) fn new(purpose: Purpose, scope: Scope, settings: Arc<[u8]>, engine: Engine, deadline: Instant) -> Self {
        let limits = &engine.config().limits;
        let host_calls = if purpose == Purpose::Decision { limits.decision_host_calls } else { limits.host_calls };
        Self {
            purpose,
            scope,
            settings,
            limiter: Limiter::new(limits.memory, limits.table_elements),
            budget: Budget::new(host_calls, limits.host_bytes),
            log: Log::new(limits.log_bytes),
            effects: Vec::new(),
            reads: Vec::new(),
            met_a_fault: false,
            deadline,
            engine,
            wasi: None,
        }
    }

    /// Charges for a capability call and what it carries, before anything is done for it.
    pub(crate) fn admit(&mut self, capability: Capability, request: &impl Weigh) -> Result<(), Stop> {
        if self.purpose == Purpose::Trial {
            return Err(Stop::Starting(capability));
        }
        self.budget.charge_call()?;
        self.budget.charge_bytes(request.weight())
    }

    /// Charges for a question to the vendor, and lets others go first now and then: a vendor who answers at once does not.
    pub(crate) async fn ask(&mut self, capability: Capability, request: &(impl Weigh + Sync)) -> Result<(), Stop> {
        self.admit(capability, request)?;
        if self.budget.calls_left().is_multiple_of(QUESTIONS) {
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    /// Who answers a capability. Lent, not shared: a count of holders would be written by every call on every thread.
    pub(crate) fn vendor<T: ?Sized>(
        &self,
        capability: Capability,
        choose: impl FnOnce(&Capabilities) -> Option<&Arc<T>>,
    ) -> wasmtime::Result<&T> {
        let vendor = choose(self.engine.capabilities()).map(Arc::as_ref);
        vendor.ok_or_else(|| wasmtime::format_err!("`{capability}` is not registered"))
    }

    /// Charges for an answer and notes what it was made from.
    pub(crate) fn hand_over<T: Weigh>(&mut self, answer: Result<Read<T>, Fault>) -> wasmtime::Result<Result<T, Fault>> {
        match answer {
            Ok(read) => {
                self.budget.charge_bytes(read.value.weight())?;
                if self.purpose == Purpose::Handler {
                    self.budget.charge_bytes(read.versions.weight())?;
                    self.reads.extend(read.versions);
                }
                Ok(Ok(read.value))
            }
            Err(fault) => {
                self.met_a_fault = true;
                self.budget.charge_bytes(fault.weight())?;
                Ok(Err(fault))
            }
        }
    }

    /// Keeps an effect that was found well-formed, in a handler; ends the call anywhere else.
    pub(crate) fn leave(
        &mut self,
        capability: Capability,
        checked: Result<(), Fault>,
        effect: Effect,
    ) -> wasmtime::Result<Result<(), Fault>> {
        self.admit(capability, &effect)?;
        if self.purpose != Purpose::Handler {
            return Err(Stop::ForbiddenWrite(capability).into());
        }
        if let Err(fault) = checked {
            return Ok(Err(fault));
        }
        let most = self.engine.config().limits.effects;
        if self.effects.len() >= most {
            return Err(Stop::Effects(most).into());
        }
        self.effects.push(effect);
        Ok(Ok(()))
    }

    /// WASI, made at its first use.
    pub(crate) fn wasi(&mut self) -> &mut Wasi {
        let log_bytes = self.engine.config().limits.log_bytes;
        self.wasi.get_or_insert_with(|| Box::new(Wasi::new(self.scope.now, &self.scope.extension, log_bytes)))
    }

    /// What the guest has written to standard output and error; empty for one that never did.
    pub(crate) fn output(&self) -> String {
        self.wasi.as_ref().map_or_else(String::new, |wasi| wasi.output())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::EngineConfig;

    fn state(purpose: Purpose) -> CallState {
        let scope = Scope { shop: "s".into(), extension: "e".into(), now: 0, customer: None, subject: None };
        let engine = Engine::new(EngineConfig::default(), Capabilities::default()).unwrap();
        CallState::new(purpose, scope, Arc::from([]), engine, Instant::now())
    }

    fn delete() -> Effect {
        Effect::StorageDelete { key: "k".into() }
    }

    #[test]
    fn no_capability_answers_while_a_component_starts() {
        let stop = state(Purpose::Trial).admit(Capability::Settings, &());
        assert_eq!(stop, Err(Stop::Starting(Capability::Settings)));
        assert_eq!(state(Purpose::Decision).admit(Capability::Settings, &()), Ok(()));
    }

    #[test]
    fn effects_are_left_in_handlers_only_and_if_well_formed() {
        let mut handler = state(Purpose::Handler);
        let refused = Err(Fault::new("invalid-request", "No."));
        assert!(handler.leave(Capability::StorageWrite, refused, delete()).unwrap().is_err());
        assert!(handler.effects.is_empty());
        assert!(handler.leave(Capability::StorageWrite, Ok(()), delete()).unwrap().is_ok());
        assert_eq!(handler.effects, [delete()]);
        let mut decision = state(Purpose::Decision);
        let error = decision.leave(Capability::StorageWrite, Ok(()), delete()).unwrap_err();
        assert_eq!(error.downcast_ref(), Some(&Stop::ForbiddenWrite(Capability::StorageWrite)));
        assert!(decision.effects.is_empty());
    }

    #[test]
    fn versions_are_kept_for_handlers_which_are_committed_against_them() {
        for (purpose, kept) in [(Purpose::Handler, 1), (Purpose::Decision, 0)] {
            let mut state = state(purpose);
            let answer = state.hand_over(Ok(Read::versioned(7_u32, "counter", 1))).unwrap();
            assert_eq!((answer, state.reads.len()), (Ok(7), kept));
        }
    }
}
