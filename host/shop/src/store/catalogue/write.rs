//! Saving products.

use std::collections::BTreeMap;

use serde_json::json;

use super::categories::Tree;
use super::{CatalogueError, by_handle, categories, get, save_category};
use crate::catalogue::import::Import;
use crate::catalogue::{Category, Product, ProductInput, Status, Variant, VariantDetails, search};
use crate::clock::Instant;
use crate::ids;
use crate::money::Money;
use crate::store::db::to_json;
use crate::store::{StoreError, Tx, audit, prices, values, versions};

/// Makes a product, or changes the one with its handle.
///
/// A variant keeps its id, and with it its price history, where its option values or else its SKU are the same as before.
/// A variant that the input leaves out is no longer sold.
///
/// # Errors
/// If something about the product is not valid; nothing is changed then.
pub fn save(
    tx: &mut Tx<'_>,
    shop: &str,
    now: Instant,
    actor: &str,
    input: &ProductInput,
) -> Result<Product, CatalogueError> {
    let before = by_handle(tx, shop, &input.details.handle)?;
    let id = write(tx, shop, now, input, before)?;
    audit::write(tx, shop, now, actor, "product.saved", &format!("product/{id}"), &summary(input))?;
    get(tx, shop, &id)?.ok_or(CatalogueError::UnknownProduct(id))
}

/// Changes a product, its handle included.
///
/// # Errors
/// If there is no such product, or something about the input is not valid; nothing is changed then.
pub fn update(
    tx: &mut Tx<'_>,
    shop: &str,
    now: Instant,
    actor: &str,
    id: &str,
    input: &ProductInput,
) -> Result<Product, CatalogueError> {
    let before = get(tx, shop, id)?.ok_or_else(|| CatalogueError::UnknownProduct(id.to_owned()))?;
    if by_handle(tx, shop, &input.details.handle)?.is_some_and(|other| other.id != id) {
        return Err(CatalogueError::HandleTaken(input.details.handle.clone()));
    }
    write(tx, shop, now, input, Some(before))?;
    audit::write(tx, shop, now, actor, "product.saved", &format!("product/{id}"), &summary(input))?;
    get(tx, shop, id)?.ok_or_else(|| CatalogueError::UnknownProduct(id.to_owned()))
}

/// Saves what a file holds, in one entry of the audit log: its categories where they do not exist yet, and its products over
/// those with the same handle. What the file has no column for stays. Answers the products' ids.
///
/// # Errors
/// If something about one of them is not valid: the caller's transaction is then rolled back, so that nothing stays.
pub fn import(
    tx: &mut Tx<'_>,
    shop: &str,
    now: Instant,
    actor: &str,
    file: &Import,
) -> Result<Vec<String>, CatalogueError> {
    let renamed = import_categories(tx, shop, now, actor, &file.categories)?;
    let mut saved = Vec::with_capacity(file.products.len());
    for input in &file.products {
        let mut input = input.clone();
        input.details.category = input.details.category.map(|id| renamed.get(&id).cloned().unwrap_or(id));
        let before = by_handle(tx, shop, &input.details.handle)?;
        if let Some(existing) = &before {
            input = file.over(&input, existing);
        }
        saved.push(write(tx, shop, now, &input, before)?);
    }
    let details = json!({ "products": saved.len() });
    audit::write(tx, shop, now, actor, "catalogue.imported", "catalogue", &details)?;
    Ok(saved)
}

/// Makes the categories that do not exist yet. A file knows them by their titles, so one with the same title in the same
/// place is the same; gives the ids of those that have another id here.
fn import_categories(
    tx: &mut Tx<'_>,
    shop: &str,
    now: Instant,
    actor: &str,
    imported: &[Category],
) -> Result<BTreeMap<String, String>, CatalogueError> {
    let mut known = categories(tx, shop)?;
    let mut renamed: BTreeMap<String, String> = BTreeMap::new();
    for category in imported {
        let parent = category.parent.as_ref().map(|parent| renamed.get(parent).unwrap_or(parent).clone());
        let same =
            |other: &&Category| other.id == category.id || (other.title == category.title && other.parent == parent);
        match known.iter().find(same) {
            Some(other) => {
                renamed.insert(category.id.clone(), other.id.clone());
            }
            None => {
                let category = Category { parent, ..category.clone() };
                save_category(tx, shop, now, actor, &category)?;
                known.push(category);
            }
        }
    }
    Ok(renamed)
}

