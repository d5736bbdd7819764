//! The admin's pages, in process: a demo shop with the components that ship, and a browser that keeps one cookie and reads
//! forms as browsers do.

mod browser;
#[path = "../support/component.rs"]
mod component;
mod features;
mod forms;
mod gate;
mod guest;
mod marks;
mod messages;
mod orders;
mod overview;
mod preview;
mod standing;
