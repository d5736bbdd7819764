//! `boomerang serve --demo`, on a free port, with a data folder of its own.
//!
//! The demo shop is made once and copied for every test, so that none sees what another has done.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

use boomerang_shop::secrets::Secret;
use tempfile::TempDir;

use super::{scratch, tools};

/// The data of a demo shop that was just made, with its components compiled.
static TEMPLATE: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = scratch::folder("demo");
    // It is ended the hard way, which its database is made for.
    drop(Server::start(&folder));
    folder
});

/// A demo shop that is served.
pub(crate) struct Shop {
    server: Server,
    folder: TempDir,
}

impl Shop {
    /// A shop where nothing has happened but the demo's own history.
    pub(crate) fn open() -> Self {
        let folder = tempfile::tempdir_in(scratch::folder("shops")).unwrap();
        copy(&TEMPLATE, folder.path());
        Self { server: Server::start(folder.path()), folder }
    }

    /// Where it is, without a slash at the end.
    pub(crate) fn base(&self) -> &str {
        &self.server.base
    }

    /// What every key of this shop is derived from.
    pub(crate) fn secret(&self) -> Secret {
        Secret::new(fs::read(self.folder.path().join("secret")).unwrap().try_into().unwrap())
    }
}

struct Server {
    process: Child,
    base: String,
    log: PathBuf,
}

impl Server {
    fn start(data: &Path) -> Self {
        let log = data.join("log");
        let mut process = Command::new(env!("CARGO_BIN_EXE_boomerang"))
            .args(["serve", "--demo", "--port", "0", "--data"])
            .arg(data)
            .arg("--components")
            .arg(tools::components())
            .env_remove("BOOMERANG_SMTP")
            .env_remove("BOOMERANG_FROM")
            .stdout(Stdio::piped())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let mut welcome = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
        let base =
            welcome.find_map(|line| Some(line.strip_prefix("storefront")?.trim().trim_end_matches('/').to_owned()));
        let mut server = Self { process, base: String::new(), log };
        server.base = base.unwrap_or_else(|| panic!("`boomerang serve --demo` did not start:\n{}", server.said()));
        server
    }

    fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        if std::thread::panicking() {
            eprintln!("the server said:\n{}", self.said());
        }
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let place = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir(&place).unwrap();
            copy(&entry.path(), &place);
        } else {
            fs::copy(entry.path(), place).unwrap();
        }
    }
}
