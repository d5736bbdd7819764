//! An iCalendar file (RFC 5545): what happens from one instant to another.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::clock::Instant;

/// The most octets of a line, its end left out (section 3.1).
const LINE: usize = 75;
/// Who writes such files (section 3.7.3).
const PRODUCT: &str = "-//Boomerang//Sales//EN";

/// Something that happens for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::web) struct Event {
    /// The same whenever the same event is written, and no other event's.
    pub(in crate::web) uid: String,
    /// The first instant.
    pub(in crate::web) starts_at: Instant,
    /// The first instant after it.
    pub(in crate::web) ends_at: Instant,
    /// What it is called.
    pub(in crate::web) summary: String,
    /// Where to read more.
    pub(in crate::web) url: String,
}

/// A calendar as it stands at `now`. Instants are written in UTC, which every calendar shows in the zone of whoever looks.
pub(in crate::web) fn write(name: &str, events: &[Event], now: Instant) -> String {
    let mut out = String::new();
    line(&mut out, "BEGIN", "VCALENDAR");
    line(&mut out, "VERSION", "2.0");
    line(&mut out, "PRODID", PRODUCT);
    // RFC 7986; the other name is the one that calendars know from before.
    line(&mut out, "NAME", &escaped(name));
    line(&mut out, "X-WR-CALNAME", &escaped(name));
    line(&mut out, "REFRESH-INTERVAL;VALUE=DURATION", "PT1H");
    for event in events {
        line(&mut out, "BEGIN", "VEVENT");
        line(&mut out, "UID", &escaped(&event.uid));
        line(&mut out, "DTSTAMP", &utc(now));
        line(&mut out, "DTSTART", &utc(event.starts_at));
        line(&mut out, "DTEND", &utc(event.ends_at));
        line(&mut out, "SUMMARY", &escaped(&event.summary));
        line(&mut out, "URL", &event.url);
        // It keeps nobody from having other plans.
        line(&mut out, "TRANSP", "TRANSPARENT");
        line(&mut out, "END", "VEVENT");
    }
    line(&mut out, "END", "VCALENDAR");
    out
}

/// One content line, folded so that no part of it is too long and no character is torn.
fn line(out: &mut String, name: &str, value: &str) {
    let mut length = 0;
    for character in [name, ":", value].into_iter().flat_map(str::chars) {
        let octets = character.len_utf8();
        if length + octets > LINE {
            out.push_str("\r\n ");
            length = 1;
        }
        out.push(character);
        length += octets;
    }
    out.push_str("\r\n");
}

/// A text value (section 3.3.11), without the control characters that none may hold.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | ';' | ',' => escaped.extend(['\\', character]),
            '\n' => escaped.push_str("\\n"),
            character if character.is_control() => {}
            character => escaped.push(character),
        }
    }
    escaped
}

/// An instant as a date with UTC time (section 3.3.5), to the second.
fn utc(at: Instant) -> String {
    let at = Timestamp::from_millisecond(at).unwrap_or_default();
    at.to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Puts folded lines together again.
    fn unfolded(text: &str) -> Vec<String> {
        assert!(text.ends_with("\r\n"));
        text.replace("\r\n ", "").split_terminator("\r\n").map(str::to_owned).collect()
    }

    fn event(summary: &str) -> Event {
        Event {
            uid: "1".into(),
            starts_at: 1_772_438_400_000,
            ends_at: 1_772_445_599_999,
            summary: summary.into(),
            url: "https://shop.example/".into(),
        }
    }

    #[test]
    fn f10_an_event_stands_in_utc_with_its_text_escaped() {
        let text = write("Demo, sales", &[event("Mugs; lamps, \\ more\nand\u{7} tea")], 1_772_438_400_000);
        let lines = unfolded(&text);
        for expected in [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "NAME:Demo\\, sales",
            "DTSTAMP:20260302T080000Z",
            "DTSTART:20260302T080000Z",
            "DTEND:20260302T095959Z",
            "SUMMARY:Mugs\\; lamps\\, \\\\ more\\nand tea",
            "END:VCALENDAR",
        ] {
            assert!(lines.iter().any(|line| line == expected), "{expected} is not in {text}");
        }
    }

    proptest! {
        #[test]
        fn f10_lines_are_short_and_lose_nothing(summary in "\\PC{0,120}") {
            let text = write("Demo", &[event(&summary)], 0);
            prop_assert!(text.split("\r\n").all(|line| line.len() <= LINE));
            let expected = format!("SUMMARY:{}", escaped(&summary));
            prop_assert!(unfolded(&text).contains(&expected));
        }
    }
}
