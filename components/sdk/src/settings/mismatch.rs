//! What is wrong with settings, and where.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{self, Display};

use serde::de::{Expected, Unexpected};

use crate::types::SettingError;

/// A setting that is not what it should be, and where it stands.
#[derive(Debug)]
pub struct SettingMismatch {
    message: String,
    /// The names and positions that lead to the place, the innermost first.
    path: Vec<String>,
}

impl SettingMismatch {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), path: Vec::new() }
    }

    /// Says what was expected, such as `a whole number`.
    pub fn expected(what: &str) -> Self {
        Self::new(["expected ", what].concat())
    }

    /// The text breaks off or goes on in a way that no JSON text does.
    pub(crate) fn unexpected() -> Self {
        Self::new("the settings are no valid JSON text here")
    }

    /// The same error, seen from one level further out.
    pub(crate) fn inside(mut self, segment: &str) -> Self {
        self.path.push(segment.into());
        self
    }
}

impl From<SettingMismatch> for SettingError {
    fn from(error: SettingMismatch) -> Self {
        let mut pointer = String::new();
        for segment in error.path.iter().rev() {
            pointer.push('/');
            for letter in segment.chars() {
                match letter {
                    '~' => pointer.push_str("~0"),
                    '/' => pointer.push_str("~1"),
                    _ => pointer.push(letter),
                }
            }
        }
        Self { pointer, message: error.message }
    }
}

impl Display for SettingMismatch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl core::error::Error for SettingMismatch {}

impl serde::de::Error for SettingMismatch {
    fn custom<T: Display>(message: T) -> Self {
        Self::new(message.to_string())
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(format!("expected {expected}"))
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(format!("expected {expected}"))
    }
}
