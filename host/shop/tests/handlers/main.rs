//! Extensions are told what happened: many at a time, each all or nothing, and nobody at the cost of others.

mod batch;
mod fair;
mod guest;
mod world;
