//! `messages`: send a message.

use super::check;
use crate::call::state::CallState;
use crate::contract::bindings::boomerang::shop::messages::Host;
use crate::contract::{Fault, Message};
use crate::effect::Effect;
use crate::point::Capability;
use crate::rules::LINK_PAGES;

const CHANNELS: [&str; 3] = ["email", "sms", "push"];
const PURPOSES: [&str; 2] = ["service", "marketing"];
const STOPS: [&str; 4] = ["ordered", "unsubscribed", "refunded", "verified"];
const SUBJECT: usize = 200;
const PARAGRAPHS: usize = 30;
const PARAGRAPH: usize = 2_000;

impl Host for CallState {
    fn send(&mut self, message: Message) -> wasmtime::Result<Result<(), Fault>> {
        let checked = check_message(&message);
        self.leave(Capability::Messages, checked, Effect::Message(message))
    }
}

fn check_message(message: &Message) -> Result<(), Fault> {
    check::key(&message.key)?;
    check::id("receiver", &message.to)?;
    check::one_of("channel", &message.channel, &CHANNELS)?;
    check::one_of("purpose", &message.purpose, &PURPOSES)?;
    // A line break in a subject could smuggle a header into the mail.
    check::line("subject", &message.subject, SUBJECT)?;
    if message.paragraphs.is_empty() || message.paragraphs.len() > PARAGRAPHS {
        return Err(check::refuse(format!("A message has 1 to {PARAGRAPHS} paragraphs.")));
    }
    for paragraph in &message.paragraphs {
        check::line("paragraph", paragraph, PARAGRAPH)?;
    }
    if let Some(action) = &message.action {
        check::line("label of the button", &action.label, 80)?;
        check::one_of("page of the button", &action.page, &LINK_PAGES)?;
        check::optional_line("id of the button", &action.id, 256)?;
    }
    for stop in &message.stop_when {
        check::one_of("stop condition", stop, &STOPS)?;
    }
    check::attributes(&message.attributes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Action;

    fn message() -> Message {
        Message {
            to: "customer-1".into(),
            channel: "email".into(),
            purpose: "service".into(),
            subject: "Great, your order is on its way".into(),
            paragraphs: vec!["It arrives on Friday.".into()],
            action: Some(Action { label: "See your order".into(), page: "account".into(), id: String::new() }),
            key: "order/1042/shipped".into(),
            send_at: None,
            stop_when: vec!["refunded".into()],
            attributes: vec![],
        }
    }

    #[test]
    fn a_plain_message_passes() {
        assert_eq!(check_message(&message()), Ok(()));
    }

    #[test]
    fn a_subject_cannot_smuggle_a_header() {
        let hostile = Message { subject: "Hi\r\nBcc: all@example.com".into(), ..message() };
        assert!(check_message(&hostile).is_err());
    }

    #[test]
    fn a_button_leads_to_a_page_of_the_shop_only() {
        let mut hostile = message();
        hostile.action.as_mut().unwrap().page = "https://example.com".into();
        assert!(check_message(&hostile).is_err());
    }

    #[test]
    fn channel_purpose_and_stop_conditions_are_known_ones() {
        for broken in [
            Message { channel: "fax".into(), ..message() },
            Message { purpose: "fun".into(), ..message() },
            Message { stop_when: vec!["bored".into()], ..message() },
            Message { paragraphs: vec![], ..message() },
            Message { key: String::new(), ..message() },
        ] {
            assert!(check_message(&broken).is_err(), "{broken:?}");
        }
    }
}
