//! Constructors and look-ups that make the contract's records pleasant to use.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::types::{Adjustment, Attribute, Block, Change, Content, Fault, Money, SettingError, Target};

impl Fault {
    /// Why a call gives no answer: a short id in kebab-case, and one sentence for the merchant that says what happened
    /// and what to do next.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into() }
    }
}

impl SettingError {
    /// One thing the merchant has to change: a JSON Pointer into the settings, what is wrong there and what to enter
    /// instead.
    pub fn new(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), message: message.into() }
    }
}

impl Adjustment {
    /// One change of one price, which uses up nothing that is counted. More changes of the same kind go into its
    /// `changes`.
    pub fn new(class: impl Into<String>, label: impl Into<String>, target: Target, amount: Money) -> Self {
        let changes = vec![Change { target, amount, units: 0 }];
        Self { class: class.into(), label: label.into(), changes, claims: Vec::new() }
    }
}

impl Attribute {
    /// A key and its value.
    pub fn new(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self { key: key.into(), value: value.into() }
    }
}

impl Block {
    /// Content for one slot of the page.
    pub fn new(slot: impl Into<String>, content: Content) -> Self {
        Self { slot: slot.into(), content }
    }
}

/// The value of the first attribute with this key.
pub fn attribute<'a>(attributes: &'a [Attribute], key: &str) -> Option<&'a str> {
    attributes.iter().find(|attribute| attribute.key == key).map(|attribute| attribute.value.as_str())
}
