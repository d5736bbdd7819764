//! Wall times and the instants they mean.
//!
//! Twice a year a clock shows some times twice and others never. The rule: a time that is never shown is refused, with the
//! time to enter instead; of a time that is shown twice a start is the first and an end the second, so that a sale is
//! never shorter than it says.

use alloc::string::String;

use boomerang_sdk::text::digits;
use boomerang_sdk::time::parse_local;
use boomerang_sdk::types::Instant;

use super::errors::{Errors, Place};
use crate::plan::Window;
use crate::shop::Shop;

/// Reads wall times.
pub(super) struct Clock<'a> {
    pub(super) shop: &'a dyn Shop,
    pub(super) default_zone: &'a str,
}

#[derive(Clone, Copy)]
enum Edge {
    Start,
    End,
}

impl Clock<'_> {
    /// The span between two wall times in a zone; none, with the errors added, where there is none.
    pub(super) fn window(
        &self,
        starts: &str,
        ends: &str,
        zone: &str,
        place: Place,
        errors: &mut Errors,
    ) -> Option<Window> {
        let starts_at = self.instant(starts, zone, Edge::Start, place, errors);
        let ends_at = self.instant(ends, zone, Edge::End, place, errors);
        let window = Window { starts_at: starts_at?, ends_at: ends_at? };
        if window.ends_at <= window.starts_at {
            errors.add(place, "ends", "The end is not after the start. Enter a later end.");
            return None;
        }
        Some(window)
    }

    fn instant(&self, wall: &str, zone: &str, edge: Edge, place: Place, errors: &mut Errors) -> Option<Instant> {
        let zone = if zone.is_empty() { self.default_zone } else { zone };
        let problem = match parse_local(wall) {
            None => String::from("Enter a date and a time such as 2026-11-27T09:00."),
            Some(time) => match self.shop.resolve(zone, time) {
                Err(fault) => [&fault.message, " Choose a time zone such as Europe/Vienna."].concat(),
                Ok(resolved) if resolved.in_gap => {
                    let shown = self.shop.to_local(zone, resolved.later).map_or_else(
                        |_| String::from("a time an hour later"),
                        |time| [&digits(i64::from(time.hour), 2), ":", &digits(i64::from(time.minute), 2)].concat(),
                    );
                    let before = "The clocks in ";
                    let after = " are set forward over this time, so it never comes. Enter ";
                    [before, zone, after, &shown, "."].concat()
                }
                Ok(resolved) => {
                    return Some(match edge {
                        Edge::Start => resolved.earlier,
                        Edge::End => resolved.later,
                    });
                }
            },
        };
        let field = match edge {
            Edge::Start => "starts",
            Edge::End => "ends",
        };
        errors.add_owned(place, field, problem);
        None
    }
}
