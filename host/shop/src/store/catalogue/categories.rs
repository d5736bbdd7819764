//! The tree of categories.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::CatalogueError;
use crate::catalogue::Category;
use crate::catalogue::check::is_handle;
use crate::clock::Instant;
use crate::store::{StoreError, Tx, audit, values};

/// Every category, siblings in their order.
///
/// # Errors
/// If the database fails.
pub fn categories(tx: &mut Tx<'_>, shop: &str) -> Result<Vec<Category>, StoreError> {
    tx.query("select id, title, parent, position from categories where shop = ?1 order by position, id", values![shop])?
        .iter()
        .map(|row| {
            Ok(Category { id: row.text(0)?, title: row.text(1)?, parent: row.opt_text(2)?, position: row.uint(3)? })
        })
        .collect()
}

/// Makes or changes a category.
///
/// # Errors
/// If its id, title or parent is not valid.
pub fn save_category(
    tx: &mut Tx<'_>,
    shop: &str,
    now: Instant,
    actor: &str,
    category: &Category,
) -> Result<(), CatalogueError> {
    if !is_handle(&category.id) || !(1..=120).contains(&category.title.trim().chars().count()) {
        return Err(CatalogueError::CategoryName);
    }
    if let Some(parent) = &category.parent {
        let tree = Tree::load(tx, shop)?;
        if !tree.parents.contains_key(parent) {
            return Err(CatalogueError::UnknownCategory(parent.clone()));
        }
        if tree.path(parent).contains(&category.id) {
            return Err(CatalogueError::CategoryLoop(category.id.clone()));
        }
    }
    tx.execute(
        "insert into categories (shop, id, title, parent, position) values (?1, ?2, ?3, ?4, ?5)
         on conflict (shop, id) do update
         set title = excluded.title, parent = excluded.parent, position = excluded.position",
        values![shop, &category.id, category.title.trim(), category.parent.as_deref(), category.position],
    )?;
    audit::write(tx, shop, now, actor, "category.saved", &format!("category/{}", category.id), &json!(category))?;
    Ok(())
}

/// Removes an empty category.
///
/// # Errors
/// If it does not exist, or holds products or categories.
pub fn remove_category(
    tx: &mut Tx<'_>,
    shop: &str,
    now: Instant,
    actor: &str,
    category: &str,
) -> Result<(), CatalogueError> {
    let held = tx.first(
        "select 1 from products where shop = ?1 and category = ?2
         union all select 1 from categories where shop = ?1 and parent = ?2 limit 1",
        values![shop, category],
    )?;
    if held.is_some() {
        return Err(CatalogueError::CategoryInUse(category.to_owned()));
    }
    if tx.execute("delete from categories where shop = ?1 and id = ?2", values![shop, category])? == 0 {
        return Err(CatalogueError::UnknownCategory(category.to_owned()));
    }
    audit::write(tx, shop, now, actor, "category.removed", &format!("category/{category}"), &json!({}))?;
    Ok(())
}

/// Which category stands below which.
pub(super) struct Tree {
    parents: BTreeMap<String, Option<String>>,
}

impl Tree {
    pub(super) fn load(tx: &mut Tx<'_>, shop: &str) -> Result<Self, StoreError> {
        let parents = categories(tx, shop)?.into_iter().map(|category| (category.id, category.parent)).collect();
        Ok(Self { parents })
    }

    /// The categories from the widest down to `id`; none if there is no such category.
    pub(super) fn path(&self, id: &str) -> Vec<String> {
        let mut path = Vec::new();
        let mut next = self.parents.get_key_value(id);
        while let Some((id, parent)) = next {
            if path.contains(id) {
                break;
            }
            path.push(id.clone());
            next = parent.as_ref().and_then(|parent| self.parents.get_key_value(parent));
        }
        path.reverse();
        path
    }

    /// A category and every narrower one.
    pub(super) fn below(&self, id: &str) -> BTreeSet<String> {
        self.parents.keys().filter(|candidate| self.path(candidate).iter().any(|step| step == id)).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    fn category(id: &str, parent: Option<&str>) -> Category {
        Category { id: id.into(), title: id.into(), parent: parent.map(Into::into), position: 0 }
    }

    #[tokio::test]
    async fn categories_form_a_tree() {
        let store = Store::in_memory().unwrap();
        store
            .write(|tx| -> Result<(), CatalogueError> {
                save_category(tx, "demo", 1, "system", &category("home", None))?;
                save_category(tx, "demo", 1, "system", &category("kitchen", Some("home")))?;
                save_category(tx, "demo", 1, "system", &category("mugs", Some("kitchen")))?;
                let tree = Tree::load(tx, "demo")?;
                assert_eq!(tree.path("mugs"), ["home", "kitchen", "mugs"]);
                assert_eq!(tree.path("nothing"), Vec::<String>::new());
                assert_eq!(tree.below("kitchen").into_iter().collect::<Vec<_>>(), ["kitchen", "mugs"]);
                Ok(())
            })
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn a_tree_that_is_none_is_refused() {
        let store = Store::in_memory().unwrap();
        store
            .write(|tx| -> Result<(), CatalogueError> {
                save_category(tx, "demo", 1, "system", &category("home", None))?;
                save_category(tx, "demo", 1, "system", &category("kitchen", Some("home")))?;
                let mut save = |category| save_category(tx, "demo", 1, "system", &category);
                assert!(matches!(save(category("home", Some("kitchen"))), Err(CatalogueError::CategoryLoop(_))));
                assert!(matches!(save(category("home", Some("home"))), Err(CatalogueError::CategoryLoop(_))));
                assert!(matches!(save(category("x", Some("y"))), Err(CatalogueError::UnknownCategory(_))));
                assert!(matches!(save(category("No Id", None)), Err(CatalogueError::CategoryName)));
                let removed = remove_category(tx, "demo", 1, "system", "home");
                assert!(matches!(removed, Err(CatalogueError::CategoryInUse(_))));
                remove_category(tx, "demo", 1, "system", "kitchen")?;
                remove_category(tx, "demo", 1, "system", "home")?;
                assert_eq!(categories(tx, "demo")?, []);
                Ok(())
            })
            .await
            .unwrap();
    }
}
