//! An address as its country writes it (C5). Entered however somebody likes, kept in one way: the postal code like the
//! plan's example, the region by its code, the town in capitals where the post's machines want it.
//!
//! The rules are read off the plan, which knows the country, so that there is one table of countries and not two. Where no
//! extension plans the form there is no example and no list, and what was entered is kept as it is.

use boomerang_engine::contract::FieldPlan;

use super::form;
use crate::cart::CheckoutEntries;
use crate::people::Address;

/// Where the post wants the town in capitals.
const TOWN_IN_CAPITALS: [&str; 3] = ["AU", "FR", "GB"];

/// The address that a part of the form holds, as its country writes it.
#[must_use]
pub fn address(plan: &[FieldPlan], entries: &CheckoutEntries, part: &str) -> Address {
    write(plan, part, form::address(entries, part))
}

/// The same for an address that stands on no cart.
#[must_use]
pub fn write(plan: &[FieldPlan], part: &str, entered: Address) -> Address {
    let planned = |field: &str| plan.iter().find(|known| known.field == format!("{part}.{field}"));
    let example = planned("postal-code").and_then(|field| field.example.as_deref());
    let country = entered.country.to_uppercase();
    Address {
        postal_code: example.map_or_else(|| entered.postal_code.clone(), |like| postal(&entered.postal_code, like)),
        region: planned("region").and_then(|field| choice(field, &entered.region)).unwrap_or(entered.region),
        locality: match TOWN_IN_CAPITALS.contains(&country.as_str()) && planned("locality").is_some() {
            true => entered.locality.to_uppercase(),
            false => entered.locality,
        },
        country,
        ..entered
    }
}

/// A postal code in capitals, with its spaces and hyphens where the example has them, counted from the end: codes of one
/// country differ in length at their beginning.
fn postal(entered: &str, example: &str) -> String {
    let code: Vec<char> = entered.chars().filter(|letter| !is_separator(*letter)).collect();
    let length = example.chars().filter(|letter| !is_separator(*letter)).count();
    let separators: Vec<(usize, char)> = example
        .chars()
        .rev()
        .enumerate()
        .filter(|(_, letter)| is_separator(*letter))
        .enumerate()
        .map(|(before, (place, letter))| (place - before, letter))
        .collect();
    if !code.iter().all(char::is_ascii_alphanumeric) || (separators.is_empty() && code.len() != length) {
        // Another form than the example's: where it is to be parted is not known.
        return entered.split_whitespace().collect::<Vec<_>>().join(" ").to_uppercase();
    }
    let mut written = String::with_capacity(example.len());
    for (place, letter) in code.iter().enumerate() {
        let from_end = code.len() - place;
        if let Some((_, separator)) = separators.iter().find(|(at, _)| *at == from_end && place > 0) {
            written.push(*separator);
        }
        written.push(letter.to_ascii_uppercase());
    }
    written
}

/// Spaces, hyphens and the dashes that word processors make of them.
fn is_separator(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '-' | '\u{2010}'..='\u{2015}')
}

/// The key of the choice that somebody means by its key or by its name.
fn choice(field: &FieldPlan, meant: &str) -> Option<String> {
    let meant = meant.to_lowercase();
    let is_meant = |text: &str| text.to_lowercase() == meant;
    let found = field.choices.iter().find(|choice| is_meant(&choice.key) || is_meant(&choice.value));
    found.map(|choice| choice.key.clone())
}

#[cfg(test)]
mod tests {
    use boomerang_engine::contract::Attribute;

    use super::*;
    use crate::checkout::plain;

    #[test]
    fn c5_a_postal_code_is_kept_as_its_country_writes_it() {
        for (entered, example, written) in [
            ("sw1a1aa", "EC1Y 8SY", "SW1A 1AA"),
            ("m1 1ae", "EC1Y 8SY", "M1 1AE"),
            ("M11AE", "EC1Y 8SY", "M1 1AE"),
            ("h3z-2y7", "H3Z 2Y7", "H3Z 2Y7"),
            ("1234ab", "1234 AB", "1234 AB"),
            ("40301110", "40301-110", "40301-110"),
            ("40301\u{2013}110", "40301-110", "40301-110"),
            ("11455", "114 55", "114 55"),
            ("10 10", "1010", "1010"),
            ("lt04340", "LT-04340", "LT-04340"),
            ("04340", "LT-04340", "04340"),
            ("a65f4e2", "A65 F4E2", "A65 F4E2"),
            // Longer forms than the example's stay parted as they were.
            ("95014-1234", "95014", "95014-1234"),
            ("l-4750", "4750", "L-4750"),
            ("", "114 55", ""),
        ] {
            assert_eq!(postal(entered, example), written, "{entered} like {example}");
            assert_eq!(postal(written, example), written, "what is written right stays");
        }
    }

    #[test]
    fn c5_a_region_is_kept_by_its_code_and_a_town_in_capitals_where_the_post_wants_it() {
        let region = Attribute { key: "CA".into(), value: "California".into() };
        let plan =
            [FieldPlan { choices: vec![region], ..plain::field("shipping.region") }, plain::field("shipping.locality")];
        let entered = |country: &str, region: &str| Address {
            country: country.into(),
            region: region.into(),
            locality: "Paris".into(),
            postal_code: "ab 1".into(),
            name: "Ann".into(),
            ..Address::default()
        };
        let written = |country, region| write(&plan, "shipping", entered(country, region));
        for region in ["ca", "CA", "california"] {
            assert_eq!(written("US", region).region, "CA");
        }
        assert_eq!(written("US", "Atlantis").region, "Atlantis", "the validation says what is wrong with it");
        assert_eq!((written("fr", "").locality.as_str(), written("US", "").locality.as_str()), ("PARIS", "Paris"));
        // Nothing is made up where the plan has no rule.
        assert_eq!(write(&[], "shipping", entered("FR", "x")), entered("FR", "x"));
    }
}
