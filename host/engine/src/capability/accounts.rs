//! `accounts`: offer an account to somebody who bought as a guest.

use super::check;
use crate::call::state::CallState;
use crate::contract::bindings::boomerang::shop::accounts::Host;
use crate::contract::{AccountOffer, Fault};
use crate::effect::Effect;
use crate::point::Capability;

impl Host for CallState {
    fn offer(&mut self, offer: AccountOffer) -> wasmtime::Result<Result<(), Fault>> {
        let checked = check_offer(&offer);
        self.leave(Capability::Accounts, checked, Effect::AccountOffer(offer))
    }
}

fn check_offer(offer: &AccountOffer) -> Result<(), Fault> {
    check::key(&offer.key)?;
    check::id("order", &offer.order)?;
    if !(1..=365).contains(&offer.delete_unclaimed_after_days) {
        return Err(check::refuse(format!(
            "An unclaimed account is deleted after 1 to 365 days, not {}.",
            offer.delete_unclaimed_after_days
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::AccountMode;

    #[test]
    fn a1_unclaimed_accounts_go_after_1_to_365_days() {
        let offer = |days| AccountOffer {
            order: "1042".into(),
            mode: AccountMode::Invite,
            delete_unclaimed_after_days: days,
            key: "order/1042/account".into(),
        };
        assert!(check_offer(&offer(1)).is_ok());
        assert!(check_offer(&offer(365)).is_ok());
        assert!(check_offer(&offer(0)).is_err());
        assert!(check_offer(&offer(366)).is_err());
    }
}
