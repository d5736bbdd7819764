//! The pages in process, without a browser and without JavaScript: links are followed, forms are filled in and sent.

mod accounts;
mod addresses;
mod browser;
mod buying;
mod checkout;
mod features;
mod once;
mod returns;
mod safety;
mod word_of_mouth;
mod world;
