//! What goes wrong in the admin, as a page that says what to do next.
//!
//! A handler answers with a [`Failure`]; the page for it is made where the desk is known, in [`desk`](super::desk).

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::desk::SIGN_IN;
use crate::admin::StaffError;
use crate::extensions::manage::ManageError;
use crate::ledger::LedgerError;
use crate::money::MoneyError;
use crate::orders::OrderError;
use crate::orders::returns::ReturnError;
use crate::people::erase::EraseError;
use crate::people::profile::ProfileError;
use crate::platform::ClockError;
use crate::pricing::PricingError;
use crate::store::StoreError;
use crate::store::catalogue::CatalogueError;
use crate::store::limits::LimitError;
use crate::web::body::Unread;

/// Why a page is not shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// There is no such page or thing.
    NotFound,
    /// It cannot be done, in words for the merchant.
    Refused(String),
    /// The form is too old, or another site sent it.
    Expired,
    /// The form is too large.
    TooLarge,
    /// The form did not arrive in time.
    TooSlow,
    /// It was tried too often.
    Wait(String),
    /// It is for owners of the shop.
    OwnersOnly,
    /// Somebody has to sign in first, and comes back here.
    SignIn(String),
    /// The machine cannot do it now; why is in the log.
    Unavailable,
    /// Something failed; it is in the log.
    Internal,
}

impl Failure {
    pub(super) fn internal(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "a page of the admin could not be made");
        Self::Internal
    }

    /// The status, a title, and what to do next.
    pub(super) fn words(&self) -> (StatusCode, &'static str, String) {
        match self {
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                "There is no such page",
                "It may have been removed since you saw the link. Start again from the menu.".into(),
            ),
            Self::Refused(reason) => (StatusCode::UNPROCESSABLE_ENTITY, "That did not work", sentence(reason)),
            Self::Expired => (
                StatusCode::FORBIDDEN,
                "This form is no longer good",
                "Nothing was changed. It was open for too long, or somebody has signed in or out since. Go back, reload \
                 the page and send it again."
                    .into(),
            ),
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "That is too much at once",
                "Nothing was changed. A component has at most 32 MiB and a CSV file at most 8 MiB.".into(),
            ),
            Self::TooSlow => (
                StatusCode::REQUEST_TIMEOUT,
                "That took too long",
                "Nothing was changed. The form did not arrive in time: check the connection and send it again.".into(),
            ),
            Self::Wait(reason) => (StatusCode::TOO_MANY_REQUESTS, "One moment, please", sentence(reason)),
            Self::OwnersOnly => (
                StatusCode::FORBIDDEN,
                "This is for owners of the shop",
                "Nothing was changed. Ask one of the owners to do it, or to make you one.".into(),
            ),
            Self::SignIn(_) => (StatusCode::FORBIDDEN, "Please sign in", "This page is for the shop's staff.".into()),
            Self::Unavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "The shop cannot keep anything just now",
                "The disk of its database is full, or its file cannot be written: the log says which, and what to do. Once \
                 that is mended, send it again."
                    .into(),
            ),
            Self::Internal => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "Something went wrong on our side",
                "It is in the log. Please try again in a minute.".into(),
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
            let query = form_urlencoded::Serializer::new(String::new()).append_pair("back", back).finish();
            let address = if back.is_empty() { SIGN_IN.to_owned() } else { format!("{SIGN_IN}?{query}") };
            return Redirect::to(&address).into_response();
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
        Self::Refused(error.to_string())
    }
}

/// An error that is a failure of the database, something that is not there, or a refusal in words.
macro_rules! refusals {
    ($($error:ident $(($($missing:pat_param)|+))?),* $(,)?) => {
        $(impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                match error {
                    $error::Store(error) => error.into(),
                    $($($missing)|+ => Self::NotFound,)?
                    other => Self::Refused(other.to_string()),
                }
            }
        })*
    };
}

refusals!(
    OrderError(OrderError::NotFound),
    ReturnError(ReturnError::Order(OrderError::NotFound) | ReturnError::Unknown),
    LedgerError,
    ProfileError(ProfileError::Unknown),
    CatalogueError(CatalogueError::UnknownProduct(_) | CatalogueError::UnknownVariant(_)),
    ManageError(ManageError::NotInstalled(_) | ManageError::NotOnShelf(_)),
    PricingError,
    StaffError(StaffError::Unknown),
    ClockError,
);

impl From<EraseError> for Failure {
    fn from(error: EraseError) -> Self {
        match error {
            EraseError::Store(error) => error.into(),
            EraseError::Unknown => Self::NotFound,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_for_staff_leads_to_the_sign_in_and_back() {
        let response = Failure::SignIn("/admin/orders?a=b".into()).into_response();
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        assert_eq!(response.headers()["location"], "/admin/sign-in?back=%2Fadmin%2Forders%3Fa%3Db");
    }

    #[test]
    fn the_words_of_an_error_become_a_sentence() {
        assert_eq!(sentence("the price is out of range; use 0 to 9"), "The price is out of range; use 0 to 9.");
    }
}
