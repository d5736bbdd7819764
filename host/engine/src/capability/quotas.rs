//! `quotas`: read the extension's own counters.

use async_trait::async_trait;

use super::{Read, Scope, check};
use crate::call::state::CallState;
use crate::contract::Fault;
use crate::contract::bindings::boomerang::shop::quotas::Host;
use crate::point::Capability;
use crate::pricing::counter_of_variant;

/// Counters that quota claims use up, by extension and name.
#[async_trait]
pub trait Quotas: Send + Sync {
    /// Units taken or reserved, for each name in turn; 0 for a counter never used. At most 200 names.
    async fn taken(&self, scope: &Scope, names: &[String]) -> Result<Read<Vec<u32>>, Fault>;

    /// The same for the counters of a claim that counts each variant on its own, whose names go on with a slash and the
    /// variant's id.
    async fn taken_of_variants(&self, scope: &Scope, name: &str, variants: &[&str]) -> Result<Read<Vec<u32>>, Fault> {
        let names: Vec<_> = variants.iter().map(|variant| counter_of_variant(name, variant)).collect();
        self.taken(scope, &names).await
    }

    /// The same for counters that are claimed per shopper, for one customer.
    async fn taken_by(&self, scope: &Scope, customer: &str, names: &[String]) -> Result<Read<Vec<u32>>, Fault>;
}

impl Host for CallState {
    async fn taken(&mut self, names: Vec<String>) -> wasmtime::Result<Result<Vec<u32>, Fault>> {
        self.ask(Capability::Quotas, &names).await?;
        if let Err(fault) = check::count("names", names.len()) {
            return Ok(Err(fault));
        }
        let vendor = self.vendor(Capability::Quotas, |all| all.quotas.as_ref())?;
        let answer = vendor.taken(&self.scope, &names).await;
        self.hand_over(answer)
    }

    async fn taken_of_variants(&mut self, name: String, variants: String) -> wasmtime::Result<Result<Vec<u32>, Fault>> {
        self.ask(Capability::Quotas, &(&name, &variants)).await?;
        // Before a name is made for each: a long one for many variants would take memory that nobody has paid for.
        let variants: Vec<_> = variants.split('\n').take(check::MOST + 1).collect();
        if let Err(fault) = check::count("variants", variants.len()).and_then(|()| check::key(&name)) {
            return Ok(Err(fault));
        }
        let vendor = self.vendor(Capability::Quotas, |all| all.quotas.as_ref())?;
        let answer = vendor.taken_of_variants(&self.scope, &name, &variants).await;
        self.hand_over(answer)
    }

    async fn taken_by(&mut self, customer: String, names: Vec<String>) -> wasmtime::Result<Result<Vec<u32>, Fault>> {
        self.ask(Capability::Quotas, &(&customer, &names)).await?;
        if let Err(fault) = check::count("names", names.len()) {
            return Ok(Err(fault));
        }
        let vendor = self.vendor(Capability::Quotas, |all| all.quotas.as_ref())?;
        let answer = vendor.taken_by(&self.scope, &customer, &names).await;
        self.hand_over(answer)
    }
}
