//! What extensions show in a page's slots, as templates are given it. Extensions give data; templates own all HTML.

use boomerang_engine::PlacedBlock;
use boomerang_engine::contract::{Content, Input, PageLink};
use jiff::Timestamp;
use serde::Serialize;

use crate::clock::Instant;

/// A block and its slot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(in crate::web) struct BlockView {
    slot: String,
    #[serde(flatten)]
    content: ContentView,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum ContentView {
    Countdown {
        title: String,
        starts_at: Instant,
        ends_at: Instant,
        /// For `<time>`.
        ends_iso: String,
        over: String,
    },
    Notice {
        tone: String,
        title: String,
        text: String,
        href: Option<String>,
        link_label: String,
    },
    Progress {
        title: String,
        value: u64,
        of: u64,
        text: String,
    },
    Listing {
        title: String,
        rows: Vec<Row>,
    },
    Form {
        title: String,
        text: String,
        inputs: Vec<InputView>,
        submit: String,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Row {
    key: String,
    value: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct InputView {
    /// Unique on the page.
    id: String,
    key: String,
    label: String,
    kind: String,
    value: String,
    min: Option<i64>,
    max: Option<i64>,
    step: Option<i64>,
}

impl BlockView {
    /// The slot it is for.
    pub(in crate::web) fn slot(&self) -> &str {
        &self.slot
    }
}

/// The blocks of a page. Kinds that this version does not know are left out, and what several variants have in common,
/// such as the end of their sale, is said once.
pub(in crate::web) fn views(placed: Vec<PlacedBlock>) -> Vec<BlockView> {
    let mut views: Vec<BlockView> = Vec::new();
    for placed in placed {
        let slot = placed.block.slot;
        let Some(content) = content(&slot, placed.block.content) else { continue };
        let view = BlockView { slot, content };
        if !views.contains(&view) {
            views.push(view);
        }
    }
    views
}

fn content(slot: &str, content: Content) -> Option<ContentView> {
    Some(match content {
        Content::Countdown(countdown) => ContentView::Countdown {
            title: countdown.title,
            starts_at: countdown.starts_at,
            ends_at: countdown.ends_at,
            ends_iso: Timestamp::from_millisecond(countdown.ends_at).unwrap_or(Timestamp::MAX).to_string(),
            over: countdown.over,
        },
        Content::Notice(notice) => ContentView::Notice {
            tone: notice.tone,
            title: notice.title,
            text: notice.text,
            href: notice.link.as_ref().map(href),
            link_label: notice.link.map(|link| link.label).unwrap_or_default(),
        },
        Content::Progress(progress) => ContentView::Progress {
            title: progress.title,
            value: progress.value.min(progress.of),
            of: progress.of,
            text: progress.text,
        },
        Content::Listing(listing) => ContentView::Listing {
            title: listing.title,
            rows: listing.rows.into_iter().map(|row| Row { key: row.key, value: row.value }).collect(),
        },
        Content::Form(form) => ContentView::Form {
            title: form.title,
            text: form.text,
            inputs: form.inputs.into_iter().map(|given| input(slot, given)).collect(),
            submit: form.submit,
        },
        Content::Price(_) | Content::Custom(_) => return None,
    })
}

fn input(slot: &str, given: Input) -> InputView {
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '-' };
    InputView {
        id: format!("{slot}-{}", given.key.chars().map(plain).collect::<String>()),
        key: given.key,
        label: given.label,
        kind: given.kind,
        value: given.value,
        min: given.min,
        max: given.max,
        step: given.step,
    }
}

/// Where a block leads: to a page of the shop, and nowhere else.
fn href(link: &PageLink) -> String {
    match link.page.as_str() {
        page @ ("cart" | "checkout" | "account" | "sign-in") => format!("/{page}"),
        "product" => {
            let id: String = form_urlencoded::byte_serialize(link.id.as_bytes()).collect();
            format!("/products/{id}")
        }
        _ => "/".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_sale_is_said_once_for_all_its_variants() {
        use boomerang_engine::contract::{Block, Countdown};
        let countdown = |variant: &str| PlacedBlock {
            extension: "flash-sale".into(),
            block: Block {
                slot: "product-info".into(),
                content: Content::Countdown(Countdown {
                    title: "Ends soon".into(),
                    starts_at: 0,
                    ends_at: 1_772_438_400_000,
                    over: "It is over.".into(),
                    variant: Some(variant.into()),
                }),
            },
        };
        let views = views(vec![countdown("a"), countdown("b")]);
        assert_eq!(views.len(), 1);
        assert!(
            matches!(&views[0].content, ContentView::Countdown { ends_iso, .. } if ends_iso == "2026-03-02T08:00:00Z")
        );
    }

    #[test]
    fn a_block_leads_to_pages_of_the_shop_only() {
        let lead = |page: &str, id: &str| href(&PageLink { page: page.into(), id: id.into(), label: String::new() });
        assert_eq!(lead("sign-in", ""), "/sign-in");
        assert_eq!(lead("product", "../x?y"), "/products/..%2Fx%3Fy");
        assert_eq!(lead("//evil.example", ""), "/");
    }
}
