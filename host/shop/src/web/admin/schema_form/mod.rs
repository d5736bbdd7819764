//! A form made from a JSON Schema, and the settings read back from what it sends.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`schema`] | what a schema says about one value, as far as a form needs it |
//! | [`node`] | the form as data, for a template to write |
//! | [`read`] | from what was sent back to settings; what does not read stays as it was typed |
//! | [`edit`] | adding to lists and removing from them |
//! | [`words`] | errors in the merchant's words |
//! | [`goods`] | what ids are picked from, by name |
//!
//! Fields are named by JSON Pointers (RFC 6901), as errors are. Whatever a schema says that a form has no control for is
//! shown as JSON, so nothing is ever out of reach. Two annotations say in which unit a number is kept, and so how it is
//! shown: `"x-unit": "money"` and `"x-unit": "basis-points"`; any other unit is shown behind the field. The format
//! `local-date-time` is a wall time to be picked. A text, or the items of a list, that are ids of the shop's goods say so with
//! `"x-of"`: `products`, `variants` or `categories`; they are picked by name.

mod edit;
mod goods;
mod node;
mod read;
mod schema;
#[cfg(test)]
mod tests;
mod words;

pub(super) use edit::{add, remove};
pub(super) use goods::{Goods, Named};
pub(super) use node::{Form, Node, Summary};
pub(super) use read::read;

/// A JSON Pointer to a member of what `pointer` points to.
fn member(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}
