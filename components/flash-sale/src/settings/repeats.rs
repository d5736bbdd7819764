//! No timer that starts again: a sale has a real end, and its goods rest before they are on sale again.

use alloc::string::String;
use alloc::vec::Vec;

use boomerang_sdk::text::number;
use boomerang_sdk::time::DAY;
use boomerang_sdk::types::Instant;

use super::errors::{Errors, Place};
use crate::plan::{Cut, Past, Plan, Sale};

/// The merchant's rules.
pub(super) struct Rules {
    pub(super) cooldown: Instant,
    pub(super) now: Instant,
}

/// Checks a plan against itself and against the one in force. `continues` says of each sale which one it continues.
pub(super) fn check(
    plan: &mut Plan,
    before: Option<&Plan>,
    rules: &Rules,
    continues: Vec<String>,
    errors: &mut Errors,
) {
    continue_sales(&mut plan.sales, &continues, errors);
    if let Some(before) = before {
        remember(plan, before, rules, errors);
    }
    check_rest(plan, &continues, rules, errors);
}

/// Ties progressive cuts together: a sale that continues another has to begin where that one ends, and cut deeper. Its price
/// has then been reduced since the first of them began.
fn continue_sales(sales: &mut [Sale], continues: &[String], errors: &mut Errors) {
    for index in 0..sales.len() {
        if continues[index].is_empty() {
            continue;
        }
        let problem = match sales[..index].iter().find(|sale| sale.id == continues[index]) {
            None => "Enter the id of a sale further up in the list.",
            Some(first) if first.window.ends_at != sales[index].window.starts_at => {
                "The sale that this one continues ends at another time. Start this one at that very time."
            }
            Some(first) if first.goods != sales[index].goods => {
                "The sale that this one continues is about other goods. Name the same goods in both."
            }
            Some(first) if !deeper(sales[index].cut, first.cut) => {
                "A sale that continues another has to cut deeper, in the same way. Take more off."
            }
            Some(first) => {
                sales[index].reduced_since = first.reduced_since;
                continue;
            }
        };
        errors.add(Place::sale(index), "continues", problem);
    }
}

fn deeper(cut: Cut, than: Cut) -> bool {
    match (cut, than) {
        (Cut::Percent(more), Cut::Percent(less)) => more > less,
        (Cut::Fixed(less), Cut::Fixed(more)) => less < more,
        _ => false,
    }
}

/// Carries over from the plan in force what has been announced: the ends of sales that are still on, and the goods of those
/// that are over.
fn remember(plan: &mut Plan, before: &Plan, rules: &Rules, errors: &mut Errors) {
    for (index, sale) in plan.sales.iter_mut().enumerate() {
        let Some(old) = before.sales.iter().find(|old| old.id == sale.id) else { continue };
        if old.window.starts_at > rules.now {
            continue;
        }
        if old.window.ends_at <= rules.now {
            if sale.window.ends_at > rules.now {
                let message =
                    "This sale is over and cannot be put off any more. Set up another one after the cooldown.";
                errors.add(Place::sale(index), "ends", message);
            }
        } else if sale.window.starts_at > old.window.starts_at {
            let message = "This sale has begun already. Leave its start as it was.";
            errors.add(Place::sale(index), "starts", message);
        } else if sale.window.ends_at > old.window.ends_at || old.announced_end.is_some() {
            sale.announced_end = Some(old.announced_end.unwrap_or(old.window.ends_at));
        }
    }
    let rests = |ended_at: Instant| ended_at <= rules.now && rules.now < ended_at.saturating_add(rules.cooldown);
    let gone = before.sales.iter().filter(|old| old.window.starts_at <= rules.now).filter_map(|old| {
        let kept = plan.sales.iter().any(|sale| sale.id == old.id);
        // A sale that is taken out of the settings while it is on is over now.
        (!kept).then(|| Past {
            id: old.id.clone(),
            goods: old.goods.clone(),
            ended_at: old.window.ends_at.min(rules.now),
        })
    });
    plan.past = before.past.iter().cloned().chain(gone).filter(|past| rests(past.ended_at)).collect();
}

/// Refuses sales of the same goods that follow each other so closely that the timer would just start again. A sale within
/// a longer one is no repetition: the longer one's end does not move.
fn check_rest(plan: &Plan, continues: &[String], rules: &Rules, errors: &mut Errors) {
    let days = number(rules.cooldown / DAY);
    for (index, sale) in plan.sales.iter().enumerate() {
        for (other_index, other) in plan.sales.iter().enumerate() {
            let later = (other.window.starts_at, other_index) < (sale.window.starts_at, index);
            let tied = !continues[index].is_empty() && sale.reduced_since == other.reduced_since;
            let nested = other.window.encloses(sale.window) || sale.window.encloses(other.window);
            let rested = sale.window.starts_at >= other.window.ends_at.saturating_add(rules.cooldown);
            if later && !tied && !nested && !rested && sale.goods.meet(&other.goods) {
                let message = [
                    "The sale `",
                    &other.id,
                    "` has some of the same goods. Start this one at least ",
                    &days,
                    " days after its end.",
                ]
                .concat();
                errors.add_owned(Place::sale(index), "starts", message);
            }
        }
        for past in plan.past.iter().filter(|past| past.goods.meet(&sale.goods)) {
            let rested = sale.window.starts_at >= past.ended_at.saturating_add(rules.cooldown);
            if sale.window.ends_at > past.ended_at && !rested {
                let message = [
                    "Some of these goods were on sale in `",
                    &past.id,
                    "` less than ",
                    &days,
                    " days before. Start this one later.",
                ]
                .concat();
                errors.add_owned(Place::sale(index), "starts", message);
            }
        }
    }
}
