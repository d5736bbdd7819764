//! Who gets in, and what nobody can make somebody else's browser do.

use crate::browser::{Browser, START, demo};
use boomerang_shop::demo::features;

#[tokio::test]
async fn a8_nobody_sees_a_page_without_signing_in() {
    let platform = demo().await;
    let browser = Browser::new(&platform);
    for path in ["/admin", "/admin/orders?state=paid", "/admin/features", "/admin/audit", "/admin/nothing"] {
        let page = browser.get(path).await;
        assert_eq!(page.status, 303, "{path}");
        assert!(page.location.starts_with("/admin/sign-in?back="), "{path}: {}", page.location);
    }
    let wrong = browser.get("/admin/sign-in").await.form("/admin/sign-in");
    let page = browser.send(wrong.fill("email", features::ADMIN).fill("password", "a guess")).await;
    assert_eq!(page.status, 422);
    page.shows("The e-mail address or the password is wrong").shows(features::ADMIN);
    assert!(!page.text.contains("a guess"), "a password is not shown again");
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_of_scripts_and_other_sites_and_is_new_after_signing_in() {
    let platform = demo().await;
    let browser = Browser::new(&platform);
    let before = browser.get("/admin/sign-in").await;
    let form = before.form("/admin/sign-in").fill("email", features::ADMIN).fill("password", features::PASSWORD);
    let after = browser.send(form).await;
    assert!(after.set_cookie.ends_with("; Path=/admin; HttpOnly; SameSite=Strict"), "{}", after.set_cookie);
    assert_ne!(before.set_cookie, after.set_cookie);
    browser.get("/admin").await.shows("Are people coming back?");
    let out = browser.get("/admin").await.form("/admin/sign-out");
    assert_eq!(browser.send(out).await.location, "/admin/sign-in");
    assert_eq!(browser.get("/admin").await.status, 303);
}

#[tokio::test]
async fn a_form_without_the_token_of_its_session_changes_nothing() {
    let platform = demo().await;
    let (browser, other) = (Browser::of_owner(&platform).await, Browser::of_staff(&platform).await);
    let form = browser.get("/admin/features").await.form("/admin/features/flash-sale/switch").with("enabled", "false");
    let foreign = other.get("/admin/features").await.form("/admin/features/flash-sale/switch");
    for token in ["", "guess", foreign.value("csrf").unwrap()] {
        let page = browser.send(form.clone().fill("csrf", token)).await;
        assert_eq!(page.status, 403);
        page.shows("Nothing was changed");
    }
    let shop = browser.shop().await;
    assert!(platform.extensions.of(&shop.id).await.unwrap().installations.get("flash-sale").is_some());
}

#[tokio::test]
async fn staff_cannot_do_what_is_the_owners() {
    let platform = demo().await;
    let (staff, owner) = (Browser::of_staff(&platform).await, Browser::of_owner(&platform).await);
    assert_eq!(staff.get("/admin/staff").await.status, 403);
    let listed = staff.get("/admin/customers").await;
    assert!(!listed.text.contains("href=\"/admin/staff\""));
    let customer = listed.text.split("href=\"/admin/customers/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let page = staff.get(&format!("/admin/customers/{customer}")).await;
    let mut form = page.form(&format!("/admin/customers/{customer}/block"));
    form.action = format!("/admin/customers/{customer}/erase");
    assert_eq!(staff.send(form).await.status, 403);
    let page = owner.get(&format!("/admin/customers/{customer}")).await;
    let erased = owner.send(page.form(&format!("/admin/customers/{customer}/erase"))).await;
    assert_eq!(erased.location, "/admin/customers?done=erased");
    let form = owner.get("/admin/staff").await.form("/admin/staff");
    let form = form.fill("email", "new@shop.example").fill("password", "short").with("role", "staff");
    owner.send(form).await.shows("new@shop.example");
}

#[tokio::test]
async fn every_page_is_there_and_looking_at_it_writes_nothing() {
    let platform = demo().await;
    let browser = Browser::of_owner(&platform).await;
    let entries = browser.last_action().await;
    for (path, words) in [
        ("/admin", "Are people coming back?"),
        ("/admin/orders", "To be sent"),
        ("/admin/orders?state=delivered", "delivered"),
        ("/admin/customers", "ada@example.com"),
        ("/admin/customers?q=ada", "ada@example.com"),
        ("/admin/products", "Harbour mug"),
        ("/admin/import", "CSV file"),
        ("/admin/features", "Who changes prices first"),
        ("/admin/feature-upload", "WebAssembly component"),
        ("/admin/outbox", "Messages"),
        ("/admin/audit", "Switched a feature on"),
        ("/admin/staff", "Add somebody"),
        ("/admin/clock", "Demo clock"),
    ] {
        let page = browser.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        page.shows(words);
        assert!(!page.text.contains("style=\"") && !page.text.contains("onclick"), "{path} has something inline");
    }
    assert_eq!(browser.get("/admin/nothing").await.status, 404);
    assert_eq!(browser.last_action().await, entries);
    let clock = browser.get("/admin/clock").await.form("/admin/clock").with("by", "3600000");
    browser.send(clock).await;
    assert_eq!(platform.clock.now(), START + 3_600_000);
}

#[tokio::test]
async fn a_second_factor_is_set_up_and_asked_for_and_turned_off() {
    let platform = demo().await;
    let browser = Browser::of_owner(&platform).await;
    let shown = browser.send(browser.get("/admin/security").await.form("/admin/security").with("step", "begin")).await;
    shown.shows("otpauth://totp/");
    let wrong = browser.send(shown.form("/admin/security").fill("code", "000000").with("step", "confirm")).await;
    assert_eq!(wrong.status, 422);
    wrong.shows("The code is wrong");
    let key =
        |page: &crate::browser::Page| page.text.split("<code>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert_eq!(key(&wrong), key(&shown), "whoever mistypes a code does not begin again");
    let shared = totp_rs::Secret::try_from_base32(key(&shown)).unwrap();
    let app = totp_rs::Builder::new().with_secret(shared).build().unwrap();
    let code = |at: i64| app.generate((at / 1_000).cast_unsigned()).to_string();
    let confirm = wrong.form("/admin/security").fill("code", &code(START)).with("step", "confirm");
    let confirmed = browser.send(confirm).await;
    confirmed.shows("They are shown this once");

    let other = Browser::new(&platform);
    let form = |page: crate::browser::Page| {
        page.form("/admin/sign-in").fill("email", features::ADMIN).fill("password", features::PASSWORD)
    };
    let asked = other.send(form(other.get("/admin/sign-in").await)).await;
    assert_eq!(asked.status, 422);
    asked.shows("Enter the code that your authenticator app shows");
    platform.clock.advance(60_000);
    let signed_in = other.send(form(asked).fill("code", &code(START + 60_000))).await;
    assert_eq!((signed_in.status, signed_in.location.as_str()), (303, "/admin"));

    platform.clock.advance(60_000);
    let off = browser.get("/admin/security").await.form("/admin/security").fill("code", &code(START + 120_000));
    assert_eq!(browser.send(off.with("step", "off")).await.location, "/admin/security?done=unguarded");
}
