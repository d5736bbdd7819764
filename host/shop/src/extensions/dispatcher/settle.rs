//! What became of lanes, written into the transaction of a step.

use boomerang_engine::{Commit, HandlerOutcome};

use super::lane::{Ended, Lane, Task, Told, Work};
use crate::clock::Instant;
use crate::secrets::Secret;
use crate::store::effects::{self, EffectError};
use crate::store::{StoreError, Tx, events, ticks};

/// What a step has written.
#[derive(Default)]
pub(super) struct Settled {
    pub(super) done: u32,
    pub(super) failed: u32,
    /// Those that have to be told once more, alone.
    pub(super) again: Vec<Lane>,
}

/// Commits what handlers want, each all or nothing by itself, and notes what failed.
pub(super) fn settle(tx: &mut Tx<'_>, secret: &Secret, ended: Vec<Ended>, now: Instant) -> Result<Settled, StoreError> {
    let mut settled = Settled::default();
    for Ended { shop, installation, told, .. } in ended {
        let mut tasks = Vec::new();
        for (task, told) in told {
            match told {
                Told::Wants(outcome) => match tx.attempt(|tx| commit(tx, secret, &task.work, &outcome, now))? {
                    Ok(Commit::Done | Commit::AlreadyDone) => settled.done += 1,
                    Ok(Commit::Conflict) => tasks.push(task.alone()),
                    Err(error) => settled.fail(tx, &task, &error.to_string(), now)?,
                },
                Told::Done => settled.done += 1,
                Told::Failed(error) => settled.fail(tx, &task, &error, now)?,
                Told::NotCalled => give_back(tx, &task, now)?,
            }
        }
        if !tasks.is_empty() {
            settled.again.push(Lane { shop, installation, tasks, now });
        }
    }
    Ok(settled)
}

impl Settled {
    fn fail(&mut self, tx: &mut Tx<'_>, task: &Task, error: &str, now: Instant) -> Result<(), StoreError> {
        self.failed += 1;
        match &task.work {
            Work::Event(due) => events::fail(tx, &due.shop, &due.extension, &due.event, error, now).map(drop),
            Work::Tick { due, .. } => ticks::fail(tx, due, now, error),
        }
    }
}

/// A tick is claimed by nobody, so there is nothing to give back.
fn give_back(tx: &mut Tx<'_>, task: &Task, now: Instant) -> Result<(), StoreError> {
    match &task.work {
        Work::Event(due) => events::give_back(tx, due, now),
        Work::Tick { .. } => Ok(()),
    }
}

/// Commits what one handler wants with the acknowledgement of its event or the step of its tick. An error has to undo what
/// was written.
pub(super) fn commit(
    tx: &mut Tx<'_>,
    secret: &Secret,
    work: &Work,
    outcome: &HandlerOutcome,
    now: Instant,
) -> Result<Commit, EffectError> {
    let (shop, extension, key) = match work {
        Work::Event(due) => (&due.shop, &due.extension, &due.event),
        Work::Tick { due, page, .. } => (&due.shop, &due.extension, &page.id),
    };
    let commit = effects::commit(tx, secret, shop, extension, key, &outcome.effects, &outcome.reads, now)?;
    if let (Work::Tick { due, next_due, .. }, Commit::Done | Commit::AlreadyDone) = (work, commit) {
        ticks::advance(tx, due, outcome.next_cursor.as_deref(), *next_due, now)?;
    }
    Ok(commit)
}
