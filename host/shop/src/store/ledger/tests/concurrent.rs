//! The book under several hands at once: threads with handles of their own on one file, as hosts and workers have them.

use std::path::Path;
use std::sync::Barrier;
use std::thread;

use super::*;

/// Threads, each of which does everything there is to do.
const THREADS: usize = 4;
/// Orders; each earns ten points and has four of them taken back.
const ORDERS: usize = 24;

/// Work on a handle of its own.
struct Hand {
    store: Store,
    runtime: tokio::runtime::Runtime,
}

impl Hand {
    fn on(path: &Path) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        Self { store: Store::open(path).unwrap(), runtime }
    }

    fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, LedgerError> + Send + 'static,
    ) -> Result<T, LedgerError> {
        self.runtime.block_on(self.store.write(work))
    }

    /// What an order's events do, in their order. Says what was new.
    fn take_in(&self, order: usize) -> Vec<Posted> {
        let (id, earned) = (format!("ord_{order}"), format!("order/{order}/earn"));
        let lines = vec![LineShare { line: String::new(), points: 4 }];
        let reversal =
            Reversal { order: id.clone(), lines, key: format!("order/{order}/reverse"), reason: "Returned".into() };
        let grant = Grant { order: Some(id), ..grant(&earned, 10) };
        let earned = self.write(move |tx| earn(tx, SHOP, "loyalty-points", &grant, 1));
        let reverse = move |tx: &mut Tx<'_>| reverse(tx, SHOP, "loyalty-points", &reversal, DeficitPolicy::Clamp, 1);
        vec![earned.unwrap(), self.write(reverse).unwrap()]
    }

    fn spend(&self, order: usize) -> Result<Posted, LedgerError> {
        self.write(move |tx| {
            let (key, order) = (format!("spend/{order}"), format!("spent_{order}"));
            let spending = Spending { extension: "x", key: &key, holder: ANN, order: &order, cart: "", points: 10 };
            spend(tx, SHOP, &spending, 2)
        })
    }
}

/// Every thread's results of doing `work` for every order, each beginning with another one.
fn all_at_once<T: Send>(path: &Path, work: impl Fn(&Hand, usize) -> T + Sync) -> Vec<T> {
    let start = Barrier::new(THREADS);
    thread::scope(|scope| {
        let begun: Vec<_> = (0..THREADS)
            .map(|thread| {
                let (start, work) = (&start, &work);
                scope.spawn(move || {
                    let hand = Hand::on(path);
                    start.wait();
                    let turn = |step| (step * 5 + thread * 7) % ORDERS;
                    (0..ORDERS).map(|step| work(&hand, turn(step))).collect::<Vec<T>>()
                })
            })
            .collect();
        begun.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn l2_events_that_several_threads_take_in_at_once_count_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.db");
    let hand = Hand::on(&path);
    let posted: Vec<Posted> = all_at_once(&path, Hand::take_in).into_iter().flatten().collect();
    assert_eq!(posted.len(), THREADS * ORDERS * 2);
    let new = posted.iter().filter(|posted| matches!(posted, Posted::New(_))).count();
    assert_eq!(new, ORDERS * 2, "each event is posted by one thread and known to the others");
    let points = hand.write(|tx| Ok(balance(tx, SHOP, ANN, None, 2)?)).unwrap().available;
    assert_eq!(points, ORDERS as i64 * 6);

    // All of them together want more than there is.
    let spent = all_at_once(&path, Hand::spend);
    let new = spent.iter().filter(|spent| matches!(spent, Ok(Posted::New(_)))).count();
    assert_eq!(new, ORDERS * 6 / 10, "points are spent once, and as far as they go");
    let refused = spent.iter().filter(|spent| matches!(spent, Err(LedgerError::NotEnough { .. }))).count();
    let known = spent.iter().filter(|spent| matches!(spent, Ok(Posted::Known))).count();
    assert_eq!(new + refused + known, spent.len(), "{spent:?}");
    let books = hand.write(|tx| Ok(books(tx, SHOP, &TimeZone::UTC, 2)?)).unwrap();
    assert!(books.balances(), "{books:?}");
    let left = hand.write(|tx| Ok(balance(tx, SHOP, ANN, None, 2)?)).unwrap().available;
    assert_eq!(left, ORDERS as i64 * 6 - new as i64 * 10);
}
