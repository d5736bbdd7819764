//! `boomerang story`: what the features do for a shopper and a merchant, told by doing it, over HTTP, in a shop of its own.
//!
//! Every sentence that is printed was checked against the shop's answers first; one that does not hold ends the story.

mod client;
mod logs;
mod stage;

use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, ensure};
use boomerang_shop::demo::features::{ADMIN, PASSWORD};
use boomerang_shop::extensions::time_zones::to_local;
use serde_json::{Value, json};

use client::Client;
use logs::Logs;
use stage::{Stage, token_of};

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const DAY: i64 = 24 * 60 * MINUTE;
/// Whom the story is about.
const SHOPPER: &str = "mia@example.com";

/// Where the components are.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The folder of the components that ship with the platform
    #[arg(long, env = "BOOMERANG_COMPONENTS", default_value = "target/components")]
    components: PathBuf,
    /// A folder for compiled components, so that the next story begins sooner
    #[arg(long)]
    cache: Option<PathBuf>,
}

/// Tells the story.
pub(crate) fn run(options: &Options) -> Result<()> {
    let logs = Logs::keep()?;
    let stage = Stage::open(&options.components, options.cache.as_deref())
        .context("the demo shop could not be opened; build the components with `cargo xtask guests`")?;
    println!("A demo shop is open at {}, on a clock that stands still.\n", stage.base());
    let mut story = Story::begin(stage)?;
    let first = story.a_guest_buys_in_the_last_seconds()?;
    story.the_account_is_made(&first)?;
    story.points_become_available(&first)?;
    let second = story.a_second_device_is_recognised()?;
    story.part_of_it_comes_back(&second)?;
    story.the_merchant_switches_a_feature_off()?;
    story.the_books_balance()?;
    story.the_logs_tell_nothing(&logs)?;
    println!("The end. Everything above was checked against the shop's own answers.");
    Ok(())
}

struct Story {
    stage: Stage,
    merchant: Client,
    shopper: Client,
    /// What came in mails, or to other devices, and opens something.
    secrets: Vec<String>,
}

/// An order and what it cost.
struct Bought {
    order: Value,
}

impl Bought {
    fn id(&self) -> &str {
        self.order["id"].as_str().unwrap_or_default()
    }
}

impl Story {
    fn begin(stage: Stage) -> Result<Self> {
        let mut merchant = Client::new("merchant", stage.base());
        sign_in_merchant(&mut merchant)?;
        // The merchant chooses accounts that are made for buyers, with notice, where the law allows it.
        merchant.put("/admin/extensions/auto-account/settings", json!({ "europe": "automatic" }))?;
        let mut shopper = Client::new("shopper", stage.base());
        let session = shopper.post("/sessions", json!({}))?;
        shopper.set_token(&session["token"]);
        Ok(Self { stage, merchant, shopper, secrets: Vec::new() })
    }

    fn advance(&mut self, by: i64) -> Result<()> {
        self.merchant.post("/admin/clock", json!({ "advance": by }))?;
        self.stage.work()
    }

    /// The first variant of a product as the shopper sees it.
    fn product(&self, handle: &str) -> Result<Value> {
        let product = self.shopper.get(&format!("/products/{handle}"))?;
        Ok(product["variants"][0].clone())
    }

    fn a_guest_buys_in_the_last_seconds(&mut self) -> Result<Bought> {
        // The sale of the mugs ends 31 minutes after the demo begins, at a full minute.
        let ends = (self.stage.now() + 31 * MINUTE).div_euclid(MINUTE) * MINUTE;
        self.advance(ends - self.stage.now() - 5 * SECOND)?;
        let mug = self.product("harbour-mug")?;
        let (list, now, was) = (&mug["list_price"], number(&mug["price"]["now"])?, number(&mug["price"]["was"])?);
        ensure!(now < number(list)?, "the mug should be on sale, and costs {now} of {list}");
        say(&format!(
            "Five seconds before the sale ends, a mug costs {} instead of {}, the lowest price of the 30 days before.",
            money(now),
            money(was)
        ));
        let cart = self.cart_with(&mug, 2)?;
        let checkout = self.shopper.post(&format!("/carts/{cart}/checkout"), json!({}))?;
        ensure!(checkout["payment_tokens"] == json!([]), "nothing may be known of a guest");
        let total = self.fill_in(&cart, address())?;
        self.advance(3 * SECOND)?;
        let order = self.place(&cart, total)?;
        ensure!(order["total"] == total, "the charge is {} and {total} was shown", order["total"]);
        say(&format!(
            "A guest buys two of them, two seconds before the end, and is charged the {} that were shown.",
            money(total)
        ));
        self.advance(2 * SECOND)?;
        let after = self.product("harbour-mug")?;
        ensure!(after["price"]["now"] == *list, "the sale is over and the mug still costs {}", after["price"]["now"]);
        say(&format!("When the sale is over the mug costs {} again.", money(number(list)?)));
        Ok(Bought { order })
    }

