//! Which column is which, by the old and the new header names.

use super::Problems;
use super::rows::Row;

/// A column that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::catalogue) enum Column {
    Handle,
    Title,
    Body,
    Vendor,
    Category,
    Type,
    Tags,
    Published,
    Status,
    OptionName(usize),
    OptionValue(usize),
    Sku,
    Barcode,
    Price,
    Cost,
    Taxable,
    Tracker,
    Stock,
    Policy,
    Grams,
    Shipping,
    Image,
    ImagePosition,
    ImageAlt,
    VariantImage,
}

/// The names of each column in small letters: the new one first, which an export writes, then
/// older ones.
pub(in crate::catalogue) const NAMES: [(Column, &[&str]); 29] = [
    (Column::Title, &["title"]),
    (Column::Handle, &["url handle", "handle"]),
    (Column::Body, &["description", "body (html)", "body html"]),
    (Column::Vendor, &["vendor"]),
    (Column::Category, &["product category", "standardized product type", "standard product type"]),
    (Column::Type, &["type", "custom product type", "product type"]),
    (Column::Tags, &["tags"]),
    (Column::Published, &["published on online store", "published"]),
    (Column::Status, &["status"]),
    (Column::Sku, &["sku", "variant sku"]),
    (Column::Barcode, &["barcode", "variant barcode"]),
    (Column::OptionName(0), &["option1 name"]),
    (Column::OptionValue(0), &["option1 value"]),
    (Column::OptionName(1), &["option2 name"]),
    (Column::OptionValue(1), &["option2 value"]),
    (Column::OptionName(2), &["option3 name"]),
    (Column::OptionValue(2), &["option3 value"]),
    (Column::Price, &["price", "variant price"]),
    (Column::Cost, &["cost per item", "variant cost"]),
    (Column::Taxable, &["charge tax", "variant taxable"]),
    (Column::Tracker, &["inventory tracker", "variant inventory tracker"]),
    (Column::Stock, &["inventory quantity", "variant inventory qty", "variant inventory quantity"]),
    (Column::Policy, &["continue selling when out of stock", "variant inventory policy"]),
    (Column::Grams, &["weight value (grams)", "variant grams"]),
    (Column::Shipping, &["requires shipping", "variant requires shipping"]),
    (Column::Image, &["product image url", "image src"]),
    (Column::ImagePosition, &["image position"]),
    (Column::ImageAlt, &["image alt text"]),
    (Column::VariantImage, &["variant image url", "variant image"]),
];

/// Without these a file is no list of products.
const REQUIRED: [Column; 3] = [Column::Handle, Column::Title, Column::Price];

/// Where each column stands in a file, and what the file calls it. Columns that are not read are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Columns {
    known: Vec<(Column, usize, String)>,
    width: usize,
}

impl Columns {
    pub(super) fn read(header: &Row, problems: &mut Problems) -> Self {
        let mut columns = Self { known: Vec::new(), width: header.cells.len() };
        for (position, cell) in header.cells.iter().enumerate() {
            let name = cell.trim();
            let small = name.to_lowercase();
            let found = NAMES.iter().find(|(_, names)| names.contains(&small.as_str()));
            let Some((column, _)) = found else { continue };
            if columns.has(*column) {
                let other = columns.name(*column);
                problems.add(header.line, name, format!("the column {other} says the same; take one of them out"));
                continue;
            }
            columns.known.push((*column, position, name.to_owned()));
        }
        for (column, names) in NAMES.iter().filter(|(column, _)| REQUIRED.contains(column)) {
            if !header.cells.is_empty() && !columns.has(*column) {
                let names: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
                let reason = format!("a column is missing; add one named {}", names.join(" or "));
                problems.add(header.line, "", reason);
            }
        }
        columns
    }

    pub(super) fn has(&self, column: Column) -> bool {
        self.known.iter().any(|(known, ..)| *known == column)
    }

    /// What the file calls a column.
    pub(super) fn name(&self, column: Column) -> &str {
        self.known.iter().find(|(known, ..)| *known == column).map_or("", |(_, _, name)| name)
    }

    /// How many cells a row may have.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// A cell without the spaces around it; empty where the row or the file does not have it.
    pub(super) fn cell<'a>(&self, row: &'a Row, column: Column) -> &'a str {
        let position = self.known.iter().find(|(known, ..)| *known == column).map(|(_, position, _)| *position);
        position.and_then(|position| row.cells.get(position)).map_or("", |cell| cell.trim())
    }
}
