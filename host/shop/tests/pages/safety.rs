//! What pages do not let others do.

use crate::world::World;

#[tokio::test]
async fn a_form_without_the_token_of_its_session_changes_nothing() {
    let world = World::new().await;
    let mut browser = world.browser();
    let page = browser.get("/p/blue-mug").await.ok();
    let variant = page.form("/cart/lines").into_iter().find(|(name, _)| name == "variant").unwrap().1;
    let mut other = world.browser();
    let theirs = other.get("/").await.ok();
    assert!(theirs.status == 200);
    let theirs = other.get("/sign-in").await.ok().value("csrf");
    for csrf in ["", "made-up", theirs.as_str()] {
        let refused = browser.post("/cart/lines", &[("csrf", csrf), ("variant", &variant)]).await;
        assert_eq!(refused.status, 403);
        refused.says("This form is no longer good");
    }
    browser.get("/cart").await.ok().says("There is nothing in it yet.");
    assert_eq!(other.post("/unsubscribe?token=x", &[("csrf", "")]).await.status, 403);
}

#[tokio::test]
async fn every_page_tells_the_browser_what_not_to_do() {
    let world = World::new().await;
    let mut browser = world.browser();
    for path in ["/", "/p/blue-mug", "/cart", "/sign-in", "/nope", "/pictures/mug/sea", "/page/privacy"] {
        let page = browser.get(path).await;
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(page.headers["x-content-type-options"], "nosniff", "{path}");
        assert!(!page.html.contains(" style=\"") && !page.html.contains(" onclick"), "{path}");
    }
    assert!(
        browser.request("GET", "/", String::new()).await.headers["cache-control"]
            .to_str()
            .unwrap()
            .contains("no-store")
    );
}

#[tokio::test]
async fn what_is_not_there_and_what_is_too_much_gets_a_page_that_helps() {
    let world = World::new().await;
    let mut browser = world.browser();
    for path in ["/nope", "/p/none", "/c/none", "/products/none", "/page/none", "/pictures/mug/none"] {
        assert_eq!(browser.get(path).await.status, 404, "{path}");
    }
    browser.get("/nope").await.says("We cannot find this page");
    let page = browser.get("/sign-in").await.ok();
    let refused = browser.send(&page, "/sign-in", &[("email", &"x".repeat(70_000))]).await;
    assert_eq!(refused.status, 413);
    refused.says("too much at once");
    let refused = browser.send(&page, "/sign-in", &[("email", "not an address")]).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.value("email"), "not an address");
}

#[tokio::test]
async fn the_page_of_a_product_and_the_checkout_weigh_little() {
    let world = World::new().await;
    let mut browser = world.browser();
    world.fill_cart(&mut browser).await;
    for path in ["/p/blue-mug", "/checkout"] {
        let page = browser.get(path).await.ok();
        let mut weight = page.html.len();
        for asset in page.html.split('"').filter(|part| part.starts_with("/assets/")) {
            let asset = browser.get(asset).await.ok();
            assert!(asset.headers["cache-control"].to_str().unwrap().contains("immutable"));
            weight += asset.html.len();
        }
        assert!(weight < 60_000, "{path} weighs {weight} bytes");
    }
}
