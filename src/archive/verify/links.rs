//! Whether the chain is whole.

use std::collections::{BTreeMap, BTreeSet};

use super::{FlawKind, LINKED, Verified, is_harmless};
use crate::archive::chain::{CHAIN, How, Kind, Link, Tip, link_name, link_number};
use crate::archive::manifest::sha256_of_bytes;
use crate::archive::place::Listed;
use crate::archive::seal::{SEALS, Seal};
use crate::archive::{Archive, ArchiveError};
use crate::durable::DurableError;

/// A link as it lies there.
pub(super) struct Seen {
    pub number: u64,
    /// Empty where a symbolic link stands for it.
    pub sha256: String,
    /// None where it cannot be read as a link of its number.
    pub link: Option<Link>,
    /// Whether anything proves it: the next link, what this machine saw.
    pub is_trusted: bool,
}

/// Said of every damage that only a copy can mend.
pub(super) const FROM_A_COPY: &str = "put back the original from a copy";

impl Archive {
    /// `read` gives the links' files by their names.
    pub(super) fn verify_links(
        &self,
        verified: &mut Verified,
        read: impl Fn(&[String]) -> Result<Vec<Option<Vec<u8>>>, ArchiveError>,
    ) -> Result<Vec<Seen>, ArchiveError> {
        let mut seen = self.seen_links(verified, read)?;
        let mut known: BTreeMap<u64, BTreeSet<String>> = BTreeMap::new();
        let memory = self.memory()?;
        let torn = memory.torn;
        for tip in memory.tips {
            known.entry(tip.number).or_default().insert(tip.sha256);
        }
        self.holes(&seen, &known, verified);
        for index in 0..seen.len() {
            let is_right =
                judge(&seen, index, &known, verified) && self.says_what_its_bundle_is(&seen, index, verified);
            if let Some(one) = seen.get_mut(index) {
                one.is_trusted = is_right;
            }
        }
        clocks(&seen, verified);
        self.tell_forgotten(&seen, &known, torn, verified);
        verified.links = seen.len();
        verified.tip = seen
            .iter()
            .rfind(|one| !one.sha256.is_empty())
            .map(|last| Tip { number: last.number, sha256: last.sha256.clone() });
        Ok(seen)
    }

    fn seen_links(
        &self,
        verified: &mut Verified,
        read: impl Fn(&[String]) -> Result<Vec<Option<Vec<u8>>>, ArchiveError>,
    ) -> Result<Vec<Seen>, ArchiveError> {
        let mut names = Vec::new();
        for listed in self.listed(CHAIN, verified)? {
            match link_number(&listed.name).filter(|number| link_name(*number) == listed.name) {
                Some(number) => names.push((number, listed.name)),
                None if is_harmless(&listed.name) => {
                    let note = format!("{} is a file manager's or an office program's; it is left alone", listed.name);
                    verified.notes.push(note);
                }
                None => verified.flaw(FlawKind::Added, listed.name, "is no link of the chain; move it away"),
            }
        }
        names.sort();
        let paths: Vec<String> = names.iter().map(|(_, name)| name.clone()).collect();
        let mut seen = Vec::with_capacity(names.len());
        for ((number, name), bytes) in names.into_iter().zip(read(&paths)?) {
            let Some(bytes) = bytes else {
                // Listed, and not to be read: something else stands there for it.
                verified.flaw(FlawKind::SymbolicLink, name, LINKED);
                seen.push(Seen { number, sha256: String::new(), link: None, is_trusted: false });
                continue;
            };
            let link = match Link::read(&name, &bytes) {
                Err(error @ ArchiveError::Newer { .. }) => return Err(error),
                link => link.ok().filter(|link| link.number == number),
            };
            seen.push(Seen { number, sha256: sha256_of_bytes(&bytes), link, is_trusted: false });
        }
        Ok(seen)
    }

