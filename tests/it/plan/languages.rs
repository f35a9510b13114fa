//! A plan in the language of the team's workbooks: the same decisions, said twice.

use couponbook::domain::*;
use couponbook::language::Language;
use couponbook::plan::{Plan, Verdict, Words};

use super::bench::*;
use crate::accounts::abilities;
use crate::platform;
use crate::rules::shop::*;

fn chinese(abilities: &'static Abilities, coupons: Vec<Coupon>) -> Desk {
    let mut desk = Desk::of(abilities, coupons);
    desk.language = crate::chinese();
    desk
}

fn told(plan: &Plan) -> Words {
    plan.rows[0].told.clone().unwrap().words
}

fn has_chinese(text: &str) -> bool {
    text.chars().any(|letter| matches!(letter, '\u{4e00}'..='\u{9fff}'))
}

#[test]
fn an_english_teams_plan_holds_one_language() {
    let plan = Desk::of(&WOO, vec![coupon("A")]).plan(vec![("A", act(ActionWord::Restock).stock(50))]);
    assert!(plan.rows[0].told.is_none());
    assert!(!has_chinese(&serde_json::to_string(&plan).unwrap()));
}

#[test]
fn every_kind_of_row_is_said_in_the_workbooks_language_and_decided_as_in_english() {
    let mut ended = coupon("A");
    ended.status = Status::Ended;
    let mut dearer = coupon("A");
    dearer.total = Some(9_000);
    let one = || vec![coupon("A")];
    let plans = [
        (chinese(&WOO, one()), act(ActionWord::Renew).until_day(60)),
        (chinese(&WOO, one()), act(ActionWord::Restock).stock(50)),
        (chinese(&WOO, one()), act(ActionWord::Adjust).spend(40)),
        (chinese(&WOO, one()), act(ActionWord::Delete)),
        (chinese(&WOO, one()), act(ActionWord::Enable)),
        (chinese(&WOO, one()), act(ActionWord::Keep)),
        (chinese(&WOO, one()), act(ActionWord::Keep).note("as agreed")),
        (chinese(&WOO, one()).showing(vec![dearer]), act(ActionWord::Restock).stock(50)),
        (chinese(&WOO, one()).failing("no connection"), act(ActionWord::Delete)),
        (chinese(&WOO, one()).braking(), act(ActionWord::End)),
        (chinese(abilities(platform::SHOPEE), one()), act(ActionWord::Renew).until_day(60)),
        (chinese(abilities(platform::SHOPEE), one()), act(ActionWord::Pause)),
        (chinese(abilities(platform::SHOPEE), vec![ended]), act(ActionWord::Restock).stock(50)),
        (chinese(abilities(platform::LAZADA), one()), act(ActionWord::Delete)),
        (chinese(abilities(platform::TIKTOK_SHOP), one()), act(ActionWord::Restock).stock(50)),
    ];
    let mut said = String::new();
    for (mut desk, act) in plans {
        let plan = desk.plan(vec![("A", act.clone())]);
        desk.language = Language::ENGLISH;
        let english = in_words(&desk.plan(vec![("A", act)]).rows[0].verdict);
        assert_eq!(in_words(&plan.rows[0].verdict), english, "the plan itself stays English");
        said.push_str(&format!("{english}\n    {}\n", words(&told(&plan))));
    }
    insta::assert_snapshot!(said);
}

fn words(words: &Words) -> String {
    let parts = match words.clone() {
        Words::Change { before, after, rest } => vec![before, after, rest.unwrap_or_default()],
        Words::AlreadyDone { why, .. } => vec![why],
        Words::ByHand { task } => vec![task],
        Words::Conflict { exported, wanted, live } => vec![exported, wanted, live],
        Words::Refused { reason, next } => vec![reason, next],
    };
    parts.join(" | ").replace('\u{a0}', " ")
}

#[test]
fn a_task_keeps_its_words_in_both_languages_and_is_shown_in_the_workbooks() {
    let desk = chinese(abilities(platform::TIKTOK_SHOP), vec![coupon("A")]);
    let plan = desk.plan(vec![("A", act(ActionWord::Restock).stock(50))]);
    let Verdict::ByHand { task } = &plan.rows[0].verdict else { panic!("{:?}", plan.rows[0]) };
    let said = task.said_in("zh-CN");
    assert_eq!([task.deed.as_str(), said.deed.as_str()], ["Raise total by 50 to 750", "总量增加 50，改为 750"]);
    assert_eq!(said.steps.len(), 3);
    assert!(said.steps.iter().all(|step| step.ends_with('。')), "{:?}", said.steps);
    assert!(said.steps[1].contains("Edit > Quantity"), "menus stay as the platform writes them");
    assert_eq!(said.values, task.values, "what is typed is the same");
    assert_eq!(task.said_in("en").deed, task.deed);
}

#[test]
fn both_languages_name_the_same_new_codes() {
    let desk = chinese(abilities(platform::SHOPEE), vec![coupon("A"), coupon("B")]);
    let renew = || act(ActionWord::Renew).until_day(60);
    let plan = desk.plan(vec![("A", renew()), ("B", renew())]);
    for row in &plan.rows {
        let Verdict::Change { change, .. } = &row.verdict else { panic!("{row:?}") };
        let code = &draft_of(change).code;
        let Words::Change { after, .. } = &row.told.as_ref().unwrap().words else { panic!("{row:?}") };
        assert!(after.contains(code.as_str()), "{after} / {code}");
    }
}

#[test]
fn a_plan_in_two_languages_is_read_back_and_so_is_one_of_before() {
    let plan = chinese(&WOO, vec![coupon("A")]).plan(vec![("A", act(ActionWord::Pause))]);
    let json = serde_json::to_value(&plan).unwrap();
    assert_eq!(serde_json::from_value::<Plan>(json.clone()).unwrap(), plan);
    let mut before = json;
    before["rows"][0].as_object_mut().unwrap().remove("told");
    assert!(serde_json::from_value::<Plan>(before).unwrap().rows[0].told.is_none());
}

#[test]
fn each_reason_of_the_ability_tables_is_said_in_every_language() {
    for platform in platform::ALL {
        let table = abilities(platform);
        let owned = Some(table.platform_owned).filter(|reason| !reason.is_empty());
        for reason in table.rules.iter().map(|rule| rule.reason).chain(owned) {
            assert_ne!(Language::ENGLISH.say(reason), reason, "{platform}: {reason} is in no message file");
            let chinese = crate::chinese().say(reason);
            assert!(has_chinese(&chinese), "{platform}: {reason} is not in templates/language/zh-CN/reasons.ftl");
        }
    }
}
