//! Adding and changing staff. Every change is in the audit log, and ends the sessions that it should.

use serde_json::json;
use thiserror::Error;

use super::password::{self, PasswordError};
use super::{Admin, Role};
use crate::clock::Instant;
use crate::ids;
use crate::people::{Email, EmailError};
use crate::store::{Store, StoreError, Tx, admins, audit};

/// Why staff was not changed.
#[derive(Debug, Error)]
pub enum StaffError {
    /// The address is taken.
    #[error("somebody of the staff has this address already; change that account, or enter another address")]
    Taken,
    /// There is nobody with the id.
    #[error("there is nobody with this id in the staff; take an id from the list of staff")]
    Unknown,
    /// Nobody could manage the shop afterwards.
    #[error("this is the last owner who can sign in; make somebody else an owner first")]
    LastOwner,
    /// The address is none.
    #[error(transparent)]
    Email(#[from] EmailError),
    /// The password is not taken.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Somebody to be added to the staff.
#[derive(Clone)]
pub struct NewAdmin {
    /// The address to sign in with.
    pub email: String,
    /// The name that colleagues see.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The password they start with.
    pub password: String,
}

/// Adds somebody to the staff. `actor` is who does it, as the audit log names them.
///
/// # Errors
/// If the address or the password is not taken, or the database fails.
pub async fn add(store: &Store, shop: &str, actor: &str, new: NewAdmin, now: Instant) -> Result<Admin, StaffError> {
    let email = Email::parse(&new.email)?.as_typed().to_lowercase();
    let hash = hash(new.password).await?;
    let admin = Admin {
        id: ids::new("adm", now),
        email,
        name: new.name.trim().into(),
        role: new.role,
        created_at: now,
        disabled_at: None,
    };
    let (shop, actor) = (shop.to_owned(), actor.to_owned());
    store
        .write(move |tx| {
            if !admins::insert(tx, &shop, &admin, &hash)? {
                return Err(StaffError::Taken);
            }
            note(tx, &shop, now, &actor, "staff.added", &admin)?;
            Ok(admin)
        })
        .await
}

/// Sets a new password, and ends every session of its owner.
///
/// # Errors
/// If the password is not taken, there is nobody with the id, or the database fails.
pub async fn change_password(
    store: &Store,
    shop: &str,
    actor: &str,
    id: &str,
    password: String,
    now: Instant,
) -> Result<Admin, StaffError> {
    let hash = hash(password).await?;
    let (shop, actor, id) = (shop.to_owned(), actor.to_owned(), id.to_owned());
    store
        .write(move |tx| {
            let admin = admins::get(tx, &shop, &id)?.ok_or(StaffError::Unknown)?;
            admins::set_password(tx, &shop, &id, &hash)?;
            admins::end_sessions(tx, &shop, &id)?;
            note(tx, &shop, now, &actor, "staff.password-changed", &admin)?;
            Ok(admin)
        })
        .await
}

/// Changes what somebody may do.
///
/// # Errors
/// If there is nobody with the id, no owner would be left, or the database fails.
pub fn set_role(
    tx: &mut Tx<'_>,
    shop: &str,
    actor: &str,
    id: &str,
    role: Role,
    now: Instant,
) -> Result<Admin, StaffError> {
    let mut admin = admins::get(tx, shop, id)?.ok_or(StaffError::Unknown)?;
    if role != Role::Owner {
        keep_an_owner(tx, shop, &admin)?;
    }
    admin.role = role;
    admins::update(tx, shop, &admin)?;
    note(tx, shop, now, actor, "staff.role-set", &admin)?;
    Ok(admin)
}

/// Shuts somebody out at once: their sessions end.
///
/// # Errors
/// If there is nobody with the id, no owner would be left, or the database fails.
pub fn disable(tx: &mut Tx<'_>, shop: &str, actor: &str, id: &str, now: Instant) -> Result<Admin, StaffError> {
    let mut admin = admins::get(tx, shop, id)?.ok_or(StaffError::Unknown)?;
    keep_an_owner(tx, shop, &admin)?;
    admin.disabled_at = Some(admin.disabled_at.unwrap_or(now));
    admins::update(tx, shop, &admin)?;
    admins::end_sessions(tx, shop, id)?;
    note(tx, shop, now, actor, "staff.disabled", &admin)?;
    Ok(admin)
}

/// Lets somebody in again.
///
/// # Errors
/// If there is nobody with the id or the database fails.
pub fn enable(tx: &mut Tx<'_>, shop: &str, actor: &str, id: &str, now: Instant) -> Result<Admin, StaffError> {
    let mut admin = admins::get(tx, shop, id)?.ok_or(StaffError::Unknown)?;
    admin.disabled_at = None;
    admins::update(tx, shop, &admin)?;
    note(tx, shop, now, actor, "staff.enabled", &admin)?;
    Ok(admin)
}

/// Refuses to lose the last owner who can sign in.
fn keep_an_owner(tx: &mut Tx<'_>, shop: &str, admin: &Admin) -> Result<(), StaffError> {
    let counts = admin.role == Role::Owner && admin.disabled_at.is_none();
    if counts && admins::other_owners(tx, shop, &admin.id)? == 0 {
        return Err(StaffError::LastOwner);
    }
    Ok(())
}

fn note(tx: &mut Tx<'_>, shop: &str, now: Instant, actor: &str, action: &str, admin: &Admin) -> Result<(), StoreError> {
    let details = json!({ "role": admin.role });
    audit::write(tx, shop, now, actor, action, &format!("admin/{}", admin.id), &details)
}

async fn hash(password: String) -> Result<String, StaffError> {
    let hashed = tokio::task::spawn_blocking(move || password::hash(&password)).await;
    Ok(hashed.map_err(|_| PasswordError::Hash)??)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWORD: &str = "four random words here";

    async fn added(store: &Store, email: &str, role: Role) -> Result<Admin, StaffError> {
        let new = NewAdmin { email: email.into(), name: "Ann".into(), role, password: PASSWORD.into() };
        add(store, "a", "system", new, 1).await
    }

    #[tokio::test]
    async fn an_address_is_taken_once_whatever_its_case_and_the_audit_log_names_nobody() {
        let store = Store::in_memory().unwrap();
        let admin = added(&store, "Ann@Example.com", Role::Owner).await.unwrap();
        assert!(matches!(added(&store, "ann@example.com", Role::Staff).await, Err(StaffError::Taken)));
        assert!(matches!(added(&store, "ann", Role::Staff).await, Err(StaffError::Email(_))));
        let entries = store.read(|tx| audit::list(tx, "a", None, 10)).await.unwrap();
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0].subject, format!("admin/{}", admin.id));
        assert!(!serde_json::to_string(&entries).unwrap().to_lowercase().contains("ann@"));
    }

    #[tokio::test]
    async fn the_last_owner_cannot_be_lost() {
        let store = Store::in_memory().unwrap();
        let ann = added(&store, "ann@example.com", Role::Owner).await.unwrap();
        let bob = added(&store, "bob@example.com", Role::Staff).await.unwrap();
        store
            .write(move |tx| -> Result<(), StaffError> {
                assert!(matches!(disable(tx, "a", "system", &ann.id, 2), Err(StaffError::LastOwner)));
                assert!(matches!(set_role(tx, "a", "system", &ann.id, Role::Staff, 2), Err(StaffError::LastOwner)));
                set_role(tx, "a", "system", &bob.id, Role::Owner, 2)?;
                disable(tx, "a", "system", &ann.id, 2)?;
                assert!(matches!(disable(tx, "a", "system", &bob.id, 2), Err(StaffError::LastOwner)));
                enable(tx, "a", "system", &ann.id, 3)?;
                assert!(disable(tx, "a", "system", &bob.id, 3).is_ok());
                assert!(matches!(disable(tx, "b", "system", &bob.id, 3), Err(StaffError::Unknown)));
                Ok(())
            })
            .await
            .unwrap();
    }
}
