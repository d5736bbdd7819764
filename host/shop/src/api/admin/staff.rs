//! Staff: signing in, and who works here.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::admin::{self, Admin, Credentials, NewAdmin, Role, StaffError};
use crate::api::auth::{Client, Here, Staff};
use crate::api::extract::{Json, Path};
use crate::api::idempotency::{Created, ShownOnce};
use crate::api::problem::{self, Problem};
use crate::clock::Instant;
use crate::platform::Platform;
use crate::store::admins;

/// Who signs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "email": "owner@example.com", "password": "correct horse battery staple" }))]
pub(crate) struct StaffSignIn {
    /// The address of the account.
    email: String,
    /// The password.
    #[schema(max_length = 1024, format = Password)]
    password: String,
    /// What the authenticator app shows, or a recovery code, where a second factor is in force.
    #[serde(default)]
    #[schema(max_length = 64, example = "123456")]
    code: String,
}

/// A staff session that has just begun.
#[derive(Serialize, ToSchema)]
pub(crate) struct StaffSession {
    /// Send it as `Authorization: Bearer …`. It is shown this once.
    #[schema(example = "f1c2…")]
    token: String,
    /// When it ends unless it is used.
    expires_at: Instant,
    /// Whose it is.
    account: Admin,
}

/// Sign in as staff.
#[utoipa::path(post, path = "/admin/sessions", operation_id = "openStaffSession", tag = "staff",
    request_body = StaffSignIn, responses(
    (status = 201, description = "The session with its token.", body = StaffSession),
    (status = 401, description = "The address, the password or the code is wrong.", body = problem::Body,
        content_type = "application/problem+json"),
))]
pub(crate) async fn sign_in(
    State(platform): State<Platform>,
    Here(shop): Here,
    client: Client,
    Json(body): Json<StaffSignIn>,
) -> Result<ShownOnce<StaffSession>, Problem> {
    let StaffSignIn { email, password, code } = body;
    let credentials = Credentials { email, password, code, ip: client.ip, label: client.label };
    let now = platform.clock.now();
    let new = admin::sign_in(&platform.store, &platform.secret, &shop.id, credentials, now).await?;
    let body = StaffSession { token: new.token, expires_at: new.session.expires_at, account: new.admin };
    Ok(ShownOnce::new(StatusCode::CREATED, body))
}

/// Read the account that the token belongs to.
#[utoipa::path(get, path = "/admin/session", operation_id = "readStaffSession", tag = "staff", responses(
    (status = 200, description = "The account.", body = Admin),
))]
pub(crate) async fn whoami(staff: Staff) -> Json<Admin> {
    Json(staff.admin)
}

/// Sign out. The token opens nothing any more.
#[utoipa::path(delete, path = "/admin/session", operation_id = "endStaffSession", tag = "staff", responses(
    (status = 204, description = "The session has ended."),
))]
pub(crate) async fn sign_out(
    State(platform): State<Platform>,
    Here(shop): Here,
    staff: Staff,
) -> Result<StatusCode, Problem> {
    platform.store.write(move |tx| admin::sign_out(tx, &shop.id, &staff.token)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List who works here.
#[utoipa::path(get, path = "/admin/staff", operation_id = "listStaff", tag = "staff", responses(
    (status = 200, description = "Every account, by address.", body = [Admin]),
))]
pub(crate) async fn list(State(platform): State<Platform>, Here(shop): Here) -> Result<Json<Vec<Admin>>, Problem> {
    Ok(Json(platform.store.read(move |tx| admins::list(tx, &shop.id)).await?))
}

/// Somebody to be added.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "email": "bob@example.com", "name": "Bob", "role": "staff", "password": "correct horse battery staple"
}))]
pub(crate) struct NewStaff {
    /// The address to sign in with.
    email: String,
    /// The name that colleagues see.
    name: String,
    /// What they may do.
    role: Role,
    /// The password they start with.
    #[schema(max_length = 1024, format = Password)]
    password: String,
}

/// Add somebody to the staff.
#[utoipa::path(post, path = "/admin/staff", operation_id = "addStaff", tag = "staff", request_body = NewStaff,
    responses((status = 201, description = "The account.", body = Admin)))]
pub(crate) async fn add(
    State(platform): State<Platform>,
    Here(shop): Here,
    staff: Staff,
    Json(body): Json<NewStaff>,
) -> Result<Created<Admin>, Problem> {
    let new = NewAdmin { email: body.email, name: body.name, role: body.role, password: body.password };
    let now = platform.clock.now();
    Ok(Created(admin::add(&platform.store, &shop.id, &staff.actor(), new, now).await?))
}

/// A member of the staff.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct StaffPath {
    /// The account's id.
    #[param(example = "adm_01j9x")]
    pub(super) admin: String,
}

/// What changes about an account. What is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "role": "staff", "disabled": false }))]
pub(crate) struct StaffChange {
    /// What they may do.
    role: Option<Role>,
    /// Shut out, at once.
    disabled: Option<bool>,
    /// A new password, sent by itself; every session of the account ends.
    #[schema(max_length = 1024, format = Password)]
    password: Option<String>,
}

/// Change what somebody of the staff may do, their password, or whether they are let in.
#[utoipa::path(patch, path = "/admin/staff/{admin}", operation_id = "changeStaff", tag = "staff", params(StaffPath),
    request_body = StaffChange, responses((status = 200, description = "The account.", body = Admin)))]
pub(crate) async fn change(
    State(platform): State<Platform>,
    Here(shop): Here,
    staff: Staff,
    Path(path): Path<StaffPath>,
    Json(body): Json<StaffChange>,
) -> Result<Json<Admin>, Problem> {
    if body.password.is_some() && (body.role.is_some() || body.disabled.is_some()) {
        return Err(Problem::invalid(
            "/password",
            "alone",
            "a password is changed by itself; send the rest on its own",
        ));
    }
    let (now, actor) = (platform.clock.now(), staff.actor());
    if let Some(password) = body.password {
        let changed = admin::change_password(&platform.store, &shop.id, &actor, &path.admin, password, now).await?;
        return Ok(Json(changed));
    }
    let changed = platform
        .store
        .write(move |tx| {
            let (shop, id) = (shop.id.as_str(), path.admin.as_str());
            if let Some(role) = body.role {
                admin::set_role(tx, shop, &actor, id, role, now)?;
            }
            match body.disabled {
                Some(true) => admin::disable(tx, shop, &actor, id, now),
                Some(false) => admin::enable(tx, shop, &actor, id, now),
                None => admins::get(tx, shop, id)?.ok_or(StaffError::Unknown),
            }
        })
        .await?;
    Ok(Json(changed))
}
