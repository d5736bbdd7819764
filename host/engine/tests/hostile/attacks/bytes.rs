//! Bytes that are no component.

use boomerang_engine::Point;

use crate::case::{Case, Class, Verdict};
use crate::guest::Guest;

fn good() -> Vec<u8> {
    Guest::new("hostile").answers_nothing(Point::CartPricing.id()).build()
}

pub(super) fn cases() -> Vec<Case> {
    let mut class = Class::new("bytes");
    let mut add = |name: &str, tries: &str, why: &'static str, build: fn() -> Vec<u8>| {
        class.add_bytes(name, tries, Point::CartPricing, Verdict::Refused(why), build);
    };
    let not = "NotAComponent";
    add("nothing", "is nothing", not, Vec::new);
    add("text", "is a text", not, || b"#!/bin/sh\nrm -rf /\n".to_vec());
    add("magic", "is four right bytes", not, || b"\0asm".to_vec());
    add("version", "is of a version that does not exist", not, || b"\0asm\x99\0\0\0".to_vec());
    add("layer", "is of a layer that does not exist", not, || b"\0asm\x0d\0\x02\0".to_vec());
    add("module", "is a core module", not, || wat::parse_str("(module)").expect("it is valid"));
    add("elf", "is machine code", not, || [b"\x7fELF\x02\x01\x01\0".as_slice(), &[0; 500]].concat());
    add("packed", "is compressed", not, || [b"\x1f\x8b\x08\0".as_slice(), &[7; 500]].concat());
    add("zeroes", "is a megabyte of nothing", not, || vec![0; 1 << 20]);
    add("large", "is larger than a component may be", "TooLarge", || vec![0; (32 << 20) + 1]);
    add("empty", "is an empty component", "NoPoint", || wat::parse_str("(component)").expect("it is valid"));
    add("endless-number", "has a length that never ends", "Invalid", || {
        [b"\0asm\x0d\0\x01\0".as_slice(), &[0x80; 64]].concat()
    });
    add("section-far", "has a section that is longer than the file", "Invalid", || {
        b"\0asm\x0d\0\x01\0\x01\xff\xff\xff\x0f".to_vec()
    });
    add("section-unknown", "has a section that does not exist", "Invalid", || b"\0asm\x0d\0\x01\0\x7f\0".to_vec());
    add("count", "counts four thousand million types and has none", "TooComplex", || {
        b"\0asm\x0d\0\x01\0\x07\x05\xff\xff\xff\xff\x0f".to_vec()
    });
    add("half", "ends in the middle", "Invalid", || {
        let mut wasm = good();
        wasm.truncate(wasm.len() / 2);
        wasm
    });
    add("tail", "goes on after its end", "Invalid", || [good(), b"and more".to_vec()].concat());
    add("twice", "is two components, one after the other", "Invalid", || [good(), good()].concat());
    add("name", "has a name that is no UTF-8", "Invalid", || {
        [b"\0asm\x0d\0\x01\0\0\x03\x02\xff\xfe".to_vec()].concat()
    });
    class.cases
}
