//! Everything that happened, page by page: orders, and what became of points.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::home::{Entry, OrderRow, entry, order_row, pictured_products};
use crate::platform::Platform;
use crate::store::{StoreError, ledger, orders};
use crate::web::failure::Failure;
use crate::web::visit::Visit;

/// Orders or entries of a page.
pub(super) const PAGE: u32 = 30;

/// Where to go on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    before: Option<String>,
}

#[derive(Serialize)]
struct OrdersPage {
    orders: Vec<OrderRow>,
    /// The order to go on from.
    next: Option<String>,
}

#[derive(Serialize)]
struct PointsPage {
    history: Vec<Entry>,
    /// The entry to go on from.
    next: Option<String>,
}

/// Every order, the newest first.
pub(super) async fn orders(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let (shop, id) = (visit.shop.id.clone(), visit.require_customer()?.id.clone());
    let read = platform.store.read(move |tx| -> Result<_, StoreError> {
        let mut found = orders::page_of(tx, &shop, &id, asked.before.as_deref(), PAGE + 1)?;
        let next = cut(&mut found, PAGE, |order| order.id.clone());
        Ok((pictured_products(tx, &shop, &found)?, found, next))
    });
    let (bought, found, next) = read.await?;
    let orders = found.iter().map(|order| order_row(&visit, order, &bought)).collect();
    Ok(visit.page("account/orders.html", &OrdersPage { orders, next }))
}

/// Everything that happened to the customer's points, the newest first.
pub(super) async fn points(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let (shop, id) = (visit.shop.id.clone(), visit.require_customer()?.id.clone());
    let read = platform.store.read(move |tx| ledger::history(tx, &shop, &id, asked.before.as_deref(), PAGE + 1));
    let mut found = read.await?;
    let next = cut(&mut found, PAGE, |entry| entry.id.clone());
    Ok(visit.page("account/points.html", &PointsPage { history: found.into_iter().map(entry).collect(), next }))
}

/// Keeps one page of what was found, and says where the next one begins, if there is one.
pub(super) fn cut<T>(found: &mut Vec<T>, page: u32, id: impl Fn(&T) -> String) -> Option<String> {
    let is_more = found.len() > page as usize;
    found.truncate(page as usize);
    found.last().filter(|_| is_more).map(id)
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn a_page_leads_on_only_where_there_is_more() {
        let mut found = vec![3, 2, 1];
        assert_eq!(cut(&mut found, 3, i32::to_string), None);
        assert_eq!(cut(&mut found, 2, i32::to_string), Some("2".to_owned()));
        assert_eq!(found, [3, 2]);
        assert_eq!(cut(&mut Vec::<i32>::new(), 2, i32::to_string), None);
    }
}
