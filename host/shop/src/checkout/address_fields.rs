//! The fields of one address outside any checkout, for the address book: those of its country, as the checkout has them.

use boomerang_engine::contract::{CheckoutForm, FieldPlan, Recognition, TypedField};

use super::form::{ADDRESS, SHIPPING};
use super::{FieldProblem, countries, plain, submit};
use crate::cart::CheckoutEntries;
use crate::clock::Instant;
use crate::people::Address;
use crate::platform::Platform;
use crate::shops::Shop;
use crate::store::StoreError;

/// What an address holds, under the names of the delivery address's fields. Empty parts are left out.
#[must_use]
pub fn entries(address: &Address) -> CheckoutEntries {
    let value = |field: &str| match field {
        "country" => &address.country,
        "name" => &address.name,
        "organization" => &address.organization,
        "line1" => &address.line1,
        "line2" => &address.line2,
        "postal-code" => &address.postal_code,
        "locality" => &address.locality,
        "dependent-locality" => &address.dependent_locality,
        "region" => &address.region,
        "sorting-code" => &address.sorting_code,
        _ => &address.phone,
    };
    let filled = ADDRESS.iter().filter(|field| !value(field).is_empty());
    let typed = filled.map(|field| (format!("{SHIPPING}.{field}"), value(field).clone())).collect();
    CheckoutEntries { typed, ..CheckoutEntries::default() }
}

/// What keeps an address out of the book: required fields in which nothing stands, and a country that there is not.
#[must_use]
pub fn problems(plan: &[FieldPlan], entries: &CheckoutEntries) -> Vec<FieldProblem> {
    let mut problems = submit::missing_fields(plan, |field| entries.value(field).unwrap_or_default().to_owned());
    let field = format!("{SHIPPING}.country");
    if entries.value(&field).is_some_and(|code| !code.is_empty() && countries::name(code).is_none()) {
        problems.push(FieldProblem::unknown_country(&field));
    }
    problems
}

impl Platform {
    /// The fields of an address, in the order of its country. Nobody is known here, so nothing is filled in.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn address_fields(
        &self,
        shop: &Shop,
        entries: &CheckoutEntries,
        now: Instant,
    ) -> Result<Vec<FieldPlan>, StoreError> {
        let typed = |field: &&str| {
            let field = format!("{SHIPPING}.{field}");
            let value = entries.value(&field).filter(|value| !value.is_empty()).map(str::to_owned);
            TypedField { field, typed: value.is_some(), value: value.unwrap_or_default() }
        };
        let chosen = entries.value(&format!("{SHIPPING}.country")).filter(|country| !country.is_empty());
        let form = CheckoutForm {
            recognition: Recognition::Anonymous,
            customer: None,
            country: chosen.unwrap_or(&shop.country).to_owned(),
            fields: ADDRESS.iter().map(typed).collect(),
            billing_differs: false,
            gift: false,
            needs_delivery: true,
            delivery_methods: Vec::new(),
            payment_tokens: Vec::new(),
            attributes: Vec::new(),
        };
        let asking = self.extensions.asking(shop, None, now).await?;
        let planned = self.extensions.plan(&asking, &form).await.value;
        let mut fields = planned.unwrap_or_else(|| plain::plan(&form)).fields;
        fields.retain(|field| field.field.starts_with(SHIPPING));
        Ok(fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkout::form;

    #[test]
    fn an_address_and_its_fields_are_the_same_thing() {
        let address = Address {
            name: "Ann".into(),
            organization: "Org".into(),
            line1: "1".into(),
            line2: "2".into(),
            dependent_locality: "d".into(),
            locality: "l".into(),
            region: "r".into(),
            postal_code: "p".into(),
            sorting_code: "s".into(),
            country: "AT".into(),
            phone: "0".into(),
        };
        assert_eq!(form::address(&entries(&address), SHIPPING), address);
        assert!(entries(&Address::default()).typed.is_empty());
    }
}
