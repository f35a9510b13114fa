//! What would change: what each action becomes, what is refused, and where the brakes bite.

mod brakes;
mod by_hand;
mod decisions;
mod kept;
mod languages;
mod put_back;
mod setup;

use couponbook::domain::*;
use couponbook::plan::{Plan, PriorRun, Verdict};
use proptest::prelude::*;
use rust_decimal::Decimal;
use setup::*;
pub use setup::{Act, Fixture, act, becomes, in_words};

use crate::english;
use crate::rules::shop::*;

#[test]
fn restock_aims_at_the_exported_total_whatever_is_live() {
    // (live total, live used, what the row becomes); exported: 700, of which 300 are used.
    let table = [
        (Some(700), 300, "change: raise the total: total 700 → total 900"),
        (Some(700), 699, "change: raise the total: total 700 → total 900"),
        (Some(900), 300, "already: it has total 900 already"),
        (Some(800), 300, "conflict: total 700, total 900, total 800"),
        (Some(1100), 300, "conflict: total 700, total 900, total 1100"),
        (None, 300, "conflict: total 700, total 900, no limit"),
    ];
    for (total, used, expected) in table {
        let live = with("A", |it| (it.total, it.used) = (total, Some(used)));
        let fixture = Fixture::of(&SHOPEE, vec![coupon("A")]).showing(vec![live]);
        assert_eq!(fixture.decide("A", act(ActionWord::Restock).stock(200)), expected);
    }
}

#[test]
fn renew_and_adjust_compare_three_values() {
    let end = |day| ending("A", at(day, 0, 0));
    let spend = |amount| with("A", |it| it.minimum = Minimum::Spend(sgd(amount)));
    let renew = || act(ActionWord::Renew).until_day(30);
    let adjust = || act(ActionWord::Adjust).spend(40);
    let (before, after) = ("ends Tue 24 Nov 23:59", "ends Mon 30 Nov 23:59");
    let table = [
        (end(25), end(25), renew(), format!("change: extend in place: {before} → {after}")),
        (end(25), end(31), renew(), format!("already: it {after} already")),
        (end(25), end(28), renew(), format!("conflict: {before}, {after}, ends Fri 27 Nov 23:59")),
        (end(41), end(41), renew(), format!("change: shorten in place: ends Thu 10 Dec 23:59 → {after}")),
        (
            spend(30),
            spend(30),
            adjust(),
            "change: change the min spend: min spend SGD 30.00 → min spend SGD 40.00".into(),
        ),
        (spend(30), spend(40), adjust(), "already: it has min spend SGD 40.00 already".into()),
        (
            spend(30),
            spend(35),
            adjust(),
            "conflict: min spend SGD 30.00, min spend SGD 40.00, min spend SGD 35.00".into(),
        ),
    ];
    for (exported, live, action, expected) in table {
        assert_eq!(Fixture::of(&WOO, vec![exported]).showing(vec![live]).decide("A", action), expected);
    }
}

#[test]
fn the_same_word_is_another_change_on_each_platform_and_in_each_status() {
    use ActionWord::*;
    use Status::*;
    let table = [
        (&SHOPEE, Active, Renew, "change: follow-on coupon"),
        (&SHOPEE, Scheduled, Renew, "change: extend in place"),
        (&SHOPEE, Ended, Renew, "change: follow-on coupon"),
        (&WOO, Ended, Renew, "change: extend in place"),
        (&LAZADA, Active, Renew, "refused"),
        (&TIKTOK, Active, Renew, "by hand"),
        (&SHOPEE, Active, Delete, "change: end now"),
        (&SHOPEE, Scheduled, Delete, "change: delete for good"),
        (&SHOPEE, Ended, Delete, "refused"),
        (&WOO, Active, Delete, "change: move to the shop's bin"),
        (&WOO, Ended, Delete, "change: move to the shop's bin"),
        (&LAZADA, Active, Delete, "change: pause"),
        (&SHOPEE, Active, End, "change: end now"),
        (&SHOPEE, Scheduled, End, "change: delete for good"),
        (&SHOPEE, Ended, End, "already"),
        (&LAZADA, Active, End, "change: pause"),
        (&TIKTOK, Active, End, "by hand"),
        (&WOO, Active, Pause, "change: pause"),
        (&WOO, Paused, Pause, "already"),
        (&SHOPEE, Active, Pause, "refused"),
        (&WOO, Paused, Enable, "change: enable"),
        (&WOO, Ended, Enable, "change: extend in place"),
        (&WOO, Active, Enable, "already"),
        (&LAZADA, Paused, Enable, "change: enable"),
        (&SHOPEE, Active, Recreate, "change: new coupon"),
        (&SHOPEE, Ended, Recreate, "change: new coupon"),
        (&TIKTOK, Active, Recreate, "by hand"),
    ];
    for (abilities, status, word, expected) in table {
        let said =
            Fixture::of(abilities, vec![in_status("A", status), coupon("B")]).decide("A", act(word).until_day(60));
        assert!(said.starts_with(expected), "{word} on {} {status}: {said}", abilities.platform);
    }
}

