//! What something was done to: its name, and the page of it. The log itself names people by id; who they are is looked up
//! when it is read, so that somebody who was erased is nobody here, too.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use serde_json::Value;

use crate::store::{StoreError, Tx, catalogue, customers, orders};

/// What something was done to.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Subject {
    name: String,
    /// Its page; empty where it has none.
    href: String,
}

/// Names of what the log names by id.
pub(super) struct Names<'a, 'tx> {
    pub(super) tx: &'a mut Tx<'tx>,
    pub(super) shop: &'a str,
    /// The staff, by id.
    pub(super) staff: &'a HashMap<String, String>,
    /// The features of the shop, by id.
    pub(super) features: &'a BTreeMap<String, String>,
}

impl Names<'_, '_> {
    /// Who did it.
    pub(super) fn actor(&self, actor: &str) -> String {
        match actor.split_once(':') {
            None if actor == "system" => "The shop itself".to_owned(),
            Some(("admin", id)) => self.staff.get(id).cloned().unwrap_or_else(|| "Former staff".to_owned()),
            Some(("customer", _)) => "The customer".to_owned(),
            Some(("extension", id)) => self.features.get(id).cloned().unwrap_or_else(|| id.to_owned()),
            _ => actor.to_owned(),
        }
    }

    /// What it was done to.
    pub(super) fn subject(&mut self, subject: &str, details: &Value) -> Result<Subject, StoreError> {
        let (kind, id) = subject.split_once('/').unwrap_or(("", subject));
        let feature = |id: &str| match self.features.get(id) {
            Some(name) => (name.clone(), format!("/admin/features/{id}")),
            None => (id.to_owned(), String::new()),
        };
        let (name, href) = match kind {
            "product" => match catalogue::get(self.tx, self.shop, id)? {
                Some(product) => (product.details.title, format!("/admin/products/{id}")),
                None => ("A product that is gone".to_owned(), String::new()),
            },
            "variant" => match catalogue::by_variant(self.tx, self.shop, id)? {
                Some(product) => {
                    let title = product.variant(id).map(|variant| variant.title()).unwrap_or_default();
                    let name = [product.details.title.as_str(), &title].join(", ");
                    (name.trim_end_matches(", ").to_owned(), format!("/admin/products/{}", product.id))
                }
                None => ("A product that is gone".to_owned(), String::new()),
            },
            "order" => match orders::find(self.tx, self.shop, id)? {
                Some(order) => (format!("Order {}", order.number), format!("/admin/orders/{id}")),
                None => ("An order".to_owned(), String::new()),
            },
            "customer" | "points" => match customers::get(self.tx, self.shop, id)? {
                Some(person) if !person.email.is_empty() => {
                    let name = if person.name.is_empty() { person.email } else { person.name };
                    (name, format!("/admin/customers/{id}"))
                }
                _ => ("An erased customer".to_owned(), String::new()),
            },
            "admin" => (self.staff.get(id).cloned().unwrap_or_else(|| "Former staff".to_owned()), String::new()),
            "event" => {
                let (name, _) = feature(details["extension"].as_str().unwrap_or_default());
                (format!("An event for {name}"), "/admin/outbox".to_owned())
            }
            "mail" => ("A mail".to_owned(), "/admin/outbox".to_owned()),
            "shop" => ("The shop".to_owned(), String::new()),
            "" if id == "*" => ("All features".to_owned(), "/admin/features".to_owned()),
            "" => feature(id),
            _ => (subject.replace('/', " "), String::new()),
        };
        Ok(Subject { name, href })
    }
}
