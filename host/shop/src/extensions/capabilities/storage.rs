//! `storage`: an extension's own keys and values.

use async_trait::async_trait;
use boomerang_engine::capability::Storage;
use boomerang_engine::contract::{Fault, KeyPage};
use boomerang_engine::{Read, Scope};

use super::{FromStore, versions_of};
use crate::store::{extension_storage, versions};

#[async_trait]
impl Storage for FromStore {
    async fn get(&self, scope: &Scope, key: &str) -> Result<Read<Option<Vec<u8>>>, Fault> {
        let (scope, key) = (scope.clone(), key.to_owned());
        self.answer(move |tx| {
            let name = extension_storage::version(&scope.extension, &key);
            let version = versions::get(tx, &scope.shop, &name)?;
            let value = extension_storage::get(tx, &scope.shop, &scope.extension, &key)?;
            Ok(Read::versioned(value, name, version))
        })
        .await
    }

    async fn list(
        &self,
        scope: &Scope,
        prefix: &str,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Read<KeyPage>, Fault> {
        let (scope, prefix, cursor) = (scope.clone(), prefix.to_owned(), cursor.map(str::to_owned));
        self.answer_page(move |tx| {
            let page = extension_storage::list(tx, &scope.shop, &scope.extension, &prefix, cursor.as_deref(), limit)?;
            let versions = versions_of(tx, &scope.shop, [extension_storage::keys_version(&scope.extension)])?;
            Ok(Read { value: page, versions })
        })
        .await
    }
}
