//! A loaded extension: compiled, checked, ready to be called, shared by every shop that has it.

use wasmtime::component::InstancePre;

use crate::call::state::CallState;
use crate::call::turns::Turns;
use crate::config::Limits;
use crate::id::Id;
use crate::load::Inspection;
use crate::load::handles::Handles;
use crate::manifest::Manifest;
use crate::point::{Capability, Point};

/// A component that has passed every check. Immutable; share it by `Arc`.
pub struct Extension {
    id: Id,
    inspection: Inspection,
    pre: InstancePre<CallState>,
    handles: Handles,
    decisions: Turns,
    handlers: Turns,
}

impl Extension {
    pub(crate) fn new(inspection: Inspection, pre: InstancePre<CallState>, handles: Handles, limits: &Limits) -> Self {
        Self {
            id: inspection.manifest.id.as_str().into(),
            inspection,
            pre,
            handles,
            decisions: Turns::new(limits.concurrency, limits.queue),
            handlers: Turns::new(limits.concurrency, limits.queue),
        }
    }

    /// The manifest's id.
    pub fn id(&self) -> &Id {
        &self.id
    }

    /// What the extension says about itself.
    pub fn manifest(&self) -> &Manifest {
        &self.inspection.manifest
    }

    /// SHA-256 of the component, in hex: which code this is.
    pub fn digest(&self) -> &str {
        &self.inspection.digest
    }

    /// Bytes of the component.
    pub fn size(&self) -> usize {
        self.inspection.size
    }

    /// The extension points it exports, in the order of [`Point`].
    pub fn points(&self) -> &[Point] {
        &self.inspection.points
    }

    /// The capabilities it imports, in the order of [`Capability`].
    pub fn capabilities(&self) -> &[Capability] {
        &self.inspection.capabilities
    }

    /// Everything that is known about the component.
    pub fn inspection(&self) -> &Inspection {
        &self.inspection
    }

    pub(crate) fn instance_pre(&self) -> &InstancePre<CallState> {
        &self.pre
    }

    pub(crate) fn handles(&self) -> &Handles {
        &self.handles
    }

    pub(crate) fn turns(&self, handler: bool) -> &Turns {
        if handler { &self.handlers } else { &self.decisions }
    }
}

impl std::fmt::Debug for Extension {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Extension")
            .field("id", &self.id)
            .field("digest", &self.digest())
            .field("points", &self.points())
            .finish_non_exhaustive()
    }
}
