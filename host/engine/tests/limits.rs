//! Hostile guests: each is cut off, the shopper goes on, and the report says what happened.

mod support;

use std::future::pending;
use std::sync::Arc;
use std::time::{Duration, Instant};

use boomerang_engine::capability::{Quotas, Read, Scope};
use boomerang_engine::contract::Fault;
use boomerang_engine::{Capabilities, Engine, EngineConfig, Installation, Limits, SkipReason, Skipped};
use support::*;

/// An engine with short limits.
fn strict(change: impl FnOnce(&mut Limits)) -> Engine {
    let mut limits = Limits { decision_time: Duration::from_millis(200), ..Limits::default() };
    change(&mut limits);
    engine_with(EngineConfig { limits, ..EngineConfig::default() }, Capabilities::builder().all_writes().build())
}

/// Prices a cart with a guest that fails next to one that works: the good one counts, the other is skipped.
async fn skipped(engine: &Engine, guest: Guest) -> Skipped {
    let bad = guest.install(engine);
    let good = pricing_guest("good", &[(0, -100, "sale", "Sale")]).install(engine);
    let report = engine.price_cart(&shop(&[&bad, &good]), &call_at(0), &cart(1)).await.unwrap();
    assert_eq!(report.value.lines[0].total, 900, "the chain goes on without it");
    assert_eq!(report.skipped.len(), 1, "{:?}", report.skipped);
    report.skipped.into_iter().next().unwrap()
}

