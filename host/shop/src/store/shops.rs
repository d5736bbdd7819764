//! Shops and their policies.

use serde_json::json;
use thiserror::Error;

use super::db::to_json;
use super::{Row, StoreError, Tx, audit, values};
use crate::clock::Instant;
use crate::shops::{Policies, PolicyError, Shop};

const COLUMNS: &str = "id, name, base_url, currency, time_zone, locale, country, created_at, policies";

/// Why a shop cannot be opened or changed.
#[derive(Debug, Error)]
pub enum ShopError {
    /// The merchant has to change something.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The id is taken.
    #[error("there is a shop with the id {0:?} already; choose another id")]
    Taken(String),
    /// No such shop.
    #[error("there is no shop with the id {0:?}; check the address")]
    Unknown(String),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Opens a shop.
///
/// # Errors
/// If something about it is not valid, or its id is taken.
pub fn create(tx: &mut Tx<'_>, actor: &str, shop: &Shop) -> Result<(), ShopError> {
    shop.check()?;
    let made = tx.execute(
        "insert into shops (id, name, base_url, currency, time_zone, locale, country, created_at, policies)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) on conflict (id) do nothing",
        values![
            &shop.id,
            &shop.name,
            &shop.base_url,
            &shop.currency,
            &shop.time_zone,
            &shop.locale,
            &shop.country,
            shop.created_at,
            to_json(&shop.policies)?,
        ],
    )?;
    if made == 0 {
        return Err(ShopError::Taken(shop.id.clone()));
    }
    audit::write(tx, &shop.id, shop.created_at, actor, "shop.created", &format!("shop/{}", shop.id), &json!({}))?;
    Ok(())
}

/// The shop with this id.
///
/// # Errors
/// If the database fails.
pub fn find(tx: &mut Tx<'_>, id: &str) -> Result<Option<Shop>, StoreError> {
    let row = tx.first(&format!("select {COLUMNS} from shops where id = ?1"), values![id])?;
    row.as_ref().map(shop).transpose()
}

/// The shop with this id.
///
/// # Errors
/// If there is none, or the database fails.
pub fn get(tx: &mut Tx<'_>, id: &str) -> Result<Shop, ShopError> {
    find(tx, id)?.ok_or_else(|| ShopError::Unknown(id.to_owned()))
}

/// The shop whose address has this host; the one opened first where none has.
///
/// # Errors
/// If the database fails.
pub fn by_host(tx: &mut Tx<'_>, host: &str) -> Result<Option<Shop>, StoreError> {
    let host = host.to_lowercase();
    let own = tx.first(
        &format!("select {COLUMNS} from shops where base_url in (?1, ?2)"),
        values![format!("https://{host}"), format!("http://{host}")],
    )?;
    let row = match own {
        Some(row) => Some(row),
        None => tx.first(&format!("select {COLUMNS} from shops order by created_at, id limit 1"), values![])?,
    };
    row.as_ref().map(shop).transpose()
}

/// Every shop, by id.
///
/// # Errors
/// If the database fails.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<Shop>, StoreError> {
    tx.query(&format!("select {COLUMNS} from shops order by id"), values![])?.iter().map(shop).collect()
}

/// Changes a shop's policies.
///
/// # Errors
/// If there is no such shop, or a policy is not valid; nothing is changed then.
pub fn set_policies(
    tx: &mut Tx<'_>,
    shop: &str,
    now: Instant,
    actor: &str,
    policies: Policies,
) -> Result<Shop, ShopError> {
    let before = get(tx, shop)?;
    let after = Shop { policies, ..before.clone() };
    after.check()?;
    tx.execute("update shops set policies = ?2 where id = ?1", values![shop, to_json(&after.policies)?])?;
    let details = json!({ "from": before.policies, "to": after.policies });
    audit::write(tx, shop, now, actor, "shop.policies-changed", &format!("shop/{shop}"), &details)?;
    Ok(after)
}

fn shop(row: &Row) -> Result<Shop, StoreError> {
    Ok(Shop {
        id: row.text(0)?,
        name: row.text(1)?,
        base_url: row.text(2)?,
        currency: row.text(3)?,
        time_zone: row.text(4)?,
        locale: row.text(5)?,
        country: row.text(6)?,
        created_at: row.int(7)?,
        policies: row.json(8)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shops::tests::vienna;
    use crate::store::Store;

    #[tokio::test]
    async fn a_shop_keeps_what_its_merchant_sets_and_the_change_is_audited() {
        let store = Store::in_memory().unwrap();
        store
            .write(|tx| -> Result<(), ShopError> {
                create(tx, "system", &vienna())?;
                let policies = Policies { refund_window_days: 14, ..Policies::default() };
                set_policies(tx, "demo", 5, "admin:1", policies.clone())?;
                assert_eq!(get(tx, "demo")?.policies, policies);
                let entries = audit::list(tx, "demo", None, 9)?;
                let change = entries.iter().find(|entry| entry.action == "shop.policies-changed").unwrap();
                assert_eq!(change.details["to"]["refund_window_days"], 14);
                assert_eq!(list(tx)?.len(), 1);
                Ok(())
            })
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn what_is_not_valid_changes_nothing() {
        let store = Store::in_memory().unwrap();
        store
            .write(|tx| -> Result<(), ShopError> {
                create(tx, "system", &vienna())?;
                assert!(matches!(create(tx, "system", &vienna()), Err(ShopError::Taken(_))));
                let policies = Policies { refund_window_days: 91, ..Policies::default() };
                assert!(matches!(set_policies(tx, "demo", 5, "admin:1", policies), Err(ShopError::Policy(_))));
                assert!(matches!(get(tx, "other"), Err(ShopError::Unknown(_))));
                assert_eq!(get(tx, "demo")?.policies, Policies::default());
                Ok(())
            })
            .await
            .unwrap();
    }
}
