//! `storefront-blocks`: what extensions show on a page, with the host's rules over it.

use std::borrow::Cow;
use std::convert::Infallible;
use std::pin::pin;

use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::call::invocation::RenderBlocks;
use crate::call::text;
use crate::chain::Account;
use crate::contract::{Attribute, Block, Content, Input, Page, sent};
use crate::engine::Engine;
use crate::id::Id;
use crate::installation::Installations;
use crate::memo::{Asked, Question};
use crate::report::Report;
use crate::rules::LINK_PAGES;

/// Blocks of one answer.
const BLOCKS: usize = 64;
const TITLE: usize = 200;
const TEXT: usize = 2_000;
const ROWS: usize = 100;
const INPUTS: usize = 20;
const TONES: [&str; 3] = ["info", "success", "warning"];
const INPUT_KINDS: [&str; 4] = ["number", "range", "text", "checkbox"];

/// A block and who made it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlacedBlock {
    /// Who made it.
    pub extension: Id,
    /// What to show and where.
    pub block: Block,
}

impl Engine {
    /// Asks every installation for the blocks of a page. A block that breaks a rule is left out and reported. Whether a
    /// `was` price is lawful is for the platform to check, which has the price history.
    pub async fn render_blocks(
        &self,
        installations: &Installations,
        call: &Call,
        page: &Page,
    ) -> Report<Vec<PlacedBlock>> {
        let question = Question::new(installations, call, Asked::Blocks(Cow::Borrowed(page)));
        let work = pin!(async {
            let mut account = Account::default();
            let mut placed = Vec::new();
            let mut cart = page.cart.as_ref().map(sent::Cart::new);
            for installation in installations.iter() {
                let cart = cart.as_mut().map(|cart| cart.to(installation.extension().manifest()));
                let ask = RenderBlocks { page: &sent::Page::new(page, cart) };
                let Some(blocks) = self.ask(installation, call, &ask, &mut account).await else {
                    continue;
                };
                let extension = installation.extension().id();
                for (index, block) in blocks.into_iter().enumerate() {
                    match check(&block, page, extension) {
                        Ok(()) => placed.push(PlacedBlock { extension: extension.clone(), block }),
                        Err(reason) => account.refuse::<RenderBlocks<'_>>(installation, index, reason),
                    }
                }
            }
            Ok((placed, account))
        });
        let Ok(report) = self.answer::<_, Infallible>(question, work).await;
        report
    }
}

/// The rules for an answer as a whole.
pub(crate) fn check_answer(_ask: &RenderBlocks<'_>, blocks: &[Block]) -> Result<(), String> {
    if blocks.len() > BLOCKS {
        return Err(format!("it made {} blocks; at most {BLOCKS}", blocks.len()));
    }
    Ok(())
}

/// The rules for one block.
fn check(block: &Block, page: &Page, extension: &str) -> Result<(), &'static str> {
    if !page.slots.contains(&block.slot) {
        return Err("the page has no such slot");
    }
    let title = |title: &str| {
        if text::is_line(title, TITLE) {
            Ok(())
        } else {
            Err("the title is longer than 200 characters or has control characters")
        }
    };
    let words = |words: &str| {
        if text::is_text(words, TEXT) {
            Ok(())
        } else {
            Err("the text is longer than 2000 characters or has control characters")
        }
    };
    match &block.content {
        Content::Countdown(countdown) => {
            title(&countdown.title)?;
            words(&countdown.over)?;
            if countdown.starts_at >= countdown.ends_at {
                return Err("the countdown ends before it starts");
            }
        }
        Content::Price(price) => {
            if price.now < 0 || price.was.is_some_and(|was| was <= price.now) {
                return Err("the price is below zero, or not below what it was");
            }
            if price.remaining == Some(0) {
                return Err("nothing is left at this price, so it is not the price");
            }
        }
        Content::Notice(notice) => {
            title(&notice.title)?;
            words(&notice.text)?;
            if !TONES.contains(&notice.tone.as_str()) {
                return Err("the tone is not one of info, success, warning");
            }
            if let Some(link) = &notice.link {
                title(&link.label)?;
                if link.label.trim().is_empty() || !LINK_PAGES.contains(&link.page.as_str()) {
                    return Err("the link has no label, or leads to no page of the shop");
                }
                if !text::is_line(&link.id, 256) || (link.page == "product") == link.id.is_empty() {
                    return Err("a link to a product has its id, and no other link has one");
                }
            }
        }
        Content::Progress(progress) => {
            title(&progress.title)?;
            words(&progress.text)?;
            if progress.of == 0 {
                return Err("progress needs something to be reached");
            }
        }
        Content::Listing(listing) => {
            title(&listing.title)?;
            rows(&listing.rows)?;
        }
        Content::Form(form) => {
            title(&form.title)?;
            words(&form.text)?;
            title(&form.submit)?;
            if form.submit.trim().is_empty() || form.inputs.len() > INPUTS {
                return Err("the form has no words on its button, or more than 20 inputs");
            }
            form.inputs.iter().try_for_each(|input| check_input(input, extension))?;
        }
        Content::Custom(custom) => {
            title(&custom.kind)?;
            rows(&custom.attributes)?;
        }
    }
    Ok(())
}

