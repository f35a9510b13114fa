//! What an outcome says: in English for the journal, the terminal and machines, and in the language of the team's workbooks beside
//! it, where that is another.

use super::Run;
use crate::domain::{Change, ChangeId, Coupon, CouponId, Outcome, OutcomeKind, OutcomeWords};
use crate::language::Language;
use crate::plan::{PlanRow, Told, Verdict, Words, minimum_value, status_words, total_words};
use crate::say;

/// A text in English, and in the workbook's language where there is a twin of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Said {
    pub english: String,
    told: Option<String>,
}

/// Which change an outcome is of, and the words of its row.
#[derive(Clone, Copy)]
pub(super) struct Speaker<'a> {
    pub change: &'a Change,
    pub told: Option<&'a Told>,
}

impl Said {
    /// As the platform or the program put it: the same in every language.
    pub fn plain(english: impl Into<String>) -> Self {
        Self { english: english.into(), told: None }
    }

    /// In English, and in the language of `told`.
    pub fn by(told: Option<&Told>, say: impl Fn(Language) -> String) -> Self {
        Self { english: say(Language::ENGLISH), told: told.map(|told| say(told.language)) }
    }

    pub fn sentence(&self) -> Self {
        Self { english: sentence(&self.english), told: self.told.as_deref().map(sentence) }
    }

    fn in_workbook(&self) -> String {
        self.told.clone().unwrap_or_else(|| self.english.clone())
    }

    pub fn text(&self, language: Language) -> String {
        if language == Language::ENGLISH { self.english.clone() } else { self.in_workbook() }
    }
}

impl Speaker<'_> {
    pub fn both(&self, say: impl Fn(Language) -> String) -> Said {
        Said::by(self.told, say)
    }

    /// Of a message that names no facts.
    pub fn say(&self, id: &str) -> Said {
        self.both(|language| language.say(id))
    }

    /// What the change was to come to.
    pub fn after(&self) -> Said {
        let told = self.told.map(|told| match &told.words {
            Words::Change { after, .. } => after.clone(),
            _ => self.change.after_words.clone(),
        });
        Said { english: self.change.after_words.clone(), told }
    }

    /// What the change leaves to a person.
    pub fn rest(&self) -> Said {
        let told = self.told.and_then(|told| match &told.words {
            Words::Change { rest, .. } => rest.clone(),
            _ => None,
        });
        Said { english: self.change.by_hand.as_ref().map(|rest| rest.words()).unwrap_or_default(), told }
    }

    pub fn outcome(&self, run: &Run<'_>, kind: OutcomeKind, message: &Said, next: &Said) -> Outcome {
        let before = Said {
            english: self.change.before_words.clone(),
            told: self.told.and_then(|told| match &told.words {
                Words::Change { before, .. } => Some(before.clone()),
                _ => None,
            }),
        };
        let after = if kind == OutcomeKind::Done { self.after() } else { Said::default() };
        let said = Parts { before, after, message: message.clone(), next: next.clone() };
        said.outcome(run, kind, Some(self.change.id.clone()), self.told)
    }
}

struct Parts {
    before: Said,
    after: Said,
    message: Said,
    next: Said,
}

impl Parts {
    fn outcome(self, run: &Run<'_>, kind: OutcomeKind, change: Option<ChangeId>, told: Option<&Told>) -> Outcome {
        let told = told.map(|told| {
            Box::new(OutcomeWords {
                language: told.language.tag().to_string(),
                before: self.before.in_workbook(),
                after: self.after.in_workbook(),
                message: self.message.in_workbook(),
                next: self.next.in_workbook(),
                read_back: String::new(),
            })
        });
        Outcome {
            kind,
            change,
            before: self.before.english,
            after: self.after.english,
            message: self.message.english,
            next: self.next.english,
            request_id: None,
            at: (run.clock)(),
            read_back: String::new(),
            present: None,
            created: None,
            told,
        }
    }
}

/// What is shown as present after a write, or found as `after` where nothing was sent.
pub(super) fn set_after(outcome: &mut Outcome, after: &Said) {
    outcome.after = after.english.clone();
    if let Some(told) = &mut outcome.told {
        told.after = after.in_workbook();
    }
}

