//! `customers`: profiles, without names, addresses or e-mail.

use async_trait::async_trait;
use boomerang_engine::capability::Customers;
use boomerang_engine::contract::{Attribute, Birthday, Fault, Profile, ProfilePage};
use boomerang_engine::{Read, Scope};

use super::{FromStore, versions_of};
use crate::people::Customer;
use crate::store::{customers, versions};

#[async_trait]
impl Customers for FromStore {
    async fn get(&self, scope: &Scope, customer: &str) -> Result<Read<Option<Profile>>, Fault> {
        let (shop, id) = (scope.shop.clone(), customer.to_owned());
        self.answer(move |tx| {
            let key = format!("customer/{id}");
            let version = versions::get(tx, &shop, &key)?;
            let profile = customers::get(tx, &shop, &id)?.map(profile);
            Ok(Read::versioned(profile, key, version))
        })
        .await
    }

    async fn page(&self, scope: &Scope, cursor: Option<&str>, limit: u32) -> Result<Read<ProfilePage>, Fault> {
        let (shop, after) = (scope.shop.clone(), cursor.map(str::to_owned));
        self.answer_page(move |tx| {
            let page = customers::page(tx, &shop, after.as_deref(), limit)?;
            let cursor = (page.len() == limit as usize).then(|| page.last().map(|last| last.id.clone())).flatten();
            let keys = page.iter().map(|customer| format!("customer/{}", customer.id));
            let versions = versions_of(tx, &shop, keys.chain([customers::ANY_VERSION.to_owned()]))?;
            let profiles = page.into_iter().map(profile).collect();
            Ok(Read { value: ProfilePage { profiles, cursor }, versions })
        })
        .await
    }
}

fn profile(customer: Customer) -> Profile {
    Profile {
        id: customer.id,
        contact: customer.contact,
        registered_at: customer.registered_at,
        verified_at: customer.verified_at,
        birthday: customer.birthday.map(|day| Birthday { month: day.month, day: day.day }),
        locale: customer.locale,
        blocked: customer.blocked,
        marketing_consent: customer.marketing_since.is_some(),
        tags: customer.tags,
        attributes: customer.attributes.into_iter().map(|(key, value)| Attribute { key, value }).collect(),
    }
}
