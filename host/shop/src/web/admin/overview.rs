//! The first page: whether people come back, before anything else.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;

use super::desk::Desk;
use super::effort::{Ease, ease};
use super::failure::Failure;
use super::features::Card;
use super::orders::{OrderRow, rows};
use super::returns::{Waiting, waiting};
use super::weeks::{Weeks, weeks};
use crate::clock::{DAY, Instant};
use crate::ledger::Books;
use crate::money::Money;
use crate::platform::Platform;
use crate::pricing::reduced::{Reduced, Reductions};
use crate::store::orders::{self, Retention, retention};
use crate::store::{StoreError, ledger};
use crate::words;

/// The span that is looked at, and that it is compared with.
const SPAN: i64 = 30;
/// Orders shown.
const LATEST: u32 = 8;
/// Reduced goods shown.
const MOST_SALES: usize = 8;

#[derive(Serialize)]
struct Overview {
    days: i64,
    tiles: Vec<Tile>,
    weeks: Weeks,
    sales: Vec<Sale>,
    more_sales: usize,
    /// Products that were not looked at, because there are too many.
    unseen: u32,
    ease: Ease,
    problems: Vec<Card>,
    dead: u32,
    returns: Vec<Waiting>,
    orders: Vec<OrderRow>,
}

/// A figure, and how it compares.
#[derive(Serialize)]
struct Tile {
    label: &'static str,
    value: String,
    note: String,
    href: &'static str,
}

/// Something that is offered for less at this moment.
#[derive(Serialize)]
struct Sale {
    product: String,
    title: String,
    /// How many of its variants are reduced, and of how many: none where all are, or one that the title names.
    some: Option<(usize, usize)>,
    /// More than one variant is reduced, and others may cost more.
    several: bool,
    now: Money,
    was: Option<Money>,
    percent: Option<u32>,
    remaining: Option<u32>,
    /// When it is over, if a feature says so.
    ends_at: Option<Instant>,
}

pub(super) async fn show(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
) -> Result<Response, Failure> {
    let (shop, zone, now) = (desk.shop.id.clone(), desk.shop.zone(), desk.now);
    let read = platform.store.read(move |tx| -> Result<_, StoreError> {
        let (start, before) = (now - SPAN * DAY, now - 2 * SPAN * DAY);
        let latest = orders::Listing { limit: LATEST, ..orders::Listing::default() };
        Ok((
            retention(tx, &shop, start, now)?,
            retention(tx, &shop, before, start)?,
            ledger::books(tx, &shop, &zone, now)?,
            orders::list(tx, &shop, &latest)?,
            weeks(tx, &shop, now)?,
            ease(tx, &shop, start)?,
            waiting(tx, &shop)?,
        ))
    });
    let (recent, before, books, latest, weeks, ease, returns) = read.await?;
    let Reductions { products, more, unseen } = platform.reduced(&desk.shop, desk.now, MOST_SALES).await?;
    let standings = platform.extensions.standings(&desk.shop, desk.now).await?;
    let problems = standings.iter().map(Card::of).filter(|card| card.enabled && card.problem.is_some()).collect();
    let overview = Overview {
        days: SPAN,
        tiles: tiles(&desk, &recent, &before, &books),
        weeks,
        sales: products.into_iter().map(sale).collect(),
        more_sales: more,
        unseen,
        ease,
        problems,
        dead: desk.dead,
        returns,
        orders: rows(latest),
    };
    Ok(desk.page("admin/dashboard.html", &overview))
}

fn tiles(desk: &Desk, recent: &Retention, before: &Retention, books: &Books) -> Vec<Tile> {
    let money = |amount| words::money(amount, &desk.shop.currency, &desk.shop.locale);
    let share = |part: Money, of: Money| if of > 0 { part.saturating_mul(10_000) / of } else { 0 };
    let rate = |span: &Retention| share(span.returning.into(), span.buyers.into());
    let repeat = |span: &Retention| share(span.repeat_revenue, span.revenue);
    vec![
        Tile {
            label: "Returning customers",
            value: recent.returning.to_string(),
            note: format!("of {} who bought: {}", recent.buyers, against(rate(recent), rate(before))),
            href: "/admin/customers",
        },
        Tile {
            label: "Revenue from repeat orders",
            value: money(recent.repeat_revenue),
            note: format!("of {}: {}", money(recent.revenue), against(repeat(recent), repeat(before))),
            href: "/admin/orders",
        },
        Tile {
            label: "Points owed to customers",
            value: books.outstanding.to_string(),
            note: format!("{} of them pending", books.pending),
            href: "/admin/customers",
        },
    ]
}

/// A share in whole percent, and what it was.
fn against(share: Money, before: Money) -> String {
    let whole = |share: Money| (share + 50) / 100;
    format!("{}\u{a0}%, before {}\u{a0}%", whole(share), whole(before))
}

/// A product on sale, by the variant that is reduced the most.
fn sale(reduced: Reduced) -> Sale {
    let Reduced { product, variants, best, price, ends_at } = reduced;
    let title = match &product.variants[best] {
        variant if variants == 1 && product.variants.len() > 1 => {
            format!("{}, {}", product.details.title, variant.title())
        }
        _ => product.details.title,
    };
    Sale {
        product: product.id,
        title,
        some: (1 < variants && variants < product.variants.len()).then_some((variants, product.variants.len())),
        several: variants > 1,
        now: price.now,
        was: price.was,
        percent: price.reduced_basis_points,
        remaining: price.remaining,
        ends_at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_stands_beside_what_it_was() {
        assert_eq!(against(3_149, 2_050), "31\u{a0}%, before 21\u{a0}%");
    }
}
