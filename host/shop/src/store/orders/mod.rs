//! Orders in the database.
//!
//! | module | what it holds |
//! | --- | --- |
//! | `place` | the one transaction that makes an order |
//! | `read` | orders by id, cart, holder and time |
//! | `steps` | paid, fulfilled, delivered, cancelled |
//! | `change` | what staff change before it is sent |
//! | `refunds` | money back, in two transactions around the gateway |
//! | `returns` | what buyers want to send back |
//! | `retention` | who comes back, and what that is worth |
//! | `people` | joining guests' orders to an account, and erasing people from orders |

mod change;
mod people;
mod place;
mod read;
mod refunds;
mod retention;
pub mod returns;
mod steps;

pub use change::{begin_reduction, set_address};
pub use people::{erase, link_contact};
pub use place::{PlaceError, Placed, place};
pub use read::{Listing, between, by_cart, by_number, find, get, list, of, page_of, summaries_of};
pub use refunds::{
    CANCELLATION, begin_refund, fail_refund, finish_refund, pending_refunds, refund, refund_by_key, refunds,
};
pub use retention::{Retention, retention};
pub use steps::{SUSPECTED, cancel, deliver, fulfil, pay, suspect};

/// The key under which the version of all orders together stands: it grows when one is placed.
pub const ANY_VERSION: &str = "orders";

/// The key under which the version of a customer's or contact's orders stands: it grows when they get another one.
#[must_use]
pub fn holder_version(holder: &str) -> String {
    format!("orders-of/{holder}")
}

/// The key under which the version of an order stands.
#[must_use]
pub fn version(order: &str) -> String {
    format!("order/{order}")
}
