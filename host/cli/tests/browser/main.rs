//! The shop as people see it: `boomerang serve --demo`, and headless Chromium that looks at it.
//!
//! | module | what it shows |
//! | --- | --- |
//! | [`buying`] | from the first page to the thank-you page, with scripts and without |
//! | [`checkout`] | one page: few fields, right for autofill, sums that follow, errors that help |
//! | [`timers`] | sales that end at the same instant for everybody |
//! | [`points`] | what is promised is granted, and can be spent |
//! | [`accounts`] | signing in by mail, and saying no to an account |
//! | [`admin`], [`features`] | what a merchant does, with the mouse and without |
//! | [`tour`], [`tour_of_the_admin`] | every page: pictures of it, accessibility, valid HTML, no breach of its policy, no scrolling sideways |
//! | [`weight`] | what the pages that sell weigh, and what the shop keeps in a browser |
//! | [`stage`], [`checks`] | what all of them stand on |
//!
//! With `BOOMERANG_NO_BROWSER` set they say that they were left out.

mod accounts;
mod admin;
mod buying;
mod checkout;
mod checks;
mod features;
mod points;
mod stage;
mod timers;
mod tour;
mod tour_of_the_admin;
mod weight;
