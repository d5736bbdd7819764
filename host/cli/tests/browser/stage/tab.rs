//! A tab: where it is, and what it shows.

use std::cell::RefCell;
use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::devtools::{BROWSER, Event};
use super::poll;
use super::record::Record;

/// How a page is shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) dark: bool,
    /// The visitor has asked for reduced motion.
    pub(crate) still: bool,
}

impl Look {
    pub(crate) const DESKTOP: Self = Self { width: 1280, height: 900, dark: false, still: false };
    pub(crate) const PHONE: Self = Self { width: 390, height: 844, dark: false, still: false };
}

/// An open tab.
pub(crate) struct Tab {
    session: String,
    base: String,
    record: RefCell<Record>,
}

impl Tab {
    pub(super) fn open(context: &str, base: &str) -> Self {
        // A window of its own: tabs behind others are not drawn and count slowly.
        let ask = json!({ "url": "about:blank", "browserContextId": context, "newWindow": true });
        let target = BROWSER.call(None, "Target.createTarget", ask).unwrap()["targetId"].clone();
        let attached = BROWSER.call(None, "Target.attachToTarget", json!({ "targetId": target, "flatten": true }));
        let session = attached.unwrap()["sessionId"].as_str().unwrap().to_owned();
        let tab = Self { session, base: base.to_owned(), record: RefCell::default() };
        for domain in ["Page", "Runtime", "Log", "Network", "DOM"] {
            tab.call(&format!("{domain}.enable"), json!({}));
        }
        tab.call("Emulation.setFocusEmulationEnabled", json!({ "enabled": true }));
        tab.look(Look::DESKTOP);
        tab
    }

