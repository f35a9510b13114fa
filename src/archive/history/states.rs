//! How it stood, moment by moment: for each store what its own last export saw, whatever other exports were filtered to.
//!
//! A moment is the end of a slot (the morning or the afternoon of a day) that has an export. A store that the slot's exports did
//! not ask for, or that did not load, stands as it was last seen, at most [`HOLDS_DAYS`] long: it is neither zero nor resolved.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Duration, NaiveDate};
use polars::prelude::*;

use super::{Asked, History};
use crate::archive::scan::{Cell, FILE, answer, scan, spelled};
use crate::archive::{ArchiveError, KnownExport};
use crate::domain::{
    Currency, FindingCode, HOLDS_DAYS, IsoWeek, MoneyAtRisk, Severity, Status, StoreId, StoreWeek, StoreWeeks,
    Timestamp,
};

/// One store in one export; no store: the campaign plan, which is loaded where all known stores are.
#[derive(Debug, Clone)]
pub(super) struct StoreLook {
    pub(super) store: Option<StoreId>,
    pub(super) loaded: bool,
    /// Whether all came that the platform says there is.
    pub(super) is_whole: bool,
    currency: Option<Currency>,
}

/// The end of a slot with an export.
pub(super) struct Moment<'e> {
    /// The last of the slot.
    pub(super) export: &'e KnownExport,
    exports: usize,
}

/// Which export tells of a store at a moment.
struct Stand {
    moment: usize,
    place: usize,
    store: Option<StoreId>,
    currency: Option<Currency>,
    is: StandKind,
    /// Whether an export of the moment's own slot asked for the store.
    asked_now: bool,
    /// Of the average of the moment's week: what is told of its coupons, and what of the store itself.
    weight: f64,
    own_weight: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum StandKind {
    /// The store was loaded in the moment's own slot.
    Fresh,
    /// It stands as it was seen before.
    Carried,
    /// The last export that asked for it could not load it: what is found on the store itself.
    Failed,
}

/// All moments of some weeks, and who tells of what.
pub(super) struct States<'e> {
    pub(super) exports: Vec<&'e KnownExport>,
    /// Of each of these.
    pub(super) looks: Vec<Vec<StoreLook>>,
    pub(super) moments: Vec<Moment<'e>>,
    stands: Vec<Stand>,
}

/// How many findings of one code and severity stand at one moment.
pub(super) struct Found {
    pub(super) moment: usize,
    pub(super) code: FindingCode,
    pub(super) severity: Severity,
    pub(super) count: u64,
    /// The share of the average of its week.
    pub(super) share: f64,
}

/// How many coupons, stores and lines of the campaign plan have this as their worst finding at one moment.
pub(super) struct Worst {
    pub(super) moment: usize,
    pub(super) severity: Severity,
    pub(super) count: u64,
    /// The share of the average of its week.
    pub(super) share: f64,
}

/// What the coupons of one currency come to at one moment.
pub(super) struct Coupons {
    pub(super) moment: usize,
    /// None where a store does not say in what it sells.
    pub(super) currency: Option<Currency>,
    pub(super) count: u64,
    pub(super) share: f64,
    pub(super) live: u64,
    pub(super) live_share: f64,
    pub(super) money: MoneyAtRisk,
}

const ROW: u32 = 0;
const STORE: u32 = 1;

