//! Who is at work in which shop: read once for every request, before its handler.
//!
//! A page for staff is shown to nobody else, and no form is handed on that another site could have sent. Reading a page
//! writes nothing, but for noting the use of a session now and then.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::failure::Failure;
use super::layout;
use super::sent::Sent;
use crate::admin::{self, Admin};
use crate::clock::Instant;
use crate::platform::Platform;
use crate::secrets::new_token;
use crate::shops::Shop;
use crate::store::{StoreError, Tx, events, shops};

/// The address of the page that asks who somebody is.
pub(super) const SIGN_IN: &str = "/admin/sign-in";
const COOKIE: &str = "staff";
const LONGEST_COOKIE: usize = 256;

/// One look at the admin.
#[derive(Debug)]
pub(super) struct Desk {
    /// The shop.
    pub(super) shop: Shop,
    /// The instant that everything on the page is of.
    pub(super) now: Instant,
    /// Who is at work; nobody on the page that asks.
    pub(super) admin: Option<Admin>,
    /// The token of the session's cookie, or of a browser that has no session.
    pub(super) token: String,
    /// What the forms of this browser carry.
    pub(super) csrf: String,
    /// The path with its query.
    pub(super) path: String,
    /// What has just been done, for a message.
    pub(super) done: String,
    /// Events that failed too often.
    pub(super) dead: u32,
    /// It is a demonstration.
    pub(super) demo: bool,
    /// How far the demo's clock was moved.
    pub(super) clock_offset: Instant,
    /// The connection's address; empty where there is no connection.
    pub(super) ip: String,
    /// What the browser says it is.
    pub(super) label: String,
}

impl Desk {
    /// How the audit log names whoever is at work.
    pub(super) fn actor(&self) -> String {
        self.admin.as_ref().map_or_else(|| "nobody".to_owned(), Admin::actor)
    }

    /// May manage staff and erase people.
    pub(super) fn is_owner(&self) -> bool {
        self.admin.as_ref().is_some_and(|admin| admin.role.may_manage())
    }

    /// Refuses what is for owners.
    pub(super) fn require_owner(&self) -> Result<(), Failure> {
        if self.is_owner() { Ok(()) } else { Err(Failure::OwnersOnly) }
    }

    /// The line that keeps a session's token in the browser, out of the reach of scripts, other sites and other pages.
    pub(super) fn cookie(&self, token: &str) -> HeaderValue {
        let line = staff_cookie(&self.shop, token);
        HeaderValue::try_from(line).unwrap_or_else(|_| HeaderValue::from_static("staff=; Path=/admin; Max-Age=0"))
    }
}

fn staff_cookie(shop: &Shop, token: &str) -> String {
    let secure = if shop.is_secure() { "; Secure" } else { "" };
    format!("{COOKIE}={token}; Path=/admin; HttpOnly; SameSite=Strict{secure}")
}

/// Stands before every page of the admin.
pub(super) async fn begin(State(platform): State<Platform>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let (desk, is_new) = match look(&platform, &parts).await {
        Ok(Some((desk, is_new))) => (Arc::new(desk), is_new),
        Ok(None) => return (StatusCode::SERVICE_UNAVAILABLE, "No shop has been opened here yet.").into_response(),
        Err(error) => {
            tracing::error!(%error, "a page of the admin could not begin");
            return (StatusCode::INTERNAL_SERVER_ERROR, "The admin cannot be shown just now. Please try again.")
                .into_response();
        }
    };
    parts.extensions.insert(Arc::clone(&desk));
    let mut response = match admit(&platform, &desk, parts, body).await {
        Ok(request) => next.run(request).await,
        Err(failure) => failure.into_response(),
    };
    if let Some(failure) = response.extensions_mut().remove::<Failure>() {
        response = layout::failure(&desk, &failure);
    }
    if is_new && !response.headers().contains_key(header::SET_COOKIE) {
        response.headers_mut().append(header::SET_COOKIE, desk.cookie(&desk.token));
    }
    response
}