    fn the_account_is_made(&mut self, first: &Bought) -> Result<()> {
        self.stage.work()?;
        let mail = self.stage.mail(SHOPPER, "/sign-in/confirm?token=")?;
        let (link, token) = token_of(&mail)?;
        self.secrets.push(token.clone());
        say("The order is paid, the account is made, and a mail with a link arrives.");
        let status = self.shopper.scan(&link)?;
        ensure!(status == 200, "the link in the mail should lead to a page, and answers {status}");
        say("A scanner opens the link in the mail and gets a page with a button: that signs nobody in.");
        let signed_in = self
            .shopper
            .post("/sign-in/link", json!({ "token": token }))
            .context("the link was used up by looking at it")?;
        ensure!(signed_in["first"] == true, "the address is proved for the first time");
        self.shopper.set_token(&signed_in["token"]);
        let orders = self.shopper.get("/account/orders")?;
        let listed = orders.as_array().is_some_and(|items| items.iter().any(|order| order["id"] == first.id()));
        ensure!(listed, "the order made as a guest should be in the account: {orders}");
        say("The shopper presses the button, is signed in, and finds the order made as a guest.");
        Ok(())
    }

    fn points_become_available(&mut self, first: &Bought) -> Result<()> {
        self.stage.work()?;
        let points = self.shopper.get("/account/points")?;
        let (pending, welcome) = (number(&points["pending"])?, number(&points["available"])?);
        ensure!(pending > 0, "the order's points should be pending: {points}");
        say(&format!(
            "The account begins with {welcome} points. The order has earned {pending}, pending while it can be sent back."
        ));
        self.merchant.post(&format!("/admin/orders/{}/fulfil", first.id()), json!({}))?;
        self.merchant.post(&format!("/admin/orders/{}/deliver", first.id()), json!({}))?;
        self.advance(31 * DAY)?;
        // Nobody stays signed in for a month without coming back.
        sign_in_merchant(&mut self.merchant)?;
        let mut shopper = std::mem::replace(&mut self.shopper, Client::new("shopper", self.stage.base()));
        self.sign_in(&mut shopper, false)?;
        self.shopper = shopper;
        let points = self.shopper.get("/account/points")?;
        let available = number(&points["available"])?;
        ensure!(points["pending"] == 0 && available == welcome + pending, "the points should be available: {points}");
        say(&format!("A month later all {available} are there to be spent."));
        Ok(())
    }

    /// Signs somebody in by a mailed link, and gives the device's token if it is to be remembered.
    fn sign_in(&mut self, client: &mut Client, remember: bool) -> Result<Value> {
        let session = client.post("/sessions", json!({}))?;
        client.set_token(&session["token"]);
        client.post("/sign-in", json!({ "email": SHOPPER }))?;
        self.stage.work()?;
        let (_, token) = token_of(&self.stage.mail(SHOPPER, "/sign-in/confirm?token=")?)?;
        self.secrets.push(token.clone());
        let signed_in = client.post("/sign-in/link", json!({ "token": token, "remember": remember }))?;
        client.set_token(&signed_in["token"]);
        Ok(signed_in["device_token"].clone())
    }

