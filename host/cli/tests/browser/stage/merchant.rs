//! What a test has to know and to change behind the scenes: the time, and what was ordered. By the API, as any tool of a
//! merchant would.

use std::cell::Cell;

use boomerang_shop::demo::features::{ADMIN, PASSWORD};
use serde_json::{Value, json};

pub(crate) const SECOND: i64 = 1_000;

/// The merchant of the demo shop.
pub(crate) struct Merchant {
    agent: ureq::Agent,
    base: String,
    token: String,
    writes: Cell<u32>,
}

impl Merchant {
    pub(super) fn sign_in(base: &str) -> Self {
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
        let mut merchant = Self { agent, base: base.to_owned(), token: String::new(), writes: Cell::new(0) };
        let session = merchant.post("/admin/sessions", &json!({ "email": ADMIN, "password": PASSWORD }));
        session["token"].as_str().unwrap().clone_into(&mut merchant.token);
        merchant
    }

    /// Moves the shop's clock on.
    pub(crate) fn advance(&self, by: i64) {
        self.post("/admin/clock", &json!({ "advance": by }));
    }

    #[track_caller]
    pub(crate) fn get(&self, path: &str) -> Value {
        self.answer(path, self.agent.get(self.url(path)).header("Authorization", self.bearer()).call())
    }

    #[track_caller]
    pub(crate) fn post(&self, path: &str, body: &Value) -> Value {
        let request = self.agent.post(self.url(path)).header("Idempotency-Key", self.key());
        let request = if self.token.is_empty() { request } else { request.header("Authorization", self.bearer()) };
        self.answer(path, request.send_json(body))
    }

    /// Changes something: `PUT` or `PATCH`.
    #[track_caller]
    pub(crate) fn change(&self, method: &str, path: &str, body: &Value) -> Value {
        let request = match method {
            "PUT" => self.agent.put(self.url(path)),
            _ => self.agent.patch(self.url(path)),
        };
        let request = request.header("Idempotency-Key", self.key()).header("Authorization", self.bearer());
        self.answer(path, request.send_json(body))
    }

    /// Fetches a page the way a mail scanner does: no cookie, whatever the answer.
    #[track_caller]
    pub(crate) fn scan(&self, path: &str) -> u16 {
        self.agent.get(format!("{}{path}", self.base)).call().unwrap().status().as_u16()
    }

    /// What time it is in the shop.
    pub(crate) fn now(&self) -> i64 {
        self.get("/admin/clock")["now"].as_i64().unwrap()
    }

    /// The orders that were placed since an instant, the newest first.
    #[track_caller]
    pub(crate) fn orders_since(&self, since: i64) -> Vec<Value> {
        let mut page = self.get("/admin/orders?limit=50");
        let mut orders: Vec<Value> = page["items"].as_array_mut().map(std::mem::take).unwrap();
        orders.retain(|order| order["placed_at"].as_i64().unwrap() >= since);
        orders
    }

    fn url(&self, path: &str) -> String {
        format!("{}/api/v1/demo{path}", self.base)
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.token)
    }

    fn key(&self) -> String {
        self.writes.set(self.writes.get() + 1);
        format!("browser-{}", self.writes.get())
    }

    #[track_caller]
    fn answer(&self, path: &str, answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Value {
        let mut answer = answer.unwrap_or_else(|error| panic!("{path} could not be reached: {error}"));
        let (status, text) = (answer.status(), answer.body_mut().read_to_string().unwrap());
        assert!(status.is_success(), "{path} answered {status}: {text}");
        if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() }
    }
}
