//! Keeps secrets out of everything that people read, also where somebody repeats them: as they are, percent-encoded, escaped as in
//! JSON, in hex, in base64 wherever they begin in it, with anything unseen between their letters, and in part.

use std::borrow::Cow;
use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock};

use data_encoding::{BASE64_NOPAD, HEXLOWER};
use serde_json::Value;

use super::marks::{is_hidden, mark_at, one_line};

const MASK: &str = "••••";
/// Shorter texts would mask ordinary words.
const LETTERS_MIN: usize = 6;
/// So many letters in a row of a secret are no accident: they are masked wherever they stand.
const RUN: usize = 12;
/// Somebody may encode what was encoded.
const LAYERS: usize = 3;
/// What a person reads of somebody's message.
const MESSAGE_LETTERS_MAX: usize = 200;
/// No more of a message is looked at.
const MESSAGE_BYTES_MAX: usize = 4096;

/// The secrets that a program loaded. Clones share them.
#[derive(Clone, Default)]
pub struct Secrets(Arc<RwLock<Known>>);

#[derive(Default)]
struct Known {
    added: HashSet<String>,
    /// Of each spelling every [`RUN`] of letters.
    runs: Runs,
    /// The same of what people chose, which may be words that a shop uses too.
    chosen: Runs,
    /// Spellings with fewer letters.
    short: Vec<Vec<u8>>,
}

type Runs = HashSet<u64, BuildHasherDefault<AsItIs>>;

/// Where a text is to be masked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum In {
    /// Whatever was added.
    Words,
    /// What no shop has by accident: long, and chosen by a machine.
    Data,
}

impl Secrets {
    /// From now on masked: a key or a token, as machines make them.
    pub fn add(&self, secret: &str) {
        self.add_to(secret, |known| &mut known.runs);
    }

    /// From now on masked where people read: a password, which somebody chose and no platform is told.
    pub fn add_password(&self, secret: &str) {
        self.add_to(secret, |known| &mut known.chosen);
    }

    fn add_to(&self, secret: &str, runs: impl Fn(&mut Known) -> &mut Runs) {
        if secret.len() < LETTERS_MIN {
            return;
        }
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if !known.added.insert(secret.to_string()) {
            return;
        }
        for spelling in spellings(secret) {
            let letters = Letters::of(&spelling).bytes;
            if letters.len() >= RUN {
                runs(&mut known).extend(letters.windows(RUN).map(print_of));
            } else if letters.len() >= LETTERS_MIN {
                known.short.push(letters);
            }
        }
    }

    /// `text` without secrets.
    pub fn masked<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).masked(text, In::Words)
    }

    /// Masks in all texts of an answer what is long enough to be no accident.
    pub fn mask_data(&self, data: &mut Value) {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if !known.runs.is_empty() {
            known.mask_data(data, &mut Vec::new());
        }
    }

    /// `text` on one line, without secrets, what is unseen as marks, and shortened.
    pub fn tidy(&self, text: &str) -> String {
        let line = beginning_of(text, MESSAGE_BYTES_MAX).split_whitespace().collect::<Vec<_>>().join(" ");
        beginning_of(&self.masked(&one_line(&line)), MESSAGE_LETTERS_MAX).into_owned()
    }
}

/// The beginning of `text`, at most `letters_max` long, with `…` where something follows.
pub fn beginning_of(text: &str, letters_max: usize) -> Cow<'_, str> {
    match text.char_indices().nth(letters_max).and_then(|(cut, _)| text.get(..cut)) {
        Some(beginning) => Cow::Owned(format!("{beginning}…")),
        None => Cow::Borrowed(text),
    }
}

