//! `customers`: read profiles, without names, addresses or e-mail.

use async_trait::async_trait;

use super::{Read, Scope, check};
use crate::call::state::CallState;
use crate::contract::bindings::boomerang::shop::customers::Host;
use crate::contract::{Fault, Profile, ProfilePage};
use crate::point::Capability;

/// The customers of a shop.
#[async_trait]
pub trait Customers: Send + Sync {
    /// One customer's profile.
    async fn get(&self, scope: &Scope, customer: &str) -> Result<Read<Option<Profile>>, Fault>;

    /// One page of a walk over all customers, in the order of their ids; `limit` is 1 to 200.
    async fn page(&self, scope: &Scope, cursor: Option<&str>, limit: u32) -> Result<Read<ProfilePage>, Fault>;
}

impl Host for CallState {
    async fn get(&mut self, customer: String) -> wasmtime::Result<Result<Option<Profile>, Fault>> {
        self.ask(Capability::Customers, &customer).await?;
        let vendor = self.vendor(Capability::Customers, |all| all.customers.as_ref())?;
        let answer = vendor.get(&self.scope, &customer).await;
        self.hand_over(answer)
    }

    async fn page(&mut self, cursor: Option<String>, limit: u32) -> wasmtime::Result<Result<ProfilePage, Fault>> {
        self.ask(Capability::Customers, &cursor).await?;
        if let Err(fault) = check::page_limit(limit) {
            return Ok(Err(fault));
        }
        let vendor = self.vendor(Capability::Customers, |all| all.customers.as_ref())?;
        let answer = vendor.page(&self.scope, cursor.as_deref(), limit).await;
        self.hand_over(answer)
    }
}
