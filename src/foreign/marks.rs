//! Text that others wrote (codes, names, a platform's words) where people read it: what would move a cursor, turn the direction of
//! writing, begin a line of its own or stand there unseen is shown as a mark.

use std::borrow::Cow;

/// Text that stands within one line.
pub fn one_line(text: &str) -> Cow<'_, str> {
    cleaned(text, is_hidden, mark)
}

/// Lines of our own with such text in them: they stay lines.
pub fn in_lines(text: &str) -> Cow<'_, str> {
    cleaned(text, |c| is_hidden(c) && c != '\n', mark)
}

/// A JSON document, whose text stays the same: such letters stand in its strings only, and are escaped there.
pub fn in_json(document: &str) -> Cow<'_, str> {
    cleaned(
        document,
        |c| is_hidden(c) && c != '\n',
        |c| {
            let mut units = [0; 2];
            c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect()
        },
    )
}

fn cleaned(text: &str, is_marked: impl Fn(char) -> bool, mark: impl Fn(char) -> String) -> Cow<'_, str> {
    if !text.chars().any(&is_marked) {
        return Cow::Borrowed(text);
    }
    let (mut shown, mut before, mut letters) = (String::with_capacity(text.len()), None, text.chars().peekable());
    while let Some(letter) = letters.next() {
        if is_marked(letter) && !joins(before, letter, letters.peek().copied()) {
            shown.push_str(&mark(letter));
        } else {
            shown.push(letter);
        }
        before = Some(letter);
    }
    Cow::Owned(shown)
}

/// A family or a profession is several pictures, joined.
fn joins(before: Option<char>, letter: char, after: Option<char>) -> bool {
    let is_picture = |c: char| matches!(c, '\u{2600}'..='\u{27bf}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}');
    letter == '\u{200d}' && before.is_some_and(is_picture) && after.is_some_and(is_picture)
}

/// Control characters, marks of direction, what separates lines or paragraphs for some programs, and what has no width: a name with
/// one of these looks like another.
pub(super) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'
                | '\u{1160}'
                | '\u{17b4}'
                | '\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// `␛` of an escape, `⟨202E⟩` of what has no picture.
fn mark(c: char) -> String {
    match u32::from(c) {
        code @ 0..=0x1f => char::from_u32(0x2400 + code).unwrap_or('\u{fffd}').to_string(),
        0x7f => '\u{2421}'.to_string(),
        code => format!("{OPENS}{code:04X}{CLOSES}"),
    }
}

const OPENS: char = '⟨';
const CLOSES: char = '⟩';

/// How many bytes of a mark of [`one_line`] `text` begins with; none where it begins with something else.
pub(super) fn mark_at(text: &str) -> Option<usize> {
    match text.chars().next()? {
        first @ ('\u{2400}'..='\u{241f}' | '\u{2421}') => Some(first.len_utf8()),
        OPENS => {
            let end = text.find(CLOSES)?;
            let code = text.get(OPENS.len_utf8()..end)?;
            let is_code = (4..=6).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_hexdigit());
            is_code.then_some(end + CLOSES.len_utf8())
        }
        _ => None,
    }
}
