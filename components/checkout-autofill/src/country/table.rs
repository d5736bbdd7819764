//! The table of countries. Facts of their posts, as the Universal Postal Union and the posts themselves publish them.
//!
//! The letters of the two columns after the code: `n` name, `o` organisation, `a` and `b` first and second address line,
//! `d` dependent locality, `c` locality, `s` region, `z` postal code, `x` sorting code. In a postal form `9` stands for a
//! digit, `A` for a letter and `X` for either.

use super::LocalityName::{City, PostTown, Suburb};
use super::PostalName::{Eircode, Pin, Postal, Zip};
use super::RegionName::{Area, County, Department, Emirate, Prefecture, Province, Region, State};
use super::{Country, Form, LocalityName, PostalName, RegionName};

/// Rules for a country that is not in the table: ask for everything that may matter, insist on nothing that may not exist.
pub(super) static ANYWHERE: Country = plain("", "noabczs", "ac", &[], "");

/// A country whose words are the usual ones.
const fn plain(
    code: &'static str,
    order: &'static str,
    required: &'static str,
    postal: &'static [Form],
    example: &'static str,
) -> Country {
    words(code, order, required, postal, example, Postal, Region, City)
}

/// A country whose regions have a name of their own.
const fn region(
    code: &'static str,
    order: &'static str,
    required: &'static str,
    postal: &'static [Form],
    example: &'static str,
    region_name: RegionName,
) -> Country {
    words(code, order, required, postal, example, Postal, region_name, City)
}

#[allow(clippy::too_many_arguments, reason = "a row of the table, in the order of its columns")]
const fn words(
    code: &'static str,
    order: &'static str,
    required: &'static str,
    postal: &'static [Form],
    example: &'static str,
    postal_name: PostalName,
    region_name: RegionName,
    locality_name: LocalityName,
) -> Country {
    Country { code, order, required, postal, example, postal_name, region_name, locality_name, capitals: false }
}

/// A country whose post wants the town in capitals.
const fn capitals(country: Country) -> Country {
    Country { capitals: true, ..country }
}

const FOUR: &[Form] = &["9999"];
const FIVE: &[Form] = &["99999"];
const SIX: &[Form] = &["999999"];
const THREE_AND_TWO: &[Form] = &["999 99"];
const BRITISH: &[Form] = &["A9 9AA", "A99 9AA", "AA9 9AA", "AA99 9AA", "A9A 9AA", "AA9A 9AA"];

#[rustfmt::skip]
pub(super) static COUNTRIES: &[Country] = &[
    region("AE", "noabs", "as", &[], "", Emirate),
    region("AR", "noabzcs", "acz", &["9999", "A9999AAA"], "C1070AAM", Province),
    plain("AT", "onabzc", "acz", FOUR, "1010"),
    capitals(words("AU", "onabcsz", "acsz", FOUR, "2060", Postal, State, Suburb)),
    plain("BE", "onabzc", "acz", FOUR, "4000"),
    plain("BG", "noabzc", "acz", FOUR, "1000"),
    region("BR", "onabdcsz", "acsz", &["99999-999"], "40301-110", State),
    region("CA", "noabcsz", "acsz", &["A9A 9A9"], "H3Z 2Y7", Province),
    plain("CH", "onabzc", "acz", FOUR, "8001"),
    plain("CL", "noabzcs", "acs", &["9999999"], "8340457"),
    region("CN", "zscdabon", "acsz", SIX, "266033", Province),
    region("CO", "noabdcsz", "acs", SIX, "111221", Department),
    plain("CY", "noabzc", "acz", FOUR, "2008"),
    plain("CZ", "noabzc", "acz", THREE_AND_TWO, "100 00"),
    plain("DE", "noabzc", "acz", FIVE, "26133"),
    plain("DK", "noabzc", "acz", FOUR, "8660"),
    plain("EE", "noabzc", "acz", FIVE, "69501"),
    region("ES", "noabzcs", "acsz", FIVE, "28039", Province),
    plain("FI", "onabzc", "acz", FIVE, "00550"),
    capitals(plain("FR", "onabzcx", "acz", FIVE, "33380")),
    capitals(words("GB", "noabcz", "acz", BRITISH, "EC1Y 8SY", Postal, Region, PostTown)),
    plain("GR", "noabzc", "acz", THREE_AND_TWO, "151 24"),
    region("HK", "scabon", "as", &[], "", Area),
    plain("HR", "noabzc", "acz", FIVE, "10000"),
    plain("HU", "nocabz", "acz", FOUR, "1037"),
    region("ID", "noabcsz", "acs", FIVE, "40115", Province),
    words("IE", "noabdcsz", "ac", &["A99 XXXX", "D6W XXXX"], "A65 F4E2", Eircode, County, City),
    plain("IL", "noabcz", "ac", &["9999999", "99999"], "9614303"),
    words("IN", "noabdczs", "acsz", SIX, "110034", Pin, State, City),
    plain("IS", "noabzc", "acz", &["999"], "320"),
    region("IT", "noabzcs", "acsz", FIVE, "00144", Province),
    region("JP", "zsabon", "asz", &["999-9999"], "154-0023", Prefecture),
    region("KR", "scdabonz", "acsz", FIVE, "03051", Province),
    plain("LT", "onabzc", "acz", &["LT-99999", "99999"], "LT-04340"),
    plain("LU", "onabzc", "acz", &["9999", "L-9999"], "4750"),
    plain("LV", "noabcz", "acz", &["LV-9999", "9999"], "LV-1073"),
    plain("MT", "noabcz", "acz", &["AAA 9999"], "NXR 1234"),
    region("MX", "noabdzcs", "acsz", FIVE, "02860", State),
    region("MY", "noabdzcs", "acz", FIVE, "43000", State),
    plain("NL", "onabzc", "acz", &["9999 AA"], "1234 AB"),
    plain("NO", "noabzc", "acz", FOUR, "0025"),
    plain("NZ", "noabdcz", "acz", FOUR, "6001"),
    plain("PE", "noabczs", "acs", FIVE, "15001"),
    region("PH", "noabdczs", "ac", FOUR, "1008", Province),
    plain("PL", "noabzc", "acz", &["99-999"], "00-950"),
    plain("PT", "noabzc", "acz", &["9999-999"], "2725-079"),
    region("RO", "noabzcs", "acz", SIX, "060274", County),
    plain("RS", "noabzc", "acz", &["99999", "999999"], "11000"),
    plain("RU", "noabcsz", "acsz", SIX, "101000"),
    plain("SA", "noabcz", "ac", &["99999", "99999-9999"], "11564"),
    plain("SE", "onabzc", "acz", THREE_AND_TWO, "114 55"),
    plain("SG", "noabz", "az", SIX, "546080"),
    plain("SI", "noabzc", "acz", FOUR, "4000"),
    plain("SK", "noabzc", "acz", THREE_AND_TWO, "010 01"),
    region("TH", "noabdcsz", "acsz", FIVE, "10150", Province),
    region("TR", "noabzcs", "acsz", FIVE, "34330", Province),
    region("TW", "zscabon", "acsz", &["999", "99999", "999999"], "104", County),
    plain("UA", "noabcsz", "acz", FIVE, "01001"),
    words("US", "noabcsz", "acsz", &["99999", "99999-9999"], "95014", Zip, State, City),
    region("VN", "noabcsz", "acs", &["99999", "999999"], "70010", Province),
    plain("ZA", "noabdcz", "acz", FOUR, "0083"),
];
