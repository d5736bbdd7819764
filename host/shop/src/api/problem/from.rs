//! What the errors of the shop become for a caller.

use super::{Kind, Problem};
use crate::admin::{AdminSignInError, StaffError};
use crate::people::sign_in::SignInError;
use crate::store::StoreError;
use crate::store::catalogue::CatalogueError;
use crate::store::limits::LimitError;

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::internal(&error)
    }
}

impl From<LimitError> for Problem {
    fn from(error: LimitError) -> Self {
        match error {
            LimitError::UsedUp { retry_after } => {
                let seconds = u32::try_from(retry_after.div_ceil(1_000)).unwrap_or(u32::MAX);
                Self::new(Kind::TooManyRequests, format!("This was tried too often. Try again in {seconds} seconds."))
                    .retry_after(seconds)
            }
            LimitError::Store(error) => error.into(),
        }
    }
}

impl From<SignInError> for Problem {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Limit(error) => error.into(),
            SignInError::Store(error) => error.into(),
        }
    }
}

impl From<AdminSignInError> for Problem {
    fn from(error: AdminSignInError) -> Self {
        match error {
            AdminSignInError::Wrong => Self::new(Kind::Unauthenticated, error.to_string()),
            AdminSignInError::Limit(error) => error.into(),
            AdminSignInError::Store(error) => error.into(),
        }
    }
}

impl From<StaffError> for Problem {
    fn from(error: StaffError) -> Self {
        let detail = error.to_string();
        match error {
            StaffError::Taken => Self::invalid("/email", "taken", detail),
            StaffError::Unknown => Self::new(Kind::NotFound, detail),
            StaffError::LastOwner => Self::new(Kind::Conflict, detail),
            StaffError::Email(_) => Self::invalid("/email", "email", detail),
            StaffError::Password(_) => Self::invalid("/password", "password", detail),
            StaffError::Store(error) => error.into(),
        }
    }
}

impl From<CatalogueError> for Problem {
    fn from(error: CatalogueError) -> Self {
        let detail = error.to_string();
        match error {
            CatalogueError::Product(product) => Self::invalid(&format!("/{}", product.field), "product", detail),
            CatalogueError::UnknownProduct(_) | CatalogueError::UnknownVariant(_) => Self::new(Kind::NotFound, detail),
            CatalogueError::UnknownCategory(_) => Self::invalid("/category", "unknown", detail),
            CatalogueError::CategoryLoop(_) => Self::invalid("/parent", "loop", detail),
            CatalogueError::CategoryInUse(_) => Self::new(Kind::Conflict, detail),
            CatalogueError::CategoryName => Self::invalid("/title", "category", detail),
            CatalogueError::HandleTaken(_) => Self::invalid("/handle", "taken", detail),
            CatalogueError::PriceRange => Self::invalid("/price", "range", detail),
            CatalogueError::StockRange => Self::invalid("/stock", "range", detail),
            CatalogueError::Store(error) => error.into(),
        }
    }
}