#[test]
fn another_change_than_asked_is_said_so() {
    let delete = |fixture: &Fixture| fixture.change("A", act(ActionWord::Delete));
    let shopee = delete(&Fixture::of(&SHOPEE, vec![coupon("A"), coupon("B")]));
    assert!(
        english(&shopee.after).starts_with("ended (instead of deleted: Shopee, active coupon: "),
        "{}",
        english(&shopee.after)
    );
    assert!(shopee.cannot_undo.is_some());
    let lazada = delete(&Fixture::of(&LAZADA, vec![coupon("A"), coupon("B")]));
    assert!(english(&lazada.after).contains("instead of deleted") && lazada.follow_up.is_some());
    let woo = Fixture::of(&WOO, vec![coupon("A"), coupon("B")]);
    assert_eq!(delete(&woo).cannot_undo, None);
    let permanent = delete(&woo.deleting_permanently());
    assert_eq!(permanent.becomes, Operation::Delete);
    assert!(permanent.cannot_undo.is_some());
}

#[test]
fn a_follow_on_starts_where_the_old_one_ends_with_a_free_code_and_is_clipped_aloud() {
    let fixture = Fixture::of(&SHOPEE, vec![ending("BF10", at(25, 0, 0))]).reserving("shopBF102");
    let change = fixture.change("BF10", act(ActionWord::Renew).until_day(200));
    let draft = draft_of(&change);
    assert_eq!(draft.code, "SHOPBF103");
    assert_eq!((draft.start, draft.ends), (Start::At(at(25, 0, 0)), Some(at(115, 0, 0))));
    assert_eq!((draft.total, draft.minimum), (Some(700), Minimum::Spend(sgd(30))));
    let after = english(&change.after);
    assert!(after.contains("(shortened to 90 days, the longest that Shopee allows)"), "{after}");
    assert_eq!(change.exposure, Some(Exposure::Known(sgd(8400))));
    let in_time = fixture.change("BF10", act(ActionWord::Renew).until_day(60));
    assert!(!english(&in_time.after).contains("clipped"));
}

#[test]
fn a_rule_that_the_export_left_open_is_copied_as_it_is_now() {
    let with_channels = |channels: serde_json::Value| {
        let mut coupon = ending("BF10", at(25, 0, 0));
        coupon.other_rules.insert("display_channel_list".to_string(), channels);
        coupon
    };
    let (exported, live) = (with_channels(serde_json::Value::Null), with_channels(serde_json::json!([4])));
    let fixture = Fixture::of(&SHOPEE, vec![exported.clone()]).showing(vec![live.clone()]);
    let change = fixture.change("BF10", act(ActionWord::Renew).until_day(60));
    assert_eq!(draft_of(&change).other_rules, live.other_rules);
    let gone = Fixture::of(&SHOPEE, vec![exported]).showing(Vec::new());
    let words = gone.decide("BF10", act(ActionWord::Recreate).until_day(60));
    assert!(words.starts_with("refused: not all of its rules are known"), "{words}");
}

#[test]
fn an_ended_voucher_is_followed_at_once() {
    let change =
        Fixture::of(&SHOPEE, vec![in_status("A", Status::Ended)]).change("A", act(ActionWord::Renew).until_day(60));
    assert_eq!((draft_of(&change).start, draft_of(&change).ends), (Start::Soonest, Some(at(61, 0, 0))));
}

