//! The daily inspection: the team's routine, filled in with the program's own result.

use chrono::Weekday;
use unicode_width::UnicodeWidthStr;

use crate::domain::{
    Export, Finding, HowOften, LooksAt, OpenAction, RoutineItem, Row, Severity, SignOff, Slot, TaskRow, local_day,
};
use crate::language::{Language, day_words};
use crate::say;
use crate::workbook::{ChecklistItem, ItemResult, Signed, Target};

/// What the checklist is filled in from.
pub struct Inspection<'a> {
    pub export: &'a Export,
    pub routine: &'a [RoutineItem],
    pub by_hand: &'a [TaskRow],
    pub open_actions: &'a [OpenAction],
    /// How many stores or coupons the Coverage sheet shows as missing, and how bad; none where all is covered.
    pub campaign_gaps: Option<(usize, Severity)>,
    /// What was signed on the export's day, the oldest reading first.
    pub sign_offs: &'a [SignOff],
    pub language: Language,
}

/// The usual item whose answer is the Coverage sheet.
const CAMPAIGNS: &str = "campaigns";
/// So many coupons or stores are named; more are only counted.
const NAMES_MAX: usize = 3;
/// What fits the cell on one line, which is all that LibreOffice shows of a link; a Chinese letter takes two columns.
const FOUND_COLUMNS_MAX: usize = 42;

/// One line for each item of the routine, in its order, with what was signed earlier on the same day.
pub fn checklist(inspection: &Inspection) -> Vec<ChecklistItem> {
    (1..).zip(inspection.routine).map(|(number, item)| inspection.line(number, item)).collect()
}

/// What an item is called: in the team's own words, else in the workbook's language.
pub(super) fn what(item: &RoutineItem, language: Language) -> String {
    item.what.clone().unwrap_or_else(|| usual(language, &item.key, "what"))
}

/// What was found, before it is put into words.
struct Found {
    /// How many need attention, and how bad the worst is.
    count: usize,
    worst: Option<Severity>,
    target: Target,
    names: Vec<String>,
}

