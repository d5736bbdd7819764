//! What a form of the admin sent: names and values, and a file where the form has one.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;

use super::failure::Failure;
use crate::web::body;

/// The largest form without a file: settings with every list full.
const FORM_LIMIT: usize = 2 << 20;
/// The largest form with a file: the largest component or CSV file, and room for the fields beside it.
const FILE_LIMIT: usize = (32 << 20) + (64 << 10);
/// The largest form of somebody who has not signed in.
const STRANGERS_LIMIT: usize = 64 << 10;
/// The most fields of a form.
const MOST_FIELDS: usize = 20_000;

/// The names and values of a form in its order, with its file.
#[derive(Clone, Debug, Default)]
pub(super) struct Sent {
    fields: Arc<Vec<(String, String)>>,
    /// The bytes of the file; none where none was chosen.
    pub(super) file: Option<Bytes>,
}

impl Sent {
    /// Reads the body of a form, with or without a file, of somebody who has signed in or a small one of a stranger.
    pub(super) async fn read(parts: &Parts, body: Body, is_staff: bool, time: Duration) -> Result<Self, Failure> {
        let kind = parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let with_file = kind.starts_with("multipart/form-data");
        let limit = match (is_staff, with_file) {
            (true, true) => FILE_LIMIT,
            (true, false) => FORM_LIMIT,
            (false, false) => STRANGERS_LIMIT,
            (false, true) => return Err(Failure::Refused("this form takes no file; sign in first".into())),
        };
        let body = body::read(body, limit, time).await?;
        if with_file { Self::read_parts(parts, body).await } else { Self::read_pairs(&body) }
    }

    fn read_pairs(body: &[u8]) -> Result<Self, Failure> {
        let fields: Vec<_> = form_urlencoded::parse(body).into_owned().take(MOST_FIELDS + 1).collect();
        if fields.len() > MOST_FIELDS {
            return Err(Failure::TooLarge);
        }
        Ok(Self { fields: Arc::new(fields), file: None })
    }

    async fn read_parts(parts: &Parts, body: Bytes) -> Result<Self, Failure> {
        let mut request = Request::new(Body::from(body));
        *request.headers_mut() = parts.headers.clone();
        let broken = || Failure::Refused("the browser sent a form that does not read; send it again".into());
        let mut form = Multipart::from_request(request, &()).await.map_err(|_| broken())?;
        let (mut fields, mut file) = (Vec::new(), None);
        while let Some(part) = form.next_field().await.map_err(|_| broken())? {
            let name = part.name().unwrap_or_default().to_owned();
            if part.file_name().is_some() {
                let bytes = part.bytes().await.map_err(|_| broken())?;
                file = (!bytes.is_empty()).then_some(bytes);
            } else {
                fields.push((name, part.text().await.map_err(|_| broken())?));
            }
            if fields.len() > MOST_FIELDS {
                return Err(Failure::TooLarge);
            }
        }
        Ok(Self { fields: Arc::new(fields), file })
    }

    /// A field's value without the spaces around it; empty where it was not sent.
    pub(super) fn text(&self, name: &str) -> &str {
        self.given(name).unwrap_or_default()
    }

    /// A field's value, if it was sent.
    pub(super) fn given(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.trim())
    }

    /// A field's value exactly as it was typed, for passwords.
    pub(super) fn exact(&self, name: &str) -> &str {
        self.fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str())
    }

    /// Every value of a name, in the form's order.
    pub(super) fn every<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.trim())
    }

    /// The fields whose name starts with `prefix`, named by the rest.
    pub(super) fn below<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.fields.iter().filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value.as_str())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request as HttpRequest;

    const TIME: Duration = Duration::from_secs(30);

    #[tokio::test]
    async fn a_form_with_a_file_reads_like_one_without() {
        let body = "--x\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nabc\r\n--x\r\n\
            Content-Disposition: form-data; name=\"file\"; filename=\"a.wasm\"\r\n\r\n\0asm\r\n--x--\r\n";
        let kind = "multipart/form-data; boundary=x";
        let (parts, ()) = HttpRequest::builder().header(CONTENT_TYPE, kind).body(()).unwrap().into_parts();
        let sent = Sent::read(&parts, Body::from(body), true, TIME).await.unwrap();
        assert_eq!((sent.text("csrf"), sent.file.as_deref()), ("abc", Some(&b"\0asm"[..])));
        let (parts, ()) = HttpRequest::new(()).into_parts();
        let sent = Sent::read(&parts, Body::from("csrf=abc&order=b&order=a&line.1=+2+"), false, TIME).await.unwrap();
        assert_eq!(sent.every("order").collect::<Vec<_>>(), ["b", "a"]);
        assert_eq!(sent.below("line.").collect::<Vec<_>>(), [("1", " 2 ")]);
        assert_eq!((sent.text("csrf"), sent.given("other")), ("abc", None));
    }

    #[tokio::test]
    async fn a_form_that_is_too_large_is_refused() {
        let (parts, ()) = HttpRequest::new(()).into_parts();
        let sent = Sent::read(&parts, Body::from("a=1&".repeat(MOST_FIELDS + 1)), true, TIME).await;
        assert!(matches!(sent, Err(Failure::TooLarge)));
        for (is_staff, limit) in [(true, FORM_LIMIT), (false, STRANGERS_LIMIT)] {
            let sent = Sent::read(&parts, Body::from(vec![b'a'; limit]), is_staff, TIME).await;
            assert!(sent.is_ok());
            let sent = Sent::read(&parts, Body::from(vec![b'a'; limit + 1]), is_staff, TIME).await;
            assert!(matches!(sent, Err(Failure::TooLarge)));
        }
    }
}
