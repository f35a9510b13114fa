//! What happened becomes a letter, in the language of each channel, and goes out.
//!
//! `facts` says of an event what its letter may name, `templates` what a letter looks like: built in, or the team's own files; `send`
//! is a channel's turn at the outbox: paced, tried again, and written down at each step. `run` says what of a run one channel is to hear;
//! what of an export, `rules/news` says.

mod facts;
mod run;
mod send;
mod templates;

pub use run::{RunInput, run_news};
pub use send::{Delivery, Outcome, Patience, Post, Trouble, deliver};
pub use templates::{FOLDER_README, MessageTemplates, built_in};

use crate::domain::{Event, ExportNews, Notice, Severity};
use crate::language::{Language, add_english};
use crate::messages::{Attachment, Letter, Tone, Unsent};
use crate::platforms::Platforms;
use facts::{Facts, facts};

/// What letters of one channel are written with.
pub struct Writing<'a> {
    pub language: Language,
    pub templates: &'a MessageTemplates,
    pub platforms: Platforms,
    /// Whether the workbook goes along.
    pub attach: bool,
}

/// The letter of what is to be sent, and what was wrong with the team's own template. `uncertain` are the keys of earlier ones that
/// may not have arrived.
pub fn letter(unsent: &Unsent, uncertain: &[String], writing: &Writing) -> (Letter, Option<Notice>) {
    let told = Facts { language: writing.language, platforms: writing.platforms, key: &unsent.key, uncertain };
    let (text, notice) = writing.templates.render(writing.language, &unsent.event, facts(&unsent.event, &told));
    let mut lines: Vec<String> = text.lines().map(str::to_string).collect();
    let foot = lines.pop().unwrap_or_default();
    let title = if lines.is_empty() { foot.clone() } else { lines.remove(0) };
    let letter = Letter {
        key: unsent.key.clone(),
        kind: unsent.event.kind(),
        at: unsent.event.at(),
        tone: tone(&unsent.event),
        title,
        lines,
        foot,
        language: writing.language,
        attachment: if writing.attach { attachment(&unsent.event) } else { None },
        data: data(&unsent.event),
    };
    (letter, notice)
}

/// How bad the worst of it is.
fn tone(event: &Event) -> Tone {
    match event {
        Event::Export(news) => export_tone(news),
        Event::Run(news) if news.has_failures() => Tone::Bad,
        Event::Run(news) if !news.rows.is_empty() => Tone::Warning,
        Event::Run(_) | Event::Test(_) => Tone::Good,
        Event::Approval(_) => Tone::Warning,
        Event::Failed(_) => Tone::Bad,
    }
}

fn export_tone(news: &ExportNews) -> Tone {
    match news.worst.iter().map(|item| item.severity).max() {
        Some(_) if news.critical > 0 => Tone::Bad,
        Some(Severity::Critical) => Tone::Bad,
        Some(Severity::Warning) => Tone::Warning,
        _ if news.not_archived => Tone::Warning,
        Some(Severity::Notice) => Tone::Plain,
        None if news.resolved.is_empty() && !news.works_again => Tone::Plain,
        None => Tone::Good,
    }
}

/// The one workbook; of several none would be the right one.
fn attachment(event: &Event) -> Option<Attachment> {
    let file = match event {
        Event::Export(news) => match news.workbooks.as_slice() {
            [only] if news.may_attach => only,
            _ => return None,
        },
        Event::Run(news) if news.may_attach => &news.results,
        Event::Run(_) => return None,
        Event::Approval(_) | Event::Failed(_) | Event::Test(_) => return None,
    };
    let name = file.path.file_name()?.to_string_lossy().into_owned();
    Some(Attachment { file: file.path.clone(), name })
}

/// The event for programs: no paths of this machine, and of a suggestion what it comes to.
fn data(event: &Event) -> serde_json::Value {
    let mut data = serde_json::to_value(event).unwrap_or_default();
    tidy_data(&mut data);
    add_english(&mut data);
    data
}

fn tidy_data(value: &mut serde_json::Value) {
    use serde_json::Value;
    match value {
        Value::Object(fields) => {
            if fields.contains_key("place") {
                fields.remove("path");
            }
            if let Some(Value::Object(suggested)) = fields.get_mut("suggested") {
                suggested.remove("store");
            }
            fields.values_mut().for_each(tidy_data);
        }
        Value::Array(values) => values.iter_mut().for_each(tidy_data),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
