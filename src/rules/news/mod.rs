//! What an export has for one channel: what is new or worse since it was last told, what is over, what it is to hear again.
//!
//! Compared are findings, by their keys, with what the channel was last told; `items` puts them together to what people look at: a
//! coupon, a store, several stores with one trouble. What was not seen is neither new nor over.

mod items;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::domain::{
    Abilities, Changed, Export, ExportNews, FindingCode, FindingKey, HowEnded, Listener, Look, Memory, NewsCounts,
    NewsFile, Platform, ResolvedItem, Seen, Severity, Sight, Told, ToldFinding, Topic, Turn,
};

/// So many are named; more are counted.
pub const NAMED_MAX: usize = 5;

pub struct NewsInput<'a> {
    /// The listener's stores alone.
    pub export: &'a Export,
    /// What the whole export saw.
    pub look: &'a Look,
    /// The export beside each store's own last load, where there was one.
    pub changed: Option<&'a Changed>,
    pub memory: &'a Memory,
    pub abilities: &'a dyn Fn(Platform) -> &'static Abilities,
    pub told: &'a Told,
    pub listener: &'a Listener,
    pub by_hand_open: usize,
    pub not_archived: bool,
    pub workbooks: Vec<NewsFile>,
    pub may_attach: bool,
}

/// What is to be said, and what the channel knows then.
pub struct News {
    /// None where there is nothing to say.
    pub news: Option<ExportNews>,
    /// What it was told and still holds, whether anything is said or not: without what was silenced, or is another finding by now.
    pub told_now: Told,
    /// What it was told once it has `news`.
    pub told_after: Told,
}

/// The news of an export for one listener.
pub fn export_news(input: &NewsInput) -> News {
    let present = present(input);
    let Before { still, over } = before(input, &present);
    let turns = turns(input, &present, &still);
    let told_after = told_after(input, &present, &still, &turns);
    let hears = |topic| input.listener.hears(topic);
    let has_news = !turns.is_empty() && (hears(Topic::Critical) || hears(Topic::New) || hears(Topic::Failed));
    let over = if hears(Topic::Resolved) { over } else { Vec::new() };
    let works_again = input.told.failing.is_some() && hears(Topic::Failed);
    let has_trouble = input.not_archived && hears(Topic::Failed);
    let is_said = has_news || !over.is_empty() || hears(Topic::Digest) || has_trouble || works_again;
    let resolved = over.iter().map(|(_, item)| item.clone()).collect();
    let news = is_said.then(|| said(input, (&present, &turns), resolved, &told_after));
    // What is over stays told until the channel has heard that it is.
    let findings = still.findings.into_iter().chain(over.into_iter().map(|(told, _)| told)).collect();
    let failing = input.told.failing.clone().filter(|_| works_again);
    News { news, told_now: Told { findings, failing }, told_after }
}

fn said(
    input: &NewsInput,
    (present, turns): (&BTreeMap<&FindingKey, &Sight>, &BTreeMap<&FindingKey, Turn>),
    mut resolved: Vec<ResolvedItem>,
    told_after: &Told,
) -> ExportNews {
    let export = input.export;
    let mut items = items::items(export, turns, input.abilities);
    let critical = items.iter().filter(|item| item.severity == Severity::Critical).count();
    let is_reminder = !items.is_empty() && items.iter().all(|item| item.turn == Turn::Again);
    let more = items.split_off(items.len().min(NAMED_MAX)).len();
    let is_urgent = present.iter().any(|(key, sight)| {
        turns.get(key).is_some_and(|turn| matches!(turn, Turn::New | Turn::Worse)) && must_be_told_at_once(sight)
    });
    let is_all_clear = told_after.findings.is_empty() && !resolved.is_empty() && export.stores_unseen() == 0;
    let resolved_more = resolved.split_off(resolved.len().min(NAMED_MAX)).len();
    ExportNews {
        export: export.id.clone(),
        day: export.day,
        slot: export.slot,
        zone: export.zone,
        finished: export.finished,
        counts: counts(export),
        worst: items,
        more,
        critical,
        is_urgent,
        unchanged: told_after.findings.iter().filter(|told| !turns.contains_key(&told.key)).count(),
        is_reminder,
        resolved,
        resolved_more,
        is_all_clear,
        works_again: input.told.failing.is_some() && input.listener.hears(Topic::Failed),
        by_hand_open: input.by_hand_open,
        not_archived: input.not_archived,
        workbooks: input.workbooks.clone(),
        may_attach: input.may_attach,
    }
}

