//! The manifest: what an extension says about itself, in the custom section `boomerang:manifest`.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::call::text;
use crate::point::Point;
use crate::pricing::PLATFORM;
use crate::schema::Schema;
use crate::settings;

/// Bytes of a manifest.
const SIZE: usize = 256 << 10;
/// Bytes of an id.
const ID: usize = 64;

/// Keys of attributes that an extension can ask for.
const ATTRIBUTES: usize = 50;
/// Characters of a key.
const KEY: usize = 100;

/// What an extension says about itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Unique among the extensions of a shop; kebab-case. Names the extension in storage, counters and attributes.
    pub id: String,
    /// What the merchant reads.
    pub name: String,
    /// The extension's own version.
    pub version: String,
    /// One line for lists.
    pub summary: String,
    /// What it does, in a few paragraphs.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Who made it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub author: String,
    /// A JSON Schema of the settings, with a default for every one.
    #[serde(default)]
    pub settings: Schema,
    /// Keys of the attributes of carts and their lines that it reads, beside those of its own. It is given no others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<String>,
    /// When `schedule.on-tick` is called.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schedule: Vec<ScheduleEntry>,
    /// Reports that `insights.make-report` makes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reports: Vec<ReportEntry>,
}

/// A schedule entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScheduleEntry {
    /// Given as `tick.name`.
    pub name: String,
    /// How often.
    pub every: Every,
}

/// A report that can be asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportEntry {
    /// Given as `report-request.report`.
    pub id: String,
    /// What the merchant reads.
    pub title: String,
}

/// How often a schedule entry is due: `daily@03:00`, `hourly` or `15m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Every {
    /// Once a day at a wall-clock time of the shop.
    Daily {
        /// 0 to 23.
        hour: u8,
        /// 0 to 59.
        minute: u8,
    },
    /// At every full hour.
    Hourly,
    /// Every so many minutes, 1 to 1440.
    Minutes(u16),
}

/// What is wrong with a manifest.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ManifestError {
    /// It is too large.
    #[error("it has {0} bytes; at most {SIZE} are read")]
    TooLarge(usize),
    /// It is not the JSON that a manifest is.
    #[error("{0}")]
    Json(String),
    /// A field has a value that it cannot have.
    #[error("`{field}` {reason}")]
    Field {
        /// The field.
        field: &'static str,
        /// What is wrong with it and what is expected.
        reason: String,
    },
    /// The settings are not a JSON Schema.
    #[error("`settings` is not a usable JSON Schema: {0}")]
    Schema(String),
}

impl Manifest {
    /// Reads and checks a manifest.
    ///
    /// # Errors
    /// Says which field is wrong and what is expected there.
    pub fn parse(json: &[u8]) -> Result<Self, ManifestError> {
        if json.len() > SIZE {
            return Err(ManifestError::TooLarge(json.len()));
        }
        let manifest: Self =
            serde_json::from_slice(json).map_err(|error| ManifestError::Json(text::escape(&error.to_string(), 300)))?;
        manifest.check()?;
        Ok(manifest)
    }