pub(super) fn set_read_back(outcome: &mut Outcome, read_back: &Said) {
    outcome.read_back = read_back.english.clone();
    if let Some(told) = &mut outcome.told {
        told.read_back = read_back.in_workbook();
    }
}

/// The outcome of a row that nothing is sent for.
pub(super) fn unsent(run: &Run<'_>, row: &PlanRow) -> Outcome {
    let kind = row.verdict.outcome().unwrap_or(OutcomeKind::NotReached);
    let english = unsent_words(Language::ENGLISH, Words::of(&row.verdict, Language::ENGLISH));
    let told = row.told.as_deref();
    let [before, message, next] = match told.map(|told| unsent_words(told.language, told.words.clone())) {
        Some(told) => pair(english, told),
        None => english.map(Said::plain),
    };
    let by_hand = match &row.verdict {
        Verdict::Change { change, .. } => Some(change.id.clone()),
        _ => None,
    };
    Parts { before, after: Said::default(), message, next }.outcome(run, kind, by_hand, told)
}

fn pair<const N: usize>(english: [String; N], told: [String; N]) -> [Said; N] {
    let mut told = told.into_iter();
    english.map(|english| Said { english, told: told.next() })
}

/// Before, message and what to do next.
fn unsent_words(language: Language, words: Words) -> [String; 3] {
    let nothing = String::new;
    match words {
        Words::Change { .. } => [nothing(), nothing(), nothing()],
        Words::AlreadyDone { why, by: Some(by) } => {
            [nothing(), say!(language, "results-already-by", why = why, by = by), nothing()]
        }
        Words::AlreadyDone { why, by: None } => [nothing(), say!(language, "results-already", why = why), nothing()],
        Words::ByHand { task } => [nothing(), language.say("results-by-hand"), task],
        Words::Conflict { exported, wanted, live } => {
            let message = say!(language, "results-conflict", exported = &exported, wanted = &wanted, live = &live);
            [exported, message, language.say("results-next-export")]
        }
        Words::Refused { reason, next } => [nothing(), sentence(&reason), sentence(&next)],
    }
}

/// Begins with a capital and ends with a stop, of its own language.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.trim().chars();
    let Some(first) = letters.next() else { return String::new() };
    let rest = letters.as_str();
    let is_chinese = text.chars().any(|letter| matches!(letter, '\u{4e00}'..='\u{9fff}'));
    let stop = match rest.ends_with(['.', '!', '?', '…', '。', '！', '？']) {
        true => "",
        false if is_chinese => "。",
        false => ".",
    };
    format!("{}{rest}{stop}", first.to_uppercase())
}

/// What a platform shows that is neither before nor after.
#[derive(Debug, Clone)]
pub(super) enum Shown {
    Nothing,
    ExpectedState(Box<Coupon>),
    Another { label: String, coupon: Box<Coupon> },
}

impl Shown {
    pub fn of(coupon: Option<&Coupon>) -> Self {
        coupon.map_or(Self::Nothing, |coupon| Self::ExpectedState(Box::new(coupon.clone())))
    }

    pub fn words(&self, language: Language) -> String {
        match self {
            Self::Nothing => language.say("results-shows-nothing"),
            Self::ExpectedState(coupon) => facts_words(language, coupon),
            Self::Another { label, coupon } => {
                let (facts, id): (String, &CouponId) = (facts_words(language, coupon), &coupon.id);
                say!(language, "results-shows-another", label = label, facts = facts, id = id.as_str())
            }
        }
    }
}

/// A coupon's changeable facts, for people: times are UTC here, since a read-back is compared and not planned with.
pub(super) fn facts_words(language: Language, coupon: &Coupon) -> String {
    let ends = match coupon.usable.ends() {
        Some(ends) => say!(language, "results-facts-end", end = ends.format("%Y-%m-%d %H:%M UTC").to_string()),
        None => language.say("results-facts-no-end"),
    };
    say!(
        language,
        "results-facts",
        status = status_words(language, coupon.status),
        ends = ends,
        total = total_words(language, coupon.total),
        minimum = minimum_value(language, coupon.minimum)
    )
}
