//! Findings that a manager accepted as they are.

use super::shop::*;
use super::{black_friday, left, off, over, share};
use couponbook::domain::*;
use couponbook::language::Language;

fn keeping(world: &mut World, row: &Row, until: Option<Timestamp>) {
    let keeping = Keeping {
        note: "agreed with the brand".to_string(),
        until,
        findings: row.findings.iter().map(|finding| (finding.code, finding.severity)).collect(),
        coupon: row.coupon.clone(),
    };
    let kept = Kept { by: "the night shift".to_string(), at: at(22, 8, 0), keeping };
    world.memory.kept.entry((row.coupon.store.clone(), row.coupon.id.clone())).or_default().push(kept);
}

#[test]
fn what_is_kept_is_no_exception_until_what_it_is_about_changes() {
    let gift = |minimum| off("A", share(15), minimum);
    let table: Vec<(&str, Coupon, Coupon, bool)> = vec![
        ("nothing changed", left("A", 8, 90), left("A", 8, 90), true),
        ("buyers go on taking", left("A", 8, 90), left("A", 5, 90), true),
        ("half of it is gone", left("A", 8, 90), left("A", 3, 90), false),
        ("it was restocked, and went again", left("A", 8, 90), left("A", 8, 190), false),
        ("sold out is another finding", left("A", 8, 90), left("A", 0, 90), false),
        ("its end", ending("A", at(25, 0, 0)), ending("A", at(25, 0, 0)), true),
        ("another end", ending("A", at(25, 0, 0)), ending("A", at(24, 0, 0)), false),
        ("no minimum", gift(Minimum::None), gift(Minimum::None), true),
        ("a higher share", gift(Minimum::None), off("A", share(20), Minimum::None), false),
        ("paused", in_status("A", Status::Paused), in_status("A", Status::Paused), true),
    ];
    for (what, then, now, silent) in table {
        let mut world = World::of(&WOO);
        let before = world.row(vec![then]);
        keeping(&mut world, &before, None);
        let row = world.row(vec![now]);
        assert_eq!(row.findings.is_empty(), silent, "{what}: {}", in_short(&row));
        let is_left = matches!(
            &row.suggestion.advice,
            Advice::Leave(why) if said(Language::ENGLISH, why) == "kept by the night shift: agreed with the brand"
        );
        assert_eq!(is_left, silent, "{what}: {:?}", row.suggestion.advice);
    }
}

#[test]
fn a_keep_ends_on_its_day_and_silences_only_what_it_was_about() {
    let mut world = World::of(&WOO).with_campaign(black_friday());
    let before = world.row(vec![ending("A", at(28, 0, 0))]);
    keeping(&mut world, &before, Some(at(25, 0, 0)));
    let row = world.row(vec![ending("A", at(28, 0, 0))]);
    let Advice::Leave(why) = &row.suggestion.advice else { panic!("{:?}", row.suggestion) };
    let expected = "kept by the night shift until Tue 24 Nov 23:59: agreed with the brand";
    assert_eq!(said(Language::ENGLISH, why), expected);
    let two = with("A", |it| (it.usable, it.used) = (period(at(1, 0, 0), at(28, 0, 0)), Some(695)));
    let both = world.row(vec![two]);
    assert_eq!((in_short(&both).as_str(), advice_in_short(&both).as_str()), ("low_stock warning", "restock 700"));
    world.now = at(25, 0, 0);
    assert_ne!(in_short(&world.row(vec![ending("A", at(28, 0, 0))])), "", "its day has come");
}

#[test]
fn a_finding_that_grew_worse_is_no_longer_kept() {
    let mut world = World::of(&WOO).with_campaign(over());
    let before = world.row(vec![in_status("A", Status::Paused)]);
    keeping(&mut world, &before, None);
    world.campaigns = vec![black_friday()];
    assert_eq!(in_short(&world.row(vec![in_status("A", Status::Paused)])), "paused critical");
}

#[test]
fn two_keeps_on_one_coupon_hold_side_by_side() {
    let mut world = World::of(&WOO);
    let low = with("A", |it| (it.total, it.used) = (Some(90), Some(82)));
    let both =
        with("A", |it| (it.total, it.used, it.minimum, it.discount) = (Some(90), Some(82), Minimum::None, share(15)));
    let first = world.row(vec![low]);
    keeping(&mut world, &first, None);
    let second = world.row(vec![both.clone()]);
    assert_eq!(in_short(&second), "uncapped warning", "the rules are new, the stock is as it was");
    keeping(&mut world, &second, None);
    assert_eq!(in_short(&world.row(vec![both])), "");
}
