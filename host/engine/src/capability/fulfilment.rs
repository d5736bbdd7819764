//! `fulfilment`: hand (part of) an order to a supplier.

use super::check;
use crate::call::state::CallState;
use crate::contract::bindings::boomerang::shop::fulfilment::Host;
use crate::contract::{Fault, Forwarding};
use crate::effect::Effect;
use crate::point::Capability;

impl Host for CallState {
    fn forward(&mut self, forwarding: Forwarding) -> wasmtime::Result<Result<(), Fault>> {
        let checked = check_forwarding(&forwarding);
        self.leave(Capability::Fulfilment, checked, Effect::Forwarding(forwarding))
    }
}

fn check_forwarding(forwarding: &Forwarding) -> Result<(), Fault> {
    check::key(&forwarding.key)?;
    check::id("order", &forwarding.order)?;
    check::id("supplier", &forwarding.supplier)?;
    check::count("lines", forwarding.lines.len())?;
    if forwarding.lines.is_empty() || forwarding.lines.iter().any(|line| line.quantity == 0) {
        return Err(check::refuse("Name at least one line, each with a quantity of at least 1."));
    }
    check::attributes(&forwarding.attributes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::ForwardedLine;

    #[test]
    fn every_forwarded_line_has_a_quantity() {
        let forwarding = |quantities: &[u32]| Forwarding {
            order: "1042".into(),
            supplier: "acme".into(),
            lines: quantities.iter().map(|quantity| ForwardedLine { line: "1".into(), quantity: *quantity }).collect(),
            attributes: vec![],
            key: "order/1042/acme".into(),
        };
        assert_eq!(check_forwarding(&forwarding(&[1, 2])), Ok(()));
        assert!(check_forwarding(&forwarding(&[])).is_err());
        assert!(check_forwarding(&forwarding(&[1, 0])).is_err());
    }
}
