//! Automatic accounts: offers an account to somebody who has bought as a guest, as the law of their country allows.
//!
//! The component decides whether and how; the host knows the address, sends the mail, links past orders only once the
//! address is proved, and deletes what nobody claims. It asks for no consent to marketing and cannot give any: no
//! capability it has could record one.
//!
//! | module | holds |
//! | --- | --- |
//! | [`settings`] | what the merchant can set |
//! | [`policy`] | what the buyer of an order is offered |
//! | [`disposable`] | domains of throw-away mail |
//! | [`words`] | what the buyer reads |
#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

pub mod disposable;
pub mod policy;
pub mod settings;
pub mod words;

use alloc::{string::String, vec::Vec};

use boomerang_sdk::prelude::*;
use boomerang_sdk::{accounts, order_history};

use crate::settings::Settings;

struct AutoAccount;

impl Configuration for AutoAccount {
    fn prepare(_: Context, settings: String) -> Result<Vec<u8>, Vec<SettingError>> {
        boomerang_sdk::settings::prepare(&settings, settings::check)
    }
}

impl OrderEvents for AutoAccount {
    fn on_order_event(_: Context, event: OrderEvent) -> Result<(), Fault> {
        if event.topic != "paid" {
            return Ok(());
        }
        let settings: Settings = boomerang_sdk::settings::load()?;
        policy::offer(&settings, &event.order).map_or(Ok(()), |offer| accounts::offer(&offer))
    }
}

impl StorefrontBlocks for AutoAccount {
    fn render_blocks(_: Context, page: Page) -> Result<Vec<Block>, Fault> {
        let has_slot = page.slots.iter().any(|slot| slot == words::SLOT);
        let Some(order) = page.order.filter(|_| has_slot && page.customer.is_none()) else {
            return Ok(Vec::new());
        };
        let settings: Settings = boomerang_sdk::settings::load()?;
        let order = order_history::get(&order)?;
        let mode = order.and_then(|order| policy::offered(&settings, &order));
        Ok(mode.map(|mode| words::notice(&settings, mode)).into_iter().collect())
    }
}

boomerang_sdk::extension! {
    manifest: "../manifest.json",
    type: AutoAccount,
    points: [configuration, order_events, storefront_blocks],
}
