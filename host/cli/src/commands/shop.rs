//! `boomerang shop add`: opens a shop, with its owner.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use boomerang_shop::admin::{self, NewAdmin, Role};
use boomerang_shop::clock::Clock;
use boomerang_shop::people::Email;
use boomerang_shop::secrets::new_token;
use boomerang_shop::shops::{Policies, Shop};
use boomerang_shop::store::shops;

use super::block_on;
use crate::home::Home;

/// What there is to do with shops.
#[derive(clap::Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Open a shop, and say how its owner signs in
    Add(Add),
}

/// A new shop.
#[derive(clap::Args)]
struct Add {
    /// The id that stands in addresses of the API: small letters, digits and hyphens
    id: String,
    /// The name that shoppers read
    #[arg(long)]
    name: String,
    /// The country it sells from, as ISO 3166-1 alpha-2, such as AT
    #[arg(long)]
    country: String,
    /// The currency of its prices, as ISO 4217, such as EUR
    #[arg(long)]
    currency: String,
    /// Its time zone of the IANA database, such as Europe/Vienna
    #[arg(long)]
    time_zone: String,
    /// The e-mail address that its owner signs in with
    #[arg(long)]
    owner: String,
    /// The language of its pages and mails, as a BCP 47 tag
    #[arg(long, default_value = "en")]
    locale: String,
    /// What its addresses start with, such as https://shop.example
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    url: String,
    /// The folder of the database and the secret
    #[arg(long, env = "BOOMERANG_DATA", default_value = "boomerang-data")]
    data: PathBuf,
}

/// Does it.
pub(crate) fn run(options: &Options) -> Result<()> {
    let Command::Add(add) = &options.command;
    self::add(add)
}

fn add(options: &Add) -> Result<()> {
    let now = Clock::system().now();
    let shop = Shop {
        id: options.id.clone(),
        name: options.name.trim().to_owned(),
        base_url: options.url.trim_end_matches('/').to_owned(),
        currency: options.currency.clone(),
        time_zone: options.time_zone.clone(),
        locale: options.locale.clone(),
        country: options.country.clone(),
        created_at: now,
        policies: Policies::default(),
    };
    // Before anything is made: what is typed wrong should leave nothing behind.
    shop.check().context("the shop cannot be opened")?;
    let owner = Email::parse(&options.owner).context("the owner cannot sign in")?;
    let home = Home::open(&options.data)?;
    let _kept = home.lock()?;
    home.secret()?;
    let store = home.store()?;
    let id = shop.id.clone();
    let known = block_on(async { store.read(move |tx| shops::find(tx, &id)).await })??;
    ensure!(known.is_none(), "there is a shop {} already: choose another id", shop.id);

    let password = &new_token()[..PASSWORD];
    let (id, base_url) = (shop.id.clone(), shop.base_url.clone());
    let new = NewAdmin {
        email: owner.as_typed().to_owned(),
        name: String::new(),
        role: Role::Owner,
        password: password.to_owned(),
    };
    block_on(async {
        store.write(move |tx| shops::create(tx, ACTOR, &shop)).await.context("the shop could not be opened")?;
        admin::add(&store, &id, ACTOR, new, now).await.context("the shop is open, and its owner could not be added")
    })??;
    println!(
        "opened the shop {} in {}\n\
         serve it with       boomerang serve --data {}\n\
         its owner signs in  on {base_url}/admin as {}, with the password {password}\n\
         The password is shown this once. Set another one under Staff.",
        options.id,
        options.data.display(),
        options.data.display(),
        owner.as_typed(),
    );
    Ok(())
}

/// Hexadecimal digits of a first password: 96 random bits.
const PASSWORD: usize = 24;
/// Who opens shops, as the audit log names it.
const ACTOR: &str = "system";
