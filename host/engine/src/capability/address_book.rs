//! `address-book`: read the recognised customer's name, e-mail address, phone number and addresses.

use async_trait::async_trait;

use super::{Read, Scope};
use crate::call::state::CallState;
use crate::contract::bindings::boomerang::shop::address_book::Host;
use crate::contract::{Book, Fault};
use crate::point::Capability;

/// The address books of a shop's customers.
#[async_trait]
pub trait AddressBook: Send + Sync {
    /// The book of a customer. The engine asks only for the customer in `scope.customer`.
    async fn get(&self, scope: &Scope, customer: &str) -> Result<Read<Option<Book>>, Fault>;
}

impl Host for CallState {
    async fn get(&mut self, customer: String) -> wasmtime::Result<Result<Option<Book>, Fault>> {
        self.ask(Capability::AddressBook, &customer).await?;
        // Somebody who has not been recognised has no book, whatever id the extension has got hold of.
        if self.scope.customer.as_deref() != Some(customer.as_str()) {
            return Ok(Ok(None));
        }
        let vendor = self.vendor(Capability::AddressBook, |all| all.address_book.as_ref())?;
        let answer = vendor.get(&self.scope, &customer).await;
        self.hand_over(answer)
    }
}
