//! What happened in the demo shop, step by step in the order of time.

use std::collections::HashMap;

use super::goods::{self, Good};
use super::orders::{self, Fate, Purchase};
use super::people::{self, Person};
use super::random::Random;
use super::{ACTOR, DemoError, OPEN_FOR, SHOP, catalogue};
use crate::catalogue::ProductInput;
use crate::catalogue::check::handle_of;
use crate::clock::{DAY, HOUR, Instant};
use crate::gateway::Gateway;
use crate::money::Money;
use crate::orders::refund::LineRequest;
use crate::orders::{RefundRequest, manage, place};
use crate::secrets::Secret;
use crate::store::catalogue::CatalogueError;
use crate::store::{
    Store, StoreError, Tx, addresses, catalogue as products, contacts, customers, orders as stored, payment_tokens,
    prices,
};

/// What the generator starts from.
const SEED: u64 = 20_260_301;
/// Units of each variant while history is made. Taking stock at its end sets what the file says.
const PLENTY: i64 = 10_000;

/// Something that happened.
enum Step {
    /// A product came into the shop, at so many percent of today's price.
    Offered(Good, Money),
    /// Its price changed.
    Repriced(Good, Money),
    /// Its stock was counted.
    Counted(Good),
    /// Somebody opened an account.
    Registered(Box<Person>),
    /// Somebody ordered; the number tells this order from the others.
    Ordered(usize, Box<Purchase>),
    /// The order was sent.
    Sent(usize),
    /// It arrived.
    Arrived(usize),
    /// A unit of its first line came back.
    Returned(usize),
    /// It was called off.
    Cancelled(usize),
}

/// Makes everything happen that happened until `now`.
pub(super) async fn play(store: &Store, secret: &Secret, gateway: &dyn Gateway, now: Instant) -> Result<(), DemoError> {
    let mut placed: HashMap<usize, String> = HashMap::new();
    for (at, step) in steps(secret, now)? {
        match step {
            Step::Offered(good, percent) => store.write(move |tx| offer(tx, at, &good, percent)).await?,
            Step::Repriced(good, percent) => store.write(move |tx| reprice(tx, at, &good, percent)).await?,
            Step::Counted(good) => store.write(move |tx| count(tx, at, &good)).await?,
            Step::Registered(person) => store.write(move |tx| register(tx, &person)).await?,
            Step::Ordered(number, purchase) => {
                let secret = secret.clone();
                let draft = store.write(move |tx| orders::draft(tx, &purchase, &secret)).await?;
                placed.insert(number, place::place(store, gateway, SHOP, draft, at).await?.order.id);
            }
            Step::Sent(number) => {
                let order = placed[&number].clone();
                store.write(move |tx| stored::fulfil(tx, SHOP, &order, None, ACTOR, at)).await?;
            }
            Step::Arrived(number) => {
                let order = placed[&number].clone();
                store.write(move |tx| stored::deliver(tx, SHOP, &order, ACTOR, at)).await?;
            }
            Step::Returned(number) => give_back(store, gateway, &placed[&number], at).await?,
            Step::Cancelled(number) => {
                manage::cancel(store, gateway, SHOP, &placed[&number], "Ordered by mistake", ACTOR, at).await?;
            }
        }
    }
    Ok(())
}

/// Gives back one unit of an order's first line.
async fn give_back(store: &Store, gateway: &dyn Gateway, order: &str, at: Instant) -> Result<(), DemoError> {
    let id = order.to_owned();
    let known = store.read(move |tx| stored::get(tx, SHOP, &id)).await?;
    let lines = known.lines.first().map(|line| LineRequest { line: line.id.clone(), quantity: 1, amount: None });
    let request = RefundRequest {
        lines: lines.into_iter().collect(),
        reason: "It did not fit".into(),
        restock: true,
        ..RefundRequest::default()
    };
    manage::refund(store, gateway, SHOP, order, "demo", request, ACTOR, at).await?;
    Ok(())
}

