//! The one place where our files are made, replaced, renamed, removed, opened and read.
//!
//! Whole files or none: written beside their place, synced, renamed, their folder synced; never over another. A kill or a power cut
//! at any moment leaves the old file or the new one. What can be left behind is a temporary file whose name begins with
//! [`TEMPORARY_PREFIX`], which a later command removes ([`sweep`]). Only [`replace`] overwrites, and only its
//! caller's own file. A folder that is its user's alone ([`keep_private`]) keeps all that is in it so. On Windows a file that another program holds is tried again for some seconds. Knows nothing of what the bytes
//! mean.

mod files;
mod inside;
mod patience;
mod private;
mod temporary;

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use temporary::{TemporaryFile, TemporaryFolder};

pub use files::{
    create_new, create_private_new, holder_of, open, open_lock, open_private, open_to_append, open_with, read,
    read_small, read_to_string, remove, remove_empty_folder, remove_tree, rename,
};
pub use inside::inside;
pub use patience::{Access, is_held, may_pass, patiently, patiently_within, try_again};
pub use private::{Opened, SymbolicLink, is_open_to_others, keep_private, refuse_links};
pub use temporary::sweep;

/// How the name of a file or folder that is still being written begins.
pub const TEMPORARY_PREFIX: &str = ".couponbook-";

/// A file that could not be written. Nothing half is left in its place.
#[derive(Debug, thiserror::Error)]
pub enum DurableError {
    #[error("{} is there already and is never overwritten; choose another name or move it away", path.display())]
    Exists { path: PathBuf },
    #[error(
        "another program holds {}, or the file beside it that takes its place; close it there (Excel, WPS, LibreOffice), or wait until a scanner, backup or sync client is done, and try again",
        path.display()
    )]
    OpenElsewhere { path: PathBuf, source: io::Error },
    #[error(
        "{} cannot be written: the system does not allow it; check the rights of its folder, and close the file where it is open",
        path.display()
    )]
    NotAllowed { path: PathBuf, source: io::Error },
    #[error("{} cannot be written: its disk is mounted read-only; choose another folder", path.display())]
    ReadOnlyDisk { path: PathBuf, source: io::Error },
    #[error("{} cannot be written: the disk is full or a quota is used up; make room and try again", path.display())]
    DiskFull { path: PathBuf, source: io::Error },
    #[error("{} cannot be written: its folder does not exist; create the folder or choose another", path.display())]
    NoFolder { path: PathBuf, source: io::Error },
    #[error(
        "{} is a symbolic link, which may lead anywhere: nothing is read, written or removed through it; put the file or folder itself in its place",
        path.display()
    )]
    Linked { path: PathBuf },
    #[error("{} cannot be written; check its disk and its folder, and try again", path.display())]
    Failed { path: PathBuf, source: io::Error },
}

impl DurableError {
    /// What `source` means for a file that was to be written at `path`.
    pub fn of(path: &Path, source: io::Error) -> Self {
        let path = path.to_path_buf();
        if is_held(&source) {
            return Self::OpenElsewhere { path, source };
        }
        let source = match source.downcast::<SymbolicLink>() {
            Ok(SymbolicLink { path }) => return Self::Linked { path },
            Err(source) => source,
        };
        match source.kind() {
            io::ErrorKind::AlreadyExists | io::ErrorKind::DirectoryNotEmpty => Self::Exists { path },
            io::ErrorKind::PermissionDenied => Self::NotAllowed { path, source },
            io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnlyDisk { path, source },
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { path, source },
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::NoFolder { path, source },
            _ => Self::Failed { path, source },
        }
    }
}

/// Writes a new file; [`DurableError::Exists`] where there is one of that name.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<(), DurableError> {
    write_new_with(path, |file| file.write_all(bytes).map_err(|error| DurableError::of(path, error)))
}

/// Writes a new file through `fill`, for what is too large to hold in memory; gives back what `fill` gave.
/// An error of `fill` leaves no file.
pub fn write_new_with<T, E>(path: &Path, fill: impl FnOnce(&mut File) -> Result<T, E>) -> Result<T, E>
where
    E: From<DurableError>,
{
    let (mut filled, given) = write_beside(path, fill)?;
    filled.persist(path, false).map_err(|refused| DurableError::of(path, refused))?;
    sync_folder_of(path)?;
    Ok(given)
}

/// Writes a new file at `path` or, where that is taken, at the next free name; tells which.
pub fn write_free(path: &Path, bytes: &[u8]) -> Result<PathBuf, DurableError> {
    write_free_with(path, |file| file.write_all(bytes).map_err(|error| DurableError::of(path, error)))
        .map(|(place, ())| place)
}

