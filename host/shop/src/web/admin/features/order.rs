//! The order of the pricing chain: as dragged, or one step up or down.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use boomerang_engine::Point;

use crate::extensions::manage::Actor;
use crate::platform::Platform;
use crate::web::admin::desk::Desk;
use crate::web::admin::failure::Failure;
use crate::web::admin::layout::done;
use crate::web::admin::sent::Sent;

pub(super) async fn submit(
    State(platform): State<Platform>,
    Extension(desk): Extension<Arc<Desk>>,
    Extension(sent): Extension<Sent>,
) -> Result<Response, Failure> {
    let standings = platform.extensions.standings(&desk.shop, desk.now).await?;
    let prices = |point: &[Point]| point.contains(&Point::CartPricing);
    let all: Vec<(&str, bool)> = standings
        .iter()
        .map(|standing| {
            let in_chain = standing.component.as_ref().is_ok_and(|extension| prices(extension.points()));
            (standing.row.extension.as_str(), in_chain)
        })
        .collect();
    let mut chain: Vec<&str> = sent.every("order").collect();
    moved(&mut chain, sent.given("up"), sent.given("down"));
    let order = merged(&all, &chain).ok_or_else(|| {
        Failure::Refused("somebody has installed or removed a feature meanwhile; reload the page and try again".into())
    })?;
    let actor = desk.actor();
    platform.extensions.reorder(&desk.shop, &order, &Actor { name: &actor, now: desk.now }).await?;
    Ok(done("/admin/features", "ordered"))
}

/// Moves one feature by one step.
fn moved(chain: &mut [&str], up: Option<&str>, down: Option<&str>) {
    let place = |id: &str| chain.iter().position(|known| *known == id);
    let step = match (up.and_then(place), down.and_then(place)) {
        (Some(place), _) => place.checked_sub(1).map(|above| (above, place)),
        (None, Some(place)) => Some((place, place + 1)).filter(|(_, below)| *below < chain.len()),
        (None, None) => None,
    };
    if let Some((one, other)) = step {
        chain.swap(one, other);
    }
}

/// The order of everything: what has no part in the chain keeps its place. None if the chain names anything else than what
/// is in it, each once.
fn merged(all: &[(&str, bool)], chain: &[&str]) -> Option<Vec<String>> {
    let mut wanted: Vec<&str> = chain.to_vec();
    let mut known: Vec<&str> = all.iter().filter(|(_, in_chain)| *in_chain).map(|(id, _)| *id).collect();
    wanted.sort_unstable();
    known.sort_unstable();
    if wanted != known {
        return None;
    }
    let mut next = chain.iter();
    all.iter()
        .map(|(id, in_chain)| if *in_chain { next.next().copied() } else { Some(*id) }.map(str::to_owned))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_swaps_neighbours_and_stops_at_the_ends() {
        let step = |up, down| {
            let mut chain = ["a", "b", "c"];
            moved(&mut chain, up, down);
            chain.concat()
        };
        assert_eq!((step(Some("b"), None), step(None, Some("b"))), ("bac".into(), "acb".into()));
        assert_eq!(
            (step(Some("a"), None), step(None, Some("c")), step(Some("x"), None)),
            ("abc".into(), "abc".into(), "abc".into())
        );
    }

    #[test]
    fn what_does_not_price_keeps_its_place() {
        let all = [("a", true), ("form", false), ("b", true)];
        assert_eq!(merged(&all, &["b", "a"]).unwrap(), ["b", "form", "a"]);
        for wrong in [&["a"][..], &["a", "a"], &["a", "form"], &["a", "b", "c"]] {
            assert_eq!(merged(&all, wrong), None, "{wrong:?}");
        }
    }
}
