//! What a merchant does with extensions: install, consent, set up, order, switch on and off, take away.
//!
//! Every change is one transaction with its line in the audit log, and is in force from the next request on.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use boomerang_engine::contract::{Context, SettingError};
use boomerang_engine::{Call, Capability, Extension, Inspection, LoadError, PreparedSettings, SettingsError};
use serde_json::{Value, json};
use thiserror::Error;

use super::Extensions;
use super::due;
use crate::clock::Instant;
use crate::shops::Shop;
use crate::store::installations::{self, InstallationRow};
use crate::store::{StoreError, Tx, audit, ticks};

/// Why a change was not made. Nothing has changed then.
#[derive(Debug, Error)]
pub enum ManageError {
    /// The shop has no such installation.
    #[error("`{0}` is not installed in this shop; install it first")]
    NotInstalled(String),
    /// Nothing with this id is on the shelf.
    #[error("there is no extension `{0}` to install; upload its component instead")]
    NotOnShelf(String),
    /// The component was refused.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The component of an installation does not load.
    #[error("the component of this installation does not load: {0}")]
    Broken(Arc<str>),
    /// The merchant has not consented to something the component imports.
    #[error("consent is missing for: {}", list(.0))]
    Consent(Vec<Capability>),
    /// The settings were not accepted.
    #[error("the settings are not valid: {}", wrong(.0))]
    Settings(Vec<SettingError>),
    /// The extension could not check its settings.
    #[error("the extension could not check its settings: {0}; try again, or ask its author")]
    Unchecked(String),
    /// A new order has to name every installation once.
    #[error("the order has to name each installed extension exactly once")]
    Order,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn list(capabilities: &[Capability]) -> String {
    capabilities.iter().map(|capability| capability.describe()).collect::<Vec<_>>().join(", ")
}

fn wrong(errors: &[SettingError]) -> String {
    errors.iter().map(|error| format!("{}: {}", error.pointer, error.message)).collect::<Vec<_>>().join("; ")
}

/// Who makes a change, and when.
#[derive(Clone, Debug)]
pub struct Actor<'a> {
    /// As in the audit log, such as `admin:adm_…`.
    pub name: &'a str,
    /// Now.
    pub now: Instant,
}

/// What is to be switched. What is absent stays.
#[derive(Clone, Copy, Debug, Default)]
pub struct Switches {
    /// Whether it is called.
    pub enabled: Option<bool>,
    /// Whether checkout stops when it cannot check it.
    pub fail_closed: Option<bool>,
}

impl Extensions {
    /// Loads a component on a thread that may block.
    pub(super) async fn load(&self, wasm: Vec<u8>) -> Result<Arc<Extension>, LoadError> {
        let engine = self.engine().clone();
        match tokio::task::spawn_blocking(move || engine.load(&wasm)).await {
            Ok(loaded) => loaded,
            Err(_) => Err(LoadError::Compile("the work was interrupted; try again".to_owned())),
        }
    }

    /// Installs an extension from the shelf, switched off, with its default settings.
    ///
    /// # Errors
    /// See [`install`](Self::install).
    pub async fn install_from_shelf(
        &self,
        shop: &Shop,
        id: &str,
        consent: &BTreeSet<Capability>,
        actor: &Actor<'_>,
    ) -> Result<Arc<Extension>, ManageError> {
        let package = self.shelf().get(id).ok_or_else(|| ManageError::NotOnShelf(id.to_owned()))?;
        self.install(shop, package.wasm.to_vec(), consent, actor).await
    }

