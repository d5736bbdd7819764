//! Reading the product CSV of Shopify, with the header names it has had until 2024 and those it has now.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`rows`] | bytes to rows: separators, quotes, encoding, limits |
//! | [`columns`] | which column is which, by either name |
//! | [`products`] | rows to products |
//! | [`text`] | HTML to plain text, cells that a spreadsheet would run |
//!
//! A file is read as a whole before anything is saved, and saved in one transaction. Every row that is wrong is named by its
//! line and the reason.

mod columns;
mod products;
mod rows;
pub(super) mod text;

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(super) use columns::{Column, NAMES};

use super::{Category, Product, ProductInput, Variant, VariantDetails};
use columns::Columns;

/// The most bytes of a file.
pub const MOST_BYTES: usize = 8 << 20;
/// The most problems named at once.
const MOST_PROBLEMS: usize = 50;

/// What a file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The categories its products need, wider ones first.
    pub categories: Vec<Category>,
    /// Its products, in the order of the file.
    pub products: Vec<ProductInput>,
    columns: Columns,
}

/// One thing about a file that has to be changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// The line of the file on which the row begins, counted from 1.
    pub line: u64,
    /// The name of the column, as the file has it; empty for the row as a whole.
    pub column: String,
    /// What is wrong and what to do about it.
    pub reason: String,
}

/// A file that cannot be imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportError {
    /// What has to be changed, in the order of the file, at least one and at most 50.
    pub problems: Vec<Problem>,
    /// How many there are in all.
    pub total: usize,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}", self.line)?;
        if !self.column.is_empty() {
            write!(formatter, ", column {}", self.column)?;
        }
        write!(formatter, ": {}", self.reason)
    }
}

impl fmt::Display for ImportError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("nothing was imported; change these and import the file again")?;
        for problem in &self.problems {
            write!(formatter, "\n{problem}")?;
        }
        match self.total - self.problems.len() {
            0 => Ok(()),
            more => write!(formatter, "\nand {more} more"),
        }
    }
}

impl std::error::Error for ImportError {}

/// What has been found wrong so far.
#[derive(Debug, Default)]
struct Problems {
    first: Vec<Problem>,
    total: usize,
}

impl Problems {
    fn add(&mut self, line: u64, column: &str, reason: impl Into<String>) {
        self.total += 1;
        if self.first.len() < MOST_PROBLEMS {
            self.first.push(Problem { line, column: column.to_owned(), reason: reason.into() });
        }
    }

    fn none_or<T>(mut self, value: T) -> Result<T, ImportError> {
        if self.total == 0 {
            return Ok(value);
        }
        self.first.sort_by_key(|problem| problem.line);
        Err(ImportError { problems: self.first, total: self.total })
    }
}

/// Reads a file. Amounts are in `currency`.
///
/// # Errors
/// Every row that is wrong, by line and reason.
pub fn read(file: &[u8], currency: &str) -> Result<Import, ImportError> {
    let mut problems = Problems::default();
    let (header, rows) = rows::read(file, &mut problems);
    let columns = Columns::read(&header, &mut problems);
    let (categories, products) = products::read(&columns, &rows, currency, &mut problems);
    problems.none_or(Import { categories, products, columns })
}

impl Import {
    /// A product of the file over the one with its handle that exists already: what the file has no column for stays.
    #[must_use]
    pub fn over(&self, input: &ProductInput, existing: &Product) -> ProductInput {
        let mut merged = input.clone();
        let known = &existing.details;
        let details = &mut merged.details;
        // No column of a file says these.
        details.perishable = known.perishable;
        details.attributes.clone_from(&known.attributes);
        let has = |column| self.columns.has(column);
        if !has(Column::Body) {
            details.description.clone_from(&known.description);
        }
        if !has(Column::Vendor) {
            details.brand.clone_from(&known.brand);
        }
        if !has(Column::Tags) {
            details.tags.clone_from(&known.tags);
        }
        if !has(Column::Image) {
            details.pictures.clone_from(&known.pictures);
        }
        if !has(Column::Taxable) {
            details.tax_basis_points = known.tax_basis_points;
        }
        if !has(Column::Status) && !has(Column::Published) {
            details.status = known.status;
        }
        if !has(Column::Category) && !has(Column::Type) {
            details.category.clone_from(&known.category);
        }
        for variant in &mut merged.variants {
            let same = |other: &&Variant| {
                other.details.options == variant.options
                    || (!variant.sku.is_empty() && other.details.sku == variant.sku)
            };
            if let Some(known) = existing.variants.iter().find(same) {
                self.keep(variant, &known.details);
            }
        }
        merged
    }

    /// Takes from a known variant what the file has no column for.
    fn keep(&self, variant: &mut VariantDetails, known: &VariantDetails) {
        let has = |column| self.columns.has(column);
        if !has(Column::Sku) {
            variant.sku.clone_from(&known.sku);
        }
        if !has(Column::Barcode) {
            variant.barcode.clone_from(&known.barcode);
        }
        if !has(Column::Cost) {
            variant.cost = known.cost;
        }
        if !has(Column::Stock) && !has(Column::Tracker) {
            variant.stock = known.stock;
        }
        if !has(Column::Policy) {
            variant.backorder = known.backorder;
        }
        if !has(Column::Grams) {
            variant.weight_grams = known.weight_grams;
        }
        if !has(Column::Shipping) {
            variant.needs_delivery = known.needs_delivery;
        }
        if !has(Column::Image) && !has(Column::VariantImage) {
            variant.picture = known.picture;
        }
    }
}

#[cfg(test)]
mod tests;
