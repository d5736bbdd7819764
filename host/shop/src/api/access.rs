//! Who may call an operation. Every operation belongs to a group, and what the document says about a group is what the
//! [gate](super::gate) before it enforces: both come from the same [`Access`].

use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, ObjectBuilder, OpenApi, Ref, RefOr, Required, ResponseBuilder, Type};

use super::problem::Kind;

/// Who may call an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Anybody, with no token.
    Public,
    /// A shopper's session, signed in or not.
    Shopper,
    /// A shopper's session that is signed in.
    Customer,
    /// A member of the shop's staff.
    Staff,
    /// A member of the shop's staff who owns it.
    Owner,
}

/// The largest body that most operations take.
pub(crate) const BODY_LIMIT: usize = 1 << 20;
/// The largest CSV file.
pub(crate) const CSV_LIMIT: usize = 8 << 20;
/// The largest component.
pub(crate) const WASM_LIMIT: usize = 32 << 20;

impl Access {
    /// The name of the security scheme, and of the right asked of it.
    fn scheme(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Public => None,
            Self::Shopper => Some(("shopper", "session")),
            Self::Customer => Some(("shopper", "customer")),
            Self::Staff => Some(("staff", "staff")),
            Self::Owner => Some(("staff", "owner")),
        }
    }

    /// Writes into the document of a group what every operation of it shares: who may call it, the idempotency key of its
    /// writes, and the problems any caller can meet.
    pub(crate) fn document(self, api: &mut OpenApi) {
        for item in api.paths.paths.values_mut() {
            for (method, operation) in operations(item) {
                self.document_operation(method, operation);
            }
        }
    }

    fn document_operation(self, method: &str, operation: &mut Operation) {
        operation.security = Some(match self.scheme() {
            None => Vec::new(),
            Some((scheme, right)) => vec![SecurityRequirement::new(scheme, [right])],
        });
        let writes = method != "get";
        let mut problems = vec![Kind::MalformedRequest, Kind::NotFound, Kind::Internal];
        if self != Self::Public {
            problems.push(Kind::Unauthenticated);
        }
        if matches!(self, Self::Customer | Self::Owner) {
            problems.push(Kind::Forbidden);
        }
        if writes {
            operation.parameters.get_or_insert_default().push(RefOr::T(idempotency_parameter()));
            problems.extend([Kind::Conflict, Kind::Invalid, Kind::TooManyRequests]);
        }
        if operation.request_body.is_some() {
            problems.extend([Kind::TooSlow, Kind::TooLarge, Kind::UnsupportedMediaType]);
        }
        for kind in problems {
            let status = kind.status().as_u16().to_string();
            operation.responses.responses.entry(status).or_insert_with(|| problem_response(kind));
        }
    }
}

/// Documents the shop that stands before every path of these.
pub(crate) fn document_shop(api: &mut OpenApi) {
    for item in api.paths.paths.values_mut() {
        item.parameters.get_or_insert_default().push(RefOr::T(shop_parameter()));
    }
}

/// The operations of a path with their methods.
fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    [
        ("get", &mut item.get),
        ("post", &mut item.post),
        ("put", &mut item.put),
        ("patch", &mut item.patch),
        ("delete", &mut item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// The two ways to say who is calling. Both are bearer tokens, and the API takes no cookie, so that no other site can make
/// a browser write.
pub(crate) fn security_schemes() -> [(&'static str, SecurityScheme); 2] {
    let bearer = |description: &str| {
        SecurityScheme::Http(
            HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(description.to_owned())).build(),
        )
    };
    [
        (
            "shopper",
            bearer(
                "The token of a shopper's session, from `POST /api/v1/{shop}/sessions`. Operations that ask for `customer` \
                 need one that is signed in.",
            ),
        ),
        (
            "staff",
            bearer(
                "The token of a staff session, from `POST /api/v1/{shop}/admin/sessions`. Operations that ask for `owner` \
                 need one of an owner.",
            ),
        ),
    ]
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn shop_parameter() -> Parameter {
    ParameterBuilder::new()
        .name("shop")
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some("The shop's id."))
        .schema(Some(text().examples(["demo"])))
        .build()
}

fn idempotency_parameter() -> Parameter {
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::True)
        .description(Some(
            "New for every new write, the same for every retry of it. A retry gets the first answer again and changes \
             nothing. Kept for 24 hours.",
        ))
        .schema(Some(
            text()
                .min_length(Some(8))
                .max_length(Some(128))
                .pattern(Some("^[!-~]+$"))
                .examples(["0b9f1c2e-58a4-4a55-9d9c-3c3f9f0f7a11"]),
        ))
        .build()
}

/// A response of a status that is a problem.
fn problem_response(kind: Kind) -> RefOr<utoipa::openapi::Response> {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let description = format!("{}. {}", kind.title(), kind.remedy());
    RefOr::T(ResponseBuilder::new().description(description).content("application/problem+json", content).build())
}
