//! How much longer it takes to read a workbook back than to let the Excel library alone stream the same cells, and in how much memory:
//! `cargo bench --bench read`, by hand, which prints a table; with `-- bounds` one of files that hold as much as may be.
//!
//! A release build takes half an hour for polars. Without it, and with nothing but our own crate compiled again (six minutes of CPU and more):
//!
//! ```sh
//! cargo bench --profile dev --config 'profile.dev.package.couponbook.opt-level=3' --bench read
//! ```
//!
//! There some of what the library itself uses (memchr) is not optimised: the seconds are more, for both.
//!
//! The workbooks are made once under `target/` by the export's own writer and kept: every row a coupon, one in six with a finding, one in
//! 250 with an action. Numbers of rows as arguments make others. Each reading is a process of its own, so that its CPU time and peak of
//! memory are; the ways take turns. `benches/read_peers.py` reads the same files with openpyxl and python-calamine.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "run by hand")]

mod measures;
mod workbooks;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use calamine::{DataRef, Reader, Xlsx, open_workbook};
use couponbook::workbook::read::{self, Known};

use workbooks::Failed;

/// The ways to read a file, by the word that asks a process of its own for it.
const LIBRARY: &str = "library";
const READ: &str = "read";
const COMPARE: &str = "compare";
/// As a plan reads a file that is full to the brim.
const SMALL: &str = "small";
const ROUNDS: usize = 5;

fn main() -> Result<(), Failed> {
    let answer = choose();
    // A refusal takes time and memory too.
    if let Err(error) = &answer
        && let Some(refused) = error.downcast_ref::<read::ReadError>()
    {
        println!("refused: {}", refused.reason);
        own_measures();
        return Ok(());
    }
    answer
}

fn choose() -> Result<(), Failed> {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [LIBRARY, file] => library(Path::new(file)),
        [READ, file] => told(read::open(Path::new(file))?.decide(Known::default())),
        [SMALL, file] => {
            // Of an export that has none of the rows.
            let export = workbooks::export(0)?;
            told(read::open(Path::new(file))?.decide(Known { export: Some(&export), ..Known::default() }))
        }
        [COMPARE, file] => compare(Path::new(file)),
        ["bounds"] => bounds(),
        numbers => {
            let sizes = numbers.iter().map(|word| word.parse()).collect::<Result<Vec<usize>, _>>()?;
            table(if sizes.is_empty() { &[100_000, 1_000_000] } else { &sizes })
        }
    }
}

fn table(sizes: &[usize]) -> Result<(), Failed> {
    println!("| rows | way | CPU, median (lowest to highest) | times the library's | wall | peak memory |");
    println!("|---|---|---|---|---|---|");
    for rows in sizes {
        let file = workbooks::of_rows(*rows)?;
        let mut runs: Vec<(&str, &str, Vec<Run>)> = vec![
            (LIBRARY, "calamine alone", Vec::new()),
            (READ, "opened and decided", Vec::new()),
            (COMPARE, "and compared with the workbook as it was written", Vec::new()),
        ];
        for _ in 0..ROUNDS {
            for (way, _, runs) in &mut runs {
                runs.push(Run::of(way, &file)?);
            }
        }
        let base = median(&runs[0].2, |run| run.cpu_seconds);
        for (_, name, runs) in &runs {
            let cpu = median(runs, |run| run.cpu_seconds);
            let mut all: Vec<f64> = runs.iter().map(|run| run.cpu_seconds).collect();
            all.sort_by(f64::total_cmp);
            println!(
                "| {rows} | {name} | {cpu:.2} s ({:.2} to {:.2}) | {:.2} | {:.2} s | {:.0} MB |",
                all[0],
                all[all.len() - 1],
                cpu / base,
                median(runs, |run| run.wall_seconds),
                median(runs, |run| run.peak_mb),
            );
        }
    }
    Ok(())
}

/// Files that hold as much as may be, each read once.
fn bounds() -> Result<(), Failed> {
    println!("| file | bytes | what came of it | CPU | wall | peak memory |");
    println!("|---|---|---|---|---|---|");
    for (name, file) in workbooks::full_to_the_brim()? {
        let bytes = std::fs::metadata(&file)?.len();
        let run = Run::of(SMALL, &file)?;
        println!(
            "| {name} | {:.1} MB | {} | {:.1} s | {:.1} s | {:.0} MB |",
            bytes as f64 / 1e6,
            run.said,
            run.cpu_seconds,
            run.wall_seconds,
            run.peak_mb
        );
    }
    Ok(())
}

/// The library alone: every cell of the sheets that are read as coupons, and nothing done with it.
fn library(file: &Path) -> Result<(), Failed> {
    let mut book: Xlsx<_> = open_workbook(file)?;
    let sheets: Vec<String> = book.sheet_names().into_iter().filter(|name| name.starts_with("Coupons")).collect();
    let mut filled = 0_u64;
    for sheet in sheets {
        let mut cells = book.worksheet_cells_reader(&sheet)?;
        while let Some(cell) = cells.next_cell()? {
            filled += u64::from(!matches!(cell.get_value(), DataRef::Empty));
        }
    }
    println!("{filled} filled cells");
    own_measures();
    Ok(())
}

fn told(back: couponbook::workbook::HandedBack) -> Result<(), Failed> {
    println!(
        "{} decisions, {} rows without, {} problems, {} remarks",
        back.decisions.len(),
        back.undecided.len(),
        back.problems.count(),
        back.remarks.count()
    );
    own_measures();
    Ok(())
}

/// As a plan does: beside the workbook as the archive has it, which is the same file here.
fn compare(file: &Path) -> Result<(), Failed> {
    let opened = read::open(file)?;
    let written = [read::open_written(file, std::fs::read(file)?)?];
    told(opened.decide(Known { written: &written, ..Known::default() }))
}

/// What one process took.
struct Run {
    said: String,
    cpu_seconds: f64,
    wall_seconds: f64,
    peak_mb: f64,
}

impl Run {
    fn of(way: &str, file: &Path) -> Result<Self, Failed> {
        let began = Instant::now();
        let child = Command::new(std::env::current_exe()?).arg(way).arg(file).stderr(Stdio::piped()).output()?;
        let wall_seconds = began.elapsed().as_secs_f64();
        let words = String::from_utf8(child.stdout)?;
        let mut lines = words.lines();
        let refusal = String::from_utf8_lossy(&child.stderr).into_owned();
        let said = lines.next().map_or(refusal, str::to_string);
        let mut number = || lines.next().and_then(|line| line.parse().ok()).unwrap_or(f64::NAN);
        Ok(Self { said, cpu_seconds: number(), wall_seconds, peak_mb: number() })
    }
}

/// CPU seconds of all threads and the peak of memory, a line each, where the system tells.
fn own_measures() {
    let (cpu_seconds, peak_mb) = measures::of("self").unwrap_or((f64::NAN, f64::NAN));
    println!("{cpu_seconds}\n{peak_mb}");
}

fn median(runs: &[Run], of: impl Fn(&Run) -> f64) -> f64 {
    let mut all: Vec<f64> = runs.iter().map(of).collect();
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}
