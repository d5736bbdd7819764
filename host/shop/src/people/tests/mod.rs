//! The rules of accounts (A1–A12) and recognition (C1), shown through the mails that people get.

mod account;
mod linking;
mod offer;
mod referrals;
mod sign_in;