    /// Installs a component, or puts a new version in the place of an old one. A new installation starts switched off, at
    /// the end of the pricing chain, with the manifest's default settings; an update keeps place, switch and settings.
    ///
    /// # Errors
    /// If the component is refused, the consent does not cover what it imports, the settings in force do not suit the new
    /// version, or the database fails.
    pub async fn install(
        &self,
        shop: &Shop,
        wasm: Vec<u8>,
        consent: &BTreeSet<Capability>,
        actor: &Actor<'_>,
    ) -> Result<Arc<Extension>, ManageError> {
        let extension = self.load(wasm.clone()).await?;
        let missing: Vec<_> = extension
            .capabilities()
            .iter()
            .copied()
            .filter(|capability| !capability.is_always_granted() && !consent.contains(capability))
            .collect();
        if !missing.is_empty() {
            return Err(ManageError::Consent(missing));
        }
        let installed = self.find(shop, extension.id()).await?;
        let wanted = installed.as_ref().map_or_else(|| json!({}), |row| row.settings.clone());
        let in_force = installed.as_ref().map_or(&[][..], |row| &row.prepared);
        let (settings, prepared) = self.prepare(shop, &extension, &wanted, in_force, actor.now).await?;
        let grants = extension.capabilities().iter().copied().collect();
        let row = InstallationRow {
            extension: extension.id().to_string(),
            digest: extension.digest().to_owned(),
            position: installed.as_ref().map_or(u32::MAX >> 1, |row| row.position),
            enabled: installed.as_ref().is_some_and(|row| row.enabled),
            settings,
            prepared,
            grants,
            fail_closed: installed.as_ref().is_some_and(|row| row.fail_closed),
            updated_at: actor.now,
        };
        let details = json!({ "digest": row.digest, "version": extension.manifest().version });
        let (id, kept, now) = (shop.id.clone(), row.clone(), actor.now);
        let schedule = first_ticks(&extension, shop, now);
        self.change(shop, actor, "extension.install", &row.extension, details, move |tx| {
            installations::put_component(tx, &kept.digest, &wasm, now)?;
            installations::put(tx, &id, &kept)?;
            let names: Vec<String> = schedule.iter().map(|(name, _)| name.clone()).collect();
            ticks::keep_only(tx, &id, &kept.extension, &names)?;
            // What the new version does by itself begins now, and not when somebody switches it off and on.
            for (name, first) in schedule.iter().filter(|_| kept.enabled) {
                ticks::ensure(tx, &id, &kept.extension, name, *first)?;
            }
            number(tx, &id)
        })
        .await?;
        Ok(extension)
    }

    /// Says what a component is, and keeps its bytes until the merchant has decided about it. Nothing of it is run.
    ///
    /// # Errors
    /// If it is no extension, or the database fails.
    pub async fn hold(&self, wasm: Vec<u8>, now: Instant) -> Result<Inspection, ManageError> {
        let (inspection, wasm) = self.inspect(wasm).await?;
        let digest = inspection.digest.clone();
        self.0.store.write(move |tx| installations::put_component(tx, &digest, &wasm, now)).await?;
        Ok(inspection)
    }

    /// What a component is that was kept.
    ///
    /// # Errors
    /// If there is none with this digest, it is no extension any more, or the database fails.
    pub async fn held(&self, digest: &str) -> Result<Inspection, ManageError> {
        Ok(self.inspect(self.bytes(digest).await?).await?.0)
    }

    /// Installs a component that was kept. See [`install`](Self::install).
    ///
    /// # Errors
    /// If there is none with this digest, or it cannot be installed.
    pub async fn install_held(
        &self,
        shop: &Shop,
        digest: &str,
        consent: &BTreeSet<Capability>,
        actor: &Actor<'_>,
    ) -> Result<Arc<Extension>, ManageError> {
        self.install(shop, self.bytes(digest).await?, consent, actor).await
    }

    async fn bytes(&self, digest: &str) -> Result<Vec<u8>, ManageError> {
        let id = digest.to_owned();
        let found = self.0.store.read(move |tx| installations::component(tx, &id)).await?;
        found.ok_or_else(|| ManageError::NotOnShelf(digest.to_owned()))
    }

    async fn inspect(&self, wasm: Vec<u8>) -> Result<(Inspection, Vec<u8>), LoadError> {
        let engine = self.engine().clone();
        let inspected = tokio::task::spawn_blocking(move || engine.inspect(&wasm).map(|found| (found, wasm))).await;
        inspected.unwrap_or_else(|_| Err(LoadError::Compile("the work was interrupted; try again".to_owned())))
    }

    /// Switches an installation on or off.
    ///
    /// # Errors
    /// If it is not installed, its component does not load, or the database fails.
    pub async fn set_enabled(
        &self,
        shop: &Shop,
        id: &str,
        enabled: bool,
        actor: &Actor<'_>,
    ) -> Result<(), ManageError> {
        self.switch(shop, id, Switches { enabled: Some(enabled), fail_closed: None }, actor).await
    }