#[test]
fn codes_are_unique_in_a_plan_and_never_one_that_is_known_begun_or_reserved() {
    let running = |id: &str| ending(id, at(25, 0, 0));
    let fixture = Fixture::of(&SHOPEE, vec![running("BLACK"), running("BLACX"), running("BLAC")]);
    let begun = fixture.change("BLAC", act(ActionWord::Renew).until_day(60));
    assert_eq!(draft_of(&begun).code, "SHOPBLAC2");
    let fixture = fixture
        .with_prior(begun.id.clone(), PriorRun::Begun(Box::new(begun)))
        .reserving("SHOPBLAC3")
        .showing_also(coupon("BLAC4"));
    let renew = || act(ActionWord::Renew).until_day(60);
    let plan = fixture.plan(vec![("BLACK", renew()), ("BLACX", renew()), ("BLAC", renew())]);
    let codes: Vec<_> = plan.changes().map(|change| draft_of(change).code.clone()).collect();
    assert_eq!(codes, ["SHOPBLAC5", "SHOPBLAC6", "SHOPBLAC2"]);
    assert!(codes.iter().all(|code| code.len() <= 9 && code.chars().all(|letter| letter.is_ascii_alphanumeric())));
}

#[test]
fn a_code_that_was_reserved_for_a_creation_that_did_not_come_about_is_its_own_and_nobody_elses() {
    let running = |id: &str| ending(id, at(25, 0, 0));
    let renew = || act(ActionWord::Renew).until_day(60);
    let fixture = Fixture::of(&SHOPEE, vec![running("BLACK"), running("BLACX")]);
    let first = fixture.change("BLACK", renew());
    assert_eq!(draft_of(&first).code, "SHOPBLAC2");
    // It was reserved, and never sent or refused.
    let fixture = fixture.reserving_for("SHOPBLAC2", first.id.clone());
    let codes = |plan: Plan| plan.changes().map(|change| draft_of(change).code.clone()).collect::<Vec<_>>();
    assert_eq!(codes(fixture.plan(vec![("BLACX", renew()), ("BLACK", renew())])), ["SHOPBLAC3", "SHOPBLAC2"]);
    // By now somebody has a coupon of that code.
    let fixture = fixture.showing_also(with("X", |it| it.code = Some("shopblac2".to_string())));
    assert_eq!(codes(fixture.plan(vec![("BLACK", renew())])), ["SHOPBLAC3"]);
}

#[test]
fn what_is_ended_while_it_is_paused_is_proved_by_its_end_since_its_status_stays() {
    let paused = Fixture::of(&WOO, vec![in_status("A", Status::Paused), coupon("B")]);
    let change = paused.change("A", act(ActionWord::End));
    let (write, after) = (&change.steps[0].write, &change.steps[0].after);
    let ended = carried_out(write, Coupon { status: Status::Paused, ..coupon("A") }).unwrap();
    assert!(after.hold_for(Some(&Coupon { status: Status::Paused, ..ended.clone() })), "{after:?}");
    assert!(after.hold_for(Some(&ended)), "a shop that shows it as ended proves it too");
    assert!(!after.hold_for(Some(&in_status("A", Status::Paused))));
}

#[test]
fn a_longer_code_counts_on_with_a_hyphen() {
    for (code, expected) in [("BLACK20", "BLACK20-2"), ("BLACK20-2", "BLACK20-3"), ("BLACK-FRIDAY", "BLACK-FRIDAY-2")] {
        let model = with("A", |it| it.code = Some(code.to_string()));
        let change = Fixture::of(&WOO, vec![model]).change("A", act(ActionWord::Recreate).until_day(60));
        assert_eq!(draft_of(&change).code, expected);
    }
}

