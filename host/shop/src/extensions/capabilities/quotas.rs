//! `quotas`: an extension's own counters. What the cart of the call has reserved itself counts as left for it.

use async_trait::async_trait;
use boomerang_engine::capability::Quotas;
use boomerang_engine::contract::Fault;
use boomerang_engine::{Read, ReadVersion, Scope};

use super::FromStore;
use crate::store::{StoreError, Tx, claims, versions};

fn counted(tx: &mut Tx<'_>, scope: &Scope, names: &[String], taken: Vec<u32>) -> Result<Read<Vec<u32>>, StoreError> {
    let mut read = Vec::with_capacity(names.len());
    for name in names {
        let key = claims::quota_version(&scope.extension, name);
        let version = versions::get(tx, &scope.shop, &key)?;
        read.push(ReadVersion { key, version });
    }
    Ok(Read { value: taken, versions: read })
}

#[async_trait]
impl Quotas for FromStore {
    async fn taken(&self, scope: &Scope, names: &[String]) -> Result<Read<Vec<u32>>, Fault> {
        let (scope, names) = (scope.clone(), names.to_vec());
        self.answer(move |tx| {
            let cart = scope.subject.as_deref();
            let taken = claims::taken(tx, &scope.shop, &scope.extension, &names, cart, scope.now)?;
            counted(tx, &scope, &names, taken)
        })
        .await
    }

    async fn taken_by(&self, scope: &Scope, customer: &str, names: &[String]) -> Result<Read<Vec<u32>>, Fault> {
        let (scope, customer, names) = (scope.clone(), customer.to_owned(), names.to_vec());
        self.answer(move |tx| {
            let cart = scope.subject.as_deref();
            let taken = claims::taken_by(tx, &scope.shop, &scope.extension, &customer, &names, cart, scope.now)?;
            counted(tx, &scope, &names, taken)
        })
        .await
    }
}
