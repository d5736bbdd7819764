//! Proofs that are mailed: a link, and a short code for a reader whose link was used up or cannot be opened (A4, A5).
//!
//! Both are made when the mail is sent. Only hashes are stored, each bound to a purpose, a contact and a shop. The newest
//! proof makes the older ones worthless, and each works once.

use subtle::ConstantTimeEq;

use crate::clock::{HOUR, Instant, MINUTE};
use crate::secrets::{Secret, hash_token, hex, new_token};
use crate::store::tokens::{self, StoredToken};
use crate::store::{StoreError, Tx};

/// A code may be guessed wrong this often.
pub const CODE_TRIES: u32 = 5;
const CODE_DIGITS: usize = 6;

/// What a mailed proof is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofPurpose {
    /// Somebody asked for it to sign in.
    SignIn,
    /// A guest was offered an account.
    Invitation,
}

impl ProofPurpose {
    fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::Invitation => "invitation",
        }
    }

    fn read(text: &str) -> Option<Self> {
        [Self::SignIn, Self::Invitation].into_iter().find(|purpose| purpose.as_str() == text)
    }

    /// How long a proof works: 15 minutes to sign in, 24 hours for an invitation.
    #[must_use]
    pub fn lasts(self) -> Instant {
        match self {
            Self::SignIn => 15 * MINUTE,
            Self::Invitation => 24 * HOUR,
        }
    }
}

/// A proof to be mailed; it exists here and in the mail only.
pub(crate) struct Minted {
    /// For the link.
    pub(crate) token: String,
    /// For a reader without the link.
    pub(crate) code: String,
    /// When both end.
    pub(crate) expires_at: Instant,
}

/// What a proof that was shown proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Proof {
    pub(crate) purpose: ProofPurpose,
    pub(crate) contact: String,
}

/// Makes a proof, and makes the ones before it for the contact and purpose worthless. `handle` is the hash of what has to
/// come with the code.
pub(crate) fn mint(
    tx: &mut Tx<'_>,
    secret: &Secret,
    shop: &str,
    purpose: ProofPurpose,
    contact: &str,
    handle: &str,
    now: Instant,
) -> Result<Minted, StoreError> {
    let minted = Minted { token: new_token(), code: new_code(), expires_at: now + purpose.lasts() };
    let stored = StoredToken {
        hash: hash_token(&minted.token),
        purpose: purpose.as_str().into(),
        contact: contact.into(),
        handle: Some(handle.into()),
        code: Some(code_mac(secret, shop, handle, &minted.code)),
        tries: 0,
        created_at: now,
        expires_at: minted.expires_at,
    };
    tokens::replace(tx, shop, &stored)?;
    Ok(minted)
}

/// What a link's token is good for. Changes nothing, however often it is asked: mail scanners open links.
///
/// # Errors
/// If the database fails.
pub fn peek(tx: &mut Tx<'_>, shop: &str, token: &str, now: Instant) -> Result<Option<ProofPurpose>, StoreError> {
    Ok(tokens::peek(tx, shop, &hash_token(token), now)?.and_then(|stored| ProofPurpose::read(&stored.purpose)))
}

/// Whose mail a code was in.
pub(crate) fn contact_of(
    tx: &mut Tx<'_>,
    shop: &str,
    handle: &str,
    now: Instant,
) -> Result<Option<String>, StoreError> {
    Ok(tokens::by_handle(tx, shop, handle, now)?.map(|stored| stored.contact))
}

/// Uses a link's token up.
pub(crate) fn take(tx: &mut Tx<'_>, shop: &str, token: &str, now: Instant) -> Result<Option<Proof>, StoreError> {
    Ok(tokens::take(tx, shop, &hash_token(token), now)?.and_then(read))
}