/// [`write_free`] through `fill`, which runs once whatever name the file ends up with.
pub fn write_free_with<T, E>(path: &Path, fill: impl FnOnce(&mut File) -> Result<T, E>) -> Result<(PathBuf, T), E>
where
    E: From<DurableError>,
{
    let (mut filled, given) = write_beside(path, fill)?;
    for place in names(path) {
        match filled.persist(&place, false) {
            Ok(()) => {
                sync_folder_of(&place)?;
                return Ok((place, given));
            }
            // Another program can take a name between any look and any write, so the write itself is the look.
            Err(taken) if taken.kind() == io::ErrorKind::AlreadyExists => {}
            Err(refused) => return Err(DurableError::of(&place, refused).into()),
        }
    }
    Err(DurableError::Exists { path: path.to_path_buf() }.into())
}

/// The first of `x.xlsx`, `x-2.xlsx`, `x-3.xlsx`… that is not taken at this moment: to show, not to rely on.
pub fn free_name(path: &Path) -> PathBuf {
    names(path).find(|name| fs::symlink_metadata(name).is_err()).unwrap_or_else(|| path.to_path_buf())
}

/// Puts `bytes` in the place of the program's own file at `path`, or writes it anew: a reader sees the old bytes or the new.
/// `private` leaves it readable to its owner only (mode 0600; on Windows the rights of the user's folder hold).
pub fn replace(path: &Path, bytes: &[u8], private: bool) -> Result<(), DurableError> {
    let fail = |error| DurableError::of(path, error);
    let mut filled = TemporaryFile::beside(path, private).map_err(fail)?;
    let file = filled.file().map_err(fail)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(fail)?;
    filled.persist(path, true).map_err(fail)?;
    sync_folder_of(path)
}

/// Makes a new folder with everything `fill` puts into it, or none at all. `fill` is given the temporary folder to write to.
pub fn new_folder_with<T, E>(path: &Path, fill: impl FnOnce(&Path) -> Result<T, E>) -> Result<T, E>
where
    E: From<DurableError>,
{
    let fail = |error| DurableError::of(path, error);
    let temporary = TemporaryFolder::beside(path).map_err(fail)?;
    let given = fill(temporary.path())?;
    sync_tree(temporary.path()).map_err(fail)?;
    // A rename replaces an empty folder on Unix; nobody's folder is to vanish, not even an empty one.
    if fs::symlink_metadata(path).is_ok() {
        return Err(DurableError::Exists { path: path.to_path_buf() }.into());
    }
    temporary.rename(path).map_err(fail)?;
    sync_folder_of(path)?;
    Ok(given)
}

/// Creates a folder with its parents, so that it is still there after a power cut. One that is there already is fine.
pub fn create_folder(path: &Path) -> Result<(), DurableError> {
    let missing: Vec<&Path> = path.ancestors().take_while(|folder| !folder.is_dir()).collect();
    private::make_folder(path).map_err(|error| DurableError::of(path, error))?;
    missing.iter().rev().try_for_each(|folder| sync_folder_of(folder))
}

/// [`create_folder`] for the folder that a file is to lie in.
pub fn create_folder_of(file: &Path) -> Result<(), DurableError> {
    create_folder(folder_of(file))
}

/// Whether a file can be made at `path`: tried with one that goes away again. For what must not fail later.
pub fn can_write(path: &Path) -> Result<(), DurableError> {
    create_folder_of(path)?;
    TemporaryFile::beside(path, false).map_err(|error| DurableError::of(path, error))?;
    sync_folder_of(path)
}

/// Makes a new name at `path` outlast a power cut, for a file that another library made.
pub fn sync_folder_of(path: &Path) -> Result<(), DurableError> {
    sync_folder(folder_of(path)).map_err(|error| DurableError::of(path, error))
}

fn write_beside<T, E>(path: &Path, fill: impl FnOnce(&mut File) -> Result<T, E>) -> Result<(TemporaryFile, T), E>
where
    E: From<DurableError>,
{
    let fail = |error| DurableError::of(path, error);
    let mut temporary = TemporaryFile::beside(path, false).map_err(fail)?;
    let file = temporary.file().map_err(fail)?;
    let given = fill(file)?;
    file.sync_all().map_err(fail)?;
    Ok((temporary, given))
}

/// `x.xlsx`, `x-2.xlsx`, `x-3.xlsx`…: the names that a file meant for `path` may end up with, in the order they are tried.
pub fn names(path: &Path) -> impl Iterator<Item = PathBuf> {
    let numbered = |number: u32| {
        let mut name = path.file_stem().map(OsString::from).unwrap_or_default();
        name.push(format!("-{number}"));
        if let Some(extension) = path.extension() {
            name.push(".");
            name.push(extension);
        }
        path.with_file_name(name)
    };
    std::iter::once(path.to_path_buf()).chain((2..=u32::MAX).map(numbered))
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

// Windows has no call for it: NTFS journals its names by itself.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

fn sync_tree(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            sync_tree(&path)?;
        } else {
            // Windows syncs only what is open for writing.
            open_with(File::options().write(true), &path)?.sync_all()?;
        }
    }
    sync_folder(folder)
}
