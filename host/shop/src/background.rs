//! Work beside the requests: events to extensions, mails, payments that were interrupted, and what has run out.
//!
//! Handlers have a thread of their own, so that a hostile one keeps neither a shopper waiting nor somebody who wants to sign
//! in by mail. On another thread are mails, payments and sweeping, of which none waits for the others.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;

use crate::cart::abandoned;
use crate::clock::DAY;
use crate::extensions::dispatcher::{Dispatcher, Round, Step};
use crate::mail::{self, Tally, Transport};
use crate::orders;
use crate::people::housekeeping;
use crate::platform::Platform;
use crate::store::{StoreError, carts, events, shops};

/// How long a worker rests when there is nothing to do.
const REST: Duration = Duration::from_millis(250);
/// How long it is from one sweep of what has run out to the next.
const SWEEP_EVERY: Duration = Duration::from_mins(1);
/// Mails that are sent in one round.
const MAILS: u32 = 100;
/// A cart that nobody has touched for this many days is thrown away.
const CART_DAYS: i64 = 60;
/// What was told to every extension is kept for this many days.
const EVENT_DAYS: i64 = 90;
/// Rows that one sweep of carts takes at the most.
const SWEEP: u32 = 1_000;

/// What a round of work did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Worked {
    /// Events and ticks.
    pub handlers: Round,
    /// Mails.
    pub mails: Tally,
    /// Payments and refunds that were taken up again.
    pub resumed: usize,
}

impl Platform {
    /// Does everything that is due now: tells extensions what happened, sends mails, takes up what was interrupted.
    ///
    /// # Errors
    /// If the database fails; what was not done stays due.
    pub async fn work(&self, transport: &dyn Transport) -> Result<Worked, StoreError> {
        let now = self.clock.now();
        let resumed = orders::manage::resume(&self.store, &*self.gateway, now).await?;
        let handlers = self.extensions.dispatch(&self.secret, now).await?;
        let mails = mail::send_due(&self.store, &self.secret, transport, now, MAILS).await?;
        Ok(Worked { handlers, mails, resumed })
    }

    /// Tells extensions of carts that were left, and throws away what has run out: sessions, tokens, shells that nobody
    /// claimed, carts that nobody came back to.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn sweep(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        housekeeping::sweep(&self.store, now).await?;
        self.store
            .write(move |tx| {
                for shop in shops::list(tx)? {
                    abandoned::tell_of(tx, &shop, now)?;
                    events::prune(tx, &shop.id, now - EVENT_DAYS * DAY)?;
                    carts::purge(tx, &shop.id, now - CART_DAYS * DAY, SWEEP)?;
                }
                Ok(())
            })
            .await
    }
}

/// The threads that work in the background.
#[derive(Debug)]
pub struct Background([JoinHandle<()>; 2]);

impl Background {
    /// Waits until both have come to their end.
    pub fn join(self) {
        for thread in self.0 {
            // A thread that panicked has said so, and has nothing more to do.
            let _ = thread.join();
        }
    }
}

/// Starts what works in the background. It ends once `stop` says so and what it is at is done: a handler at its time limit
/// at the latest.
///
/// # Errors
/// If a thread cannot be started.
pub fn start(platform: Platform, transport: Arc<dyn Transport>, stop: watch::Receiver<bool>) -> io::Result<Background> {
    let (handling, handlers_stop) = (platform.clone(), stop.clone());
    let handlers = spawn("handlers", move |runtime| runtime.block_on(handle(&handling, handlers_stop)))?;
    let rest = spawn("background", move |runtime| {
        runtime.block_on(async {
            let (platform, transport) = (&platform, &*transport);
            tokio::join!(
                every(REST, stop.clone(), "mails were not sent", async || {
                    let now = platform.clock.now();
                    let tally = mail::send_due(&platform.store, &platform.secret, transport, now, MAILS).await?;
                    Ok(tally.sent > 0)
                }),
                every(REST, stop.clone(), "payments were not taken up again", async || {
                    let now = platform.clock.now();
                    orders::manage::resume(&platform.store, &*platform.gateway, now).await.map(|_| false)
                }),
                every(SWEEP_EVERY, stop.clone(), "what has run out was not thrown away", async || {
                    platform.sweep().await.map(|()| false)
                }),
            );
        });
    })?;
    Ok(Background([handlers, rest]))
}

fn spawn(name: &str, work: impl FnOnce(Runtime) + Send + 'static) -> io::Result<JoinHandle<()>> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    thread::Builder::new().name(name.to_owned()).spawn(move || work(runtime))
}

/// Tells extensions what happens, until `stop` says so.
async fn handle(platform: &Platform, mut stop: watch::Receiver<bool>) {
    let mut dispatcher = Dispatcher::new(platform.extensions.clone(), platform.secret.clone());
    while !*stop.borrow() {
        match dispatcher.step(platform.clock.now()).await {
            Ok(Step::GotOn) => {}
            Ok(Step::Running) => dispatcher.wait().await,
            Ok(Step::Idle) => rest(REST, &mut stop).await,
            Err(error) => {
                tracing::error!(%error, "extensions were not told what happened; it is tried again");
                rest(REST, &mut stop).await;
            }
        }
    }
    if let Err(error) = dispatcher.finish(platform.clock.now()).await {
        tracing::error!(%error, "what handlers wanted last was not committed; they are told again");
    }
}

/// Works again and again until `stop` says so, with a rest whenever there was nothing to do.
async fn every<W>(pause: Duration, mut stop: watch::Receiver<bool>, failed: &str, work: impl Fn() -> W)
where
    W: Future<Output = Result<bool, StoreError>>,
{
    while !*stop.borrow() {
        let busy = work().await.unwrap_or_else(|error| {
            tracing::error!(%error, "{failed}; it is tried again");
            false
        });
        if !busy {
            rest(pause, &mut stop).await;
        }
    }
}

/// Rests, but not beyond the end of the program.
async fn rest(pause: Duration, stop: &mut watch::Receiver<bool>) {
    // Whichever comes first.
    let _ = tokio::time::timeout(pause, stop.changed()).await;
}
