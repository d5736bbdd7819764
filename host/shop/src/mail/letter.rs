//! A mail in words, before it is set as text and as HTML.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::content::{Content, OrderMail, OrderNews};
use super::links::Links;
use super::supply::Supply;
use crate::clock::Instant;
use crate::people::proofs::Minted;
use crate::words;

/// How people say a day.
const DAY: &str = "%A, %-d %B %Y";

/// A mail in words. The templates add nothing but their form.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Letter {
    pub(crate) subject: String,
    pub(crate) paragraphs: Vec<String>,
    pub(crate) action: Option<Button>,
    pub(crate) code: Option<String>,
    pub(crate) rows: Vec<Row>,
    pub(crate) closing: Vec<String>,
    /// The shop's name.
    pub(crate) signature: String,
    pub(crate) unsubscribe: Option<String>,
    /// BCP 47.
    pub(crate) lang: String,
}

/// The one button.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Button {
    pub(crate) label: String,
    pub(crate) url: String,
}

/// A line of a table.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Row {
    pub(crate) label: String,
    pub(crate) value: String,
}

/// What the words need beside the content.
pub(crate) struct Facts<'a> {
    pub(crate) shop_name: &'a str,
    pub(crate) links: Links<'a>,
    pub(crate) zone: &'a TimeZone,
    pub(crate) lang: &'a str,
    /// The recipient's name, where it is known and may be used.
    pub(crate) name: &'a str,
    pub(crate) minted: Option<&'a Minted>,
    /// What a supplier is to send, for a mail that asks for it.
    pub(crate) supply: Option<&'a Supply>,
    pub(crate) unsubscribe: Option<String>,
}

/// Puts a mail into words.
pub(crate) fn write(content: &Content, facts: &Facts<'_>) -> Letter {
    let mut letter = Letter {
        subject: String::new(),
        paragraphs: Vec::new(),
        action: None,
        code: None,
        rows: Vec::new(),
        closing: Vec::new(),
        signature: facts.shop_name.into(),
        unsubscribe: facts.unsubscribe.clone(),
        lang: facts.lang.into(),
    };
    match content {
        Content::SignIn { .. } => sign_in(&mut letter, facts),
        Content::Invitation { number, automatic, lapses_at, .. } => {
            invitation(&mut letter, facts, number, *automatic, *lapses_at);
        }
        Content::AccountReminder { number } => reminder(&mut letter, facts, number),
        Content::Order(order) => news(&mut letter, facts, order),
        Content::Forwarding { .. } => supply(&mut letter, facts),
        Content::Message(message) => {
            letter.subject = message.subject.clone();
            letter.paragraphs = message.paragraphs.clone();
            letter.action = message
                .action
                .as_ref()
                .map(|action| Button { label: action.label.clone(), url: facts.links.page(&action.page, &action.id) });
        }
    }
    letter.subject = letter.subject.chars().filter(|letter| !letter.is_control()).collect();
    letter
}

/// The same words whether the address has an account or not, and no name: whoever typed the address may be nobody.
fn sign_in(letter: &mut Letter, facts: &Facts<'_>) {
    letter.subject = format!("Sign in to {}", facts.shop_name);
    letter.paragraphs = vec![
        "Hello,".into(),
        "here is your way in. Press the button, or type the code where you asked for it. Both work once, for 15 minutes."
            .into(),
    ];
    prove(letter, facts, "Sign in");
    letter.closing = vec!["You did not ask for this? Then do nothing: without this mail nobody can sign in.".into()];
}

fn invitation(letter: &mut Letter, facts: &Facts<'_>, number: &str, automatic: bool, lapses_at: Instant) {
    let last_day = day(lapses_at, facts.zone);
    letter.subject = format!("Your order, your points and your addresses at {}", facts.shop_name);
    letter.paragraphs = vec!["Hello,".into(), format!("thank you for order {number}.")];
    letter.paragraphs.push(if automatic {
        format!(
            "We have made an account for it, with nothing in it yet. Is it yours? Then press the button: your orders come \
             to it, and next time the checkout fills itself in. If you do nothing, we delete the account on {last_day}."
        )
    } else {
        format!(
            "Would you like an account for it? Press the button: your orders come to it, and next time the checkout fills \
             itself in. If you do nothing, there is no account. The offer stands until {last_day}."
        )
    });
    prove(letter, facts, if automatic { "Yes, it is mine" } else { "Make my account" });
    letter.closing = vec![
        format!("The button works for 24 hours. After that, type your e-mail address here: {}", facts.links.sign_in()),
        "You do not want it? The button's page has one for that too. An account is no newsletter: we send you no \
         advertising unless you ask for it."
            .into(),
    ];
}

