//! `boomerang serve`: the shop platform on one address.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use anyhow::{Context, Result, ensure};
use boomerang_engine::{Compiler, decision_threads};
use boomerang_shop::clock::Clock;
use boomerang_shop::demo::{self, features};
use boomerang_shop::gateway::TestGateway;
use boomerang_shop::mail::{Mailbox, Smtp, Transport};
use boomerang_shop::platform::{Platform, PlatformConfig};
use boomerang_shop::server;
use boomerang_shop::store::{StoreError, shops};
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use crate::home::Home;

/// Where to serve from, and on which address.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Make a demo shop, unless the folder holds one already, and let its clock be moved
    #[arg(long)]
    demo: bool,
    /// The folder of the database, the secret and the compiled components
    #[arg(long, env = "BOOMERANG_DATA", default_value = "boomerang-data")]
    data: PathBuf,
    /// The folder of the components that ship with the platform
    #[arg(long, env = "BOOMERANG_COMPONENTS", default_value = "target/components")]
    components: PathBuf,
    /// The address to serve on
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,
    /// The port to serve on
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Keep each thread on a processor of its own: steadier beside hostile extensions, on a machine that does little else
    #[arg(long)]
    pin: bool,
    /// The mail server, such as smtps://user:password@mail.example.com [default: a mailbox page, and no mail leaves]
    #[arg(long, env = "BOOMERANG_SMTP", hide_env_values = true, requires = "from")]
    smtp: Option<String>,
    /// The sender of every mail
    #[arg(long, env = "BOOMERANG_FROM")]
    from: Option<String>,
}

/// Serves until it is interrupted.
pub(crate) fn run(options: &Options) -> Result<()> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let processors = thread::available_parallelism().map_or(1, usize::from);
    decision_threads(processors, options.pin).context("could not start a runtime")?.block_on(serve(options))
}

async fn serve(options: &Options) -> Result<()> {
    let address = SocketAddr::new(options.host, options.port);
    // Before anything is made: a port that is taken should leave no half-made shop behind.
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("could not listen on {address}: choose another port with --port"))?;
    let base_url = format!("http://{}", reached_at(listener.local_addr().context("the listener has no address")?));

    let home = Home::open(&options.data)?;
    let _kept = home.lock()?;
    let store = home.store()?;
    let is_empty = store.read(|tx| Ok::<_, StoreError>(shops::list(tx)?.is_empty())).await?;
    ensure!(
        options.demo || !is_empty,
        "there is no shop in {} yet: open one with `boomerang shop add` (see its --help), or name another folder with --data",
        options.data.display(),
    );
    let config = PlatformConfig {
        clock: Clock::system(),
        secret: home.secret()?,
        components: Some(options.components.clone()),
        cache: Some(home.cache()),
        demo: options.demo,
    };
    let compiler = Compiler::Worker(super::compile_worker()?);
    let platform = Platform::with_compiler(store.clone(), Arc::new(TestGateway::new()), config, compiler)?;
    let transport: Arc<dyn Transport> = match (&options.smtp, &options.from) {
        (Some(url), Some(from)) => Arc::new(Smtp::new(url, from)?),
        _ => Arc::new(Mailbox::new(store)),
    };
    if options.demo {
        features::set_up(&platform, &base_url).await.context("the demo shop could not be made")?;
        print!("{}", welcome(&base_url));
    } else {
        println!("serving on {base_url}");
    }
    server::serve(platform, transport, listener, interrupted()).await.context("the server stopped")
}

/// Where this machine reaches what listens on an address: a server that listens everywhere listens here, too.
fn reached_at(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}

/// Where everything of the demo is.
fn welcome(base_url: &str) -> String {
    format!(
        "\n\
         storefront  {base_url}/\n\
         admin       {base_url}/admin   as {admin}, password {password}\n\
         API         {base_url}/api/v1/{shop}   described in {base_url}/api/openapi.json\n\n\
         A customer to sign in as: {shopper}. Stop with Ctrl-C.\n",
        admin = features::ADMIN,
        password = features::PASSWORD,
        shop = demo::SHOP,
        shopper = demo::SHOPPER,
    )
}

/// Done at the first Ctrl-C.
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        // There is no such signal here: serve until the process is ended.
        std::future::pending::<()>().await;
    }
}