fn summary(input: &ProductInput) -> serde_json::Value {
    let details = &input.details;
    json!({ "handle": details.handle, "status": details.status, "variants": input.variants.len() })
}

fn write(
    tx: &mut Tx<'_>,
    shop: &str,
    now: Instant,
    input: &ProductInput,
    before: Option<Product>,
) -> Result<String, CatalogueError> {
    input.check()?;
    if let Some(category) = &input.details.category
        && Tree::load(tx, shop)?.path(category).is_empty()
    {
        return Err(CatalogueError::UnknownCategory(category.clone()));
    }
    let id = before.as_ref().map_or_else(|| ids::new("prd", now), |product| product.id.clone());
    // A draft that has never been on sale is offered from the moment it first is.
    let never_offered = match &before {
        Some(product) => product.details.status == Status::Draft && !was_ever_on_sale(tx, shop, &id)?,
        None => true,
    };
    let offered_since = match &before {
        Some(product) if !never_offered => product.offered_since,
        _ => now,
    };
    write_details(tx, shop, now, &id, offered_since, input)?;
    write_variants(tx, shop, now, &id, input, before.map(|product| product.variants).unwrap_or_default())?;
    write_terms(tx, shop, &id, input)?;
    refresh_product(tx, shop, &id, now)?;
    Ok(id)
}

fn was_ever_on_sale(tx: &mut Tx<'_>, shop: &str, product: &str) -> Result<bool, StoreError> {
    let row = tx.first(
        "select 1 from price_history h join variants v on v.shop = h.shop and v.id = h.variant
         where v.shop = ?1 and v.product = ?2 and h.price is not null limit 1",
        values![shop, product],
    )?;
    Ok(row.is_some())
}

fn write_details(
    tx: &mut Tx<'_>,
    shop: &str,
    now: Instant,
    id: &str,
    offered_since: Instant,
    input: &ProductInput,
) -> Result<(), StoreError> {
    let details = &input.details;
    tx.execute(
        "insert into products (shop, id, handle, title, description, brand, status, category, tags, options, pictures,
             attributes, tax_basis_points, perishable, offered_since, lowest_price, updated_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, 0, ?16)
         on conflict (shop, id) do update set
             handle = excluded.handle, title = excluded.title, description = excluded.description,
             brand = excluded.brand, status = excluded.status, category = excluded.category, tags = excluded.tags,
             options = excluded.options, pictures = excluded.pictures, attributes = excluded.attributes,
             tax_basis_points = excluded.tax_basis_points, perishable = excluded.perishable,
             offered_since = excluded.offered_since, updated_at = excluded.updated_at",
        values![
            shop,
            id,
            &details.handle,
            details.title.trim(),
            &details.description,
            &details.brand,
            details.status.id(),
            details.category.as_deref(),
            to_json(&details.tags)?,
            to_json(&details.options)?,
            to_json(&details.pictures)?,
            to_json(&details.attributes)?,
            details.tax_basis_points,
            details.perishable,
            offered_since,
            now,
        ],
    )?;
    Ok(())
}

