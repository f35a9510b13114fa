use chrono::NaiveDate;
use clap::Subcommand;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

use super::archive_week::{self, WeekArgs};
use super::context::{Context, random_letters};
use super::history::days;
use super::proofs::add_approvals;
use crate::archive::{
    Archive, ArchiveError, Asked, FlawKind, Kind as LinkKind, Link, Packed, Sample, Seal, Verified, newest, pack,
};
use crate::domain::{IsoWeek, People};
use crate::durable::{self, DurableError};
use crate::failure::{Failure, Kind};
use crate::output;
use crate::settings::{Needs, Settings};

/// Prove that the archive is whole, seal a week, write its audit workbook, list and show what is kept, pack a week, let go of old ones
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  couponbook archive verify          # was anything changed or lost?
  couponbook archive week 2026-W47   # the audit workbook of a week")]
pub struct ArchiveArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Compare every file with what was sealed, and the chain with itself, with its seals and with what this machine saw
    #[command(after_help = "\
Examples:
  couponbook archive verify
  couponbook archive verify --from 2026-W40 --sample 5%")]
    Verify(VerifyArgs),
    /// Write down how far the archive has come, in one line to keep elsewhere too: mail it to yourself
    #[command(after_help = "\
Examples:
  couponbook archive seal 2026-W47
  couponbook archive seal 2026-W47 --by Mei --json")]
    Seal {
        /// Such as 2026-W47
        #[arg(value_parser = IsoWeek::parse)]
        week: IsoWeek,
        /// In whose name
        #[arg(long, value_name = "NAME")]
        by: Option<String>,
    },
    /// What is kept, oldest first
    #[command(after_help = "\
Examples:
  couponbook archive list
  couponbook archive list --from 2026-W46 --to 2026-11-22")]
    List {
        #[command(flatten)]
        days: Days,
    },
    /// One export or run: its files, who, and what came of it
    #[command(after_help = "\
Examples:
  couponbook archive show 20261122-AM-7K3M9P
  couponbook archive show R20261122-093000-7K3M9P --json")]
    Show {
        /// Of an export or run, as `list` tells it
        id: String,
    },
    /// Remove what is older than so many weeks; the chain keeps the proof that it was there, and who removed it
    #[command(after_help = "\
Examples:
  couponbook archive prune --keep-weeks 104
  couponbook archive prune --keep-weeks 104 --yes --by Mei")]
    Prune {
        /// Whole weeks to keep before the present one
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=5200))]
        keep_weeks: u32,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
        /// In whose name
        #[arg(long, value_name = "NAME")]
        by: Option<String>,
    },
    /// Pack a week into one zip that can be checked with nothing but sha256sum
    #[command(after_help = "\
Examples:
  couponbook archive export 2026-W47
  couponbook archive export 2026-W47 --out for-the-auditor.zip
  couponbook archive export 2026-W47 --with-flaws")]
    Export {
        /// Such as 2026-W47
        #[arg(value_parser = IsoWeek::parse)]
        week: IsoWeek,
        /// Where to write it [default: reports/WEEK/archive-WEEK.zip]; never over one that is there
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Pack what is there, though files of the week are missing or are not what was sealed: as evidence
        #[arg(long)]
        with_flaws: bool,
    },
    Week(WeekArgs),
}

#[derive(Debug, clap::Args)]
struct Days {
    /// First day, or the week it begins: 2026-11-16 or 2026-W47
    #[arg(long, value_name = "DAY|WEEK", value_parser = days)]
    from: Option<(NaiveDate, NaiveDate)>,
    /// Last day, or the week it ends
    #[arg(long, value_name = "DAY|WEEK", value_parser = days)]
    to: Option<(NaiveDate, NaiveDate)>,
}

#[derive(Debug, clap::Args)]
struct VerifyArgs {
    #[command(flatten)]
    days: Days,
    /// Read only this share of the files through; the chain, and every file's presence and size, are always checked
    #[arg(long, value_name = "PERCENT", value_parser = per_mille)]
    sample: Option<u16>,
    /// A seal that was kept elsewhere
    #[arg(long, value_name = "LINE")]
    against: Option<String>,
}

pub fn run(args: &ArchiveArgs, context: &Context<'_>) -> Result<(), Failure> {
    let settings = context.settings(Needs::ARCHIVE)?;
    let archive = context.archive(&settings);
    match &args.what {
        What::Week(asked) => archive_week::run(asked, context),
        What::Verify(asked) => verify(asked, &archive, &settings.people, context),
        What::Seal { week, by } => seal(*week, &context.by(by.as_deref(), &settings)?, &archive, context),
        What::List { days } => list(days, &archive, context),
        What::Show { id } => show(id, &archive, context),
        What::Prune { keep_weeks, yes, by } => {
            prune(*keep_weeks, *yes, &context.by(by.as_deref(), &settings)?, &archive, context)
        }
        What::Export { week, out, with_flaws } => export(*week, out.clone(), *with_flaws, &settings, &archive, context),
    }
}

