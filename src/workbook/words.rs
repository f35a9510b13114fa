//! How severities, findings, suggestions and results are said in a workbook's language.
//!
//! The words themselves are messages (`templates/language`); here is which of them a value asks for.

use chrono::Timelike;
use chrono_tz::Tz;
use strum::VariantArray;

use crate::domain::{
    Access, ActionWord, Advice, EndKind, Export, Finding, FindingCode, FindingKey, HOLDS_DAYS, HowEnded, Ledger,
    Message, Money, Notice, Operation, OutcomeKind, Route, Severity, Since, Situation, Slot, Status, Store, StoreId,
    Suggestion, Timestamp, Verb, last_moment, local_day,
};
use crate::language::{Language, capitalised, clock_words, day_words};
use crate::{message, say};

/// The one mark of a level of severity, before its word: `●`, `▲` or `○`; `–` for OK.
pub fn severity_mark(severity: Option<Severity>) -> &'static str {
    match severity {
        Some(Severity::Critical) => "●",
        Some(Severity::Warning) => "▲",
        Some(Severity::Notice) => "○",
        None => "–",
    }
}

/// Why, in the first wording that its cell has room for.
pub fn why_words(language: Language, finding: &Finding) -> String {
    language.render_within(&finding.why, Finding::WHY_COLUMNS)
}

/// An enum whose variants have names in the message files, under one prefix: `action-renew`, `outcome-by-hand`.
pub trait Named: Copy + Into<&'static str> + VariantArray {
    const PREFIX: &'static str;

    /// The id of its name's message.
    fn id(self) -> String {
        let word: &str = self.into();
        format!("{}-{}", Self::PREFIX, word.replace(['_', ' '], "-"))
    }

    fn name(self, language: Language) -> String {
        language.say(&self.id())
    }
}

macro_rules! named {
    ($($kind:ident => $prefix:literal;)*) => {
        $(impl Named for $kind {
            const PREFIX: &'static str = $prefix;
        })*
    };
}

named! {
    Access => "stores-access";
    ActionWord => "action";
    EndKind => "ledger";
    FindingCode => "finding";
    Operation => "results-becomes";
    OutcomeKind => "outcome";
    Severity => "severity";
    Situation => "replies";
    Slot => "slot";
    Status => "status";
    Verb => "help-verb";
}

/// Mark and word, such as `● Critical`; `– OK` where nothing was found.
pub fn severity_words(language: Language, severity: Option<Severity>) -> String {
    let name = severity.map_or_else(|| language.say("severity-ok"), |severity| severity.name(language));
    format!("{} {name}", severity_mark(severity))
}

/// The action that `text` names in any language: lower case, without spaces around it.
pub fn action_named(text: &str) -> Option<ActionWord> {
    let mut named = Language::all().flat_map(|language| ActionWord::ALL.iter().map(move |action| (language, *action)));
    named.find(|(language, action)| action.name(*language) == text).map(|(_, action)| action)
}

/// Typed where something is to be erased: `[clear]`, `[清除]`.
pub fn clear_word(language: Language) -> String {
    language.say("action-clear")
}

/// Whether `text`, in lower case, asks to erase, in any language; a Chinese keyboard types 【 】 where others type [ ].
pub fn is_clear(text: &str) -> bool {
    let plain = text.replace('【', "[").replace('】', "]");
    Language::all().any(|language| clear_word(language) == plain)
}

/// What kind of coupon it is: our words for those that we know, else the platform's.
pub fn kind_words(language: Language, kind: &str) -> String {
    if let Some(one) = kind.strip_suffix(", many codes") {
        return say!(language, "kind-with-many-codes", kind = kind_words(language, one));
    }
    let id = format!("kind-{}", kind.to_lowercase().replace(' ', "-"));
    if language.has(&id) { language.say(&id) } else { capitalised(kind) }
}

/// Mark and word of a row's result, such as `✓ Done`.
pub fn outcome_words(language: Language, kind: OutcomeKind) -> String {
    format!("{} {}", outcome_mark(kind), kind.name(language))
}

fn outcome_mark(kind: OutcomeKind) -> &'static str {
    match kind {
        OutcomeKind::Done => "✓",
        OutcomeKind::AlreadyDone | OutcomeKind::NotReached => "–",
        OutcomeKind::ByHand
        | OutcomeKind::Failed
        | OutcomeKind::Refused
        | OutcomeKind::Conflict
        | OutcomeKind::Unknown
        | OutcomeKind::NotShown => severity_mark(outcome_severity(kind)),
    }
}

