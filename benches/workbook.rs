//! What an export costs beside the Excel library alone: `cargo bench --bench workbook`, by hand, which prints a table.
//!
//! Mock shops of 5,000 coupons each, in a process of their own and without any delay, are exported by the program itself; then the library
//! alone writes the very same rows, without formats, as its constant memory mode does it. Numbers of coupons as arguments make others than
//! 100,000. The workbooks stay under `target/workbook/`, where `benches/workbook_peers.py` finds them to write the same rows with XlsxWriter,
//! openpyxl and pandas.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "run by hand")]

mod measures;
mod shops;

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use calamine::{DataRef, Reader, Xlsx, open_workbook};
use couponbook::sandbox::{Sandbox, Scenario};
use rust_xlsxwriter::Workbook;

use shops::Failed;

const A_SHOP: usize = 5_000;
/// So often a process is looked at until it ends.
const LOOK: Duration = Duration::from_millis(50);

fn main() -> Result<(), Failed> {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["serve", folder] => {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            runtime.block_on(shops::serve(Path::new(folder)))
        }
        ["bare", from, to] => bare(Path::new(from), Path::new(to)),
        numbers => {
            let sizes = numbers.iter().map(|word| word.parse()).collect::<Result<Vec<usize>, _>>()?;
            table(if sizes.is_empty() { &[100_000] } else { &sizes })
        }
    }
}

fn table(sizes: &[usize]) -> Result<(), Failed> {
    println!("| coupons | what | CPU | times the library's | wall | peak memory |");
    println!("|---|---|---|---|---|---|");
    for coupons in sizes {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/workbook").join(coupons.to_string());
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder)?;
        let (workbook, export) = exported(&folder, *coupons)?;
        let alone =
            Run::of(Command::new(std::env::current_exe()?).arg("bare").arg(&workbook).arg(folder.join("bare.xlsx")))?;
        let bare_seconds: f64 = alone.said.trim().parse()?;
        println!("| {coupons} | the library alone, the same rows | {bare_seconds:.2} s | 1 | | |");
        println!(
            "| {coupons} | export, all of it | {:.2} s | {:.2} | {:.2} s | {:.0} MB |",
            export.cpu_seconds,
            export.cpu_seconds / bare_seconds,
            export.wall_seconds,
            export.peak_mb
        );
    }
    Ok(())
}

/// The workbook of one export of all shops, and what it took.
fn exported(folder: &Path, coupons: usize) -> Result<(PathBuf, Run), Failed> {
    let shops = folder.join("shops");
    Sandbox::create(&shops, &Scenario::parse(&scenario(coupons), "workbook", chrono::Utc::now())?)?;
    let (mut child, address) = shops::start(&shops)?;
    let done = export(folder, &shops, address.parse()?);
    child.kill()?;
    child.wait()?;
    done
}

