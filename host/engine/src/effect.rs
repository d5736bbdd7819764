//! What a handler wants written, kept until the vendor commits it.

use serde::{Deserialize, Serialize};

use crate::contract::{
    AccountOffer, Coupon, DeficitPolicy, Forwarding, Grant, Instant, Message, Restoration, Reversal,
};

/// One buffered write of a handler. It has been checked for shape; whether the shop allows it is decided at commit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Effect {
    /// Grant points.
    PointsGrant(Grant),
    /// Take back points that an order earned.
    PointsReverse {
        /// What to take back.
        reversal: Reversal,
        /// What to do when the holder has less than that.
        deficit: DeficitPolicy,
    },
    /// Give back points that an order was paid with.
    PointsRestore(Restoration),
    /// Move the expiry of every available lot of a holder.
    PointsExtend {
        /// A customer's id or a contact id.
        holder: String,
        /// The new expiry.
        expires_at: Instant,
        /// Unique in the extension.
        key: String,
    },
    /// Store a value of the extension's own.
    StorageSet {
        /// At most 256 bytes.
        key: String,
        /// At most 64 KiB.
        value: Vec<u8>,
    },
    /// Delete a value of the extension's own.
    StorageDelete {
        /// At most 256 bytes.
        key: String,
    },
    /// Offer an account to somebody who bought as a guest.
    AccountOffer(AccountOffer),
    /// Send a message.
    Message(Message),
    /// Make a coupon code.
    Coupon(Coupon),
    /// Hand an order to a supplier.
    Forwarding(Forwarding),
}