fn steps(secret: &Secret, now: Instant) -> Result<Vec<(Instant, Step)>, DemoError> {
    let mut random = Random::new(SEED);
    let mut steps = Vec::new();
    let goods = goods::all()?;
    let people = people::all(SHOP, now, secret, &mut random);
    for (number, purchase) in orders::all(&goods, &people, now, &mut random).into_iter().enumerate() {
        let at = purchase.at;
        let mut then = |after, step| {
            if at + after < now {
                steps.push((at + after, step));
            }
        };
        match purchase.fate {
            Fate::Cancelled => then(HOUR, Step::Cancelled(number)),
            Fate::Kept | Fate::Returned => {
                then(DAY, Step::Sent(number));
                then(3 * DAY, Step::Arrived(number));
            }
        }
        if purchase.fate == Fate::Returned {
            then(9 * DAY, Step::Returned(number));
        }
        then(0, Step::Ordered(number, Box::new(purchase)));
    }
    for good in goods {
        let first = good.earlier.first().map_or(100, |(_, percent)| *percent);
        steps.push((now - good.offered_days.min(OPEN_FOR / DAY) * DAY, Step::Offered(good.clone(), first)));
        for (number, (days, _)) in good.earlier.iter().enumerate() {
            let percent = good.earlier.get(number + 1).map_or(100, |(_, percent)| *percent);
            steps.push((now - days * DAY, Step::Repriced(good.clone(), percent)));
        }
        steps.push((now - HOUR, Step::Counted(good)));
    }
    for person in people {
        steps.push((person.customer.registered_at, Step::Registered(Box::new(person))));
    }
    // Stable, so that what happened at one instant happens in the order above.
    steps.sort_by_key(|(at, _)| *at);
    Ok(steps)
}

fn offer(tx: &mut Tx<'_>, at: Instant, good: &Good, percent: Money) -> Result<(), CatalogueError> {
    if products::categories(tx, SHOP)?.is_empty() {
        for category in catalogue::categories() {
            products::save_category(tx, SHOP, at, ACTOR, &category)?;
        }
    }
    let ProductInput { details, mut variants } = catalogue::product(good, percent);
    for variant in variants.iter_mut().filter(|variant| variant.stock.is_some()) {
        variant.stock = Some(PLENTY);
    }
    products::save(tx, SHOP, at, ACTOR, &ProductInput { details, variants })?;
    Ok(())
}

fn reprice(tx: &mut Tx<'_>, at: Instant, good: &Good, percent: Money) -> Result<(), CatalogueError> {
    let Some(product) = products::by_handle(tx, SHOP, &handle_of(&good.title))? else { return Ok(()) };
    for (variant, input) in product.variants.iter().zip(catalogue::product(good, percent).variants) {
        prices::set(tx, SHOP, at, ACTOR, &variant.id, input.price)?;
    }
    Ok(())
}

fn count(tx: &mut Tx<'_>, at: Instant, good: &Good) -> Result<(), CatalogueError> {
    let Some(product) = products::by_handle(tx, SHOP, &handle_of(&good.title))? else { return Ok(()) };
    for variant in product.variants.iter().filter(|variant| variant.details.stock.is_some()) {
        products::set_stock(tx, SHOP, at, ACTOR, &variant.id, good.stock)?;
    }
    Ok(())
}

fn register(tx: &mut Tx<'_>, person: &Person) -> Result<(), StoreError> {
    let customer = &person.customer;
    let at = customer.registered_at;
    contacts::remember(tx, SHOP, &customer.contact, &customer.email, None)?;
    contacts::prove(tx, SHOP, &customer.contact, at)?;
    customers::insert(tx, SHOP, customer)?;
    let address = addresses::add(tx, SHOP, &customer.id, &person.address, None, at)?;
    let mut customer = customer.clone();
    customer.default_shipping = Some(address.clone());
    customer.default_billing = Some(address);
    customers::update(tx, SHOP, &customer)?;
    match &person.token {
        Some(token) => payment_tokens::keep(tx, SHOP, &customer.id, token),
        None => Ok(()),
    }
}
