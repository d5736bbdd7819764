//! What the merchant has set up: checked and packed once, loaded fast at every call.
//!
//! [`prepare`] belongs into the [`Configuration`](crate::Configuration) point: it reads the JSON, lets the extension check
//! what a schema cannot say, and packs the result. [`load`] gives that result back in every other call, without any JSON.
//!
//! Both use what serde derives. An extension that wants to be small describes its settings with
//! [`settings_group!`](crate::settings_group), reads them with [`read_group`] and packs them with [`packed`].

mod json;
mod mismatch;
pub mod packed;
mod value;

use alloc::vec;
use alloc::vec::Vec;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::bindings::capabilities::boomerang::shop::settings::get;
use crate::types::{Fault, SettingError};

pub use mismatch::SettingMismatch;
pub use value::{Group, Setting, Value};

/// Reads the settings, checks them with `check`, and packs what it gives.
///
/// `Settings` is the shape of the JSON; `Ready` is what the extension works with: wall times resolved, lists sorted,
/// whatever saves work later. Numbers are whole numbers, as everywhere in the contract. An error in the JSON points at its
/// place.
pub fn prepare<Settings, Ready>(
    settings: &str,
    check: impl FnOnce(Settings) -> Result<Ready, Vec<SettingError>>,
) -> Result<Vec<u8>, Vec<SettingError>>
where
    Settings: DeserializeOwned,
    Ready: Serialize,
{
    pack(&check(read(settings)?)?)
}

/// Reads settings of any shape, for an extension that checks and packs them in a way of its own: what it packs comes back
/// from [`bytes`].
pub fn read<Settings: DeserializeOwned>(settings: &str) -> Result<Settings, Vec<SettingError>> {
    json::from_str(settings).map_err(|error| vec![error.into()])
}

/// Reads settings that [`settings_group!`](crate::settings_group) describes: the same as [`read`] does with serde, in a
/// fraction of the code. Check what it gives, then [`pack`] the outcome.
pub fn read_group<Settings: Setting>(settings: &str) -> Result<Settings, Vec<SettingError>> {
    Settings::read(&read_value(settings)?).map_err(|mismatch| vec![mismatch.into()])
}

/// Reads settings as they stand, for an extension that finds its way through them by itself.
pub fn read_value(settings: &str) -> Result<Value, Vec<SettingError>> {
    json::parse(settings).map_err(|error| vec![error.into()])
}

/// The settings in force, as [`prepare`] packed them.
///
/// Code `settings-invalid` where the bytes are not those of a `Ready`: the host prepares settings again whenever it
/// installs another version of the extension, so that a version never meets the bytes of another.
pub fn load<Ready: DeserializeOwned>() -> Result<Ready, Fault> {
    unpack(&get())
}

/// The bytes of the settings in force, for an extension that packs them in a way of its own, or that has no
/// configuration point and so gets a JSON text.
pub fn bytes() -> Vec<u8> {
    get()
}

/// Packs settings as [`prepare`] does.
pub fn pack<Ready: Serialize>(ready: &Ready) -> Result<Vec<u8>, Vec<SettingError>> {
    postcard::to_allocvec(ready)
        .map_err(|_| vec![SettingError::new("", "These settings cannot be stored. Enter shorter lists and try again.")])
}

/// Unpacks settings as [`load`] does.
pub fn unpack<Ready: DeserializeOwned>(bytes: &[u8]) -> Result<Ready, Fault> {
    postcard::from_bytes(bytes).map_err(|_| unreadable())
}

fn unreadable() -> Fault {
    Fault::new("settings-invalid", "The stored settings cannot be read. Save the settings once more.")
}

#[cfg(test)]
mod tests {
    use alloc::string::String;
    use alloc::vec;

    use serde::{Deserialize, Serialize};

    use super::*;

    #[derive(Deserialize)]
    struct Entered {
        percent: u32,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Ready {
        basis_points: u32,
        names: Vec<String>,
    }

    fn check(entered: Entered) -> Result<Ready, Vec<SettingError>> {
        if entered.percent > 100 {
            return Err(vec![SettingError::new("/percent", "Enter at most 100.")]);
        }
        Ok(Ready { basis_points: entered.percent * 100, names: vec!["first".into()] })
    }

    #[test]
    fn what_is_prepared_is_loaded() {
        let bytes = prepare(r#"{"percent": 20}"#, check).unwrap();
        assert_eq!(unpack::<Ready>(&bytes).unwrap(), Ready { basis_points: 2_000, names: vec!["first".into()] });
    }

    #[test]
    fn an_error_points_at_the_setting() {
        let errors = prepare(r#"{"percent": 120}"#, check).unwrap_err();
        assert_eq!(errors, [SettingError::new("/percent", "Enter at most 100.")]);
    }

    #[test]
    fn broken_json_is_a_setting_error() {
        let errors = prepare("{", check).unwrap_err();
        assert_eq!(errors[0].pointer, "");
        assert!(errors[0].message.contains("no valid JSON"), "{}", errors[0].message);
    }

    #[test]
    fn foreign_bytes_are_a_fault() {
        assert_eq!(unpack::<Ready>(&[0xff; 3]).unwrap_err().code, "settings-invalid");
        assert_eq!(unpack::<Ready>(&[]).unwrap_err().code, "settings-invalid");
    }
}
