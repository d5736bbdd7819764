//! A disk that is full: what cannot be written is refused in words, and nothing of it is half done.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use boomerang_shop::store::Store;

use crate::shoppers::Site;
use crate::{Server, become_quiet, server, this_program, verdict};

/// Purchases that are tried.
const PURCHASES: u32 = 12;
const SHOPPERS: usize = 2;
/// How long the disk stays full.
const FULL_FOR: Duration = Duration::from_secs(3);

/// Serves for a while with no room for the database to grow, then with room again: every purchase is made once.
pub(crate) async fn full_disk() -> bool {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let members = server::set_up(folder, SHOPPERS).await;
    let site = Arc::new(Site::new(PURCHASES, members));
    let shoppers: Vec<_> = (0..SHOPPERS)
        .map(|shopper| {
            let site = Arc::clone(&site);
            thread::spawn(move || site.shop(shopper))
        })
        .collect();

    let mut full = Server::spawn(with_no_room(folder), folder, 1, None);
    let base = full.base.take().expect("a server starts on a full disk, to say what is wrong");
    site.moved(Some(base));
    let until = Instant::now() + FULL_FOR;
    while Instant::now() < until && !shoppers.iter().all(thread::JoinHandle::is_finished) {
        thread::sleep(Duration::from_millis(20));
    }
    let turned_away = site.turned_away.load(Ordering::SeqCst);
    let failed = site.failed.load(Ordering::SeqCst);
    let lives = full.child.try_wait().unwrap().is_none();
    drop(full);
    site.moved(None);

    let mut roomy = Server::start(folder, 2, None);
    site.moved(roomy.base.take());
    site.is_safe.store(true, Ordering::SeqCst);
    for shopper in shoppers {
        shopper.join().expect("a shopper was told something that cannot be");
    }
    drop(roomy);
    let store = Store::open(&server::database(folder)).unwrap();
    for life in 3..5 {
        let _server = Server::start(folder, life, None);
        become_quiet(&store, life).await;
    }
    drop(store);
    let purchases = site.done.lock().unwrap().clone();
    let verdict = verdict::reach(folder, &purchases, SHOPPERS, server::time(4)).await;
    println!(
        "full disk: {turned_away} requests were turned away and {failed} failed, the server {}, then {} purchases, {} lost, \
         {} doubled",
        if lives { "went on" } else { "ended" },
        purchases.len(),
        verdict.lost.len(),
        verdict.doubled.len()
    );
    for what in verdict.lost.iter().chain(&verdict.doubled).take(20) {
        println!("  {what}");
    }
    lives && turned_away > 0 && failed == 0 && purchases.len() >= PURCHASES as usize && verdict.is_clean()
}

/// This program, with files that cannot grow beyond what the largest is now. The signal that comes with it is ignored, as
/// it is on a disk that is really full, where there is none.
fn with_no_room(folder: &Path) -> Command {
    let size = |name: &str| folder.join(name).metadata().map_or(0, |file| file.len());
    // In blocks of 512 bytes, with room for a few writes.
    let blocks = size("shop.db").max(size("shop.db-wal")) / 512 + 200;
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\"")).arg(this_program());
    command
}
