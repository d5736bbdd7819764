//! Templates: the only place where HTML is made. Everything that is put into one is escaped.

use std::fmt::Write;
use std::sync::LazyLock;

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, Value};
use serde::Serialize;

/// Every template, compiled once.
static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut templates = Environment::new();
    templates.set_auto_escape_callback(
        |name| {
            if name.ends_with(".html") { AutoEscape::Html } else { AutoEscape::None }
        },
    );
    templates.set_formatter(write);
    templates.add_filter("money", money);
    templates.add_filter("date", date);
    templates.add_filter("day", day);
    templates.add_filter("time", time);
    templates.add_filter("percent", percent);
    for (name, source) in super::templates::ALL {
        templates.add_template(name, source).unwrap_or_else(|error| panic!("template {name} does not read: {error}"));
    }
    templates
});

/// Makes a page of a template.
///
/// A template that fails is a defect of this program: it is logged, and the shopper gets the plain page for that.
pub fn page<T: Serialize>(status: StatusCode, name: &str, data: &T) -> Response {
    match render(name, data) {
        Ok(text) => (status, Html(text)).into_response(),
        Err(error) => {
            tracing::error!(template = name, %error, "a page could not be rendered");
            (StatusCode::INTERNAL_SERVER_ERROR, "This page could not be shown. Please go back and try again.")
                .into_response()
        }
    }
}

/// The text of a template.
///
/// # Errors
/// If there is no such template, or it asks for something that `data` does not have.
pub fn render<T: Serialize>(name: &str, data: &T) -> Result<String, Error> {
    TEMPLATES.get_template(name)?.render(Value::from(Serde(data)))
}

/// Writes a value into a page. Text is escaped as HTML asks: a slash means nothing in it, and pages are full of addresses.
fn write(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    match value.as_str() {
        Some(text) if *state.auto_escape() == AutoEscape::Html && !value.is_safe() => escape(out, text)?,
        _ => minijinja::escape_formatter(out, state, value)?,
    }
    Ok(())
}

fn escape(out: &mut impl Write, mut text: &str) -> std::fmt::Result {
    while let Some(at) = text.find(['<', '>', '&', '"', '\'']) {
        let (plain, rest) = text.split_at(at);
        out.write_str(plain)?;
        out.write_str(match rest.as_bytes()[0] {
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'&' => "&amp;",
            b'"' => "&quot;",
            _ => "&#x27;",
        })?;
        text = &rest[1..];
    }
    out.write_str(text)
}

/// `{{ amount | money }}` in the currency and language of the page's `layout`.
fn money(state: &State<'_, '_>, amount: i64) -> Result<String, Error> {
    let layout = layout(state)?;
    Ok(crate::words::money(amount, &text(&layout, "currency")?, &text(&layout, "locale")?))
}

/// `{{ instant | date }}` such as `3 March 2026`, in the shop's time zone.
fn date(state: &State<'_, '_>, at: i64) -> Result<String, Error> {
    format(state, at, "%-d %B %Y")
}

/// `{{ instant | day }}` such as `3 Mar`, in the shop's time zone.
fn day(state: &State<'_, '_>, at: i64) -> Result<String, Error> {
    format(state, at, "%-d %b")
}

/// `{{ instant | time }}` such as `3 March 2026, 14:05 CET`, in the shop's time zone.
fn time(state: &State<'_, '_>, at: i64) -> Result<String, Error> {
    format(state, at, "%-d %B %Y, %H:%M %Z")
}

/// `{{ basis_points | percent }}` such as `12.5 %`.
fn percent(basis_points: i64) -> String {
    crate::words::percent(basis_points)
}

fn format(state: &State<'_, '_>, at: i64, pattern: &str) -> Result<String, Error> {
    let zone = text(&layout(state)?, "time_zone")?;
    let zone = TimeZone::get(&zone).unwrap_or(TimeZone::UTC);
    let at = Timestamp::from_millisecond(at)
        .map_err(|_| Error::new(ErrorKind::InvalidOperation, "an instant is out of range"))?;
    Ok(at.to_zoned(zone).strftime(pattern).to_string())
}

fn layout(state: &State<'_, '_>) -> Result<Value, Error> {
    state.lookup("layout").ok_or_else(|| Error::new(ErrorKind::UndefinedError, "the page has no `layout`"))
}

fn text(layout: &Value, name: &str) -> Result<String, Error> {
    layout
        .get_attr(name)?
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| Error::new(ErrorKind::UndefinedError, format!("the layout has no `{name}`")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_could_be_markup_is_escaped_and_an_address_stays_as_it_is() {
        let escaped = |text: &str| {
            let mut out = String::new();
            escape(&mut out, text).unwrap();
            out
        };
        assert_eq!(escaped("</p><script>"), "&lt;/p&gt;&lt;script&gt;");
        assert_eq!(escaped("a=\"b\" c='d' & é"), "a=&quot;b&quot; c=&#x27;d&#x27; &amp; é");
        assert_eq!(escaped("/p/blue-mug?variant=1"), "/p/blue-mug?variant=1");
        assert_eq!(escaped(""), "");
    }
}
