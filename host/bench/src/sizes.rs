//! Bytes of the components that ship.

use anyhow::Result;
use serde::Serialize;

use crate::cart;
use crate::setup::Components;

/// The size of a component.
#[derive(Debug, Serialize)]
pub(crate) struct Size {
    pub(crate) component: &'static str,
    pub(crate) bytes: usize,
}

pub(crate) fn of(components: &Components) -> Result<Vec<Size>> {
    let size = |(component, _)| Ok(Size { component, bytes: components.read(component)?.len() });
    cart::features().into_iter().map(size).collect()
}
