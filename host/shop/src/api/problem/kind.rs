//! Every kind of problem that the API reports, in one table: its name, status, title and what a caller does about it.

use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

/// A kind of problem. Programs tell problems apart by it, never by their words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The path, the query or a header does not read.
    MalformedRequest,
    /// The body is no JSON, or not the JSON of this operation.
    MalformedJson,
    /// A write without an idempotency key.
    IdempotencyKeyMissing,
    /// No token, or one that is unknown, revoked or expired.
    Unauthenticated,
    /// The password is right, and a code of the second factor is missing or wrong.
    SecondFactor,
    /// The gateway refused the payment.
    PaymentDeclined,
    /// Known, but not allowed.
    Forbidden,
    /// Nothing by that id here.
    NotFound,
    /// The path exists, and has no such method.
    MethodNotAllowed,
    /// The body came too slowly.
    TooSlow,
    /// The thing is in a state in which this cannot be done.
    Conflict,
    /// The first request with this idempotency key is still under way.
    IdempotencyKeyInUse,
    /// The answer held a secret, which is not kept.
    AnsweredOnce,
    /// Fewer units are left than were asked for.
    OutOfStock,
    /// Points or sale units that the price counted on are gone.
    ClaimRefused,
    /// The total is higher than the one the shopper was shown.
    PriceRose,
    /// The body is larger than the operation takes.
    TooLarge,
    /// The body is of another media type.
    UnsupportedMediaType,
    /// Every field reads, and at least one is not acceptable.
    Invalid,
    /// The idempotency key was used for another request.
    IdempotencyKeyReused,
    /// The component cannot be used here.
    ExtensionRefused,
    /// Too many attempts.
    TooManyRequests,
    /// The shop failed.
    Internal,
    /// The shop cannot do it now.
    Unavailable,
}

/// What the documentation of a kind says.
#[derive(Serialize, ToSchema)]
pub(crate) struct KindDoc {
    /// What stands in `type`.
    #[serde(rename = "type")]
    #[schema(example = "/api/problems/out-of-stock")]
    kind: String,
    /// What stands in `title`.
    #[schema(example = "Not enough units are left")]
    title: &'static str,
    /// The HTTP status it comes with.
    #[schema(example = 409, minimum = 400, maximum = 599)]
    status: u16,
    /// What a caller does about it.
    #[schema(example = "Lower the quantity or remove the line, then price the cart again.")]
    remedy: &'static str,
}

impl Kind {
    /// Every kind, in the order of their statuses.
    pub const ALL: &[Self] = &[
        Self::MalformedRequest,
        Self::MalformedJson,
        Self::IdempotencyKeyMissing,
        Self::Unauthenticated,
        Self::SecondFactor,
        Self::PaymentDeclined,
        Self::Forbidden,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::TooSlow,
        Self::Conflict,
        Self::IdempotencyKeyInUse,
        Self::AnsweredOnce,
        Self::OutOfStock,
        Self::ClaimRefused,
        Self::PriceRose,
        Self::TooLarge,
        Self::UnsupportedMediaType,
        Self::Invalid,
        Self::IdempotencyKeyReused,
        Self::ExtensionRefused,
        Self::TooManyRequests,
        Self::Internal,
        Self::Unavailable,
    ];

