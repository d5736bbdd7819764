//! Orders, points, prices and files, from the pages.

use boomerang_shop::demo::SHOP;
use boomerang_shop::orders::{Order, OrderState};
use boomerang_shop::store::mails::MailState;
use boomerang_shop::store::{Tx, customers, ledger, mails, orders};

use crate::browser::{Browser, START, demo};

/// An order in this state, with several units of the first line, none of them given back.
async fn one(browser: &Browser, state: OrderState) -> Order {
    let listing = orders::Listing { state: Some(state), limit: 200, ..orders::Listing::default() };
    let mut found = browser.platform.store.read(move |tx| orders::list(tx, SHOP, &listing)).await.unwrap();
    found.retain(|order| order.refunded == 0 && order.lines[0].total > 0 && order.lines[0].quantity > 1);
    found.remove(0)
}

async fn again(browser: &Browser, order: &Order) -> Order {
    let id = order.id.clone();
    browser.platform.store.read(move |tx| orders::get(tx, SHOP, &id)).await.unwrap()
}

#[tokio::test]
async fn r_a_line_is_refunded_once_however_often_the_form_is_sent() {
    let platform = demo().await;
    let browser = Browser::of_owner(&platform).await;
    let order = one(&browser, OrderState::Delivered).await;
    let path = format!("/admin/orders/{}", order.id);
    let line = order.lines[0].id.clone();
    let form = browser.get(&path).await.form(&format!("{path}/refund"));
    let form = form.fill(&format!("units.{line}"), "1").fill("reason", "Came broken");
    for _ in 0..2 {
        assert_eq!(browser.send(form.clone()).await.location, format!("{path}?done=refunded"));
    }
    let after = again(&browser, &order).await;
    assert_eq!((after.lines[0].returned, after.refunded), (1, after.lines[0].refunded));
    browser.get(&path).await.shows("Came broken");
    let too_many = browser.get(&path).await.form(&format!("{path}/refund")).fill(&format!("amount.{line}"), "99999");
    assert_eq!(browser.send(too_many).await.status, 422);
    let nonsense = browser.get(&path).await.form(&format!("{path}/refund")).fill(&format!("amount.{line}"), "much");
    browser.send(nonsense).await.shows("enter one such as 12.50");
}

#[tokio::test]
async fn an_order_is_sent_and_arrives_and_another_is_cancelled() {
    let platform = demo().await;
    let browser = Browser::of_owner(&platform).await;
    let order = one(&browser, OrderState::Fulfilled).await;
    let path = format!("/admin/orders/{}", order.id);
    browser.send(browser.get(&path).await.form(&format!("{path}/deliver"))).await;
    assert_eq!(again(&browser, &order).await.state, OrderState::Delivered);
    let order = one(&browser, OrderState::Paid).await;
    let path = format!("/admin/orders/{}", order.id);
    let cancel = browser.get(&path).await.form(&format!("{path}/cancel")).fill("reason", "Ordered twice");
    assert_eq!(browser.send(cancel).await.location, format!("{path}?done=cancelled"));
    assert_eq!(again(&browser, &order).await.state, OrderState::Cancelled);
}

#[tokio::test]
async fn f11_an_address_is_changed_while_nothing_was_sent_and_costs_stay_as_they_were() {
    let platform = demo().await;
    let browser = Browser::of_staff(&platform).await;
    let order = one(&browser, OrderState::Paid).await;
    let path = format!("/admin/orders/{}", order.id);
    let form = browser.get(&path).await.form(&format!("{path}/address"));
    let changed = browser.send(form.clone().fill("line1", "Ringstraße 1").fill("name", "Ada Berger")).await;
    assert_eq!(changed.location, format!("{path}?done=readdressed"));
    let after = again(&browser, &order).await;
    let shipping = after.shipping.clone().unwrap();
    assert_eq!((shipping.line1.as_str(), shipping.name.as_str()), ("Ringstraße 1", "Ada Berger"));
    assert_eq!(shipping.postal_code, order.shipping.clone().unwrap().postal_code, "what was not changed stays");
    assert_eq!(Order { shipping: order.shipping.clone(), ..after }, order);
    browser.get(&path).await.shows("Ringstraße 1");
    assert_eq!(browser.last_action().await, format!("order.address-changed order/{}", order.id));
    assert_eq!(browser.send(form.fill("line1", "")).await.status, 422);
    let sent = one(&browser, OrderState::Fulfilled).await;
    let page = browser.get(&format!("/admin/orders/{}", sent.id)).await;
    assert!(!page.text.contains("Change the address"), "it is on its way");
}

