//! What the features have done, held against what everybody outside remembers: units of the sale, points of members,
//! accounts of guests and the mails that offer them.

use std::collections::BTreeMap;

use boomerang_shop::secrets::Secret;
use boomerang_shop::store::{Store, StoreError, catalogue, claims, customers, ledger, mails};

use crate::server::{POINTS, SECRET, member};
use crate::shoppers::{Fate, Purchase};
use crate::verdict::{SHOP_ID, Verdict};

/// What the shop says.
struct Said {
    /// Units of the sale that are taken.
    on_sale: i64,
    /// Customers, by address.
    accounts: BTreeMap<String, i64>,
    /// Mails that offer an account, by order.
    offers: BTreeMap<String, i64>,
    /// Points that can be spent, by member.
    points: Vec<i64>,
}

fn contact(email: &str) -> String {
    Secret::new(SECRET).contact(SHOP_ID, email)
}

async fn ask(store: &Store, members: usize, now: i64) -> Said {
    let read = store.read(move |tx| -> Result<_, StoreError> {
        let product = catalogue::by_handle(tx, SHOP_ID, "sale-mug")?.expect("it is sold");
        let counter = [format!("sale/crash/{}", product.variants[0].id)];
        // Far enough in the future for every reservation to have run out.
        let on_sale = claims::taken(tx, SHOP_ID, "flash-sale", &counter, None, i64::MAX)?[0];
        let (mut accounts, mut last) = (BTreeMap::new(), None);
        loop {
            let page = customers::page(tx, SHOP_ID, last.as_deref(), 500)?;
            let Some(customer) = page.last() else { break };
            last = Some(customer.id.clone());
            page.into_iter().for_each(|customer| *accounts.entry(customer.email).or_default() += 1);
        }
        let mut offers = BTreeMap::new();
        for mail in mails::list(tx, SHOP_ID, None, u32::MAX)? {
            if let Some(order) = mail.key.strip_prefix("account-offer/") {
                *offers.entry(order.to_owned()).or_default() += 1;
            }
        }
        let points = (0..members).map(|number| {
            let customer = customers::by_contact(tx, SHOP_ID, &contact(&member(number)))?.expect("members stay");
            Ok::<_, StoreError>(ledger::balance(tx, SHOP_ID, &customer.id, None, now)?.available)
        });
        let points = points.collect::<Result<_, _>>()?;
        Ok(Said { on_sale: i64::from(on_sale), accounts, offers, points })
    });
    read.await.unwrap()
}

impl Verdict {
    /// Compares the counters, the accounts and the points with the purchases.
    pub(crate) async fn features(&mut self, store: &Store, purchases: &[Purchase], members: usize, now: i64) {
        let said = ask(store, members, now).await;
        let sold =
            purchases.iter().filter(|purchase| purchase.handle == "sale-mug" && purchase.fate != Fate::Cancelled);
        self.count("units of the sale taken", sold.map(|purchase| purchase.units).sum(), said.on_sale);
        for purchase in purchases.iter().filter(|purchase| purchase.member.is_none()) {
            let found = said.accounts.get(&purchase.email).copied().unwrap_or_default();
            let offered = said.offers.get(&purchase.order).copied().unwrap_or_default();
            // Whether an order that is called off was paid for long enough to be offered an account is a matter of chance.
            let wanted = if purchase.fate == Fate::Cancelled { found.min(1) } else { 1 };
            self.count(&format!("accounts of the buyer of {}", purchase.order), wanted, found);
            self.count(&format!("mails that offer the buyer of {} an account", purchase.order), wanted, offered);
        }
        for (number, available) in said.points.into_iter().enumerate() {
            let own = purchases.iter().filter(|purchase| purchase.member == Some(number));
            // What an order has earned is pending all the while.
            let spent = own.map(|purchase| match purchase.fate {
                Fate::Paid | Fate::Delivered => purchase.points,
                Fate::Returned | Fate::Cancelled => 0,
            });
            self.count(&format!("points of member {number}"), POINTS - spent.sum::<i64>(), available);
        }
    }
}
