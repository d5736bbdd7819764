//! Random histories of orders against a model so simple that it is plainly right: buying several things with points and
//! at a sale, a payment provider that is away before or after it has moved the money, sending, refunds in any split,
//! cancelling, everything said twice, and the program ended and started again.

mod gateway;
mod known;

use tempfile::TempDir;

use super::manage::{self, cancel};
use super::place::place;
use super::refund::LineRequest;
use super::testing::{self, SHOP, World};
use super::{Draft, Order, OrderError, OrderLine, Refund, RefundRequest};
use crate::catalogue::{ProductDetails, ProductInput, Status, VariantDetails};
use crate::gateway::CardToken;
use crate::orders::draft::PaymentChoice;
use crate::orders::refund::RefundState;
use crate::store::orders::PlaceError;
use crate::store::{Store, StoreError, catalogue, claims, orders as stored, payments};
use gateway::{Outage, Unsteady};
use known::{Known, Line, Paying};

/// What the histories are made from; each is one of a hundred thousand steps.
const SEEDS: [u64; 4] = [0x5eed_2026, 0x0bad_cafe, 0x1357_9bdf, 0x00c0_ffee];
/// Steps of each seed.
const STEPS: u32 = 25_000;
/// Steps of one history, in which a shop sees a few dozen orders.
const HISTORY: u32 = 500;
/// Units of each of the goods at the beginning: of the last there are too few.
const STOCK: [i64; 3] = [2_000, 2_000, 40];
/// What a unit of each costs; no share of the first comes out even.
const PRICES: [i64; 3] = [997, 1_000, 2_490];
/// What delivery costs.
const DELIVERY: i64 = 490;
/// Points at the beginning, one a cent.
const POINTS: u64 = 12_000;
/// Units of the sale.
const SALE: u32 = 40;

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

    fn outage(&mut self) -> Option<Outage> {
        match self.roll(10) {
            0 => Some(Outage::Before),
            1 => Some(Outage::After),
            _ => None,
        }
    }
}

struct Run {
    /// None only while the program is not running.
    world: Option<World>,
    gateway: Unsteady,
    /// Product and variant of each of the goods.
    goods: Vec<(String, String)>,
    folder: TempDir,
    now: i64,
    orders: Vec<Known>,
}