fn reminder(letter: &mut Letter, facts: &Facts<'_>, number: &str) {
    letter.subject = format!("Your new order is in your account at {}", facts.shop_name);
    letter.paragraphs = vec![
        hello(facts),
        format!("order {number} was placed with your e-mail address. You have an account with us: sign in to see it."),
    ];
    letter.action = Some(Button { label: "Sign in".into(), url: facts.links.sign_in() });
    letter.closing = vec!["You did not place it? Answer this mail, and we look into it.".into()];
}

fn news(letter: &mut Letter, facts: &Facts<'_>, order: &OrderMail) {
    let number = &order.number;
    let (subject, words) = match order.news {
        OrderNews::Placed => ("Thank you, we have your order", format!("we have your order {number}. Here it is.")),
        OrderNews::Fulfilled => ("Great, your order is on its way", format!("order {number} has left us.")),
        OrderNews::Delivered => ("Your order has arrived", format!("order {number} has arrived. We hope you like it.")),
        OrderNews::Refunded => {
            ("Your money is on its way back", format!("this is what we give back for order {number}."))
        }
        OrderNews::Cancelled => ("Your order is cancelled", format!("order {number} is cancelled.")),
        OrderNews::ReturnAccepted => (
            "Yes, you can send it back",
            format!("what you want to send back of order {number} may come back. Your money follows once it is here."),
        ),
        OrderNews::ReturnDeclined => (
            "About what you want to send back",
            format!("we are sorry: what you asked to send back of order {number} cannot come back."),
        ),
    };
    letter.subject = subject.into();
    letter.paragraphs = vec![hello(facts), words];
    if let (Some(arrives), OrderNews::Placed | OrderNews::Fulfilled) = (&order.arrives, order.news) {
        let by = arrives.parse::<Date>().map_or_else(|_| arrives.clone(), |date| date.strftime(DAY).to_string());
        letter.paragraphs.push(format!("It should be with you by {by}."));
    }
    letter.paragraphs.extend(order.note.clone());
    let amount = |amount| words::money(amount, &order.currency, facts.lang);
    for line in &order.lines {
        letter.rows.push(Row { label: format!("{} × {}", line.quantity, line.title), value: amount(line.total) });
    }
    for (label, value) in &order.adjustments {
        letter.rows.push(Row { label: label.clone(), value: amount(*value) });
    }
    if matches!(order.news, OrderNews::Placed) {
        letter.rows.push(Row { label: "Delivery".into(), value: amount(order.delivery_fee) });
    }
    match order.news {
        OrderNews::Placed => letter.rows.push(Row { label: "Total".into(), value: amount(order.total) }),
        OrderNews::Refunded => letter.rows.push(Row { label: "Given back".into(), value: amount(order.total) }),
        _ => {}
    }
    if let Some(tracking) = &order.tracking {
        letter.closing.push(format!("The carrier follows it as {tracking}."));
    }
    letter.closing.push("Anything wrong? Just answer this mail.".into());
    letter.action = Some(Button { label: "See your order".into(), url: facts.links.order(&order.order) });
}

fn supply(letter: &mut Letter, facts: &Facts<'_>) {
    let Some(supply) = facts.supply else { return };
    letter.subject = format!("Order {} of {}: please send", supply.number, facts.shop_name);
    letter.paragraphs = vec!["Hello,".into(), format!("please send this for order {}.", supply.number)];
    for (quantity, title) in &supply.lines {
        letter.rows.push(Row { label: title.clone(), value: format!("{quantity} ×") });
    }
    letter.rows.push(Row { label: "To".into(), value: supply.address.join(", ") });
    for (key, value) in &supply.notes {
        letter.rows.push(Row { label: key.clone(), value: value.clone() });
    }
    letter.closing = vec!["Anything unclear? Just answer this mail.".into()];
}

