//! Staff sign in with a password. Guessing is limited for each account and each network address, and the answer and its
//! time are the same for an address that nobody has.

use serde_json::json;
use thiserror::Error;

use super::second_factor::{self, FactorError};
use super::{Admin, AdminSession, password};
use crate::clock::{HOUR, Instant, MINUTE};
use crate::ids;
use crate::people::session::short;
use crate::secrets::{Secret, hash_token, hex, new_token};
use crate::store::limits::{self, Limit, LimitError};
use crate::store::{Store, StoreError, Tx, admins, audit};

/// Passwords tried for one account.
const PER_ACCOUNT: Limit = Limit { burst: 10, period: 15 * MINUTE };
/// Passwords tried from one network address.
const PER_IP: Limit = Limit { burst: 30, period: 15 * MINUTE };
/// A session ends this long after it was last used.
const IDLE: Instant = 8 * HOUR;
/// A session ends this long after it began, however much it is used.
const LONGEST: Instant = 24 * HOUR;
/// The use of a session is noted at most this often.
const NOTED_EVERY: Instant = MINUTE;

/// Why somebody is not signed in.
#[derive(Debug, Error)]
pub enum AdminSignInError {
    /// The address, the password, or both.
    #[error("the e-mail address or the password is wrong; try again, or ask an owner of the shop for a new password")]
    Wrong,
    /// The password is right, and a code is needed besides.
    #[error("enter the code that your authenticator app shows, or one of your recovery codes")]
    CodeNeeded,
    /// The password is right and the code is not.
    #[error("the code is wrong or was used already; wait for the next one, or use one of your recovery codes")]
    WrongCode,
    /// A limit is used up.
    #[error(transparent)]
    Limit(#[from] LimitError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What somebody signs in with.
#[derive(Clone)]
pub struct Credentials {
    /// The address as typed.
    pub email: String,
    /// The password.
    pub password: String,
    /// A code of the second factor, or a recovery code; empty where none was entered.
    pub code: String,
    /// The network address it comes from, for the limits.
    pub ip: String,
    /// What the browser says it is.
    pub label: String,
}

/// A session that has just begun, with what only its browser may know.
#[derive(Clone)]
pub struct AdminSignIn {
    /// Who.
    pub admin: Admin,
    /// The session.
    pub session: AdminSession,
    /// The session's token, for a cookie or a bearer header.
    pub token: String,
}

/// Signs in with an address and a password, and with a code where a second factor is in force.
///
/// # Errors
/// If one of them is wrong, a limit is used up or the database fails.
pub async fn sign_in(
    store: &Store,
    secret: &Secret,
    shop: &str,
    credentials: Credentials,
    now: Instant,
) -> Result<AdminSignIn, AdminSignInError> {
    let email = credentials.email.trim().to_lowercase();
    let key = |what: &str, whose: &str| format!("{what}/{}", hex(&secret.mac(&[what, shop, whose])[..16]));
    let (account_key, ip_key) = (key("admin", &email), key("admin-ip", &credentials.ip));
    // Every try is counted before its password is looked at, so that many at once get no further than one by one.
    let stored = {
        let (shop, email, account_key) = (shop.to_owned(), email.clone(), account_key.clone());
        let counted = store.write(move |tx| -> Result<_, AdminSignInError> {
            limits::take(tx, &shop, &ip_key, PER_IP, now)?;
            limits::take(tx, &shop, &account_key, PER_ACCOUNT, now)?;
            Ok(admins::by_email(tx, &shop, &email)?.map(|(_, hash)| hash))
        });
        counted.await?
    };
    let compared = {
        let (password, stored) = (credentials.password, stored.clone());
        tokio::task::spawn_blocking(move || password::matches(&password, stored.as_deref())).await
    };
    if !compared.map_err(|_| StoreError::Interrupted)? {
        return Err(AdminSignInError::Wrong);
    }
    let (shop, label, code, secret) = (shop.to_owned(), credentials.label, credentials.code, secret.clone());
    store
        .write(move |tx| {
            // Somebody may have been shut out, or the password changed, while this one was compared.
            let (admin, hash) = admins::by_email(tx, &shop, &email)?.ok_or(AdminSignInError::Wrong)?;
            if admin.disabled_at.is_some() || Some(hash) != stored {
                return Err(AdminSignInError::Wrong);
            }
            if second_factor::standing(tx, &shop, &admin.id)?.in_force {
                if code.trim().is_empty() {
                    return Err(AdminSignInError::CodeNeeded);
                }
                match second_factor::passes(tx, &secret, &shop, &admin.id, &code, now) {
                    Ok(true) => {}
                    Err(FactorError::Store(error)) => return Err(error.into()),
                    Ok(false) | Err(_) => return Err(AdminSignInError::WrongCode),
                }
            }
            limits::reset(tx, &shop, &account_key)?;
            begin(tx, &shop, admin, &label, now)
        })
        .await
}

fn begin(
    tx: &mut Tx<'_>,
    shop: &str,
    admin: Admin,
    label: &str,
    now: Instant,
) -> Result<AdminSignIn, AdminSignInError> {
    let token = new_token();
    let session = AdminSession {
        id: ids::new("ads", now),
        admin: admin.id.clone(),
        label: short(label),
        created_at: now,
        seen_at: now,
        expires_at: now + IDLE,
    };
    admins::insert_session(tx, shop, &hash_token(&token), &session)?;
    audit::write(tx, shop, now, &admin.actor(), "staff.signed-in", &format!("admin/{}", admin.id), &json!({}))?;
    Ok(AdminSignIn { admin, session, token })
}

/// Who holds a session's token, unless it has ended or they were shut out. Needs a transaction that may write: it notes
/// the use.
///
/// # Errors
/// If the database fails.
pub fn authenticate(
    tx: &mut Tx<'_>,
    shop: &str,
    token: &str,
    now: Instant,
) -> Result<Option<(Admin, AdminSession)>, StoreError> {
    let found = look_up(tx, shop, token, now)?;
    if let Some((_, session)) = found.as_ref().filter(|(_, session)| is_stale(session, now)) {
        let ends = (now + IDLE).min(session.created_at + LONGEST);
        admins::touch_session(tx, shop, &hash_token(token), now, ends)?;
    }
    Ok(found)
}

/// The same without noting the use, for a page whose session is fresh.
///
/// # Errors
/// If the database fails.
pub fn look_up(
    tx: &mut Tx<'_>,
    shop: &str,
    token: &str,
    now: Instant,
) -> Result<Option<(Admin, AdminSession)>, StoreError> {
    let Some(session) = admins::session(tx, shop, &hash_token(token), now)? else { return Ok(None) };
    let admin = admins::get(tx, shop, &session.admin)?.filter(|admin| admin.disabled_at.is_none());
    Ok(admin.map(|admin| (admin, session)))
}

/// The use of the session has to be noted again, with [`authenticate`].
#[must_use]
pub fn is_stale(session: &AdminSession, now: Instant) -> bool {
    now - session.seen_at >= NOTED_EVERY
}

/// The token that a form of this session must carry, so that no other site can submit it.
#[must_use]
pub fn csrf_token(secret: &Secret, shop: &str, session_token: &str) -> String {
    hex(&secret.mac(&["admin-csrf", shop, &hash_token(session_token)])[..16])
}

/// Whether a form carries the token of this session. Compared in constant time.
#[must_use]
pub fn csrf_matches(secret: &Secret, shop: &str, session_token: &str, given: &str) -> bool {
    let expected = csrf_token(secret, shop, session_token);
    subtle::ConstantTimeEq::ct_eq(expected.as_bytes(), given.as_bytes()).into()
}

/// Ends the session of a token.
///
/// # Errors
/// If the database fails.
pub fn sign_out(tx: &mut Tx<'_>, shop: &str, token: &str) -> Result<(), StoreError> {
    admins::end_session(tx, shop, &hash_token(token))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::admin::{NewAdmin, Role, add, change_password, disable};

    const PASSWORD: &str = "four random words here";

    struct Shop {
        store: Store,
        secret: Secret,
    }

    impl Shop {
        async fn new() -> Self {
            let shop = Self { store: Store::in_memory().unwrap(), secret: Secret::new([9; 32]) };
            for email in ["ann@example.com", "bob@example.com"] {
                let new =
                    NewAdmin { email: email.into(), name: String::new(), role: Role::Owner, password: PASSWORD.into() };
                add(&shop.store, "a", "system", new, 0).await.unwrap();
            }
            shop
        }

        async fn try_in(
            &self,
            email: &str,
            password: &str,
            ip: &str,
            now: Instant,
        ) -> Result<AdminSignIn, AdminSignInError> {
            let credentials = Credentials {
                email: email.into(),
                password: password.into(),
                code: String::new(),
                ip: ip.into(),
                label: "Laptop".into(),
            };
            sign_in(&self.store, &self.secret, "a", credentials, now).await
        }

        async fn who(&self, token: &str, now: Instant) -> Option<Admin> {
            let token = token.to_owned();
            let found = self.store.write(move |tx| authenticate(tx, "a", &token, now)).await;
            found.unwrap().map(|(admin, _)| admin)
        }
    }

    #[tokio::test]
    async fn the_right_password_opens_a_session_that_ends_when_idle_and_after_a_day() {
        let shop = Shop::new().await;
        let signed_in = shop.try_in(" Ann@Example.com", PASSWORD, "ip", 0).await.unwrap();
        assert_eq!(shop.who(&signed_in.token, IDLE - 1).await.unwrap().email, "ann@example.com");
        assert!(shop.who(&signed_in.token, 2 * IDLE - 2).await.is_some(), "its use puts the end off");
        assert!(shop.who(&signed_in.token, LONGEST - 3).await.is_some());
        assert!(shop.who(&signed_in.token, LONGEST).await.is_none(), "but not beyond a day");
        assert!(shop.who("guess", 1).await.is_none());
        let token = signed_in.token.clone();
        shop.store.write(move |tx| sign_out(tx, "a", &token)).await.unwrap();
        assert!(shop.who(&signed_in.token, 1).await.is_none());
    }

    #[tokio::test]
    async fn a_wrong_password_and_an_unknown_address_get_one_answer() {
        let shop = Shop::new().await;
        let wrong = shop.try_in("ann@example.com", "another four words", "ip", 0).await.err().unwrap();
        let unknown = shop.try_in("eve@example.com", PASSWORD, "ip", 0).await.err().unwrap();
        assert!(matches!(wrong, AdminSignInError::Wrong));
        assert_eq!(wrong.to_string(), unknown.to_string());
    }

    #[tokio::test]
    async fn guessing_is_throttled_for_known_and_unknown_accounts_alike() {
        let shop = Shop::new().await;
        for email in ["ann@example.com", "eve@example.com"] {
            for guess in 0..PER_ACCOUNT.burst {
                let result = shop.try_in(email, "wrong", &format!("{email}{guess}"), 0).await;
                assert!(matches!(result, Err(AdminSignInError::Wrong)));
            }
            let result = shop.try_in(email, PASSWORD, "new", 0).await;
            assert!(matches!(result, Err(AdminSignInError::Limit(_))), "even the right password");
        }
        assert!(shop.try_in("bob@example.com", PASSWORD, "new", 0).await.is_ok(), "others are not locked out");
        assert!(shop.try_in("ann@example.com", PASSWORD, "new", 15 * MINUTE).await.is_ok());
    }

    #[tokio::test]
    async fn one_network_address_cannot_try_many_accounts() {
        let shop = Shop::new().await;
        for guess in 0..PER_IP.burst {
            let result = shop.try_in(&format!("{guess}@example.com"), "wrong", "ip", 0).await;
            assert!(matches!(result, Err(AdminSignInError::Wrong)));
        }
        assert!(matches!(shop.try_in("ann@example.com", PASSWORD, "ip", 0).await, Err(AdminSignInError::Limit(_))));
    }

    #[tokio::test]
    async fn being_shut_out_and_a_new_password_end_sessions_at_once() {
        let shop = Shop::new().await;
        let ann = shop.try_in("ann@example.com", PASSWORD, "ip", 0).await.unwrap();
        let bob = shop.try_in("bob@example.com", PASSWORD, "ip", 0).await.unwrap();
        let id = ann.admin.id.clone();
        shop.store.write(move |tx| disable(tx, "a", "system", &id, 1)).await.unwrap();
        assert!(shop.who(&ann.token, 1).await.is_none());
        assert!(matches!(shop.try_in("ann@example.com", PASSWORD, "ip", 2).await, Err(AdminSignInError::Wrong)));
        change_password(&shop.store, "a", "system", &bob.admin.id, "another four words".into(), 1).await.unwrap();
        assert!(shop.who(&bob.token, 1).await.is_none());
        assert!(shop.try_in("bob@example.com", "another four words", "ip", 2).await.is_ok());
    }
}
