//! Sessions and the tokens in their cookies.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::clock::{DAY, HOUR, Instant};
use crate::ids;
use crate::secrets::{Secret, hash_token, hex, new_token};
use crate::store::{StoreError, Tx, sessions};

/// A signed-in session ends this long after it was last used.
pub const SESSION_IDLE: Instant = 30 * DAY;
/// The use of a session is noted at most this often, so that reading pages does not write.
const NOTED_EVERY: Instant = HOUR;
/// The longest label of a session or device that is kept.
const LABEL: usize = 120;

/// A browser's session. A shopper who has proved nothing may have one: it then has no customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// The session's id; it opens nothing.
    pub id: String,
    /// Who is signed in.
    pub customer: Option<String>,
    /// What the browser says it is.
    pub label: String,
    /// When it began.
    pub created_at: Instant,
    /// When it was last used, to the hour.
    pub seen_at: Instant,
    /// When it ends unless it is used.
    pub expires_at: Instant,
}

/// A session that has just begun, with what only its browser may know.
#[derive(Clone)]
pub struct NewSession {
    /// The session.
    pub session: Session,
    /// The value of the cookie.
    pub token: String,
}

/// Begins a session. The cookie's value is a new one, so that nobody who knew the old one is signed in with it.
///
/// # Errors
/// If the database fails.
pub fn begin(
    tx: &mut Tx<'_>,
    shop: &str,
    customer: Option<&str>,
    label: &str,
    now: Instant,
) -> Result<NewSession, StoreError> {
    let token = new_token();
    let session = Session {
        id: ids::new("ses", now),
        customer: customer.map(str::to_owned),
        label: short(label),
        created_at: now,
        seen_at: now,
        expires_at: now + SESSION_IDLE,
    };
    sessions::insert(tx, shop, &hash_token(&token), &session)?;
    Ok(NewSession { session, token })
}

/// The session that a cookie's value opens.
///
/// # Errors
/// If the database fails.
pub fn open(tx: &mut Tx<'_>, shop: &str, token: &str, now: Instant) -> Result<Option<Session>, StoreError> {
    sessions::get(tx, shop, &hash_token(token), now)
}

/// The use of this session should be noted with [`touch`].
#[must_use]
pub fn is_stale(session: &Session, now: Instant) -> bool {
    now - session.seen_at >= NOTED_EVERY
}

/// Notes that a session is in use, and puts its end off.
///
/// # Errors
/// If the database fails.
pub fn touch(tx: &mut Tx<'_>, shop: &str, token: &str, now: Instant) -> Result<(), StoreError> {
    sessions::touch(tx, shop, &hash_token(token), now, now + SESSION_IDLE)
}

/// Ends the session that a cookie's value opens.
///
/// # Errors
/// If the database fails.
pub fn end(tx: &mut Tx<'_>, shop: &str, token: &str) -> Result<(), StoreError> {
    sessions::delete(tx, shop, &hash_token(token))
}

/// The token that a form of this session must carry, so that no other site can submit it. It changes when the cookie's
/// value does.
#[must_use]
pub fn csrf_token(secret: &Secret, shop: &str, session_token: &str) -> String {
    hex(&secret.mac(&["csrf", shop, &hash_token(session_token)])[..16])
}

/// A form's token is that of its session, compared in constant time.
#[must_use]
pub fn csrf_matches(secret: &Secret, shop: &str, session_token: &str, given: &str) -> bool {
    use subtle::ConstantTimeEq;
    csrf_token(secret, shop, session_token).as_bytes().ct_eq(given.as_bytes()).into()
}

/// What a browser calls itself, short and without control characters.
pub(crate) fn short(label: &str) -> String {
    label.chars().filter(|letter| !letter.is_control()).take(LABEL).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[tokio::test]
    async fn a10_sessions_are_listed_revoked_and_end_by_themselves() {
        let store = Store::in_memory().unwrap();
        store
            .write(|tx| -> Result<(), StoreError> {
                let phone = begin(tx, "a", Some("cus_1"), "Phone\r\n", 0)?;
                let laptop = begin(tx, "a", Some("cus_1"), "Laptop", 1)?;
                let other = begin(tx, "a", Some("cus_2"), "Laptop", 1)?;
                assert_eq!(phone.session.label, "Phone");
                assert_eq!(open(tx, "b", &phone.token, 2)?, None);
                let listed = sessions::of_customer(tx, "a", "cus_1", 2)?;
                assert_eq!(listed, [laptop.session.clone(), phone.session.clone()]);
                assert!(!sessions::revoke(tx, "a", "cus_1", &other.session.id)?);
                assert!(sessions::revoke(tx, "a", "cus_1", &phone.session.id)?);
                assert_eq!(open(tx, "a", &phone.token, 2)?, None);
                assert!(open(tx, "a", &laptop.token, SESSION_IDLE)?.is_some());
                assert_eq!(open(tx, "a", &laptop.token, SESSION_IDLE + 1)?, None);
                end(tx, "a", &other.token)?;
                assert_eq!(open(tx, "a", &other.token, 2)?, None);
                Ok(())
            })
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn a_session_in_use_is_noted_by_the_hour_and_lasts() {
        let store = Store::in_memory().unwrap();
        store
            .write(|tx| -> Result<(), StoreError> {
                let new = begin(tx, "a", None, "Phone", 0)?;
                assert!(!is_stale(&new.session, HOUR - 1));
                assert!(is_stale(&new.session, HOUR));
                touch(tx, "a", &new.token, HOUR)?;
                assert!(open(tx, "a", &new.token, SESSION_IDLE + 1)?.is_some());
                assert_eq!(sessions::sweep(tx, SESSION_IDLE + HOUR)?, 1);
                Ok(())
            })
            .await
            .unwrap();
    }

    #[test]
    fn a_csrf_token_belongs_to_one_session_of_one_shop() {
        let secret = Secret::new([1; 32]);
        let token = csrf_token(&secret, "a", "session");
        assert!(csrf_matches(&secret, "a", "session", &token));
        assert!(!csrf_matches(&secret, "a", "another", &token));
        assert!(!csrf_matches(&secret, "b", "session", &token));
        assert!(!csrf_matches(&secret, "a", "session", ""));
    }
}
