//! The last weeks, as the archive has them.

use chrono::{Duration, NaiveDate};
use couponbook::archive::Archive;
use couponbook::domain::*;

use crate::workbook_write::fixture;

fn save(archive: &Archive, id: &str, at: Timestamp, findings: &[Severity], follows: Option<&str>) {
    save_on(archive, id, at, at.date_naive(), findings, follows);
}

fn save_on(archive: &Archive, id: &str, at: Timestamp, day: NaiveDate, findings: &[Severity], follows: Option<&str>) {
    let model = fixture::export();
    let store = model.stores[0].clone();
    let low = |severity: &Severity| fixture::finding(FindingCode::LowStock, *severity, "Low.");
    let coupon = fixture::coupon(&store.store, "1", None, "One");
    let row = fixture::row(&store.store, coupon, findings.iter().map(low).collect(), Advice::Nothing, Route::Direct);
    let export = Export {
        id: ExportId::new(id),
        follows: follows.map(ExportId::new),
        at,
        finished: at,
        day,
        stores: vec![store],
        findings: Vec::new(),
        parts: Vec::new(),
        rows: vec![row].into(),
        ..model
    };
    archive.save_snapshot(&export).unwrap();
}

#[test]
fn a_week_counts_each_coupon_by_its_worst_finding_on_average() {
    let folder = tempfile::tempdir().unwrap();
    let archive = crate::archive::archive_at(folder.path(), "this machine");
    let (bad, low) = (Severity::Critical, Severity::Warning);
    let sunday = fixture::at(22, 2, 0);
    save(&archive, "A", sunday, &[bad, low, low], None);
    save(&archive, "B", sunday - Duration::days(6), &[bad, low], None);
    save(&archive, "R", sunday, &[low; 9], Some("A"));
    save(&archive, "C", sunday - Duration::days(7), &[low], None);
    save(&archive, "D", sunday - Duration::days(56), &[low; 5], None);
    let until = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
    let weeks = archive.trend(8, until).unwrap();
    let found: Vec<_> =
        weeks.iter().map(|it| (it.week.to_string(), it.exports, it.critical, it.warning, it.notice)).collect();
    assert_eq!(
        found,
        [("2026-W46".to_string(), 1, 0, 1, 0), ("2026-W47".to_string(), 2, 1, 0, 0)],
        "eight weeks, without the results of runs"
    );
}

#[test]
fn a_week_begins_on_monday_in_the_teams_own_zone() {
    // Sunday 18:00 in London is Monday in Singapore.
    let at = fixture::at(22, 18, 0);
    let weeks = |zone| {
        let folder = tempfile::tempdir().unwrap();
        let archive = crate::archive::archive_at(folder.path(), "this machine");
        let day = local_day(at, zone);
        save_on(&archive, "A", at, day, &[Severity::Notice], None);
        archive.trend(8, day).unwrap().iter().map(|week| week.week.number()).collect::<Vec<_>>()
    };
    assert_eq!(weeks(chrono_tz::Asia::Singapore), [48]);
    assert_eq!(weeks(chrono_tz::Europe::London), [47]);
}
