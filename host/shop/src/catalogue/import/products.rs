//! Rows to products: rows with one handle are one product; the first says what it is, each says a variant, a picture or both.

use std::collections::HashMap;

use super::columns::{Column, Columns};
use super::rows::Row;
use super::text::{plain, unguarded};
use super::{Problem, Problems};
use crate::catalogue::check::{MOST_OPTIONS, handle_of};
use crate::catalogue::{Category, Picture, ProductDetails, ProductInput, Status, VariantDetails};
use crate::money;

/// Shopify's name for the only variant of a product.
const NO_OPTION: (&str, &str) = ("Title", "Default Title");

/// A product in the making.
struct Draft {
    input: ProductInput,
    /// The line of the product, and of each variant.
    line: u64,
    variant_lines: Vec<u64>,
    /// Pictures with the place the file gives them.
    pictures: Vec<(u32, Picture)>,
    /// The address of each variant's own picture.
    variant_pictures: Vec<String>,
}

/// What reads the cells of one row, and notes what is wrong with them.
struct Cells<'a> {
    columns: &'a Columns,
    row: &'a Row,
    problems: &'a mut Problems,
}

pub(super) fn read(
    columns: &Columns,
    rows: &[Row],
    currency: &str,
    problems: &mut Problems,
) -> (Vec<Category>, Vec<ProductInput>) {
    let mut drafts: Vec<Draft> = Vec::new();
    let mut by_handle: HashMap<String, usize> = HashMap::new();
    let mut categories: Vec<Category> = Vec::new();
    for row in rows {
        let mut cells = Cells { columns, row, problems };
        if row.cells.len() > columns.width() {
            let reason =
                format!("the row has {} cells and the header {}; check its quotes", row.cells.len(), columns.width());
            cells.problems.add(row.line, "", reason);
            continue;
        }
        let handle = cells.text(Column::Handle).to_lowercase();
        if handle.is_empty() {
            cells.wrong(Column::Handle, "every row needs the handle of its product; fill it in");
            continue;
        }
        let position = *by_handle.entry(handle.clone()).or_insert(drafts.len());
        if position == drafts.len() {
            let category = cells.category(&mut categories);
            drafts.push(Draft::new(&mut cells, handle, category));
        }
        drafts[position].add(&mut cells, currency);
    }
    if rows.is_empty() && problems.total == 0 {
        problems.add(1, "", "the file has no products; export them again");
    }
    let products = drafts.into_iter().map(|draft| draft.finish(columns, problems)).collect();
    (categories, products)
}

impl Draft {
    fn new(cells: &mut Cells<'_>, handle: String, category: Option<String>) -> Self {
        let title = cells.text(Column::Title);
        if title.is_empty() {
            cells.wrong(Column::Title, "the first row of a product needs its title; fill it in");
        }
        let names = (0..MOST_OPTIONS).map(|number| cells.text(Column::OptionName(number)));
        let mut options: Vec<String> = names.collect();
        while options.last().is_some_and(String::is_empty) {
            options.pop();
        }
        if options == [NO_OPTION.0] && cells.raw(Column::OptionValue(0)) == NO_OPTION.1 {
            options.clear();
        }
        let published = cells.flag(Column::Published, true);
        let details = ProductDetails {
            handle,
            title,
            description: plain(cells.raw(Column::Body)),
            brand: cells.text(Column::Vendor),
            status: cells.status(published),
            category,
            tags: cells.tags(),
            options,
            tax_basis_points: (!cells.flag(Column::Taxable, true)).then_some(0),
            ..ProductDetails::default()
        };
        Self {
            input: ProductInput { details, variants: Vec::new() },
            line: cells.row.line,
            variant_lines: Vec::new(),
            pictures: Vec::new(),
            variant_pictures: Vec::new(),
        }
    }

    /// Adds what a row says: a variant, a picture or both.
    fn add(&mut self, cells: &mut Cells<'_>, currency: &str) {
        let is_first = self.line == cells.row.line;
        let image = cells.raw(Column::Image);
        if !image.is_empty() {
            let place = cells.number(Column::ImagePosition, u32::MAX);
            let picture = Picture { source: address(image), alt: cells.text(Column::ImageAlt) };
            if self.pictures.iter().all(|(_, known)| known.source != picture.source) {
                self.pictures.push((place, picture));
            }
        }
        let of_variant =
            [Column::Price, Column::Sku, Column::OptionValue(0), Column::OptionValue(1), Column::OptionValue(2)];
        if is_first || of_variant.into_iter().any(|column| !cells.raw(column).is_empty()) {
            self.add_variant(cells, currency);
        } else if image.is_empty() {
            cells.problems.add(
                cells.row.line,
                "",
                "the row says no variant and no picture; fill in a price or take it out",
            );
        }
    }

