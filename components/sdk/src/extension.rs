//! The macro that makes a crate an extension.

/// Makes the crate an extension: exports the named points of a type and puts the manifest into the component.
///
/// - `manifest`: the path of the manifest, from this source file. The host reads it from the custom section
///   `boomerang:manifest`, before any code of the extension runs.
/// - `type`: the type that implements the traits.
/// - `points`: the extension points to export, by the snake-case names of their interfaces: `configuration`,
///   `cart_pricing`, `checkout_autofill`, `checkout_validation`, `storefront_blocks`, `order_events`, `customer_events`,
///   `schedule`, `insights`.
///
/// On other targets than `wasm32` it only checks that the type has the traits.
#[macro_export]
macro_rules! extension {
    (manifest: $manifest:literal, type: $type:ident, points: [$($point:ident),+ $(,)?] $(,)?) => {
        #[cfg(target_arch = "wasm32")]
        #[allow(unsafe_code, reason = "exported functions and named sections are the interface to the host")]
        const _: () = {
            // Public, so that it is compiled; a `#[used]` one would be in the extension's memory as well.
            #[unsafe(link_section = "boomerang:manifest")]
            #[doc(hidden)]
            pub static MANIFEST: [u8; $crate::manifest::minified_length(include_bytes!($manifest))] =
                $crate::manifest::minified(include_bytes!($manifest));

            $($crate::bindings::$point::export!($type with_types_in $crate::bindings::$point);)+
        };

        #[cfg(not(target_arch = "wasm32"))]
        const _: () = {
            let _ = include_bytes!($manifest);
            $($crate::bindings::$point::require::<$type>();)+
        };
    };
}
