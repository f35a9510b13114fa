//! The files of one export or run, kept side by side under a manifest.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::chain::{Kind, Link};
use super::manifest::{About, FileMark, Manifest};
use super::names::is_of_a_file;
use super::state::Note;
use super::{Archive, ArchiveError, folder_name};
use crate::durable::{self, DurableError};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BundleKind {
    Export,
    Run,
}

/// A folder that only grows: a file that is in it is never overwritten, and [`Bundle::seal`] says what belongs to it.
/// After an interruption the same bundle is opened, added to and sealed again.
#[derive(Debug)]
pub struct Bundle {
    archive: Archive,
    kind: Kind,
    /// Its name inside the archive.
    name: String,
    folder: PathBuf,
    about: About,
    by: Option<String>,
    /// Stands while something is kept that is not sealed.
    note: Mutex<Option<Note>>,
}

impl Archive {
    /// The files of one export or run, to add to. Creates its folder.
    pub fn bundle(&self, kind: BundleKind, id: &str) -> Result<Bundle, ArchiveError> {
        let (kind, top) = match kind {
            BundleKind::Export => (Kind::Export, "exports"),
            BundleKind::Run => (Kind::Run, "runs"),
        };
        let name = format!("{top}/{}", folder_name(id)?);
        let folder = self.local(&name)?;
        // An export's files are new, and wait here where the bucket does not answer; a run may go on.
        if kind == Kind::Run {
            self.fetch(&name)?;
        }
        durable::create_folder(&folder)?;
        let (archive, about) = (self.clone(), self.about(id));
        Ok(Bundle { archive, kind, name, folder, about, by: None, note: Mutex::default() })
    }
}

impl Bundle {
    /// In whose name it is sealed.
    pub fn by(mut self, name: &str) -> Self {
        self.by = Some(name.to_string());
        self
    }

    /// Keeps `bytes` under `name` and tells the name they have: another one where `name` is taken by other bytes. The same
    /// bytes kept again stay where they are.
    pub fn keep(&self, name: &str, bytes: &[u8]) -> Result<String, ArchiveError> {
        self.keep_with(name, &FileMark::of_bytes(bytes), |file, place| {
            file.write_all(bytes).map_err(|error| DurableError::of(place, error).into())
        })
    }

    /// [`Bundle::keep`] for a file, as it is at this moment.
    pub fn keep_file(&self, name: &str, path: &Path) -> Result<String, ArchiveError> {
        let mark = FileMark::of(path).map_err(|source| ArchiveError::read(path, source))?;
        self.keep_with(name, &mark, |file, place| {
            let mut source = durable::open(path).map_err(|source| ArchiveError::read(path, source))?;
            io::copy(&mut source, file).map_err(|error| DurableError::of(place, error))?;
            Ok(())
        })
    }

    /// Writes `manifest.json` over everything kept, links it to the chain, and tells its SHA-256. Refused where a file that was
    /// sealed before has been changed or removed since: a seal never makes such a thing good. Nothing new makes no new link.
    pub fn seal(&self) -> Result<String, ArchiveError> {
        let before = match Manifest::read(&self.folder) {
            Ok(before) => {
                before.check(&self.folder)?;
                Some(before)
            }
            Err(ArchiveError::Missing { .. }) => None,
            Err(error) => return Err(error),
        };
        let manifest = Manifest::of_folder(&self.folder, self.about.clone())?;
        let sha256 = manifest.sha256.clone();
        let mut note = self.note.lock().unwrap_or_else(PoisonError::into_inner);
        // A manifest whose link could not be written says nothing of a seal: the chain does.
        let is_new = before.is_none_or(|before| before.files != manifest.files)
            || (note.is_some() && !self.is_linked(&manifest)?);
        if is_new {
            self.link(manifest)?;
        }
        if let Some(note) = note.take() {
            note.done();
        }
        Ok(sha256)
    }

    /// Whether the chain has this very manifest as the bundle's last. Refused where a file that it has was changed since.
    fn is_linked(&self, manifest: &Manifest) -> Result<bool, ArchiveError> {
        let earlier: Vec<Link> = self.archive.links()?.into_iter().filter(|link| link.bundle == self.name).collect();
        for (name, mark) in earlier.iter().flat_map(|link| &link.manifest.files) {
            if manifest.files.get(name) != Some(mark) {
                return Err(ArchiveError::Changed { path: self.folder.join(name) });
            }
        }
        Ok(earlier.last().is_some_and(|link| link.manifest.files == manifest.files))
    }

    fn link(&self, manifest: Manifest) -> Result<(), ArchiveError> {
        let json = self.archive.place_manifest(&self.name, &manifest)?;
        self.archive.publish(&self.name, &manifest)?;
        let day = self.archive.day_of_id(&self.about.id);
        let draft = Link::new(self.kind, day, &self.name, manifest).with(&json);
        self.archive.append(Link { by: self.by.clone(), ..draft }).map(drop)
    }

    fn keep_with(
        &self,
        name: &str,
        mark: &FileMark,
        mut fill: impl FnMut(&mut File, &Path) -> Result<(), ArchiveError>,
    ) -> Result<String, ArchiveError> {
        let wanted = self.folder.join(plain(name)?);
        {
            let mut note = self.note.lock().unwrap_or_else(PoisonError::into_inner);
            if note.is_none() {
                *note = self.archive.note(&self.name)?;
            }
        }
        for place in durable::names(&wanted) {
            match durable::write_new_with(&place, |file| fill(file, &place)) {
                Ok(()) => return Ok(name_of(&place)),
                Err(ArchiveError::Write(DurableError::Exists { .. })) => {}
                Err(error) => return Err(error),
            }
            let is_link = fs::symlink_metadata(&place).is_ok_and(|known| known.file_type().is_symlink());
            if !is_link && FileMark::of(&place).map_err(|source| ArchiveError::read(&place, source))? == *mark {
                return Ok(name_of(&place));
            }
        }
        Err(ArchiveError::BadName { name: name.to_string() })
    }
}

/// A name that stays inside the folder and takes nobody else's place. It can come from the file that a manager handed back.
fn plain(name: &str) -> Result<&str, ArchiveError> {
    match is_of_a_file(name) {
        true => Ok(name),
        false => Err(ArchiveError::BadName { name: name.chars().take(80).collect() }),
    }
}

fn name_of(place: &Path) -> String {
    place.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
