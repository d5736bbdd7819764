//! The way out to the world: an SMTP server.

use async_trait::async_trait;
use jiff::Timestamp;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox as Named, MultiPart};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use thiserror::Error;

use super::send::{Outgoing, SendError, Transport};
use crate::people::Email;

/// Why mails cannot be sent by SMTP.
#[derive(Debug, Error)]
pub enum SmtpError {
    /// The server's URL does not read.
    #[error("the SMTP server's URL does not read: {0}; write it as smtps://user:password@mail.example:465")]
    Url(String),
    /// The sender's address is no address.
    #[error("the sender's address does not read; write one such as hello@shop.example")]
    Sender,
    /// Nobody reads the answers.
    #[error("the sender's address says that nobody reads the answers; use one that somebody reads")]
    NoReply,
}

/// Sends mails through an SMTP server, in one place for all shops of the platform.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Email,
}

impl Smtp {
    /// A server given as a URL, such as `smtps://user:password@mail.example:465`, and the address mails come from.
    ///
    /// The server signs what it sends (DKIM), including the two headers to unsubscribe by.
    ///
    /// # Errors
    /// If the URL or the address does not read, or nobody would read the answers.
    pub fn new(url: &str, from: &str) -> Result<Self, SmtpError> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            // The reason is enough; the URL holds a password.
            .map_err(|error| SmtpError::Url(error.to_string()))?
            .build();
        Ok(Self { transport, from: answerable(from)? })
    }
}

/// An address at which somebody reads the answers.
fn answerable(address: &str) -> Result<Email, SmtpError> {
    let email = Email::parse(address).map_err(|_| SmtpError::Sender)?;
    let user = email.address().user().to_lowercase().replace(['-', '_', '.'], "");
    if user.contains("noreply") || user.contains("donotreply") {
        return Err(SmtpError::NoReply);
    }
    Ok(email)
}

#[async_trait]
impl Transport for Smtp {
    async fn send(&self, mail: &Outgoing) -> Result<(), SendError> {
        let message =
            compose(&self.from, mail).ok_or_else(|| SendError::Refused("it cannot be written as a message".into()))?;
        // Reaching the server first tells "it never got there" from "it got there and the answer was lost".
        match self.transport.test_connection().await {
            Ok(true) => {}
            Ok(false) => return Err(SendError::Later("it does not answer".into())),
            Err(error) => return Err(SendError::Later(in_short(&error, "it cannot be reached"))),
        }
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_permanent() => Err(SendError::Refused(in_short(&error, "for good"))),
            Err(error) if error.is_transient() || error.is_client() => {
                Err(SendError::Later(in_short(&error, "for now")))
            }
            Err(error) => Err(SendError::Unknown(in_short(&error, "the connection broke"))),
        }
    }
}

/// The server's code, or what happened. Its words often repeat the address, so they are left out.
fn in_short(error: &lettre::transport::smtp::Error, otherwise: &str) -> String {
    error.status().map_or_else(|| otherwise.to_owned(), |code| format!("code {code}"))
}

/// A mail as a message of RFC 5322.
fn compose(from: &Email, mail: &Outgoing) -> Option<Message> {
    let sent = Timestamp::from_millisecond(mail.at).ok()?;
    let mut builder = Message::builder()
        .from(Named::new(Some(mail.from_name.clone()), from.address().clone()))
        .to(Named::new(None, mail.to.address().clone()))
        .subject(&mail.subject)
        .date(sent.into())
        // The same at every attempt, so that a mail program shows a mail that came twice once.
        .message_id(Some(format!("<{}.{}@{}>", mail.id, mail.shop, from.domain())));
    if let Some(reply_to) = &mail.reply_to {
        builder = builder.reply_to(Named::new(None, reply_to.address().clone()));
    }
    if let Some(link) = &mail.unsubscribe {
        builder = builder
            .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("List-Unsubscribe"), format!("<{link}>")))
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("List-Unsubscribe-Post"),
                super::unsubscribe::ONE_CLICK.into(),
            ));
    }
    builder.multipart(MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone())).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail() -> Outgoing {
        Outgoing {
            shop: "demo".into(),
            id: "mai_1".into(),
            at: 1_764_028_800_000,
            from_name: "The \"Shop\"".into(),
            reply_to: Some(Email::parse("help@shop.example").unwrap()),
            to: Email::parse("Ann@Example.com").unwrap(),
            subject: "Großer Tag".into(),
            text: "Hello".into(),
            html: "<p>Hello</p>".into(),
            unsubscribe: Some("https://shop.example/unsubscribe?token=con_1.abc".into()),
        }
    }

    fn headers(mail: &Outgoing) -> lettre::message::header::Headers {
        compose(&Email::parse("hello@shop.example").unwrap(), mail).unwrap().headers().clone()
    }

    #[test]
    fn marketing_carries_the_headers_of_rfc_8058_and_other_mail_does_not() {
        let headers_of_marketing = headers(&mail());
        assert_eq!(
            headers_of_marketing.get_raw("List-Unsubscribe"),
            Some("<https://shop.example/unsubscribe?token=con_1.abc>")
        );
        assert_eq!(headers_of_marketing.get_raw("List-Unsubscribe-Post"), Some("List-Unsubscribe=One-Click"));
        let other = headers(&Outgoing { unsubscribe: None, ..mail() });
        assert_eq!(other.get_raw("List-Unsubscribe"), None);
        assert_eq!(other.get_raw("List-Unsubscribe-Post"), None);
    }

    #[test]
    fn a_message_keeps_its_id_at_every_attempt_and_goes_to_the_address_as_typed() {
        let headers = headers(&mail());
        assert_eq!(headers.get_raw("Message-ID"), Some("<mai_1.demo@shop.example>"));
        assert_eq!(headers.get_raw("Reply-To"), Some("help@shop.example"));
        assert_eq!(headers.get_raw("To"), Some("Ann@Example.com"));
    }

    #[test]
    fn a_sender_that_cannot_be_answered_is_refused() {
        for from in ["no-reply@shop.example", "NoReply@shop.example", "do_not.reply@shop.example"] {
            assert!(matches!(answerable(from), Err(SmtpError::NoReply)), "{from}");
        }
        assert!(matches!(answerable("shop"), Err(SmtpError::Sender)));
        assert!(answerable("hello@shop.example").is_ok());
    }
}
