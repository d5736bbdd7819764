//! The HTTP server: the pages and the API on one address, and the background work beside them.
//!
//! A connection holds nothing for somebody who does not go on: the head of a request has to arrive in time, from the moment
//! at which the connection is open or the last request was answered, and so has a body from the moment at which it is asked
//! for.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::routing::any_service;
use axum::serve::Listener;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tower::ServiceExt;

use crate::mail::Transport;
use crate::platform::Platform;
use crate::{api, background, web};

/// How long requests may take to arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For the head of a request. A connection on which nothing is asked is closed after it, too.
    pub head: Duration,
    /// For the body of a request.
    pub body: Duration,
}

impl Default for Patience {
    /// 30 seconds for each.
    fn default() -> Self {
        Self { head: Duration::from_secs(30), body: Duration::from_secs(30) }
    }
}

/// Every route of the platform: the API below `/api`, the pages everywhere else.
pub fn router(platform: Platform) -> Router {
    let api = api::router(platform.clone());
    web::router(platform).route("/api/{*rest}", any_service(api))
}

/// Serves until `shutdown` is done, then lets requests and background work finish what they are at.
///
/// # Errors
/// If a thread cannot be started.
pub async fn serve(
    platform: Platform,
    transport: Arc<dyn Transport>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (stop, stopped) = watch::channel(false);
    let background = background::start(platform.clone(), transport, stopped)?;
    let head = platform.patience.head;
    accept(router(platform), head, listener, shutdown).await;
    let _ = stop.send(true);
    let _ = tokio::task::spawn_blocking(move || background.join()).await;
    Ok(())
}

/// Takes connections until `shutdown` is done, and comes to its end with the last of them.
async fn accept(router: Router, head: Duration, mut listener: TcpListener, shutdown: impl Future<Output = ()>) {
    let connections = GracefulShutdown::new();
    let mut protocol = http1::Builder::new();
    protocol.timer(TokioTimer::new()).header_read_timeout(head);
    let mut shutdown = pin!(shutdown);
    loop {
        let (stream, address): (_, SocketAddr) = tokio::select! {
            // It waits where the machine has no more connections to give.
            accepted = Listener::accept(&mut listener) => accepted,
            () = &mut shutdown => break,
        };
        let router = router.clone();
        let answer = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(address));
            router.clone().oneshot(request)
        });
        let connection = connections.watch(protocol.serve_connection(TokioIo::new(stream), answer));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                // Somebody went away or was too slow; whoever it was knows.
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
    drop(listener);
    connections.shutdown().await;
}
