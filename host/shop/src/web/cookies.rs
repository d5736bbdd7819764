//! What browsers keep for the shop: all of it out of the reach of scripts, and sent to no other site.

use std::convert::Infallible;

use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponseParts, ResponseParts};

use super::seal::Seal;
use crate::clock::{DAY, Instant, MINUTE, SECOND};
use crate::people::devices::DEVICE_IDLE;
use crate::shops::Shop;

const SESSION: &str = "session";
const DEVICE: &str = "device";
const CART: &str = "cart";
const ORDERED: &str = "ordered";
const PROOF: &str = "proof";
const REFERRAL: &str = "referral";
/// How long a recommendation counts.
const REFERRAL_KEPT: Instant = 30 * DAY;
/// What is sealed for a browser lasts as long as the token that seals it. When a session ends the server says by itself.
const BROWSER_KEPT: Instant = 60 * DAY;
/// Orders that a browser may follow without signing in.
const MOST_ORDERED: usize = 8;
const LONGEST: usize = 1_024;

/// The cookies that came with a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Jar {
    /// What opens the session, or the token of a browser that has none.
    pub(super) session: Option<String>,
    /// What recognises the device.
    pub(super) device: Option<String>,
    /// The id of the cart, once [opened](Self::open).
    pub(super) cart: Option<String>,
    /// The ids of carts that became orders in this browser, the newest first, once [opened](Self::open).
    pub(super) ordered: Vec<String>,
    /// What has to come with a mailed code.
    pub(super) proof: Option<String>,
    /// The code of the customer who recommended the shop.
    pub(super) referral: Option<String>,
}

impl Jar {
    /// Reads the cookies of a request. What could not be one of ours is passed over.
    pub(super) fn read(headers: &HeaderMap) -> Self {
        let mut jar = Self::default();
        let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
        for (name, value) in lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('=')) {
            let own = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
            if value.is_empty() || value.len() > LONGEST || !value.bytes().all(own) {
                continue;
            }
            let value = value.to_owned();
            match name {
                SESSION => jar.session = Some(value),
                DEVICE => jar.device = Some(value),
                CART => jar.cart = Some(value),
                ORDERED => jar.ordered = value.split('.').take(MOST_ORDERED).map(str::to_owned).collect(),
                PROOF => jar.proof = Some(value),
                REFERRAL => jar.referral = Some(value),
                _ => {}
            }
        }
        jar
    }

    /// Keeps the carts and orders that this browser was given, and no others.
    pub(super) fn open(&mut self, seal: &Seal) {
        self.cart = self.cart.take().and_then(|value| seal.open(CART, &value));
        self.ordered = self.ordered.iter().filter_map(|value| seal.open(ORDERED, value)).collect();
    }
}

/// Cookies to send back.
#[derive(Clone, Debug)]
pub(super) struct Cookies {
    secure: bool,
    seal: Seal,
    lines: Vec<String>,
}

impl Cookies {
    /// None yet, for a browser in a shop.
    pub(super) fn of(shop: &Shop, seal: Seal) -> Self {
        Self { secure: shop.is_secure(), seal, lines: Vec::new() }
    }

    /// The session's.
    pub(super) fn session(self, token: &str) -> Self {
        self.keep(SESSION, token, BROWSER_KEPT)
    }

    /// The session is over; the browser gets a new token with the next page.
    pub(super) fn end_session(self) -> Self {
        self.keep(SESSION, "", 0)
    }

    /// The device's.
    pub(super) fn device(self, token: &str) -> Self {
        self.keep(DEVICE, token, DEVICE_IDLE)
    }

    /// The device is no longer known.
    pub(super) fn forget_device(self) -> Self {
        self.keep(DEVICE, "", 0)
    }

    /// The cart's.
    pub(super) fn cart(self, id: &str) -> Self {
        let value = self.seal.close(CART, id);
        self.keep(CART, &value, BROWSER_KEPT)
    }

    /// The cart is nobody's here any more.
    pub(super) fn forget_cart(self) -> Self {
        self.keep(CART, "", 0)
    }

    /// A cart has become an order, which this browser may follow.
    pub(super) fn ordered(self, cart: &str, before: &[String]) -> Self {
        let others = before.iter().map(String::as_str).filter(|known| *known != cart);
        let all: Vec<&str> = std::iter::once(cart).chain(others).collect();
        self.orders(&all).forget_cart()
    }

    /// The orders that this browser may follow, the newest first.
    pub(super) fn orders(self, carts: &[impl AsRef<str>]) -> Self {
        let close = |cart: &str| self.seal.close(ORDERED, cart);
        let all: Vec<String> = carts.iter().take(MOST_ORDERED).map(|cart| close(cart.as_ref())).collect();
        self.keep(ORDERED, &all.join("."), BROWSER_KEPT)
    }

