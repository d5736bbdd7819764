//! A corpus of hostile components, run against the engine as a host for strangers runs it: compiled in a worker, with the
//! limits of `EngineConfig::default()`.
//!
//! Each is built here, from text or from Rust, and has an expected verdict. What has to hold for every one of them:
//!
//! - it is contained, and the verdict is the right one;
//! - it uses at most twice the time it may;
//! - the host holds at most 2 MB for the call, beyond the guest's own memory, and nothing afterwards;
//! - the pool is as it was: nothing in use, no memory with anything in it;
//! - the next honest call is answered, and right.
//!
//! Where the contract decides what can be attacked, the attacks come from the contract: every string, list and case in
//! every answer and every request is broken in every way there is. `TABLE.md` beside this lists all of them; a test
//! checks that it is up to date. `BLESS=1` writes it anew, and `ONLY=text` runs those whose names contain a text.

#[path = "../support/mod.rs"]
mod support;

mod abi;
mod ask;
mod attacks;
mod case;
mod guest;
mod honest;
mod meter;
mod place;
mod run;
mod table;
mod value;
mod vendor;
mod wasi;

#[global_allocator]
static ALLOCATOR: meter::Counting = meter::Counting;

/// Components that have to be there at least.
const AT_LEAST: usize = 130;

#[test]
fn every_hostile_component_is_contained() {
    let mut cases = attacks::all();
    assert!(cases.len() >= AT_LEAST, "{} components", cases.len());
    if let Ok(only) = std::env::var("ONLY") {
        cases.retain(|case| format!("{} {}", case.class, case.name).contains(&only));
    }
    let results = run::all(&cases);
    println!("{}", run::summary(&results));
    let wrong: Vec<_> = results.iter().filter_map(run::Tried::wrong).collect();
    assert!(wrong.is_empty(), "{} of {} went wrong:\n{}", wrong.len(), results.len(), wrong.join("\n"));
}

#[test]
fn no_two_cases_share_a_name() {
    let cases = attacks::all();
    let names: std::collections::BTreeSet<_> = cases.iter().map(|case| (case.class, &case.name)).collect();
    assert_eq!(names.len(), cases.len());
}

#[test]
fn the_table_is_up_to_date() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/hostile/TABLE.md");
    let table = table::of(&attacks::all());
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, &table).expect("the table can be written");
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(kept == table, "TABLE.md is out of date: run `BLESS=1 cargo test -p boomerang-engine --test hostile`");
}