    /// Whether the kind of a link, and its day where the name has one, are those of its bundle's name: who prunes by them must be able to
    /// rely on it.
    fn says_what_its_bundle_is(&self, seen: &[Seen], index: usize, verified: &mut Verified) -> bool {
        let Some((number, link)) = seen.get(index).and_then(|one| Some((one.number, one.link.as_ref()?))) else {
            return false;
        };
        let by_day = |kind| matches!(kind, Kind::Snapshot | Kind::Changes | Kind::SignOffs);
        let is_so = match (link.kind, self.kind_and_day(&link.bundle)) {
            (Kind::Seal, _) => link.bundle == SEALS,
            (Kind::Prune, _) => link.bundle.is_empty(),
            (kind, Some((wanted, day))) => kind == wanted && (!by_day(kind) || day == link.day),
            (_, None) => false,
        };
        if !is_so {
            let what = format!("says another kind or day of {} than its name does: it was forged", link.bundle);
            verified.flaw(FlawKind::LinkChanged, link_name(number), what);
        }
        is_so
    }

    /// None of a folder that a symbolic link stands for.
    fn listed(&self, top: &str, verified: &mut Verified) -> Result<Vec<Listed>, ArchiveError> {
        match self.place.list(top, None) {
            Err(ArchiveError::Write(error @ DurableError::Linked { .. })) => {
                verified.flaw(FlawKind::SymbolicLink, top, error.to_string());
                Ok(Vec::new())
            }
            listed => listed,
        }
    }

    /// Numbers that are not there, in the middle and at the end.
    fn holes(&self, seen: &[Seen], known: &BTreeMap<u64, BTreeSet<String>>, verified: &mut Verified) {
        let mut next = 1;
        for one in seen {
            if one.number > next {
                let what = format!("{} missing from the chain; {FROM_A_COPY}", are(next, one.number - 1));
                verified.flaw(FlawKind::LinkMissing, link_name(next), what);
            }
            next = one.number.saturating_add(1);
        }
        if let Some(last) = known.keys().next_back().filter(|last| **last >= next) {
            let what = format!(
                "{} missing at the end: this machine saw the chain come to link {last}; {FROM_A_COPY}",
                are(next, *last)
            );
            verified.flaw(FlawKind::EndRemoved, link_name(next), what);
        }
    }

    /// What this machine wrote and does not remember: nothing here proves that it is still what it was.
    fn tell_forgotten(
        &self,
        seen: &[Seen],
        known: &BTreeMap<u64, BTreeSet<String>>,
        torn: usize,
        verified: &mut Verified,
    ) {
        let own = seen.iter().filter_map(|one| one.link.as_ref()).filter(|link| link.machine == self.machine);
        // One that was interrupted is remembered by the next that writes.
        let forgotten: Vec<u64> = own
            .filter(|link| !known.contains_key(&link.number) && !self.is_pending(&link.bundle))
            .map(|link| link.number)
            .collect();
        let lacks = match forgotten.as_slice() {
            [] if torn == 0 => return,
            [] => "a line of it cannot be read".to_string(),
            [first, .., last] => {
                format!("it lacks {} links that this machine wrote ({first} to {last})", forgotten.len())
            }
            [only] => format!("it lacks link {only}, which this machine wrote"),
        };
        verified.notes.push(format!(
            "what this machine remembers of the chain was shortened or lost: {lacks} ({}); whether the chain was changed or cut off there is \
             not proved here; compare with a seal that was kept elsewhere: `couponbook archive verify --against \"LINE\"`",
            self.memory_file().display()
        ));
    }

    /// What the seals in the archive say, and one that was kept elsewhere.
    pub(super) fn verify_seals(
        &self,
        seen: &[Seen],
        against: Option<&Seal>,
        verified: &mut Verified,
    ) -> Result<(), ArchiveError> {
        let names: Vec<String> = self.listed(SEALS, verified)?.into_iter().map(|listed| listed.name).collect();
        for (name, bytes) in names.iter().zip(self.place.read(&names)?) {
            let text = bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
            match text.parse::<Seal>() {
                Ok(seal) => check_seal(&seal, name, seen, verified),
                Err(error) => verified.flaw(FlawKind::SealBroken, name.clone(), error.to_string()),
            }
        }
        if let Some(seal) = against {
            check_seal(seal, "the seal that was given", seen, verified);
        }
        Ok(())
    }
}