impl Known {
    fn masked<'t>(&self, text: &'t str, place: In) -> Cow<'t, str> {
        let letters_min = if place == In::Words { LETTERS_MIN } else { RUN };
        let is_clean = text.len() < letters_min || self.added.is_empty() || place == In::Data && self.is_plain(text);
        let found = if is_clean { Vec::new() } else { self.found(text, place) };
        if found.is_empty() {
            return Cow::Borrowed(text);
        }
        let (mut masked, mut told) = (String::new(), 0);
        for Range { start, end } in found {
            masked.push_str(text.get(told..start).unwrap_or_default());
            masked.push_str(MASK);
            told = end;
        }
        masked.push_str(text.get(told..).unwrap_or_default());
        Cow::Owned(masked)
    }

    /// Whether nothing of `text` is written in another way than it reads, and no run of it is of a machine's secret: what can be told
    /// without looking at it letter by letter. Answers are millions of such texts.
    fn is_plain(&self, text: &str) -> bool {
        let mut run: u128 = 0;
        let mut letters = 0;
        text.bytes().all(|byte| {
            if !byte.is_ascii_graphic() || matches!(byte, b'%' | b'\\') {
                // A blank between words is passed over, as it is when letters are compared.
                return byte == b' ';
            }
            run = run << 8 | u128::from(compared(byte));
            letters += 1;
            let [first, last] = [(run >> (8 * (RUN - 8))) as u64, run as u64];
            letters < RUN || !self.runs.contains(&print_of_halves(first, last))
        })
    }

    /// Where secrets stand, in order, none touching the next.
    fn found(&self, text: &str, place: In) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let mut layer = Some(Letters::of(text));
        for _ in 0..LAYERS {
            let Some(letters) = layer else { break };
            let here = |at: usize, length: usize| {
                let first = letters.from.get(at)?;
                let last = letters.from.get(at + length - 1)?;
                Some(first.start..last.end)
            };
            let is_secret = |run: &[u8]| {
                let print = print_of(run);
                self.runs.contains(&print) || place == In::Words && self.chosen.contains(&print)
            };
            let runs = letters.bytes.windows(RUN).enumerate().filter(|(_, run)| is_secret(run));
            found.extend(runs.filter_map(|(at, _)| here(at, RUN)));
            for short in self.short.iter().filter(|_| place == In::Words) {
                let places = letters.bytes.windows(short.len()).enumerate().filter(|(_, bytes)| bytes == short);
                found.extend(places.filter_map(|(at, _)| here(at, short.len())));
            }
            layer = letters.decoded();
        }
        found.sort_by_key(|range| range.start);
        let mut apart: Vec<Range<usize>> = Vec::new();
        for mut range in found {
            while !text.is_char_boundary(range.start) {
                range.start -= 1;
            }
            while !text.is_char_boundary(range.end) {
                range.end += 1;
            }
            match apart.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => apart.push(range),
            }
        }
        apart
    }

    /// `names` are those of the object before it, none of them secret: the rows of a list have the same.
    fn mask_data(&self, data: &mut Value, names: &mut Vec<String>) {
        match data {
            Value::String(text) => {
                if let Cow::Owned(masked) = self.masked(text, In::Data) {
                    *text = masked;
                }
            }
            Value::Array(members) => {
                let mut names = Vec::new();
                members.iter_mut().for_each(|member| self.mask_data(member, &mut names));
            }
            Value::Object(fields) => {
                if !fields.keys().eq(names.iter()) {
                    let is_secret = |name: &String| matches!(self.masked(name, In::Data), Cow::Owned(_));
                    fields.retain(|name, _| !is_secret(name));
                    *names = fields.keys().cloned().collect();
                }
                fields.values_mut().for_each(|field| self.mask_data(field, &mut Vec::new()));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

/// As it is, in hex, and in base64 behind none, one or two other bytes. What else there is, is undone in the text.
fn spellings(secret: &str) -> Vec<String> {
    let mut spellings = vec![secret.to_string(), HEXLOWER.encode(secret.as_bytes())];
    for before in 0..3 {
        let bytes = [vec![0; before], secret.as_bytes().to_vec()].concat();
        let encoded = BASE64_NOPAD.encode(&bytes);
        // The letters at both ends also tell of the bytes beside it.
        let first = [0, 2, 3].get(before).copied().unwrap_or_default();
        let last = encoded.len() - usize::from(bytes.len() % 3 != 0);
        spellings.extend(encoded.get(first..last).map(str::to_string));
    }
    spellings
}

/// The letters of a text that are seen, as they are compared: in lower case, with base64's two alphabets as one.
struct Letters {
    bytes: Vec<u8>,
    /// Which bytes of the text each stands for.
    from: Vec<Range<usize>>,
}

impl Letters {
    fn of(text: &str) -> Self {
        let mut letters = Self { bytes: Vec::with_capacity(text.len()), from: Vec::with_capacity(text.len()) };
        let mut at = 0;
        while let Some(letter) = text.get(at..).and_then(|rest| rest.chars().next()) {
            let length = letter.len_utf8();
            let mark = if letter.is_ascii() { None } else { text.get(at..).and_then(mark_at) };
            match mark {
                Some(length) => at += length,
                None => {
                    letters.push(letter, |byte| at + byte..at + byte + 1);
                    at += length;
                }
            }
        }
        letters
    }

    fn push(&mut self, letter: char, from: impl Fn(usize) -> Range<usize>) {
        if is_hidden(letter) || letter.is_whitespace() {
            return;
        }
        for (at, byte) in letter.encode_utf8(&mut [0; 4]).bytes().enumerate() {
            self.bytes.push(compared(byte));
            self.from.push(from(at));
        }
    }

    /// The same with `%4a` and `\u004a` as what they mean; none where there is nothing of the kind.
    fn decoded(&self) -> Option<Self> {
        if !self.bytes.iter().any(|byte| matches!(byte, b'%' | b'\\')) {
            return None;
        }
        let mut decoded: Vec<(u8, Range<usize>)> = Vec::with_capacity(self.bytes.len());
        let mut at = 0;
        while let Some(byte) = self.bytes.get(at) {
            let hex = |from: usize, length: usize| {
                let digits = self.bytes.get(at + from..at + from + length)?;
                u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
            };
            let (meant, length) = match (byte, self.bytes.get(at + 1)) {
                (b'%', _) if hex(1, 2).is_some() => {
                    (hex(1, 2).and_then(|code| u8::try_from(code).ok()).map(Meant::Byte), 3)
                }
                (b'\\', Some(b'u')) if hex(2, 4).is_some() => {
                    (hex(2, 4).and_then(char::from_u32).map(Meant::Letter), 6)
                }
                (b'\\', Some(b'n' | b'r' | b't' | b'b' | b'f')) => (None, 2),
                (b'\\', Some(next)) => (Some(Meant::Byte(*next)), 2),
                _ => (Some(Meant::Byte(*byte)), 1),
            };
            let from = self.from.get(at).zip(self.from.get(at + length - 1)).map(|(first, last)| first.start..last.end);
            if let (Some(meant), Some(from)) = (meant, from) {
                match meant {
                    Meant::Byte(byte) => decoded.push((byte, from)),
                    Meant::Letter(letter) => {
                        decoded.extend(letter.encode_utf8(&mut [0; 4]).bytes().map(|byte| (byte, from.clone())));
                    }
                }
            }
            at += length;
        }
        let bytes: Vec<u8> = decoded.iter().map(|(byte, _)| *byte).collect();
        let mut letters = Self { bytes: Vec::with_capacity(bytes.len()), from: Vec::with_capacity(bytes.len()) };
        let mut at = 0;
        for chunk in bytes.utf8_chunks() {
            for letter in chunk.valid().chars() {
                letters.push(letter, |byte| decoded.get(at + byte).map_or(0..0, |(_, from)| from.clone()));
                at += letter.len_utf8();
            }
            at += chunk.invalid().len();
        }
        Some(letters)
    }
}

enum Meant {
    Byte(u8),
    Letter(char),
}

fn compared(byte: u8) -> u8 {
    match byte {
        b'-' => b'+',
        b'_' => b'/',
        other => other.to_ascii_lowercase(),
    }
}

/// Of a run of letters; that two have the same is as good as impossible, and would mask too much.
fn print_of(run: &[u8]) -> u64 {
    let half = |bytes: Option<&[u8]>| {
        bytes.unwrap_or_default().iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte))
    };
    print_of_halves(half(run.get(..8)), half(run.get(RUN - 8..)))
}

/// Of the first and the last eight letters of a run.
fn print_of_halves(first: u64, last: u64) -> u64 {
    let mixed = (first ^ last.rotate_left(29)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ mixed >> 32 ^ last).wrapping_mul(0xd6e8_feb8_6659_fd93);
    mixed ^ mixed >> 32
}

/// What is hashed already.
#[derive(Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0 << 8 | u64::from(*byte));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}
