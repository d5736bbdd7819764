//! `boomerang restore`: a backup in the place of the shops.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use boomerang_shop::store::Store;

use super::{block_on, secret_of};
use crate::home::{Home, write_privately};

/// What to put back, and where.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The file that `boomerang backup` has made, with the one ending in .secret beside it
    file: PathBuf,
    /// The folder to put the database and the secret into
    #[arg(long, env = "BOOMERANG_DATA", default_value = "boomerang-data")]
    data: PathBuf,
    /// Put the shops that are there aside, into a folder beside them
    #[arg(long)]
    replace: bool,
}

/// Looks the backup through, puts what is there aside if it may, and puts the backup in its place.
pub(crate) fn run(options: &Options) -> Result<()> {
    let secret = secret_of(&options.file);
    let bytes = fs::read(&secret)
        .with_context(|| format!("could not read {}, which belongs to the backup", secret.display()))?;
    ensure!(bytes.len() == Home::SECRET, "{} is damaged: use another backup", secret.display());
    ensure!(options.file.is_file(), "there is no backup {}", options.file.display());
    block_on(Store::check(&options.file))?.with_context(|| format!("{} cannot be restored", options.file.display()))?;

    let home = Home::open(&options.data)?;
    let _kept = home.lock()?;
    let is_taken = home.database().exists();
    ensure!(
        !is_taken || options.replace,
        "there are shops in {} already: say --replace to put them aside",
        options.data.display()
    );
    // Beside its place, so that what follows are renames: nothing is ever half there.
    let unfinished = home.folder().join("restoring.db");
    fs::copy(&options.file, &unfinished)
        .and_then(|_| fs::File::open(&unfinished)?.sync_all())
        .with_context(|| format!("could not write {}", unfinished.display()))?;
    if let Some(aside) = put_aside(&home)? {
        println!("what was there is in {}", aside.display());
    }
    write_privately(&home.secret_file(), &bytes)?;
    fs::rename(&unfinished, home.database())
        .with_context(|| format!("could not write {}", home.database().display()))?;
    println!("restored {} into {}", options.file.display(), options.data.display());
    Ok(())
}

/// Moves a database with its secret, and what belongs to it, into a folder of its own. Says where, if there was any.
fn put_aside(home: &Home) -> Result<Option<PathBuf>> {
    let names = ["shop.db", "shop.db-wal", "shop.db-shm", "secret"];
    let there: Vec<&str> = names.into_iter().filter(|name| home.folder().join(name).exists()).collect();
    if there.is_empty() {
        return Ok(None);
    }
    let aside = unused(home.folder());
    fs::create_dir(&aside).with_context(|| format!("could not make {}", aside.display()))?;
    for name in there {
        let (from, to) = (home.folder().join(name), aside.join(name));
        fs::rename(&from, &to).with_context(|| format!("could not move {} aside", from.display()))?;
    }
    Ok(Some(aside))
}

/// A folder that is not there yet.
fn unused(folder: &Path) -> PathBuf {
    let mut number = 1_u32;
    loop {
        let candidate = folder.join(format!("replaced-{number}"));
        if !candidate.exists() {
            return candidate;
        }
        number += 1;
    }
}
