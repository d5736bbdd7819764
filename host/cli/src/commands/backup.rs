//! `boomerang backup`: the shops in one file, also while orders come in.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use boomerang_shop::store::Store;

use super::{block_on, secret_of};
use crate::home::{Home, write_privately};

/// What to copy, and where to.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The file to make; a second one beside it, ending in .secret, holds the secret
    file: PathBuf,
    /// The folder of the database and the secret
    #[arg(long, env = "BOOMERANG_DATA", default_value = "boomerang-data")]
    data: PathBuf,
}

/// Copies the database as it is at one moment, looks the copy through, and puts it in its place when it is whole.
pub(crate) fn run(options: &Options) -> Result<()> {
    let (file, secret) = (options.file.as_path(), secret_of(&options.file));
    for taken in [file, &secret] {
        ensure!(!taken.exists(), "{} exists already: choose another name", taken.display());
    }
    let home = Home::at(&options.data);
    let database = home.database();
    ensure!(database.is_file(), "there is no shop in {}: name its folder with --data", options.data.display());
    let bytes = fs::read(home.secret_file())
        .with_context(|| format!("could not read the secret {}", home.secret_file().display()))?;

    let unfinished = part(file);
    // What an interrupted backup has left.
    let _ = fs::remove_file(&unfinished);
    block_on(async {
        Store::copy(&database, &unfinished).await.context("the database could not be copied")?;
        keep_private(&unfinished)?;
        Store::check(&unfinished).await.context("the copy is not sound")
    })??;
    fs::File::open(&unfinished)
        .and_then(|file| file.sync_all())
        .with_context(|| format!("could not write {}", unfinished.display()))?;
    write_privately(&secret, &bytes)?;
    fs::rename(&unfinished, file).with_context(|| format!("could not write {}", file.display()))?;
    println!("backed up to {} and {}", file.display(), secret.display());
    println!("keep both where only you can read them: they hold names and addresses, and what opens sessions");
    Ok(())
}

/// Where the copy is until it is whole.
fn part(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

#[cfg(unix)]
fn keep_private(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))
        .with_context(|| format!("could not keep {} private", path.display()))
}

#[cfg(not(unix))]
fn keep_private(_: &Path) -> Result<()> {
    Ok(())
}
