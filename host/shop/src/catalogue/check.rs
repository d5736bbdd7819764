//! What a merchant, or a file of theirs, may enter as a product.

use std::collections::BTreeSet;

use thiserror::Error;

use super::{ProductDetails, ProductInput, VariantDetails};
use crate::money::MAX_AMOUNT;

/// The most variants of a product.
pub const MOST_VARIANTS: usize = 500;
/// The most options of a product.
pub const MOST_OPTIONS: usize = 3;
/// The most pictures of a product.
pub const MOST_PICTURES: usize = 50;
/// The most tags of a product.
pub const MOST_TAGS: usize = 100;

/// Why a product cannot be saved as it was entered.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{field}: {message}")]
pub struct ProductError {
    /// The field, such as `variants/0/price`.
    pub field: String,
    /// What is wrong and what to enter instead.
    pub message: String,
}

impl ProductInput {
    /// Checks everything that can be checked without the catalogue.
    ///
    /// # Errors
    /// The first thing to change.
    pub fn check(&self) -> Result<(), ProductError> {
        self.details.check()?;
        let count = self.variants.len();
        ensure((1..=MOST_VARIANTS).contains(&count), "variants", || format!("enter 1 to {MOST_VARIANTS} variants"))?;
        let mut seen = BTreeSet::new();
        for (position, variant) in self.variants.iter().enumerate() {
            let field = |name: &str| format!("variants/{position}/{name}");
            variant.check(&field)?;
            let options = self.details.options.len();
            ensure(variant.options.len() == options, &field("options"), || {
                format!("enter a value for each of the product's {options} options")
            })?;
            ensure(variant.options.iter().all(|value| is_line(value, 1, 255)), &field("options"), || {
                "use 1 to 255 characters for each value".into()
            })?;
            ensure(seen.insert(&variant.options), &field("options"), || {
                format!("another variant is {:?} already; let every variant differ", variant.options.join(" / "))
            })?;
            let pictures = self.details.pictures.len();
            let known = variant.picture.is_none_or(|position| (position as usize) < pictures);
            ensure(known, &field("picture"), || format!("the product has {pictures} pictures; name one of them"))?;
        }
        Ok(())
    }
}

impl ProductDetails {
    fn check(&self) -> Result<(), ProductError> {
        ensure(is_handle(&self.handle), "handle", || {
            "use 1 to 200 small letters, digits, hyphens and underscores, such as blue-mug".into()
        })?;
        ensure(is_line(&self.title, 1, 255), "title", || "use 1 to 255 characters on one line".into())?;
        ensure(is_text(&self.description, 20_000), "description", || "use at most 20000 characters of text".into())?;
        ensure(is_line(&self.brand, 0, 255), "brand", || "use at most 255 characters on one line".into())?;
        ensure(self.tags.len() <= MOST_TAGS, "tags", || format!("use at most {MOST_TAGS} tags"))?;
        ensure(self.tags.iter().all(|tag| is_line(tag, 1, 255)), "tags", || {
            "use 1 to 255 characters for each tag".into()
        })?;
        ensure(self.options.len() <= MOST_OPTIONS, "options", || format!("use at most {MOST_OPTIONS} options"))?;
        ensure(self.options.iter().all(|name| is_line(name, 1, 255)), "options", || {
            "use 1 to 255 characters for each name".into()
        })?;
        let distinct: BTreeSet<_> = self.options.iter().collect();
        ensure(distinct.len() == self.options.len(), "options", || "let every option have a name of its own".into())?;
        ensure(self.pictures.len() <= MOST_PICTURES, "pictures", || format!("use at most {MOST_PICTURES} pictures"))?;
        for (position, picture) in self.pictures.iter().enumerate() {
            let field = format!("pictures/{position}");
            ensure(is_picture(&picture.source), &field, || "use an address that starts with https://".into())?;
            ensure(is_line(&picture.alt, 0, 1_000), &field, || "use at most 1000 characters on one line".into())?;
        }
        ensure(self.tax_basis_points.is_none_or(|rate| rate <= 10_000), "tax_basis_points", || {
            "use at most 10000 basis points (100 %)".into()
        })?;
        let attributes = self.attributes.len() <= 100
            && self.attributes.iter().all(|(key, value)| is_line(key, 1, 128) && is_text(value, 1_000));
        ensure(attributes, "attributes", || {
            "use at most 100, with keys up to 128 and values up to 1000 characters".into()
        })
    }
}

