//! What is on its way: events that features could not handle, and mails.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::desk::Desk;
use super::failure::Failure;
use super::layout::done;
use super::sent::Sent;
use crate::clock::Instant;
use crate::mail::{Content, OrderNews, Purpose};
use crate::platform::Platform;
use crate::store::events::{self, OpenDelivery};
use crate::store::mails::{self, Mail, MailState};
use crate::store::ticks::{self, FailedTick};
use crate::store::{StoreError, Tx, contacts};

const PAGE: u32 = 50;
/// Open deliveries shown.
const MOST: u32 = 200;
const ADDRESS: &str = "/admin/outbox";

/// Which mails.
#[derive(Deserialize)]
pub(super) struct Wanted {
    before: Option<String>,
}

#[derive(Serialize)]
struct Outbox {
    /// Those that failed too often.
    dead: Vec<OpenDelivery>,
    /// Those that are tried again by themselves.
    waiting: Vec<OpenDelivery>,
    /// Scheduled work that fails; it is tried again by itself.
    ticks: Vec<FailedTick>,
    mails: Vec<MailRow>,
    next: Option<String>,
}

#[derive(Serialize)]
struct MailRow {
    id: String,
    about: String,
    /// The address; none once it is erased.
    to: Option<String>,
    sender: String,
    state: MailState,
    reason: String,
    at: Instant,
    retryable: bool,
}

pub(super) async fn show(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Failure> {
    let shop = desk.shop.id.clone();
    let read = platform.store.read(move |tx| -> Result<_, StoreError> {
        let mut mails = mails::list(tx, &shop, wanted.before.as_deref(), PAGE + 1)?;
        let more = mails.len() > PAGE as usize;
        mails.truncate(PAGE as usize);
        let next = mails.last().filter(|_| more).map(|mail| mail.id.clone());
        let mails = mails.into_iter().map(|mail| row(tx, mail)).collect::<Result<Vec<_>, StoreError>>()?;
        let (dead, waiting) = events::open(tx, &shop, MOST)?.into_iter().partition(|delivery| delivery.dead);
        let ticks = ticks::failed(tx, &shop)?;
        Ok(Outbox { dead, waiting, ticks, mails, next })
    });
    let outbox = read.await?;
    Ok(desk.page("admin/outbox.html", &outbox))
}

fn row(tx: &mut Tx<'_>, mail: Mail) -> Result<MailRow, StoreError> {
    Ok(MailRow {
        to: contacts::get(tx, &mail.shop, &mail.contact)?.map(|contact| contact.email),
        about: about(mail.content.as_ref(), mail.purpose),
        retryable: matches!(mail.state, MailState::Failed | MailState::Uncertain),
        at: mail.sent_at.unwrap_or(mail.queued_at),
        id: mail.id,
        sender: mail.sender,
        state: mail.state,
        reason: mail.reason,
    })
}

/// What a mail is about. What it says is not kept once it is sent.
fn about(content: Option<&Content>, purpose: Purpose) -> String {
    match content {
        None => match purpose {
            Purpose::Security => "A link to sign in".to_owned(),
            Purpose::Service => "About something they did".to_owned(),
            Purpose::Marketing => "News that they agreed to".to_owned(),
        },
        Some(Content::SignIn { .. }) => "A link and a code to sign in".to_owned(),
        Some(Content::Invitation { number, .. }) => format!("The offer of an account after order {number}"),
        Some(Content::AccountReminder { number }) => format!("A reminder of the account after order {number}"),
        Some(Content::Order(mail)) => match mail.news {
            OrderNews::Placed => "An order's confirmation".to_owned(),
            OrderNews::Fulfilled => "An order is on its way".to_owned(),
            OrderNews::Delivered => "An order has arrived".to_owned(),
            OrderNews::Refunded => "A refund".to_owned(),
            OrderNews::Cancelled => "A cancellation".to_owned(),
            OrderNews::ReturnAccepted | OrderNews::ReturnDeclined => "An answer to a return".to_owned(),
        },
        Some(Content::Forwarding { .. }) => "What a supplier is to send".to_owned(),
        Some(Content::Message(message)) => message.subject.clone(),
    }
}

pub(super) async fn retry(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Extension(sent): Extension<Sent>,
) -> Result<Response, Failure> {
    let (shop, actor, now) = (desk.shop.id.clone(), desk.actor(), desk.now);
    let (extension, event) = (sent.text("extension").to_owned(), sent.text("event").to_owned());
    let write = platform.store.write(move |tx| events::retry(tx, &shop, &extension, &event, &actor, now));
    if write.await? { Ok(done(ADDRESS, "retried")) } else { Err(gone()) }
}

pub(super) async fn discard(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Extension(sent): Extension<Sent>,
) -> Result<Response, Failure> {
    let (shop, actor, now) = (desk.shop.id.clone(), desk.actor(), desk.now);
    let (extension, event) = (sent.text("extension").to_owned(), sent.text("event").to_owned());
    let write = platform.store.write(move |tx| events::discard(tx, &shop, &extension, &event, &actor, now));
    if write.await? { Ok(done(ADDRESS, "discarded")) } else { Err(gone()) }
}

pub(super) async fn retry_mail(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Path(mail): Path<String>,
) -> Result<Response, Failure> {
    let (shop, actor, now) = (desk.shop.id.clone(), desk.actor(), desk.now);
    if platform.store.write(move |tx| mails::retry(tx, &shop, &mail, &actor, now)).await? {
        return Ok(done(ADDRESS, "retried"));
    }
    Err(gone())
}

fn gone() -> Failure {
    Failure::Refused("it has been tried again or given up meanwhile; reload the list".into())
}
