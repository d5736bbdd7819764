//! What can be done to a cart, as plain functions of the cart and what is known of the goods.

use super::{Cart, CartError, CartLine, CheckoutEntries, MOST_ATTRIBUTES, MOST_CODES, MOST_LINES, MOST_UNITS};
use crate::catalogue::{Attributes, Product};
use crate::clock::Instant;
use crate::ids;

const MOST_FIELDS: usize = 64;

impl Cart {
    /// An empty cart.
    #[must_use]
    pub fn new(now: Instant) -> Self {
        Self { id: ids::new("crt", now), version: 1, created_at: now, updated_at: now, ..Self::default() }
    }

    /// How many units it holds.
    #[must_use]
    pub fn units(&self) -> u64 {
        self.lines.iter().map(|line| u64::from(line.quantity)).sum()
    }

    /// Puts units of a variant in, onto the line that has the same variant and attributes if there is one.
    ///
    /// # Errors
    /// If the variant is not on sale, there are too few, or the cart is full.
    pub fn add(
        &mut self,
        now: Instant,
        product: &Product,
        variant: &str,
        quantity: u32,
        attributes: &Attributes,
    ) -> Result<(), CartError> {
        check_attributes(attributes)?;
        let same = |line: &&mut CartLine| line.variant == variant && line.attributes == *attributes;
        let held = self.lines.iter_mut().find(same).map_or(0, |line| line.quantity);
        let wanted = held.checked_add(quantity).filter(|_| quantity > 0).ok_or(CartError::Quantity)?;
        self.check_units(product, variant, held, wanted)?;
        if let Some(line) = self.lines.iter_mut().find(same) {
            line.quantity = wanted;
            line.added_at = now;
            return Ok(());
        }
        if self.lines.len() >= MOST_LINES {
            return Err(CartError::Full);
        }
        self.lines.push(CartLine {
            id: ids::new("lin", now),
            product: product.id.clone(),
            variant: variant.to_owned(),
            quantity,
            added_at: now,
            attributes: attributes.clone(),
        });
        Ok(())
    }

    /// Sets a line's quantity; 0 takes the line out.
    ///
    /// # Errors
    /// If there is no such line, or a raise cannot be had. Fewer can always be had.
    pub fn set_quantity(
        &mut self,
        now: Instant,
        product: Option<&Product>,
        line: &str,
        quantity: u32,
    ) -> Result<(), CartError> {
        let unknown = || CartError::UnknownLine(line.to_owned());
        let position = self.lines.iter().position(|known| known.id == line).ok_or_else(unknown)?;
        if quantity == 0 {
            self.lines.remove(position);
            return Ok(());
        }
        let held = self.lines[position].quantity;
        if quantity > held {
            let variant = self.lines[position].variant.clone();
            self.check_units(product.ok_or(CartError::NotOnSale)?, &variant, held, quantity)?;
            self.lines[position].added_at = now;
        }
        self.lines[position].quantity = quantity;
        Ok(())
    }

    /// Whether one line may go from `held` to `wanted` units, with what other lines hold of the same variant.
    fn check_units(&self, product: &Product, variant: &str, held: u32, wanted: u32) -> Result<(), CartError> {
        let known = product.variant(variant).filter(|_| product.is_on_sale()).ok_or(CartError::NotOnSale)?;
        if wanted > MOST_UNITS {
            return Err(CartError::Quantity);
        }
        let all = self.lines.iter().filter(|line| line.variant == variant).map(|line| i64::from(line.quantity));
        let elsewhere = all.sum::<i64>() - i64::from(held);
        match known.details.sellable() {
            Some(stock) if i64::from(wanted) + elsewhere > stock => {
                Err(CartError::OutOfStock { left: u32::try_from(stock - elsewhere).unwrap_or(0) })
            }
            _ => Ok(()),
        }
    }

    /// Enters a code. One that is there already, in whatever case, is not entered twice.
    ///
    /// # Errors
    /// If it cannot be a code, or there are too many.
    pub fn add_code(&mut self, code: &str) -> Result<(), CartError> {
        let code = code.trim();
        if code.is_empty() || code.chars().count() > 64 || code.chars().any(char::is_control) {
            return Err(CartError::Code);
        }
        if self.has_code(code) {
            return Ok(());
        }
        if self.codes.len() >= MOST_CODES {
            return Err(CartError::Code);
        }
        self.codes.push(code.to_owned());
        Ok(())
    }

