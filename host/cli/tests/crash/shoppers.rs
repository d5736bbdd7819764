//! Shoppers and staff, who live on when the server is killed: they send the same write again under the same key until it is
//! answered, and remember what they were told.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Condvar, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use crate::server::ADMIN;

/// How often a shopper insists on the price of a sale.
const MOST_PRESSES: u32 = 100;
/// What a member pays with points, one a cent.
const POINTS: i64 = 100;

/// What becomes of a purchase after it is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Paid,
    Delivered,
    /// Delivered, and one unit came back.
    Returned,
    Cancelled,
}

/// A purchase that was finished, as those who made it remember it.
#[derive(Clone, Debug)]
pub(crate) struct Purchase {
    pub(crate) order: String,
    pub(crate) cart: String,
    pub(crate) handle: &'static str,
    pub(crate) units: i64,
    /// What it cost, points included.
    pub(crate) value: i64,
    /// The part of it that was paid with points, one a cent.
    pub(crate) points: i64,
    pub(crate) email: String,
    /// The member who bought it; none for a guest.
    pub(crate) member: Option<usize>,
    pub(crate) fate: Fate,
}

impl Purchase {
    /// What was charged in money.
    pub(crate) fn money(&self) -> i64 {
        self.value - self.points
    }
}

/// The shop as it is seen from outside.
pub(crate) struct Site {
    agent: ureq::Agent,
    /// Where the server is, while it lives.
    base: Mutex<Option<String>>,
    changed: Condvar,
    staff: Mutex<String>,
    /// The token of a session for each member who shops.
    members: Vec<String>,
    /// The token of the last session that a guest has opened.
    guest: Mutex<String>,
    next: AtomicU32,
    wanted: u32,
    /// The server is not going to be killed any more, so nothing keeps anybody from going home.
    pub(crate) is_safe: AtomicBool,
    pub(crate) answered: AtomicU32,
    pub(crate) repeated: AtomicU32,
    /// Answers that said that the shop cannot keep anything just now.
    pub(crate) turned_away: AtomicU32,
    /// Answers that said that the shop has failed.
    pub(crate) failed: AtomicU32,
    pub(crate) done: Mutex<Vec<Purchase>>,
}

struct Answer {
    status: u16,
    json: Value,
}

impl Answer {
    fn problem(&self) -> &str {
        self.json["type"].as_str().and_then(|kind| kind.strip_prefix("/api/problems/")).unwrap_or_default()
    }
}

