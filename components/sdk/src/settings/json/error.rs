//! What is wrong with settings, and where.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{self, Display};

use serde::de::{Expected, Unexpected};

/// An error at one place of the settings.
#[derive(Debug)]
pub(crate) struct Error {
    pub(super) message: String,
    /// The names and positions that lead to the place, the innermost first.
    pub(super) path: Vec<String>,
}

impl Error {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), path: Vec::new() }
    }

    /// The text breaks off or goes on in a way that no JSON text does.
    pub(super) fn unexpected() -> Self {
        Self::new("the settings are no valid JSON text here")
    }

    /// The same error, seen from one level further out.
    pub(super) fn inside(mut self, segment: Cow<'_, str>) -> Self {
        self.path.push(segment.into_owned());
        self
    }
}

impl Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl core::error::Error for Error {}

impl serde::de::Error for Error {
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
