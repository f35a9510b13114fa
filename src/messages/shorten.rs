//! What of a letter a channel has room for: whole lines from the beginning, how many are left out, and always its foot.

use serde_json::{Value, json};

use super::escape::line;
use super::letter::{Letter, Tone};
use crate::say;

/// What of a letter is shown, each a line of plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// What the channel wants before every title, and a sign of the letter's tone; nothing foreign.
    pub before: String,
    pub title: String,
    /// The last one says how many are left out, where some are.
    pub lines: Vec<String>,
    pub foot: String,
}

/// How a title says by itself how bad it is.
const MARKS: [char; 6] = ['●', '▲', '○', '–', '✓', ' '];

impl Shown {
    /// All of it.
    pub fn whole(letter: &Letter, prefix: Option<&str>) -> Self {
        let sign = match letter.tone {
            Tone::Bad => "❗",
            Tone::Warning => "⚠️",
            Tone::Good => "✅",
            Tone::Plain => "",
        };
        Self {
            before: line(&[prefix.unwrap_or_default(), sign].join(" ")),
            // One sign is enough.
            title: line(if sign.is_empty() { &letter.title } else { letter.title.trim_start_matches(MARKS) }),
            lines: letter.lines.iter().map(|text| line(text)).collect(),
            foot: line(&letter.foot),
        }
    }

    pub fn headline(&self) -> String {
        self.headline_with(&self.title)
    }

    /// With another spelling of the title.
    pub fn headline_with(&self, title: &str) -> String {
        [self.before.as_str(), title].join(" ").trim().to_string()
    }
}

/// What `compose` makes of as many lines as it may have for `fits`; where not even one has room, the title is cut too, and then the foot.
pub fn fitted<T>(letter: &Letter, prefix: Option<&str>, compose: impl Fn(&Shown) -> T, fits: impl Fn(&T) -> bool) -> T {
    let whole = Shown::whole(letter, prefix);
    let with = |count: usize| {
        let mut shown = whole.clone();
        shown.lines.truncate(count);
        let left_out = whole.lines.len() - shown.lines.len();
        if left_out > 0 {
            shown.lines.push(say!(letter.language, "channel-more", count = left_out));
        }
        shown
    };
    let mut counts = (0..=whole.lines.len()).rev();
    let most = counts.find_map(|count| Some(compose(&with(count))).filter(&fits));
    most.unwrap_or_else(|| cut_short(with(0), compose, fits))
}

fn cut_short<T>(mut shown: Shown, compose: impl Fn(&Shown) -> T, fits: impl Fn(&T) -> bool) -> T {
    loop {
        let composed = compose(&shown);
        let is_last = shown.title.is_empty() && shown.foot.is_empty();
        if fits(&composed) || is_last {
            return composed;
        }
        let longest = if shown.title.is_empty() { &mut shown.foot } else { &mut shown.title };
        longest.pop();
    }
}

/// `data` with less of its longest lists, until `bytes_max` is enough; `left_out` says of which list how many are missing.
pub fn data(data: &Value, bytes_max: usize) -> Value {
    let mut data = data.clone();
    while data.to_string().len() > bytes_max {
        let Some(fields) = data.as_object_mut() else { return json!({ "left_out": "all" }) };
        let lists = fields.iter().filter_map(|(name, value)| Some((name.clone(), value.as_array()?)));
        let longest = lists
            .filter(|(_, list)| !list.is_empty())
            .max_by_key(|(_, list)| list.iter().map(|value| value.to_string().len()).sum::<usize>());
        let Some((name, count)) = longest.map(|(name, list)| (name, list.len())) else {
            return json!({ "left_out": "all" });
        };
        let keep = count / 2;
        if let Some(list) = fields.get_mut(&name).and_then(Value::as_array_mut) {
            list.truncate(keep);
        }
        let before = fields.get("left_out").and_then(|left_out| left_out.get(&name)).and_then(Value::as_u64);
        let left_out = before.unwrap_or_default() + (count - keep) as u64;
        let told = fields.entry("left_out").or_insert_with(|| json!({}));
        if let Some(told) = told.as_object_mut() {
            told.insert(name, left_out.into());
        }
    }
    data
}
