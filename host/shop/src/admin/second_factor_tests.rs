//! Codes of authenticator apps: taken once, in their time, from whom they belong to.

use super::*;
use crate::admin::{AdminSignIn, AdminSignInError, Credentials, NewAdmin, Role, add, sign_in};
use crate::clock::MINUTE;
use crate::shops::tests::vienna;
use crate::store::Store;

const PASSWORD: &str = "four random words here";
const NOW: Instant = 1_772_438_400_000;

struct Desk {
    store: Store,
    secret: Secret,
    ann: Admin,
}

impl Desk {
    async fn new() -> Self {
        let store = Store::in_memory().unwrap();
        let email = "ann@example.com".to_owned();
        let new = NewAdmin { email, name: "Ann".into(), role: Role::Owner, password: PASSWORD.into() };
        let ann = add(&store, "demo", "system", new, 0).await.unwrap();
        Self { store, secret: Secret::new([3; 32]), ann }
    }

    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tx<'_>, &Secret, &Admin) -> Result<T, FactorError> + Send + 'static,
    ) -> Result<T, FactorError> {
        let (secret, ann) = (self.secret.clone(), self.ann.clone());
        self.store.write(move |tx| work(tx, &secret, &ann)).await
    }

    /// What the app shows, which knows nothing but the secret that was typed into it.
    fn app(secret: &str, at: Instant) -> String {
        let shared = Shared::try_from_base32(secret).unwrap();
        Builder::new().with_secret(shared).build().unwrap().generate((at / SECOND).cast_unsigned()).to_string()
    }

    async fn enrolled(&self) -> (String, Vec<String>) {
        let enrolment = self.with(|tx, secret, ann| enrol(tx, secret, &vienna(), ann)).await.unwrap();
        let code = Self::app(&enrolment.secret, NOW);
        let codes = self.with(move |tx, secret, ann| confirm(tx, secret, "demo", ann, &code, NOW)).await.unwrap();
        (enrolment.secret, codes)
    }

    async fn try_in(&self, code: &str, now: Instant) -> Result<AdminSignIn, AdminSignInError> {
        let credentials = Credentials {
            email: self.ann.email.clone(),
            password: PASSWORD.into(),
            code: code.into(),
            ip: "ip".into(),
            label: String::new(),
        };
        sign_in(&self.store, &self.secret, "demo", credentials, now).await
    }
}

#[test]
fn codes_are_those_of_the_standard() {
    // RFC 6238, appendix B: the last six of its eight digits.
    for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
        let shared = Shared::from(b"12345678901234567890".as_slice());
        assert_eq!(totp(shared).unwrap().generate(seconds).to_string(), code);
    }
}

#[tokio::test]
async fn nothing_is_asked_for_until_a_first_code_was_right() {
    let desk = Desk::new().await;
    let enrolment = desk.with(|tx, secret, ann| enrol(tx, secret, &vienna(), ann)).await.unwrap();
    assert!(enrolment.url.starts_with("otpauth://totp/Demo:ann%40example.com?secret="), "{}", enrolment.url);
    assert_eq!(enrolment.secret.len(), 32);
    assert!(desk.try_in("", NOW).await.is_ok());
    let wrong = desk.with(|tx, secret, ann| confirm(tx, secret, "demo", ann, "000000", NOW)).await;
    assert!(matches!(wrong, Err(FactorError::Wrong)));
    assert!(desk.try_in("", NOW).await.is_ok());
}

#[tokio::test]
async fn a_code_is_needed_and_is_taken_once_in_its_time() {
    let desk = Desk::new().await;
    let (secret, _) = desk.enrolled().await;
    assert!(matches!(desk.try_in("", NOW).await, Err(AdminSignInError::CodeNeeded)));
    assert!(matches!(desk.try_in("123", NOW).await, Err(AdminSignInError::WrongCode)));
    let used = Desk::app(&secret, NOW);
    assert!(matches!(desk.try_in(&used, NOW).await, Err(AdminSignInError::WrongCode)), "it confirmed the app");
    let later = NOW + 30 * SECOND;
    let code = Desk::app(&secret, later);
    let spaced = format!("{} {}", &code[..3], &code[3..]);
    assert!(desk.try_in(&spaced, later).await.is_ok());
    assert!(matches!(desk.try_in(&code, later).await, Err(AdminSignInError::WrongCode)), "no code is taken twice");
    let old = Desk::app(&secret, later + MINUTE);
    assert!(matches!(desk.try_in(&old, later + 3 * MINUTE).await, Err(AdminSignInError::WrongCode)));
}

#[tokio::test]
async fn a_recovery_code_is_taken_once() {
    let desk = Desk::new().await;
    let (_, codes) = desk.enrolled().await;
    assert_eq!(codes.len(), RECOVERY_CODES);
    assert!(desk.try_in(&codes[0].to_uppercase(), NOW).await.is_ok());
    assert!(matches!(desk.try_in(&codes[0], NOW).await, Err(AdminSignInError::WrongCode)));
    let standing = desk.with(|tx, _, ann| Ok(standing(tx, "demo", &ann.id)?)).await.unwrap();
    assert_eq!(standing, Standing { in_force: true, codes_left: 9 });
}

#[tokio::test]
async fn codes_cannot_be_guessed_faster_than_passwords() {
    let desk = Desk::new().await;
    let (secret, _) = desk.enrolled().await;
    let mut refused = 0;
    for guess in 0..20 {
        match desk.try_in(&format!("{guess:06}"), NOW).await {
            Err(AdminSignInError::Limit(_)) => refused += 1,
            Err(AdminSignInError::WrongCode) => {}
            other => panic!("{:?}", other.err()),
        }
    }
    assert!(refused >= 10, "{refused}");
    let right = Desk::app(&secret, NOW + 30 * SECOND);
    assert!(matches!(desk.try_in(&right, NOW + 30 * SECOND).await, Err(AdminSignInError::Limit(_))));
}

#[tokio::test]
async fn it_is_turned_off_with_a_code_or_by_an_owner_and_both_are_audited() {
    let desk = Desk::new().await;
    let (secret, _) = desk.enrolled().await;
    let again = desk.with(|tx, secret, ann| enrol(tx, secret, &vienna(), ann)).await;
    assert!(matches!(again, Err(FactorError::InForce)));
    let wrong = desk.with(|tx, secret, ann| turn_off(tx, secret, "demo", ann, "000000", NOW)).await;
    assert!(matches!(wrong, Err(FactorError::Wrong)));
    let later = NOW + MINUTE;
    let code = Desk::app(&secret, later);
    desk.with(move |tx, secret, ann| turn_off(tx, secret, "demo", ann, &code, later)).await.unwrap();
    assert!(desk.try_in("", later).await.is_ok());
    desk.enrolled().await;
    desk.with(|tx, _, ann| turn_off_for(tx, "demo", "admin:other", &ann.id, NOW)).await.unwrap();
    assert!(desk.try_in("", later).await.is_ok());
    let log = desk.store.read(|tx| audit::list(tx, "demo", None, 20)).await.unwrap();
    let off = log.iter().filter(|entry| entry.action == "staff.second-factor-off").count();
    assert_eq!(off, 2);
}
