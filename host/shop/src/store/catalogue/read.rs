//! Products by id and by handle.

use std::collections::BTreeMap;

use super::categories::Tree;
use crate::catalogue::{Product, ProductDetails, Status, Variant, VariantDetails};
use crate::store::db::Value;
use crate::store::{Row, StoreError, Tx, values};

const PRODUCT: &str = "id, handle, title, description, brand, status, category, tags, options, pictures, attributes,
    tax_basis_points, perishable, offered_since, lowest_price";
const VARIANT: &str = "product, id, options, sku, barcode, price, cost, stock, backorder, weight_grams,
    needs_delivery, picture";

/// How many ids one statement names at most.
const CHUNK: usize = 256;

/// The product with this id.
///
/// # Errors
/// If the database fails.
pub fn get(tx: &mut Tx<'_>, shop: &str, id: &str) -> Result<Option<Product>, StoreError> {
    Ok(products(tx, shop, &[id])?.pop())
}

/// The product with this handle.
///
/// # Errors
/// If the database fails.
pub fn by_handle(tx: &mut Tx<'_>, shop: &str, handle: &str) -> Result<Option<Product>, StoreError> {
    match tx.first("select id from products where shop = ?1 and handle = ?2", values![shop, handle])? {
        Some(row) => get(tx, shop, &row.text(0)?),
        None => Ok(None),
    }
}

/// The product that this variant is of.
///
/// # Errors
/// If the database fails.
pub fn by_variant(tx: &mut Tx<'_>, shop: &str, variant: &str) -> Result<Option<Product>, StoreError> {
    match tx.first("select product from variants where shop = ?1 and id = ?2", values![shop, variant])? {
        Some(row) => get(tx, shop, &row.text(0)?),
        None => Ok(None),
    }
}

/// The products with these ids, in that order, without those that do not exist.
///
/// # Errors
/// If the database fails.
pub fn products<T: AsRef<str>>(tx: &mut Tx<'_>, shop: &str, ids: &[T]) -> Result<Vec<Product>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let tree = Tree::load(tx, shop)?;
    let mut found = BTreeMap::new();
    for chunk in ids.chunks(CHUNK) {
        let (list, values) = id_list(shop, chunk);
        for row in tx.query(&format!("select {PRODUCT} from products where shop = ?1 and id in ({list})"), &values)? {
            let product = product(&row, &tree)?;
            found.insert(product.id.clone(), product);
        }
        let variants = format!(
            "select {VARIANT} from variants where shop = ?1 and product in ({list}) order by product, position"
        );
        for row in tx.query(&variants, &values)? {
            let variant = variant(&row)?;
            if let Some(product) = found.get_mut(&variant.product) {
                product.variants.push(variant);
            }
        }
    }
    Ok(ids.iter().filter_map(|id| found.get(id.as_ref()).cloned()).collect())
}

/// Placeholders for a list of ids after the shop's. The list is filled up to a power of two with its last id, so that few
/// different statements have to be prepared.
pub(super) fn id_list<T: AsRef<str>>(shop: &str, ids: &[T]) -> (String, Vec<Value>) {
    let length = ids.len().next_power_of_two();
    let list = (0..length).map(|position| format!("?{}", position + 2)).collect::<Vec<_>>().join(", ");
    let padded = (0..length).filter_map(|position| ids.get(position).or(ids.last()));
    let values = std::iter::once(Value::from(shop)).chain(padded.map(|id| Value::from(id.as_ref()))).collect();
    (list, values)
}

fn product(row: &Row, tree: &Tree) -> Result<Product, StoreError> {
    let category = row.opt_text(6)?;
    Ok(Product {
        id: row.text(0)?,
        categories: category.as_deref().map(|id| tree.path(id)).unwrap_or_default(),
        offered_since: row.int(13)?,
        lowest_price: row.int(14)?,
        details: ProductDetails {
            handle: row.text(1)?,
            title: row.text(2)?,
            description: row.text(3)?,
            brand: row.text(4)?,
            status: Status::from_id(&row.text(5)?).ok_or(StoreError::Corrupt { column: 5 })?,
            category,
            tags: row.json(7)?,
            options: row.json(8)?,
            pictures: row.json(9)?,
            attributes: row.json(10)?,
            tax_basis_points: row.opt_int(11)?.and_then(|rate| u32::try_from(rate).ok()),
            perishable: row.flag(12)?,
        },
        variants: Vec::new(),
    })
}

fn variant(row: &Row) -> Result<Variant, StoreError> {
    Ok(Variant {
        product: row.text(0)?,
        id: row.text(1)?,
        details: VariantDetails {
            options: row.json(2)?,
            sku: row.text(3)?,
            barcode: row.text(4)?,
            price: row.int(5)?,
            cost: row.opt_int(6)?,
            stock: row.opt_int(7)?,
            backorder: row.flag(8)?,
            weight_grams: row.uint(9)?,
            needs_delivery: row.flag(10)?,
            picture: row.opt_int(11)?.and_then(|position| u32::try_from(position).ok()),
        },
    })
}
