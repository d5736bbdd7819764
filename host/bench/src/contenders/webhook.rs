//! The decision as a JSON webhook on loopback: a server of bare hyper on a thread of its own, a client of bare hyper on a
//! connection that is kept alive. Nothing cheaper speaks HTTP.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;

use anyhow::{Context as _, Result, ensure};
use boomerang_engine::contract::{Adjustment, Cart, Context};
use bytes::Bytes;
use flash_sale::plan::Plan;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::CONTENT_TYPE;
use hyper::server::conn::http1 as server;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde::{Deserialize, Serialize};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

use super::native::{adjustment_into, cart_from, plan, price};
use super::{Contender, Pricer, Times, WEBHOOK};
use crate::{cart, setup};

/// What is sent.
#[derive(Serialize)]
struct Asked<'a> {
    context: &'a Context,
    cart: &'a Cart,
}

/// What arrives.
#[derive(Deserialize)]
struct Received {
    context: Context,
    cart: Cart,
}

/// A client that is connected, and what it asks.
pub(super) struct Webhook {
    runtime: Runtime,
    sender: SendRequest<Full<Bytes>>,
    context: Context,
    cart: Cart,
}

impl Webhook {
    pub(super) fn new(prepared: &[u8], lines: usize) -> Result<Self> {
        let address = serve(plan(prepared)?)?;
        let runtime = setup::runtime()?;
        let sender = runtime.block_on(connect(address))?;
        Ok(Self { runtime, sender, context: cart::context(), cart: cart::seen(lines) })
    }
}

impl Contender for Webhook {
    fn name(&self) -> &str {
        WEBHOOK
    }

    fn round(&mut self, times: &mut Times) -> Result<()> {
        times.make(&self.runtime, async || ask(&mut self.sender, &self.context, &self.cart).await)
    }
}

impl Pricer for Webhook {
    fn decide(&mut self) -> Result<Vec<Adjustment>> {
        self.runtime.block_on(ask(&mut self.sender, &self.context, &self.cart))
    }
}

async fn connect(address: SocketAddr) -> Result<SendRequest<Full<Bytes>>> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    // Ends when the sender is dropped.
    tokio::spawn(connection);
    Ok(sender)
}

async fn ask(sender: &mut SendRequest<Full<Bytes>>, context: &Context, cart: &Cart) -> Result<Vec<Adjustment>> {
    let body = serde_json::to_vec(&Asked { context, cart })?;
    let request = Request::post("/price-cart")
        .header("host", "localhost")
        .header(CONTENT_TYPE, "application/json")
        .body(Full::new(body.into()))?;
    sender.ready().await?;
    let response = sender.send_request(request).await?;
    ensure!(response.status() == StatusCode::OK, "the webhook answered {}", response.status());
    let body = response.into_body().collect().await?.to_bytes();
    Ok(serde_json::from_slice(&body)?)
}

/// Starts a server that prices carts with the native function.
fn serve(plan: Plan) -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no port to listen on")?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let runtime = setup::runtime()?;
    thread::Builder::new().name("webhook".into()).spawn(move || runtime.block_on(accept(listener, Arc::new(plan))))?;
    Ok(address)
}

async fn accept(listener: TcpListener, plan: Arc<Plan>) -> Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let plan = Arc::clone(&plan);
        let service = service_fn(move |request| answer(Arc::clone(&plan), request));
        tokio::spawn(server::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

async fn answer(plan: Arc<Plan>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let decided = decide(&plan, request).await;
    let status = if decided.is_ok() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    let body = decided.unwrap_or_else(|error| error.to_string().into_bytes());
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    Ok(response)
}

async fn decide(plan: &Plan, request: Request<Incoming>) -> Result<Vec<u8>> {
    let body = request.into_body().collect().await?.to_bytes();
    let received: Received = serde_json::from_slice(&body)?;
    let made = price(plan, received.context.now, &cart_from(received.cart))?;
    let adjustments: Vec<_> = made.into_iter().map(adjustment_into).collect();
    Ok(serde_json::to_vec(&adjustments)?)
}
