//! An order as the model sees it: plain numbers, and what may be done with them.

use std::collections::BTreeMap;

use super::gateway::Outage;
use crate::orders::OrderState;
use crate::store::orders::CANCELLATION;

/// One line.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// Which of the shop's goods.
    pub(super) goods: usize,
    pub(super) units: u32,
    pub(super) price: i64,
    /// The part that is paid with points.
    pub(super) points: i64,
    pub(super) returned: u32,
    pub(super) restocked: u32,
    pub(super) given_back: i64,
}

impl Line {
    pub(super) fn total(&self) -> i64 {
        i64::from(self.units) * self.price
    }

    pub(super) fn left(&self) -> i64 {
        self.total() - self.given_back
    }

    /// The money in what has been given back.
    fn money_back(&self) -> i64 {
        share(self.total() - self.points, self.given_back, self.total())
    }
}

/// `whole × part ÷ total`, to the nearest cent.
fn share(whole: i64, part: i64, total: i64) -> i64 {
    if total == 0 { 0 } else { (2 * whole * part + total) / (2 * total) }
}

/// What has become of the money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paying {
    Taken,
    /// The provider could not be reached; it may have taken the money all the same.
    Waiting {
        taken: bool,
    },
    /// The card cannot be charged: the order stays placed for ever, or is cancelled.
    Never,
}

/// What is given back at a time.
#[derive(Clone, Debug)]
pub(super) struct Back {
    /// Units and value, by line.
    pub(super) lines: Vec<(u32, i64)>,
    pub(super) delivery: i64,
    pub(super) restock: bool,
    pub(super) money: i64,
    /// The provider has moved the money.
    pub(super) moved: bool,
    /// The shop knows that it has.
    pub(super) done: bool,
}

impl Back {
    pub(super) fn amount(&self) -> i64 {
        self.lines.iter().map(|(_, value)| value).sum::<i64>() + self.delivery
    }
}

#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) id: String,
    pub(super) lines: Vec<Line>,
    pub(super) delivery: i64,
    pub(super) delivery_back: i64,
    /// Units of the sale that it claims.
    pub(super) claimed: u32,
    pub(super) paying: Paying,
    pub(super) sent: bool,
    pub(super) arrived: bool,
    pub(super) cancelled: bool,
    pub(super) refunds: BTreeMap<String, Back>,
}

impl Known {
    pub(super) fn state(&self) -> OrderState {
        match self {
            Self { cancelled: true, .. } => OrderState::Cancelled,
            Self { arrived: true, .. } => OrderState::Delivered,
            Self { sent: true, .. } => OrderState::Fulfilled,
            Self { paying: Paying::Taken, .. } => OrderState::Paid,
            _ => OrderState::Placed,
        }
    }

    fn value(&self) -> i64 {
        self.lines.iter().map(Line::total).sum::<i64>() + self.delivery
    }

    pub(super) fn points(&self) -> i64 {
        self.lines.iter().map(|line| line.points).sum()
    }

    /// What is charged.
    pub(super) fn money(&self) -> i64 {
        self.value() - self.points()
    }

    /// Value given back, also what the provider has not confirmed.
    pub(super) fn given_back(&self) -> i64 {
        self.lines.iter().map(|line| line.given_back).sum::<i64>() + self.delivery_back
    }

    fn money_back(&self) -> i64 {
        self.lines.iter().map(Line::money_back).sum::<i64>() + self.delivery_back
    }

    /// What the provider has taken and given back.
    pub(super) fn moved(&self) -> (i64, i64) {
        let is_taken = matches!(self.paying, Paying::Taken | Paying::Waiting { taken: true });
        let back = self.refunds.values().filter(|back| back.moved).map(|back| back.money).sum();
        (if is_taken { self.money() } else { 0 }, back)
    }

    /// Everything is being given back, and the provider has not confirmed it.
    fn is_being_cancelled(&self) -> bool {
        self.refunds.get(CANCELLATION).is_some_and(|back| !back.done)
    }

    pub(super) fn may_be_sent(&self) -> bool {
        self.paying == Paying::Taken && !self.cancelled && (self.sent || !self.is_being_cancelled())
    }

    /// Whether so many units and so much value can be given back.
    pub(super) fn may_give(&self, lines: &[(u32, i64)], delivery: i64) -> bool {
        let fits = |(line, (units, value)): (&Line, &(u32, i64))| {
            *units <= line.units - line.returned && (0..=line.left()).contains(value)
        };
        self.paying == Paying::Taken
            && !self.cancelled
            && self.lines.iter().zip(lines).all(fits)
            && (0..=self.delivery - self.delivery_back).contains(&delivery)
            && (delivery > 0 || lines.iter().any(|(units, value)| *units > 0 || *value > 0))
    }

    /// Keeps what is to be given back from being given back twice.
    pub(super) fn begin(&mut self, key: &str, lines: Vec<(u32, i64)>, delivery: i64, restock: bool) {
        let before = self.money_back();
        for (line, (units, value)) in self.lines.iter_mut().zip(&lines) {
            line.returned += units;
            line.given_back += value;
        }
        self.delivery_back += delivery;
        let money = self.money_back() - before;
        let back = Back { lines, delivery, restock, money, moved: false, done: false };
        self.refunds.insert(key.to_owned(), back);
    }

    /// Asks the provider, which may be away. An outage that nothing meets changes nothing.
    pub(super) fn finish(&mut self, key: &str, outage: Option<Outage>) {
        let back = self.refunds.get_mut(key).unwrap();
        if back.done {
            return;
        }
        let outage = outage.filter(|_| back.money > 0);
        back.moved |= outage != Some(Outage::Before);
        if outage.is_some() {
            return;
        }
        back.done = true;
        if back.restock {
            for (line, (units, _)) in self.lines.iter_mut().zip(&back.lines) {
                line.restocked += units;
            }
        }
        self.cancelled |= key == CANCELLATION;
    }

    /// Calls it off, if that may be. Says whether it is off now.
    pub(super) fn call_off(&mut self, outage: Option<Outage>) -> bool {
        if self.sent || self.paying == (Paying::Waiting { taken: true }) {
            return false;
        }
        if self.cancelled {
            return true;
        }
        if self.paying == Paying::Taken && self.given_back() < self.value() {
            let rest = self.lines.iter().map(|line| (line.units - line.returned, line.left())).collect();
            self.begin(CANCELLATION, rest, self.delivery - self.delivery_back, true);
            self.finish(CANCELLATION, outage);
            return self.cancelled;
        }
        for line in &mut self.lines {
            line.restocked += line.units - line.returned;
        }
        self.cancelled = true;
        true
    }

    /// The program was started again and has taken up what was interrupted.
    pub(super) fn resume(&mut self) {
        if matches!(self.paying, Paying::Waiting { .. }) && !self.cancelled {
            self.paying = Paying::Taken;
        }
        for key in self.refunds.keys().cloned().collect::<Vec<_>>() {
            self.finish(&key, None);
        }
    }
}
