//! What is done with one file at a time, each patient where another program holds it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::folder_of;
use super::patience::{Access, is_held, patiently};
use super::private::{options_for, refuse_links};

pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    refuse_links(path)?;
    patiently(Access::Read, || fs::read(path))
}

/// A small file of ours; of one that somebody has made large nothing is read.
///
/// # Errors
/// As [`read`], and [`io::ErrorKind::FileTooLarge`] where it has more than `bytes_max`.
pub fn read_small(path: &Path, bytes_max: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.take(bytes_max.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > bytes_max {
        let told = format!("it has more than {bytes_max} bytes, which is more than is read; move it away");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, told));
    }
    Ok(bytes)
}

pub fn read_to_string(path: &Path) -> io::Result<String> {
    refuse_links(path)?;
    patiently(Access::Read, || fs::read_to_string(path))
}

/// To be read.
pub fn open(path: &Path) -> io::Result<File> {
    refuse_links(path)?;
    patiently(Access::Read, || File::open(path))
}

/// To be written or locked, as `options` say.
pub fn open_with(options: &OpenOptions, path: &Path) -> io::Result<File> {
    let options = options_for(options, path)?;
    patiently(Access::Change, || options.open(path))
}

/// To be locked: made where it is missing, and left as it is.
pub fn open_lock(path: &Path) -> io::Result<File> {
    open_with(File::options().create(true).truncate(false).read(true).write(true), path)
}

/// To be added to; made where it is missing.
pub fn open_to_append(path: &Path) -> io::Result<File> {
    open_with(File::options().create(true).append(true), path)
}

/// To be added to and shortened (which Windows refuses of a file that is opened to be added to alone); made where it is missing,
/// readable to its owner only (on Windows the rights of the user's folder hold).
pub fn open_private(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.create(true).truncate(false).read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    open_with(&options, path)
}

/// A new file with `bytes`, readable to its owner only from its first byte on, on disk when this returns.
///
/// # Errors
/// Where one is there already, or it cannot be written.
pub fn create_private_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = File::options();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = open_with(&options, path)?;
    io::Write::write_all(&mut file, bytes)?;
    file.sync_all()
}

/// What keeps us from writing to those of `paths` that are there, for what opened them by itself and was refused, or may only read: that
/// another program holds one. It may have let go by now, so that nothing keeps us any more. Looked for on Windows only: elsewhere
/// nobody can hold a file, and to open it here and close it would give away the locks that SQLite has on it.
pub fn holder_of(paths: &[PathBuf]) -> Option<io::Error> {
    let mut there = paths.iter().filter(|path| cfg!(windows) && fs::symlink_metadata(path).is_ok()).peekable();
    there.peek()?;
    match there.find_map(|path| File::options().read(true).write(true).open(path).err()) {
        Some(refused) => Some(refused).filter(|refused| is_held(refused)),
        None => Some(io::ErrorKind::ResourceBusy.into()),
    }
}

pub fn create_new(path: &Path) -> io::Result<File> {
    open_with(File::options().create_new(true).write(true), path)
}

pub fn rename(from: &Path, to: &Path) -> io::Result<()> {
    refuse_links(from)?;
    refuse_links(folder_of(to))?;
    patiently(Access::Change, || fs::rename(from, to))
}

pub fn remove(path: &Path) -> io::Result<()> {
    refuse_links(folder_of(path))?;
    patiently(Access::Change, || fs::remove_file(path))
}

/// A folder with all that is in it.
pub fn remove_tree(path: &Path) -> io::Result<()> {
    refuse_links(path)?;
    patiently(Access::Change, || fs::remove_dir_all(path))
}

/// A folder with nothing in it; one with something stays.
pub fn remove_empty_folder(path: &Path) -> io::Result<()> {
    fs::remove_dir(path)
}
