//! Files and folders that are still being written, and those that a killed process left so.
//!
//! Whoever writes a file holds a lock on it that the system gives back when the process ends: what nobody holds is litter.

use std::collections::BTreeSet;
use std::fs::{self, File, Metadata, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use tempfile::{Builder, NamedTempFile, PersistError};

use super::files::{open_with, remove, remove_tree, rename};
use super::patience::{Access, patiently};
use super::private::{is_private, refuse_links};
use super::{TEMPORARY_PREFIX, folder_of};

const TEMPORARY_ENDING: &str = ".tmp";

/// How often a name is given up because somebody who cleans up took it for litter in the moment before it was locked.
const NAMES: usize = 10;

/// On a share the lock of another machine need not be seen here, and a folder has none: what is older than this is nobody's.
const NOBODY_WRITES_SO_LONG: Duration = Duration::from_secs(24 * 3600);

/// A file beside its place. Its temporary name is gone when this is dropped.
pub(super) struct TemporaryFile {
    /// None once it is in its place.
    file: Option<NamedTempFile>,
}

impl TemporaryFile {
    /// In the same folder as `path`, since a rename is only atomic within one disk.
    pub fn beside(path: &Path, private: bool) -> io::Result<Self> {
        let folder = folder_of(path);
        refuse_links(folder)?;
        let private = private || is_private(path);
        for _ in 0..NAMES {
            // What is not private gets the rights that any new file gets: the system takes the user's umask off these.
            let file = builder(if private { 0o600 } else { 0o666 }).tempfile_in(folder)?;
            let is_ours = !matches!(file.as_file().try_lock(), Err(TryLockError::WouldBlock));
            if is_ours && fs::symlink_metadata(file.path()).is_ok() {
                sweep_once(folder, file.as_file());
                return Ok(Self { file: Some(file) });
            }
        }
        Err(io::ErrorKind::ResourceBusy.into())
    }

    pub fn file(&mut self) -> io::Result<&mut File> {
        self.file.as_mut().map(NamedTempFile::as_file_mut).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// Puts it at `path`, over what is there where `over` says so.
    pub fn persist(&mut self, path: &Path, over: bool) -> io::Result<()> {
        patiently(Access::Change, || {
            let Some(file) = self.file.take() else { return Err(io::ErrorKind::NotFound.into()) };
            let put = if over { file.persist(path) } else { file.persist_noclobber(path) };
            put.map(drop).map_err(|PersistError { error, file }| {
                self.file = Some(file);
                error
            })
        })
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        if let Some(file) = self.file.take() {
            let (file, path) = file.into_parts();
            drop(file);
            // Patiently, for it may hold tokens. What cannot be removed is removed by the next who writes here.
            let _ = remove(&path);
        }
    }
}

/// A folder beside its place. It is gone when this is dropped.
pub(super) struct TemporaryFolder {
    path: PathBuf,
}

impl TemporaryFolder {
    pub fn beside(path: &Path) -> io::Result<Self> {
        refuse_links(folder_of(path))?;
        let mode = if is_private(path) { 0o700 } else { 0o777 };
        Ok(Self { path: builder(mode).tempdir_in(folder_of(path))?.keep() })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Patiently, for Windows renames no folder while anybody has a file in it open.
    pub fn rename(&self, to: &Path) -> io::Result<()> {
        rename(&self.path, to)
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        let _ = remove_tree(&self.path);
    }
}

/// Removes from `folder`, of this machine's own disk, the files that killed processes left half written there. What a living one
/// writes stays, and so does what cannot be removed.
pub fn sweep(folder: &Path) {
    if refuse_links(folder).is_err() {
        return;
    }
    sweep_where(folder, |about| about.is_file());
}

/// Once in each folder that is written to, since it costs a look at every name there. The age of what is there is told by the clock
/// that gave `new` its time.
fn sweep_once(folder: &Path, new: &File) {
    static SWEPT: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
    let Ok(now) = new.metadata().and_then(|about| about.modified()) else { return };
    if SWEPT.lock().unwrap_or_else(PoisonError::into_inner).insert(folder.to_path_buf()) {
        let age = |changed: SystemTime| now.duration_since(changed).unwrap_or_default();
        sweep_where(folder, |about| about.modified().is_ok_and(|changed| age(changed) > NOBODY_WRITES_SO_LONG));
    }
}

fn sweep_where(folder: &Path, is_litter: impl Fn(&Metadata) -> bool) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        // Of a link what it is itself, never what it leads to.
        let is_litter = entry.metadata().is_ok_and(|about| is_litter(&about));
        if is_litter && entry.file_name().to_string_lossy().starts_with(TEMPORARY_PREFIX) {
            let _ = remove_litter(&entry.path());
        }
    }
}

fn remove_litter(path: &Path) -> io::Result<()> {
    if fs::symlink_metadata(path)?.is_dir() {
        return remove_tree(path);
    }
    let file = open_with(File::options().write(true), path)?;
    match file.try_lock() {
        Ok(()) => remove(path),
        Err(_) => Ok(()),
    }
}

fn builder(mode: u32) -> Builder<'static, 'static> {
    let mut builder = Builder::new();
    builder.prefix(TEMPORARY_PREFIX).suffix(TEMPORARY_ENDING);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(mode));
    #[cfg(not(unix))]
    let _ = mode;
    builder
}
