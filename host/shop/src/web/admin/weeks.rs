//! Revenue week by week as bars: what came from people who had bought before, and what from those who were new.

use serde::Serialize;

use crate::clock::{DAY, Instant};
use crate::money::Money;
use crate::store::orders::{Retention, retention};
use crate::store::{StoreError, Tx};

/// Weeks shown.
const WEEKS: i64 = 12;
/// How wide a week is drawn, bar and gap, and how wide its bar.
const STEP: u32 = 60;
const BAR: u32 = 34;
/// How high the highest bar is drawn, and what is above it.
const HEIGHT: u32 = 130;
const ABOVE: u32 = 6;

/// The drawing.
#[derive(Debug, Serialize)]
pub(super) struct Weeks {
    width: u32,
    height: u32,
    ground: u32,
    bar: u32,
    weeks: Vec<Week>,
}

/// One week of it.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Week {
    from: Instant,
    x: u32,
    middle: u32,
    /// From people who had bought before.
    again: Bar,
    /// From people who bought for the first time.
    first: Bar,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Bar {
    amount: Money,
    y: u32,
    height: u32,
}

/// The last weeks, the latest last.
pub(super) fn weeks(tx: &mut Tx<'_>, shop: &str, now: Instant) -> Result<Weeks, StoreError> {
    let mut spans = Vec::new();
    for back in (0..WEEKS).rev() {
        let until = now - back * 7 * DAY;
        spans.push((until - 7 * DAY, retention(tx, shop, until - 7 * DAY, until)?));
    }
    Ok(draw(&spans))
}

fn draw(spans: &[(Instant, Retention)]) -> Weeks {
    let parts = |span: &Retention| {
        let again = span.repeat_revenue.max(0);
        (again, (span.revenue - span.repeat_revenue).max(0))
    };
    let most = spans.iter().map(|(_, span)| parts(span).0 + parts(span).1).max().unwrap_or(0).max(1);
    let ground = ABOVE + HEIGHT;
    let tall = |amount: Money| u32::try_from(amount.saturating_mul(i64::from(HEIGHT)) / most).unwrap_or(HEIGHT);
    let mut x = (STEP - BAR) / 2;
    let mut weeks = Vec::new();
    for (from, span) in spans {
        let (again, first) = parts(span);
        let (low, high) = (tall(again), tall(first));
        weeks.push(Week {
            from: *from,
            x,
            middle: x + BAR / 2,
            again: Bar { amount: again, y: ground - low, height: low },
            first: Bar { amount: first, y: ground - low - high, height: high },
        });
        x += STEP;
    }
    Weeks { width: x - (STEP - BAR) / 2, height: ground + 24, ground, bar: BAR, weeks }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_week_fills_the_height_and_both_parts_stand_on_each_other() {
        let span = |revenue, repeat_revenue| Retention { revenue, repeat_revenue, ..Retention::default() };
        let drawn = draw(&[(0, span(1_000, 750)), (7, span(500, -20)), (14, span(0, 0))]);
        let bars: Vec<_> = drawn.weeks.iter().map(|week| (week.again.height, week.first.height)).collect();
        assert_eq!(bars, [(97, 32), (0, 67), (0, 0)]);
        assert_eq!(drawn.weeks[0].first.y + drawn.weeks[0].first.height, drawn.weeks[0].again.y);
        assert_eq!(drawn.weeks[0].again.y + drawn.weeks[0].again.height, drawn.ground);
        assert_eq!(drawn.width, 180);
    }
}
