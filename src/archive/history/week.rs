//! One week in full: how it stood by day, how long each finding stayed, what coupons could cost, which loads failed.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::{Duration, NaiveDate};

use super::seen::{FACTS, facts_of};
use super::{Asked, History};
use crate::archive::scan::{Cells, Which};
use crate::archive::{ArchiveError, KnownExport, read_head};
use crate::domain::{
    ActionWord, AppliedChange, CouponFacts, DayCounts, Ending, Export, ExportId, Exposure, FailedLoad, FindingCode,
    FindingKey, FindingLife, HOLDS_DAYS, HowEnded, IsoWeek, Message, MomentMoney, OutcomeKind, PastTask, RowChange,
    RowKey, Severity, StoreId, Timestamp, WeekCounts, about, how_ended, lives,
};

/// How far back the beginning of a finding is looked for.
pub const LOOK_BACK_WEEKS: u64 = 26;

/// What the archive knows of one week; exports of whole stores only.
#[derive(Debug, Clone, Default)]
pub struct WeekFacts {
    /// Without their rows; the oldest first.
    pub exports: Vec<Export>,
    /// Days that have an export.
    pub days: Vec<DayCounts>,
    /// Every finding that was open at some time of the week, in the order of their first sight.
    pub lives: Vec<FindingLife>,
    /// At the end of each slot with an export, the oldest first.
    pub money: Vec<MomentMoney>,
    pub failed_loads: Vec<FailedLoad>,
}

/// The first day of which exports may still tell how it stood when `week` began.
pub fn still_telling(week: IsoWeek) -> Option<NaiveDate> {
    week.monday().checked_sub_signed(Duration::days(HOLDS_DAYS + 1))
}

impl History {
    /// What the archive knows of `week`, as it was at `until` (its end, or now while it runs). `changes` are what runs did, and
    /// `tasks` what people did by hand: they tell how findings ended.
    ///
    /// # Errors
    /// Where a table cannot be read.
    pub fn week(
        &self,
        week: IsoWeek,
        (begins, until): (Timestamp, Timestamp),
        changes: &[AppliedChange],
        tasks: &[PastTask],
    ) -> Result<WeekFacts, ArchiveError> {
        let own = self.whole(|export| export.week() == week);
        let heads = self
            .fetched(&own, "export.json")?
            .iter()
            .map(|file| Ok(read_head(file)?.export))
            .collect::<Result<Vec<Export>, ArchiveError>>()?;
        let exports = self.still_telling(week);
        let mut lives = lives(self.seen(&exports, |export| export.week() < week)?, until);
        lives.retain(|life| life.ended.as_ref().is_none_or(|ended| ended.at >= begins));
        self.look_back(&exports, &mut lives)?;
        self.say_how(&exports, &mut lives, changes, tasks)?;
        lives.sort_by(|one, other| (one.first_seen, &one.key).cmp(&(other.first_seen, &other.key)));
        let asked = Asked::default();
        let states = self.states(&[week], &asked)?;
        let (found, worst) = (self.found(&states, &asked)?, self.worst(&states, &asked)?);
        let coupons = self.coupons(&states)?;
        let mut days: BTreeMap<NaiveDate, BTreeSet<usize>> = BTreeMap::new();
        for (place, moment) in states.moments.iter().enumerate() {
            days.entry(moment.export.day).or_default().insert(place);
        }
        let exports_of = |day: NaiveDate| own.iter().filter(|export| export.day == day).count();
        let counts = |(day, moments): (NaiveDate, BTreeSet<usize>)| {
            let mut counts = WeekCounts::of(week, exports_of(day));
            counts.add_found(found.iter().filter(|found| moments.contains(&found.moment)));
            counts.add_worst(worst.iter().filter(|worst| moments.contains(&worst.moment)));
            let last = moments.last().copied().unwrap_or_default();
            counts.add_coupons(coupons.iter().filter(|coupons| moments.contains(&coupons.moment)), last);
            let most = |(code, worst): (FindingCode, Severity)| Some((code, (counts.findings.get(&code)?.most, worst)));
            DayCounts {
                day,
                exports: counts.exports,
                findings: counts.worst.iter().filter_map(|(code, worst)| most((*code, *worst))).collect(),
                severities: counts.severities.iter().map(|(severity, counted)| (*severity, counted.most)).collect(),
                coupons_live: counts.coupons_live.most,
            }
        };
        let mut money: Vec<MomentMoney> =
            states.moments.iter().map(|moment| MomentMoney { at: moment.export.at, money: BTreeMap::new() }).collect();
        for coupons in &coupons {
            if let (Some(of), Some(currency)) = (money.get_mut(coupons.moment), coupons.currency) {
                of.money.entry(currency).or_default().add(&coupons.money);
            }
        }
        for of in &mut money {
            of.money.retain(|_, sums| sums.coupons > 0);
        }
        Ok(WeekFacts {
            days: days.into_iter().map(counts).collect(),
            lives,
            money,
            failed_loads: heads.iter().flat_map(failed_loads).collect(),
            exports: heads,
        })
    }

