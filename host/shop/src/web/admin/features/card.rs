//! What a feature is, what it may do, what it costs and how it stands, in a merchant's words.

use std::collections::BTreeSet;

use boomerang_engine::{Capability, Inspection, Point};
use serde::Serialize;

use crate::clock::Instant;
use crate::extensions::standing::{OpenBreaker, Standing};
use crate::extensions::stats::Failure;
use crate::web::admin::failure::sentence;

/// The time of calls that there have not been.
const NO_CALLS: &str = "–";

/// A feature.
#[derive(Debug, Default, Serialize)]
pub(in crate::web::admin) struct Card {
    pub(in crate::web::admin) id: String,
    pub(in crate::web::admin) name: String,
    summary: String,
    description: String,
    author: String,
    version: String,
    size: String,
    digest: String,
    installed: bool,
    pub(in crate::web::admin) enabled: bool,
    /// What it is called for.
    does: Vec<&'static str>,
    /// What it may read.
    reads: Vec<Permission>,
    /// Keys of what it reads of the notes on carts, beside its own.
    notes: Vec<String>,
    /// What it may change.
    writes: Vec<Permission>,
    /// It has a place in the pricing chain.
    pub(super) prices: bool,
    /// It can stop a checkout.
    validates: bool,
    fail_closed: bool,
    has_settings: bool,
    calls: u64,
    errors: u64,
    usual: String,
    slowest: String,
    last_error: Option<LastError>,
    refusals: u64,
    last_refusal: Option<LastError>,
    pub(in crate::web::admin) problem: Option<Problem>,
    reports: Vec<ReportLink>,
}

/// Something that a feature may do.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Permission {
    /// What the merchant consents to.
    id: &'static str,
    text: &'static str,
    /// Every feature may, so nobody is asked.
    always: bool,
}

#[derive(Debug, Serialize)]
struct LastError {
    at: Instant,
    doing: &'static str,
    detail: String,
}

impl LastError {
    fn of(failure: &Failure) -> Self {
        Self {
            at: failure.at,
            doing: Point::from_id(&failure.point).map_or("", Point::describe),
            detail: sentence(&failure.detail),
        }
    }
}

/// Why a feature does not work as it should.
#[derive(Clone, Debug, Serialize)]
pub(in crate::web::admin) struct Problem {
    title: &'static str,
    text: String,
    /// It can be called again at once.
    resettable: bool,
    until: Option<Instant>,
}

#[derive(Debug, Serialize)]
struct ReportLink {
    id: String,
    title: String,
}

impl Card {
    /// A feature of the shop.
    pub(in crate::web::admin) fn of(standing: &Standing) -> Self {
        let row = &standing.row;
        let mut card = match &standing.component {
            Ok(extension) => Self::new(extension.inspection()),
            Err(reason) => Self {
                id: row.extension.clone(),
                name: row.extension.clone(),
                problem: Some(Problem {
                    title: "This feature does not start",
                    text: format!("The shop goes on without it. {}", sentence(reason)),
                    resettable: false,
                    until: None,
                }),
                ..Self::default()
            },
        };
        let cost = &standing.cost;
        card.installed = true;
        card.enabled = row.enabled;
        card.fail_closed = row.fail_closed;
        card.calls = cost.calls;
        card.errors = cost.failures;
        card.usual = if cost.calls > 0 { duration(cost.p50_micros) } else { NO_CALLS.to_owned() };
        card.slowest = if cost.calls > 0 { duration(cost.p99_micros) } else { NO_CALLS.to_owned() };
        card.last_error = cost.last_failure.as_ref().map(LastError::of);
        card.refusals = cost.refusals;
        card.last_refusal = cost.last_refusal.as_ref().map(LastError::of);
        card.problem = card.problem.or_else(|| left_out(standing));
        card
    }

