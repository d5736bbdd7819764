use crate::clock::{DAY, HOUR};
use crate::people::erase::{EraseError, erase};
use crate::people::export::personal_data;
use crate::people::profile::{self, ProfileError};
use crate::people::standing::{self, Standing};
use crate::people::testing::{self, World};
use crate::people::{Address, Birthday, CustomerState, PaymentToken, ProfileChange, devices, housekeeping, session};
use crate::store::{
    StoreError, Tx, addresses, audit, contacts, customers, devices as stored_devices, favourites, mails,
    payment_tokens, sessions, versions,
};

const ANN: &str = "ann.unmistakable@example.com";

fn home() -> Address {
    Address { name: "Ann Unmistakable".into(), line1: " Lane 1 ".into(), country: "at".into(), ..Address::default() }
}

/// Ann with something of everything.
async fn world() -> World {
    let world = World::new().await;
    world
        .write(|tx, secret| -> Result<(), ProfileError> {
            let contact = secret.contact("a", ANN);
            contacts::remember(tx, "a", &contact, ANN, None)?;
            customers::insert(tx, "a", &testing::customer("cus_1", &contact, ANN))?;
            let change = ProfileChange {
                name: Some(" Ann Unmistakable ".into()),
                phone: Some("+43 1 234".into()),
                birthday: Some(Some(Birthday { month: 2, day: 29 })),
                marketing_consent: Some(true),
                ..ProfileChange::default()
            };
            profile::change(tx, "a", "cus_1", &change, 1)?;
            let saved = profile::add_address(tx, "a", "cus_1", &home(), 1)?;
            profile::set_defaults(tx, "a", "cus_1", Some(&saved.id), None)?;
            favourites::add(tx, "a", "cus_1", "pro_1", 1)?;
            let token = PaymentToken {
                token: "tok_1".into(),
                brand: "visa".into(),
                last4: "4242".into(),
                expires_year: 2030,
                expires_month: 1,
                used_at: 1,
            };
            payment_tokens::keep(tx, "a", "cus_1", &token)?;
            session::begin(tx, "a", Some("cus_1"), "Phone", 1)?;
            devices::remember(tx, "a", "cus_1", "Phone", 1)?;
            Ok(())
        })
        .await;
    world
}

fn block(blocked: bool) -> Standing {
    Standing { blocked: Some(blocked), ..Standing::default() }
}

async fn refused(world: &World, change: ProfileChange) -> String {
    let result = world.store.write(move |tx| profile::change(tx, "a", "cus_1", &change, 2)).await;
    result.unwrap_err().to_string()
}

#[tokio::test]
async fn a12_an_export_gives_customers_everything_the_shop_keeps_of_them() {
    let world = world().await;
    let data = world.write(|tx, _| personal_data(tx, "a", "cus_1", 2)).await.unwrap();
    assert_eq!((data.profile.email.as_str(), data.profile.name.as_str()), (ANN, "Ann Unmistakable"));
    assert_eq!(data.addresses[0].address.line1, "Lane 1");
    assert_eq!(data.favourites[0].product, "pro_1");
    assert_eq!(data.payment_tokens[0].last4, "4242");
    assert_eq!((data.sessions.len(), data.devices.len()), (1, 1));
    assert!(world.write(|tx, _| personal_data(tx, "a", "cus_2", 2)).await.is_none());
}

#[tokio::test]
async fn a12_erasing_leaves_an_id_without_a_person() {
    let world = world().await;
    world.write(|tx, _| erase(tx, "a", "customer:cus_1", "cus_1", 5)).await;
    world
        .write(|tx, secret| -> Result<(), StoreError> {
            let gone = customers::get(tx, "a", "cus_1")?.unwrap();
            assert_eq!((gone.state, gone.email.as_str(), gone.name.as_str()), (CustomerState::Erased, "", ""));
            assert_eq!((gone.birthday, gone.marketing_since, gone.default_shipping.clone()), (None, None, None));
            let contact = secret.contact("a", ANN);
            assert!(customers::by_contact(tx, "a", &contact)?.is_none());
            assert!(contacts::get(tx, "a", &contact)?.is_none());
            assert!(addresses::list(tx, "a", "cus_1")?.is_empty());
            assert!(favourites::list(tx, "a", "cus_1")?.is_empty());
            assert!(payment_tokens::list(tx, "a", "cus_1")?.is_empty());
            assert!(sessions::of_customer(tx, "a", "cus_1", 5)?.is_empty());
            assert!(stored_devices::of_customer(tx, "a", "cus_1", 5)?.is_empty());
            assert!(customers::page(tx, "a", None, 10)?.is_empty());
            assert!(customers::search(tx, "a", "ann", 10)?.is_empty());
            let log = serde_json::to_string(&audit::list(tx, "a", None, 10)?)?;
            assert!(log.contains("customer.erased") && !log.contains("nmistakable"));
            Ok(())
        })
        .await;
    let again: Result<(), EraseError> = world.store.write(|tx| erase(tx, "a", "system", "cus_1", 6)).await;
    assert!(matches!(again, Err(EraseError::Unknown)));
}

