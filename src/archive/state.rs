//! What this machine knows of an archive, beside it: the links that it saw, and what it is about to keep.
//!
//! A note stands before the first file and goes after the link. The operating system holds it for its writer, so that a note
//! that nobody holds is one of a command that died: the next writer seals what is there, or forgets what never came.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::chain::{How, Link, Tip};
use super::manifest::{MANIFEST_NAME, Manifest};
use super::{Archive, ArchiveError};
use crate::durable::{self, DurableError};

/// The folder of the notes, and the file of the links that were seen.
const NOTES: &str = "unsealed";
const WITNESS: &str = "links.txt";

/// A bundle that is being written.
#[derive(Debug)]
pub(super) struct Note {
    path: PathBuf,
    // Its closing lets the note go.
    file: File,
}

impl Note {
    /// The bundle is sealed.
    pub fn done(self) {
        drop(self.file);
        let _ = fs::remove_file(self.path);
    }
}

impl Archive {
    /// Says that `bundle` is about to be written. None where another process says so already.
    pub(super) fn note(&self, bundle: &str) -> Result<Option<Note>, ArchiveError> {
        let folder = self.remembered(NOTES);
        durable::create_folder(&folder)?;
        let path = folder.join(note_name(bundle));
        let fail = |error| DurableError::of(&path, error);
        let mut file = File::options().create(true).truncate(false).write(true).open(&path).map_err(fail)?;
        // Held by another process: it is about to seal the same bundle, and its note serves us both.
        if file.try_lock().is_err() {
            return Ok(None);
        }
        file.write_all(bundle.as_bytes()).and_then(|()| file.sync_all()).map_err(fail)?;
        durable::sync_folder_of(&path)?;
        Ok(Some(Note { path, file }))
    }

    /// The bundles that a command began and never sealed: whether that command still runs.
    pub(super) fn pending(&self) -> Vec<(String, bool)> {
        let runs = |note: &PathBuf| Some(File::open(note).ok()?.try_lock().is_err());
        self.notes().into_iter().filter_map(|note| Some((bundle_of(&note)?, runs(&note)?))).collect()
    }

    /// Whether a command of this machine began the bundle and never sealed it.
    pub fn is_pending(&self, bundle: &str) -> bool {
        self.remembered(NOTES).join(note_name(bundle)).exists()
    }

    /// Seals what an interruption left. What cannot be sealed stays as it is: `verify` names it.
    pub(super) fn mend(&self) {
        for path in self.notes() {
            let Ok(file) = File::options().read(true).write(true).open(&path) else { continue };
            if file.try_lock().is_err() {
                continue;
            }
            let Some(bundle) = bundle_of(&path) else { continue };
            match self.mend_one(&bundle) {
                Ok(()) => Note { path, file }.done(),
                Err(error) => tracing::warn!("{bundle} was not sealed after an interruption: {error}"),
            }
        }
    }

    fn mend_one(&self, bundle: &str) -> Result<(), ArchiveError> {
        let Some((kind, day)) = self.kind_and_day(bundle) else { return Ok(()) };
        let folder = self.local(bundle);
        // Nothing is there: the command died before anything could be seen.
        if !folder.is_dir() {
            return Ok(());
        }
        let earlier: Vec<Link> = self.links()?.into_iter().filter(|link| link.bundle == bundle).collect();
        let about = match (earlier.last(), Manifest::read(&folder)) {
            (Some(link), _) => link.manifest.about.clone(),
            (None, Ok(manifest)) => manifest.about,
            (None, Err(_)) => self.about(bundle.rsplit('/').next().unwrap_or(bundle)),
        };
        let manifest = Manifest::of_folder(&folder, about)?;
        if manifest.files.is_empty() || earlier.last().is_some_and(|link| link.manifest == manifest) {
            return Ok(());
        }
        for (name, mark) in earlier.iter().flat_map(|link| &link.manifest.files) {
            if manifest.files.get(name) != Some(mark) {
                return Err(ArchiveError::Changed { path: folder.join(name) });
            }
        }
        let json = self.place_manifest(bundle, &manifest)?;
        self.publish(bundle, &manifest)?;
        let by = earlier.last().and_then(|link| link.by.clone());
        let draft = Link::new(kind, day, bundle, manifest).with(&json);
        self.append_link(Link { by, how: How::Mended, ..draft }).map(drop)
    }

    /// The manifest in the bundle's folder, which is written anew only where it says something else.
    pub(super) fn place_manifest(&self, bundle: &str, manifest: &Manifest) -> Result<Vec<u8>, ArchiveError> {
        let folder = self.local(bundle);
        let path = folder.join(MANIFEST_NAME);
        let json = manifest.to_json();
        if Manifest::read(&folder).ok().as_ref() == Some(manifest) {
            return fs::read(&path).map_err(|source| ArchiveError::read(&path, source));
        }
        durable::replace(&path, &json, false)?;
        Ok(json)
    }

    /// Every link that this machine wrote or saw, as it was then.
    pub(super) fn witness(&self) -> Result<Vec<Tip>, ArchiveError> {
        let path = self.remembered(WITNESS);
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            text => text.map_err(|source| ArchiveError::read(&path, source))?,
        };
        let tip = |line: &str| {
            let (number, sha256) = line.split_once(' ')?;
            let whole = sha256.len() == 64;
            // The last line can be half there, after a power cut.
            Some(Tip { number: number.parse().ok()?, sha256: sha256.to_string() }).filter(|_| whole)
        };
        Ok(text.lines().filter_map(tip).collect())
    }

    pub(super) fn remember(&self, tip: &Tip) -> Result<(), ArchiveError> {
        let path = self.remembered(WITNESS);
        durable::create_folder(path.parent().unwrap_or(&path))?;
        let fail = |error| DurableError::of(&path, error);
        let mut file = OpenOptions::new().create(true).append(true).open(&path).map_err(fail)?;
        // In one piece, so that two writers' lines never mix; a new line first would show a torn one before it.
        file.write_all(format!("{} {}\n", tip.number, tip.sha256).as_bytes()).map_err(fail)?;
        file.sync_all().map_err(fail)?;
        Ok(durable::sync_folder_of(&path)?)
    }

    fn notes(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.remembered(NOTES)).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect()
    }
}

/// The bundle as a file's name; no bundle's name has a `+`.
fn note_name(bundle: &str) -> String {
    bundle.replace('/', "+")
}

fn bundle_of(note: &Path) -> Option<String> {
    Some(note.file_name()?.to_str()?.replace('+', "/"))
}
