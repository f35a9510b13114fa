//! A decision's identity and its absolute values.

use couponbook::domain::*;
use couponbook::plan::{DesiredState, Intent, Refusal, ResolvedDecision};

use super::setup::*;
use crate::english;
use crate::rules::shop::*;

fn intent_of(fixture: &Fixture, act: Act) -> Result<Intent, Refusal> {
    let action = Action { row: fixture.row("A").key.clone(), ..act.0 };
    ResolvedDecision::of(&fixture.export, String::new(), &action, false).unwrap().intent
}

fn id_of(fixture: &Fixture, act: Act) -> ChangeId {
    intent_of(fixture, act).unwrap().id
}

fn desired(fixture: &Fixture, act: Act) -> Result<DesiredState, String> {
    let said = |refusal: Refusal| format!("{}; {}", english(&refusal.reason), english(&refusal.next));
    intent_of(fixture, act).map(|intent| intent.desired).map_err(said)
}

#[test]
fn accept_is_the_same_decision_as_the_word_and_values_it_stands_for() {
    use ActionWord::*;
    let spends = |abilities| {
        let mut fixture = Fixture::of(abilities, vec![]);
        let mut campaign = campaign("Black Friday", 20, 30);
        let range = SpendRange { currency: sgd(0).currency, least: Some(40.into()), most: None };
        campaign.spend = Some(range);
        fixture.world.campaigns.push(campaign);
        fixture.loading(vec![coupon("A")])
    };
    let soon = || vec![ending("A", at(24, 0, 0))];
    let sold_out = || vec![with("A", |it| it.used = Some(700))];
    let table = [
        (Fixture::of(&WOO, soon()), vec![act(Renew), act(Renew).until_day(53)]),
        (Fixture::of(&SHOPEE, soon()), vec![act(Renew), act(Renew).hours(30 * 24)]),
        (Fixture::of(&TIKTOK, soon()), vec![act(Renew)]),
        (Fixture::of(&SHOPEE, sold_out()), vec![act(Restock), act(Restock).stock(700)]),
        (Fixture::of(&TIKTOK, sold_out()), vec![act(Restock), act(Restock).stock(700)]),
        (Fixture::of(&WOO, vec![in_status("A", Status::Ended)]), vec![act(Delete)]),
        (Fixture::of(&WOO, vec![in_status("A", Status::Paused)]), vec![act(Enable)]),
        (spends(&WOO), vec![act(Adjust).spend(40)]),
        (spends(&SHOPEE), vec![act(Recreate), act(Recreate).spend(40), act(Recreate).spend(40).until_day(40)]),
    ];
    for (fixture, words) in table {
        let accepted = id_of(&fixture, act(Accept));
        for word in words {
            assert_eq!(id_of(&fixture, word.clone()), accepted, "{} {:?}", word.0.word, fixture.row("A").suggestion);
        }
        // Struck out in the sheet, and of no effect.
        assert_eq!(id_of(&fixture, act(Accept).stock(9).spend(9)), accepted);
    }
}