    /// The exports of `week`, and those before it that may still tell how it stood when it began.
    fn still_telling(&self, week: IsoWeek) -> Vec<&KnownExport> {
        let from = still_telling(week).unwrap_or(week.monday());
        self.whole(|export| (from..=week.sunday()).contains(&export.day))
    }

    /// What each of these coupons could still cost when that export saw it.
    ///
    /// # Errors
    /// Where a table cannot be read.
    pub fn money_of(
        &self,
        wanted: &BTreeSet<(ExportId, RowKey)>,
    ) -> Result<BTreeMap<(ExportId, RowKey), Exposure>, ArchiveError> {
        let named: HashSet<&ExportId> = wanted.iter().map(|(export, _)| export).collect();
        let exports: Vec<&KnownExport> = self.exports.iter().filter(|export| named.contains(&export.id)).collect();
        let exports = self.with_coupons(exports)?;
        let rows = wanted.iter().map(|(_, row)| row.as_str());
        let table = ("coupons.parquet", "row_key risk_kind money_at_risk money_at_risk_currency");
        let found = self.rows(&exports, table, &Which::Having("row_key", rows.collect()), |cell, place| {
            let export = exports.get(place)?.id.clone();
            let exposure = cell.exposure(["risk_kind", "money_at_risk", "money_at_risk_currency"])?;
            Some(((export, cell.word("row_key")?), exposure))
        })?;
        Ok(found.into_iter().filter(|(key, _)| wanted.contains(key)).collect())
    }

    /// Finds when those began that were there when their store was first looked at.
    fn look_back(&self, exports: &[&KnownExport], lives: &mut [FindingLife]) -> Result<(), ArchiveError> {
        let Some(last) = exports.last() else { return Ok(()) };
        let oldest = last.week().back(LOOK_BACK_WEEKS);
        let mut still: BTreeMap<FindingKey, &mut FindingLife> =
            lives.iter_mut().filter(|life| life.since_longer).map(|life| (life.key.clone(), life)).collect();
        let mut earlier = self.whole(|export| export.week() >= oldest);
        earlier.truncate(earlier.iter().position(|export| export.id == last.id).unwrap_or_default());
        earlier.reverse();
        if earlier.is_empty() || still.is_empty() {
            return Ok(());
        }
        let seen = self.seen_earlier(&earlier, still.keys())?;
        // In the order of the exports, since what an export tells of the plan hangs on those before it.
        earlier.reverse();
        let mut looks = self.looks(&earlier)?;
        earlier.reverse();
        looks.reverse();
        for ((export, seen), looks) in earlier.iter().zip(&seen).zip(&looks) {
            let whole: HashSet<&Option<StoreId>> =
                looks.iter().filter(|look| look.is_whole).map(|look| &look.store).collect();
            still.retain(|key, life| {
                if export.at >= life.first_seen {
                    return true;
                }
                if life.first_seen - export.at > Duration::days(HOLDS_DAYS) {
                    // Nobody saw it for so long that it ended, as far as is known.
                    return false;
                }
                if seen.contains(key) {
                    life.first_seen = export.at;
                    return true;
                }
                let was_gone = whole.contains(&key.store);
                life.since_longer = !was_gone;
                !was_gone
            });
        }
        Ok(())
    }

