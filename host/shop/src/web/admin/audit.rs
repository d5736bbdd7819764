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
        action: spoken(&entry.action),
        subject: entry.subject,
        details: if is_empty { String::new() } else { entry.details.to_string() },
    }
}

/// What was done, in words. What this does not know is shown by its name.
fn spoken(action: &str) -> String {
    let known = match action {
        "catalogue.imported" => "Imported a file",
        "category.removed" => "Removed a category",
        "category.saved" => "Saved a category",
        "clock.moved" => "Moved the demo's clock",
        "customer.blocked" => "Shut a customer out of rewards",
        "customer.erased" => "Erased a customer",
        "customer.unblocked" => "Let a customer earn rewards again",
        "delivery.discarded" => "Gave an event up",
        "delivery.retried" => "Had an event tried again",
        "extension.disable" => "Switched a feature off",
        "extension.enable" => "Switched a feature on",
        "extension.fail-closed" => "Said what happens when it cannot check",
        "extension.install" => "Installed a feature",
        "extension.remove" => "Removed a feature",
        "extension.reorder" => "Changed who prices first",
        "extension.settings" => "Saved a feature's settings",
        "order.cancelled" => "Cancelled an order",
        "order.delivered" => "Noted that an order arrived",
        "order.fulfilled" => "Sent an order",
        "order.refunded" => "Gave money back",
        "points.adjusted" => "Corrected points",
        "price.changed" => "Set a price",
        "product.saved" => "Saved a product",
        "shop.created" => "Opened the shop",
        "shop.policies-changed" => "Changed the shop's policies",
        "staff.added" => "Added somebody to the staff",
        "staff.disabled" => "Shut somebody out",
        "staff.enabled" => "Let somebody in again",
        "staff.password-changed" => "Set a new password",
        "staff.role-set" => "Changed what somebody may do",
        "staff.signed-in" => "Signed in",
        other => return other.replace(['.', '-'], " "),
    };
    known.to_owned()
}