    fn check(&self) -> Result<(), ManifestError> {
        if !is_kebab_case(&self.id) {
            return Err(field("id", format!("is not kebab-case of at most {ID} characters, such as `flash-sale`")));
        }
        if self.id == PLATFORM {
            return Err(field("id", "is the platform's own; choose another, such as `flash-sale`"));
        }
        for (name, value, most) in
            [("name", &self.name, 80), ("version", &self.version, 40), ("summary", &self.summary, 200)]
        {
            if value.trim().is_empty() || !text::is_line(value, most) {
                return Err(field(name, format!("is not one line of 1 to {most} characters")));
            }
        }
        if !text::is_text(&self.description, 5_000) {
            return Err(field("description", "has more than 5000 characters, or a control character"));
        }
        if !text::is_line(&self.author, 200) {
            return Err(field("author", "is not one line of at most 200 characters"));
        }
        if self.attributes.len() > ATTRIBUTES {
            return Err(field("attributes", format!("names more than {ATTRIBUTES} keys")));
        }
        if self.attributes.iter().any(|key| key.is_empty() || !text::is_line(key, KEY)) {
            return Err(field("attributes", format!("has a key that is not one line of 1 to {KEY} characters")));
        }
        unique("schedule", self.schedule.iter().map(|entry| entry.name.as_str()))?;
        unique("reports", self.reports.iter().map(|report| report.id.as_str()))?;
        if let Some(report) = self.reports.iter().find(|report| !text::is_line(&report.title, 80)) {
            return Err(field(
                "reports",
                format!("has a title of `{}` that is not one line of at most 80 characters", report.id),
            ));
        }
        settings::check_schema(&self.settings.value()).map_err(ManifestError::Schema)
    }

    /// An attribute of a cart or of a line is the extension's own, or one that its manifest names.
    pub(crate) fn may_see(&self, key: &str) -> bool {
        let is_own = || key.strip_prefix(&*self.id).is_some_and(|rest| rest.starts_with('.'));
        is_own() || self.attributes.iter().any(|named| named == key)
    }

    /// Checks that what the manifest promises is exported.
    pub(crate) fn check_points(&self, points: &[Point]) -> Result<(), ManifestError> {
        if !self.schedule.is_empty() && !points.contains(&Point::Schedule) {
            return Err(field("schedule", "has entries, but the component does not export `schedule`"));
        }
        if !self.reports.is_empty() && !points.contains(&Point::Insights) {
            return Err(field("reports", "has entries, but the component does not export `insights`"));
        }
        Ok(())
    }
}

fn field(field: &'static str, reason: impl Into<String>) -> ManifestError {
    ManifestError::Field { field, reason: reason.into() }
}

fn unique<'a>(name: &'static str, ids: impl Iterator<Item = &'a str>) -> Result<(), ManifestError> {
    let mut seen = BTreeSet::new();
    for id in ids {
        if !is_kebab_case(id) {
            return Err(field(name, format!("has a name that is not kebab-case: `{}`", text::escape(id, ID))));
        }
        if !seen.insert(id) {
            return Err(field(name, format!("names `{id}` twice")));
        }
    }
    Ok(())
}

/// Lower-case words of letters and digits, joined by single hyphens, the first of them starting with a letter.
pub(crate) fn is_kebab_case(id: &str) -> bool {
    id.len() <= ID
        && id.starts_with(|first: char| first.is_ascii_lowercase())
        && id
            .split('-')
            .all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()))
}

impl TryFrom<String> for Every {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        parse_every(&text).ok_or_else(|| "a schedule is `daily@03:00`, `hourly` or minutes such as `15m`".into())
    }
}

fn parse_every(text: &str) -> Option<Every> {
    if text == "hourly" {
        return Some(Every::Hourly);
    }
    if let Some(time) = text.strip_prefix("daily@") {
        let (hour, minute) = time.split_once(':')?;
        if hour.len() != 2 || minute.len() != 2 {
            return None;
        }
        let (hour, minute) = (hour.parse().ok()?, minute.parse().ok()?);
        return (hour < 24 && minute < 60).then_some(Every::Daily { hour, minute });
    }
    let minutes = text.strip_suffix('m')?.parse().ok()?;
    (1..=1440).contains(&minutes).then_some(Every::Minutes(minutes))
}

impl From<Every> for String {
    fn from(every: Every) -> Self {
        every.to_string()
    }
}

