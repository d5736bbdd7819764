//! A component that a stranger uploads: loaded, installed, and asked at every point it has.
//!
//! The first byte of an input says what the others are:
//!
//! | first byte | the others |
//! | --- | --- |
//! | `s` | choices of wasm-smith: any component |
//! | `c` | choices of wasm-smith: any module, as a component that speaks the contract |
//! | `0` to `3` | edits of a component that ships, of code and data, after which it is still valid |
//! | `(` | the rest of a component in text |
//! | any other | with it, a component in bytes |

use std::cell::OnceCell;
use std::sync::Arc;

use arbitrary::Unstructured;
use boomerang_engine::{Engine, Extension, HandlerOutcome, Installation, InstallationOptions, Point, PreparedSettings};
use boomerang_shop::demo;
use boomerang_shop::store::effects::{self, EffectError};

use crate::edits::Editable;
use crate::stage::{self, NOW, Stage};
use crate::{ask, guests};

/// Loads the component and asks everything of it. It is refused in plain words, or every call is answered or skipped in
/// plain words, what it wants written is committed or refused as a whole, and nothing of it is left in the engine.
///
/// # Panics
/// If that does not hold.
pub fn run(input: &[u8]) {
    stage::with(|stage| {
        let Some(wasm) = component(stage, input) else { return };
        let engine = stage.platform.extensions.engine().clone();
        match engine.load(&wasm) {
            Ok(extension) => ask_all(stage, &engine, &extension),
            Err(error) => ask::assert_plain(&error.to_string()),
        }
        let used = engine.occupancy();
        assert!(used.is_idle(), "the pool is not empty: {used:?}");
    });
}

/// The component that an input stands for; none if it stands for none.
fn component(stage: &Stage, input: &[u8]) -> Option<Vec<u8>> {
    let (first, rest) = input.split_first()?;
    let mut choice = Unstructured::new(rest);
    match first {
        b's' => guests::smithed(&mut choice).ok(),
        b'c' => guests::dressed(&mut choice).ok(),
        b'0'..=b'3' => edited(stage, usize::from(first - b'0'), &mut choice),
        b'(' => wat::parse_bytes(input).ok().map(|wasm| guests::with_manifest(wasm.into_owned(), &[])),
        _ => Some(input.to_vec()),
    }
}

/// One of the components that ship, with edits.
fn edited(stage: &Stage, index: usize, choice: &mut Unstructured<'_>) -> Option<Vec<u8>> {
    thread_local! {
        static SHIPPED: OnceCell<Vec<Editable>> = const { OnceCell::new() };
    }
    SHIPPED.with(|shipped| {
        let shipped = shipped.get_or_init(|| {
            let packages = stage.platform.extensions.shelf().iter();
            packages.map(|package| Editable::new(&package.wasm).expect("what ships is valid")).collect()
        });
        shipped.get(index)?.edited(choice).ok()
    })
}

fn ask_all(stage: &mut Stage, engine: &Engine, extension: &Arc<Extension>) {
    let settings = in_force(stage, extension);
    let options = InstallationOptions::new(settings, extension.capabilities().to_vec());
    let installation = Installation::new(Arc::clone(extension), options).expect("everything is granted");
    let installation = Arc::new(installation);
    let call = ask::call().for_customer(stage.known["customer"].as_str());
    for point in Point::ALL.into_iter().filter(|point| extension.points().contains(point)) {
        let outcome = stage.wait(ask::ask(engine, &installation, point, &call));
        if let Some(outcome) = outcome {
            commit(stage, extension.id().as_str(), point, outcome);
        }
    }
}

/// The settings that the demo has given to an extension of this name.
fn in_force(stage: &Stage, extension: &Extension) -> PreparedSettings {
    let installed = stage.wait(stage.platform.extensions.of(demo::SHOP)).expect("the database answers");
    let known = installed.installations.get(extension.id().as_str());
    known.map_or_else(|| PreparedSettings::from_bytes(*b"{}"), |known| known.settings().clone())
}

/// Commits what a handler wants written. A rule may refuse it; the database never does.
fn commit(stage: &mut Stage, extension: &str, point: Point, outcome: HandlerOutcome) {
    let key = format!("{point}/{}", stage.key());
    let platform = &stage.platform;
    let (secret, extension) = (platform.secret.clone(), extension.to_owned());
    let committed = stage.wait(platform.store.write(move |tx| {
        effects::commit(tx, &secret, demo::SHOP, &extension, &key, &outcome.effects, &outcome.reads, NOW)
    }));
    match committed {
        Err(EffectError::Store(error)) => panic!("the database refuses what a handler wants: {error}"),
        Err(error) => ask::assert_plain(&error.to_string()),
        Ok(_) => {}
    }
}
