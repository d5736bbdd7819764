//! for many shops in one process.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`store`] | the database: all SQL, transactions, one file a concern; nothing outside it knows which database it is |
//! | [`api`] | the JSON API, with its OpenAPI document |
//! | [`people`] | contacts, customers, sessions, devices: who somebody is, and how they prove it |
//! | [`mail`] | the outbox, what holds a mail back, the words, and the ways out |
//! | [`shops`] | a tenant and the policies its merchant sets |
//! | [`catalogue`], [`cart`], [`money`] | what is sold, what a shopper is about to buy, checked amounts |
//! | [`ledger`] | the book of points, without its database |
//! | [`clock`], [`ids`], [`secrets`] | time as an input, opaque ids, keyed hashes and tokens |

pub mod api;
pub mod cart;
pub mod catalogue;
pub mod clock;
pub mod ids;
pub mod ledger;
pub mod mail;
pub mod money;
pub mod people;
pub mod secrets;
pub mod shops;
pub mod store;
