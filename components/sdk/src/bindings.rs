//! What `wit-bindgen` makes of the contract in `wit/`.
//!
//! [`capabilities`] holds everything an extension can import, and the shared types. Each extension point has a module of
//! its own, because only the points whose export macro is invoked become exports of the component: that is how one SDK
//! serves extensions with any subset of the points. All of them use the types of [`capabilities`].
#![allow(
    missing_docs,
    unsafe_code,
    unreachable_pub,
    clippy::all,
    clippy::undocumented_unsafe_blocks,
    reason = "generated; the documentation is that of the WIT files"
)]

/// The shared types, and every capability as a module of functions.
pub mod capabilities {
    wit_bindgen::generate!({
        path: "../../wit",
        world: "boomerang:shop/capabilities@0.1.0",
        runtime_path: "::boomerang_sdk::__rt",
        generate_all,
        generate_unused_types: true,
        additional_derives: [PartialEq, Eq],
        additional_type_attributes: {
            "boomerang:shop/types@0.1.0/context": [#[derive(Default)]],
            "boomerang:shop/types@0.1.0/attribute": [#[derive(Default)]],
            "boomerang:shop/types@0.1.0/fault": [#[derive(Default)]],
            "boomerang:shop/types@0.1.0/cart-line": [#[derive(Default)]],
            "boomerang:shop/types@0.1.0/line-attribute": [#[derive(Default)]],
            "boomerang:shop/types@0.1.0/cart": [#[derive(Default)]],
            "boomerang:shop/types@0.1.0/recognition": [#[derive(Default)]],
            "boomerang:shop/types@0.1.0/typed-field": [#[derive(Default)]],
            "boomerang:shop/types@0.1.0/payment-token": [#[derive(Default)]],
            "boomerang:shop/types@0.1.0/checkout-form": [#[derive(Default)]],
            "boomerang:shop/types@0.1.0/order-line": [#[derive(Default)]],
            "boomerang:shop/types@0.1.0/order-adjustment": [#[derive(Default)]],
            "boomerang:shop/types@0.1.0/order": [#[derive(Default)]],
            "boomerang:shop/address-book@0.1.0/address": [#[derive(Default)]],
            "boomerang:shop/address-book@0.1.0/delivery": [#[derive(Default)]],
            "boomerang:shop/address-book@0.1.0/book": [#[derive(Default)]],
            "boomerang:shop/catalogue@0.1.0/variant-info": [#[derive(Default)]],
            "boomerang:shop/catalogue@0.1.0/product": [#[derive(Default)]],
            "boomerang:shop/customers@0.1.0/profile": [#[derive(Default)]],
            "boomerang:shop/customers@0.1.0/profile-page": [#[derive(Default)]],
            "boomerang:shop/messages@0.1.0/action": [#[derive(Default)]],
            "boomerang:shop/messages@0.1.0/message": [#[derive(Default)]],
            "boomerang:shop/order-history@0.1.0/order-summary": [#[derive(Default)]],
            "boomerang:shop/order-history@0.1.0/order-page": [#[derive(Default)]],
            "boomerang:shop/points@0.1.0/holdings": [#[derive(Default)]],
            "boomerang:shop/points@0.1.0/lot": [#[derive(Default)]],
            "boomerang:shop/points@0.1.0/earned-line": [#[derive(Default)]],
            "boomerang:shop/points@0.1.0/order-points": [#[derive(Default)]],
            "boomerang:shop/points@0.1.0/expiring": [#[derive(Default)]],
            "boomerang:shop/points@0.1.0/expiring-page": [#[derive(Default)]],
            "boomerang:shop/points-ledger@0.1.0/line-share": [#[derive(Default)]],
            "boomerang:shop/points-ledger@0.1.0/grant": [#[derive(Default)]],
            "boomerang:shop/points-ledger@0.1.0/reversal": [#[derive(Default)]],
            "boomerang:shop/points-ledger@0.1.0/restoration": [#[derive(Default)]],
            "boomerang:shop/storage@0.1.0/key-page": [#[derive(Default)]],
            "boomerang:shop/time-zones@0.1.0/local-time": [#[derive(Default)]],
            "boomerang:shop/time-zones@0.1.0/resolved": [#[derive(Default)]],
        },
        additional_member_attributes: {
            "boomerang:shop/types@0.1.0/recognition.anonymous": [#[default]],
        },
    });
}

/// Makes the module of one extension point from its world in `wit/points.wit`.
macro_rules! point {
    ($module:ident, $world:literal, $path:literal, { $($attributes:tt)* }) => {
        pub mod $module {
            /// Holds for a type that has this point.
            pub const fn require<T: exports::boomerang::shop::$module::Guest>() {}

            wit_bindgen::generate!({
                path: ["../../wit", "wit"],
                world: $world,
                pub_export_macro: true,
                default_bindings_module: $path,
                runtime_path: "::boomerang_sdk::__rt",
                generate_unused_types: true,
                additional_derives: [PartialEq, Eq],
                $($attributes)*
                with: {
                    "boomerang:shop/types@0.1.0": crate::bindings::capabilities::boomerang::shop::types,
                },
            });
        }
    };
}

point!(
    configuration,
    "boomerang:points/configuration",
    "::boomerang_sdk::bindings::configuration",
    {
        additional_type_attributes: {
            "boomerang:shop/configuration@0.1.0/setting-error": [#[derive(Default)]],
        },
    }
);
point!(
    cart_pricing,
    "boomerang:points/cart-pricing",
    "::boomerang_sdk::bindings::cart_pricing",
    {
        additional_type_attributes: {
            "boomerang:shop/cart-pricing@0.1.0/quota-claim": [#[derive(Default)]],
            "boomerang:shop/cart-pricing@0.1.0/adjustment": [#[derive(Default)]],
            "boomerang:shop/cart-pricing@0.1.0/applied": [#[derive(Default)]],
        },
    }
);
point!(
    checkout_autofill,
    "boomerang:points/checkout-autofill",
    "::boomerang_sdk::bindings::checkout_autofill",
    {
        additional_type_attributes: {
            "boomerang:shop/checkout-autofill@0.1.0/field-plan": [#[derive(Default)]],
            "boomerang:shop/checkout-autofill@0.1.0/checkout-plan": [#[derive(Default)]],
        },
    }
);
point!(
    checkout_validation,
    "boomerang:points/checkout-validation",
    "::boomerang_sdk::bindings::checkout_validation",
    {
        additional_type_attributes: {
            "boomerang:shop/checkout-validation@0.1.0/field-error": [#[derive(Default)]],
        },
    }
);
point!(
    storefront_blocks,
    "boomerang:points/storefront-blocks",
    "::boomerang_sdk::bindings::storefront_blocks",
    {
        additional_type_attributes: {
            "boomerang:shop/storefront-blocks@0.1.0/shown-product": [#[derive(Default)]],
            "boomerang:shop/storefront-blocks@0.1.0/page": [#[derive(Default)]],
            "boomerang:shop/storefront-blocks@0.1.0/countdown": [#[derive(Default)]],
            "boomerang:shop/storefront-blocks@0.1.0/price-display": [#[derive(Default)]],
            "boomerang:shop/storefront-blocks@0.1.0/notice": [#[derive(Default)]],
            "boomerang:shop/storefront-blocks@0.1.0/page-link": [#[derive(Default)]],
            "boomerang:shop/storefront-blocks@0.1.0/progress": [#[derive(Default)]],
            "boomerang:shop/storefront-blocks@0.1.0/listing": [#[derive(Default)]],
            "boomerang:shop/storefront-blocks@0.1.0/input": [#[derive(Default)]],
            "boomerang:shop/storefront-blocks@0.1.0/form": [#[derive(Default)]],
            "boomerang:shop/storefront-blocks@0.1.0/custom": [#[derive(Default)]],
        },
    }
);
point!(
    order_events,
    "boomerang:points/order-events",
    "::boomerang_sdk::bindings::order_events",
    {
        additional_type_attributes: {
            "boomerang:shop/order-events@0.1.0/refunded-line": [#[derive(Default)]],
            "boomerang:shop/order-events@0.1.0/refund": [#[derive(Default)]],
            "boomerang:shop/order-events@0.1.0/order-event": [#[derive(Default)]],
        },
    }
);
point!(
    customer_events,
    "boomerang:points/customer-events",
    "::boomerang_sdk::bindings::customer_events",
    {
        additional_type_attributes: {
            "boomerang:shop/customer-events@0.1.0/customer-event": [#[derive(Default)]],
        },
    }
);
point!(
    schedule,
    "boomerang:points/schedule",
    "::boomerang_sdk::bindings::schedule",
    {
        additional_type_attributes: {
            "boomerang:shop/schedule@0.1.0/tick": [#[derive(Default)]],
        },
    }
);
point!(
    insights,
    "boomerang:points/insights",
    "::boomerang_sdk::bindings::insights",
    {
        additional_type_attributes: {
            "boomerang:shop/insights@0.1.0/report-request": [#[derive(Default)]],
            "boomerang:shop/insights@0.1.0/figure": [#[derive(Default)]],
            "boomerang:shop/insights@0.1.0/table": [#[derive(Default)]],
            "boomerang:shop/insights@0.1.0/series-point": [#[derive(Default)]],
            "boomerang:shop/insights@0.1.0/series": [#[derive(Default)]],
            "boomerang:shop/insights@0.1.0/report": [#[derive(Default)]],
        },
    }
);
