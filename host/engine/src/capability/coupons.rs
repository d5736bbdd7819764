//! `coupons`: make a coupon code.

use super::check;
use crate::call::state::CallState;
use crate::contract::bindings::boomerang::shop::coupons::Host;
use crate::contract::{Coupon, Fault, Reduction};
use crate::effect::Effect;
use crate::point::Capability;

const CODE: usize = 40;
const WHOLE: u32 = 10_000;

impl Host for CallState {
    fn issue(&mut self, coupon: Coupon) -> wasmtime::Result<Result<(), Fault>> {
        let checked = check_coupon(&coupon);
        self.leave(Capability::Coupons, checked, Effect::Coupon(coupon))
    }
}

fn check_coupon(coupon: &Coupon) -> Result<(), Fault> {
    check::key(&coupon.key)?;
    let code = &coupon.code;
    if code.is_empty() || code.len() > CODE || !code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Err(check::refuse(format!("A coupon code has 1 to {CODE} letters, digits and hyphens.")));
    }
    match coupon.reduction {
        Reduction::Percent(points) if !(1..=WHOLE).contains(&points) => {
            return Err(check::refuse(format!("A reduction of {points} basis points is not between 1 and {WHOLE}.")));
        }
        Reduction::Amount(amount) if amount <= 0 => {
            return Err(check::refuse(format!("A reduction of {amount} is not above zero.")));
        }
        _ => {}
    }
    if coupon.valid_from >= coupon.valid_until {
        return Err(check::refuse("The coupon ends before it begins."));
    }
    if coupon.uses == 0 || coupon.minimum < 0 {
        return Err(check::refuse("A coupon can be used at least once, and its minimum is not below zero."));
    }
    coupon.customer.as_deref().map_or(Ok(()), |customer| check::id("customer", customer))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coupon() -> Coupon {
        Coupon {
            code: "WELCOME-10".into(),
            reduction: Reduction::Percent(1_000),
            customer: None,
            valid_from: 0,
            valid_until: 1,
            uses: 1,
            minimum: 0,
            key: "welcome/1".into(),
        }
    }

    #[test]
    fn a_plain_coupon_passes() {
        assert_eq!(check_coupon(&coupon()), Ok(()));
    }

    #[test]
    fn a_coupon_out_of_range_is_refused() {
        for broken in [
            Coupon { reduction: Reduction::Percent(25_000), ..coupon() },
            Coupon { reduction: Reduction::Percent(0), ..coupon() },
            Coupon { reduction: Reduction::Amount(-1), ..coupon() },
            Coupon { valid_until: 0, ..coupon() },
            Coupon { uses: 0, ..coupon() },
            Coupon { minimum: -1, ..coupon() },
            Coupon { code: "TEN OFF".into(), ..coupon() },
            Coupon { code: "X".repeat(41), ..coupon() },
        ] {
            assert!(check_coupon(&broken).is_err(), "{broken:?}");
        }
    }
}
