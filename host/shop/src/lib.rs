//! A small shop platform that drives the Boomerang engine: catalogue, cart, checkout, orders, customers, mail and admin,
//! for many shops in one process.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`platform`] | everything wired together: the one value that the API, the pages and the background work share |
//! | [`extensions`] | which extensions a shop has, how they are set up, and what they may ask of the shop |
//! | [`store`] | the database: all SQL, transactions, one file a concern; nothing outside it knows which database it is |
//! | [`api`] | the JSON API, with its OpenAPI document |
//! | [`people`] | contacts, customers, sessions, devices: who somebody is, and how they prove it |
//! | [`mail`] | the outbox, what holds a mail back, the words, and the ways out |
//! | [`shops`] | a tenant and the policies its merchant sets |
//! | [`catalogue`], [`cart`], [`money`] | what is sold, what a shopper is about to buy, checked amounts |
//! | [`checkout`] | one page: plan, price, reserve, check, place |
//! | [`pricing`] | what a cart costs and what a page shows: catalogue, chain and tax together |
//! | [`orders`], [`gateway`] | what was bought and what became of it; payment by tokens |
//! | [`ledger`] | the book of points, without its database |
//! | [`admin`] | staff, their passwords and sessions |
//! | [`server`], [`background`] | HTTP, and the work that nobody waits for |
//! | [`web`] | the pages of the storefront and the admin; templates own all HTML |
//! | [`demo`] | an invented shop with months of history |
//! | [`clock`], [`ids`], [`secrets`], [`words`] | time as an input, opaque ids, keyed hashes and tokens, numbers as people write them |

pub mod admin;
pub mod api;
pub mod background;
pub mod cart;
pub mod catalogue;
pub mod checkout;
pub mod clock;
pub mod demo;
pub mod extensions;
pub mod gateway;
pub mod ids;
pub mod ledger;
pub mod mail;
pub mod money;
pub mod orders;
pub mod people;
pub mod platform;
pub mod pricing;
pub mod secrets;
pub mod server;
pub mod shops;
pub mod store;
pub mod web;
pub mod words;
