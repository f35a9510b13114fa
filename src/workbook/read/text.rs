//! Text as people type it: full-width letters, odd spaces, invisible marks.

/// Full-width forms become plain ones, every kind of space one space, invisible marks nothing; trimmed.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.chars().filter_map(plain) {
        if letter != ' ' || !(folded.is_empty() || folded.ends_with(' ')) {
            folded.push(letter);
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// Whether [`fold`] leaves nothing of it.
pub(super) fn is_blank(text: &str) -> bool {
    text.chars().filter_map(plain).all(|letter| letter == ' ')
}

/// [`fold`], in lower case: how words are compared.
pub(super) fn word(text: &str) -> String {
    fold(text).to_lowercase()
}

/// At most `most` letters, with an ellipsis where more was there.
pub(super) fn shorten(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some(_) => text.chars().take(most).chain(['…']).collect(),
        None => text.to_string(),
    }
}

fn plain(letter: char) -> Option<char> {
    match letter {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(letter) - 0xFEE0),
        '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' => None,
        '\u{2212}' => Some('-'),
        other if other.is_whitespace() || other.is_control() => Some(' '),
        other => Some(other),
    }
}
