//! Random histories of orders against a model so simple that it is plainly right: buying, money that cannot be had just
//! now, sending, refunds in any split, cancelling, everything said twice, and the program ended in between.

use std::collections::BTreeMap;

use super::manage::{self, cancel};
use super::place::place;
use super::refund::LineRequest;
use super::testing::{SHOP, World};
use super::{Order, OrderError, OrderState, Refund, RefundRequest};
use crate::gateway::CardToken;
use crate::orders::draft::PaymentChoice;
use crate::store::{orders as stored, payments};

/// Steps of all histories together.
const STEPS: u32 = 100_000;
/// Steps of one history, in which a shop sees a few dozen orders.
const HISTORY: u32 = 500;
/// Units at the beginning of each.
const STOCK: i64 = 2_000;
/// What a unit costs.
const PRICE: i64 = 1_000;

/// Numbers that are the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        u32::try_from(self.0 % u64::from(sides)).unwrap()
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.roll(100) < percent
    }
}

/// An order as the model sees it.
#[derive(Clone, Debug)]
struct Known {
    id: String,
    units: u32,
    /// Its card cannot be charged: it stays placed for ever, or is cancelled.
    unpaid: bool,
    sent: bool,
    arrived: bool,
    cancelled: bool,
    returned: u32,
    restocked: u32,
    given_back: i64,
    refunds: BTreeMap<String, (u32, i64)>,
}

impl Known {
    fn state(&self) -> OrderState {
        match self {
            Self { cancelled: true, .. } => OrderState::Cancelled,
            Self { arrived: true, .. } => OrderState::Delivered,
            Self { sent: true, .. } => OrderState::Fulfilled,
            Self { unpaid: true, .. } => OrderState::Placed,
            _ => OrderState::Paid,
        }
    }

    fn worth(&self) -> i64 {
        i64::from(self.units) * PRICE
    }
}

struct Run {
    world: World,
    now: i64,
    orders: Vec<Known>,
}

impl Run {
    async fn new() -> Self {
        Self { world: World::new(STOCK).await, now: 1, orders: Vec::new() }
    }

    async fn buy(&mut self, dice: &mut Dice) {
        let units = 1 + dice.roll(4);
        let unpaid = dice.chance(10);
        let mut draft = self.world.draft(units).await;
        let token = if unpaid { "tok_lost_capture" } else { "tok_visa_ok" };
        draft.payment = Some(PaymentChoice { token: CardToken::new(token).unwrap(), attempt: "1".into() });
        let times = 1 + dice.roll(2);
        let mut ids = Vec::new();
        for _ in 0..times {
            let placed = place(&self.world.store, &self.world.gateway, SHOP, draft.clone(), self.now).await.unwrap();
            ids.push(placed.order.id);
        }
        ids.dedup();
        assert_eq!(ids.len(), 1, "one cart made two orders");
        self.orders.push(Known {
            id: ids.remove(0),
            units,
            unpaid,
            sent: false,
            arrived: false,
            cancelled: false,
            returned: 0,
            restocked: 0,
            given_back: 0,
            refunds: BTreeMap::new(),
        });
    }

    async fn send(&mut self, at: usize) {
        let (id, now) = (self.orders[at].id.clone(), self.now);
        let result = self.world.store.write(move |tx| stored::fulfil(tx, SHOP, &id, None, "admin:1", now)).await;
        let known = &mut self.orders[at];
        let may = !known.unpaid && !known.cancelled;
        assert_eq!(result.is_ok(), may, "{known:?}: {result:?}");
        known.sent |= may;
    }

    async fn arrive(&mut self, at: usize) {
        let (id, now) = (self.orders[at].id.clone(), self.now);
        let result = self.world.store.write(move |tx| stored::deliver(tx, SHOP, &id, "admin:1", now)).await;
        let known = &mut self.orders[at];
        assert_eq!(result.is_ok(), known.sent, "{known:?}: {result:?}");
        known.arrived |= known.sent;
    }

    async fn call_off(&mut self, at: usize) {
        let (store, gateway) = (&self.world.store, &self.world.gateway);
        let result = cancel(store, gateway, SHOP, &self.orders[at].id, "Changed my mind", "admin:1", self.now).await;
        let known = &mut self.orders[at];
        assert_eq!(result.is_ok(), !known.sent, "{known:?}: {result:?}");
        if result.is_ok() && !known.cancelled {
            known.cancelled = true;
            known.restocked += known.units - known.returned;
            // Where no money is left to give back there is no refund, and so nothing that it could be for.
            if !known.unpaid && known.given_back < known.worth() {
                known.returned = known.units;
                known.given_back = known.worth();
            }
        }
    }

