//! What a merchant wants to see, as it was typed into the form of the preview.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use thiserror::Error;

use crate::cart::{Cart, CartError};
use crate::catalogue::Attributes;
use crate::clock::{Instant, MINUTE};
use crate::people::Email;
use crate::platform::Platform;
use crate::pricing::preview::{self, PreviewError, Wanted};
use crate::store::{StoreError, customers};
use crate::web::admin::desk::Desk;
use crate::web::admin::sent::Sent;

/// The most lines of the form.
pub(super) const MOST_LINES: usize = 20;
/// What the name of a field starts with that an extension asks for, as in its own form in the cart.
pub(super) const ATTRIBUTE: &str = "attribute:";

/// The form, with a line added or taken out where that was asked for.
#[derive(Clone, Debug, Default)]
pub(in crate::web::admin::features) struct Asked {
    pub(super) lines: Vec<Line>,
    /// A wall time of the shop.
    pub(super) at: String,
    /// An e-mail address; empty for somebody unknown.
    pub(super) customer: String,
    /// Codes, with anything but letters of a code between them.
    pub(super) codes: String,
    /// The id of a delivery method; empty for none.
    pub(super) delivery: String,
    /// What extensions ask for, by the cart's attribute.
    pub(super) attributes: Attributes,
}

/// A line of the form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    /// The ids of product and variant with a bar between them; empty where none is chosen yet.
    pub(super) variant: String,
    pub(super) units: String,
}

