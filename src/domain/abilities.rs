//! What a platform can do with a coupon, as data with the source of each rule.
//!
//! The one table is read by `rules` (suggestions), `plan` (what an action becomes), the Help sheet and the README. A rule that
//! a platform changes is a changed line of data.

use chrono::Duration;
use serde::{Deserialize, Serialize};

use super::{Coupon, Message, Platform, Status, Suggestion, Write};

/// What can be asked of a platform.
#[derive(strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "kebab-case")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// A later end.
    Extend,
    /// An earlier end.
    Shorten,
    /// A higher total.
    Restock,
    AdjustMinSpend,
    /// Not usable from now, kept.
    End,
    Pause,
    Enable,
    Delete,
    /// A new coupon with the same rules.
    Create,
}

impl Verb {
    pub const ALL: &'static [Self] = <Self as strum::VariantArray>::VARIANTS;

    pub fn words(self) -> &'static str {
        match self {
            Self::Extend => "extend the end",
            Self::Shorten => "shorten the end",
            Self::Restock => "raise the total",
            Self::AdjustMinSpend => "change the min spend",
            Self::End => "end now",
            Self::Pause => "pause",
            Self::Enable => "enable",
            Self::Delete => "delete",
            Self::Create => "create a copy",
        }
    }
}

#[derive(strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ability {
    Yes,
    /// Not on this coupon; a new one with the same rules takes over.
    FollowOn,
    /// Not as such; that verb comes nearest.
    Instead(Verb),
    /// Not through the API; a person can do it in the back office.
    ByHand,
    /// It is so already.
    Already,
    Never,
}

/// How sure we are of a rule.
#[derive(strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// The platform's own documents or source say so.
    Documented,
    /// Seen in other people's working integrations, or measured on a real shop.
    Observed,
    /// Our reading; a refusal ends as a clear row result.
    Inferred,
}

impl Confidence {
    pub fn word(self) -> &'static str {
        self.into()
    }
}

/// One line of the table. `reason` is the id of a message that a manager understands (`reasons.ftl`); `source` names where the
/// rule was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Rule {
    pub verb: Verb,
    pub statuses: &'static [Status],
    pub ability: Ability,
    pub reason: &'static str,
    pub mark: Confidence,
    pub source: &'static str,
}

/// The numbers a platform sets, each none where it sets no bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub longest_period: Option<Duration>,
    pub shortest_period: Option<Duration>,
    /// A new coupon must start at least this long after it is sent.
    pub start_lead: Duration,
    /// How many letters a seller may choose in a new code, and how many of its own the platform puts before them. None to
    /// choose means that only coupons without a code can be made.
    pub code_letters_max: usize,
    pub code_prefix_letters: usize,
    /// Whether a code may hold a hyphen.
    pub code_hyphen: bool,
    /// Whether a deleted coupon goes to a bin from where it can be taken back, unless asked otherwise.
    pub has_bin: bool,
    /// Whether a coupon has a start of its own at all.
    pub has_start: bool,
    /// Whether a total that buyers have seen can be made smaller again.
    pub total_may_fall: bool,
    /// The rule that names the products of a coupon for certain products, where a new coupon is given them by a write of its own.
    pub products_rule: Option<&'static str>,
}

impl Limits {
    /// Of a platform that sets no bound, and where no seller chooses a code.
    pub const NONE: Self = Self {
        longest_period: None,
        shortest_period: None,
        start_lead: Duration::zero(),
        code_letters_max: 0,
        code_prefix_letters: 0,
        code_hyphen: false,
        has_bin: false,
        has_start: true,
        total_may_fall: false,
        products_rule: None,
    };

    /// Whether a seller may choose `code` for a new coupon: `code` is without the letters that the platform puts before it.
    pub fn allows_code(&self, code: &str) -> bool {
        let letters = code.chars().count();
        let is_allowed = |letter: char| letter.is_ascii_alphanumeric() || (self.code_hyphen && "-_".contains(letter));
        (1..=self.code_letters_max).contains(&letters) && code.chars().all(is_allowed)
    }
}

#[derive(Debug, Clone, Copy)]
pub struct Abilities {
    pub platform: Platform,
    /// What people call it: `TikTok Shop`.
    pub name: &'static str,
    pub rules: &'static [Rule],
    pub limits: Limits,
    /// Why a coupon of [`super::Owner::Platform`] refuses every write, where the platform has such coupons: the id of a message.
    pub platform_owned: &'static str,
    /// Why a write cannot be carried out on this very coupon, though the table says that its like can: what is told without asking
    /// the platform. None where nothing is known against it.
    pub impossible: fn(&Write, &Coupon) -> Option<Message>,
    /// For which buyers, items or orders alone a coupon is, beside its minimum and its dates: each a part of a sentence, as far as the
    /// platform tells.
    pub terms: fn(&Coupon) -> Vec<Message>,
}

/// What holds where no line says anything.
const UNSAID: Rule = Rule {
    verb: Verb::Create,
    statuses: Status::ALL,
    ability: Ability::Never,
    reason: "reason-no-way-do-known",
    mark: Confidence::Inferred,
    source: "no line in the table",
};

impl Abilities {
    /// Of a platform that is not known: nothing can be done there.
    pub const UNKNOWN: Self = Self {
        platform: Platform::new("unknown"),
        name: "unknown platform",
        rules: &[],
        limits: Limits::NONE,
        platform_owned: "",
        impossible: Self::nothing_impossible,
        terms: Self::no_terms,
    };

    /// Of a platform whose table says all.
    pub fn nothing_impossible(_: &Write, _: &Coupon) -> Option<Message> {
        None
    }

    /// Of a platform whose coupons are for everybody and everything.
    pub fn no_terms(_: &Coupon) -> Vec<Message> {
        Vec::new()
    }

    /// The rule for `verb` on a coupon in `status`: the first line that names both.
    pub fn rule(&self, verb: Verb, status: Status) -> &'static Rule {
        self.said(verb, status).unwrap_or(&UNSAID)
    }

    /// The same; none where no line speaks of it, as of a status that the platform does not have.
    pub fn said(&self, verb: Verb, status: Status) -> Option<&'static Rule> {
        self.rules.iter().find(|rule| rule.verb == verb && rule.statuses.contains(&status))
    }

    /// What the platform does in place of what is suggested for a coupon in `status`; none where it does that very thing.
    pub fn done_instead(&self, suggestion: &Suggestion, status: Status) -> Option<Verb> {
        match self.rule(suggestion.advice.verb()?, status).ability {
            Ability::Instead(verb) => Some(verb),
            Ability::Yes | Ability::FollowOn | Ability::ByHand | Ability::Already | Ability::Never => None,
        }
    }
}

/// What coupons of an export do not allow though their platform does it with their like.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CouponsAllowingLess {
    /// How many coupons were asked about, of how many.
    pub asked: usize,
    pub all: usize,
    /// Most coupons first.
    pub kinds: Vec<AllowedLess>,
}

/// Some coupons of one platform that do not allow the same for the same reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedLess {
    pub platform: Platform,
    pub verbs: Vec<Verb>,
    pub coupons: usize,
    pub reason: Message,
}
