//! Products, prices, stock and categories, and moving all of them in and out as a file.

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::auth::{Here, Staff};
use crate::api::extract::{Exact, Json, Path, Query, bytes, is_media_type};
use crate::api::idempotency::Created;
use crate::api::page::{OffsetQuery, Page};
use crate::api::problem::{Kind, Problem};
use crate::catalogue::{Category, Listing, Product, ProductInput, Sort, Status, export, import};
use crate::money::Money;
use crate::platform::Platform;
use crate::store::catalogue::CatalogueError;
use crate::store::{StoreError, catalogue, prices};

/// Which products.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AnyProductQuery {
    /// Only this category and the narrower ones below it.
    category: Option<String>,
    /// Only products that these words find.
    #[param(max_length = 200)]
    query: Option<String>,
    /// Only products with this status.
    #[param(inline)]
    status: Option<Status>,
    /// In which order.
    #[param(inline)]
    sort: Option<Sort>,
}

/// List products, drafts and archived ones too.
#[utoipa::path(get, path = "/admin/products", operation_id = "listAllProducts", tag = "admin: catalogue",
    params(AnyProductQuery, OffsetQuery),
    responses((status = 200, description = "One page of products.", body = Page<Product>)))]
pub(crate) async fn list(
    State(platform): State<Platform>,
    Here(shop): Here,
    Query(query): Query<AnyProductQuery>,
    Query(page): Query<OffsetQuery>,
) -> Result<Json<Page<Product>>, Problem> {
    let (offset, limit) = (page.offset()?, page.limit());
    let listing = Listing {
        category: query.category,
        query: query.query.filter(|words| !words.trim().is_empty()),
        status: query.status,
        sort: query.sort.unwrap_or_default(),
        offset,
        limit,
    };
    let found = platform.store.read(move |tx| catalogue::list(tx, &shop.id, &listing)).await?;
    Ok(Json(Page::numbered(found.products, offset, found.total)))
}

/// A product.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct AnyProductPath {
    /// The product's id.
    #[param(example = "prd_01j9x")]
    product: String,
}

/// Read one product with everything the merchant has entered.
#[utoipa::path(get, path = "/admin/products/{product}", operation_id = "readAnyProduct", tag = "admin: catalogue",
    params(AnyProductPath), responses((status = 200, description = "The product.", body = Product)))]
pub(crate) async fn read(
    State(platform): State<Platform>,
    Here(shop): Here,
    Path(path): Path<AnyProductPath>,
) -> Result<Json<Product>, Problem> {
    let found = platform.store.read(move |tx| catalogue::get(tx, &shop.id, &path.product)).await?;
    found.map(Json).ok_or_else(|| Problem::not_found("product"))
}

/// Make a product, or change the one with the same handle.
#[utoipa::path(post, path = "/admin/products", operation_id = "saveProduct", tag = "admin: catalogue",
    request_body(content = ProductInput, example = json!({
        "handle": "blue-mug", "title": "Blue mug", "options": ["Size"],
        "variants": [
            { "options": ["S"], "price": 900, "stock": 12 }, { "options": ["L"], "price": 1200, "stock": 3 }
        ]
    })),
    responses((status = 201, description = "The product.", body = Product)))]
pub(crate) async fn save(
    State(platform): State<Platform>,
    Here(shop): Here,
    staff: Staff,
    Exact(body): Exact<ProductInput>,
) -> Result<Created<Product>, Problem> {
    let now = platform.clock.now();
    let saved = platform.store.write(move |tx| catalogue::save(tx, &shop.id, now, &staff.actor(), &body)).await?;
    Ok(Created(saved))
}

/// Change a product, its handle included. A variant that is left out is no longer sold.
#[utoipa::path(put, path = "/admin/products/{product}", operation_id = "changeProduct", tag = "admin: catalogue",
    params(AnyProductPath),
    request_body(content = ProductInput, example = json!({
        "handle": "blue-mug", "title": "Blue mug", "status": "archived", "variants": [{ "price": 900 }]
    })),
    responses((status = 200, description = "The product.", body = Product)))]
pub(crate) async fn change(
    State(platform): State<Platform>,
    Here(shop): Here,
    staff: Staff,
    Path(path): Path<AnyProductPath>,
    Exact(body): Exact<ProductInput>,
) -> Result<Json<Product>, Problem> {
    let now = platform.clock.now();
    let changed = platform
        .store
        .write(move |tx| catalogue::update(tx, &shop.id, now, &staff.actor(), &path.product, &body))
        .await?;
    Ok(Json(changed))
}

/// A variant.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct VariantPath {
    /// The variant's id.
    #[param(example = "var_01j9x")]
    variant: String,
}

/// A catalogue price.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "price": 900 }))]
pub(crate) struct NewPrice {
    /// The price of one unit.
    #[schema(minimum = 0)]
    price: Money,
}

/// Set a variant's catalogue price from now on. The price before stays in the price history.
#[utoipa::path(put, path = "/admin/variants/{variant}/price", operation_id = "setPrice", tag = "admin: catalogue",
    params(VariantPath), request_body = NewPrice,
    responses((status = 204, description = "The price is in force.")))]
pub(crate) async fn set_price(
    State(platform): State<Platform>,
    Here(shop): Here,
    staff: Staff,
    Path(path): Path<VariantPath>,
    Json(body): Json<NewPrice>,
) -> Result<StatusCode, Problem> {
    let now = platform.clock.now();
    platform.store.write(move |tx| prices::set(tx, &shop.id, now, &staff.actor(), &path.variant, body.price)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Units in stock.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "stock": 12 }))]
