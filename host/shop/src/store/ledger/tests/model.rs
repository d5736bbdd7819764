//! Random histories against models so simple that they are plainly right: a hundred thousand steps of them in all, the
//! program ended now and then.

use std::cell::Cell;

use proptest::prelude::*;
use proptest::test_runner::{TestCaseResult, TestRunner};

use super::*;

/// Histories of each law.
const HISTORIES: u32 = 350;
/// Steps of one history.
const LENGTH: std::ops::Range<usize> = 20..120;
/// Steps that a law is held against at the least: five laws come to a hundred thousand.
const STEPS: usize = 20_000;

/// What can happen. Orders are few, so that histories meet.
#[derive(Clone, Debug)]
enum Step {
    Earn {
        order: u8,
        points: u8,
        pending_days: u8,
        expiry_days: Option<u8>,
    },
    Bonus {
        points: u8,
    },
    Spend {
        order: u8,
        points: u8,
    },
    Reverse {
        order: u8,
        percent: u8,
    },
    Restore {
        order: u8,
        percent: u8,
    },
    Wait {
        days: u8,
    },
    /// The program ends and is started again.
    Restart,
}

fn steps(expiry: bool) -> impl Strategy<Value = Vec<Step>> {
    let expiry_days = if expiry { prop::option::of(8..30_u8).boxed() } else { Just(None).boxed() };
    let step = prop_oneof![
        6 => (0..4_u8, 1..60_u8, 0..6_u8, expiry_days).prop_map(|(order, points, pending_days, expiry_days)| {
            Step::Earn { order, points, pending_days, expiry_days }
        }),
        2 => (1..60_u8).prop_map(|points| Step::Bonus { points }),
        6 => (0..4_u8, 1..60_u8).prop_map(|(order, points)| Step::Spend { order, points }),
        4 => (0..4_u8, 1..=100_u8).prop_map(|(order, percent)| Step::Reverse { order, percent }),
        4 => (0..4_u8, 1..=100_u8).prop_map(|(order, percent)| Step::Restore { order, percent }),
        4 => (1..9_u8).prop_map(|days| Step::Wait { days }),
        1 => Just(Step::Restart),
    ];
    prop::collection::vec(step, LENGTH)
}

/// Holds a law against histories, and counts their steps.
fn always<T: std::fmt::Debug>(
    histories: impl Strategy<Value = (Vec<Step>, T)>,
    law: impl Fn(&[Step], T) -> TestCaseResult,
) {
    let taken = Cell::new(0);
    let mut runner = TestRunner::new(ProptestConfig::with_cases(HISTORIES));
    let result = runner.run(&histories, |(steps, rest)| {
        taken.set(taken.get() + steps.len());
        law(&steps, rest)
    });
    result.unwrap_or_else(|failure| panic!("{failure}\n{runner}"));
    assert!(taken.get() >= STEPS, "only {} steps", taken.get());
}

fn share(of: u64, percent: u8) -> u64 {
    (of * u64::from(percent)).div_ceil(100)
}

/// A history under way in the real book.
struct Run {
    ledger: Ledger,
    policy: DeficitPolicy,
    now: Instant,
    steps: usize,
    /// Every entry is sent this often.
    times: usize,
}

/// What a step did, in points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Done {
    key: usize,
    points: i64,
}

impl Run {
    fn new(policy: DeficitPolicy, times: usize) -> Self {
        Self { ledger: Ledger::in_file(), policy, now: day(1), steps: 0, times }
    }

    fn of_order(&self, order: u8) -> (u64, u64) {
        let points = self.ledger.write(move |tx| Ok(of_order(tx, SHOP, &order.to_string())?)).unwrap();
        (points.earned.iter().map(|line| line.earned - line.reversed).sum(), points.spent - points.restored)
    }

