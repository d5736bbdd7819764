//! The last step: check everything, and place the order.

use std::collections::BTreeMap;

use boomerang_engine::contract::{CheckoutPlan, FieldPlan};

use super::arrange::{Entries, claims_of};
use super::effort::Effort;
use super::form::{self, BILLING, EMAIL, SHIPPING};
use super::{Checkout, CheckoutError, FieldProblem, Visitor, written};
use crate::clock::Instant;
use crate::extensions::ask::Asking;
use crate::gateway::CardToken;
use crate::money::Money;
use crate::orders::draft::{Buyer, Draft, PaymentChoice};
use crate::orders::{Order, OrderAdjustment, OrderDelivery, OrderLine};
use crate::people::{Email, PaymentToken};
use crate::platform::Platform;
use crate::pricing::PricedCart;
use crate::shops::Shop;
use crate::store::orders::Placed;
use crate::store::{StoreError, addresses, customers, payment_tokens};

/// The press of the button.
#[derive(Clone, Debug, Default)]
pub struct Submission {
    /// What the form held.
    pub entries: Entries,
    /// The total that the page showed.
    pub shown_total: Money,
    /// Tells one try from the next: the same try is charged once.
    pub attempt: String,
}

impl Platform {
    /// Places the order of a cart. The same cart gives one order, however often it is sent.
    ///
    /// # Errors
    /// If something has to be changed, cannot be had any more, costs more than was shown, or cannot be paid. No order was
    /// placed then, and nobody was charged.
    pub async fn place_order(
        &self,
        shop: &Shop,
        cart: &str,
        visitor: &Visitor,
        submission: Submission,
        now: Instant,
    ) -> Result<Placed, CheckoutError> {
        if let Some(order) = self.already_placed(shop, cart).await? {
            return Ok(Placed { order, again: true });
        }
        // Not as pages ask: at this instant, and every extension anew.
        let asking = self.extensions.asking(shop, visitor.customer.as_deref(), now).await?;
        let checkout = self.enter(shop, cart, visitor, submission.entries, &asking, now).await?;
        let objections = self.objections(shop, &checkout, visitor, &asking).await;
        let problems = all_at_once(&checkout.plan, missing(&checkout), objections);
        if !problems.is_empty() {
            return Err(CheckoutError::Fields(problems));
        }
        let mut draft = draft(self, shop, &checkout, visitor, submission.shown_total, submission.attempt)?;
        draft.effort = Some(Effort::of(&checkout.plan, &checkout.priced.cart, visitor, now));
        let placed = crate::orders::place::place(&self.store, &*self.gateway, &shop.id, draft, now).await?;
        if !placed.again {
            self.keep(shop, &checkout, &placed.order, visitor, now).await?;
        }
        Ok(placed)
    }

    async fn already_placed(&self, shop: &Shop, cart: &str) -> Result<Option<Order>, StoreError> {
        let (shop, cart) = (shop.id.clone(), cart.to_owned());
        self.store.lookup(move |tx| crate::store::orders::by_cart(tx, &shop, &cart)).await
    }

    /// Asks extensions whether they object.
    async fn objections(
        &self,
        shop: &Shop,
        checkout: &Checkout,
        visitor: &Visitor,
        asking: &Asking,
    ) -> Vec<FieldProblem> {
        let PricedCart { cart, snapshot, .. } = &checkout.priced;
        let form = form::for_extensions(shop, cart, snapshot, visitor, &checkout.tokens);
        let validation = self.extensions.validate(asking, &form, &snapshot.cart).await.value;
        let mut problems: Vec<_> = validation
            .objections
            .into_iter()
            .map(|objection| objection.error)
            .map(|error| FieldProblem::new(&error.field, &error.code, error.message, error.remedy))
            .collect();
        if !validation.failed_closed.is_empty() {
            problems.push(FieldProblem::new(
                "",
                "not-checked",
                "This order could not be checked just now.",
                "Please try again in a minute.",
            ));
        }
        problems
    }