fn rows(rows: &[Attribute]) -> Result<(), &'static str> {
    if rows.len() > ROWS {
        return Err("it has more than 100 rows");
    }
    if rows.iter().any(|row| !text::is_line(&row.key, TITLE) || !text::is_text(&row.value, TEXT)) {
        return Err("a row is too long or has control characters");
    }
    Ok(())
}

fn check_input(input: &Input, extension: &str) -> Result<(), &'static str> {
    // Attributes of a cart are shared: an extension writes those with its own name only.
    let own = input.key.strip_prefix(extension).and_then(|rest| rest.strip_prefix('.'));
    if !own.is_some_and(|name| !name.is_empty() && text::is_line(&input.key, 128)) {
        return Err("the key of an input starts with the extension's id and a dot");
    }
    if !INPUT_KINDS.contains(&input.kind.as_str()) {
        return Err("the kind of an input is not one of number, range, text, checkbox");
    }
    if !text::is_line(&input.label, TITLE) || !text::is_line(&input.value, TITLE) {
        return Err("the label or value of an input is too long or has control characters");
    }
    if input.step.is_some_and(|step| step <= 0) || matches!((input.min, input.max), (Some(min), Some(max)) if min > max)
    {
        return Err("the step of an input is not above zero, or its minimum is above its maximum");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{Countdown, Form, Notice, PageLink, PriceDisplay, Progress};

    fn page() -> Page {
        Page {
            kind: "product".into(),
            slots: vec!["price".into()],
            currency: "EUR".into(),
            customer: None,
            products: vec![],
            cart: None,
            cart_total: 0,
            order: None,
            attributes: vec![],
        }
    }

    fn verdict(content: Content) -> Result<(), &'static str> {
        check(&Block { slot: "price".into(), content }, &page(), "flash-sale")
    }

    fn countdown(starts_at: i64, ends_at: i64) -> Content {
        Content::Countdown(Countdown {
            title: "Ends soon".into(),
            starts_at,
            ends_at,
            over: "It is over.".into(),
            variant: None,
        })
    }

    fn notice(page: &str, id: &str) -> Content {
        Content::Notice(Notice {
            tone: "info".into(),
            title: String::new(),
            text: "Two lines\nof text".into(),
            link: Some(PageLink { page: page.into(), id: id.into(), label: "Go".into() }),
        })
    }

    fn form(key: &str, min: i64, max: i64) -> Content {
        Content::Form(Form {
            title: String::new(),
            text: String::new(),
            inputs: vec![Input {
                key: key.into(),
                label: "How many".into(),
                kind: "range".into(),
                value: "1".into(),
                min: Some(min),
                max: Some(max),
                step: Some(1),
            }],
            submit: "Apply".into(),
        })
    }

    #[test]
    fn a_block_stands_in_a_slot_of_the_page() {
        let block = Block { slot: "banner".into(), content: countdown(0, 1) };
        assert!(check(&block, &page(), "flash-sale").is_err());
        assert!(verdict(countdown(0, 1)).is_ok());
    }

    #[test]
    fn f7_a_countdown_has_a_real_end() {
        assert!(verdict(countdown(1, 1)).is_err());
        assert!(verdict(countdown(2, 1)).is_err());
    }

    #[test]
    fn f6_a_was_price_is_above_the_price() {
        let price = |now, was, remaining| {
            Content::Price(PriceDisplay { variant: "v".into(), now, was, reduced_since: 0, remaining })
        };
        assert!(verdict(price(80, Some(100), Some(1))).is_ok());
        assert!(verdict(price(80, Some(80), None)).is_err());
        assert!(verdict(price(-1, None, None)).is_err());
        assert!(verdict(price(80, None, Some(0))).is_err());
    }

    #[test]
    fn links_lead_to_pages_of_the_shop() {
        assert!(verdict(notice("account", "")).is_ok());
        assert!(verdict(notice("product", "p1")).is_ok());
        assert!(verdict(notice("product", "")).is_err());
        assert!(verdict(notice("javascript:alert(1)", "")).is_err());
    }

    #[test]
    fn an_extension_writes_cart_attributes_of_its_own_only() {
        assert!(verdict(form("flash-sale.pick", 0, 1)).is_ok());
        assert!(verdict(form("loyalty-points.redeem", 0, 1)).is_err());
        assert!(verdict(form("flash-sale.", 0, 1)).is_err());
        assert!(verdict(form("flash-sale-two.x", 0, 1)).is_err());
        assert!(verdict(form("flash-sale.pick", 2, 1)).is_err());
    }

    #[test]
    fn progress_towards_nothing_is_refused() {
        let progress = |of| Content::Progress(Progress { title: String::new(), value: 1, of, text: String::new() });
        assert!(verdict(progress(1)).is_ok());
        assert!(verdict(progress(0)).is_err());
    }

    #[test]
    fn too_many_blocks_are_refused_as_a_whole() {
        let page = page();
        let block = Block { slot: "price".into(), content: countdown(0, 1) };
        let ask = RenderBlocks { page: &sent::Page::new(&page, None) };
        assert!(check_answer(&ask, &vec![block.clone(); BLOCKS]).is_ok());
        assert!(check_answer(&ask, &vec![block; BLOCKS + 1]).is_err());
    }
}
