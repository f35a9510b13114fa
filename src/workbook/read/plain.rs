//! Parts as office programs write them, walked by their bytes.
//!
//! [`part::walk`](super::part::walk) reads every kind of XML with the reading library's own parser, which takes as long as reading the
//! cells does. Nearly all that office programs write is of the plainest kind: tags, text and references, no comments, no other
//! sections. There the parser does nothing but look for the next of a few bytes, and so does this. Nothing is refused here: what is not
//! plain, and what is beyond a bound, is left to `part::walk` from the beginning, so that this accepts nothing that it would refuse,
//! and notes the same (`tests/it/workbook_read/hostile.rs` compares the two).
//!
//! What passed is handed on without its empty cells: the reading library finds nothing in them, and they may be most of a sheet.

use std::io::Read;

use memchr::{memchr, memchr2, memchr3};
use quick_xml::events::{BytesEnd, BytesStart};

use super::bounds::Bounds;
use super::part::{Part, Walker};

/// A tag or a text that does not fit is not plain.
const WINDOW_BYTES: usize = 256 * 1024;
/// With fewer bytes at hand more are read first, so that whole cells are at hand.
const MARGIN_BYTES: usize = 4 * 1024;
const MARK: &[u8] = b"\xEF\xBB\xBF";

/// Reads a part of at most `most_bytes`, within `bounds`, to its end, or to that of the first `rows`, and gives what it holds to `keep`, piece by piece,
/// without the empty cells. The part and how many bytes it has; none where it is not plain, or not within bounds.
pub(super) fn walk(
    name: &str,
    mut entry: impl Read,
    (most_bytes, bounds): (u64, Bounds),
    rows: Option<u32>,
    keep: &mut dyn FnMut(&[u8]),
) -> Option<(Part, u64)> {
    let mut window = vec![0; WINDOW_BYTES];
    let mut scan = Scan::new(Walker::new(name, bounds), rows.unwrap_or(u32::MAX));
    let mut filled = 0;
    loop {
        let mut is_last = false;
        while filled < window.len() && !is_last {
            let read = entry.read(window.get_mut(filled..)?).ok()?;
            filled += read;
            is_last = read == 0;
        }
        if scan.passed + filled as u64 > most_bytes {
            return None;
        }
        let done = scan.pass(window.get(..filled)?, is_last)?;
        keep(&scan.kept);
        scan.kept.clear();
        scan.passed += done as u64;
        if scan.is_enough {
            keep(b"</sheetData></worksheet>");
            return Some((scan.walker.part, scan.passed));
        }
        if is_last {
            return (done == filled && scan.walker.depth == 0).then_some((scan.walker.part, scan.passed));
        }
        if done == 0 {
            return None;
        }
        window.copy_within(done..filled, 0);
        filled -= done;
    }
}

struct Scan<'a> {
    walker: Walker<'a>,
    /// Bytes before those at hand.
    passed: u64,
    kept: Vec<u8>,
    is_begun: bool,
    rows: u32,
    /// Whether so many rows have gone by.
    is_enough: bool,
}

/// A piece of the plainest kind that has gone by.
enum Passed {
    Whole(usize),
    /// An empty cell, up to there.
    Empty(usize),
}

impl<'a> Scan<'a> {
    fn new(walker: Walker<'a>, rows: u32) -> Self {
        let kept = Vec::with_capacity(WINDOW_BYTES);
        Self { walker, passed: 0, kept, is_begun: false, rows, is_enough: false }
    }

    /// Passes whatever is whole in `bytes`, which begin outside a tag, and says how much that is. None where something is not plain.
    fn pass(&mut self, bytes: &[u8], is_last: bool) -> Option<usize> {
        let mut at = 0;
        if !self.is_begun {
            at = beginning(bytes)?;
            self.is_begun = true;
        }
        let margin = if is_last { 0 } else { MARGIN_BYTES };
        let mut kept_from = at;
        while at + margin < bytes.len() {
            let piece = match bytes.get(at..at + 3) {
                Some(b"<c ") => self.cell(bytes, at),
                Some(b"<si") => self.string(bytes, at).map(Passed::Whole),
                _ => None,
            };
            match piece {
                Some(Passed::Whole(after)) => at = after,
                Some(Passed::Empty(after)) => {
                    self.kept.extend_from_slice(bytes.get(kept_from..at)?);
                    (at, kept_from) = (after, after);
                }
                None => match self.event(bytes, at)? {
                    // Of the row beyond nothing is kept.
                    Some(_) if self.walker.row > self.rows => {
                        self.is_enough = true;
                        break;
                    }
                    Some(after) => at = after,
                    // The rest of it is still to come.
                    None if !is_last => break,
                    None => return None,
                },
            }
        }
        let done = bytes.get(kept_from..at)?;
        self.kept.extend_from_slice(done);
        // The library looks at each piece for itself; between them stand signs of one byte, so that all are sound if the whole is.
        std::str::from_utf8(bytes.get(..at)?).ok()?;
        Some(at)
    }

