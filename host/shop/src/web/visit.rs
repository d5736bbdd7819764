//! Who is looking at which shop: read once for every request, in one transaction, before its handler.
//!
//! Somebody who only looks has no row in the database: their cookie holds a token that is good for nothing but to bind
//! forms to their browser. A session begins when somebody signs in.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::body;
use super::cookies::{Cookies, Jar, names_sealed, names_session};
use super::failure::Failure;
use super::layout::{Page, Place};
use super::posted::{LIMIT, Posted};
use super::render;
use super::seal::Seal;
use crate::cart::Cart;
use crate::catalogue::Category;
use crate::checkout::Visitor;
use crate::clock::Instant;
use crate::mail::unsubscribe::ONE_CLICK;
use crate::people::{Customer, Session, devices, session};
use crate::platform::Platform;
use crate::secrets::{Secret, new_token};
use crate::shops::Shop;
use crate::store::{StoreError, Tx, carts, catalogue, customers, shops};

/// One look at the shop.
#[derive(Debug)]
pub(super) struct Visit {
    /// The shop.
    pub(super) shop: Shop,
    /// The instant that everything on the page is of.
    pub(super) now: Instant,
    /// What forms of this browser carry.
    pub(super) csrf: String,
    /// The token of the session's cookie.
    pub(super) token: String,
    /// The session of somebody who has signed in.
    pub(super) session: Option<Session>,
    /// The customer, whether signed in or on a device that is known.
    pub(super) person: Option<Customer>,
    /// The cart, if there is one that this visitor may see and it has not been ordered.
    pub(super) cart: Option<Cart>,
    /// The tree of categories.
    pub(super) categories: Vec<Category>,
    /// The cookies that came, opened with the browser's seal.
    pub(super) jar: Jar,
    /// The path with its query.
    pub(super) path: String,
    /// A script asks for a part of the page.
    pub(super) is_fragment: bool,
    /// It is a demonstration.
    pub(super) demo: bool,
    /// The connection's address; empty where there is no connection.
    pub(super) ip: String,
    /// What the browser says it is.
    pub(super) label: String,
    /// The new value for the device's cookie.
    successor: Option<String>,
    /// What closes cookies for this browser.
    seal: Seal,
}

impl Visit {
    /// The customer who has signed in: the only one who sees and changes an account.
    pub(super) fn signed_in(&self) -> Option<&str> {
        self.session.as_ref().and_then(|session| session.customer.as_deref())
    }

    /// The customer who has to sign in for this page.
    pub(super) fn require_customer(&self) -> Result<&Customer, Failure> {
        self.person.as_ref().filter(|_| self.signed_in().is_some()).ok_or_else(|| Failure::SignIn(self.path.clone()))
    }

    /// The visitor as checkout knows them.
    pub(super) fn visitor(&self) -> Visitor {
        match (&self.person, self.signed_in()) {
            (Some(person), Some(_)) => Visitor::signed_in(person.id.as_str()),
            (Some(person), None) => Visitor::on_known_device(person.id.as_str()),
            (None, _) => Visitor::anonymous(),
        }
    }

    /// Cookies for this shop.
    pub(super) fn cookies(&self) -> Cookies {
        Cookies::of(&self.shop, self.seal.clone())
    }

    /// Cookies for this shop, once the browser has another token.
    pub(super) fn cookies_under(&self, secret: &Secret, token: &str) -> Cookies {
        Cookies::of(&self.shop, Seal::of(secret, &self.shop.id, token))
    }

    /// A page.
    pub(super) fn page<T: Serialize>(&self, name: &str, content: &T) -> Response {
        self.show(StatusCode::OK, name, Place::default(), content)
    }

    /// A page with a status and a place.
    pub(super) fn show<T: Serialize>(&self, status: StatusCode, name: &str, place: Place<'_>, content: &T) -> Response {
        render::page(status, name, &Page::new(self, place, content))
    }

    fn failure(&self, failure: &Failure) -> Response {
        #[derive(Serialize)]
        struct Message {
            title: &'static str,
            text: String,
        }
        let (status, title, text) = failure.words();
        self.show(status, "storefront/message.html", Place::default(), &Message { title, text })
    }
}

/// Stands before every page: finds out who is looking, lets no form through that another site sent, and puts what went
/// wrong into a page.
pub(super) async fn begin(State(platform): State<Platform>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let visit = match look(&platform, &parts).await {
        Ok(Some(visit)) => Arc::new(visit),
        Ok(None) => return (StatusCode::SERVICE_UNAVAILABLE, "No shop has been opened here yet.").into_response(),
        Err(error) => {
            tracing::error!(%error, "a visit could not begin");
            return (StatusCode::INTERNAL_SERVER_ERROR, "The shop cannot be shown just now. Please try again.")
                .into_response();
        }
    };
    parts.extensions.insert(Arc::clone(&visit));
    let response = match admit(&platform, &visit, &mut parts, body).await {
        Ok(body) => next.run(Request::from_parts(parts, body)).await,
        Err(failure) => failure.into_response(),
    };
    finish(&visit, response)
}

