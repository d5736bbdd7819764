//! A shop of its own for every test, and a browser that visitors look at it with.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`devtools`] | the browser: one for all tests |
//! | [`shop`] | the server: one for each test |
//! | [`tab`], [`hands`] | a tab: where it is and what it shows; what people do in it |
//! | [`record`] | what a tab has loaded, and what it complained about |
//! | [`merchant`] | what the test itself has to know and to change, by the API |
//! | [`tools`], [`scratch`] | where things are |

mod devtools;
mod hands;
pub(crate) mod merchant;
pub(crate) mod record;
mod scratch;
mod shop;
mod tab;
pub(crate) mod tools;

use std::io::Write;
use std::thread;
use std::time::{Duration, Instant};

use boomerang_shop::demo::SHOP;
use boomerang_shop::mail::unsubscribe;
use serde_json::{Value, json};

use devtools::BROWSER;
use merchant::Merchant;
use shop::Shop;
pub(crate) use tab::{Look, Tab};

/// What a page has not shown after this long it never shows.
const PATIENCE: Duration = Duration::from_secs(20);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(15);

/// A shop, and everybody who visits it.
pub(crate) struct Stage {
    shop: Shop,
    /// What is done and asked behind the scenes.
    pub(crate) merchant: Merchant,
}

/// Opens a shop and plays a test in it; says so where the browser is left out.
pub(crate) fn on_stage(play: impl FnOnce(&Stage)) {
    if tools::left_out() {
        let test = thread::current().name().unwrap_or_default().to_owned();
        // Past the test harness, which would show it for a failure only.
        let _ = writeln!(std::io::stderr(), "left out, for want of a browser: {test}");
        return;
    }
    let shop = Shop::open();
    let merchant = Merchant::sign_in(shop.base());
    play(&Stage { shop, merchant });
}

impl Stage {
    /// Somebody of whom the shop knows nothing.
    pub(crate) fn visitor(&self) -> Visitor<'_> {
        let made = BROWSER.call(None, "Target.createBrowserContext", json!({ "disposeOnDetach": true }));
        let context = made.unwrap()["browserContextId"].as_str().unwrap().to_owned();
        Visitor { context, base: self.base() }
    }

    /// A visitor's only tab.
    pub(crate) fn tab(&self) -> (Visitor<'_>, Tab) {
        let visitor = self.visitor();
        let tab = visitor.tab();
        (visitor, tab)
    }

    /// The page that every letter with news leads to, for whoever wants no more of them.
    pub(crate) fn unsubscribe_page(&self, email: &str) -> String {
        let secret = self.shop.secret();
        format!("/unsubscribe?token={}", unsubscribe::token(&secret, SHOP, &secret.contact(SHOP, email)))
    }

    /// Where the shop is.
    pub(crate) fn base(&self) -> &str {
        self.shop.base()
    }
}

/// Somebody with cookies of their own.
pub(crate) struct Visitor<'a> {
    context: String,
    base: &'a str,
}

impl Visitor<'_> {
    /// Opens a tab.
    pub(crate) fn tab(&self) -> Tab {
        Tab::open(&self.context, self.base)
    }

    /// Opens a tab that runs no scripts.
    pub(crate) fn tab_without_scripts(&self) -> Tab {
        let tab = self.tab();
        tab.call("Emulation.setScriptExecutionDisabled", json!({ "value": true }));
        tab
    }

    /// The cookies that the shop has given them.
    pub(crate) fn cookies(&self) -> Vec<Value> {
        let found = BROWSER.call(None, "Storage.getCookies", json!({ "browserContextId": self.context })).unwrap();
        found["cookies"].as_array().unwrap().clone()
    }
}

impl Drop for Visitor<'_> {
    fn drop(&mut self) {
        // A browser that has ended keeps nobody.
        let _ = BROWSER.call(None, "Target.disposeBrowserContext", json!({ "browserContextId": self.context }));
    }
}

/// Looks again and again until there is something; none if nobody would have waited that long.
pub(crate) fn poll<T>(mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return Some(found);
        }
        if Instant::now() > deadline {
            return None;
        }
        thread::sleep(PAUSE);
    }
}
