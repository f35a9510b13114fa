//! The length of Why: one sentence of at most 80 columns, so that it fills two lines of its cell.

use unicode_width::UnicodeWidthStr;

/// How many columns Why has room for: 80 Latin or 40 Chinese letters.
pub(super) const WHY_COLUMNS_MAX: usize = 80;

/// A name keeps at least this many columns; what is then still too long is said by a plainer sentence.
const NAME_COLUMNS_MIN: usize = 10;

/// The sentence about `name`, the name shortened as far as the sentence needs it.
pub(super) fn about(name: &str, sentence: impl Fn(&str) -> String) -> String {
    let name = short(name, WHY_COLUMNS_MAX);
    let whole = sentence(&name);
    let over = columns(&whole).saturating_sub(WHY_COLUMNS_MAX);
    if over == 0 {
        return whole;
    }
    sentence(&short(&name, columns(&name).saturating_sub(over).max(NAME_COLUMNS_MIN)))
}

/// The first of these that fits; the last has to, whatever the names and amounts are.
pub(super) fn first_that_fits<const N: usize>(sentences: [String; N]) -> String {
    let mut told = String::new();
    for sentence in sentences {
        told = sentence;
        if columns(&told) <= WHY_COLUMNS_MAX {
            break;
        }
    }
    told
}

/// At most `columns_max` columns of a name, on one line.
pub(super) fn short(name: &str, columns_max: usize) -> String {
    let line = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if columns(&line) <= columns_max {
        return line;
    }
    let mut head = String::new();
    for letter in line.chars() {
        head.push(letter);
        // A column for the dots.
        if columns(&head) + 1 > columns_max {
            head.pop();
            break;
        }
    }
    format!("{}…", head.trim_end())
}

/// Amounts and shares never break at a line's end.
pub(super) fn unbroken(amount: impl std::fmt::Display) -> String {
    amount.to_string().replace(' ', "\u{a0}")
}

pub(super) fn columns(text: &str) -> usize {
    text.width()
}
