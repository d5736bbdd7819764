//! What pages weigh, and what the shop keeps in a browser.

use crate::accounts::sign_in;
use crate::buying::go_to_checkout;
use crate::stage::{Tab, on_stage};
use serde_json::json;

/// Bytes of everything that a page takes, and bytes of its scripts.
fn weigh(tab: &Tab, path: &str) -> (f64, f64) {
    tab.call("Network.setCacheDisabled", json!({ "cacheDisabled": true }));
    tab.go("/page/privacy").record().clear();
    tab.go(path).until("everything to be loaded", "[...document.images].every((image) => image.complete)");
    let record = tab.record();
    let loaded = record.loaded();
    assert!(
        loaded.iter().any(|file| file.kind == "Script") && loaded.iter().any(|file| file.kind == "Image"),
        "{loaded:?}"
    );
    let scripts = loaded.iter().filter(|file| file.kind == "Script").map(|file| file.bytes).sum();
    (loaded.iter().map(|file| file.bytes).sum(), scripts)
}

#[test]
fn product_and_checkout_weigh_less_than_60_kb_and_their_scripts_less_than_12() {
    on_stage(|stage| {
        let (_visitor, tab) = stage.tab();
        sign_in(&tab, "ada@example.com", true);
        go_to_checkout(&tab, "harbour-mug");
        for path in ["/p/harbour-mug", "/checkout"] {
            let (all, scripts) = weigh(&tab, path);
            println!("{path}: {:.1} kB on the wire, {:.1} kB of it scripts", all / 1000.0, scripts / 1000.0);
            assert!(all > 5_000.0 && all < 60_000.0, "{path} weighs {all} bytes");
            assert!(scripts > 500.0 && scripts < 12_000.0, "the scripts of {path} weigh {scripts} bytes");
        }
    });
}

#[test]
fn no_script_and_no_other_site_gets_at_a_cookie() {
    on_stage(|stage| {
        let (visitor, tab) = stage.tab();
        sign_in(&tab, "ada@example.com", true);
        go_to_checkout(&tab, "harbour-mug");
        tab.go("/admin/sign-in");
        let cookies = visitor.cookies();
        let names: Vec<_> = cookies.iter().filter_map(|cookie| cookie["name"].as_str()).collect();
        for name in ["session", "device", "cart"] {
            assert!(names.contains(&name), "{names:?}");
        }
        for cookie in &cookies {
            assert_eq!(cookie["httpOnly"], true, "{cookie}");
            assert!(["Lax", "Strict"].contains(&cookie["sameSite"].as_str().unwrap_or_default()), "{cookie}");
        }
        assert_eq!(tab.go("/").string("document.cookie"), "");
    });
}
