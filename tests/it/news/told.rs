//! What of an export is told to whom: only what is new, worse, over, or was told too long ago.

use super::*;

#[test]
fn what_a_channel_was_told_is_told_again_only_when_it_is_worse_or_was_told_long_ago() {
    let sg = shop("sg");
    let mut reader = Reader::of(listener());
    let with =
        |hour: i64, severity: Severity| export(hour, vec![loaded(&sg)], vec![row(&sg, "LUMI", &[(LOW, severity)])]);
    let first = reader.hears(&with(0, WARNING)).unwrap();
    assert_eq!((items(&first), first.critical, first.is_reminder), (vec!["new LUMI".to_string()], 0, false));
    assert_eq!(reader.hears(&with(6, WARNING)), None, "unchanged");
    let worse = reader.hears(&with(12, BAD)).unwrap();
    assert_eq!((items(&worse), worse.critical), (vec!["worse LUMI".to_string()], 1));
    assert_eq!(reader.hears(&with(30, BAD)), None, "told 18 hours ago");
    assert_eq!(reader.hears(&with(31, WARNING)), None, "better is no news");
    let again = reader.hears(&with(36, WARNING)).unwrap();
    assert!(again.is_reminder && items(&again) == ["again LUMI"], "{again:?}");
    assert_eq!(reader.hears(&with(42, WARNING)), None);
}

#[test]
fn one_reminder_is_about_all_that_is_still_open() {
    let sg = shop("sg");
    let mut reader = Reader::of(listener());
    let with = |hour: i64, codes: &[&'static str]| {
        export(hour, vec![loaded(&sg)], codes.iter().map(|code| row(&sg, code, &[(LOW, WARNING)])).collect())
    };
    reader.hears(&with(0, &["A"])).unwrap();
    let second = reader.hears(&with(6, &["A", "B"])).unwrap();
    assert_eq!((items(&second), second.unchanged), (vec!["new B".to_string()], 1));
    assert_eq!(items(&reader.hears(&with(24, &["A", "B"])).unwrap()), ["again A", "again B"]);
    assert_eq!(reader.hears(&with(30, &["A", "B"])), None, "B was told with A");
}

#[test]
fn what_is_over_is_told_once_and_so_is_that_nothing_is_left() {
    let sg = shop("sg");
    let mut reader = Reader::of(listener());
    let with = |hour: i64, codes: &[&'static str]| {
        export(hour, vec![loaded(&sg)], codes.iter().map(|code| row(&sg, code, &[(LOW, WARNING)])).collect())
    };
    reader.hears(&with(0, &["A", "B"])).unwrap();
    let resolved = |news: &ExportNews| news.resolved.iter().map(|item| item.label.clone()).collect::<Vec<_>>();
    let one = reader.hears(&with(6, &["B"])).unwrap();
    assert_eq!((resolved(&one), one.is_all_clear, one.unchanged), (vec!["A".to_string()], false, 1));
    assert_eq!(one.resolved[0].how, Some(HowEnded::Gone));
    let clear = reader.hears(&with(12, &[])).unwrap();
    assert_eq!((resolved(&clear), clear.is_all_clear), (vec!["B".to_string()], true));
    assert_eq!(reader.hears(&with(18, &[])), None, "all clear is told once");
    assert_eq!(items(&reader.hears(&with(24, &["A"])).unwrap()), ["new A"], "what comes back is new");
}

#[test]
fn what_did_not_arrive_is_told_by_the_next_export_and_what_is_over_meanwhile_is_never_told() {
    let sg = shop("sg");
    let mut reader = Reader::of(listener());
    let with = |hour: i64, codes: &[&'static str]| {
        export(hour, vec![loaded(&sg)], codes.iter().map(|code| row(&sg, code, &[(LOW, WARNING)])).collect())
    };
    assert_eq!(items(&reader.look(&with(0, &["A", "B"]), false).unwrap()), ["new A", "new B"]);
    assert_eq!(items(&reader.hears(&with(6, &["B", "C"])).unwrap()), ["new B", "new C"]);
    // That something is over is held until it arrives, too.
    assert!(!reader.look(&with(12, &["B"]), false).unwrap().resolved.is_empty());
    let late = reader.hears(&with(18, &["B"])).unwrap();
    assert_eq!((late.resolved[0].label.as_str(), late.resolved.len()), ("C", 1));
}

#[test]
fn a_keep_silences_and_a_finding_that_another_takes_the_place_of_is_not_told_as_over() {
    let sg = shop("sg");
    let mut reader = Reader::of(listener());
    let low =
        export(0, vec![loaded(&sg)], vec![row(&sg, "KEPT", &[(LOW, WARNING)]), row(&sg, "TURNS", &[(LOW, WARNING)])]);
    reader.hears(&low).unwrap();
    let kept = &low.rows[0];
    let keeping = Keeping {
        note: "agreed".to_string(),
        until: None,
        findings: vec![(LOW, WARNING)],
        coupon: kept.coupon.clone(),
    };
    let keep = Kept { by: "Mei".to_string(), at: low.finished, keeping };
    reader.memory.kept.insert((sg.id.clone(), kept.coupon.id.clone()), vec![keep]);
    // Nothing to compare with: what the channel was told is older than the last export.
    reader.before = None;
    let calm = export(6, vec![loaded(&sg)], vec![row(&sg, "KEPT", &[]), row(&sg, "TURNS", &[(LOW, WARNING)])]);
    assert_eq!(reader.hears(&calm), None);
    let turned = export(12, vec![loaded(&sg)], vec![row(&sg, "KEPT", &[]), row(&sg, "TURNS", &[(OUT, BAD)])]);
    let news = reader.hears(&turned).unwrap();
    assert_eq!((items(&news), news.resolved.len()), (vec!["new TURNS".to_string()], 0));
}