impl Site {
    /// Nobody has bought anything; at least `wanted` purchases are going to be made.
    pub(crate) fn new(wanted: u32, members: Vec<String>) -> Self {
        let config =
            ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_secs(20)));
        Self {
            agent: config.build().new_agent(),
            base: Mutex::new(None),
            changed: Condvar::new(),
            staff: Mutex::new(String::new()),
            members,
            guest: Mutex::default(),
            next: AtomicU32::new(0),
            wanted,
            is_safe: AtomicBool::new(false),
            answered: AtomicU32::new(0),
            repeated: AtomicU32::new(0),
            turned_away: AtomicU32::new(0),
            failed: AtomicU32::new(0),
            done: Mutex::new(Vec::new()),
        }
    }

    /// The server is here now, or nowhere.
    pub(crate) fn moved(&self, base: Option<String>) {
        *self.base.lock().unwrap() = base;
        self.changed.notify_all();
    }

    /// Buys until everything is bought and nobody kills the server any more. One in four purchases is that of the member whom
    /// only this shopper is.
    pub(crate) fn shop(&self, shopper: usize) {
        loop {
            let number = self.next.fetch_add(1, Ordering::SeqCst);
            if number >= self.wanted && self.is_safe.load(Ordering::SeqCst) {
                return;
            }
            let purchase = self.purchase(number, number.is_multiple_of(4).then_some(shopper));
            self.done.lock().unwrap().push(purchase);
        }
    }

    fn purchase(&self, number: u32, member: Option<usize>) -> Purchase {
        let fate = match number % 5 {
            0 => Fate::Paid,
            1 => Fate::Cancelled,
            2 => Fate::Returned,
            _ => Fate::Delivered,
        };
        let (handle, price) = if number.is_multiple_of(3) { ("sale-mug", 800) } else { ("mug", 1_000) };
        // What was paid with points comes back evenly only where all of it does.
        let units = if member.is_some() && fate == Fate::Returned { 1 } else { i64::from(1 + number % 3) };
        let key = |step: &str| format!("purchase-{number}-{step}");
        let session = member.map_or_else(|| self.session(number), |member| self.members[member].clone());
        let email = member.map_or_else(|| format!("shopper-{number}@example.com"), crate::server::member);
        let variant = self.must("GET", &format!("/products/{handle}"), "", "", Value::Null);
        let variant = variant["variants"][0]["id"].as_str().unwrap().to_owned();
        let cart = text(&self.must("POST", "/carts", &session, &key("cart"), Value::Null), "/id");
        let path = format!("/carts/{cart}");
        let line = json!({ "variant": variant, "quantity": units });
        let filled = self.must("POST", &format!("{path}/lines"), &session, &key("line"), line);
        assert_eq!(filled["lines"][0]["quantity"], units, "a line stands in the cart twice");
        if member.is_some() {
            let redeem = json!({ "attributes": { "loyalty-points.redeem": POINTS.to_string() } });
            self.must("PATCH", &path, &session, &key("points"), redeem);
        }
        self.must("POST", &format!("{path}/checkout"), &session, &key("checkout"), Value::Null);
        let entries = json!({
            "fields": {
                "email": email, "shipping.country": "AT", "shipping.name": "Ann Lee",
                "shipping.line1": "Hauptplatz 1", "shipping.postal-code": "8010", "shipping.locality": "Graz",
            },
            "delivery_method": "standard", "payment_token": "tok_visa_ok",
        });
        let (value, points) = (price * units, if member.is_some() { POINTS } else { 0 });
        let total = value - points;
        let body = json!({ "total": total, "entries": entries });
        let order = self.order(&path, &session, &key("order"), &body);
        assert_eq!(order["total"], total, "charged otherwise than shown: {order:#}");
        let (id, line) = (text(&order, "/id"), text(&order, "/lines/0/id"));
        let path = format!("/admin/orders/{id}");
        if fate == Fate::Cancelled {
            let why = json!({ "reason": "Ordered by mistake" });
            self.as_staff(&format!("{path}/cancel"), &key("cancel"), why);
        }
        if matches!(fate, Fate::Delivered | Fate::Returned) {
            self.as_staff(&format!("{path}/fulfil"), &key("fulfil"), json!({}));
            self.as_staff(&format!("{path}/deliver"), &key("deliver"), Value::Null);
        }
        if fate == Fate::Returned {
            let one = json!({ "lines": [{ "line": line, "quantity": 1 }], "reason": "Broken", "restock": true });
            self.as_staff(&format!("{path}/refunds"), &key("refund"), one);
        }
        Purchase { order: id, cart, handle, units, value, points, email, member, fate }
    }

    /// Presses the button. A shop that has just started, or has too much to do, may not get round to the sale in time and asks
    /// whether the full price is all right: it is not, so the shopper presses it again.
    fn order(&self, path: &str, session: &str, key: &str, body: &Value) -> Value {
        for press in 0.. {
            let answer = self.insist("POST", &format!("{path}/order"), session, &format!("{key}-{press}"), body);
            if (200..300).contains(&answer.status) {
                return answer.json;
            }
            assert_eq!(answer.problem(), "price-rose", "{:#}", answer.json);
            assert!(press < MOST_PRESSES, "the sale is gone: {:#}", answer.json);
        }
        unreachable!("the loop has no end but its return")
    }

    /// A session of its own. Its token is told once, so who has missed it opens another; who has opened too many goes on with
    /// the last one, as in one browser.
    fn session(&self, number: u32) -> String {
        for attempt in 0.. {
            let key = format!("purchase-{number}-session-{attempt}");
            let answer = self.insist("POST", "/sessions", "", &key, &Value::Null);
            let mut guest = self.guest.lock().unwrap();
            if answer.status == 201 {
                *guest = text(&answer.json, "/token");
                return guest.clone();
            }
            if answer.problem() == "too-many-requests" && !guest.is_empty() {
                return guest.clone();
            }
            assert_eq!(answer.problem(), "answered-once", "{:#}", answer.json);
        }
        unreachable!("the loop has no end but its return")
    }

    fn as_staff(&self, path: &str, key: &str, body: Value) {
        loop {
            let token = self.staff.lock().unwrap().clone();
            let answer = self.insist("POST", path, &token, key, &body);
            match answer.status {
                200..300 => return,
                401 => self.sign_in(&token),
                _ => panic!("{path}: {} {:#}", answer.status, answer.json),
            }
        }
    }

    /// Signs in as staff, unless somebody else has meanwhile.
    fn sign_in(&self, refused: &str) {
        let mut token = self.staff.lock().unwrap();
        if *token != refused {
            return;
        }
        for attempt in 0.. {
            let key = format!("sign-in-{refused:.8}-{attempt}");
            let body = json!({ "email": ADMIN.0, "password": ADMIN.1 });
            let answer = self.insist("POST", "/admin/sessions", "", &key, &body);
            if answer.status == 201 {
                *token = text(&answer.json, "/token");
                return;
            }
            assert_eq!(answer.problem(), "answered-once", "{:#}", answer.json);
        }
    }

    fn must(&self, method: &str, path: &str, token: &str, key: &str, body: Value) -> Value {
        let answer = self.insist(method, path, token, key, &body);
        assert!((200..300).contains(&answer.status), "{method} {path}: {} {:#}", answer.status, answer.json);
        answer.json
    }

    /// Sends a request until it is answered, over as many lives of the server as it takes.
    fn insist(&self, method: &str, path: &str, token: &str, key: &str, body: &Value) -> Answer {
        loop {
            let base = self.wait_for_server();
            match self.send(&format!("{base}/api/v1/demo{path}"), method, token, key, body) {
                Some(answer) if answer.status < 500 && answer.problem() != "idempotency-key-in-use" => {
                    self.answered.fetch_add(1, Ordering::SeqCst);
                    return answer;
                }
                answer => {
                    self.repeated.fetch_add(1, Ordering::SeqCst);
                    if let Some(answer) = answer.filter(|answer| answer.status >= 500) {
                        let is_said = answer.problem() == "unavailable";
                        let counter = if is_said { &self.turned_away } else { &self.failed };
                        counter.fetch_add(1, Ordering::SeqCst);
                    }
                    self.wait_for_change(&base);
                }
            }
        }
    }

    fn send(&self, url: &str, method: &str, token: &str, key: &str, body: &Value) -> Option<Answer> {
        let mut request = ureq::http::Request::builder().method(method).uri(url);
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if !key.is_empty() {
            request = request.header("idempotency-key", key);
        }
        let answer = if body.is_null() {
            self.agent.run(request.body(()).unwrap())
        } else {
            let request = request.header("content-type", "application/json");
            self.agent.run(request.body(body.to_string()).unwrap())
        };
        let mut answer = answer.ok()?;
        let text = answer.body_mut().read_to_string().ok()?;
        Some(Answer { status: answer.status().as_u16(), json: serde_json::from_str(&text).unwrap_or(Value::Null) })
    }

    fn wait_for_server(&self) -> String {
        let base = self.changed.wait_while(self.base.lock().unwrap(), |base| base.is_none()).unwrap();
        base.clone().unwrap_or_default()
    }

    /// Until the server has moved, or has had a moment to finish what it is at.
    fn wait_for_change(&self, base: &str) {
        let same = |now: &mut Option<String>| now.as_deref() == Some(base);
        drop(self.changed.wait_timeout_while(self.base.lock().unwrap(), Duration::from_millis(20), same).unwrap());
    }
}

fn text(value: &Value, pointer: &str) -> String {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found.unwrap_or_else(|| panic!("{pointer} is no text in {value:#}")).to_owned()
}
