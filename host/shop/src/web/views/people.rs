//! Addresses and cards for people to read.

use crate::checkout::countries;
use crate::people::Address;

/// The lines of an address, as on an envelope. Empty parts leave no gap.
pub(in crate::web) fn envelope(address: &Address) -> Vec<String> {
    let place = [&address.postal_code, &address.locality].map(|part| part.trim()).join(" ");
    let country = countries::name(&address.country).unwrap_or(&address.country);
    [
        address.name.as_str(),
        &address.organization,
        &address.line1,
        &address.line2,
        &address.dependent_locality,
        place.trim(),
        &address.region,
        country,
    ]
    .into_iter()
    .map(str::trim)
    .filter(|line| !line.is_empty())
    .map(str::to_owned)
    .collect()
}

/// A card's brand as it is written: `visa` becomes `Visa`.
pub(in crate::web) fn brand(id: &str) -> String {
    let mut letters = id.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// When a card expires, as it stands on cards.
pub(in crate::web) fn expiry(year: u16, month: u8) -> String {
    format!("{month:02}/{:02}", year % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_as_on_an_envelope() {
        let address = Address {
            name: "Ann Lee".into(),
            line1: "Hauptplatz 1".into(),
            postal_code: "8010".into(),
            locality: "Graz".into(),
            country: "AT".into(),
            ..Address::default()
        };
        assert_eq!(envelope(&address), ["Ann Lee", "Hauptplatz 1", "8010 Graz", "Austria"]);
        assert!(envelope(&Address::default()).is_empty());
    }

    #[test]
    fn cards_are_named_as_on_the_card() {
        assert_eq!((brand("visa").as_str(), brand("")), ("Visa", String::new()));
        assert_eq!(expiry(2034, 7), "07/34");
    }
}
