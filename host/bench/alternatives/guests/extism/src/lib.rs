//! The decision as an Extism plugin, with Extism's own development kit.
#![allow(unsafe_code, missing_docs, reason = "the macro exports a function, without any words")]

use extism_pdk::{Error, FnResult, plugin_fn};

#[plugin_fn]
pub fn decide(document: Vec<u8>) -> FnResult<Vec<u8>> {
    Ok(decision::decide(&document).map_err(Error::msg)?)
}