    /// Keeps what a known customer used, for the next time: the address, unless the order was a gift, and the card.
    async fn keep(
        &self,
        shop: &Shop,
        checkout: &Checkout,
        order: &Order,
        visitor: &Visitor,
        now: Instant,
    ) -> Result<(), StoreError> {
        let Some(customer) = visitor.customer.clone() else { return Ok(()) };
        let address = order.shipping.clone().filter(|_| !order.gift);
        let form = &checkout.priced.cart.form;
        let token = form.payment_token.clone().filter(|_| form.remember || order.payment.is_some());
        let card = order.payment.clone();
        let known = checkout.tokens.iter().find(|known| Some(&known.token) == token.as_ref()).cloned();
        let details = match (&token, &known) {
            (Some(token), None) => match CardToken::new(token) {
                Ok(token) => self.gateway.card(&token).await.ok(),
                Err(_) => None,
            },
            _ => None,
        };
        let remember = form.remember;
        let shop = shop.id.clone();
        self.store
            .write(move |tx| {
                if let Some(address) = address {
                    let id = addresses::add(tx, &shop, &customer, &address, Some(now), now)?;
                    if let Some(mut person) = customers::get(tx, &shop, &customer)?
                        && person.default_shipping.is_none()
                    {
                        person.default_shipping = Some(id);
                        customers::update(tx, &shop, &person)?;
                    }
                }
                let kept = match (token, known, details) {
                    (Some(_), Some(known), _) => Some(PaymentToken { used_at: now, ..known }),
                    (Some(token), None, Some(card)) if remember => Some(PaymentToken {
                        token,
                        brand: card.brand,
                        last4: card.last4,
                        expires_year: card.expires_year,
                        expires_month: card.expires_month,
                        used_at: now,
                    }),
                    _ => None,
                };
                if let (Some(kept), Some(_)) = (kept, card) {
                    payment_tokens::keep(tx, &shop, &customer, &kept)?;
                }
                Ok(())
            })
            .await
    }
}

/// Everything that has to be changed, in the form's order: nobody should have to press the button twice to learn it. Of a
/// field that is missing, extensions have nothing more to say.
fn all_at_once(plan: &CheckoutPlan, missing: Vec<FieldProblem>, objections: Vec<FieldProblem>) -> Vec<FieldProblem> {
    let is_new = |problem: &FieldProblem| missing.iter().all(|known| known.field != problem.field);
    let objections: Vec<_> = objections.into_iter().filter(is_new).collect();
    let mut problems = [missing, objections].concat();
    // The e-mail stands at the top, whether a plan has it or not.
    let place = |problem: &FieldProblem| plan.fields.iter().position(|field| field.field == problem.field);
    problems.sort_by_key(|problem| (problem.field != EMAIL, place(problem).unwrap_or(usize::MAX)));
    problems
}

/// What is missing, whatever extensions say.
fn missing(checkout: &Checkout) -> Vec<FieldProblem> {
    let PricedCart { cart, snapshot, totals, .. } = &checkout.priced;
    let mut problems =
        missing_fields(&checkout.plan.fields, |field| cart.form.value(field).unwrap_or_default().to_owned());
    let email = cart.form.value(EMAIL).unwrap_or_default();
    // Without an address nobody could be told anything, whatever a plan says.
    if email.trim().is_empty() && !problems.iter().any(|problem| problem.field == EMAIL) {
        problems.insert(0, absent(EMAIL, "E-mail"));
    }
    if !email.is_empty() && Email::parse(email).is_err() {
        problems.push(FieldProblem::new(
            EMAIL,
            "email-format",
            "This is no e-mail address.",
            "Enter it with an @ and a dot, such as ann@example.com.",
        ));
    }
    if snapshot.needs_delivery && snapshot.delivery.is_none() {
        let remedy = match snapshot.offers.is_empty() {
            true => "Nothing can be delivered to this country. Choose another address.",
            false => "Choose one of the ways of delivery.",
        };
        problems.push(FieldProblem::new("delivery", "no-delivery", "How should it be delivered?", remedy));
    }
    if totals.to_pay > 0 && cart.form.payment_token.is_none() {
        problems.push(FieldProblem::new("payment", "no-payment", "How do you want to pay?", "Choose a card."));
    }
    problems
}

