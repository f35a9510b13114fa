//! The daily input: the team's routine, filled in with the program's own result; and the signed cells of one that came back, as sign-offs of our items.

use std::collections::BTreeSet;

use crate::domain::{
    Argument, Coupon, Export, Finding, FindingCode, HowOften, LooksAt, Message, Minimum, OpenAction, RoutineItem, Row,
    Severity, SignOff, Slot, Status, StoreId, StoreLoad, TaskRow, Timestamp, Untold, local_day,
};
use crate::language::Language;
use crate::message;
use crate::rules::Policies;
use crate::workbook::{ChecklistItem, ItemResult, Signed, SignedRow, Target};

/// What the checklist is filled in from.
pub struct ChecklistInput<'a> {
    pub export: &'a Export,
    pub routine: &'a [RoutineItem],
    pub by_hand: &'a [TaskRow],
    pub open_actions: &'a [OpenAction],
    pub policies: &'a Policies,
    pub campaigns: CampaignsSeen,
    /// What was signed on the export's day, the oldest reading first.
    pub sign_offs: &'a [SignOff],
}

/// What the Coverage sheet has to say.
#[derive(Debug, Clone, Copy, Default)]
pub struct CampaignsSeen {
    /// Whether the plan has a campaign for any of the export's stores.
    pub is_any: bool,
    /// Rows of the plan that could not be read.
    pub left_out: usize,
    /// How many stores or coupons are missing, and how bad; none where all that was seen is covered.
    pub gaps: Option<(usize, Severity)>,
}

/// The usual item whose answer is the Coverage sheet.
const CAMPAIGNS: &str = "campaigns";
/// So many coupons or stores are named; more are only counted.
const NAMES_MAX: usize = 3;

/// One line for each item of the routine, in its order, with what was signed earlier on the same day.
pub fn checklist(input: &ChecklistInput) -> Vec<ChecklistItem> {
    (1..).zip(input.routine).map(|(number, item)| input.line(number, item)).collect()
}

/// What was found, before it is put into words.
#[derive(Default)]
struct Found {
    /// How many need attention, and how bad the worst is.
    count: usize,
    worst: Option<Severity>,
    target: Target,
    names: Vec<String>,
    /// Stores that would have to be seen for it and were not.
    unseen: usize,
    /// Why there is nothing to look at.
    nothing: Option<Message>,
}

/// What must have come of a store so that a finding of it is known to be there or not.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Needs {
    /// That it was asked.
    Asked,
    /// That it answered.
    Loaded,
    /// That all of its coupons came.
    Whole,
}

