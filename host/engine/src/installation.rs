//! An extension that is on in one shop, and all of those of a shop in the merchant's order.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use thiserror::Error;

use crate::breaker::Breaker;
use crate::extension::Extension;
use crate::id::Id;
use crate::load::error::Ids;
use crate::point::{Capability, Point};
use crate::settings::PreparedSettings;

/// How a merchant has set up an extension.
#[derive(Clone, Debug)]
pub struct InstallationOptions {
    /// From [`Engine::prepare_settings`](crate::Engine::prepare_settings).
    pub settings: PreparedSettings,
    /// The capabilities the merchant has consented to. Those that every extension has need not be named.
    pub grants: BTreeSet<Capability>,
    /// Stop a checkout that this extension could not validate. Off, it goes through.
    pub fail_closed: bool,
}

impl InstallationOptions {
    /// These settings and these grants, failing open.
    pub fn new(settings: PreparedSettings, grants: impl IntoIterator<Item = Capability>) -> Self {
        Self { settings, grants: grants.into_iter().collect(), fail_closed: false }
    }
}

/// An extension that is on in one shop. Immutable but for its breaker; share it by `Arc`, and keep the same one when
/// other installations of the shop change, so that its breaker stays.
#[derive(Debug)]
pub struct Installation {
    extension: Arc<Extension>,
    settings: PreparedSettings,
    fail_closed: bool,
    breaker: Breaker,
}

/// The merchant has not consented to everything the extension needs.
#[derive(Clone, Debug, Error, PartialEq)]
#[error("the extension needs capabilities that the merchant has not granted: {0}. Ask for consent, then install it")]
pub struct NotGranted(pub Ids);

impl Installation {
    /// Installs an extension.
    ///
    /// # Errors
    /// It imports a capability that is not granted. Consent is to all it imports: the imports of a component are linked
    /// or it does not start.
    pub fn new(extension: Arc<Extension>, options: InstallationOptions) -> Result<Self, NotGranted> {
        let missing: Vec<_> = extension
            .capabilities()
            .iter()
            .copied()
            .filter(|it| !it.is_always_granted() && !options.grants.contains(it))
            .collect();
        if !missing.is_empty() {
            return Err(NotGranted(Ids(missing)));
        }
        Ok(Self {
            extension,
            settings: options.settings,
            fail_closed: options.fail_closed,
            breaker: Breaker::default(),
        })
    }

    /// The same with breakers of its own, for calls that only look: a preview, perhaps as of another day, neither shuts
    /// the extension out of the shop nor lets it in again.
    #[must_use]
    pub fn apart(&self) -> Self {
        Self {
            extension: Arc::clone(&self.extension),
            settings: self.settings.clone(),
            fail_closed: self.fail_closed,
            breaker: Breaker::default(),
        }
    }

    /// What is installed.
    pub fn extension(&self) -> &Arc<Extension> {
        &self.extension
    }

    /// The settings in force.
    pub fn settings(&self) -> &PreparedSettings {
        &self.settings
    }

    /// A checkout stops if this extension could not validate it.
    pub fn fails_closed(&self) -> bool {
        self.fail_closed
    }

    /// Its breakers, to be shown and reset.
    pub fn breaker(&self) -> &Breaker {
        &self.breaker
    }

    pub(crate) fn exports(&self, point: Point) -> bool {
        self.extension.points().contains(&point)
    }
}

/// The installations of one shop in the merchant's order. Immutable: a change makes a new one, swapped in whole, and the
/// next request sees it.
#[derive(Clone, Debug, Default)]
pub struct Installations {
    all: Arc<[Arc<Installation>]>,
    identity: u64,
}

/// Identities given to installations of shops so far; 0 is for none at all.
static IDENTITIES: AtomicU64 = AtomicU64::new(0);

/// One extension was installed twice in one shop. Claims, storage and reports are kept by its id, so two would mix.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{0}` is installed twice in this shop; keep one of the two, the newer version for an update")]
pub struct InstalledTwice(pub Id);

impl Installations {
    /// The installations in this order.
    ///
    /// # Errors
    /// If two are of extensions with the same id.
    pub fn new(installations: impl IntoIterator<Item = Arc<Installation>>) -> Result<Self, InstalledTwice> {
        let installations: Arc<[_]> = installations.into_iter().collect();
        let mut ids = BTreeSet::new();
        match installations.iter().find(|one: &&Arc<Installation>| !ids.insert(one.extension.id().clone())) {
            Some(twice) => Err(InstalledTwice(twice.extension.id().clone())),
            None => Ok(Self { all: installations, identity: IDENTITIES.fetch_add(1, Ordering::Relaxed) + 1 }),
        }
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Installation>> {
        self.all.iter()
    }

    /// The installation of the extension with this id.
    pub fn get(&self, extension: &str) -> Option<&Arc<Installation>> {
        self.all.iter().find(|installation| &**installation.extension.id() == extension)
    }

    /// A number that only these installations and their clones have, in this process. Whatever a merchant changes makes new
    /// ones, so it stands for the components, their settings and their order.
    pub(crate) fn identity(&self) -> u64 {
        self.identity
    }

    /// Somebody has this extension point.
    pub(crate) fn export(&self, point: Point) -> bool {
        self.all.iter().any(|installation| installation.exports(point))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// There is none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}
