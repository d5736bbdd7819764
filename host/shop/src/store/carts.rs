//! Carts and their lines.

use thiserror::Error;

use super::db::to_json;
use super::{Row, StoreError, Tx, catalogue, shops, values};
use crate::cart::{Cart, CartError, CartLine, CheckoutEntries, Shown};
use crate::catalogue::Attributes;
use crate::clock::Instant;
use crate::money::Money;

const COLUMNS: &str = "id, version, customer, country, checkout_since, codes, attributes, delivery_method, form,
    shown_total, shown_version, created_at, updated_at, placed_order";

/// Why a cart could not be changed.
#[derive(Debug, Error)]
pub enum CartChangeError {
    /// The change is not possible.
    #[error(transparent)]
    Cart(#[from] CartError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes an empty cart.
///
/// # Errors
/// If the database fails.
pub fn create(tx: &mut Tx<'_>, shop: &str, now: Instant, customer: Option<&str>) -> Result<Cart, StoreError> {
    let cart = Cart { customer: customer.map(str::to_owned), ..Cart::new(now) };
    tx.execute(
        "insert into carts (shop, id, version, customer, codes, attributes, form, created_at, updated_at)
         values (?1, ?2, ?3, ?4, '[]', '{}', '{}', ?5, ?5)",
        values![shop, &cart.id, cart.version, customer, now],
    )?;
    Ok(cart)
}

/// The cart with this id.
///
/// # Errors
/// If the database fails.
pub fn find(tx: &mut Tx<'_>, shop: &str, id: &str) -> Result<Option<Cart>, StoreError> {
    let sql = format!("select {COLUMNS} from carts where shop = ?1 and id = ?2");
    match tx.first(&sql, values![shop, id])? {
        Some(row) => with_lines(tx, shop, &row).map(Some),
        None => Ok(None),
    }
}

/// The cart with this id.
///
/// # Errors
/// If there is none.
pub fn get(tx: &mut Tx<'_>, shop: &str, id: &str) -> Result<Cart, CartChangeError> {
    Ok(find(tx, shop, id)?.ok_or(CartError::NotFound)?)
}

/// The cart a customer changed last, of those not ordered.
///
/// # Errors
/// If the database fails.
pub fn of_customer(tx: &mut Tx<'_>, shop: &str, customer: &str) -> Result<Option<Cart>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from carts where shop = ?1 and customer = ?2 and placed_order is null
         order by updated_at desc, id desc limit 1"
    );
    match tx.first(&sql, values![shop, customer])? {
        Some(row) => with_lines(tx, shop, &row).map(Some),
        None => Ok(None),
    }
}

/// Puts units of a variant in.
///
/// # Errors
/// If the variant is not on sale, there are too few, or the cart is full.
pub fn add(
    tx: &mut Tx<'_>,
    shop: &str,
    now: Instant,
    cart: &str,
    variant: &str,
    quantity: u32,
    attributes: &Attributes,
) -> Result<Cart, CartChangeError> {
    let product = catalogue::by_variant(tx, shop, variant)?.ok_or(CartError::NotOnSale)?;
    change(tx, shop, now, cart, |cart| cart.add(now, &product, variant, quantity, attributes))
}

/// Sets a line's quantity; 0 takes the line out.
///
/// # Errors
/// If there is no such line, or a raise cannot be had.
pub fn set_quantity(
    tx: &mut Tx<'_>,
    shop: &str,
    now: Instant,
    cart: &str,
    line: &str,
    quantity: u32,
) -> Result<Cart, CartChangeError> {
    let known = get(tx, shop, cart)?;
    let product = match known.lines.iter().find(|known| known.id == line) {
        Some(known) => catalogue::get(tx, shop, &known.product)?,
        None => None,
    };
    change(tx, shop, now, cart, |cart| cart.set_quantity(now, product.as_ref(), line, quantity))
}

/// Takes a line out.
///
/// # Errors
/// If there is no such line.
pub fn remove(tx: &mut Tx<'_>, shop: &str, now: Instant, cart: &str, line: &str) -> Result<Cart, CartChangeError> {
    change(tx, shop, now, cart, |cart| cart.set_quantity(now, None, line, 0))
}

/// Enters a code.
///
/// # Errors
/// If it cannot be a code, or there are too many.
pub fn add_code(tx: &mut Tx<'_>, shop: &str, now: Instant, cart: &str, code: &str) -> Result<Cart, CartChangeError> {
    change(tx, shop, now, cart, |cart| cart.add_code(code))
}

/// Takes a code out.
///
/// # Errors
/// If the cart cannot be changed.
pub fn remove_code(tx: &mut Tx<'_>, shop: &str, now: Instant, cart: &str, code: &str) -> Result<Cart, CartChangeError> {
    change(tx, shop, now, cart, |cart| {
        cart.remove_code(code);
        Ok(())
    })
}

/// Sets attributes; an empty value takes one out, and those not named stay.
///
/// # Errors
/// If one is too long, or there are too many.
pub fn set_attributes(
    tx: &mut Tx<'_>,
    shop: &str,
    now: Instant,
    cart: &str,
    changes: &Attributes,
) -> Result<Cart, CartChangeError> {
    change(tx, shop, now, cart, |cart| cart.set_attributes(changes))
}

/// Sets where the goods go. A delivery method that does not reach there is no longer chosen.
///
/// # Errors
/// If it is no country.
pub fn set_country(
    tx: &mut Tx<'_>,
    shop: &str,
    now: Instant,
    cart: &str,
    country: &str,
) -> Result<Cart, CartChangeError> {
    let methods = delivery_methods(tx, shop)?;
    change(tx, shop, now, cart, |cart| {
        cart.set_country(country)?;
        let chosen = cart.delivery_method.take();
        cart.delivery_method =
            chosen.filter(|id| methods.iter().any(|method| method.id == *id && method.reaches(Some(country))));
        Ok(())
    })
}

/// Chooses a delivery method; none to choose later.
///
/// # Errors
/// If the shop does not offer it to the cart's country.
pub fn set_delivery(
    tx: &mut Tx<'_>,
    shop: &str,
    now: Instant,
    cart: &str,
    method: Option<&str>,
) -> Result<Cart, CartChangeError> {
    let methods = delivery_methods(tx, shop)?;
    change(tx, shop, now, cart, |cart| {
        let offered =
            |id: &str| methods.iter().any(|method| method.id == id && method.reaches(cart.country.as_deref()));
        if method.is_some_and(|id| !offered(id)) {
            return Err(CartError::Delivery);
        }
        cart.delivery_method = method.map(str::to_owned);
        Ok(())
    })
}

/// Replaces what has been entered into the checkout.
///
/// # Errors
/// If a value is too long.
pub fn set_form(
    tx: &mut Tx<'_>,
    shop: &str,
    now: Instant,
    cart: &str,
    form: CheckoutEntries,
) -> Result<Cart, CartChangeError> {
    change(tx, shop, now, cart, |cart| cart.set_form(form))
}

/// Notes that the shopper has opened checkout.
///
/// # Errors
/// If the cart cannot be changed.
pub fn open_checkout(tx: &mut Tx<'_>, shop: &str, now: Instant, cart: &str) -> Result<Cart, CartChangeError> {
    change(tx, shop, now, cart, |cart| {
        cart.open_checkout(now);
        Ok(())
    })
}

/// Gives a cart to a customer who has just proved who they are, with what their own cart holds: the guest's cart stays and
/// takes it over, because it is the one that the page shows. Without a customer it is given up to nobody ("not you?"), and
/// what was filled in goes.
///
/// # Errors
/// If the cart cannot be changed.
pub fn set_customer(
    tx: &mut Tx<'_>,
    shop: &str,
    now: Instant,
    cart: &str,
    customer: Option<&str>,
) -> Result<Cart, CartChangeError> {
    let earlier = match customer {
        Some(customer) => of_customer(tx, shop, customer)?.filter(|earlier| earlier.id != cart),
        None => None,
    };
    if let Some(earlier) = &earlier {
        delete(tx, shop, &earlier.id)?;
    }
    change(tx, shop, now, cart, |cart| {
        cart.customer = customer.map(str::to_owned);
        match earlier {
            Some(earlier) => cart.merge(earlier),
            None if customer.is_none() => {
                cart.form.prefilled.clear();
                cart.form.changed.clear();
                cart.form.kept.clear();
                cart.form.payment_token = None;
            }
            None => {}
        }
        Ok(())
    })
}

/// Notes the total that a page shows for a version of the cart. It is not a change of the cart.
///
/// # Errors
/// If the database fails.
pub fn note_shown(tx: &mut Tx<'_>, shop: &str, cart: &str, shown: Shown) -> Result<(), StoreError> {
    tx.execute(
        "update carts set shown_total = ?3, shown_version = ?4 where shop = ?1 and id = ?2 and placed_order is null",
        values![shop, cart, shown.total, shown.version],
    )?;
    Ok(())
}

/// Turns a version of a cart into an order. False if it has changed meanwhile or is an order already, so that a cart never
/// becomes two.
///
/// # Errors
/// If the database fails.
pub fn mark_placed(
    tx: &mut Tx<'_>,
    shop: &str,
    now: Instant,
    cart: &str,
    version: u32,
    order: &str,
) -> Result<bool, StoreError> {
    let placed = tx.execute(
        "update carts set placed_order = ?5, updated_at = ?4, version = version + 1
         where shop = ?1 and id = ?2 and version = ?3 and placed_order is null",
        values![shop, cart, version, now, order],
    )?;
    Ok(placed == 1)
}

/// Customers' carts with lines that nobody has touched since `before` and nobody has been told of, the oldest first.
///
/// # Errors
/// If the database fails.
pub fn abandoned(tx: &mut Tx<'_>, shop: &str, before: Instant, limit: u32) -> Result<Vec<Cart>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from carts c
         where shop = ?1 and updated_at < ?2 and customer is not null and placed_order is null and abandoned_at is null
           and exists (select 1 from cart_lines l where l.shop = c.shop and l.cart = c.id)
         order by updated_at, id limit ?3"
    );
    let rows = tx.query(&sql, values![shop, before, limit])?;
    rows.iter().map(|row| with_lines(tx, shop, row)).collect()
}

