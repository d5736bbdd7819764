//! Checks what comes back, leniently: what a person can deliver to is let through.

use alloc::string::String;
use alloc::vec::Vec;

use boomerang_sdk::joined;
use boomerang_sdk::types::{CheckoutForm, Context, FieldError};

use crate::choice::field_of;
use crate::country::{Country, Region, normalise, regions};
use crate::field::{Part, Side, field_id, label};
use crate::settings::{Ask, Settings};

/// Everything that keeps the order from being placed or delivered.
pub fn validate(settings: &Settings, ctx: &Context, form: &CheckoutForm) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let email = form.fields.iter().find(|field| field.field == "email").map_or("", |field| field.value.trim());
    if !is_email(email) {
        errors.push(FieldError {
            field: "email".into(),
            code: "email-format".into(),
            message: "This is no e-mail address.".into(),
            remedy: "Enter an address such as name@example.com.".into(),
        });
    }
    if form.needs_delivery {
        check_address(settings, ctx, form, Side::Shipping, &mut errors);
    }
    if form.billing_differs || form.gift {
        check_address(settings, ctx, form, Side::Billing, &mut errors);
    }
    errors
}

/// Something before one `@`, and a domain with a dot behind it. Whether it exists only a message can tell.
fn is_email(text: &str) -> bool {
    let Some((name, domain)) = text.split_once('@') else { return false };
    let plain = |text: &str| !text.is_empty() && !text.contains([' ', '@', '<', '>', ',', ';']);
    let dotted = domain.split_once('.').is_some_and(|(first, rest)| !first.is_empty() && !rest.is_empty());
    plain(name) && plain(domain) && dotted && !domain.ends_with('.') && !domain.contains("..") && text.len() <= 254
}

fn check_address(settings: &Settings, ctx: &Context, form: &CheckoutForm, side: Side, errors: &mut Vec<FieldError>) {
    let entered = |part| field_of(form, side, part).map_or("", |field| field.value.trim());
    let country = match entered(Part::Country) {
        "" => Country::find(&form.country),
        code => Country::find(code),
    };
    let mut refuse = |part, code: &str, message: String, remedy: String| {
        errors.push(FieldError { field: field_id(side, part), code: code.into(), message, remedy });
    };
    let required = |part| match part {
        Part::Name => true,
        Part::Organization => settings.organization == Ask::Required,
        Part::Phone => settings.phone == Ask::Required && side == Side::Shipping,
        part => country.requires(part),
    };
    for part in country.parts().chain([Part::Phone]) {
        if required(part) && entered(part).is_empty() {
            let name = label(Some(part), country, &ctx.locale);
            refuse(part, "required", joined!(name, " is missing."), joined!("Fill in the field ", name, "."));
        }
    }
    let postal = entered(Part::PostalCode);
    let checked = settings.check_postal_codes && !postal.is_empty() && !country.postal.is_empty();
    if checked && normalise(country.postal, postal).is_none() {
        let name = label(Some(Part::PostalCode), country, &ctx.locale);
        let remedy = joined!("Enter one such as ", country.example, ".");
        refuse(Part::PostalCode, "postal-code-format", joined!(name, " has another form in this country."), remedy);
    }
    let region = entered(Part::Region);
    if country.has(Part::Region)
        && !region.is_empty()
        && regions(country.code).next().is_some()
        && Region::find(country.code, region).is_none()
    {
        let name = label(Some(Part::Region), country, &ctx.locale);
        refuse(
            Part::Region,
            "region-unknown",
            joined!(name, " is none of this country."),
            "Choose one of the list.".into(),
        );
    }
}
