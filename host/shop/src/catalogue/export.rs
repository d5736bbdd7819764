//! Writing the catalogue as the product CSV that [`import`](super::import) reads. No cell of it is run by a spreadsheet.

use std::collections::BTreeMap;

use super::import::text::guarded;
use super::import::{Column, NAMES};
use super::{Category, Product, Variant};
use crate::money::plain;

/// The catalogue as a file, amounts in `currency`.
#[must_use]
pub fn write(products: &[Product], categories: &[Category], currency: &str) -> Vec<u8> {
    let titles: BTreeMap<&str, &str> =
        categories.iter().map(|category| (category.id.as_str(), category.title.as_str())).collect();
    let mut file = Vec::new();
    push_row(&mut file, NAMES.iter().map(|(_, names)| capital(names[0])));
    for product in products {
        let pictures = product.details.pictures.len();
        for position in 0..product.variants.len().max(pictures) {
            let row = Row { product, position, titles: &titles, currency };
            push_row(&mut file, NAMES.iter().map(|(column, _)| row.cell(*column)));
        }
    }
    file
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn push_row(file: &mut Vec<u8>, cells: impl Iterator<Item = String>) {
    let quoted: Vec<String> = cells.map(|cell| quoted(&cell)).collect();
    file.extend_from_slice(quoted.join(",").as_bytes());
    file.extend_from_slice(b"\r\n");
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r', ';']) || cell.trim() != cell {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

/// One row: the variant and the picture at a position of a product, and what the product is in its first row.
struct Row<'a> {
    product: &'a Product,
    position: usize,
    titles: &'a BTreeMap<&'a str, &'a str>,
    currency: &'a str,
}

impl Row<'_> {
    fn cell(&self, column: Column) -> String {
        let details = &self.product.details;
        let text = |text: &str| guarded(text).into_owned();
        let first = |text: String| if self.position == 0 { text } else { String::new() };
        match column {
            Column::Handle => details.handle.clone(),
            Column::Title => first(text(&details.title)),
            Column::Body => first(html(&details.description)),
            Column::Vendor => first(text(&details.brand)),
            Column::Category => first(self.path()),
            Column::Tags => first(text(&details.tags.join(", "))),
            Column::Status => first(details.status.id().to_owned()),
            Column::Published => first("true".to_owned()),
            Column::OptionName(number) => first(self.option_name(number)),
            Column::Type => String::new(),
            Column::Image => self.picture(|picture| picture.source.clone()),
            Column::ImagePosition => self.picture(|_| (self.position + 1).to_string()),
            Column::ImageAlt => self.picture(|picture| text(&picture.alt)),
            Column::VariantImage
            | Column::OptionValue(_)
            | Column::Sku
            | Column::Barcode
            | Column::Price
            | Column::Cost
            | Column::Taxable
            | Column::Tracker
            | Column::Stock
            | Column::Policy
            | Column::Grams
            | Column::Shipping => {
                let variant = self.product.variants.get(self.position);
                variant.map_or_else(String::new, |variant| self.variant_cell(column, variant))
            }
        }
    }

    fn variant_cell(&self, column: Column, variant: &Variant) -> String {
        let details = &variant.details;
        let pictures = &self.product.details.pictures;
        match column {
            Column::OptionValue(0) if self.product.details.options.is_empty() => "Default Title".into(),
            Column::OptionValue(number) => {
                details.options.get(number).map_or_else(String::new, |value| guarded(value).into_owned())
            }
            Column::Sku => guarded(&details.sku).into_owned(),
            Column::Barcode => guarded(&details.barcode).into_owned(),
            Column::Price => plain(details.price, self.currency),
            Column::Cost => details.cost.map_or_else(String::new, |cost| plain(cost, self.currency)),
            Column::Taxable => (self.product.details.tax_basis_points != Some(0)).to_string(),
            Column::Tracker => details.stock.map_or_else(String::new, |_| "shopify".into()),
            Column::Stock => details.stock.map_or_else(String::new, |stock| stock.to_string()),
            Column::Policy => if details.backorder { "continue" } else { "deny" }.into(),
            Column::Grams => details.weight_grams.to_string(),
            Column::Shipping => details.needs_delivery.to_string(),
            Column::VariantImage => {
                let picture = details.picture.and_then(|position| pictures.get(position as usize));
                picture.map_or_else(String::new, |picture| picture.source.clone())
            }
            _ => String::new(),
        }
    }

    fn picture(&self, cell: impl Fn(&super::Picture) -> String) -> String {
        self.product.details.pictures.get(self.position).map_or_else(String::new, cell)
    }

    fn option_name(&self, number: usize) -> String {
        match self.product.details.options.get(number) {
            Some(name) => guarded(name).into_owned(),
            None if number == 0 && self.product.details.options.is_empty() => "Title".into(),
            None => String::new(),
        }
    }

    fn path(&self) -> String {
        let titles = self.product.categories.iter().map(|id| self.titles.get(id.as_str()).copied().unwrap_or(id));
        guarded(&titles.collect::<Vec<_>>().join(" > ")).into_owned()
    }
}

/// Plain text as HTML, line by line.
fn html(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    escaped.lines().map(|line| format!("<p>{line}</p>")).collect()
}
