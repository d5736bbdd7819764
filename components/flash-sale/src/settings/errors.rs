//! Collects everything that is wrong, so that the merchant sees all of it at once.

use alloc::string::String;
use alloc::vec::Vec;

use boomerang_sdk::text::number;
use boomerang_sdk::types::SettingError;

/// What is wrong so far.
#[derive(Default)]
pub(super) struct Errors(pub(super) Vec<SettingError>);

/// An entry of one of the lists of the settings.
#[derive(Clone, Copy)]
pub(super) struct Place {
    list: &'static str,
    index: i64,
}

impl Place {
    pub(super) fn sale(index: usize) -> Self {
        Self { list: "sales", index: index as i64 }
    }

    pub(super) fn bundle(index: usize) -> Self {
        Self { list: "bundles", index: index as i64 }
    }
}

impl Errors {
    /// Adds an error in words that are the same every time.
    pub(super) fn add(&mut self, place: Place, field: &str, message: &str) {
        self.add_owned(place, field, message.into());
    }

    /// Adds an error in words made for it.
    pub(super) fn add_owned(&mut self, place: Place, field: &str, message: String) {
        let pointer = ["/", place.list, "/", &number(place.index), "/", field].concat();
        self.0.push(SettingError { pointer, message });
    }

    pub(super) fn count(&self) -> usize {
        self.0.len()
    }
}
