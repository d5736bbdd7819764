//! Who holds which accounts.
//!
//! The book names accounts only. A customer holds an account of their own; a guest's contact holds one whose points are
//! held until the address is proved, and then the customer holds it too.

use super::{HOLDERS_VERSION, holder_version, touch};
use crate::clock::Instant;
use crate::ids;
use crate::secrets;
use crate::store::{StoreError, Tx, values, versions};

/// Everybody and everything that shares one balance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Party {
    /// Customer and contacts.
    pub(super) holders: Vec<String>,
    /// Never empty.
    pub(super) accounts: Vec<String>,
    /// The points are kept until the address is proved.
    pub(super) held: bool,
}

struct Held {
    holder: String,
    account: String,
    is_customer: bool,
    proved: bool,
}

fn rows(tx: &mut Tx<'_>, shop: &str, column: &str, value: &str) -> Result<Vec<Held>, StoreError> {
    let sql = match column {
        "holder" => {
            "select holder, account, role, proved from points_holders where shop = ?1 and holder = ?2 order by account"
        }
        _ => {
            "select holder, account, role, proved from points_holders where shop = ?1 and account = ?2 order by holder"
        }
    };
    tx.query(sql, values![shop, value])?
        .iter()
        .map(|row| {
            Ok(Held {
                holder: row.text(0)?,
                account: row.text(1)?,
                is_customer: row.text(2)? == "customer",
                proved: row.flag(3)?,
            })
        })
        .collect()
}

/// The party that a customer or contact belongs to; none for one never seen.
pub(super) fn party_of(tx: &mut Tx<'_>, shop: &str, holder: &str) -> Result<Option<Party>, StoreError> {
    let Some(first) = rows(tx, shop, "holder", holder)?.into_iter().next() else { return Ok(None) };
    party_of_account(tx, shop, &first.account).map(Some)
}

/// The party that an account belongs to. An account that nobody holds any more is on its own.
pub(super) fn party_of_account(tx: &mut Tx<'_>, shop: &str, account: &str) -> Result<Party, StoreError> {
    let holders = rows(tx, shop, "account", account)?;
    let Some(owner) = holders.iter().find(|held| held.is_customer).or(holders.first()) else {
        return Ok(Party { holders: Vec::new(), accounts: vec![account.to_owned()], held: false });
    };
    let accounts: Vec<String> = rows(tx, shop, "holder", &owner.holder)?.into_iter().map(|held| held.account).collect();
    let mut party = Party { holders: Vec::new(), held: !owner.proved, accounts };
    for account in &party.accounts {
        let names = rows(tx, shop, "account", account)?.into_iter().map(|held| held.holder);
        party.holders.extend(names);
    }
    party.holders.sort_unstable();
    party.holders.dedup();
    Ok(party)
}

/// The account that a holder's grants go to; made if there is none.
pub(super) fn account_for(tx: &mut Tx<'_>, shop: &str, holder: &str, now: Instant) -> Result<String, StoreError> {
    if let Some(held) = rows(tx, shop, "holder", holder)?.into_iter().next() {
        return Ok(held.account);
    }
    let account = ids::new("pta", now);
    hold(tx, shop, holder, &account, !secrets::is_contact(holder))?;
    Ok(account)
}

fn hold(tx: &mut Tx<'_>, shop: &str, holder: &str, account: &str, proved: bool) -> Result<(), StoreError> {
    let role = if secrets::is_contact(holder) { "contact" } else { "customer" };
    tx.execute(
        "insert into points_holders (shop, holder, account, role, proved) values (?1, ?2, ?3, ?4, ?5)
         on conflict (shop, holder, account) do update set proved = excluded.proved",
        values![shop, holder, account, role, proved],
    )?;
    Ok(())
}

/// Gives a customer the points held for a contact, once they have proved that its address is theirs, and every later grant
/// to the contact. Doing it again changes nothing. Guests' orders are joined by
/// [`orders::link_contact`](crate::store::orders::link_contact), which calls this.
///
/// # Errors
/// If the database fails.
pub fn link_contact(
    tx: &mut Tx<'_>,
    shop: &str,
    contact: &str,
    customer: &str,
    now: Instant,
) -> Result<(), StoreError> {
    let account = match rows(tx, shop, "holder", contact)?.into_iter().next() {
        Some(held) if !held.proved => held.account,
        found => {
            let own = account_for(tx, shop, customer, now)?;
            match found {
                Some(held)
                    if party_of_account(tx, shop, &held.account)?.holders.iter().any(|name| name == customer) =>
                {
                    return Ok(());
                }
                // Somebody else proved this address before: they keep what they were given, and lose what comes.
                Some(_) => {
                    let sql = "delete from points_holders where shop = ?1 and holder = ?2";
                    tx.execute(sql, values![shop, contact])?;
                }
                None => {}
            }
            own
        }
    };
    hold(tx, shop, customer, &account, true)?;
    hold(tx, shop, contact, &account, true)?;
    let party = party_of_account(tx, shop, &account)?;
    versions::bump(tx, shop, HOLDERS_VERSION)?;
    touch(tx, shop, &party)
}

/// Forgets that a customer, with the contacts they proved, held any points. The book keeps its entries under accounts
/// that name nobody; what was left in them counts as lapsed.
///
/// # Errors
/// If the database fails.
pub fn erase(tx: &mut Tx<'_>, shop: &str, holder: &str) -> Result<(), StoreError> {
    let Some(party) = party_of(tx, shop, holder)? else { return Ok(()) };
    for account in &party.accounts {
        tx.execute("delete from points_holders where shop = ?1 and account = ?2", values![shop, account])?;
    }
    for holder in &party.holders {
        tx.execute("delete from points_reservations where shop = ?1 and holder = ?2", values![shop, holder])?;
        versions::bump(tx, shop, &holder_version(holder))?;
    }
    Ok(())
}
