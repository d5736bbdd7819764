//! The demo's mails, as their recipients would have received them. Anywhere else there is no such page.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};
use serde::{Deserialize, Serialize};

use super::failure::Failure;
use super::visit::Visit;
use crate::clock::Instant;
use crate::platform::Platform;
use crate::store::mailbox::{self, Received};

const SHOWN: u32 = 50;

/// Whose mails.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    to: String,
}

#[derive(Serialize)]
struct Mailbox<'a> {
    to: &'a str,
    mails: Vec<Mail>,
}

#[derive(Serialize)]
struct Mail {
    subject: String,
    sender: String,
    recipient: String,
    at: Instant,
    text: Vec<Piece>,
}

/// Words of a mail, or a link to a page of the shop.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Piece {
    text: String,
    href: Option<String>,
}

/// The route of the mailbox.
pub(super) fn routes() -> Router<Platform> {
    Router::new().route("/mailbox", get(show))
}

async fn show(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let is_near = visit.ip.is_empty() || visit.ip.parse().is_ok_and(|ip: IpAddr| ip.to_canonical().is_loopback());
    if !visit.demo || !is_near {
        return Err(Failure::NotFound);
    }
    let (shop, to) = (visit.shop.id.clone(), Some(asked.to.trim().to_owned()).filter(|to| !to.is_empty()));
    let mails = platform.store.read(move |tx| mailbox::list(tx, &shop, to.as_deref(), SHOWN)).await?;
    let mails = mails.into_iter().map(|mail| view(mail, &visit.shop.base_url)).collect();
    Ok(visit.page("storefront/mailbox.html", &Mailbox { to: &asked.to, mails }))
}

fn view(mail: Received, base_url: &str) -> Mail {
    Mail {
        subject: mail.subject,
        sender: mail.sender,
        recipient: mail.recipient,
        at: mail.at,
        text: pieces(&mail.text, base_url),
    }
}

/// The text, with the addresses of the shop's pages as links. No other address becomes one.
fn pieces(text: &str, base_url: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text;
    let start = format!("{base_url}/");
    while let Some(at) = rest.find(&start) {
        let end = rest[at..].find(char::is_whitespace).map_or(rest.len(), |length| at + length);
        pieces.push(Piece { text: rest[..at].to_owned(), href: None });
        let address = &rest[at..end];
        pieces.push(Piece { text: address.to_owned(), href: Some(address[base_url.len()..].to_owned()) });
        rest = &rest[end..];
    }
    pieces.push(Piece { text: rest.to_owned(), href: None });
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_shop_become_links() {
        let pieces = pieces("Go to http://shop.test/a?b=1\nnot https://evil.example/", "http://shop.test");
        let links: Vec<_> = pieces.iter().filter_map(|piece| piece.href.as_deref()).collect();
        assert_eq!(links, ["/a?b=1"]);
        let text: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
        assert_eq!(text, "Go to http://shop.test/a?b=1\nnot https://evil.example/");
    }
}
