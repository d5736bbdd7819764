//! The fields of the form: their ids, their autofill tokens and what they are called.

mod labels;

use alloc::string::String;

use boomerang_sdk::joined;

use crate::country::Country;

pub use labels::label;

/// A part of an address, or the address's country, or a way to reach somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The country.
    Country,
    /// A person's whole name.
    Name,
    /// A company.
    Organization,
    /// Street and number.
    Line1,
    /// Flat, floor, staircase.
    Line2,
    /// A part of a town.
    DependentLocality,
    /// A town.
    Locality,
    /// A state, a province, a county.
    Region,
    /// The postal code.
    PostalCode,
    /// What the French post calls CEDEX.
    SortingCode,
    /// A telephone number.
    Phone,
}

/// Which of the two addresses of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Where the goods go.
    Shipping,
    /// Whom the bill is for.
    Billing,
}

impl Part {
    /// The part that a letter of the table of countries stands for.
    pub fn from_letter(letter: u8) -> Option<Self> {
        Some(match letter {
            b'n' => Self::Name,
            b'o' => Self::Organization,
            b'a' => Self::Line1,
            b'b' => Self::Line2,
            b'd' => Self::DependentLocality,
            b'c' => Self::Locality,
            b's' => Self::Region,
            b'z' => Self::PostalCode,
            b'x' => Self::SortingCode,
            _ => return None,
        })
    }

    /// Its name in field ids.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Country => "country",
            Self::Name => "name",
            Self::Organization => "organization",
            Self::Line1 => "line1",
            Self::Line2 => "line2",
            Self::DependentLocality => "dependent-locality",
            Self::Locality => "locality",
            Self::Region => "region",
            Self::PostalCode => "postal-code",
            Self::SortingCode => "sorting-code",
            Self::Phone => "phone",
        }
    }

    /// Its WHATWG autofill field; none where there is none.
    const fn autofill(self) -> Option<&'static str> {
        Some(match self {
            Self::Country => "country",
            Self::Name => "name",
            Self::Organization => "organization",
            Self::Line1 => "address-line1",
            Self::Line2 => "address-line2",
            Self::DependentLocality => "address-level3",
            Self::Locality => "address-level2",
            Self::Region => "address-level1",
            Self::PostalCode => "postal-code",
            Self::Phone => "tel",
            Self::SortingCode => return None,
        })
    }

    /// The keyboard that a phone should show for it.
    pub fn input_mode(self, country: &Country) -> &'static str {
        let digits = |form: &&str| form.bytes().all(|place| place == b'9');
        match self {
            Self::Phone => "tel",
            Self::PostalCode if !country.postal.is_empty() && country.postal.iter().all(digits) => "numeric",
            _ => "text",
        }
    }
}

impl Side {
    /// The first half of its field ids.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Shipping => "shipping",
            Self::Billing => "billing",
        }
    }
}

/// A field's id: `shipping.postal-code`.
pub fn field_id(side: Side, part: Part) -> String {
    joined!(side.id(), ".", part.id())
}

/// A field's complete autofill detail tokens. The address of a gift is a section of its own, so that a browser neither
/// offers the shopper's own address for it nor learns it as theirs.
pub fn autocomplete(side: Side, part: Part, gift: bool) -> String {
    let Some(field) = part.autofill() else { return "off".into() };
    let section = if gift && side == Side::Shipping { "section-gift " } else { "" };
    joined!(section, side.id(), " ", field)
}
