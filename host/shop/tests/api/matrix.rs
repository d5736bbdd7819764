//! Who may call what, row by row: every operation of the served document, with everybody who could call it, of this shop
//! and of another. An operation without a row fails, and so does a row without an operation.

use std::collections::{BTreeMap, BTreeSet};

use boomerang_shop::admin::{self, AdminSession, NewAdmin, Role};
use boomerang_shop::people::{Customer, CustomerState, devices, session};
use boomerang_shop::secrets::hash_token;
use boomerang_shop::store::{StoreError, admins, contacts, customers};
use serde_json::Value;

use crate::document::Operation;
use crate::shopping::{cart, mugs, place};
use crate::world::{Answer, START, World};

/// The least that a caller has to be, and the operations that ask for it.
const ROWS: [(Right, &str); 5] = [
    (
        Right::Anybody,
        "readDocument listProblems readProblem readShop listCategories listProducts readProduct listReviews \
         listCheckoutFields openSession openStaffSession",
    ),
    (
        Right::Session,
        "readSession endSession requestSignIn signInByCode signInByLink openCart readCart changeCart addLine setQuantity \
         removeLine enterCode removeCode openCheckout changeCheckout placeOrder readCartOrder refuseAccount listCartReturns askCartReturn",
    ),
    (
        Right::Customer,
        "readAccount changeAccount eraseAccount exportAccount listAddresses addAddress changeAddress removeAddress \
         setDefaultAddresses listFavourites addFavourite removeFavourite listOrders readOrder listReturns askReturn listPaymentTokens \
         forgetPaymentToken listSessions endOtherSession endOtherSessions listDevices forgetDevice readPoints \
         listPointsHistory claimCart writeReview readReferral",
    ),
    (
        Right::Staff,
        "readStaffSession endStaffSession readSecondFactor beginSecondFactor confirmSecondFactor endSecondFactor \
         listAllProducts saveProduct exportProducts importProducts readAnyProduct changeProduct setPrice setStock \
         saveCategory removeCategory listCustomers readCustomer changeCustomer readCustomerPoints adjustPoints \
         listCustomerPointsHistory readPointsBooks listAllOrders readAnyOrder setOrderAddress reduceOrderLine \
         fulfilOrder deliverOrder cancelOrder listRefunds refundOrder listOrderReturns answerReturn changeOrder \
         withdrawReview listExtensions listShelf installFromShelf uploadExtension inspectExtension readExtension \
         changeExtension removeExtension saveSettings orderExtensions resetBreaker previewPrice readReport \
         listDeliveries listFailedTicks retryDelivery discardDelivery readPolicies readClock moveClock listAudit \
         listMails retryMail",
    ),
    (Right::Owner, "listStaff addStaff changeStaff endSecondFactorOf setPolicies eraseCustomer"),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Right {
    Anybody,
    Session,
    Customer,
    Staff,
    Owner,
}

/// Somebody who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Caller {
    Guest,
    Stranger,
    Shopper,
    RecognisedDevice,
    Customer,
    Staff,
    Owner,
}

const CALLERS: [Caller; 7] = [
    Caller::Guest,
    Caller::Stranger,
    Caller::Shopper,
    Caller::RecognisedDevice,
    Caller::Customer,
    Caller::Staff,
    Caller::Owner,
];

/// What a caller of this shop is told: none for one who may.
fn refusal(right: Right, caller: Caller) -> Option<(u16, &'static str)> {
    const UNKNOWN: Option<(u16, &str)> = Some((401, "unauthenticated"));
    const FORBIDDEN: Option<(u16, &str)> = Some((403, "forbidden"));
    use Caller::{Customer, Guest, Owner, RecognisedDevice, Shopper, Staff, Stranger};
    match (right, caller) {
        (Right::Anybody, _) => None,
        (_, Guest | Stranger) => UNKNOWN,
        (Right::Session, Shopper | RecognisedDevice | Customer) | (Right::Customer, Customer) => None,
        (Right::Customer, Shopper | RecognisedDevice) | (Right::Owner, Staff) => FORBIDDEN,
        (Right::Staff, Staff | Owner) | (Right::Owner, Owner) => None,
        _ => UNKNOWN,
    }
}

fn rows() -> BTreeMap<&'static str, Right> {
    let mut rows = BTreeMap::new();
    for (right, ids) in ROWS {
        for id in ids.split_whitespace() {
            assert!(rows.insert(id, right).is_none(), "{id} has two rows");
        }
    }
    rows
}

/// The accounts of a shop; every call gets sessions of its own, because a call may end the one it comes with.
struct Accounts {
    shop: &'static str,
    customer: String,
    staff: String,
    owner: String,
}

