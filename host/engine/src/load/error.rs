//! Why a component is refused, in words for the developer who built it.

use std::fmt;

use thiserror::Error;

use super::names::CONTRACT_VERSION;
use crate::call::text;
use crate::manifest::ManifestError;
use crate::point::{Capability, Point};

/// Bytes of untrusted text in one sentence.
const QUOTE: usize = 400;

/// Why a component was refused.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum LoadError {
    /// The file is too large.
    #[error(
        "the component has {size} bytes; this platform takes at most {most}. Strip debug information and optimise for size"
    )]
    TooLarge {
        /// Its size.
        size: usize,
        /// The limit.
        most: usize,
    },
    /// Not a component at all.
    #[error(
        "this is not a WebAssembly component: {0}. Build for wasm32-wasip2, or wrap the core module with `wasm-tools component new`"
    )]
    NotAComponent(String),
    /// Built so that compiling it would take too long or too much memory.
    #[error(
        "the component has {found} {what}; this platform takes at most {most}. Split it up, or leave out what it does not need"
    )]
    TooComplex {
        /// What there is too much of.
        what: &'static str,
        /// How much of it there is.
        found: usize,
        /// The limit.
        most: usize,
    },
    /// The bytes break the rules of WebAssembly, or need a proposal that is off.
    #[error("the component is not valid here: {0}")]
    Invalid(String),
    /// There is no manifest.
    #[error(
        "the component carries no manifest. Add the custom section `boomerang:manifest` (the SDK's `extension!` macro or `boomerang pack` does it)"
    )]
    NoManifest,
    /// The manifest is wrong.
    #[error("the manifest is not valid: {0}")]
    Manifest(#[from] ManifestError),
    /// It imports something that no platform of this contract has.
    #[error("the component imports `{import}`, which an extension cannot have. {hint}")]
    UnknownImport {
        /// The import's name.
        import: String,
        /// What to do about it.
        hint: String,
    },
    /// It was built for another version of the contract.
    #[error(
        "the component uses `{name}`, and this platform speaks version {CONTRACT_VERSION} of the contract. Build it against that version"
    )]
    WrongVersion {
        /// The interface, with its version.
        name: String,
    },
    /// It exports none of the known extension points.
    #[error(
        "the component exports no extension point of this contract (it exports: {0}). Export at least one, such as `boomerang:shop/cart-pricing`"
    )]
    NoPoint(String),
    /// It exports a name of the contract that is not an extension point here.
    #[error(
        "the component exports `{0}`, which is not an extension point of this contract. Is it misspelt, or newer than this platform?"
    )]
    UnknownPoint(String),
    /// The platform does not offer what it imports.
    #[error("this platform does not offer: {0}. Do without, or ask the platform's vendor for it")]
    NotOffered(Ids),
    /// It can write, but has no point in which writing is allowed.
    #[error(
        "the component imports `{0}`, which writes, but exports only decisions, which write nothing. Export `order-events`, `customer-events` or `schedule`, or drop the import"
    )]
    WriteWithoutHandler(Capability),
    /// A function has another shape than in the contract.
    #[error("the component does not fit the contract: {0}. Build it against the WIT of version {CONTRACT_VERSION}")]
    Mismatch(String),
    /// An extension point has another shape than in the contract.
    #[error("`{point}` does not fit the contract: {reason}. Build it against the WIT of version {CONTRACT_VERSION}")]
    PointMismatch {
        /// The point.
        point: Point,
        /// What differs.
        reason: String,
    },
    /// The compiler gave up.
    #[error("the component could not be compiled: {0}")]
    Compile(String),
    /// Compiling it took too long.
    #[error(
        "the component took more than {seconds} s to compile; this platform stops there. Split large functions up, or leave \
         out what it does not need"
    )]
    TooSlow {
        /// The limit.
        seconds: u64,
    },
    /// Compiling it took too much memory.
    #[error(
        "compiling the component took more than {most} MB of memory; this platform stops there. Split large functions up, \
         or leave out what it does not need"
    )]
    TooMuchMemory {
        /// The limit.
        most: u64,
    },
    /// It becomes more machine code than the host takes.
    #[error(
        "the component becomes more than {most} MB of machine code; this platform takes no more. Leave out what it does \
         not need"
    )]
    CodeTooLarge {
        /// The limit.
        most: usize,
    },
    /// Others are being compiled; the component is not to blame.
    #[error("{waiting} components are waiting to be compiled already; try again in a few minutes")]
    Busy {
        /// How many may wait.
        waiting: usize,
    },
    /// The trial instance failed.
    #[error("the component does not start: {0}")]
    Trial(String),
    /// The host itself failed; the component is not to blame.
    #[error("the host could not prepare the component: {0}")]
    Host(String),
}

impl LoadError {
    /// What to say of a compiler that did not survive a component.
    pub(crate) const DEFECT: &str =
        "the compiler ran into a defect of its own; report it to wasmtime with this component";

    /// The component is not to blame: loaded again later, it may well be accepted.
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Busy { .. } | Self::Host(_))
    }

    /// The words of an error of wasmtime, cut and escaped: names in it are the component's.
    pub(crate) fn words(error: &wasmtime::Error) -> String {
        text::escape(&format!("{error:#}"), QUOTE)
    }

    pub(super) fn host(error: wasmtime::Error) -> Self {
        Self::Host(Self::words(&error))
    }
}

/// A few capabilities in a sentence.
#[derive(Clone, Debug, PartialEq)]
pub struct Ids(pub Vec<Capability>);

impl fmt::Display for Ids {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, capability) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}`{capability}`")?;
        }
        Ok(())
    }
}
