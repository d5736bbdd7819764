//! Reviews on the page of a product.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Serialize;

use super::product;
use crate::catalogue::Product;
use crate::people::reviews::{self, Review, ReviewError, ReviewInput};
use crate::platform::Platform;
use crate::store::{StoreError, Tx, catalogue, reviews as stored};
use crate::web::failure::{Failure, sentence};
use crate::web::posted::Posted;
use crate::web::visit::Visit;

/// Reviews that a page shows.
const MOST: u32 = 20;

/// What a product's page says of its reviews.
#[derive(Default, Serialize)]
pub(super) struct Reviews {
    count: u32,
    /// Such as `4.3`; empty where there are none.
    average: String,
    shown: Vec<Review>,
    /// The visitor has bought the product, and has not reviewed it.
    may_write: bool,
}

/// Reads what the page of a product shows of its reviews.
pub(super) fn read(tx: &mut Tx<'_>, shop: &str, product: &str, who: Option<&str>) -> Result<Reviews, StoreError> {
    let (count, sum) = stored::ratings(tx, shop, product)?;
    let tenths = (sum * 10 + count / 2).checked_div(count);
    Ok(Reviews {
        count,
        average: tenths.map(|tenths| format!("{}.{}", tenths / 10, tenths % 10)).unwrap_or_default(),
        shown: stored::of_product(tx, shop, product, None, MOST)?,
        may_write: match who {
            Some(customer) => reviews::may_write(tx, shop, product, customer)?,
            None => false,
        },
    })
}

/// Publishes a review of somebody who is signed in.
pub(super) async fn write(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
    Extension(posted): Extension<Posted>,
    Path(handle): Path<String>,
) -> Result<Response, Failure> {
    let customer = visit.require_customer()?.id.clone();
    let id = visit.shop.id.clone();
    let product = platform.store.lookup(move |tx| catalogue::by_handle(tx, &id, &handle)).await?;
    let product = product.filter(Product::is_on_sale).ok_or(Failure::NotFound)?;
    let input = ReviewInput { rating: posted.number("rating").unwrap_or(0), text: posted.text("text").to_owned() };
    let (shop, reviewed, now) = (visit.shop.id.clone(), product.id.clone(), visit.now);
    let written = platform.store.write(move |tx| reviews::write(tx, &shop, &reviewed, &customer, &input, now)).await;
    match written {
        Ok(_) => Ok(Redirect::to(&format!("/p/{}#reviews", product.details.handle)).into_response()),
        Err(ReviewError::Store(error)) => Err(error.into()),
        Err(error) => product::page(&platform, &visit, &product, "", Some(sentence(&error.to_string()))).await,
    }
}
