//! Opens a checkout, takes what the shopper enters, and works out what follows: the fields of the country, what can be
//! filled in, what it costs, and what is reserved meanwhile.

use std::collections::BTreeMap;
use std::sync::Arc;

use boomerang_engine::contract::CheckoutPlan;
use serde::Deserialize;
use utoipa::ToSchema;

use super::form::{self, EMAIL, SHIPPING, is_field};
use super::{Checkout, CheckoutError, FieldProblem, Visitor, countries, plain};
use crate::cart::snapshot::snapshot;
use crate::cart::{Cart, CartError, CheckoutEntries, Shown};
use crate::catalogue::Product;
use crate::clock::Instant;
use crate::extensions::ask::Asking;
use crate::gateway::CardToken;
use crate::orders::draft::{PricedClaim, Shopper};
use crate::people::{Email, PaymentToken};
use crate::platform::Platform;
use crate::pricing::PricedCart;
use crate::shops::Shop;
use crate::store::carts::CartChangeError;
use crate::store::{StoreError, carts, catalogue, claims, payment_tokens};

/// The longest value of a field.
const LONGEST: usize = 200;
/// A reservation is renewed once this part of its time is over.
const RENEWED: Instant = 10;
/// A plan that changes the country is made once more, for the fields of that country.
const ROUNDS: usize = 2;

/// What a shopper enters. What is absent stays as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Entries {
    /// Values of fields, by their ids such as `shipping.postal-code`. An empty value empties the field.
    pub fields: BTreeMap<String, String>,
    /// The billing address differs from the delivery address.
    pub billing_differs: Option<bool>,
    /// The order is a gift for somebody else.
    pub gift: Option<bool>,
    /// Remember this device, so that checkout is filled in next time.
    pub remember: Option<bool>,
    /// The delivery method.
    pub delivery_method: Option<String>,
    /// The payment token.
    pub payment_token: Option<String>,
}

/// A cart at the checkout, with what is known of it.
struct Contents {
    cart: Cart,
    products: Vec<Product>,
    /// The tokens the customer has kept and the gateway still accepts.
    tokens: Vec<PaymentToken>,
}

impl Platform {
    /// Opens the checkout of a cart, or comes back to it: fills in what is known of this visitor, prices the cart and
    /// reserves what is scarce for a while.
    ///
    /// # Errors
    /// If the cart is empty or cannot be priced.
    pub async fn open_checkout(
        &self,
        shop: &Shop,
        cart: &str,
        visitor: &Visitor,
        now: Instant,
    ) -> Result<Checkout, CheckoutError> {
        let asking = self.extensions.asking_for_page(shop, visitor.customer.as_deref(), now).await?;
        let mut contents = self.load(shop, cart, visitor, now).await?;
        // Whoever comes back to a checkout finds it open, and writes nothing.
        if !is_open(&contents.cart, visitor) {
            let (shop_id, id, customer) = (shop.id.clone(), cart.to_owned(), visitor.customer.clone());
            self.store
                .write(move |tx| -> Result<(), CheckoutError> {
                    let cart = carts::get(tx, &shop_id, &id)?;
                    if cart.lines.is_empty() {
                        return Err(CheckoutError::Empty);
                    }
                    if cart.customer != customer {
                        carts::set_customer(tx, &shop_id, now, &id, customer.as_deref())?;
                    }
                    carts::open_checkout(tx, &shop_id, now, &id)?;
                    Ok(())
                })
                .await?;
            contents = self.load(shop, cart, visitor, now).await?;
        }
        if contents.cart.lines.is_empty() {
            return Err(CheckoutError::Empty);
        }
        self.arrange(shop, contents, visitor, &asking, now).await
    }

    /// Takes what the shopper entered, and works out what follows from it.
    ///
    /// # Errors
    /// If a value cannot be taken, nothing of it is; or if the cart cannot be priced.
    pub async fn change_checkout(
        &self,
        shop: &Shop,
        cart: &str,
        visitor: &Visitor,
        entries: Entries,
        now: Instant,
    ) -> Result<Checkout, CheckoutError> {
        let asking = self.extensions.asking_for_page(shop, visitor.customer.as_deref(), now).await?;
        self.enter(shop, cart, visitor, entries, &asking, now).await
    }

