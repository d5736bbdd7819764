//! Staff of shops, and their sessions.

use super::{Row, StoreError, Tx, values};
use crate::admin::{Admin, AdminSession, Role};
use crate::clock::Instant;

const COLUMNS: &str = "id, email, name, role, created_at, disabled_at, password_hash from admins";

/// Adds a member of staff. Says no if the address has one already.
///
/// # Errors
/// If the database fails.
pub fn insert(tx: &mut Tx<'_>, shop: &str, admin: &Admin, password_hash: &str) -> Result<bool, StoreError> {
    let added = tx.execute(
        "insert into admins (shop, id, email, name, role, password_hash, created_at, disabled_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) on conflict (shop, email) do nothing",
        values![
            shop,
            &admin.id,
            &admin.email,
            &admin.name,
            admin.role.as_str(),
            password_hash,
            admin.created_at,
            admin.disabled_at,
        ],
    )?;
    Ok(added > 0)
}

/// The member of staff with an address, in lower case, and the hash of the password.
///
/// # Errors
/// If the database fails.
pub fn by_email(tx: &mut Tx<'_>, shop: &str, email: &str) -> Result<Option<(Admin, String)>, StoreError> {
    let sql = format!("select {COLUMNS} where shop = ?1 and email = ?2");
    tx.first(&sql, values![shop, email])?.map(|row| Ok((admin(&row)?, row.text(6)?))).transpose()
}

/// The member of staff with an id.
///
/// # Errors
/// If the database fails.
pub fn get(tx: &mut Tx<'_>, shop: &str, id: &str) -> Result<Option<Admin>, StoreError> {
    let sql = format!("select {COLUMNS} where shop = ?1 and id = ?2");
    tx.first(&sql, values![shop, id])?.as_ref().map(admin).transpose()
}

/// All staff of a shop, in the order of their addresses.
///
/// # Errors
/// If the database fails.
pub fn list(tx: &mut Tx<'_>, shop: &str) -> Result<Vec<Admin>, StoreError> {
    let sql = format!("select {COLUMNS} where shop = ?1 order by email");
    tx.query(&sql, values![shop])?.iter().map(admin).collect()
}

/// Owners who can sign in, but the one with the id `but`.
///
/// # Errors
/// If the database fails.
pub fn other_owners(tx: &mut Tx<'_>, shop: &str, but: &str) -> Result<u32, StoreError> {
    let row = tx.first(
        "select count(*) from admins where shop = ?1 and role = 'owner' and disabled_at is null and id <> ?2",
        values![shop, but],
    )?;
    row.map_or(Ok(0), |row| row.uint(0))
}

/// Writes the role, and whether somebody may sign in.
///
/// # Errors
/// If the database fails.
pub fn update(tx: &mut Tx<'_>, shop: &str, admin: &Admin) -> Result<(), StoreError> {
    tx.execute(
        "update admins set name = ?3, role = ?4, disabled_at = ?5 where shop = ?1 and id = ?2",
        values![shop, &admin.id, &admin.name, admin.role.as_str(), admin.disabled_at],
    )?;
    Ok(())
}

/// Sets the hash of a password.
///
/// # Errors
/// If the database fails.
pub fn set_password(tx: &mut Tx<'_>, shop: &str, id: &str, password_hash: &str) -> Result<(), StoreError> {
    tx.execute("update admins set password_hash = ?3 where shop = ?1 and id = ?2", values![shop, id, password_hash])?;
    Ok(())
}

/// Adds a session under the hash of its token.
///
/// # Errors
/// If the database fails.
pub fn insert_session(tx: &mut Tx<'_>, shop: &str, hash: &str, session: &AdminSession) -> Result<(), StoreError> {
    tx.execute(
        "insert into admin_sessions (shop, hash, id, admin, label, created_at, seen_at, expires_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        values![
            shop,
            hash,
            &session.id,
            &session.admin,
            &session.label,
            session.created_at,
            session.seen_at,
            session.expires_at,
        ],
    )?;
    Ok(())
}

/// The session under a hash, unless it has expired.
///
/// # Errors
/// If the database fails.
pub fn session(tx: &mut Tx<'_>, shop: &str, hash: &str, now: Instant) -> Result<Option<AdminSession>, StoreError> {
    tx.first(
        "select id, admin, label, created_at, seen_at, expires_at from admin_sessions
         where shop = ?1 and hash = ?2 and expires_at > ?3",
        values![shop, hash, now],
    )?
    .map(|row| {
        Ok(AdminSession {
            id: row.text(0)?,
            admin: row.text(1)?,
            label: row.text(2)?,
            created_at: row.int(3)?,
            seen_at: row.int(4)?,
            expires_at: row.int(5)?,
        })
    })
    .transpose()
}

/// Notes that a session is in use, and sets its end.
///
/// # Errors
/// If the database fails.
pub fn touch_session(
    tx: &mut Tx<'_>,
    shop: &str,
    hash: &str,
    now: Instant,
    expires_at: Instant,
) -> Result<(), StoreError> {
    tx.execute(
        "update admin_sessions set seen_at = ?3, expires_at = ?4 where shop = ?1 and hash = ?2",
        values![shop, hash, now, expires_at],
    )?;
    Ok(())
}

/// Ends the session under a hash.
///
/// # Errors
/// If the database fails.
pub fn end_session(tx: &mut Tx<'_>, shop: &str, hash: &str) -> Result<(), StoreError> {
    tx.execute("delete from admin_sessions where shop = ?1 and hash = ?2", values![shop, hash])?;
    Ok(())
}

/// Ends every session of somebody.
///
/// # Errors
/// If the database fails.
pub fn end_sessions(tx: &mut Tx<'_>, shop: &str, admin: &str) -> Result<(), StoreError> {
    tx.execute("delete from admin_sessions where shop = ?1 and admin = ?2", values![shop, admin])?;
    Ok(())
}

/// Deletes the expired sessions of every shop, and counts them.
///
/// # Errors
/// If the database fails.
pub fn sweep(tx: &mut Tx<'_>, now: Instant) -> Result<u64, StoreError> {
    tx.execute("delete from admin_sessions where expires_at <= ?1", values![now])
}

fn admin(row: &Row) -> Result<Admin, StoreError> {
    Ok(Admin {
        id: row.text(0)?,
        email: row.text(1)?,
        name: row.text(2)?,
        role: Role::read(&row.text(3)?).ok_or(StoreError::Corrupt { column: 3 })?,
        created_at: row.int(4)?,
        disabled_at: row.opt_int(5)?,
    })
}
