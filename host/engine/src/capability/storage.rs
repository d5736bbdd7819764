//! `storage`: read the extension's own keys and values.

use async_trait::async_trait;

use super::{Read, Scope, check};
use crate::call::state::CallState;
use crate::contract::bindings::boomerang::shop::storage::Host;
use crate::contract::{Fault, KeyPage};
use crate::point::Capability;

/// Keys and values by shop and extension.
#[async_trait]
pub trait Storage: Send + Sync {
    /// The committed value of a key.
    async fn get(&self, scope: &Scope, key: &str) -> Result<Read<Option<Vec<u8>>>, Fault>;

    /// Keys that start with `prefix`, in byte order; `limit` is 1 to 200.
    async fn list(&self, scope: &Scope, prefix: &str, cursor: Option<&str>, limit: u32)
    -> Result<Read<KeyPage>, Fault>;
}

impl Host for CallState {
    async fn get(&mut self, key: String) -> wasmtime::Result<Result<Option<Vec<u8>>, Fault>> {
        self.ask(Capability::Storage, &key).await?;
        let vendor = self.vendor(Capability::Storage, |all| all.storage.as_ref())?;
        let answer = vendor.get(&self.scope, &key).await;
        self.hand_over(answer)
    }

    async fn list(
        &mut self,
        prefix: String,
        cursor: Option<String>,
        limit: u32,
    ) -> wasmtime::Result<Result<KeyPage, Fault>> {
        self.ask(Capability::Storage, &(&prefix, &cursor)).await?;
        if let Err(fault) = check::page_limit(limit) {
            return Ok(Err(fault));
        }
        let vendor = self.vendor(Capability::Storage, |all| all.storage.as_ref())?;
        let answer = vendor.list(&self.scope, &prefix, cursor.as_deref(), limit).await;
        self.hand_over(answer)
    }
}