#[test]
fn other_values_another_word_another_row_or_another_export_is_another_decision() {
    use ActionWord::*;
    let fixture = Fixture::of(&WOO, vec![ending("A", at(24, 0, 0))]);
    let mut other_export = Fixture::of(&WOO, vec![ending("A", at(24, 0, 0))]);
    other_export.export.id = ExportId::new("20261122-PM-TEST");
    let mut ids = vec![
        id_of(&fixture, act(Renew).until_day(30)),
        id_of(&fixture, act(Renew).until_day(31)),
        id_of(&fixture, act(Recreate).until_day(30)),
        id_of(&fixture, act(Restock).stock(1)),
        id_of(&fixture, act(Restock).stock(2)),
        id_of(&fixture, act(Delete)),
        id_of(&fixture, act(End)),
        id_of(&fixture, act(Keep).note("agreed")),
        id_of(&fixture, act(Keep).note("agreed with the owner")),
        id_of(&fixture, act(Keep).note("agreed").until_day(30)),
        id_of(&other_export, act(Renew).until_day(30)),
    ];
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

#[test]
fn a_decision_does_not_depend_on_the_clock_the_live_state_or_the_place_in_the_file() {
    let fixture = Fixture::of(&SHOPEE, vec![coupon("A"), coupon("B")]);
    let restock = || act(ActionWord::Restock).stock(200);
    let first = fixture.change("A", restock());
    let later = fixture.plan(vec![("B", restock()), ("A", restock())]);
    assert_eq!(
        later.rows[1].verdict,
        couponbook::plan::Verdict::Change { change: Box::new(first.clone()), resumes: false }
    );
    let bought = with("A", |it| it.used = Some(699));
    assert_eq!(fixture.showing(vec![bought, coupon("B")]).at(at(24, 0, 0)).change("A", restock()), first);
}

#[test]
fn an_end_is_read_in_the_stores_zone_and_a_span_counts_from_the_exported_end() {
    let until = |coupons: Vec<Coupon>, act: Act| match desired(&Fixture::of(&WOO, coupons), act) {
        Ok(DesiredState::Renew { until }) => until,
        other => panic!("{other:?}"),
    };
    let renew = || act(ActionWord::Renew);
    let at_local = |edit| Act(Action { new_end: Edit::Set(edit), ..renew().0 });
    let moment = local_day(at(30, 12, 0), ZONE).and_hms_opt(18, 30, 0).unwrap();
    assert_eq!(until(vec![coupon("A")], renew().until_day(30)), Some(at(31, 0, 0)));
    assert_eq!(
        until(vec![coupon("A")], at_local(EndEdit::At(moment))),
        Some(at(30, 18, 30) + chrono::Duration::seconds(1))
    );
    assert_eq!(until(vec![ending("A", at(25, 0, 0))], renew().hours(48)), Some(at(27, 0, 0)));
    assert_eq!(until(vec![ending("A", at(25, 0, 0))], renew().hours(5)), Some(at(25, 5, 0)));
    // Past at the export: from the export on.
    assert_eq!(until(vec![ending("A", at(20, 0, 0))], renew().hours(24)), Some(at(23, 9, 0)));
    assert_eq!(until(vec![coupon("A")], Act(Action { new_end: Edit::Clear, ..renew().0 })), None);
}

#[test]
fn an_end_typed_as_the_sheet_shows_it_is_the_exported_end() {
    let local = |text: &str| EndEdit::At(text.parse().unwrap());
    let day = |day: i64| EndEdit::Day(local_day(at(day, 12, 0), ZONE));
    let seconds = |end: Timestamp, more: i64| end + chrono::Duration::seconds(more);
    for (ends, typed, is_same) in [
        // Shown as `23:59` of the day before, which the reader makes that day.
        (at(31, 0, 0), day(30), true),
        // Sellers' 23:59:00, and the shop's own page that stores the first seconds of a day.
        (seconds(at(31, 0, 0), -59), day(30), true),
        (seconds(at(31, 0, 0), 30), day(30), true),
        (seconds(at(31, 0, 0), -61), day(30), false),
        (at(31, 0, 0), day(31), false),
        // Shown as `18:29`; the shop's own page may show 18:30.
        (at(30, 18, 30), local("2026-11-30T18:29:00"), true),
        (at(30, 18, 30), local("2026-11-30T18:30:00"), true),
        (seconds(at(30, 18, 30), -20), local("2026-11-30T18:29:00"), true),
        (at(30, 18, 30), local("2026-11-30T18:29:30"), false),
        (at(30, 18, 30), local("2026-11-30T18:31:00"), false),
    ] {
        let fixture = Fixture::of(&SHOPEE, vec![ending("A", ends)]);
        let act = Act(Action { new_end: Edit::Set(typed), ..act(ActionWord::Renew).0 });
        let found = desired(&fixture, act);
        assert_eq!(found == Ok(DesiredState::Renew { until: Some(ends) }), is_same, "{ends} {typed:?}: {found:?}");
    }
}

#[test]
fn a_minimum_has_no_more_decimals_than_its_currency() {
    for (currency, amount, is_sound) in [
        ("JPY", "6500", true),
        ("JPY", "6500.5", false),
        ("IDR", "700000.5", false),
        ("VND", "1000000.5", false),
        ("SGD", "25.50", true),
        ("SGD", "25.505", false),
        ("KWD", "1.505", true),
    ] {
        let mut fixture = Fixture::of(&WOO, vec![]);
        fixture.world.store.currency = Currency::parse(currency).unwrap();
        let fixture = fixture.loading(vec![coupon("A")]);
        let odd = Act(Action { new_min_spend: Edit::Set(amount.parse().unwrap()), ..act(ActionWord::Adjust).0 });
        let found = desired(&fixture, odd);
        let refusal = if currency == "SGD" { "more than 2 decimals" } else { "has none" };
        assert!(found.as_ref().map_or_else(|said| !is_sound && said.contains(refusal), |_| is_sound), "{found:?}");
    }
}

#[test]
fn whole_days_keep_the_hour_when_clocks_are_put_forward() {
    let zone = chrono_tz::America::New_York;
    let midnight = |month, day| day_start(chrono::NaiveDate::from_ymd_opt(2027, month, day).unwrap(), zone);
    let mut fixture = Fixture::of(&WOO, vec![]);
    fixture.world.store.zone = zone;
    // Clocks are put forward on the 14th of March 2027.
    let fixture = fixture.loading(vec![ending("A", midnight(3, 10))]);
    let state = desired(&fixture, act(ActionWord::Renew).hours(7 * 24));
    assert_eq!(state, Ok(DesiredState::Renew { until: Some(midnight(3, 17)) }));
}

#[test]
fn what_a_word_cannot_mean_is_refused_with_what_to_write() {
    use ActionWord::*;
    let endless = with("A", |it| (it.usable, it.total) = (Period::new(None, None).unwrap(), None));
    let odd = Act(Action { new_min_spend: Edit::Set("12.345".parse().unwrap()), ..act(Adjust).0 });
    let table = [
        (act(Accept), "nothing is suggested on this row"),
        (act(Adjust), "write the amount in New min spend"),
        (act(Adjust).spend(-5), "below zero"),
        (odd, "more than 2 decimals"),
        (act(Keep), "write it in Note"),
        (act(Keep).note("   "), "write it in Note"),
        (act(Renew), "it has no end"),
        (act(Restock).stock(5), "it has no limit"),
        (act(Renew).hours(u32::MAX), "longer than any calendar"),
    ];
    for (act, expected) in table {
        let said = desired(&Fixture::of(&WOO, vec![endless.clone()]), act).unwrap_err();
        assert!(said.contains(expected), "{said}");
    }
    let huge = desired(&Fixture::of(&WOO, vec![coupon("A")]), act(Restock).stock(u64::MAX)).unwrap_err();
    assert!(huge.contains("larger than any platform keeps"), "{huge}");
}

#[test]
fn what_was_stopped_on_purpose_is_not_started_by_accepting() {
    let mut fixture = Fixture::of(&WOO, vec![]);
    fixture =
        fixture.stopped_on_purpose("A", Period::new(None, None).unwrap()).loading(vec![in_status("A", Status::Ended)]);
    let said = desired(&fixture, act(ActionWord::Accept)).unwrap_err();
    assert!(said.contains("stopped on purpose by the night shift"), "{said}");
    // Said outright it is done.
    assert_eq!(desired(&fixture, act(ActionWord::Enable)), Ok(DesiredState::Enable));
}

#[test]
fn platforms_keep_whole_seconds_so_that_an_end_is_never_later_and_a_start_never_sooner_than_asked() {
    let exact = at(22, 9, 0);
    let halfway = exact + chrono::Duration::milliseconds(500);
    assert_eq!([exact, halfway].map(whole_second), [exact, exact]);
    assert_eq!([exact, halfway].map(next_whole_second), [exact, exact + chrono::Duration::seconds(1)]);
    assert!(same_second(Some(exact), Some(halfway)) && same_second(None, None) && !same_second(Some(exact), None));
}

#[test]
fn one_accept_that_sets_several_things_is_one_change_of_as_many_steps_or_none() {
    let gone = || with("A", |it| (it.used, it.usable) = (Some(700), period(at(1, 0, 0), at(24, 0, 0))));
    let fixture = || Fixture::of(&WOO, vec![gone()]);
    let accept = || vec![("A", act(ActionWord::Accept))];
    let plan = fixture().plan(accept());
    let change = plan.changes().next().unwrap();
    assert_eq!(english(&change.operations_message()), "raise the total, extend in place");
    assert_eq!(english(&change.before), "total 700, ends Mon 23 Nov 23:59");
    assert_eq!(change.steps.len(), 2);
    assert_eq!(change.exposure, fixture().row("A").suggested_exposure());
    // What somebody did meanwhile as it was wanted is not done again, …
    let restocked = fixture()
        .showing(vec![with("A", |it| (it.total, it.used, it.usable) = (Some(1_400), Some(700), gone().usable))]);
    let plan = restocked.plan(accept());
    assert_eq!(
        plan.changes().map(|change| english(&change.operations_message())).collect::<Vec<_>>(),
        ["extend in place"]
    );
    // … and what stands against one of them stands against all.
    let moved =
        fixture().showing(vec![with("A", |it| (it.used, it.usable) = (Some(700), period(at(1, 0, 0), at(25, 0, 0))))]);
    let plan = moved.plan(accept());
    assert!(matches!(plan.rows[0].verdict, couponbook::plan::Verdict::Conflict { .. }));
}
