//! What was aimed at, beside what was measured. Nothing fails where a bar is missed: it is there to be seen.

use serde::Serialize;

use crate::contenders::{ENGINE, EXTISM_FRESH, EXTISM_REUSED, FOUR, FUNCTION, QUICKJS, WEBHOOK, price};
use crate::neighbour;
use crate::report::Report;
use crate::rotation::Loaded;
use crate::rounds::Row;
use crate::whole::{CHECKOUT_PAGE, PRODUCT_PAGE};

/// A bar, and whether it was reached in this run.
#[derive(Debug, Serialize)]
pub(crate) struct Bar {
    pub(crate) about: String,
    pub(crate) aim: Aim,
    pub(crate) measured: f64,
    pub(crate) reached: bool,
}

/// Where a number should lie.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Aim {
    AtMost(f64),
    AtLeast(f64),
}

impl Aim {
    fn is_reached_by(self, measured: f64) -> bool {
        match self {
            Self::AtMost(most) => measured <= most,
            Self::AtLeast(least) => measured >= least,
        }
    }
}

/// Every bar about something that was measured.
pub(crate) fn of(report: &Report) -> Vec<Bar> {
    let mut bars = Bars(Vec::new());
    decisions(report, &mut bars);
    neighbours(report, &mut bars);
    shop(report, &mut bars);
    scale(report, &mut bars);
    bars.0
}

/// Decisions at ten lines, and ahead of everything that is not in the same process without a limit.
fn decisions(report: &Report, bars: &mut Bars) {
    let rows = report.decisions.as_deref().unwrap_or_default();
    let row = |lines, name: &str| find(rows, &price(lines), name);
    let engine = row(10, ENGINE);
    bars.at_most(1.3, "engine ÷ bare wasmtime, fresh instance", engine.and_then(|row| row.times(0)));
    let others = [(WEBHOOK, 10.0), (EXTISM_FRESH, 20.0), (EXTISM_REUSED, 3.0), (FUNCTION, 8.0)];
    for (name, least) in others {
        bars.at_least(least, format!("{name} ÷ engine"), row(10, name).and_then(|row| row.times(1)));
    }
    for lines in [1, 10, 100] {
        let all = [WEBHOOK, EXTISM_FRESH, EXTISM_REUSED, FUNCTION, QUICKJS];
        let nearest = all.into_iter().filter_map(|name| row(lines, name)?.times(1)).reduce(f64::min);
        bars.at_least(1.0, format!("the fastest of these and QuickJS ÷ engine, {lines} lines"), nearest);
    }
    bars.at_most(2.0, "engine, p99 ÷ median", engine.map(Row::tail));
    bars.at_most(4.4, "engine, four features ÷ one", row(10, FOUR).and_then(|row| row.times(1)));
    let throughput = report.throughput.iter().flatten().find(|row| row.name == ENGINE);
    bars.at_least(1.6, "engine, decisions per second on two threads ÷ one", throughput.map(|row| row.gain));
}

/// What one request in a hundred waits beside somebody hostile.
fn neighbours(report: &Report, bars: &mut Bars) {
    let rows = report.neighbours.as_deref().unwrap_or_default();
    for row in rows.iter().filter(|row| row.name != neighbour::QUIET) {
        bars.at_most(3.0, format!("p99 {} ÷ alone", row.name), neighbour::p99_ratio(rows, row));
    }
}

/// Pages, events and switches.
fn shop(report: &Report, bars: &mut Bars) {
    let requests = report.requests.as_deref().unwrap_or_default();
    for page in [PRODUCT_PAGE, CHECKOUT_PAGE] {
        let on = requests.iter().find(|row| row.task == page && row.name != crate::whole::OFF);
        bars.at_most(1.3, format!("{page}, all four features ÷ none"), on.and_then(|row| row.times(0)));
    }
    let shown = report.toggle.as_ref().map(|toggle| f64::from(toggle.shown_by_next) / f64::from(toggle.toggles));
    bars.at_least(1.0, "toggles that the very next request shows, share", shown);
    bars.at_least(0.6, "order events through handlers ÷ raw SQLite", report.events.as_ref().map(|it| it.share));
    let start = report.starts.iter().flatten().next();
    let added = start.map(|start| start.with_components_millis - start.without_millis);
    bars.at_most(30.0, "first decision after the process's own start, from the cache, ms", added);
}

/// Many components, many shops, many calls; and what they take.
fn scale(report: &Report, bars: &mut Bars) {
    let last = |rows: Option<&Vec<Row>>| rows?.last()?.times(0);
    let rotation = report.rotation.as_ref();
    let loaded = rotation.and_then(|rotation| rotation.loads.last());
    bars.at_most(2.5, "1,000 components in turn ÷ one", last(rotation.map(|rotation| &rotation.decisions)));
    let megabytes = loaded.map(|Loaded { bytes, .. }| *bytes as f64 / 1e6);
    bars.at_most(150.0, "1,000 components loaded, MB", megabytes);
    bars.at_most(24.0, "a live call, KiB", report.live.as_ref().map(|live| live.bytes as f64 / 1024.0));
    let installed = report.installed.as_ref().map(|installed| installed.bytes as f64 / 1e3);
    bars.at_most(2.0, "an installation, 10,000 shops with four each, kB", installed);
    bars.at_most(1.1, "a decision, 10,000 shops in turn ÷ one shop", last(report.tenants.as_ref()));
    let largest = report.sizes.iter().map(|size| size.bytes as f64 / 1e3).reduce(f64::max);
    bars.at_most(100.0, "the largest component that ships, kB", largest);
}

fn find<'a>(rows: &'a [Row], task: &str, name: &str) -> Option<&'a Row> {
    rows.iter().find(|row| row.task == task && row.name == name)
}

struct Bars(Vec<Bar>);

impl Bars {
    fn at_most(&mut self, most: f64, about: impl Into<String>, measured: Option<f64>) {
        self.add(Aim::AtMost(most), about.into(), measured);
    }

    fn at_least(&mut self, least: f64, about: impl Into<String>, measured: Option<f64>) {
        self.add(Aim::AtLeast(least), about.into(), measured);
    }

    fn add(&mut self, aim: Aim, about: String, measured: Option<f64>) {
        self.0.extend(measured.map(|measured| Bar { about, aim, measured, reached: aim.is_reached_by(measured) }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_reached_at_its_very_edge() {
        assert!(Aim::AtMost(1.3).is_reached_by(1.3) && !Aim::AtMost(1.3).is_reached_by(1.31));
        assert!(Aim::AtLeast(20.0).is_reached_by(20.0) && !Aim::AtLeast(20.0).is_reached_by(19.9));
    }

    #[test]
    fn nothing_is_said_of_what_was_not_measured() {
        let mut bars = Bars(Vec::new());
        bars.at_most(1.0, "not measured", None);
        bars.at_most(1.0, "measured", Some(f64::NAN));
        let [bar] = bars.0.as_slice() else { panic!("{:?}", bars.0) };
        assert_eq!(bar.about, "measured");
        assert!(!bar.reached, "no number reaches no bar");
    }
}
