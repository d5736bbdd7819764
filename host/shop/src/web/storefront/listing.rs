//! Lists of products: a category, the answer to a search.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};

use crate::catalogue::{Category, Listing, Sort, Status};
use crate::platform::Platform;
use crate::store::catalogue;
use crate::web::failure::Failure;
use crate::web::layout::Place;
use crate::web::views::blocks::BlockView;
use crate::web::views::cards::{Card, shelf};
use crate::web::visit::Visit;

const PER_PAGE: u32 = 24;
/// Nobody turns more pages.
const MOST_PAGES: u32 = 1_000;

/// What the address says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    q: String,
    sort: String,
    page: String,
}

#[derive(Serialize)]
struct List<'a> {
    title: String,
    total: u32,
    products: Vec<Card>,
    blocks: Vec<BlockView>,
    /// Narrower categories.
    narrower: Vec<&'a Category>,
    sorts: Vec<SortLink>,
    question: &'a str,
    previous: Option<String>,
    next: Option<String>,
}

#[derive(Serialize)]
struct SortLink {
    label: &'static str,
    id: &'static str,
    current: bool,
}

pub(super) async fn category(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let category = visit.categories.iter().find(|known| known.id == id).ok_or(Failure::NotFound)?;
    let listing = Listing { category: Some(id.clone()), ..listing(&asked) };
    let narrower = visit.categories.iter().filter(|known| known.parent.as_deref() == Some(&id)).collect();
    let top = category.parent.as_deref().unwrap_or(&category.id);
    let place = Place { category: top, query: "" };
    page(&platform, &visit, &asked, listing, "category", category.title.clone(), narrower, place).await
}

pub(super) async fn search(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let words = asked.q.trim();
    let listing = Listing { query: (!words.is_empty()).then(|| words.to_owned()), ..listing(&asked) };
    let title = if words.is_empty() { "Everything we have".to_owned() } else { format!("Results for “{words}”") };
    let place = Place { category: "", query: words };
    page(&platform, &visit, &asked, listing, "search", title, Vec::new(), place).await
}

#[expect(clippy::too_many_arguments, reason = "what is listed, what it is called and where it stands")]
async fn page(
    platform: &Platform,
    visit: &Visit,
    asked: &Asked,
    listing: Listing,
    kind: &str,
    title: String,
    narrower: Vec<&Category>,
    place: Place<'_>,
) -> Result<Response, Failure> {
    let (id, wanted) = (visit.shop.id.clone(), listing.clone());
    let found = platform.store.read(move |tx| catalogue::list(tx, &id, &wanted)).await?;
    let shelf = shelf(platform, visit, kind, &found.products).await?;
    let number = page_number(asked);
    let is_search = kind == "search" && listing.query.is_some();
    let content = List {
        title,
        total: found.total,
        products: shelf.cards,
        blocks: shelf.blocks,
        narrower,
        sorts: sorts(listing.sort, is_search),
        question: asked.q.trim(),
        previous: (number > 1).then(|| turn(asked, number - 1)),
        next: (number < MOST_PAGES && number * PER_PAGE < found.total).then(|| turn(asked, number + 1)),
    };
    Ok(visit.show(StatusCode::OK, "storefront/listing.html", place, &content))
}

fn listing(asked: &Asked) -> Listing {
    let sort = match asked.sort.as_str() {
        "newest" => Sort::Newest,
        "price" => Sort::PriceAscending,
        "price-down" => Sort::PriceDescending,
        _ => Sort::Relevance,
    };
    let offset = (page_number(asked) - 1) * PER_PAGE;
    Listing { status: Some(Status::Active), sort, offset, limit: PER_PAGE, ..Listing::default() }
}

fn sorts(current: Sort, is_search: bool) -> Vec<SortLink> {
    let first = if is_search { "Best match" } else { "By name" };
    let all = [
        (first, "", Sort::Relevance),
        ("Newest", "newest", Sort::Newest),
        ("Price, low to high", "price", Sort::PriceAscending),
        ("Price, high to low", "price-down", Sort::PriceDescending),
    ];
    all.into_iter().map(|(label, id, sort)| SortLink { label, id, current: sort == current }).collect()
}

/// What cannot be a number is the first page: an address that was cut off still leads somewhere.
fn page_number(asked: &Asked) -> u32 {
    asked.page.parse().unwrap_or(1).clamp(1, MOST_PAGES)
}

/// The address of another page of the same list.
fn turn(asked: &Asked, page: u32) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in [("q", asked.q.trim()), ("sort", asked.sort.as_str())] {
        if !value.is_empty() {
            query.append_pair(name, value);
        }
    }
    format!("?{}", query.append_pair("page", &page.to_string()).finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(q: &str, sort: &str, page: &str) -> Asked {
        Asked { q: q.into(), sort: sort.into(), page: page.into() }
    }

    #[test]
    fn pages_are_counted_from_one_whatever_the_address_says() {
        for (text, number) in [("", 1), ("0", 1), ("2", 2), ("-1", 1), ("x", 1), ("999999", MOST_PAGES)] {
            assert_eq!(page_number(&asked("", "", text)), number, "{text}");
        }
        assert_eq!(listing(&asked("", "price", "3")).offset, 48);
    }

    #[test]
    fn turning_the_page_keeps_the_question_and_the_order() {
        assert_eq!(turn(&asked(" tea & cake ", "price", ""), 2), "?q=tea+%26+cake&sort=price&page=2");
        assert_eq!(turn(&asked("", "", ""), 2), "?page=2");
    }
}
