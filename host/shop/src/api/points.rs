//! Points, as a customer and as staff see them.

use serde::Serialize;
use utoipa::ToSchema;

use super::page::{Page, PageQuery};
use crate::clock::Instant;
use crate::ledger::HistoryEntry;
use crate::store::{StoreError, Tx, ledger};

/// What somebody's points come to now.
#[derive(Serialize, ToSchema)]
pub(crate) struct PointsView {
    /// Can be spent now. Below zero where points were taken back that had been spent.
    available: i64,
    /// Granted, but the refund window is still open.
    pending: u64,
    /// When the next pending points become available.
    next_available_at: Option<Instant>,
    /// Kept for an e-mail address that has not been proved.
    held: u64,
    /// Reserved by a checkout that is under way.
    reserved: u64,
    /// Available points that expire together, first to expire first.
    lots: Vec<LotView>,
}

/// Points that expire together.
#[derive(Serialize, ToSchema)]
pub(crate) struct LotView {
    /// The lot's id.
    id: String,
    /// Points left of it.
    remaining: u64,
    /// When they expire; none for never.
    expires_at: Option<Instant>,
}

/// What a holder's points come to.
pub(crate) fn view(tx: &mut Tx<'_>, shop: &str, holder: &str, now: Instant) -> Result<PointsView, StoreError> {
    let balance = ledger::balance(tx, shop, holder, None, now)?;
    let lots = ledger::lots(tx, shop, holder, now)?.into_iter();
    Ok(PointsView {
        available: balance.available,
        pending: balance.pending,
        next_available_at: balance.next_available_at,
        held: balance.held,
        reserved: balance.reserved,
        lots: lots.map(|lot| LotView { id: lot.id, remaining: lot.remaining, expires_at: lot.expires_at }).collect(),
    })
}

/// One page of what happened to a holder's points.
pub(crate) fn history(
    tx: &mut Tx<'_>,
    shop: &str,
    holder: &str,
    page: &PageQuery,
) -> Result<Page<HistoryEntry>, StoreError> {
    let limit = page.limit();
    let entries = ledger::history(tx, shop, holder, page.cursor.as_deref(), limit + 1)?;
    Ok(Page::cut(entries, limit, |entry| entry.id.clone()))
}
