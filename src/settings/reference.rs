//! The reference of the config, as a page shows it: every key that is read, with what the example that `init` writes says of it.

use super::asked::{Asked, Form};
use super::known::{Known, Variant};
use super::sample::{Sample, Samples};
use crate::domain::FindingCode;
use crate::platforms::Platforms;

/// In Markdown: a table a section.
pub fn reference(platforms: Platforms) -> String {
    let writer = Writer { known: Known::of(platforms), samples: Samples::all() };
    let mut paths: Vec<&str> = Vec::new();
    for (head, _) in &writer.samples.heads {
        // What the example has no section of stands behind the one above it.
        let below = writer
            .known
            .usual
            .sections
            .keys()
            .filter(|path| path.rsplit_once('.').is_some_and(|(above, _)| above == head));
        let unnamed = below.filter(|path| !writer.samples.heads.iter().any(|(other, _)| other == *path));
        for path in [head].into_iter().chain(unnamed) {
            if !paths.contains(&path.as_str()) {
                paths.push(path);
            }
        }
    }
    let parts = paths.into_iter().filter_map(|path| writer.section(path));
    let findings = FindingCode::ALL.iter().map(|code| format!("`{}`", code.code())).collect::<Vec<_>>().join(", ");
    parts.chain([format!("## The words of findings\n\n{findings}.")]).collect::<Vec<_>>().join("\n\n")
}

struct Writer {
    known: Known,
    samples: &'static Samples,
}

impl Writer {
    /// None where everything is said at the section above.
    fn section(&self, path: &str) -> Option<String> {
        let asked = self.known.usual.sections.get(path)?;
        // Said of the section above the one above already.
        let twin = path.rsplit_once('.').and_then(|(above, key)| Some(format!("{}.{key}", above.rsplit_once('.')?.0)));
        let twin = twin.and_then(|twin| self.known.usual.sections.get(&twin));
        if twin.is_some_and(|twin| twin.own == asked.own && twin.keys == asked.keys) {
            return None;
        }
        let mut parts = vec![format!("## {}", self.head(path))];
        let about = self.samples.about(path, None);
        if !about.is_empty() && !path.is_empty() {
            parts.push(about);
        }
        if let Some((keys, values)) = &asked.own {
            parts.push(format!("Each key is {}; behind it stands {}.", words(keys), words(values)));
            return Some(parts.join("\n\n"));
        }
        let above = path.rsplit_once('.').map(|(above, _)| above);
        let form_above = |key: &str| above.and_then(|above| self.known.usual.sections.get(above))?.form(key);
        let (as_above, own): (Vec<_>, Vec<_>) =
            asked.keys.iter().partition(|(key, form)| form_above(key).is_some_and(|above| above == form));
        let rows: Vec<String> = own.iter().map(|(key, form)| self.row(path, None, asked, (key, form))).collect();
        if !rows.is_empty() {
            parts.push(table(&rows));
        }
        if let (false, Some(above)) = (as_above.is_empty(), above) {
            let names: Vec<String> = as_above.iter().map(|(key, _)| format!("`{key}`")).collect();
            parts.push(format!("And the keys of {}: {}.", self.head(above), names.join(", ")));
        }
        parts.extend(self.variants(path, asked));
        Some(parts.join("\n\n"))
    }

    /// The keys that only some have, those that have the same together.
    fn variants(&self, path: &str, usual: &Asked) -> Vec<String> {
        let mut parts: Vec<(Vec<&str>, &Variant, String, Vec<String>)> = Vec::new();
        for variant in self.known.variants_of(path) {
            let decided = Some((variant.key, variant.word));
            let own = variant.asked.keys.iter().filter(|(key, _)| usual.form(key).is_none());
            let rows: Vec<String> =
                own.map(|(name, form)| self.row(path, decided, &variant.asked, (name, form))).collect();
            let about = self.samples.about(path, decided);
            match parts.iter_mut().find(|(_, _, _, same)| *same == rows) {
                _ if rows.is_empty() => {}
                Some((words, ..)) => words.push(variant.word),
                None => parts.push((vec![variant.word], variant, about, rows)),
            }
        }
        let part = |(words, variant, about, rows): (Vec<&str>, &Variant, String, Vec<String>)| {
            let words: Vec<String> = words.iter().map(|word| format!("`{} = \"{word}\"`", variant.key)).collect();
            let head = format!("### {}, {}", self.head(path), words.join(", "));
            let about = if about == self.samples.about(path, None) { String::new() } else { format!("\n\n{about}") };
            format!("{head}{}\n\n{}", about.trim_end(), table(&rows))
        };
        parts.into_iter().map(part).collect()
    }