#[test]
fn a_store_that_does_not_load_hides_its_coupons_and_is_neither_clear_nor_over() {
    let sg = shop("sg");
    let mut reader = Reader::of(listener());
    let good = |hour: i64| export(hour, vec![loaded(&sg)], vec![row(&sg, "LUMI", &[(LOW, WARNING)])]);
    reader.hears(&good(0)).unwrap();
    let down = reader.hears(&export(6, vec![failed(&sg, "no answer")], vec![])).unwrap();
    assert_eq!((items(&down), down.resolved.len(), down.is_all_clear), (vec!["new sg".to_string()], 0, false));
    assert_eq!((down.counts.stores_loaded, down.counts.stores_unseen, down.unchanged), (0, 1, 1));
    assert_eq!(reader.hears(&export(12, vec![failed(&sg, "no answer")], vec![])), None, "told once");
    let up = reader.hears(&good(18)).unwrap();
    assert_eq!((items(&up), up.is_all_clear), (vec![], false), "LUMI was told, and is as it was");
    assert_eq!((up.resolved[0].key.code, up.resolved[0].key.row.clone()), (FindingCode::StoreNotLoaded, None));
}

#[test]
fn a_platform_that_is_down_for_many_stores_is_one_line() {
    let names = ["sg-1", "sg-2", "my-1", "th-1"];
    let shops: Vec<Store> = names.iter().map(|id| shop(id)).collect();
    let mut loads: Vec<StoreLoad> = shops
        .iter()
        .enumerate()
        .map(|(place, store)| {
            failed(store, &format!("Shopee (store {}) has trouble of its own (request r{place}9)", store.id))
        })
        .collect();
    loads[3] = failed(&shops[3], "Shopee (store th-1): the shop is not linked to the app");
    let news = Reader::of(listener()).hears(&export(0, loads, vec![])).unwrap();
    let mut told = items(&news);
    told.sort();
    assert_eq!(told, ["new sg-1+sg-2+my-1", "new th-1"]);
    assert_eq!(news.counts.critical, 4, "as the Summary counts them");
}

#[test]
fn a_channel_hears_of_its_own_stores_alone_with_their_figures() {
    let (sg, my) = (shop("sg"), shop("my"));
    let rows = vec![row(&sg, "SG", &[(OUT, BAD)]), row(&my, "MY", &[(LOW, WARNING)]), row(&my, "FINE", &[])];
    let export = export(0, vec![loaded(&sg), loaded(&my)], rows);
    let mut reader = Reader::of(Listener { stores: Some(stores(&["my"])), ..listener() });
    let news = reader.hears(&export).unwrap();
    assert_eq!(items(&news), ["new MY"]);
    let NewsCounts { critical, warning, ok, stores, .. } = news.counts;
    assert_eq!((critical, warning, ok, stores), (0, 1, 1, 1));
    let all = Reader::of(listener()).hears(&export).unwrap();
    assert_eq!(all.counts.critical, export.count(Some(BAD)));
    assert_eq!(items(&all), ["new SG", "new MY"], "by urgency");
}

#[test]
fn a_channel_hears_of_what_it_asked_for() {
    let sg = shop("sg");
    let bad = export(0, vec![loaded(&sg)], vec![row(&sg, "BAD", &[(OUT, BAD)]), row(&sg, "LOW", &[(LOW, WARNING)])]);
    let warnings = export(0, vec![loaded(&sg)], vec![row(&sg, "LOW", &[(LOW, WARNING)])]);
    let notices = export(0, vec![loaded(&sg)], vec![row(&sg, "TIDY", &[(FindingCode::Unplanned, Severity::Notice)])]);
    let calm = export(0, vec![loaded(&sg)], vec![]);
    let down = export(0, vec![failed(&sg, "no answer")], vec![]);
    let hears = |topics: &[Topic], export: &Export| Reader::of(hearing(topics)).hears(export).map(|news| items(&news));
    assert_eq!(hears(&[Topic::Critical], &bad).unwrap(), ["new BAD"]);
    assert_eq!(hears(&[Topic::Critical], &warnings), None);
    assert_eq!(hears(&[Topic::New], &bad).unwrap(), ["new BAD", "new LOW"]);
    assert_eq!(hears(&[Topic::New], &notices), None, "a notice calls nobody");
    assert_eq!(hears(&[Topic::Failed], &bad), None);
    assert_eq!(hears(&[Topic::Failed], &down).unwrap(), ["new sg"]);
    assert_eq!(hears(&[Topic::Results], &bad), None);
    assert_eq!(hears(&[Topic::Digest], &calm).unwrap(), [""; 0], "every export is told");
    let sign_in = fixture::finding(FindingCode::TokenExpiring, WARNING, "ends soon");
    let ends = export(0, vec![StoreLoad { findings: vec![sign_in], ..loaded(&sg) }], vec![]);
    assert_eq!(hears(&[Topic::Critical], &ends).unwrap(), ["new sg"], "a sign-in that ends is told at once");
}

#[test]
fn the_worst_five_are_named_and_the_rest_is_counted() {
    let sg = shop("sg");
    let codes = ["A", "B", "C", "D", "E", "F", "G"];
    let mut rows: Vec<Row> = codes.iter().map(|code| row(&sg, code, &[(LOW, WARNING)])).collect();
    rows.push(row(&sg, "WORST", &[(OUT, BAD), (LOW, WARNING)]));
    let news = Reader::of(listener()).hears(&export(0, vec![loaded(&sg)], rows)).unwrap();
    assert_eq!((items(&news).len(), items(&news)[0].as_str(), news.more, news.critical), (5, "new WORST", 3, 1));
    assert_eq!(news.worst[0].findings, [OUT, LOW]);
}