fn verify(args: &VerifyArgs, archive: &Archive, people: &People, context: &Context) -> Result<(), Failure> {
    let (from, to) = args.days.bounds();
    let sample = args.sample.map(sample).transpose()?;
    let usage = |error: ArchiveError| Failure::of(Kind::Usage, &error);
    let against = args.against.as_deref().map(|line| line.parse::<Seal>()).transpose().map_err(usage)?;
    let mut verified = archive.verify(&Asked { from, to, sample, against })?;
    add_approvals(archive, (from, to), people, &mut verified)?;
    context.print(&verified, &verified_words(&verified, archive))?;
    flawless(&verified)
}

fn seal(week: IsoWeek, by: &str, archive: &Archive, context: &Context) -> Result<(), Failure> {
    let (seal, file) = archive.seal(week, by, context.now())?;
    context.note(&format!("Kept in {file}. Mail this line to yourself: `archive verify --against \"…\"` checks it."));
    let line = seal.to_string();
    context.print(&serde_json::json!({ "seal": line, "file": file }), &line)
}

fn list(days: &Days, archive: &Archive, context: &Context) -> Result<(), Failure> {
    let (from, to) = days.bounds();
    let links = links_that_hold(archive, context)?;
    let pruned = pruned(&links);
    let within = |link: &&Link| from.is_none_or(|from| link.day >= from) && to.is_none_or(|to| link.day <= to);
    let mut kept: Vec<Kept> = newest(&links).into_iter().filter(within).map(|link| Kept::of(link, &pruned)).collect();
    kept.sort_by_key(|kept| kept.day);
    let mut lines = vec![format!("{:<10}  {:<9}  {:<26}  {:>5}  {:>10}  by", "day", "what", "id", "files", "bytes")];
    lines.extend(kept.iter().map(Kept::line));
    lines.push(format!("{} in {}", count(kept.len(), "bundle"), archive.shown()));
    context.print(&kept, &lines.join("\n"))
}

fn show(id: &str, archive: &Archive, context: &Context) -> Result<(), Failure> {
    let links = links_that_hold(archive, context)?;
    let pruned = pruned(&links);
    let own: Vec<&Link> = newest(&links).into_iter().filter(|link| link.id() == id.trim()).collect();
    if own.is_empty() {
        let line = format!("the archive {} holds no export or run {id}", archive.shown());
        return Err(Failure::new(Kind::Failed, line).hint("`couponbook archive list` shows what there is"));
    }
    let shown: Vec<Shown> = own.into_iter().map(|link| Shown::of(link, &links, &pruned, archive)).collect();
    let words: Vec<String> = shown.iter().map(Shown::words).collect();
    context.print(&shown, &words.join("\n"))
}

/// What does not hold is left out, and said so also where quiet was asked for.
fn links_that_hold(archive: &Archive, context: &Context) -> Result<Vec<Link>, Failure> {
    let (links, flaws) = archive.proved_links()?;
    for flaw in flaws {
        context
            .world
            .note(&format!("left out, since the chain of the archive does not hold: {}: {}", flaw.path, flaw.what));
    }
    Ok(links)
}

fn prune(keep: u32, yes: bool, by: &str, archive: &Archive, context: &Context) -> Result<(), Failure> {
    let now = context.now();
    let pruning = archive.prunable(keep, now)?;
    if pruning.is_empty() {
        return context.print(
            &pruning,
            &format!("Nothing is older than the last {}; nothing was removed.", count(keep as usize, "week")),
        );
    }
    let through = pruning.through.map(|day| format!(", all of {day} and before")).unwrap_or_default();
    let what = format!(
        "{} with {} ({}){through}",
        count(pruning.bundles.len(), "bundle"),
        count(pruning.files, "file"),
        size(pruning.bytes)
    );
    if !yes {
        let question = format!("Remove {what}? They cannot be brought back. Type yes to go on:");
        match context.world.ask(&question) {
            Some(answer) if answer.eq_ignore_ascii_case("yes") => {}
            Some(_) => return Err(Failure::new(Kind::Failed, "not pruned: you did not say yes; nothing was removed")),
            None => {
                return Err(Failure::new(Kind::Usage, format!("there is nobody to ask whether to remove {what}"))
                    .hint("add --yes to remove it without a question; nothing was removed"));
            }
        }
    }
    archive.prune(&pruning, by, now)?;
    context.print(&pruning, &format!("Removed {what}. The chain keeps the proof that they were there."))
}

