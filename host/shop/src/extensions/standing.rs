//! How every installation of a shop stands: loaded or not, left out or not, and what it has cost.

use std::sync::Arc;

use boomerang_engine::{BreakerState, Extension, Point};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::Extensions;
use super::manage::{Actor, ManageError};
use super::stats::Cost;
use crate::clock::Instant;
use crate::shops::Shop;
use crate::store::installations::InstallationRow;
use crate::store::{StoreError, audit};

/// How an installation stands.
#[derive(Clone, Debug)]
pub struct Standing {
    /// What the merchant has set.
    pub row: InstallationRow,
    /// The component; if it does not load, why.
    pub component: Result<Arc<Extension>, Arc<str>>,
    /// The breakers that have opened because it kept failing.
    pub open_breakers: Vec<OpenBreaker>,
    /// What it has cost since the program started.
    pub cost: Cost,
}

/// A breaker that is not closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct OpenBreaker {
    /// The extension point that is left out.
    #[schema(example = "cart-pricing")]
    pub point: String,
    /// Until when; none if the next call decides.
    pub until: Option<Instant>,
}

impl Extensions {
    /// How every installation of a shop stands, in the order of the pricing chain.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn standings(&self, shop: &Shop, now: Instant) -> Result<Vec<Standing>, StoreError> {
        let mut standings = Vec::new();
        for row in self.rows(shop).await? {
            standings.push(self.stand(shop, row, now).await?);
        }
        Ok(standings)
    }

    /// How one installation stands.
    ///
    /// # Errors
    /// If it is not installed, or the database fails.
    pub async fn standing(&self, shop: &Shop, id: &str, now: Instant) -> Result<Standing, ManageError> {
        let row = self.rows(shop).await?.into_iter().find(|row| row.extension == id);
        let row = row.ok_or_else(|| ManageError::NotInstalled(id.to_owned()))?;
        Ok(self.stand(shop, row, now).await?)
    }

    async fn stand(&self, shop: &Shop, row: InstallationRow, now: Instant) -> Result<Standing, StoreError> {
        let component = self.component(&row.digest).await?;
        let in_force = self.of(&shop.id).await?;
        let open_breakers = in_force.installations.get(&row.extension).map_or_else(Vec::new, |installation| {
            let state = |point: Point| match installation.breaker().state(point, now) {
                BreakerState::Closed => None,
                BreakerState::Open { until } => Some(OpenBreaker { point: point.id().to_owned(), until: Some(until) }),
                BreakerState::HalfOpen => Some(OpenBreaker { point: point.id().to_owned(), until: None }),
            };
            Point::ALL.into_iter().filter_map(state).collect()
        });
        let cost = self.stats().of(&shop.id, &row.extension);
        Ok(Standing { row, component, open_breakers, cost })
    }

    /// Closes a breaker: the extension is called again from the next request on. False if it is not switched on.
    ///
    /// # Errors
    /// If the database fails; the breaker stays as it is then.
    pub async fn reset_breaker(
        &self,
        shop: &Shop,
        id: &str,
        point: Point,
        actor: &Actor<'_>,
    ) -> Result<bool, StoreError> {
        let in_force = self.of(&shop.id).await?;
        let Some(installation) = in_force.installations.get(id) else { return Ok(false) };
        let (shop, id, name, now) = (shop.id.clone(), id.to_owned(), actor.name.to_owned(), actor.now);
        let details = json!({ "point": point.id() });
        self.0
            .store
            .write(move |tx| audit::write(tx, &shop, now, &name, "extension.breaker-reset", &id, &details))
            .await?;
        installation.breaker().reset(point);
        Ok(true)
    }
}