#[test]
fn a_renewal_that_has_an_heir_is_done_already() {
    let old = || ending("A", at(25, 0, 0));
    let successor = |starts| with("B", |it| (it.status, it.usable) = (Status::Scheduled, period(starts, at(60, 0, 0))));
    let renew = || act(ActionWord::Renew).until_day(59);
    let seamless = Fixture::of(&SHOPEE, vec![old()]).showing(vec![old(), successor(at(25, 0, 0))]);
    assert_eq!(seamless.decide("A", renew()), "already: SHOPB takes over and ends Tue 29 Dec 23:59");
    assert!(seamless.decide("A", act(ActionWord::Renew).until_day(70)).ends_with("; for a later end renew that one"));
    let gap = Fixture::of(&SHOPEE, vec![old()]).showing(vec![old(), successor(at(26, 0, 0))]);
    assert!(gap.decide("A", renew()).starts_with("change: follow-on"));
    assert!(gap.made("B", "A").decide("A", renew()).starts_with("already"));
    // What was made for C takes over from C alone.
    let duplicate = || Coupon { id: CouponId::new("C"), ..old() };
    let ours = Fixture::of(&SHOPEE, vec![old(), duplicate()])
        .showing(vec![old(), duplicate(), successor(at(25, 0, 0))])
        .made("B", "C");
    assert!(ours.decide("A", renew()).starts_with("change: follow-on"));
    assert!(ours.decide("C", renew()).starts_with("already"));
}

#[test]
fn a_copy_repeats_the_exported_rules_and_conflicts_where_others_are_live() {
    let dearer = with("A", |it| it.discount = Discount::Sum(sgd(25)));
    let used = with("A", |it| (it.used, it.total) = (Some(650), Some(900)));
    let fixture = |live| Fixture::of(&SHOPEE, vec![coupon("A")]).showing(vec![live]);
    let recreate = || act(ActionWord::Recreate).until_day(60).spend(45).stock(50);
    assert!(
        fixture(dearer).decide("A", recreate()).starts_with("conflict: 15 % off, max SGD 12.00, min spend SGD 30.00, ")
    );
    let draft = draft_of(&fixture(used.clone()).change("A", recreate())).clone();
    assert_eq!((draft.minimum, draft.total, draft.ends), (Minimum::Spend(sgd(45)), Some(50), Some(at(61, 0, 0))));
    // Blanks: as exported, and ending with the old one.
    let draft = draft_of(&fixture(used).change("A", act(ActionWord::Recreate))).clone();
    assert_eq!((draft.minimum, draft.total, draft.ends), (Minimum::Spend(sgd(30)), Some(700), Some(at(41, 0, 0))));
    let gone = Fixture::of(&SHOPEE, vec![coupon("A")]).showing(vec![]);
    assert!(gone.decide("A", recreate()).starts_with("change: new coupon"));
}

#[test]
fn a_copy_of_what_was_not_read_whole_is_by_hand_and_is_suggested_only_so() {
    for rule in ["email_restrictions", "product_ids"] {
        let unread = with("A", |it| {
            it.other_rules.insert(rule.to_string(), unread_rule());
            it.status = Status::Ended;
        });
        let fixture = Fixture::of(&WOO, vec![unread]);
        let told = fixture.decide("A", act(ActionWord::Recreate).until_day(60));
        assert!(told.starts_with("by hand") && told.contains("not all of its rules could be read"), "{told}");
        let suggestion = &fixture.row("A").suggestion;
        let copies = suggestion.advices().any(|advice| advice.verb() == Some(Verb::Create));
        assert!(!copies || suggestion.way == Route::ByHand, "{suggestion:?}");
    }
}

#[test]
fn a_status_that_the_clock_moved_on_is_no_conflict_but_one_that_people_changed_is() {
    use Status::*;
    let scheduled = with("A", |it| (it.status, it.usable) = (Scheduled, period(at(22, 12, 0), at(23, 0, 0))));
    let active = with("A", |it| it.usable = period(at(1, 0, 0), at(23, 0, 0)));
    let table = [
        (&scheduled, Active, ActionWord::End, "change"),
        (&scheduled, Active, ActionWord::Delete, "change"),
        (&scheduled, Ended, ActionWord::Delete, "change"),
        (&active, Ended, ActionWord::Delete, "change"),
        (&active, Ended, ActionWord::End, "already"),
        (&active, Paused, ActionWord::Delete, "conflict: active, gone, paused"),
        (&active, Paused, ActionWord::Pause, "already"),
        (&active, Rejected, ActionWord::End, "conflict: active, ended, rejected"),
    ];
    for (exported, now_is, word, expected) in table {
        let live = Coupon { status: now_is, ..exported.clone() };
        let fixture =
            Fixture::of(&WOO, vec![exported.clone(), coupon("B")]).showing(vec![live, coupon("B")]).at(at(23, 8, 0));
        let said = fixture.decide("A", act(word));
        assert!(said.starts_with(expected), "{word}: {} → {now_is}: {said}", exported.status);
    }
    // Nothing but the clock can end it before its time.
    let live = Coupon { status: Ended, ..active.clone() };
    let said =
        Fixture::of(&WOO, vec![active]).showing(vec![live]).at(at(22, 20, 0)).decide("A", act(ActionWord::Delete));
    assert!(said.starts_with("conflict"), "{said}");
}

