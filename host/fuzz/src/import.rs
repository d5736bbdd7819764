//! A file of products, as a merchant imports it.

use boomerang_shop::catalogue::import;
use boomerang_shop::demo;

use crate::stage::{self, Answer, Stage};

/// Imports the file. It is refused as a whole, by line and reason, or what is exported then can be imported and changes
/// nothing.
///
/// # Panics
/// If that does not hold.
pub fn run(file: &[u8]) {
    // Currencies with no decimals and with three are no currencies of the demo.
    for currency in ["JPY", "KWD"] {
        let _ = import::read(file, currency);
    }
    match import::read(file, "EUR") {
        Ok(_) => stage::with(|stage| round_trip(stage, file)),
        Err(error) => {
            assert!(!error.problems.is_empty() && error.total >= error.problems.len(), "{error:?}");
            let is_said = |problem: &import::Problem| problem.line >= 1 && !problem.reason.is_empty();
            assert!(error.problems.iter().all(is_said), "{error:?}");
        }
    }
}

fn round_trip(stage: &mut Stage, file: &[u8]) {
    let before = exported(stage);
    let answer = imported(stage, file);
    let after = exported(stage);
    if !answer.is_success() {
        assert_eq!(before, after, "a file that is refused has changed something: {:#}", answer.json());
        return;
    }
    let again = imported(stage, after.as_bytes());
    assert!(again.is_success(), "what is exported cannot be imported: {:#}", again.json());
    assert_eq!(exported(stage), after, "what is exported is something else once it is imported");
}

fn imported(stage: &mut Stage, file: &[u8]) -> Answer {
    let token = stage.token("staff").map(str::to_owned);
    let path = format!("/api/v1/{}/admin/products/import", demo::SHOP);
    stage.send("POST", &path, token.as_deref(), Some(("text/csv", file.to_vec())))
}

fn exported(stage: &mut Stage) -> String {
    let answer = stage.call("staff", "GET", "/admin/products/export", None);
    String::from_utf8(answer.body).expect("the file is UTF-8")
}