/// Lets a request through that somebody of the staff made on a page of ours.
async fn admit(platform: &Platform, desk: &Desk, mut parts: Parts, body: Body) -> Result<Request, Failure> {
    if desk.admin.is_none() && parts.uri.path() != SIGN_IN {
        let back = if parts.method == Method::GET { desk.path.clone() } else { String::new() };
        return Err(Failure::SignIn(back));
    }
    if matches!(parts.method, Method::GET | Method::HEAD) {
        return Ok(Request::from_parts(parts, body));
    }
    let sent = Sent::read(&parts, body, desk.admin.is_some(), platform.patience.body).await?;
    if !admin::csrf_matches(&platform.secret, &desk.shop.id, &desk.token, sent.text("csrf")) {
        return Err(Failure::Expired);
    }
    parts.extensions.insert(sent);
    Ok(Request::from_parts(parts, Body::empty()))
}

async fn look(platform: &Platform, parts: &Parts) -> Result<Option<(Desk, bool)>, StoreError> {
    let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let host = match parts.uri.authority() {
        Some(authority) => authority.to_string(),
        None => header(header::HOST),
    };
    let kept = cookie(&header(header::COOKIE));
    let (token, now) = (kept.clone(), platform.clock.now());
    let Some(seen) = platform.store.read(move |tx| see(tx, &host, token.as_deref(), now)).await? else {
        return Ok(None);
    };
    let Seen { shop, admin, is_stale, dead } = seen;
    if let (true, Some(token)) = (is_stale, kept.clone()) {
        let shop = shop.id.clone();
        platform.store.write(move |tx| admin::authenticate(tx, &shop, &token, now)).await?;
    }
    let is_new = kept.is_none();
    let token = kept.unwrap_or_else(new_token);
    let done = parts.uri.query().and_then(|query| {
        form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "done").map(|(_, value)| value.into_owned())
    });
    let desk = Desk {
        csrf: admin::csrf_token(&platform.secret, &shop.id, &token),
        path: parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
        done: done.unwrap_or_default(),
        demo: platform.demo,
        clock_offset: platform.clock.offset(),
        ip: parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|ConnectInfo(address)| address.ip().to_string())
            .unwrap_or_default(),
        label: header(header::USER_AGENT),
        shop,
        now,
        admin,
        token,
        dead,
    };
    Ok(Some((desk, is_new)))
}

/// What the database knows.
struct Seen {
    shop: Shop,
    admin: Option<Admin>,
    is_stale: bool,
    dead: u32,
}

fn see(tx: &mut Tx<'_>, host: &str, token: Option<&str>, now: Instant) -> Result<Option<Seen>, StoreError> {
    let Some(shop) = shops::by_host(tx, host)? else { return Ok(None) };
    let found = match token {
        Some(token) => admin::look_up(tx, &shop.id, token, now)?,
        None => None,
    };
    let is_stale = found.as_ref().is_some_and(|(_, session)| admin::is_stale(session, now));
    let dead = if found.is_some() { events::dead(tx, &shop.id)? } else { 0 };
    Ok(Some(Seen { shop, admin: found.map(|(admin, _)| admin), is_stale, dead }))
}

fn cookie(line: &str) -> Option<String> {
    let mut pairs = line.split(';').filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(name, _)| *name == COOKIE)?;
    let own = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    (!value.is_empty() && value.len() <= LONGEST_COOKIE && value.bytes().all(own)).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shops::tests::vienna;

    #[test]
    fn the_cookie_of_staff_is_secure_everywhere_but_on_this_machine() {
        let line = |base_url: &str| staff_cookie(&Shop { base_url: base_url.into(), ..vienna() }, "t");
        assert_eq!(line("https://shop.example"), "staff=t; Path=/admin; HttpOnly; SameSite=Strict; Secure");
        assert_eq!(line("http://shop.example"), "staff=t; Path=/admin; HttpOnly; SameSite=Strict; Secure");
        for local in ["http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080"] {
            assert_eq!(line(local), "staff=t; Path=/admin; HttpOnly; SameSite=Strict", "{local}");
        }
    }

    #[test]
    fn only_a_cookie_that_could_be_ours_is_read() {
        assert_eq!(cookie("a=b; staff=Ab_1-9; c=d").as_deref(), Some("Ab_1-9"));
        for other in ["", "staff=", "staff=<b>", "xstaff=ab", "staff"] {
            assert_eq!(cookie(other), None, "{other}");
        }
        assert_eq!(cookie(&format!("staff={}", "a".repeat(LONGEST_COOKIE + 1))), None);
    }
}
