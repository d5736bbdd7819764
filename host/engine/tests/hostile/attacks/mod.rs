//! The attacks, one file for each class.

mod answers;
mod breaks;
mod bytes;
mod capabilities;
mod handles;
mod imports;
mod manifests;
mod memory;
mod proposals;
mod requests;
mod rust;
mod time;
mod traps;
mod values;
mod wasi;

use crate::case::Case;

/// Every hostile component there is.
pub(crate) fn all() -> Vec<Case> {
    [
        time::cases(),
        memory::cases(),
        traps::cases(),
        answers::cases(),
        requests::cases(),
        values::cases(),
        capabilities::cases(),
        wasi::cases(),
        handles::cases(),
        imports::cases(),
        proposals::cases(),
        bytes::cases(),
        manifests::cases(),
        rust::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
