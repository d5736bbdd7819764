//! The components that ship, as `cargo xtask guests` has built them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use boomerang_shop::clock::Clock;
use boomerang_shop::gateway::Gateway;
use boomerang_shop::platform::{Platform, PlatformConfig};
use boomerang_shop::secrets::Secret;
use boomerang_shop::store::Store;

use crate::world::START;

pub(crate) fn folder() -> PathBuf {
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/components");
    let folder = std::env::var_os("BOOMERANG_COMPONENTS").map_or(built, PathBuf::from);
    assert!(folder.is_dir(), "{} is missing: run `cargo xtask guests` first", folder.display());
    folder
}

/// A platform with those on the shelf, on a clock that stands still.
pub(crate) fn platform(store: Store, gateway: Arc<dyn Gateway>) -> Platform {
    let config = PlatformConfig {
        clock: Clock::manual(START),
        secret: Secret::new([7; 32]),
        components: Some(folder()),
        cache: Some(Path::new(env!("CARGO_TARGET_TMPDIR")).join("api-cache")),
        demo: true,
    };
    Platform::new(store, gateway, config).unwrap()
}
