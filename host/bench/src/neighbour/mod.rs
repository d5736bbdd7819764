//! A decision of one shop while an extension of another does its worst, on the threads that they share: how long a request
//! takes from when it comes, the wait for its turn included.

mod arrivals;
mod hostile;

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};
use boomerang_engine::contract::{Order, OrderEvent};
use boomerang_engine::{Call, Event, Installation, Installations, Point, decision_threads};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

use crate::cart;
use crate::contenders::{Asked, Contender, Entry, Times};
use crate::rounds::Row;
use crate::setup::Setup;
use arrivals::Arrivals;

/// The decision with nobody else about.
pub(crate) const QUIET: &str = "alone";
/// Lines of the cart.
const LINES: usize = 10;
/// Threads that honest and hostile decisions share.
const THREADS: usize = 2;
/// Time between two requests of the honest shop. They come one by one, as shoppers do: a thread that has nothing to do
/// sleeps, and its caches are somebody else's, with a hostile neighbour or without.
const BETWEEN: Duration = Duration::from_millis(5);
/// Requests that come before those that are timed, while the kernel finds out what each thread needs: a tenth of a second.
const BEFORE: usize = 20;
/// Requests of the hostile extension's shop at any time, or events that it is told of.
const HOSTILE: usize = 8;

/// The decision alone, and beside each extension that does its worst.
pub(crate) fn entries(setup: &Setup) -> Result<Vec<Entry>> {
    let start = |threads, pinned| decision_threads(threads, pinned).map(Arc::new).context("could not start a runtime");
    // One for each processor where there are two, and pinned, as with `boomerang serve --pin`.
    let (requests, handlers) = (start(THREADS, true)?, start(1, false)?);
    let honest = Arc::new(Asked::new(setup, &setup.one, LINES));
    let beside = |name, hostile| Beside {
        name,
        setup: setup.clone(),
        honest: Arc::clone(&honest),
        hostile,
        requests: Arc::clone(&requests),
        handlers: Arc::clone(&handlers),
    };
    let task = "price 10 lines on shared threads";
    let mut entries = vec![Entry::new(task, beside(QUIET, None))];
    for worst in &hostile::ALL {
        let hostile = Hostile { point: worst.point, installation: worst.install(setup)? };
        entries.push(Entry::new(task, beside(worst.name, Some(hostile))));
    }
    Ok(entries)
}

/// How much slower the slowest in a hundred are than with nobody else about; none if that was not measured.
pub(crate) fn p99_ratio(rows: &[Row], row: &Row) -> Option<f64> {
    let quiet = rows.iter().find(|other| other.task == row.task && other.name == QUIET)?;
    Some(row.p99_micros / quiet.p99_micros)
}

#[derive(Clone)]
struct Hostile {
    point: Point,
    installation: Arc<Installation>,
}

impl Hostile {
    /// Calls it once, and closes its breaker again: this is about the time before it opens.
    async fn call(&self, setup: &Setup) -> Result<()> {
        let call = Call::new("hostile", cart::context());
        let failed = if self.point == Point::OrderEvents {
            let event = event();
            setup.engine.handle_event(&self.installation, &call, Event::Order(&event)).await.is_err()
        } else {
            let installations = Installations::new([Arc::clone(&self.installation)])?;
            let report = setup.engine.price_cart(&installations, &call, &cart::cart(LINES)).await?;
            !report.skipped.is_empty()
        };
        ensure!(failed, "what is hostile came to an end of its own");
        self.installation.breaker().reset(self.point);
        Ok(())
    }
}

fn event() -> OrderEvent {
    let order = Order {
        id: "ord_1".into(),
        number: "1".into(),
        placed_at: 0,
        currency: "EUR".into(),
        customer: None,
        contact: "con_1".into(),
        contact_domain: "example.com".into(),
        country: None,
        lines: Vec::new(),
        adjustments: Vec::new(),
        delivery_fee: 0,
        tax: 0,
        total: 0,
        flags: Vec::new(),
        attributes: Vec::new(),
    };
    OrderEvent { id: "evt_1".into(), topic: "paid".into(), occurred_at: 0, order, refund: None }
}

/// Honest decisions, with or without somebody hostile beside them.
struct Beside {
    name: &'static str,
    setup: Setup,
    honest: Arc<Asked>,
    hostile: Option<Hostile>,
    requests: Arc<Runtime>,
    /// Handlers have a thread of their own, as in every host that does what the engine's documentation says.
    handlers: Arc<Runtime>,
}

impl Beside {
    /// Keeps the hostile extension called until `stop` says so.
    fn disturb(&self, stop: &Arc<AtomicBool>) -> Vec<JoinHandle<Result<()>>> {
        let ask = |hostile: &Hostile| {
            let (setup, hostile, stop) = (self.setup.clone(), hostile.clone(), Arc::clone(stop));
            let runtime = if hostile.point.is_handler() { &self.handlers } else { &self.requests };
            runtime.spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    hostile.call(&setup).await?;
                    // As between two requests.
                    tokio::task::yield_now().await;
                }
                Ok(())
            })
        };
        self.hostile.iter().flat_map(|hostile| std::iter::repeat_n(hostile, HOSTILE)).map(ask).collect()
    }
}

impl Contender for Beside {
    fn name(&self) -> &str {
        self.name
    }

    fn round(&mut self, times: &mut Times) -> Result<()> {
        let stop = Arc::new(AtomicBool::new(false));
        let disturbing = self.disturb(&stop);
        let (honest, calls) = (Arc::clone(&self.honest), times.calls);
        let requests = self.requests.spawn(async move {
            let (arrivals, mut own) = (Arrivals::new()?, Times::of(calls));
            for request in 0..BEFORE + calls {
                let came = arrivals.next(BETWEEN).await?;
                black_box(honest.price().await?);
                if request >= BEFORE {
                    own.note(came);
                }
            }
            anyhow::Ok(own.micros)
        });
        let measured = self.requests.block_on(requests);
        stop.store(true, Ordering::Relaxed);
        for one in disturbing {
            self.requests.block_on(one).map_err(|_| anyhow!("a hostile caller panicked"))??;
        }
        times.micros.extend(measured.map_err(|_| anyhow!("an honest caller panicked"))??);
        Ok(())
    }
}
