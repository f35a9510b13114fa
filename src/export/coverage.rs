//! Where the campaigns of the plan have live coupons, store by day.
//!
//! Shown are the campaigns that run, those that begin within [`AHEAD_DAYS`], and those that ended within the last week. Days
//! are whole days of each store's own calendar. From today on a day is covered by what can be used on it as things stand; a
//! day that has passed is judged by the dates alone, since nobody knows any more what was paused or sold out then.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{Days, NaiveDate};

use crate::domain::{
    Abilities, Advice, Campaign, Coupon, Export, Memory, Platform, Route, Row, RowKey, Severity, Status, StockHistory,
    Store, StoreId, StoreLoad, last_moment, local_day,
};
use crate::rules::{JudgeInput, Matcher, MissingCoupon, Pattern, Policies, missing_coupons};
use crate::workbook::{Cover, Coverage, CoverageBlock, CoverageColumn, CoverageLine, Gap, MissingAnswer, MissingLine};

/// A campaign that begins later is only counted.
const AHEAD_DAYS: i64 = 60;
/// A campaign that ended longer ago is left out.
const AGO_DAYS: i64 = 7;
/// A longer campaign is shown by weeks, and of one with more weeks than this only those around today.
const COLUMNS_MAX: usize = 60;
/// How much of the past a campaign of years shows.
const WEEKS_BEFORE_TODAY: u64 = 4;

/// What coverage is worked out from.
pub struct CoverageInput<'a> {
    pub export: &'a Export,
    pub campaigns: &'a Matcher,
    pub policies: &'a Policies,
    pub memory: &'a Memory,
    pub abilities: &'a dyn Fn(Platform) -> &'static Abilities,
}

/// Every campaign that is near, the longest first, and what the plan names and a store does not have.
pub fn coverage(input: &CoverageInput) -> Coverage {
    let export = input.export;
    let mut by_name: BTreeMap<&str, Vec<(&StoreLoad, &Campaign)>> = BTreeMap::new();
    for load in &export.stores {
        // What has no days has no days to show; whether it is covered the findings say.
        for campaign in input.campaigns.campaigns_in(&load.store).filter(|it| !it.is_open() && !it.has_always_run()) {
            by_name.entry(&campaign.name).or_default().push((load, campaign));
        }
    }
    let coupons = coupons_by_campaign(export);
    let mut found = Coverage::default();
    for (name, asked) in by_name {
        let first_day = asked.iter().map(|(_, campaign)| campaign.first_day).min().unwrap_or(export.day);
        let last_day = asked.iter().map(|(_, campaign)| campaign.last_day).max().unwrap_or(export.day);
        if (export.day - last_day).num_days() > AGO_DAYS {
            continue;
        }
        if (first_day - export.day).num_days() > AHEAD_DAYS {
            found.later_campaigns += 1;
            continue;
        }
        let is_due = (first_day - export.day).num_days() <= input.policies.usual.missing_days;
        let grid = Grid::of(first_day, last_day, export.day);
        let stores = lines(&grid, name, &asked, &coupons, input);
        let (columns, by_weeks, is_cut) = (grid.columns(), grid.days_in_column > 1, grid.is_cut);
        let campaign = name.to_string();
        found.blocks.push(CoverageBlock { campaign, first_day, last_day, is_due, columns, by_weeks, is_cut, stores });
    }
    found.blocks.sort_by_key(|block| (std::cmp::Reverse(block.last_day - block.first_day), block.first_day));
    found.missing = missing_lines(input);
    found
}

/// How many stores have a gap from today on in a campaign that is due, how many planned coupons are missing besides, and how bad
/// the worst of it is; none where everything is covered. For the checklist.
pub fn coverage_attention(coverage: &Coverage) -> Option<(usize, Severity)> {
    let due = coverage.blocks.iter().filter(|block| block.is_due);
    let gaps = due.flat_map(|block| &block.stores).filter(|line| !open_gaps(line).is_empty()).count();
    match (gaps, coverage.missing.len()) {
        (0, 0) => None,
        (0, missing) => Some((missing, Severity::Warning)),
        (gaps, missing) => Some((gaps + missing, Severity::Critical)),
    }
}

/// The gaps that somebody can still do something about.
fn open_gaps(line: &CoverageLine) -> Vec<Gap> {
    match &line.cover {
        Cover::NotKnown => Vec::new(),
        Cover::Known { gaps, .. } => gaps.iter().filter(|gap| !gap.is_past).copied().collect(),
    }
}

