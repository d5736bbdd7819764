//! What the merchant can set up.

use alloc::string::String;

use boomerang_sdk::settings::packed::{Packed, Packing};
use boomerang_sdk::settings::{Setting, SettingMismatch, Value};
use boomerang_sdk::{packed, settings_group};

settings_group! {
    /// Everything that can be set up.
    pub struct Settings {
        /// Whether to ask for a telephone number.
        pub phone: Ask = Ask::Optional,
        /// Whether to ask for a company.
        pub organization: Ask = Ask::Hidden,
        /// The most fields to show at first; fields that may stay empty are hidden until there are no more.
        pub most_fields: u32 = 8,
        /// Fill the form also on a device that the customer has had remembered, and not only after signing in.
        pub remembered_devices: bool = true,
        /// Select the delivery method of the last delivery.
        pub preselect_delivery: bool = true,
        /// Select the payment token used last.
        pub preselect_payment: bool = true,
        /// Refuse a postal code that has none of its country's forms.
        pub check_postal_codes: bool = true,
    }
}

/// Whether to ask for something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ask {
    /// No order without it.
    Required,
    /// It may stay empty.
    #[default]
    Optional,
    /// It is shown only where there is something in it.
    Hidden,
}

packed! {
    Settings {
        phone, organization, most_fields, remembered_devices, preselect_delivery, preselect_payment, check_postal_codes,
    }
}

impl Packed for Ask {
    fn walk(&mut self, packing: &mut Packing) {
        let mut number = *self as u32;
        number.walk(packing);
        *self = match number {
            0 => Self::Required,
            1 => Self::Optional,
            _ => Self::Hidden,
        };
    }
}

impl Setting for Ask {
    fn read(value: &Value) -> Result<Self, SettingMismatch> {
        match String::read(value)?.as_str() {
            "required" => Ok(Self::Required),
            "optional" => Ok(Self::Optional),
            "hidden" => Ok(Self::Hidden),
            _ => Err(SettingMismatch::expected("required, optional or hidden")),
        }
    }
}
