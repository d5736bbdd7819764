//! What staff say about a customer: whether they are shut out of rewards, tags such as `vip`, and attributes that
//! extensions read, such as a pinned tier.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::Customer;
use super::profile::{ProfileError, WrongField, ensure, find};
use crate::clock::Instant;
use crate::store::{Tx, audit, customers};

/// The most tags, and the most attributes, of a customer.
const MOST: usize = 50;
const LONGEST_TAG: usize = 40;
const LONGEST_KEY: usize = 100;
const LONGEST_VALUE: usize = 500;

/// What staff change about a customer. What is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({ "blocked": false, "tags": ["vip"], "attributes": { "loyalty-points.tier-pin": "gold" } }))]
pub struct Standing {
    /// Shut the customer out of rewards, or let them in again.
    pub blocked: Option<bool>,
    /// All tags, in place of those there are.
    #[schema(max_items = 50)]
    pub tags: Option<Vec<String>>,
    /// Attributes to set; an empty value takes one away, and those not named stay. A key that concerns one extension starts
    /// with its id and a dot.
    pub attributes: BTreeMap<String, String>,
}

/// Changes what staff say about a customer, with a line in the audit log for each thing that is another now.
///
/// # Errors
/// If there is no such account, a tag or an attribute is none, or the database fails.
pub fn change(
    tx: &mut Tx<'_>,
    shop: &str,
    actor: &str,
    id: &str,
    standing: &Standing,
    now: Instant,
) -> Result<Customer, ProfileError> {
    let mut customer = find(tx, shop, id)?;
    let mut notes = Vec::new();
    if let Some(blocked) = standing.blocked.filter(|blocked| *blocked != customer.blocked) {
        customer.blocked = blocked;
        notes.push((if blocked { "customer.blocked" } else { "customer.unblocked" }, json!({})));
    }
    if let Some(tags) = &standing.tags {
        let tags = tidy_tags(tags)?;
        if tags != customer.tags {
            notes.push(("customer.tagged", json!({ "from": customer.tags, "to": tags })));
            customer.tags = tags;
        }
    }
    let before = customer.attributes.clone();
    set_attributes(&mut customer.attributes, &standing.attributes)?;
    if customer.attributes != before {
        // Values may say something about a person, so the log has the keys alone.
        let keys: Vec<&String> = standing.attributes.keys().collect();
        notes.push(("customer.attributes-set", json!({ "keys": keys })));
    }
    if notes.is_empty() {
        return Ok(customer);
    }
    customers::update(tx, shop, &customer)?;
    for (action, details) in notes {
        audit::write(tx, shop, now, actor, action, &format!("customer/{id}"), &details)?;
    }
    Ok(customer)
}

/// Tags as they are kept: each once, in their order.
fn tidy_tags(tags: &[String]) -> Result<Vec<String>, ProfileError> {
    let mut seen = BTreeSet::new();
    let mut kept = Vec::new();
    for tag in tags.iter().map(|tag| tag.trim()) {
        let fits = (1..=LONGEST_TAG).contains(&tag.chars().count())
            && !tag.chars().any(|sign| sign.is_control() || sign == ',');
        ensure(fits, "tags", "are words of 1 to 40 characters without a comma")?;
        if seen.insert(tag) {
            kept.push(tag.to_owned());
        }
    }
    ensure(kept.len() <= MOST, "tags", "are 50 at most; take one away first")?;
    Ok(kept)
}

