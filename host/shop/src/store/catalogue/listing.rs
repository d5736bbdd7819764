//! Pages of products: by category, by words, in an order.

use std::collections::BTreeMap;

use super::categories::Tree;
use super::products;
use crate::catalogue::{Listing, ProductPage, Sort, Status, search};
use crate::store::db::Value;
use crate::store::{StoreError, Tx, values};

/// How many answers to a question are ranked; the weakest beyond are left out.
const RANKED: usize = 1_000;
/// Shorter words are not looked for with a slip of the finger.
const SHORTEST_NEAR: usize = 4;

/// One page of products.
///
/// # Errors
/// If the database fails.
pub fn list(tx: &mut Tx<'_>, shop: &str, listing: &Listing) -> Result<ProductPage, StoreError> {
    let limit = if listing.limit == 0 { Listing::MOST } else { listing.limit.min(Listing::MOST) };
    let mut filter = Filter::new(shop);
    if let Some(status) = listing.status {
        filter.among("status", &[Status::id(status)]);
    }
    if let Some(category) = &listing.category {
        filter.among("category", &Tree::load(tx, shop)?.below(category).into_iter().collect::<Vec<_>>());
    }
    let ranking = match &listing.query {
        Some(query) => {
            let ranking = rank(tx, shop, &search::question(query))?;
            filter.among("id", &ranking);
            Some(ranking)
        }
        None => None,
    };
    let counted = tx.first(&format!("select count(*) from products where {}", filter.sql), &filter.values)?;
    let total = counted.map_or(Ok(0), |row| row.uint(0))?;
    let ids = match ranking {
        Some(ranking) if listing.sort == Sort::Relevance => {
            let passed = filter.ids(tx, "id", u32::MAX, 0)?;
            let kept = ranking.into_iter().filter(|id| passed.contains(id));
            kept.skip(listing.offset as usize).take(limit as usize).collect()
        }
        _ => filter.ids(tx, order(listing.sort), limit, listing.offset)?,
    };
    Ok(ProductPage { products: products(tx, shop, &ids)?, total })
}

fn order(sort: Sort) -> &'static str {
    match sort {
        Sort::Relevance | Sort::Title => "title, id",
        Sort::Newest => "offered_since desc, id desc",
        Sort::PriceAscending => "lowest_price, id",
        Sort::PriceDescending => "lowest_price desc, id desc",
    }
}

/// A condition on products, with its values.
struct Filter {
    sql: String,
    values: Vec<Value>,
}

impl Filter {
    fn new(shop: &str) -> Self {
        Self { sql: "shop = ?1".into(), values: vec![shop.into()] }
    }

    /// Only rows whose `column` is one of `allowed`; no rows if none is.
    fn among<T: AsRef<str>>(&mut self, column: &str, allowed: &[T]) {
        let first = self.values.len() + 1;
        let list: Vec<String> = (first..first + allowed.len()).map(|number| format!("?{number}")).collect();
        self.values.extend(allowed.iter().map(|value| Value::from(value.as_ref())));
        self.sql.push_str(&match list.is_empty() {
            true => " and 1 = 0".to_owned(),
            false => format!(" and {column} in ({})", list.join(", ")),
        });
    }

    fn ids(&self, tx: &mut Tx<'_>, order: &str, limit: u32, offset: u32) -> Result<Vec<String>, StoreError> {
        let sql = format!("select id from products where {} order by {order} limit {limit} offset {offset}", self.sql);
        tx.query(&sql, &self.values)?.iter().map(|row| row.text(0)).collect()
    }
}

/// The products that every word of a question finds, the best first.
fn rank(tx: &mut Tx<'_>, shop: &str, words: &[String]) -> Result<Vec<String>, StoreError> {
    let mut scores: Option<BTreeMap<String, i64>> = None;
    for word in words {
        let found = find(tx, shop, word)?;
        scores = Some(match scores {
            None => found,
            Some(so_far) => so_far
                .into_iter()
                .filter_map(|(product, score)| found.get(&product).map(|more| (product, score + more)))
                .collect(),
        });
    }
    let mut best: Vec<(String, i64)> = scores.unwrap_or_default().into_iter().collect();
    best.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
    best.truncate(RANKED);
    Ok(best.into_iter().map(|(product, _)| product).collect())
}

