//! A backup that is taken while orders flow, and the shop that is restored from it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use boomerang_shop::store::Store;

use crate::shoppers::{Purchase, Site};
use crate::verdict::{self, Verdict};
use crate::{Server, become_quiet, server};

/// A copy, and what was finished before it was begun.
pub(crate) struct Copy {
    folder: PathBuf,
    purchases: Vec<Purchase>,
}

impl Copy {
    /// Backs the database up, as the command does, while the server lives and everybody buys.
    pub(crate) async fn take(folder: &Path, site: &Site) -> Self {
        let copy = folder.join("restored");
        fs::create_dir_all(&copy).unwrap();
        let purchases = site.done.lock().unwrap().clone();
        Store::copy(&server::database(folder), &server::database(&copy)).await.unwrap();
        Self { folder: copy, purchases }
    }

    /// Serves what was restored until it has finished what was under way when the copy was taken, and looks at it: everything
    /// that was finished before is there, once, and the books balance.
    pub(crate) async fn restore(self, outside: &Path, life: u32) -> bool {
        Store::check(&server::database(&self.folder)).await.expect("the copy is whole");
        // The bank and the mailboxes have gone on; nobody turns them back.
        for file in ["bank", "post"] {
            fs::copy(outside.join(file), self.folder.join(file)).unwrap();
        }
        let store = Store::open(&server::database(&self.folder)).unwrap();
        for life in life..life + 2 {
            let _server = Server::start(&self.folder, life, None);
            become_quiet(&store, life).await;
        }
        drop(store);
        let verdict = self.look(server::time(life + 1)).await;
        println!(
            "restored: {} purchases were finished before the backup, {} lost, {} doubled",
            self.purchases.len(),
            verdict.lost.len(),
            verdict.doubled.len()
        );
        for what in verdict.lost.iter().chain(&verdict.doubled).take(20) {
            println!("  {what}");
        }
        !self.purchases.is_empty() && verdict.is_clean()
    }

    async fn look(&self, now: i64) -> Verdict {
        let known: BTreeSet<&str> = self.purchases.iter().map(|purchase| purchase.order.as_str()).collect();
        assert_eq!(known.len(), self.purchases.len(), "an order was told twice");
        verdict::reach_of_copy(&self.folder, &self.purchases, now).await
    }
}
