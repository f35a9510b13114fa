//! A line that says how far the chain had come: kept in the archive, and wherever else a manager puts it (a mail to themselves).
//! Whoever changes the archive afterwards cannot change that mail.

use std::fmt;
use std::str::FromStr;

use super::chain::{Kind, Link, Tip, newest};
use super::manifest::{FileMark, Manifest};
use super::place::Put;
use super::{Archive, ArchiveError};
use crate::domain::{IsoWeek, Timestamp};

pub(super) const SEALS: &str = "seals";

/// What a week holds, and the link that the chain had come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    pub week: IsoWeek,
    pub bundles: usize,
    pub files: usize,
    pub bytes: u64,
    pub tip: Tip,
    pub at: Timestamp,
}

impl Seal {
    /// What `links` (in order, none missing) say of `week` up to `tip`.
    pub(super) fn of(week: IsoWeek, links: &[Link], tip: &Tip, at: Timestamp) -> Self {
        let newest = newest(links.iter().filter(|link| link.number <= tip.number && week.holds(link.day)));
        Self {
            week,
            bundles: newest.len(),
            files: newest.iter().map(|link| link.manifest.files.len()).sum(),
            bytes: newest.iter().map(|link| link.bytes()).sum(),
            tip: tip.clone(),
            at,
        }
    }

    /// Whether two seals say the same of the archive, whenever they were made.
    pub(super) fn says_what(&self, other: &Self) -> bool {
        (self.bundles, self.files, self.bytes) == (other.bundles, other.files, other.bytes)
    }
}

impl fmt::Display for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { week, bundles, files, bytes, tip, at } = self;
        let at = at.format("%Y-%m-%dT%H:%M:%SZ");
        let Tip { number, sha256 } = tip;
        write!(
            f,
            "couponbook seal {week}: bundles {bundles}, files {files}, bytes {bytes}, link {number}, sha256 {sha256}, sealed {at}"
        )
    }
}

impl FromStr for Seal {
    type Err = ArchiveError;

    /// The line as it was printed; mail programs may have wrapped it.
    fn from_str(text: &str) -> Result<Self, ArchiveError> {
        let bad = || ArchiveError::BadSeal { found: text.chars().take(200).collect() };
        let words = text.split_whitespace().map(|word| word.trim_matches([',', ':', '>']));
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        let after = |name: &str| {
            let place = words.iter().position(|word| *word == name)?;
            words.get(place + 1).copied()
        };
        let number = |name: &str| after(name)?.parse::<u64>().ok();
        let sha256 = after("sha256").filter(|hash| hash.len() == 64).ok_or_else(bad)?;
        Ok(Self {
            week: after("seal").and_then(|week| IsoWeek::parse(week).ok()).ok_or_else(bad)?,
            bundles: number("bundles").and_then(|count| count.try_into().ok()).ok_or_else(bad)?,
            files: number("files").and_then(|count| count.try_into().ok()).ok_or_else(bad)?,
            bytes: number("bytes").ok_or_else(bad)?,
            tip: Tip { number: number("link").ok_or_else(bad)?, sha256: sha256.to_ascii_lowercase() },
            at: after("sealed").and_then(|at| at.parse().ok()).ok_or_else(bad)?,
        })
    }
}

impl Archive {
    /// Seals a week as it is now: the line is kept in `seals/`, linked, and given back to be kept elsewhere too. Tells where.
    pub fn seal(&self, week: IsoWeek, by: &str, at: Timestamp) -> Result<(Seal, String), ArchiveError> {
        self.must_hold()?;
        self.mend();
        let links = self.links()?;
        let empty = || ArchiveError::EmptyWeek { week: week.to_string() };
        let tip = self.tip()?.ok_or_else(empty)?;
        let seal = Seal::of(week, &links, &tip, at);
        if seal.bundles == 0 {
            return Err(empty());
        }
        let line = format!("{seal}\n").into_bytes();
        let names = (1..u32::MAX).map(|number| match number {
            1 => format!("{week}.txt"),
            _ => format!("{week}-{number}.txt"),
        });
        for file in names {
            let name = format!("{SEALS}/{file}");
            if self.place.put_new(&name, &line)? == Put::Taken {
                continue;
            }
            let files = [(file, FileMark::of_bytes(&line))].into_iter().collect();
            let manifest = Manifest::of_files(files, self.about(&week.to_string()));
            let draft = Link::new(Kind::Seal, week.monday(), SEALS, manifest);
            self.append(Link { by: Some(by.to_string()), ..draft })?;
            return Ok((seal, self.place.shown(&name)));
        }
        Err(empty())
    }
}
