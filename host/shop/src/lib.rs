//! for many shops in one process.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`store`] | the database: all SQL, transactions, one file a concern; nothing outside it knows which database it is |
//! | [`api`] | the JSON API, with its OpenAPI document |
//! | [`clock`], [`ids`], [`secrets`] | time as an input, opaque ids, keyed hashes and tokens |

pub mod api;
pub mod clock;
pub mod ids;
pub mod secrets;
pub mod store;
