//! The stores of the example config: what each platform asks for, and the config with one store of one's own in it.

use super::CONFIG;

/// What stands before the channels of the example.
const CHANNELS: &str = "# The channels that your team reads: ";
/// Where the mock stores begin in the example, and what stands behind them.
const STORES: &str = "# The stores. ";
const BEHIND: &str = "# Real shops. ";

/// A `[[store]]` of the example config, which is switched off there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    pub platform: &'static str,
    pub lines: Vec<Line>,
}

/// One line of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub key: &'static str,
    /// As it is written there: `"14701711"`, `{ env = "SHOPEE_PARTNER_KEY" }`.
    pub value: &'static str,
    /// Whether a store does without it.
    pub is_optional: bool,
    /// The whole line, without the `#` that switches it off.
    pub whole: &'static str,
}

impl Line {
    /// Whether only the place is written where the value lies.
    pub fn is_secret(&self) -> bool {
        self.value.starts_with('{') && ["env", "file", "keyring"].iter().any(|place| self.value.contains(place))
    }

    /// The example's value as somebody types it: without quotes, a secret as `env:NAME`.
    pub fn typed(&self) -> String {
        let texts: Vec<&str> = self.value.split('"').collect();
        let text = texts.get(1).copied().unwrap_or(self.value);
        match ["env", "file", "keyring"].iter().find(|place| self.value.starts_with(&format!("{{ {place} ="))) {
            Some(place) => format!("{place}:{text}"),
            None => text.to_string(),
        }
    }

    /// The line with a value of one's own; none where a secret is given as anything but its place.
    pub fn with(&self, typed: &str) -> Option<String> {
        let typed = typed.trim();
        if !self.is_secret() {
            return Some(format!("{} = {}", self.key, quoted(typed)));
        }
        let (place, name) = typed.split_once(':')?;
        let is_place = ["env", "file", "keyring"].contains(&place) && !name.trim().is_empty();
        is_place.then(|| format!("{} = {{ {place} = {} }}", self.key, quoted(name.trim())))
    }
}

/// As TOML takes any text.
pub fn quoted(text: &str) -> String {
    toml::Value::String(text.to_string()).to_string()
}

/// Every store that the example config has an example of, in its order.
pub fn examples() -> Vec<Example> {
    let switched_off = |line: &'static str| Some(line.strip_prefix('#')?.trim());
    let mut examples = Vec::new();
    let mut lines = CONFIG.lines().map(switched_off);
    while let Some(line) = lines.next() {
        if line != Some("[[store]]") {
            continue;
        }
        let own = lines.by_ref().map_while(|line| line.filter(|line| !line.is_empty()));
        let own: Vec<Line> = own.filter_map(self::line).collect();
        let platform = own.iter().find(|line| line.key == "platform");
        if let Some(platform) = platform.and_then(|line| line.value.split('"').nth(1)) {
            examples.push(Example { platform, lines: own });
        }
    }
    examples
}

/// None of the rest of a remark.
fn line(whole: &'static str) -> Option<Line> {
    let (key, rest) = whole.split_once(" = ")?;
    let is_key = !key.is_empty() && key.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_');
    let (value, remark) = rest.split_once(" #").unwrap_or((rest, ""));
    let is_optional = ["example", "default"].iter().any(|word| remark.trim_start().starts_with(word));
    is_key.then_some(Line { key, value: value.trim(), is_optional, whole })
}

/// The example config with this store in the place of the mock ones; what its platform does without stands there switched off.
/// `typed` gives what was typed for a key, `channel` is a whole `[[message]]` or nothing.
pub fn config_with(
    example: &Example,
    typed: &dyn Fn(&str) -> Option<String>,
    team_zone: &str,
    language: Option<&str>,
    channel: &str,
) -> String {
    let mut store = "[[store]]\n".to_string();
    for line in &example.lines {
        match typed(line.key).and_then(|typed| line.with(&typed)) {
            Some(own) => store.push_str(&own),
            None if line.key == "platform" => store.push_str(&format!("platform = {}", line.value)),
            None => store.push_str(&format!("# {}", line.whole)),
        }
        store.push('\n');
    }
    let (before, rest) = CONFIG.split_once(STORES).unwrap_or((CONFIG, ""));
    let (_, after) = rest.split_once(BEHIND).unwrap_or(("", rest));
    let before =
        before.replacen("team_time_zone = \"Asia/Singapore\"", &format!("team_time_zone = {}", quoted(team_zone)), 1);
    let before = match language {
        Some(tag) => {
            before.replacen("# language = \"en\"        # default:", &format!("language = {}   #", quoted(tag)), 1)
        }
        None => before,
    };
    let after = match channel {
        "" => after.to_string(),
        channel => after.replacen(CHANNELS, &format!("{channel}\n{CHANNELS}"), 1),
    };
    format!("{before}# The stores.\n\n{store}\n{BEHIND}{after}")
}
