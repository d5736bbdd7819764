//! Who changed what.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Extension;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};

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
    subject: String,
    details: String,
}

pub(super) async fn show(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Failure> {
    let shop = desk.shop.id.clone();
    let read = platform.store.read(move |tx| -> Result<_, StoreError> {
        Ok((audit::list(tx, &shop, wanted.before.as_deref(), PAGE + 1)?, admins::list(tx, &shop)?))
    });
    let (mut entries, staff) = read.await?;
    let more = entries.len() > PAGE as usize;
    entries.truncate(PAGE as usize);
    let next = entries.last().filter(|_| more).map(|entry| entry.id.clone());
    let names: HashMap<String, String> = staff
        .into_iter()
        .map(|admin| (admin.actor(), if admin.name.is_empty() { admin.email } else { admin.name }))
        .collect();
    let entries = entries.into_iter().map(|entry| shown(entry, &names)).collect();
    Ok(desk.page("admin/audit.html", &Log { entries, next }))
}

/// An entry with the name of a colleague in place of an id. What is nothing is left empty.
fn shown(entry: AuditEntry, names: &HashMap<String, String>) -> Entry {
    let is_empty = entry.details.as_object().is_some_and(serde_json::Map::is_empty);
    Entry {
        at: entry.at,
        who: names.get(&entry.actor).cloned().unwrap_or(entry.actor),
        action: entry.action.replace(['.', '-'], " "),
        subject: entry.subject,
        details: if is_empty { String::new() } else { entry.details.to_string() },
    }
}
