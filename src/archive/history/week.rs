//! One week in full: how it was found by day, how long each finding stayed, what coupons could cost, which loads failed.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::History;
use super::weeks::Asked;
use crate::archive::scan::having;
use crate::archive::{ArchiveError, KnownExport, read_head};
use crate::domain::{
    ActionWord, AppliedChange, Closed, DayCounts, Export, ExportId, ExportMoney, Exposure, FailedLoad, FindingCode,
    FindingKey, FindingLife, HowResolved, IsoWeek, Message, OutcomeKind, PastTask, RowKey, Severity, Status, StoreId,
    Timestamp, WeekCounts,
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
    /// In the order of their first sight.
    pub lives: Vec<FindingLife>,
    /// By export, the oldest first.
    pub money: Vec<ExportMoney>,
    pub failed_loads: Vec<FailedLoad>,
}

/// Whether each store of an export loaded. A store that is not named was not asked for.
pub type WeekLoads = HashMap<StoreId, bool>;

/// A finding as one export saw it.
struct Sight {
    key: FindingKey,
    label: String,
    severity: Severity,
    why: Message,
}

impl History {
    /// What the archive knows of `week`. `changes` are what runs did, and `tasks` what people did by hand: they tell how
    /// findings went away.
    ///
    /// # Errors
    /// Where a table cannot be read.
    pub fn week(
        &self,
        week: IsoWeek,
        changes: &[AppliedChange],
        tasks: &[PastTask],
    ) -> Result<WeekFacts, ArchiveError> {
        let exports = self.whole(|export| export.week() == week);
        let heads = self
            .fetched(&exports, "export.json")?
            .iter()
            .map(|file| Ok(read_head(file)?.export))
            .collect::<Result<Vec<Export>, ArchiveError>>()?;
        let loads: Vec<WeekLoads> = heads.iter().map(loads_of).collect();
        let sights = self.sights(&exports)?;
        let mut lives = lives(&exports, &loads, sights);
        self.look_back(&exports, &mut lives)?;
        let seen_by_hand = |life: &FindingLife| done_by_hand(&heads, tasks, life);
        self.say_how(&exports, &mut lives, changes, seen_by_hand)?;
        lives.sort_by(|one, other| (one.first_seen, &one.key).cmp(&(other.first_seen, &other.key)));
        Ok(WeekFacts {
            days: self.days(&exports)?,
            lives,
            money: self.money(&exports)?,
            failed_loads: heads.iter().flat_map(failed_loads).collect(),
            exports: heads,
        })
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
        let rows = wanted.iter().map(|(_, row)| row.as_str());
        let table = ("coupons.parquet", "row_key risk_kind money_at_risk money_at_risk_currency");
        let found = self.rows(
            &exports,
            table,
            |coupons| having(coupons, "row_key", rows),
            |cell, place| {
                let export = exports.get(place)?.id.clone();
                let exposure = cell.exposure(["risk_kind", "money_at_risk", "money_at_risk_currency"])?;
                Some(((export, cell.word("row_key")?), exposure))
            },
        )?;
        Ok(found.into_iter().filter(|(key, _)| wanted.contains(key)).collect())
    }

    fn sights(&self, exports: &[&KnownExport]) -> Result<Vec<Vec<Sight>>, ArchiveError> {
        let table = ("findings.parquet", "store row_key coupon_id coupon_code finding severity why why_message");
        self.rows_by_export(exports, table, Ok, |cell| {
            let key = FindingKey { store: cell.word("store")?, row: cell.word("row_key"), code: cell.word("finding")? };
            let label = cell.text("coupon_code").or(cell.text("coupon_id")).unwrap_or(key.store.as_str()).to_string();
            let why = cell.message("why_message", "why").unwrap_or_else(|| Message::as_written(""));
            Some(Sight { key, label, severity: cell.word("severity")?, why })
        })
    }