impl Accounts {
    async fn new(world: &World, shop: &'static str) -> Self {
        let add = async |role: Role| {
            let email = format!("{role:?}-matrix@shop.example").to_lowercase();
            let password = "correct horse battery staple".into();
            let new = NewAdmin { email, name: "Sam".into(), role, password };
            admin::add(&world.platform.store, shop, "system", new, START).await.unwrap().id
        };
        let (staff, owner) = (add(Role::Staff).await, add(Role::Owner).await);
        Self { shop, customer: Self::customer(world, shop).await, staff, owner }
    }

    /// A customer of the shop. An operation may erase it, so each call has its own.
    async fn customer(world: &World, shop: &'static str) -> String {
        let email = format!("{}@example.com", world.key());
        let contact = world.platform.secret.contact(shop, &email);
        let customer = Customer {
            id: format!("cus_{}", &contact[4..]),
            contact,
            email,
            state: CustomerState::Active,
            name: "Ann Lee".into(),
            phone: String::new(),
            locale: "en".into(),
            birthday: None,
            blocked: false,
            marketing_since: None,
            tags: Vec::new(),
            attributes: BTreeMap::new(),
            default_shipping: None,
            default_billing: None,
            registered_at: START,
            verified_at: Some(START),
            delete_unclaimed_at: None,
        };
        let id = customer.id.clone();
        let write = world.platform.store.write(move |tx| -> Result<(), StoreError> {
            contacts::remember(tx, shop, &customer.contact, &customer.email, None)?;
            customers::insert(tx, shop, &customer)
        });
        write.await.unwrap();
        id
    }

    /// The headers of a caller.
    async fn headers(&mut self, world: &World, caller: Caller) -> Vec<(&'static str, String)> {
        let bearer = |token: &str| ("authorization", format!("Bearer {token}"));
        match caller {
            Caller::Guest => Vec::new(),
            Caller::Stranger => vec![bearer(&"f".repeat(64))],
            Caller::Shopper => vec![bearer(&self.session(world, None).await)],
            Caller::RecognisedDevice => {
                self.customer = Self::customer(world, self.shop).await;
                let (shop, customer) = (self.shop, self.customer.clone());
                let write =
                    world.platform.store.write(move |tx| devices::remember(tx, shop, &customer, "phone", START));
                let device = write.await.map_err(|error: StoreError| error).unwrap();
                vec![bearer(&self.session(world, None).await), ("device-token", device)]
            }
            Caller::Customer => {
                self.customer = Self::customer(world, self.shop).await;
                vec![bearer(&self.session(world, Some(self.customer.clone())).await)]
            }
            Caller::Staff => vec![bearer(&self.desk(world, self.staff.clone()).await)],
            Caller::Owner => vec![bearer(&self.desk(world, self.owner.clone()).await)],
        }
    }

    async fn session(&self, world: &World, customer: Option<String>) -> String {
        let shop = self.shop;
        let now = world.platform.clock.now();
        let write = world.platform.store.write(move |tx| session::begin(tx, shop, customer.as_deref(), "browser", now));
        write.await.map_err(|error: StoreError| error).unwrap().token
    }

    async fn desk(&self, world: &World, admin: String) -> String {
        let (shop, now, token) = (self.shop, world.platform.clock.now(), format!("desk-{}", world.key()));
        let hash = hash_token(&token);
        let session = AdminSession {
            id: world.key(),
            admin,
            label: String::new(),
            created_at: now,
            seen_at: now,
            expires_at: now + 3_600_000,
        };
        let write = world.platform.store.write(move |tx| admins::insert_session(tx, shop, &hash, &session));
        write.await.map_err(|error: StoreError| error).unwrap();
        token
    }
}

