//! The gate before every group of operations: which shop, who is calling, may they, and for a write, has it been done.

use std::sync::Arc;

use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request, State};
use axum::http::Method;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;

use super::access::Access;
use super::auth::{Here, Shopper, SignedIn, Staff, bearer, unknown};
use super::idempotency::{self, Ledger, Opener};
use super::problem::{Kind, Problem};
use crate::admin;
use crate::clock::Instant;
use crate::people::session;
use crate::platform::Platform;
use crate::shops::Shop;
use crate::store::{Tx, shops};

/// What stands before one group.
#[derive(Clone)]
struct Gate {
    platform: Platform,
    access: Access,
    body_limit: usize,
}

/// Puts the gate before a group of operations, and says so in their documentation.
pub(crate) fn behind(
    platform: &Platform,
    access: Access,
    body_limit: usize,
    mut group: OpenApiRouter<Platform>,
) -> OpenApiRouter<Platform> {
    access.document(group.get_openapi_mut());
    let gate = Gate { platform: platform.clone(), access, body_limit };
    group.route_layer(from_fn_with_state(gate, pass))
}

/// Who a token belongs to.
enum Caller {
    Anybody,
    Shopper(Shopper),
    Staff(Staff),
}

async fn pass(
    State(gate): State<Gate>,
    params: Result<RawPathParams, RawPathParamsRejection>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let params = params.map_err(|error| {
        Problem::new(
            Kind::MalformedRequest,
            format!("The path does not read: {}. Percent-encode ids as UTF-8.", error.body_text()),
        )
    })?;
    let shop = params.iter().find_map(|(name, value)| (name == "shop").then(|| value.to_owned())).unwrap_or_default();
    let token = bearer(request.headers()).map(str::to_owned);
    let (platform, access, now) = (&gate.platform, gate.access, gate.platform.clock.now());
    let (asked, work) = (token.clone(), move |tx: &mut Tx<'_>| identify(tx, &shop, access, token.as_deref(), now));
    let (shop, caller) = match access {
        // The use of a staff session is noted as it is looked up.
        Access::Staff | Access::Owner => platform.store.write(work).await?,
        Access::Public | Access::Shopper | Access::Customer => platform.store.read(work).await?,
    };
    let stale = matches!(&caller, Caller::Shopper(shopper) if session::is_stale(&shopper.session, now));
    let is_write = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let ledger = |principal: String| Ledger {
        store: platform.store.clone(),
        secret: platform.secret.clone(),
        shop: shop.id.clone(),
        principal,
        now,
        limit: gate.body_limit,
        body_time: platform.patience.body,
        opened_by: asked.clone().filter(|_| access != Access::Public).map(|token| Opener { access, token }),
    };
    let principal = match admit(access, caller, &mut request) {
        // The write that ended the session may be sent once more by somebody who has not got its answer.
        Err(problem) if is_write && problem.kind() == Kind::Unauthenticated => {
            return idempotency::after_the_end(ledger(String::new()), request).await?.ok_or(problem);
        }
        admitted => admitted?,
    };
    let ledger = ledger(principal);
    if let (true, Some(token)) = (stale, asked) {
        let shop = shop.id.clone();
        platform.store.write(move |tx| session::touch(tx, &shop, &token, now)).await?;
    }
    request.extensions_mut().insert(Here(Arc::new(shop)));
    if !is_write {
        return Ok(next.run(request).await);
    }
    idempotency::once(ledger, request, next).await
}

/// The shop and the caller.
fn identify(
    tx: &mut Tx<'_>,
    shop: &str,
    access: Access,
    token: Option<&str>,
    now: Instant,
) -> Result<(Shop, Caller), Problem> {
    let shop = shops::find(tx, shop)?.ok_or_else(|| Problem::not_found("shop"))?;
    let Some(token) = token else { return Ok((shop, Caller::Anybody)) };
    let caller = match access {
        Access::Public => None,
        Access::Shopper | Access::Customer => session::open(tx, &shop.id, token, now)?
            .map(|session| Caller::Shopper(Shopper { session, token: token.to_owned() })),
        Access::Staff | Access::Owner => admin::authenticate(tx, &shop.id, token, now)?
            .map(|(admin, _)| Caller::Staff(Staff { admin, token: token.to_owned() })),
    };
    Ok((shop, caller.unwrap_or(Caller::Anybody)))
}

/// Lets a caller through, leaves who it is for the handlers, and says whose idempotency keys these are.
fn admit(access: Access, caller: Caller, request: &mut Request) -> Result<String, Problem> {
    let extensions = request.extensions_mut();
    match (access, caller) {
        (Access::Public, _) => Ok("public".to_owned()),
        (Access::Shopper, Caller::Shopper(shopper)) => {
            let principal = shopper.session.id.clone();
            extensions.insert(shopper);
            Ok(principal)
        }
        (Access::Customer, Caller::Shopper(shopper)) => {
            let Some(customer) = shopper.session.customer.clone() else {
                let detail = "This is for customers who are signed in. Sign in with this session first.";
                return Err(Problem::new(Kind::Forbidden, detail));
            };
            let principal = shopper.session.id.clone();
            extensions.insert(SignedIn { session: principal.clone(), customer });
            extensions.insert(shopper);
            Ok(principal)
        }
        (Access::Owner, Caller::Staff(staff)) if !staff.admin.role.may_manage() => {
            Err(Problem::new(Kind::Forbidden, "This is for owners of the shop. Ask one of them."))
        }
        (Access::Staff | Access::Owner, Caller::Staff(staff)) => {
            let principal = staff.actor();
            extensions.insert(staff);
            Ok(principal)
        }
        _ => Err(unknown()),
    }
}
