//! What templates are given. Amounts and instants stay numbers; templates write them as the shop's language has them.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`cards`] | products with their prices |
//! | [`blocks`] | what extensions show in a page's slots |
//! | [`totals`] | lines and sums of carts and orders |
//! | [`calendar`] | a file for the calendars that people keep |
//! | [`fields`] | the fields of an address |
//! | [`dates`] | days as people say them |
//! | [`people`] | addresses, cards and devices |

pub(super) mod blocks;
pub(super) mod calendar;
pub(super) mod cards;
pub(super) mod dates;
pub(super) mod fields;
pub(super) mod people;
pub(super) mod totals;