/// Notes that an abandoned cart has been told of. Once it is changed again it can be abandoned again.
///
/// # Errors
/// If the database fails.
pub fn mark_abandoned(tx: &mut Tx<'_>, shop: &str, now: Instant, cart: &str) -> Result<(), StoreError> {
    tx.execute("update carts set abandoned_at = ?3 where shop = ?1 and id = ?2", values![shop, cart, now])?;
    Ok(())
}

/// Removes carts that nobody has touched since `before`, at most `limit`; answers how many. Those that became orders go too:
/// an order holds everything it needs.
///
/// # Errors
/// If the database fails.
pub fn purge(tx: &mut Tx<'_>, shop: &str, before: Instant, limit: u32) -> Result<u32, StoreError> {
    let old = tx.query(
        "select id from carts where shop = ?1 and updated_at < ?2 order by updated_at, id limit ?3",
        values![shop, before, limit],
    )?;
    for row in &old {
        delete(tx, shop, &row.text(0)?)?;
    }
    Ok(u32::try_from(old.len()).unwrap_or(u32::MAX))
}

/// Removes every cart of a customer, with what was entered into it. Part of erasing them.
///
/// # Errors
/// If the database fails.
pub fn erase_customer(tx: &mut Tx<'_>, shop: &str, customer: &str) -> Result<(), StoreError> {
    for row in tx.query("select id from carts where shop = ?1 and customer = ?2", values![shop, customer])? {
        delete(tx, shop, &row.text(0)?)?;
    }
    Ok(())
}

