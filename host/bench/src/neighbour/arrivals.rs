//! Requests that come from outside, as those from a network do: the kernel says so to whoever waits for it. A thread that
//! sent them would want a core for itself, and there may be two. Where the kernel has no such clock, the runtime's own has
//! to do, which rounds up to a millisecond.

use std::time::{Duration, Instant};

use anyhow::Result;

/// What tells the runtime when a request has come.
pub(super) struct Arrivals {
    #[cfg(target_os = "linux")]
    timer: tokio::io::unix::AsyncFd<rustix::fd::OwnedFd>,
}

#[cfg(target_os = "linux")]
impl Arrivals {
    pub(super) fn new() -> Result<Self> {
        use rustix::time::{TimerfdClockId, TimerfdFlags, timerfd_create};

        let timer = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC)?;
        // SAFETY: an owned descriptor stays open and the same for as long as it is registered.
        #[allow(unsafe_code)]
        let registered = unsafe { tokio::io::unix::AsyncFd::register(timer) };
        Ok(Self { timer: registered? })
    }

    /// Waits for the next request, and gives the instant at which it came.
    pub(super) async fn next(&self, after: Duration) -> Result<Instant> {
        use rustix::time::{Itimerspec, TimerfdTimerFlags, timerfd_settime};

        let once = Itimerspec { it_interval: Duration::ZERO.try_into()?, it_value: after.try_into()? };
        let comes = Instant::now() + after;
        timerfd_settime(&self.timer, TimerfdTimerFlags::empty(), &once)?;
        let mut ready = self.timer.readable().await?;
        rustix::io::read(self.timer.get_ref(), &mut [0_u8; 8])?;
        ready.clear_ready();
        Ok(comes)
    }
}

#[cfg(not(target_os = "linux"))]
impl Arrivals {
    pub(super) fn new() -> Result<Self> {
        Ok(Self {})
    }

    /// Waits for the next request, and gives the instant at which it came.
    pub(super) async fn next(&self, after: Duration) -> Result<Instant> {
        let comes = Instant::now() + after;
        tokio::time::sleep_until(comes.into()).await;
        Ok(comes)
    }
}
