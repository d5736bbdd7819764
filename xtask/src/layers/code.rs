//! What the code of each layer may name.
//!
//! The code is read as tokens, so a word in a comment or in a sentence breaks no rule.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use proc_macro2::{TokenStream, TokenTree};

use super::Violation;

/// Something that only some of the repository may name.
struct Rule {
    /// Where the rule holds.
    within: &'static [&'static str],
    /// Where it does not, inside of that.
    except: &'static [&'static str],
    what: What,
    complaint: &'static str,
}

/// What a rule looks for.
enum What {
    /// An identifier: one of these, or one that continues one of these after an underscore.
    Name(&'static [&'static str]),
    /// A string that holds a statement of SQL.
    Sql,
    /// A string that starts cargo: its name, or the variable that holds its path.
    Cargo,
}

const WEB: &[&str] = &["http", "hyper", "axum", "tower", "reqwest", "ureq", "h2", "actix", "warp", "lettre"];
const DATABASE: &[&str] = &["rusqlite", "sqlite", "sqlx", "postgres", "diesel", "libsqlite3"];

const RULES: &[Rule] = &[
    Rule {
        within: &["host", "examples", "components"],
        except: &["host/engine", "host/bench"],
        what: What::Name(&["wasmtime"]),
        complaint: "only host/engine, and the bench that measures it, may name wasmtime: use what boomerang-engine exports, or export it there",
    },
    Rule {
        within: &["host/engine"],
        except: &[],
        what: What::Name(WEB),
        complaint: "host/engine knows no HTTP: a vendor's platform has its own. Put this in host/shop",
    },
    Rule {
        within: &["host", "examples", "components"],
        // The bench measures the store against bare SQLite.
        except: &["host/shop/src/store", "host/shop/src/store.rs", "host/bench/src/whole/raw.rs"],
        what: What::Name(DATABASE),
        complaint: "only the store (host/shop/src/store) may know which database it is: add a method to the store",
    },
    Rule {
        within: &["host", "examples", "components"],
        except: &["host/shop/src/store", "host/shop/src/store.rs", "host/bench/src/whole/raw.rs"],
        what: What::Sql,
        complaint: "only the store (host/shop/src/store) may hold SQL: add a method to the store",
    },
    Rule {
        within: &[""],
        except: &["xtask"],
        what: What::Cargo,
        complaint: "a build script must not run cargo: build it in xtask, and read the result",
    },
];

impl Rule {
    fn holds_in(&self, file: &Path) -> bool {
        let is_below = |folders: &[&str]| folders.iter().any(|folder| file.starts_with(folder));
        let is_meant = !matches!(self.what, What::Cargo) || file.ends_with("build.rs");
        is_meant && is_below(self.within) && !is_below(self.except)
    }
}

impl What {
    fn matches(&self, token: &TokenTree) -> bool {
        match (self, token) {
            (Self::Name(names), TokenTree::Ident(ident)) => {
                let ident = ident.to_string();
                names
                    .iter()
                    .any(|name| ident.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('_')))
            }
            (Self::Sql, TokenTree::Literal(literal)) => is_sql(&literal.to_string()),
            (Self::Cargo, TokenTree::Literal(literal)) => {
                matches!(literal.to_string().as_str(), "\"cargo\"" | "\"CARGO\"")
            }
            _ => false,
        }
    }
}

/// Whether a literal is a string that reads like a statement of SQL. Its first word is all upper or all lower case: a
/// sentence that tells somebody to `Select` something is not one.
fn is_sql(literal: &str) -> bool {
    let Some((_, text)) = literal.split_once('"') else {
        return false;
    };
    let text = text.replace("\\n", " ");
    let first = text.split_whitespace().next().unwrap_or_default();
    let is_keyword = first.chars().all(char::is_uppercase) || first.chars().all(char::is_lowercase);
    let text = text.to_lowercase();
    let words: Vec<_> = text.split_whitespace().collect();
    is_keyword
        && match words.as_slice() {
            ["select", ..] => words.contains(&"from"),
            ["update", ..] => words.contains(&"set"),
            ["insert", "into", ..] | ["delete", "from", ..] | ["pragma", ..] => true,
            ["create" | "drop" | "alter", "table" | "index" | "unique" | "view" | "trigger", ..] => true,
            _ => false,
        }
}

