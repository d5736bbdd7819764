//! What a cart would cost at any instant with a feature on, beside what it costs without.
//!
//! The form works without scripts: its buttons add a line, take one out or ask for the price, and whatever was entered
//! comes back with the answer. It is sent in the body, so that no address of a customer stands in one of a page. Below the
//! cart stand the very fields that features put there for shoppers, such as how many points to spend.

mod asked;

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::{Redirect, Response};
use boomerang_engine::contract::Input;
use serde::Serialize;

pub(super) use asked::Asked;

use self::asked::{ATTRIBUTE, Line, MOST_LINES, Wrong, wall};
use super::{address, page};
use crate::catalogue::{Listing, Product, Sort, Status, Variant};
use crate::clock::Instant;
use crate::extensions::ask::AsIf;
use crate::money::Money;
use crate::platform::Platform;
use crate::pricing::PricedCart;
use crate::pricing::preview::PreviewError;
use crate::store::catalogue;
use crate::web::admin::desk::Desk;
use crate::web::admin::failure::{Failure, sentence};
use crate::web::admin::sent::Sent;
use crate::web::views::totals::TotalsView;

/// The form of the preview and its answer.
#[derive(Serialize)]
pub(super) struct Preview {
    options: Vec<Choice>,
    lines: Vec<LineView>,
    /// No more lines fit.
    full: bool,
    at: String,
    customer: String,
    codes: String,
    delivery: String,
    deliveries: Vec<Choice>,
    inputs: Vec<InputView>,
    answer: Option<Answer>,
    pub(super) error: Option<String>,
}

#[derive(Serialize)]
struct Choice {
    key: String,
    label: String,
}

#[derive(Serialize)]
struct LineView {
    variant: String,
    units: String,
}

impl LineView {
    /// A line as it was entered. What cannot be chosen any more is to be chosen anew.
    fn of(line: &Line, options: &[Choice]) -> Self {
        let known = options.iter().find(|option| option.key == line.variant);
        Self { variant: known.map(|option| option.key.clone()).unwrap_or_default(), units: line.units.clone() }
    }
}

/// A field that an extension asks for.
#[derive(Serialize)]
struct InputView {
    name: String,
    label: String,
    kind: String,
    value: String,
    min: Option<i64>,
    max: Option<i64>,
}

#[derive(Serialize)]
struct Answer {
    at: Instant,
    without: TotalsView,
    with: TotalsView,
    /// What the feature changes.
    difference: Money,
    /// Why the feature gave no answer, or was not followed.
    left_out: Vec<String>,
}

/// Shows the price of what was entered.
pub(super) async fn submit(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Extension(sent): Extension<Sent>,
    Path(feature): Path<String>,
) -> Result<Response, Failure> {
    let standing = platform.extensions.standing(&desk.shop, &feature, desk.now).await?;
    page::respond(&platform, &desk, &standing, None, Some(&Asked::read(&sent))).await
}

/// For whoever comes back to the address of an answer: the form is on the feature's page.
pub(super) async fn again(Path(feature): Path<String>) -> Redirect {
    Redirect::to(&format!("{}#preview", address(&feature)))
}

/// The preview of a feature, with its answer if one was asked for.
pub(super) async fn of(
    platform: &Platform,
    desk: &Desk,
    feature: &str,
    asked: Option<&Asked>,
) -> Result<Preview, Failure> {
    let shop = desk.shop.id.clone();
    let listing =
        Listing { status: Some(Status::Active), sort: Sort::Title, limit: Listing::MOST, ..Listing::default() };
    let products = platform.store.read(move |tx| catalogue::list(tx, &shop, &listing)).await?.products;
    let options = options(&products);
    let first = || Asked {
        lines: vec![Line {
            variant: options.first().map(|one| one.key.clone()).unwrap_or_default(),
            units: "1".into(),
        }],
        at: wall(desk.now, &desk.shop.zone()),
        ..Asked::default()
    };
    let shown = asked.cloned().unwrap_or_else(first);
    let methods = desk.shop.policies.delivery.iter();
    let mut preview = Preview {
        full: shown.lines.len() >= MOST_LINES,
        at: shown.at.clone(),
        customer: shown.customer.clone(),
        codes: shown.codes.clone(),
        delivery: shown.delivery.clone(),
        deliveries: methods.map(|method| Choice { key: method.id.clone(), label: method.name.clone() }).collect(),
        inputs: Vec::new(),
        answer: None,
        error: None,
        lines: shown.lines.iter().map(|line| LineView::of(line, &options)).collect(),
        options,
    };
    if asked.is_none() {
        return Ok(preview);
    }
    match both(platform, desk, &shown, feature).await {
        Ok((answer, inputs)) => {
            preview.answer = Some(answer);
            preview.inputs = inputs.into_iter().map(input).collect();
        }
        Err(Wrong::Preview(PreviewError::Store(error))) => return Err(error.into()),
        Err(error) => preview.error = Some(sentence(&error.to_string())),
    }
    Ok(preview)
}

async fn both(platform: &Platform, desk: &Desk, asked: &Asked, feature: &str) -> Result<(Answer, Vec<Input>), Wrong> {
    let at = asked.instant(&desk.shop.zone(), desk.now)?;
    let cart = asked.cart(platform, desk, at).await?;
    let as_if = |enabled| Some(AsIf { extension: feature, enabled });
    let without = platform.preview(&desk.shop, cart.clone(), at, as_if(false)).await?;
    let with = platform.preview(&desk.shop, cart, at, as_if(true)).await?;
    let inputs = platform.preview_inputs(&desk.shop, &with, at, as_if(true)).await.map_err(PreviewError::from)?;
    let answer = Answer {
        at,
        difference: with.totals.to_pay - without.totals.to_pay,
        without: TotalsView::of_cart(&without),
        left_out: left_out(&with, feature),
        with: TotalsView::of_cart(&with),
    };
    Ok((answer, inputs))
}

fn left_out(priced: &PricedCart, feature: &str) -> Vec<String> {
    let skipped = priced.report.skipped.iter().filter(|skip| *skip.extension == *feature);
    let refused = priced.report.refused.iter().filter(|refusal| *refusal.extension == *feature);
    skipped
        .map(|skip| sentence(&skip.detail))
        .chain(refused.map(|refusal| sentence(&refusal.reason.to_string())))
        .collect()
}

fn input(input: Input) -> InputView {
    let Input { key, label, kind, value, min, max, step: _ } = input;
    InputView { name: format!("{ATTRIBUTE}{key}"), label, kind, value, min, max }
}

fn options(products: &[Product]) -> Vec<Choice> {
    let one = |product: &Product| {
        let title = product.details.title.clone();
        let several = product.variants.len() > 1;
        let choice = |variant: &Variant| Choice {
            key: format!("{}|{}", product.id, variant.id),
            label: if several { format!("{title}, {}", variant.title()) } else { title.clone() },
        };
        product.variants.iter().map(choice).collect::<Vec<_>>()
    };
    products.iter().flat_map(one).collect()
}