fn counts(export: &Export) -> NewsCounts {
    NewsCounts {
        critical: export.count(Some(Severity::Critical)),
        warning: export.count(Some(Severity::Warning)),
        notice: export.count(Some(Severity::Notice)),
        ok: export.count(None),
        stores: export.stores.len(),
        stores_loaded: export.stores_loaded(),
        stores_unseen: export.stores_unseen(),
    }
}

/// What the listener would want to hear of, as it is now.
fn present<'a>(input: &NewsInput<'a>) -> BTreeMap<&'a FindingKey, &'a Sight> {
    let is_theirs = |sight: &&Sight| sight.key.store.as_ref().is_none_or(|store| input.listener.covers(store));
    let wanted = input.look.sights.iter().filter(is_theirs).filter(|sight| follows(input.listener, sight));
    wanted.map(|sight| (&sight.key, sight)).collect()
}

/// Notices never call anybody. Whoever hears only of exports, or of what is over, follows warnings too.
fn follows(listener: &Listener, sight: &Sight) -> bool {
    let of_store = sight.key.row.is_none() && is_trouble_of_store(sight.key.code);
    match sight.severity {
        Severity::Critical if listener.hears(Topic::Critical) => true,
        _ if of_store && (listener.hears(Topic::Critical) || listener.hears(Topic::Failed)) => true,
        Severity::Critical | Severity::Warning => {
            let is_picky = listener.hears(Topic::Critical) || listener.hears(Topic::Failed);
            listener.hears(Topic::New) || !is_picky
        }
        Severity::Notice => false,
    }
}

/// What costs something until somebody acts: whatever is critical, a store that cannot be looked at or will not be, and a coupon that
/// ran out within its campaign. One whose campaign is over, or that another coupon stands in for, is a notice.
fn must_be_told_at_once(sight: &Sight) -> bool {
    let of_store = sight.key.row.is_none() && is_trouble_of_store(sight.key.code);
    let ran_out = sight.key.code == FindingCode::OutOfStock && sight.severity >= Severity::Warning;
    sight.severity == Severity::Critical || of_store || ran_out
}

fn is_trouble_of_store(code: FindingCode) -> bool {
    FindingCode::OF_LOAD.contains(&code) || code == FindingCode::TokenExpiring
}

/// What the channel was told, by what became of it.
struct Before {
    still: Told,
    /// Worst first.
    over: Vec<(ToldFinding, ResolvedItem)>,
}

/// The rest of what it was told is forgotten without a word: it was silenced, is another finding by now, or is of a store that the
/// channel no longer hears of.
fn before(input: &NewsInput, present: &BTreeMap<&FindingKey, &Sight>) -> Before {
    let (mut findings, mut over) = (Vec::new(), Vec::new());
    for told in &input.told.findings {
        let is_theirs = told.key.store.as_ref().is_none_or(|store| input.listener.covers(store));
        if !is_theirs || is_other_load_trouble(&told.key, present) {
            continue;
        }
        if present.contains_key(&told.key) || !is_gone(&told.key, input.look) {
            findings.push(told.clone());
        } else if let Some(how) = how_resolved(input, &told.key) {
            over.push((told.clone(), ResolvedItem { key: told.key.clone(), label: told.label.clone(), how }));
        }
    }
    over.sort_by(|(one, _), (other, _)| (Reverse(one.severity), &one.key).cmp(&(Reverse(other.severity), &other.key)));
    Before { still: Told { findings, failing: None }, over }
}