    fn add_variant(&mut self, cells: &mut Cells<'_>, currency: &str) {
        let count = self.input.details.options.len();
        let mut options: Vec<String> = (0..count).map(|number| cells.text(Column::OptionValue(number))).collect();
        for (number, value) in options.iter_mut().enumerate() {
            if value.is_empty() {
                let name = &self.input.details.options[number];
                cells.wrong(Column::OptionValue(number), &format!("the variant has no {name}; fill it in"));
                *value = format!("line {}", cells.row.line);
            }
        }
        let variant = VariantDetails {
            options,
            sku: cells.text(Column::Sku),
            barcode: cells.text(Column::Barcode),
            price: cells.money(Column::Price, currency).unwrap_or_else(|| {
                if cells.raw(Column::Price).is_empty() {
                    cells.wrong(Column::Price, "the variant has no price; fill it in");
                }
                0
            }),
            cost: cells.money(Column::Cost, currency),
            stock: cells.stock(),
            backorder: cells.policy(),
            weight_grams: cells.grams(),
            needs_delivery: cells.flag(Column::Shipping, true),
            picture: None,
        };
        self.input.variants.push(variant);
        self.variant_lines.push(cells.row.line);
        self.variant_pictures.push(address(cells.raw(Column::VariantImage)));
    }

    fn finish(mut self, columns: &Columns, problems: &mut Problems) -> ProductInput {
        self.pictures.sort_by_key(|(place, _)| *place);
        let mut pictures: Vec<Picture> = self.pictures.into_iter().map(|(_, picture)| picture).collect();
        for (variant, source) in self.input.variants.iter_mut().zip(self.variant_pictures) {
            if source.is_empty() {
                continue;
            }
            let known = pictures.iter().position(|picture| picture.source == source);
            let position = known.unwrap_or_else(|| {
                pictures.push(Picture { source, alt: variant.options.join(" / ") });
                pictures.len() - 1
            });
            variant.picture = u32::try_from(position).ok();
        }
        self.input.details.pictures = pictures;
        if let Err(error) = self.input.check() {
            let (line, column) = whose(&error.field, self.line, &self.variant_lines, columns);
            // A cell that was named already is not named a second time in other words.
            if !problems.first.iter().any(|problem: &Problem| problem.line == line) {
                problems.add(line, &column, error.message);
            }
        }
        self.input
    }
}

/// The line and the column that a field of a product came from.
fn whose(field: &str, line: u64, variant_lines: &[u64], columns: &Columns) -> (u64, String) {
    let mut parts = field.split('/');
    let first = parts.next().unwrap_or_default();
    let number = parts.next().and_then(|number| number.parse::<usize>().ok());
    let last = parts.next().unwrap_or(first);
    let line =
        number.filter(|_| first == "variants").and_then(|number| variant_lines.get(number)).copied().unwrap_or(line);
    let column = match last {
        "handle" => Column::Handle,
        "title" => Column::Title,
        "description" => Column::Body,
        "brand" => Column::Vendor,
        "tags" => Column::Tags,
        "pictures" => Column::Image,
        "price" => Column::Price,
        "cost" => Column::Cost,
        "stock" => Column::Stock,
        "sku" => Column::Sku,
        "barcode" => Column::Barcode,
        "options" if first == "variants" => Column::OptionValue(0),
        "options" => Column::OptionName(0),
        _ => return (line, String::new()),
    };
    (line, columns.name(column).to_owned())
}

fn address(source: &str) -> String {
    if source.starts_with("//") { format!("https:{source}") } else { source.to_owned() }
}

