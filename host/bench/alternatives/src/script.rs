//! The decision in JavaScript, run by QuickJS in this process, each time in a context of its own.

use anyhow::{Result, anyhow};
use decision::document::{Asked, Made};
use rquickjs::context::intrinsic::{Eval, Json};
use rquickjs::{CaughtError, Context, Ctx, Function, Runtime, Value};

use crate::Way;

/// A function from the document to the adjustments.
const SOURCE: &str = include_str!("decision.js");

/// A script and what runs it.
pub(crate) struct Script {
    runtime: Runtime,
}

impl Script {
    pub(crate) fn new() -> Result<Self> {
        Ok(Self { runtime: Runtime::new()? })
    }
}

fn run(ctx: &Ctx<'_>, document: Vec<u8>) -> rquickjs::Result<Option<String>> {
    let decide: Function<'_> = ctx.eval(SOURCE)?;
    let made: Value<'_> = decide.call((ctx.json_parse(document)?,))?;
    ctx.json_stringify(made)?.map(|text| text.to_string()).transpose()
}

impl Way for Script {
    fn name(&self) -> &'static str {
        "QuickJS in process, fresh context"
    }

    fn decide(&mut self, asked: &Asked) -> Result<Vec<Made>> {
        let document = serde_json::to_vec(asked)?;
        // No more of the language than it uses: a whole context takes longer to make.
        let context = Context::custom::<(Eval, Json)>(&self.runtime)?;
        let answer = context.with(|ctx| {
            run(&ctx, document).map_err(|error| anyhow!("the script: {}", CaughtError::from_error(&ctx, error)))
        });
        let answer = answer?.ok_or_else(|| anyhow!("the script answered nothing"))?;
        Ok(serde_json::from_str(&answer)?)
    }
}
