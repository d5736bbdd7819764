//! `points`: the ledger, read.

use async_trait::async_trait;
use boomerang_engine::capability::Points;
use boomerang_engine::contract::{ExpiringPage, Fault, Holdings, Instant, Lot, OrderPoints};
use boomerang_engine::{Read, Scope};

use super::{FromStore, versions_of};
use crate::store::{StoreError, Tx, ledger, versions};

/// An answer about a holder, with the version of that holder's points.
fn of_holder<T>(tx: &mut Tx<'_>, shop: &str, holder: &str, value: T) -> Result<Read<T>, StoreError> {
    let key = ledger::holder_version(holder);
    let version = versions::get(tx, shop, &key)?;
    Ok(Read::versioned(value, key, version))
}

#[async_trait]
impl Points for FromStore {
    async fn balance(&self, scope: &Scope, holder: &str) -> Result<Read<Holdings>, Fault> {
        let (scope, holder) = (scope.clone(), holder.to_owned());
        self.answer(move |tx| {
            let balance = ledger::balance(tx, &scope.shop, &holder, scope.subject.as_deref(), scope.now)?;
            of_holder(tx, &scope.shop, &holder, balance)
        })
        .await
    }

    async fn lots(&self, scope: &Scope, holder: &str) -> Result<Read<Vec<Lot>>, Fault> {
        let (scope, holder) = (scope.clone(), holder.to_owned());
        self.answer(move |tx| {
            let lots = ledger::lots(tx, &scope.shop, &holder, scope.now)?;
            of_holder(tx, &scope.shop, &holder, lots)
        })
        .await
    }

    async fn of_order(&self, scope: &Scope, order: &str) -> Result<Read<OrderPoints>, Fault> {
        let (scope, order) = (scope.clone(), order.to_owned());
        self.answer(move |tx| {
            let points = ledger::of_order(tx, &scope.shop, &order)?;
            let key = ledger::order_version(&order);
            let version = versions::get(tx, &scope.shop, &key)?;
            Ok(Read::versioned(points, key, version))
        })
        .await
    }

    async fn earned_between(
        &self,
        scope: &Scope,
        holder: &str,
        from: Instant,
        until: Instant,
        rules: &[String],
    ) -> Result<Read<i64>, Fault> {
        let (scope, holder, rules) = (scope.clone(), holder.to_owned(), rules.to_vec());
        self.answer(move |tx| {
            let earned = ledger::earned_between(tx, &scope.shop, &holder, from, until, &rules, scope.now)?;
            of_holder(tx, &scope.shop, &holder, earned)
        })
        .await
    }

    async fn expiring_between(
        &self,
        scope: &Scope,
        from: Instant,
        until: Instant,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Read<ExpiringPage>, Fault> {
        let (scope, cursor) = (scope.clone(), cursor.map(str::to_owned));
        self.answer_page(move |tx| {
            let (page, keys) =
                ledger::expiring_between(tx, &scope.shop, from, until, cursor.as_deref(), limit, scope.now)?;
            Ok(Read { value: page, versions: versions_of(tx, &scope.shop, keys)? })
        })
        .await
    }
}
