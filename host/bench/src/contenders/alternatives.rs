//! What somebody else's machinery makes of the decision: Extism, a Shopify-like Function, QuickJS. A program of its own runs
//! them (`host/bench/alternatives`), so that nothing they are built from changes the engine that is measured. It takes its
//! turns as everybody does and measures by itself, so what is said between the two programs is in no measured time.

use std::cell::RefCell;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::rc::Rc;

use anyhow::{Context, Result, ensure};
use boomerang_engine::contract::Adjustment;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::native::plan;
use super::{Contender, EXTISM_FRESH, EXTISM_REUSED, FUNCTION, Pricer, QUICKJS, Times};
use crate::cart;

/// Everybody in the program, in its order.
const NAMES: [&str; 4] = [EXTISM_REUSED, EXTISM_FRESH, FUNCTION, QUICKJS];

/// The program, running, with everything that it will be asked.
pub(crate) struct Program {
    conversation: Rc<RefCell<Conversation>>,
}

impl Program {
    /// Starts the program in a folder, where its guests are as well, and hands it carts of so many lines.
    pub(crate) fn start(folder: &Path, prepared: &[u8], carts: &[usize]) -> Result<Self> {
        let path = folder.join(format!("alternatives{}", std::env::consts::EXE_SUFFIX));
        let mut command = Command::new(&path);
        command.arg("--guests").arg(folder).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().with_context(|| format!("could not start {}", path.display()))?;
        let (to, from) = (child.stdin.take(), child.stdout.take());
        let from = BufReader::new(from.context("no output")?);
        let mut conversation = Conversation { child, to, from };
        let settings = serde_json::to_value(plan(prepared)?)?;
        let document =
            |lines: &usize| json!({ "context": cart::context(), "settings": settings, "cart": cart::seen(*lines) });
        let names: Vec<String> = conversation.ask(&carts.iter().map(document).collect::<Value>())?;
        ensure!(names == NAMES, "{} is another version's: build it again", path.display());
        Ok(Self { conversation: Rc::new(RefCell::new(conversation)) })
    }

    /// Everybody in the program, about one of its carts.
    pub(crate) fn pricers(&self, cart: usize) -> impl Iterator<Item = Box<dyn Pricer>> {
        NAMES.iter().enumerate().map(move |(way, name)| {
            let conversation = Rc::clone(&self.conversation);
            Box::new(Alternative { name, way, cart, conversation }) as Box<dyn Pricer>
        })
    }
}

/// Lines of JSON, to the program and back.
struct Conversation {
    child: Child,
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
}

impl Conversation {
    fn ask<A: DeserializeOwned>(&mut self, question: &impl Serialize) -> Result<A> {
        let mut line = serde_json::to_vec(question)?;
        line.push(b'\n');
        self.to.as_mut().context("the program of the alternatives has been told to end")?.write_all(&line)?;
        let mut answer = String::new();
        self.from.read_line(&mut answer)?;
        ensure!(!answer.is_empty(), "the program of the alternatives has ended; what it says about that is above");
        Ok(serde_json::from_str(&answer)?)
    }
}

impl Drop for Conversation {
    fn drop(&mut self) {
        // It ends when nothing more can come; there is nothing to be done about one that does not.
        drop(self.to.take());
        let _ = self.child.wait();
    }
}

/// What is asked.
#[derive(Serialize)]
struct Turn {
    way: usize,
    document: usize,
    calls: usize,
}

/// What is answered.
#[derive(Deserialize)]
struct Done {
    micros: Vec<f64>,
    made: Vec<Adjustment>,
}

/// One of the ways.
struct Alternative {
    name: &'static str,
    way: usize,
    cart: usize,
    conversation: Rc<RefCell<Conversation>>,
}

impl Alternative {
    fn turn(&self, calls: usize) -> Result<Done> {
        let turn = Turn { way: self.way, document: self.cart, calls };
        self.conversation.borrow_mut().ask(&turn).context(self.name)
    }
}

impl Contender for Alternative {
    fn name(&self) -> &str {
        self.name
    }

    fn round(&mut self, times: &mut Times) -> Result<()> {
        times.micros.extend(self.turn(times.calls)?.micros);
        Ok(())
    }
}

impl Pricer for Alternative {
    fn decide(&mut self) -> Result<Vec<Adjustment>> {
        Ok(self.turn(1)?.made)
    }
}
