//! The frame of every page of the admin.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Serialize;

use super::desk::Desk;
use super::failure::Failure;
use crate::clock::Instant;
use crate::web::{assets, render};

/// What every page is given beside its own content.
#[derive(Debug, Serialize)]
pub(super) struct Layout<'a> {
    shop_name: &'a str,
    currency: &'a str,
    locale: &'a str,
    time_zone: &'a str,
    now: Instant,
    csrf: &'a str,
    who: &'a str,
    signed_in: bool,
    demo: bool,
    clock_moved: bool,
    links: Vec<Link>,
    messages: Vec<Message>,
    style: &'static str,
    admin_style: &'static str,
    script: &'static str,
    icon: &'static str,
}

/// An entry of the menu.
#[derive(Debug, Serialize)]
struct Link {
    href: &'static str,
    label: &'static str,
    current: bool,
    /// What has to be looked at there.
    count: u32,
}

/// What has just been done.
#[derive(Debug, Serialize)]
struct Message {
    tone: &'static str,
    text: &'static str,
}

/// A page: the frame and its content.
#[derive(Debug, Serialize)]
struct Page<'a, T> {
    layout: Layout<'a>,
    #[serde(flatten)]
    content: &'a T,
}

const MENU: [(&str, &str); 9] = [
    ("/admin", "Overview"),
    ("/admin/orders", "Orders"),
    ("/admin/customers", "Customers"),
    ("/admin/products", "Catalogue"),
    ("/admin/features", "Features"),
    ("/admin/outbox", "Messages"),
    ("/admin/audit", "Audit log"),
    (STAFF, "Staff"),
    (CLOCK, "Demo clock"),
];
/// What only owners see.
const STAFF: &str = "/admin/staff";
/// What only a demonstration has.
const CLOCK: &str = "/admin/clock";

/// What an action leaves in the address of the page it leads to, and what that page says then.
const DONE: [(&str, &str); 34] = [
    ("on", "Switched on. It works from the next page view on."),
    ("off", "Switched off. It works from the next page view on."),
    ("saved", "Saved. The settings are in force."),
    ("ordered", "The new order is in force."),
    ("installed", "Installed, and still switched off. Look at its settings and its preview, then switch it on."),
    ("updated", "Updated. Its settings and its place stay as they were."),
    ("removed", "Removed. What it has stored stays, in case it comes back."),
    ("reset", "It is called again from now on."),
    ("strict", "Saved. Checkout stops when this feature cannot check it."),
    ("lenient", "Saved. Checkout goes on when this feature cannot check it."),
    ("refunded", "Refunded."),
    ("pending", "The refund is noted. The payment provider is away; the money follows by itself."),
    ("readdressed", "The address is changed. Everything that was agreed stays as it was."),
    ("fulfilled", "Noted as sent. The buyer is told."),
    ("delivered", "Noted as delivered."),
    ("cancelled", "Cancelled. Money, stock and points go back."),
    ("return-accepted", "Accepted. The buyer is told, and the refund below is filled in."),
    ("return-declined", "Declined. The buyer is told why."),
    ("booked", "Booked. The customer sees it with its reason."),
    ("blocked", "Shut out of rewards."),
    ("unblocked", "Rewards are open to them again."),
    ("noted", "Saved. Features see it from now on."),
    ("flagged", "Flagged. Features see it from now on."),
    ("unflagged", "The flag is gone."),
    ("erased", "Erased. The books keep their numbers, under nobody's name."),
    ("priced", "The price is in force, and in the price history."),
    ("stocked", "Saved."),
    ("withdrawn", "Off the page. Its writer cannot write another one."),
    ("imported", "Everything in the file was imported."),
    ("retried", "It is tried again within a minute."),
    ("discarded", "Given up. Those behind it go on."),
    ("hired", "Added. They can sign in from now on."),
    ("staffed", "Saved. It holds from now on."),
    ("unguarded", "Turned off. Signing in asks for your password alone."),
];

impl<'a> Layout<'a> {
    fn of(desk: &'a Desk) -> Self {
        let path = desk.path.split('?').next().unwrap_or_default();
        let is_current = |href: &str| path == href || (href != "/admin" && path.starts_with(&format!("{href}/")));
        let link = |(href, label): (&'static str, &'static str)| Link {
            href,
            label,
            current: is_current(href),
            count: if href == "/admin/outbox" { desk.dead } else { 0 },
        };
        let message = |(_, text): &(&str, &'static str)| Message { tone: "success", text };
        Self {
            shop_name: &desk.shop.name,
            currency: &desk.shop.currency,
            locale: &desk.shop.locale,
            time_zone: &desk.shop.time_zone,
            now: desk.now,
            csrf: &desk.csrf,
            who: desk.admin.as_ref().map_or("", |admin| if admin.name.is_empty() { &admin.email } else { &admin.name }),
            signed_in: desk.admin.is_some(),
            demo: desk.demo,
            clock_moved: desk.demo && desk.clock_offset != 0,
            links: MENU.into_iter().filter(|(href, _)| is_for(desk, href)).map(link).collect(),
            messages: DONE.iter().filter(|(code, _)| *code == desk.done).map(message).collect(),
            style: assets::style(),
            admin_style: assets::admin_style(),
            script: assets::admin_script(),
            icon: assets::icon(),
        }
    }
}

/// Whether an entry of the menu is there for whoever is at work.
fn is_for(desk: &Desk, href: &str) -> bool {
    match href {
        STAFF => desk.is_owner(),
        CLOCK => desk.demo,
        _ => true,
    }
}

impl Desk {
    /// A page.
    pub(super) fn page<T: Serialize>(&self, name: &str, content: &T) -> Response {
        self.show(StatusCode::OK, name, content)
    }

    /// A page with a status.
    pub(super) fn show<T: Serialize>(&self, status: StatusCode, name: &str, content: &T) -> Response {
        render::page(status, name, &Page { layout: Layout::of(self), content })
    }
}

/// The page for what went wrong.
pub(super) fn failure(desk: &Desk, failure: &Failure) -> Response {
    #[derive(Serialize)]
    struct Content {
        title: &'static str,
        text: String,
    }
    let (status, title, text) = failure.words();
    desk.show(status, "admin/message.html", &Content { title, text })
}

/// On to a page that says what has been done.
pub(super) fn done(path: &str, code: &'static str) -> Response {
    debug_assert!(DONE.iter().any(|(known, _)| *known == code), "no words for {code}");
    Redirect::to(&format!("{path}?done={code}")).into_response()
}
