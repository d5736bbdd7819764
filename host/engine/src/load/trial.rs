//! The trial instance: a component that cannot start, or whose functions have other types, is found out at load.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use tokio::runtime::{Builder, Handle, Runtime};
use wasmtime::component::InstancePre;

use super::error::LoadError;
use super::handles::Handles;
use crate::call::failure::Failure;
use crate::call::state::{CallState, Purpose};
use crate::capability::Scope;
use crate::engine::Engine;

/// Starts the component once, with nothing to call, and checks its points.
pub(super) fn instantiate(engine: &Engine, pre: &InstancePre<CallState>, handles: &Handles) -> Result<(), LoadError> {
    let time = engine.config().limits.handler_time;
    let scope = Scope { shop: "".into(), extension: "".into(), now: 0, customer: None, subject: None };
    let state = CallState::new(Purpose::Trial, scope, Arc::from([]), engine.clone(), Instant::now() + time);
    // A component that sleeps while it starts makes a timer, for which there has to be a clock.
    let timers = match Handle::try_current() {
        Ok(_) => None,
        Err(_) => {
            Some(Builder::new_current_thread().enable_time().build().map_err(|e| LoadError::Host(e.to_string()))?)
        }
    };
    let _timers = timers.as_ref().map(Runtime::enter);
    let _awake = engine.ticker().keep_awake();
    let mut store = engine.store(state);
    let started = {
        // Nothing that a component may do while it starts waits for anything: one poll is the whole call.
        let mut starting = pin!(pre.instantiate_async(&mut store));
        match starting.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(result) => result,
            Poll::Pending => {
                return Err(LoadError::Trial("it waits for something while it starts".into()));
            }
        }
    };
    match started {
        Ok(instance) => handles.check(&mut store, &instance),
        Err(error) => {
            Err(LoadError::Trial(Failure::from_error(&error, store.data(), &engine.config().limits, time).detail))
        }
    }
}
