//! The HTTP server: the pages and the API on one address, and the background work beside them.

use std::future::Future;
use std::io;
use std::sync::Arc;

use axum::Router;
use axum::routing::any_service;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::mail::Transport;
use crate::platform::Platform;
use crate::{api, background, web};

/// Every route of the platform: the API below `/api`, the pages everywhere else.
pub fn router(platform: Platform) -> Router {
    let api = api::router(platform.clone());
    web::router(platform).route("/api/{*rest}", any_service(api))
}

/// Serves until `shutdown` is done, then lets requests and background work finish what they are at.
///
/// # Errors
/// If a thread cannot be started or the listener fails.
pub async fn serve(
    platform: Platform,
    transport: Arc<dyn Transport>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (stop, stopped) = watch::channel(false);
    let background = background::start(platform.clone(), transport, stopped)?;
    let service = router(platform).into_make_service_with_connect_info::<std::net::SocketAddr>();
    let served = axum::serve(listener, service).with_graceful_shutdown(shutdown).await;
    let _ = stop.send(true);
    let _ = tokio::task::spawn_blocking(move || background.join()).await;
    served
}
