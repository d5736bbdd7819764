//! One small type for each extension point: what goes in, which function is called, what comes out.

use std::future::Future;

use wasmtime::component::{Func, Instance, TypedFunc};
use wasmtime::{AsContext, Store};

use super::state::CallState;
use crate::contract::*;
use crate::load::handles::Handles;
use crate::point::Point;

/// One call of one extension point.
pub(crate) trait Invocation: Send + Sync {
    /// What the guest gives.
    type Output: Send;

    /// The point that is called.
    const POINT: Point;

    /// Checks the type of the guest's function. [`invoke`](Self::invoke) relies on it.
    fn check_type(function: &Func, store: impl AsContext) -> wasmtime::Result<()>;

    /// Calls it. `None` where the extension does not export the point.
    fn invoke(
        &self,
        handles: &Handles,
        store: &mut Store<CallState>,
        instance: &Instance,
        context: &Context,
    ) -> impl Future<Output = wasmtime::Result<Option<Result<Self::Output, Fault>>>> + Send;

    /// A rule of the contract that the answer breaks as a whole, in words.
    fn check(&self, _output: &Self::Output) -> Result<(), String> {
        Ok(())
    }
}

/// How a function is checked, and how it is called: with the same types, so that the one check does for every call.
macro_rules! called {
    (($($field:ident: $kind:ty),*) -> $returned:ty, |$answer:ident| $given:expr) => {
        fn check_type(function: &Func, store: impl AsContext) -> wasmtime::Result<()> {
            function.typed::<(&Context, $(&$kind,)*), ($returned,)>(store).map(drop)
        }

        async fn invoke(
            &self,
            handles: &Handles,
            store: &mut Store<CallState>,
            instance: &Instance,
            context: &Context,
        ) -> wasmtime::Result<Option<Result<Self::Output, Fault>>> {
            let Some(function) = handles.function(Self::POINT, store, instance) else { return Ok(None) };
            // SAFETY: `check_type` has found this function of this component to have these types when it was loaded;
            // without that an extension is not called. To compare them anew would be a tenth of a decision.
            #[allow(unsafe_code)]
            let function = unsafe { TypedFunc::<(&Context, $(&$kind,)*), ($returned,)>::new_unchecked(function) };
            let ($answer,) = function.call_async(store, (context, $(self.$field,)*)).await?;
            Ok(Some($given))
        }
    };
}

/// Declares an invocation: its fields are the arguments of the guest's function, after the context.
macro_rules! invocation {
    (
        $(#[$doc:meta])*
        $name:ident { $($field:ident: $kind:ty),* } -> $output:ty,
        $point:ident
        $(, check $check:path)?
    ) => {
        $(#[$doc])*
        pub(crate) struct $name<'a> {
            $(pub(crate) $field: &'a $kind,)*
        }

        impl<'a> Invocation for $name<'a> {
            type Output = $output;
            const POINT: Point = Point::$point;

            called!(($($field: $kind),*) -> Result<$output, Fault>, |answer| answer);

            $(fn check(&self, output: &$output) -> Result<(), String> {
                $check(self, output)
            })?
        }
    };
}

invocation! {
    /// `cart-pricing.price-cart`.
    PriceCart { cart: sent::Sent<'a>, applied: [Applied] } -> Vec<Adjustment>,
    CartPricing, check crate::pricing::check_answer
}

invocation! {
    /// `checkout-autofill.plan-checkout`.
    PlanCheckout { form: CheckoutForm } -> CheckoutPlan,
    CheckoutAutofill, check crate::checkout::check_plan
}

invocation! {
    /// `checkout-validation.validate-checkout`.
    ValidateCheckout { form: CheckoutForm, cart: sent::Sent<'a> } -> Vec<FieldError>,
    CheckoutValidation, check crate::checkout::check_errors
}

invocation! {
    /// `storefront-blocks.render-blocks`.
    RenderBlocks { page: sent::Page<'a> } -> Vec<Block>,
    StorefrontBlocks, check crate::blocks::check_answer
}

invocation! {
    /// `insights.make-report`.
    MakeReport { request: ReportRequest } -> Report,
    Insights, check crate::insights::check_answer
}

invocation! {
    /// `order-events.on-order-event`.
    OnOrderEvent { event: OrderEvent } -> (),
    OrderEvents
}

invocation! {
    /// `customer-events.on-customer-event`.
    OnCustomerEvent { event: CustomerEvent } -> (),
    CustomerEvents
}

invocation! {
    /// `schedule.on-tick`.
    OnTick { tick: Tick } -> Option<String>,
    Schedule, check crate::handler::check_cursor
}

/// `configuration.prepare`. Its errors are an answer, not a fault.
pub(crate) struct Prepare<'a> {
    pub(crate) settings: &'a str,
}

impl Invocation for Prepare<'_> {
    type Output = Result<Vec<u8>, Vec<SettingError>>;

    const POINT: Point = Point::Configuration;

    called!((settings: str) -> Result<Vec<u8>, Vec<SettingError>>, |answer| Ok(answer));

    fn check(&self, output: &Self::Output) -> Result<(), String> {
        crate::settings::check_prepared(output)
    }
}
