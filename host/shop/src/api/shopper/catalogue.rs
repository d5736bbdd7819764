//! What the shop sells, as everybody sees it: products on sale, and nothing that is the merchant's own business.

use std::collections::BTreeMap;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::auth::Here;
use crate::api::extract::{Json, Path, Query};
use crate::api::page::{OffsetQuery, Page};
use crate::api::problem::Problem;
use crate::cart::delivery::DeliveryMethod;
use crate::catalogue::{Attributes, Category, Listing, Picture, Product, Sort, Status, Variant};
use crate::clock::Instant;
use crate::money::Money;
use crate::platform::Platform;
use crate::pricing::shown::{ShownPrice, Subject};
use crate::shops::Shop;
use crate::store::{Tx, catalogue};

/// A shop.
#[derive(Serialize, ToSchema)]
pub(crate) struct ShopView {
    /// The shop's id.
    #[schema(example = "demo")]
    id: String,
    /// The name that shoppers read.
    name: String,
    /// ISO 4217. Every amount of this shop is in minor units of it.
    #[schema(example = "EUR")]
    currency: String,
    /// A BCP 47 tag.
    #[schema(example = "de-AT")]
    locale: String,
    /// An IANA time zone.
    #[schema(example = "Europe/Vienna")]
    time_zone: String,
    /// ISO 3166-1 alpha-2.
    #[schema(example = "AT")]
    country: String,
    /// Prices of the catalogue contain the tax.
    prices_include_tax: bool,
    /// How long a delivered order can be given back.
    refund_window_days: u32,
    /// How goods can be sent.
    delivery: Vec<DeliveryMethod>,
    /// The instant it is here, so that a page can count down by the shop's clock.
    now: Instant,
}

/// Read what the shop is.
#[utoipa::path(get, path = "", operation_id = "readShop", tag = "catalogue", responses(
    (status = 200, description = "The shop.", body = ShopView),
))]
pub(crate) async fn shop(State(platform): State<Platform>, Here(shop): Here) -> Json<ShopView> {
    let shop = Shop::clone(&shop);
    Json(ShopView {
        id: shop.id,
        name: shop.name,
        currency: shop.currency,
        locale: shop.locale,
        time_zone: shop.time_zone,
        country: shop.country,
        prices_include_tax: shop.policies.prices_include_tax,
        refund_window_days: shop.policies.refund_window_days,
        delivery: shop.policies.delivery,
        now: platform.clock.now(),
    })
}

/// List the categories that shoppers browse.
#[utoipa::path(get, path = "/categories", operation_id = "listCategories", tag = "catalogue", responses(
    (status = 200, description = "Every category, siblings in their order.", body = [Category]),
))]
pub(crate) async fn categories(
    State(platform): State<Platform>,
    Here(shop): Here,
) -> Result<Json<Vec<Category>>, Problem> {
    Ok(Json(platform.store.read(move |tx| catalogue::categories(tx, &shop.id)).await?))
}

/// A product as shoppers see it.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProductView {
    /// The product's id.
    id: String,
    /// Stands in addresses: `blue-mug`.
    handle: String,
    /// The title.
    title: String,
    /// Plain text.
    description: String,
    /// Who makes it.
    brand: String,
    /// The ids of its categories, from the widest to the narrowest.
    categories: Vec<String>,
    /// Free words.
    tags: Vec<String>,
    /// What variants differ in, such as `Size`.
    options: Vec<String>,
    /// Pictures, the first one first.
    pictures: Vec<Picture>,
    /// Free keys and values.
    attributes: Attributes,
    /// When it was first offered.
    offered_since: Instant,
    /// ISO 4217.
    currency: String,
    /// What can be bought, at least one.
    variants: Vec<VariantView>,
}

/// One buyable form of a product.
#[derive(Serialize, ToSchema)]
pub(crate) struct VariantView {
    /// The variant's id.
    id: String,
    /// A value for each of the product's options.
    options: Vec<String>,
    /// The shop's own number.
    sku: String,
    /// The catalogue's price of one unit, before every adjustment.
    list_price: Money,
    /// What one unit costs now, for somebody unknown.
    price: ShownPrice,
    /// Whether one unit can be bought now.
    available: bool,
    /// Units that can be bought now; none where that is not limited.
    stock: Option<i64>,
    /// Which of the product's pictures shows it, counted from 0.
    picture: Option<u32>,
}

/// Variants that one call of the pricing chain prices.
const PRICED_AT_ONCE: usize = 100;

