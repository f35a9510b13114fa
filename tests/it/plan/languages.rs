//! A plan is data: what it says is read in any language, long after it was made.

use crate::platform;
use couponbook::domain::*;
use couponbook::language::Language;
use couponbook::plan::{Plan, Verdict};

use super::setup::*;
use crate::accounts::abilities;
use crate::chinese;
use crate::rules::shop::*;

fn has_chinese(text: &str) -> bool {
    text.chars().any(|letter| matches!(letter, '\u{4e00}'..='\u{9fff}'))
}

#[test]
fn every_kind_of_row_is_said_in_either_language() {
    let mut ended = coupon("A");
    ended.status = Status::Ended;
    let mut dearer = coupon("A");
    dearer.total = Some(9_000);
    let one = |abilities| Fixture::of(abilities, vec![coupon("A")]);
    let plans = [
        (one(&WOO), act(ActionWord::Renew).until_day(60)),
        (one(&WOO), act(ActionWord::Restock).stock(50)),
        (one(&WOO), act(ActionWord::Adjust).spend(40)),
        (one(&WOO), act(ActionWord::Delete)),
        (one(&WOO), act(ActionWord::Enable)),
        (one(&WOO), act(ActionWord::Keep)),
        (one(&WOO), act(ActionWord::Keep).note("as agreed")),
        (one(&WOO).showing(vec![dearer]), act(ActionWord::Restock).stock(50)),
        (one(&WOO).failing("no connection"), act(ActionWord::Delete)),
        (one(&WOO).braking(), act(ActionWord::End)),
        (one(abilities(platform::SHOPEE)), act(ActionWord::Renew).until_day(60)),
        (one(abilities(platform::SHOPEE)), act(ActionWord::Pause)),
        (Fixture::of(abilities(platform::SHOPEE), vec![ended]), act(ActionWord::Restock).stock(50)),
        (one(abilities(platform::LAZADA)), act(ActionWord::Delete)),
        (one(abilities(platform::TIKTOK_SHOP)), act(ActionWord::Restock).stock(50)),
    ];
    let mut said = String::new();
    for (fixture, act) in plans {
        let verdict = fixture.verdict("A", act);
        said.push_str(&format!("{}\n    {}\n", in_words(&verdict), words(&verdict)));
    }
    insta::assert_snapshot!(said);
}

/// In Chinese, with what it leaves to a person.
fn words(verdict: &Verdict) -> String {
    let said = |message: &Message| chinese().render(message);
    let parts = match verdict {
        Verdict::Change { change, .. } => {
            let rest = change.follow_up.as_ref().map(|rest| said(&rest.message()));
            vec![said(&change.before), said(&change.after), rest.unwrap_or_default()]
        }
        Verdict::AlreadyDone { why, .. } => vec![said(why)],
        Verdict::ByHand { task } => vec![said(&task.message())],
        Verdict::Conflict { exported, wanted, live } => vec![said(exported), said(wanted), said(live)],
        Verdict::Refused { reason, next } => vec![said(reason), said(next)],
    };
    parts.join(" | ").replace('\u{a0}', " ")
}

#[test]
fn a_task_is_said_in_the_language_of_whoever_reads_it_then() {
    let fixture = Fixture::of(abilities(platform::TIKTOK_SHOP), vec![coupon("A")]);
    let Verdict::ByHand { task } = fixture.verdict("A", act(ActionWord::Restock).stock(50)) else { panic!() };
    let kept: Task = serde_json::from_str(&serde_json::to_string(&task).unwrap()).unwrap();
    let [english, said] = [Language::ENGLISH, chinese()].map(|language| language.render(&kept.to_do));
    assert_eq!([english.as_str(), said.as_str()], ["Raise total by 50 to 750", "发放总量增加 50，改为 750"]);
    let steps: Vec<String> = kept.steps.iter().map(|step| chinese().render(step)).collect();
    assert!(steps.len() == 3 && steps.iter().all(|step| step.ends_with('。')), "{steps:?}");
    assert!(steps[1].contains("Edit > Quantity"), "menus stay as the platform writes them");
    let values = |language: Language| kept.values.iter().map(|it| language.render(it)).collect::<Vec<_>>();
    assert_eq!(values(Language::ENGLISH), ["Quantity: 750"]);
    assert_eq!(values(chinese()), ["发放总量（Quantity）：750"], "what is typed is the same, and the field has a name");
}

#[test]
fn a_plan_is_read_back_as_it_was_made() {
    for abilities in [&WOO, &SHOPEE, &TIKTOK] {
        let plan = Fixture::of(abilities, vec![coupon("A")]).plan(vec![("A", act(ActionWord::Renew).until_day(60))]);
        let json = serde_json::to_string(&plan).unwrap();
        assert_eq!(serde_json::from_str::<Plan>(&json).unwrap(), plan);
        assert!(!has_chinese(&json) && json.contains("results-"), "{json}");
    }
}

#[test]
fn each_reason_of_the_ability_tables_is_said_in_every_language() {
    for platform in platform::ALL.into_iter().chain([platform::SHEET]) {
        let table = abilities(platform);
        let owned = Some(table.platform_owned).filter(|reason| !reason.is_empty());
        for reason in table.rules.iter().map(|rule| rule.reason).chain(owned) {
            assert_ne!(Language::ENGLISH.say(reason), reason, "{platform}: {reason} is in no message file");
            assert!(
                has_chinese(&chinese().say(reason)),
                "{platform}: {reason} is not in templates/language/zh-CN/reasons.ftl"
            );
        }
    }
}
