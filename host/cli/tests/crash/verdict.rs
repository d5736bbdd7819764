//! What the books say in the end, held against what everybody outside remembers.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use boomerang_shop::orders::{Order, OrderState, Refund};
use boomerang_shop::store::ledger;
use boomerang_shop::store::mails::{Mail, MailState, SHOP};
use boomerang_shop::store::payments::Payment;
use boomerang_shop::store::{Store, StoreError, catalogue, events, mails, orders, payments, shops};

use crate::outside::{Bank, Post};
use crate::server::{STOCK, database};
use crate::shoppers::{Fate, Purchase};

pub(crate) const SHOP_ID: &str = "demo";

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    pub(crate) events: usize,
    pub(crate) mails_sent: usize,
    pub(crate) mails_uncertain: usize,
    /// Everything that should be there and is not.
    pub(crate) lost: Vec<String>,
    /// Everything that is there more often than it should be.
    pub(crate) doubled: Vec<String>,
}

/// Whether nothing is under way any more: no event waits for an extension, no payment and no refund is open, and of mails
/// only those that wait for the morning.
pub(crate) async fn is_quiet(store: &Store, now: i64) -> bool {
    let read = store.read(move |tx| -> Result<_, StoreError> {
        let deliveries = events::open(tx, SHOP_ID, 1)?.len();
        let payments = payments::open(tx, i64::MAX, 1)?.len() + orders::pending_refunds(tx, i64::MAX, 1)?.len();
        let mails = mails::list(tx, SHOP_ID, None, u32::MAX)?;
        let waiting = |mail: &&Mail| match mail.state {
            MailState::Sending => true,
            MailState::Queued => mail.due_at <= now,
            _ => false,
        };
        Ok(deliveries + payments + mails.iter().filter(waiting).count())
    });
    read.await.unwrap() == 0
}

/// An order with everything that belongs to it.
struct Known {
    order: Order,
    payment: Option<Payment>,
    refunds: Vec<Refund>,
    earned: i64,
    reversed: i64,
    spent: i64,
    restored: i64,
}

/// Reads everything and compares it.
pub(crate) async fn reach(folder: &Path, purchases: &[Purchase], members: usize, now: i64) -> Verdict {
    let store = Store::open(&database(folder)).unwrap();
    let mut verdict = Verdict::default();
    let known = read(&store).await;
    let (moved, arrived) = (Bank::moved(folder), Post::arrived(folder));
    let mails = store.read(|tx| mails::list(tx, SHOP_ID, None, u32::MAX)).await.unwrap();
    verdict.orders(purchases, &known, &moved);
    verdict.mails(purchases, &mails, &arrived);
    verdict.count("orders", purchases.len() as i64, known.len() as i64);
    verdict.books(&store, purchases, now).await;
    verdict.features(&store, purchases, members, now).await;
    verdict
}

/// Compares a copy with the purchases that were finished before it was taken. It has others besides, which nobody outside
/// has seen the end of.
pub(crate) async fn reach_of_copy(folder: &Path, purchases: &[Purchase], now: i64) -> Verdict {
    let store = Store::open(&database(folder)).unwrap();
    let mut verdict = Verdict::default();
    let known = read(&store).await;
    let mut moved = Bank::moved(folder);
    let own: BTreeSet<_> =
        known.values().filter_map(|known| Some(known.payment.as_ref()?.authorisation.clone())).collect();
    let finished: BTreeSet<_> = purchases.iter().map(|purchase| purchase.cart.as_str()).collect();
    let others = known.values().filter(|known| !finished.contains(known.order.cart.as_str()));
    let of_others: BTreeSet<_> =
        others.filter_map(|known| Some(known.payment.as_ref()?.authorisation.clone())).collect();
    // What was bought after the copy was taken is in nobody's books any more.
    moved.retain(|authorisation, _| own.contains(authorisation) && !of_others.contains(authorisation));
    verdict.orders(purchases, &known, &moved);
    let zone = store.read(|tx| -> Result<_, StoreError> { Ok(shops::find(tx, SHOP_ID)?.expect("it is there").zone()) });
    let zone = zone.await.unwrap();
    let books = store.read(move |tx| ledger::books(tx, SHOP_ID, &zone, now)).await.unwrap();
    verdict.count("the trial balance", 0, books.difference);
    verdict
}