fn set_attributes(
    attributes: &mut BTreeMap<String, String>,
    changes: &BTreeMap<String, String>,
) -> Result<(), WrongField> {
    for (key, value) in changes {
        let named = (1..=LONGEST_KEY).contains(&key.len())
            && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
        ensure(named, "attributes", "have keys of letters, digits, dots and hyphens, such as loyalty-points.tier-pin")?;
        let value = value.trim();
        let fits = value.chars().count() <= LONGEST_VALUE && !value.chars().any(char::is_control);
        ensure(fits, "attributes", "have values of one line of at most 500 characters")?;
        if value.is_empty() {
            attributes.remove(key);
        } else {
            attributes.insert(key.clone(), value.to_owned());
        }
    }
    ensure(attributes.len() <= MOST, "attributes", "are 50 at most; take one away first")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::testing::customer;
    use crate::store::{Store, StoreError, contacts, versions};

    async fn with_ann(work: impl FnOnce(&mut Tx<'_>) -> Result<(), ProfileError> + Send + 'static) {
        let store = Store::in_memory().unwrap();
        store
            .write(|tx| {
                contacts::remember(tx, "a", "con_1", "ann@example.com", None)?;
                customers::insert(tx, "a", &customer("cus_1", "con_1", ""))?;
                work(tx)
            })
            .await
            .unwrap();
    }

    fn attributes(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    fn actions(tx: &mut Tx<'_>) -> Result<Vec<String>, StoreError> {
        Ok(audit::list(tx, "a", None, 9)?.into_iter().map(|entry| entry.action).collect())
    }

    #[tokio::test]
    async fn l10_f9_staff_pin_a_tier_and_tag_a_customer_and_the_log_says_so() {
        with_ann(|tx| {
            let standing = Standing {
                tags: Some(vec![" vip ".into(), "vip".into(), "press".into()]),
                attributes: attributes(&[("loyalty-points.tier-pin", "gold"), ("note", "x")]),
                ..Standing::default()
            };
            let ann = change(tx, "a", "admin:1", "cus_1", &standing, 5)?;
            assert_eq!(ann.tags, ["vip", "press"]);
            let standing = Standing { attributes: attributes(&[("note", " ")]), ..Standing::default() };
            let ann = change(tx, "a", "admin:1", "cus_1", &standing, 6)?;
            assert_eq!(ann.attributes, attributes(&[("loyalty-points.tier-pin", "gold")]));
            assert_eq!(customers::get(tx, "a", "cus_1")?, Some(ann));
            assert_eq!(actions(tx)?, ["customer.attributes-set", "customer.attributes-set", "customer.tagged"]);
            Ok(())
        })
        .await;
    }

    #[tokio::test]
    async fn what_is_as_it_was_writes_nothing() {
        with_ann(|tx| {
            let standing =
                Standing { blocked: Some(false), tags: Some(Vec::new()), attributes: attributes(&[("gone", "")]) };
            change(tx, "a", "admin:1", "cus_1", &standing, 5)?;
            assert!(actions(tx)?.is_empty());
            assert_eq!(versions::get(tx, "a", "customer/cus_1")?, 1);
            Ok(())
        })
        .await;
    }

    #[tokio::test]
    async fn what_is_no_tag_or_attribute_changes_nothing() {
        with_ann(|tx| {
            let tags = |tags: &[&str]| Standing {
                blocked: Some(true),
                tags: Some(tags.iter().map(|tag| (*tag).to_owned()).collect()),
                ..Standing::default()
            };
            let set =
                |key: &str, value: &str| Standing { attributes: attributes(&[(key, value)]), ..Standing::default() };
            let many: Vec<String> = (0..=MOST).map(|number| number.to_string()).collect();
            let many: Vec<&str> = many.iter().map(String::as_str).collect();
            let long = "x".repeat(LONGEST_VALUE + 1);
            for wrong in [
                tags(&[""]),
                tags(&["a,b"]),
                tags(&["a\nb"]),
                tags(&[&"x".repeat(41)]),
                tags(&many),
                set("", "x"),
                set("no spaces", "x"),
                set("key", &long),
                set("key", "a\nb"),
            ] {
                let refused = change(tx, "a", "admin:1", "cus_1", &wrong, 5);
                assert!(matches!(refused, Err(ProfileError::Field(_))), "{wrong:?}");
            }
            assert!(matches!(change(tx, "a", "admin:1", "cus_2", &tags(&[]), 5), Err(ProfileError::Unknown)));
            assert!(!customers::get(tx, "a", "cus_1")?.unwrap().blocked);
            Ok(())
        })
        .await;
    }
}
