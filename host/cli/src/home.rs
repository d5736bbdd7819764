//! The folder that a platform keeps everything in: the database, the secret, the compiled components.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use boomerang_shop::secrets::Secret;
use boomerang_shop::store::Store;

/// The folder.
pub(crate) struct Home(PathBuf);

/// Keeps a folder for one program. It ends with the value, or with the program however that ends.
pub(crate) struct Lock(#[expect(dead_code, reason = "the lock lasts as long as the file is open")] File);

impl Home {
    /// Bytes of the secret.
    pub(crate) const SECRET: usize = 32;

    /// The folder, which should be there.
    pub(crate) fn at(folder: &Path) -> Self {
        Self(folder.to_owned())
    }

    /// Uses a folder, and makes it if it is missing.
    pub(crate) fn open(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder).with_context(|| format!("could not make the folder {}", folder.display()))?;
        Ok(Self(folder.to_owned()))
    }

    /// Where its folder is.
    pub(crate) fn folder(&self) -> &Path {
        &self.0
    }

    /// The file of the database.
    pub(crate) fn database(&self) -> PathBuf {
        self.0.join("shop.db")
    }

    /// The file of the secret.
    pub(crate) fn secret_file(&self) -> PathBuf {
        self.0.join("secret")
    }

    /// Keeps the folder for this program: two that serve it would not see each other's changes.
    pub(crate) fn lock(&self) -> Result<Lock> {
        let path = self.0.join("lock");
        let options = OpenOptions::new().write(true).create(true).truncate(false).open(&path);
        let file = options.with_context(|| format!("could not write {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => Ok(Lock(file)),
            Err(TryLockError::WouldBlock) => {
                bail!("{} is being used by another boomerang: stop that one first", self.0.display())
            }
            Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("could not lock {}", path.display())),
        }
    }

    /// The database.
    pub(crate) fn store(&self) -> Result<Store> {
        let path = self.database();
        Store::open(&path).with_context(|| format!("could not open the database {}", path.display()))
    }

    /// Where compiled components are kept.
    pub(crate) fn cache(&self) -> PathBuf {
        self.0.join("cache")
    }

    /// What every key is derived from: made once, and readable by nobody but the owner of the folder.
    pub(crate) fn secret(&self) -> Result<Secret> {
        let path = self.secret_file();
        match fs::read(&path) {
            Ok(bytes) => {
                let bytes: [u8; Self::SECRET] = bytes.try_into().ok().with_context(|| {
                    format!(
                        "{} is damaged: put back the copy of your last backup; without it nobody stays signed in",
                        path.display()
                    )
                })?;
                Ok(Secret::new(bytes))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => self.new_secret(&path),
            Err(error) => Err(error).with_context(|| format!("could not read {}", path.display())),
        }
    }

    fn new_secret(&self, path: &Path) -> Result<Secret> {
        let bytes = Secret::random().derive("home");
        write_privately(path, &bytes)?;
        Ok(Secret::new(bytes))
    }
}

/// Writes a new file that nobody but its owner can read.
pub(crate) fn write_privately(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .with_context(|| format!("could not write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_is_the_same_at_every_start() {
        let folder = tempfile::tempdir().unwrap();
        let home = || Home::open(&folder.path().join("data")).unwrap();
        let first = home().secret().unwrap().derive("test");
        assert_eq!(home().secret().unwrap().derive("test"), first);
    }

    #[test]
    fn two_homes_have_two_secrets() {
        let folder = tempfile::tempdir().unwrap();
        let secret = |name: &str| Home::open(&folder.path().join(name)).unwrap().secret().unwrap().derive("test");
        assert_ne!(secret("a"), secret("b"));
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_the_secret() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        Home::open(folder.path()).unwrap().secret().unwrap();
        let mode = fs::metadata(folder.path().join("secret")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_folder_is_kept_for_one_program_until_that_ends() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (Home::open(folder.path()).unwrap(), Home::open(folder.path()).unwrap());
        let kept = one.lock().unwrap();
        let error = other.lock().err().unwrap().to_string();
        assert!(error.contains("another boomerang"), "{error}");
        drop(kept);
        assert!(other.lock().is_ok());
    }

    #[test]
    fn a_damaged_secret_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("secret"), b"short").unwrap();
        let error = Home::open(folder.path()).unwrap().secret().unwrap_err().to_string();
        assert!(error.contains("damaged"), "{error}");
        assert_eq!(fs::read(folder.path().join("secret")).unwrap(), b"short");
    }
}
