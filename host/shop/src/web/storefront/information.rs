//! What a shop has to say before somebody buys: delivery and returns, and what it keeps of people.

use std::sync::Arc;

use axum::Extension;
use axum::extract::Path;
use axum::response::Response;
use serde::Serialize;

use crate::checkout::countries;
use crate::money::Money;
use crate::web::failure::Failure;
use crate::web::visit::Visit;

#[derive(Serialize)]
struct Information<'a> {
    methods: Vec<Method<'a>>,
    refund_days: u32,
    reply_to: Option<&'a str>,
}

#[derive(Serialize)]
struct Method<'a> {
    name: &'a str,
    fee: Money,
    free_from: Option<Money>,
    countries: String,
    days: String,
}

pub(super) async fn show(
    Extension(visit): Extension<Arc<Visit>>,
    Path(page): Path<String>,
) -> Result<Response, Failure> {
    let template = match page.as_str() {
        "delivery" => "storefront/delivery.html",
        "privacy" => "storefront/privacy.html",
        _ => return Err(Failure::NotFound),
    };
    let policies = &visit.shop.policies;
    let methods = policies.delivery.iter().map(|method| Method {
        name: &method.name,
        fee: method.fee,
        free_from: method.free_from,
        countries: names(&method.countries),
        days: match (method.min_days, method.max_days) {
            (1, 1) => "1 working day".to_owned(),
            (least, most) if least == most => format!("{least} working days"),
            (least, most) => format!("{least} to {most} working days"),
        },
    });
    let content = Information {
        methods: methods.collect(),
        refund_days: policies.refund_window_days,
        reply_to: policies.reply_to.as_deref(),
    };
    Ok(visit.page(template, &content))
}

fn names(codes: &[String]) -> String {
    if codes.is_empty() {
        return "Everywhere".to_owned();
    }
    let names: Vec<&str> = codes.iter().map(|code| countries::name(code).unwrap_or(code)).collect();
    names.join(", ")
}