#[tokio::test]
async fn a12_an_erased_address_can_open_a_new_account_that_knows_nothing_of_the_old() {
    let world = world().await;
    let new = world
        .write(|tx, secret| {
            erase(tx, "a", "customer:cus_1", "cus_1", 5)?;
            let contact = secret.contact("a", ANN);
            contacts::remember(tx, "a", &contact, ANN, None)?;
            let mut ann = testing::customer("cus_2", &contact, ANN);
            ann.registered_at = 6;
            customers::insert(tx, "a", &ann)?;
            Ok::<_, EraseError>(personal_data(tx, "a", "cus_2", 7)?.unwrap())
        })
        .await;
    assert!(new.addresses.is_empty() && new.devices.is_empty() && new.profile.name.is_empty());
}

#[tokio::test]
async fn a_profile_takes_only_what_fits_and_changes_only_what_is_given() {
    let world = world().await;
    let fields = |change| refused(&world, change);
    let long = ProfileChange { name: Some("x".repeat(201)), ..ProfileChange::default() };
    assert_eq!(fields(long).await, "name is too long; shorten it");
    let lines = ProfileChange { phone: Some("1\n2".into()), ..ProfileChange::default() };
    assert_eq!(fields(lines).await, "phone must be one line of plain text");
    let day = ProfileChange { birthday: Some(Some(Birthday { month: 2, day: 30 })), ..ProfileChange::default() };
    assert_eq!(fields(day).await, "birthday must be a day that some year has");
    let tongue = ProfileChange { locale: Some("de AT".into()), ..ProfileChange::default() };
    assert_eq!(fields(tongue).await, "locale must be a language tag such as de-AT");
    let same = world.write(|tx, _| profile::change(tx, "a", "cus_1", &ProfileChange::default(), 3)).await;
    assert_eq!((same.name.as_str(), same.marketing_since), ("Ann Unmistakable", Some(1)));
}

#[tokio::test]
async fn consent_that_is_withdrawn_and_given_again_counts_from_then() {
    let world = world().await;
    let say = |consent, now| {
        world.write(move |tx, _| -> Result<_, ProfileError> {
            let change = ProfileChange { marketing_consent: Some(consent), ..ProfileChange::default() };
            let ann = profile::change(tx, "a", "cus_1", &change, now)?;
            Ok((ann.marketing_since, mails::is_suppressed(tx, "a", &ann.contact)?))
        })
    };
    assert_eq!(say(true, 5).await, (Some(1), false));
    assert_eq!(say(false, 6).await, (None, true));
    assert_eq!(say(true, 7).await, (Some(7), false));
}

#[tokio::test]
async fn addresses_are_kept_tidy_once_each_and_only_in_their_owners_book() {
    let world = world().await;
    world
        .write(|tx: &mut Tx<'_>, _| -> Result<(), ProfileError> {
            let again = profile::add_address(tx, "a", "cus_1", &home(), 9)?;
            let book = addresses::list(tx, "a", "cus_1")?;
            assert_eq!((book.len(), book[0].id.as_str()), (1, again.id.as_str()));
            assert_eq!(again.address.country, "AT");
            let abroad = Address { country: "Austria".into(), ..home() };
            let refused = profile::add_address(tx, "a", "cus_1", &abroad, 9).unwrap_err();
            assert_eq!(refused.to_string(), "country must be two letters of ISO 3166, such as AT");
            let changed = profile::change_address(tx, "a", "cus_2", &again.id, &home());
            assert!(matches!(changed, Err(ProfileError::UnknownAddress)));
            assert!(matches!(
                profile::set_defaults(tx, "a", "cus_1", Some("adr_none"), None),
                Err(ProfileError::UnknownAddress)
            ));
            let before = versions::get(tx, "a", "customer/cus_1")?;
            assert!(addresses::remove(tx, "a", "cus_1", &again.id)?);
            assert_eq!(customers::get(tx, "a", "cus_1")?.unwrap().default_shipping, None);
            assert!(versions::get(tx, "a", "customer/cus_1")? > before);
            Ok(())
        })
        .await;
}

#[tokio::test]
async fn l11_blocking_a_customer_is_the_staffs_and_in_the_audit_log() {
    let world = world().await;
    let log = world
        .write(|tx, _| -> Result<_, ProfileError> {
            assert!(standing::change(tx, "a", "admin:adm_1", "cus_1", &block(true), 5)?.blocked);
            assert!(!standing::change(tx, "a", "admin:adm_1", "cus_1", &block(false), 6)?.blocked);
            Ok(audit::list(tx, "a", None, 2)?)
        })
        .await;
    let actions: Vec<_> = log.iter().map(|entry| (entry.actor.as_str(), entry.action.as_str())).collect();
    assert_eq!(actions, [("admin:adm_1", "customer.unblocked"), ("admin:adm_1", "customer.blocked")]);
}

#[tokio::test]
async fn what_has_ended_is_swept_and_what_has_not_stays() {
    let world = world().await;
    assert_eq!(housekeeping::sweep(&world.store, HOUR).await.unwrap(), 0);
    let (session, device) = (1, 1);
    assert_eq!(housekeeping::sweep(&world.store, 365 * DAY).await.unwrap(), session + device);
    assert!(world.write(|tx, _| customers::get(tx, "a", "cus_1")).await.is_some());
}
