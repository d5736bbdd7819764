//! Reviews: what somebody who bought a product says of it, once for each product.
//!
//! Only a buyer can write one, so it is on the page at once; staff take off what does not belong there.

use serde::{Deserialize, Serialize};
use serde_json::json;
use thiserror::Error;
use utoipa::ToSchema;

use super::happenings::tell;
use crate::clock::Instant;
use crate::ids;
use crate::store::{StoreError, Tx, audit, reviews};

/// The longest text.
const LONGEST: usize = 2_000;

/// What a customer says of a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Review {
    /// The review's id; ids sort by time.
    pub id: String,
    /// The product.
    pub product: String,
    /// Who wrote it. Other shoppers are not told.
    pub customer: String,
    /// 1 to 5; 5 is the best.
    pub rating: u8,
    /// Plain text; may have several lines.
    pub text: String,
    /// When it was written.
    pub published_at: Instant,
    /// When staff took it off the page.
    pub withdrawn_at: Option<Instant>,
}

/// A review as its writer sends it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewInput {
    /// 1 to 5; 5 is the best.
    #[schema(minimum = 1, maximum = 5)]
    pub rating: u8,
    /// Plain text.
    #[schema(min_length = 1, max_length = 2000)]
    pub text: String,
}

/// Why a review was not published.
#[derive(Debug, Error)]
pub enum ReviewError {
    /// The rating is none.
    #[error("rate the product with 1 to 5 stars")]
    Rating,
    /// There is no text, or too much of it.
    #[error("write 1 to {LONGEST} characters about the product")]
    Text,
    /// The customer has not bought the product.
    #[error("only somebody who has bought this product can review it; sign in with the address of your order")]
    NotBought,
    /// The customer has reviewed the product before.
    #[error("you have reviewed this product already; there is one review for each product")]
    Already,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whether a customer can write a review of a product.
///
/// # Errors
/// If the database fails.
pub fn may_write(tx: &mut Tx<'_>, shop: &str, product: &str, customer: &str) -> Result<bool, StoreError> {
    Ok(reviews::bought(tx, shop, product, customer)? && !reviews::has(tx, shop, product, customer)?)
}

/// Puts a review on the product's page, and tells extensions (`review-published`). The product exists.
///
/// # Errors
/// If the customer may not write it, it is none, or the database fails.
pub fn write(
    tx: &mut Tx<'_>,
    shop: &str,
    product: &str,
    customer: &str,
    input: &ReviewInput,
    now: Instant,
) -> Result<Review, ReviewError> {
    if !(1..=5).contains(&input.rating) {
        return Err(ReviewError::Rating);
    }
    let text: String = input.text.trim().chars().filter(|letter| *letter == '\n' || !letter.is_control()).collect();
    if !(1..=LONGEST).contains(&text.chars().count()) {
        return Err(ReviewError::Text);
    }
    if !reviews::bought(tx, shop, product, customer)? {
        return Err(ReviewError::NotBought);
    }
    let review = Review {
        id: ids::new("rev", now),
        product: product.to_owned(),
        customer: customer.to_owned(),
        rating: input.rating,
        text,
        published_at: now,
        withdrawn_at: None,
    };
    if !reviews::insert(tx, shop, &review)? {
        return Err(ReviewError::Already);
    }
    tell(tx, shop, customer, "review-published", &[("product", product)], now)?;
    Ok(review)
}

/// Takes a review off the page, for staff. None if there is no such review there.
///
/// # Errors
/// If the database fails.
pub fn withdraw(
    tx: &mut Tx<'_>,
    shop: &str,
    actor: &str,
    id: &str,
    now: Instant,
) -> Result<Option<Review>, StoreError> {
    let withdrawn = reviews::withdraw(tx, shop, id, now)?;
    if let Some(review) = &withdrawn {
        let details = json!({ "product": review.product });
        audit::write(tx, shop, now, actor, "review.withdrawn", &format!("review/{id}"), &details)?;
    }
    Ok(withdrawn)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::CardToken;
    use crate::orders::draft::PaymentChoice;
    use crate::orders::place::place;
    use crate::orders::testing::{ANN, SHOP, World};
    use crate::store::{events, orders};

    const GOOD: &str = "Holds\nmy tea.";

    fn input(rating: u8, text: &str) -> ReviewInput {
        ReviewInput { rating, text: text.into() }
    }

    /// Ann has ordered a mug, and her money was taken or could not be yet.
    async fn ordered(paid: bool) -> (World, String) {
        let world = World::new(5).await;
        world.enable(&["a"]).await;
        let mut draft = world.draft(1).await;
        draft.buyer.customer = Some(ANN.into());
        let token = if paid { "tok_visa_ok" } else { "tok_lost_capture" };
        draft.payment = Some(PaymentChoice { token: CardToken::new(token).unwrap(), attempt: "1".into() });
        let order = place(&world.store, &world.gateway, SHOP, draft, 0).await.unwrap().order;
        assert_eq!(order.paid_at.is_some(), paid);
        (world, order.id)
    }

    #[tokio::test]
    async fn l5_a_buyer_reviews_a_product_once_and_extensions_are_told_of_it() {
        let (world, _) = ordered(true).await;
        let product = world.product.clone();
        world
            .write(move |tx| -> Result<(), ReviewError> {
                assert!(may_write(tx, SHOP, &product, ANN)?);
                let review = write(tx, SHOP, &product, ANN, &input(4, " Holds\nmy tea.\u{7} "), 2)?;
                assert_eq!((review.text.as_str(), review.rating), (GOOD, 4));
                assert!(!may_write(tx, SHOP, &product, ANN)?);
                assert!(matches!(write(tx, SHOP, &product, ANN, &input(5, GOOD), 3), Err(ReviewError::Already)));
                assert_eq!(reviews::of_product(tx, SHOP, &product, None, 9)?, std::slice::from_ref(&review));
                assert_eq!(reviews::ratings(tx, SHOP, &product)?, (1, 4));
                let told = events::open(tx, SHOP, 9)?;
                assert_eq!(told.iter().filter(|open| open.topic == "review-published").count(), 1);

                assert!(withdraw(tx, SHOP, "admin:1", &review.id, 4)?.is_some());
                assert!(withdraw(tx, SHOP, "admin:1", &review.id, 5)?.is_none());
                assert_eq!(reviews::ratings(tx, SHOP, &product)?, (0, 0));
                assert!(matches!(write(tx, SHOP, &product, ANN, &input(5, GOOD), 6), Err(ReviewError::Already)));
                assert_eq!(audit::list(tx, SHOP, None, 1)?[0].action, "review.withdrawn");
                Ok(())
            })
            .await;
    }

    #[tokio::test]
    async fn l11_nobody_reviews_what_they_have_not_bought_or_have_cancelled() {
        let (unpaid, _) = ordered(false).await;
        let (cancelled, order) = ordered(true).await;
        cancelled.write(move |tx| orders::cancel(tx, SHOP, &order, "system", 2)).await;
        let (paid, _) = ordered(true).await;
        for (world, customer) in [(unpaid, ANN), (cancelled, ANN), (paid, "cus_bob")] {
            let product = world.product.clone();
            world
                .write(move |tx| -> Result<(), ReviewError> {
                    let refused = write(tx, SHOP, &product, customer, &input(5, GOOD), 3);
                    assert!(matches!(refused, Err(ReviewError::NotBought)));
                    assert!(!may_write(tx, SHOP, &product, customer)?);
                    Ok(())
                })
                .await;
        }
    }

    #[tokio::test]
    async fn what_is_no_review_changes_nothing() {
        let (world, _) = ordered(true).await;
        let product = world.product.clone();
        world
            .write(move |tx| -> Result<(), ReviewError> {
                for rating in [0, 6, 255] {
                    assert!(matches!(
                        write(tx, SHOP, &product, ANN, &input(rating, GOOD), 2),
                        Err(ReviewError::Rating)
                    ));
                }
                for text in ["", " \n ", &"x".repeat(LONGEST + 1)] {
                    assert!(matches!(write(tx, SHOP, &product, ANN, &input(5, text), 2), Err(ReviewError::Text)));
                }
                assert!(reviews::of_customer(tx, SHOP, ANN)?.is_empty());
                Ok(())
            })
            .await;
    }
}