fn write_variants(
    tx: &mut Tx<'_>,
    shop: &str,
    now: Instant,
    product: &str,
    input: &ProductInput,
    mut before: Vec<Variant>,
) -> Result<(), StoreError> {
    let on_sale = input.details.status == Status::Active;
    let kept = match_variants(&input.variants, &mut before);
    for gone in &before {
        tx.execute("delete from variants where shop = ?1 and id = ?2", values![shop, &gone.id])?;
        prices::record(tx, shop, &gone.id, now, None)?;
    }
    for (position, (variant, known)) in (0_i64..).zip(input.variants.iter().zip(kept)) {
        let id = known.unwrap_or_else(|| ids::new("var", now));
        tx.execute(
            "insert into variants (shop, id, product, position, options, sku, barcode, price, cost, stock, backorder,
                 weight_grams, needs_delivery, picture)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
             on conflict (shop, id) do update set
                 position = excluded.position, options = excluded.options, sku = excluded.sku,
                 barcode = excluded.barcode, price = excluded.price, cost = excluded.cost, stock = excluded.stock,
                 backorder = excluded.backorder, weight_grams = excluded.weight_grams,
                 needs_delivery = excluded.needs_delivery, picture = excluded.picture",
            values![
                shop,
                &id,
                product,
                position,
                to_json(&variant.options)?,
                &variant.sku,
                &variant.barcode,
                variant.price,
                variant.cost,
                variant.stock,
                variant.backorder,
                variant.weight_grams,
                variant.needs_delivery,
                variant.picture,
            ],
        )?;
        prices::record(tx, shop, &id, now, on_sale.then_some(variant.price))?;
    }
    Ok(())
}

/// The ids that variants keep: of those with the same option values, then of those with the same SKU. What is left in
/// `before` is gone.
fn match_variants(inputs: &[VariantDetails], before: &mut Vec<Variant>) -> Vec<Option<String>> {
    let mut claim = |matches: &dyn Fn(&VariantDetails) -> bool| {
        let position = before.iter().position(|variant| matches(&variant.details))?;
        Some(before.remove(position).id)
    };
    let mut kept: Vec<Option<String>> =
        inputs.iter().map(|input| claim(&|known| known.options == input.options)).collect();
    for (input, id) in inputs.iter().zip(&mut kept) {
        if id.is_none() && !input.sku.is_empty() {
            *id = claim(&|known| known.sku == input.sku);
        }
    }
    kept
}

fn write_terms(tx: &mut Tx<'_>, shop: &str, product: &str, input: &ProductInput) -> Result<(), StoreError> {
    tx.execute("delete from search_terms where shop = ?1 and product = ?2", values![shop, product])?;
    for (term, weight) in search::terms(input) {
        tx.execute(
            "insert into search_terms (shop, term, product, weight) values (?1, ?2, ?3, ?4)",
            values![shop, term, product, weight],
        )?;
    }
    Ok(())
}

/// Call it when a product's variants or prices have changed.
pub(in crate::store) fn refresh_product(
    tx: &mut Tx<'_>,
    shop: &str,
    product: &str,
    now: Instant,
) -> Result<(), StoreError> {
    tx.execute(
        "update products set updated_at = ?3, lowest_price = coalesce(
             (select min(v.price) from variants v where v.shop = ?1 and v.product = ?2), 0)
         where shop = ?1 and id = ?2",
        values![shop, product, now],
    )?;
    versions::bump(tx, shop, &format!("product/{product}"))
}

/// What a change of price or stock has to know of a variant.
pub(in crate::store) struct VariantRow {
    pub(in crate::store) product: String,
    pub(in crate::store) price: Money,
    pub(in crate::store) stock: Option<i64>,
    pub(in crate::store) status: Status,
}