/// Checks every Rust file.
pub(super) fn check(root: &Path, files: &[PathBuf]) -> Result<Vec<Violation>> {
    let mut violations = Vec::new();
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "rs")) {
        let rules: Vec<_> = RULES.iter().filter(|rule| rule.holds_in(file)).collect();
        if rules.is_empty() {
            continue;
        }
        let text = fs::read_to_string(root.join(file)).with_context(|| format!("could not read {}", file.display()))?;
        let tokens: TokenStream = text.parse().map_err(|error| anyhow!("{} is not Rust: {error}", file.display()))?;
        visit(tokens, &mut |token| {
            for rule in rules.iter().filter(|rule| rule.what.matches(token)) {
                violations.push(Violation {
                    place: format!("{}:{}", file.display(), token.span().start().line),
                    complaint: format!("`{token}`: {}", rule.complaint),
                });
            }
        });
    }
    Ok(violations)
}

/// Shows every token to `see`, but for attributes that hold documentation.
fn visit(tokens: TokenStream, see: &mut impl FnMut(&TokenTree)) {
    let mut after_hash = false;
    for token in tokens {
        if let TokenTree::Group(group) = &token {
            let is_docs = after_hash
                && matches!(group.stream().into_iter().next(), Some(TokenTree::Ident(ident)) if ident == "doc");
            if !is_docs {
                visit(group.stream(), see);
            }
        } else {
            see(&token);
        }
        // An inner attribute is `#![…]`.
        after_hash = match &token {
            TokenTree::Punct(punct) => punct.as_char() == '#' || after_hash && punct.as_char() == '!',
            _ => false,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree::{files, tests::repository};
    use super::*;

    fn places(path: &str, code: &str) -> Vec<String> {
        let root = repository(&[(path, code)]);
        let violations = check(root.path(), &files(root.path()).unwrap()).unwrap();
        violations.into_iter().map(|violation| violation.place).collect()
    }

    #[test]
    fn the_shop_must_not_name_wasmtime() {
        assert_eq!(places("host/shop/src/a.rs", "\nuse wasmtime::Engine;"), ["host/shop/src/a.rs:2"]);
        assert_eq!(places("host/shop/src/a.rs", "fn f() { wasmtime_wasi::x() }"), ["host/shop/src/a.rs:1"]);
        assert_eq!(places("host/engine/src/a.rs", "use wasmtime::Engine;"), [""; 0]);
    }

    #[test]
    fn the_engine_must_not_name_http() {
        assert_eq!(places("host/engine/src/a.rs", "use axum::Router;"), ["host/engine/src/a.rs:1"]);
        assert_eq!(places("host/engine/src/a.rs", "use http::Uri;"), ["host/engine/src/a.rs:1"]);
        assert_eq!(places("host/shop/src/a.rs", "use axum::Router;"), [""; 0]);
    }

    #[test]
    fn only_the_store_may_name_its_database() {
        let code = "use rusqlite::Connection;";
        assert_eq!(places("host/shop/src/pages/cart.rs", code), ["host/shop/src/pages/cart.rs:1"]);
        assert_eq!(places("host/engine/src/a.rs", code), ["host/engine/src/a.rs:1"]);
        assert_eq!(places("host/shop/src/store/sqlite.rs", code), [""; 0]);
    }

    #[test]
    fn only_the_store_may_hold_sql() {
        for sql in [
            "\"SELECT id FROM orders\"",
            "\"\\n  select id\\n from orders\"",
            "r\"insert into orders values (1)\"",
            "r#\"update orders set total = 1\"#",
            "\"delete from orders\"",
            "\"CREATE TABLE a (id text)\"",
        ] {
            let code = format!("const Q: &str = {sql};");
            assert_eq!(places("host/shop/src/orders.rs", &code).len(), 1, "{sql}");
            assert_eq!(places("host/shop/src/store/orders.rs", &code), [""; 0], "{sql}");
        }
    }

    #[test]
    fn sentences_and_comments_break_no_rule() {
        for code in [
            "//! No wasmtime here.\n/// Nor `axum`.\nfn f() {} // select x from y",
            "const A: &str = \"Select a date from the list\";",
            "const A: &str = \"wasmtime refused it\";",
            "#![doc = \"rusqlite\"]",
        ] {
            assert_eq!(places("host/shop/src/a.rs", code), [""; 0], "{code}");
        }
    }

    #[test]
    fn a_build_script_must_not_run_cargo() {
        let code = "fn main() { std::process::Command::new(\"cargo\"); }";
        assert_eq!(places("host/cli/build.rs", code), ["host/cli/build.rs:1"]);
        assert_eq!(places("host/cli/build.rs", "fn main() { std::env::var(\"CARGO\"); }").len(), 1);
        assert_eq!(places("host/cli/src/new.rs", code), [""; 0]);
    }
}
