//! A call behind the breaker of its installation: an extension that keeps failing is left out for a while.

use super::Call;
use super::invocation::Invocation;
use super::run::Finished;
use crate::engine::Engine;
use crate::installation::Installation;

/// A call that the breaker let through.
pub(crate) struct Guarded<T> {
    pub(crate) finished: Finished<T>,
    /// Its failure opened the breaker.
    pub(crate) opened_breaker: bool,
}

impl Engine {
    /// Asks one installation one thing, and tells its breaker how that went. None if the breaker is open.
    pub(crate) async fn guarded<I: Invocation>(
        &self,
        installation: &Installation,
        call: &Call,
        invocation: &I,
    ) -> Option<Guarded<I::Output>> {
        let breaker = installation.breaker();
        let config = &self.config().breaker;
        let now = call.context.now;
        if !breaker.admits(I::POINT, now, config) {
            return None;
        }
        let settings = installation.settings().shared();
        let finished = self.run(installation.extension(), settings, call, invocation).await;
        let opened_breaker = match &finished.result {
            Ok(_) => {
                breaker.succeeded(I::POINT);
                false
            }
            Err(failure) if failure.reason.counts_for_breaker() => breaker.failed(I::POINT, now, config),
            Err(_) => {
                breaker.undecided(I::POINT);
                false
            }
        };
        Some(Guarded { finished, opened_breaker })
    }
}
