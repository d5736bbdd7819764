//! The host's side of a compilation in a worker: start it, feed it, read what it hands back, and see to its end.

use std::io::{self, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;

use super::WorkerConfig;
use super::frame::{Answer, NoAnswer, Request};
use crate::call::text;
use crate::load::LoadError;

/// Bytes of standard error that are looked at.
const SAID: u64 = 4 << 10;

/// Compiles a component in a worker of its own. The code has come from our own program, over a pipe that nobody else
/// holds.
pub(crate) fn compile(
    config: &WorkerConfig,
    copy_on_write: bool,
    fingerprint: [u8; 32],
    wasm: &[u8],
) -> Result<Vec<u8>, LoadError> {
    let request = Request {
        cpu_seconds: config.cpu_seconds,
        memory: config.memory,
        copy_on_write,
        fingerprint,
        size: wasm.len() as u64,
    };
    let mut child = Command::new(&config.program)
        .args(&config.args)
        // A secret in a variable is none of the worker's business.
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| failed(&format!("{} does not start: {error}", config.program.display())))?;
    let (Some(stdin), Some(stdout), Some(stderr)) = (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err(failed("it has no pipes"));
    };
    let (done, is_done) = mpsc::channel::<()>();
    thread::scope(|scope| {
        // A worker that dies takes its end of the pipe with it; what counts is what it has answered by then.
        scope.spawn(|| feed(stdin, &request, wasm));
        let said = scope.spawn(|| hear(stderr));
        let watch = scope.spawn(move || {
            let is_late = is_done.recv_timeout(config.time) == Err(RecvTimeoutError::Timeout);
            // In time it has nothing left to do; late it has to be stopped.
            (is_late, end(child))
        });
        let answer = Answer::read(stdout, config.code_bytes);
        drop(done);
        let (is_late, status) = watch.join().unwrap_or((false, None));
        match answer {
            Ok(Answer::Code(code)) => Ok(code),
            Ok(Answer::Refused(words)) => Err(LoadError::Compile(text::escape(&words, 400))),
            Ok(Answer::Failed(words)) => Err(failed(&words)),
            Err(NoAnswer::TooLarge) => Err(LoadError::CodeTooLarge { most: config.code_bytes >> 20 }),
            Err(NoAnswer::Broken) if is_late => Err(LoadError::TooSlow { seconds: config.time.as_secs() }),
            Err(NoAnswer::Broken) => Err(why(config, status, &said.join().unwrap_or_default())),
        }
    })
}

fn feed(mut stdin: impl Write, request: &Request, wasm: &[u8]) -> io::Result<()> {
    request.write(&mut stdin)?;
    stdin.write_all(wasm)
}

/// The first words on standard error. The rest is read and forgotten, so that the worker never waits to say it.
fn hear(mut stderr: impl Read) -> String {
    let mut said = Vec::new();
    // What cannot be read was not said.
    let _ = stderr.by_ref().take(SAID).read_to_end(&mut said);
    let _ = io::copy(&mut stderr, &mut io::sink());
    String::from_utf8_lossy(&said).into_owned()
}

/// Ends the worker, if it has not ended by itself, and says how it did.
fn end(mut child: Child) -> Option<ExitStatus> {
    // One that has ended already keeps the status it ended with.
    let _ = child.kill();
    child.wait().ok()
}

/// Why a worker ended without an answer.
fn why(config: &WorkerConfig, status: Option<ExitStatus>, said: &str) -> LoadError {
    if said.contains("memory allocation of") {
        return LoadError::TooMuchMemory { most: config.memory >> 20 };
    }
    match status.map(|status| (is_out_of_time(status), status)) {
        Some((true, _)) => LoadError::TooSlow { seconds: config.cpu_seconds },
        Some((false, status)) if status.success() => failed("it ended without an answer"),
        Some((false, status)) if !said.is_empty() && !is_signal(status) => failed(said),
        _ => LoadError::Compile(LoadError::DEFECT.into()),
    }
}

#[cfg(unix)]
fn is_out_of_time(status: ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt;

    status.signal() == Some(rustix::process::Signal::XCPU.as_raw())
}

#[cfg(unix)]
fn is_signal(status: ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt;

    status.signal().is_some()
}

#[cfg(not(unix))]
fn is_out_of_time(_status: ExitStatus) -> bool {
    false
}

#[cfg(not(unix))]
fn is_signal(_status: ExitStatus) -> bool {
    false
}

fn failed(words: &str) -> LoadError {
    LoadError::Host(format!("the compile worker failed: {}", text::escape(words.trim(), 400)))
}