impl Run {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("shops.sqlite")).unwrap();
        let world = World::over(store, STOCK[0]).await;
        world.give_points(POINTS).await;
        let mut goods = vec![(world.product.clone(), world.variant.clone())];
        for (handle, stock) in [("plate", STOCK[1]), ("lamp", STOCK[2])] {
            let details = ProductDetails {
                handle: handle.into(),
                title: handle.into(),
                status: Status::Active,
                ..Default::default()
            };
            let variants = vec![VariantDetails { price: 1_000, stock: Some(stock), ..Default::default() }];
            let input = ProductInput { details, variants };
            let product = world.write(move |tx| catalogue::save(tx, SHOP, 0, "system", &input)).await;
            goods.push((product.id, product.variants[0].id.clone()));
        }
        Self { world: Some(world), gateway: Unsteady::default(), goods, folder, now: 1, orders: Vec::new() }
    }

    fn world(&self) -> &World {
        self.world.as_ref().unwrap()
    }

    /// Two or three lines, some with points, some on sale.
    async fn draft(&self, lines: &[Line], claimed: u32) -> Draft {
        let mut draft = self.world().draft(1).await;
        let line = |(index, line): (usize, &Line)| OrderLine {
            product: self.goods[line.goods].0.clone(),
            unit_price: line.price,
            ..testing::line(&format!("l{index}"), &self.goods[line.goods].1, line.units, line.total())
        };
        draft.lines = lines.iter().enumerate().map(line).collect();
        draft.delivery.total = DELIVERY;
        draft.total = lines.iter().map(Line::total).sum::<i64>() + DELIVERY;
        draft.shown = draft.total;
        let points = lines[0].points;
        let draft = if points > 0 { testing::with_points(draft, points) } else { draft };
        if claimed > 0 { testing::with_quota(draft, claimed, SALE, false) } else { draft }
    }

    async fn buy(&mut self, dice: &mut Dice) {
        let mut lines: Vec<Line> = (0..2 + dice.roll(2))
            .map(|index| {
                let goods = usize::try_from(index).unwrap();
                let units = 1 + dice.roll(4);
                let price = PRICES[goods];
                Line { goods, units, price, points: 0, returned: 0, restocked: 0, given_back: 0 }
            })
            .collect();
        if dice.chance(50) {
            lines[0].points = 1 + i64::from(dice.roll(900));
        }
        let claimed = if dice.chance(40) { 1 + dice.roll(3) } else { 0 };
        let may = self.has_stock(&lines) && self.has_room(claimed) && lines[0].points <= self.points_left();
        let never = dice.chance(10);
        let mut draft = self.draft(&lines, claimed).await;
        let token = if never { "tok_lost_capture" } else { "tok_visa_ok" };
        draft.payment = Some(PaymentChoice { token: CardToken::new(token).unwrap(), attempt: "1".into() });
        let mut id = None;
        let mut paying = if never { Paying::Never } else { Paying::Waiting { taken: false } };
        for _ in 0..=dice.roll(2) {
            let outage = dice.outage();
            self.gateway.prepare(outage);
            let placed = place(&self.world().store, &self.gateway, SHOP, draft.clone(), self.now).await;
            let is_spared = self.gateway.is_spared();
            let placed = match placed {
                Ok(placed) => placed,
                Err(PlaceError::OutOfStock { .. } | PlaceError::ClaimRefused(_)) if !may => continue,
                Err(error) => panic!("{lines:?} {claimed}: {error:?}"),
            };
            assert!(may, "{lines:?} {claimed} were to be had no more");
            assert!(id.as_ref().is_none_or(|id| *id == placed.order.id), "one cart made two orders");
            id = Some(placed.order.id);
            if let Paying::Waiting { taken } = paying {
                let outage = outage.filter(|_| !is_spared);
                paying = match outage {
                    None => Paying::Taken,
                    Some(outage) => Paying::Waiting { taken: taken || outage == Outage::After },
                };
            }
        }
        let Some(id) = id else { return };
        self.orders.push(Known {
            id,
            lines,
            delivery: DELIVERY,
            delivery_back: 0,
            claimed,
            paying,
            sent: false,
            arrived: false,
            cancelled: false,
            refunds: Default::default(),
        });
    }

    async fn send(&mut self, at: usize) {
        let (id, now) = (self.orders[at].id.clone(), self.now);
        let result = self.world().store.write(move |tx| stored::fulfil(tx, SHOP, &id, None, "admin:1", now)).await;
        let known = &mut self.orders[at];
        assert_eq!(result.is_ok(), known.may_be_sent(), "{known:?}: {result:?}");
        known.sent |= result.is_ok();
    }

    async fn arrive(&mut self, at: usize) {
        let (id, now) = (self.orders[at].id.clone(), self.now);
        let result = self.world().store.write(move |tx| stored::deliver(tx, SHOP, &id, "admin:1", now)).await;
        let known = &mut self.orders[at];
        assert_eq!(result.is_ok(), known.sent, "{known:?}: {result:?}");
        known.arrived |= known.sent;
    }

    async fn call_off(&mut self, at: usize, dice: &mut Dice) {
        let outage = dice.outage();
        self.gateway.prepare(outage);
        let (store, id) = (&self.world().store, self.orders[at].id.clone());
        let result = cancel(store, &self.gateway, SHOP, &id, "Changed my mind", "admin:1", self.now).await;
        self.gateway.is_spared();
        let known = &mut self.orders[at];
        let before = known.clone();
        let is_off = known.call_off(outage);
        assert_eq!(result.is_ok(), is_off, "{before:?} {outage:?}: {result:?}");
    }

    /// Units, or an amount, or both, of some of the lines; under a key that may have been used before.
    async fn give_back(&mut self, at: usize, dice: &mut Dice) {
        let known = self.orders[at].clone();
        let key = format!("key-{}", dice.roll(5));
        let (mut lines, mut wanted) = (Vec::new(), Vec::new());
        for (index, line) in known.lines.iter().enumerate() {
            let units = if dice.chance(60) { dice.roll(line.units + 2) } else { 0 };
            let amount = dice.chance(30).then(|| i64::from(dice.roll(2_500)));
            let value = amount.unwrap_or((i64::from(units) * line.price).min(line.left()));
            wanted.push((units, value));
            lines.push(LineRequest { line: format!("l{index}"), quantity: units, amount });
        }
        let delivery = if dice.chance(20) { i64::from(dice.roll(600)) } else { 0 };
        let restock = dice.chance(50);
        let request = RefundRequest { lines, delivery, reason: "Too small".into(), restock, settles: None };
        let outage = dice.outage();
        self.gateway.prepare(outage);
        let store = &self.world().store;
        let result: Result<Refund, OrderError> =
            manage::refund(store, &self.gateway, SHOP, &known.id, &key, request, "admin:1", self.now).await;
        self.gateway.is_spared();
        let order = &mut self.orders[at];
        if !known.refunds.contains_key(&key) {
            let may = known.may_give(&wanted, delivery);
            assert_eq!(result.is_ok(), may, "{known:?} {wanted:?} {delivery}: {result:?}");
            if !may {
                return;
            }
            order.begin(&key, wanted, delivery, restock);
        }
        order.finish(&key, outage);
        let (told, expected) = (result.expect("what was given back is told again"), &order.refunds[&key]);
        let lines: Vec<(u32, i64)> = told.lines.iter().map(|line| (line.quantity, line.amount)).collect();
        assert_eq!((&lines, told.delivery), (&expected.lines, expected.delivery), "a key gave back twice");
        assert_eq!((told.amount, told.money), (expected.amount(), expected.money), "{known:?}");
        assert_eq!(told.state == RefundState::Done, expected.done, "{known:?} {outage:?}: {told:?}");
    }

    /// The program ends and is started again: the last handle to the file is gone before another is made. Everything that
    /// was interrupted is taken up.
    async fn restart(&mut self) {
        let World { store, gateway, secret, product, variant } = self.world.take().unwrap();
        drop(store);
        let store = Store::open(&self.folder.path().join("shops.sqlite")).unwrap();
        self.world = Some(World { store, gateway, secret, product, variant });
        self.now += 120_000;
        manage::resume(&self.world().store, &self.gateway, self.now).await.unwrap();
        self.orders.iter_mut().for_each(Known::resume);
        self.all_agree().await;
    }

    async fn agrees(&self, at: usize) {
        let known = self.orders[at].clone();
        let id = known.id.clone();
        let (order, payment): (Order, _) = self
            .world()
            .write(move |tx| -> Result<_, OrderError> {
                Ok((stored::get(tx, SHOP, &id)?, payments::get(tx, SHOP, &id)?.expect("it was paid by card")))
            })
            .await;
        assert_eq!(order.state, known.state(), "{known:?}");
        assert_eq!((order.refunded, order.delivery.refunded), (known.given_back(), known.delivery_back), "{known:?}");
        for (line, known) in order.lines.iter().zip(&known.lines) {
            assert_eq!((line.returned, line.refunded), (known.returned, known.given_back));
        }
        assert_eq!(self.gateway.moved(&payment.authorisation), known.moved(), "{known:?}");
    }

    /// Every order, the stock, the points and the units of the sale.
    async fn all_agree(&self) {
        for at in 0..self.orders.len() {
            self.agrees(at).await;
        }
        for (goods, (product, _)) in self.goods.iter().enumerate() {
            let product = product.clone();
            let found = self.world().write(move |tx| catalogue::get(tx, SHOP, &product)).await.unwrap();
            assert_eq!(found.variants[0].details.stock, Some(self.stock_left(goods)));
        }
        assert_eq!(self.world().points(self.now).await, self.points_left());
        let now = self.now;
        let taken = self.world().write(move |tx| -> Result<_, StoreError> {
            claims::taken(tx, SHOP, "flash-sale", &["sale/mug".to_owned()], None, now)
        });
        assert_eq!(taken.await, [self.claimed()]);
    }

    fn stock_left(&self, goods: usize) -> i64 {
        let lines = self.orders.iter().flat_map(|known| &known.lines).filter(|line| line.goods == goods);
        STOCK[goods] - lines.map(|line| i64::from(line.units) - i64::from(line.restocked)).sum::<i64>()
    }

    fn has_stock(&self, lines: &[Line]) -> bool {
        lines.iter().all(|line| i64::from(line.units) <= self.stock_left(line.goods))
    }

    /// What an order has taken stays taken: the extension gives it back when it is told, and none is installed here.
    fn points_left(&self) -> i64 {
        i64::try_from(POINTS).unwrap() - self.orders.iter().map(Known::points).sum::<i64>()
    }

    fn claimed(&self) -> u32 {
        self.orders.iter().filter(|known| !known.cancelled).map(|known| known.claimed).sum()
    }

    fn has_room(&self, claimed: u32) -> bool {
        claimed == 0 || self.claimed() + claimed <= SALE
    }
}

async fn agree(seed: u64) {
    let mut dice = Dice(seed);
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
                0..18 => run.send(at).await,
                18..36 => run.arrive(at).await,
                36..46 => run.call_off(at, &mut dice).await,
                46..90 => run.give_back(at, &mut dice).await,
                90..92 => run.restart().await,
                _ => {}
            }
            run.agrees(at).await;
        }
        run.all_agree().await;
    }
}

#[test]
fn orders_agree_with_a_model_over_a_hundred_thousand_steps() {
    std::thread::scope(|scope| {
        for (number, seed) in SEEDS.into_iter().enumerate() {
            let work = move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(agree(seed));
            };
            std::thread::Builder::new().name(format!("seed {number}")).spawn_scoped(scope, work).unwrap();
        }
    });
}