async fn read(store: &Store) -> BTreeMap<String, Known> {
    let read = store.read(|tx| -> Result<_, StoreError> {
        let mut known = BTreeMap::new();
        let mut cursor = None;
        loop {
            let page = orders::between(tx, SHOP_ID, 0, i64::MAX, cursor.as_deref(), 200)?;
            for summary in page.orders {
                let order = orders::find(tx, SHOP_ID, &summary.id)?.expect("it is listed");
                let points = ledger::of_order(tx, SHOP_ID, &order.id).expect("the points of an order can be read");
                let sum = |part: fn(&boomerang_engine::contract::EarnedLine) -> u64| {
                    points.earned.iter().map(part).sum::<u64>().cast_signed()
                };
                known.insert(
                    order.cart.clone(),
                    Known {
                        payment: payments::get(tx, SHOP_ID, &order.id)?,
                        refunds: orders::refunds(tx, SHOP_ID, &order.id)?,
                        earned: sum(|line| line.earned),
                        reversed: sum(|line| line.reversed),
                        spent: points.spent.cast_signed(),
                        restored: points.restored.cast_signed(),
                        order,
                    },
                );
            }
            cursor = page.cursor;
            if cursor.is_none() {
                return Ok(known);
            }
        }
    });
    read.await.unwrap()
}

impl Verdict {
    /// Whether nothing is lost and nothing doubled.
    pub(crate) fn is_clean(&self) -> bool {
        self.lost.is_empty() && self.doubled.is_empty()
    }

    fn lost(&mut self, what: String) {
        self.lost.push(what);
    }

    /// Says what there is too little or too much of.
    pub(crate) fn count(&mut self, what: &str, wanted: i64, found: i64) {
        if found < wanted {
            self.lost.push(format!("{what}: {found} of {wanted}"));
        }
        if found > wanted {
            self.doubled.push(format!("{what}: {found} instead of {wanted}"));
        }
    }

    fn orders(
        &mut self,
        purchases: &[Purchase],
        known: &BTreeMap<String, Known>,
        moved: &BTreeMap<String, (i64, i64)>,
    ) {
        let mut charged = BTreeSet::new();
        for purchase in purchases {
            let Some(found) = known.get(&purchase.cart).filter(|found| found.order.id == purchase.order) else {
                self.lost(format!("order {}", purchase.order));
                continue;
            };
            self.order(purchase, found);
            let Some(payment) = &found.payment else {
                self.lost(format!("the payment of {}", purchase.order));
                continue;
            };
            charged.insert(payment.authorisation.clone());
            let (captured, refunded) = moved.get(&payment.authorisation).copied().unwrap_or_default();
            self.count(&format!("money taken for {}", purchase.order), purchase.money(), captured);
            self.count(&format!("money given back for {}", purchase.order), money_back(purchase), refunded);
            self.count(&format!("the shop's word of it for {}", purchase.order), captured, payment.captured);
            self.count(&format!("the shop's word of what came back of {}", purchase.order), refunded, payment.refunded);
        }
        for (authorisation, (captured, _)) in moved {
            if *captured > 0 && !charged.contains(authorisation) {
                self.doubled.push(format!("{authorisation} was charged for no order"));
            }
        }
    }

    fn order(&mut self, purchase: &Purchase, found: &Known) {
        let (order, id) = (&found.order, &purchase.order);
        let wanted = match purchase.fate {
            Fate::Paid => OrderState::Paid,
            Fate::Cancelled => OrderState::Cancelled,
            Fate::Delivered | Fate::Returned => OrderState::Delivered,
        };
        if order.state != wanted {
            self.lost(format!("{id} is {:?} and should be {wanted:?}", order.state));
        }
        let steps = [Some(order.placed_at), order.paid_at, order.fulfilled_at, order.delivered_at, order.cancelled_at];
        self.events += steps.iter().flatten().count() + found.refunds.len();
        let refunds = i64::from(matches!(purchase.fate, Fate::Returned | Fate::Cancelled));
        self.count(&format!("refunds of {id}"), refunds, found.refunds.len() as i64);
        self.count(&format!("value given back of {id}"), given_back(purchase), order.refunded);
        // One point for each whole euro, which the handlers of `paid`, `refunded` and `cancelled` book.
        self.count(&format!("points earned with {id}"), purchase.money() / 100, found.earned);
        self.count(&format!("points taken back of {id}"), money_back(purchase) / 100, found.reversed);
        self.count(&format!("points spent on {id}"), purchase.points, found.spent);
        let restored = if given_back(purchase) > 0 { purchase.points } else { 0 };
        self.count(&format!("points given back of {id}"), restored, found.restored);
    }

