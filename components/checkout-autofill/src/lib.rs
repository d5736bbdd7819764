//! One-step checkout: fills the form for people who are known, and asks everybody else for as little as their country allows.
//!
//! - [`country`] and [`field`] hold what is true for everybody: what an address looks like and what its fields are called;
//! - [`choice`] decides which stored address, delivery method and payment token to suggest;
//! - [`plan`] makes the form of it, [`validate`] checks what comes back.
//!
//! Somebody who has proved nothing gets the form of their country and no more: the address book is not even asked, so
//! that a known and an unknown e-mail address cannot be told apart.
#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

use alloc::string::String;
use alloc::vec::Vec;

use boomerang_sdk::address_book::{self, Book};
use boomerang_sdk::prelude::*;
use boomerang_sdk::settings::packed::{load, pack};
use boomerang_sdk::settings::read_group;

use settings::Settings;

pub mod choice;
pub mod country;
pub mod field;
pub mod plan;
pub mod settings;
pub mod validate;

/// The extension.
pub struct CheckoutForms;

impl Configuration for CheckoutForms {
    fn prepare(_: Context, settings: String) -> Result<Vec<u8>, Vec<SettingError>> {
        read_group::<Settings>(&settings).map(pack)
    }
}

impl CheckoutAutofill for CheckoutForms {
    fn plan_checkout(ctx: Context, form: CheckoutForm) -> Result<CheckoutPlan, Fault> {
        let settings = load::<Settings>()?;
        let book = choice::book_of(&form, &settings, &PlatformBooks)?;
        Ok(plan::plan_checkout(&settings, &ctx, &form, book.as_ref()))
    }
}

impl CheckoutValidation for CheckoutForms {
    fn validate_checkout(ctx: Context, form: CheckoutForm, _: Cart) -> Result<Vec<FieldError>, Fault> {
        Ok(validate::validate(&load::<Settings>()?, &ctx, &form))
    }
}

/// The address books of the platform that runs this extension.
struct PlatformBooks;

impl choice::Books for PlatformBooks {
    fn get(&self, customer: &str) -> Result<Option<Book>, Fault> {
        address_book::get(customer)
    }
}

boomerang_sdk::extension! {
    manifest: "../manifest.json",
    type: CheckoutForms,
    points: [configuration, checkout_autofill, checkout_validation],
}
