//! Chromium, told what to do over a pipe in the words of its own protocol for developers.
//!
//! The pipe is the browser's file descriptors 3 and 4. It needs no port and no driver, and a browser whose pipe is closed
//! ends by itself, however this process ended.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::{scratch, tools};

/// A browser that has not answered after this long never will.
const PATIENCE: Duration = Duration::from_secs(60);

/// Puts the standard streams, which any process can be given, where the browser looks for its pipe.
const WITH_PIPE: &str = r#"exec "$0" "$@" 3<&0 4>&1 0</dev/null 1>&2"#;

const FLAGS: [&str; 12] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-sync",
    "--hide-scrollbars",
    "--lang=en-GB",
    "--no-first-run",
    "--remote-debugging-pipe",
];

/// One browser for all tests: it takes half a second to start, and keeps visitors apart.
pub(crate) static BROWSER: LazyLock<Browser> = LazyLock::new(Browser::start);

type Answer = Result<Value, String>;

/// What the thread that reads shares with those that ask.
#[derive(Default)]
struct Desk {
    waiting: HashMap<u64, Sender<Answer>>,
    /// What happened in each tab and has not been looked at.
    events: HashMap<String, Vec<Event>>,
}

/// Something that happened in a tab.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) method: String,
    pub(crate) params: Value,
}

/// A running browser.
pub(crate) struct Browser {
    to: Mutex<ChildStdin>,
    next: AtomicU64,
    desk: Arc<Mutex<Desk>>,
    process: Child,
}

impl Browser {
    fn start() -> Self {
        let folder = scratch::folder("chromium");
        let log = File::create(folder.join("log")).unwrap();
        let mut process = Command::new("sh")
            .args(["-c", WITH_PIPE])
            .arg(tools::chromium())
            .args(FLAGS)
            .arg(format!("--user-data-dir={}", folder.join("profile").display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("sh starts Chromium");
        let to = Mutex::new(process.stdin.take().unwrap());
        let from = process.stdout.take().unwrap();
        let desk = Arc::new(Mutex::new(Desk::default()));
        let reader = Arc::clone(&desk);
        thread::spawn(move || read(from, &reader));
        let browser = Self { to, next: AtomicU64::new(1), desk, process };
        browser.call(None, "Browser.getVersion", json!({})).unwrap_or_else(|error| {
            let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
            panic!("Chromium (process {}) did not start: {error}\n{log}", browser.process.id())
        });
        browser
    }

    /// Asks for something, of a tab or of the browser, and waits for the answer.
    pub(crate) fn call(&self, session: Option<&str>, method: &str, params: Value) -> Answer {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (sender, answer) = channel();
        self.desk().waiting.insert(id, sender);
        let mut message = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = session {
            message["sessionId"] = session.into();
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        let mut to = self.to.lock().unwrap_or_else(PoisonError::into_inner);
        to.write_all(&bytes).and_then(|()| to.flush()).map_err(|error| format!("the browser has ended: {error}"))?;
        drop(to);
        answer.recv_timeout(PATIENCE).map_err(|error| format!("no answer to {method}: {error}"))?
    }

    /// What has happened in a tab since this was asked last.
    pub(crate) fn events(&self, session: &str) -> Vec<Event> {
        self.desk().events.get_mut(session).map(std::mem::take).unwrap_or_default()
    }

    /// Keeps nothing more of a tab that was closed.
    pub(crate) fn forget(&self, session: &str) {
        self.desk().events.remove(session);
    }

    fn desk(&self) -> std::sync::MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sorts what the browser says, until it ends.
fn read(from: ChildStdout, desk: &Mutex<Desk>) {
    for message in BufReader::new(from).split(0) {
        let Ok(message) = message.map_err(|_| ()).and_then(|bytes| serde_json::from_slice(&bytes).map_err(|_| ()))
        else {
            break;
        };
        sort(message, &mut desk.lock().unwrap_or_else(PoisonError::into_inner));
    }
    // Whoever still waits is told so: their senders are dropped.
    desk.lock().unwrap_or_else(PoisonError::into_inner).waiting.clear();
}

fn sort(mut message: Value, desk: &mut Desk) {
    if let Some(id) = message["id"].as_u64() {
        let answer = match message["error"]["message"].as_str() {
            Some(error) => Err(error.to_owned()),
            None => Ok(message["result"].take()),
        };
        if let Some(sender) = desk.waiting.remove(&id) {
            // Whoever asked may have lost patience meanwhile.
            let _ = sender.send(answer);
        }
    } else if let (Some(session), Some(method)) = (message["sessionId"].as_str(), message["method"].as_str()) {
        let (session, method) = (session.to_owned(), method.to_owned());
        let params = message["params"].take();
        desk.events.entry(session).or_default().push(Event { method, params });
    }
}
