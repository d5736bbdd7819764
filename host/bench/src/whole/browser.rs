//! Asks for pages over HTTP/1.1 on one connection that is kept alive, as one browser.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread;

use anyhow::{Context, Result, ensure};
use boomerang_shop::mail::Mailbox;
use boomerang_shop::platform::Platform;
use boomerang_shop::server;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{CONTENT_TYPE, COOKIE, HOST, SET_COOKIE};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};

/// A browser that is connected to a shop.
pub(super) struct Browser {
    runtime: Runtime,
    sender: SendRequest<Full<Bytes>>,
    host: String,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    /// Serves a platform on threads of its own, and connects to it.
    pub(super) fn open(platform: &Platform) -> Result<Self> {
        let address = serve(platform.clone())?;
        let runtime = crate::setup::runtime()?;
        let sender = runtime.block_on(async {
            let stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            let (sender, connection) = handshake(TokioIo::new(stream)).await?;
            // Ends when the sender is dropped.
            tokio::spawn(connection);
            anyhow::Ok(sender)
        })?;
        Ok(Self { runtime, sender, host: address.to_string(), cookies: BTreeMap::new() })
    }

    /// The same browser once more, on a connection of its own.
    pub(super) fn again(&self, platform: &Platform) -> Result<Self> {
        Ok(Self { cookies: self.cookies.clone(), ..Self::open(platform)? })
    }

    /// A page, which has to be there.
    pub(super) fn get(&mut self, path: &str) -> Result<String> {
        let (status, text) = self.send(Method::GET, path, String::new())?;
        ensure!(status == 200, "{path} answered {status}");
        Ok(text)
    }

    /// Sends the form of a page that goes to `action`, with what its hidden fields hold.
    pub(super) fn submit(&mut self, page: &str, action: &str, fields: &[(&str, &str)]) -> Result<()> {
        let form = page.split("<form").find(|form| form.contains(&format!("action=\"{action}\"")));
        let form = form.with_context(|| format!("the page has no form for {action}"))?;
        let mut all: BTreeMap<&str, &str> = hidden(form).collect();
        all.extend(fields.iter().copied());
        let body: Vec<String> = all.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let (status, _) = self.send(Method::POST, action, body.join("&"))?;
        ensure!((300..400).contains(&status), "{action} answered {status}");
        Ok(())
    }

    fn send(&mut self, method: Method, path: &str, body: String) -> Result<(u16, String)> {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, &self.host)
            .header(COOKIE, cookies.join("; "))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Full::new(Bytes::from(body)))?;
        let sender = &mut self.sender;
        let (parts, body) = self.runtime.block_on(async {
            sender.ready().await?;
            let (parts, body) = sender.send_request(request).await?.into_parts();
            anyhow::Ok((parts, body.collect().await?.to_bytes()))
        })?;
        for line in parts.headers.get_all(SET_COOKIE) {
            if let Some((name, value)) = line.to_str()?.split(';').next().and_then(|pair| pair.split_once('=')) {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Ok((parts.status.as_u16(), String::from_utf8(body.to_vec())?))
    }
}

/// Names and values of the hidden fields of a form.
fn hidden(form: &str) -> impl Iterator<Item = (&str, &str)> {
    let form = &form[..form.find("</form>").unwrap_or(form.len())];
    form.split("<input").filter(|tag| tag.contains("type=\"hidden\"")).filter_map(|tag| {
        let of = |name: &str| {
            let start = tag.find(&format!("{name}=\""))? + name.len() + 2;
            Some(&tag[start..start + tag[start..].find('"')?])
        };
        Some((of("name")?, of("value")?))
    })
}

/// Serves a platform for as long as the process lives.
fn serve(platform: Platform) -> Result<SocketAddr> {
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).context("no port to listen on")?;
    let address = listener.local_addr()?;
    let transport = Arc::new(Mailbox::new(platform.store.clone()));
    thread::Builder::new()
        .name("shop".into())
        .spawn(move || runtime.block_on(server::serve(platform, transport, listener, std::future::pending())))?;
    Ok(address)
}
