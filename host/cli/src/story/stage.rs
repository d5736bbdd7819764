//! Where the story happens: a demo shop of its own, on a clock that stands still until the story moves it.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use boomerang_shop::clock::{Clock, Instant};
use boomerang_shop::demo::{self, features};
use boomerang_shop::gateway::TestGateway;
use boomerang_shop::mail::Mailbox;
use boomerang_shop::platform::{Platform, PlatformConfig};
use boomerang_shop::secrets::Secret;
use boomerang_shop::server;
use boomerang_shop::store::{Store, StoreError, mailbox};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// A Wednesday in June, at noon in Vienna.
const BEGINNING: Instant = 1_781_085_600_000;

pub(super) struct Stage {
    runtime: Runtime,
    platform: Platform,
    mailbox: Mailbox,
    base: String,
}

impl Stage {
    /// Opens the demo shop and serves it on a free port of this machine.
    pub(super) fn open(components: &Path, cache: Option<&Path>) -> Result<Self> {
        let runtime = Runtime::new().context("no thread could be started")?;
        let (platform, listener, base) = runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.context("no port is free on 127.0.0.1")?;
            let base = format!("http://{}", listener.local_addr()?);
            let config = PlatformConfig {
                clock: Clock::manual(BEGINNING),
                secret: Secret::random(),
                components: Some(components.to_owned()),
                cache: cache.map(Path::to_owned),
                demo: true,
            };
            let platform = Platform::new(Store::in_memory()?, Arc::new(TestGateway::new()), config)?;
            features::set_up(&platform, &base).await?;
            anyhow::Ok((platform, listener, base))
        })?;
        let service = server::router(platform.clone()).into_make_service_with_connect_info::<SocketAddr>();
        runtime.spawn(async move { axum::serve(listener, service).await });
        let mailbox = Mailbox::new(platform.store.clone());
        let stage = Self { runtime, platform, mailbox, base };
        stage.work()?;
        Ok(stage)
    }

    /// Where the shop is.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// What time it is.
    pub(super) fn now(&self) -> Instant {
        self.platform.clock.now()
    }

    /// Lets everything happen that is due: events reach the features, mails are sent.
    pub(super) fn work(&self) -> Result<()> {
        self.runtime.block_on(async {
            // A handler may queue a mail, and a mail may be about an event: until nothing is left.
            loop {
                let worked = self.platform.work(&self.mailbox).await?;
                if worked.handlers.done == 0 && worked.mails.sent == 0 {
                    return Ok::<(), StoreError>(());
                }
            }
        })?;
        Ok(())
    }

    /// The latest mail to somebody whose subject or text has these words.
    pub(super) fn mail(&self, to: &str, words: &str) -> Result<String> {
        let recipient = to.to_owned();
        let store = &self.platform.store;
        let mails = self.runtime.block_on(
            store.read(move |tx| -> Result<_, StoreError> { mailbox::list(tx, demo::SHOP, Some(&recipient), 50) }),
        )?;
        mails
            .into_iter()
            .find(|mail| mail.subject.contains(words) || mail.text.contains(words))
            .map(|mail| mail.text)
            .with_context(|| format!("no mail to {to} has the words “{words}”"))
    }
}

/// The token that the link of a mail ends with.
pub(super) fn token_of(text: &str) -> Result<(String, String)> {
    let link = text
        .split_whitespace()
        .find(|word| word.contains("/sign-in/confirm?token="))
        .context("the mail has no link to sign in with")?;
    let (_, token) = link.split_once("token=").context("the link has no token")?;
    Ok((link.to_owned(), token.to_owned()))
}