pub(crate) struct NewStock {
    /// Units; none where stock is not tracked.
    stock: Option<i64>,
}

/// Set how many units of a variant are in stock.
#[utoipa::path(put, path = "/admin/variants/{variant}/stock", operation_id = "setStock", tag = "admin: catalogue",
    params(VariantPath), request_body = NewStock,
    responses((status = 204, description = "The stock is in force.")))]
pub(crate) async fn set_stock(
    State(platform): State<Platform>,
    Here(shop): Here,
    staff: Staff,
    Path(path): Path<VariantPath>,
    Json(body): Json<NewStock>,
) -> Result<StatusCode, Problem> {
    let now = platform.clock.now();
    platform
        .store
        .write(move |tx| catalogue::set_stock(tx, &shop.id, now, &staff.actor(), &path.variant, body.stock))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A category.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct CategoryPath {
    /// The category's id.
    #[param(example = "mugs")]
    category: String,
}

/// What is entered about a category.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "title": "Mugs", "position": 1 }))]
pub(crate) struct CategoryEntry {
    /// The title that shoppers read.
    #[schema(max_length = 120)]
    title: String,
    /// The next wider category.
    parent: Option<String>,
    /// Where it stands among its siblings.
    #[serde(default)]
    position: u32,
}

/// Make a category, or change it.
#[utoipa::path(put, path = "/admin/categories/{category}", operation_id = "saveCategory", tag = "admin: catalogue",
    params(CategoryPath), request_body = CategoryEntry,
    responses((status = 200, description = "The category.", body = Category)))]
pub(crate) async fn save_category(
    State(platform): State<Platform>,
    Here(shop): Here,
    staff: Staff,
    Path(path): Path<CategoryPath>,
    Json(body): Json<CategoryEntry>,
) -> Result<Json<Category>, Problem> {
    let now = platform.clock.now();
    let category = Category { id: path.category, title: body.title, parent: body.parent, position: body.position };
    let saved = platform
        .store
        .write(move |tx| {
            catalogue::save_category(tx, &shop.id, now, &staff.actor(), &category)?;
            Ok::<_, CatalogueError>(category)
        })
        .await?;
    Ok(Json(saved))
}

/// Remove a category that holds nothing.
#[utoipa::path(delete, path = "/admin/categories/{category}", operation_id = "removeCategory",
    tag = "admin: catalogue", params(CategoryPath),
    responses((status = 204, description = "The category is gone.")))]
pub(crate) async fn remove_category(
    State(platform): State<Platform>,
    Here(shop): Here,
    staff: Staff,
    Path(path): Path<CategoryPath>,
) -> Result<StatusCode, Problem> {
    let now = platform.clock.now();
    platform
        .store
        .write(move |tx| {
            let known = catalogue::categories(tx, &shop.id)?.iter().any(|category| category.id == path.category);
            if !known {
                return Err(Problem::not_found("category"));
            }
            Ok(catalogue::remove_category(tx, &shop.id, now, &staff.actor(), &path.category)?)
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What an import has done.
#[derive(Serialize, ToSchema)]
pub(crate) struct Imported {
    /// The ids of the products that were made or changed, in the order of the file.
    products: Vec<String>,
}

/// Import a product CSV in Shopify's format, with its old or its new header names.
///
/// All of it or nothing: every row that is wrong is named by line, column and reason in `rows`.
#[utoipa::path(post, path = "/admin/products/import", operation_id = "importProducts", tag = "admin: catalogue",
    request_body(content = String, content_type = "text/csv", description = "The file, at most 8 MiB of UTF-8."),
    responses((status = 201, description = "Everything in the file was saved.", body = Imported)))]
pub(crate) async fn import_file(
    State(platform): State<Platform>,
    Here(shop): Here,
    staff: Staff,
    request: Request,
) -> Result<Created<Imported>, Problem> {
    if !is_media_type(&request, "text/csv") {
        let detail = "This operation reads a CSV file. Send Content-Type: text/csv.";
        return Err(Problem::new(Kind::UnsupportedMediaType, detail));
    }
    let file = bytes(request).await?;
    let currency = shop.currency.clone();
    let read = tokio::task::spawn_blocking(move || import::read(&file, &currency)).await;
    let import = read.map_err(|error| Problem::internal(&error))??;
    let now = platform.clock.now();
    let products =
        platform.store.write(move |tx| catalogue::import(tx, &shop.id, now, &staff.actor(), &import)).await?;
    Ok(Created(Imported { products }))
}

/// Take the catalogue along as a product CSV that `importProducts` reads.
#[utoipa::path(get, path = "/admin/products/export", operation_id = "exportProducts", tag = "admin: catalogue",
    responses((status = 200, description = "The file.", body = String, content_type = "text/csv")))]
pub(crate) async fn export_file(State(platform): State<Platform>, Here(shop): Here) -> Result<Response, Problem> {
    let currency = shop.currency.clone();
    let (products, categories) = platform
        .store
        .read(move |tx| {
            let mut products = Vec::new();
            loop {
                let offset = u32::try_from(products.len()).unwrap_or(u32::MAX);
                let listing = Listing { sort: Sort::Title, offset, limit: Listing::MOST, ..Listing::default() };
                let page = catalogue::list(tx, &shop.id, &listing)?;
                if page.products.is_empty() {
                    return Ok::<_, StoreError>((products, catalogue::categories(tx, &shop.id)?));
                }
                products.extend(page.products);
            }
        })
        .await?;
    let head =
        [(header::CONTENT_TYPE, "text/csv"), (header::CONTENT_DISPOSITION, "attachment; filename=\"products.csv\"")];
    Ok((head, export::write(&products, &categories, &currency)).into_response())
}
