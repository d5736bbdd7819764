//! Puts the capabilities that a component imports, and no others, into a linker.

use wasmtime::component::{HasSelf, Linker};

use crate::call::state::CallState;
use crate::contract::bindings::boomerang::shop as host;
use crate::point::Capability;

/// Links one capability.
pub(crate) fn capability(linker: &mut Linker<CallState>, capability: Capability) -> wasmtime::Result<()> {
    macro_rules! link {
        ($interface:ident) => {
            host::$interface::add_to_linker::<_, HasSelf<CallState>>(linker, |state| state)
        };
    }
    match capability {
        Capability::Settings => link!(settings),
        Capability::Log => link!(log),
        Capability::TimeZones => link!(time_zones),
        Capability::Catalogue => link!(catalogue),
        Capability::Customers => link!(customers),
        Capability::AddressBook => link!(address_book),
        Capability::OrderHistory => link!(order_history),
        Capability::Quotas => link!(quotas),
        Capability::Points => link!(points),
        Capability::PointsLedger => link!(points_ledger),
        Capability::Storage => link!(storage),
        Capability::StorageWrite => link!(storage_write),
        Capability::Accounts => link!(accounts),
        Capability::Messages => link!(messages),
        Capability::Coupons => link!(coupons),
        Capability::Fulfilment => link!(fulfilment),
    }
}