    /// The kind with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// The name that ends the `type` of a problem.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().0
    }

    /// The HTTP status it comes with.
    #[must_use]
    pub fn status(self) -> StatusCode {
        self.row().1
    }

    /// One sentence that is the same for every problem of the kind.
    #[must_use]
    pub fn title(self) -> &'static str {
        self.row().2
    }

    /// What a caller does about it.
    #[must_use]
    pub fn remedy(self) -> &'static str {
        self.row().3
    }

    /// The `type` of a problem: where its documentation stands.
    #[must_use]
    pub fn uri(self) -> String {
        format!("/api/problems/{}", self.name())
    }

    pub(crate) fn doc(self) -> KindDoc {
        KindDoc { kind: self.uri(), title: self.title(), status: self.status().as_u16(), remedy: self.remedy() }
    }

    #[rustfmt::skip]
    fn row(self) -> (&'static str, StatusCode, &'static str, &'static str) {
        use StatusCode as S;
        match self {
            Self::MalformedRequest => ("malformed-request", S::BAD_REQUEST, "The request does not read",
                "Compare the path, the query and the headers with the operation's documentation."),
            Self::MalformedJson => ("malformed-json", S::BAD_REQUEST, "The body does not read",
                "Send JSON in UTF-8 that has the fields the operation documents, and no others."),
            Self::IdempotencyKeyMissing => ("idempotency-key-missing", S::BAD_REQUEST, "A write needs an idempotency key",
                "Send an Idempotency-Key header of 8 to 128 visible ASCII characters that is new for every new write and the same for every retry of it."),
            Self::Unauthenticated => ("unauthenticated", S::UNAUTHORIZED, "Nobody known sent this",
                "Open a session or sign in, and send its token as `Authorization: Bearer …`."),
            Self::SecondFactor => ("second-factor", S::UNAUTHORIZED, "A code of the second factor is needed",
                "Send the same request with `code`: what the authenticator app shows, or a recovery code."),
            Self::PaymentDeclined => ("payment-declined", S::PAYMENT_REQUIRED, "The payment was declined",
                "Pay with another payment token. Nothing was charged and no order was made."),
            Self::Forbidden => ("forbidden", S::FORBIDDEN, "This account may not do that",
                "Sign in with an account that has the right the operation names."),
            Self::NotFound => ("not-found", S::NOT_FOUND, "There is nothing here",
                "Check the ids in the path; list the things above it to see what there is."),
            Self::MethodNotAllowed => ("method-not-allowed", S::METHOD_NOT_ALLOWED, "The path has no such method",
                "Use one of the methods in the Allow header."),
            Self::TooSlow => ("too-slow", S::REQUEST_TIMEOUT, "The body came too slowly",
                "Send the whole body within 30 seconds. Nothing was changed."),
            Self::Conflict => ("conflict", S::CONFLICT, "The state does not allow this",
                "Read the thing again and decide anew."),
            Self::IdempotencyKeyInUse => ("idempotency-key-in-use", S::CONFLICT, "The first request is still under way",
                "Wait a second, then send the same request with the same key again."),
            Self::AnsweredOnce => ("answered-once", S::CONFLICT, "The answer was given once and is not kept",
                "The first answer held a secret, which is stored nowhere. Ask for a new one with a new idempotency key."),
            Self::OutOfStock => ("out-of-stock", S::CONFLICT, "Not enough units are left",
                "Lower the quantity or remove the line, then price the cart again."),
            Self::ClaimRefused => ("claim-refused", S::CONFLICT, "A price counted on something that is gone",
                "Read the cart again: it shows the price without it. Place the order with that total."),
            Self::PriceRose => ("price-rose", S::CONFLICT, "The total is higher than the one shown",
                "Show the new total to the shopper, and place the order with it if they agree."),
            Self::TooLarge => ("too-large", S::PAYLOAD_TOO_LARGE, "The body is too large",
                "Send less: 1 MiB at most, 8 MiB for a CSV file, 32 MiB for a component."),
            Self::UnsupportedMediaType => ("unsupported-media-type", S::UNSUPPORTED_MEDIA_TYPE, "The body is of another media type",
                "Send the Content-Type that the operation documents."),
            Self::Invalid => ("invalid", S::UNPROCESSABLE_ENTITY, "Something in the request is not acceptable",
                "`errors` names each field and what it needs. Nothing was changed."),
            Self::IdempotencyKeyReused => ("idempotency-key-reused", S::UNPROCESSABLE_ENTITY, "The idempotency key was used for another request",
                "Use a new key for a new request; keep a key only for exact retries."),
            Self::ExtensionRefused => ("extension-refused", S::UNPROCESSABLE_ENTITY, "The component cannot be used here",
                "`detail` says why in the words of a plugin developer. Nothing was installed."),
            Self::TooManyRequests => ("too-many-requests", S::TOO_MANY_REQUESTS, "Too many attempts",
                "Wait as long as the Retry-After header says."),
            Self::Internal => ("internal", S::INTERNAL_SERVER_ERROR, "The shop failed",
                "Retry with the same idempotency key; nothing is done twice. If it goes on, report the time."),
            Self::Unavailable => ("unavailable", S::SERVICE_UNAVAILABLE, "The shop cannot do this now",
                "Retry with the same idempotency key in a little while."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_kind_has_a_name_of_its_own_and_is_found_by_it() {
        let names: BTreeSet<_> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        assert_eq!(names.len(), Kind::ALL.len());
        for kind in Kind::ALL {
            assert_eq!(Kind::named(kind.name()), Some(*kind));
            assert!(kind.status().is_client_error() || kind.status().is_server_error());
        }
        assert_eq!(Kind::named("made-up"), None);
    }
}