/// Whether what kept a store from loading is another trouble now.
fn is_other_load_trouble(key: &FindingKey, present: &BTreeMap<&FindingKey, &Sight>) -> bool {
    let is_load = key.row.is_none() && FindingCode::OF_LOAD.contains(&key.code);
    let other =
        |code: &FindingCode| *code != key.code && present.contains_key(&FindingKey { code: *code, ..key.clone() });
    is_load && FindingCode::OF_LOAD.iter().any(other)
}

/// Whether the export would have seen it.
fn is_gone(key: &FindingKey, look: &Look) -> bool {
    match look.stores.get(&key.store) {
        Some(Seen::Whole) => true,
        Some(Seen::Part(rows)) => key.row.as_ref().is_none_or(|row| rows.contains(row)),
        Some(Seen::Nothing) | None => false,
    }
}

/// How it ended; none where it is not over. The inner none: nobody knows.
fn how_resolved(input: &NewsInput, key: &FindingKey) -> Option<Option<HowEnded>> {
    // It is there, and only less urgent than what this channel hears of.
    let is_there = input.look.sights.iter().any(|sight| sight.key == *key);
    let known = input.changed.and_then(|changed| changed.ended.iter().find(|ended| ended.finding.key == *key));
    match known {
        _ if is_there => Some(None),
        Some(ended) => ended.how.is_resolved().then(|| Some(ended.how.clone())),
        // It ended before the export that this one was compared with.
        None => (!is_kept(input, key)).then_some(None),
    }
}

fn is_kept(input: &NewsInput, key: &FindingKey) -> bool {
    let row = key.row.as_ref().and_then(|row| input.export.row(row));
    let kept = row.and_then(|row| input.memory.kept.get(&(row.coupon.store.clone(), row.coupon.id.clone())));
    kept.and_then(|kept| kept.last())
        .is_some_and(|kept| kept.keeping.findings.iter().any(|(code, _)| *code == key.code))
}

/// What is to be told of what is there. Where something that was told long ago is to be told again, so is all that is still there:
/// one reminder, and not one for each.
fn turns<'a>(
    input: &NewsInput,
    present: &BTreeMap<&'a FindingKey, &'a Sight>,
    told: &Told,
) -> BTreeMap<&'a FindingKey, Turn> {
    let known: BTreeMap<&FindingKey, &ToldFinding> = told.findings.iter().map(|told| (&told.key, told)).collect();
    let now = input.export.finished;
    // A clock that was set back must not silence it.
    let is_due = |told: &ToldFinding| (now - told.at).abs() >= input.listener.repeat_after;
    let is_same = |key: &FindingKey, told: &ToldFinding| {
        told.is_sure && present.get(key).is_some_and(|it| it.severity <= told.severity)
    };
    let repeats = known.iter().any(|(key, told)| is_same(key, told) && is_due(told));
    let turn = |(key, sight): (&&'a FindingKey, &&Sight)| {
        let turn = match known.get(*key) {
            None => Turn::New,
            Some(told) if !told.is_sure => Turn::New,
            Some(told) if told.severity < sight.severity => Turn::Worse,
            Some(_) if repeats => Turn::Again,
            Some(_) => return None,
        };
        Some((*key, turn))
    };
    present.iter().filter_map(turn).collect()
}

fn told_after(
    input: &NewsInput,
    present: &BTreeMap<&FindingKey, &Sight>,
    still: &Told,
    turns: &BTreeMap<&FindingKey, Turn>,
) -> Told {
    let now = input.export.finished;
    let mut findings: BTreeMap<FindingKey, ToldFinding> =
        still.findings.iter().map(|told| (told.key.clone(), told.clone())).collect();
    for (key, sight) in present {
        let at = match (turns.contains_key(key), findings.get(*key)) {
            (false, Some(told)) => told.at,
            _ => now,
        };
        let told = ToldFinding {
            key: (*key).clone(),
            label: sight.label.clone(),
            severity: sight.severity,
            at,
            is_sure: true,
        };
        findings.insert((*key).clone(), told);
    }
    Told { findings: findings.into_values().collect(), failing: None }
}