    /// Finds when those began that the week's first export had already.
    fn look_back(&self, exports: &[&KnownExport], lives: &mut [FindingLife]) -> Result<(), ArchiveError> {
        let Some(first) = exports.first() else { return Ok(()) };
        let oldest = first.week().back(LOOK_BACK_WEEKS);
        let mut earlier = self.whole(|export| export.week() >= oldest);
        earlier.truncate(earlier.iter().position(|export| export.id == first.id).unwrap_or_default());
        earlier.reverse();
        let mut still: BTreeMap<FindingKey, &mut FindingLife> =
            lives.iter_mut().filter(|life| life.since_longer).map(|life| (life.key.clone(), life)).collect();
        if earlier.is_empty() || still.is_empty() {
            return Ok(());
        }
        let seen = self.seen_earlier(&earlier, still.keys())?;
        let loads = self.loads(&earlier, still.keys().map(|key| &key.store))?;
        for ((export, seen), loads) in earlier.iter().zip(&seen).zip(&loads) {
            still.retain(|key, life| {
                if seen.contains(key) {
                    life.first_seen = export.at;
                    return true;
                }
                let was_gone = loads.get(&key.store) == Some(&true);
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
        let stores: BTreeSet<&str> = keys.iter().map(|key| key.store.as_str()).collect();
        let query = |findings| having(findings, "store", stores.into_iter());
        self.rows_by_export(earlier, ("findings.parquet", "store row_key finding"), query, |cell| {
            let key = FindingKey { store: cell.word("store")?, row: cell.word("row_key"), code: cell.word("finding")? };
            keys.contains(&key).then_some(key)
        })
    }

    /// Of each export, which of these stores loaded.
    pub(super) fn loads<'s>(
        &self,
        exports: &[&KnownExport],
        stores: impl Iterator<Item = &'s StoreId>,
    ) -> Result<Vec<WeekLoads>, ArchiveError> {
        let stores: BTreeSet<&str> = stores.map(StoreId::as_str).collect();
        let query = |loads| having(loads, "store", stores.into_iter());
        self.rows_by_export(exports, ("stores.parquet", "store loaded"), query, |cell| {
            Some((cell.word("store")?, cell.yes("loaded")?))
        })
    }

    /// Of findings that went away: what took them away.
    fn say_how(
        &self,
        exports: &[&KnownExport],
        lives: &mut [FindingLife],
        changes: &[AppliedChange],
        done_by_hand: impl Fn(&FindingLife) -> Option<ActionWord>,
    ) -> Result<(), ArchiveError> {
        let rows: BTreeSet<&str> = lives
            .iter()
            .filter(|life| !life.is_open())
            .filter_map(|life| Some(life.key.row.as_ref()?.as_str()))
            .collect();
        if rows.is_empty() {
            return Ok(());
        }
        let query = |coupons| having(coupons, "row_key", rows.into_iter());
        let statuses = self.rows(exports, ("coupons.parquet", "row_key status"), query, |cell, place| {
            Some(((exports.get(place)?.at, cell.word("row_key")?), cell.word("status")?))
        })?;
        let statuses: HashMap<(Timestamp, RowKey), Status> = statuses.into_iter().collect();
        for life in lives {
            let by_hand = done_by_hand(life);
            let (Some(closed), Some(row)) = (&mut life.resolved, &life.key.row) else { continue };
            closed.how = match (change_between(changes, row, life.last_seen, closed.at), by_hand) {
                (Some(change), _) => HowResolved::Action { action: change.action, by: change.by.clone() },
                (None, by_hand) => match (statuses.get(&(closed.at, row.clone())), by_hand) {
                    // Nothing is left to do on a coupon that is gone or over: that was not what a person was asked for, unless
                    // it was.
                    (None | Some(Status::Trashed), by_hand) => {
                        by_hand_if(by_hand, &[ActionWord::Delete], HowResolved::Gone)
                    }
                    (Some(Status::Ended), by_hand) => {
                        by_hand_if(by_hand, &[ActionWord::Delete, ActionWord::End], HowResolved::Ended)
                    }
                    (Some(_), Some(action)) => HowResolved::ByHand(action),
                    (Some(_), None) => HowResolved::ByItself,
                },
            };
        }
        Ok(())
    }

    fn days(&self, exports: &[&KnownExport]) -> Result<Vec<DayCounts>, ArchiveError> {
        let found = self.found(exports, &Asked::default())?;
        let mut days: BTreeMap<chrono::NaiveDate, BTreeSet<usize>> = BTreeMap::new();
        for (place, export) in exports.iter().enumerate() {
            days.entry(export.day).or_default().insert(place);
        }
        let counts = |(day, places): (chrono::NaiveDate, BTreeSet<usize>)| {
            let mut counts = WeekCounts::of(IsoWeek::of(day), places.len());
            counts.add_found(found.iter().filter(|found| places.contains(&found.export)));
            let most = |(code, worst): (FindingCode, Severity)| Some((code, (counts.findings.get(&code)?.most, worst)));
            DayCounts {
                day,
                exports: counts.exports,
                findings: counts.worst.iter().filter_map(|(code, worst)| most((*code, *worst))).collect(),
                severities: counts.severities.iter().map(|(severity, counted)| (*severity, counted.most)).collect(),
            }
        };
        Ok(days.into_iter().map(counts).collect())
    }

    fn money(&self, exports: &[&KnownExport]) -> Result<Vec<ExportMoney>, ArchiveError> {
        let mut money: Vec<ExportMoney> = exports
            .iter()
            .map(|export| ExportMoney { export: export.id.clone(), at: export.at, money: BTreeMap::new(), no_limit: 0 })
            .collect();
        for coupons in self.coupons(exports, &Asked::default())? {
            let Some(money) = money.get_mut(coupons.export) else { continue };
            money.no_limit += coupons.no_limit;
            if let Some(currency) = coupons.currency {
                money.money.insert(currency, coupons.money);
            }
        }
        Ok(money)
    }
}

fn loads_of(export: &Export) -> WeekLoads {
    export.stores.iter().map(|load| (load.store.id.clone(), load.load.is_loaded())).collect()
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

/// A finding is gone when its store loaded without it; while the store does not load, nothing is known and it stays open.
fn lives(exports: &[&KnownExport], loads: &[WeekLoads], sights: Vec<Vec<Sight>>) -> Vec<FindingLife> {
    let mut open: BTreeMap<FindingKey, FindingLife> = BTreeMap::new();
    let mut closed = Vec::new();
    for (place, (sights, (export, loads))) in sights.into_iter().zip(exports.iter().zip(loads)).enumerate() {
        let seen: HashSet<FindingKey> = sights.iter().map(|sight| sight.key.clone()).collect();
        for sight in sights {
            let life = open.entry(sight.key.clone()).or_insert_with(|| FindingLife {
                key: sight.key,
                label: String::new(),
                severity: sight.severity,
                why: Message::as_written(""),
                first_seen: export.at,
                since_longer: place == 0,
                last_seen: export.at,
                resolved: None,
            });
            life.severity = life.severity.max(sight.severity);
            (life.last_seen, life.why, life.label) = (export.at, sight.why, sight.label);
        }
        let gone = open.extract_if(.., |key, _| !seen.contains(key) && loads.get(&key.store) == Some(&true));
        let resolved = Some(Closed { at: export.at, how: HowResolved::ByItself });
        closed.extend(gone.map(|(_, life)| FindingLife { resolved: resolved.clone(), ..life }));
    }
    closed.extend(open.into_values());
    closed
}

fn by_hand_if(by_hand: Option<ActionWord>, asked: &[ActionWord], otherwise: HowResolved) -> HowResolved {
    by_hand.filter(|action| asked.contains(action)).map_or(otherwise, HowResolved::ByHand)
}

/// The work by hand on the coupon that was ticked after an export last saw the finding, and no later than by the export that no
/// longer did. An export ticks when it has finished.
fn done_by_hand(exports: &[Export], tasks: &[PastTask], life: &FindingLife) -> Option<ActionWord> {
    let finished = |at: Timestamp| exports.iter().find(|export| export.at == at).map(|export| export.finished);
    let (after, until) = (finished(life.last_seen)?, finished(life.resolved.as_ref()?.at)?);
    let row = life.key.row.as_ref()?;
    let ticked = tasks.iter().filter(|past| past.task.row == *row);
    let ticked = ticked.filter(|past| past.done_at.is_some_and(|done| done > after && done <= until));
    ticked.max_by_key(|past| past.done_at).map(|past| past.task.action)
}

/// The last change that took effect on `row` after it was last seen with the finding, and no later than it was seen without.
fn change_between<'d>(
    changes: &'d [AppliedChange],
    row: &RowKey,
    after: Timestamp,
    until: Timestamp,
) -> Option<&'d AppliedChange> {
    let took_effect = |change: &&AppliedChange| {
        change.row == *row && change.outcome == OutcomeKind::Done && change.at > after && change.at <= until
    };
    changes.iter().filter(took_effect).max_by_key(|change| change.at)
}