impl History {
    /// The moments of `weeks`. What was before them is looked at as far as it still stands.
    pub(super) fn states(&self, weeks: &[IsoWeek], asked: &Asked) -> Result<States<'_>, ArchiveError> {
        let first = weeks.iter().min().map_or(NaiveDate::MAX, |week| week.monday());
        let from = first.checked_sub_signed(Duration::days(HOLDS_DAYS + 1)).unwrap_or(first);
        let last = weeks.iter().max().map_or(NaiveDate::MIN, |week| week.sunday());
        let exports = self.whole(|export| (from..=last).contains(&export.day));
        let looks = self.looks(&exports)?;
        Ok(States::of(exports, looks, weeks, asked))
    }

    /// What each export asked for, and what came of it.
    pub(super) fn looks(&self, exports: &[&KnownExport]) -> Result<Vec<Vec<StoreLook>>, ArchiveError> {
        let table = ("stores.parquet", "store loaded currency coupons expected unreadable source_is_part");
        let mut looks: Vec<Vec<StoreLook>> = self.rows_by_export(exports, table, Ok, |cell| {
            let loaded = cell.yes("loaded")?;
            let came_short = cell.count("expected") > cell.count("coupons")
                || cell.text("unreadable").is_some()
                || cell.yes("source_is_part") == Some(true);
            Some(StoreLook {
                store: Some(cell.word("store")?),
                loaded,
                is_whole: loaded && !came_short,
                currency: cell.text("currency").and_then(|code| Currency::of_letters(code).ok()),
            })
        })?;
        // An export of some stores cannot tell that a row of the plan is answered again.
        let mut known: BTreeMap<StoreId, Timestamp> = BTreeMap::new();
        for (export, looks) in exports.iter().zip(&mut looks) {
            known.retain(|_, at| export.at - *at <= Duration::days(HOLDS_DAYS));
            let loaded = looks.iter().filter(|look| look.loaded).filter_map(|look| look.store.clone());
            let known_before = known.len();
            known.extend(loaded.map(|store| (store, export.at)));
            let all = looks.iter().all(|look| look.loaded) && looks.len() >= known_before;
            looks.push(StoreLook { store: None, loaded: all, is_whole: all, currency: None });
        }
        Ok(looks)
    }

    /// The findings that stand at each moment.
    pub(super) fn found(&self, states: &States, asked: &Asked) -> Result<Vec<Found>, ArchiveError> {
        if states.stands.is_empty() {
            return Ok(Vec::new());
        }
        let query = self.standing_findings(states, asked).map(|findings| {
            let counts = [col("count").sum(), (col("count") * col("weight")).sum().alias("share")];
            findings.group_by([col("moment"), col("finding"), col("severity")]).agg(counts)
        });
        Ok(answer(query, self.archive.root())?.rows(|cell| {
            Some(Found {
                moment: cell.count("moment")? as usize,
                code: cell.word("finding")?,
                severity: cell.word("severity")?,
                count: cell.count("count")?,
                share: cell.share("share")?,
            })
        }))
    }

    /// What is seen at each moment by its worst finding: each coupon once, each store, each line of the campaign plan.
    pub(super) fn worst(&self, states: &States, asked: &Asked) -> Result<Vec<Worst>, ArchiveError> {
        if states.stands.is_empty() {
            return Ok(Vec::new());
        }
        let query = self.standing_by_worst(states, asked, lit(true)).map(|standing| {
            let counts = [col("count").sum(), (col("count") * col("weight")).sum().alias("share")];
            standing.group_by([col("moment"), col("rank")]).agg(counts)
        });
        Ok(answer(query, self.archive.root())?.rows(|cell| {
            Some(Worst {
                moment: cell.count("moment")? as usize,
                severity: of_rank(cell)?,
                count: cell.count("count")?,
                share: cell.share("share")?,
            })
        }))
    }

    /// As [`Export::count`](crate::domain::Export::count) has it; where one finding is asked for, what has it by its severity. Of what
    /// stands that for which `which` holds.
    fn standing_by_worst(&self, states: &States, asked: &Asked, which: Expr) -> PolarsResult<LazyFrame> {
        if asked.finding.is_some() {
            return Ok(self.standing_findings(states, asked)?.filter(which).with_column(rank_of(lit(false))));
        }
        let columns = ["moment", "store", "rank", "count", "weight"].map(col);
        let tables = self.tables(states, "coupons.parquet")?;
        // A coupon's worst is written beside it.
        let coupons = scan(&tables, "store severity")?.filter(col("severity").is_not_null());
        let keys = [col(FILE), col("store"), lit(ROW).alias("on"), rank_of(lit(false))];
        let coupons = coupons.group_by(keys).agg([len().cast(DataType::Float64).alias("count")]);
        let coupons = states.join(coupons, &tables)?.filter(which.clone()).select(columns.clone());
        // A list that did not come whole is never less than critical.
        let of_load = FindingCode::OF_LOAD.map(|code| col("finding").eq(lit(code.code())));
        let is_of_load = of_load.into_iter().fold(lit(false), Expr::or);
        let itself = self.standing_on_stores(states, asked)?.filter(which).with_column(rank_of(is_of_load));
        // A store is one, whatever was found on it; a line of the plan has one finding.
        let most = ["rank", "count", "weight"].map(|name| col(name).max());
        let one = when(col("store").eq(lit(""))).then(col("count")).otherwise(lit(1.0)).alias("count");
        let itself = itself.group_by([col("moment"), col("store"), col("line")]).agg(most).with_column(one);
        concat([coupons, itself.select(columns)], UnionArgs::default())
    }

    fn standing_findings(&self, states: &States, asked: &Asked) -> PolarsResult<LazyFrame> {
        let tables = self.tables(states, "findings.parquet")?;
        let found = asked.among(scan(&tables, "store row_key finding severity")?).filter(col("row_key").is_not_null());
        let keys = [col(FILE), col("store"), lit(ROW).alias("on"), col("finding"), col("severity")];
        let found = found.group_by(keys).agg([len().cast(DataType::Float64).alias("count")]);
        let columns = ["moment", "store", "finding", "severity", "count", "weight", "fresh"].map(col);
        let on_coupons = states.join(found, &tables)?.select(columns.clone());
        concat([on_coupons, self.standing_on_stores(states, asked)?.select(columns)], UnionArgs::default())
    }

    /// What is found on stores themselves and on the lines of the campaign plan (which have no store), each once: the last load and the
    /// last failure of a store may both tell it.
    fn standing_on_stores(&self, states: &States, asked: &Asked) -> PolarsResult<LazyFrame> {
        let tables = self.tables(states, "findings.parquet")?;
        let found = asked.among(scan(&tables, "store row_key finding severity why")?).filter(col("row_key").is_null());
        let store = col("store").fill_null(lit("")).alias("store");
        let line = when(col("store").is_null()).then(col("why")).otherwise(lit("")).alias("line");
        let keys = [col(FILE), store, lit(STORE).alias("on"), col("finding"), col("severity"), line];
        let found = found.group_by(keys).agg([len().cast(DataType::Float64).alias("count")]);
        let keys = ["moment", "store", "finding", "severity", "line"].map(col);
        let most = ["count", "weight", "fresh"].map(|name| col(name).max());
        Ok(states.join(found, &tables)?.group_by(keys).agg(most))
    }

    fn tables(&self, states: &States, name: &str) -> PolarsResult<Vec<std::path::PathBuf>> {
        let unreadable = |error: ArchiveError| PolarsError::ComputeError(error.to_string().into());
        Ok(self.files(&states.exports, name).map_err(unreadable)?.0)
    }

    /// What the coupons come to at each moment.
    pub(super) fn coupons(&self, states: &States) -> Result<Vec<Coupons>, ArchiveError> {
        if states.stands.is_empty() {
            return Ok(Vec::new());
        }
        let (tables, _) = self.files(&states.exports, "coupons.parquet")?;
        let of_risk = |status: Status| col("status").eq(lit(status.word()));
        let columns = "store status remaining severity risk_kind money_at_risk money_at_risk_currency";
        let query = scan(&tables, columns).and_then(|coupons| {
            // As `at_risk` has it.
            let amount = || col("money_at_risk").fill_null(lit(0));
            let is_known = || col("risk_kind").eq(lit("known"));
            let held = of_risk(Status::Ended).and(is_known().not().or(amount().neq(lit(0))));
            let counts = of_risk(Status::Active).or(of_risk(Status::Scheduled)).or(held);
            let is_not_told = of_risk(Status::Unknown);
            // As `Coupon::is_live` has it.
            let is_live = of_risk(Status::Active).and(col("remaining").is_null().or(col("remaining").neq(lit(0))));
            let coupons = coupons.with_columns([
                is_live.alias("live"),
                counts.clone().or(is_not_told.clone()).alias("at_risk"),
                when(counts.clone()).then(amount()).otherwise(lit(0)).alias("all"),
                when(counts.clone().and(col("severity").is_not_null())).then(amount()).otherwise(lit(0)).alias("found"),
                counts.clone().and(col("risk_kind").eq(lit("no_limit"))).alias("no_limit"),
                is_not_told.or(counts.and(col("risk_kind").eq(lit("not_known")))).alias("not_known"),
                lit(ROW).alias("on"),
            ]);
            let number = |name: &str| col(name).cast(DataType::UInt64).sum().cast(DataType::Float64).alias(name);
            let counts = [
                len().cast(DataType::Float64).alias("count"),
                number("live"),
                number("at_risk"),
                number("no_limit"),
                number("not_known"),
                col("all").sum(),
                col("found").sum(),
            ];
            let keys = [col(FILE), col("store"), col("on"), col("money_at_risk_currency").alias("currency")];
            let standing = states.join(coupons.group_by(keys).agg(counts), &tables)?;
            let sums =
                ["count", "live", "at_risk", "no_limit", "not_known", "all", "found"].map(|name| col(name).sum());
            let share = |of: &str, name: &str| (col(of) * col("weight")).sum().alias(name);
            let shares = [share("count", "share"), share("live", "live_share")];
            // What is no sum is told beside those of the store's own currency.
            let currency = when(col("currency").is_null()).then(col("own")).otherwise(col("currency"));
            let keys = [col("moment"), currency.alias("in")];
            Ok(standing.group_by(keys).agg(sums.into_iter().chain(shares).collect::<Vec<_>>()))
        });
        Ok(answer(query, self.archive.root())?.rows(|cell| {
            Some(Coupons {
                moment: cell.count("moment")? as usize,
                currency: cell.text("in").and_then(|code| Currency::of_letters(code).ok()),
                count: cell.count("count")?,
                share: cell.share("share")?,
                live: cell.count("live")?,
                live_share: cell.share("live_share")?,
                money: MoneyAtRisk {
                    all: cell.decimal("all").unwrap_or_default(),
                    with_findings: cell.decimal("found").unwrap_or_default(),
                    coupons: cell.count("at_risk").unwrap_or_default(),
                    no_limit: cell.count("no_limit").unwrap_or_default(),
                    not_known: cell.count("not_known").unwrap_or_default(),
                },
            })
        }))
    }

    /// Each store in each of `weeks`.
    ///
    /// # Errors
    /// Where a table cannot be read.
    pub fn stores_by_week(&self, weeks: &[IsoWeek], asked: &Asked) -> Result<StoreWeeks, ArchiveError> {
        let exports = self.whole(|export| weeks.contains(&export.week()));
        let looks = self.looks(&exports)?;
        let mut stores = StoreWeeks::new();
        for (export, looks) in exports.iter().zip(&looks) {
            for (store, look) in looks.iter().filter_map(|look| Some((look.store.as_ref()?, look))) {
                if asked.stores.as_ref().is_none_or(|stores| stores.contains(store)) {
                    let week = stores.entry(store.clone()).or_default().entry(export.week()).or_default();
                    week.exports += 1;
                    week.loaded += u64::from(look.loaded);
                }
            }
        }
        let states = States::of(exports, looks, weeks, asked);
        if states.stands.is_empty() {
            return Ok(stores);
        }
        let query = self
            .standing_by_worst(&states, asked, col("fresh"))
            .map(|standing| standing.group_by([col("moment"), col("store"), col("rank")]).agg([col("count").sum()]));
        let found = answer(query, self.archive.root())?.rows(|cell| {
            let store: StoreId = cell.word("store")?;
            Some((cell.count("moment")? as usize, store, of_rank(cell)?, cell.count("count")?))
        });
        let mut of_week = |moment: usize, store: &StoreId, add: &mut dyn FnMut(&mut StoreWeek)| {
            let week = states.moments.get(moment).map(|moment| moment.export.week());
            let found = week.and_then(|week| stores.get_mut(store)?.get_mut(&week));
            found.into_iter().for_each(add);
        };
        for stand in states.stands.iter().filter(|stand| stand.is == StandKind::Fresh) {
            if let Some(store) = &stand.store {
                of_week(stand.moment, store, &mut |week| week.looks += 1);
            }
        }
        for (moment, store, severity, count) in found {
            of_week(moment, &store, &mut |week| *week.severities.entry(severity).or_default() += count);
        }
        Ok(stores)
    }
}

