//! Staff: accounts with a role, passwords, second factors, sessions, and limits on guessing.

mod accounts;
mod model;
mod password;
pub mod second_factor;
mod sign_in;

pub use accounts::{NewAdmin, StaffError, add, change_password, disable, enable, set_role};
pub use model::{Admin, AdminSession, Role};
pub use password::{PasswordError, SHORTEST as SHORTEST_PASSWORD};
pub use sign_in::{
    AdminSignIn, AdminSignInError, Credentials, authenticate, csrf_matches, csrf_token, is_stale, look_up, sign_in,
    sign_out,
};
