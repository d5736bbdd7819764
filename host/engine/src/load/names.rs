//! Names of interfaces: `boomerang:shop/points@0.1.0`.

/// The version of the contract that this engine speaks.
pub(crate) const CONTRACT_VERSION: &str = "0.1.0";

/// What the names of the contract begin with.
pub(super) const PACKAGE: &str = "boomerang:shop/";

/// Splits a name into interface and version; the version is empty where there is none.
pub(super) fn split(name: &str) -> (&str, &str) {
    name.split_once('@').unwrap_or((name, ""))
}

/// A component built against `version` of the contract can run here: on a 0.x track the minor version has to agree.
pub(super) fn is_compatible(version: &str) -> bool {
    track(version).is_some_and(|theirs| Some(theirs) == track(CONTRACT_VERSION))
}

/// The part of a version that has to agree.
fn track(version: &str) -> Option<(u64, u64)> {
    let mut parts = version.splitn(3, '.');
    let major = parts.next()?.parse().ok()?;
    let minor = parts.next()?.parse().ok()?;
    parts.next()?.split(['-', '+']).next()?.parse::<u64>().ok()?;
    Some((major, if major == 0 { minor } else { 0 }))
}

/// A WASI 0.2 version.
pub(super) fn is_wasi_0_2(version: &str) -> bool {
    track(version) == Some((0, 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_one_track_agree() {
        assert!(is_compatible("0.1.0"));
        assert!(is_compatible("0.1.7"));
        assert!(!is_compatible("0.2.0"));
        assert!(!is_compatible("1.1.0"));
        assert!(!is_compatible(""));
        assert!(!is_compatible("0.1"));
        assert!(is_wasi_0_2("0.2.6"));
        assert!(!is_wasi_0_2("0.3.0"));
    }

    #[test]
    fn a_name_splits_at_its_version() {
        assert_eq!(split("boomerang:shop/points@0.1.0"), ("boomerang:shop/points", "0.1.0"));
        assert_eq!(split("run"), ("run", ""));
    }
}
