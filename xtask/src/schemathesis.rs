//! `cargo xtask schemathesis`: a stranger's tool asks the whole API what its document allows, and what it does not.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde_json::Value;

use crate::guests;
use crate::workspace::{self, Workspace, capture};

/// How much is asked.
#[derive(Args)]
pub(crate) struct Options {
    /// Requests for each operation, at the most
    #[arg(long, default_value_t = 50)]
    examples: u32,
}

/// Serves a demo shop of its own and lets schemathesis loose on it: once as somebody who shops, once as an owner. It fails
/// on a failure of the server and on any answer that the document does not have.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let is_there = Command::new("schemathesis").arg("--version").output().is_ok_and(|output| output.status.success());
    ensure!(is_there, "schemathesis is missing: install it with `pipx install schemathesis`");
    guests::build(workspace)?.keep_their_size()?;
    workspace::run(&mut workspace.cargo(["build", "--package", "boomerang"]))?;
    let server = Server::start(workspace)?;
    let shopper = server.open("sessions", "{}")?;
    let merchant = server.open("admin/sessions", r#"{"email":"merchant@example.com","password":"hearth-and-hand"}"#)?;
    for (who, token) in [("a shopper", shopper), ("an owner", merchant)] {
        eprintln!("▸ as {who}");
        let mut command = Command::new("schemathesis");
        command.args(["run", &format!("{}/api/openapi.json", server.base)]);
        command.args(["--checks", "not_a_server_error,status_code_conformance,content_type_conformance"]);
        command.args(["--checks", "response_schema_conformance,response_headers_conformance"]);
        command.args(["--header", &format!("Authorization: Bearer {token}")]);
        command.args(["--max-examples", &options.examples.to_string(), "--continue-on-failure"]);
        // Moving the clock would end every session, and so would signing out.
        for id in ["moveClock", "endSession", "endStaffSession", "changeStaff"] {
            command.args(["--exclude-operation-id", id]);
        }
        workspace::run(&mut command)?;
    }
    Ok(())
}

/// A demo shop that is gone when this is.
struct Server {
    child: Child,
    base: String,
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
        Ok(Self { child, base, folder })
    }

    /// The token of a session that is opened here.
    fn open(&self, path: &str, body: &str) -> Result<String> {
        let mut command = Command::new("curl");
        command.args(["--silent", "--fail", "--header", "Content-Type: application/json"]);
        command.args(["--header", "Idempotency-Key: a-key-for-one-session", "--data", body]);
        command.arg(format!("{}/api/v1/demo/{path}", self.base));
        let answer: Value = serde_json::from_str(&capture(&mut command)?).context("the answer is no JSON")?;
        Ok(answer["token"].as_str().context("the answer holds no token")?.to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
