//! News of an order for its buyer.

use std::collections::HashMap;

use super::content::{Content, OrderMail, OrderMailLine, OrderNews, Purpose};
use crate::clock::Instant;
use crate::orders::returns::{Return, ReturnState};
use crate::orders::{Order, Refund};
use crate::store::events::OrderNotice;
use crate::store::mails::{self, NewMail, SHOP};
use crate::store::{StoreError, Tx};

/// Queues the mail that tells the buyer, if there is one for the notice. `event` makes it one mail an event.
pub(crate) fn queue(
    tx: &mut Tx<'_>,
    shop: &str,
    order: &Order,
    notice: &OrderNotice,
    event: &str,
    now: Instant,
) -> Result<(), StoreError> {
    let Some(news) = notice.news() else { return Ok(()) };
    let mail = match notice {
        OrderNotice::Refunded(refund) => about_refund(order, refund),
        OrderNotice::Fulfilled { tracking } => OrderMail { tracking: tracking.clone(), ..about(order, news) },
        _ => about(order, news),
    };
    send(tx, shop, order, event, mail, now)
}

/// Queues the mail that tells a buyer what the merchant answers to a return: one mail a return.
pub(crate) fn queue_answer(
    tx: &mut Tx<'_>,
    shop: &str,
    order: &Order,
    answered: &Return,
    now: Instant,
) -> Result<(), StoreError> {
    let news = match answered.state {
        ReturnState::Declined => OrderNews::ReturnDeclined,
        _ => OrderNews::ReturnAccepted,
    };
    let note = Some(answered.answer.clone()).filter(|text| !text.is_empty());
    let mail = OrderMail { lines: Vec::new(), adjustments: Vec::new(), arrives: None, note, ..about(order, news) };
    send(tx, shop, order, &format!("return/{}", answered.id), mail, now)
}

/// Puts a mail to an order's buyer into the outbox, once for what it is about.
fn send(
    tx: &mut Tx<'_>,
    shop: &str,
    order: &Order,
    about: &str,
    mail: OrderMail,
    now: Instant,
) -> Result<(), StoreError> {
    let mail = NewMail {
        sender: SHOP,
        key: &format!("order/{}/{about}", order.id),
        contact: &order.contact,
        purpose: Purpose::Service,
        content: &Content::Order(Box::new(mail)),
        stop_when: &[],
        send_at: None,
    };
    mails::queue(tx, shop, &mail, now)?;
    Ok(())
}

fn about(order: &Order, news: OrderNews) -> OrderMail {
    OrderMail {
        news,
        order: order.id.clone(),
        number: order.number.clone(),
        currency: order.currency.clone(),
        lines: order
            .lines
            .iter()
            .map(|line| OrderMailLine { title: line.title.clone(), quantity: line.quantity, total: line.total })
            .collect(),
        // Lines and delivery are shown at what they cost after every adjustment, so only what pays stands on its own.
        adjustments: order
            .adjustments
            .iter()
            .filter(|adjustment| adjustment.class == "points")
            .map(|adjustment| (adjustment.label.clone(), adjustment.amount))
            .collect(),
        delivery_fee: order.delivery.total,
        total: order.total,
        arrives: order.delivery.promise.as_ref().map(|(_, latest)| latest.clone()),
        tracking: None,
        note: None,
    }
}

fn about_refund(order: &Order, refund: &Refund) -> OrderMail {
    let titles: HashMap<&str, &str> = order.lines.iter().map(|line| (line.id.as_str(), line.title.as_str())).collect();
    let lines = refund.lines.iter().map(|line| OrderMailLine {
        title: titles.get(line.line.as_str()).copied().unwrap_or_default().to_owned(),
        quantity: line.quantity,
        total: line.amount,
    });
    OrderMail {
        lines: lines.collect(),
        adjustments: Vec::new(),
        delivery_fee: refund.delivery,
        total: refund.money,
        arrives: None,
        ..about(order, OrderNews::Refunded)
    }
}