impl ProductView {
    /// Products as shoppers see them, with the prices of now.
    async fn all(platform: &Platform, shop: &Shop, products: Vec<Product>) -> Result<Vec<Self>, Problem> {
        let now = platform.clock.now();
        let variants: Vec<(&Product, &Variant)> = products
            .iter()
            .flat_map(|product| product.variants.iter().map(move |variant| (product, variant)))
            .collect();
        let mut prices = BTreeMap::new();
        for chunk in variants.chunks(PRICED_AT_ONCE) {
            let subject = Subject { kind: "category", slots: &["price"], ..Subject::default() };
            prices.extend(platform.show(shop, chunk, &subject, now).await?.prices);
        }
        Ok(products.into_iter().map(|product| Self::new(shop, product, &mut prices)).collect())
    }

    fn new(shop: &Shop, product: Product, prices: &mut BTreeMap<String, ShownPrice>) -> Self {
        let details = product.details;
        Self {
            id: product.id,
            handle: details.handle,
            title: details.title,
            description: details.description,
            brand: details.brand,
            categories: product.categories,
            tags: details.tags,
            options: details.options,
            pictures: details.pictures,
            attributes: details.attributes,
            offered_since: product.offered_since,
            currency: shop.currency.clone(),
            variants: product.variants.into_iter().map(|variant| VariantView::new(variant, prices)).collect(),
        }
    }
}

impl VariantView {
    fn new(variant: Variant, prices: &mut BTreeMap<String, ShownPrice>) -> Self {
        let details = variant.details;
        let listed = ShownPrice { now: details.price, was: None, reduced_basis_points: None, remaining: None };
        Self {
            price: prices.remove(&variant.id).unwrap_or(listed),
            id: variant.id,
            list_price: details.price,
            available: details.can_sell(1),
            stock: details.sellable(),
            options: details.options,
            sku: details.sku,
            picture: details.picture,
        }
    }
}

/// Which products.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ProductQuery {
    /// Only this category and the narrower ones below it.
    category: Option<String>,
    /// Only products that these words find.
    #[param(max_length = 200)]
    query: Option<String>,
    /// In which order.
    #[param(inline)]
    sort: Option<Sort>,
}

/// List products on sale, or search among them.
#[utoipa::path(get, path = "/products", operation_id = "listProducts", tag = "catalogue",
    params(ProductQuery, OffsetQuery),
    responses((status = 200, description = "One page of products.", body = Page<ProductView>)))]
pub(crate) async fn products(
    State(platform): State<Platform>,
    Here(shop): Here,
    Query(query): Query<ProductQuery>,
    Query(page): Query<OffsetQuery>,
) -> Result<Json<Page<ProductView>>, Problem> {
    let (offset, limit) = (page.offset()?, page.limit());
    let listing = Listing {
        category: query.category,
        query: query.query.filter(|words| !words.trim().is_empty()),
        status: Some(Status::Active),
        sort: query.sort.unwrap_or_default(),
        offset,
        limit,
    };
    let id = shop.id.clone();
    let found = platform.store.read(move |tx| catalogue::list(tx, &id, &listing)).await?;
    let total = found.total;
    let items = ProductView::all(&platform, &shop, found.products).await?;
    Ok(Json(Page::numbered(items, offset, total)))
}

/// A product.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct ProductPath {
    /// The product's id or its handle.
    #[param(example = "blue-mug")]
    pub(super) product: String,
}

/// A product on sale, by its id or its handle.
pub(super) fn on_sale(tx: &mut Tx<'_>, shop: &str, id: &str) -> Result<Product, Problem> {
    let found = match catalogue::get(tx, shop, id)? {
        Some(product) => Some(product),
        None => catalogue::by_handle(tx, shop, id)?,
    };
    found.filter(Product::is_on_sale).ok_or_else(|| Problem::not_found("product on sale"))
}

/// Read one product on sale.
#[utoipa::path(get, path = "/products/{product}", operation_id = "readProduct", tag = "catalogue", params(ProductPath),
    responses((status = 200, description = "The product.", body = ProductView)))]
pub(crate) async fn product(
    State(platform): State<Platform>,
    Here(shop): Here,
    Path(path): Path<ProductPath>,
) -> Result<Json<ProductView>, Problem> {
    let id = shop.id.clone();
    let product = platform.store.read(move |tx| on_sale(tx, &id, &path.product)).await?;
    let mut views = ProductView::all(&platform, &shop, vec![product]).await?;
    views.pop().map(Json).ok_or_else(|| Problem::not_found("product on sale"))
}
