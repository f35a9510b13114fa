//! What the program says on the terminal: plain text, a line a fact, readable without colour.

use std::collections::BTreeMap;
use std::path::Path;

use crate::apply::totals;
use crate::domain::{
    Export, FollowUp, Load, Message, Notice, Outcome, OutcomeKind, RowKey, RunId, Severity, StoreId, StoreLoad,
    Subject, grouped,
};
use crate::export::{Exported, Loaded};
use crate::foreign::one_line;
use crate::language::Language;
use crate::plan::{Plan, PlanRow, Verdict};
use crate::platforms::Platforms;
use crate::workbook::CellProblems;

/// The short summary after an export; of the stores that did not come whole [`not_seen`] tells.
pub fn export(exported: &Exported) -> String {
    let Exported { export, by_hand, place, workbooks, csv_files, .. } = exported;
    let unseen = export.stores_unseen();
    let count = |severity| match (export.count(severity), unseen) {
        (count, 0) => count.to_string(),
        (0, _) => "?".to_string(),
        (count, _) => format!("{count} + ?"),
    };
    let mut lines = vec![
        format!(
            "Export {}: {} of {} loaded, {}, {} live",
            export.id,
            export.stores_loaded(),
            counted(export.stores.len(), "store", "stores"),
            counted(export.rows.len(), "coupon", "coupons"),
            grouped(export.coupons_live())
        ),
        format!(
            "  ● {} critical   ▲ {} warning   ○ {} notice   – {} OK",
            count(Some(Severity::Critical)),
            count(Some(Severity::Warning)),
            count(Some(Severity::Notice)),
            count(None)
        ),
    ];
    for load in export.stores.iter().filter(|load| load.load.is_whole()) {
        if let Some(finding) = load.findings.first().filter(|finding| finding.severity > Severity::Notice) {
            let mark = if finding.severity == Severity::Critical { '●' } else { '▲' };
            lines.push(format!("  {mark} {}: {}", load.store.id, english(&finding.why)));
        }
    }
    for load in &export.stores {
        if let Some(source) = &load.source {
            let at = source.as_of.with_timezone(&load.store.zone).format("%Y-%m-%d %H:%M");
            lines.push(format!("  – {}: from {}, as of {at}", load.store.id, source.file));
        }
    }
    if unseen > 0 {
        let whose = format!("{} that did not come whole", counted(unseen, "store", "stores"));
        lines.push(format!("  ? not known: what is wrong with the coupons of {whose}"));
    }
    if !by_hand.is_empty() {
        let open = by_hand.iter().filter(|row| row.is_open()).count();
        lines.push(format!("  by hand: {open} open, {} seen done since the last export", by_hand.len() - open));
    }
    lines.push(match workbooks.len() {
        1 => format!("Workbook: {}", place.display()),
        several => format!("{several} workbooks, in {}", place.display()),
    });
    lines.extend(csv_files.iter().map(|csv| format!("As text:  {}", csv.display())));
    if !export.rows.is_empty() {
        lines.push("Next: fill in the Action column, save, then run `couponbook plan WORKBOOK`.".to_string());
    }
    lines.join("\n")
}

/// Of stores with the same reason so many are named.
const NAMED_MAX: usize = 3;

/// A line for each reason why a store did not come whole, with its stores and what to do.
pub fn not_seen(export: &Export) -> Vec<String> {
    let told = |load: &StoreLoad| match (&load.load, load.findings.first()) {
        (Load::Failed(problem), _) => format!(" did not load: {}", english(&problem.sentence)),
        (Load::Loaded { .. }, Some(finding)) => format!(": {}", english(&finding.why)),
        (Load::Loaded { .. }, None) => ": its list did not come whole".to_string(),
    };
    let mut reasons: Vec<(String, Vec<&StoreId>)> = Vec::new();
    for load in export.stores.iter().filter(|load| !load.load.is_whole()) {
        let reason = told(load);
        match reasons.iter_mut().find(|(known, _)| without_line(known) == without_line(&reason)) {
            Some((_, stores)) => stores.push(&load.store.id),
            None => reasons.push((reason, vec![&load.store.id])),
        }
    }
    let line = |(reason, stores): (String, Vec<&StoreId>)| {
        let named: Vec<&str> = stores.iter().take(NAMED_MAX).map(|store| store.as_str()).collect();
        let more = stores.len().saturating_sub(NAMED_MAX);
        let and_more = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("● {}{and_more}{reason}", named.join(", "))
    };
    reasons.into_iter().map(line).collect()
}

