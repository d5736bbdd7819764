//! The pages: what shoppers and merchants see.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`render`] | templates, the only place where HTML is made |
//! | [`assets`] | the style sheet and the scripts |
//! | [`headers`] | what every page tells the browser not to do |

pub mod assets;
pub mod headers;
pub mod render;
mod templates;
