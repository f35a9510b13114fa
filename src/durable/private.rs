//! Folders that are their user's alone, such as the program's state: what is made in them is readable to its owner only whatever the
//! umask is, and no symbolic link in them is followed, since whoever put one there chooses where we write. On Windows the rights of
//! the user's own folder hold, and only the links are refused.

use std::collections::BTreeSet;
use std::fs::{self, Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

/// Told once, where a config names its folder; every touch of a file looks here.
static FOLDERS: RwLock<BTreeSet<PathBuf>> = RwLock::new(BTreeSet::new());

/// A link within a private folder.
#[derive(Debug, thiserror::Error)]
#[error(
    "{} is a symbolic link, and none is followed in couponbook's own folder; remove it, or put the file itself there",
    path.display()
)]
pub struct SymbolicLink {
    pub path: PathBuf,
}

/// What others could read until now.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// And cannot any more.
    pub narrowed: Vec<PathBuf>,
    /// And still can: the system does not let us change it.
    pub left: Vec<PathBuf>,
}

/// From now on `folder` is its user's alone, with all that is and will be in it. It need not be there yet.
pub fn keep_private(folder: &Path) -> Opened {
    FOLDERS.write().unwrap_or_else(PoisonError::into_inner).insert(folder.to_path_buf());
    let mut opened = Opened::default();
    // The folder itself may lie elsewhere, and its user chose so.
    if let Some(about) = fs::metadata(folder).ok().filter(Metadata::is_dir) {
        narrow(folder, &about, &mut opened);
        narrow_within(folder, &mut opened);
    }
    opened
}

fn narrow_within(folder: &Path, opened: &mut Opened) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let Ok(about) = entry.metadata() else { continue };
        if about.is_symlink() {
            continue;
        }
        narrow(&entry.path(), &about, opened);
        if about.is_dir() {
            narrow_within(&entry.path(), opened);
        }
    }
}

#[cfg(unix)]
fn narrow(path: &Path, about: &Metadata, opened: &mut Opened) {
    use std::os::unix::fs::PermissionsExt;
    let mode = about.permissions().mode();
    if mode & 0o077 != 0 {
        let narrowed = fs::set_permissions(path, PermissionsExt::from_mode(mode & 0o700));
        let list = if narrowed.is_ok() { &mut opened.narrowed } else { &mut opened.left };
        list.push(path.to_path_buf());
    }
}

#[cfg(not(unix))]
fn narrow(_path: &Path, _about: &Metadata, _opened: &mut Opened) {}

/// The private folder that `path` is or lies in.
fn home_of(path: &Path) -> Option<PathBuf> {
    let folders = FOLDERS.read().unwrap_or_else(PoisonError::into_inner);
    path.ancestors().find(|folder| folders.contains(*folder)).map(Path::to_path_buf)
}

pub(super) fn is_private(path: &Path) -> bool {
    home_of(path).is_some()
}

/// Whether others of this machine can read the file, as far as its mode says. On Windows the rights of its folder say so.
#[cfg(unix)]
pub fn is_open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|about| about.is_file() && about.permissions().mode() & 0o077 != 0)
}

/// Whether others of this machine can read the file, as far as its mode says. On Windows the rights of its folder say so.
#[cfg(not(unix))]
pub fn is_open_to_others(_path: &Path) -> bool {
    false
}

/// For a file of a private folder that another library opens.
///
/// # Errors
/// If a link leads there, or it is one.
pub fn refuse_links(path: &Path) -> io::Result<()> {
    let Some(home) = home_of(path) else { return Ok(()) };
    let within = path.ancestors().take_while(|part| *part != home);
    for part in within {
        if fs::symlink_metadata(part).is_ok_and(|about| about.is_symlink()) {
            return Err(io::Error::other(SymbolicLink { path: part.to_path_buf() }));
        }
    }
    Ok(())
}

/// `options` for a file at `path`: one in a private folder is made for its owner, and is no link.
///
/// # Errors
/// If it is reached by a link.
pub(super) fn options_for(options: &OpenOptions, path: &Path) -> io::Result<OpenOptions> {
    let mut options = options.clone();
    refuse_links(path)?;
    if is_private(path) {
        for_its_owner(&mut options);
    }
    Ok(options)
}

#[cfg(unix)]
fn for_its_owner(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt;
    // Should it become a link after we looked, the system refuses it.
    options.mode(0o600).custom_flags(libc::O_NOFOLLOW);
}

#[cfg(not(unix))]
fn for_its_owner(_options: &mut OpenOptions) {}

/// A folder with its parents; the private ones among them for their owner only.
pub(super) fn make_folder(path: &Path) -> io::Result<()> {
    refuse_links(path)?;
    let Some(home) = home_of(path) else { return fs::create_dir_all(path) };
    if let Some(above) = home.parent() {
        fs::create_dir_all(above)?;
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}
