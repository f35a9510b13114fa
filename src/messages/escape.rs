//! Makes harmless in foreign text what a channel would take for a mark of its own: a name must call nobody and begin no line.

use crate::foreign::one_line;

/// What every channel gets of a text: one line, what is unseen in it as marks, and not longer than anybody reads.
pub fn line(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    crate::foreign::beginning_of(&one_line(&words), LINE_LETTERS_MAX).into_owned()
}

const LINE_LETTERS_MAX: usize = 400;

/// Where markdown knows no escape (DingTalk, WeCom): its marks as the wide letters beside them, which read the same. An underscore
/// within a word is no mark, and stays: a code is copied from a message as it is.
pub fn wide_marks(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    let mut before = None;
    while let Some(letter) = letters.next() {
        let is_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        let is_mark = match letter {
            '*' | '`' | '[' | ']' | '<' | '~' | '@' | '\\' | '|' => true,
            '_' => !(is_word(before) && is_word(letters.peek().copied())),
            '#' | '>' | '-' | '+' | '=' => before.is_none(),
            _ => false,
        };
        safe.push(if is_mark { wide(letter) } else { letter });
        before = Some(letter);
    }
    safe
}

/// Feishu: a mention begins with `<at`, in plain text too.
pub fn wide_angle(text: &str) -> String {
    text.chars().map(|letter| if letter == '<' { wide(letter) } else { letter }).collect()
}

/// The wide letter that looks like a visible one of ASCII.
fn wide(letter: char) -> char {
    match letter {
        '!'..='~' => char::from_u32(u32::from(letter) + 0xfee0).unwrap_or(letter),
        other => other,
    }
}

/// Slack's mrkdwn: a mention begins with `<`.
pub fn mrkdwn(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Of Telegram and of mail, in attributes too.
pub fn html(text: &str) -> String {
    mrkdwn(text).replace('"', "&quot;").replace('\'', "&#39;")
}
