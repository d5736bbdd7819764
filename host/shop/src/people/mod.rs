//! People: who somebody is, how they prove it, and what the shop keeps of them.
//!
//! A *contact* is an e-mail address under an opaque id; a *customer* is somebody with an account; a *session* is a
//! browser; a *device* is a browser that its customer asked to be remembered on. Nothing that is typed proves anything:
//! only a link or a code from a mail does.

pub mod devices;
mod email;
pub mod erase;
pub mod export;
pub(crate) mod happenings;
pub mod housekeeping;
mod model;
pub mod offer;
pub mod profile;
pub mod proofs;
mod proved;
mod recognition;
pub mod referrals;
pub mod reviews;
pub mod session;
pub mod sign_in;
pub mod standing;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

pub use devices::{Device, Recognised};
pub use email::{Email, EmailError};
pub use model::{Address, Birthday, Customer, CustomerState, PaymentToken, ProfileChange, SavedAddress};
pub use recognition::{Recognition, recognise};
pub use session::{NewSession, Session};
