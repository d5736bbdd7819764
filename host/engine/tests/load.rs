//! From bytes to an extension: what is accepted, and what is refused in which words.

mod support;

use boomerang_engine::capability::{Read, Scope, TimeZones};
use boomerang_engine::contract::{Fault, LocalTime, Resolved};
use boomerang_engine::{Capabilities, Capability, EngineConfig, Limits, LoadError, Point};
use serde_json::json;
use support::*;

#[test]
fn a_good_component_is_loaded_and_described() {
    let engine = engine();
    let guest = pricing_guest("sale", &[]);
    let wasm = guest.build();
    let extension = engine.load(&wasm).unwrap();
    assert_eq!(extension.id(), "sale");
    assert_eq!(extension.points(), [Point::CartPricing]);
    assert_eq!(extension.capabilities(), []);
    assert_eq!(extension.size(), wasm.len());
    assert_eq!(extension.digest().len(), 64);
    assert_eq!(engine.inspect(&wasm).unwrap(), *extension.inspection());
}

#[test]
fn the_import_list_is_the_permission_list() {
    let guest = Guest::new("writer")
        .handles_orders(OK_EMPTY)
        .imports("boomerang:shop/log@0.1.0", "write", "(param i32 i32 i32)")
        .imports("boomerang:shop/storage-write@0.1.0", "delete", "(param i32 i32 i32)");
    let extension = guest.load(&engine());
    assert_eq!(extension.capabilities(), [Capability::Log, Capability::StorageWrite]);
}

#[test]
fn a_capability_that_is_not_registered_is_refused_by_name() {
    struct Utc;
    #[async_trait::async_trait]
    impl TimeZones for Utc {
        async fn resolve(&self, _: &Scope, _: &str, _: LocalTime) -> Result<Read<Resolved>, Fault> {
            Err(Fault::new("unknown-zone", "There is only UTC here."))
        }

        async fn to_local(&self, _: &Scope, _: &str, _: i64) -> Result<Read<LocalTime>, Fault> {
            Err(Fault::new("unknown-zone", "There is only UTC here."))
        }
    }
    let guest =
        pricing_guest("zones", &[]).imports("boomerang:shop/time-zones@0.1.0", "to-local", "(param i32 i32 i64 i32)");
    let refusal = engine().load(&guest.build()).unwrap_err();
    assert!(matches!(refusal, LoadError::NotOffered(_)), "{refusal}");
    assert!(refusal.to_string().contains("`time-zones`"), "{refusal}");
    let offered = Capabilities::builder().time_zones(std::sync::Arc::new(Utc)).build();
    assert!(engine_with(EngineConfig::default(), offered).load(&guest.build()).is_ok());
}

#[test]
fn a_write_without_a_handler_is_refused() {
    let guest =
        pricing_guest("sneaky", &[]).imports("boomerang:shop/storage-write@0.1.0", "delete", "(param i32 i32 i32)");
    let refusal = engine().load(&guest.build()).unwrap_err();
    assert_eq!(refusal, LoadError::WriteWithoutHandler(Capability::StorageWrite));
}

#[test]
fn a_component_without_a_manifest_is_refused() {
    let refusal = engine().load(&pricing_guest("sale", &[]).without_manifest().build()).unwrap_err();
    assert_eq!(refusal, LoadError::NoManifest);
}

#[test]
fn a_manifest_that_promises_what_is_not_exported_is_refused() {
    let guest = pricing_guest("sale", &[])
        .manifest(|manifest| manifest["schedule"] = json!([{ "name": "nightly", "every": "daily@03:00" }]));
    assert!(matches!(engine().load(&guest.build()), Err(LoadError::Manifest(_))));
}

#[test]
fn a_component_that_is_too_large_is_refused_before_it_is_read() {
    let config = EngineConfig { limits: Limits { wasm_bytes: 100, ..Limits::default() }, ..EngineConfig::default() };
    let engine = engine_with(config, Capabilities::default());
    assert_eq!(engine.load(&[0; 101]).unwrap_err(), LoadError::TooLarge { size: 101, most: 100 });
}

#[test]
fn a_component_that_hangs_or_traps_while_it_starts_is_refused() {
    for start in ["(loop (br 0))", "unreachable"] {
        let guest = pricing_guest("starter", &[]).with(&format!("(func $start {start}) (start $start)"));
        let config = EngineConfig {
            limits: Limits { handler_time: std::time::Duration::from_millis(50), ..Limits::default() },
            ..EngineConfig::default()
        };
        let engine = engine_with(config, Capabilities::default());
        let refusal = engine.load(&guest.build()).unwrap_err();
        assert!(matches!(refusal, LoadError::Trial(_)), "{start}: {refusal}");
    }
}

#[test]
fn a_function_of_another_shape_is_refused_with_the_point() {
    let wasm = wat::parse_str(
        r#"(component
            (core module $m (func (export "f") (result i32) i32.const 0))
            (core instance $i (instantiate $m))
            (func $f (result u32) (canon lift (core func $i "f")))
            (instance $e (export "price-cart" (func $f)))
            (export "boomerang:shop/cart-pricing@0.1.0" (instance $e))
            (@custom "boomerang:manifest" "{\"id\":\"odd\",\"name\":\"Odd\",\"version\":\"1\",\"summary\":\"Odd.\"}")
        )"#,
    )
    .unwrap();
    let refusal = engine().load(&wasm).unwrap_err();
    assert!(matches!(refusal, LoadError::PointMismatch { point: Point::CartPricing, .. }), "{refusal}");
}

#[test]
fn no_bytes_whatsoever_make_the_engine_panic() {
    let engine = engine();
    let good = pricing_guest("sale", &[(0, -1, "sale", "Sale")]).build();
    for end in (0..good.len()).step_by(7) {
        // Cut at a section's end, what is left may be a component without its manifest; it is never accepted.
        assert!(engine.load(&good[..end]).is_err(), "cut at {end}");
    }
    let mut seed = 1_u64;
    for _ in 0..200 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut bent = good.clone();
        let at = (seed >> 20) as usize % bent.len();
        bent[at] ^= 1 << (seed & 7);
        // Many a flipped bit is harmless: what counts is that there is an answer.
        let _ = engine.inspect(&bent);
    }
}