#[test]
fn enabling_puts_the_dates_back_that_the_pause_overwrote() {
    let ended = || vec![in_status("A", Status::Ended)];
    let enable = |fixture: Fixture| fixture.change("A", act(ActionWord::Enable)).steps[0].after.ends;
    let stopped = |ends| Fixture::of(&WOO, ended()).stopped_on_purpose("A", Period::new(None, ends).unwrap());
    assert_eq!(enable(stopped(Some(at(35, 0, 0)))), Some(Some(at(35, 0, 0))));
    assert_eq!(enable(stopped(None)), Some(None));
    // Past by now, or never known: what is suggested.
    assert_eq!(enable(stopped(Some(at(22, 0, 0)))), Some(Some(at(53, 0, 0))));
    assert_eq!(enable(Fixture::of(&WOO, ended())), Some(Some(at(53, 0, 0))));
    let late = with("A", |it| (it.status, it.usable) = (Status::Paused, period(at(1, 0, 0), at(20, 0, 0))));
    let said = Fixture::of(&WOO, vec![late]).decide("A", act(ActionWord::Enable));
    assert!(said.starts_with("refused: its end has passed"), "{said}");
}

#[test]
fn an_end_in_the_past_is_told_with_its_year_and_zone() {
    let fixture = Fixture::of(&WOO, vec![coupon("A")]);
    let said = fixture.decide("A", act(ActionWord::Renew).until_day(-320));
    assert!(said.contains("15 Dec 2025 23:59 (Asia/Singapore) is in the past"), "{said}");
}

#[test]
fn what_is_gone_or_was_not_asked_for_is_never_guessed() {
    let gone = Fixture::of(&WOO, vec![coupon("A")]).showing(vec![]);
    let binned = Fixture::of(&WOO, vec![coupon("A")]).showing(vec![in_status("A", Status::Trashed)]);
    assert_eq!(gone.decide("A", act(ActionWord::Delete)), "already: it is gone already");
    assert_eq!(binned.decide("A", act(ActionWord::Delete)), "already: it is gone already");
    assert_eq!(gone.decide("A", act(ActionWord::Restock).stock(5)), "conflict: active, restock, gone");
    assert_eq!(binned.decide("A", act(ActionWord::End)), "conflict: active, end, in the shop's bin");
    let unasked = Fixture::of(&WOO, vec![coupon("A")]).asking_nothing();
    assert!(unasked.decide("A", act(ActionWord::Delete)).starts_with("refused: its present state was not loaded"));
    let failed = Fixture::of(&WOO, vec![coupon("A")]).failing("no connection");
    assert!(failed.decide("A", act(ActionWord::Delete)).contains("no connection"));
    // Keeping a finding asks the platform nothing.
    assert!(failed.decide("A", act(ActionWord::Keep).note("as agreed")).starts_with("change: keep as it is"));
}

#[test]
fn what_only_a_person_can_do_comes_with_the_exact_values() {
    let fixture = Fixture::of(&TIKTOK, vec![with("A", |it| it.page = Some("https://seller.example/A".to_string()))]);
    let said = fixture.decide("A", act(ActionWord::Renew).until_day(60));
    assert!(said.contains("New end: Wed 30 Dec 23:59") && said.contains("https://seller.example/A"), "{said}");
    let said = fixture.decide("A", act(ActionWord::Restock).stock(50));
    assert!(said.contains("by 50 to 750"), "{said}");
}

