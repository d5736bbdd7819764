//! The kinds of problems, documented where their `type` points.

use utoipa::IntoParams;

use super::extract::{Json, Path};
use super::problem::{Kind, KindDoc, Problem};

/// A kind of problem.
#[derive(serde::Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct KindPath {
    /// The last part of a problem's `type`.
    #[param(example = "out-of-stock")]
    kind: String,
}

/// Every kind of problem there is.
#[utoipa::path(get, path = "/problems", operation_id = "listProblems", tag = "about", responses(
    (status = 200, description = "Every kind, in the order of their statuses.", body = [KindDoc]),
))]
pub(crate) async fn list() -> Json<Vec<KindDoc>> {
    Json(Kind::ALL.iter().map(|kind| kind.doc()).collect())
}

/// What a kind of problem means and what to do about it.
#[utoipa::path(get, path = "/problems/{kind}", operation_id = "readProblem", tag = "about", params(KindPath), responses(
    (status = 200, description = "The kind.", body = KindDoc),
))]
pub(crate) async fn show(Path(path): Path<KindPath>) -> Result<Json<KindDoc>, Problem> {
    Kind::named(&path.kind).map(|kind| Json(kind.doc())).ok_or_else(|| Problem::not_found("kind of problem"))
}
