//! What shoppers see of their points.

use alloc::{string::String, vec::Vec};

use boomerang_sdk::joined;
use boomerang_sdk::types::{
    Attribute, Block, Cart, Content, Context, Fault, Form, Input, Listing, Notice, Page, PageLink, Progress,
};

use crate::desk::Reads;
use crate::member::Member;
use crate::preview::Priced;
use crate::pricing::{REDEEM, payable, requested};
use crate::promise::{Goods, Occasion, Promise, promise};
use crate::redeem::{redeem, worth};
use crate::settings::{Settings, TierBasis};
use crate::{orders, words};

/// The blocks of a page.
pub fn render(desk: &impl Reads, settings: &Settings, ctx: &Context, page: &Page) -> Result<Vec<Block>, Fault> {
    let member = match &page.customer {
        None => Member::Unknown,
        Some(customer) => match Member::customer(desk, customer)? {
            Some(member) => member,
            // Somebody who is shut out is not shown what they cannot have.
            None => return Ok(Vec::new()),
        },
    };
    let view = View { desk, settings, ctx, page, member };
    let mut blocks = Vec::new();
    for slot in &page.slots {
        let contents = match (slot.as_str(), &page.cart) {
            ("product-info", _) => view.product()?,
            ("cart-summary" | "checkout-summary", Some(cart)) => view.cart(cart)?,
            ("thank-you", _) => view.thank_you()?,
            ("account-panel", _) => view.account()?,
            _ => Vec::new(),
        };
        blocks.extend(contents.into_iter().map(|content| Block::new(slot.clone(), content)));
    }
    Ok(blocks)
}

struct View<'a, D> {
    desk: &'a D,
    settings: &'a Settings,
    ctx: &'a Context,
    page: &'a Page,
    member: Member,
}

