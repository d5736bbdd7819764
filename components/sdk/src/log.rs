//! Capability: leave a line for whoever runs the shop.
//!
//! Lines are kept with the call's report and are not shown to shoppers. Do not write personal data.

pub use crate::bindings::capabilities::boomerang::shop::log::{Level, write};

/// Something that helps to find a fault.
pub fn debug(message: &str) {
    write(Level::Debug, message);
}

/// Something worth knowing.
pub fn info(message: &str) {
    write(Level::Info, message);
}

/// Something that the merchant may want to change.
pub fn warn(message: &str) {
    write(Level::Warn, message);
}

/// Something that went wrong.
pub fn error(message: &str) {
    write(Level::Error, message);
}