fn export(
    week: IsoWeek,
    out: Option<PathBuf>,
    with_flaws: bool,
    settings: &Settings,
    archive: &Archive,
    context: &Context,
) -> Result<(), Failure> {
    #[derive(Serialize)]
    struct Exported {
        file: PathBuf,
        #[serde(flatten)]
        packed: Packed,
        flaws: usize,
    }
    archive.must_hold()?;
    let asked = Asked { from: Some(week.monday()), to: Some(week.sunday()), ..Asked::default() };
    let verified = archive.verify(&asked)?;
    if !verified.is_whole() && !with_flaws {
        context.note(&flaw_words(&verified));
        let hint =
            "nothing was written; `archive verify` says what to do, `--with-flaws` packs what is there, as evidence";
        return flawless(&verified).map_err(|failure| failure.hint(hint));
    }
    let usual = || settings.reports.join(week.to_string()).join(format!("archive-{week}.zip"));
    let path = out.unwrap_or_else(usual);
    durable::create_folder_of(&path)?;
    let full = |error| DurableError::of(&path, error).into();
    let (file, packed) =
        durable::write_free_with(&path, |file| output::gathered(file, |to| pack(archive, week, to), full))?;
    let text = format!(
        "{} holds {} of {week} with {}, and the chain of {}.",
        file.display(),
        count(packed.bundles, "bundle"),
        count(packed.files, "file"),
        count(packed.links, "link")
    );
    let report = Exported { file, packed, flaws: verified.flaws.len() };
    context.print(&report, &text)?;
    if !verified.is_whole() {
        context.note(&flaw_words(&verified));
    }
    flawless(&verified)
}

/// Bundle → the link that says who removed its files.
fn pruned(links: &[Link]) -> BTreeMap<&str, &Link> {
    links.iter().flat_map(|link| link.pruned.iter().map(move |bundle| (bundle.as_str(), link))).collect()
}

/// A bundle in one line.
#[derive(Serialize)]
struct Kept<'a> {
    day: NaiveDate,
    week: String,
    kind: LinkKind,
    id: &'a str,
    bundle: &'a str,
    link: u64,
    files: usize,
    bytes: u64,
    machine: &'a str,
    by: Option<&'a str>,
    pruned: Option<String>,
}

impl<'a> Kept<'a> {
    fn of(link: &'a Link, pruned: &BTreeMap<&str, &Link>) -> Self {
        let gone = |by: &&Link| {
            let day = by.sealed_at.map_or_else(|| by.day, |at| at.date_naive());
            format!("pruned on {day} by {}", by.by.as_deref().unwrap_or("somebody"))
        };
        Self {
            day: link.day,
            week: IsoWeek::of(link.day).to_string(),
            kind: link.kind,
            id: link.id(),
            bundle: &link.bundle,
            link: link.number,
            files: link.manifest.files.len(),
            bytes: link.bytes(),
            machine: &link.machine,
            by: link.by.as_deref(),
            pruned: pruned.get(link.bundle.as_str()).map(gone),
        }
    }

    fn line(&self) -> String {
        let who = self.pruned.as_deref().or(self.by).unwrap_or_default();
        let (kind, id) = (self.kind.words(), self.id);
        format!("{}  {kind:<9}  {id:<26}  {:>5}  {:>10}  {who}", self.day, self.files, self.bytes)
            .trim_end()
            .to_string()
    }
}

/// A bundle with its files.
#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    kept: Kept<'a>,
    sealed: Vec<String>,
    contents: BTreeMap<&'a str, u64>,
    /// Of a run.
    outcomes: BTreeMap<String, usize>,
}

impl<'a> Shown<'a> {
    fn of(link: &'a Link, links: &[Link], pruned: &BTreeMap<&str, &Link>, archive: &Archive) -> Self {
        let seals = links.iter().filter(|other| other.bundle == link.bundle);
        let told = |seal: &Link| match seal.sealed_at {
            Some(at) => format!("link {}, {}", seal.number, at.format("%Y-%m-%d %H:%M UTC")),
            None => format!("link {}", seal.number),
        };
        Self {
            kept: Kept::of(link, pruned),
            sealed: seals.map(told).collect(),
            contents: link.manifest.files.iter().map(|(name, mark)| (name.as_str(), mark.bytes)).collect(),
            outcomes: if link.kind == LinkKind::Run { outcomes(link, archive) } else { BTreeMap::new() },
        }
    }

