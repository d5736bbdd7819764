//! Sets of ids that several rules share.

/// Pages of the shop that a link may lead to.
pub(crate) const LINK_PAGES: [&str; 6] = ["home", "cart", "checkout", "account", "sign-in", "product"];

/// Parts of an address that a form may have a field for.
const ADDRESS_FIELDS: [&str; 11] = [
    "country",
    "name",
    "organization",
    "line1",
    "line2",
    "locality",
    "dependent-locality",
    "region",
    "postal-code",
    "sorting-code",
    "phone",
];

/// The field is one that a checkout form may have.
pub(crate) fn is_field(id: &str) -> bool {
    id == "email"
        || id
            .strip_prefix("shipping.")
            .or_else(|| id.strip_prefix("billing."))
            .is_some_and(|part| ADDRESS_FIELDS.contains(&part))
}

#[cfg(test)]
mod tests {
    use super::is_field;

    #[test]
    fn fields_are_those_of_the_contract() {
        assert!(is_field("email"));
        assert!(is_field("shipping.postal-code"));
        assert!(is_field("billing.name"));
        assert!(!is_field("shipping.email"));
        assert!(!is_field("card-number"));
        assert!(!is_field("shipping."));
    }
}
