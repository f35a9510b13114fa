//! An archive in a folder of this machine: what is put there is there, so that nothing is carried to and fro.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{Contents, Listed, PROBE, Place, Put};
use crate::archive::ArchiveError;
use crate::archive::manifest::FileMark;
use crate::durable::{self, DurableError};

#[derive(Debug)]
pub(in crate::archive) struct Folder(pub PathBuf);

impl Folder {
    fn path(&self, name: &str) -> Result<PathBuf, DurableError> {
        durable::inside(&self.0, name)
    }
}

impl Place for Folder {
    fn prove(&self) -> Result<(), ArchiveError> {
        // The system itself takes no name twice.
        Ok(durable::can_write(&self.path(PROBE)?)?)
    }

    fn list(&self, folder: &str, after: Option<&str>) -> Result<Vec<Listed>, ArchiveError> {
        let mut contents = Contents::default();
        walk(&self.path(folder)?, folder, &mut contents)?;
        let mut found = contents.files;
        found.retain(|listed| after.is_none_or(|after| listed.name.as_str() > after));
        found.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(found)
    }

    fn contents(&self) -> Result<Contents, ArchiveError> {
        let mut contents = Contents::default();
        walk(&self.0, "", &mut contents)?;
        Ok(contents)
    }

    fn read(&self, names: &[String]) -> Result<Vec<Option<Vec<u8>>>, ArchiveError> {
        let read = |name: &String| {
            // What a link leads to is no file of the archive.
            let Ok(path) = self.path(name) else { return Ok(None) };
            there(durable::read(&path)).map_err(|source| ArchiveError::read(&path, source))
        };
        names.iter().map(read).collect()
    }

    fn mark(&self, name: &str) -> Result<Option<FileMark>, ArchiveError> {
        let Ok(path) = self.path(name) else { return Ok(None) };
        there(FileMark::of(&path)).map_err(|source| ArchiveError::read(&path, source))
    }

    fn put_new(&self, name: &str, bytes: &[u8]) -> Result<Put, ArchiveError> {
        let path = self.path(name)?;
        durable::create_folder(path.parent().unwrap_or(&self.0))?;
        match durable::write_new(&path, bytes) {
            Ok(()) => Ok(Put::Written),
            Err(DurableError::Exists { .. }) => Ok(Put::Taken),
            Err(error) => Err(error.into()),
        }
    }

    fn upload(&self, _name: &str, _from: &Path, _replace: bool) -> Result<(), ArchiveError> {
        Ok(())
    }

    fn download(&self, _files: &[(String, PathBuf)]) -> Result<(), ArchiveError> {
        Ok(())
    }

    fn remove(&self, name: &str) -> Result<(), ArchiveError> {
        let path = self.path(name)?;
        there(durable::remove(&path)).map_err(|error| DurableError::of(&path, error))?;
        // Folders are there for their files only; one with something in it stays.
        let above = path.ancestors().skip(1).take_while(|folder| *folder != self.0.as_path());
        for folder in above {
            if durable::remove_empty_folder(folder).is_err() {
                break;
            }
        }
        Ok(())
    }

    fn shown(&self, name: &str) -> String {
        name.split('/')
            .filter(|part| !part.is_empty())
            .fold(self.0.clone(), |path, part| path.join(part))
            .display()
            .to_string()
    }

    fn is_remote(&self) -> bool {
        false
    }
}

fn there<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        result => result.map(Some),
    }
}

fn walk(folder: &Path, name: &str, found: &mut Contents) -> Result<(), ArchiveError> {
    let fail = |source| ArchiveError::read(folder, source);
    let Some(entries) = there(fs::read_dir(folder)).map_err(fail)? else { return Ok(()) };
    for entry in entries {
        let entry = entry.map_err(fail)?;
        let own = entry.file_name().to_string_lossy().into_owned();
        let is_temporary = own.starts_with(durable::TEMPORARY_PREFIX);
        let inside = if name.is_empty() { own } else { format!("{}/{own}", name.trim_end_matches('/')) };
        if is_temporary {
            found.temporary.push(inside);
            continue;
        }
        let path = entry.path();
        let is_link = entry.file_type().map_err(fail)?.is_symlink();
        if is_link {
            found.links.push(inside.clone());
        }
        match fs::metadata(&path) {
            Ok(known) if known.is_dir() && !is_link => walk(&path, &inside, found)?,
            Ok(known) if !known.is_dir() => found.files.push(Listed { name: inside, bytes: known.len() }),
            Ok(_) => {}
            // One that points nowhere, or to itself.
            Err(_) if is_link => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => return Err(ArchiveError::read(&path, source)),
        }
    }
    Ok(())
}