    fn seen_earlier<'k>(
        &self,
        earlier: &[&KnownExport],
        keys: impl Iterator<Item = &'k FindingKey>,
    ) -> Result<Vec<HashSet<FindingKey>>, ArchiveError> {
        let keys: HashSet<&FindingKey> = keys.collect();
        let stores: BTreeSet<&str> = keys.iter().filter_map(|key| Some(key.store.as_ref()?.as_str())).collect();
        // Those on the plan have no store, and are few.
        let is_wanted = |cell: &Cells| cell.text("store").is_none_or(|store| stores.contains(store));
        let columns = "store row_key finding why why_message";
        self.rows_by_export(earlier, ("findings.parquet", columns), &Which::Where("store", &is_wanted), |cell| {
            let row: Option<RowKey> = cell.word("row_key");
            // Most are on rows, whose sentences need not be read.
            let about = if row.is_some() { None } else { about(None, &cell.message("why_message", "why")?) };
            let key = FindingKey { store: cell.word("store"), row, code: cell.word("finding")?, about };
            keys.contains(&key).then_some(key)
        })
    }

    /// Of findings that ended: what ended them.
    fn say_how(
        &self,
        exports: &[&KnownExport],
        lives: &mut [FindingLife],
        changes: &[AppliedChange],
        tasks: &[PastTask],
    ) -> Result<(), ArchiveError> {
        let ended = lives.iter_mut().filter(|life| life.ended.as_ref().is_some_and(|it| it.how == HowEnded::NotKnown));
        let mut ended: Vec<&mut FindingLife> = ended.collect();
        let rows: BTreeSet<&str> = ended.iter().filter_map(|life| Some(life.key.row.as_ref()?.as_str())).collect();
        let mut facts: HashMap<(Timestamp, RowKey), CouponFacts> = HashMap::new();
        if !rows.is_empty() {
            let rows: BTreeSet<String> = rows.into_iter().map(str::to_string).collect();
            let which = Which::Having("row_key", rows.iter().map(String::as_str).collect());
            facts.extend(self.rows(exports, ("coupons.parquet", FACTS), &which, |cell, place| {
                Some(((exports.get(place)?.at, cell.word("row_key")?), facts_of(cell)))
            })?);
        }
        let mut done: HashMap<&RowKey, Vec<RowChange>> = HashMap::new();
        for change in changes.iter().filter(|change| change.outcome == OutcomeKind::Done) {
            let AppliedChange { row, action, becomes, by, run, at, .. } = change.clone();
            let Some(first) = becomes.first() else { continue };
            let whole = RowChange { row, action, becomes: *first, by, run, at };
            done.entry(&change.row).or_default().extend(whole.each(&becomes));
        }
        for life in &mut ended {
            let (last_seen, key) = (life.last_seen, &life.key);
            let Some(end) = &mut life.ended else { continue };
            let meanwhile = |at: Timestamp| at > last_seen && at <= end.at;
            let of_row = key.row.as_ref().and_then(|row| done.get(row));
            let mut changes: Vec<&RowChange> = of_row.into_iter().flatten().filter(|it| meanwhile(it.at)).collect();
            changes.sort_by_key(|change| std::cmp::Reverse(change.at));
            let seen_at = |at: Timestamp| facts.get(&(at, key.row.clone()?));
            end.how = how_ended(&Ending {
                key,
                at: end.at,
                before: seen_at(last_seen),
                after: seen_at(end.at),
                new: &end.new,
                changes: &changes,
                by_hand: done_by_hand(exports, tasks, key, (last_seen, end.at)),
            });
        }
        Ok(())
    }
}

fn failed_loads(export: &Export) -> impl Iterator<Item = FailedLoad> {
    export.stores.iter().filter_map(|load| {
        let problem = load.load.problem()?;
        Some(FailedLoad {
            export: export.id.clone(),
            at: export.at,
            store: load.store.id.clone(),
            words: problem.platform_words.as_ref().map_or_else(|| problem.sentence.clone(), Message::as_written),
            request_id: problem.request_id.clone(),
        })
    })
}

/// The work by hand on the coupon that was ticked after the finding was last seen, and no later than by the export that no longer
/// saw it. An export ticks when it has finished, which is before the next one begins.
fn done_by_hand(
    exports: &[&KnownExport],
    tasks: &[PastTask],
    key: &FindingKey,
    (last_seen, ended): (Timestamp, Timestamp),
) -> Option<ActionWord> {
    let row = key.row.as_ref()?;
    let next = |at: Timestamp| exports.iter().map(|export| export.at).filter(|other| *other > at).min();
    let after = next(last_seen).unwrap_or(last_seen).min(ended);
    let until = next(ended);
    let ticked = tasks.iter().filter(|past| past.task.row == *row);
    let ticked =
        ticked.filter(|past| past.done_at.is_some_and(|done| done >= after && until.is_none_or(|until| done < until)));
    ticked.max_by_key(|past| past.done_at).map(|past| past.task.action)
}
