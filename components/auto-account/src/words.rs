//! What the buyer reads on the thank-you page.

use alloc::{format, string::String};

use boomerang_sdk::accounts::AccountMode;
use boomerang_sdk::types::{Block, Content, Notice};

use crate::settings::Settings;

/// The slot of the thank-you page.
pub const SLOT: &str = "thank-you";

/// Says what has been offered. The same words whether the address has an account or not.
pub fn notice(settings: &Settings, mode: AccountMode) -> Block {
    let days = settings.delete_unclaimed_after_days;
    let days = if days == 1 { String::from("1 day") } else { format!("{days} days") };
    let (title, text) = match mode {
        AccountMode::Invite => (
            "Keep your order at hand",
            String::from(
                "We have sent you a mail with a link. It opens an account with your order in it, and no password to \
                 remember. Ignore it if you do not want one: it lapses, and nothing is made without your word. It does \
                 not sign you up for any news.",
            ),
        ),
        AccountMode::Automatic => (
            "We have put your order into an account for you",
            format!(
                "The link in our mail opens it, and there is no password to remember. You do not want it? Choose “Don’t \
                 keep it” here or in the mail, and it is gone. If you do nothing, we delete it after {days}. It does not \
                 sign you up for any news."
            ),
        ),
    };
    Block::new(SLOT, Content::Notice(Notice { tone: "info".into(), title: title.into(), text, link: None }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(days: u32, mode: AccountMode) -> (String, String) {
        let settings = Settings { delete_unclaimed_after_days: days, ..Settings::default() };
        match notice(&settings, mode).content {
            Content::Notice(notice) => (notice.title, notice.text),
            other => panic!("not a notice: {other:?}"),
        }
    }

    #[test]
    fn a1_an_automatic_account_comes_with_notice_and_a_way_out() {
        let (title, text) = words(30, AccountMode::Automatic);
        assert!(title.contains("account"));
        assert!(text.contains("Don’t keep it") && text.contains("we delete it after 30 days"), "{text}");
        assert!(words(1, AccountMode::Automatic).1.contains("after 1 day."));
    }

    #[test]
    fn a9_both_say_that_no_news_come_with_it() {
        for mode in [AccountMode::Invite, AccountMode::Automatic] {
            assert!(words(30, mode).1.contains("not sign you up for any news"));
        }
    }
}