/// How urgent a result is; none where nobody has to do anything about it.
pub fn outcome_severity(kind: OutcomeKind) -> Option<Severity> {
    match kind {
        OutcomeKind::Failed | OutcomeKind::Refused | OutcomeKind::Unknown | OutcomeKind::NotShown => {
            Some(Severity::Critical)
        }
        OutcomeKind::Conflict => Some(Severity::Warning),
        OutcomeKind::ByHand => Some(Severity::Notice),
        OutcomeKind::Done | OutcomeKind::AlreadyDone | OutcomeKind::NotReached => None,
    }
}

/// An exclusive end as a person says it in few words: `Mon 30 Nov`, `11月30日` where it is the end of that day, else
/// `Mon 30 Nov 18:00`.
pub fn end_words(language: Language, ends: Timestamp, zone: Tz, now: Timestamp) -> String {
    let last = last_moment(ends, zone);
    let day = day_words(language, last.date(), local_day(now, zone));
    if (last.hour(), last.minute()) == (23, 59) {
        return day;
    }
    // 17:59:59 is the last second of an end at 18:00, and people say 18:00.
    format!("{day}\u{a0}{}", ends.with_timezone(&zone).format("%H:%M"))
}

/// What we would do about a row, verb first: `renew to Mon 30 Nov (follow-on)`, `by hand: restock +700`.
///
/// Several in one are told by their verbs alone where they take more than `columns_max` columns. Dates are in the store's own zone, money in its currency. `now` decides whether a year is said. `instead` is what the platform
/// does in place of it, where that is known.
pub fn suggestion_words(
    language: Language,
    suggestion: &Suggestion,
    store: &Store,
    now: Timestamp,
    instead: Option<Verb>,
    columns_max: usize,
) -> String {
    let by_its_way = |advice: Message| match suggestion.way {
        _ if suggestion.advice.action().is_none() => advice,
        Route::Direct => advice,
        Route::FollowOn => message!("suggest-follow-on", advice = advice),
        Route::Instead => message!("suggest-instead", advice = advice, verb = instead.map_or("other", Into::into)),
        Route::ByHand => message!("suggest-by-hand", advice = advice),
    };
    let told = |advice: &Advice| advice_message(language, advice, store, now);
    let planned: Vec<&str> = suggestion.advices().filter_map(Advice::planned).collect();
    if suggestion.also.is_empty() {
        return language.render_in_cell(&by_its_way(told(&suggestion.advice)));
    }
    // Several coupons of the plan are told as one, where the first of them stands.
    let in_one = |of_planned: Option<&Message>, of_other: &dyn Fn(&Advice) -> Message| {
        let mut of_planned = of_planned.cloned();
        let is_several = of_planned.is_some();
        let part = |advice: &Advice| match advice.planned() {
            Some(_) if is_several => of_planned.take(),
            Some(_) | None => Some(of_other(advice)),
        };
        by_its_way(Message::together(suggestion.advices().filter_map(part).collect()))
    };
    let verb = |advice: &Advice| advice.action().map_or_else(|| told(advice), ActionWord::message);
    let message = match planned.as_slice() {
        [_, _, ..] => {
            let named = message!("suggest-recreate-as-several", codes = planned.join(", "));
            let counted = message!("suggest-recreate-several", count = planned.len());
            let short = in_one(Some(&counted), &told).or_shorter(in_one(Some(&counted), &verb));
            in_one(Some(&named), &told).or_shorter(short)
        }
        [] | [_] => in_one(None, &told).or_shorter(in_one(None, &verb)),
    };
    language.render_within(&message, columns_max)
}

fn advice_message(language: Language, advice: &Advice, store: &Store, now: Timestamp) -> Message {
    let until = |ends: &Timestamp| end_words(language, *ends, store.zone, now);
    let money = |amount: &rust_decimal::Decimal| Money::new(*amount, store.currency);
    match advice {
        Advice::Nothing => message!("suggest-nothing"),
        Advice::Renew { until: ends } => message!("suggest-renew", end = until(ends)),
        Advice::Restock { add } => message!("suggest-restock", count = *add),
        Advice::RemoveEnd => message!("suggest-no-end"),
        Advice::Reduce { by } => message!("suggest-reduce", count = *by),
        Advice::Pause => message!("suggest-pause"),
        Advice::Delete => message!("suggest-delete"),
        Advice::End => message!("suggest-end"),
        Advice::Enable => message!("suggest-enable"),
        Advice::Adjust { min_spend } if min_spend.is_zero() => message!("suggest-no-min-spend"),
        Advice::Adjust { min_spend } => message!("suggest-adjust", amount = money(min_spend)),
        Advice::Recreate { until: ends, min_spend: None } => message!("suggest-recreate", end = until(ends)),
        // Its end is the old one's own, and three facts are more than two lines hold.
        Advice::Recreate { min_spend: Some(amount), .. } => {
            message!("suggest-recreate-from", amount = money(amount))
        }
        Advice::RecreateAs { wanted, until: None, .. } => message!("suggest-recreate-as-no-end", code = wanted),
        Advice::RecreateAs { wanted, until: Some(ends), .. } => {
            message!("suggest-recreate-as", code = wanted, end = until(ends))
        }
        Advice::Wait => message!("suggest-wait"),
        Advice::OpenPage => message!("suggest-open-page"),
        Advice::CheckStore => message!("suggest-check-store"),
        Advice::Leave(why) => message!("suggest-leave", words = why),
    }
}

