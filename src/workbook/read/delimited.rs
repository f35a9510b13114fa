//! Text with separators (CSV) as people's office programs save it: in UTF-8, UTF-16 or GB18030, with a byte order mark or without, with
//! commas, semicolons or tabs.

use csv::{ReaderBuilder, StringRecord, Trim};
use encoding_rs::{Encoding, GB18030};

/// As many as a sheet has; a file with more is something else.
const MOST_ROWS: usize = 1_048_576;
const MOST_FIELDS: usize = 16_384;

/// The rows of such a file that hold anything.
#[derive(Debug)]
pub struct Delimited {
    pub separator: char,
    /// Whether nothing but its letters tells that it is in GB18030.
    pub is_guessed: bool,
    pub rows: Vec<DelimitedRow>,
    /// Where the rest could not be read: the line, and why in the reading library's words.
    pub broken: Option<(usize, String)>,
}

#[derive(Debug)]
pub struct DelimitedRow {
    /// As people count; a row in quotes may go on over several lines, this is the first.
    pub line: usize,
    /// As a spreadsheet counts rows: one that goes on over several lines is one.
    pub number: usize,
    /// Without spaces around them.
    pub cells: StringRecord,
}

impl Delimited {
    /// None where `bytes` are no text.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        decoded(bytes).map(|(text, is_guessed)| Self { is_guessed, ..Self::of_text(&text) })
    }

    fn of_text(text: &str) -> Self {
        let (hint, text) = without_hint(text);
        // The line that is left away counts.
        let before = usize::from(hint.is_some());
        let separator = hint.unwrap_or_else(|| separator(text));
        let mut reader = ReaderBuilder::new()
            .delimiter(separator)
            .has_headers(false)
            .trim(Trim::All)
            .flexible(true)
            .from_reader(text.as_bytes());
        let mut found = Self { separator: char::from(separator), is_guessed: false, rows: Vec::new(), broken: None };
        // Of the row before: its number, and the line at which it ends.
        let (mut number, mut ended) = (0, 0);
        let mut cells = StringRecord::new();
        loop {
            match reader.read_record(&mut cells) {
                Ok(false) => return found,
                Ok(true) => {}
                Err(error) => {
                    let line = error.position().map_or(0, |position| position.line() as usize);
                    found.broken = Some((before + line, error.to_string()));
                    return found;
                }
            }
            let line = line_of(&cells, text);
            number += line.saturating_sub(ended).max(1);
            ended = line + cells.iter().map(|cell| cell.matches('\n').count()).sum::<usize>();
            if found.rows.len() >= MOST_ROWS || cells.len() > MOST_FIELDS {
                let what = format!("more than {MOST_ROWS} rows or {MOST_FIELDS} columns");
                found.broken = Some((before + line, what));
                return found;
            }
            if !cells.iter().all(str::is_empty) {
                found.rows.push(DelimitedRow { line: before + line, number, cells: cells.clone() });
            }
        }
    }
}

/// UTF-8, what a byte order mark says, or GB18030, in which Chinese office programs save a CSV, where that gives Chinese words; and whether
/// it is this last guess.
fn decoded(bytes: &[u8]) -> Option<(String, bool)> {
    let read_as = |encoding: &'static Encoding| {
        let (text, _, is_broken) = encoding.decode(bytes);
        (!is_broken).then(|| text.into_owned())
    };
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return read_as(encoding).map(|text| (text, false));
    }
    let text = std::str::from_utf8(bytes).ok();
    match text.is_none_or(is_chance) && is_chinese(bytes) {
        true => read_as(GB18030).map(|text| (text, true)),
        false => text.map(|text| (text.to_string(), false)),
    }
}

/// Whether UTF-8 comes of it by chance: accented letters and `÷`, none of which stands in a word.
fn is_chance(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    let stands_alone = |place: usize| {
        let beside = [place.checked_sub(1), Some(place + 1)].into_iter().flatten().filter_map(|at| letters.get(at));
        beside.into_iter().all(|letter| !letter.is_ascii_alphabetic())
    };
    let odd = |(place, letter): (usize, &char)| {
        letter.is_ascii() || (('\u{E1}'..='\u{FF}').contains(letter) && stands_alone(place))
    };
    !text.is_ascii() && letters.iter().enumerate().all(odd)
}

/// Whether most of what is not ASCII is what GB18030 has for common Chinese letters, or the four bytes by which it writes what no other
/// encoding does so.
fn is_chinese(bytes: &[u8]) -> bool {
    let (mut common, mut others) = (0_usize, 0_usize);
    let mut left = bytes;
    while let [first, rest @ ..] = left {
        left = match (*first, rest) {
            (0x81.., [b'0'..=b'9', 0x81..=0xFE, b'0'..=b'9', rest @ ..]) => {
                common += 1;
                rest
            }
            (0x80.., [second, rest @ ..]) => {
                match (*first, *second) {
                    (0xB0..=0xF7, 0xA1..=0xFE) => common += 1,
                    // Signs, such as a full stop.
                    (0xA1..=0xA9, 0xA1..=0xFE) => {}
                    _ => others += 1,
                }
                rest
            }
            _ => rest,
        };
    }
    common > others
}

/// Excel's own first line `sep=;`, which names the separator, and what follows it.
fn without_hint(text: &str) -> (Option<u8>, &str) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let first = first.trim_end_matches('\r').trim_matches('"').to_ascii_lowercase();
    match first.strip_prefix("sep=").map(str::as_bytes) {
        Some(&[separator]) => (Some(separator), rest),
        _ => (None, text),
    }
}

// Excel writes semicolons where the comma is the decimal sign.
fn separator(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    let count = |separator: &u8| first.bytes().filter(|byte| byte == separator).count();
    // Of equals the last is taken, and a file of one column has none of them.
    [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',')
}

// A record's position is where the one before it ended: line ends and empty lines may lie between.
fn line_of(cells: &StringRecord, text: &str) -> usize {
    let Some(position) = cells.position() else { return 1 };
    let rest = text.as_bytes().get(position.byte() as usize..).unwrap_or_default();
    let skipped = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).filter(|byte| **byte == b'\n').count();
    position.line() as usize + skipped
}