fn absent(field: &str, label: &str) -> FieldProblem {
    FieldProblem::new(field, "missing", format!("{label} is missing."), "Please fill it in.")
}

/// The required fields of a plan in which nothing stands, in its order.
pub(super) fn missing_fields(plan: &[FieldPlan], value: impl Fn(&str) -> String) -> Vec<FieldProblem> {
    let labels: BTreeMap<_, _> = plan.iter().map(|field| (field.field.as_str(), field.label.as_str())).collect();
    let empty = |field: &str| value(field).trim().is_empty();
    let problem = |field: &str| {
        let label = labels.get(field).copied().unwrap_or_default();
        absent(field, label)
    };
    let required = plan.iter().filter(|field| field.required && !field.hidden).map(|field| field.field.as_str());
    required.filter(|field| empty(field)).map(problem).collect()
}

fn draft(
    platform: &Platform,
    shop: &Shop,
    checkout: &Checkout,
    visitor: &Visitor,
    shown: Money,
    attempt: String,
) -> Result<Draft, CheckoutError> {
    let PricedCart { cart, snapshot, totals, .. } = &checkout.priced;
    let kept = |part: &str| written::address(&checkout.plan.fields, &cart.form, part);
    let typed = cart.form.value(EMAIL).unwrap_or_default();
    let email = Email::parse(typed).map_err(|_| CheckoutError::Fields(missing(checkout)))?;
    let token = cart.form.payment_token.as_deref().filter(|_| totals.to_pay > 0);
    let payment = match token.map(CardToken::new) {
        Some(Ok(token)) => Some(PaymentChoice { token, attempt }),
        Some(Err(_)) | None => None,
    };
    let notes: BTreeMap<_, _> = cart.lines.iter().map(|line| (line.id.as_str(), &line.attributes)).collect();
    let lines = totals
        .lines
        .iter()
        .map(|line| OrderLine {
            id: line.line.clone(),
            product: line.product.clone(),
            variant: line.variant.clone(),
            title: match line.variant_title.as_str() {
                "" => line.title.clone(),
                variant => format!("{}, {variant}", line.title),
            },
            quantity: line.quantity,
            unit_price: line.unit_price,
            total: line.price.total,
            paid_with_points: line.price.paid_with_points,
            paid_with_gift_cards: 0,
            tax: line.price.tax,
            returned: 0,
            refunded: 0,
            attributes: notes.get(line.line.as_str()).map(|notes| (*notes).clone()).unwrap_or_default(),
        })
        .collect();
    let adjustments = totals
        .adjustments
        .iter()
        .map(|adjustment| OrderAdjustment {
            extension: adjustment.extension.clone(),
            line: adjustment.line.clone(),
            class: adjustment.class.clone(),
            label: adjustment.label.clone(),
            amount: adjustment.amount,
        })
        .collect();
    let delivery = snapshot.delivery.as_ref().map_or_else(OrderDelivery::default, |offer| OrderDelivery {
        method: offer.id.clone(),
        name: offer.name.clone(),
        promise: Some((offer.promise.earliest.clone(), offer.promise.latest.clone())),
        fee: offer.fee,
        total: totals.delivery.total,
        paid_with_points: totals.delivery.paid_with_points,
        tax: totals.delivery.tax,
        refunded: 0,
    });
    Ok(Draft {
        cart: cart.id.clone(),
        cart_version: cart.version,
        shown,
        currency: totals.currency.clone(),
        locale: shop.locale.clone(),
        buyer: Buyer {
            customer: visitor.customer.clone(),
            contact: platform.secret.contact(&shop.id, email.as_typed()),
            email,
        },
        country: snapshot.needs_delivery.then(|| form::country(shop, cart)),
        shipping: snapshot.needs_delivery.then(|| kept(SHIPPING)),
        billing: (form::has_own_billing(&cart.form) || !snapshot.needs_delivery).then(|| kept(BILLING)),
        gift: cart.form.gift,
        delivery,
        lines,
        adjustments,
        tax: totals.tax,
        total: totals.to_pay,
        claims: claims_of(&checkout.priced),
        flags: Vec::new(),
        attributes: cart.attributes.clone(),
        payment,
        effort: None,
    })
}
