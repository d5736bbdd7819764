//! Through the little of WASI that there is.

use boomerang_engine::{Point, SkipReason};

use crate::case::{Case, Class, Verdict};
use crate::guest::{Guest, WIDE};

const POINT: Point = Point::CartPricing;
const WRITE: &str = "[method]output-stream.blocking-write-and-flush";
const WRITE_NOW: &str = "[method]output-stream.write";
const ZEROES: &str = "[method]output-stream.blocking-write-zeroes-and-flush";
const BLOCK: &str = "[method]pollable.block";

pub(super) fn cases() -> Vec<Case> {
    let mut class = Class::new("wasi");
    let trapped = || Verdict::Skipped(SkipReason::Trapped);
    let timed_out = || Verdict::Skipped(SkipReason::TimedOut);
    let exited = || Verdict::Skipped(SkipReason::Exited);
    for (name, tries, status) in [("exit-0", "leaves as if all were well", 0), ("exit-1", "leaves with an error", 1)] {
        class.add(name, tries, POINT, exited(), move |guest| {
            guest
                .imports("wasi:cli/exit@0.2.6", "exit")
                .answers(POINT.id(), &format!("(call $exit (i32.const {status})) unreachable"))
        });
    }
    class.add("exit-start", "leaves while it starts", POINT, Verdict::Refused("Trial"), |guest| {
        guest
            .imports("wasi:cli/exit@0.2.6", "exit")
            .answers_nothing(POINT.id())
            .with("(func $start (call $exit (i32.const 0))) (start $start)")
    });
    for (name, tries, verdict, body) in [
        (
            "sleep",
            "sleeps for 292 years",
            timed_out(),
            "(call $-method-pollable-block (call $subscribe-duration (i64.const 0x7fffffffffffffff))) unreachable",
        ),
        (
            "doze",
            "sleeps for no time, for ever",
            Verdict::CutOff,
            "(local i32) (local.set 1 (call $subscribe-duration (i64.const 0))) (loop $l (call $-method-pollable-block (local.get 1)) (br $l)) unreachable",
        ),
        (
            "clock",
            "asks what time it is, for ever",
            Verdict::CutOff,
            "(loop $l (drop (call $now)) (br $l)) unreachable",
        ),
        (
            "wait",
            "waits until the clock, which stands still, has moved",
            Verdict::CutOff,
            "(local i64) (local.set 1 (call $now)) (loop $l (br_if $l (i64.eq (call $now) (local.get 1)))) unreachable",
        ),
        (
            "timers",
            "sets timers and keeps all of them",
            trapped(),
            "(loop $l (drop (call $subscribe-duration (i64.const 0x7fffffffffffffff))) (br $l)) unreachable",
        ),
    ] {
        class.add(name, tries, POINT, verdict, move |guest| timers(guest).answers(POINT.id(), body));
    }
    class.add("sleep-start", "sleeps while it starts", POINT, Verdict::Refused("Trial"), |guest| {
        timers(guest).answers_nothing(POINT.id()).with(
            "(func $start (call $-method-pollable-block (call $subscribe-duration (i64.const 0x7fffffffffffffff)))) (start $start)",
        )
    });
    class.add("poll", "waits for 60,000 things that are one", POINT, trapped(), |guest| {
        timers(guest).imports("wasi:io/poll@0.2.6", "poll").answers(
            POINT.id(),
            &format!(
                "(local i32 i32) (local.set 1 (call $subscribe-duration (i64.const 0x7fffffffffffffff)))
                 (loop $l
                    (i32.store (i32.add (i32.const {WIDE}) (i32.shl (local.get 2) (i32.const 2))) (local.get 1))
                    (br_if $l (i32.lt_u (local.tee 2 (i32.add (local.get 2) (i32.const 1))) (i32.const 60000))))
                 (call $poll (i32.const {WIDE}) (i32.const 60000) (i32.const 512)) unreachable"
            ),
        )
    });
    class.add("poll-none", "waits for nothing", POINT, trapped(), |guest| {
        timers(guest)
            .imports("wasi:io/poll@0.2.6", "poll")
            .answers(POINT.id(), "(call $poll (i32.const 0) (i32.const 0) (i32.const 512)) unreachable")
    });
    for (name, tries, verdict, stream, call) in [
        (
            "stdout",
            "writes 4 kB at a time for ever",
            Verdict::CutOff,
            "stdout",
            "(call $-method-output-stream-blocking-write-and-flush (local.get 1) (i32.const 4096) (i32.const 4096) (i32.const 512))",
        ),
        (
            "stderr",
            "complains 4 kB at a time for ever",
            Verdict::CutOff,
            "stderr",
            "(call $-method-output-stream-blocking-write-and-flush (local.get 1) (i32.const 4096) (i32.const 4096) (i32.const 512))",
        ),
        (
            "stdout-one",
            "writes one letter at a time for ever",
            Verdict::CutOff,
            "stdout",
            "(call $-method-output-stream-blocking-write-and-flush (local.get 1) (i32.const 4096) (i32.const 1) (i32.const 512))",
        ),
        (
            "stdout-wide",
            "writes 3 MB without asking",
            Verdict::Skipped(SkipReason::OutputTooLarge),
            "stdout",
            "(call $-method-output-stream-write (local.get 1) (i32.const 1048576) (i32.const 3145728) (i32.const 512))",
        ),
        (
            "stdout-far",
            "writes from beyond its memory",
            trapped(),
            "stdout",
            "(call $-method-output-stream-write (local.get 1) (i32.const -8) (i32.const 4096) (i32.const 512))",
        ),
        (
            "zeroes",
            "writes 8 million million million zeroes",
            trapped(),
            "stdout",
            "(call $-method-output-stream-blocking-write-zeroes-and-flush (local.get 1) (i64.const 0x7fffffffffffffff) (i32.const 512))",
        ),
    ] {
        class.add(name, tries, POINT, verdict, move |guest| {
            let get = format!("get-{stream}");
            guest
                .imports(&format!("wasi:cli/{stream}@0.2.6"), &get)
                .imports("wasi:io/streams@0.2.6", WRITE)
                .imports("wasi:io/streams@0.2.6", WRITE_NOW)
                .imports("wasi:io/streams@0.2.6", ZEROES)
                .answers(
                    POINT.id(),
                    &format!("(local i32) (local.set 1 (call ${get})) (loop $l {call} (br $l)) unreachable"),
                )
        });
    }
    for (name, tries, verdict, body) in [
        (
            "random-huge",
            "asks for 140 million million random bytes",
            trapped(),
            "(call $get-random-bytes (i64.const 0x7fffffffffff) (i32.const 512)) unreachable",
        ),
        (
            "random-60m",
            "asks for 60 million random bytes",
            trapped(),
            "(call $get-random-bytes (i64.const 60000000) (i32.const 512)) unreachable",
        ),
        (
            "random-64k",
            "asks for 64 kB of random bytes for ever",
            Verdict::CutOff,
            "(loop $l (call $get-random-bytes (i64.const 65536) (i32.const 512)) (global.set $next (i32.const 0x80000)) (br $l)) unreachable",
        ),
        (
            "random-one",
            "asks for a random number for ever",
            Verdict::CutOff,
            "(loop $l (drop (call $get-random-u64)) (br $l)) unreachable",
        ),
    ] {
        class.add(name, tries, POINT, verdict, move |guest| {
            guest
                .imports("wasi:random/random@0.2.6", "get-random-bytes")
                .imports("wasi:random/random@0.2.6", "get-random-u64")
                .answers(POINT.id(), body)
        });
    }
    class.add("insecure", "asks for 60 million bytes of the cheap generator", POINT, trapped(), |guest| {
        guest
            .imports("wasi:random/insecure@0.2.6", "get-insecure-random-bytes")
            .answers(POINT.id(), "(call $get-insecure-random-bytes (i64.const 60000000) (i32.const 512)) unreachable")
    });
    // A guest that finds something traps; one that finds nothing answers.
    for (name, tries, function) in [
        ("environment", "reads the host's variables", "get-environment"),
        ("arguments", "reads the host's arguments", "get-arguments"),
    ] {
        class.add(name, tries, POINT, Verdict::Harmless, move |guest| {
            guest.imports("wasi:cli/environment@0.2.6", function).answers(
                POINT.id(),
                &format!("(call ${function} (i32.const 512)) (if (i32.load (i32.const 516)) (then unreachable)) (i32.const 1024)"),
            )
        });
    }
    class.add("stdin", "reads what is typed at the host", POINT, Verdict::Harmless, |guest| {
        // The stream is closed: the answer is an error.
        guest
            .imports("wasi:cli/stdin@0.2.6", "get-stdin")
            .imports("wasi:io/streams@0.2.6", "[method]input-stream.blocking-read")
            .answers(
                POINT.id(),
                "(call $-method-input-stream-blocking-read (call $get-stdin) (i64.const 4096) (i32.const 512))
                 (if (i32.eqz (i32.load8_u (i32.const 512))) (then unreachable)) (i32.const 1024)",
            )
    });
    class.add("splice", "pours standard input into standard output", POINT, Verdict::Harmless, |guest| {
        guest
            .imports("wasi:cli/stdin@0.2.6", "get-stdin")
            .imports("wasi:cli/stdout@0.2.6", "get-stdout")
            .imports("wasi:io/streams@0.2.6", "[method]output-stream.blocking-splice")
            .answers(
                POINT.id(),
                "(call $-method-output-stream-blocking-splice (call $get-stdout) (call $get-stdin) (i64.const -1) (i32.const 512))
                 (if (i32.eqz (i32.load8_u (i32.const 512))) (then unreachable)) (i32.const 1024)",
            )
    });
    class.cases
}

fn timers(guest: Guest) -> Guest {
    guest
        .imports("wasi:clocks/monotonic-clock@0.2.6", "subscribe-duration")
        .imports("wasi:clocks/monotonic-clock@0.2.6", "now")
        .imports("wasi:io/poll@0.2.6", BLOCK)
}