    /// The next tag, text or reference; `Some(None)` where it is not whole.
    fn event(&mut self, bytes: &[u8], at: usize) -> Option<Option<usize>> {
        let rest = bytes.get(at..)?;
        let length = match rest {
            [b'<', b'/', ..] => match memchr(b'>', rest) {
                Some(end) => {
                    self.close(rest.get(2..end)?)?;
                    Some(end + 1)
                }
                None => None,
            },
            [b'<', letter, ..] if letter.is_ascii_alphabetic() => match end_of_tag(rest)? {
                Some(end) => {
                    self.open(rest.get(1..end)?, at)?;
                    Some(end + 1)
                }
                None => None,
            },
            // A single sign may be the beginning of anything.
            [b'<'] => None,
            [b'<', ..] => return None,
            [b'&', name @ ..] => match memchr3(b';', b'&', b'<', name) {
                Some(end) if name.get(end) == Some(&b';') => {
                    self.walker.reference().ok()?;
                    Some(end + 2)
                }
                Some(_) => return None,
                None => None,
            },
            text => match memchr2(b'<', b'&', text) {
                Some(end) => {
                    self.text(text.get(..end)?)?;
                    Some(end)
                }
                // Behind the last tag.
                None if self.walker.depth == 0 && text.iter().all(u8::is_ascii_whitespace) => Some(text.len()),
                None => None,
            },
        };
        if let Some(length) = length {
            self.walker.check_piece(self.passed + (at + length) as u64).ok()?;
        }
        Some(length.map(|length| at + length))
    }

    fn open(&mut self, content: &[u8], at: usize) -> Option<()> {
        let content = std::str::from_utf8(content).ok()?;
        let (content, is_closed) = content.strip_suffix('/').map_or((content, false), |content| (content, true));
        let is_space = |byte: u8| matches!(byte, b' ' | b'\r' | b'\n' | b'\t');
        let name_length = content.bytes().position(is_space).unwrap_or(content.len());
        let element = BytesStart::from_content(content, name_length);
        // The library counts cells that have no address; those that it does not get would be missing in its count.
        if element.local_name().as_ref() == "c" && !content.starts_with("c r=\"") {
            return None;
        }
        self.walker.start(&element, self.passed + at as u64).ok()?;
        if is_closed {
            self.walker.end(element.local_name().as_ref());
        }
        Some(())
    }

    fn close(&mut self, name: &[u8]) -> Option<()> {
        // Without spaces and quotation marks, which would belong to it in some way.
        let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b":_.-".contains(byte);
        if self.walker.depth == 0 || name.is_empty() || !name.iter().all(is_plain) {
            return None;
        }
        self.walker.end(BytesEnd::new(std::str::from_utf8(name).ok()?).local_name().as_ref());
        Some(())
    }

    fn text(&mut self, text: &[u8]) -> Option<()> {
        if self.walker.is_in_error() {
            // The parser makes one sign of the two that end a line.
            let text = std::str::from_utf8(text).ok().filter(|text| !text.contains('\r'))?;
            self.walker.note_error(text);
        }
        Some(())
    }

    /// A cell as most are: an address, a format and a kind, and in it a value, a text, or nothing. None where it is another.
    fn cell(&mut self, bytes: &[u8], at: usize) -> Option<Passed> {
        let (place, after_place) = address(bytes, at + 3)?;
        let mut here = after_place;
        let mut is_closed = false;
        loop {
            match bytes.get(here..here + 4)? {
                b" s=\"" => here = after_quote(bytes, here + 4, u8::is_ascii_digit)?,
                // An error's text is noted.
                b" t=\"" if bytes.get(here + 4..here + 6)? != b"e\"" => {
                    here = after_quote(bytes, here + 4, u8::is_ascii_alphabetic)?;
                }
                [b'>', ..] => break here += 1,
                [b'/', b'>', ..] => {
                    is_closed = true;
                    break here += 2;
                }
                _ => return None,
            }
        }
        if is_closed {
            return self.walker.take_cell(place, 1, 0).then_some(Passed::Empty(here));
        }
        let (words, closing, elements): (_, &[u8], _) = match bytes.get(here..here + 3)? {
            b"<v>" => (here + 3, b"</v></c>", 2),
            b"<is" => {
                let words = after(bytes, here, b"<is><t>");
                let words = words.or_else(|| after(bytes, here, b"<is><t xml:space=\"preserve\">"))?;
                (words, b"</t></is></c>", 3)
            }
            _ => return None,
        };
        let (end, references) = text_end(bytes, words)?;
        let end = after(bytes, end, closing)?;
        self.walker.take_cell(place, elements, references).then_some(Passed::Whole(end))
    }

