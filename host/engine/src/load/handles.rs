//! Where in a component its extension points are: found and checked once, at load.

use wasmtime::Store;
use wasmtime::component::{ComponentExportIndex, Func, Instance, InstancePre};

use super::error::LoadError;
use super::names::{CONTRACT_VERSION, PACKAGE};
use crate::call::invocation::*;
use crate::call::state::CallState;
use crate::point::Point;

/// The function of every point that the component exports.
pub(crate) struct Handles(Vec<(Point, ComponentExportIndex)>);

impl Handles {
    pub(super) fn new(pre: &InstancePre<CallState>, points: &[Point]) -> Result<Self, LoadError> {
        let component = pre.component();
        let find = |point: &Point| {
            let interface = format!("{PACKAGE}{}@{CONTRACT_VERSION}", point.id());
            let function = component
                .get_export_index(None, &interface)
                .and_then(|interface| component.get_export_index(Some(&interface), function_of(*point)));
            let missing = || LoadError::PointMismatch {
                point: *point,
                reason: format!("it has no function `{}`", function_of(*point)),
            };
            Ok((*point, function.ok_or_else(missing)?))
        };
        points.iter().map(find).collect::<Result<_, _>>().map(Self)
    }

    /// Checks the type of every function that was found, which only an instance allows.
    pub(super) fn check(&self, store: &mut Store<CallState>, instance: &Instance) -> Result<(), LoadError> {
        self.check_one::<Prepare<'_>>(store, instance)?;
        self.check_one::<PriceCart<'_>>(store, instance)?;
        self.check_one::<PlanCheckout<'_>>(store, instance)?;
        self.check_one::<ValidateCheckout<'_>>(store, instance)?;
        self.check_one::<RenderBlocks<'_>>(store, instance)?;
        self.check_one::<OnOrderEvent<'_>>(store, instance)?;
        self.check_one::<OnCustomerEvent<'_>>(store, instance)?;
        self.check_one::<OnTick<'_>>(store, instance)?;
        self.check_one::<MakeReport<'_>>(store, instance)
    }

    fn check_one<I: Invocation>(&self, store: &mut Store<CallState>, instance: &Instance) -> Result<(), LoadError> {
        let Some(function) = self.function(I::POINT, store, instance) else { return Ok(()) };
        let checked = I::check_type(&function, &*store);
        checked.map_err(|error| LoadError::PointMismatch { point: I::POINT, reason: LoadError::words(&error) })
    }

    /// The function of a point; none where the component does not export the point.
    pub(crate) fn function(&self, point: Point, store: &mut Store<CallState>, instance: &Instance) -> Option<Func> {
        let (_, index) = self.0.iter().find(|(known, _)| *known == point)?;
        instance.get_func(store, index)
    }
}

/// The one function that each point has.
const fn function_of(point: Point) -> &'static str {
    match point {
        Point::Configuration => "prepare",
        Point::CartPricing => "price-cart",
        Point::CheckoutAutofill => "plan-checkout",
        Point::CheckoutValidation => "validate-checkout",
        Point::StorefrontBlocks => "render-blocks",
        Point::OrderEvents => "on-order-event",
        Point::CustomerEvents => "on-customer-event",
        Point::Schedule => "on-tick",
        Point::Insights => "make-report",
    }
}