#[test]
fn a_coupon_that_the_program_cannot_copy_is_followed_by_hand_as_the_row_said() {
    let gift = Discount::BuyXGetY("two for one".to_string());
    for coupon in
        [Coupon { code: None, ..ending("A", at(24, 0, 0)) }, Coupon { discount: gift, ..ending("A", at(24, 0, 0)) }]
    {
        let fixture = Fixture::of(&SHOPEE, vec![coupon]);
        for word in [ActionWord::Accept, ActionWord::Renew] {
            let said = fixture.decide("A", act(word));
            assert!(said.starts_with("by hand: Make a copy of it that ends Wed 23 Dec 23:59"), "{said}");
        }
    }
}

#[test]
fn a_voucher_of_the_platform_is_by_hand_and_its_copy_refused() {
    let own = with("A", |it| it.owner = Owner::Platform);
    let fixture = Fixture::of(&SHOPEE, vec![own]);
    assert!(fixture.decide("A", act(ActionWord::Restock).stock(5)).starts_with("by hand"));
    assert!(fixture.decide("A", act(ActionWord::Recreate)).starts_with("refused: Shopee made this voucher."));
}

#[test]
fn dates_that_cannot_be_are_refused_with_what_would_be_right() {
    let coming = with("A", |it| (it.status, it.usable) = (Status::Scheduled, period(at(24, 0, 0), at(30, 0, 0))));
    let table = [
        (&SHOPEE, coming.clone(), 200, "so that it ends 21 Feb 2027 23:59"),
        (&SHOPEE, ending("A", at(41, 0, 0)), 21, "write a later New end, or the action `end`"),
        (&SHOPEE, in_status("A", Status::Ended), 21, "write a later New end, or the action `end`"),
    ];
    for (abilities, exported, day, expected) in table {
        let said = Fixture::of(abilities, vec![exported]).decide("A", act(ActionWord::Renew).until_day(day));
        assert!(said.starts_with("refused") && said.replace('\u{a0}', " ").contains(expected), "{said}");
    }
}

#[test]
fn a_decision_is_taken_up_again_or_known_to_be_done() {
    let fixture = Fixture::of(&SHOPEE, vec![coupon("A")]);
    let change = fixture.change("A", act(ActionWord::Restock).stock(200));
    // Its answer was lost, and the write had arrived: the live state alone would say "already done".
    let live = with("A", |it| it.total = Some(900));
    let fixture = fixture.showing(vec![live]);
    let resumed = fixture.with_prior(change.id.clone(), PriorRun::Begun(Box::new(change.clone())));
    let plan = resumed.plan(vec![("A", act(ActionWord::Restock).stock(200))]);
    assert_eq!(plan.rows[0].verdict, Verdict::Change { change: Box::new(change.clone()), resumes: true });
    let [what, by] = ["done", "the morning's run"].map(Message::as_written);
    let fixture = resumed.with_prior(change.id, PriorRun::Settled { what, by });
    assert_eq!(fixture.decide("A", act(ActionWord::Restock).stock(200)), "already: done");
}

#[test]
fn a_row_that_stands_twice_is_refused_and_each_decision_has_one_row() {
    let fixture = Fixture::of(&WOO, vec![coupon("A"), coupon("B")]);
    let plan =
        fixture.plan(vec![("A", act(ActionWord::Pause)), ("B", act(ActionWord::Pause)), ("A", act(ActionWord::End))]);
    let words: Vec<_> = plan.rows.iter().map(|row| row.verdict.word()).collect();
    assert_eq!(words, ["refused", "change", "refused"]);
    assert!(in_words(&plan.rows[0].verdict).contains("Coupons!H4, Coupons!H6"));
}