impl VariantDetails {
    fn check(&self, field: &dyn Fn(&str) -> String) -> Result<(), ProductError> {
        let money = 0..=MAX_AMOUNT;
        ensure(money.contains(&self.price), &field("price"), || format!("use 0 to {MAX_AMOUNT} minor units"))?;
        ensure(self.cost.is_none_or(|cost| money.contains(&cost)), &field("cost"), || {
            format!("use 0 to {MAX_AMOUNT} minor units")
        })?;
        // Stock may be below zero: what was sold on backorder.
        let stock = self.stock.is_none_or(|units| (-MAX_AMOUNT..=MAX_AMOUNT).contains(&units));
        ensure(stock, &field("stock"), || format!("use at most {MAX_AMOUNT} units"))?;
        ensure(is_line(&self.sku, 0, 255), &field("sku"), || "use at most 255 characters on one line".into())?;
        ensure(is_line(&self.barcode, 0, 255), &field("barcode"), || "use at most 255 characters on one line".into())
    }
}

/// Whether a text can stand in addresses. Letters of every script may, but no capital ones.
#[must_use]
pub fn is_handle(text: &str) -> bool {
    let fits = |letter: char| (letter.is_alphanumeric() && !letter.is_uppercase()) || letter == '-' || letter == '_';
    (1..=200).contains(&text.chars().count()) && text.chars().all(fits)
}

/// A handle made of a title: `Blue mug, 0.3 l` becomes `blue-mug-0-3-l`.
#[must_use]
pub fn handle_of(title: &str) -> String {
    let lower = title.to_lowercase();
    let words = lower.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").chars().take(200).collect()
}

fn is_picture(source: &str) -> bool {
    let address = source.starts_with("https://") || source.starts_with("drawing:");
    address && source.len() <= 2_000 && source.chars().all(|letter| letter.is_ascii_graphic())
}

fn is_line(text: &str, least: usize, most: usize) -> bool {
    (least..=most).contains(&text.chars().count()) && !text.chars().any(char::is_control) && text.trim().len() >= least
}

fn is_text(text: &str, most: usize) -> bool {
    let control = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\t');
    text.chars().count() <= most && !text.chars().any(control)
}

fn ensure(holds: bool, field: &str, message: impl FnOnce() -> String) -> Result<(), ProductError> {
    if holds { Ok(()) } else { Err(ProductError { field: field.to_owned(), message: message() }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Picture;

    fn mug() -> ProductInput {
        let variant = |colour: &str| VariantDetails { options: vec![colour.into()], price: 990, ..Default::default() };
        ProductInput {
            details: ProductDetails {
                handle: "mug".into(),
                title: "Mug".into(),
                options: vec!["Colour".into()],
                ..Default::default()
            },
            variants: vec![variant("Blue"), variant("Red")],
        }
    }

    #[test]
    fn a_sound_product_passes() {
        assert_eq!(mug().check(), Ok(()));
    }

    #[test]
    fn what_is_wrong_is_named_by_field() {
        let script = || Picture { source: "javascript:x".into(), alt: String::new() };
        type Change<'a> = &'a dyn Fn(&mut ProductInput);
        let wrong: [(&str, Change<'_>); 11] = [
            ("handle", &|input| input.details.handle = "Blue Mug".into()),
            ("title", &|input| input.details.title = "  ".into()),
            ("title", &|input| input.details.title = "two\nlines".into()),
            ("options", &|input| input.details.options = vec!["Colour".into(), "Colour".into()]),
            ("pictures/0", &|input| input.details.pictures = vec![script()]),
            ("tax_basis_points", &|input| input.details.tax_basis_points = Some(10_001)),
            ("variants", &|input| input.variants.clear()),
            ("variants/1/options", &|input| input.variants[1].options = vec!["Blue".into()]),
            ("variants/0/options", &|input| input.variants[0].options.clear()),
            ("variants/0/price", &|input| input.variants[0].price = -1),
            ("variants/0/picture", &|input| input.variants[0].picture = Some(0)),
        ];
        for (field, change) in wrong {
            let mut input = mug();
            change(&mut input);
            assert_eq!(input.check().map_err(|error| error.field), Err(field.to_owned()));
        }
    }

    #[test]
    fn a_handle_is_made_of_a_title() {
        assert_eq!(handle_of("Blue mug, 0.3 l"), "blue-mug-0-3-l");
        assert_eq!(handle_of("Größe XL"), "größe-xl");
        assert!(is_handle(&handle_of("Tasse «Äpfel»")));
    }
}
