//! What orders do to points: earning, and giving and taking back.

use alloc::{string::String, vec::Vec};

use boomerang_sdk::joined;
use boomerang_sdk::money;
use boomerang_sdk::points::OrderPoints;
use boomerang_sdk::points_ledger::{DeficitPolicy, Grant, LineShare, Restoration, Reversal};
use boomerang_sdk::types::{Fault, Instant, Order, OrderEvent, OrderLine, Refund, RefundedLine};

use crate::calendar;
use crate::desk::{Reads, Writes};
use crate::earn::{self, Earned};
use crate::limits::{self, rule};
use crate::member::Member;
use crate::promise::{self, Goods, Occasion, Promise};
use crate::refund::{self, Progress};
use crate::settings::{Deficit, Earning, ExpiryPolicy, GrantOn, Settings};
use crate::share;

/// Acts on an event of an order.
pub fn on_event(desk: &impl Writes, settings: &Settings, event: &OrderEvent) -> Result<(), Fault> {
    let order = &event.order;
    let grants = match event.topic.as_str() {
        "placed" => settings.earning.grant_on == GrantOn::Placed,
        "paid" => {
            keep_alive(desk, settings, order, event.occurred_at)?;
            settings.earning.grant_on == GrantOn::Paid
        }
        "delivered" => settings.earning.grant_on == GrantOn::Delivered,
        "refunded" => return event.refund.as_ref().map_or(Ok(()), |refund| take_back(desk, settings, order, refund)),
        "cancelled" => return undo(desk, settings, order),
        _ => false,
    };
    if grants { grant(desk, settings, order, event.occurred_at) } else { Ok(()) }
}

/// Who earns with an order; nobody where it is flagged, they are shut out, or guests do not earn.
pub fn earner(desk: &impl Reads, settings: &Settings, order: &Order) -> Result<Option<Member>, Fault> {
    if order.flags.iter().any(|flag| settings.safeguards.skip_flags.contains(flag)) {
        return Ok(None);
    }
    match &order.customer {
        Some(customer) => Member::customer(desk, customer),
        None => Ok(settings.earning.guests.then(|| Member::Contact(order.contact.clone()))),
    }
}

fn grant(desk: &impl Writes, settings: &Settings, order: &Order, at: Instant) -> Result<(), Fault> {
    let Some(member) = earner(desk, settings, order)? else { return Ok(()) };
    let Some(holder) = member.holder() else { return Ok(()) };
    // The ledger takes a grant once only; this keeps the notes of limits from counting it twice.
    if !desk.of_order(&order.id)?.earned.is_empty() {
        return Ok(());
    }
    let goods = earning_goods(&settings.earning, order, |line| refunded_before_earning(desk, order, line))?;
    let promise = promise::promise(desk, settings, occasion(&member, order, at), &goods)?;
    let first_order = joined!("first-order/", holder);
    let entries = [
        (rule::PURCHASE, joined!("order/", order.id, "/earn"), &promise.purchase),
        // By holder, so that two orders paid at the same moment are not both the first.
        (rule::FIRST_ORDER, first_order, &promise.first_order),
    ];
    for (rule, key, earned) in entries {
        if earned.total > 0 {
            desk.earn(&entry(order, holder, &promise, rule, key, earned))?;
        }
    }
    let granted = [(rule::PURCHASE, promise.purchase.total), (rule::FIRST_ORDER, promise.first_order.total)];
    limits::note(desk, &settings.earning.limits, holder, at, &granted)
}

/// The circumstances in which an order earns.
pub fn occasion<'a>(member: &'a Member, order: &'a Order, window_from: Instant) -> Occasion<'a> {
    Occasion { member, order: Some(&order.id), currency: &order.currency, placed_at: order.placed_at, window_from }
}

fn entry(order: &Order, holder: &str, promise: &Promise, rule: &str, key: String, earned: &Earned) -> Grant {
    let reason = match rule {
        rule::FIRST_ORDER => joined!("Your first order, ", order.number),
        _ => joined!("Your order ", order.number),
    };
    Grant {
        holder: holder.into(),
        points: earned.total,
        key,
        rule: rule.into(),
        reason,
        order: Some(order.id.clone()),
        lines: order
            .lines
            .iter()
            .zip(&earned.shares)
            .filter(|(_, points)| **points > 0)
            .map(|(line, points)| LineShare { line: line.id.clone(), points: *points })
            .collect(),
        available_at: Some(promise.available_at),
        expires_at: promise.expires_at,
    }
}

/// The money of an order that earns points, by line. The delivery fee, where it counts, is spread over the lines, so that
/// their refund takes back its points too. `refunded` says what has been refunded of a line already.
pub fn earning_goods<'a>(
    earning: &Earning,
    order: &'a Order,
    refunded: impl Fn(&OrderLine) -> Result<i64, Fault>,
) -> Result<Vec<Goods<'a>>, Fault> {
    let mut goods = Vec::with_capacity(order.lines.len());
    for line in &order.lines {
        let other_means = line.paid_with_points.saturating_add(line.paid_with_gift_cards);
        let basis = earn::basis(line.total, other_means, line.tax, earning.include_tax);
        let back = share::proportion(basis as u64, refunded(line)?.max(0) as u64, line.total.max(0) as u64) as i64;
        goods.push(Goods { product: &line.product, quantity: line.quantity, basis: basis - back });
    }
    if earning.include_delivery {
        let bases: Vec<i64> = goods.iter().map(|goods| goods.basis).collect();
        // An order that was paid with points alone brings nothing back, delivery or not.
        if bases.iter().any(|basis| *basis > 0) {
            let shares = money::allocate(delivery_paid(earning, order), &bases);
            goods.iter_mut().zip(shares).for_each(|(goods, share)| goods.basis = goods.basis.saturating_add(share));
        }
    }
    Ok(goods)
}

