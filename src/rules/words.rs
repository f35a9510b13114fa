//! The words of Why: one sentence of at most 80 letters, so that it fills two lines of its cell.

/// How many letters Why has room for.
pub(super) const WHY_LETTERS_MAX: usize = 80;

/// A name keeps at least this many letters; what is then still too long is said by a plainer sentence.
const NAME_LETTERS_MIN: usize = 10;

/// The sentence about `name`, the name shortened as far as the sentence needs it.
pub(super) fn about(name: &str, sentence: impl Fn(&str) -> String) -> String {
    let name = short(name, WHY_LETTERS_MAX);
    let whole = sentence(&name);
    let over = letters(&whole).saturating_sub(WHY_LETTERS_MAX);
    if over == 0 {
        return whole;
    }
    sentence(&short(&name, letters(&name).saturating_sub(over).max(NAME_LETTERS_MIN)))
}

/// The first of these that fits; the last has to, whatever the names and amounts are.
pub(super) fn first_that_fits<const N: usize>(sentences: [String; N]) -> String {
    let mut told = String::new();
    for sentence in sentences {
        told = sentence;
        if letters(&told) <= WHY_LETTERS_MAX {
            break;
        }
    }
    told
}

/// At most `letters_max` letters of a name, on one line.
pub(super) fn short(name: &str, letters_max: usize) -> String {
    let line = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if letters(&line) <= letters_max {
        return line;
    }
    let head: String = line.chars().take(letters_max.saturating_sub(1)).collect();
    format!("{}…", head.trim_end())
}

pub(super) fn thousands(count: u64) -> String {
    let digits = count.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Amounts and shares never break at a line's end.
pub(super) fn unbroken(amount: impl std::fmt::Display) -> String {
    amount.to_string().replace(' ', "\u{a0}")
}

fn letters(text: &str) -> usize {
    text.chars().count()
}
