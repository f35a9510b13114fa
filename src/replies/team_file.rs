//! A template that a team wrote: read, and checked for what it may name before anybody needs it. Plain text comes of it.

use std::io::Read;
use std::path::Path;

use minijinja::{AutoEscape, Environment, UndefinedBehavior};

use crate::domain::Message;
use crate::durable;
use crate::message;

/// A text of a few lines; what is larger was put there by mistake.
const FILE_BYTES_MAX: u64 = 64 * 1024;

/// Why a file cannot be used.
pub struct Wrong {
    pub line: Option<usize>,
    pub what: Message,
}

impl Wrong {
    pub fn of(what: Message) -> Self {
        Self { line: None, what }
    }

    /// In the words of the library that reads templates.
    pub fn broken(error: &minijinja::Error) -> Self {
        let what = Message::as_written(match error.detail() {
            Some(detail) => format!("{}: {detail}", error.kind()),
            None => error.kind().to_string(),
        });
        Self { line: error.line(), what }
    }
}

/// What templates are rendered in.
pub fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    // What is copied into a chat is plain text.
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment
}

/// The text of a file.
///
/// # Errors
/// If it cannot be read, or is no text of a few lines.
pub fn read(path: &Path) -> Result<String, Wrong> {
    let unreadable = |error: std::io::Error| Wrong::of(message!("replies-file-unreadable", error = error.to_string()));
    let file = durable::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(Wrong::of(message!("replies-file-large", kilobytes = FILE_BYTES_MAX / 1024)));
    }
    let text = String::from_utf8(bytes).map_err(|_| Wrong::of(message!("replies-file-not-utf8")))?;
    // A byte order mark is what Windows' Notepad puts first.
    Ok(text.strip_prefix('\u{feff}').unwrap_or(&text).to_string())
}

/// Whether it can be rendered with the fields there are, in whichever branch they stand; `wanted` says of a name that is none of them
/// what would be right.
///
/// # Errors
/// If it cannot be parsed, or names something else.
pub fn check(
    file: &str,
    text: &str,
    is_known: impl Fn(&str) -> bool,
    wanted: impl Fn(&str) -> String,
) -> Result<(), Wrong> {
    let environment = environment();
    let template = environment.template_from_named_str(file, text).map_err(|error| Wrong::broken(&error))?;
    let is_global =
        |name: &String| environment.globals().any(|(global, _)| global == name.split('.').next().unwrap_or_default());
    let named = template.undeclared_variables(true).into_iter();
    let Some(name) = named.filter(|name| !is_known(name) && !is_global(name)).min() else { return Ok(()) };
    let what = message!("replies-no-such-field", name = &name, wanted = wanted(&name));
    Err(Wrong { line: line_of(text, &name), what })
}

fn line_of(text: &str, name: &str) -> Option<usize> {
    text.lines().position(|line| line.contains('{') && line.contains(name)).map(|index| index + 1)
}

/// One space between words and no empty lines, however the template was laid out.
pub fn tidy(text: &str) -> String {
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}
