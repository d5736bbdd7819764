//! Imports and exports: unknown, forbidden, of another version, look-alike, of another type.

use boomerang_engine::Point;

use super::handles::component;
use crate::case::{Case, Class, Verdict};

pub(super) fn cases() -> Vec<Case> {
    let mut class = Class::new("imports");
    let mut add = |name: &str, tries: &str, why: &'static str, text: String| {
        class.add_bytes(name, tries, Point::CartPricing, Verdict::Refused(why), move || component(&text));
    };
    let import = |name: &str| format!(r#"(import "{name}" (instance (export "f" (func))))"#);
    for (name, tries, interface) in [
        ("unknown", "imports a shell", "acme:shell/run@1.0.0"),
        ("http", "imports HTTP", "wasi:http/outgoing-handler@0.2.6"),
        ("sockets", "imports sockets", "wasi:sockets/tcp-create-socket@0.2.6"),
        ("udp", "imports datagrams", "wasi:sockets/udp-create-socket@0.2.6"),
        ("lookup", "imports name look-up", "wasi:sockets/ip-name-lookup@0.2.6"),
        ("files", "imports files", "wasi:filesystem/preopens@0.2.6"),
        ("types", "imports files by their types", "wasi:filesystem/types@0.2.6"),
        ("key-value", "imports a store of somebody else", "wasi:keyvalue/store@0.2.0-draft2"),
        ("threads", "imports threads", "wasi:thread/spawn@0.2.6"),
        ("wasi-0.3", "imports another WASI", "wasi:cli/stdout@0.3.0"),
        ("wasi-1", "imports a WASI that is not there yet", "wasi:cli/stdout@1.0.0"),
        ("timezone", "imports a clock that is not offered", "wasi:clocks/timezone@0.2.6"),
        ("misspelt", "imports a capability that looks like one", "boomerang:shop/pointz@0.1.0"),
        ("homoglyph", "imports a package that looks like ours", "boomerang:sh0p/points@0.1.0"),
        ("longer", "imports a package whose name begins like ours", "boomerang:shopper/points@0.1.0"),
        ("point", "imports an extension point", "boomerang:shop/cart-pricing@0.1.0"),
        ("admin", "imports an admin that there is not", "boomerang:shop/admin@0.1.0"),
    ] {
        add(name, tries, "UnknownImport", import(interface));
    }
    for (name, tries, interface) in [
        ("newer", "imports a newer contract", "boomerang:shop/points@0.2.0"),
        ("major", "imports a contract of another time", "boomerang:shop/points@1.1.0"),
        ("versionless", "imports a capability of no version", "boomerang:shop/points"),
    ] {
        add(name, tries, "WrongVersion", import(interface));
    }
    for (name, tries, item) in [
        ("function", "imports a bare function", r#"(import "f" (func))"#),
        ("bare-component", "imports a component", r#"(import "c" (component))"#),
        ("bare-module", "imports a core module", r#"(import "m" (core module))"#),
        ("bare-instance", "imports an instance of no package", r#"(import "points" (instance (export "f" (func))))"#),
        (
            "resource",
            "imports a resource of a device",
            r#"(import "acme:gpu/device@1.0.0" (instance (export "d" (type (sub resource)))))"#,
        ),
        ("url", "imports from an address", r#"(import "url=<https://example.com/x.wasm>" (component))"#),
        ("locked", "imports something by its digest", r#"(import "locked-dep=<acme:x@1.0.0>" (component))"#),
    ] {
        add(name, tries, "UnknownImport", item.to_owned());
    }
    for (name, tries, interface, item) in [
        (
            "other-arguments",
            "imports a capability with other arguments",
            "points",
            r#"(export "balance" (func (param "holder" u64)))"#,
        ),
        ("other-name", "imports a function that a capability has not got", "points", r#"(export "steal" (func))"#),
        (
            "resource-of-ours",
            "imports a resource that a capability has not got",
            "points",
            r#"(export "r" (type (sub resource)))"#,
        ),
        ("log-twice", "imports a function of another capability", "log", r#"(export "balance" (func))"#),
    ] {
        add(name, tries, "Mismatch", format!(r#"(import "boomerang:shop/{interface}@0.1.0" (instance {item}))"#));
    }
    add(
        "exit-type",
        "imports exit with other arguments",
        "Mismatch",
        r#"(import "wasi:cli/exit@0.2.6" (instance (export "exit" (func (param "s" string)))))"#.into(),
    );
    add(
        "write",
        "imports a write without a handler",
        "WriteWithoutHandler",
        r#"(import "boomerang:shop/storage-write@0.1.0" (instance (export "f" (func))))"#.into(),
    );
    for (name, tries, why, export) in [
        ("unknown-point", "exports a point that there is not", "UnknownPoint", "boomerang:shop/admin@0.1.0"),
        (
            "capability-point",
            "exports a capability as if it were a point",
            "UnknownPoint",
            "boomerang:shop/points@0.1.0",
        ),
        ("newer-point", "exports a point of a newer contract", "WrongVersion", "boomerang:shop/insights@0.2.0"),
        ("same-point", "exports a point twice, in two versions", "PointMismatch", "boomerang:shop/cart-pricing@0.1.1"),
    ] {
        let text = format!(r#"(instance $other (export "f" (func $f))) (export "{export}" (instance $other))"#);
        let function = r#"(core module $m (func (export "f"))) (core instance $i (instantiate $m)) (func $f (canon lift (core func $i "f")))"#;
        add(name, tries, why, format!("{function} {text}"));
    }
    add("shape", "exports a point with a function of another type", "PointMismatch", String::new());
    class.cases
}
