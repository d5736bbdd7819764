//! `address-book`: what a recognised customer has saved. The engine asks only for the customer of the call.

use async_trait::async_trait;
use boomerang_engine::capability::AddressBook;
use boomerang_engine::contract::{Address, Book, Delivery, Fault};
use boomerang_engine::{Read, Scope};

use super::{FromStore, versions_of};
use crate::people::SavedAddress;
use crate::store::{addresses, customers, orders, payment_tokens};

/// The latest deliveries that the contract gives.
const DELIVERIES: u32 = 10;

#[async_trait]
impl AddressBook for FromStore {
    async fn get(&self, scope: &Scope, customer: &str) -> Result<Read<Option<Book>>, Fault> {
        let (shop, id) = (scope.shop.clone(), customer.to_owned());
        self.answer(move |tx| {
            let mut keys = vec![format!("customer/{id}"), orders::holder_version(&id)];
            let Some(person) = customers::get(tx, &shop, &id)? else {
                return Ok(Read { value: None, versions: versions_of(tx, &shop, keys)? });
            };
            let saved = addresses::list(tx, &shop, &id)?;
            let mut deliveries = Vec::new();
            for order in orders::of(tx, &shop, &id, DELIVERIES)? {
                keys.push(orders::version(&order.id));
                let Some(sent_to) = &order.shipping else { continue };
                if let Some(address) = saved.iter().find(|saved| saved.address == *sent_to) {
                    deliveries.push(Delivery {
                        address: address.id.clone(),
                        method: order.delivery.method,
                        delivered_at: order.delivered_at,
                        gift: order.gift,
                    });
                }
            }
            let last_payment_token = payment_tokens::list(tx, &shop, &id)?.into_iter().next().map(|kept| kept.token);
            let book = Book {
                name: person.name,
                email: person.email,
                phone: person.phone,
                addresses: saved.into_iter().map(address).collect(),
                default_shipping: person.default_shipping,
                default_billing: person.default_billing,
                deliveries,
                last_payment_token,
            };
            Ok(Read { value: Some(book), versions: versions_of(tx, &shop, keys)? })
        })
        .await
    }
}

fn address(saved: SavedAddress) -> Address {
    let SavedAddress { id, address, .. } = saved;
    Address {
        id,
        name: address.name,
        organization: address.organization,
        line1: address.line1,
        line2: address.line2,
        dependent_locality: address.dependent_locality,
        locality: address.locality,
        region: address.region,
        postal_code: address.postal_code,
        sorting_code: address.sorting_code,
        country: address.country,
        phone: address.phone,
    }
}