/// The products that one word finds, with a score: a whole word counts twice a beginning. Where nothing begins with the word,
/// words are taken that differ from it by a slip of the finger.
fn find(tx: &mut Tx<'_>, shop: &str, word: &str) -> Result<BTreeMap<String, i64>, StoreError> {
    let begun = tx.query(
        "select product, max(case when term = ?2 then 2 * weight else weight end) from search_terms
         where shop = ?1 and term >= ?2 and term < ?3 group by product",
        values![shop, word, search::after_prefix(word)],
    )?;
    let mut found = BTreeMap::new();
    for row in begun {
        found.insert(row.text(0)?, row.int(1)?);
    }
    if !found.is_empty() || word.chars().count() < SHORTEST_NEAR {
        return Ok(found);
    }
    let terms = tx.query("select distinct term from search_terms where shop = ?1", values![shop])?;
    for row in terms {
        let term = row.text(0)?;
        if search::is_near(word, &term) {
            let rows = tx
                .query("select product, weight from search_terms where shop = ?1 and term = ?2", values![shop, term])?;
            for row in rows {
                let best = found.entry(row.text(0)?).or_insert(0);
                *best = row.int(1)?.max(*best);
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{Category, ProductDetails, ProductInput, VariantDetails};
    use crate::money::Money;
    use crate::store::Store;
    use crate::store::catalogue::{CatalogueError, save, save_category};

    fn product(handle: &str, title: &str, price: Money, status: Status, category: &str) -> ProductInput {
        ProductInput {
            details: ProductDetails {
                handle: handle.into(),
                title: title.into(),
                status,
                category: Some(category.into()),
                ..Default::default()
            },
            variants: vec![VariantDetails { price, ..Default::default() }],
        }
    }

    fn fill(tx: &mut Tx<'_>) -> Result<(), CatalogueError> {
        for (id, parent) in [("home", None), ("mugs", Some("home")), ("lamps", Some("home"))] {
            let parent = parent.map(str::to_owned);
            save_category(tx, "demo", 1, "a", &Category { id: id.into(), title: id.into(), parent, position: 0 })?;
        }
        for (now, input) in (1..).zip([
            product("blue-mug", "Blue mug", 900, Status::Active, "mugs"),
            product("muggle-lamp", "Muggle lamp", 4_000, Status::Active, "lamps"),
            product("old-mug", "Old mug", 500, Status::Archived, "mugs"),
            product("lantern", "Café lantern", 2_500, Status::Active, "lamps"),
        ]) {
            save(tx, "demo", now, "a", &input)?;
        }
        Ok(())
    }

    async fn handles(listing: Listing) -> Vec<String> {
        let store = Store::in_memory().unwrap();
        let page = store
            .write(move |tx| -> Result<ProductPage, CatalogueError> {
                fill(tx)?;
                Ok(list(tx, "demo", &listing)?)
            })
            .await
            .unwrap();
        page.products.into_iter().map(|product| product.details.handle).collect()
    }

    fn ask(query: &str) -> Listing {
        Listing { query: Some(query.into()), ..Default::default() }
    }

    #[tokio::test]
    async fn a_whole_word_ranks_above_a_beginning() {
        let found = handles(ask("MUG")).await;
        assert_eq!(found.len(), 3);
        assert_eq!(found[2], "muggle-lamp");
    }

    #[tokio::test]
    async fn every_word_has_to_be_found() {
        assert_eq!(handles(ask("blue mu")).await, ["blue-mug"]);
        assert_eq!(handles(ask("blue lamp")).await, Vec::<String>::new());
        assert_eq!(handles(ask("  ")).await, Vec::<String>::new());
    }

    #[tokio::test]
    async fn accents_and_a_slip_of_the_finger_are_forgiven() {
        assert_eq!(handles(ask("cafe")).await, ["lantern"]);
        assert_eq!(handles(ask("lantren")).await, ["lantern"]);
        assert_eq!(handles(ask("lxntrxn")).await, Vec::<String>::new());
    }

    #[tokio::test]
    async fn a_category_holds_the_narrower_ones_and_a_status_filters() {
        let listing = Listing {
            category: Some("home".into()),
            status: Some(Status::Active),
            sort: Sort::PriceAscending,
            ..Default::default()
        };
        assert_eq!(handles(listing).await, ["blue-mug", "lantern", "muggle-lamp"]);
        let nowhere = Listing { category: Some("nowhere".into()), ..Default::default() };
        assert_eq!(handles(nowhere).await, Vec::<String>::new());
    }

    #[tokio::test]
    async fn every_order_is_kept_with_and_without_a_question() {
        let sorted =
            |sort, query: Option<&str>| handles(Listing { sort, query: query.map(Into::into), ..Default::default() });
        assert_eq!(sorted(Sort::Title, None).await, ["blue-mug", "lantern", "muggle-lamp", "old-mug"]);
        assert_eq!(sorted(Sort::Newest, None).await, ["lantern", "old-mug", "muggle-lamp", "blue-mug"]);
        assert_eq!(sorted(Sort::PriceDescending, Some("mug")).await, ["muggle-lamp", "blue-mug", "old-mug"]);
        assert_eq!(sorted(Sort::PriceAscending, Some("mug")).await, ["old-mug", "blue-mug", "muggle-lamp"]);
    }

    #[tokio::test]
    async fn pages_add_up_and_tell_the_total() {
        let store = Store::in_memory().unwrap();
        store
            .write(|tx| -> Result<(), CatalogueError> {
                fill(tx)?;
                let mut seen = Vec::new();
                for offset in [0, 2, 4] {
                    let page = list(tx, "demo", &Listing { offset, limit: 2, ..Default::default() })?;
                    assert_eq!(page.total, 4);
                    seen.extend(page.products.into_iter().map(|product| product.details.handle));
                }
                assert_eq!(seen, ["blue-mug", "lantern", "muggle-lamp", "old-mug"]);
                assert_eq!(list(tx, "other", &Listing::default())?, ProductPage::default());
                Ok(())
            })
            .await
            .unwrap();
    }
}