impl<D: Reads> View<'_, D> {
    fn count(&self, points: u64) -> String {
        self.settings.name.count(points)
    }

    fn promise(&self, goods: &[Goods<'_>]) -> Result<Promise, Fault> {
        let now = self.ctx.now;
        let occasion = Occasion {
            member: &self.member,
            order: None,
            currency: &self.page.currency,
            placed_at: now,
            window_from: now,
        };
        promise(self.desk, self.settings, occasion, goods)
    }

    /// A number is only promised where everything that decides it is known: the tax of a cart is not.
    fn can_promise(&self) -> bool {
        self.settings.earning.include_tax
    }

    fn takes_part(&self) -> bool {
        self.settings.earning.guests || self.member.holder().is_some()
    }

    fn product(&self) -> Result<Vec<Content>, Fault> {
        if !self.takes_part() || !self.can_promise() {
            return Ok(Vec::new());
        }
        let mut range: Option<(u64, u64)> = None;
        for shown in &self.page.products {
            let goods = [Goods { product: &shown.product, quantity: 1, basis: shown.current_price }];
            let points = self.promise(&goods)?.purchase.total;
            range = Some(range.map_or((points, points), |(least, most)| (least.min(points), most.max(points))));
        }
        Ok(match range {
            Some((least, most)) if most > 0 => {
                let from = if least < most { "from " } else { "" };
                Vec::from([notice("info", joined!("Earn ", from, self.count(least)), String::new())])
            }
            _ => Vec::new(),
        })
    }

    fn cart(&self, cart: &Cart) -> Result<Vec<Content>, Fault> {
        let terms = &self.settings.redemption;
        let available = match self.member.holder() {
            Some(holder) => self.desk.balance(holder)?.available,
            None => 0,
        };
        let priced = Priced::of(self.page, cart, terms, available);
        let mut contents = Vec::new();
        if self.takes_part() {
            contents.extend(self.earning(&priced.goods(self.page, cart))?);
        }
        if !terms.enabled {
            return Ok(contents);
        }
        if self.member.holder().is_none() {
            let link = PageLink { page: "sign-in".into(), id: String::new(), label: "Sign in".into() };
            let title = joined!("Have ", self.settings.name.many, " already?");
            contents.push(Content::Notice(Notice {
                tone: "info".into(),
                title,
                text: "Sign in to pay with them.".into(),
                link: Some(link),
            }));
            return Ok(contents);
        }
        let most = redeem(terms, u64::MAX, available, &payable(cart, &priced.before_points)).points;
        if most > 0 {
            contents.push(self.redeem_form(cart, available.max(0) as u64, most));
        }
        Ok(contents)
    }

    /// What the cart is going to earn.
    fn earning(&self, goods: &[Goods<'_>]) -> Result<Option<Content>, Fault> {
        let promise = self.promise(goods)?;
        if promise.total() == 0 {
            return Ok(None);
        }
        let name = &self.settings.name.many;
        let title = match (self.can_promise(), self.settings.earning.include_delivery) {
            (false, _) => joined!("You earn ", name, " with this order"),
            (true, true) => joined!("You earn at least ", self.count(promise.total()), " with this order"),
            (true, false) => joined!("You earn ", self.count(promise.total()), " with this order"),
        };
        let text = match self.member {
            Member::Customer(_) => self.availability(&promise)?,
            _ => joined!("Confirm your e-mail address after the order, and the ", name, " are yours."),
        };
        Ok(Some(notice("info", title, text)))
    }

    fn availability(&self, promise: &Promise) -> Result<String, Fault> {
        if self.settings.earning.pending_days == 0 {
            return Ok(String::from("You can spend them right away."));
        }
        Ok(joined!("You can spend them from ", words::day(self.desk, promise.available_at)?, "."))
    }

    fn redeem_form(&self, cart: &Cart, available: u64, most: u64) -> Content {
        let terms = &self.settings.redemption;
        let name = &self.settings.name;
        // A slider stops at multiples of its step only; paying for everything may need a number between two of them.
        let step = if most.is_multiple_of(terms.step.max(1)) { terms.step.max(1) } else { 1 };
        let input = Input {
            key: REDEEM.into(),
            label: joined!("How many ", name.many, " to spend"),
            kind: "range".into(),
            value: joined!(requested(cart).min(most)),
            min: Some(0),
            max: Some(i64::try_from(most).unwrap_or(i64::MAX)),
            step: Some(i64::try_from(step).unwrap_or(1)),
        };
        let worth = words::money(worth(terms, available), &self.page.currency);
        let least =
            if terms.minimum > 1 { joined!(" At least ", name.count(terms.minimum), ".") } else { String::new() };
        Content::Form(Form {
            title: joined!("Pay with ", name.many),
            text: joined!("You have ", name.count(available), ", worth ", worth, ".", least),
            inputs: Vec::from([input]),
            submit: "Apply".into(),
        })
    }

    fn thank_you(&self) -> Result<Vec<Content>, Fault> {
        let Some(id) = &self.page.order else { return Ok(Vec::new()) };
        let Some(order) = self.desk.order(id)? else { return Ok(Vec::new()) };
        let Some(member) = orders::earner(self.desk, self.settings, &order)? else { return Ok(Vec::new()) };
        let goods = orders::earning_goods(&self.settings.earning, &order, |_| Ok(0))?;
        let promise = promise(self.desk, self.settings, orders::occasion(&member, &order, self.ctx.now), &goods)?;
        let granted: u64 =
            self.desk.of_order(id)?.earned.iter().map(|line| line.earned.saturating_sub(line.reversed)).sum();
        let points = if granted > 0 { granted } else { promise.total() };
        if points == 0 {
            return Ok(Vec::new());
        }
        let text = match member {
            Member::Customer(_) => self.availability(&promise)?,
            _ => String::from("They are kept for you. Confirm your e-mail address, and they are yours."),
        };
        Ok(Vec::from([notice("success", joined!(self.count(points), " for this order"), text)]))
    }

    fn account(&self) -> Result<Vec<Content>, Fault> {
        let Some(holder) = self.member.holder() else { return Ok(Vec::new()) };
        let holdings = self.desk.balance(holder)?;
        let mut contents = Vec::new();
        if holdings.available < 0 {
            let missing = self.count(holdings.available.unsigned_abs());
            contents.push(notice(
                "warning",
                joined!("Your balance is ", missing, " below zero"),
                joined!(
                    "A refund took back what you had already spent. The next ",
                    missing,
                    " that you earn make up for it."
                ),
            ));
        }
        let available = holdings.available.max(0) as u64;
        let mut rows = Vec::from([Attribute::new("Available", self.count(available))]);
        if self.settings.redemption.enabled {
            let worth = worth(&self.settings.redemption, available);
            rows.push(Attribute::new("Worth", words::money(worth, &self.page.currency)));
        }
        if holdings.pending > 0 {
            let next = match holdings.next_available_at {
                Some(at) => joined!(", the next on ", words::day(self.desk, at)?),
                None => String::new(),
            };
            rows.push(Attribute::new("On their way", joined!(self.count(holdings.pending), next)));
        }
        if holdings.reserved > 0 {
            rows.push(Attribute::new("In a checkout under way", self.count(holdings.reserved)));
        }
        if holdings.held > 0 {
            rows.push(Attribute::new("Until you confirm your e-mail address", self.count(holdings.held)));
        }
        let lots = self.desk.lots(holder)?;
        if let Some((at, points)) = lots.iter().find_map(|lot| Some((lot.expires_at?, lot.remaining))) {
            let until = words::last_day(self.desk, at)?;
            rows.push(Attribute::new("Next to expire", joined!(self.count(points), ", valid until ", until)));
        }
        contents.push(Content::Listing(Listing { title: joined!("Your ", self.settings.name.many), rows }));
        contents.extend(self.tier()?);
        Ok(contents)
    }

    fn tier(&self) -> Result<Option<Content>, Fault> {
        let standing = self.member.standing(self.desk, self.settings, Some(&self.page.currency), self.ctx.now)?;
        let amount = |amount: u64| match self.settings.tiers.basis {
            TierBasis::Points => self.count(amount),
            TierBasis::Spent => words::money(i64::try_from(amount).unwrap_or(i64::MAX), &self.page.currency),
        };
        let (title, of, text) = match (standing.level, standing.next) {
            (None, None) => return Ok(None),
            (level, Some(next)) => {
                let title = level.map_or_else(|| joined!("Your way to ", next.name), |level| level.name.clone());
                let missing = next.from.saturating_sub(standing.counted);
                (title, next.from, joined!(amount(missing), " to ", next.name))
            }
            (Some(level), None) => {
                (level.name.clone(), standing.counted, String::from("You have reached the highest level."))
            }
        };
        let value = standing.counted.min(of);
        Ok(Some(Content::Progress(Progress { title, value, of, text })))
    }
}

fn notice(tone: &str, title: String, text: String) -> Content {
    Content::Notice(Notice { tone: tone.into(), title, text, link: None })
}
