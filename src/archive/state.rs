//! What this machine knows of an archive, beside it: the links that it saw, and what it is about to keep.
//!
//! A note stands before the first file and goes after the link. The operating system holds it for its writer, so that a note
//! that nobody holds is one of a command that died: the next writer seals what is there, or forgets what never came.

use std::fs::{self, File};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use super::chain::{CHAIN, How, Link, Tip, link_name};
use super::manifest::{MANIFEST_NAME, Manifest, sha256_of_bytes};
use super::{Archive, ArchiveError};
use crate::durable::{self, DurableError};

/// The folder of the notes, and the file of the links that were seen.
const NOTES: &str = "unsealed";
const WITNESS: &str = "links.txt";

/// A bundle that is being written. The file's first line is the bundle, the second the folder that has its files until they are whole.
#[derive(Debug)]
pub(super) struct Note {
    path: PathBuf,
    // Its closing lets the note go.
    file: File,
}

/// What this machine remembers of the chain.
#[derive(Debug, Default)]
pub(super) struct Memory {
    pub tips: Vec<Tip>,
    /// Lines that are no link, and whose number no other line has.
    pub torn: usize,
}

impl Note {
    /// The bundle's files are put together in `folder`: after a kill nobody else can tell whose that was.
    pub fn put_together_in(&self, folder: &Path) -> Result<(), DurableError> {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let mut file = &self.file;
        file.write_all(format!("\n{name}").as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(|error| DurableError::of(&self.path, error))
    }

    /// The bundle is sealed.
    pub fn done(self) {
        drop(self.file);
        let _ = durable::remove(&self.path);
    }
}

impl Archive {
    /// Says that `bundle` is about to be written. None where another process says so already.
    pub(super) fn note(&self, bundle: &str) -> Result<Option<Note>, ArchiveError> {
        let folder = self.remembered(NOTES);
        durable::create_folder(&folder)?;
        let path = folder.join(note_name(bundle));
        let fail = |error| DurableError::of(&path, error);
        let mut file = durable::open_lock(&path).map_err(fail)?;
        // Held by another process: it is about to seal the same bundle, and its note serves us both.
        if file.try_lock().is_err() {
            return Ok(None);
        }
        self.clear(bundle, &file);
        file.set_len(0).and_then(|()| file.rewind()).map_err(fail)?;
        file.write_all(bundle.as_bytes()).and_then(|()| file.sync_all()).map_err(fail)?;
        durable::sync_folder_of(&path)?;
        Ok(Some(Note { path, file }))
    }

    /// The bundles that a command began and never sealed: whether that command still runs.
    pub(super) fn pending(&self) -> Vec<(String, bool)> {
        let runs = |note: &PathBuf| Some(durable::open(note).ok()?.try_lock().is_err());
        self.notes().into_iter().filter_map(|note| Some((bundle_of(&note)?, runs(&note)?))).collect()
    }

    /// Whether a command of this machine began the bundle and never sealed it.
    pub fn is_pending(&self, bundle: &str) -> bool {
        self.remembered(NOTES).join(note_name(bundle)).exists()
    }

    /// Seals what an interruption left. What cannot be sealed stays as it is: `verify` names it.
    pub(super) fn mend(&self) {
        for path in self.notes() {
            let Ok(file) = durable::open_with(File::options().read(true).write(true), &path) else { continue };
            if file.try_lock().is_err() {
                continue;
            }
            let Some(bundle) = bundle_of(&path) else { continue };
            self.clear(&bundle, &file);
            match self.mend_one(&bundle) {
                Ok(()) => Note { path, file }.done(),
                Err(error) => tracing::warn!("{bundle} was not sealed after an interruption: {error}"),
            }
        }
    }

