//! What goes wrong, as a page that says what to do next.
//!
//! A handler answers with a [`Failure`]; the page for it is made where the visit is known, in [`visit`](super::visit).

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::body::Unread;
use crate::cart::CartError;
use crate::checkout::CheckoutError;
use crate::money::MoneyError;
use crate::orders::OrderError;
use crate::orders::returns::ReturnError;
use crate::people::erase::EraseError;
use crate::people::profile::ProfileError;
use crate::people::sign_in::SignInError;
use crate::pricing::PricingError;
use crate::store::StoreError;
use crate::store::carts::CartChangeError;
use crate::store::limits::LimitError;
use crate::store::orders::PlaceError;

/// Why a page is not shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// There is no such page, or it is not for this visitor: both look the same.
    NotFound,
    /// What was asked for cannot be done, in words for the shopper.
    Refused(String),
    /// The form is too old, or another site sent it.
    Expired,
    /// The form is too large.
    TooLarge,
    /// The form did not arrive in time.
    TooSlow,
    /// It was tried too often.
    Wait(String),
    /// The customer has to sign in first, and comes back here.
    SignIn(String),
    /// The machine cannot do it now; why is in the log.
    Unavailable,
    /// Something failed; it is in the log.
    Internal,
}

impl Failure {
    pub(super) fn internal(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "a page could not be made");
        Self::Internal
    }

    /// The status, a title, and what to do next.
    pub(super) fn words(&self) -> (StatusCode, &'static str, String) {
        match self {
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                "We cannot find this page",
                "It may have moved, or it is not for you. Search for what you need, or start from the beginning.".into(),
            ),
            Self::Refused(reason) => (StatusCode::UNPROCESSABLE_ENTITY, "That did not work", sentence(reason)),
            Self::Expired => (
                StatusCode::FORBIDDEN,
                "This form is no longer good",
                "It was open for too long, or you have signed in or out since. Go back, reload the page and send it again."
                    .into(),
            ),
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "That is too much at once",
                "The form is larger than the shop takes. Shorten what you entered and send it again.".into(),
            ),
            Self::TooSlow => (
                StatusCode::REQUEST_TIMEOUT,
                "That took too long",
                "What you entered did not reach us in time, and nothing was changed. Check your connection and send it again."
                    .into(),
            ),
            Self::Wait(reason) => (StatusCode::TOO_MANY_REQUESTS, "One moment, please", sentence(reason)),
            Self::SignIn(_) => (StatusCode::FORBIDDEN, "Please sign in", "This page is for signed-in customers.".into()),
            Self::Unavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "We cannot take anything down just now",
                "Please send it again in a few minutes. An order is placed once, however often you send it.".into(),
            ),
            Self::Internal => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "Something went wrong on our side",
                "Nothing was charged. Please try again in a minute.".into(),
            ),
        }
    }
}

/// An error's words as a sentence for a page.
pub(super) fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_uppercase().collect::<String>()).unwrap_or_default();
    let end = if words.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

/// For every address that is no page.
pub(super) async fn no_such_page() -> Failure {
    Failure::NotFound
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        if let Self::SignIn(back) = &self {
            let query: String = form_urlencoded::Serializer::new(String::new()).append_pair("back", back).finish();
            return Redirect::to(&format!("/sign-in?{query}")).into_response();
        }
        let mut response = self.words().0.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Unread> for Failure {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::TooLarge => Self::TooLarge,
            Unread::TooSlow => Self::TooSlow,
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let failure = Self::internal(&error);
        if error.is_of_the_machine() { Self::Unavailable } else { failure }
    }
}

impl From<MoneyError> for Failure {
    fn from(error: MoneyError) -> Self {
        Self::internal(&error)
    }
}

impl From<CartChangeError> for Failure {
    fn from(error: CartChangeError) -> Self {
        match error {
            CartChangeError::Cart(CartError::NotFound) => Self::NotFound,
            CartChangeError::Cart(error) => Self::Refused(error.to_string()),
            CartChangeError::Store(error) => error.into(),
        }
    }
}

impl From<PricingError> for Failure {
    fn from(error: PricingError) -> Self {
        match error {
            PricingError::Cart(error) => error.into(),
            PricingError::Store(error) => error.into(),
            PricingError::Money(error) => error.into(),
            PricingError::Unpriceable(error) => Self::internal(&error),
        }
    }
}

impl From<CheckoutError> for Failure {
    fn from(error: CheckoutError) -> Self {
        match error {
            CheckoutError::Pricing(error) => error.into(),
            CheckoutError::Place(PlaceError::Store(error)) => error.into(),
            CheckoutError::Fields(_) | CheckoutError::Empty | CheckoutError::Place(_) => {
                Self::Refused(error.to_string())
            }
        }
    }
}

impl From<LimitError> for Failure {
    fn from(error: LimitError) -> Self {
        match error {
            LimitError::UsedUp { .. } => Self::Wait(error.to_string()),
            LimitError::Store(error) => error.into(),
        }
    }
}

impl From<SignInError> for Failure {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Limit(error) => error.into(),
            SignInError::Store(error) => error.into(),
        }
    }
}

impl From<ProfileError> for Failure {
    fn from(error: ProfileError) -> Self {
        match error {
            ProfileError::Store(error) => error.into(),
            ProfileError::Unknown | ProfileError::UnknownAddress => Self::NotFound,
            ProfileError::Field { .. } | ProfileError::Full => Self::Refused(error.to_string()),
        }
    }
}

impl From<EraseError> for Failure {
    fn from(error: EraseError) -> Self {
        match error {
            EraseError::Store(error) => error.into(),
            EraseError::Unknown => Self::NotFound,
        }
    }
}

impl From<OrderError> for Failure {
    fn from(error: OrderError) -> Self {
        match error {
            OrderError::NotFound => Self::NotFound,
            OrderError::Store(error) => error.into(),
            other => Self::Refused(other.to_string()),
        }
    }
}

impl From<ReturnError> for Failure {
    fn from(error: ReturnError) -> Self {
        match error {
            ReturnError::Store(error) => error.into(),
            ReturnError::Order(error) => error.into(),
            other => Self::Refused(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_an_error_become_a_sentence() {
        assert_eq!(sentence("only 3 are left; choose at most that many"), "Only 3 are left; choose at most that many.");
        assert_eq!(sentence("Done."), "Done.");
        assert_eq!(sentence(""), ".");
    }

    #[test]
    fn a_page_for_customers_leads_to_the_sign_in_and_back() {
        let response = Failure::SignIn("/account?a=b".into()).into_response();
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        assert_eq!(response.headers()["location"], "/sign-in?back=%2Faccount%3Fa%3Db");
    }
}
