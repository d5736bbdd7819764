//! What staff see of an extension: what it is, what it may do, how it is set up, and how it is doing.

use boomerang_engine::{Capability, Inspection, Point};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::clock::Instant;
use crate::extensions::standing::{OpenBreaker, Standing};
use crate::extensions::stats::Cost;

/// What a component says about itself, and what it would be able to do.
#[derive(Serialize, ToSchema)]
pub(crate) struct PackageView {
    /// The extension's id.
    #[schema(example = "flash-sale")]
    id: String,
    /// What the merchant reads.
    name: String,
    /// The extension's own version.
    version: String,
    /// One line.
    summary: String,
    /// What it does.
    description: String,
    /// Who made it.
    author: String,
    /// What it is called for: the interfaces it exports.
    points: Vec<PointView>,
    /// What it may ask and do: the interfaces it imports. Installing it needs consent to each that is not always granted.
    permissions: Vec<Permission>,
    /// A JSON Schema of the settings.
    settings_schema: Value,
    /// The reports it makes.
    reports: Vec<ReportView>,
    /// Bytes of the component.
    size: u64,
    /// SHA-256 of the component, in hexadecimal.
    digest: String,
}

/// Something an extension is called for.
#[derive(Serialize, ToSchema)]
pub(crate) struct PointView {
    /// The interface's name.
    #[schema(example = "cart-pricing")]
    id: String,
    /// In the merchant's words.
    description: String,
}

/// Something an extension may ask or do.
#[derive(Serialize, ToSchema)]
pub(crate) struct Permission {
    /// The interface's name.
    #[schema(example = "points-ledger")]
    id: String,
    /// In the merchant's words.
    description: String,
    /// It needs no consent.
    always_granted: bool,
}

/// A report that an extension makes.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReportView {
    /// The report's id.
    id: String,
    /// What the merchant reads.
    title: String,
}

impl From<&Inspection> for PackageView {
    fn from(inspection: &Inspection) -> Self {
        let manifest = &inspection.manifest;
        let permission = |capability: &Capability| Permission {
            id: capability.id().to_owned(),
            description: capability.describe().to_owned(),
            always_granted: capability.is_always_granted(),
        };
        let point = |point: &Point| PointView { id: point.id().to_owned(), description: point.describe().to_owned() };
        let reports = manifest.reports.iter();
        Self {
            id: manifest.id.clone(),
            name: manifest.name.clone(),
            version: manifest.version.clone(),
            summary: manifest.summary.clone(),
            description: manifest.description.clone(),
            author: manifest.author.clone(),
            points: inspection.points.iter().map(point).collect(),
            permissions: inspection.capabilities.iter().map(permission).collect(),
            settings_schema: manifest.settings.value(),
            reports: reports.map(|report| ReportView { id: report.id.clone(), title: report.title.clone() }).collect(),
            size: inspection.size as u64,
            digest: inspection.digest.clone(),
        }
    }
}

/// An extension installed in the shop.
#[derive(Serialize, ToSchema)]
pub(crate) struct InstallationView {
    /// The extension's id.
    #[schema(example = "flash-sale")]
    extension: String,
    /// Its place in the pricing chain, from 0.
    position: u32,
    /// Whether it is called.
    enabled: bool,
    /// What the merchant has consented to.
    grants: Vec<String>,
    /// Checkout stops when this extension cannot check it.
    fail_closed: bool,
    /// What the merchant saved.
    settings: Value,
    /// When it was last changed.
    updated_at: Instant,
    /// The component; none if it does not load.
    package: Option<PackageView>,
    /// Why the component does not load. The shop goes on without it.
    broken: Option<String>,
    /// The breakers that have opened because it kept failing.
    open_breakers: Vec<OpenBreaker>,
    /// What it has cost since the program started.
    cost: Cost,
}

impl From<Standing> for InstallationView {
    fn from(standing: Standing) -> Self {
        let Standing { row, component, open_breakers, cost } = standing;
        let (package, broken) = match component {
            Ok(extension) => (Some(PackageView::from(extension.inspection())), None),
            Err(reason) => (None, Some(reason.to_string())),
        };
        Self {
            position: row.position,
            enabled: row.enabled,
            grants: row.grants.iter().map(|capability| capability.id().to_owned()).collect(),
            fail_closed: row.fail_closed,
            settings: row.settings,
            updated_at: row.updated_at,
            package,
            broken,
            open_breakers,
            cost,
            extension: row.extension,
        }
    }
}
