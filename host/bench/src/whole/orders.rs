//! Placing orders with the features on and off, and telling extensions of them.

use std::path::Path;
use std::time::Instant;

use anyhow::{Result, ensure};
use boomerang_shop::catalogue::Attributes;
use boomerang_shop::checkout::Visitor;
use boomerang_shop::checkout::arrange::Entries;
use boomerang_shop::checkout::submit::Submission;
use boomerang_shop::demo::SHOP;
use boomerang_shop::store::carts;
use serde::Serialize;

use super::{Site, raw};
use crate::contenders::{Contender, Entry, Times};
use crate::rounds::median;
use crate::setup::{self, Components};

/// Units in every cart.
const UNITS: u32 = 2;
/// Orders whose events are delivered in one measurement.
const ORDERS: usize = 100;
/// Measurements of events.
const ROUNDS: usize = 9;

/// Order events through the handlers of the features.
#[derive(Debug, Serialize)]
pub(crate) struct Events {
    /// Deliveries in each measurement.
    pub(crate) deliveries: u32,
    /// Deliveries per second: each an event told to one extension, its effects committed.
    pub(crate) handlers: f64,
    /// Transactions per second with the same rows and nothing around them.
    pub(crate) raw: f64,
    /// The median of the ratios of the measurements.
    pub(crate) share: f64,
}

/// Placing an order at both sites.
pub(super) fn entries(on: &Site, off: &Site) -> Result<Vec<Entry>> {
    [on, off].into_iter().map(|site| Ok(Entry::new("place an order", Place { site: site.clone() }))).collect()
}

struct Place {
    site: Site,
}

impl Contender for Place {
    fn name(&self) -> &str {
        self.site.name
    }

    fn round(&mut self, times: &mut Times) -> Result<()> {
        setup::runtime()?.block_on(async {
            for _ in 0..times.calls {
                let (cart, submission) = self.site.fill().await?;
                let started = Instant::now();
                self.site.place(&cart, submission).await?;
                times.note(started);
            }
            Ok(())
        })
    }
}

impl Site {
    /// A cart at the checkout, and what its guest sends.
    async fn fill(&self) -> Result<(String, Submission)> {
        let (now, variant) = (self.platform.clock.now(), self.variant.clone());
        let filled = self.platform.store.write(move |tx| {
            let cart = carts::create(tx, SHOP, now, None)?;
            carts::add(tx, SHOP, now, &cart.id, &variant, UNITS, &Attributes::new())
        });
        let cart = filled.await?.id;
        let visitor = Visitor::anonymous();
        // Somebody else every time, as in a shop.
        let email = format!("{cart}@example.com");
        let fields = [
            ("email", email.as_str()),
            ("shipping.country", "AT"),
            ("shipping.name", "Gus Guest"),
            ("shipping.line1", "Hauptplatz 1"),
            ("shipping.postal-code", "8010"),
            ("shipping.locality", "Graz"),
        ];
        let entries = Entries {
            fields: fields.map(|(field, value)| (field.to_owned(), value.to_owned())).into(),
            payment_token: Some("tok_visa_ok".to_owned()),
            ..Entries::default()
        };
        self.platform.open_checkout(&self.shop, &cart, &visitor, now).await?;
        let checkout = self.platform.change_checkout(&self.shop, &cart, &visitor, entries.clone(), now).await?;
        let shown_total = checkout.priced.totals.total;
        Ok((cart.clone(), Submission { entries, shown_total, attempt: cart }))
    }

    async fn place(&self, cart: &str, submission: Submission) -> Result<()> {
        let now = self.platform.clock.now();
        let placed = self.platform.place_order(&self.shop, cart, &Visitor::anonymous(), submission, now).await?;
        ensure!(!placed.again, "the order was there already");
        Ok(())
    }
}

/// Tells the features of orders, and writes the same rows alone.
pub(super) async fn events(folder: &Path, components: &Components) -> Result<Events> {
    let site = Site::open(folder, components, true).await?;
    let platform = &site.platform;
    platform.extensions.dispatch(&platform.secret, platform.clock.now()).await?;
    let (mut handlers, mut raws, mut shares, mut deliveries) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for round in 0..ROUNDS {
        for _ in 0..ORDERS {
            let (cart, submission) = site.fill().await?;
            site.place(&cart, submission).await?;
        }
        let (before, after) = (folder.join(format!("before-{round}")), folder.join(format!("after-{round}")));
        platform.store.backup(&before).await?;
        let started = Instant::now();
        let done = platform.extensions.dispatch(&platform.secret, platform.clock.now()).await?;
        let seconds = started.elapsed().as_secs_f64();
        ensure!(done.failed == 0 && done.done > 0, "{} deliveries failed", done.failed);
        platform.store.backup(&after).await?;
        let alone = raw::write(&before, &after, done.done)?.as_secs_f64();
        deliveries = done.done;
        handlers.push(f64::from(done.done) / seconds);
        raws.push(f64::from(done.done) / alone);
        shares.push(alone / seconds);
    }
    Ok(Events { deliveries, handlers: median(&mut handlers), raw: median(&mut raws), share: median(&mut shares) })
}
