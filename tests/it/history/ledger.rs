//! Store by store, and a ledger that closes.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Duration;
use couponbook::archive::history::Asked;
use couponbook::domain::*;
use proptest::prelude::*;

use super::archive::{Made, Seen as Coupon, at, store};
use super::{EMPTY, LOW, of_week, week};

const STORES: [&str; 4] = ["a", "b", "c", "d"];

/// Two coupons a store, one of them low.
fn two() -> [Coupon; 2] {
    [Coupon("1", Status::Active, 5, LOW), Coupon("2", Status::Active, 50, &[])]
}

#[test]
fn exports_of_an_owner_each_tell_the_same_as_one_of_all() {
    let coupons = two();
    let all: Vec<_> = STORES.iter().map(|store| (*store, Some(coupons.as_slice()))).collect();
    let (mut whole, mut filtered) = (Made::empty(), Made::empty());
    for day in 16..19 {
        whole.export(day, 1, &all);
        all.iter().for_each(|one| drop(filtered.export(day, 1, &[*one])));
    }
    let [told, told_in_parts] =
        [&whole, &filtered].map(|made| made.history().weeks(&[week("2026-W47")], &Asked::default()).unwrap().remove(0));
    assert_eq!(told.findings[&FindingCode::LowStock], Counted { average: 4.0, most: 4 });
    assert_eq!(told.coupons, Counted { average: 8.0, most: 8 });
    assert_eq!(WeekCounts { exports: 3, ..told_in_parts }, told);
    let [of_whole, in_parts] =
        [&whole, &filtered].map(|made| made.history().week(week("2026-W47"), of_week(), &[], &[]).unwrap());
    let days = |facts: &couponbook::archive::history::WeekFacts| {
        facts.days.iter().map(|day| (day.day, day.findings.clone(), day.severities.clone())).collect::<Vec<_>>()
    };
    assert_eq!(days(&of_whole), days(&in_parts));
    let money = |facts: &couponbook::archive::history::WeekFacts| {
        facts.money.iter().map(|it| it.money.clone()).collect::<Vec<_>>()
    };
    assert_eq!(money(&of_whole), money(&in_parts));
    assert_eq!((of_whole.lives.len(), in_parts.lives.len()), (4, 4));
}

#[test]
fn a_look_at_one_store_changes_nothing_of_the_others() {
    let coupons = two();
    let all: Vec<_> = STORES.iter().map(|store| (*store, Some(coupons.as_slice()))).collect();
    let mut made = Made::empty();
    made.export(16, 1, &all);
    made.export(17, 1, &all);
    let ask = |made: &Made| {
        let history = made.history();
        let mut stores = history.stores_by_week(&[week("2026-W47")], &Asked::default()).unwrap();
        stores.remove(&StoreId::parse("a").unwrap());
        let counts = history.weeks(&[week("2026-W47")], &Asked::default()).unwrap().remove(0);
        let facts = history.week(week("2026-W47"), of_week(), &[], &[]).unwrap();
        let open = facts.lives.iter().filter(|life| life.is_open()).count();
        let last = facts.money.last().unwrap().money.clone();
        (stores, counts.findings, counts.coupons, counts.money_at_risk, open, last)
    };
    let before = ask(&made);
    made.export(18, 14, &[("a", Some(coupons.as_slice()))]);
    assert_eq!(ask(&made), before);
    // Its own figures are what it is looked at for.
    made.export(19, 14, &[("a", Some(&[]))]);
    let after = ask(&made);
    assert_eq!((after.0, after.4), (before.0, before.4 - 1));
}

#[test]
fn a_store_that_no_export_loads_stands_as_it_was_seen_for_fourteen_days_and_then_is_not_known() {
    let mut made = Made::empty();
    made.export(2, 1, &[("a", Some(&[Coupon("1", Status::Active, 5, LOW)])), ("b", Some(&[]))]);
    made.export(10, 1, &[("a", None), ("b", Some(&[]))]);
    made.export(17, 1, &[("b", Some(&[]))]);
    let weeks = ["2026-W46", "2026-W47"].map(week);
    let counts = made.history().weeks(&weeks, &Asked::default()).unwrap();
    assert_eq!(counts[0].findings[&FindingCode::LowStock], Counted { average: 1.0, most: 1 });
    assert_eq!(counts[1].findings.get(&FindingCode::LowStock), None, "15 days after it was last seen");
    let facts = made.history().week(week("2026-W47"), of_week(), &[], &[]).unwrap();
    let life = facts.lives.iter().find(|life| life.key.code == FindingCode::LowStock).unwrap();
    let ended = life.ended.as_ref().unwrap();
    assert_eq!((ended.at, &ended.how), (at(16, 1), &HowEnded::NotSeen));
    assert!(!life.is_resolved());
}