    fn mend_one(&self, bundle: &str) -> Result<(), ArchiveError> {
        let Some((kind, day)) = self.kind_and_day(bundle) else { return Ok(()) };
        let folder = self.local(bundle)?;
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
        if manifest.files.is_empty() {
            return Ok(());
        }
        if let Some(link) = earlier.last().filter(|link| link.manifest == manifest) {
            return self.remember_own(link);
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

    /// The temporary files and folders of a bundle that a command of this machine writes or was writing, by their names inside the archive.
    /// Nobody else writes in these places.
    pub(super) fn temporaries(&self, bundle: &str, note: &str) -> Vec<String> {
        let (above, _) = bundle.rsplit_once('/').unwrap_or(("", bundle));
        let mut found: Vec<String> =
            note.lines().skip(1).filter(|name| is_temporary(name)).map(|name| format!("{above}/{name}")).collect();
        found.extend(self.temporary_in(bundle));
        if !self.place.is_remote() {
            let is_own = |name: &String| {
                let link = self
                    .local(name)
                    .ok()
                    .and_then(|path| serde_json::from_slice::<Link>(&durable::read(&path).ok()?).ok());
                link.is_some_and(|link| link.bundle == bundle && link.machine == self.machine)
            };
            found.extend(self.temporary_in(CHAIN).into_iter().filter(is_own));
        }
        found
    }

    fn temporary_in(&self, folder: &str) -> Vec<String> {
        let folder_here = self.local(folder).ok();
        let entries = folder_here.into_iter().flat_map(fs::read_dir).flatten().flatten();
        let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        names.filter(|name| is_temporary(name)).map(|name| format!("{folder}/{name}")).collect()
    }

    /// Removes what a command that died was putting together; `note` is its own, and held by us.
    fn clear(&self, bundle: &str, mut note: &File) {
        let mut text = String::new();
        if note.read_to_string(&mut text).is_err() || text.is_empty() {
            return;
        }
        for name in self.temporaries(bundle, &text) {
            let Ok(path) = self.local(&name) else { continue };
            let removed = if path.is_dir() { durable::remove_tree(&path) } else { durable::remove(&path) };
            if let Err(error) = removed.or_else(|error| if path.exists() { Err(error) } else { Ok(()) }) {
                tracing::warn!("{name} was left by an interruption and cannot be removed: {error}");
            }
        }
        // Made for its files, of which none came; one with something in it stays.
        if let Ok(folder) = self.local(bundle) {
            let _ = durable::remove_empty_folder(&folder);
        }
    }

    /// The temporary files of the bundles that a command began and never sealed: whether that command still runs.
    pub(super) fn pending_temporaries(&self) -> Vec<(String, bool)> {
        let notes = self.notes().into_iter().filter_map(|path| Some((bundle_of(&path)?, path)));
        let pending: Vec<(String, bool)> = self.pending();
        let runs = |bundle: &String| pending.iter().any(|(other, runs)| other == bundle && *runs);
        notes
            .flat_map(|(bundle, path)| {
                let runs = runs(&bundle);
                let text = durable::read_to_string(&path).unwrap_or_default();
                self.temporaries(&bundle, &text).into_iter().map(move |name| (name, runs))
            })
            .collect()
    }

    /// The manifest in the bundle's folder, which is written anew only where it says something else.
    pub(super) fn place_manifest(&self, bundle: &str, manifest: &Manifest) -> Result<Vec<u8>, ArchiveError> {
        let folder = self.local(bundle)?;
        let path = folder.join(MANIFEST_NAME);
        let json = manifest.to_json();
        if Manifest::read(&folder).ok().as_ref() == Some(manifest) {
            return durable::read(&path).map_err(|source| ArchiveError::read(&path, source));
        }
        durable::replace(&path, &json, false)?;
        Ok(json)
    }

    /// Every link that this machine wrote, as it was then.
    pub(super) fn witness(&self) -> Result<Vec<Tip>, ArchiveError> {
        Ok(self.memory()?.tips)
    }

    pub(super) fn memory(&self) -> Result<Memory, ArchiveError> {
        let path = self.memory_file();
        let text = match durable::read(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Memory::default()),
            bytes => bytes.map_err(|source| ArchiveError::read(&path, source))?,
        };
        let text = String::from_utf8_lossy(&text);
        let lines = text.lines().filter(|line| !line.is_empty());
        let (whole, torn): (Vec<_>, Vec<_>) = lines.map(|line| tip_of(line).ok_or(line)).partition(Result::is_ok);
        let tips: Vec<Tip> = whole.into_iter().flatten().collect();
        // A power cut tears the last line; what was sealed then is remembered again, on a line of its own.
        let again = |line: &&str| {
            let number = line.split(' ').next().and_then(|number| number.parse().ok());
            tips.iter().any(|tip| Some(tip.number) == number)
        };
        let torn = torn.into_iter().filter_map(Result::err).filter(|line| !again(line)).count();
        Ok(Memory { tips, torn })
    }

    pub(super) fn memory_file(&self) -> PathBuf {
        self.remembered(WITNESS)
    }

    pub(super) fn remember(&self, tip: &Tip) -> Result<(), ArchiveError> {
        let path = self.memory_file();
        durable::create_folder(path.parent().unwrap_or(&path))?;
        let fail = |error| DurableError::of(&path, error);
        let is_torn = durable::read(&path).is_ok_and(|bytes| bytes.last().is_some_and(|last| *last != b'\n'));
        let mut file = durable::open_to_append(&path).map_err(fail)?;
        // In one piece, so that two writers' lines never mix; and never at the end of a torn one.
        let line = format!("{}{} {}\n", if is_torn { "\n" } else { "" }, tip.number, tip.sha256);
        file.write_all(line.as_bytes()).map_err(fail)?;
        file.sync_all().map_err(fail)?;
        Ok(durable::sync_folder_of(&path)?)
    }

    /// A link of this machine's that it had no time to remember.
    fn remember_own(&self, link: &Link) -> Result<(), ArchiveError> {
        if link.machine != self.machine || self.witness()?.iter().any(|tip| tip.number == link.number) {
            return Ok(());
        }
        match self.place.read(&[link_name(link.number)])?.pop().flatten() {
            Some(bytes) => self.remember(&Tip { number: link.number, sha256: sha256_of_bytes(&bytes) }),
            None => Ok(()),
        }
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

fn is_temporary(name: &str) -> bool {
    name.starts_with(durable::TEMPORARY_PREFIX) && name.ends_with(".tmp") && !name.contains(['/', '\\'])
}

/// None of a line that is not whole.
fn tip_of(line: &str) -> Option<Tip> {
    let (number, sha256) = line.split_once(' ')?;
    (sha256.len() == 64).then_some(Tip { number: number.parse().ok()?, sha256: sha256.to_string() })
}

fn bundle_of(note: &Path) -> Option<String> {
    Some(note.file_name()?.to_str()?.replace('+', "/"))
}
