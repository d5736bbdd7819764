//! Makes the form: which fields, in which order, with what in them.

use alloc::string::String;
use alloc::vec::Vec;

use boomerang_sdk::address_book::Book;
use boomerang_sdk::types::{Attribute, CheckoutForm, CheckoutPlan, Context, FieldPlan};

use crate::choice::{Suggestion, delivery_method, field_of, part_of, payment_token, suggest};
use crate::country::{Country, Region, normalise, pattern, regions};
use crate::field::{Part, Side, autocomplete, field_id, label};
use crate::settings::{Ask, Settings};

/// The form for whoever is checking out; `book` is theirs, where they have proved who they are.
pub fn plan_checkout(settings: &Settings, ctx: &Context, form: &CheckoutForm, book: Option<&Book>) -> CheckoutPlan {
    let show_billing = form.billing_differs || form.gift || !form.needs_delivery;
    let mut fields = Vec::new();
    fields.push(email(ctx, form, book));
    for (side, shown) in [(Side::Shipping, form.needs_delivery), (Side::Billing, show_billing)] {
        if shown {
            let address = Address { settings, ctx, form, book, side, suggestion: suggest_for(book, form, side) };
            fields.extend(address.fields());
        }
    }
    CheckoutPlan {
        fields,
        delivery_method: delivery_method(book, form, settings).map(Into::into),
        payment_token: payment_token(book, form, settings, ctx.now).map(Into::into),
        show_billing,
    }
}

fn suggest_for<'a>(book: Option<&'a Book>, form: &CheckoutForm, side: Side) -> Option<Suggestion<'a>> {
    book.and_then(|book| suggest(book, form, side))
}

fn email(ctx: &Context, form: &CheckoutForm, book: Option<&Book>) -> FieldPlan {
    let typed = form.fields.iter().any(|field| field.field == "email" && field.typed);
    let value = Value::of(book.map_or("", |book| &book.email), "profile", 95).filter(|_| !typed);
    FieldPlan {
        field: "email".into(),
        label: label(None, Country::find(&form.country), &ctx.locale).into(),
        autocomplete: "email".into(),
        input_mode: "email".into(),
        required: true,
        example: Some("name@example.com".into()),
        ..Value::put(value)
    }
}

/// Something to put into a field.
struct Value {
    text: String,
    source: &'static str,
    confidence: u8,
}

impl Value {
    fn of(text: &str, source: &'static str, confidence: u8) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self { text: text.into(), source, confidence })
    }

    /// A field with this in it.
    fn put(value: Option<Self>) -> FieldPlan {
        value.map_or_else(FieldPlan::default, |value| FieldPlan {
            value: Some(value.text),
            source: value.source.into(),
            confidence: value.confidence,
            ..FieldPlan::default()
        })
    }
}

/// One side of the form.
struct Address<'a> {
    settings: &'a Settings,
    ctx: &'a Context,
    form: &'a CheckoutForm,
    book: Option<&'a Book>,
    side: Side,
    suggestion: Option<Suggestion<'a>>,
}

impl Address<'_> {
    fn fields(&self) -> Vec<FieldPlan> {
        let country = self.country();
        let mut parts: Vec<Part> = Vec::from([Part::Country]);
        parts.extend(country.parts());
        if self.side == Side::Shipping {
            parts.push(Part::Phone);
        }
        let mut fields: Vec<FieldPlan> = parts.iter().map(|&part| self.field(part, country)).collect();
        // The e-mail address is a field as well. What is least needed is hidden first.
        let most = (self.settings.most_fields as usize).saturating_sub(1);
        for part in [Part::Phone, Part::Organization, Part::DependentLocality, Part::Region] {
            let shown = fields.iter().filter(|field| !field.hidden).count();
            if let Some(at) = parts.iter().position(|&own| own == part).filter(|_| shown > most) {
                fields[at].hidden |= !fields[at].required && !self.holds_something(part, &fields[at]);
            }
        }
        fields
    }

    /// The country whose form to show: the one the shopper has chosen, else that of the address that is put in.
    fn country(&self) -> &'static Country {
        match field_of(self.form, self.side, Part::Country) {
            Some(field) if field.typed => Country::find(&field.value),
            _ => Country::find(self.suggestion.map_or(&self.form.country, |suggestion| &suggestion.address.country)),
        }
    }

    fn field(&self, part: Part, country: &Country) -> FieldPlan {
        let required = match part {
            Part::Country | Part::Name => true,
            Part::Phone => self.settings.phone == Ask::Required,
            Part::Organization => self.settings.organization == Ask::Required,
            _ => country.requires(part),
        };
        let value = self.value(part, country);
        let mut field = FieldPlan {
            field: field_id(self.side, part),
            label: label(Some(part), country, &self.ctx.locale).into(),
            autocomplete: autocomplete(self.side, part, self.form.gift),
            input_mode: part.input_mode(country).into(),
            required,
            ..Value::put(value)
        };
        if part == Part::PostalCode && !country.postal.is_empty() {
            field.pattern = Some(pattern(country.postal));
            field.example = Some(country.example.into());
        }
        if part == Part::Region {
            field.choices = regions(country.code).map(|region| Attribute::new(region.code, region.name)).collect();
        }
        field.hidden = self.is_spare(part) && !self.holds_something(part, &field);
        field
    }

    /// Parts that few people need: they are shown where there is something in them.
    fn is_spare(&self, part: Part) -> bool {
        match part {
            Part::Line2 | Part::SortingCode => true,
            Part::Organization => self.settings.organization == Ask::Hidden,
            Part::Phone => self.settings.phone == Ask::Hidden,
            _ => false,
        }
    }

    fn holds_something(&self, part: Part, field: &FieldPlan) -> bool {
        let entered = field_of(self.form, self.side, part);
        field.value.is_some() || entered.is_some_and(|entered| entered.typed || !entered.value.is_empty())
    }

    /// What to put into a field, unless the shopper has typed into it.
    fn value(&self, part: Part, country: &Country) -> Option<Value> {
        if field_of(self.form, self.side, part).is_some_and(|field| field.typed) {
            return None;
        }
        let Some(suggestion) = self.suggestion else { return self.value_without_address(part) };
        let stored = part_of(suggestion.address, part);
        let written = match part {
            Part::PostalCode => normalise(country.postal, stored).unwrap_or_else(|| stored.into()),
            Part::Region => {
                Region::find(country.code, stored).map_or_else(|| stored.into(), |region| region.code.into())
            }
            Part::Locality if country.capitals => stored.to_uppercase(),
            _ => stored.into(),
        };
        Value::of(&written, suggestion.source, suggestion.confidence).or_else(|| self.value_without_address(part))
    }

    /// What is known without any address: who the shopper is, which does not help with a gift, and the country.
    fn value_without_address(&self, part: Part) -> Option<Value> {
        let own = self.book.filter(|_| !(self.form.gift && self.side == Side::Shipping));
        match part {
            Part::Country => Value::of(&self.form.country, "country-rule", 50),
            Part::Name => Value::of(&own?.name, "profile", 80),
            Part::Phone => Value::of(&own?.phone, "profile", 80),
            _ => None,
        }
    }
}
