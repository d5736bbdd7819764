//! A client of the JSON API, as a storefront or a merchant's tool would be: one bearer token, one shop.

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// Somebody who talks to the API.
pub(super) struct Client {
    agent: ureq::Agent,
    base: String,
    token: Option<String>,
    device: Option<String>,
    writes: u32,
    name: &'static str,
    /// Every token that it was told.
    secrets: Vec<String>,
}

impl Client {
    /// Somebody new, of whom the shop knows nothing.
    pub(super) fn new(name: &'static str, base: &str) -> Self {
        let config = ureq::Agent::config_builder().http_status_as_error(false).build();
        Self {
            agent: config.new_agent(),
            base: base.to_owned(),
            token: None,
            device: None,
            writes: 0,
            name,
            secrets: Vec::new(),
        }
    }

    /// Goes on under another token.
    pub(super) fn set_token(&mut self, token: &Value) {
        self.token = token.as_str().map(str::to_owned);
        self.secrets.extend(self.token.clone());
    }

    /// Sends this device's token from now on.
    pub(super) fn set_device(&mut self, token: &Value) {
        self.device = token.as_str().map(str::to_owned);
        self.secrets.extend(self.device.clone());
    }

    /// Every token that it was told.
    pub(super) fn secrets(&self) -> &[String] {
        &self.secrets
    }

    pub(super) fn get(&self, path: &str) -> Result<Value> {
        let mut request = self.agent.get(self.url(path));
        for (name, value) in self.headers() {
            request = request.header(name, value);
        }
        answer(path, request.call())
    }

    pub(super) fn post(&mut self, path: &str, body: Value) -> Result<Value> {
        let key = self.key();
        let mut request = self.agent.post(self.url(path)).header("Idempotency-Key", key);
        for (name, value) in self.headers() {
            request = request.header(name, value);
        }
        answer(path, request.send_json(body))
    }

    pub(super) fn put(&mut self, path: &str, body: Value) -> Result<Value> {
        let key = self.key();
        let mut request = self.agent.put(self.url(path)).header("Idempotency-Key", key);
        for (name, value) in self.headers() {
            request = request.header(name, value);
        }
        answer(path, request.send_json(body))
    }

    pub(super) fn patch(&mut self, path: &str, body: Value) -> Result<Value> {
        let key = self.key();
        let mut request = self.agent.patch(self.url(path)).header("Idempotency-Key", key);
        for (name, value) in self.headers() {
            request = request.header(name, value);
        }
        answer(path, request.send_json(body))
    }

    /// Fetches a page the way a mail scanner does: no token, whatever the answer.
    pub(super) fn scan(&self, url: &str) -> Result<u16> {
        let answer = self.agent.get(url).call().with_context(|| format!("the scanner got no answer from {url}"))?;
        Ok(answer.status().as_u16())
    }

    fn url(&self, path: &str) -> String {
        format!("{}/api/v1/demo{path}", self.base)
    }

    fn headers(&self) -> Vec<(&'static str, String)> {
        let mut headers = Vec::new();
        if let Some(token) = &self.token {
            headers.push(("Authorization", format!("Bearer {token}")));
        }
        if let Some(device) = &self.device {
            headers.push(("Device-Token", device.clone()));
        }
        headers
    }

    /// Every write has a key of its own.
    fn key(&mut self) -> String {
        self.writes += 1;
        format!("story-{}-{}", self.name, self.writes)
    }
}

fn answer(path: &str, response: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Value> {
    let mut response = response.with_context(|| format!("{path} could not be reached"))?;
    let status = response.status();
    let text = response.body_mut().read_to_string().with_context(|| format!("the answer of {path} broke off"))?;
    if !status.is_success() {
        bail!("{path} answered {status}: {text}");
    }
    if text.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_str(&text).with_context(|| format!("the answer of {path} is no JSON"))
}
