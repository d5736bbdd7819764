//! What is true of every page, in every size and colour.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::stage::{Look, Tab, on_stage, poll, tools};

/// Pictures of longer pages are cut off here.
const TALLEST: u32 = 5_000;

/// Waits for pictures that are only loaded once somebody scrolls to them.
const LOAD_ALL: &str = "Promise.all([...document.images].map((image) => {
    image.loading = 'eager';
    return image.complete || new Promise((done) => { image.onload = image.onerror = done; });
})).then(() => true)";

/// Waits until the browser has laid out and drawn what it was told.
const DRAWN: &str = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))";

/// Serious findings of the accessibility checker, each in a line.
const AXE: &str = "axe.run(document, { resultTypes: ['violations'], RULES }).then((found) => found.violations
    .filter((one) => ['serious', 'critical'].includes(one.impact))
    .flatMap((one) => one.nodes.map((node) => `${one.id}: ${one.help}: ${node.html.slice(0, 160)} ${node.failureSummary}`)))";

/// What sticks out to the right, unless it lies in a box that scrolls by itself.
const STICKS_OUT: &str = "(() => {
    if (document.documentElement.scrollWidth <= innerWidth) return [];
    const scrolls = (element) => element && (['auto', 'scroll', 'hidden'].includes(getComputedStyle(element).overflowX)
        && element !== document.body && element !== document.documentElement || scrolls(element.parentElement));
    return [...document.body.querySelectorAll('*')]
        .filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5 && !scrolls(element.parentElement))
        .map((element) => element.outerHTML.slice(0, 120));
})()";

/// Looks at pages from all sides, and tells at its end what is wrong with them.
pub(crate) struct Inspector {
    axe: String,
    pages: RefCell<Vec<PathBuf>>,
    wrong: RefCell<Vec<String>>,
}

impl Inspector {
    pub(crate) fn new() -> Self {
        let axe = fs::read_to_string(tools::checker("axe-core/axe.min.js")).unwrap();
        Self { axe, pages: RefCell::default(), wrong: RefCell::default() }
    }

    /// Looks at the page that is open.
    pub(crate) fn inspect(&self, tab: &Tab, name: &str) -> &Self {
        self.keep_source(tab, name);
        tab.eval(LOAD_ALL);
        tab.eval(&self.axe);
        for (size, look) in [("phone", Look::PHONE), ("desktop", Look::DESKTOP)] {
            for (colour, dark) in [("light", false), ("dark", true)] {
                // What moves would be caught on its way.
                let look = Look { dark, still: true, ..look };
                tab.look(look);
                tab.eval(DRAWN);
                let view = format!("{name}-{size}-{colour}");
                let rules = if dark { "runOnly: ['color-contrast']" } else { "rules: {}" };
                self.note(&view, &tab.eval(&AXE.replace("RULES", rules)));
                self.note(&format!("{view} scrolls sideways"), &tab.eval(STICKS_OUT));
                tab.picture(look, &folder("screens").join(format!("{view}.png")), TALLEST);
            }
        }
        tab.look(Look::DESKTOP);
        self.look_into_the_record(tab, name);
        self
    }

    /// Keeps what the server sent, to be checked at the end. What came of it meanwhile was checked before.
    fn keep_source(&self, tab: &Tab, name: &str) {
        if let Some(source) = tab.source() {
            let file = folder("pages").join(format!("{name}.html"));
            fs::write(&file, source).unwrap();
            self.pages.borrow_mut().push(file);
        }
    }

    /// The policy of the page, and whether anything on it broke it.
    fn look_into_the_record(&self, tab: &Tab, name: &str) {
        let mut record = tab.record();
        let mut wrong = record.complaints();
        for page in record.loaded().iter().filter(|loaded| loaded.kind == "Document" && !is_redirect(loaded.status)) {
            let policy = page.headers.get("content-security-policy").map_or("", String::as_str);
            if !policy.contains("default-src 'none'") || policy.contains("unsafe-") {
                wrong.push(format!("{} has the policy {policy:?}", page.url));
            }
        }
        record.clear();
        self.wrong.borrow_mut().extend(wrong.into_iter().map(|what| format!("{name}: {what}")));
    }

