//! An extension's schedule, when the extension is updated.

use std::collections::BTreeSet;
use std::sync::Arc;

use boomerang_shop::extensions::manage::Actor;
use boomerang_shop::gateway::TestGateway;
use boomerang_shop::store::{Store, StoreError, shops, ticks};

use crate::components;
use crate::world::{START, World};

/// What the platform waits for.
async fn waiting(world: &World) -> Vec<String> {
    let read = world.platform.store.read(|tx| ticks::due(tx, i64::MAX, 9));
    read.await.map_err(|error: StoreError| error).unwrap().into_iter().map(|tick| tick.name).collect()
}

#[tokio::test]
async fn an_update_of_what_is_switched_on_begins_new_work_at_once_and_ends_what_it_has_dropped() {
    let world = World::over(components::platform(Store::in_memory().unwrap(), Arc::new(TestGateway::new()))).await;
    let extensions = &world.platform.extensions;
    let shop = world.platform.store.read(|tx| shops::get(tx, "demo")).await.unwrap();
    let actor = Actor { name: "system", now: START };
    let package = extensions.shelf().get("loyalty-points").unwrap();
    let consent: BTreeSet<_> = package.inspection.capabilities.iter().copied().collect();
    let install = async || {
        extensions.install_from_shelf(&shop, "loyalty-points", &consent, &actor).await.unwrap();
    };
    install().await;
    assert!(waiting(&world).await.is_empty(), "it is switched off");
    extensions.set_enabled(&shop, "loyalty-points", true, &actor).await.unwrap();
    let scheduled = waiting(&world).await;
    assert!(!scheduled.is_empty());

    // As if the version before had had another schedule.
    let write = world.platform.store.write(|tx| -> Result<(), StoreError> {
        ticks::keep_only(tx, "demo", "loyalty-points", &[])?;
        ticks::ensure(tx, "demo", "loyalty-points", "of-old", START)
    });
    write.await.unwrap();
    install().await;
    assert_eq!(waiting(&world).await, scheduled);
}
