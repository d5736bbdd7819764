//! The JSON API, as a caller sees it. Every answer of every test is held against the served document.

mod contract;
mod document;
mod gate;
mod idempotency;
mod world;