/// Uses a proof up by its code, or counts a wrong guess.
pub(crate) fn take_by_code(
    tx: &mut Tx<'_>,
    secret: &Secret,
    shop: &str,
    handle: &str,
    code: &str,
    now: Instant,
) -> Result<Option<Proof>, StoreError> {
    let digits: String = code.chars().filter(|letter| !letter.is_whitespace() && *letter != '-').collect();
    let given = code_mac(secret, shop, handle, &digits);
    let Some(stored) = tokens::by_handle(tx, shop, handle, now)? else { return Ok(None) };
    let right = stored.code.as_ref().is_some_and(|code| code.as_bytes().ct_eq(given.as_bytes()).into());
    if !right {
        tokens::wrong_guess(tx, shop, &stored.hash, CODE_TRIES)?;
        return Ok(None);
    }
    Ok(tokens::take(tx, shop, &stored.hash, now)?.and_then(read))
}

/// The handle that stands for an invitation's code: nobody asked for it in a browser, so it goes with the address.
pub(crate) fn invitation_handle(secret: &Secret, shop: &str, contact: &str) -> String {
    hex(&secret.mac(&["invitation", shop, contact]))
}

fn read(stored: StoredToken) -> Option<Proof> {
    Some(Proof { purpose: ProofPurpose::read(&stored.purpose)?, contact: stored.contact })
}

fn code_mac(secret: &Secret, shop: &str, handle: &str, code: &str) -> String {
    hex(&secret.mac(&["code", shop, handle, code]))
}