    /// Takes what the shopper entered, and works out what follows with what the extensions of `asking` say.
    pub(super) async fn enter(
        &self,
        shop: &Shop,
        cart: &str,
        visitor: &Visitor,
        entries: Entries,
        asking: &Asking,
        now: Instant,
    ) -> Result<Checkout, CheckoutError> {
        let problems = check(&entries);
        if !problems.is_empty() {
            return Err(CheckoutError::Fields(problems));
        }
        let (shop_id, id) = (shop.id.clone(), cart.to_owned());
        self.store
            .write(move |tx| -> Result<(), CheckoutError> {
                let before = carts::get(tx, &shop_id, &id)?;
                let mut form = before.form.clone();
                let country = entries.fields.get("shipping.country").filter(|country| !country.is_empty()).cloned();
                enter(&mut form, entries.fields);
                form.billing_differs = entries.billing_differs.unwrap_or(form.billing_differs);
                form.gift = entries.gift.unwrap_or(form.gift);
                form.remember = entries.remember.unwrap_or(form.remember);
                form.payment_token = entries.payment_token.or(form.payment_token);
                if form != before.form {
                    carts::set_form(tx, &shop_id, now, &id, form)?;
                }
                let moved = country.is_some() && country != before.country;
                if moved {
                    carts::set_country(tx, &shop_id, now, &id, country.as_deref().unwrap_or_default())?;
                }
                if entries.delivery_method.is_some() && entries.delivery_method != before.delivery_method {
                    let chosen = carts::set_delivery(tx, &shop_id, now, &id, entries.delivery_method.as_deref());
                    match chosen {
                        // Both were sent together: the form that offered this delivery was for the country before.
                        Err(CartChangeError::Cart(CartError::Delivery)) if moved => {}
                        chosen => drop(chosen?),
                    }
                }
                Ok(())
            })
            .await?;
        let contents = self.load(shop, cart, visitor, now).await?;
        self.arrange(shop, contents, visitor, asking, now).await
    }

    /// Plans the form, fills in what the plan knows, prices the cart and reserves what it claims.
    async fn arrange(
        &self,
        shop: &Shop,
        mut contents: Contents,
        visitor: &Visitor,
        asking: &Asking,
        now: Instant,
    ) -> Result<Checkout, CheckoutError> {
        let mut plan = self.plan(shop, &contents, visitor, asking, now).await?;
        for _ in 0..ROUNDS {
            let before = form::country(shop, &contents.cart);
            let changed = self.apply(shop, &contents.cart, &plan, now).await?;
            let Some(changed) = changed else { break };
            contents.cart = changed;
            if form::country(shop, &contents.cart) == before {
                break;
            }
            plan = self.plan(shop, &contents, visitor, asking, now).await?;
        }
        let Contents { cart, products, tokens } = contents;
        let pricing = asking.clone().of_customer(cart.customer.as_deref());
        let priced = self.price_asking(shop, cart, products, now, &pricing).await?;
        let unavailable = self.reserve(shop, &priced, visitor, now).await?;
        Ok(Checkout { priced, plan, tokens, unavailable })
    }

    async fn load(&self, shop: &Shop, cart: &str, visitor: &Visitor, now: Instant) -> Result<Contents, CheckoutError> {
        let (shop_id, id, customer) = (shop.id.clone(), cart.to_owned(), visitor.customer.clone());
        let (cart, products, kept) = self
            .store
            .lookup(move |tx| -> Result<_, CheckoutError> {
                let cart = carts::get(tx, &shop_id, &id)?;
                let wanted: Vec<_> = cart.lines.iter().map(|line| line.product.as_str()).collect();
                let products = catalogue::products(tx, &shop_id, &wanted)?;
                let kept = match &customer {
                    Some(customer) => payment_tokens::list(tx, &shop_id, customer)?,
                    None => Vec::new(),
                };
                Ok((cart, products, kept))
            })
            .await?;
        let zone = shop.zone();
        let mut accepted = Vec::with_capacity(kept.len());
        for token in kept {
            if is_expired(&token, now, &zone) {
                continue;
            }
            let Ok(card) = CardToken::new(&token.token) else { continue };
            if self.gateway.card(&card).await.is_ok() {
                accepted.push(token);
            }
        }
        Ok(Contents { cart, products, tokens: accepted })
    }

