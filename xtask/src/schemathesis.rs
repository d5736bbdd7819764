//! `cargo xtask schemathesis`: a stranger's tool asks the whole API what its document allows, and what it does not.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use serde_json::{Value, json};

use crate::guests;
use crate::workspace::{self, Workspace, capture};

/// The customer of the demo shop.
const CUSTOMER: &str = "ada@example.com";
/// How long a mail may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// How much is asked.
#[derive(Args)]
pub(crate) struct Options {
    /// Requests for each operation, at the most
    #[arg(long, default_value_t = 50)]
    examples: u32,
}

/// Serves a demo shop of its own and lets schemathesis loose on it: once as somebody who shops, once as a customer who has
/// signed in, once as an owner. It fails on a failure of the server and on any answer that the document does not have.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let is_there = Command::new("schemathesis").arg("--version").output().is_ok_and(|output| output.status.success());
    ensure!(is_there, "schemathesis is missing: install it with `pipx install schemathesis`");
    guests::build(workspace)?.keep_their_size()?;
    workspace::run(&mut workspace.cargo(["build", "--package", "boomerang"]))?;
    let server = Server::start(workspace)?;
    let shopper = server.open("sessions", "{}")?;
    let customer = server.sign_in()?;
    let merchant = server.open("admin/sessions", r#"{"email":"merchant@example.com","password":"hearth-and-hand"}"#)?;
    let mut broken = Vec::new();
    for (who, token) in [("a shopper", shopper), ("a customer", customer), ("an owner", merchant)] {
        eprintln!("▸ as {who}");
        let mut command = Command::new("schemathesis");
        // It leaves what it has tried in the folder that it is started in.
        command.current_dir(&workspace.target);
        command.env("SCHEMATHESIS_HOOKS", workspace.root.join("xtask/src/schemathesis.py"));
        command.args(["run", &format!("{}/api/openapi.json", server.base)]);
        command.args(["--checks", "not_a_server_error,status_code_conformance,content_type_conformance"]);
        command.args(["--checks", "response_schema_conformance,response_headers_conformance"]);
        command.args(["--header", &format!("Authorization: Bearer {token}")]);
        command.args(["--max-examples", &options.examples.to_string(), "--continue-on-failure"]);
        // Moving the clock would end every session, and so would signing out and leaving for good.
        for id in ["moveClock", "endSession", "endStaffSession", "changeStaff", "eraseAccount"] {
            command.args(["--exclude-operation-id", id]);
        }
        // The others are asked all the same, so that one run shows everything that is wrong.
        if workspace::run(&mut command).is_err() {
            broken.push(who);
        }
    }
    ensure!(broken.is_empty(), "the document does not hold for {}: see above", broken.join(" and "));
    Ok(())
}

/// A member of an answer that is a text.
fn member(answer: &Value, name: &str) -> Result<String> {
    let text = answer[name].as_str().with_context(|| format!("the answer holds no {name}"))?;
    Ok(text.to_owned())
}

/// A demo shop that is gone when this is.
struct Server {
    child: Child,
    base: String,
    /// Idempotency keys that were used.
    keys: AtomicU32,
    folder: std::path::PathBuf,
}

impl Server {
    fn start(workspace: &Workspace) -> Result<Self> {
        let folder = workspace.target.join("schemathesis");
        let _ = std::fs::remove_dir_all(&folder);
        let program = workspace.target.join("debug").join(format!("boomerang{}", std::env::consts::EXE_SUFFIX));
        let mut child = Command::new(program)
            .args(["serve", "--demo", "--port", "0"])
            .env("BOOMERANG_COMPONENTS", workspace.component_folder())
            .env("BOOMERANG_DATA", &folder)
            .stdout(Stdio::piped())
            .spawn()
            .context("the server could not be started")?;
        let output = BufReader::new(child.stdout.take().context("the server says nothing")?);
        let address = output
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("storefront").map(|rest| rest.trim().trim_end_matches('/').to_owned()));
        let base = address.context("the server ended before it served")?;
        Ok(Self { child, base, keys: AtomicU32::new(0), folder })
    }

    /// The token of a session that is opened here.
    fn open(&self, path: &str, body: &str) -> Result<String> {
        member(&self.post(path, None, body)?, "token")
    }

    /// The token of a session that the demo's customer has signed in with, by the code that was mailed.
    fn sign_in(&self) -> Result<String> {
        let guest = member(&self.post("sessions", None, "{}")?, "token")?;
        let asked = self.post("sign-in", Some(&guest), &json!({ "email": CUSTOMER }).to_string())?;
        let proof = json!({ "handle": member(&asked, "handle")?, "code": self.mailed_code()? });
        member(&self.post("sign-in/code", Some(&guest), &proof.to_string())?, "token")
    }

    /// The code in the demo's mailbox, once the mail has arrived.
    fn mailed_code(&self) -> Result<String> {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            let mut command = Command::new("curl");
            command.args(["--silent", "--fail"]).arg(format!("{}/mailbox?to={CUSTOMER}", self.base));
            let page = capture(&mut command)?;
            let is_code = |word: &&str| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit());
            // With its mark, a colour of the page is no word of six digits.
            let is_between = |letter: char| !letter.is_ascii_alphanumeric() && letter != '#';
            if let Some(code) = page.split(is_between).find(is_code) {
                return Ok(code.to_owned());
            }
            sleep(Duration::from_millis(200));
        }
        bail!("no mail with a code has arrived: look at {}/mailbox", self.base)
    }

    /// Sends a write to the demo shop.
    fn post(&self, path: &str, token: Option<&str>, body: &str) -> Result<Value> {
        let mut command = Command::new("curl");
        command.args(["--silent", "--fail", "--header", "Content-Type: application/json"]);
        let key = format!("Idempotency-Key: {:08}", self.keys.fetch_add(1, Ordering::Relaxed));
        command.args(["--header", &key, "--data", body]);
        if let Some(token) = token {
            command.args(["--header", &format!("Authorization: Bearer {token}")]);
        }
        command.arg(format!("{}/api/v1/demo/{path}", self.base));
        serde_json::from_str(&capture(&mut command)?).context("the answer is no JSON")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
