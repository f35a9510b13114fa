//! Text that others wrote (codes, names, a platform's words) where people read it: what would move a cursor, turn the direction of
//! writing or begin a line of its own is shown as a mark.

use std::borrow::Cow;

/// Text that stands within one line.
pub fn one_line(text: &str) -> Cow<'_, str> {
    cleaned(text, |c| is_hidden(c) || c.is_control())
}

/// Lines of our own with such text in them: they stay lines.
pub fn in_lines(text: &str) -> Cow<'_, str> {
    cleaned(text, |c| is_hidden(c) || c.is_control() && c != '\n')
}

fn cleaned(text: &str, is_marked: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.chars().any(&is_marked) {
        return Cow::Borrowed(text);
    }
    let shown = |c: char| if is_marked(c) { mark(c) } else { c.to_string() };
    Cow::Owned(text.chars().map(shown).collect())
}

/// Marks of direction, and what separates lines or paragraphs for some programs.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// `␛` of an escape, `⟨202E⟩` of what has no picture.
fn mark(c: char) -> String {
    match u32::from(c) {
        code @ 0..=0x1f => char::from_u32(0x2400 + code).unwrap_or('\u{fffd}').to_string(),
        0x7f => '\u{2421}'.to_string(),
        code => format!("⟨{code:04X}⟩"),
    }
}