/// What was paid for delivery: what was charged beyond the lines, and never more than the fee.
fn delivery_paid(earning: &Earning, order: &Order) -> i64 {
    let for_lines = order.lines.iter().fold(0i64, |sum, line| {
        sum.saturating_add(line.total.saturating_sub(line.paid_with_points).saturating_sub(line.paid_with_gift_cards))
    });
    let tax_of_lines = order.lines.iter().fold(0i64, |sum, line| sum.saturating_add(line.tax));
    let paid = order.total.saturating_sub(for_lines).min(order.delivery_fee).max(0);
    let tax = order.tax.saturating_sub(tax_of_lines).clamp(0, paid);
    if earning.include_tax { paid } else { paid - tax }
}

fn take_back(desk: &impl Writes, settings: &Settings, order: &Order, refund: &Refund) -> Result<(), Fault> {
    let points = desk.of_order(&order.id)?;
    if points.earned.is_empty() && settings.earning.grant_on == GrantOn::Delivered {
        for refunded in &refund.lines {
            desk.remember(&note(order, &refunded.line), &refunded.amount_so_far.to_le_bytes())?;
        }
    }
    let mut lines = Vec::new();
    let mut refunds = Vec::new();
    for refunded in &refund.lines {
        let Some(position) = order.lines.iter().position(|line| line.id == refunded.line) else { continue };
        let line = &order.lines[position];
        let progress = progress(refunded, line, refunded_before_earning(desk, order, line)?);
        refunds.push((position, progress));
        let earned = points.earned.iter().find(|earned| earned.line == line.id);
        let points = earned.map_or(0, |earned| refund::to_reverse(progress, earned.earned, earned.reversed));
        if points > 0 {
            lines.push(LineShare { line: line.id.clone(), points });
        }
    }
    let paid: Vec<i64> = order.lines.iter().map(|line| line.paid_with_points).collect();
    let restored = refund::to_restore(&paid, &refunds, points.spent, points.restored);
    write_back(desk, settings, order, lines, restored, &joined!("refund/", refund.id), "Refund of")
}

fn undo(desk: &impl Writes, settings: &Settings, order: &Order) -> Result<(), Fault> {
    let OrderPoints { earned, spent, restored } = desk.of_order(&order.id)?;
    let lines = earned
        .into_iter()
        .map(|earned| LineShare { points: earned.earned.saturating_sub(earned.reversed), line: earned.line })
        .filter(|share| share.points > 0)
        .collect();
    write_back(desk, settings, order, lines, spent.saturating_sub(restored), "cancel", "Cancellation of")
}

fn write_back(
    desk: &impl Writes,
    settings: &Settings,
    order: &Order,
    lines: Vec<LineShare>,
    restored: u64,
    key: &str,
    what: &str,
) -> Result<(), Fault> {
    let reason = joined!(what, " your order ", order.number);
    // First what is given back, so that a deficit is as small as it can be.
    if restored > 0 {
        desk.restore(&Restoration {
            order: order.id.clone(),
            points: restored,
            key: joined!("order/", order.id, "/", key, "/restore"),
            reason: reason.clone(),
        })?;
    }
    if lines.is_empty() {
        return Ok(());
    }
    let deficit = match settings.safeguards.deficit {
        Deficit::Allow => DeficitPolicy::Allow,
        Deficit::Clamp => DeficitPolicy::Clamp,
    };
    desk.reverse(
        &Reversal { order: order.id.clone(), lines, key: joined!("order/", order.id, "/", key), reason },
        deficit,
    )
}

/// Under expiry by inactivity, an order renews all points of a customer.
fn keep_alive(desk: &impl Writes, settings: &Settings, order: &Order, at: Instant) -> Result<(), Fault> {
    let Some(customer) = order.customer.as_deref().filter(|_| settings.expiry.policy == ExpiryPolicy::Inactivity)
    else {
        return Ok(());
    };
    let Some(expires_at) = calendar::expires_at(desk, &settings.expiry, at)? else { return Ok(()) };
    let lots = desk.lots(customer)?;
    // Points given under another policy may last longer already, and an order must not shorten that.
    let latest = lots.iter().filter_map(|lot| lot.expires_at).fold(expires_at, Instant::max);
    if lots.is_empty() { Ok(()) } else { desk.extend(customer, latest, &joined!("order/", order.id, "/activity")) }
}

fn progress(refunded: &RefundedLine, line: &OrderLine, before_earning: i64) -> Progress {
    Progress { total: line.total, before_earning, so_far: refunded.amount_so_far, amount: refunded.amount }
}

/// What was refunded of a line before its order earned points, which happens where they are granted on delivery.
fn refunded_before_earning(desk: &impl Reads, order: &Order, line: &OrderLine) -> Result<i64, Fault> {
    let note = desk.recall(&note(order, &line.id))?;
    Ok(note.and_then(|bytes| bytes.try_into().ok()).map_or(0, i64::from_le_bytes))
}

fn note(order: &Order, line: &str) -> String {
    joined!("refunded/", order.id, "/", line)
}