/// A reason without the line of the config that it names: one variable that is not set is one reason, wherever it is named.
fn without_line(reason: &str) -> String {
    let behind_digits = |place: usize| {
        let rest = reason.get(place + 1..)?;
        let behind = rest.trim_start_matches(|letter: char| letter.is_ascii_digit());
        (behind.len() < rest.len() && behind.starts_with(": ")).then_some((place, behind))
    };
    match reason.match_indices(':').find_map(|(place, _)| behind_digits(place)) {
        Some((place, behind)) => format!("{}{behind}", reason.get(..place).unwrap_or_default()),
        None => reason.to_string(),
    }
}

/// One store's load, for `-v`.
pub fn loaded(loaded: &Loaded) -> String {
    let Loaded { store, calls, seconds, .. } = loaded;
    match &loaded.listing {
        Ok(listing) => format!(
            "{}: {}, {}, {seconds:.1} s",
            store.id,
            counted(listing.coupons.len(), "coupon", "coupons"),
            counted(*calls as usize, "call", "calls")
        ),
        Err(problem) => format!("{}: {}", store.id, english(&problem.sentence)),
    }
}

/// What was left out, or is worth knowing, in one line.
pub fn notice(notice: &Notice) -> String {
    let words = notice_words(notice);
    match notice.subject {
        Subject::CampaignPlan => format!("left out of the campaign plan: {words}"),
        Subject::ReplyTemplate | Subject::Export => format!("note: {words}"),
    }
}

/// `shops/campaigns.csv:7: …`
pub fn notice_words(notice: &Notice) -> String {
    let words = english(&notice.message);
    notice.place().map_or(words.clone(), |place| format!("{place}: {words}"))
}

/// A plan to review: what each row becomes, grouped by store, then the totals, the exposure and the brakes.
pub fn plan(plan: &Plan, export: &Export, platforms: Platforms) -> String {
    let mut lines = vec![format!(
        "Plan for export {} ({}), in the name of {}",
        plan.export,
        counted(plan.rows.len(), "row", "rows"),
        plan.by
    )];
    let mut by_store: BTreeMap<&StoreId, Vec<&PlanRow>> = BTreeMap::new();
    for row in &plan.rows {
        by_store.entry(&row.store).or_default().push(row);
    }
    for (store, rows) in by_store {
        let platform = export
            .store(store)
            .map_or(String::new(), |store| format!(" ({})", platforms.abilities(store.platform).name));
        lines.push(format!("{store}{platform}"));
        lines.extend(rows.into_iter().flat_map(plan_row));
    }
    lines.push(counts_line(&plan.counts()));
    let (sums, unlimited) = plan.exposure();
    if !sums.is_empty() || unlimited > 0 {
        let mut parts: Vec<String> = sums.iter().map(ToString::to_string).collect();
        if unlimited > 0 {
            parts.push(format!("{unlimited} with no limit"));
        }
        lines.push(format!("Can additionally cost at most: {}", parts.join(", ")));
    }
    for brake in &plan.brakes {
        let [reason, release] = [&brake.reason, &brake.release].map(english);
        lines.push(format!("Brake on {}: {reason}; to go on: {release}", counted(brake.rows, "row", "rows")));
    }
    lines.join("\n")
}

fn plan_row(row: &PlanRow) -> Vec<String> {
    let head = format!("  {} · {} · {}", one_line(&row.place), one_line(&row.label), row.action.word);
    match &row.verdict {
        Verdict::Change { change, resumes } => {
            let resumed = if *resumes { " (begun by an earlier run; goes on where it stopped)" } else { "" };
            let mut lines = vec![
                format!("{head} → {}{resumed}", english(&change.operations_message())),
                format!("      {} → {}", english(&change.before), english(&change.after)),
            ];
            lines.extend(change.cannot_undo.as_ref().map(|why| format!("      cannot be undone: {}", english(why))));
            let besides = |rest: &FollowUp| format!("      by hand besides: {}", english(&rest.message()));
            lines.extend(change.follow_up.as_ref().map(besides));
            lines
        }
        Verdict::AlreadyDone { why, by } => {
            let by = by.as_ref().map_or(String::new(), |by| format!(", {}", english(by)));
            vec![format!("{head} → nothing to do: {}{by}", english(why))]
        }
        Verdict::ByHand { task } => vec![
            format!("{head} → by hand: {}", english(&task.message())),
            format!("      whose: {}, due {}", one_line(&task.owner), task.due),
        ],
        Verdict::Conflict { exported, wanted, live } => {
            let [exported, wanted, live] = [exported, wanted, live].map(english);
            vec![format!("{head} → conflict: at export {exported}; wanted {wanted}; now {live}")]
        }
        Verdict::Refused { reason, next } => {
            vec![format!("{head} → refused: {}; {}", english(reason), english(next))]
        }
    }
}