    /// Does a step, and says how many points it moved. A spending that is refused moves none.
    fn step(&mut self, step: &Step) -> Done {
        self.steps += 1;
        let key = format!("step-{}", self.steps);
        let moved = |points: u64| i64::try_from(points).unwrap();
        let (earned_left, spent_left) = match step {
            Step::Reverse { order, .. } | Step::Restore { order, .. } => self.of_order(*order),
            _ => (0, 0),
        };
        let mut points = 0;
        for time in 0..self.times {
            let did = match step {
                Step::Earn { order, points, pending_days, expiry_days } => {
                    let entry = Grant {
                        order: Some(order.to_string()),
                        available_at: Some(self.now + day(i64::from(*pending_days))),
                        expires_at: expiry_days.map(|days| self.now + day(i64::from(days))),
                        ..grant(&key, u64::from(*points))
                    };
                    self.ledger.earn(entry, self.now);
                    i64::from(*points)
                }
                Step::Bonus { points } => {
                    self.ledger.earn(grant(&key, u64::from(*points)), self.now);
                    i64::from(*points)
                }
                Step::Spend { order, points } => {
                    let (order, key, now, points) = (order.to_string(), key.clone(), self.now, i64::from(*points));
                    let spent = self.ledger.write(move |tx| {
                        let spending =
                            Spending { extension: "x", key: &key, holder: ANN, order: &order, cart: "", points };
                        spend(tx, SHOP, &spending, now)
                    });
                    if spent.is_ok() { points } else { 0 }
                }
                Step::Reverse { order, percent } => {
                    let back = share(earned_left, *percent);
                    self.ledger.reverse(&order.to_string(), back, &key, self.policy, self.now).unwrap();
                    moved(back)
                }
                Step::Restore { order, percent } => {
                    let back = share(spent_left, *percent);
                    let restored = self.ledger.restore(&order.to_string(), back, &key, self.now);
                    if restored.is_ok() { moved(back) } else { 0 }
                }
                Step::Wait { days } => {
                    if time == 0 {
                        self.now += day(i64::from(*days));
                    }
                    0
                }
                Step::Restart => {
                    self.ledger.restart();
                    0
                }
            };
            if time == 0 {
                points = did;
            }
        }
        Done { key: self.steps, points }
    }

    /// Everything returned: what orders earned is taken back, and what they were paid with is given back.
    fn return_everything(&mut self, restore_first: bool) {
        for restore in [restore_first, !restore_first] {
            for order in 0..4 {
                let percent = 100;
                let step = if restore { Step::Restore { order, percent } } else { Step::Reverse { order, percent } };
                self.step(&step);
            }
        }
    }
}

/// One point that somebody holds.
#[derive(Clone, Debug)]
struct Token {
    available_at: Instant,
    expires_at: Option<Instant>,
    spent_on: Option<(u8, usize)>,
}

impl Token {
    fn is_live(&self, now: Instant) -> bool {
        self.spent_on.is_none() && self.available_at <= now && self.expires_at.is_none_or(|at| now < at)
    }

    fn order(&self) -> (Instant, Instant) {
        (self.expires_at.unwrap_or(Instant::MAX), self.available_at)
    }
}

/// Model 1: every point is a token that is moved by hand. No reversals, so that a point is always its lot's.
#[test]
fn l9_earning_spending_restoring_and_time_agree_with_single_points() {
    always((steps(true), Just(())), |steps, ()| {
        let mut run = Run::new(DeficitPolicy::Allow, 1);
        let mut tokens: Vec<Token> = Vec::new();
        for step in steps.iter().filter(|step| !matches!(step, Step::Reverse { .. })) {
            let done = run.step(step);
            let count = usize::try_from(done.points).unwrap();
            match step {
                Step::Earn { pending_days, expiry_days, .. } => {
                    let token = Token {
                        available_at: run.now + day(i64::from(*pending_days)),
                        expires_at: expiry_days.map(|days| run.now + day(i64::from(days))),
                        spent_on: None,
                    };
                    tokens.extend(std::iter::repeat_n(token, count));
                }
                Step::Bonus { .. } => {
                    let token = Token { available_at: run.now, expires_at: None, spent_on: None };
                    tokens.extend(std::iter::repeat_n(token, count));
                }
                Step::Spend { order, points } => {
                    let mut live: Vec<_> = tokens.iter_mut().filter(|token| token.is_live(run.now)).collect();
                    live.sort_by_key(|token| token.order());
                    prop_assert_eq!(count, if live.len() >= usize::from(*points) { usize::from(*points) } else { 0 });
                    live.into_iter().take(count).for_each(|token| token.spent_on = Some((*order, done.key)));
                }
                Step::Restore { order, .. } => {
                    let mut spent: Vec<_> =
                        tokens.iter_mut().filter(|token| token.spent_on.is_some_and(|(on, _)| on == *order)).collect();
                    spent.sort_by_key(|token| std::cmp::Reverse(token.order()));
                    spent.into_iter().take(count).for_each(|token| token.spent_on = None);
                }
                Step::Reverse { .. } | Step::Wait { .. } | Step::Restart => {}
            }
            let is_pending =
                |token: &&Token| run.now < token.available_at && token.expires_at.is_none_or(|at| run.now < at);
            let holdings = run.ledger.holdings(ANN, run.now);
            prop_assert_eq!(holdings.available, tokens.iter().filter(|token| token.is_live(run.now)).count() as i64);
            prop_assert_eq!(holdings.pending, tokens.iter().filter(is_pending).count() as u64);
            run.ledger.books(run.now);
        }
        Ok(())
    });
}