    /// Takes a code out.
    pub fn remove_code(&mut self, code: &str) {
        let code = code.trim().to_lowercase();
        self.codes.retain(|known| known.to_lowercase() != code);
    }

    fn has_code(&self, code: &str) -> bool {
        self.codes.iter().any(|known| known.to_lowercase() == code.to_lowercase())
    }

    /// Sets attributes; an empty value takes one out, and those not named stay.
    ///
    /// # Errors
    /// If one is too long, or there are too many. Nothing is changed then.
    pub fn set_attributes(&mut self, changes: &Attributes) -> Result<(), CartError> {
        let mut after = self.attributes.clone();
        for (key, value) in changes {
            if value.is_empty() {
                after.remove(key);
            } else {
                after.insert(key.clone(), value.clone());
            }
        }
        check_attributes(&after)?;
        self.attributes = after;
        Ok(())
    }

    /// Sets where the goods go.
    ///
    /// # Errors
    /// If it is not two capital letters.
    pub fn set_country(&mut self, country: &str) -> Result<(), CartError> {
        if country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(CartError::Country);
        }
        self.country = Some(country.to_owned());
        Ok(())
    }

    /// Replaces what has been entered into the checkout. Values are kept without the spaces around them.
    ///
    /// # Errors
    /// If a value is too long or holds control characters, or there are too many.
    pub fn set_form(&mut self, mut form: CheckoutEntries) -> Result<(), CartError> {
        for entries in [&mut form.typed, &mut form.prefilled] {
            if entries.len() > MOST_FIELDS {
                return Err(CartError::Field("the form".into()));
            }
            for (field, value) in entries {
                *value = value.trim().to_owned();
                if field.len() > 64 || value.chars().count() > 500 || value.chars().any(char::is_control) {
                    return Err(CartError::Field(field.chars().take(64).collect()));
                }
            }
        }
        form.changed.retain(|field| form.typed.contains_key(field));
        form.kept.retain(|field| form.typed.contains_key(field));
        self.form = form;
        Ok(())
    }

    /// Opens checkout. The first time counts.
    pub fn open_checkout(&mut self, now: Instant) {
        self.checkout_since.get_or_insert(now);
    }

    /// Takes over what another cart of the same shopper holds: of lines with the same variant and attributes the larger one,
    /// so that nothing is lost and nothing is bought twice; everything else only where this cart has nothing of its own.
    pub fn merge(&mut self, other: Cart) {
        for line in other.lines {
            let same = |known: &CartLine| known.variant == line.variant && known.attributes == line.attributes;
            match self.lines.iter().position(same) {
                Some(position) if self.lines[position].quantity >= line.quantity => {}
                Some(position) => {
                    let known = &mut self.lines[position];
                    (known.quantity, known.added_at) = (line.quantity, line.added_at);
                }
                None if self.lines.len() < MOST_LINES => self.lines.push(line),
                None => {}
            }
        }
        for code in other.codes {
            if !self.has_code(&code) && self.codes.len() < MOST_CODES {
                self.codes.push(code);
            }
        }
        for (key, value) in other.attributes {
            if self.attributes.len() < MOST_ATTRIBUTES {
                self.attributes.entry(key).or_insert(value);
            }
        }
        self.country = self.country.take().or(other.country);
        self.delivery_method = self.delivery_method.take().or(other.delivery_method);
        self.checkout_since = self.checkout_since.or(other.checkout_since);
        if self.form == CheckoutEntries::default() {
            self.form = other.form;
        }
    }
}

fn check_attributes(attributes: &Attributes) -> Result<(), CartError> {
    let fits = |(key, value): (&String, &String)| {
        (1..=128).contains(&key.chars().count())
            && value.chars().count() <= 1_024
            && !key.chars().chain(value.chars()).any(char::is_control)
    };
    if attributes.len() <= MOST_ATTRIBUTES && attributes.iter().all(fits) { Ok(()) } else { Err(CartError::Attribute) }
}

#[cfg(test)]
#[path = "edit_tests.rs"]
mod tests;
