//! Carts through the store.

use super::*;
use crate::cart::delivery::DeliveryMethod;
use crate::catalogue::{ProductDetails, ProductInput, VariantDetails};
use crate::shops::Policies;
use crate::shops::tests::vienna;
use crate::store::{Store, catalogue};

/// A shop with one product of which three are in stock; gives its variant.
fn open_shop(tx: &mut Tx<'_>) -> String {
    let far = DeliveryMethod { id: "local".into(), countries: vec!["AT".into()], ..DeliveryMethod::standard() };
    let policies = Policies { delivery: vec![DeliveryMethod::standard(), far], ..Policies::default() };
    shops::create(tx, "system", &crate::shops::Shop { policies, ..vienna() }).unwrap();
    let input = ProductInput {
        details: ProductDetails { handle: "mug".into(), title: "Mug".into(), ..Default::default() },
        variants: vec![VariantDetails { price: 900, stock: Some(3), ..Default::default() }],
    };
    catalogue::save(tx, "demo", 0, "system", &input).unwrap().variants[0].id.clone()
}

async fn in_shop(work: impl FnOnce(&mut Tx<'_>, &str) -> Result<(), CartChangeError> + Send + 'static) {
    let store = Store::in_memory().unwrap();
    store
        .write(|tx| {
            let variant = open_shop(tx);
            work(tx, &variant)
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn a_cart_reads_back_as_it_was_changed() {
    in_shop(|tx, variant| {
        let id = create(tx, "demo", 1, None)?.id;
        add(tx, "demo", 2, &id, variant, 1, &Attributes::new())?;
        add(tx, "demo", 2, &id, variant, 1, &Attributes::from([("engraving".into(), "Ann".into())]))?;
        add_code(tx, "demo", 3, &id, "Spring")?;
        set_attributes(tx, "demo", 4, &id, &Attributes::from([("a.b".into(), "1".into())]))?;
        set_country(tx, "demo", 5, &id, "AT")?;
        set_delivery(tx, "demo", 6, &id, Some("local"))?;
        let form = CheckoutEntries { gift: true, ..Default::default() };
        set_form(tx, "demo", 7, &id, form)?;
        let last = open_checkout(tx, "demo", 8, &id)?;
        assert_eq!((last.version, last.updated_at, last.lines.len()), (9, 8, 2));
        assert_eq!(get(tx, "demo", &id)?, last);
        assert!(find(tx, "other", &id)?.is_none());
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_changes_nothing_keeps_the_version() {
    in_shop(|tx, variant| {
        let id = create(tx, "demo", 1, None)?.id;
        let before = add(tx, "demo", 2, &id, variant, 1, &Attributes::new())?;
        set_quantity(tx, "demo", 3, &id, &before.lines[0].id, 1)?;
        remove_code(tx, "demo", 3, &id, "none")?;
        note_shown(tx, "demo", &id, Shown { total: 900, version: before.version })?;
        let after = get(tx, "demo", &id)?;
        assert_eq!((after.version, after.updated_at), (before.version, 2));
        assert_eq!(after.shown, Some(Shown { total: 900, version: before.version }));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_change_that_is_refused_changes_nothing() {
    in_shop(|tx, variant| {
        let before = create(tx, "demo", 1, None)?;
        let id = before.id.clone();
        let refused = [
            add(tx, "demo", 2, &id, variant, 4, &Attributes::new()),
            add(tx, "demo", 2, &id, "unknown", 1, &Attributes::new()),
            remove(tx, "demo", 2, &id, "unknown"),
            set_delivery(tx, "demo", 2, &id, Some("unknown")),
            set_country(tx, "demo", 2, &id, "Austria"),
        ];
        let reasons: Vec<CartError> = refused
            .into_iter()
            .map(|result| match result {
                Err(CartChangeError::Cart(error)) => error,
                other => panic!("{other:?}"),
            })
            .collect();
        let expected = [
            CartError::OutOfStock { left: 3 },
            CartError::NotOnSale,
            CartError::UnknownLine("unknown".into()),
            CartError::Delivery,
            CartError::Country,
        ];
        assert_eq!(reasons, expected);
        assert_eq!(get(tx, "demo", &id)?, before);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn c7_a_delivery_that_does_not_reach_the_new_country_is_no_longer_chosen() {
    in_shop(|tx, _| {
        let id = create(tx, "demo", 1, None)?.id;
        set_delivery(tx, "demo", 2, &id, Some("local"))?;
        assert_eq!(set_country(tx, "demo", 3, &id, "DE")?.delivery_method, None);
        assert!(set_delivery(tx, "demo", 4, &id, Some("local")).is_err());
        set_delivery(tx, "demo", 5, &id, Some("standard"))?;
        assert_eq!(set_country(tx, "demo", 6, &id, "AT")?.delivery_method.as_deref(), Some("standard"));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn c9_a_version_of_a_cart_becomes_one_order() {
    in_shop(|tx, variant| {
        let id = create(tx, "demo", 1, None)?.id;
        let cart = add(tx, "demo", 2, &id, variant, 1, &Attributes::new())?;
        assert!(!mark_placed(tx, "demo", 3, &id, cart.version - 1, "order-0")?);
        assert!(mark_placed(tx, "demo", 3, &id, cart.version, "order-1")?);
        assert!(!mark_placed(tx, "demo", 3, &id, cart.version, "order-2")?);
        assert!(!mark_placed(tx, "demo", 3, &id, cart.version + 1, "order-2")?);
        assert_eq!(get(tx, "demo", &id)?.order.as_deref(), Some("order-1"));
        let late = add(tx, "demo", 4, &id, variant, 1, &Attributes::new());
        assert!(matches!(late, Err(CartChangeError::Cart(CartError::Placed))));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_guests_cart_takes_over_the_one_the_customer_left_behind() {
    in_shop(|tx, variant| {
        let earlier = create(tx, "demo", 1, Some("ann"))?.id;
        add(tx, "demo", 2, &earlier, variant, 2, &Attributes::new())?;
        let guest = create(tx, "demo", 3, None)?.id;
        add(tx, "demo", 4, &guest, variant, 1, &Attributes::new())?;
        let merged = set_customer(tx, "demo", 5, &guest, Some("ann"))?;
        assert_eq!((merged.units(), merged.customer.as_deref()), (2, Some("ann")));
        assert_eq!(of_customer(tx, "demo", "ann")?, Some(get(tx, "demo", &guest)?));
        assert!(find(tx, "demo", &earlier)?.is_none());
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn c12_not_you_leaves_nothing_that_was_filled_in() {
    in_shop(|tx, _| {
        let id = create(tx, "demo", 1, Some("ann"))?.id;
        let form = CheckoutEntries {
            prefilled: [("email".into(), "ann@example.com".into())].into(),
            payment_token: Some("tok".into()),
            ..Default::default()
        };
        set_form(tx, "demo", 2, &id, form)?;
        let nobody = set_customer(tx, "demo", 3, &id, None)?;
        assert_eq!((nobody.customer, nobody.form), (None, CheckoutEntries::default()));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn an_abandoned_cart_is_told_of_once_until_it_changes() {
    in_shop(|tx, variant| {
        let id = create(tx, "demo", 1, Some("ann"))?.id;
        assert_eq!(abandoned(tx, "demo", 99, 9)?, []);
        add(tx, "demo", 10, &id, variant, 1, &Attributes::new())?;
        assert_eq!(abandoned(tx, "demo", 10, 9)?, []);
        assert_eq!(abandoned(tx, "demo", 11, 9)?.len(), 1);
        mark_abandoned(tx, "demo", 20, &id)?;
        assert_eq!(abandoned(tx, "demo", 99, 9)?, []);
        add(tx, "demo", 30, &id, variant, 1, &Attributes::new())?;
        assert_eq!(abandoned(tx, "demo", 99, 9)?.len(), 1);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn c12_old_carts_and_erased_customers_leave_nothing() {
    in_shop(|tx, variant| {
        let old = create(tx, "demo", 1, None)?.id;
        add(tx, "demo", 1, &old, variant, 1, &Attributes::new())?;
        let anns = create(tx, "demo", 50, Some("ann"))?.id;
        assert_eq!(purge(tx, "demo", 50, 9)?, 1);
        assert!(find(tx, "demo", &old)?.is_none());
        erase_customer(tx, "demo", "ann")?;
        assert!(find(tx, "demo", &anns)?.is_none());
        Ok(())
    })
    .await;
}