    fn mails(&mut self, purchases: &[Purchase], mails: &[Mail], arrived: &BTreeMap<String, u32>) {
        for mail in mails {
            let copies = arrived.get(&mail.id).copied().unwrap_or_default();
            match mail.state {
                MailState::Sent => {
                    self.mails_sent += 1;
                    self.count(&format!("copies of mail {}", mail.id), 1, i64::from(copies));
                }
                MailState::Uncertain => {
                    self.mails_uncertain += 1;
                    if copies > 1 {
                        self.doubled.push(format!("mail {} arrived {copies} times", mail.id));
                    }
                    if mail.reason.is_empty() {
                        self.lost(format!("why mail {} is uncertain", mail.id));
                    }
                }
                MailState::Queued | MailState::Stopped => {
                    self.count(&format!("copies of mail {}", mail.id), 0, i64::from(copies));
                }
                MailState::Sending | MailState::Failed => self.lost(format!("mail {} is {:?}", mail.id, mail.state)),
            }
        }
        let ids: BTreeSet<&str> = mails.iter().map(|mail| mail.id.as_str()).collect();
        for id in arrived.keys().filter(|id| !ids.contains(id.as_str())) {
            self.doubled.push(format!("mail {id} arrived and was never queued"));
        }
        let mut of_order: BTreeMap<&str, i64> = BTreeMap::new();
        for mail in mails.iter().filter(|mail| mail.sender == SHOP) {
            if let Some(order) = mail.key.strip_prefix("order/").and_then(|rest| rest.split('/').next()) {
                *of_order.entry(order).or_default() += 1;
            }
        }
        for purchase in purchases {
            // Paid, then sent and arrived, then given back; or called off, which says at once that the money comes back.
            let wanted = match purchase.fate {
                Fate::Paid => 1,
                Fate::Cancelled => 2,
                Fate::Delivered => 3,
                Fate::Returned => 4,
            };
            let found = of_order.get(purchase.order.as_str()).copied().unwrap_or_default();
            self.count(&format!("mails about {}", purchase.order), wanted, found);
        }
    }

    async fn books(&mut self, store: &Store, purchases: &[Purchase], now: i64) {
        let read = store.read(move |tx| -> Result<_, StoreError> {
            let mut stock = BTreeMap::new();
            for handle in ["mug", "sale-mug"] {
                let product = catalogue::by_handle(tx, SHOP_ID, handle)?.expect("it is sold");
                stock.insert(handle, product.variants[0].details.stock.expect("it is counted"));
            }
            let zone = shops::find(tx, SHOP_ID)?.expect("the shop is there").zone();
            let books = ledger::books(tx, SHOP_ID, &zone, now)?;
            Ok((stock, books))
        });
        let (stock, books) = read.await.unwrap();
        for (handle, left) in stock {
            let gone =
                purchases.iter().filter(|purchase| purchase.handle == handle).map(|purchase| match purchase.fate {
                    Fate::Paid | Fate::Delivered => purchase.units,
                    Fate::Returned => purchase.units - 1,
                    Fate::Cancelled => 0,
                });
            self.count(&format!("units of {handle} gone"), gone.sum(), STOCK - left);
        }
        self.count("the trial balance", 0, books.difference);
    }
}

/// The value that came back, points included.
fn given_back(purchase: &Purchase) -> i64 {
    match purchase.fate {
        Fate::Paid | Fate::Delivered => 0,
        Fate::Returned => purchase.value / purchase.units,
        Fate::Cancelled => purchase.value,
    }
}

/// The part of it that is money. Whoever paid with points returned everything.
fn money_back(purchase: &Purchase) -> i64 {
    if given_back(purchase) > 0 { given_back(purchase) - purchase.points } else { 0 }
}