    /// Whether checkout stops when this extension cannot check it.
    ///
    /// # Errors
    /// If it is not installed, or the database fails.
    pub async fn set_fail_closed(
        &self,
        shop: &Shop,
        id: &str,
        fail_closed: bool,
        actor: &Actor<'_>,
    ) -> Result<(), ManageError> {
        self.switch(shop, id, Switches { enabled: None, fail_closed: Some(fail_closed) }, actor).await
    }

    /// Turns every switch that is named, all in one transaction.
    ///
    /// # Errors
    /// If it is not installed, it is switched on and its component does not load, or the database fails. Nothing is
    /// changed then.
    pub async fn switch(
        &self,
        shop: &Shop,
        id: &str,
        switches: Switches,
        actor: &Actor<'_>,
    ) -> Result<(), ManageError> {
        let mut row = self.require(shop, id).await?;
        let mut schedule = Vec::new();
        let mut notes = Vec::new();
        if let Some(enabled) = switches.enabled {
            if enabled {
                let extension = self.component(&row.digest).await?.map_err(ManageError::Broken)?;
                schedule = first_ticks(&extension, shop, actor.now);
            }
            row.enabled = enabled;
            notes.push((if enabled { "extension.enable" } else { "extension.disable" }, json!({})));
        }
        if let Some(fail_closed) = switches.fail_closed {
            row.fail_closed = fail_closed;
            notes.push(("extension.fail-closed", json!({ "fail_closed": fail_closed })));
        }
        row.updated_at = actor.now;
        let shop_id = shop.id.clone();
        self.change_all(shop, actor, notes, id, move |tx| {
            installations::put(tx, &shop_id, &row)?;
            for (name, first) in &schedule {
                ticks::ensure(tx, &shop_id, &row.extension, name, *first)?;
            }
            Ok(())
        })
        .await
    }

    /// Saves settings, if schema and extension accept them.
    ///
    /// # Errors
    /// What the merchant has to change, or why it could not be saved.
    pub async fn save_settings(
        &self,
        shop: &Shop,
        id: &str,
        settings: &Value,
        actor: &Actor<'_>,
    ) -> Result<(), ManageError> {
        let mut row = self.require(shop, id).await?;
        let extension = self.component(&row.digest).await?.map_err(ManageError::Broken)?;
        (row.settings, row.prepared) = self.prepare(shop, &extension, settings, &row.prepared, actor.now).await?;
        row.updated_at = actor.now;
        let details = json!({ "settings": row.settings });
        let shop_id = shop.id.clone();
        self.change(shop, actor, "extension.settings", id, details, move |tx| installations::put(tx, &shop_id, &row))
            .await
    }

    /// Puts the pricing chain into a new order.
    ///
    /// # Errors
    /// If `order` does not name each installation once, or the database fails.
    pub async fn reorder(&self, shop: &Shop, order: &[String], actor: &Actor<'_>) -> Result<(), ManageError> {
        let shop_id = shop.id.clone();
        let mut rows = self.rows(shop).await?;
        let named: BTreeSet<_> = order.iter().collect();
        if named.len() != order.len() || rows.len() != order.len() {
            return Err(ManageError::Order);
        }
        for row in &mut rows {
            let place = order.iter().position(|id| *id == row.extension).ok_or(ManageError::Order)?;
            row.position = u32::try_from(place).map_err(|_| ManageError::Order)?;
        }
        self.change(shop, actor, "extension.reorder", "*", json!({ "order": order }), move |tx| {
            rows.iter().try_for_each(|row| installations::put(tx, &shop_id, row))
        })
        .await
    }

    /// Takes an extension away. What it has stored stays, for the case that it comes back.
    ///
    /// # Errors
    /// If it is not installed, or the database fails.
    pub async fn remove(&self, shop: &Shop, id: &str, actor: &Actor<'_>) -> Result<(), ManageError> {
        self.require(shop, id).await?;
        let (shop_id, extension) = (shop.id.clone(), id.to_owned());
        self.change(shop, actor, "extension.remove", id, json!({}), move |tx| {
            installations::remove(tx, &shop_id, &extension)?;
            number(tx, &shop_id)
        })
        .await
    }

