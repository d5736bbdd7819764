//! `boomerang run`: one call of one extension point, JSON in and JSON out.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail, ensure};
use boomerang_engine::contract::{
    Cart, CheckoutForm, Context, CustomerEvent, Instant, OrderEvent, Page, ReportRequest, Tick,
};
use boomerang_engine::{
    Call, Engine, EngineConfig, Extension, Installation, InstallationOptions, Installations, Point,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::fixtures::Fixtures;
use crate::words;

/// What to call, and what to tell it.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The component
    component: PathBuf,
    /// The extension point to call, such as `cart-pricing`
    #[arg(long, value_parser = point)]
    point: Point,
    /// What it is called with, as JSON: a cart, a page, an order event… For `checkout-validation` an object of `form` and
    /// `cart`; for `configuration` the settings
    #[arg(long, short)]
    input: PathBuf,
    /// The merchant's settings, as JSON [default: the defaults of the manifest]
    #[arg(long)]
    settings: Option<PathBuf>,
    /// A shop for it to ask: products, points, orders…, as JSON [default: an empty one]
    #[arg(long)]
    fixtures: Option<PathBuf>,
    /// The customer who is signed in
    #[arg(long)]
    customer: Option<String>,
    /// The instant it is told, in milliseconds since 1970 [default: 0]
    #[arg(long, default_value_t = 0)]
    now: Instant,
    /// The language it is told
    #[arg(long, default_value = "en")]
    locale: String,
    /// The shop's time zone that it is told
    #[arg(long, default_value = "UTC")]
    time_zone: String,
}

fn point(id: &str) -> Result<Point, String> {
    Point::from_id(id).ok_or_else(|| format!("use one of: {}", words::list(&Point::ALL)))
}

/// What `checkout-validation` is called with.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Checkout {
    form: CheckoutForm,
    cart: Cart,
}

/// Calls the point and prints its answer, with what was skipped and refused, what it logged and what it cost.
pub(crate) fn run(options: &Options) -> Result<()> {
    let fixtures: Fixtures = options.fixtures.as_deref().map(read_json).transpose()?.unwrap_or_default();
    let engine = Engine::new(EngineConfig::default(), fixtures.capabilities())?;
    let extension = engine
        .load(&super::read(&options.component)?)
        .with_context(|| format!("{} is refused", options.component.display()))?;
    ensure!(
        extension.points().contains(&options.point),
        "{} does not export `{}`: it exports {}",
        options.component.display(),
        options.point,
        words::list(extension.points())
    );
    let answer = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .context("could not start a runtime")?
        .block_on(call(&engine, extension, options))?;
    println!("{}", serde_json::to_string_pretty(&answer)?);
    Ok(())
}

async fn call(engine: &Engine, extension: Arc<Extension>, options: &Options) -> Result<Value> {
    let context = Context { now: options.now, locale: options.locale.clone(), time_zone: options.time_zone.clone() };
    let mut call = Call::new("shop", context);
    if let Some(customer) = &options.customer {
        call = call.for_customer(customer.as_str());
    }
    let call = &call;
    if options.point == Point::Configuration {
        let settings = read_json(&options.input)?;
        let prepared = engine.prepare_settings(&extension, call, &settings).await?;
        return Ok(json!({ "bytes": prepared.bytes().len() }));
    }
    let settings = options.settings.as_deref().map(read_json).transpose()?.unwrap_or_else(|| json!({}));
    let prepared = engine.prepare_settings(&extension, call, &settings).await?;
    let grants = extension.capabilities().to_vec();
    let installation = Arc::new(Installation::new(extension, InstallationOptions::new(prepared, grants))?);
    let chain = Installations::new([installation.clone()])?;
    let input = options.input.as_path();
    Ok(match options.point {
        Point::CartPricing => json!(engine.price_cart(&chain, call, &read_json::<Cart>(input)?).await?),
        Point::CheckoutAutofill => json!(engine.plan_checkout(&chain, call, &read_json(input)?).await),
        Point::CheckoutValidation => {
            let Checkout { form, cart } = read_json(input)?;
            json!(engine.validate_checkout(&chain, call, &form, &cart).await)
        }
        Point::StorefrontBlocks => json!(engine.render_blocks(&chain, call, &read_json::<Page>(input)?).await),
        Point::Insights => {
            json!(engine.make_report(&installation, call, &read_json::<ReportRequest>(input)?).await)
        }
        Point::OrderEvents => {
            json!(engine.handle_order_event(&installation, call, &read_json::<OrderEvent>(input)?).await?)
        }
        Point::CustomerEvents => {
            json!(engine.handle_customer_event(&installation, call, &read_json::<CustomerEvent>(input)?).await?)
        }
        Point::Schedule => json!(engine.handle_tick(&installation, call, &read_json::<Tick>(input)?).await?),
        Point::Configuration => bail!("settings are prepared, not called"),
    })
}

/// Reads a JSON file, and says where in it something is wrong.
fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let bytes = super::read(path)?;
    serde_json::from_slice(&bytes).with_context(|| format!("{} does not fit", path.display()))
}
