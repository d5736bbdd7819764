//! What the errors of the shop become for a caller.

use super::{Kind, Problem};
use crate::admin::second_factor::FactorError;
use crate::admin::{AdminSignInError, StaffError};
use crate::cart::CartError;
use crate::catalogue::import::ImportError;
use crate::checkout::CheckoutError;
use crate::extensions::manage::ManageError;
use crate::gateway::GatewayError;
use crate::ledger::LedgerError;
use crate::money::MoneyError;
use crate::orders::OrderError;
use crate::orders::returns::ReturnError;
use crate::people::erase::EraseError;
use crate::people::profile::{ProfileError, WrongField};
use crate::people::reviews::ReviewError;
use crate::people::sign_in::SignInError;
use crate::pricing::PricingError;
use crate::pricing::preview::PreviewError;
use crate::store::StoreError;
use crate::store::carts::CartChangeError;
use crate::store::catalogue::CatalogueError;
use crate::store::limits::LimitError;
use crate::store::orders::PlaceError;
use crate::store::shops::ShopError;

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        if error.is_of_the_machine() { Self::unavailable(&error) } else { Self::internal(&error) }
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
            AdminSignInError::CodeNeeded | AdminSignInError::WrongCode => {
                Self::new(Kind::SecondFactor, error.to_string())
            }
            AdminSignInError::Limit(error) => error.into(),
            AdminSignInError::Store(error) => error.into(),
        }
    }
}