    /// A shared string without formats.
    fn string(&mut self, bytes: &[u8], at: usize) -> Option<usize> {
        let words = after(bytes, at, b"<si><t>");
        let words = words.or_else(|| after(bytes, at, b"<si><t xml:space=\"preserve\">"))?;
        let (end, references) = text_end(bytes, words)?;
        let end = after(bytes, end, b"</t></si>")?;
        self.walker.take_string(references).then_some(end)
    }
}

/// Where the part begins behind what it says of itself. Only what says nothing or UTF-8 of its own encoding is plain.
fn beginning(bytes: &[u8]) -> Option<usize> {
    let at = if bytes.starts_with(MARK) { MARK.len() } else { 0 };
    let rest = bytes.get(at..)?;
    if !rest.starts_with(b"<?") {
        return matches!(rest, [b'<', letter, ..] if letter.is_ascii_alphabetic()).then_some(at);
    }
    let end = memchr(b'>', rest)?;
    let declared = std::str::from_utf8(rest.get(..end)?).ok()?.strip_prefix("<?xml ")?.strip_suffix('?')?;
    let declared = declared.to_ascii_lowercase();
    let is_known = !declared.contains("encoding")
        || ["encoding=\"utf-8\"", "encoding='utf-8'"].iter().any(|encoding| declared.contains(encoding));
    is_known.then_some(at + end + 1)
}

/// Where the tag that begins `bytes` ends, as the parser looks for it: outside quotation marks. `Some(None)` where that is not at hand.
fn end_of_tag(bytes: &[u8]) -> Option<Option<usize>> {
    let mut at = 0;
    loop {
        let Some(found) = memchr3(b'>', b'"', b'\'', bytes.get(at..)?) else { return Some(None) };
        at += found;
        match bytes.get(at)? {
            b'>' => return Some(Some(at)),
            quote => match memchr(*quote, bytes.get(at + 1..)?) {
                Some(length) => at += length + 2,
                None => return Some(None),
            },
        }
    }
}

/// Of `r="H4"` at `at`: row 4 and column 7, and where it ends. None where it is not exactly so.
fn address(bytes: &[u8], at: usize) -> Option<((u32, u32), usize)> {
    const LETTERS_MAX: usize = 3;
    const DIGITS_MAX: usize = 7;
    let mut here = after(bytes, at, b"r=\"")?;
    let letters_at = here;
    let mut column = 0;
    while let Some(letter @ b'A'..=b'Z') = bytes.get(here).filter(|_| here < letters_at + LETTERS_MAX) {
        column = column * 26 + u32::from(letter - b'A') + 1;
        here += 1;
    }
    let digits_at = here;
    let mut row = 0;
    while let Some(digit @ b'0'..=b'9') = bytes.get(here).filter(|_| here < digits_at + DIGITS_MAX) {
        row = row * 10 + u32::from(digit - b'0');
        here += 1;
    }
    let is_whole = here > digits_at && bytes.get(here) == Some(&b'"');
    is_whole.then_some(((row, column.checked_sub(1)?), here + 1))
}

/// Behind the quotation mark that ends a value of nothing but `wanted` bytes.
fn after_quote(bytes: &[u8], at: usize, wanted: fn(&u8) -> bool) -> Option<usize> {
    let mut here = at;
    while bytes.get(here).is_some_and(wanted) {
        here += 1;
    }
    (bytes.get(here) == Some(&b'"')).then_some(here + 1)
}

/// Where a text with its references ends, which is at the next tag, and how many these are.
fn text_end(bytes: &[u8], at: usize) -> Option<(usize, u64)> {
    let (mut here, mut references) = (at, 0);
    loop {
        here += memchr2(b'<', b'&', bytes.get(here..)?)?;
        if bytes.get(here) == Some(&b'<') {
            return Some((here, references));
        }
        references += 1;
        here += 1;
        here += memchr3(b';', b'&', b'<', bytes.get(here..)?)?;
        if bytes.get(here) != Some(&b';') {
            return None;
        }
        here += 1;
    }
}

/// Behind `wanted` where it stands at `at`.
fn after(bytes: &[u8], at: usize, wanted: &[u8]) -> Option<usize> {
    bytes.get(at..)?.starts_with(wanted).then_some(at + wanted.len())
}