    fn a_second_device_is_recognised(&mut self) -> Result<Bought> {
        self.new_sale()?;
        let lantern = self.product("storm-lantern")?;
        let mut phone = Client::new("phone", self.stage.base());
        let device = self.sign_in(&mut phone, true)?;
        ensure!(device.is_string(), "the phone asked to be remembered, and was given no token");
        say("The shopper signs in on a phone, too, and asks to be remembered there.");
        phone.set_device(&device);
        // The next visit is another session, in which nobody has signed in.
        let session = phone.post("/sessions", json!({}))?;
        phone.set_token(&session["token"]);
        let known = phone.get("/session")?;
        ensure!(known["customer"].is_null(), "nobody should be signed in on the phone: {known}");
        std::mem::swap(&mut self.shopper, &mut phone);
        let available = number(&phone.get("/account/points")?["available"])?;
        let cart = self.cart_with(&lantern, 2)?;
        let checkout = self.shopper.post(&format!("/carts/{cart}/checkout"), json!({}))?;
        let fields = checkout["fields"].as_array().context("the checkout has fields")?;
        let asked: Vec<&Value> = fields
            .iter()
            .filter(|field| field["required"] == true && field["hidden"] == false && field["value"] == "")
            .map(|field| &field["field"])
            .collect();
        ensure!(asked.is_empty(), "a recognised shopper should have nothing to type, and is asked for {asked:?}");
        say("On the phone's next visit it is recognised and the checkout is filled in: nothing to type.");
        let spend = available.min(20) / 10 * 10;
        ensure!(spend > 0, "there should be points to spend, and there are {available}");
        self.shopper.patch(
            &format!("/carts/{cart}"),
            json!({ "attributes": { "loyalty-points.redeem": spend.to_string() } }),
        )?;
        let total = self.fill_in(&cart, json!({}))?;
        let order = self.place(&cart, total)?;
        self.stage.work()?;
        let left = number(&phone.get("/account/points")?["available"])?;
        ensure!(left == available - spend, "of {available} points {spend} were spent, and {left} are left");
        let after = self.product("storm-lantern")?;
        ensure!(
            after["price"]["remaining"] == 1,
            "two of three at the sale's price are sold, and {} are left",
            after["price"]["remaining"]
        );
        say(&format!(
            "Two of the three lanterns on sale are bought with {spend} points and {}: points and sale units are taken \
             together with the stock.",
            money(total)
        ));
        std::mem::swap(&mut self.shopper, &mut phone);
        self.secrets.extend(phone.secrets().iter().cloned());
        Ok(Bought { order })
    }

    fn part_of_it_comes_back(&mut self, second: &Bought) -> Result<()> {
        self.merchant.post(&format!("/admin/orders/{}/fulfil", second.id()), json!({}))?;
        self.merchant.post(&format!("/admin/orders/{}/deliver", second.id()), json!({}))?;
        self.stage.work()?;
        let before = self.shopper.get("/account/points")?;
        let line = &second.order["lines"][0];
        let request = json!({
            "lines": [{ "line": line["id"], "quantity": 1 }], "delivery": 0, "reason": "One lantern too many",
            "restock": true,
        });
        let refund = self.merchant.post(&format!("/admin/orders/{}/refunds", second.id()), request)?;
        self.stage.work()?;
        let (paid, points_money) = (number(&line["total"])?, number(&line["paid_with_points"])?);
        ensure!(refund["amount"] == paid / 2, "half of {paid} is not {}", refund["amount"]);
        ensure!(
            refund["money"] == paid / 2 - points_money / 2,
            "of that {} should be money, and {} is",
            paid / 2 - points_money / 2,
            refund["money"]
        );
        let after = self.shopper.get("/account/points")?;
        let (had, has) = (number(&before["available"])?, number(&after["available"])?);
        let (waited, waits) = (number(&before["pending"])?, number(&after["pending"])?);
        ensure!(has > had, "the points that paid for the lantern should be back: {had} before, {has} after");
        ensure!(waits < waited, "the points that the lantern earned should be gone: {waited} before, {waits} after");
        say(&format!(
            "One lantern comes back: {} in money, {} points that were spent return, and {} pending points are taken back.",
            money(number(&refund["money"])?),
            has - had,
            waited - waits
        ));
        Ok(())
    }

    fn the_merchant_switches_a_feature_off(&mut self) -> Result<()> {
        let before = self.product("storm-lantern")?;
        ensure!(before["price"]["now"] != before["list_price"], "the lantern should still be on sale");
        self.merchant.patch("/admin/extensions/flash-sale", json!({ "enabled": false }))?;
        let after = self.product("storm-lantern")?;
        ensure!(after["price"]["now"] == after["list_price"], "the next page should show the ordinary price");
        say("The merchant switches the sales off, and the next page shows the ordinary price.");
        Ok(())
    }

    fn the_books_balance(&self) -> Result<()> {
        let books = self.merchant.get("/admin/points")?;
        ensure!(books["difference"] == 0, "the trial balance is off: {books}");
        say(&format!(
            "The books of points balance: {} issued, {} spent, {} reversed, {} outstanding.",
            books["issued"], books["spent"], books["reversed"], books["outstanding"]
        ));
        let dead = self.merchant.get("/admin/deliveries")?;
        ensure!(dead == json!([]), "no event may be left undelivered: {dead}");
        Ok(())
    }

