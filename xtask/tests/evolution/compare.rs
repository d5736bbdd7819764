//! Compares two versions of the contract.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use semver::Version;
use wit_component::semver_check;
use wit_parser::{PackageName, Resolve, SourceMap, UnresolvedPackageGroup, WorldKey};

/// One version of the contract.
pub(crate) struct Contract {
    sources: SourceMap,
    version: Version,
    /// What a host may call: the interfaces that the world `extension` exports.
    points: Vec<String>,
    /// What a guest may call: the interfaces that it imports.
    capabilities: Vec<String>,
}

impl Contract {
    /// Reads the WIT package in `folder`.
    pub(crate) fn read(folder: &Path) -> Result<Self> {
        let mut sources = SourceMap::new();
        sources.push_dir(folder)?;
        let mut resolve = Resolve::default();
        let package = resolve.push_group(parse(sources.clone())?)?;
        let world = &resolve.worlds[resolve.select_world(&[package], Some("extension"))?];
        let names = |keys: Vec<&WorldKey>| {
            let ids = keys.into_iter().filter_map(|key| match key {
                WorldKey::Interface(id) => resolve.interfaces[*id].name.clone(),
                WorldKey::Name(name) => Some(name.clone()),
            });
            ids.collect::<Vec<_>>()
        };
        let (points, capabilities) = (names(world.exports.keys().collect()), names(world.imports.keys().collect()));
        let version = resolve.packages[package].name.version.clone();
        let version = version.with_context(|| format!("{} has no version", folder.display()))?;
        Ok(Self { sources, version, points, capabilities })
    }

    /// The version of the package.
    pub(crate) fn version(&self) -> &Version {
        &self.version
    }

    /// The package, with one world more for each of these extension points.
    ///
    /// No guest exports every point, so the world `extension` itself says nothing about guests: each point is compared
    /// on its own.
    fn with_probes(&self, points: &[&str]) -> Result<UnresolvedPackageGroup> {
        let mut worlds = format!("package boomerang:shop@{};\n", self.version);
        for point in points {
            writeln!(worlds, "world {} {{ export {point}; }}", probe(point))?;
        }
        let mut sources = self.sources.clone();
        sources.push_str("probes.wit", worlds);
        parse(sources)
    }
}

fn probe(point: &str) -> String {
    format!("probe-{point}")
}

fn parse(sources: SourceMap) -> Result<UnresolvedPackageGroup> {
    sources.parse().map_err(|(sources, error)| anyhow::anyhow!("{}", error.render(&sources)))
}

/// Whether a host of one version is expected to run guests of the other.
pub(crate) fn is_same_track(one: &Version, other: &Version) -> bool {
    PackageName::version_compat_track(one) == PackageName::version_compat_track(other)
}

/// Everything in `new` that breaks a guest built against `old`; and, where both have the same version, everything that
/// differs at all.
pub(crate) fn complaints(old: &Contract, new: &Contract) -> Vec<String> {
    let mut found = breaks(old, new);
    if old.version == new.version && found.is_empty() {
        let additions = breaks(new, old);
        found.extend(additions.into_iter().map(|what| {
            format!("{} is released and must not change: raise the version, or, while nobody has been given it, run `cargo xtask freeze --replace`: {what}", old.version)
        }));
    }
    found
}

fn breaks(old: &Contract, new: &Contract) -> Vec<String> {
    let gone = |old: &[String], new: &[String]| {
        let names = old.iter().filter(|name| !new.contains(name));
        names.map(|name| format!("{name}: the interface is gone")).collect::<Vec<_>>()
    };
    let mut found = gone(&old.points, &new.points);
    found.extend(gone(&old.capabilities, &new.capabilities));
    let kept: Vec<_> = old.points.iter().filter(|point| new.points.contains(point)).map(String::as_str).collect();
    let worlds = kept.iter().map(|point| probe(point)).chain(["capabilities".to_owned()]);
    for world in worlds {
        if let Err(error) = compare(old, new, &kept, &world) {
            found.push(format!("{world}: {error:#}"));
        }
    }
    found
}

/// Checks that a guest built for a world of `old` runs in a host of `new`.
fn compare(old: &Contract, new: &Contract, points: &[&str], world: &str) -> Result<()> {
    let mut resolve = Resolve::default();
    let mut frozen = old.with_probes(points)?;
    // Two packages of one resolve cannot have the same name and version. Build metadata tells them apart and, unlike a
    // pre-release, sorts after the version that the `@since` gates name.
    if let Some(version) = &mut frozen.main.name.version {
        version.build = "frozen".parse()?;
    }
    let frozen = resolve.push_group(frozen)?;
    let current = resolve.push_group(new.with_probes(points)?)?;
    let frozen = resolve.select_world(&[frozen], Some(world))?;
    let current = resolve.select_world(&[current], Some(world))?;
    semver_check(resolve, frozen, current)
}
