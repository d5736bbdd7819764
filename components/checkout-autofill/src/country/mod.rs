//! What an address looks like in a country: which fields it has, in which order, and what they are called.

mod postal;
mod regions;
mod table;

use crate::field::Part;

pub use postal::{Form, normalise, pattern};
pub use regions::{Region, regions};

/// The rules of one country.
#[derive(Debug, Clone, Copy)]
pub struct Country {
    /// ISO 3166-1 alpha-2.
    pub code: &'static str,
    /// The fields of an address from top to bottom, a letter each: see [`Part::from_letter`].
    order: &'static str,
    /// The fields without which nothing can be delivered, by the same letters.
    required: &'static str,
    /// The forms a postal code can have; none where there are none.
    pub postal: &'static [Form],
    /// A postal code of the right form.
    pub example: &'static str,
    /// What a postal code is called.
    pub postal_name: PostalName,
    /// What a region is called.
    pub region_name: RegionName,
    /// What a locality is called.
    pub locality_name: LocalityName,
    /// The town is written in capitals, for the post's machines.
    pub capitals: bool,
}

/// What a postal code is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PostalName {
    /// Postal code.
    Postal,
    /// ZIP code.
    Zip,
    /// PIN code.
    Pin,
    /// Eircode.
    Eircode,
}

/// What a region is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegionName {
    /// Region.
    Region,
    /// State.
    State,
    /// Province.
    Province,
    /// County.
    County,
    /// Prefecture.
    Prefecture,
    /// Department.
    Department,
    /// Emirate.
    Emirate,
    /// Area.
    Area,
}

/// What a locality is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LocalityName {
    /// City.
    City,
    /// Post town.
    PostTown,
    /// Suburb.
    Suburb,
}

impl Country {
    /// The rules of a country; for one that is not in the table, rules that fit most of the world.
    pub fn find(code: &str) -> &'static Self {
        table::COUNTRIES.iter().find(|country| country.code.eq_ignore_ascii_case(code)).unwrap_or(&table::ANYWHERE)
    }

    /// Every country of the table.
    pub fn all() -> &'static [Self] {
        table::COUNTRIES
    }

    /// The parts of an address, in order.
    pub fn parts(&self) -> impl Iterator<Item = Part> + use<> {
        self.order.bytes().filter_map(Part::from_letter)
    }

    /// Whether an address is of no use without this part.
    pub fn requires(&self, part: Part) -> bool {
        self.required.bytes().filter_map(Part::from_letter).any(|required| required == part)
    }

    /// Whether its addresses have this part at all.
    pub fn has(&self, part: Part) -> bool {
        self.parts().any(|own| own == part)
    }
}