/// Six digits, each as likely as any other.
fn new_code() -> String {
    let mut code = String::with_capacity(CODE_DIGITS);
    while code.len() < CODE_DIGITS {
        let mut bytes = [0_u8; 2 * CODE_DIGITS];
        getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
        // 250 is the largest multiple of ten in a byte: a higher one would favour the low digits.
        let digits = bytes.iter().filter(|byte| **byte < 250).map(|byte| char::from(b'0' + byte % 10));
        code.extend(digits.take(CODE_DIGITS - code.len()));
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    fn in_a_shop(test: impl FnOnce(&mut Tx<'_>, &Secret) -> Result<(), StoreError> + Send + 'static) {
        let store = Store::in_memory().unwrap();
        let secret = Secret::new([3; 32]);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(store.write(move |tx| test(tx, &secret))).unwrap();
    }

    fn wrong(code: &str) -> String {
        code.chars().map(|digit| if digit == '0' { '1' } else { '0' }).collect()
    }

    #[test]
    fn a4_a_token_has_128_bits_at_least_is_stored_hashed_and_works_once_in_its_shop() {
        in_a_shop(|tx, secret| {
            let minted = mint(tx, secret, "a", ProofPurpose::SignIn, "con_1", "h", 0)?;
            assert!(minted.token.len() * 4 >= 128);
            assert!(tokens::peek(tx, "a", &minted.token, 0)?.is_none(), "the token itself is not stored");
            assert_eq!(take(tx, "b", &minted.token, 0)?, None);
            let proof = Proof { purpose: ProofPurpose::SignIn, contact: "con_1".into() };
            assert_eq!(take(tx, "a", &minted.token, 0)?, Some(proof));
            assert_eq!(take(tx, "a", &minted.token, 0)?, None);
            assert_eq!(take_by_code(tx, secret, "a", "h", &minted.code, 0)?, None, "nor does the code work after it");
            Ok(())
        });
    }

    #[test]
    fn a4_fifteen_minutes_for_sign_in_and_a_day_for_an_invitation() {
        in_a_shop(|tx, secret| {
            for (purpose, lasts) in [(ProofPurpose::SignIn, 15 * MINUTE), (ProofPurpose::Invitation, 24 * HOUR)] {
                let minted = mint(tx, secret, "a", purpose, "con_1", "h", 0)?;
                assert_eq!(minted.expires_at, lasts);
                assert_eq!(peek(tx, "a", &minted.token, lasts - 1)?, Some(purpose));
                assert_eq!(take(tx, "a", &minted.token, lasts)?, None);
                assert_eq!(take_by_code(tx, secret, "a", "h", &minted.code, lasts)?, None);
                assert!(take(tx, "a", &minted.token, lasts - 1)?.is_some());
            }
            Ok(())
        });
    }

    #[test]
    fn a4_the_newest_invalidates_older_ones_of_its_purpose_and_contact_only() {
        in_a_shop(|tx, secret| {
            let old = mint(tx, secret, "a", ProofPurpose::SignIn, "con_1", "h1", 0)?;
            let invitation = mint(tx, secret, "a", ProofPurpose::Invitation, "con_1", "h2", 0)?;
            let other = mint(tx, secret, "a", ProofPurpose::SignIn, "con_2", "h3", 0)?;
            let new = mint(tx, secret, "a", ProofPurpose::SignIn, "con_1", "h4", 1)?;
            assert_eq!(take(tx, "a", &old.token, 1)?, None);
            assert_eq!(take_by_code(tx, secret, "a", "h1", &old.code, 1)?, None);
            for token in [invitation.token, other.token, new.token] {
                assert!(take(tx, "a", &token, 1)?.is_some());
            }
            Ok(())
        });
    }

    #[test]
    fn a5_looking_at_a_link_never_consumes_it() {
        in_a_shop(|tx, secret| {
            let minted = mint(tx, secret, "a", ProofPurpose::SignIn, "con_1", "h", 0)?;
            for _ in 0..100 {
                assert_eq!(peek(tx, "a", &minted.token, 1)?, Some(ProofPurpose::SignIn));
            }
            assert!(take(tx, "a", &minted.token, 1)?.is_some());
            Ok(())
        });
    }

    #[test]
    fn a5_the_right_code_works_as_people_type_it_and_only_with_its_handle() {
        in_a_shop(|tx, secret| {
            let minted = mint(tx, secret, "a", ProofPurpose::SignIn, "con_1", "h", 0)?;
            assert_eq!(take_by_code(tx, secret, "a", "another", &minted.code, 1)?, None);
            let typed = format!(" {}-{} ", &minted.code[..3], &minted.code[3..]);
            assert!(take_by_code(tx, secret, "a", "h", &typed, 1)?.is_some());
            assert_eq!(take_by_code(tx, secret, "a", "h", &minted.code, 1)?, None);
            Ok(())
        });
    }

    #[test]
    fn a5_after_five_wrong_codes_the_right_one_is_refused_and_the_link_still_works() {
        in_a_shop(|tx, secret| {
            let minted = mint(tx, secret, "a", ProofPurpose::SignIn, "con_1", "h", 0)?;
            for _ in 0..CODE_TRIES {
                assert_eq!(take_by_code(tx, secret, "a", "h", &wrong(&minted.code), 1)?, None);
            }
            assert_eq!(take_by_code(tx, secret, "a", "h", &minted.code, 1)?, None);
            assert!(take(tx, "a", &minted.token, 1)?.is_some());
            Ok(())
        });
    }

    #[test]
    fn a5_four_wrong_codes_leave_one_try() {
        in_a_shop(|tx, secret| {
            let minted = mint(tx, secret, "a", ProofPurpose::SignIn, "con_1", "h", 0)?;
            for _ in 1..CODE_TRIES {
                assert_eq!(take_by_code(tx, secret, "a", "h", &wrong(&minted.code), 1)?, None);
            }
            assert!(take_by_code(tx, secret, "a", "h", &minted.code, 1)?.is_some());
            Ok(())
        });
    }

    #[test]
    fn a_code_has_six_digits_and_every_digit_turns_up() {
        let codes: Vec<String> = (0..200).map(|_| new_code()).collect();
        assert!(codes.iter().all(|code| code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit())));
        for digit in '0'..='9' {
            assert!(codes.iter().any(|code| code.contains(digit)), "{digit}");
        }
    }
}
