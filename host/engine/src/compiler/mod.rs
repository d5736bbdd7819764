//! Who turns components into machine code: this process, or a child process that can be killed.
//!
//! A compiler has no bounds of its own: kilobytes of WebAssembly, well-formed and within every static bound, can keep it
//! busy for minutes or fill the memory. A host that takes components from strangers therefore compiles them in a
//! *worker*: a child process with little priority, so much CPU time and so much memory, one at a time. It gets the bytes
//! of the component and nothing else (no environment, no files, no secret), and hands back code over a pipe. The host
//! signs what it keeps of it.
//!
//! | file | what it is about |
//! | --- | --- |
//! | `frame` | what host and worker say to each other |
//! | `child` | the host's side: start, feed, read, kill |
//! | `worker` | the worker's side: limits first, then the component |
//! | `confine` | the limits, as the operating system has them |
//! | `queue` | one at a time, and not too many waiting |

pub(crate) mod child;
mod confine;
mod frame;
pub(crate) mod queue;
mod worker;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

pub use worker::serve_compile_worker;

/// Who compiles components.
#[derive(Clone, Debug, Default)]
pub enum Compiler {
    /// This process, behind the static bounds alone. For components from people you trust, and for tests.
    #[default]
    InProcess,
    /// A child process under limits. For components from strangers.
    Worker(WorkerConfig),
}

/// The child process that compiles, and what it may use for one component.
#[derive(Clone, Debug)]
pub struct WorkerConfig {
    /// A program that calls [`serve_compile_worker`], built together with the host.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
    /// Seconds of CPU time.
    pub cpu_seconds: u64,
    /// Bytes of memory.
    pub memory: u64,
    /// Time until it is killed, however little it has done.
    pub time: Duration,
    /// Bytes of machine code that the host takes.
    pub code_bytes: usize,
}

impl WorkerConfig {
    /// A worker without arguments, under limits that leave room for components that hold a whole JavaScript or Python
    /// engine, which take 20 s and 400 MB.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
            args: Vec::new(),
            cpu_seconds: 60,
            memory: 1 << 30,
            time: Duration::from_secs(180),
            code_bytes: 64 << 20,
        }
    }

    /// The program that is running, started once more with these arguments, which have to lead it to
    /// [`serve_compile_worker`].
    ///
    /// # Errors
    /// The operating system does not say which program is running.
    pub fn this_program(args: impl IntoIterator<Item = impl Into<OsString>>) -> std::io::Result<Self> {
        // On Linux this path is the running program even after an upgrade has put another one in its place.
        let program = if cfg!(target_os = "linux") { "/proc/self/exe".into() } else { std::env::current_exe()? };
        Ok(Self { args: args.into_iter().map(Into::into).collect(), ..Self::new(program) })
    }
}