    async fn plan(
        &self,
        shop: &Shop,
        contents: &Contents,
        visitor: &Visitor,
        asking: &Asking,
        now: Instant,
    ) -> Result<CheckoutPlan, CheckoutError> {
        let Contents { cart, products, tokens } = contents;
        let snapshot = snapshot(shop, cart, products, now)?;
        let form = form::for_extensions(shop, cart, &snapshot, visitor, tokens);
        let planned = self.extensions.plan(asking, &form).await.value;
        let mut plan = planned.unwrap_or_else(|| plain::plan(&form));
        // The merchant's first way is the usual one: with it the total and the date are complete before anybody chooses.
        plan.delivery_method = plan.delivery_method.or_else(|| form.delivery_methods.first().cloned());
        Ok(plan)
    }

    /// Keeps what the plan fills in: values of fields that nobody typed into, and choices that nobody made. None if there
    /// was nothing new.
    async fn apply(
        &self,
        shop: &Shop,
        cart: &Cart,
        plan: &CheckoutPlan,
        now: Instant,
    ) -> Result<Option<Cart>, CheckoutError> {
        let mut form = cart.form.clone();
        form.prefilled = plan
            .fields
            .iter()
            .filter_map(|field| Some((field.field.clone(), field.value.clone()?)))
            .filter(|(field, _)| !form.typed.contains_key(field))
            .collect();
        if form.payment_token.is_none() {
            form.payment_token.clone_from(&plan.payment_token);
        }
        let country = form.prefilled.get("shipping.country").cloned().or_else(|| {
            // The first look at the form is for the shop's own country.
            cart.country.is_none().then(|| shop.country.clone())
        });
        let country = country.filter(|country| cart.country.as_ref() != Some(country));
        let delivery = plan.delivery_method.clone().filter(|_| cart.delivery_method.is_none());
        if form == cart.form && country.is_none() && delivery.is_none() {
            return Ok(None);
        }
        let (shop_id, id, form_changed) = (shop.id.clone(), cart.id.clone(), form != cart.form);
        let changed = self
            .store
            .write(move |tx| -> Result<Cart, CheckoutError> {
                if form_changed {
                    carts::set_form(tx, &shop_id, now, &id, form)?;
                }
                if let Some(country) = &country {
                    carts::set_country(tx, &shop_id, now, &id, country)?;
                }
                if delivery.is_some() {
                    carts::set_delivery(tx, &shop_id, now, &id, delivery.as_deref())?;
                }
                Ok(carts::get(tx, &shop_id, &id)?)
            })
            .await?;
        Ok(Some(changed))
    }

    /// Reserves what the price claims, and notes what the page is going to show. Says what cannot be had, if anything.
    /// Where both were done lately, as for somebody who only looks again, nothing is written.
    async fn reserve(
        &self,
        shop: &Shop,
        priced: &PricedCart,
        visitor: &Visitor,
        now: Instant,
    ) -> Result<Option<String>, CheckoutError> {
        let email = priced.cart.form.value(EMAIL).and_then(|typed| Email::parse(typed).ok());
        let shopper = Shopper {
            customer: visitor.customer.clone(),
            contact: email.map(|email| self.secret.contact(&shop.id, email.as_typed())),
        };
        let claims = claims_of(priced);
        let shown = Shown { total: priced.totals.to_pay, version: priced.cart.version };
        let time = shop.checkout_time();
        let (shop_id, id, until) = (shop.id.clone(), priced.cart.id.clone(), now + time);
        let (shopper, claims) = (Arc::new(shopper), Arc::new(claims));
        if priced.cart.shown == Some(shown) {
            let (shop_id, id, renewed) = (shop_id.clone(), id.clone(), until - time / RENEWED);
            let (shopper, claims) = (Arc::clone(&shopper), Arc::clone(&claims));
            let stands =
                self.store.lookup(move |tx| claims::stand(tx, &shop_id, &id, &shopper, &claims, renewed, now)).await;
            if stands? {
                return Ok(None);
            }
        }
        let reserved = self
            .store
            .write(move |tx| -> Result<(), claims::ClaimError> {
                carts::note_shown(tx, &shop_id, &id, shown)?;
                claims::reserve(tx, &shop_id, &id, &shopper, &claims, until, now)
            })
            .await;
        match reserved {
            Ok(()) => Ok(None),
            Err(claims::ClaimError::Store(error)) => Err(error.into()),
            Err(refused) => {
                let (shop_id, id) = (shop.id.clone(), priced.cart.id.clone());
                self.store
                    .write(move |tx| -> Result<(), StoreError> { carts::note_shown(tx, &shop_id, &id, shown) })
                    .await?;
                Ok(Some(refused.to_string()))
            }
        }
    }
}

