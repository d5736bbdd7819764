//! E-mail addresses. One that is held here can be mailed to, and does not print itself.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// The longest address that mail servers take.
const LONGEST: usize = 254;

/// Why a text is no e-mail address. It does not repeat the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("this is no e-mail address; enter one such as name@example.com")]
pub struct EmailError;

/// An e-mail address as it was typed, without the spaces around it.
#[derive(Clone, PartialEq, Eq)]
pub struct Email {
    address: lettre::Address,
}

impl Email {
    /// Reads what somebody typed.
    ///
    /// # Errors
    /// If mail could not be sent there.
    pub fn parse(typed: &str) -> Result<Self, EmailError> {
        let typed = typed.trim();
        if typed.len() > LONGEST {
            return Err(EmailError);
        }
        let address = lettre::Address::from_str(typed).map_err(|_| EmailError)?;
        // A domain without a dot, or an address in brackets, is no shopper's; neither is mail to the server itself.
        let domain = address.domain();
        if !domain.contains('.') || domain.starts_with('[') || domain.ends_with('.') {
            return Err(EmailError);
        }
        Ok(Self { address })
    }

    /// As typed: mail goes there, and people are shown this.
    #[must_use]
    pub fn as_typed(&self) -> &str {
        self.address.as_ref()
    }

    /// The domain in lower case.
    #[must_use]
    pub fn domain(&self) -> String {
        self.address.domain().to_lowercase()
    }

    /// The form in which addresses that most likely reach one mailbox are equal: lower case, without what follows a `+`,
    /// and without the dots that one large provider ignores.
    ///
    /// For limits on abuse only. People are never told apart or merged by it.
    #[must_use]
    pub fn abuse_form(&self) -> String {
        let user = self.address.user().to_lowercase();
        let user = user.split('+').next().unwrap_or_default();
        match self.domain().as_str() {
            "gmail.com" | "googlemail.com" => format!("{}@gmail.com", user.replace('.', "")),
            domain => format!("{user}@{domain}"),
        }
    }

    pub(crate) fn address(&self) -> &lettre::Address {
        &self.address
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Email(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_its_spelling_and_loses_the_spaces_around_it() {
        let email = Email::parse("  Ann.Lee+shop@Example.COM ").unwrap();
        assert_eq!(email.as_typed(), "Ann.Lee+shop@Example.COM");
        assert_eq!(email.domain(), "example.com");
    }

    #[test]
    fn what_cannot_be_mailed_is_refused_without_being_repeated() {
        let long = format!("{}@example.com", "a".repeat(250));
        for typed in ["", "ann", "ann@", "@example.com", "ann@localhost", "ann@[127.0.0.1]", "a b@example.com", &long] {
            assert_eq!(Email::parse(typed), Err(EmailError), "{typed}");
        }
        for typed in
            ["ann@example.com\r\nBcc: eve@example.com", "ann@example.com,eve@example.com", "Ann <a@example.com>"]
        {
            assert_eq!(Email::parse(typed), Err(EmailError), "{typed:?}");
        }
    }

    #[test]
    fn a8_the_canonical_form_is_for_limits_and_the_address_stays_as_typed() {
        let typed = Email::parse("A.nn+1@GoogleMail.com").unwrap();
        assert_eq!(typed.abuse_form(), "ann@gmail.com");
        assert_eq!(typed.as_typed(), "A.nn+1@GoogleMail.com");
        assert_eq!(Email::parse("a.nn+x@example.com").unwrap().abuse_form(), "a.nn@example.com");
    }

    #[test]
    fn an_address_does_not_print_itself() {
        assert_eq!(format!("{:?}", Email::parse("ann@example.com").unwrap()), "Email(…)");
    }
}
