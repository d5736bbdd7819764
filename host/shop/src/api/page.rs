//! Lists in pages.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::problem::{Kind, Problem};

/// Which page of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// Where to go on: the `next_cursor` of the page before.
    pub(crate) cursor: Option<String>,
    /// How many items at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub(crate) limit: Option<u32>,
}

/// Which page of a list whose items have no order of their own.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OffsetQuery {
    /// Where to go on: the `next_cursor` of the page before.
    cursor: Option<String>,
    /// How many items at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

impl OffsetQuery {
    /// How many items to pass over. A cursor that does not read is answered as any other part of a query that does not.
    pub(crate) fn offset(&self) -> Result<u32, Problem> {
        const UNKNOWN: &str = "The cursor is not one that a page gave. Start without one.";
        let unknown = || Problem::new(Kind::MalformedRequest, UNKNOWN);
        self.cursor.as_deref().map_or(Ok(0), |cursor| cursor.parse().map_err(|_| unknown()))
    }

    /// How many items to give.
    pub(crate) fn limit(&self) -> u32 {
        self.limit.unwrap_or(USUAL).clamp(1, MOST)
    }
}

/// Items a page has when nobody says.
const USUAL: u32 = 50;
/// Items a page has at most.
const MOST: u32 = 200;

impl PageQuery {
    /// How many items to give: what was asked for, within 1 and 200.
    pub(crate) fn limit(&self) -> u32 {
        self.limit.unwrap_or(USUAL).clamp(1, MOST)
    }
}

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Page<T> {
    /// The items of this page.
    pub(crate) items: Vec<T>,
    /// Hand back as `cursor` for the next page; none at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// Makes a page out of up to one item more than it may have. `cursor` names an item.
    pub(crate) fn cut(mut items: Vec<T>, limit: u32, cursor: impl FnOnce(&T) -> String) -> Self {
        let limit = limit as usize;
        let more = items.len() > limit;
        items.truncate(limit);
        let next_cursor = if more { items.last().map(cursor) } else { None };
        Self { items, next_cursor }
    }

    /// The only page of a list.
    pub(crate) fn whole(items: Vec<T>) -> Self {
        Self { items, next_cursor: None }
    }

    /// The page after the first `offset` of `total` items.
    pub(crate) fn numbered(items: Vec<T>, offset: u32, total: u32) -> Self {
        let next = offset.saturating_add(u32::try_from(items.len()).unwrap_or(u32::MAX));
        let next_cursor = (next < total && !items.is_empty()).then(|| next.to_string());
        Self { items, next_cursor }
    }

    /// A page with its items made into something else.
    pub(crate) fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(change).collect(), next_cursor: self.next_cursor }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_a_cursor_only_if_there_is_more() {
        let full = Page::cut(vec![1, 2, 3], 2, ToString::to_string);
        assert_eq!((full.items, full.next_cursor.as_deref()), (vec![1, 2], Some("2")));
        let last = Page::cut(vec![1, 2], 2, ToString::to_string);
        assert_eq!((last.items, last.next_cursor), (vec![1, 2], None));
    }

    #[test]
    fn a_page_is_never_empty_by_request_and_never_huge() {
        let ask = |limit| PageQuery { cursor: None, limit }.limit();
        assert_eq!((ask(None), ask(Some(0)), ask(Some(u32::MAX))), (USUAL, 1, MOST));
    }
}
