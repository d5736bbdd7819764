//! What keeps the shop running: the audit log and the outbox of mails.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::auth::{Here, Staff};
use crate::api::extract::{Json, Path, Query};
use crate::api::page::{Page, PageQuery};
use crate::api::problem::{Kind, Problem};
use crate::clock::Instant;
use crate::mail::Purpose;
use crate::platform::Platform;
use crate::store::audit::{self, AuditEntry};
use crate::store::mails::{self, Mail, MailState};

/// List who changed what, the newest first.
#[utoipa::path(get, path = "/admin/audit", operation_id = "listAudit", tag = "admin: operations", params(PageQuery),
    responses((status = 200, description = "One page of the audit log.", body = Page<AuditEntry>)))]
pub(crate) async fn list_audit(
    State(platform): State<Platform>,
    Here(shop): Here,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<AuditEntry>>, Problem> {
    let limit = page.limit();
    let entries = platform.store.read(move |tx| audit::list(tx, &shop.id, page.cursor.as_deref(), limit + 1)).await?;
    Ok(Json(Page::cut(entries, limit, |entry| entry.id.clone())))
}

/// A mail of the outbox. It names its recipient by contact id; what it says is not kept once it is sent.
#[derive(Serialize, ToSchema)]
pub(crate) struct MailView {
    /// The mail's id.
    id: String,
    /// An extension's id, or `shop`.
    sender: String,
    /// The recipient's contact id.
    contact: String,
    /// What it is for.
    purpose: Purpose,
    /// What has become of it.
    state: MailState,
    /// Why it was stopped, failed or is uncertain.
    reason: String,
    /// How often it was handed to the mail server.
    attempts: u32,
    /// When it was queued.
    queued_at: Instant,
    /// When it is looked at next.
    due_at: Instant,
    /// When it was handed to the mail server.
    sent_at: Option<Instant>,
}

impl From<Mail> for MailView {
    fn from(mail: Mail) -> Self {
        Self {
            id: mail.id,
            sender: mail.sender,
            contact: mail.contact,
            purpose: mail.purpose,
            state: mail.state,
            reason: mail.reason,
            attempts: mail.attempts,
            queued_at: mail.queued_at,
            due_at: mail.due_at,
            sent_at: mail.sent_at,
        }
    }
}

/// List the mails of the shop and its extensions, the newest first.
#[utoipa::path(get, path = "/admin/mails", operation_id = "listMails", tag = "admin: operations", params(PageQuery),
    responses((status = 200, description = "One page of mails.", body = Page<MailView>)))]
pub(crate) async fn list_mails(
    State(platform): State<Platform>,
    Here(shop): Here,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<MailView>>, Problem> {
    let limit = page.limit();
    let found = platform.store.read(move |tx| mails::list(tx, &shop.id, page.cursor.as_deref(), limit + 1)).await?;
    Ok(Json(Page::cut(found, limit, |mail| mail.id.clone()).map(MailView::from)))
}

/// A mail.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct MailPath {
    /// The mail's id.
    #[param(example = "mai_01j9x")]
    mail: String,
}

/// Send a failed or uncertain mail once more.
#[utoipa::path(post, path = "/admin/mails/{mail}/retry", operation_id = "retryMail", tag = "admin: operations",
    params(MailPath), responses((status = 200, description = "The mail, queued again.", body = MailView)))]
pub(crate) async fn retry_mail(
    State(platform): State<Platform>,
    Here(shop): Here,
    staff: Staff,
    Path(path): Path<MailPath>,
) -> Result<Json<MailView>, Problem> {
    let now = platform.clock.now();
    let mail = platform
        .store
        .write(move |tx| {
            let known = mails::get(tx, &shop.id, &path.mail)?.ok_or_else(|| Problem::not_found("mail"))?;
            if !mails::retry(tx, &shop.id, &path.mail, &staff.actor(), now)? {
                let detail = "Only a failed or uncertain mail can be sent once more. Read the list of mails again.";
                return Err(Problem::new(Kind::Conflict, detail));
            }
            Ok(mails::get(tx, &shop.id, &path.mail)?.unwrap_or(known))
        })
        .await?;
    Ok(Json(mail.into()))
}
