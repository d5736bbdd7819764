//! Handlers: writes are buffered and committed once, with everything that was read still true, or not at all.

mod support;

use std::sync::{Arc, Mutex};

use boomerang_engine::capability::{Quotas, Read, Scope};
use boomerang_engine::contract::Fault;
use boomerang_engine::{
    Capabilities, Commit, Delivery, DeliveryKey, Effect, EffectSink, EngineConfig, Event, HandlerOutcome, Limits,
    ReadVersion, SkipReason,
};
use support::*;

/// Deletes the key `left`, then does what `end` says.
fn writer(end: &str) -> Guest {
    Guest::new("writer")
        .imports("boomerang:shop/storage-write@0.1.0", "delete", "(param i32 i32 i32)")
        .with(r#"(data (i32.const 64) "left")"#)
        .handles_orders(&format!("(call $delete (i32.const 64) (i32.const 4) (i32.const 512)) {end}"))
}

/// A store in memory, answering with a script first.
#[derive(Default)]
struct Store {
    script: Mutex<Vec<Commit>>,
    commits: Mutex<Vec<(DeliveryKey, usize)>>,
}

#[async_trait::async_trait]
impl EffectSink for Store {
    async fn commit(&self, key: &DeliveryKey, outcome: &HandlerOutcome) -> Result<Commit, Fault> {
        let mut commits = self.commits.lock().unwrap();
        if let Some(scripted) = self.script.lock().unwrap().pop() {
            return Ok(scripted);
        }
        if commits.iter().any(|(known, _)| known == key) {
            return Ok(Commit::AlreadyDone);
        }
        commits.push((key.clone(), outcome.effects.len()));
        Ok(Commit::Done)
    }
}

#[tokio::test]
async fn effects_come_back_in_order_and_nothing_has_happened_yet() {
    let engine = engine();
    let installation = writer(OK_EMPTY).install(&engine);
    let outcome = engine.handle_order_event(&installation, &call_at(0), &order_event("e1")).await.unwrap();
    assert_eq!(outcome.effects, [Effect::StorageDelete { key: "left".into() }]);
    assert_eq!(outcome.next_cursor, None);
}

#[tokio::test]
async fn a_trap_or_fault_after_a_write_commits_nothing() {
    let engine = engine();
    let store = Store::default();
    let faulty = writer("(i32.const 3072)").with(&fault("unavailable", "Try later."));
    for (guest, reason) in [(writer("unreachable"), SkipReason::Trapped), (faulty, SkipReason::Fault)] {
        let installation = guest.install(&engine);
        let event = order_event("e1");
        let delivery = engine.deliver(&store, &installation, &call_at(0), Event::Order(&event)).await;
        assert!(matches!(&delivery, Delivery::Failed(failure) if failure.reason == reason), "{delivery:?}");
    }
    assert!(store.commits.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_redelivery_commits_nothing_twice() {
    let engine = engine();
    let store = Store::default();
    let installation = writer(OK_EMPTY).install(&engine);
    let event = order_event("e1");
    let deliver = async || engine.deliver(&store, &installation, &call_at(0), Event::Order(&event)).await;
    assert!(matches!(deliver().await, Delivery::Done(_)));
    assert_eq!(deliver().await, Delivery::AlreadyDone);
    assert_eq!(store.commits.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_conflict_runs_the_handler_again_and_not_for_ever() {
    let engine = engine();
    let installation = writer(OK_EMPTY).install(&engine);
    let event = order_event("e1");
    let store = Store { script: vec![Commit::Conflict; 2].into(), ..Store::default() };
    let delivery = engine.deliver(&store, &installation, &call_at(0), Event::Order(&event)).await;
    assert!(matches!(delivery, Delivery::Done(_)), "{delivery:?}");
    assert_eq!(store.commits.lock().unwrap()[0].1, 1, "the effects of the last run only");
    let store = Store { script: vec![Commit::Conflict; 100].into(), ..Store::default() };
    let delivery = engine.deliver(&store, &installation, &call_at(0), Event::Order(&event)).await;
    assert_eq!(delivery, Delivery::Contended { runs: 5 });
    assert!(store.commits.lock().unwrap().is_empty());
}

#[tokio::test]
async fn an_invalid_write_is_a_fault_for_the_guest_and_no_effect() {
    // An empty key: the guest gets an error result and goes on.
    let guest = Guest::new("careless")
        .imports("boomerang:shop/storage-write@0.1.0", "delete", "(param i32 i32 i32)")
        .handles_orders(
            "(call $delete (i32.const 64) (i32.const 0) (i32.const 512))
             (if (i32.ne (i32.load8_u (i32.const 512)) (i32.const 1)) (then unreachable))
             (i32.const 1024)",
        );
    let engine = engine();
    let installation = guest.install(&engine);
    let outcome = engine.handle_order_event(&installation, &call_at(0), &order_event("e1")).await.unwrap();
    assert!(outcome.effects.is_empty());
}

#[tokio::test]
async fn effects_are_bounded() {
    let limits = Limits { effects: 10, ..Limits::default() };
    let engine =
        engine_with(EngineConfig { limits, ..EngineConfig::default() }, Capabilities::builder().all_writes().build());
    let installation =
        writer("(loop $l (call $delete (i32.const 64) (i32.const 4) (i32.const 512)) (br $l)) unreachable")
            .install(&engine);
    let failure = engine.handle_order_event(&installation, &call_at(0), &order_event("e1")).await.unwrap_err();
    assert_eq!(failure.reason, SkipReason::TooMuchHostWork);
    assert!(failure.to_string().contains("more than 10 effects"), "{failure}");
}

#[tokio::test]
async fn an_event_for_a_point_that_is_not_there_is_a_failure() {
    let engine = engine();
    let installation = pricing_guest("sale", &[]).install(&engine);
    let failure = engine.handle_order_event(&installation, &call_at(0), &order_event("e1")).await.unwrap_err();
    assert_eq!(failure.reason, SkipReason::NotExported);
}

/// A vendor whose counters have versions.
struct Versioned;

#[async_trait::async_trait]
impl Quotas for Versioned {
    async fn taken(&self, scope: &Scope, names: &[String]) -> Result<Read<Vec<u32>>, Fault> {
        assert_eq!((&*scope.shop, &*scope.extension, scope.now), ("shop-1", "reader", 7));
        Ok(Read::versioned(vec![0; names.len()], "quotas/all", 42))
    }

    async fn taken_by(&self, _: &Scope, _: &str, _: &[String]) -> Result<Read<Vec<u32>>, Fault> {
        Err(Fault::new("unavailable", "There are no counters of customers here."))
    }
}

#[tokio::test]
async fn versions_of_everything_read_come_back() {
    let offered = Capabilities::builder().quotas(Arc::new(Versioned)).build();
    let engine = engine_with(EngineConfig::default(), offered);
    let installation = Guest::new("reader")
        .imports("boomerang:shop/quotas@0.1.0", "taken", "(param i32 i32 i32)")
        .handles_orders("(call $taken (i32.const 0) (i32.const 0) (i32.const 512)) (i32.const 1024)")
        .install(&engine);
    let outcome = engine.handle_order_event(&installation, &call_at(7), &order_event("e1")).await.unwrap();
    assert_eq!(outcome.reads, [ReadVersion { key: "quotas/all".into(), version: 42 }]);
}

#[tokio::test]
async fn a_tick_gives_the_next_page() {
    let engine = engine();
    let guest = Guest::new("pages").exports("schedule").with(
        r#"(func (export "boomerang:shop/schedule@0.1.0#on-tick")
                (param i64 i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
            ;; some("2") on the first page, none after it
            (i32.store (i32.const 260) (i32.eqz (local.get 10)))
            (i32.store (i32.const 264) (i32.const 300)) (i32.store (i32.const 268) (i32.const 1))
            (i32.const 256))
           (data (i32.const 300) "2")"#,
    );
    let installation = guest.install(&engine);
    let tick = |cursor: Option<&str>| boomerang_engine::contract::Tick {
        id: "t1".into(),
        name: "nightly".into(),
        due_at: 0,
        cursor: cursor.map(Into::into),
    };
    let first = engine.handle_tick(&installation, &call_at(0), &tick(None)).await.unwrap();
    assert_eq!(first.next_cursor.as_deref(), Some("2"));
    let last = engine.handle_tick(&installation, &call_at(0), &tick(Some("2"))).await.unwrap();
    assert_eq!(last.next_cursor, None);
}

#[tokio::test]
async fn a_handler_that_keeps_failing_is_left_out_until_the_pause_is_over() {
    let engine = engine();
    let installation = writer("unreachable").install(&engine);
    let event = order_event("e1");
    let reason = async |at| {
        let handled = engine.handle_event(&installation, &call_at(at), Event::Order(&event)).await;
        handled.unwrap_err().reason
    };
    let breaker = engine.config().breaker;
    for _ in 0..breaker.failures {
        assert_eq!(reason(0).await, SkipReason::Trapped);
    }
    assert_eq!(reason(breaker.pause - 1).await, SkipReason::BreakerOpen);
    assert_eq!(reason(breaker.pause).await, SkipReason::Trapped, "one call is let through to try");
    assert_eq!(reason(breaker.pause).await, SkipReason::BreakerOpen);
}