impl ChecklistInput<'_> {
    fn line(&self, number: u32, item: &RoutineItem) -> ChecklistItem {
        let found = match &item.looks_at {
            LooksAt::Findings(codes) if item.key == CAMPAIGNS && item.what.is_none() => {
                self.with_campaigns(item, self.findings(item, codes))
            }
            LooksAt::Findings(codes) => self.findings(item, codes),
            LooksAt::ByHand => self.work_by_hand(),
            LooksAt::OpenActions => self.actions(),
            LooksAt::Eyes => Found::default(),
        };
        let (result, words) = self.result(item, &found);
        ChecklistItem {
            number,
            key: item.key.clone(),
            what: item.what_words(),
            how: item.how_words(),
            how_often: how_often(item.how_often),
            whose: item.whose.clone(),
            result,
            found: words,
            target: found.target,
            stores_unseen: found.unseen,
            signed: self.signed(item),
        }
    }

    /// Weekly items that wait for their day say so, and what there is to see already.
    fn result(&self, item: &RoutineItem, found: &Found) -> (ItemResult, Message) {
        if let Some(next) = item.how_often.next_day(self.export.day) {
            let next = Argument::Day { day: next, near: self.export.day };
            let words = match found.count {
                0 => message!("checklist-next", day = next),
                count => message!("checklist-next-with", day = next, count = count),
            };
            return (ItemResult::NotDue, words);
        }
        let nothing = || Message::as_written("");
        match (found.worst, &item.looks_at) {
            (Some(worst), _) => (ItemResult::Attention(found.count, worst), found.words(item)),
            (None, LooksAt::Eyes) => (ItemResult::ByEye, nothing()),
            (None, _) if found.unseen > 0 => (ItemResult::NotKnown, message!("checklist-unseen", count = found.unseen)),
            (None, LooksAt::Findings(_) | LooksAt::ByHand | LooksAt::OpenActions) => match &found.nothing {
                Some(why) => (ItemResult::Nothing, why.clone()),
                None => (ItemResult::Pass, nothing()),
            },
        }
    }

    /// Why no coupon can have one of these findings; none where one could.
    fn nothing_to_see(&self, codes: &[FindingCode]) -> Option<Message> {
        let is_off = |code: &FindingCode| {
            self.export.stores.iter().all(|load| self.policies.of(&load.store.id).off.contains(code))
        };
        if codes.iter().all(is_off) {
            return Some(message!("checklist-switched-off"));
        }
        let is_about_coupons = codes.iter().any(|code| needs(*code) == Needs::Whole);
        (is_about_coupons && self.export.rows.is_empty()).then(|| message!("checklist-no-coupons"))
    }

    /// Stores of which nobody knows whether they have one of these findings.
    fn unseen(&self, codes: &[FindingCode]) -> usize {
        let needed = codes.iter().map(|code| needs(*code)).max().unwrap_or(Needs::Asked);
        let is_seen = |load: &&StoreLoad| match needed {
            Needs::Asked => true,
            // That a sign-in is refused is known.
            Needs::Loaded => load.load.problem().is_none_or(|problem| problem.is_sign_in),
            Needs::Whole => load.has_everything(),
        };
        let untold = self.untold(codes);
        let is_told = |load: &&StoreLoad| !untold.contains(&load.store.id);
        self.export.stores.iter().filter(|load| !is_seen(load) || !is_told(load)).count()
    }

    /// Stores with a coupon in use of which nobody tells what these findings are about: how many are left, what it asks for, or whether
    /// it runs at all.
    fn untold(&self, codes: &[FindingCode]) -> BTreeSet<&StoreId> {
        let asks = |wanted: &[FindingCode]| codes.iter().any(|code| wanted.contains(code));
        let asks_for_stock = asks(&[FindingCode::OutOfStock, FindingCode::LowStock]);
        let asks_for_spend = asks(&[FindingCode::ThresholdHigh, FindingCode::ThresholdLow]);
        let asks_for_status = asks(&[FindingCode::Paused, FindingCode::Rejected]);
        let lacks = |coupon: &Coupon| {
            let counts = [Untold::Total, Untold::Used].iter().any(|what| coupon.is_untold(*what));
            let has_limit = coupon.total.is_some() || coupon.is_untold(Untold::Total);
            let spend = !coupon.untold.is_empty() && coupon.minimum == Minimum::NotKnown;
            (asks_for_stock && counts && has_limit)
                || (asks_for_spend && spend)
                || (asks_for_status && coupon.is_untold(Untold::Status))
        };
        let in_use = self.export.rows.iter().map(|row| &row.coupon).filter(|coupon| coupon.status == Status::Active);
        in_use.filter(|coupon| lacks(coupon)).map(|coupon| &coupon.store).collect()
    }

    fn findings(&self, item: &RoutineItem, codes: &[FindingCode]) -> Found {
        let worst_of = |findings: &[Finding]| {
            let counted = findings.iter().filter(|it| codes.contains(&it.code) && it.severity >= item.least);
            counted.map(|finding| finding.severity).max()
        };
        // A sign-in that is refused is worse than one that ends soon, and is known.
        let is_refused = |load: &StoreLoad| load.load.problem().is_some_and(|problem| problem.is_sign_in);
        let of_sign_in = |load: &StoreLoad| {
            (codes == [FindingCode::TokenExpiring] && is_refused(load)).then_some(Severity::Critical)
        };
        let of_store = |load: &StoreLoad| worst_of(&load.findings).max(of_sign_in(load));
        let stores: Vec<_> =
            self.export.stores.iter().filter_map(|load| Some((&load.store.id, of_store(load)?))).collect();
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
        let of_plan = self.export.findings.iter().filter(|it| codes.contains(&it.code) && it.severity >= item.least);
        let (plan_count, plan_worst) = (of_plan.clone().count(), of_plan.map(|finding| finding.severity).max());
        let target = if worst.is_none() && plan_count > 0 { Target::Coverage } else { target };
        let is_told_of = codes.contains(&FindingCode::Unplanned) && item.least == Severity::Notice;
        let more = if is_told_of { self.unplanned_beside_first() } else { 0 };
        Found {
            count: stores.len() + rows.len() + plan_count + more,
            worst: worst.max(plan_worst),
            target,
            names,
            unseen: self.unseen(codes),
            nothing: self.nothing_to_see(codes),
        }
    }

    /// A store is told once of all its coupons that are in no campaign: how many there are besides the first of each.
    fn unplanned_beside_first(&self) -> usize {
        let is_told = |load: &&StoreLoad| load.findings.iter().any(|finding| finding.code == FindingCode::Unplanned);
        let of_store = |load: &StoreLoad| {
            let is_its = |row: &&Row| row.coupon.store == load.store.id && row.is_unplanned();
            self.export.rows.iter().filter(is_its).count().saturating_sub(1)
        };
        self.export.stores.iter().filter(is_told).map(of_store).sum()
    }

    /// The Coverage sheet tells of days and coupons; findings on rows, where there are any, of no less.
    fn with_campaigns(&self, item: &RoutineItem, found: Found) -> Found {
        let CampaignsSeen { is_any, left_out, gaps } = self.campaigns;
        let (count, worst) = gaps.map_or((0, None), |(count, worst)| (count, Some(worst)));
        let unread = (left_out > 0).then_some(Severity::Warning).filter(|severity| *severity >= item.least);
        let (count, worst) = (count.max(found.count) + left_out, found.worst.max(worst).max(unread));
        if worst.is_some() {
            return Found { count, worst, target: Target::Coverage, names: Vec::new(), ..found };
        }
        match is_any {
            true => found,
            false => Found { unseen: 0, nothing: Some(message!("checklist-no-campaigns")), ..found },
        }
    }

    fn work_by_hand(&self) -> Found {
        let urgency = |row: &TaskRow| {
            let zone = self.export.store(&row.task.store).map_or(self.export.zone, |store| store.zone);
            row.severity(local_day(self.export.finished, zone))
        };
        let open: Vec<Severity> = self.by_hand.iter().filter_map(urgency).collect();
        let target = if open.is_empty() { Target::Nowhere } else { Target::ByHand };
        Found { count: open.len(), worst: open.iter().max().copied(), target, ..Found::default() }
    }

    /// Something that a manager decided and that did not happen is never calm.
    fn actions(&self) -> Found {
        let target = self.open_actions.first().map_or(Target::Nowhere, |open| Target::Row(open.row.clone()));
        let names = self.open_actions.iter().map(|open| open.label.clone()).take(NAMES_MAX).collect();
        let count = self.open_actions.len();
        Found { count, worst: (count > 0).then_some(Severity::Warning), target, names, ..Found::default() }
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

impl Found {
    /// So many, and which where they are few.
    fn words(&self, item: &RoutineItem) -> Message {
        let id = match item.what {
            None => item.usual_id("found"),
            Some(_) => "checklist-own-found".to_string(),
        };
        let counted = message!(id, count = self.count);
        if self.names.is_empty() || self.count > NAMES_MAX {
            return counted;
        }
        let names: Vec<Argument> = self.names.iter().map(Argument::from).collect();
        message!("checklist-found-named", counted = &counted, names = names).or_shorter(counted)
    }
}

fn needs(code: FindingCode) -> Needs {
    match code {
        FindingCode::StoreNotLoaded
        | FindingCode::ListIncomplete
        | FindingCode::StoreRestricted
        | FindingCode::WrongShop
        // One that did not load is told by the same item.
        | FindingCode::StoreDiffers => Needs::Asked,
        FindingCode::TokenExpiring => Needs::Loaded,
        FindingCode::OutOfStock
        | FindingCode::LowStock
        | FindingCode::RunsOutEarly
        | FindingCode::SuddenDrop
        | FindingCode::ExpiresToday
        | FindingCode::ExpiringSoon
        | FindingCode::NotStarted
        | FindingCode::Paused
        | FindingCode::Rejected
        | FindingCode::StatusUnknown
        | FindingCode::ClaimOver
        | FindingCode::Expired
        | FindingCode::GivesMoneyAway
        | FindingCode::Uncapped
        | FindingCode::ThresholdHigh
        | FindingCode::ThresholdLow
        | FindingCode::CampaignUncovered
        | FindingCode::CampaignMatchesNothing
        | FindingCode::CampaignGap
        | FindingCode::CampaignMissing
        | FindingCode::Duplicate
        | FindingCode::Unplanned => Needs::Whole,
    }
}

fn how_often(how_often: HowOften) -> Message {
    match how_often {
        HowOften::Daily => message!("checklist-daily"),
        HowOften::TwiceDaily => message!("checklist-twice-daily"),
        // `mon` to `sun`.
        HowOften::Weekly(day) => Message::new(format!("checklist-weekly-{day}").to_lowercase(), Vec::new()),
    }
}

/// What was signed, an item and slot each. A remark belongs to the last slot that was signed, or to `slot`, the export's own,
/// where nobody signed. A row that is none of ours is kept under its own words: people add lines to look at.
pub fn sign_offs(rows: &[SignedRow], routine: &[RoutineItem], slot: Slot, read_at: Timestamp) -> Vec<SignOff> {
    rows.iter().flat_map(|row| of_row(row, routine, slot, read_at)).collect()
}

fn of_row(row: &SignedRow, routine: &[RoutineItem], slot: Slot, read_at: Timestamp) -> Vec<SignOff> {
    let signed = [(Slot::Am, &row.am), (Slot::Pm, &row.pm)].into_iter().filter(|(_, name)| !name.is_empty());
    let mut cells: Vec<(Slot, String)> = signed.map(|(slot, name)| (slot, name.clone())).collect();
    if cells.is_empty() && !row.remark.is_empty() {
        cells.push((slot, String::new()));
    }
    let last = cells.len().saturating_sub(1);
    let item = item_of(row, routine);
    let sign_off = |(place, (slot, name)): (usize, (Slot, String))| SignOff {
        item: item.clone(),
        slot,
        name,
        remark: if place == last { row.remark.clone() } else { String::new() },
        read_at,
    };
    cells.into_iter().enumerate().map(sign_off).collect()
}

/// By its key; where that column was lost, by What in whatever language it was written.
fn item_of(row: &SignedRow, routine: &[RoutineItem]) -> String {
    let same = |one: &str, other: &str| one.trim().to_lowercase() == other.trim().to_lowercase();
    let by_key = routine.iter().find(|item| same(&item.key, &row.key));
    let says = |item: &RoutineItem, language: Language| same(&language.render(&item.what_words()), &row.what);
    let by_what = || routine.iter().find(|item| Language::all().any(|language| says(item, language)));
    match by_key.or_else(by_what) {
        Some(item) => item.key.clone(),
        None if !row.key.is_empty() => row.key.clone(),
        None => row.what.clone(),
    }
}
