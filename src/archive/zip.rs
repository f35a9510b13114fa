//! A week for an auditor: one zip that can be checked with nothing but `sha256sum`.

use std::collections::BTreeMap;
use std::io::{Seek, Write};

use ::zip::write::SimpleFileOptions;
use ::zip::{CompressionMethod, ZipWriter};
use serde::Serialize;

use super::chain::{CHAIN, Link, newest};
use super::manifest::{MANIFEST_NAME, listing};
use super::names::is_inside;
use super::seal::SEALS;
use super::{Archive, ArchiveError};
use crate::domain::IsoWeek;

/// What went into the zip.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
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
    archive.must_hold()?;
    let links = archive.links()?;
    let pruned: Vec<&String> = links.iter().flat_map(|link| &link.pruned).collect();
    let newest = newest(links.iter().filter(|link| week.holds(link.day)));
    if newest.is_empty() {
        return Err(ArchiveError::EmptyWeek { week: week.to_string() });
    }
    let (gone, kept): (Vec<&Link>, Vec<&Link>) = newest.into_iter().partition(|link| pruned.contains(&&link.bundle));
    let mut packed =
        Packed { bundles: kept.len(), links: links.len(), pruned: gone.len(), files: 0, missing: Vec::new() };
    let mut paths = Vec::new();
    let mut sums: BTreeMap<String, &str> = BTreeMap::new();
    for link in kept {
        let files = link.manifest.files.iter().map(|(name, mark)| (name.as_str(), &mark.sha256));
        for (name, sha256) in files.chain(link.manifest_sha256.iter().map(|sha256| (MANIFEST_NAME, sha256))) {
            let path = format!("{}/{name}", link.bundle);
            sums.insert(path.clone(), sha256);
            paths.push(path);
        }
    }
    for top in [CHAIN, SEALS] {
        let there = archive.place.list(top, None)?.into_iter().map(|listed| listed.name);
        // Whoever unpacks it elsewhere takes no other name for a path.
        paths.extend(there.filter(|name| is_inside(name)));
    }
    let mut zip = ZipWriter::new(to);
    for path in paths {
        // None of what a symbolic link stands for.
        match archive.place.read(std::slice::from_ref(&path))?.pop().flatten() {
            Some(bytes) => {
                packed.files += 1;
                write(&mut zip, &path, &bytes)?;
            }
            None => packed.missing.push(path),
        }
    }
    write(&mut zip, "SHA256SUMS", listing(sums.iter().map(|(path, sha256)| (path, *sha256))).as_bytes())?;
    let readme = README.replace("{week}", &week.to_string()).replace("{links}", &packed.links.to_string());
    write(&mut zip, "README.txt", readme.as_bytes())?;
    zip.finish().map_err(|source| failed("the zip", source))?;
    Ok(packed)
}

fn write<W: Write + Seek>(zip: &mut ZipWriter<W>, path: &str, bytes: &[u8]) -> Result<(), ArchiveError> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .large_file(bytes.len() as u64 > u64::from(u32::MAX / 2));
    zip.start_file(path, options).map_err(|source| failed(path, source))?;
    zip.write_all(bytes).map_err(|source| failed(path, source))
}

fn failed(path: &str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> ArchiveError {
    ArchiveError::Zip { path: path.to_string(), source: source.into() }
}