    /// Orders are followed from elsewhere now.
    pub(super) fn forget_orders(self) -> Self {
        self.keep(ORDERED, "", 0)
    }

    /// What has to come with a mailed code.
    pub(super) fn proof(self, handle: &str) -> Self {
        self.keep(PROOF, handle, 15 * MINUTE)
    }

    /// Somebody has recommended the shop.
    pub(super) fn referral(self, code: &str) -> Self {
        self.keep(REFERRAL, code, REFERRAL_KEPT)
    }

    /// The recommendation has been counted.
    pub(super) fn forget_referral(self) -> Self {
        self.keep(REFERRAL, "", 0)
    }

    /// The code has come.
    pub(super) fn forget_proof(self) -> Self {
        self.keep(PROOF, "", 0)
    }

    fn keep(mut self, name: &str, value: &str, lasts: Instant) -> Self {
        let secure = if self.secure { "; Secure" } else { "" };
        let seconds = lasts / SECOND;
        self.lines.push(format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"));
        self
    }
}

/// Whether a response gives the browser something that is sealed with its token, which has to last as long.
pub(super) fn names_sealed(headers: &HeaderMap) -> bool {
    let starts = |line: &HeaderValue, name: &[u8]| line.as_bytes().starts_with(name);
    headers.get_all(SET_COOKIE).iter().any(|line| starts(line, b"cart=") || starts(line, b"ordered="))
}

/// Whether a response says already what the session's cookie is.
pub(super) fn names_session(headers: &HeaderMap) -> bool {
    headers.get_all(SET_COOKIE).iter().any(|line| line.as_bytes().starts_with(b"session="))
}

impl IntoResponseParts for Cookies {
    type Error = Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Infallible> {
        for line in self.lines {
            if let Ok(line) = HeaderValue::try_from(line) {
                parts.headers_mut().append(SET_COOKIE, line);
            }
        }
        Ok(parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shops::tests::vienna;

    #[test]
    fn cookies_read_back_and_what_is_not_ours_is_passed_over() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_static("session=ab12; other=1; cart=crt_1"));
        headers.append(COOKIE, HeaderValue::from_static("ordered=crt_3.crt_2; device=<b>"));
        let jar = Jar::read(&headers);
        assert_eq!((jar.session.as_deref(), jar.cart.as_deref()), (Some("ab12"), Some("crt_1")));
        assert_eq!((jar.ordered, jar.device), (vec!["crt_3".to_owned(), "crt_2".to_owned()], None));
    }

    #[test]
    fn cookies_are_out_of_reach_of_scripts_and_of_other_sites() {
        let line = |base_url: &str| {
            let shop = Shop { base_url: base_url.into(), ..vienna() };
            Cookies::of(&shop, seal()).session("t").lines.remove(0)
        };
        assert_eq!(line("http://localhost:3000"), "session=t; Path=/; Max-Age=5184000; HttpOnly; SameSite=Lax");
        // A shop that was stored before such an address was refused.
        assert!(line("http://shop.example").ends_with("SameSite=Lax; Secure"));
        assert!(line("https://shop.example").ends_with("SameSite=Lax; Secure"));
    }

    #[test]
    fn the_newest_order_stands_first_and_only_a_few_are_kept() {
        let before: Vec<String> = (0..9).map(|number| format!("c{number}")).collect();
        let lines = Cookies::of(&vienna(), seal()).ordered("c3", &before).lines;
        assert!(lines[1].starts_with("cart=; "), "{}", lines[1]);
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, lines[0].split(';').next().unwrap().parse().unwrap());
        let mut jar = Jar::read(&headers);
        jar.open(&seal());
        assert_eq!(jar.ordered, ["c3", "c0", "c1", "c2", "c4", "c5", "c6", "c7"]);
    }

    #[test]
    fn a_cart_or_an_order_that_nobody_gave_this_browser_is_not_there() {
        let mut headers = HeaderMap::new();
        let own = seal().close("ordered", "crt_1");
        headers.append(COOKIE, format!("cart=crt_9; ordered={own}.crt_2.crt_3-00").parse().unwrap());
        let mut jar = Jar::read(&headers);
        jar.open(&seal());
        assert_eq!((jar.cart, jar.ordered), (None, vec!["crt_1".to_owned()]));
    }

    fn seal() -> Seal {
        Seal::of(&crate::secrets::Secret::new([7; 32]), "demo", "token")
    }
}