    fn note(&self, view: &str, found: &Value) {
        let found = found.as_array().unwrap_or_else(|| panic!("{view}: {found}"));
        self.wrong
            .borrow_mut()
            .extend(found.iter().map(|what| format!("{view}: {}", what.as_str().unwrap_or_default())));
    }

    /// Checks the HTML of all pages at once, and gives everything that is wrong.
    fn findings(self) -> Vec<String> {
        let mut wrong = self.wrong.into_inner();
        wrong.extend(invalid(&self.pages.into_inner()));
        wrong
    }

    /// Fails with everything that is wrong.
    pub(crate) fn end(self) {
        let wrong = self.findings();
        assert!(wrong.is_empty(), "{} findings:\n{}", wrong.len(), wrong.join("\n"));
    }
}

fn is_redirect(status: i64) -> bool {
    (300..400).contains(&status)
}

/// Where pages are in the HTML standard's way, each in a line.
fn invalid(pages: &[PathBuf]) -> Vec<String> {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/tools/htmlvalidate.json");
    let answer = Command::new("node")
        .arg(tools::checker("html-validate/bin/html-validate.mjs"))
        .args(["--formatter", "json", "--config"])
        .arg(rules)
        .args(pages)
        .output()
        .expect("node runs html-validate; `cargo xtask test` says how to install it");
    let said = String::from_utf8_lossy(&answer.stdout);
    let files: Vec<Value> = serde_json::from_str(&said)
        .unwrap_or_else(|error| panic!("{error}: {said}\n{}", String::from_utf8_lossy(&answer.stderr)));
    let messages = files.iter().flat_map(|file| {
        let name = file["filePath"].as_str().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
        let messages = file["messages"].as_array().into_iter().flatten();
        messages.map(move |one| format!("{name}:{} {} {}", one["line"], one["ruleId"], one["message"]))
    });
    messages.collect()
}

/// A folder beside what cargo builds, for people to look into.
fn folder(name: &str) -> PathBuf {
    let folder = tools::target().join(name);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// A page with one thing wrong of each kind.
const UNSOUND: &str = "<!doctype html><html lang=en><title>Unsound</title><meta charset=utf-8>\
    <main><h1>Unsound</h1><p style='width: 500px; background: #eee; color: #ddd'>Too wide, and too pale</p>\
    <form><input name=nameless></form><ul><p>No item</p></ul><img src=/missing alt=''></main>";

#[test]
fn the_inspector_finds_what_is_wrong() {
    on_stage(|stage| {
        let (_visitor, tab) = stage.tab();
        let inspector = Inspector::new();
        // In the place of the first page comes one that is not sound, with a policy that forbids its style.
        tab.call("Fetch.enable", json!({ "patterns": [{ "urlPattern": format!("{}/", stage.base()) }] }));
        tab.leave(|| {
            tab.eval(&format!("setTimeout(() => location.assign({:?}))", stage.base()));
            let paused = poll(|| tab.happened("Fetch.requestPaused").pop()).expect("the browser asks for the page");
            let headers = json!([
                { "name": "content-type", "value": "text/html" },
                { "name": "content-security-policy", "value": "default-src 'none'; img-src 'self'; style-src-attr 'unsafe-inline'" },
            ]);
            let body = BASE64_STANDARD.encode(UNSOUND);
            let answer = json!({
                "requestId": paused.params["requestId"], "responseCode": 200, "responseHeaders": headers, "body": body,
            });
            tab.call("Fetch.fulfillRequest", answer);
        });
        tab.eval("document.body.append(Object.assign(document.createElement('script'), { src: '/forbidden.js' }))");
        inspector.inspect(&tab, "unsound");
        let found = inspector.findings().join("\n");
        for words in [
            "unsound-phone-light: color-contrast",
            "unsound-desktop-dark: color-contrast",
            "unsound-phone-light: label",
            "unsound-phone-light scrolls sideways: <p style",
            "404 ",
            "has the policy",
            "forbidden.js",
            "unsound.html:1 \"element-permitted-content\"",
        ] {
            assert!(found.contains(words), "{words} is not among what was found:\n{found}");
        }
        assert!(!found.contains("unsound-desktop-light scrolls sideways"), "{found}");
    });
}