/// The checkout of this cart has been opened, for this visitor.
fn is_open(cart: &Cart, visitor: &Visitor) -> bool {
    cart.order.is_none() && cart.checkout_since.is_some() && cart.customer == visitor.customer
}

/// Takes what the fields hold. One that is sent back as it was filled in has not been typed into, and neither has one that
/// was empty and still is. Where one line of an address is changed the others were meant to stay: nothing that is filled in
/// later, of another address, takes their place.
fn enter(form: &mut CheckoutEntries, fields: BTreeMap<String, String>) {
    let mut left = Vec::new();
    for (field, value) in fields {
        if !form.typed.contains_key(&field) {
            let filled_in = form.prefilled.get(&field).map(String::as_str).unwrap_or_default();
            if filled_in == value {
                left.push((field, value));
                continue;
            }
            if !filled_in.is_empty() {
                form.changed.insert(field.clone());
            }
        } else if form.kept.contains(&field) && form.typed.get(&field) != Some(&value) {
            form.kept.remove(&field);
            form.changed.insert(field.clone());
        }
        form.typed.insert(field, value);
    }
    for (field, value) in left.into_iter().filter(|(_, value)| !value.is_empty()) {
        let part = field.split_once('.').map(|(part, _)| part);
        let is_beside = |changed: &String| {
            changed.split_once('.').is_some_and(|(other, name)| Some(other) == part && name != "country")
        };
        if form.changed.iter().any(is_beside) {
            form.kept.insert(field.clone());
            form.typed.insert(field, value);
        }
    }
}

/// Everything scarce that a priced cart uses up.
pub(super) fn claims_of(priced: &PricedCart) -> Vec<PricedClaim> {
    let claims = priced.report.value.claims(&priced.snapshot.cart);
    claims.map(|(extension, claim)| PricedClaim { extension: extension.to_string(), claim }).collect()
}

/// What of the entries cannot be taken at all.
fn check(entries: &Entries) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    for (field, value) in &entries.fields {
        if !is_field(field) {
            problems.push(FieldProblem::new(
                "",
                "unknown-field",
                "The form has no such field.",
                "Reload the page and try again.",
            ));
        } else if value.chars().count() > LONGEST || value.chars().any(char::is_control) {
            problems.push(FieldProblem::new(
                field,
                "too-long",
                "This is too long, or contains characters that cannot be printed.",
                format!("Enter at most {LONGEST} characters."),
            ));
        } else if field == &format!("{SHIPPING}.country") && !value.is_empty() && countries::name(value).is_none() {
            problems.push(FieldProblem::unknown_country(field));
        }
    }
    if entries.payment_token.as_deref().is_some_and(|token| CardToken::new(token).is_err()) {
        problems.push(FieldProblem::new(
            "payment",
            "not-a-token",
            "This is no payment token.",
            "Send the token that the payment provider gave, never a card number.",
        ));
    }
    problems
}

