//! Taking everything along, or having it erased (A12).

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::CONTENT_DISPOSITION;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Json};

use crate::people::{erase, export};
use crate::platform::Platform;
use crate::web::failure::Failure;
use crate::web::posted::Posted;
use crate::web::visit::Visit;

pub(super) async fn export(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
) -> Result<Response, Failure> {
    let (shop, id, now) = (visit.shop.id.clone(), visit.require_customer()?.id.clone(), visit.now);
    let found = platform.store.read(move |tx| export::personal_data(tx, &shop, &id, now)).await?;
    let data = found.ok_or(Failure::NotFound)?;
    Ok(([(CONTENT_DISPOSITION, "attachment; filename=\"my-data.json\"")], Json(data)).into_response())
}

pub(super) async fn erase(
    State(platform): State<Platform>,
    Extension(visit): Extension<Arc<Visit>>,
    Extension(posted): Extension<Posted>,
) -> Result<Response, Failure> {
    let (shop, id, now) = (visit.shop.id.clone(), visit.require_customer()?.id.clone(), visit.now);
    if !posted.ticked("sure") {
        return Err(Failure::Refused("tick the box first; nothing has been deleted".into()));
    }
    let actor = format!("customer:{id}");
    platform.store.write(move |tx| erase::erase(tx, &shop, &actor, &id, now)).await?;
    let cookies = visit.cookies().end_session().forget_cart().forget_orders().forget_device();
    Ok((cookies, Redirect::to("/")).into_response())
}
