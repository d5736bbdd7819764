//! What customers say of products, and with what they recommend the shop.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::catalogue::{ProductPath, on_sale};
use crate::api::auth::{Here, SignedIn};
use crate::api::extract::{Json, Path, Query};
use crate::api::idempotency::Created;
use crate::api::page::{Page, PageQuery};
use crate::api::problem::Problem;
use crate::clock::Instant;
use crate::people::referrals::{self, Referral};
use crate::people::reviews::{self, Review, ReviewInput};
use crate::platform::Platform;
use crate::store::reviews as stored;

/// A review as everybody sees it: by somebody who has bought the product, without a name.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReviewView {
    /// The review's id.
    #[schema(example = "rev_01j9x")]
    id: String,
    /// 1 to 5; 5 is the best.
    rating: u8,
    /// Plain text; may have several lines.
    text: String,
    /// When it was written.
    published_at: Instant,
}

impl From<Review> for ReviewView {
    fn from(review: Review) -> Self {
        let Review { id, rating, text, published_at, .. } = review;
        Self { id, rating, text, published_at }
    }
}

/// List the reviews of a product, the newest first.
#[utoipa::path(get, path = "/products/{product}/reviews", operation_id = "listReviews", tag = "catalogue",
    params(ProductPath, PageQuery),
    responses((status = 200, description = "One page of reviews.", body = Page<ReviewView>)))]
pub(crate) async fn list(
    State(platform): State<Platform>,
    Here(shop): Here,
    Path(path): Path<ProductPath>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<ReviewView>>, Problem> {
    let limit = page.limit();
    let found = platform
        .store
        .read(move |tx| {
            let product = on_sale(tx, &shop.id, &path.product)?;
            let found = stored::of_product(tx, &shop.id, &product.id, page.cursor.as_deref(), limit + 1)?;
            Ok::<_, Problem>(Page::cut(found, limit, |review| review.id.clone()))
        })
        .await?;
    Ok(Json(found.map(ReviewView::from)))
}

/// Review a product that the customer has bought. There is one review for each product.
#[utoipa::path(post, path = "/products/{product}/reviews", operation_id = "writeReview", tag = "account",
    params(ProductPath),
    request_body(content = ReviewInput, example = json!({ "rating": 5, "text": "Holds exactly as much tea as I need." })),
    responses((status = 201, description = "The review, which is on the product's page.", body = ReviewView)))]
pub(crate) async fn write(
    State(platform): State<Platform>,
    Here(shop): Here,
    who: SignedIn,
    Path(path): Path<ProductPath>,
    Json(body): Json<ReviewInput>,
) -> Result<Created<ReviewView>, Problem> {
    let now = platform.clock.now();
    let review = platform
        .store
        .write(move |tx| {
            let product = on_sale(tx, &shop.id, &path.product)?;
            Ok::<_, Problem>(reviews::write(tx, &shop.id, &product.id, &who.customer, &body, now)?)
        })
        .await?;
    Ok(Created(review.into()))
}

/// Read with what the customer recommends the shop.
///
/// Somebody who makes an account with the code was brought by the customer: send it as `referral` when they sign in.
#[utoipa::path(get, path = "/account/referral", operation_id = "readReferral", tag = "account",
    responses((status = 200, description = "The code, and the link to hand on.", body = Referral)))]
pub(crate) async fn referral(
    State(platform): State<Platform>,
    Here(shop): Here,
    who: SignedIn,
) -> Result<Json<Referral>, Problem> {
    Ok(Json(referrals::of(&platform.store, &platform.secret, &shop, &who.customer).await?))
}
