//! A week for an auditor: one zip that can be checked with nothing but `sha256sum`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Seek, Write};

use ::zip::write::SimpleFileOptions;
use ::zip::{CompressionMethod, ZipWriter};

use super::chain::{CHAIN, Link, newest};
use super::manifest::MANIFEST_NAME;
use super::seal::SEALS;
use super::{Archive, ArchiveError};
use crate::domain::IsoWeek;

/// What went into the zip.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Packed {
    pub bundles: usize,
    pub files: usize,
    pub links: usize,
    /// Sealed, and not there to be packed; `verify` says more.
    pub missing: Vec<String>,
    /// Removed on purpose before.
    pub pruned: usize,
}

const README: &str = include_str!("zip_readme.txt");

/// Packs all that the archive keeps of `week`: its bundles, their manifests, the whole chain, the seals, and how to check them.
///
/// Files are packed as they are: `SHA256SUMS` in the zip is what was sealed, so that whoever checks sees every difference.
pub fn pack<W: Write + Seek>(archive: &Archive, week: IsoWeek, to: W) -> Result<Packed, ArchiveError> {
    let links = archive.links()?;
    let mut packing = Packing { archive, zip: ZipWriter::new(to), sums: BTreeMap::new(), packed: Packed::default() };
    let pruned: Vec<&String> = links.iter().flat_map(|link| &link.pruned).collect();
    let newest = newest(links.iter().filter(|link| week.holds(link.day)));
    if newest.is_empty() {
        return Err(ArchiveError::EmptyWeek { week: week.to_string() });
    }
    for link in newest {
        match pruned.contains(&&link.bundle) {
            true => packing.packed.pruned += 1,
            false => packing.bundle(link)?,
        }
    }
    for top in [CHAIN, SEALS] {
        packing.folder(top)?;
    }
    packing.packed.links = links.len();
    packing.finish(week)
}

struct Packing<'a, W: Write + Seek> {
    archive: &'a Archive,
    zip: ZipWriter<W>,
    /// Path → the SHA-256 that was sealed.
    sums: BTreeMap<String, String>,
    packed: Packed,
}

impl<W: Write + Seek> Packing<'_, W> {
    fn bundle(&mut self, link: &Link) -> Result<(), ArchiveError> {
        self.packed.bundles += 1;
        for (name, mark) in &link.manifest.files {
            let path = format!("{}/{name}", link.bundle);
            self.sums.insert(path.clone(), mark.sha256.clone());
            self.file(&path)?;
        }
        if let Some(sha256) = &link.manifest_sha256 {
            let path = format!("{}/{MANIFEST_NAME}", link.bundle);
            self.sums.insert(path.clone(), sha256.clone());
            self.file(&path)?;
        }
        Ok(())
    }

    fn folder(&mut self, top: &str) -> Result<(), ArchiveError> {
        self.archive.place.list(top, None)?.into_iter().try_for_each(|listed| self.file(&listed.name))
    }

    fn file(&mut self, path: &str) -> Result<(), ArchiveError> {
        match self.archive.place.read(&[path.to_string()])?.pop().flatten() {
            Some(bytes) => {
                self.packed.files += 1;
                self.write(path, &bytes)
            }
            None => {
                self.packed.missing.push(path.to_string());
                Ok(())
            }
        }
    }

    fn finish(mut self, week: IsoWeek) -> Result<Packed, ArchiveError> {
        let sums = self.sums.iter().fold(String::new(), |mut sums, (path, sha256)| {
            // Writing to a string cannot fail.
            let _ = writeln!(sums, "{sha256}  {path}");
            sums
        });
        self.write("SHA256SUMS", sums.as_bytes())?;
        let readme = README.replace("{week}", &week.to_string()).replace("{links}", &self.packed.links.to_string());
        self.write("README.txt", readme.as_bytes())?;
        self.zip.finish().map_err(|source| failed("the zip", source))?;
        Ok(self.packed)
    }

    fn write(&mut self, path: &str, bytes: &[u8]) -> Result<(), ArchiveError> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .large_file(bytes.len() as u64 > u64::from(u32::MAX / 2));
        self.zip.start_file(path, options).map_err(|source| failed(path, source))?;
        self.zip.write_all(bytes).map_err(|source| failed(path, source))
    }
}

fn failed(path: &str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> ArchiveError {
    ArchiveError::Zip { path: path.to_string(), source: source.into() }
}
