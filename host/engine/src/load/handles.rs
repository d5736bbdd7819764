//! Where in a component its extension points are, looked up once at load.

use wasmtime::Store;
use wasmtime::component::{Instance, InstancePre};

use super::error::LoadError;
use crate::call::state::CallState;
use crate::contract::bindings::exports::boomerang::shop as exports;
use crate::point::Point;

/// The functions of every point that the component exports.
#[derive(Default)]
pub(crate) struct Handles {
    pub(crate) configuration: Option<exports::configuration::GuestIndices>,
    pub(crate) cart_pricing: Option<exports::cart_pricing::GuestIndices>,
    pub(crate) checkout_autofill: Option<exports::checkout_autofill::GuestIndices>,
    pub(crate) checkout_validation: Option<exports::checkout_validation::GuestIndices>,
    pub(crate) storefront_blocks: Option<exports::storefront_blocks::GuestIndices>,
    pub(crate) order_events: Option<exports::order_events::GuestIndices>,
    pub(crate) customer_events: Option<exports::customer_events::GuestIndices>,
    pub(crate) schedule: Option<exports::schedule::GuestIndices>,
    pub(crate) insights: Option<exports::insights::GuestIndices>,
}

impl Handles {
    pub(super) fn new(pre: &InstancePre<CallState>, points: &[Point]) -> Result<Self, LoadError> {
        let mut handles = Self::default();
        for point in points {
            macro_rules! find {
                ($name:ident) => {
                    exports::$name::GuestIndices::new(pre).map(|found| handles.$name = Some(found))
                };
            }
            match point {
                Point::Configuration => find!(configuration),
                Point::CartPricing => find!(cart_pricing),
                Point::CheckoutAutofill => find!(checkout_autofill),
                Point::CheckoutValidation => find!(checkout_validation),
                Point::StorefrontBlocks => find!(storefront_blocks),
                Point::OrderEvents => find!(order_events),
                Point::CustomerEvents => find!(customer_events),
                Point::Schedule => find!(schedule),
                Point::Insights => find!(insights),
            }
            .map_err(|error| mismatch(*point, &error))?;
        }
        Ok(handles)
    }

    /// Checks the type of every function that was found, which only an instance allows.
    pub(super) fn check(&self, store: &mut Store<CallState>, instance: &Instance) -> Result<(), LoadError> {
        macro_rules! check {
            ($($name:ident: $point:ident),* $(,)?) => {
                $(if let Some(indices) = &self.$name {
                    indices
                        .load(&mut *store, instance)
                        .map_err(|error| mismatch(Point::$point, &error))?;
                })*
            };
        }
        check! {
            configuration: Configuration,
            cart_pricing: CartPricing,
            checkout_autofill: CheckoutAutofill,
            checkout_validation: CheckoutValidation,
            storefront_blocks: StorefrontBlocks,
            order_events: OrderEvents,
            customer_events: CustomerEvents,
            schedule: Schedule,
            insights: Insights,
        }
        Ok(())
    }
}

fn mismatch(point: Point, error: &wasmtime::Error) -> LoadError {
    LoadError::PointMismatch { point, reason: LoadError::words(error) }
}
