//! What a cart would cost at any instant with a feature on, beside what it costs without.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::cart::totals::Totals;
use crate::catalogue::{Listing, Product, Sort, Status};
use crate::clock::Instant;
use crate::money::Money;
use crate::platform::Platform;
use crate::pricing::PricedCart;
use crate::pricing::preview::{PreviewError, Wanted};
use crate::store::catalogue;
use crate::web::admin::desk::Desk;
use crate::web::admin::failure::{Failure, sentence};

/// The most units of a preview.
const MOST_UNITS: u32 = 99;

/// What a merchant wants to see.
#[derive(Default, Deserialize)]
pub(super) struct Asked {
    variant: Option<String>,
    units: Option<String>,
    at: Option<String>,
}

/// The form of the preview and its answer.
#[derive(Serialize)]
pub(super) struct Preview {
    options: Vec<Choice>,
    chosen: String,
    units: u32,
    at: String,
    answer: Option<Answer>,
    error: Option<String>,
}

#[derive(Serialize)]
struct Choice {
    key: String,
    label: String,
}

#[derive(Serialize)]
struct Answer {
    at: Instant,
    without: Sums,
    with: Sums,
    /// What the feature changes.
    difference: Money,
    /// Why the feature gave no answer, or was not followed.
    left_out: Vec<String>,
}

/// What a cart costs.
#[derive(Serialize)]
struct Sums {
    goods: Money,
    adjustments: Vec<Row>,
    delivery: Money,
    total: Money,
}

#[derive(Serialize)]
struct Row {
    label: String,
    amount: Money,
}

impl Sums {
    fn of(totals: &Totals) -> Self {
        let rows = totals.adjustments.iter();
        Self {
            goods: totals.goods,
            adjustments: rows.map(|row| Row { label: row.label.clone(), amount: row.amount }).collect(),
            delivery: totals.delivery.total,
            total: totals.to_pay,
        }
    }
}

/// The preview of a feature, with its answer if one was asked for.
pub(super) async fn of(platform: &Platform, desk: &Desk, feature: &str, asked: &Asked) -> Result<Preview, Failure> {
    let shop = desk.shop.id.clone();
    let listing =
        Listing { status: Some(Status::Active), sort: Sort::Title, limit: Listing::MOST, ..Listing::default() };
    let products = platform.store.read(move |tx| catalogue::list(tx, &shop, &listing)).await?.products;
    let options = options(&products);
    let zone = desk.shop.zone();
    let mut preview = Preview {
        chosen: asked.variant.clone().or_else(|| options.first().map(|choice| choice.key.clone())).unwrap_or_default(),
        options,
        units: asked.units.as_deref().and_then(|units| units.parse().ok()).unwrap_or(1).clamp(1, MOST_UNITS),
        at: asked.at.clone().filter(|at| at.len() <= 32).unwrap_or_else(|| wall(desk.now, &zone)),
        answer: None,
        error: None,
    };
    if asked.variant.is_none() {
        return Ok(preview);
    }
    let (Some(at), Some((product, variant))) = (instant(&preview.at, &zone), preview.chosen.split_once('|')) else {
        preview.error = Some("Choose a product, and a day and time that there is.".to_owned());
        return Ok(preview);
    };
    let wanted = Wanted { product: product.to_owned(), variant: variant.to_owned(), quantity: preview.units };
    match both(platform, desk, &wanted, at, feature).await {
        Ok(answer) => preview.answer = Some(answer),
        Err(PreviewError::Store(error)) => return Err(error.into()),
        Err(error) => preview.error = Some(sentence(&error.to_string())),
    }
    Ok(preview)
}

async fn both(
    platform: &Platform,
    desk: &Desk,
    wanted: &Wanted,
    at: Instant,
    feature: &str,
) -> Result<Answer, PreviewError> {
    let without = platform.preview(&desk.shop, wanted, at, feature, false).await?;
    let with = platform.preview(&desk.shop, wanted, at, feature, true).await?;
    Ok(Answer {
        at,
        difference: with.totals.to_pay - without.totals.to_pay,
        without: Sums::of(&without.totals),
        left_out: left_out(&with, feature),
        with: Sums::of(&with.totals),
    })
}

fn left_out(priced: &PricedCart, feature: &str) -> Vec<String> {
    let skipped = priced.report.skipped.iter().filter(|skip| *skip.extension == *feature);
    let refused = priced.report.refused.iter().filter(|refusal| *refusal.extension == *feature);
    skipped
        .map(|skip| sentence(&skip.detail))
        .chain(refused.map(|refusal| sentence(&refusal.reason.to_string())))
        .collect()
}

fn options(products: &[Product]) -> Vec<Choice> {
    let one = |product: &Product| {
        let title = product.details.title.clone();
        let several = product.variants.len() > 1;
        let choice = |variant: &crate::catalogue::Variant| Choice {
            key: format!("{}|{}", product.id, variant.id),
            label: if several { format!("{title}, {}", variant.title()) } else { title.clone() },
        };
        product.variants.iter().map(choice).collect::<Vec<_>>()
    };
    products.iter().flat_map(one).collect()
}

/// An instant as a wall time of the shop, to the minute.
fn wall(at: Instant, zone: &TimeZone) -> String {
    let at = jiff::Timestamp::from_millisecond(at).unwrap_or_default();
    at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M").to_string()
}

/// The instant of a wall time of the shop.
fn instant(wall: &str, zone: &TimeZone) -> Option<Instant> {
    let wall: DateTime = wall.parse().ok()?;
    Some(wall.to_zoned(zone.clone()).ok()?.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wall_time_of_the_shop_is_an_instant_and_back() {
        let vienna = TimeZone::get("Europe/Vienna").unwrap();
        assert_eq!(wall(1_772_438_400_000, &vienna), "2026-03-02T09:00");
        assert_eq!(instant("2026-03-02T09:00", &vienna), Some(1_772_438_400_000));
        assert_eq!(instant("soon", &vienna), None);
    }
}
