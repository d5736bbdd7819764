//! Who comes back, and what that is worth.

use serde::Serialize;

use crate::clock::Instant;
use crate::money::Money;
use crate::store::{StoreError, Tx, values};

/// The buyers of a span, by whether they had bought before. Cancelled orders count for nothing, and money given back is
/// taken off the order that it was given back for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Retention {
    /// Orders.
    pub orders: u32,
    /// People who bought.
    pub buyers: u32,
    /// Those of them who had bought before.
    pub returning: u32,
    /// What all orders brought.
    pub revenue: Money,
    /// What those brought that were not their buyer's first.
    pub repeat_revenue: Money,
}

/// The buyers of [from, until). A buyer is an e-mail address, with or without an account.
///
/// # Errors
/// If the database fails.
pub fn retention(tx: &mut Tx<'_>, shop: &str, from: Instant, until: Instant) -> Result<Retention, StoreError> {
    let row = tx.first(
        "select count(*), count(distinct contact), count(distinct case when again then contact end),
                cast(coalesce(sum(net), 0) as bigint), cast(coalesce(sum(case when again then net end), 0) as bigint)
         from (select o.contact,
                      o.total - coalesce((select sum(r.money) from refunds r
                                          where r.shop = o.shop and r.order_id = o.id and r.state = 'done'), 0) net,
                      exists (select 1 from orders e
                              where e.shop = o.shop and e.contact = o.contact and e.cancelled_at is null
                                    and (e.placed_at < o.placed_at or (e.placed_at = o.placed_at and e.id < o.id))) again
               from orders o
               where o.shop = ?1 and o.placed_at >= ?2 and o.placed_at < ?3 and o.cancelled_at is null) placed",
        values![shop, from, until],
    )?;
    row.map_or(Ok(Retention::default()), |row| {
        Ok(Retention {
            orders: row.uint(0)?,
            buyers: row.uint(1)?,
            returning: row.uint(2)?,
            revenue: row.int(3)?,
            repeat_revenue: row.int(4)?,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::DAY;
    use crate::orders::place::place;
    use crate::orders::testing::{SHOP, World};
    use crate::store::orders::{cancel, pay};

    #[tokio::test]
    async fn a_buyer_returns_with_the_second_order_and_cancelled_orders_count_for_nothing() {
        let world = World::new(9).await;
        for day in [0, 40, 41] {
            let draft = world.draft(1).await;
            let order = place(&world.store, &world.gateway, SHOP, draft, day * DAY).await.unwrap().order;
            world.write(move |tx| pay(tx, SHOP, &order.id, day * DAY)).await;
        }
        let first = world.write(|tx| retention(tx, SHOP, 0, 30 * DAY)).await;
        assert_eq!(first, Retention { orders: 1, buyers: 1, returning: 0, revenue: 1_000, repeat_revenue: 0 });
        let second = world.write(|tx| retention(tx, SHOP, 30 * DAY, 60 * DAY)).await;
        assert_eq!(second, Retention { orders: 2, buyers: 1, returning: 1, revenue: 2_000, repeat_revenue: 2_000 });
        let listing = crate::store::orders::Listing { limit: 1, ..Default::default() };
        let latest = world.write(move |tx| crate::store::orders::list(tx, SHOP, &listing)).await.remove(0);
        world.write(move |tx| cancel(tx, SHOP, &latest.id, "system", 42 * DAY)).await;
        let second = world.write(|tx| retention(tx, SHOP, 30 * DAY, 60 * DAY)).await;
        assert_eq!((second.orders, second.repeat_revenue), (1, 1_000));
    }
}