    /// Every installation of a shop, switched off ones too, in the order of the pricing chain.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn rows(&self, shop: &Shop) -> Result<Vec<InstallationRow>, StoreError> {
        let id = shop.id.clone();
        self.0.store.read(move |tx| installations::list(tx, &id)).await
    }

    /// What the extensions of a shop and those on the shelf are called, by id.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn names(&self, shop: &Shop) -> Result<BTreeMap<String, String>, StoreError> {
        let shelf = self.shelf().iter().map(|package| &package.inspection.manifest);
        let mut names: BTreeMap<_, _> = shelf.map(|known| (known.id.clone(), known.name.clone())).collect();
        for row in self.rows(shop).await? {
            if let Ok(extension) = self.component(&row.digest).await? {
                names.insert(row.extension, extension.manifest().name.clone());
            }
        }
        Ok(names)
    }

    async fn find(&self, shop: &Shop, id: &str) -> Result<Option<InstallationRow>, StoreError> {
        let (shop, id) = (shop.id.clone(), id.to_owned());
        self.0.store.read(move |tx| installations::get(tx, &shop, &id)).await
    }

    async fn require(&self, shop: &Shop, id: &str) -> Result<InstallationRow, ManageError> {
        self.find(shop, id).await?.ok_or_else(|| ManageError::NotInstalled(id.to_owned()))
    }

    async fn prepare(
        &self,
        shop: &Shop,
        extension: &Extension,
        settings: &Value,
        in_force: &[u8],
        now: Instant,
    ) -> Result<(Value, Vec<u8>), ManageError> {
        let complete = extension.validate_settings(settings).map_err(ManageError::Settings)?;
        let context = Context { now, locale: shop.locale.clone(), time_zone: shop.time_zone.clone() };
        let call = Call::new(shop.id.as_str(), context);
        let in_force = PreparedSettings::from_bytes(in_force);
        match self.engine().replace_settings(extension, &call, &complete, &in_force).await {
            Ok(prepared) => Ok((complete, prepared.bytes().to_vec())),
            Err(SettingsError::Invalid(errors)) => Err(ManageError::Settings(errors)),
            Err(error) => Err(ManageError::Unchecked(error.to_string())),
        }
    }

    async fn change(
        &self,
        shop: &Shop,
        actor: &Actor<'_>,
        action: &'static str,
        subject: &str,
        details: Value,
        work: impl FnOnce(&mut Tx<'_>) -> Result<(), StoreError> + Send + 'static,
    ) -> Result<(), ManageError> {
        self.change_all(shop, actor, vec![(action, details)], subject, work).await
    }

    /// One transaction with a line in the audit log for everything that it changes.
    async fn change_all(
        &self,
        shop: &Shop,
        actor: &Actor<'_>,
        notes: Vec<(&'static str, Value)>,
        subject: &str,
        work: impl FnOnce(&mut Tx<'_>) -> Result<(), StoreError> + Send + 'static,
    ) -> Result<(), ManageError> {
        let (shop_id, name, subject, now) = (shop.id.clone(), actor.name.to_owned(), subject.to_owned(), actor.now);
        self.0
            .store
            .write(move |tx| -> Result<(), StoreError> {
                work(tx)?;
                for (action, details) in &notes {
                    audit::write(tx, &shop_id, now, &name, action, &subject, details)?;
                }
                Ok(())
            })
            .await?;
        self.reload(&shop.id).await?;
        Ok(())
    }
}

/// When each entry of an extension's schedule is due for the first time.
fn first_ticks(extension: &Extension, shop: &Shop, now: Instant) -> Vec<(String, Instant)> {
    let entries = extension.manifest().schedule.iter();
    entries.map(|entry| (entry.name.clone(), due::next(entry.every, now, &shop.time_zone))).collect()
}

/// Numbers the chain from 0 without gaps.
fn number(tx: &mut Tx<'_>, shop: &str) -> Result<(), StoreError> {
    for (place, mut row) in (0_u32..).zip(installations::list(tx, shop)?) {
        if row.position != place {
            row.position = place;
            installations::put(tx, shop, &row)?;
        }
    }
    Ok(())
}
