//! The parts of WASI that are attacked, as WIT.

/// Packages by file name, each before those that use it.
pub(crate) const PACKAGES: [(&str, &str); 4] =
    [("io.wit", IO), ("clocks.wit", CLOCKS), ("random.wit", RANDOM), ("cli.wit", CLI)];

const IO: &str = r#"
package wasi:io@0.2.6;
interface error { resource error; }
interface poll {
    resource pollable { block: func(); }
    poll: func(in: list<borrow<pollable>>) -> list<u32>;
}
interface streams {
    use error.{error};
    use poll.{pollable};
    variant stream-error { last-operation-failed(error), closed }
    resource input-stream {
        blocking-read: func(len: u64) -> result<list<u8>, stream-error>;
        subscribe: func() -> pollable;
    }
    resource output-stream {
        write: func(contents: list<u8>) -> result<_, stream-error>;
        blocking-write-and-flush: func(contents: list<u8>) -> result<_, stream-error>;
        blocking-write-zeroes-and-flush: func(len: u64) -> result<_, stream-error>;
        write-zeroes: func(len: u64) -> result<_, stream-error>;
        blocking-splice: func(src: borrow<input-stream>, len: u64) -> result<u64, stream-error>;
        subscribe: func() -> pollable;
    }
}
"#;

const CLOCKS: &str = r#"
package wasi:clocks@0.2.6;
interface monotonic-clock {
    use wasi:io/poll@0.2.6.{pollable};
    now: func() -> u64;
    subscribe-duration: func(when: u64) -> pollable;
}
interface wall-clock { record datetime { seconds: u64, nanoseconds: u32 } now: func() -> datetime; }
"#;

const RANDOM: &str = r#"
package wasi:random@0.2.6;
interface random { get-random-bytes: func(len: u64) -> list<u8>; get-random-u64: func() -> u64; }
interface insecure { get-insecure-random-bytes: func(len: u64) -> list<u8>; }
interface insecure-seed { insecure-seed: func() -> tuple<u64, u64>; }
"#;

const CLI: &str = r#"
package wasi:cli@0.2.6;
interface environment {
    get-environment: func() -> list<tuple<string, string>>;
    get-arguments: func() -> list<string>;
}
interface exit { exit: func(status: result); }
interface stdin { use wasi:io/streams@0.2.6.{input-stream}; get-stdin: func() -> input-stream; }
interface stdout { use wasi:io/streams@0.2.6.{output-stream}; get-stdout: func() -> output-stream; }
interface stderr { use wasi:io/streams@0.2.6.{output-stream}; get-stderr: func() -> output-stream; }
"#;
