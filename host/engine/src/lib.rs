//! Boomerang's engine: runs untrusted shop extensions, each one WebAssembly component, inside a shop platform.
//!
//! A platform vendor makes one [`Engine`] with the [`Capabilities`] it offers, loads components into [`Extension`]s,
//! installs them in shops as [`Installation`]s, and asks them things: what a cart costs, what a page shows, what to do
//! about an order.
//!
//! | module | what it is about |
//! | --- | --- |
//! | [`contract`] | the records of the WIT contract as Rust types |
//! | [`capability`] | one trait for each thing that extensions may read; implement those you offer |
//! | [`load`](LoadError) | from bytes to an [`Extension`], or a refusal that its developer understands |
//! | [`Engine::price_cart`] … | decisions: snapshot in, operations out, nothing written; failures are skipped and reported |
//! | [`MemoConfig`] | answers that are given again, to vendors who can say when their data has changed |
//! | [`Engine::deliver`] | handlers: effects are buffered, and committed by you in one transaction or not at all |
//!
//! Every call runs in a fresh instance under limits of time, fuel, memory, tables, output, log and host calls. A decision
//! needs a tokio runtime with its timer on, best one of [`decision_threads`]. Run handlers on a runtime of their own, on
//! other threads than decisions: then a hostile handler can never keep a shopper waiting.

mod blocks;
mod breaker;
mod call;
pub mod capability;
mod chain;
mod checkout;
mod compiler;
mod config;
pub mod contract;
mod delivery;
mod effect;
mod engine;
mod extension;
mod handler;
mod id;
mod insights;
mod installation;
mod load;
mod machine;
mod manifest;
mod memo;
mod point;
mod pricing;
mod report;
mod rules;
mod schema;
mod settings;
mod threads;

pub use blocks::PlacedBlock;
pub use breaker::{Breaker, BreakerConfig, BreakerState};
pub use call::Call;
pub use capability::{Capabilities, CapabilitiesBuilder, Read, ReadVersion, Scope};
pub use checkout::{Objection, Validation};
pub use compiler::{Compiler, WorkerConfig, serve_compile_worker};
pub use config::{CacheConfig, EngineConfig, Limits, PoolConfig};
pub use delivery::{Commit, Delivery, DeliveryKey, EffectSink, Event};
pub use effect::Effect;
pub use engine::{Engine, EngineError, Occupancy};
pub use extension::Extension;
pub use handler::{HandlerFailure, HandlerOutcome};
pub use id::Id;
pub use installation::{Installation, InstallationOptions, Installations, InstalledTwice, NotGranted};
pub use load::error::Ids;
pub use load::{Inspection, LoadError};
pub use manifest::{Every, Manifest, ManifestError, ReportEntry, ScheduleEntry};
pub use memo::{MemoConfig, MemoUse};
pub use point::{Capability, Point};
pub use pricing::{CartError, CounterClaim, OrderClaim, PLATFORM, Placed, Price, Pricing, Share, allocate};
pub use report::{CallStats, LogLine, Refused, Report, SkipReason, Skipped};
pub use schema::Schema;
pub use settings::{PreparedSettings, SettingsError};
pub use threads::decision_threads;
