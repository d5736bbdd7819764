//! Who changed what.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`words`] | what was done and how, in words |
//! | [`subject`] | what it was done to, by name, with the page of it |

mod subject;
mod words;

use std::collections::HashMap;
use std::sync::Arc;

use axum::Extension;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};

use self::subject::{Names, Subject};
use self::words::Money;
use super::desk::Desk;
use super::failure::Failure;
use crate::clock::Instant;
use crate::platform::Platform;
use crate::store::audit::{self, AuditEntry};
use crate::store::{StoreError, admins};

const PAGE: u32 = 50;

/// Which entries.
#[derive(Deserialize)]
pub(super) struct Wanted {
    before: Option<String>,
}

#[derive(Serialize)]
struct Log {
    entries: Vec<Entry>,
    next: Option<String>,
}

#[derive(Serialize)]
struct Entry {
    at: Instant,
    who: String,
    action: String,
    subject: Subject,
    /// How, in a few words; empty where there are none for it.
    how: String,
    /// All that was noted, where it takes more than a few words.
    details: String,
}

pub(super) async fn show(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Failure> {
    let shop = desk.shop.id.clone();
    let money = Money::of(&desk.shop);
    let features = platform.extensions.names(&desk.shop).await?;
    let read = platform.store.read(move |tx| -> Result<_, StoreError> {
        let mut entries = audit::list(tx, &shop, wanted.before.as_deref(), PAGE + 1)?;
        let more = entries.len() > PAGE as usize;
        entries.truncate(PAGE as usize);
        let next = entries.last().filter(|_| more).map(|entry| entry.id.clone());
        let staff: HashMap<String, String> = admins::list(tx, &shop)?
            .into_iter()
            .map(|admin| (admin.id, if admin.name.is_empty() { admin.email } else { admin.name }))
            .collect();
        let mut names = Names { tx, shop: &shop, staff: &staff, features: &features };
        let entries = entries.into_iter().map(|entry| shown(entry, &mut names, &money));
        Ok(Log { entries: entries.collect::<Result<_, _>>()?, next })
    });
    Ok(desk.page("admin/audit.html", &read.await?))
}

/// An entry with names in place of ids.
fn shown(entry: AuditEntry, names: &mut Names<'_, '_>, money: &Money) -> Result<Entry, StoreError> {
    let how = words::how(&entry.action, &entry.details, money);
    let is_said = !how.is_empty() || entry.details.as_object().is_some_and(serde_json::Map::is_empty);
    Ok(Entry {
        at: entry.at,
        who: names.actor(&entry.actor),
        action: words::action(&entry.action),
        subject: names.subject(&entry.subject, &entry.details)?,
        how,
        details: if is_said { String::new() } else { entry.details.to_string() },
    })
}