    /// What the shop has logged names nobody and opens nothing.
    fn the_logs_tell_nothing(&self, logs: &Logs) -> Result<()> {
        let address = address();
        let entered = address.as_object().into_iter().flatten();
        // A country and a town are too short to be told from other words.
        let entered = entered.filter_map(|(_, value)| value.as_str()).filter(|value| value.len() > 8);
        let mut secrets: Vec<String> = entered.map(str::to_owned).collect();
        secrets.extend([ADMIN, PASSWORD, "tok_visa_ok"].map(str::to_owned));
        secrets.extend(self.secrets.iter().cloned());
        for client in [&self.merchant, &self.shopper] {
            secrets.extend(client.secrets().iter().cloned());
        }
        ensure!(secrets.len() >= 12, "there should be more to look for than {} words", secrets.len());
        let lines = logs.without(&secrets)?;
        ensure!(lines > 100, "only {lines} lines were logged, which is too little to be all");
        say(&format!("None of the {lines} lines that the shop has logged tells an address, a token or a card."));
        Ok(())
    }

    /// A sale of three lanterns, beginning now.
    fn new_sale(&mut self) -> Result<()> {
        let lantern = self.shopper.get("/products/storm-lantern")?;
        let wall = |at: i64| -> Result<String> {
            let local = to_local("Europe/Vienna", at).map_err(|fault| anyhow!(fault.message))?;
            Ok(format!("{:04}-{:02}-{:02}T{:02}:{:02}", local.year, local.month, local.day, local.hour, local.minute))
        };
        let now = self.stage.now();
        let sale = json!({
            "id": "story", "title": "Lantern evening", "starts": wall(now)?, "ends": wall(now + 2 * DAY)?,
            "products": [lantern["id"]], "percent": 2_000, "stock": 3, "per_customer": 2,
        });
        let before = self.merchant.get("/admin/extensions/flash-sale")?;
        let mut settings = before["settings"].clone();
        settings["sales"].as_array_mut().context("the sales are a list")?.push(sale);
        self.merchant.put("/admin/extensions/flash-sale/settings", settings)?;
        self.advance(MINUTE)?;
        let lantern = self.product("storm-lantern")?;
        ensure!(lantern["price"]["remaining"] == 3, "three lanterns should be on sale: {lantern}");
        say("The merchant puts three lanterns on sale.");
        Ok(())
    }

    fn cart_with(&mut self, variant: &Value, quantity: u32) -> Result<String> {
        let cart = self.shopper.post("/carts", json!({}))?;
        let id = cart["id"].as_str().context("the cart has an id")?.to_owned();
        self.shopper.post(&format!("/carts/{id}/lines"), json!({ "variant": variant["id"], "quantity": quantity }))?;
        Ok(id)
    }

    /// Enters what is to be entered, and gives what is left to pay.
    fn fill_in(&mut self, cart: &str, fields: Value) -> Result<i64> {
        let entries = json!({
            "fields": fields, "delivery_method": "standard", "payment_token": "tok_visa_ok", "remember": true,
        });
        let checkout = self.shopper.patch(&format!("/carts/{cart}/checkout"), entries)?;
        ensure!(checkout["unavailable"].is_null(), "something cannot be had: {}", checkout["unavailable"]);
        number(&checkout["cart"]["totals"]["to_pay"])
    }

    fn place(&mut self, cart: &str, total: i64) -> Result<Value> {
        self.shopper.post(&format!("/carts/{cart}/order"), json!({ "total": total }))
    }
}

fn sign_in_merchant(merchant: &mut Client) -> Result<()> {
    let session = merchant.post("/admin/sessions", json!({ "email": ADMIN, "password": PASSWORD }))?;
    merchant.set_token(&session["token"]);
    Ok(())
}

fn address() -> Value {
    json!({
        "email": SHOPPER,
        "shipping.country": "AT",
        "shipping.name": "Mia Berger",
        "shipping.line1": "Lange Gasse 12",
        "shipping.postal-code": "8010",
        "shipping.locality": "Graz",
    })
}

fn number(value: &Value) -> Result<i64> {
    value.as_i64().with_context(|| format!("{value} is no whole number"))
}

fn money(cents: i64) -> String {
    boomerang_shop::words::money(cents, "EUR", "en")
}

fn say(sentence: &str) {
    println!("  • {sentence}");
}