impl Asked {
    fn among(&self, findings: LazyFrame) -> LazyFrame {
        match self.finding {
            Some(code) => findings.filter(col("finding").eq(lit(code.code()))),
            None => findings,
        }
    }
}

/// The place of a severity's word among the severities, so that the worst is the most; where `is_critical` holds, that of critical.
fn rank_of(is_critical: Expr) -> Expr {
    let is = |severity: Severity| col("severity").eq(lit(severity.word()));
    let rank = |severity: Severity| lit(severity as u32);
    let mildest = when(is(Severity::Warning)).then(rank(Severity::Warning)).otherwise(rank(Severity::Notice));
    when(is_critical.or(is(Severity::Critical))).then(rank(Severity::Critical)).otherwise(mildest).alias("rank")
}

fn of_rank(cell: &Cell) -> Option<Severity> {
    Severity::ALL.get(cell.count("rank")? as usize).copied()
}

/// What is known of a store while exports go by: where it was last loaded, and where it was last asked for.
#[derive(Clone, Copy)]
struct Known {
    loaded: Option<usize>,
    asked: usize,
    currency: Option<Currency>,
}

impl<'e> States<'e> {
    fn of(exports: Vec<&'e KnownExport>, looks: Vec<Vec<StoreLook>>, weeks: &[IsoWeek], asked: &Asked) -> Self {
        let is_asked = |store: &Option<StoreId>| match (&asked.stores, store) {
            (None, _) => true,
            (Some(stores), Some(store)) => stores.contains(store),
            (Some(_), None) => false,
        };
        let weeks: BTreeSet<IsoWeek> = weeks.iter().copied().collect();
        let (mut moments, mut stands): (Vec<Moment>, Vec<Stand>) = (Vec::new(), Vec::new());
        let mut known: BTreeMap<&Option<StoreId>, Known> = BTreeMap::new();
        let mut first = 0;
        for slot in exports.chunk_by(|one, other| (one.day, one.slot()) == (other.day, other.slot())) {
            let places = first..first + slot.len();
            first = places.end;
            for (place, look) in
                places.clone().flat_map(|place| looks.get(place).into_iter().flatten().map(move |look| (place, look)))
            {
                let before = known.get(&look.store).and_then(|known| known.loaded);
                let loaded = if look.loaded { Some(place) } else { before };
                known.insert(&look.store, Known { loaded, asked: place, currency: look.currency });
            }
            let Some(export) = slot.last().filter(|export| weeks.contains(&export.week())) else { continue };
            let moment = moments.len();
            moments.push(Moment { export, exports: slot.len() });
            let still_stands = |place: &usize| {
                exports.get(*place).is_some_and(|seen| export.at - seen.at <= Duration::days(HOLDS_DAYS))
            };
            for (store, known) in known.iter().filter(|(store, _)| is_asked(store)) {
                let mut stand = |place, is| {
                    let (store, currency) = ((*store).clone(), known.currency);
                    let asked_now = places.contains(&known.asked);
                    stands.push(Stand { moment, place, store, currency, is, asked_now, weight: 0.0, own_weight: 0.0 });
                };
                if let Some(place) = known.loaded.filter(still_stands) {
                    stand(place, if places.contains(&place) { StandKind::Fresh } else { StandKind::Carried });
                }
                if Some(known.asked) != known.loaded && still_stands(&known.asked) {
                    stand(known.asked, StandKind::Failed);
                }
            }
        }
        let mut states = Self { exports, looks, moments, stands };
        states.weigh();
        states
    }