fn prove(letter: &mut Letter, facts: &Facts<'_>, label: &str) {
    if let Some(minted) = facts.minted {
        letter.action = Some(Button { label: label.into(), url: facts.links.proof(&minted.token) });
        letter.code = Some(minted.code.clone());
    }
}

fn hello(facts: &Facts<'_>) -> String {
    if facts.name.is_empty() { "Hello,".into() } else { format!("Hello {},", facts.name) }
}

/// The day of an instant in the shop's time zone.
fn day(at: Instant, zone: &TimeZone) -> String {
    Timestamp::from_millisecond(at).map(|at| at.to_zoned(zone.clone()).strftime(DAY).to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::OrderMailLine;

    fn facts<'a>(zone: &'a TimeZone, minted: Option<&'a Minted>) -> Facts<'a> {
        Facts {
            shop_name: "Shop",
            links: Links::new("https://shop.example"),
            zone,
            lang: "en",
            name: "Ann",
            minted,
            supply: None,
            unsubscribe: None,
        }
    }

    fn order(news: OrderNews) -> Content {
        Content::Order(Box::new(OrderMail {
            news,
            order: "ord_1".into(),
            number: "1042".into(),
            currency: "EUR".into(),
            lines: vec![OrderMailLine { title: "Mug, blue".into(), quantity: 2, total: 1_990 }],
            adjustments: vec![("Summer sale −20 %".into(), -398)],
            delivery_fee: 490,
            total: 2_082,
            arrives: Some("2025-11-25".into()),
            tracking: None,
            note: None,
        }))
    }

    #[test]
    fn c10_the_mail_after_the_order_has_its_summary_its_delivery_date_and_its_total() {
        let zone = TimeZone::get("Europe/Vienna").unwrap();
        let letter = write(&order(OrderNews::Placed), &facts(&zone, None));
        let rows: Vec<_> = letter.rows.iter().map(|row| (row.label.as_str(), row.value.as_str())).collect();
        assert_eq!(
            rows,
            [("2 × Mug, blue", "€19.90"), ("Summer sale −20 %", "−€3.98"), ("Delivery", "€4.90"), ("Total", "€20.82")]
        );
        assert!(letter.paragraphs.contains(&"It should be with you by Tuesday, 25 November 2025.".into()));
        assert_eq!(letter.action.unwrap().url, "https://shop.example/orders/ord_1");
    }

    #[test]
    fn subjects_are_friendly_words_and_no_bare_order_codes() {
        let zone = TimeZone::UTC;
        for news in
            [OrderNews::Placed, OrderNews::Fulfilled, OrderNews::Delivered, OrderNews::Refunded, OrderNews::Cancelled]
        {
            let subject = write(&order(news), &facts(&zone, None)).subject;
            assert!(!subject.contains("1042") && subject.contains(' '), "{subject}");
        }
        assert_eq!(write(&order(OrderNews::Fulfilled), &facts(&zone, None)).subject, "Great, your order is on its way");
    }

    #[test]
    fn a6_the_mail_to_sign_in_has_no_name_in_it() {
        let minted = Minted { token: "t".into(), code: "123456".into(), expires_at: 0 };
        let letter = write(&Content::SignIn { handle: "h".into() }, &facts(&TimeZone::UTC, Some(&minted)));
        assert!(!format!("{letter:?}").contains("Ann"));
        assert_eq!(letter.code.as_deref(), Some("123456"));
        assert_eq!(letter.action.unwrap().url, "https://shop.example/sign-in/confirm?token=t");
    }

    #[test]
    fn a_subject_cannot_smuggle_a_header_in() {
        let content = Content::Message(crate::mail::Message {
            subject: "Hi\r\nBcc: eve@example.com".into(),
            paragraphs: Vec::new(),
            action: None,
        });
        assert_eq!(write(&content, &facts(&TimeZone::UTC, None)).subject, "HiBcc: eve@example.com");
    }
}
