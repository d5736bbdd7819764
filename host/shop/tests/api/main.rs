//! The JSON API, as a caller sees it. Every answer of every test is held against the served document.

mod abuse;
mod account;
mod claimant;
#[path = "../support/component.rs"]
mod component;
mod components;
mod contract;
mod coupons;
mod demo;
mod document;
mod editing;
mod extensions;
mod gate;
mod guest;
mod idempotency;
mod matrix;
mod prices;
mod races;
mod schedule;
mod shopping;
mod slow;
mod socket;
mod staff;
mod tour;
mod word_of_mouth;
mod world;