    /// Each store is averaged over its own slots of a week, so that no export of others changes what is told of it: its coupons over
    /// those in which it loaded, itself over those that asked for it. One that had none is told once, as it stood at the week's end.
    fn weigh(&mut self) {
        let week = |moment: usize| self.moments.get(moment).map(|moment| moment.export.week());
        let mut slots: BTreeMap<(Option<IsoWeek>, Option<StoreId>), OwnSlots> = BTreeMap::new();
        for stand in &self.stands {
            let own = slots.entry((week(stand.moment), stand.store.clone())).or_default();
            own.loaded += usize::from(stand.is == StandKind::Fresh);
            own.asked.extend(stand.asked_now.then_some(stand.moment));
            own.last = stand.moment;
        }
        let weights = self.stands.iter().map(|stand| {
            let own = slots.get(&(week(stand.moment), stand.store.clone()));
            own.map_or((0.0, 0.0), |own| (own.weight(stand), own.weight_of_itself(stand)))
        });
        let weights: Vec<(f64, f64)> = weights.collect();
        self.stands.iter_mut().zip(weights).for_each(|(stand, weights)| (stand.weight, stand.own_weight) = weights);
    }

    /// `counted` (by file, store and what it is on), once for each moment at which it stands.
    fn join(&self, counted: LazyFrame, tables: &[std::path::PathBuf]) -> PolarsResult<LazyFrame> {
        let files = tables.iter().map(|table| spelled(table)).collect::<PolarsResult<Vec<String>>>()?;
        let places: Vec<u32> = (0..files.len() as u32).collect();
        let files =
            DataFrame::new(files.len(), vec![Column::new(FILE.into(), files), Column::new("place".into(), places)])?;
        // What is found on a store itself may come of an export that could not load it.
        let of_rows = self.stands.iter().filter(|stand| stand.is != StandKind::Failed).map(|stand| (ROW, stand));
        let of_stores = self.stands.iter().map(|stand| (STORE, stand));
        let stands: Vec<(u32, &Stand)> = of_rows.chain(of_stores).collect();
        fn column<T>(name: &str, stands: &[(u32, &Stand)], of: impl Fn(&(u32, &Stand)) -> T) -> Column
        where
            Series: NamedFrom<Vec<T>, [T]>,
        {
            let values: Vec<T> = stands.iter().map(of).collect();
            Series::new(name.into(), values).into_column()
        }
        let columns = vec![
            column("on", &stands, |(on, _)| *on),
            column("place", &stands, |(_, stand)| stand.place as u32),
            Column::new(
                "store".into(),
                stands.iter().map(|(_, stand)| stand.store.as_ref().map_or("", StoreId::as_str)).collect::<Vec<_>>(),
            ),
            column("moment", &stands, |(_, stand)| stand.moment as u64),
            column("weight", &stands, |(on, stand)| if *on == ROW { stand.weight } else { stand.own_weight }),
            Column::new(
                "fresh".into(),
                stands.iter().map(|(_, stand)| stand.is == StandKind::Fresh).collect::<Vec<_>>(),
            ),
            Column::new(
                "own".into(),
                stands.iter().map(|(_, stand)| stand.currency.map(|it| it.code().to_string())).collect::<Vec<_>>(),
            ),
        ];
        let stands = DataFrame::new(stands.len(), columns)?.lazy();
        let inner = || JoinArgs::new(JoinType::Inner);
        let keys = [col("place"), col("store"), col("on")];
        Ok(counted.join(files.lazy(), [col(FILE)], [col(FILE)], inner()).join(stands, keys.clone(), keys, inner()))
    }