#[tokio::test]
async fn points_are_corrected_with_a_reason_and_once() {
    let platform = demo().await;
    let browser = Browser::of_staff(&platform).await;
    let ada = platform.store.read(|tx| customers::search(tx, SHOP, "ada@example.com", 1)).await.unwrap().remove(0).id;
    let points = async || {
        let ada = ada.clone();
        platform.store.read(move |tx| ledger::balance(tx, SHOP, &ada, None, START)).await.unwrap().available
    };
    let before = points().await;
    let path = format!("/admin/customers/{ada}");
    let form = browser.get(&path).await.form(&format!("{path}/points"));
    let form = form.fill("points", "40").fill("reason", "An apology");
    browser.send(form.clone()).await;
    browser.send(form).await;
    assert_eq!(points().await, before + 40);
    browser.get(&path).await.shows("An apology");
}

#[tokio::test]
async fn a_price_is_set_and_stands_in_its_history() {
    let platform = demo().await;
    let browser = Browser::of_staff(&platform).await;
    let listed = browser.get("/admin/products?q=harbour").await;
    let id = listed.text.split("href=\"/admin/products/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let path = format!("/admin/products/{id}");
    let form = browser.get(&path).await.form(&format!("{path}/price"));
    assert_eq!(browser.send(form.clone().fill("price", "12,34")).await.location, format!("{path}?done=priced"));
    browser.get(&path).await.shows("€12.34");
    browser.send(form.fill("price", "cheap")).await.shows("enter one such as 12.50");
}

#[tokio::test]
async fn a_file_with_a_wrong_row_is_refused_whole_and_names_the_row() {
    let platform = demo().await;
    let browser = Browser::of_staff(&platform).await;
    let form = browser.get("/admin/import").await.form("/admin/import");
    let page = browser.upload(&form, b"Handle,Title,Variant Price\nnew-mug,New mug,free\n").await;
    assert_eq!(page.status, 422);
    page.shows("Line 2");
    let page = browser.upload(&form, b"Handle,Title,Variant Price\nnew-mug,New mug,9.50\n").await;
    assert_eq!(page.location, "/admin/products?done=imported");
    browser.get("/admin/products?q=new").await.shows("New mug");
}

#[tokio::test]
async fn the_audit_log_says_what_was_done_to_what_and_how() {
    let platform = demo().await;
    let browser = Browser::of_owner(&platform).await;
    let listed = browser.get("/admin/products?q=harbour").await;
    let id = listed.text.split("href=\"/admin/products/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let path = format!("/admin/products/{id}");
    let form = browser.get(&path).await.form(&format!("{path}/price"));
    browser.send(form.fill("price", "12.34")).await;
    let log = browser.get("/admin/audit").await;
    log.shows("Set a price").shows("€14.90 → €12.34").shows(&format!("<a href=\"{path}\">Harbour mug, "));
    log.shows("Robin").shows("The shop itself");
    assert!(!log.text.contains("variant/var_"), "nobody reads ids");
}

#[tokio::test]
async fn a_mail_that_is_sent_again_leaves_a_line_in_the_audit_log() {
    let platform = demo().await;
    let browser = Browser::of_owner(&platform).await;
    let mail = platform.store.read(|tx| mails::list(tx, SHOP, None, 1)).await.unwrap().remove(0).id;
    let failed = mail.clone();
    let end = move |tx: &mut Tx<'_>| mails::end(tx, SHOP, &failed, MailState::Failed, "no such box");
    platform.store.write(end).await.unwrap();
    let form = browser.get("/admin/outbox").await.form(&format!("/admin/outbox/mails/{mail}/retry"));
    assert_eq!(browser.send(form).await.location, "/admin/outbox?done=retried");
    assert_eq!(browser.last_action().await, format!("mail.retried mail/{mail}"));
}