pub fn english(message: &Message) -> String {
    Language::ENGLISH.render(message)
}

fn counts_line(counts: &BTreeMap<&'static str, usize>) -> String {
    let parts: Vec<String> = counts.iter().map(|(word, count)| format!("{count} {word}")).collect();
    if parts.is_empty() {
        "No row has an action: nothing to do.".to_string()
    } else {
        format!("In all: {}", parts.join(", "))
    }
}

/// What became of one row, for `-v`.
pub fn row_outcome(row: &PlanRow, outcome: &Outcome) -> String {
    format!(
        "{} · {} · {}: {} {}",
        row.store,
        one_line(&row.label),
        row.action.word,
        outcome.kind.word(),
        english(&outcome.message)
    )
}

/// After an apply: the sum that always adds up, what needs a look, and where the results are.
pub fn applied(run: &RunId, plan: &Plan, outcomes: &BTreeMap<RowKey, Outcome>, results: Option<&Path>) -> String {
    let totals = totals(outcomes);
    let parts: Vec<String> = totals
        .iter()
        .filter(|(_, count)| **count > 0)
        .map(|(kind, count)| format!("{count} {}", kind.word()))
        .collect();
    let mut lines = vec![format!(
        "Run {run}: {} planned = {}",
        plan.rows.len(),
        if parts.is_empty() { "0".to_string() } else { parts.join(" + ") }
    )];
    for row in &plan.rows {
        let Some(outcome) = outcomes.get(&row.action.row) else { continue };
        if !matches!(outcome.kind, OutcomeKind::Done | OutcomeKind::AlreadyDone) {
            lines.push(
                format!(
                    "  {} · {} · {}: {}: {} {}",
                    row.store,
                    one_line(&row.label),
                    row.action.word,
                    outcome.kind.word(),
                    english(&outcome.message),
                    Language::ENGLISH.render_some(outcome.next.as_ref())
                )
                .trim_end()
                .to_string(),
            );
        }
    }
    lines.extend(results.map(|results| format!("Results: {}", results.display())));
    lines.join("\n")
}

/// A path as it is typed after a command: in quotation marks where a shell would take it for several words or read its signs.
pub fn as_typed(path: &Path) -> String {
    let shown = path.display().to_string();
    let is_plain = |letter: char| letter.is_alphanumeric() || "-_./\\:+,@%".contains(letter);
    match (shown.chars().all(is_plain), cfg!(windows)) {
        (true, _) => shown,
        (false, true) => format!("\"{shown}\""),
        (false, false) => format!("'{}'", shown.replace('\'', r"'\''")),
    }
}

/// All problems of a workbook at once, each with its cell.
pub fn problems(workbook: &Path, problems: &CellProblems) -> String {
    let name =
        workbook.file_name().map_or_else(|| workbook.display().to_string(), |name| name.to_string_lossy().into_owned());
    let cells = counted(problems.count(), "cell", "cells");
    let mut lines = vec![format!("{name}: {cells} cannot be read as meant")];
    lines.extend(problems.iter().take(CELLS_SHOWN).map(|problem| format!("  {problem}")));
    lines.extend(more(problems).map(|more| format!("  {more}; the copy marks each")));
    lines.join("\n")
}

/// A line for each of the first remarks, and one for the rest.
pub fn remarks(remarks: &CellProblems) -> Vec<String> {
    let first = remarks.iter().take(CELLS_SHOWN).map(|remark| format!("note: {remark}"));
    first.chain(more(remarks).map(|more| format!("note: {more}"))).collect()
}

/// So many cells are named one by one.
const CELLS_SHOWN: usize = 100;

/// `and 12 more: 10 in Action, 2 in New end`
fn more(cells: &CellProblems) -> Option<String> {
    let behind = cells.behind(CELLS_SHOWN);
    let all: usize = behind.values().sum();
    let each = behind.iter().map(|(field, count)| format!("{} in {}", grouped(*count), field.column().header));
    (all > 0).then(|| format!("and {} more: {}", grouped(all), each.collect::<Vec<_>>().join(", ")))
}

/// `1 store`, `7 stores`.
pub fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}
