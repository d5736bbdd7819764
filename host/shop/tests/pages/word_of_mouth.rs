//! Reviews on a product's page, and the link with which a customer recommends the shop.

use crate::world::{ANN, GUEST, World};

#[tokio::test]
async fn a_buyer_reviews_a_product_on_its_page_and_everybody_reads_it() {
    let world = World::new().await;
    world.ann().await;
    let mut browser = world.browser();
    world.sign_in(&mut browser, ANN, false).await;
    let before = browser.get("/p/blue-mug").await.ok();
    assert!(!before.html.contains("/p/blue-mug/reviews"), "nobody reviews what they have not bought");
    world.fill_cart(&mut browser).await;
    let checkout = browser.get("/checkout").await.ok();
    let mine = GUEST.map(|(name, value)| if name == "email" { (name, ANN) } else { (name, value) });
    browser.send(&checkout, "/checkout", &[&mine[..], &[("action", "place")]].concat()).await.ok();

    let page = browser.get("/p/blue-mug").await.ok();
    let said = [("rating", "4"), ("text", "Holds <my> tea.\r\nEvery day.")];
    let refused = browser.send(&page, "/p/blue-mug/reviews", &[("rating", ""), ("text", "x")]).await;
    assert_eq!(refused.status, 422);
    refused.says("Rate the product with 1 to 5 stars.");
    let after = browser.send(&page, "/p/blue-mug/reviews", &said).await.ok();
    assert!(!after.html.contains("action=\"/p/blue-mug/reviews\""), "once");
    let read = world.browser().get("/p/blue-mug").await.ok();
    read.says("4.0 of 5, 1 review");
    read.says("Every day.");
    assert!(read.html.contains("&lt;my&gt;") && !read.html.contains("<my>"), "{}", read.html);
    assert!(!read.html.contains("Ann Lee"), "who wrote it is nobody's business");
}

#[tokio::test]
async fn l5_somebody_who_comes_by_a_customers_link_and_makes_an_account_was_brought() {
    let world = World::new().await;
    world.ann().await;
    let mut ann = world.browser();
    let account = world.sign_in(&mut ann, ANN, false).await;
    let at = account.html.find("https://shop.example/r/").expect("the account has the link");
    let link: String =
        account.html[at + "https://shop.example".len()..].chars().take_while(|sign| *sign != '"').collect();
    let mut guest = world.browser();
    assert_eq!(guest.get(&link).await.ok().path, "/");
    world.sign_in(&mut guest, "gus@example.com", false).await;
    assert!(guest.cookies.get("referral").is_none_or(String::is_empty), "it counted once");
    ann.get("/account").await.ok().says("1 came with it so far.");
    assert_eq!(world.browser().get("/r/no%20code").await.ok().path, "/");
}