fn delete(tx: &mut Tx<'_>, shop: &str, cart: &str) -> Result<(), StoreError> {
    tx.execute("delete from cart_lines where shop = ?1 and cart = ?2", values![shop, cart])?;
    tx.execute("delete from carts where shop = ?1 and id = ?2", values![shop, cart])?;
    Ok(())
}

fn delivery_methods(tx: &mut Tx<'_>, shop: &str) -> Result<Vec<crate::cart::delivery::DeliveryMethod>, StoreError> {
    Ok(shops::find(tx, shop)?.map(|shop| shop.policies.delivery).unwrap_or_default())
}

/// Changes a cart that is not an order yet. Where nothing changes, the version stays.
fn change(
    tx: &mut Tx<'_>,
    shop: &str,
    now: Instant,
    id: &str,
    work: impl FnOnce(&mut Cart) -> Result<(), CartError>,
) -> Result<Cart, CartChangeError> {
    let before = get(tx, shop, id)?;
    if before.order.is_some() {
        return Err(CartError::Placed.into());
    }
    let mut after = before.clone();
    work(&mut after)?;
    if after == before {
        return Ok(before);
    }
    after.version += 1;
    after.updated_at = now;
    write(tx, shop, &before, &after)?;
    Ok(after)
}

fn write(tx: &mut Tx<'_>, shop: &str, before: &Cart, after: &Cart) -> Result<(), StoreError> {
    tx.execute(
        "update carts set version = ?3, customer = ?4, country = ?5, checkout_since = ?6, codes = ?7, attributes = ?8,
             delivery_method = ?9, form = ?10, updated_at = ?11, abandoned_at = null
         where shop = ?1 and id = ?2",
        values![
            shop,
            &after.id,
            after.version,
            after.customer.as_deref(),
            after.country.as_deref(),
            after.checkout_since,
            to_json(&after.codes)?,
            to_json(&after.attributes)?,
            after.delivery_method.as_deref(),
            to_json(&after.form)?,
            after.updated_at,
        ],
    )?;
    for line in before.lines.iter().filter(|line| after.lines.iter().all(|kept| kept.id != line.id)) {
        tx.execute(
            "delete from cart_lines where shop = ?1 and cart = ?2 and id = ?3",
            values![shop, &after.id, &line.id],
        )?;
    }
    for line in after.lines.iter().filter(|line| !before.lines.contains(line)) {
        tx.execute(
            "insert into cart_lines (shop, cart, id, product, variant, quantity, added_at, attributes)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             on conflict (shop, cart, id) do update set quantity = excluded.quantity, added_at = excluded.added_at",
            values![
                shop,
                &after.id,
                &line.id,
                &line.product,
                &line.variant,
                line.quantity,
                line.added_at,
                to_json(&line.attributes)?,
            ],
        )?;
    }
    Ok(())
}

