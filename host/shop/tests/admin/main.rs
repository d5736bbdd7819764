//! The admin's pages, in process: a demo shop with the components that ship, and a browser that keeps one cookie and reads
//! forms as browsers do.

mod browser;
mod features;
mod forms;
mod gate;
mod orders;