    fn words(&self) -> String {
        let kept = &self.kept;
        let mut lines =
            vec![format!("{} {} of {} ({}), from {}", kept.kind.words(), kept.id, kept.day, kept.week, kept.machine)];
        lines.push(format!("  in {}; sealed by {}", kept.bundle, self.sealed.join(", ")));
        lines.extend(kept.by.map(|by| format!("  by {by}")));
        lines.extend(kept.pruned.iter().map(|pruned| format!("  {pruned}")));
        let counts: Vec<String> = self.outcomes.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        if !counts.is_empty() {
            lines.push(format!("  rows: {}", counts.join(", ")));
        }
        lines.extend(self.contents.iter().map(|(name, bytes)| format!("  {bytes:>10}  {name}")));
        lines.join("\n")
    }
}

/// How many rows of a run came to what; empty where its results are not there.
fn outcomes(link: &Link, archive: &Archive) -> BTreeMap<String, usize> {
    #[derive(serde::Deserialize)]
    struct Row {
        kind: String,
    }
    let file = archive.read(&link.bundle, "results.json").ok().flatten().unwrap_or_default();
    let rows: BTreeMap<String, Row> = serde_json::from_slice(&file).unwrap_or_default();
    rows.into_values().fold(BTreeMap::new(), |mut counts, row| {
        *counts.entry(row.kind.replace('_', " ")).or_default() += 1;
        counts
    })
}

fn verified_words(verified: &Verified, archive: &Archive) -> String {
    let mut lines = Vec::new();
    if !verified.is_whole() {
        lines.push(flaw_words(verified));
    }
    let read = format!("{} of {} files read ({})", verified.files_read, verified.files, size(verified.bytes_read));
    let (bundles, links) = (count(verified.bundles, "bundle"), count(verified.links, "link"));
    let pruned = match verified.pruned_bundles {
        0 => String::new(),
        some => format!(", {} pruned", count(some, "bundle")),
    };
    let is = if verified.is_whole() { "is whole" } else { "was compared" };
    lines.push(format!("The archive {} {is}: {bundles}{pruned}, {read}, {links}.", archive.shown()));
    if let Some(tip) = &verified.tip {
        lines.push(format!("It comes to link {}, sha256 {}.", tip.number, tip.sha256));
    }
    lines.extend(verified.notes.iter().map(|note| format!("note: {note}")));
    lines.join("\n")
}

fn flaw_words(verified: &Verified) -> String {
    let flaws = verified.flaws.iter().map(|flaw| format!("  {}: {}", flaw.path, flaw.what));
    let head = format!("{} in the archive:", count(verified.flaws.len(), "flaw"));
    std::iter::once(head).chain(flaws).collect::<Vec<_>>().join("\n")
}

fn flawless(verified: &Verified) -> Result<(), Failure> {
    if verified.is_whole() {
        return Ok(());
    }
    if verified.flaws.iter().all(|flaw| flaw.kind == FlawKind::Interrupted) {
        let line =
            format!("the archive has what is not sealed yet: {} interrupted", count(verified.flaws.len(), "bundle"));
        let hint = "run the interrupted command again (`couponbook export`, or `apply` of the same workbook): it seals what is there";
        return Err(Failure::new(Kind::Failed, line).hint(hint));
    }
    let line = format!("the archive is not what was sealed: {}", count(verified.flaws.len(), "flaw"));
    Err(Failure::new(Kind::Failed, line).hint("keep the archive as it is until it is known how this came about"))
}

impl Days {
    /// Days of the team's calendar, both included.
    fn bounds(&self) -> (Option<NaiveDate>, Option<NaiveDate>) {
        (self.from.map(|(first, _)| first), self.to.map(|(_, last)| last))
    }
}

/// A share of the files, in thousandths.
fn per_mille(text: &str) -> Result<u16, String> {
    let percent = text.trim().trim_end_matches('%').trim().parse().ok();
    let percent: f64 = percent.filter(|percent| (0.1..=100.0).contains(percent)).ok_or("write a share such as 5%")?;
    Ok((percent * 10.0).round() as u16)
}

/// Another part each time, so that in the end every file was read.
fn sample(per_mille: u16) -> Result<Sample, Failure> {
    let seed = random_letters(12)?.bytes().fold(0_u64, |seed, letter| seed.rotate_left(5) ^ u64::from(letter));
    Ok(Sample { per_mille, seed })
}

fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..10_000 => format!("{bytes} bytes"),
        10_000..10_000_000 => format!("{} kB", bytes / 1000),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}
