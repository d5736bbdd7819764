//! Reviews, for staff.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::auth::{Here, Staff};
use crate::api::extract::Path;
use crate::api::problem::Problem;
use crate::people::reviews;
use crate::platform::Platform;

/// A review.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct ReviewPath {
    /// The review's id.
    #[param(example = "rev_01j9x")]
    review: String,
}

/// Take a review off its product's page. Its writer cannot write another one of this product.
#[utoipa::path(delete, path = "/admin/reviews/{review}", operation_id = "withdrawReview", tag = "admin: catalogue",
    params(ReviewPath), responses((status = 204, description = "The review is off the page.")))]
pub(crate) async fn withdraw(
    State(platform): State<Platform>,
    Here(shop): Here,
    staff: Staff,
    Path(path): Path<ReviewPath>,
) -> Result<StatusCode, Problem> {
    let now = platform.clock.now();
    let withdrawn =
        platform.store.write(move |tx| reviews::withdraw(tx, &shop.id, &staff.actor(), &path.review, now)).await?;
    withdrawn.map(|_| StatusCode::NO_CONTENT).ok_or_else(|| Problem::not_found("review on a product's page"))
}
