//! Days as people say them.

use jiff::civil::Date;

/// A day or a span of days, such as `Wednesday 4 March` or `Wed 4 – Fri 6 March`.
pub(in crate::web) fn span(earliest: &str, latest: &str) -> String {
    let (Ok(first), Ok(last)) = (earliest.parse::<Date>(), latest.parse::<Date>()) else {
        return format!("{earliest} – {latest}");
    };
    if first == last {
        return first.strftime("%A %-d %B").to_string();
    }
    let start = if first.month() == last.month() { first.strftime("%a %-d") } else { first.strftime("%a %-d %B") };
    format!("{start} – {}", last.strftime("%a %-d %B"))
}

#[cfg(test)]
mod tests {
    use super::span;

    #[test]
    fn a_promise_is_said_as_people_say_it() {
        assert_eq!(span("2026-03-04", "2026-03-04"), "Wednesday 4 March");
        assert_eq!(span("2026-03-04", "2026-03-06"), "Wed 4 – Fri 6 March");
        assert_eq!(span("2026-03-31", "2026-04-02"), "Tue 31 March – Thu 2 April");
        assert_eq!(span("soon", "later"), "soon – later");
    }
}