    /// Units, or an amount, or both; under a key that may have been used before.
    async fn give_back(&mut self, at: usize, dice: &mut Dice) {
        let known = self.orders[at].clone();
        let key = format!("key-{}", dice.roll(4));
        let units = dice.roll(known.units + 2);
        let amount = dice.chance(40).then(|| i64::from(dice.roll(2_500)));
        let restock = dice.chance(50);
        let line = LineRequest { line: "l1".into(), quantity: units, amount };
        let request =
            RefundRequest { lines: vec![line], reason: "Too small".into(), restock, ..RefundRequest::default() };
        let (store, gateway) = (&self.world.store, &self.world.gateway);
        let result: Result<Refund, OrderError> =
            manage::refund(store, gateway, SHOP, &known.id, &key, request, "admin:1", self.now).await;
        if let Some((units, amount)) = known.refunds.get(&key) {
            let again = result.expect("what was given back is told again");
            assert_eq!((again.lines[0].quantity, again.amount), (*units, *amount), "a key gave back twice");
            return;
        }
        let left = known.worth() - known.given_back;
        let of_units = i64::from(units) * PRICE;
        let back = amount.unwrap_or(of_units.min(left));
        let is_something = back > 0 || units > 0;
        let may = !known.unpaid
            && !known.cancelled
            && units <= known.units - known.returned
            && (0..=left).contains(&back)
            && is_something;
        assert_eq!(result.is_ok(), may, "{known:?} {units} {amount:?}: {result:?}");
        if let Ok(done) = result {
            assert_eq!((done.amount, done.lines[0].amount_so_far), (back, known.given_back + back));
            let known = &mut self.orders[at];
            known.returned += units;
            known.restocked += if restock { units } else { 0 };
            known.given_back += back;
            known.refunds.insert(key, (units, back));
        }
    }

    /// Everything that was interrupted is taken up, which finds nothing to do twice.
    async fn restart(&mut self) {
        self.now += 120_000;
        manage::resume(&self.world.store, &self.world.gateway, self.now).await.unwrap();
    }

    async fn agrees(&self, at: usize) {
        let known = self.orders[at].clone();
        let id = known.id.clone();
        let (order, payment): (Order, _) = self
            .world
            .write(move |tx| -> Result<_, OrderError> {
                Ok((stored::get(tx, SHOP, &id)?, payments::get(tx, SHOP, &id)?.expect("it was paid by card")))
            })
            .await;
        assert_eq!(order.state, known.state(), "{known:?}");
        assert_eq!((order.refunded, order.lines[0].returned), (known.given_back, known.returned));
        let moved = self.world.gateway.moved(&payment.authorisation);
        let taken = if known.unpaid { 0 } else { known.worth() };
        assert_eq!(moved, (taken, known.given_back), "{known:?}");
    }

    async fn stock_agrees(&self) {
        let gone: i64 = self.orders.iter().map(|known| i64::from(known.units) - i64::from(known.restocked)).sum();
        assert_eq!(self.world.stock().await, STOCK - gone);
    }
}

#[tokio::test]
async fn orders_agree_with_a_model_over_a_hundred_thousand_steps() {
    let mut dice = Dice(0x5eed_2026);
    for _ in 0..STEPS / HISTORY {
        let mut run = Run::new().await;
        for _ in 0..HISTORY {
            run.now += i64::from(dice.roll(5_000));
            if run.orders.is_empty() || dice.chance(12) {
                run.buy(&mut dice).await;
                continue;
            }
            let orders = u32::try_from(run.orders.len()).unwrap();
            let at = usize::try_from(dice.roll(orders)).unwrap();
            match dice.roll(100) {
                0..20 => run.send(at).await,
                20..40 => run.arrive(at).await,
                40..48 => run.call_off(at).await,
                48..90 => run.give_back(at, &mut dice).await,
                90..92 => run.restart().await,
                _ => {}
            }
            run.agrees(at).await;
        }
        run.stock_agrees().await;
    }
}
