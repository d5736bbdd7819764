//! One small type for each extension point: what goes in, which function is called, what comes out.

use std::future::Future;

use wasmtime::Store;
use wasmtime::component::Instance;

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

/// Declares an invocation: its fields are the arguments of the guest's function, after the context.
macro_rules! invocation {
    (
        $(#[$doc:meta])*
        $name:ident { $($field:ident: $kind:ty),* } -> $output:ty,
        $point:ident => $handle:ident.$function:ident
        $(, check $check:path)?
    ) => {
        $(#[$doc])*
        pub(crate) struct $name<'a> {
            $(pub(crate) $field: &'a $kind,)*
        }

        impl Invocation for $name<'_> {
            type Output = $output;

            const POINT: Point = Point::$point;

            async fn invoke(
                &self,
                handles: &Handles,
                store: &mut Store<CallState>,
                instance: &Instance,
                context: &Context,
            ) -> wasmtime::Result<Option<Result<$output, Fault>>> {
                let Some(indices) = &handles.$handle else { return Ok(None) };
                let guest = indices.load(&mut *store, instance)?;
                guest.$function(store, context, $(self.$field),*).await.map(Some)
            }

            $(fn check(&self, output: &$output) -> Result<(), String> {
                $check(self, output)
            })?
        }
    };
}

invocation! {
    /// `cart-pricing.price-cart`.
    PriceCart { cart: Cart, applied: [Applied] } -> Vec<Adjustment>,
    CartPricing => cart_pricing.call_price_cart, check crate::pricing::check_answer
}

invocation! {
    /// `checkout-autofill.plan-checkout`.
    PlanCheckout { form: CheckoutForm } -> CheckoutPlan,
    CheckoutAutofill => checkout_autofill.call_plan_checkout, check crate::checkout::check_plan
}

invocation! {
    /// `checkout-validation.validate-checkout`.
    ValidateCheckout { form: CheckoutForm, cart: Cart } -> Vec<FieldError>,
    CheckoutValidation => checkout_validation.call_validate_checkout, check crate::checkout::check_errors
}

invocation! {
    /// `storefront-blocks.render-blocks`.
    RenderBlocks { page: Page } -> Vec<Block>,
    StorefrontBlocks => storefront_blocks.call_render_blocks, check crate::blocks::check_answer
}

invocation! {
    /// `insights.make-report`.
    MakeReport { request: ReportRequest } -> Report,
    Insights => insights.call_make_report, check crate::insights::check_answer
}

invocation! {
    /// `order-events.on-order-event`.
    OnOrderEvent { event: OrderEvent } -> (),
    OrderEvents => order_events.call_on_order_event
}

invocation! {
    /// `customer-events.on-customer-event`.
    OnCustomerEvent { event: CustomerEvent } -> (),
    CustomerEvents => customer_events.call_on_customer_event
}

invocation! {
    /// `schedule.on-tick`.
    OnTick { tick: Tick } -> Option<String>,
    Schedule => schedule.call_on_tick, check crate::handler::check_cursor
}

/// `configuration.prepare`. Its errors are an answer, not a fault.
pub(crate) struct Prepare<'a> {
    pub(crate) settings: &'a str,
}

impl Invocation for Prepare<'_> {
    type Output = Result<Vec<u8>, Vec<SettingError>>;

    const POINT: Point = Point::Configuration;

    async fn invoke(
        &self,
        handles: &Handles,
        store: &mut Store<CallState>,
        instance: &Instance,
        context: &Context,
    ) -> wasmtime::Result<Option<Result<Self::Output, Fault>>> {
        let Some(indices) = &handles.configuration else { return Ok(None) };
        let guest = indices.load(&mut *store, instance)?;
        guest.call_prepare(store, context, self.settings).await.map(|answer| Some(Ok(answer)))
    }

    fn check(&self, output: &Self::Output) -> Result<(), String> {
        crate::settings::check_prepared(output)
    }
}