/// Model 2: a single number. Without expiry, what is there is what came in less what went out, also below zero.
#[test]
fn l8_with_deficits_allowed_the_balance_is_plain_arithmetic() {
    always((steps(false), Just(())), |steps, ()| {
        let mut run = Run::new(DeficitPolicy::Allow, 1);
        let mut total = 0;
        for step in steps {
            let points = run.step(step).points;
            total += match step {
                Step::Earn { .. } | Step::Bonus { .. } | Step::Restore { .. } => points,
                Step::Spend { .. } | Step::Reverse { .. } => -points,
                Step::Wait { .. } | Step::Restart => 0,
            };
            let holdings = run.ledger.holdings(ANN, run.now);
            prop_assert_eq!(holdings.available + i64::try_from(holdings.pending).unwrap(), total);
            prop_assert_eq!(run.ledger.books(run.now).outstanding, total);
        }
        Ok(())
    });
}

/// However often each entry is sent, it counts once.
#[test]
fn l2_duplicated_entries_change_nothing() {
    always((steps(true), any::<bool>()), |steps, clamp| {
        let policy = if clamp { DeficitPolicy::Clamp } else { DeficitPolicy::Allow };
        let (mut once, mut thrice) = (Run::new(policy, 1), Run::new(policy, 3));
        for step in steps {
            prop_assert_eq!(once.step(step), thrice.step(step));
            prop_assert_eq!(once.ledger.holdings(ANN, once.now), thrice.ledger.holdings(ANN, once.now));
        }
        prop_assert_eq!(once.ledger.books(once.now), thrice.ledger.books(once.now));
        Ok(())
    });
}

/// Returning everything leaves exactly the points that no order gave, whatever happened before: refunds are no way
/// to make points, nor to lose them.
#[test]
fn l11_returning_everything_leaves_what_no_order_gave() {
    always((steps(false), any::<(bool, bool)>()), |steps, (clamp, restore_first)| {
        let mut run = Run::new(if clamp { DeficitPolicy::Clamp } else { DeficitPolicy::Allow }, 1);
        let mut bonus = 0;
        for step in steps {
            let points = run.step(step).points;
            if matches!(step, Step::Bonus { .. }) {
                bonus += points;
            }
            prop_assert!(!clamp || run.ledger.available(run.now) >= 0);
            run.ledger.books(run.now);
        }
        run.return_everything(restore_first);
        let holdings = run.ledger.holdings(ANN, run.now + day(99));
        prop_assert_eq!((holdings.available, holdings.pending), (bonus, 0));
        Ok(())
    });
}

/// The trial balance holds at every instant, expiry, deficits and forgiveness included.
#[test]
fn l14_the_books_balance_at_every_instant() {
    always((steps(true), any::<bool>()), |steps, clamp| {
        let mut run = Run::new(if clamp { DeficitPolicy::Clamp } else { DeficitPolicy::Allow }, 1);
        for step in steps {
            run.step(step);
        }
        for days in 0..40 {
            let now = run.now + day(days);
            let (books, holdings) = (run.ledger.books(now), run.ledger.holdings(ANN, now));
            prop_assert_eq!(books.outstanding, holdings.available + i64::try_from(holdings.pending).unwrap());
        }
        Ok(())
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Grants and corrections that do not build on each other give the same in any order.
    #[test]
    fn l2_reordered_entries_end_at_the_same_balance(
        points in prop::collection::vec((1..60_u64, 0..6_i64, prop::option::of(8..30_i64)), 1..12),
        order in any::<prop::sample::Index>(),
    ) {
        let (first, second) = (Ledger::new(), Ledger::new());
        let entry = |index: usize| {
            let (points, pending, expiry) = points[index];
            let expires_at = expiry.map(day);
            Grant { available_at: Some(day(pending)), expires_at, ..grant(&index.to_string(), points) }
        };
        let turn = order.index(points.len());
        for index in 0..points.len() {
            first.earn(entry(index), 0);
            second.earn(entry((index + turn) % points.len()), 0);
        }
        for now in (0..40).map(day) {
            prop_assert_eq!(first.holdings(ANN, now), second.holdings(ANN, now));
        }
    }
}