/// `Singapore`, `新加坡`: the city that a zone is called by.
pub fn place_name(language: Language, zone: Tz) -> String {
    let city = zone.name().rsplit('/').next().unwrap_or_default();
    let id = format!("place-{}", city.to_lowercase().replace('_', "-"));
    if language.has(&id) { language.say(&id) } else { city.replace('_', " ") }
}

/// `Sat 21 Nov, afternoon`: the export that `export` was compared with. Of the same slot only its hour tells the two apart:
/// `14:05 today`. Where the stores were compared with several: each store's own last load.
pub fn since_words(language: Language, since: Option<Since>, export: &Export) -> String {
    let Some(Since { at, day, slot }) = since else { return language.say("summary-since-each") };
    if (day, slot) == (export.day, export.slot) {
        let clock = clock_words(at.with_timezone(&export.zone).naive_local());
        return say!(language, "summary-today-at", clock = clock);
    }
    say!(language, &format!("summary-day-{}", <&str>::from(slot)), day = day_words(language, day, export.day))
}

/// What ended a finding: the same sentence wherever it is told.
pub fn ended_words(language: Language, how: &HowEnded) -> String {
    match how {
        HowEnded::Action { action, by, .. } => {
            say!(language, &format!("ended-by-{}", action.word()), by = by.as_str())
        }
        HowEnded::Kept { by } => say!(language, "ended-by-keep", by = by.as_str()),
        HowEnded::ByHand(action) => say!(language, "ended-by-hand", action = action.name(language)),
        HowEnded::TurnedInto(code) => say!(language, "ended-turned", finding = code.name(language)),
        HowEnded::Gone => language.say("ended-gone"),
        HowEnded::Outside => language.say("ended-outside"),
        HowEnded::Buyers => language.say("ended-buyers"),
        HowEnded::Expired => language.say("ended-expired"),
        HowEnded::Started => language.say("ended-started"),
        HowEnded::LoadsAgain => language.say("ended-loads-again"),
        HowEnded::NotSeen => say!(language, "ended-not-seen", days = HOLDS_DAYS.unsigned_abs()),
        HowEnded::NotKnown => language.say("ended-not-known"),
    }
}

/// `Open before 202 + new 435 − ended 257 (13 by us, 152 turned into another finding) = open after 380`
pub fn ledger_words(language: Language, ledger: &Ledger) -> String {
    let kind = |(kind, count): (&EndKind, &usize)| say!(language, &kind.id(), count = *count);
    let how: Vec<String> = ledger.ended.iter().map(kind).collect();
    let ended: usize = ledger.ended.values().sum();
    say!(
        language,
        if ended == 0 { "ledger-none-ended" } else { "ledger" },
        before = ledger.open_before,
        new = ledger.new,
        ended = ended,
        how = how.join(&language.say("comma")),
        after = ledger.open_after,
    )
}

/// What no sum has in it, both beside each other: `no limit: 3 coupons, not known: 1 coupon`; a dash where there is nothing.
pub fn beyond_words(language: Language, no_limit: u64, not_known: u64) -> String {
    let parts = [(no_limit, "summary-money-no-limit"), (not_known, "summary-money-not-known")];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0);
    let words: Vec<String> = parts.map(|(count, id)| say!(language, id, count = count)).collect();
    if words.is_empty() { "–".to_string() } else { words.join(&language.say("comma")) }
}

/// Whose a finding is: a store's, or the campaign plan's.
pub fn store_or_plan(language: Language, key: &FindingKey) -> String {
    key.store.as_ref().map_or_else(|| language.say("finding-of-plan"), StoreId::to_string)
}

/// What a finding is on: the coupon, else the campaign that it is about, else the whole store.
pub fn finding_on(language: Language, key: &FindingKey, label: &str) -> String {
    match (&key.row, &key.about) {
        (Some(_), _) => label.to_string(),
        (None, Some(campaign)) => campaign.clone(),
        (None, None) => language.say("week-whole-store"),
    }
}

/// `campaigns.csv:7: …`
pub fn notice_words(language: Language, notice: &Notice) -> String {
    let words = language.render(&notice.message);
    notice.short_place().map_or(words.clone(), |place| format!("{place}: {words}"))
}
