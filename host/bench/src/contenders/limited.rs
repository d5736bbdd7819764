//! Bare wasmtime again, with the limits of wasmtime that the engine sets: fuel, epochs, a limiter, and a stack of its own for
//! every call, so that it can wait. What the engine takes beyond this is its own: accounts, capabilities, checks, prices.

use anyhow::Result;
use boomerang_engine::contract::Adjustment;
use tokio::runtime::Runtime;
use wasmtime::Store;
use wasmtime::component::{ComponentExportIndex, InstancePre};

use super::bare::{
    Applied, Cart, Circumstances, Fault, Made, Question, State, answer, configuration, link, same, words,
};
use super::{Contender, LIMITED, Pricer, Times};
use crate::setup::{self, Components};

/// More than any of the decisions uses.
const FUEL: u64 = 1 << 40;

/// What the function takes and gives.
type Asked<'a> = (&'a Circumstances, &'a Cart, &'a [Applied]);
type Answer = Result<Vec<Made>, Fault>;

/// A new store and instance for every call, with limits.
pub(super) struct Limited {
    pre: InstancePre<State>,
    function: ComponentExportIndex,
    state: State,
    asked: Question,
    runtime: Runtime,
}

impl Limited {
    pub(super) fn new(components: &Components, prepared: &[u8], lines: usize) -> Result<Self> {
        let mut config = configuration();
        config.consume_fuel(true).epoch_interruption(true);
        let pre = link(&config, &components.read("flash-sale")?).map_err(words)?;
        let component = pre.component();
        let point = component.get_export_index(None, "boomerang:shop/cart-pricing@0.1.0");
        let function = point.and_then(|point| component.get_export_index(Some(&point), "price-cart"));
        let function = function.ok_or_else(|| anyhow::anyhow!("the component prices no carts"))?;
        Ok(Self {
            pre,
            function,
            state: State::new(prepared),
            asked: Question::new(lines)?,
            runtime: setup::runtime()?,
        })
    }

    async fn price(&self) -> Result<Vec<Made>> {
        let mut store = Store::new(self.pre.engine(), self.state.clone());
        store.limiter(|state| state);
        store.set_epoch_deadline(1);
        store.epoch_deadline_async_yield_and_update(1);
        answer(self.call(&mut store).await)
    }

    async fn call(&self, store: &mut Store<State>) -> wasmtime::Result<Answer> {
        store.set_fuel(FUEL)?;
        let instance = self.pre.instantiate_async(&mut *store).await?;
        let function = instance.get_typed_func::<Asked<'_>, (Answer,)>(&mut *store, &self.function)?;
        let asked = (&self.asked.context, &self.asked.cart, &[][..]);
        Ok(function.call_async(store, asked).await?.0)
    }
}

impl Contender for Limited {
    fn name(&self) -> &str {
        LIMITED
    }

    fn round(&mut self, times: &mut Times) -> Result<()> {
        times.make(&self.runtime, async || self.price().await)
    }
}

impl Pricer for Limited {
    fn decide(&mut self) -> Result<Vec<Adjustment>> {
        same(&self.runtime.block_on(self.price())?)
    }
}
