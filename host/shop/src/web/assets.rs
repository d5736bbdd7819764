//! The style sheet and the scripts. Their names carry a hash of their content, so that browsers keep them for good.

use std::sync::LazyLock;

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use axum::routing::get;
use sha2::{Digest, Sha256};

/// How long browsers keep what never changes.
pub(super) const KEEP: &str = "public, max-age=31536000, immutable";

struct Asset {
    path: String,
    kind: &'static str,
    content: &'static str,
}

fn asset(name: &str, extension: &str, kind: &'static str, content: &'static str) -> Asset {
    let hash = crate::secrets::hex(&Sha256::digest(content)[..6]);
    Asset { path: format!("/assets/{name}-{hash}.{extension}"), kind, content }
}

static STYLE: LazyLock<Asset> =
    LazyLock::new(|| asset("style", "css", "text/css; charset=utf-8", include_str!("../../assets/style.css")));
static SHOP: LazyLock<Asset> =
    LazyLock::new(|| asset("shop", "js", "text/javascript; charset=utf-8", include_str!("../../assets/shop.js")));
static ICON: LazyLock<Asset> =
    LazyLock::new(|| asset("mark", "svg", "image/svg+xml", include_str!("../../assets/mark.svg")));
static ADMIN: LazyLock<Asset> =
    LazyLock::new(|| asset("admin", "js", "text/javascript; charset=utf-8", include_str!("../../assets/admin.js")));
static ADMIN_STYLE: LazyLock<Asset> =
    LazyLock::new(|| asset("admin", "css", "text/css; charset=utf-8", include_str!("../../assets/admin.css")));

/// Where the style sheet is.
pub fn style() -> &'static str {
    &STYLE.path
}

/// Where the storefront's script is.
pub fn shop_script() -> &'static str {
    &SHOP.path
}

/// Where the picture for the browser's tab is.
pub fn icon() -> &'static str {
    &ICON.path
}

/// Where the admin's script is.
pub fn admin_script() -> &'static str {
    &ADMIN.path
}

/// Where the style sheet is that the admin has beside the shop's.
pub fn admin_style() -> &'static str {
    &ADMIN_STYLE.path
}

/// The routes of all assets.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    [&*STYLE, &*SHOP, &*ADMIN, &*ADMIN_STYLE, &*ICON].into_iter().fold(Router::new(), |router, asset| {
        router.route(
            &asset.path,
            get(move || async move {
                ([(CONTENT_TYPE, asset.kind), (CACHE_CONTROL, KEEP)], asset.content).into_response()
            }),
        )
    })
}