/// Calls an operation of the demo shop with the examples of its documentation.
async fn send(world: &World, operation: &Operation, headers: Vec<(&'static str, String)>) -> Answer {
    let path = operation.path_with(|name| match name {
        "shop" => "demo".to_owned(),
        name => operation.path_example(name).unwrap_or_default(),
    });
    let mut call = world.request(&operation.method, &path);
    if operation.writes() {
        call = call.keyed();
    }
    for (name, value) in headers {
        call = call.header(name, &value);
    }
    let document = world.document();
    let call = match operation.body(&document) {
        // A component or a file that is none is refused, and that only to who may send one.
        Some((media_type, _, None)) => call.body(media_type, "nonsense"),
        Some((media_type, _, Some(example))) => call.body(media_type, example.to_string()),
        None => call,
    };
    call.send().await
}

#[tokio::test]
async fn every_operation_is_open_to_whom_its_row_names_and_to_nobody_else() {
    let world = World::new().await;
    let rows = rows();
    let document = world.document();
    let (mut here, mut elsewhere) = (Accounts::new(&world, "demo").await, Accounts::new(&world, "other").await);
    let mut asserted = 0;
    for operation in &document.operations {
        let right = *rows.get(operation.id.as_str()).unwrap_or_else(|| panic!("{} has no row", operation.id));
        for caller in CALLERS {
            let told = |answer: &Answer| (answer.status, answer.problem().to_owned());
            let headers = here.headers(&world, caller).await;
            let answer = send(&world, operation, headers).await;
            match refusal(right, caller) {
                Some((status, problem)) => {
                    assert_eq!(told(&answer), (status, problem.to_owned()), "{} by {caller:?}", operation.id);
                }
                // The example of a staff sign-in is of nobody, which is refused like a wrong password.
                None if operation.id == "openStaffSession" => assert_eq!(answer.status, 401),
                None => {
                    assert!(!matches!(answer.status, 401 | 403 | 500..), "{} by {caller:?}: {answer:?}", operation.id)
                }
            }
            asserted += 1;
            if matches!(caller, Caller::Guest | Caller::Stranger) || right == Right::Anybody {
                continue;
            }
            let headers = elsewhere.headers(&world, caller).await;
            let answer = send(&world, operation, headers).await;
            let refused = (401, "unauthenticated".to_owned());
            assert_eq!(told(&answer), refused, "{} by {caller:?} of another shop", operation.id);
            asserted += 1;
        }
    }
    let known: BTreeSet<&str> = document.operations.iter().map(|operation| operation.id.as_str()).collect();
    let idle: Vec<&&str> = rows.keys().filter(|id| !known.contains(**id)).collect();
    assert!(idle.is_empty(), "rows of no operation: {idle:?}");
    println!("{} operations, {asserted} calls", known.len());
}

/// What one shop has is not there in another, for anybody, by its real id.
#[tokio::test]
async fn nothing_of_one_shop_is_there_in_another() {
    let world = World::new().await;
    let mugs = mugs(&world).await;
    let ann = world.customer("ann@example.com").await;
    let cart = cart(&world, &ann, &mugs.small, 1).await;
    let order = place(&world, &ann, &cart, 900, "tok_visa_ok").await;
    let customer = world.read(&ann, "/account").await.text("/id");
    let address = serde_json::json!({ "name": "Ann", "line1": "Ring 1", "country": "AT" });
    let real = BTreeMap::from([
        ("product", mugs.product.clone()),
        ("handle", "mug".to_owned()),
        ("variant", mugs.small.clone()),
        ("category", "mugs".to_owned()),
        ("cart", cart.clone()),
        ("line", order.text("/lines/0/id")),
        ("order", order.text("/id")),
        ("customer", customer),
        ("session", world.read(&ann, "/session").await.text("/id")),
        ("address", world.write(&ann, "POST", "/account/addresses", address).await.text("/id")),
        ("token", "tok_visa_ok".to_owned()),
        ("admin", world.read(&mugs.staff, "/admin/session").await.text("/id")),
        ("mail", world.read(&mugs.staff, "/admin/mails").await.text("/items/0/id")),
    ]);
    let rows = rows();
    let mut elsewhere = Accounts::new(&world, "other").await;
    let document = world.document();
    let mut asked = 0;
    for operation in &document.operations {
        let named: Vec<&str> = operation
            .path
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
            .filter(|name| real.contains_key(name))
            .collect();
        // Saving a category makes one, which is the other shop's own then.
        if named.is_empty() || operation.id == "saveCategory" {
            continue;
        }
        let caller = match rows[operation.id.as_str()] {
            Right::Anybody => Caller::Guest,
            Right::Session | Right::Customer => Caller::Customer,
            Right::Staff | Right::Owner => Caller::Owner,
        };
        let path = operation.path_with(|name| match real.get(name) {
            Some(id) => id.clone(),
            None if name == "shop" => "other".to_owned(),
            None => operation.path_example(name).unwrap_or_default(),
        });
        let mut call = world.request(&operation.method, &path);
        for (name, value) in elsewhere.headers(&world, caller).await {
            call = call.header(name, &value);
        }
        if operation.writes() {
            call = call.keyed();
        }
        let call = match operation.body(&document) {
            Some((media_type, _, example)) => call.body(media_type, example.unwrap_or(Value::Null).to_string()),
            None => call,
        };
        let answer = call.send().await;
        let is_gone = matches!(answer.status, 404 | 409 | 422);
        assert!(is_gone, "{} {path}: {} {:#}", operation.id, answer.status, answer.json);
        for (name, id) in &real {
            // What was sent may be named in the answer; what belongs to it may not.
            let leaks = !named.contains(name) && id.len() > 12 && answer.json.to_string().contains(id.as_str());
            assert!(!leaks, "{} tells the {name} of another shop", operation.id);
        }
        asked += 1;
    }
    assert!(asked > 40, "{asked}");
    assert_eq!(world.read(&ann, &format!("/carts/{cart}")).await.status, 200, "the owner still has it");
}