impl From<FactorError> for Problem {
    fn from(error: FactorError) -> Self {
        let detail = error.to_string();
        match error {
            FactorError::Wrong => Self::invalid("/code", "wrong", detail),
            FactorError::InForce | FactorError::None | FactorError::Unusable => Self::new(Kind::Conflict, detail),
            FactorError::Store(error) => error.into(),
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

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Self {
        let detail = format!(
            "Nothing was imported: {} rows are wrong. Change those in `rows` and import the file again.",
            error.total
        );
        let rows = serde_json::to_value(&error.problems).unwrap_or_default();
        error
            .problems
            .iter()
            .fold(Self::new(Kind::Invalid, detail), |problem, row| {
                problem.with_error(&format!("line {}", row.line), "row", row.to_string())
            })
            .with("rows", rows)
    }
}

impl From<ProfileError> for Problem {
    fn from(error: ProfileError) -> Self {
        let detail = error.to_string();
        match error {
            ProfileError::Unknown | ProfileError::UnknownAddress => Self::new(Kind::NotFound, detail),
            ProfileError::Field(wrong) => wrong.into(),
            ProfileError::Full => Self::new(Kind::Conflict, detail),
            ProfileError::Store(error) => error.into(),
        }
    }
}

impl From<WrongField> for Problem {
    fn from(error: WrongField) -> Self {
        Self::invalid(&format!("/{}", error.field), "value", error.to_string())
    }
}

impl From<ReviewError> for Problem {
    fn from(error: ReviewError) -> Self {
        let detail = error.to_string();
        match error {
            ReviewError::Rating => Self::invalid("/rating", "range", detail),
            ReviewError::Text => Self::invalid("/text", "length", detail),
            ReviewError::NotBought | ReviewError::Already => Self::new(Kind::Conflict, detail),
            ReviewError::Store(error) => error.into(),
        }
    }
}

impl From<EraseError> for Problem {
    fn from(error: EraseError) -> Self {
        match error {
            EraseError::Unknown => Self::new(Kind::NotFound, error.to_string()),
            EraseError::Store(error) => error.into(),
        }
    }
}

impl From<ShopError> for Problem {
    fn from(error: ShopError) -> Self {
        let detail = error.to_string();
        match error {
            ShopError::Policy(policy) => {
                let field = policy.field.strip_prefix("policies.").unwrap_or(policy.field);
                Self::invalid(&format!("/{}", field.replace('.', "/")), "policy", detail)
            }
            ShopError::Taken(_) => Self::invalid("/id", "taken", detail),
            ShopError::Unknown(_) => Self::new(Kind::NotFound, detail),
            ShopError::Store(error) => error.into(),
        }
    }
}

impl From<LedgerError> for Problem {
    fn from(error: LedgerError) -> Self {
        let detail = error.to_string();
        match error {
            LedgerError::Store(error) => error.into(),
            LedgerError::Unbalanced => Self::internal(&detail),
            LedgerError::Unexplained => Self::invalid("/reason", "missing", detail),
            LedgerError::TooMany | LedgerError::NotEnough { .. } => Self::invalid("/points", "range", detail),
            _ => Self::new(Kind::Conflict, detail),
        }
    }
}

impl From<MoneyError> for Problem {
    fn from(error: MoneyError) -> Self {
        Self::invalid("", "amount", error.to_string())
    }
}

impl From<CartChangeError> for Problem {
    fn from(error: CartChangeError) -> Self {
        match error {
            CartChangeError::Cart(error) => error.into(),
            CartChangeError::Store(error) => error.into(),
        }
    }
}

impl From<CartError> for Problem {
    fn from(error: CartError) -> Self {
        let detail = error.to_string();
        match error {
            CartError::NotFound | CartError::UnknownLine(_) => Self::new(Kind::NotFound, detail),
            CartError::Placed | CartError::Full => Self::new(Kind::Conflict, detail),
            CartError::OutOfStock { left } => Self::new(Kind::OutOfStock, detail).with("left", left),
            CartError::NotOnSale => Self::invalid("/variant", "not-on-sale", detail),
            CartError::Quantity => Self::invalid("/quantity", "range", detail),
            CartError::Code => Self::invalid("/code", "value", detail),
            CartError::Attribute => Self::invalid("/attributes", "value", detail),
            CartError::Country => Self::invalid("/country", "value", detail),
            CartError::Delivery => Self::invalid("/delivery_method", "not-offered", detail),
            CartError::Field(_) => Self::invalid("/fields", "value", detail),
        }
    }
}

impl From<PricingError> for Problem {
    fn from(error: PricingError) -> Self {
        match error {
            PricingError::Cart(error) => error.into(),
            PricingError::Unpriceable(error) => Self::invalid("", "amount", error.to_string()),
            PricingError::Money(error) => error.into(),
            PricingError::Store(error) => error.into(),
        }
    }
}

impl From<PreviewError> for Problem {
    fn from(error: PreviewError) -> Self {
        let detail = error.to_string();
        match error {
            PreviewError::Gone { line } => Self::invalid(&format!("/lines/{line}"), "unknown", detail),
            PreviewError::Stranger => Self::invalid("/customer", "unknown", detail),
            PreviewError::Extension(ManageError::NotInstalled(_)) => {
                Self::invalid("/as_if/extension", "unknown", detail)
            }
            PreviewError::Extension(error) => error.into(),
            PreviewError::Pricing(error) => error.into(),
            PreviewError::Store(error) => error.into(),
        }
    }
}

impl From<CheckoutError> for Problem {
    fn from(error: CheckoutError) -> Self {
        let detail = error.to_string();
        match error {
            CheckoutError::Fields(fields) => {
                fields.into_iter().fold(Self::new(Kind::Invalid, detail), |problem, field| {
                    problem.with_error(&field.field, &field.code, format!("{} {}", field.message, field.remedy))
                })
            }
            CheckoutError::Empty => Self::new(Kind::Conflict, detail),
            CheckoutError::Place(error) => error.into(),
            CheckoutError::Pricing(error) => error.into(),
        }
    }
}

impl From<PlaceError> for Problem {
    fn from(error: PlaceError) -> Self {
        let detail = error.to_string();
        match error {
            PlaceError::Store(error) => error.into(),
            PlaceError::CartChanged | PlaceError::Empty => Self::new(Kind::Conflict, detail),
            PlaceError::PriceRose { shown, now } => {
                Self::new(Kind::PriceRose, detail).with("shown", shown).with("total", now)
            }
            PlaceError::OutOfStock { variants } => Self::new(Kind::OutOfStock, detail).with("variants", variants),
            PlaceError::ClaimRefused(_) => Self::new(Kind::ClaimRefused, detail),
            PlaceError::NoPayment => Self::invalid("payment", "no-payment", detail),
            PlaceError::Payment(error) => error.into(),
            PlaceError::Amounts => Self::new(Kind::Conflict, detail),
        }
    }
}

impl From<GatewayError> for Problem {
    fn from(error: GatewayError) -> Self {
        let detail = error.to_string();
        match error {
            GatewayError::UnknownToken
            | GatewayError::Declined
            | GatewayError::InsufficientFunds
            | GatewayError::Expired => Self::new(Kind::PaymentDeclined, detail),
            GatewayError::Unavailable => Self::new(Kind::Unavailable, detail).retry_after(30),
            _ => Self::new(Kind::Conflict, detail),
        }
    }
}

impl From<OrderError> for Problem {
    fn from(error: OrderError) -> Self {
        let detail = error.to_string();
        match error {
            OrderError::Store(error) => error.into(),
            OrderError::Money(error) => error.into(),
            OrderError::NotFound => Self::new(Kind::NotFound, detail),
            OrderError::UnknownLine(_) => Self::new(Kind::NotFound, detail),
            OrderError::WrongState { .. }
            | OrderError::BeingCancelled
            | OrderError::NoAddress
            | OrderError::NothingLeft => Self::new(Kind::Conflict, detail),
            OrderError::Address(wrong) => wrong.into(),
            OrderError::Country(_) => Self::invalid("/country", "priced-for-another", detail),
            OrderError::MoreUnits { .. } => Self::invalid("/quantity", "range", detail),
            OrderError::Refund(_) => Self::invalid("/lines", "refund", detail),
            OrderError::Gateway(error) => error.into(),
        }
    }
}

impl From<ReturnError> for Problem {
    fn from(error: ReturnError) -> Self {
        let detail = error.to_string();
        match error {
            ReturnError::Store(error) => error.into(),
            ReturnError::Order(error) => error.into(),
            ReturnError::Unknown => Self::new(Kind::NotFound, detail),
            ReturnError::NotArrived | ReturnError::TooLate | ReturnError::Answered => Self::new(Kind::Conflict, detail),
            ReturnError::Nothing | ReturnError::Line(_) | ReturnError::Units { .. } => {
                Self::invalid("/lines", "return", detail)
            }
            ReturnError::Text => Self::invalid("/reason", "value", detail),
            ReturnError::Unexplained => Self::invalid("/answer", "missing", detail),
        }
    }
}

impl From<ManageError> for Problem {
    fn from(error: ManageError) -> Self {
        let detail = error.to_string();
        match error {
            ManageError::NotInstalled(_) | ManageError::NotOnShelf(_) => Self::new(Kind::NotFound, detail),
            ManageError::Load(_) => Self::new(Kind::ExtensionRefused, detail),
            ManageError::Broken(_) => Self::new(Kind::Conflict, detail),
            ManageError::Consent(missing) => {
                let ids: Vec<&str> = missing.iter().map(|capability| capability.id()).collect();
                Self::invalid("/consent", "missing", detail).with("missing", ids)
            }
            ManageError::Settings(errors) => {
                errors.into_iter().fold(Self::new(Kind::Invalid, detail), |problem, error| {
                    problem.with_error(&error.pointer, "setting", error.message)
                })
            }
            ManageError::Unchecked(_) => Self::new(Kind::Unavailable, detail),
            ManageError::Order => Self::invalid("/order", "order", detail),
            ManageError::Store(error) => error.into(),
        }
    }
}
