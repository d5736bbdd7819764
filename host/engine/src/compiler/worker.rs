//! The worker's side: it takes its limits before it reads a byte of the component, compiles once, and ends.

use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use super::confine::confine;
use super::frame::{Answer, Request};
use crate::load::LoadError;
use crate::machine;

/// Compiles one component for a host: reads it from standard input, writes the code to standard output. A program that is
/// given as [`WorkerConfig::program`](super::WorkerConfig::program) calls this and nothing else.
pub fn serve_compile_worker() -> ExitCode {
    // Standard input unbuffered: what is read ahead of the limits is the request and not the component.
    match serve(io::stdin(), io::stdout()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the compile worker is started by the host, which speaks to it: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(mut from: impl Read, to: impl Write) -> io::Result<()> {
    let request = Request::read(&mut from)?;
    answer(&request, from)?.write(to)
}

fn answer(request: &Request, from: impl Read) -> io::Result<Answer> {
    if let Err(error) = confine(request.cpu_seconds, request.memory) {
        return Ok(Answer::Failed(format!("the limits could not be set: {error}")));
    }
    let mut wasm = Vec::new();
    from.take(request.size).read_to_end(&mut wasm)?;
    let engine = match machine::for_compiling(request.copy_on_write) {
        Ok(engine) => engine,
        Err(error) => return Ok(Answer::Failed(LoadError::words(&error))),
    };
    if machine::fingerprint(&engine) != request.fingerprint {
        return Ok(Answer::Failed("host and worker are not from one build; install them together".into()));
    }
    Ok(match catch_unwind(AssertUnwindSafe(|| engine.precompile_component(&wasm))) {
        Ok(Ok(code)) => Answer::Code(code),
        Ok(Err(error)) => Answer::Refused(LoadError::words(&error)),
        Err(_panic) => Answer::Refused(LoadError::DEFECT.into()),
    })
}
