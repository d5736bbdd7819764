//! Work that nobody waits for: events to extensions, mails, payments that were interrupted, and what has run out.
//!
//! It runs on a thread of its own, so that a hostile handler never keeps a shopper waiting.

use std::io;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::sync::watch;

use crate::cart::abandoned;
use crate::clock::DAY;
use crate::extensions::dispatcher::Round;
use crate::mail::{self, Tally, Transport};
use crate::orders;
use crate::people::housekeeping;
use crate::platform::Platform;
use crate::store::{StoreError, carts, events, shops};

/// How long the worker rests when there is nothing to do.
const REST: Duration = Duration::from_millis(250);
/// Rounds between two sweeps of what has run out.
const SWEEP_EVERY: u32 = 240;
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

/// The thread that works in the background. It ends after the round it is in once `stop` says so.
///
/// # Errors
/// If the thread cannot be started.
pub fn start(
    platform: Platform,
    transport: Arc<dyn Transport>,
    stop: watch::Receiver<bool>,
) -> io::Result<JoinHandle<()>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    thread::Builder::new().name("background".to_owned()).spawn(move || {
        runtime.block_on(run(platform, transport, stop));
    })
}

async fn run(platform: Platform, transport: Arc<dyn Transport>, mut stop: watch::Receiver<bool>) {
    let mut rounds = 0_u32;
    while !*stop.borrow() {
        let busy = match platform.work(&*transport).await {
            Ok(worked) => worked.handlers.done > 0 || worked.mails.sent > 0,
            Err(error) => {
                tracing::error!(%error, "background work did not get on; it is tried again");
                false
            }
        };
        if rounds.is_multiple_of(SWEEP_EVERY)
            && let Err(error) = platform.sweep().await
        {
            tracing::error!(%error, "what has run out was not thrown away; it is tried again");
        }
        rounds = rounds.wrapping_add(1);
        if !busy {
            // Whichever comes first: the end of the rest, or the end of the program.
            let _ = tokio::time::timeout(REST, stop.changed()).await;
        }
    }
}