#[test]
fn what_was_open_when_the_week_began_is_in_its_ledger_although_its_first_export_does_not_see_it() {
    let mut made = Made::empty();
    made.export(14, 1, &[("a", Some(&two())), ("b", Some(&two()))]);
    made.export(17, 1, &[("a", Some(&[Coupon("1", Status::Active, 0, EMPTY)]))]);
    let facts = made.history().week(week("2026-W47"), of_week(), &[], &[]).unwrap();
    let ledger = Ledger::of(&facts.lives, of_week().0, of_week().1);
    let ended = [(EndKind::Turned, 1)].into();
    assert_eq!(ledger, Ledger { open_before: 2, new: 1, ended, open_after: 2 });
}

#[test]
fn a_finding_on_the_campaign_plan_is_counted_and_an_export_of_some_stores_says_nothing_of_it() {
    let mut made = Made::empty();
    let plan = |name: &str| {
        let why = couponbook::message!("rules-uncovered-always", campaign = Argument::Name(name.to_string()));
        Finding { code: FindingCode::CampaignMatchesNothing, severity: Severity::Warning, why }
    };
    made.plan = vec![plan("Ghost"), plan("Phantom")];
    made.export(16, 1, &[("a", Some(&[])), ("b", Some(&[]))]);
    made.plan.clear();
    made.export(17, 1, &[("a", Some(&[]))]);
    let history = made.history();
    let counts = history.weeks(&[week("2026-W47")], &Asked::default()).unwrap().remove(0);
    assert_eq!(counts.findings[&FindingCode::CampaignMatchesNothing], Counted { average: 2.0, most: 2 });
    let lives = |made: &Made| made.history().week(week("2026-W47"), of_week(), &[], &[]).unwrap().lives;
    let about: Vec<_> = lives(&made).iter().map(|life| (life.key.about.clone().unwrap(), life.is_open())).collect();
    assert_eq!(about, [("Ghost".to_string(), true), ("Phantom".to_string(), true)]);
    made.plan = vec![plan("Phantom")];
    made.export(18, 1, &[("a", Some(&[])), ("b", Some(&[]))]);
    assert_eq!(lives(&made).iter().map(FindingLife::is_open).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn a_row_of_the_plan_is_told_also_where_a_store_did_not_load_and_what_is_missing_then_says_nothing() {
    let mut made = Made::empty();
    let ghost = Finding {
        code: FindingCode::CampaignMatchesNothing,
        severity: Severity::Warning,
        why: couponbook::message!("rules-uncovered-always", campaign = Argument::Name("Ghost".to_string())),
    };
    let told = |made: &Made| {
        let facts = made.history().week(week("2026-W47"), of_week(), &[], &[]).unwrap();
        let life = facts.lives.iter().find(|life| life.key.about.is_some());
        let life = life.map(|life| (life.first_seen, life.since_longer, life.is_open()));
        (facts.days.last().unwrap().severities.get(&Severity::Warning).copied(), life)
    };
    made.export(16, 1, &[("a", Some(&[])), ("b", None)]);
    made.plan = vec![ghost];
    made.export(17, 1, &[("a", Some(&[])), ("b", None)]);
    assert_eq!(told(&made), (Some(1), Some((at(17, 1), true, true))), "the store that failed may have hidden it");
    made.export(18, 1, &[("a", Some(&[])), ("b", Some(&[]))]);
    made.plan.clear();
    made.export(19, 1, &[("a", Some(&[])), ("b", None)]);
    assert_eq!(told(&made).0, Some(1), "carried, and counted once");
    made.export(20, 1, &[("a", Some(&[])), ("b", Some(&[]))]);
    assert_eq!(told(&made), (None, Some((at(17, 1), true, false))));
}

#[test]
fn the_archive_counts_severities_live_coupons_and_money_at_risk_as_summary_does() {
    let mut made = Made::empty();
    let on_plan =
        |severity| Finding { code: FindingCode::CampaignMatchesNothing, severity, why: Message::as_written("because") };
    made.plan = vec![on_plan(Severity::Warning), on_plan(Severity::Warning)];
    let statuses = Status::ALL.iter().enumerate();
    let names = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
    let coupons: Vec<Coupon> = statuses
        .map(|(number, status)| {
            Coupon(names[number], *status, 10 + number as u64, if number % 2 == 0 { SEVERAL } else { &[] })
        })
        .chain([Coupon("used up", Status::Active, 0, EMPTY)])
        .collect();
    let id = made.export(16, 1, &[("a", Some(&coupons)), ("a-id-1", Some(&coupons)), ("b", None)]);
    let export = made.archive.load_snapshot(&id).unwrap();
    let counts = made.history().weeks(&[week("2026-W47")], &Asked::default()).unwrap().remove(0);
    assert_eq!(counts.money_at_risk, money_at_risk(&export, export.rows.iter()));
    assert_eq!(counts.money_at_risk.len(), 2);
    assert_eq!(counts.severities, of_one(by_severity(&export)));
    assert_eq!(counts.severities[&Severity::Critical].most, 3, "two that are used up, and the store that did not load");
    assert_eq!(counts.coupons_live.most, export.coupons_live() as u64);
    assert!(counts.coupons_live.most > 0 && counts.coupons_live.most < counts.coupons.most);
    let facts = made.history().week(week("2026-W47"), of_week(), &[], &[]).unwrap();
    assert_eq!(facts.days[0].severities, by_severity(&export));
    assert_eq!(facts.days[0].coupons_live, export.coupons_live() as u64);
    let mut stores = made.history().stores_by_week(&[week("2026-W47")], &Asked::default()).unwrap();
    let store = stores.remove(&store("a").id).unwrap().remove(&week("2026-W47")).unwrap();
    assert_eq!(store.severities, [(Severity::Critical, 1), (Severity::Warning, 4)].into());
}

/// Two of one coupon.
const SEVERAL: &[(FindingCode, Severity)] =
    &[(FindingCode::LowStock, Severity::Warning), (FindingCode::Duplicate, Severity::Notice)];

fn by_severity(export: &Export) -> BTreeMap<Severity, u64> {
    let counted = Severity::ALL.iter().map(|severity| (*severity, export.count(Some(*severity)) as u64));
    counted.filter(|(_, count)| *count > 0).collect()
}

/// Of a single export.
fn of_one(counts: BTreeMap<Severity, u64>) -> BTreeMap<Severity, Counted> {
    counts.into_iter().map(|(severity, most)| (severity, Counted { average: most as f64, most })).collect()
}

/// How it stands after `exports`, the oldest first, as one export: each store as it was last loaded and as it was last asked for.
fn as_one(exports: &[Export]) -> Export {
    let last = exports.last().unwrap();
    let still = || exports.iter().filter(|export| last.at - export.at <= Duration::days(HOLDS_DAYS));
    let mut one = Export { stores: vec![], rows: Rows::default(), ..last.clone() };
    for name in STORES {
        let id = store(name).id;
        let load = |export: &Export| export.stores.iter().find(|load| load.store.id == id).cloned();
        one.stores.extend(still().rev().find_map(load));
        let loaded = still().rfind(|export| load(export).is_some_and(|load| load.load.is_loaded()));
        let rows = loaded.into_iter().flat_map(|export| export.rows.iter());
        one.rows.extend(rows.filter(|row| row.coupon.store == id).cloned());
    }
    one
}

/// What one export of a random history saw: of each store nothing at all, that it did not load, or its findings.
#[derive(Debug, Clone)]
enum Told {
    NotAsked,
    Failed,
    Loaded(Vec<u8>),
}

fn history() -> impl Strategy<Value = Vec<(i64, Vec<Told>)>> {
    let told = prop_oneof![
        2 => Just(Told::NotAsked),
        1 => Just(Told::Failed),
        5 => proptest::collection::vec(0_u8..6, 0..5).prop_map(Told::Loaded),
    ];
    proptest::collection::vec((1_i64..80, proptest::collection::vec(told, STORES.len())), 1..40)
}

fn key_of(name: &str, number: u8) -> FindingKey {
    let code = [FindingCode::LowStock, FindingCode::OutOfStock, FindingCode::Paused][usize::from(number % 3)];
    let row = Some(super::archive::key(name, if number < 3 { "1" } else { "2" }));
    FindingKey { store: Some(store(name).id), row, code, about: None }
}

fn look(at: Timestamp, told: &[Told]) -> Look {
    let (mut stores, mut sights) = (BTreeMap::new(), Vec::new());
    let mut sight = |key| {
        sights.push(Sight { key, label: String::new(), severity: Severity::Warning, why: Message::as_written("") })
    };
    for (name, told) in STORES.iter().zip(told) {
        let id = Some(store(name).id);
        match told {
            Told::NotAsked => continue,
            Told::Failed => {
                sight(FindingKey { store: id.clone(), row: None, code: FindingCode::StoreNotLoaded, about: None });
                stores.insert(id, Seen::Nothing);
            }
            Told::Loaded(findings) => {
                findings.iter().collect::<BTreeSet<_>>().into_iter().for_each(|number| sight(key_of(name, *number)));
                stores.insert(id, Seen::Whole);
            }
        }
    }
    Look { at, is_sample: false, stores, sights }
}

/// How many findings stand at `moment`: of each store those of its last load, and that its last load failed, for fourteen days.
fn standing(looks: &[Look], moment: Timestamp) -> usize {
    let before = || looks.iter().filter(|look| look.at < moment && moment - look.at <= Duration::days(HOLDS_DAYS));
    let of_store = |name: &&str| {
        let id = Some(store(name).id);
        let of = |look: &Look, is_row: bool| {
            look.sights.iter().filter(|it| it.key.store == id && it.key.row.is_some() == is_row).count()
        };
        let loaded = before().rfind(|look| look.stores.get(&id) == Some(&Seen::Whole));
        let asked = before().rfind(|look| look.stores.contains_key(&id));
        loaded.map_or(0, |look| of(look, true)) + asked.map_or(0, |look| of(look, false))
    };
    STORES.iter().map(of_store).sum()
}

proptest! {
    #[test]
    fn open_before_and_new_less_what_ended_is_open_after(history in history(), first in 0_i64..1500, length in 1_i64..700) {
        let mut looks = Vec::new();
        let mut now = at(1, 0);
        for (hours, told) in &history {
            now += Duration::hours(*hours);
            looks.push(look(now, told));
        }
        let (begins, ends) = (at(1, 0) + Duration::hours(first) + Duration::minutes(30), at(1, 0) + Duration::hours(first + length) + Duration::minutes(30));
        let known: Vec<Look> = looks.iter().filter(|look| look.at < ends).cloned().collect();
        let ledger = Ledger::of(&lives(known, ends), begins, ends);
        let ended: usize = ledger.ended.values().sum();
        prop_assert_eq!(ledger.open_before + ledger.new - ended, ledger.open_after);
        prop_assert_eq!(ledger.open_before, standing(&looks, begins));
        prop_assert_eq!(ledger.open_after, standing(&looks, ends));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]
    #[test]
    fn each_week_begins_with_what_the_one_before_it_left_open(days in proptest::collection::vec((2_u32..23, proptest::collection::vec(0_u8..4, STORES.len())), 4..14)) {
        let mut days = days;
        days.sort();
        let low = [Coupon("1", Status::Active, 5, LOW)];
        let other = [Coupon("1", Status::Active, 0, EMPTY), Coupon("2", Status::Active, 5, SEVERAL)];
        let (mut made, mut exports) = (Made::empty(), Vec::new());
        for (day, told) in days {
            let of_store = |(name, told): (&&'static str, &u8)| match told {
                0 => None,
                1 => Some((*name, None)),
                2 => Some((*name, Some(low.as_slice()))),
                _ => Some((*name, Some(other.as_slice()))),
            };
            let stores: Vec<_> = STORES.iter().zip(&told).filter_map(of_store).collect();
            if !stores.is_empty() {
                // At another hour each day: nothing is exactly fourteen days old.
                let id = made.export(day, day, &stores);
                exports.push(made.archive.load_snapshot(&id).unwrap());
            }
        }
        let mut left = 0;
        let history = made.history();
        for (name, monday) in [("2026-W45", 2), ("2026-W46", 9), ("2026-W47", 16)] {
            let (begins, ends) = (at(monday, 0), at(monday + 7, 0));
            let facts = history.week(week(name), (begins, ends), &[], &[]).unwrap();
            let ledger = Ledger::of(&facts.lives, begins, ends);
            prop_assert_eq!(ledger.open_before, left, "{}", name);
            let ended: usize = ledger.ended.values().sum();
            prop_assert_eq!(ledger.open_before + ledger.new - ended, ledger.open_after);
            left = ledger.open_after;
            let counts = history.weeks(&[week(name)], &Asked::default()).unwrap();
            let Some(last) = facts.days.last() else { continue };
            let until = exports.iter().rposition(|export| export.day == last.day).unwrap();
            let stands = as_one(&exports[..=until]);
            if last.day == at(monday + 6, 0).date_naive() {
                let findings: u64 = last.findings.values().map(|(count, _)| count).sum();
                prop_assert_eq!(findings, left as u64);
            }
            prop_assert_eq!(&last.severities, &by_severity(&stands));
            prop_assert_eq!(last.coupons_live, stands.coupons_live() as u64);
            let money = money_at_risk(&stands, stands.rows.iter());
            prop_assert_eq!(&facts.money.last().unwrap().money, &money);
            prop_assert_eq!(&counts[0].money_at_risk, &money);
            let most = |severity| facts.days.iter().filter_map(|day| day.severities.get(severity)).max().copied();
            prop_assert!(Severity::ALL.iter().all(|it| counts[0].severities.get(it).map(|it| it.most) == most(it)));
            prop_assert_eq!(Some(counts[0].coupons_live.most), facts.days.iter().map(|day| day.coupons_live).max());
        }
    }
}

#[test]
fn what_ended_a_finding_is_told_by_what_is_recorded_of_its_coupon_and_never_guessed() {
    let facts = CouponFacts {
        status: Status::Active,
        starts: Some(at(1, 0)),
        ends: Some(at(20, 0)),
        total: Some(100),
        remaining: Some(30),
        min_spend: None,
        discount: "SGD 2".to_string(),
    };
    let after = |change: &dyn Fn(&mut CouponFacts)| {
        let mut after = facts.clone();
        change(&mut after);
        Some(after)
    };
    let restock = RowChange {
        row: super::archive::key("a", "1"),
        action: ActionWord::Restock,
        becomes: Operation::RaiseTotal,
        by: "Mei".to_string(),
        run: RunId::new("R1"),
        at: at(18, 0),
    };
    let keep = RowChange { action: ActionWord::Keep, becomes: Operation::Keep, ..restock.clone() };
    let how = |code, after: Option<CouponFacts>, new: &[FindingCode], changes: &[&RowChange]| {
        let key =
            FindingKey { store: Some(store("a").id), row: Some(super::archive::key("a", "1")), code, about: None };
        let (before, after, by_hand) = (Some(&facts), after.as_ref(), None);
        how_ended(&Ending { key: &key, at: at(21, 0), before, after, new, changes, by_hand })
    };
    use FindingCode::{Duplicate, Expired, ExpiresToday, LowStock, NotStarted, OutOfStock, RunsOutEarly};
    let ended = |facts: &mut CouponFacts| facts.status = Status::Ended;
    let us = HowEnded::Action { action: ActionWord::Restock, by: "Mei".to_string(), run: RunId::new("R1") };
    assert_eq!(how(LowStock, after(&|it| it.total = Some(500)), &[], &[&restock]), us);
    assert_eq!(how(LowStock, after(&|it| it.total = Some(500)), &[], &[]), HowEnded::Outside);
    // A restock ends no coupon's expiry.
    assert_eq!(how(ExpiresToday, after(&ended), &[Expired], &[&restock]), HowEnded::TurnedInto(Expired));
    assert_eq!(how(ExpiresToday, after(&ended), &[], &[&restock]), HowEnded::Expired);
    assert_eq!(how(ExpiresToday, after(&|it| it.ends = Some(at(30, 0))), &[], &[]), HowEnded::Outside);
    let ended_early = after(&|it| (it.status, it.ends) = (Status::Ended, Some(at(19, 0))));
    assert_eq!(how(ExpiresToday, ended_early, &[], &[]), HowEnded::Outside, "somebody moved its end");
    assert_eq!(
        how(LowStock, after(&|it| it.remaining = Some(0)), &[OutOfStock], &[]),
        HowEnded::TurnedInto(OutOfStock)
    );
    assert_eq!(how(Duplicate, after(&|it| it.remaining = Some(0)), &[], &[]), HowEnded::Buyers);
    assert_eq!(how(RunsOutEarly, after(&|it| it.remaining = Some(29)), &[], &[]), HowEnded::Buyers);
    assert_eq!(how(Duplicate, after(&|it| it.remaining = Some(29)), &[], &[]), HowEnded::NotKnown);
    assert_eq!(how(NotStarted, None, &[], &[]), HowEnded::Gone);
    assert_eq!(how(Duplicate, after(&|_| ()), &[], &[&keep]), HowEnded::Kept { by: "Mei".to_string() });
}
