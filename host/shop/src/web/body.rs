//! The bodies of forms: bounded, and not waited for too long.

use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};

/// Why a body was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// It is larger than the page takes, or it did not arrive whole.
    TooLarge,
    /// It did not arrive in time.
    TooSlow,
}

/// Reads a body of at most `limit` bytes that arrives in `time`.
pub(super) async fn read(body: Body, limit: usize, time: Duration) -> Result<Bytes, Unread> {
    match tokio::time::timeout(time, to_bytes(body, limit)).await {
        Ok(arrived) => arrived.map_err(|_| Unread::TooLarge),
        Err(_elapsed) => Err(Unread::TooSlow),
    }
}