pub(in crate::store) fn variant_row(tx: &mut Tx<'_>, shop: &str, variant: &str) -> Result<VariantRow, CatalogueError> {
    let row = tx.first(
        "select v.product, v.price, v.stock, p.status from variants v
         join products p on p.shop = v.shop and p.id = v.product where v.shop = ?1 and v.id = ?2",
        values![shop, variant],
    )?;
    let row = row.ok_or_else(|| CatalogueError::UnknownVariant(variant.to_owned()))?;
    let status = Status::from_id(&row.text(3)?).ok_or(StoreError::Corrupt { column: 3 })?;
    Ok(VariantRow { product: row.text(0)?, price: row.int(1)?, stock: row.opt_int(2)?, status })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{Picture, ProductDetails};
    use crate::store::{Store, catalogue};

    fn variant(size: &str, sku: &str, price: Money) -> VariantDetails {
        VariantDetails { options: vec![size.into()], sku: sku.into(), price, ..Default::default() }
    }

    fn shirt(variants: Vec<VariantDetails>) -> ProductInput {
        let details = ProductDetails {
            handle: "shirt".into(),
            title: "Shirt".into(),
            options: vec!["Size".into()],
            ..Default::default()
        };
        ProductInput { details, variants }
    }

    async fn in_store(work: impl FnOnce(&mut Tx<'_>) -> Result<(), CatalogueError> + Send + 'static) {
        Store::in_memory().unwrap().write(work).await.unwrap();
    }

    #[tokio::test]
    async fn a_product_reads_back_as_it_was_saved() {
        in_store(|tx| {
            let category = Category { id: "clothes".into(), title: "Clothes".into(), parent: None, position: 0 };
            catalogue::save_category(tx, "demo", 1, "system", &category)?;
            let mut input = shirt(vec![variant("S", "S-1", 1_900), variant("L", "S-2", 1_800)]);
            input.details.category = Some("clothes".into());
            input.details.tags = vec!["new".into()];
            input.variants[0].stock = Some(4);
            input.variants[1].cost = Some(700);
            let saved = save(tx, "demo", 5, "admin:1", &input)?;
            assert_eq!(saved.details, input.details);
            assert_eq!(
                saved.variants.iter().map(|variant| variant.details.clone()).collect::<Vec<_>>(),
                input.variants
            );
            assert_eq!((saved.lowest_price, saved.offered_since), (1_800, 5));
            assert_eq!(saved.categories, ["clothes"]);
            assert_eq!(by_handle(tx, "demo", "shirt")?, Some(saved));
            assert_eq!(by_handle(tx, "other", "shirt")?, None);
            Ok(())
        })
        .await;
    }

    #[tokio::test]
    async fn variants_keep_their_ids_by_options_and_then_by_sku() {
        in_store(|tx| {
            let first = save(tx, "demo", 1, "a", &shirt(vec![variant("S", "S-1", 1), variant("L", "S-2", 1)]))?;
            let renamed = vec![variant("Large", "S-2", 1), variant("S", "", 1), variant("M", "S-3", 1)];
            let second = save(tx, "demo", 2, "a", &shirt(renamed))?;
            assert_eq!(second.id, first.id);
            assert_eq!(second.variants[0].id, first.variants[1].id);
            assert_eq!(second.variants[1].id, first.variants[0].id);
            let third = save(tx, "demo", 3, "a", &shirt(vec![variant("S", "", 1)]))?;
            assert_eq!(third.variants.len(), 1);
            assert_eq!(prices::history(tx, "demo", &second.variants[2].id)?.changes.last().unwrap().price, None);
            Ok(())
        })
        .await;
    }

    #[tokio::test]
    async fn a_draft_is_offered_from_the_moment_it_is_first_on_sale() {
        in_store(|tx| {
            let mut input = shirt(vec![variant("S", "", 100)]);
            input.details.status = Status::Draft;
            let draft = save(tx, "demo", 1, "a", &input)?;
            assert_eq!(prices::history(tx, "demo", &draft.variants[0].id)?.changes, []);
            input.details.status = Status::Active;
            assert_eq!(save(tx, "demo", 9, "a", &input)?.offered_since, 9);
            input.details.status = Status::Draft;
            save(tx, "demo", 10, "a", &input)?;
            input.details.status = Status::Active;
            assert_eq!(save(tx, "demo", 20, "a", &input)?.offered_since, 9);
            Ok(())
        })
        .await;
    }

    #[tokio::test]
    async fn a_handle_belongs_to_one_product() {
        in_store(|tx| {
            save(tx, "demo", 1, "a", &shirt(vec![variant("S", "", 1)]))?;
            let mut other = shirt(vec![variant("S", "", 1)]);
            other.details.handle = "coat".into();
            let coat = save(tx, "demo", 1, "a", &other)?;
            let taken = update(tx, "demo", 2, "a", &coat.id, &shirt(vec![variant("S", "", 1)]));
            assert!(matches!(taken, Err(CatalogueError::HandleTaken(_))));
            other.details.handle = "jacket".into();
            assert_eq!(update(tx, "demo", 2, "a", &coat.id, &other)?.details.handle, "jacket");
            assert!(matches!(update(tx, "demo", 2, "a", "none", &other), Err(CatalogueError::UnknownProduct(_))));
            other.details.category = Some("nowhere".into());
            assert!(matches!(save(tx, "demo", 2, "a", &other), Err(CatalogueError::UnknownCategory(_))));
            Ok(())
        })
        .await;
    }

    fn file(text: &str) -> Import {
        crate::catalogue::import::read(text.as_bytes(), "EUR").unwrap()
    }

    #[tokio::test]
    async fn an_import_makes_what_is_missing_and_changes_what_is_there() {
        in_store(|tx| {
            let category = Category { id: "cups".into(), title: "Cups".into(), parent: None, position: 0 };
            save_category(tx, "demo", 1, "system", &category)?;
            import(tx, "demo", 1, "admin:1", &file("Handle,Title,Type,Price\nmug,Mug,Cups,1.00\ncap,Cap,Hats,2.00\n"))?;
            let mug = by_handle(tx, "demo", "mug")?.unwrap();
            assert_eq!((mug.lowest_price, mug.categories.as_slice()), (100, ["cups".to_owned()].as_slice()));
            assert_eq!(by_handle(tx, "demo", "cap")?.unwrap().categories, ["hats"]);
            let ids = import(tx, "demo", 2, "admin:1", &file("Handle,Title,Price\nmug,Mug,3.00\n"))?;
            let again = by_handle(tx, "demo", "mug")?.unwrap();
            assert_eq!((again.id.as_str(), again.lowest_price), (ids[0].as_str(), 300));
            assert_eq!((again.categories, again.id == mug.id), (mug.categories, true));
            assert_eq!(prices::history(tx, "demo", &mug.variants[0].id)?.changes.len(), 2);
            Ok(())
        })
        .await;
    }

    #[tokio::test]
    async fn a_catalogue_that_is_exported_and_imported_is_the_same() {
        in_store(|tx| {
            for id in ["home", "mugs"] {
                let parent = (id == "mugs").then(|| "home".to_owned());
                save_category(
                    tx,
                    "demo",
                    1,
                    "a",
                    &Category { id: id.into(), title: id.to_uppercase(), parent, position: 0 },
                )?;
            }
            let mut input = shirt(vec![variant("S", "=S-1", 1_900), variant("L", "S-2", 1_805)]);
            input.details.category = Some("mugs".into());
            input.details.description = "Soft & <warm>.\nSecond \"line\".".into();
            input.details.tags = vec!["-20 %".into(), "new".into()];
            input.details.pictures = ["a", "b", "c"]
                .map(|name| Picture { source: format!("https://cdn.example/{name}.png"), alt: format!("@{name}") })
                .to_vec();
            input.variants[0].stock = Some(-4);
            input.variants[1].picture = Some(2);
            let saved = save(tx, "demo", 5, "admin:1", &input)?;
            let exported =
                crate::catalogue::export::write(std::slice::from_ref(&saved), &categories(tx, "demo")?, "EUR");
            let read = crate::catalogue::import::read(&exported, "EUR").unwrap();
            import(tx, "demo", 6, "admin:1", &read)?;
            assert_eq!(by_handle(tx, "demo", "shirt")?, Some(saved));
            assert!(!String::from_utf8(exported).unwrap().contains(",=S-1"));
            Ok(())
        })
        .await;
    }

    #[tokio::test]
    async fn nothing_of_a_failed_import_stays() {
        let store = Store::in_memory().unwrap();
        let mut bad = file("Handle,Title,Type,Price\nmug,Mug,Cups,1.00\ncup,Cup,Cups,1.00\n");
        bad.products[1].variants[0].price = -1;
        let failed = store.write(move |tx| import(tx, "demo", 1, "admin:1", &bad)).await;
        assert!(matches!(failed, Err(CatalogueError::Product(error)) if error.field == "variants/0/price"));
        let left: Result<_, StoreError> =
            store.read(|tx| Ok((by_handle(tx, "demo", "mug")?, categories(tx, "demo")?))).await;
        assert_eq!(left.unwrap(), (None, vec![]));
    }
}