impl<'a> Cells<'a> {
    fn raw(&self, column: Column) -> &'a str {
        self.columns.cell(self.row, column)
    }

    fn wrong(&mut self, column: Column, reason: &str) {
        self.problems.add(self.row.line, self.columns.name(column), reason);
    }

    /// A text that is not run by a spreadsheet.
    fn text(&mut self, column: Column) -> String {
        match unguarded(self.columns.cell(self.row, column)) {
            Some(text) => text.to_owned(),
            None => {
                self.wrong(column, "a cell that starts with = is a formula; write the text itself");
                "formula".into()
            }
        }
    }

    fn flag(&mut self, column: Column, empty: bool) -> bool {
        match self.raw(column).to_ascii_lowercase().as_str() {
            "" => empty,
            "true" | "yes" | "1" => true,
            "false" | "no" | "0" => false,
            _ => {
                self.wrong(column, "write true or false");
                empty
            }
        }
    }

    fn status(&mut self, published: bool) -> Status {
        let status = self.raw(Column::Status).to_ascii_lowercase();
        match status.as_str() {
            "" | "active" if published => Status::Active,
            // Shopify shows these to nobody who browses.
            "" | "active" | "unlisted" => Status::Draft,
            other => Status::from_id(other).unwrap_or_else(|| {
                self.wrong(Column::Status, "write active, draft or archived");
                Status::Draft
            }),
        }
    }

    fn tags(&mut self) -> Vec<String> {
        let all = self.text(Column::Tags);
        let mut tags: Vec<String> = Vec::new();
        for tag in all.split(',').map(str::trim).filter(|tag| !tag.is_empty()) {
            if !tags.iter().any(|known| known == tag) {
                tags.push(tag.to_owned());
            }
        }
        tags
    }

    /// The narrowest category, and those on the way to it: of the path in "Product category", else of the type.
    fn category(&mut self, categories: &mut Vec<Category>) -> Option<String> {
        let mut path = self.text(Column::Category);
        if path.is_empty() {
            path = self.text(Column::Type);
        }
        let mut parent: Option<String> = None;
        for title in path.split('>').map(str::trim).filter(|title| !title.is_empty()) {
            let own = handle_of(title);
            let id = parent.as_ref().map_or_else(|| own.clone(), |wider| format!("{wider}-{own}"));
            if own.is_empty() || id.chars().count() > 200 || title.chars().count() > 120 {
                self.wrong(Column::Category, "write each step of the path with 1 to 120 letters");
                return None;
            }
            if categories.iter().all(|known| known.id != id) {
                let position = u32::try_from(categories.len()).unwrap_or(u32::MAX);
                categories.push(Category { id: id.clone(), title: title.to_owned(), parent, position });
            }
            parent = Some(id);
        }
        parent
    }

    fn money(&mut self, column: Column, currency: &str) -> Option<money::Money> {
        let cell = self.raw(column);
        if cell.is_empty() {
            return None;
        }
        money::parse(cell, currency).map_err(|error| self.wrong(column, &error.to_string())).ok()
    }

    fn number(&mut self, column: Column, empty: u32) -> u32 {
        let cell = self.raw(column);
        if cell.is_empty() {
            return empty;
        }
        cell.parse().unwrap_or_else(|_| {
            self.wrong(column, "write a whole number");
            empty
        })
    }

    /// Grams; what stands after a point does not matter.
    fn grams(&mut self) -> u32 {
        let cell = self.raw(Column::Grams);
        let whole = cell.split_once('.').filter(|(_, rest)| rest.bytes().all(|byte| byte.is_ascii_digit()));
        let whole = whole.map_or(cell, |(whole, _)| whole);
        if cell.is_empty() {
            return 0;
        }
        whole.parse().unwrap_or_else(|_| {
            self.wrong(Column::Grams, "write the weight in whole grams");
            0
        })
    }

    /// Units in stock; none where the file has a column for who tracks it and nobody does.
    fn stock(&mut self) -> Option<i64> {
        let untracked = self.columns.has(Column::Tracker) && self.raw(Column::Tracker).is_empty();
        let cell = self.raw(Column::Stock);
        if untracked || (cell.is_empty() && !self.columns.has(Column::Tracker)) {
            return None;
        }
        if cell.is_empty() {
            return Some(0);
        }
        cell.parse().map_err(|_| self.wrong(Column::Stock, "write a whole number of units")).ok()
    }

    fn policy(&mut self) -> bool {
        match self.raw(Column::Policy).to_ascii_lowercase().as_str() {
            "continue" | "true" => true,
            "" | "deny" | "false" => false,
            _ => {
                self.wrong(Column::Policy, "write continue or deny");
                false
            }
        }
    }
}
