//! The compile worker as a program of its own, for vendors who embed the engine: name it as
//! `WorkerConfig::program` and install it beside the host, from the same build.

fn main() -> std::process::ExitCode {
    boomerang_engine::serve_compile_worker()
}