impl fmt::Display for Every {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Daily { hour, minute } => write!(f, "daily@{hour:02}:{minute:02}"),
            Self::Hourly => f.write_str("hourly"),
            Self::Minutes(minutes) => write!(f, "{minutes}m"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn manifest() -> Value {
        json!({
            "id": "flash-sale", "name": "Flash sale", "version": "1.0.0", "summary": "Sales with a real end.",
            "settings": { "type": "object", "properties": { "percent": { "type": "integer", "default": 10 } } },
            "attributes": ["gift"],
            "schedule": [{ "name": "warn", "every": "daily@03:00" }],
            "reports": [{ "id": "sell-through", "title": "Sell-through" }],
        })
    }

    fn parse(value: &Value) -> Result<Manifest, ManifestError> {
        Manifest::parse(value.to_string().as_bytes())
    }

    #[test]
    fn a_whole_manifest_is_read() {
        let manifest = parse(&manifest()).unwrap();
        assert_eq!(manifest.schedule[0].every, Every::Daily { hour: 3, minute: 0 });
        assert_eq!(parse(&serde_json::to_value(&manifest).unwrap()), Ok(manifest));
    }

    #[test]
    fn an_extension_sees_attributes_of_its_own_and_those_it_names() {
        let manifest = parse(&manifest()).unwrap();
        for (key, may) in [
            ("flash-sale.code", true),
            ("gift", true),
            ("gift.text", false),
            ("flash-sale", false),
            ("flash-sales.code", false),
            ("engraving", false),
            ("", false),
        ] {
            assert_eq!(manifest.may_see(key), may, "{key}");
        }
    }

    #[test]
    fn a_wrong_field_is_named() {
        for (pointer, value, named) in [
            ("/id", json!("Flash Sale"), "`id`"),
            ("/id", json!("-sale"), "`id`"),
            ("/id", json!("platform"), "`id`"),
            ("/name", json!(""), "`name`"),
            ("/summary", json!("a\nb"), "`summary`"),
            ("/attributes", json!(["a\nb"]), "`attributes`"),
            ("/attributes", json!([""]), "`attributes`"),
            ("/attributes", json!(vec!["gift"; ATTRIBUTES + 1]), "`attributes`"),
            ("/schedule/0/every", json!("often"), "schedule"),
            ("/schedule/0/every", json!("daily@24:00"), "schedule"),
            ("/schedule/0/every", json!("0m"), "schedule"),
            ("/reports/0/id", json!("Sell Through"), "`reports`"),
            ("/settings", json!({ "type": "nonsense" }), "`settings`"),
            ("/settings", json!({ "$ref": "https://example.com/schema" }), "`settings`"),
        ] {
            let mut broken = manifest();
            *broken.pointer_mut(pointer).unwrap() = value;
            let error = parse(&broken).unwrap_err().to_string();
            assert!(error.contains(named), "{pointer}: {error}");
        }
    }

    #[test]
    fn unknown_fields_and_broken_json_are_refused() {
        let mut broken = manifest();
        broken["scheduel"] = json!([]);
        assert!(parse(&broken).unwrap_err().to_string().contains("scheduel"));
        assert!(matches!(Manifest::parse(b"{"), Err(ManifestError::Json(_))));
        assert!(matches!(Manifest::parse(&[0xff]), Err(ManifestError::Json(_))));
        assert!(matches!(Manifest::parse(&vec![b' '; SIZE + 1]), Err(ManifestError::TooLarge(_))));
        assert!(matches!(Manifest::parse("[".repeat(10_000).as_bytes()), Err(ManifestError::Json(_))));
    }

    #[test]
    fn promises_need_their_point() {
        let manifest = parse(&manifest()).unwrap();
        assert!(manifest.check_points(&[Point::Schedule, Point::Insights]).is_ok());
        assert!(manifest.check_points(&[Point::Schedule]).is_err());
        assert!(manifest.check_points(&[Point::Insights]).is_err());
    }

    #[test]
    fn every_reads_what_it_writes() {
        for every in [Every::Hourly, Every::Minutes(15), Every::Daily { hour: 3, minute: 5 }] {
            assert_eq!(parse_every(&every.to_string()), Some(every));
        }
    }
}
