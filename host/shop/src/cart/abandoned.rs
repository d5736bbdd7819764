//! Carts that their customers have left: extensions are told once, and once more if the cart is changed and left again.

use crate::clock::{HOUR, Instant};
use crate::people::happenings::tell;
use crate::shops::Shop;
use crate::store::{StoreError, Tx, carts};

/// Carts that one sweep of a shop takes at the most.
const AT_ONCE: u32 = 200;

/// Tells extensions of every cart that was left (`cart-abandoned`), and says of how many.
///
/// # Errors
/// If the database fails.
pub(crate) fn tell_of(tx: &mut Tx<'_>, shop: &Shop, now: Instant) -> Result<usize, StoreError> {
    let left_since = now - Instant::from(shop.policies.abandoned_after_hours) * HOUR;
    let left = carts::abandoned(tx, &shop.id, left_since, AT_ONCE)?;
    for cart in &left {
        if let Some(customer) = &cart.customer {
            tell(tx, &shop.id, customer, "cart-abandoned", &[("cart", &cart.id)], now)?;
        }
        carts::mark_abandoned(tx, &shop.id, now, &cart.id)?;
    }
    Ok(left.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Attributes;
    use crate::orders::testing::{ANN, SHOP, World};
    use crate::shops::tests::vienna;
    use crate::store::carts::CartChangeError;
    use crate::store::events;

    #[tokio::test]
    async fn a_cart_that_is_left_is_told_of_once_and_again_when_it_is_changed_and_left_again() {
        let world = World::new(9).await;
        world.enable(&["a"]).await;
        let variant = world.variant.clone();
        world
            .write(move |tx| -> Result<(), CartChangeError> {
                let shop = Shop { id: SHOP.into(), ..vienna() };
                let wait = Instant::from(shop.policies.abandoned_after_hours) * HOUR;
                let add = |tx: &mut Tx<'_>, cart: &str, at| {
                    carts::add(tx, SHOP, at, cart, &variant, 1, &Attributes::new()).map(|cart| cart.id)
                };
                let cart = carts::create(tx, SHOP, 0, Some(ANN))?.id;
                add(tx, &cart, 0)?;
                let guest = carts::create(tx, SHOP, 0, None)?.id;
                add(tx, &guest, 0)?;
                carts::create(tx, SHOP, 0, Some("cus_empty"))?;

                assert_eq!(tell_of(tx, &shop, wait)?, 0, "not yet");
                assert_eq!(tell_of(tx, &shop, wait + 1)?, 1, "only a customer's cart with something in it");
                assert_eq!(tell_of(tx, &shop, wait + 2)?, 0, "once");
                add(tx, &cart, wait + 3)?;
                assert_eq!(tell_of(tx, &shop, 2 * wait + 4)?, 1);
                let told = events::open(tx, SHOP, 9)?;
                assert_eq!(told.len(), 2);
                assert!(
                    told.iter().all(|open| open.topic == "cart-abandoned" && open.stream == format!("customer/{ANN}"))
                );
                Ok(())
            })
            .await;
    }
}