/// Lets a request through whose form, if it has one, was made for this browser.
async fn admit(platform: &Platform, visit: &Visit, parts: &mut Parts, body: Body) -> Result<Body, Failure> {
    if matches!(parts.method, Method::GET | Method::HEAD) {
        return Ok(body);
    }
    let body = body::read(body, LIMIT, platform.patience.body).await?;
    // Mail programs unsubscribe with one request of their own (RFC 8058); its address holds the proof.
    let one_click = parts.uri.path() == "/unsubscribe" && body == ONE_CLICK.as_bytes();
    let posted = Posted::read(&body);
    if !one_click && !posted.is_genuine(&platform.secret, &visit.shop.id, &visit.token) {
        return Err(Failure::Expired);
    }
    parts.extensions.insert(posted);
    Ok(Body::empty())
}

fn finish(visit: &Visit, mut response: Response) -> Response {
    if let Some(failure) = response.extensions_mut().remove::<Failure>() {
        response = visit.failure(&failure);
    }
    let mut cookies = visit.cookies();
    let is_due = visit.jar.session.is_none() || names_sealed(response.headers());
    if is_due && !names_session(response.headers()) {
        cookies = cookies.session(&visit.token);
    }
    if let Some(token) = &visit.successor {
        cookies = cookies.device(token);
    }
    (cookies, response).into_response()
}

async fn look(platform: &Platform, parts: &Parts) -> Result<Option<Visit>, StoreError> {
    let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let host = match parts.uri.authority() {
        Some(authority) => authority.to_string(),
        None => header(header::HOST),
    };
    let (jar, now) = (Jar::read(&parts.headers), platform.clock.now());
    let token = jar.session.clone().unwrap_or_else(new_token);
    let (closed, secret, browser) = (jar, platform.secret.clone(), token.clone());
    let looked = platform.store.lookup(move |tx| see(tx, &host, closed, &secret, &browser, now)).await?;
    let Some(seen) = looked else { return Ok(None) };
    let mut successor = None;
    let shop_id = seen.shop.id.clone();
    if seen.session.as_ref().is_some_and(|session| session::is_stale(session, now)) {
        let (shop, token) = (shop_id.clone(), token.clone());
        platform.store.write(move |tx| session::touch(tx, &shop, &token, now)).await?;
    }
    // A device's token rotates once a day, and takes over where a checkout writes anyway.
    let rotates = seen.is_device_due || parts.uri.path() == "/checkout";
    if let (true, None, Some(device)) = (rotates && seen.person.is_some(), &seen.session, seen.jar.device.clone()) {
        let recognised = platform.store.write(move |tx| devices::recognise(tx, &shop_id, &device, now)).await?;
        successor = recognised.and_then(|recognised| recognised.token);
    }
    let Seen { shop, session, person, cart, categories, jar, seal, .. } = seen;
    Ok(Some(Visit {
        csrf: session::csrf_token(&platform.secret, &shop.id, &token),
        path: parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
        is_fragment: parts.headers.contains_key("x-fragment"),
        demo: platform.demo,
        ip: parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|ConnectInfo(address)| address.ip().to_string())
            .unwrap_or_default(),
        label: header(header::USER_AGENT),
        shop,
        now,
        token,
        session,
        person,
        cart,
        categories,
        jar,
        successor,
        seal,
    }))
}

/// What the database knows.
struct Seen {
    shop: Shop,
    session: Option<Session>,
    person: Option<Customer>,
    is_device_due: bool,
    cart: Option<Cart>,
    categories: Vec<Category>,
    jar: Jar,
    seal: Seal,
}

fn see(
    tx: &mut Tx<'_>,
    host: &str,
    mut jar: Jar,
    secret: &Secret,
    token: &str,
    now: Instant,
) -> Result<Option<Seen>, StoreError> {
    let Some(shop) = shops::by_host(tx, host)? else { return Ok(None) };
    let seal = Seal::of(secret, &shop.id, token);
    jar.open(&seal);
    let session = match &jar.session {
        Some(token) => session::open(tx, &shop.id, token, now)?.filter(|session| session.customer.is_some()),
        None => None,
    };
    let device = match (&session, &jar.device) {
        (None, Some(token)) => devices::peek(tx, &shop.id, token, now)?,
        _ => None,
    };
    let is_device_due = device.as_ref().is_some_and(|device| now - device.seen_at >= devices::ROTATED_EVERY);
    let signed_in = session.as_ref().and_then(|session| session.customer.as_deref());
    let person = match signed_in.or(device.as_ref().map(|device| device.customer.as_str())) {
        Some(customer) => customers::get(tx, &shop.id, customer)?,
        None => None,
    };
    let mut cart = match &jar.cart {
        Some(id) => carts::find(tx, &shop.id, id)?,
        None => None,
    };
    // A cart that belongs to a customer is there for nobody else, whoever knows its id.
    let owner = person.as_ref().map(|person| person.id.as_str());
    cart = cart.filter(|cart| cart.order.is_none() && (cart.customer.is_none() || cart.customer.as_deref() == owner));
    if let (None, Some(customer)) = (&cart, signed_in) {
        cart = carts::of_customer(tx, &shop.id, customer)?;
    }
    let categories = catalogue::categories(tx, &shop.id)?;
    Ok(Some(Seen { session, person, is_device_due, cart, categories, jar, seal, shop }))
}