#[test]
fn steps_say_what_is_compared_before_and_recognised_after() {
    use ActionWord::*;
    let table = [
        (Status::Active, act(Restock).stock(5)),
        (Status::Active, act(Renew).until_day(60)),
        (Status::Active, act(Adjust).spend(45)),
        (Status::Active, act(Delete)),
        (Status::Active, act(End)),
        (Status::Active, act(Pause)),
        (Status::Paused, act(Enable)),
        (Status::Ended, act(Delete)),
    ];
    for (status, action) in table {
        let exported = in_status("A", status);
        let fixture = Fixture::of(&WOO, vec![exported.clone(), coupon("B")]);
        let step = fixture.change("A", action.clone()).steps.remove(0);
        assert!(step.before.hold_for(Some(&exported)), "{:?}", step.write);
        assert!(!step.after.hold_for(Some(&exported)), "{:?}", step.write);
        let bought = Coupon { used: Some(301), ..exported.clone() };
        assert!(step.before.hold_for(Some(&bought)), "a buyer is in the way of {:?}", step.write);
        let done = carried_out(&step.write, exported);
        assert!(step.after.hold_for(done.as_ref()), "{:?} is not recognised", step.write);
        assert!(!step.before.hold_for(done.as_ref()) || matches!(step.write, Write::End { .. } | Write::Pause { .. }));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_accepted_suggestion_is_never_refused_nor_a_conflict(
        one in crate::rules::any_coupon(),
        campaign in proptest::option::of(crate::rules::any_campaign()),
        table in 0..TABLES.len(),
    ) {
        let mut fixture = Fixture::of(TABLES[table], vec![]);
        fixture.world.campaigns.extend(campaign);
        let fixture = fixture.loading(vec![one, coupon("B")]);
        let suggestion = fixture.row("A").suggestion.clone();
        let acceptable = suggestion.advice.action().is_some() || suggestion.advice == Advice::OpenPage;
        let verdict = fixture.allowing_everything().verdict("A", act(ActionWord::Accept));
        let refused = matches!(verdict, Verdict::Refused { .. } | Verdict::Conflict { .. });
        prop_assert_eq!(refused, !acceptable, "{:?}: {:?}", suggestion, verdict);
        if suggestion.way == Route::ByHand {
            let by_hand = matches!(verdict, Verdict::ByHand { .. });
            prop_assert!(by_hand, "{:?}: {:?}", suggestion, verdict);
        }
    }

    #[test]
    fn a_restocked_total_never_depends_on_how_often_it_is_planned(add in 1u64..=100_000, live in 0u64..=200_000) {
        let live_coupon = with("A", |it| it.total = Some(live));
        let said = Fixture::of(&SHOPEE, vec![coupon("A")]).showing(vec![live_coupon]).verdict("A", act(ActionWord::Restock).stock(add));
        match said {
            Verdict::Change { change, .. } => {
                prop_assert_eq!(live, 700);
                prop_assert_eq!(change.steps[0].after.total, Some(Some(700 + add)));
            }
            Verdict::AlreadyDone { .. } => prop_assert_eq!(live, 700 + add),
            Verdict::Conflict { .. } => prop_assert!(live != 700 && live != 700 + add),
            other => prop_assert!(false, "{:?}", other),
        }
    }
}

#[test]
fn money_is_compared_by_value() {
    let live = with("A", |it| it.minimum = Minimum::Spend(Money::new(Decimal::new(3000, 2), sgd(0).currency)));
    let said = Fixture::of(&WOO, vec![coupon("A")]).showing(vec![live]).decide("A", act(ActionWord::Adjust).spend(40));
    assert!(said.starts_with("change"), "{said}");
}

#[test]
fn what_cannot_be_set_on_a_paused_coupon_is_set_once_it_is_enabled() {
    let waits = with("A", |it| (it.status, it.usable) = (Status::Paused, period(at(23, 0, 0), at(31, 0, 0))));
    let range = SpendRange { currency: sgd(0).currency, least: Some(Decimal::from(40)), most: Some(Decimal::from(90)) };
    let steps_on = |abilities| {
        let world = World::of(abilities).with_campaign(Campaign { spend: Some(range), ..campaign("Sale", 23, 30) });
        let row = world.row(vec![waits.clone()]);
        assert_eq!(advice_in_short(&row), "enable + adjust to 40");
        Fixture::exporting(&world, &[row]).change("A", act(ActionWord::Accept)).steps
    };
    let is_enable = |step: &Step| matches!(step.write, Write::Enable { .. });
    let on = |abilities| steps_on(abilities).iter().map(is_enable).collect::<Vec<_>>();
    assert_eq!(on(&LAZADA), [true, false]);
    assert_eq!(on(&WOO), [false, true], "buyers get it once everything else is as it should be");
}