/// The rows of the plan whose model fits no coupon in any store that should have what they name.
pub fn models_unmatched<'a>(export: &'a Export, campaigns: &'a Matcher) -> Vec<&'a Campaign> {
    let is_unmatched = |campaign: &&Campaign| {
        let Some(model) = campaign.model.as_deref().and_then(Pattern::parse) else { return false };
        let mut meant = export.stores.iter().filter(|load| {
            load.has_everything() && campaigns.campaigns_in(&load.store).any(|other| std::ptr::eq(other, *campaign))
        });
        let fits = |name: &str| model.matches(&name.to_lowercase());
        let has_model = |row: &Row| fits(row.coupon.code.as_deref().unwrap_or_default()) || fits(&row.coupon.name);
        let meant: Vec<&StoreId> = meant.by_ref().map(|load| &load.store.id).collect();
        !meant.is_empty() && !export.rows.iter().any(|row| meant.contains(&&row.coupon.store) && has_model(row))
    };
    campaigns.campaigns().filter(|campaign| !campaign.wanted.is_empty()).filter(is_unmatched).collect()
}

/// The rows of the plan that run or begin soon and that no coupon of any store answers; only where all that they mean of `stores`, which
/// are those of the config, came whole.
pub fn campaigns_unmatched<'a>(
    export: &'a Export,
    stores: &[Store],
    campaigns: &'a Matcher,
    days_ahead: i64,
) -> Vec<&'a Campaign> {
    let whole: BTreeSet<&StoreId> =
        export.stores.iter().filter(|load| load.has_everything()).map(|load| &load.store.id).collect();
    let is_unmatched = |campaign: &&Campaign| {
        let is_meant = |store: &&Store| campaigns.campaigns_in(store).any(|it| std::ptr::eq(it, *campaign));
        let meant: Vec<&Store> = stores.iter().filter(is_meant).collect();
        // Another row of the same campaign, for another currency, may be the one that is answered.
        let is_answered = |row: &Row| row.campaign.as_ref() == Some(&campaign.name);
        let is_near = campaign.last_day >= export.day && (campaign.first_day - export.day).num_days() <= days_ahead;
        is_near
            && !meant.is_empty()
            && meant.iter().all(|store| whole.contains(&store.id))
            && !export.rows.iter().any(is_answered)
    };
    campaigns.campaigns().filter(|campaign| campaign.wanted.is_empty()).filter(is_unmatched).collect()
}

/// Which days are shown, and how many of them share a column.
struct Grid {
    first_day: NaiveDate,
    days: usize,
    days_in_column: usize,
    is_cut: bool,
}

impl Grid {
    fn of(first_day: NaiveDate, last_day: NaiveDate, today: NaiveDate) -> Self {
        let days = usize::try_from((last_day - first_day).num_days() + 1).unwrap_or(1);
        if days <= COLUMNS_MAX {
            return Self { first_day, days, days_in_column: 1, is_cut: false };
        }
        let days_max = COLUMNS_MAX * 7;
        if days <= days_max {
            return Self { first_day, days, days_in_column: 7, is_cut: false };
        }
        let weeks_gone = u64::try_from((today - first_day).num_days() / 7).unwrap_or(0);
        let from = first_day + Days::new(weeks_gone.saturating_sub(WEEKS_BEFORE_TODAY) * 7);
        let days_left = usize::try_from((last_day - from).num_days() + 1).unwrap_or(1);
        Self { first_day: from, days: days_left.min(days_max), days_in_column: 7, is_cut: true }
    }

    fn day(&self, index: usize) -> NaiveDate {
        self.first_day + Days::new(index as u64)
    }

    fn columns(&self) -> Vec<CoverageColumn> {
        let starts = (0..self.days).step_by(self.days_in_column);
        let last = |start: usize| self.day((start + self.days_in_column).min(self.days) - 1);
        starts.map(|start| CoverageColumn { first_day: self.day(start), last_day: last(start) }).collect()
    }
}

type ByCampaign<'a> = HashMap<(&'a StoreId, &'a str), Vec<&'a Coupon>>;

fn coupons_by_campaign(export: &Export) -> ByCampaign<'_> {
    let mut coupons: ByCampaign = HashMap::new();
    for row in export.rows.iter() {
        if let Some(campaign) = &row.campaign {
            coupons.entry((&row.coupon.store, campaign)).or_default().push(&row.coupon);
        }
    }
    coupons
}

/// One for each store that the plan asks, in the config's order but those with a gap first, then those that are not known.
fn lines(
    grid: &Grid,
    name: &str,
    asked: &[(&StoreLoad, &Campaign)],
    coupons: &ByCampaign,
    input: &CoverageInput,
) -> Vec<CoverageLine> {
    let mut lines: Vec<CoverageLine> = Vec::new();
    for (load, _) in asked {
        let store = &load.store;
        // A store may have several rows of one campaign; they stand together.
        if lines.last().is_some_and(|line| line.store == store.id) {
            continue;
        }
        let cover = if load.has_everything() {
            let rows = asked.iter().filter(|(other, _)| other.store.id == store.id).map(|(_, campaign)| *campaign);
            let of_campaign = coupons.get(&(&store.id, name)).map_or(&[][..], Vec::as_slice);
            known(grid, store, &rows.collect::<Vec<_>>(), of_campaign, input.export)
        } else {
            Cover::NotKnown
        };
        lines.push(CoverageLine { store: store.id.clone(), cover });
    }
    lines.sort_by_key(|line| match line.cover {
        Cover::Known { .. } if !open_gaps(line).is_empty() => 0,
        Cover::NotKnown => 1,
        Cover::Known { .. } => 2,
    });
    lines
}