impl Inspection<'_> {
    fn line(&self, number: u32, item: &RoutineItem) -> ChecklistItem {
        let found = match &item.looks_at {
            LooksAt::Findings(_) if item.key == CAMPAIGNS && item.what.is_none() => self.campaigns(item),
            LooksAt::Findings(_) => self.findings(item),
            LooksAt::ByHand => self.work_by_hand(),
            LooksAt::OpenActions => self.actions(),
            LooksAt::Eyes => Found { count: 0, worst: None, target: Target::Nowhere, names: Vec::new() },
        };
        let (result, words) = self.result(item, &found);
        ChecklistItem {
            number,
            key: item.key.clone(),
            what: what(item, self.language),
            how: match (&item.how, &item.what) {
                (Some(how), _) => how.clone(),
                (None, Some(_)) => String::new(),
                (None, None) => usual(self.language, &item.key, "how"),
            },
            how_often: how_often(self.language, item.how_often),
            whose: item.whose.clone(),
            result,
            found: words,
            target: found.target,
            signed: self.signed(item),
        }
    }

    /// Weekly items that wait for their day say so, and what there is to see already.
    fn result(&self, item: &RoutineItem, found: &Found) -> (ItemResult, String) {
        let language = self.language;
        let words = if found.count == 0 { String::new() } else { self.found_words(item, found) };
        if let Some(next) = item.how_often.next_day(self.export.day) {
            let next = day_words(language, next, self.export.day);
            let words = match found.count {
                0 => say!(language, "checklist-next", day = next),
                count => say!(language, "checklist-next-with", day = next, count = count),
            };
            return (ItemResult::NotDue, words);
        }
        match (found.worst, &item.looks_at) {
            (Some(worst), _) => (ItemResult::Attention(found.count, worst), words),
            (None, LooksAt::Eyes) => (ItemResult::ByEye, words),
            (None, _) => (ItemResult::Pass, words),
        }
    }

    fn found_words(&self, item: &RoutineItem, found: &Found) -> String {
        let language = self.language;
        let known = item.what.is_none();
        let id = if known { usual_id(&item.key, "found") } else { "checklist-own-found".to_string() };
        let counted = say!(language, &id, count = found.count);
        if found.names.is_empty() || found.count > NAMES_MAX {
            return counted;
        }
        let named = say!(
            language,
            "checklist-found-named",
            counted = counted.as_str(),
            names = found.names.join(&language.say("comma"))
        );
        if named.width() <= FOUND_COLUMNS_MAX { named } else { counted }
    }

    fn findings(&self, item: &RoutineItem) -> Found {
        let LooksAt::Findings(codes) = &item.looks_at else {
            return Found { count: 0, worst: None, target: Target::Nowhere, names: Vec::new() };
        };
        let worst_of = |findings: &[Finding]| {
            let counted = findings.iter().filter(|it| codes.contains(&it.code) && it.severity >= item.least);
            counted.map(|finding| finding.severity).max()
        };
        let stores: Vec<_> =
            self.export.stores.iter().filter_map(|load| Some((&load.store.id, worst_of(&load.findings)?))).collect();
        let rows: Vec<(&Row, Severity)> =
            self.export.rows.iter().filter_map(|row| Some((row, worst_of(&row.findings)?))).collect();
        let worst = stores.iter().map(|(_, severity)| *severity).chain(rows.iter().map(|(_, it)| *it)).max();
        let target = match rows.iter().find(|(_, severity)| Some(*severity) == worst) {
            Some((row, _)) => Target::Row(row.key.clone()),
            None if !stores.is_empty() => Target::Stores,
            None => Target::Nowhere,
        };
        let of_stores = stores.iter().map(|(id, _)| id.to_string());
        let names =
            of_stores.chain(rows.iter().map(|(row, _)| row.coupon.label().to_string())).take(NAMES_MAX).collect();
        Found { count: stores.len() + rows.len(), worst, target, names }
    }

    /// The Coverage sheet tells of days and coupons; findings on rows, where there are any, of no less.
    fn campaigns(&self, item: &RoutineItem) -> Found {
        let found = self.findings(item);
        match self.campaign_gaps {
            Some((count, worst)) => Found {
                count: count.max(found.count),
                worst: found.worst.max(Some(worst)),
                target: Target::Coverage,
                names: Vec::new(),
            },
            None => found,
        }
    }

    fn work_by_hand(&self) -> Found {
        let urgency = |row: &TaskRow| {
            let zone = self.export.store(&row.task.store).map_or(self.export.zone, |store| store.zone);
            row.severity(local_day(self.export.finished, zone))
        };
        let open: Vec<Severity> = self.by_hand.iter().filter_map(urgency).collect();
        let target = if open.is_empty() { Target::Nowhere } else { Target::ByHand };
        Found { count: open.len(), worst: open.iter().max().copied(), target, names: Vec::new() }
    }

    /// Something that a manager decided and that did not happen is never calm.
    fn actions(&self) -> Found {
        let target = self.open_actions.first().map_or(Target::Nowhere, |open| Target::Row(open.row.clone()));
        let names = self.open_actions.iter().map(|open| open.label.clone()).take(NAMES_MAX).collect();
        let count = self.open_actions.len();
        Found { count, worst: (count > 0).then_some(Severity::Warning), target, names }
    }

    fn signed(&self, item: &RoutineItem) -> Signed {
        let of_item = || self.sign_offs.iter().rev().filter(|signed| signed.item == item.key);
        let name = |slot: Slot| {
            let last = of_item().find(|signed| signed.slot == slot && !signed.name.is_empty());
            last.map(|signed| signed.name.clone()).unwrap_or_default()
        };
        let remark = of_item().find(|signed| !signed.remark.is_empty()).map(|signed| signed.remark.clone());
        Signed {
            am: name(Slot::Am),
            pm: name(Slot::Pm),
            remark: remark.unwrap_or_default(),
            am_due: item.how_often.is_due(self.export.day, Slot::Am),
            pm_due: item.how_often.is_due(self.export.day, Slot::Pm),
        }
    }
}

fn usual(language: Language, key: &str, part: &str) -> String {
    language.say(&usual_id(key, part))
}

fn usual_id(key: &str, part: &str) -> String {
    format!("checklist-{}-{part}", key.replace('_', "-"))
}

fn how_often(language: Language, how_often: HowOften) -> String {
    match how_often {
        HowOften::Daily => language.say("checklist-daily"),
        HowOften::TwiceDaily => language.say("checklist-twice-daily"),
        HowOften::Weekly(weekday) => language.say(match weekday {
            Weekday::Mon => "checklist-weekly-mon",
            Weekday::Tue => "checklist-weekly-tue",
            Weekday::Wed => "checklist-weekly-wed",
            Weekday::Thu => "checklist-weekly-thu",
            Weekday::Fri => "checklist-weekly-fri",
            Weekday::Sat => "checklist-weekly-sat",
            Weekday::Sun => "checklist-weekly-sun",
        }),
    }
}
