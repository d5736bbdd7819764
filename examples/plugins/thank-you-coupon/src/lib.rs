//! Thanks for a large order with a coupon for the next one.
//!
//! A handler: it is called off the request path and writes through capabilities. Whatever it writes is committed together
//! with the event or not at all, so it never has to ask itself whether it ran before.
#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

use alloc::string::String;
use alloc::{format, vec, vec::Vec};

use boomerang_sdk::coupons::{self, Coupon, Reduction};
use boomerang_sdk::messages::{self, Action, Message};
use boomerang_sdk::prelude::*;
use boomerang_sdk::settings;
use serde::{Deserialize, Serialize};

const DAY: Instant = 24 * 60 * 60 * 1000;

/// What the merchant sets up. The manifest has the schema and the defaults.
#[derive(Serialize, Deserialize)]
struct Settings {
    from: Money,
    percent: u32,
    days: u32,
}

struct ThankYouCoupon;

impl Configuration for ThankYouCoupon {
    fn prepare(_: Context, text: String) -> Result<Vec<u8>, Vec<SettingError>> {
        settings::prepare(&text, Ok::<Settings, _>)
    }
}

impl OrderEvents for ThankYouCoupon {
    fn on_order_event(ctx: Context, event: OrderEvent) -> Result<(), Fault> {
        let settings = settings::load()?;
        if is_due(&settings, &event) {
            let coupon = coupon(&settings, ctx.now, &event.order);
            messages::send(&message(&settings, &coupon, &event.order))?;
            coupons::issue(&coupon)?;
        }
        Ok(())
    }
}

boomerang_sdk::extension! {
    manifest: "../manifest.json",
    type: ThankYouCoupon,
    points: [configuration, order_events],
}

fn is_due(settings: &Settings, event: &OrderEvent) -> bool {
    event.topic == "paid" && event.order.total >= settings.from
}

/// The coupon of one order. Its key names the order, so that no order ever makes a second one.
fn coupon(settings: &Settings, now: Instant, order: &Order) -> Coupon {
    Coupon {
        code: format!("THANKS-{}", order.number),
        reduction: Reduction::Percent(settings.percent * 100),
        customer: order.customer.clone(),
        valid_from: now,
        valid_until: now + Instant::from(settings.days) * DAY,
        uses: 1,
        minimum: 0,
        key: format!("order/{}", order.id),
    }
}

fn message(settings: &Settings, coupon: &Coupon, order: &Order) -> Message {
    Message {
        to: order.contact.clone(),
        channel: "email".into(),
        purpose: "marketing".into(),
        subject: "Thank you: something for next time".into(),
        paragraphs: vec![
            "Thank you for your order!".into(),
            format!(
                "With the code {} your next order costs {} % less, for {} days.",
                coupon.code, settings.percent, settings.days
            ),
        ],
        action: Some(Action { label: "Look around".into(), page: "home".into(), id: String::new() }),
        key: coupon.key.clone(),
        stop_when: vec!["unsubscribed".into(), "refunded".into()],
        ..Message::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: Settings = Settings { from: 10_000, percent: 10, days: 60 };

    fn event(topic: &str, total: Money) -> OrderEvent {
        let order = Order {
            id: "o1".into(),
            number: "1042".into(),
            contact: "c1".into(),
            customer: Some("k1".into()),
            total,
            ..Order::default()
        };
        OrderEvent { topic: topic.into(), order, ..OrderEvent::default() }
    }

    #[test]
    fn only_a_large_order_that_is_paid_is_thanked_for() {
        assert!(is_due(&SETTINGS, &event("paid", 10_000)));
        assert!(!is_due(&SETTINGS, &event("paid", 99_99)));
        assert!(!is_due(&SETTINGS, &event("placed", 10_000)));
    }

    #[test]
    fn the_coupon_is_for_one_use_by_the_buyer_within_the_days() {
        let coupon = coupon(&SETTINGS, 1_000, &event("paid", 10_000).order);
        assert_eq!(coupon.code, "THANKS-1042");
        assert_eq!(coupon.reduction, Reduction::Percent(10_00));
        assert_eq!(coupon.customer.as_deref(), Some("k1"));
        assert_eq!((coupon.valid_from, coupon.valid_until), (1_000, 1_000 + 60 * DAY));
        assert_eq!((coupon.uses, coupon.key.as_str()), (1, "order/o1"));
    }

    #[test]
    fn the_message_names_the_code_and_is_not_sent_after_a_refund() {
        let order = event("paid", 10_000).order;
        let message = message(&SETTINGS, &coupon(&SETTINGS, 0, &order), &order);
        assert!(message.paragraphs[1].contains("THANKS-1042") && message.paragraphs[1].contains("10 %"));
        assert_eq!((message.to.as_str(), message.purpose.as_str()), ("c1", "marketing"));
        assert!(message.stop_when.contains(&"refunded".into()));
    }
}
