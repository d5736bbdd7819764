//! The JSON API, as a caller sees it. Every answer of every test is held against the served document.

mod account;
mod contract;
mod document;
mod extensions;
mod gate;
mod guest;
mod idempotency;
mod shopping;
mod socket;
mod staff;
mod tour;
mod world;