    /// Shows pages like this from now on, the one that is open first.
    pub(crate) fn look(&self, look: Look) {
        let size = json!({ "width": look.width, "height": look.height, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", size);
        let scheme = if look.dark { "dark" } else { "light" };
        let motion = if look.still { "reduce" } else { "no-preference" };
        let features = json!([
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": motion },
        ]);
        self.call("Emulation.setEmulatedMedia", json!({ "features": features }));
    }

    /// Asks the browser for something that it can always do.
    #[track_caller]
    pub(crate) fn call(&self, method: &str, params: Value) -> Value {
        match self.try_call(method, params) {
            Ok(answer) => answer,
            Err(error) => panic!("{method}: {error}"),
        }
    }

    pub(super) fn try_call(&self, method: &str, params: Value) -> Result<Value, String> {
        BROWSER.call(Some(&self.session), method, params)
    }

    /// The value of an expression on the page.
    #[track_caller]
    pub(crate) fn eval(&self, expression: &str) -> Value {
        match self.try_eval(expression) {
            Ok(value) => value,
            Err(error) => panic!("{expression}: {error}"),
        }
    }

    fn try_eval(&self, expression: &str) -> Result<Value, String> {
        let ask = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let mut answer = self.try_call("Runtime.evaluate", ask)?;
        match answer.get("exceptionDetails") {
            Some(details) => Err(details.to_string()),
            None => Ok(answer["result"]["value"].take()),
        }
    }

    #[track_caller]
    pub(crate) fn string(&self, expression: &str) -> String {
        self.eval(expression).as_str().unwrap_or_else(|| panic!("{expression} is no text")).to_owned()
    }

    #[track_caller]
    pub(crate) fn number(&self, expression: &str) -> f64 {
        self.eval(expression).as_f64().unwrap_or_else(|| panic!("{expression} is no number"))
    }

    /// Opens a page of the shop.
    #[track_caller]
    pub(crate) fn go(&self, path: &str) -> &Self {
        let url = format!("{}{path}", self.base);
        self.leave(|| {
            let answer = self.call("Page.navigate", json!({ "url": url }));
            assert!(answer["errorText"].is_null(), "{url}: {}", answer["errorText"]);
        })
    }

    /// Does something that leads to another page, and waits for that page.
    #[track_caller]
    pub(crate) fn leave(&self, act: impl FnOnce()) -> &Self {
        self.eval("window.isLeft = true");
        act();
        self.until("another page", "!window.isLeft && document.readyState === 'complete'")
    }

    /// Waits until an expression on the page is true.
    #[track_caller]
    pub(crate) fn until(&self, what: &str, expression: &str) -> &Self {
        // While one page takes the place of another there is none to ask.
        let seen = poll(|| self.try_eval(expression).ok().filter(|value| *value == Value::Bool(true)));
        assert!(seen.is_some(), "waited in vain for {what} on {}:\n{}", self.path(), self.text());
        self
    }

    /// Opens a page again and again until it says this: for what happens behind the scenes.
    #[track_caller]
    pub(crate) fn until_shown(&self, path: &str, words: &str) -> &Self {
        let seen = poll(|| self.go(path).text().contains(words).then_some(()));
        assert!(seen.is_some(), "{path} never says {words:?}:\n{}", self.text());
        self
    }

    /// The same for an expression.
    #[track_caller]
    pub(crate) fn until_on(&self, path: &str, expression: &str) -> &Self {
        let seen = poll(|| (self.go(path).eval(expression) == true).then_some(()));
        assert!(seen.is_some(), "{expression} is never true on {path}:\n{}", self.text());
        self
    }

    /// Waits until these words can be read.
    #[track_caller]
    pub(crate) fn says(&self, words: &str) -> &Self {
        let seen = poll(|| self.text().contains(words).then_some(()));
        assert!(seen.is_some(), "{words:?} is not on {}:\n{}", self.path(), self.text());
        self
    }

    /// These words cannot be read.
    #[track_caller]
    pub(crate) fn lacks(&self, words: &str) -> &Self {
        let text = self.text();
        assert!(!text.contains(words), "{words:?} is on {}:\n{text}", self.path());
        self
    }

    /// Everything that can be read, with plain spaces.
    pub(crate) fn text(&self) -> String {
        let text = self.try_eval("document.body?.innerText ?? ''");
        plain(text.ok().as_ref().and_then(Value::as_str).unwrap_or_default())
    }

    /// The text of the first element that a selector finds.
    #[track_caller]
    pub(crate) fn text_of(&self, selector: &str) -> String {
        plain(&self.string(&format!("document.querySelector({selector:?})?.innerText")))
    }

    /// The page's address without the shop's.
    pub(crate) fn path(&self) -> String {
        let path = self.try_eval("location.pathname + location.search");
        path.ok().as_ref().and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// What the tab has loaded and complained about.
    pub(crate) fn record(&self) -> std::cell::RefMut<'_, Record> {
        let mut record = self.record.borrow_mut();
        record.add(BROWSER.events(&self.session));
        record
    }

    /// What has happened in the tab under this name.
    pub(crate) fn happened(&self, method: &str) -> Vec<Event> {
        self.record().events().iter().filter(|event| event.method == method).cloned().collect()
    }

    /// The page as the server sent it; none if none has come since the record was cleared.
    #[track_caller]
    pub(crate) fn source(&self) -> Option<String> {
        let page = self.record().loaded().into_iter().rfind(|loaded| loaded.kind == "Document")?;
        let answer = self.call("Network.getResponseBody", json!({ "requestId": page.id }));
        answer["body"].as_str().map(str::to_owned)
    }

    /// Writes a picture of the whole page, as a window would show it that is tall enough.
    pub(crate) fn picture(&self, look: Look, file: &Path, tallest: u32) {
        let height = self.number("document.documentElement.scrollHeight") as u32;
        self.look(Look { height: height.clamp(look.height, tallest), ..look });
        let answer = self.call("Page.captureScreenshot", json!({ "format": "png", "optimizeForSpeed": true }));
        std::fs::write(file, BASE64_STANDARD.decode(answer["data"].as_str().unwrap()).unwrap()).unwrap();
    }
}

impl Drop for Tab {
    fn drop(&mut self) {
        BROWSER.forget(&self.session);
    }
}

/// Text with plain spaces in the place of those that keep words together.
pub(super) fn plain(text: &str) -> String {
    text.replace(['\u{a0}', '\u{202f}', '\u{2009}'], " ")
}