    fn row(&self, path: &str, decided: Option<(&str, &str)>, asked: &Asked, (key, form): (&str, &Form)) -> String {
        let sample = self.samples.of(path, decided, key);
        let left_out = match sample {
            _ if asked.needed.contains(&key) => "needed".to_string(),
            Some(Sample { is_default: Some(true), value, .. }) => format!("`{value}`"),
            Some(Sample { left_out: Some(left_out), .. }) => left_out.clone(),
            _ => String::new(),
        };
        let below = if path.is_empty() { key.to_string() } else { format!("{path}.{key}") };
        let says = match form {
            Form::Section | Form::Sections => format!("see {}", self.heads(&below)),
            Form::OldNumber(_, today) => format!("the old name of `{today}`"),
            _ => self.samples.says(path, decided, key).unwrap_or_default().to_string(),
        };
        let example = match sample {
            Some(Sample { is_default: None | Some(false), value, .. })
                if !matches!(form, Form::Secret | Form::Flag) =>
            {
                format!(", such as `{value}`")
            }
            _ => String::new(),
        };
        let cells = [format!("`{key}`"), format!("{}{example}", words(form)), left_out, says];
        format!("| {} |", cells.map(|cell| cell.replace('|', "\\|")).join(" | "))
    }

    /// The section, or those in it where the example has no other.
    fn heads(&self, path: &str) -> String {
        let below = |head: &&String| head.rsplit_once('.').is_some_and(|(above, _)| above == path);
        let heads: Vec<&String> = self.samples.heads.iter().map(|(head, _)| head).collect();
        if heads.iter().any(|head| *head == path) || !heads.iter().any(&below) {
            return self.head(path);
        }
        heads.into_iter().filter(below).map(|head| self.head(head)).collect::<Vec<_>>().join(", ")
    }

    /// As it is written: `[rules]`, `[[rules.only]]`.
    fn head(&self, path: &str) -> String {
        let (above, key) = path.rsplit_once('.').unwrap_or(("", path));
        let form = self.known.usual.sections.get(above).and_then(|asked| asked.form(key));
        match form {
            None => "The keys above all sections".to_string(),
            Some(Form::Sections) => format!("`[[{path}]]`"),
            Some(_) => format!("`[{path}]`"),
        }
    }
}

fn table(rows: &[String]) -> String {
    format!("| key | value | left out | what |\n|---|---|---|---|\n{}", rows.join("\n"))
}

/// What stands behind a key.
fn words(form: &Form) -> String {
    match form {
        Form::Text => "a text".to_string(),
        Form::Like(what, _) => what.to_string(),
        Form::Id => "digits or letters, with quotes or without".to_string(),
        Form::Path => "a path".to_string(),
        Form::Flag => "`true` or `false`".to_string(),
        Form::Number(bounds) | Form::OldNumber(bounds, _) => {
            let whole = bounds.to_string();
            whole.split(", such as").next().unwrap_or_default().to_string()
        }
        Form::Word(words) if words.len() > FindingCode::ALL.len() / 2 => "the word of a finding".to_string(),
        Form::Word(words) => words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", "),
        Form::Zone => "the IANA name of a time zone".to_string(),
        Form::Currency => "the ISO code of a currency".to_string(),
        Form::Secret => "the place of a secret".to_string(),
        Form::Proxy => "an address without a password, or the place of a secret".to_string(),
        Form::List(each) => match each.as_ref() {
            Form::Word(some) if some.len() > FindingCode::ALL.len() / 2 => "a list of words of findings".to_string(),
            Form::Word(_) => format!("a list of {}", words(each)),
            Form::Like(what, _) => format!("a list of {what}"),
            _ => "a list of texts".to_string(),
        },
        Form::Pairs => "names with a text each".to_string(),
        Form::Section => "a section".to_string(),
        Form::SectionOrText => "a text, or a section".to_string(),
        Form::Sections => "sections".to_string(),
    }
}