/// Whether the link is what it was when it was written: all that this machine and the next link know of it agree.
fn judge(seen: &[Seen], index: usize, known: &BTreeMap<u64, BTreeSet<String>>, verified: &mut Verified) -> bool {
    let Some(one) = seen.get(index) else { return false };
    let name = link_name(one.number);
    if one.sha256.is_empty() {
        return false;
    }
    let Some(link) = &one.link else {
        let what = format!("cannot be read as link {} of the chain: it was changed; {FROM_A_COPY}", one.number);
        verified.flaw(FlawKind::LinkChanged, name, what);
        return false;
    };
    let witnessed = known.get(&one.number);
    if witnessed.is_some_and(|hashes| hashes.iter().any(|hash| *hash != one.sha256)) {
        let what = format!("is not the link that this machine saw: it was changed or replaced; {FROM_A_COPY}");
        verified.flaw(FlawKind::LinkChanged, name, what);
        return false;
    }
    let before = index
        .checked_sub(1)
        .and_then(|index| seen.get(index))
        .filter(|before| before.number.checked_add(1) == Some(one.number));
    let disagrees = match before {
        Some(before) => link.before.as_ref() != Some(&before.sha256),
        None => one.number == 1 && link.before.is_some(),
    };
    if disagrees {
        // Where this machine saw the one before, the fault is here; and the other way round.
        let before_is_right = before.is_some_and(|before| before.is_trusted && known.contains_key(&before.number));
        let told = before.is_some_and(|before| !before.is_trusted);
        if !told {
            let (which, who) = match (before_is_right, witnessed.is_some()) {
                (false, true) => (link_name(one.number.saturating_sub(1)), "was changed since"),
                (true, _) => (name, "does not follow the link before it: it was changed"),
                (false, false) => (name, "does not follow the link before it: one of the two was changed"),
            };
            let (number, earlier) = (one.number, one.number.saturating_sub(1));
            let what = format!("{who} (link {number} holds another SHA-256 of link {earlier}); {FROM_A_COPY}");
            verified.flaw(FlawKind::LinkChanged, which, what);
        }
        return witnessed.is_some();
    }
    true
}

/// A clock that went back changes no order; it is worth a word.
fn clocks(seen: &[Seen], verified: &mut Verified) {
    let links: Vec<&Link> = seen.iter().filter_map(|one| one.link.as_ref()).collect();
    for pair in links.windows(2) {
        if let [one, next] = pair
            && let (Some(earlier), Some(later)) = (one.sealed_at, next.sealed_at)
            && later < earlier
        {
            verified.notes.push(format!(
                "the clock of {} was set back: link {} says {}, the link before it {}; the order is that of the numbers",
                next.machine,
                next.number,
                later.format("%Y-%m-%d %H:%M UTC"),
                earlier.format("%Y-%m-%d %H:%M UTC")
            ));
        }
    }
    for link in &links {
        if link.how == How::Mended {
            verified.notes.push(format!("link {} seals {} after an interruption", link.number, link.bundle));
        }
    }
    let found = links.iter().filter(|link| link.how == How::Found).count();
    if found > 0 {
        verified.notes.push(format!("{found} bundles are older than the chain and were sealed as they were found"));
    }
}

fn check_seal(seal: &Seal, name: &str, seen: &[Seen], verified: &mut Verified) {
    let (week, number) = (seal.week, seal.tip.number);
    let broken = match seen.iter().find(|one| one.number == number) {
        None => Some(format!("{week} was sealed at link {number}, which is gone; {FROM_A_COPY}")),
        Some(one) if one.sha256 != seal.tip.sha256 => Some(format!(
            "{week} was sealed at another link {number} than is there: the chain was rewritten; {FROM_A_COPY}"
        )),
        Some(_) => {
            let links: Vec<Link> = seen.iter().filter_map(|one| one.link.clone()).collect();
            let now = Seal::of(week, &links, &seal.tip, seal.at);
            (!now.says_what(seal)).then(|| {
                format!(
                    "{week} was sealed with {} bundles, {} files, {} bytes; the chain up to link {number} has {}, {}, {}",
                    seal.bundles, seal.files, seal.bytes, now.bundles, now.files, now.bytes
                )
            })
        }
    };
    if let Some(what) = broken {
        verified.flaw(FlawKind::SealBroken, name, what);
    }
}

fn are(first: u64, last: u64) -> String {
    if first == last { format!("link {first} is") } else { format!("links {first} to {last} are") }
}