fn export(folder: &Path, shops: &Path, address: SocketAddr) -> Result<(PathBuf, Run), Failed> {
    let (config, out) = (folder.join("couponbook.toml"), folder.join("coupons.xlsx"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_couponbook"));
    command.arg("export").arg("--config").arg(&config).arg("--out").arg(&out).arg("--no-messages");
    let mut text = "team_time_zone = \"Asia/Singapore\"\narchive = \"archive\"\n[pace.woocommerce]\ncalls_per_second = 1000\ncalls_at_once = 8\n".to_string();
    for store in Sandbox::open(shops)?.stores()? {
        let secret = |name: &str| store.key(name, address).ok_or("a shop without a key");
        let variable = store.id.as_str().to_uppercase().replace('-', "_");
        command.env(format!("{variable}_KEY"), secret("consumer_key")?);
        command.env(format!("{variable}_SECRET"), secret("consumer_secret")?);
        write!(
            text,
            "[[store]]\nid = \"{}\"\nplatform = \"woocommerce\"\nendpoint = \"{}\"\n\
             consumer_key = {{ env = \"{variable}_KEY\" }}\nconsumer_secret = {{ env = \"{variable}_SECRET\" }}\n\
             currency = \"{}\"\ntime_zone = \"{}\"\n",
            store.id,
            store.base_url(address),
            store.currency,
            store.zone
        )?;
    }
    std::fs::write(&config, text)?;
    Ok((out, Run::of(&mut command)?))
}

fn scenario(coupons: usize) -> String {
    let mut text = String::new();
    for number in 0..coupons.div_ceil(A_SHOP) {
        let _ = write!(
            text,
            "[[stores]]\nid = \"woo-{number:03}\"\nplatform = \"woocommerce\"\nname = \"Shop {number}\"\nregion = \"SG\"\n"
        );
    }
    let a_shop = coupons.min(A_SHOP);
    let coupons = [("R{nn}", a_shop * 3 / 4, "-2d", "+9d"), ("E{nn}", a_shop - a_shop * 3 / 4, "-9d", "-2d")];
    for (code, repeat, starts, ends) in coupons {
        let _ = write!(
            text,
            "[[coupons]]\nstores = [\"*\"]\ncode = \"{code}\"\nname = \"Coupon {{nn}} of the season\"\nrepeat = {repeat}\n\
             starts = \"{starts}\"\nends = \"{ends}\"\ntotal = \"200-800\"\nused = \"10%-60%\"\ndiscount = {{ percent = \"15\" }}\n\
             min_spend = \"50\"\n"
        );
    }
    text
}

/// Writes the rows of the Coupons sheets once more, and says how many seconds of CPU that took: reading them is not counted.
fn bare(from: &Path, to: &Path) -> Result<(), Failed> {
    let mut book: Xlsx<_> = open_workbook(from)?;
    let names: Vec<String> = book.sheet_names().into_iter().filter(|name| name.starts_with("Coupons")).collect();
    let mut workbook = Workbook::new();
    let mut nanoseconds = 0;
    for name in names {
        let sheet = workbook.add_worksheet_with_constant_memory()?;
        let mut cells = book.worksheet_cells_reader(&name)?;
        let mut batch: Vec<(u32, u16, Owned)> = Vec::new();
        let mut is_over = false;
        while !is_over {
            batch.clear();
            while batch.len() < 200_000 {
                // Behind its end the library reads no further.
                let Some(cell) = cells.next_cell()? else {
                    is_over = true;
                    break;
                };
                let (row, column) = cell.get_position();
                match cell.get_value() {
                    DataRef::Empty => {}
                    DataRef::Float(number) => batch.push((row, column as u16, Owned::Number(*number))),
                    DataRef::DateTime(at) => batch.push((row, column as u16, Owned::Number(at.as_f64()))),
                    DataRef::SharedString(text) => batch.push((row, column as u16, Owned::Text((*text).to_string()))),
                    DataRef::String(text) => batch.push((row, column as u16, Owned::Text(text.clone()))),
                    other => return Err(format!("no cell of an export: {other:?}").into()),
                }
            }
            let before = thread_nanoseconds()?;
            for (row, column, value) in &batch {
                match value {
                    Owned::Number(number) => sheet.write_number(*row, *column, *number)?,
                    Owned::Text(text) => sheet.write_string(*row, *column, text)?,
                };
            }
            nanoseconds += thread_nanoseconds()? - before;
        }
    }
    let before = thread_nanoseconds()?;
    workbook.save(to)?;
    nanoseconds += thread_nanoseconds()? - before;
    println!("{}", nanoseconds as f64 / 1e9);
    Ok(())
}

enum Owned {
    Number(f64),
    Text(String),
}

fn thread_nanoseconds() -> Result<u64, Failed> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    Ok(told.split_whitespace().next().ok_or("no time")?.parse()?)
}

/// What a process took.
struct Run {
    said: String,
    cpu_seconds: f64,
    wall_seconds: f64,
    peak_mb: f64,
}

impl Run {
    fn of(command: &mut Command) -> Result<Self, Failed> {
        let began = Instant::now();
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let (mut cpu_seconds, mut peak_mb) = (0.0, 0.0);
        while child.try_wait()?.is_none() {
            if let Some((cpu, peak)) = measures::of(&child.id().to_string()) {
                (cpu_seconds, peak_mb) = (cpu, peak);
            }
            std::thread::sleep(LOOK);
        }
        let wall_seconds = began.elapsed().as_secs_f64();
        let output = child.wait_with_output()?;
        if !output.status.success() {
            return Err(format!("ended with {}", output.status).into());
        }
        Ok(Self { said: String::from_utf8(output.stdout)?, cpu_seconds, wall_seconds, peak_mb })
    }
}