/// Whether the month in which a card expires is over.
fn is_expired(token: &PaymentToken, now: Instant, zone: &jiff::tz::TimeZone) -> bool {
    let Ok(now) = jiff::Timestamp::from_millisecond(now) else { return true };
    let today = now.to_zoned(zone.clone());
    let this_month = (i32::from(today.year()), i32::from(today.month()));
    (i32::from(token.expires_year), i32::from(token.expires_month)) < this_month
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c8_a_card_number_is_refused_and_not_repeated() {
        let entries = Entries { payment_token: Some("4242 4242 4242 4242".into()), ..Entries::default() };
        let problems = check(&entries);
        assert_eq!(problems[0].code, "not-a-token");
        assert!(!format!("{problems:?}").contains("4242"));
    }

    #[test]
    fn c13_typing_over_what_was_filled_in_is_told_from_typing_into_an_empty_field() {
        let mut form = CheckoutEntries {
            prefilled: [("shipping.name".into(), "Ann".into()), ("shipping.locality".into(), "Graz".into())].into(),
            ..CheckoutEntries::default()
        };
        let send = |form: &mut CheckoutEntries, fields: &[(&str, &str)]| {
            enter(form, fields.iter().map(|(field, value)| ((*field).to_owned(), (*value).to_owned())).collect());
        };
        send(&mut form, &[("email", "ann@example.com"), ("shipping.name", "Ann"), ("shipping.line2", "")]);
        assert_eq!(form.typed.keys().collect::<Vec<_>>(), ["email"]);
        assert!(form.changed.is_empty() && form.kept.is_empty());
        send(&mut form, &[("shipping.name", "Ann"), ("shipping.locality", "Wien"), ("shipping.line2", "")]);
        assert_eq!(form.changed, ["shipping.locality".to_owned()].into());
        assert_eq!(form.kept, ["shipping.name".to_owned()].into());
        send(&mut form, &[("shipping.name", "Bea"), ("shipping.locality", "Wien")]);
        assert_eq!((form.changed.len(), form.kept.len()), (2, 0));
        // What was typed stays typed, also when it is taken out again.
        send(&mut form, &[("email", "")]);
        assert_eq!(form.value("email"), Some(""));
    }

    #[test]
    fn c2_c4_whoever_changes_one_line_keeps_the_others_and_another_country_may_bring_another_address() {
        let filled = [("shipping.country", "AT"), ("shipping.name", "Ann"), ("shipping.locality", "Graz")];
        let owned = |fields: &[(&str, &str)]| -> BTreeMap<String, String> {
            fields.iter().map(|(field, value)| ((*field).to_owned(), (*value).to_owned())).collect()
        };
        let sent = |changed: (&str, &str)| {
            let mut form = CheckoutEntries { prefilled: owned(&filled), ..CheckoutEntries::default() };
            let mut fields = owned(&filled);
            fields.insert(changed.0.into(), changed.1.into());
            enter(&mut form, fields);
            form.typed
        };
        assert_eq!(sent(("shipping.locality", "Wien")).len(), 3);
        assert_eq!(sent(("shipping.country", "DE")), owned(&[("shipping.country", "DE")]));
    }

    #[test]
    fn values_that_no_address_has_are_refused_by_field() {
        let with = |field: &str, value: String| {
            check(&Entries { fields: [(field.into(), value)].into(), ..Entries::default() })
        };
        assert_eq!(with("shipping.name", "a".repeat(201))[0].field, "shipping.name");
        assert_eq!(with("shipping.name", "a\nb".into())[0].code, "too-long");
        assert_eq!(with("shipping.country", "XX".into())[0].code, "unknown-country");
        assert_eq!(with("shipping.cvc", "123".into())[0].code, "unknown-field");
        assert!(with("shipping.country", "AT".into()).is_empty());
    }

    #[test]
    fn c7_a_card_is_good_until_its_month_is_over() {
        let token = |expires_year, expires_month| PaymentToken {
            token: "tok_a".into(),
            brand: "visa".into(),
            last4: "4242".into(),
            expires_year,
            expires_month,
            used_at: 0,
        };
        let now = "2026-11-30T23:30:00Z".parse::<jiff::Timestamp>().unwrap().as_millisecond();
        assert!(!is_expired(&token(2026, 11), now, &jiff::tz::TimeZone::UTC));
        assert!(is_expired(&token(2026, 10), now, &jiff::tz::TimeZone::UTC));
        assert!(is_expired(&token(2026, 11), now, &jiff::tz::TimeZone::get("Europe/Vienna").unwrap()));
    }
}
