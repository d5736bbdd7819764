//! Passwords of staff: Argon2id, with a salt each, as PHC strings.

use std::sync::LazyLock;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use thiserror::Error;

/// The fewest characters of a password.
pub const SHORTEST: usize = 12;
/// Longer ones would make hashing slow for everybody.
const LONGEST: usize = 1_024;

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PasswordError {
    /// Too easily guessed.
    #[error("the password has fewer than {SHORTEST} characters; choose a longer one, such as four random words")]
    Short,
    /// Too long to be hashed quickly.
    #[error("the password has more than {LONGEST} bytes; choose a shorter one")]
    Long,
    /// Hashing failed.
    #[error("the password could not be hashed; check that the machine has memory left and try again")]
    Hash,
}

/// Hashes a password. Takes tens of milliseconds: call it on a blocking thread, and never inside a transaction.
///
/// # Errors
/// If the password is too short or too long.
pub(super) fn hash(password: &str) -> Result<String, PasswordError> {
    if password.chars().count() < SHORTEST {
        return Err(PasswordError::Short);
    }
    if password.len() > LONGEST {
        return Err(PasswordError::Long);
    }
    let hash = Argon2::default().hash_password(password.as_bytes()).map_err(|_| PasswordError::Hash)?;
    Ok(hash.to_string())
}

/// The hash of a password that nobody has, to be compared with for an address that nobody has.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash(&crate::secrets::new_token()).unwrap_or_default());

/// Compares a password with a stored hash, or does the same work without one, so that the time does not tell whether the
/// address is known. Takes tens of milliseconds.
pub(super) fn matches(password: &str, stored: Option<&str>) -> bool {
    if password.len() > LONGEST {
        return false;
    }
    let against = stored.unwrap_or(&NOBODY);
    let right = PasswordHash::new(against)
        .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
    right && stored.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_stored_as_argon2id_with_a_salt_and_only_itself_matches() {
        let first = hash("four random words here").unwrap();
        let second = hash("four random words here").unwrap();
        assert!(first.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{first}");
        assert_ne!(first, second);
        assert!(matches("four random words here", Some(&first)));
        assert!(!matches("four random words herE", Some(&first)));
        assert!(!matches("four random words here", None));
        assert!(!matches("four random words here", Some("no hash")));
    }

    #[test]
    fn a_short_or_endless_password_is_refused() {
        assert_eq!(hash("elevenchars"), Err(PasswordError::Short));
        assert_eq!(hash(&"x".repeat(1_025)), Err(PasswordError::Long));
        assert!(!matches(&"x".repeat(1_025), None));
    }
}