#[tokio::test]
async fn an_endless_loop_is_cut_off() {
    let engine = strict(|limits| limits.fuel = u64::MAX);
    let started = Instant::now();
    let skipped = skipped(&engine, Guest::new("loop").prices("(loop $l (br $l)) unreachable")).await;
    assert_eq!(skipped.reason, SkipReason::TimedOut, "{}", skipped.detail);
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn fuel_ends_on_every_machine_at_the_same_instruction() {
    let engine = strict(|limits| {
        limits.fuel = 100_000;
        limits.decision_time = Duration::from_secs(60);
    });
    let skipped = skipped(&engine, Guest::new("loop").prices("(loop $l (br $l)) unreachable")).await;
    assert_eq!(skipped.reason, SkipReason::OutOfFuel, "{}", skipped.detail);
}

#[tokio::test]
async fn a_decision_lets_others_go_first_all_the_while() {
    // A million units are too short for the clock to interrupt, and ten slices: nine pauses, of which the first is spent
    // on setting a timer.
    let engine = strict(|limits| limits.fuel = 1_000_000);
    let endless = Guest::new("loop").prices("(loop $l (br $l)) unreachable").install(&engine);
    let (reason, turns) = turns_of_others(&engine, &endless).await;
    assert_eq!(reason, SkipReason::OutOfFuel);
    assert!(turns >= 8, "others had {turns} turns");
}

#[tokio::test]
async fn a_decision_lets_others_go_first_while_it_asks() {
    let offered = Capabilities::builder().quotas(Arc::new(Prompt)).build();
    let limits = Limits { decision_host_calls: 640, ..Limits::default() };
    let engine = engine_with(EngineConfig { limits, ..EngineConfig::default() }, offered);
    let body = "(loop $l (call $taken (i32.const 0) (i32.const 0) (i32.const 512)) (br $l)) unreachable";
    let flood = Guest::new("flood")
        .imports("boomerang:shop/quotas@0.1.0", "taken", "(param i32 i32 i32)")
        .prices(body)
        .install(&engine);
    let (reason, turns) = turns_of_others(&engine, &flood).await;
    assert_eq!(reason, SkipReason::TooMuchHostWork);
    assert!(turns >= 8, "others had {turns} turns");
}

/// Why a decision is skipped, and how often others have had a turn by then.
async fn turns_of_others(engine: &Engine, hostile: &Arc<Installation>) -> (SkipReason, u32) {
    let (installations, call, cart) = (shop(&[hostile]), call_at(0), cart(1));
    let mut turns = 0;
    let others = async {
        loop {
            turns += 1;
            tokio::task::yield_now().await;
        }
    };
    let report = tokio::select! {
        biased;
        report = engine.price_cart(&installations, &call, &cart) => report.unwrap(),
        () = others => unreachable!(),
    };
    (report.skipped[0].reason, turns)
}

#[tokio::test]
async fn decisions_that_take_long_share_a_small_part_of_the_processors() {
    let fuel_of_an_endless_one = async |percent| {
        let engine = strict(|limits| {
            limits.fuel = u64::MAX;
            limits.long_share = percent;
        });
        let endless = Guest::new("loop").prices("(loop $l (br $l)) unreachable").install(&engine);
        let report = engine.price_cart(&shop(&[&endless]), &call_at(0), &cart(1)).await.unwrap();
        assert_eq!(report.skipped[0].reason, SkipReason::TimedOut);
        report.stats[0].fuel as f64
    };
    let (small, all) = (fuel_of_an_endless_one(1).await, fuel_of_an_endless_one(100).await);
    // A hundredth of every processor, its first milliseconds, and a quarter for what else this machine does meanwhile.
    let processors = std::thread::available_parallelism().map_or(1, usize::from) as f64;
    assert!(small < all * (0.01 * processors + 0.03 + 0.25), "{small} units of {all}");
}

#[tokio::test]
async fn large_calls_are_answered_though_their_memory_is_given_back_one_at_a_time() {
    let engine = strict(|_| {});
    let large =
        |id: &str| Guest::new(id).prices("(drop (memory.grow (i32.const 512))) (i32.const 1024)").install(&engine);
    let (one, other) = (large("one"), large("other"));
    let (one, other) = (shop(&[&one]), shop(&[&other]));
    let call = call_at(0);
    let cart = cart(1);
    let (one, other) = tokio::join!(engine.price_cart(&one, &call, &cart), engine.price_cart(&other, &call, &cart));
    assert!(one.unwrap().is_clean() && other.unwrap().is_clean());
    assert!(engine.occupancy().is_idle());
}

#[tokio::test]
async fn memory_is_bounded() {
    let grow = Guest::new("grow")
        .prices("(loop $l (br_if $l (i32.ne (memory.grow (i32.const 16)) (i32.const -1)))) unreachable");
    let skipped = skipped(&strict(|limits| limits.memory = 4 << 20), grow).await;
    assert_eq!(skipped.reason, SkipReason::OutOfMemory, "{}", skipped.detail);
}

#[tokio::test]
async fn tables_are_bounded() {
    let grow = Guest::new("grow").with("(table $t 1 funcref)").prices(
        "(loop $l (br_if $l (i32.ne (table.grow $t (ref.null func) (i32.const 64)) (i32.const -1)))) unreachable",
    );
    let skipped = skipped(&strict(|limits| limits.table_elements = 1_000), grow).await;
    assert_eq!(skipped.reason, SkipReason::OutOfMemory, "{}", skipped.detail);
}

#[tokio::test]
async fn a_deep_recursion_traps() {
    let guest = Guest::new("deep").with("(func $f (call $f))").prices("(call $f) unreachable");
    let skipped = skipped(&strict(|_| {}), guest).await;
    assert_eq!(skipped.reason, SkipReason::Trapped);
    assert!(skipped.detail.contains("stack"), "{}", skipped.detail);
}

#[tokio::test]
async fn a_trap_is_named() {
    let skipped = skipped(&strict(|_| {}), Guest::new("trap").prices("unreachable")).await;
    assert_eq!(skipped.reason, SkipReason::Trapped);
    assert!(skipped.detail.contains("unreachable"), "{}", skipped.detail);
}

#[tokio::test]
async fn a_fault_is_quoted_cut_and_escaped() {
    let message = format!("\u{1b}[31m{}", "x".repeat(3_000));
    let guest = Guest::new("fault").prices("(i32.const 3072)").with(&fault("settings-invalid", &message));
    let skipped = skipped(&strict(|_| {}), guest).await;
    assert_eq!(skipped.reason, SkipReason::Fault);
    assert!(skipped.detail.starts_with("settings-invalid: \\u{1b}[31mxxx"), "{}", skipped.detail);
    assert!(skipped.detail.len() < 600);
}

#[tokio::test]
async fn bad_bytes_in_an_answer_are_a_skip() {
    for (name, result) in [
        ("disc", "\\09\\00\\00\\00"),
        ("bounds", "\\00\\00\\00\\00\\ff\\ff\\ff\\7f\\10\\00\\00\\00"),
        ("unaligned", "\\00\\00\\00\\00\\01\\00\\00\\00\\01\\00\\00\\00"),
        ("count", "\\00\\00\\00\\00\\08\\00\\00\\00\\ff\\ff\\ff\\0f"),
    ] {
        let guest = Guest::new(name).prices("(i32.const 2048)").with(&format!(r#"(data (i32.const 2048) "{result}")"#));
        let skipped = skipped(&strict(|_| {}), guest).await;
        assert_eq!(skipped.reason, SkipReason::Trapped, "{name}: {}", skipped.detail);
    }
    let utf8 = Guest::new("utf8")
        .prices("(i32.const 3072)")
        .with(r#"(data (i32.const 3072) "\01\00\00\00\00\10\00\00\02\00\00\00\00\10\00\00\02\00\00\00")"#)
        .with(r#"(data (i32.const 4096) "\ff\fe")"#);
    let skipped = skipped(&strict(|_| {}), utf8).await;
    assert!(skipped.detail.contains("utf-8"), "{}", skipped.detail);
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_cut_off() {
    // A fault of two strings that are the whole of a grown memory.
    let guest = Guest::new("large").prices(
        "(drop (memory.grow (i32.const 64)))
         (i32.store (i32.const 3072) (i32.const 1))
         (i32.store (i32.const 3076) (i32.const 0)) (i32.store (i32.const 3080) (i32.const 4000000))
         (i32.store (i32.const 3084) (i32.const 0)) (i32.store (i32.const 3088) (i32.const 4000000))
         (i32.const 3072)",
    );
    let skipped = skipped(&strict(|_| {}), guest).await;
    assert_eq!(skipped.reason, SkipReason::OutputTooLarge, "{}", skipped.detail);
}

#[tokio::test]
async fn too_many_adjustments_break_the_contract() {
    let many = vec![(0, -1, "sale", "Sale"); 37];
    let skipped = skipped(&strict(|_| {}), pricing_guest("many", &many)).await;
    assert_eq!(skipped.reason, SkipReason::InvalidOutput, "{}", skipped.detail);
}

#[tokio::test]
async fn a_flood_of_host_calls_is_cut_off() {
    let flood = |id| {
        Guest::new(id)
            .imports("boomerang:shop/log@0.1.0", "write", "(param i32 i32 i32)")
            .prices("(loop $l (call $write (i32.const 1) (i32.const 0) (i32.const 100)) (br $l)) unreachable")
    };
    let calls = skipped(&strict(|limits| limits.decision_host_calls = 500), flood("calls")).await;
    assert_eq!(calls.reason, SkipReason::TooMuchHostWork);
    assert!(calls.detail.contains("500 times"), "{}", calls.detail);
    let bytes = skipped(&strict(|limits| limits.host_bytes = 5_000), flood("bytes")).await;
    assert_eq!(bytes.reason, SkipReason::TooMuchHostWork);
    assert!(bytes.detail.contains("5000 bytes"), "{}", bytes.detail);
}

#[tokio::test]
async fn a_log_is_kept_up_to_a_few_kilobytes() {
    let engine = strict(|_| {});
    let chatty = Guest::new("chatty")
        .imports("boomerang:shop/log@0.1.0", "write", "(param i32 i32 i32)")
        .with("(data (i32.const 0) \"line\\0aforged\")")
        .prices(
            "(local $i i32)
             (loop $l (call $write (i32.const 1) (i32.const 0) (i32.const 100))
                (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 500))))
             (i32.const 1024)",
        )
        .install(&engine);
    let report = engine.price_cart(&shop(&[&chatty]), &call_at(0), &cart(1)).await.unwrap();
    assert!(report.is_clean(), "{:?}", report.skipped);
    let log = &report.stats[0].log;
    let bytes: usize = log.iter().map(|line| line.message.len()).sum();
    assert!((1_000..5_000).contains(&bytes), "{bytes}");
    assert!(log.iter().all(|line| !line.message.contains('\n')));
}

#[tokio::test]
async fn a_decision_writes_nothing() {
    let guest = Guest::new("writer")
        .imports("boomerang:shop/storage-write@0.1.0", "delete", "(param i32 i32 i32)")
        .handles_orders(OK_EMPTY)
        .prices("(call $delete (i32.const 0) (i32.const 4) (i32.const 512)) (i32.const 1024)");
    let skipped = skipped(&strict(|_| {}), guest).await;
    assert_eq!(skipped.reason, SkipReason::ForbiddenWrite);
    assert!(skipped.detail.contains("`storage-write`"), "{}", skipped.detail);
}

#[tokio::test]
async fn exit_is_a_failure_even_with_status_zero() {
    let guest = Guest::new("quitter")
        .imports("wasi:cli/exit@0.2.6", "exit", "(param i32)")
        .prices("(call $exit (i32.const 0)) unreachable");
    let skipped = skipped(&strict(|_| {}), guest).await;
    assert_eq!(skipped.reason, SkipReason::Exited, "{}", skipped.detail);
}

#[tokio::test]
async fn what_a_panic_says_on_standard_error_is_told() {
    let guest = Guest::new("panics")
        .imports("wasi:cli/stderr@0.2.6", "get-stderr", "(result i32)")
        .imports("wasi:io/streams@0.2.6", "[method]output-stream.blocking-write-and-flush", "(param i32 i32 i32 i32)")
        .with(r#"(data (i32.const 64) "panicked at src/lib.rs:7: no such sale")"#)
        .prices(
            "(call $-method-output-stream-blocking-write-and-flush
                (call $get-stderr) (i32.const 64) (i32.const 38) (i32.const 512))
             unreachable",
        );
    let skipped = skipped(&strict(|_| {}), guest).await;
    assert_eq!(skipped.reason, SkipReason::Trapped);
    assert!(skipped.detail.contains("no such sale"), "{}", skipped.detail);
}

#[tokio::test]
async fn nothing_is_left_over_from_one_call_to_the_next() {
    // Every call adds 1 to a word of its memory and fails if it was not 0 before.
    let guest = Guest::new("counter").prices(
        "(if (i32.load (i32.const 65000)) (then unreachable))
         (i32.store (i32.const 65000) (i32.const 1))
         (i32.const 1024)",
    );
    let engine = strict(|_| {});
    let installed = shop(&[&guest.install(&engine)]);
    for _ in 0..100 {
        let report = engine.price_cart(&installed, &call_at(0), &cart(1)).await.unwrap();
        assert!(report.is_clean(), "{:?}", report.skipped);
    }
}

#[tokio::test]
async fn clocks_stand_still_and_random_numbers_are_seeded() {
    // Logs a random number and the wall clock's seconds as raw bytes, through a fault with that as its code.
    let guest = Guest::new("dice")
        .imports("wasi:random/random@0.2.6", "get-random-u64", "(result i64)")
        .imports("wasi:clocks/wall-clock@0.2.6", "now", "(param i32)")
        .prices(
            "(local $random i64) (local $i i32)
             (local.set $random (call $get-random-u64))
             (call $now (i32.const 512))
             ;; `a` plus each nibble of the number, then of the seconds.
             (loop $l
                (i32.store8 (i32.add (i32.const 4096) (local.get $i))
                    (i32.add (i32.const 97) (i32.wrap_i64 (i64.and (local.get $random) (i64.const 15)))))
                (local.set $random (i64.shr_u (local.get $random) (i64.const 4)))
                (if (i32.eq (local.get $i) (i32.const 15)) (then (local.set $random (i64.load (i32.const 512)))))
                (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 32))))
             (i32.store (i32.const 3072) (i32.const 1))
             (i32.store (i32.const 3076) (i32.const 4096)) (i32.store (i32.const 3080) (i32.const 32))
             (i32.store (i32.const 3084) (i32.const 4096)) (i32.store (i32.const 3088) (i32.const 0))
             (i32.const 3072)",
        );
    let engine = strict(|_| {});
    let installed = shop(&[&guest.install(&engine)]);
    let mut said = Vec::new();
    for now in [1_764_000_000_000, 1_764_000_000_000, 1_764_000_001_000] {
        let report = engine.price_cart(&installed, &call_at(now), &cart(1)).await.unwrap();
        said.push(report.skipped[0].detail[..32].to_owned());
    }
    assert_eq!(said[0], said[1], "the same call gives the same");
    assert_ne!(said[0][..16], said[2][..16], "another instant, other numbers");
    let seconds = said[0][16..].bytes().rev().fold(0_u64, |sum, letter| sum * 16 + u64::from(letter - b'a'));
    assert_eq!(seconds, 1_764_000_000, "the clock shows context.now");
}

/// A vendor who answers at once.
struct Prompt;

#[async_trait::async_trait]
impl Quotas for Prompt {
    async fn taken(&self, _: &Scope, names: &[String]) -> Result<Read<Vec<u32>>, Fault> {
        Ok(vec![0; names.len()].into())
    }

    async fn taken_by(&self, _: &Scope, _: &str, names: &[String]) -> Result<Read<Vec<u32>>, Fault> {
        Ok(vec![0; names.len()].into())
    }
}

/// A vendor who never answers.
struct Silent;

#[async_trait::async_trait]
impl Quotas for Silent {
    async fn taken(&self, _: &Scope, _: &[String]) -> Result<Read<Vec<u32>>, Fault> {
        pending().await
    }

    async fn taken_by(&self, _: &Scope, _: &str, _: &[String]) -> Result<Read<Vec<u32>>, Fault> {
        pending().await
    }
}

fn asks_for_quotas(id: &str) -> Guest {
    Guest::new(id)
        .imports("boomerang:shop/quotas@0.1.0", "taken", "(param i32 i32 i32)")
        .prices("(call $taken (i32.const 0) (i32.const 0) (i32.const 512)) (i32.const 1024)")
}

#[tokio::test]
async fn a_capability_that_never_answers_is_cut_off() {
    let limits = Limits { decision_time: Duration::from_millis(50), ..Limits::default() };
    let offered = Capabilities::builder().quotas(Arc::new(Silent)).build();
    let engine = engine_with(EngineConfig { limits, ..EngineConfig::default() }, offered);
    let waiting = shop(&[&asks_for_quotas("waiting").install(&engine)]);
    let report = engine.price_cart(&waiting, &call_at(0), &cart(1)).await.unwrap();
    assert_eq!(report.skipped[0].reason, SkipReason::TimedOut);
}

#[tokio::test]
async fn one_extension_cannot_take_every_place() {
    let limits = Limits {
        decision_time: Duration::from_secs(60),
        queue_time: Duration::ZERO,
        concurrency: 1,
        ..Limits::default()
    };
    let offered = Capabilities::builder().quotas(Arc::new(Silent)).build();
    let engine = engine_with(EngineConfig { limits, ..EngineConfig::default() }, offered);
    let hog = shop(&[&asks_for_quotas("hog").install(&engine)]);
    let other = shop(&[&pricing_guest("other", &[]).install(&engine)]);
    let (call, cart) = (call_at(0), cart(1));
    let mut first = Box::pin(engine.price_cart(&hog, &call, &cart));
    // Polled once, the first call is inside the vendor and stays there.
    assert!(futures_poll(&mut first).is_none());
    let second = engine.price_cart(&hog, &call, &cart).await.unwrap();
    assert_eq!(second.skipped[0].reason, SkipReason::Busy);
    assert!(!second.skipped[0].opened_breaker);
    let report = engine.price_cart(&other, &call, &cart).await.unwrap();
    assert!(report.is_clean(), "others go on: {:?}", report.skipped);
    // Given up by its caller, the first call makes room.
    drop(first);
    let mut third = Box::pin(engine.price_cart(&hog, &call, &cart));
    assert!(futures_poll(&mut third).is_none(), "it is inside the vendor, not turned away");
}

/// Polls a future once.
fn futures_poll<T>(future: &mut std::pin::Pin<Box<impl Future<Output = T>>>) -> Option<T> {
    match future.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop())) {
        std::task::Poll::Ready(value) => Some(value),
        std::task::Poll::Pending => None,
    }
}
