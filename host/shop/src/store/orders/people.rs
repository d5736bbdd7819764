//! People in orders: joining a guest's orders to an account, and erasing somebody.

use super::{holder_version, returns, version};
use crate::clock::Instant;
use crate::store::{StoreError, Tx, claims, events, ledger, values, versions};

/// Gives a customer who has just proved an address the guests' orders made with it, the points held for it, and what those
/// orders took of limits for each shopper. Says how many orders joined. Doing it again changes nothing.
///
/// # Errors
/// If the database fails.
pub fn link_contact(
    tx: &mut Tx<'_>,
    shop: &str,
    contact: &str,
    customer: &str,
    now: Instant,
) -> Result<usize, StoreError> {
    let joined = tx.query(
        "update orders set customer = ?3 where shop = ?1 and contact = ?2 and customer is null returning id",
        values![shop, contact, customer],
    )?;
    for row in &joined {
        let order = row.text(0)?;
        claims::join_customer(tx, shop, &order, customer)?;
        versions::bump(tx, shop, &version(&order))?;
    }
    if !joined.is_empty() {
        versions::bump(tx, shop, &holder_version(customer))?;
    }
    ledger::link_contact(tx, shop, contact, customer, now)?;
    Ok(joined.len())
}

/// Takes the person out of every order of a customer, and of those made as a guest with the customer's address: postal
/// addresses and notes go, what was bought and paid stays, as the law asks. The book of points forgets whose they were, and
/// the outbox forgets what everybody has been told of.
///
/// # Errors
/// If the database fails.
pub fn erase(tx: &mut Tx<'_>, shop: &str, customer: &str, contact: &str) -> Result<(), StoreError> {
    let orders = tx.query(
        "update orders set shipping = null, billing = null, attributes = '{}', contact_domain = ''
         where shop = ?1 and (customer = ?2 or contact = ?3) returning id",
        values![shop, customer, contact],
    )?;
    for row in &orders {
        let order = row.text(0)?;
        tx.execute(
            "update order_lines set attributes = '{}' where shop = ?1 and order_id = ?2",
            values![shop, &order],
        )?;
        returns::erase(tx, shop, &order)?;
        tx.execute("update refunds set reason = '' where shop = ?1 and order_id = ?2", values![shop, &order])?;
        events::forget(tx, shop, &format!("order/{order}"))?;
        versions::bump(tx, shop, &version(&order))?;
    }
    events::forget(tx, shop, &format!("customer/{customer}"))?;
    ledger::erase(tx, shop, customer)?;
    ledger::erase(tx, shop, contact)
}

#[cfg(test)]
mod tests {
    use crate::orders::OrderError;
    use crate::orders::place::place;
    use crate::orders::testing::{ANN, SHOP, World, claim_due, with_points};
    use crate::people::Address;
    use crate::store::{Tx, events, ledger, orders};

    async fn order(world: &World, as_guest: bool) -> String {
        let mut draft = world.draft(1).await;
        if !as_guest {
            draft = with_points(draft, 100);
        }
        draft.shipping = Some(Address { name: "Ann Lee".into(), country: "AT".into(), ..Address::default() });
        draft.attributes.insert("note".into(), "Ring at Lee".into());
        place(&world.store, &world.gateway, SHOP, draft, 0).await.unwrap().order.id
    }

    #[tokio::test]
    async fn a3_guests_orders_join_the_account_once_the_address_is_proved_and_not_before() {
        let world = World::new(5).await;
        let id = order(&world, true).await;
        let contact = world.secret.contact(SHOP, "ann@example.com");
        world
            .write(move |tx| -> Result<(), OrderError> {
                assert_eq!(orders::get(tx, SHOP, &id)?.customer, None);
                assert_eq!(orders::link_contact(tx, SHOP, &contact, ANN, 1)?, 1);
                assert_eq!(orders::link_contact(tx, SHOP, &contact, ANN, 2)?, 0);
                assert_eq!(orders::get(tx, SHOP, &id)?.customer.as_deref(), Some(ANN));
                assert_eq!(orders::summaries_of(tx, SHOP, ANN, 9)?.len(), 1);
                Ok(())
            })
            .await;
    }

    #[tokio::test]
    async fn l15_erasing_takes_the_person_out_of_every_order_and_leaves_what_was_sold() {
        let world = World::new(5).await;
        world.enable(&["a"]).await;
        world.give_points(100).await;
        let ids = [order(&world, true).await, order(&world, false).await];
        while let Some(due) = world.write(|tx| claim_due(tx, 0, 1)).await.pop() {
            world.write(move |tx| events::acknowledge(tx, SHOP, "a", &due.event)).await;
        }
        let contact = world.secret.contact(SHOP, "ann@example.com");
        world.write(move |tx| orders::erase(tx, SHOP, ANN, &contact)).await;
        world
            .write(move |tx: &mut Tx<'_>| -> Result<(), OrderError> {
                for id in &ids {
                    let order = orders::get(tx, SHOP, id)?;
                    assert_eq!((order.shipping, order.attributes.len(), order.lines.len()), (None, 0, 1));
                }
                let payloads = tx.query("select payload from events", &[])?;
                assert!(payloads.is_empty(), "everybody has been told");
                assert_eq!(ledger::of_order(tx, SHOP, &ids[1])?.spent, 100);
                Ok(())
            })
            .await;
    }
}
