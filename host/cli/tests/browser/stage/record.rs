//! What a tab has loaded, and what it complained about.

use std::collections::BTreeMap;

use serde_json::Value;

use super::devtools::Event;

/// Everything that has happened in a tab.
#[derive(Default)]
pub(crate) struct Record {
    events: Vec<Event>,
}

/// Something that came from the server.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    /// What tells it from everything else that the tab has loaded.
    pub(crate) id: String,
    /// `Document`, `Script`, `Stylesheet`, `Image`…
    pub(crate) kind: String,
    pub(crate) url: String,
    pub(crate) status: i64,
    /// With names in small letters.
    pub(crate) headers: BTreeMap<String, String>,
    /// Bytes on the wire, headers and all.
    pub(crate) bytes: f64,
}

impl Record {
    pub(super) fn add(&mut self, events: Vec<Event>) {
        self.events.extend(events);
    }

    pub(super) fn events(&self) -> &[Event] {
        &self.events
    }

    /// Forgets everything until now.
    pub(crate) fn clear(&mut self) {
        self.events.clear();
    }

    /// What was loaded, in order.
    pub(crate) fn loaded(&self) -> Vec<Loaded> {
        let mut loaded: Vec<Loaded> = Vec::new();
        for Event { method, params } in &self.events {
            let id = params["requestId"].as_str().unwrap_or_default();
            match method.as_str() {
                "Network.responseReceived" => loaded.push(received(params)),
                "Network.loadingFinished" => {
                    if let Some(known) = loaded.iter_mut().rev().find(|known| known.id == id) {
                        known.bytes = params["encodedDataLength"].as_f64().unwrap_or_default();
                    }
                }
                _ => {}
            }
        }
        loaded
    }

    /// Everything that a developer would see in red: broken rules of the page's policy, errors of scripts, files that are
    /// not there.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let mut complaints: Vec<String> = self.events.iter().filter_map(complaint).collect();
        let missing = |loaded: &&Loaded| loaded.kind != "Document" && loaded.status >= 400;
        complaints.extend(self.loaded().iter().filter(missing).map(|file| format!("{} {}", file.status, file.url)));
        complaints
    }
}

fn received(params: &Value) -> Loaded {
    let response = &params["response"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let headers = response["headers"].as_object().into_iter().flatten();
    Loaded {
        id: text(&params["requestId"]),
        kind: text(&params["type"]),
        url: text(&response["url"]),
        status: response["status"].as_i64().unwrap_or_default(),
        headers: headers.map(|(name, value)| (name.to_lowercase(), text(value))).collect(),
        bytes: 0.0,
    }
}

fn complaint(Event { method, params }: &Event) -> Option<String> {
    let entry = &params["entry"];
    match method.as_str() {
        // What could not be loaded is told by its status, which pages with an error in a form have, too.
        "Log.entryAdded" if entry["source"] == "network" => None,
        "Log.entryAdded" if ["error", "warning"].iter().any(|level| entry["level"] == *level) => {
            Some(format!("{} ({})", entry["text"], entry["url"]))
        }
        "Runtime.exceptionThrown" => Some(params["exceptionDetails"].to_string()),
        "Runtime.consoleAPICalled" if params["type"] == "error" => Some(params["args"].to_string()),
        _ => None,
    }
}