fn known(grid: &Grid, store: &Store, rows: &[&Campaign], coupons: &[&Coupon], export: &Export) -> Cover {
    let today = local_day(export.finished, store.zone);
    let spans: Vec<(NaiveDate, NaiveDate, &Coupon)> = coupons
        .iter()
        .map(|coupon| {
            let first = coupon.usable.starts().map_or(NaiveDate::MIN, |starts| local_day(starts, store.zone));
            let last = coupon.had_until().map_or(NaiveDate::MAX, |ends| last_moment(ends, store.zone).date());
            (first, last, *coupon)
        })
        .collect();
    let is_live =
        |day: NaiveDate, coupon: &Coupon| if day < today { was_ever_live(coupon) } else { coupon.is_to_be_had() };
    let live = |day: NaiveDate| {
        spans.iter().filter(|(first, last, coupon)| (*first..=*last).contains(&day) && is_live(day, coupon)).count()
    };
    let is_asked = |day: NaiveDate| rows.iter().any(|campaign| (campaign.first_day..=campaign.last_day).contains(&day));
    let days: Vec<(NaiveDate, Option<u32>)> = (0..grid.days)
        .map(|index| grid.day(index))
        .map(|day| (day, is_asked(day).then(|| u32::try_from(live(day)).unwrap_or(u32::MAX))))
        .collect();
    let worst = |days: &[(NaiveDate, Option<u32>)]| days.iter().filter_map(|(_, count)| *count).min();
    Cover::Known { counts: days.chunks(grid.days_in_column).map(worst).collect(), gaps: gaps(&days, today) }
}

fn was_ever_live(coupon: &Coupon) -> bool {
    matches!(coupon.status, Status::Active | Status::Scheduled | Status::Paused | Status::Ended)
}

fn gaps(days: &[(NaiveDate, Option<u32>)], today: NaiveDate) -> Vec<Gap> {
    let mut gaps: Vec<Gap> = Vec::new();
    for (day, _) in days.iter().filter(|(_, count)| *count == Some(0)) {
        let is_past = *day < today;
        match gaps.last_mut() {
            Some(gap) if gap.last_day.succ_opt() == Some(*day) && gap.is_past == is_past => gap.last_day = *day,
            _ => gaps.push(Gap { first_day: *day, last_day: *day, is_past }),
        }
    }
    gaps
}

fn missing_lines(input: &CoverageInput) -> Vec<MissingLine> {
    let export = input.export;
    let mut by_store: HashMap<&StoreId, Vec<&Row>> = HashMap::new();
    for row in export.rows.iter() {
        by_store.entry(&row.coupon.store).or_default().push(row);
    }
    let asks = |load: &&StoreLoad| {
        load.has_everything() && input.campaigns.campaigns_in(&load.store).any(|campaign| !campaign.wanted.is_empty())
    };
    let stock = StockHistory::new();
    let mut lines = Vec::new();
    for load in export.stores.iter().filter(asks) {
        let rows = by_store.get(&load.store.id).map_or(&[][..], Vec::as_slice);
        let coupons: Vec<Coupon> = rows.iter().map(|row| row.coupon.clone()).collect();
        let judge_input = JudgeInput {
            store: &load.store,
            abilities: (input.abilities)(load.store.platform),
            policy: input.policies.of(&load.store.id),
            campaigns: input.campaigns,
            memory: input.memory,
            stock: &stock,
            now: export.finished,
        };
        let prefix_letters = judge_input.abilities.limits.code_prefix_letters;
        let line = |missing: MissingCoupon| MissingLine {
            store: load.store.id.clone(),
            answer: answer(&missing, rows, prefix_letters),
            needed_from: local_day(missing.needed_from, load.store.zone),
            campaign: missing.campaign,
            wanted: missing.wanted,
        };
        lines.extend(missing_coupons(&judge_input, &coupons).into_iter().map(line));
    }
    lines
}

fn answer(missing: &MissingCoupon, rows: &[&Row], prefix_letters: usize) -> MissingAnswer {
    let of_row = |key: &RowKey| rows.iter().find(|row| row.key == *key);
    let Some((key, row)) = missing.model.as_ref().and_then(|key| Some((key, of_row(key)?))) else {
        return MissingAnswer::ByHand(None);
    };
    let is_itself = row.coupon.is_called(&missing.wanted, prefix_letters);
    let renews = |advice: &Advice| matches!(advice, Advice::Renew { .. } | Advice::Recreate { .. });
    let makes_it = |advice: &Advice| advice.planned() == Some(&missing.wanted) || is_itself && renews(advice);
    let is_this = row.suggestion.advices().any(makes_it);
    match (is_this, row.suggestion.way) {
        (true, Route::ByHand) => MissingAnswer::ByHand(Some(key.clone())),
        (true, _) => MissingAnswer::Row(key.clone()),
        (false, _) => MissingAnswer::RowLater(key.clone()),
    }
}