    /// A component that is not installed.
    pub(super) fn new(inspection: &Inspection) -> Self {
        let manifest = &inspection.manifest;
        let permission = |capability: &Capability| Permission {
            id: capability.id(),
            text: capability.describe(),
            always: capability.is_always_granted(),
        };
        let (writes, reads): (Vec<_>, Vec<_>) = inspection.capabilities.iter().partition(|one| one.is_write());
        let schema = manifest.settings.value();
        let settings = schema.get("properties").and_then(serde_json::Value::as_object);
        let reports = manifest.reports.iter();
        Self {
            id: manifest.id.clone(),
            name: manifest.name.clone(),
            summary: manifest.summary.clone(),
            description: manifest.description.clone(),
            author: manifest.author.clone(),
            version: manifest.version.clone(),
            size: size(inspection.size),
            digest: inspection.digest.clone(),
            does: inspection
                .points
                .iter()
                .filter(|point| **point != Point::Configuration)
                .map(|point| point.describe())
                .collect(),
            reads: reads.into_iter().map(permission).collect(),
            notes: manifest.attributes.clone(),
            writes: writes.into_iter().map(permission).collect(),
            prices: inspection.points.contains(&Point::CartPricing),
            validates: inspection.points.contains(&Point::CheckoutValidation),
            has_settings: settings.is_some_and(|settings| !settings.is_empty()),
            reports: reports.map(|report| ReportLink { id: report.id.clone(), title: report.title.clone() }).collect(),
            ..Self::default()
        }
    }
}

/// A feature that is left out because it keeps failing.
fn left_out(standing: &Standing) -> Option<Problem> {
    let open = &standing.open_breakers;
    let doing = |one: &OpenBreaker| {
        Point::from_id(&one.point).map_or_else(|| one.point.clone(), |point| point.describe().to_lowercase())
    };
    let what: Vec<String> = open.iter().map(doing).collect();
    let until = open.iter().map(|one| one.until).min()?;
    let why = standing.cost.last_failure.as_ref().map_or_else(String::new, |last| sentence(&last.detail));
    Some(Problem {
        title: "This feature is left out for now",
        text: format!(
            "It kept failing when it was to {}, so shoppers no longer wait for it. {why}",
            what.join(", and to ")
        ),
        resettable: true,
        until,
    })
}

/// What a new version asks for beside what was granted, and what it no longer asks for.
#[derive(Debug, Serialize)]
pub(super) struct Difference {
    version: String,
    /// Where to send the consent.
    pub(super) action: String,
    more: Vec<&'static str>,
    less: Vec<&'static str>,
    /// Keys of what it reads of the notes on carts.
    notes: Vec<String>,
    grants: Vec<&'static str>,
}

impl Difference {
    pub(super) fn new(granted: &BTreeSet<Capability>, new: &Inspection, action: String) -> Self {
        let asked: BTreeSet<Capability> = new.capabilities.iter().copied().collect();
        let words = |some: &mut dyn Iterator<Item = &Capability>| -> Vec<&'static str> {
            some.filter(|one| !one.is_always_granted()).map(|one| one.describe()).collect()
        };
        Self {
            version: new.manifest.version.clone(),
            action,
            more: words(&mut asked.difference(granted)),
            less: words(&mut granted.difference(&asked)),
            notes: new.manifest.attributes.clone(),
            grants: asked.iter().map(|one| one.id()).collect(),
        }
    }
}

/// The consent that a form sent.
pub(super) fn consent<'a>(grants: impl Iterator<Item = &'a str>) -> BTreeSet<Capability> {
    grants.filter_map(Capability::from_id).collect()
}

fn size(bytes: usize) -> String {
    format!("{} kB", bytes.div_ceil(1_000))
}

/// A span of time as people read it.
fn duration(micros: u64) -> String {
    match micros {
        0..1_000 => format!("{micros}\u{a0}µs"),
        1_000..100_000 => format!("{}.{}\u{a0}ms", micros / 1_000, micros % 1_000 / 100),
        _ => format!("{}\u{a0}ms", micros / 1_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_and_sizes_are_short() {
        assert_eq!(
            [0, 84, 1_249, 99_999, 250_000].map(duration).join(", "),
            "0\u{a0}µs, 84\u{a0}µs, 1.2\u{a0}ms, 99.9\u{a0}ms, 250\u{a0}ms"
        );
        assert_eq!(size(148_924), "149 kB");
    }

    #[test]
    fn consent_is_only_to_what_there_is() {
        let given = consent(["catalogue", "everything", "points-ledger"].into_iter());
        assert_eq!(given, BTreeSet::from([Capability::Catalogue, Capability::PointsLedger]));
    }
}