    /// Where the moments of a week stand, and how many exports they have.
    pub(super) fn of_week(&self, week: IsoWeek) -> (BTreeSet<usize>, usize) {
        let own = self.moments.iter().enumerate().filter(|(_, moment)| moment.export.week() == week);
        own.fold((BTreeSet::new(), 0), |(mut places, exports), (place, moment)| {
            places.insert(place);
            (places, exports + moment.exports)
        })
    }
}

/// The slots of one week that tell of one store.
#[derive(Default)]
struct OwnSlots {
    loaded: usize,
    /// Their moments.
    asked: BTreeSet<usize>,
    /// The last moment at which the store stands.
    last: usize,
}

impl OwnSlots {
    fn weight(&self, stand: &Stand) -> f64 {
        match stand.is {
            StandKind::Fresh => 1.0 / self.loaded as f64,
            StandKind::Carried if self.loaded == 0 && stand.moment == self.last => 1.0,
            StandKind::Carried | StandKind::Failed => 0.0,
        }
    }

    fn weight_of_itself(&self, stand: &Stand) -> f64 {
        match self.asked.len() {
            0 if stand.moment == self.last => 1.0,
            some if self.asked.contains(&stand.moment) => 1.0 / some as f64,
            _ => 0.0,
        }
    }
}