fn with_lines(tx: &mut Tx<'_>, shop: &str, row: &Row) -> Result<Cart, StoreError> {
    let id = row.text(0)?;
    // Ids sort by the time they were made, so this is the order of entry.
    let lines = tx.query(
        "select id, product, variant, quantity, added_at, attributes from cart_lines
         where shop = ?1 and cart = ?2 order by id",
        values![shop, &id],
    )?;
    let shown: Option<Money> = row.opt_int(9)?;
    Ok(Cart {
        id,
        version: row.uint(1)?,
        customer: row.opt_text(2)?,
        country: row.opt_text(3)?,
        checkout_since: row.opt_int(4)?,
        codes: row.json(5)?,
        attributes: row.json(6)?,
        delivery_method: row.opt_text(7)?,
        form: row.json(8)?,
        shown: match shown {
            Some(total) => Some(Shown { total, version: row.uint(10)? }),
            None => None,
        },
        created_at: row.int(11)?,
        updated_at: row.int(12)?,
        order: row.opt_text(13)?,
        lines: lines.iter().map(line).collect::<Result<_, _>>()?,
    })
}

fn line(row: &Row) -> Result<CartLine, StoreError> {
    Ok(CartLine {
        id: row.text(0)?,
        product: row.text(1)?,
        variant: row.text(2)?,
        quantity: row.uint(3)?,
        added_at: row.int(4)?,
        attributes: row.json(5)?,
    })
}

#[cfg(test)]
#[path = "carts_tests.rs"]
mod tests;