/// Why there is nothing to show.
#[derive(Debug, Error)]
pub(super) enum Wrong {
    #[error("choose a day and time that there is")]
    Time,
    #[error("choose at least one product")]
    Empty,
    #[error("nobody with this e-mail address has an account; leave it empty to see what somebody unknown pays")]
    Stranger,
    #[error(transparent)]
    Cart(#[from] CartError),
    #[error(transparent)]
    Preview(#[from] PreviewError),
}

impl From<StoreError> for Wrong {
    fn from(error: StoreError) -> Self {
        Self::Preview(error.into())
    }
}

impl Asked {
    /// Reads the form, and does what its buttons say to its lines.
    pub(super) fn read(sent: &Sent) -> Self {
        let line = |(variant, units): (&str, &str)| Line { variant: variant.to_owned(), units: units.to_owned() };
        let mut lines: Vec<Line> = sent.every("variant").zip(sent.every("units")).take(MOST_LINES).map(line).collect();
        if let Some(place) = sent.given("remove").and_then(|place| place.parse::<usize>().ok())
            && place < lines.len()
        {
            lines.remove(place);
        }
        if lines.is_empty() || (sent.given("add").is_some() && lines.len() < MOST_LINES) {
            lines.push(Line { variant: String::new(), units: "1".to_owned() });
        }
        let attributes = sent.below(ATTRIBUTE).filter(|(_, value)| !value.trim().is_empty());
        Self {
            lines,
            at: sent.text("at").chars().take(32).collect(),
            customer: sent.text("customer").to_owned(),
            codes: sent.text("codes").to_owned(),
            delivery: sent.text("delivery").to_owned(),
            attributes: attributes.map(|(key, value)| (key.to_owned(), value.trim().to_owned())).collect(),
        }
    }

    /// The instant that is looked at.
    pub(super) fn instant(&self, zone: &TimeZone, now: Instant) -> Result<Instant, Wrong> {
        instant(&self.at, zone, now).ok_or(Wrong::Time)
    }

    /// The cart that is looked at.
    pub(super) async fn cart(&self, platform: &Platform, desk: &Desk, at: Instant) -> Result<Cart, Wrong> {
        let mut cart = preview::cart(&desk.shop, self.wanted()?, at)?;
        cart.customer = self.customer(platform, desk).await?;
        for code in self.codes.split([' ', ',', ';']).filter(|code| !code.is_empty()) {
            cart.add_code(code)?;
        }
        cart.set_attributes(&self.attributes)?;
        cart.delivery_method = Some(self.delivery.clone()).filter(|id| !id.is_empty());
        Ok(cart)
    }

    /// The lines with a product.
    fn wanted(&self) -> Result<Vec<Wanted>, Wrong> {
        let chosen = self.lines.iter().filter_map(|line| Some((line.variant.split_once('|')?, &line.units)));
        let wanted = chosen.map(|((product, variant), units)| {
            let quantity = units.parse().map_err(|_| CartError::Quantity)?;
            Ok(Wanted { product: product.to_owned(), variant: variant.to_owned(), quantity })
        });
        let wanted = wanted.collect::<Result<Vec<_>, CartError>>()?;
        if wanted.is_empty() { Err(Wrong::Empty) } else { Ok(wanted) }
    }

    async fn customer(&self, platform: &Platform, desk: &Desk) -> Result<Option<String>, Wrong> {
        if self.customer.is_empty() {
            return Ok(None);
        }
        let email = Email::parse(&self.customer).map_err(|_| Wrong::Stranger)?;
        let (shop, contact) = (desk.shop.id.clone(), platform.secret.contact(&desk.shop.id, email.as_typed()));
        let found = platform.store.read(move |tx| customers::by_contact(tx, &shop, &contact)).await?;
        found.map(|customer| Some(customer.id)).ok_or(Wrong::Stranger)
    }
}

/// An instant as a wall time of the shop, to the minute.
pub(super) fn wall(at: Instant, zone: &TimeZone) -> String {
    let at = jiff::Timestamp::from_millisecond(at).unwrap_or_default();
    at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M").to_string()
}

/// The instant of a wall time of the shop, which is a minute: its end, so that what has happened in it counts, or now if
/// that is within it. Of a minute to come it is the beginning.
fn instant(wall: &str, zone: &TimeZone, now: Instant) -> Option<Instant> {
    let wall: DateTime = wall.parse().ok()?;
    let begins = wall.to_zoned(zone.clone()).ok()?.timestamp().as_millisecond();
    Some(now.clamp(begins, begins.saturating_add(MINUTE - 1)))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::body::Body;
    use axum::http::Request;

    use super::*;

    async fn read(form: &str) -> Asked {
        let (parts, ()) = Request::new(()).into_parts();
        Asked::read(&Sent::read(&parts, Body::from(form.to_owned()), true, Duration::from_secs(1)).await.unwrap())
    }

    fn lines(asked: &Asked) -> Vec<(&str, &str)> {
        asked.lines.iter().map(|line| (line.variant.as_str(), line.units.as_str())).collect()
    }

    #[test]
    fn a_wall_time_of_the_shop_is_an_instant_and_back() {
        let vienna = TimeZone::get("Europe/Vienna").unwrap();
        assert_eq!(wall(1_772_438_400_000, &vienna), "2026-03-02T09:00");
        assert_eq!(instant("2026-03-02T09:00", &vienna, 0), Some(1_772_438_400_000));
        assert_eq!(instant("soon", &vienna, 0), None);
    }

    #[test]
    fn what_has_happened_in_a_minute_counts_in_it() {
        let begins = 1_772_438_400_000;
        let as_of = |now| instant("2026-03-02T09:00", &TimeZone::get("Europe/Vienna").unwrap(), now).unwrap() - begins;
        assert_eq!(as_of(begins - 1), 0, "a minute to come begins");
        assert_eq!(as_of(begins + 25_608), 25_608, "this minute is now");
        assert_eq!(as_of(begins + MINUTE), MINUTE - 1, "a minute that is over has ended");
    }

    #[tokio::test]
    async fn lines_are_added_and_taken_out_and_one_is_always_there() {
        let two = "variant=p|v&units=2&variant=q|w&units=3";
        assert_eq!(lines(&read(two).await), [("p|v", "2"), ("q|w", "3")]);
        assert_eq!(lines(&read(&format!("{two}&add=line")).await), [("p|v", "2"), ("q|w", "3"), ("", "1")]);
        assert_eq!(lines(&read(&format!("{two}&remove=0")).await), [("q|w", "3")]);
        assert_eq!(lines(&read(&format!("{two}&remove=2")).await).len(), 2, "there is no such line");
        assert_eq!(lines(&read("variant=p|v&units=2&remove=0").await), [("", "1")]);
        let full = "variant=p|v&units=1&".repeat(MOST_LINES);
        assert_eq!(read(&format!("{full}add=line")).await.lines.len(), MOST_LINES);
    }

    #[tokio::test]
    async fn a_line_without_a_product_waits_and_one_with_odd_units_is_refused() {
        let asked = read("variant=p|v&units=2&variant=&units=1").await;
        assert_eq!(asked.wanted().unwrap().len(), 1);
        assert!(matches!(read("variant=&units=1").await.wanted(), Err(Wrong::Empty)));
        for units in ["", "0.5", "-1", "many"] {
            let asked = read(&format!("variant=p|v&units={units}")).await;
            assert!(matches!(asked.wanted(), Err(Wrong::Cart(CartError::Quantity))), "{units}");
        }
    }

    #[tokio::test]
    async fn what_extensions_ask_for_becomes_attributes_of_the_cart() {
        let asked = read("attribute:points.redeem=+40+&attribute:points.note=&other=1").await;
        assert_eq!(asked.attributes, Attributes::from([("points.redeem".to_owned(), "40".to_owned())]));
    }
}
