//! Places below a folder that others can write to: none that a symbolic link leads away from it.

use std::fs;
use std::path::{Path, PathBuf};

use super::DurableError;

/// The place called `name` (plain names with `/` between) below `folder`, which itself may be reached in any way. What is not there yet
/// is fine.
///
/// # Errors
/// [`DurableError::Linked`] where a part of it is a symbolic link (on Windows also a junction).
pub fn inside(folder: &Path, name: &str) -> Result<PathBuf, DurableError> {
    let mut path = folder.to_path_buf();
    for part in name.split('/').filter(|part| !part.is_empty()) {
        path.push(part);
        // The standard library takes every reparse point that stands for another name, a junction too, for a symbolic link.
        if fs::symlink_metadata(&path).is_ok_and(|known| known.file_type().is_symlink()) {
            return Err(DurableError::Linked { path });
        }
    }
    Ok(path)
}
