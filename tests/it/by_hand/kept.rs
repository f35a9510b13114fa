//! Tasks in the journal, and what a run leaves there.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use couponbook::apply::{Connectors, Run, Settle, carry_out};
use couponbook::domain::*;
use couponbook::journal::{ApplyLock, Journal, RunRecord};
use couponbook::plan::{PLAN_VERSION, Plan, PlanRow, Verdict};
use couponbook::platforms::{CallError, CallErrorKind, Connector, Health, Listing, Receipt, SendError, SignIn};
use tempfile::TempDir;

use super::{is_gone, task, total_is};
use crate::accounts::abilities;
use crate::platform;
use crate::rules::shop::*;

struct Fixture {
    _folder: TempDir,
    journal: Journal,
    lock: ApplyLock,
    run: RunId,
}

impl Fixture {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(&folder.path().join("journal.db")).unwrap();
        Self::with(folder, journal)
    }

    fn with(folder: TempDir, journal: Journal) -> Self {
        let lock = journal.lock("the operator", now()).unwrap();
        let run = RunId::new("R20261122-TEST");
        let record = RunRecord {
            id: run.clone(),
            export: ExportId::new("20261122-AM-TEST"),
            by: "the operator".to_string(),
            account: Account::default(),
            started: now(),
            workbook_sha256: String::new(),
            plan_sha256: String::new(),
        };
        journal.begin_run(&lock, &record).unwrap();
        Self { _folder: folder, journal, lock, run }
    }

    fn record(&self, task: &Task) {
        self.journal.record_task(&self.run, task, now()).unwrap();
    }

    fn open(&self) -> Vec<Task> {
        self.journal.open_tasks().unwrap()
    }
}

#[test]
fn a_task_is_kept_whole_and_once_until_it_is_ticked() {
    let fixture = Fixture::new();
    let (restock, delete) = (task("A", ActionWord::Restock, total_is(750)), task("B", ActionWord::Delete, is_gone()));
    for one in [&restock, &delete, &restock] {
        fixture.record(one);
    }
    assert_eq!(fixture.open(), [restock.clone(), delete.clone()]);
    fixture.journal.tick_tasks(std::slice::from_ref(&restock.change), at(23, 9, 0)).unwrap();
    assert_eq!(fixture.open(), std::slice::from_ref(&delete));
    // The same workbook applied again does not open it anew.
    fixture.record(&restock);
    assert_eq!(fixture.open(), [delete]);
}

#[test]
fn a_later_decision_of_the_same_kind_on_a_coupon_takes_the_place_of_the_earlier() {
    let fixture = Fixture::new();
    let [first, second] = [750, 900].map(|total| task("A", ActionWord::Restock, total_is(total)));
    let (end, other) = (task("A", ActionWord::End, Goal::Stopped), task("B", ActionWord::Restock, total_is(750)));
    for one in [&first, &end, &other, &second, &first] {
        fixture.record(one);
    }
    assert_eq!(fixture.open(), [end, other, second]);
}

#[test]
fn a_journal_of_version_1_takes_tasks_once_it_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    std::fs::copy("tests/it/data/journal/version_1.db", &path).unwrap();
    let journal = Journal::open(&path).unwrap();
    assert_eq!(journal.open_tasks().unwrap(), []);
    let fixture = Fixture::with(folder, journal);
    let restock = task("A", ActionWord::Restock, total_is(750));
    fixture.record(&restock);
    assert_eq!(fixture.open(), [restock]);
}

#[test]
fn a_change_written_down_by_an_older_program_keeps_its_words_for_people() {
    let text = r#""It stays in the list, paused: do the rest on its page if it should go.""#;
    let rest: FollowUp = serde_json::from_str(text).unwrap();
    assert_eq!((rest.task(), crate::english(&rest.message()).starts_with("It stays in the list")), (None, true));
    let task = FollowUp::Task(Box::new(task("A", ActionWord::Delete, is_gone())));
    assert_eq!(serde_json::from_str::<FollowUp>(&serde_json::to_string(&task).unwrap()).unwrap(), task);
}

/// A shop with one coupon that can be paused, unless it refuses.
struct OneCoupon {
    coupon: Mutex<Coupon>,
    refuses: bool,
}

#[async_trait]
impl Connector for OneCoupon {
    fn abilities(&self) -> &'static Abilities {
        abilities(platform::WOOCOMMERCE)
    }

    async fn list(&self) -> Result<Listing, CallError> {
        Ok(Listing { coupons: vec![self.coupon.lock().unwrap().clone()], ..Listing::default() })
    }

    async fn get(&self, _: &CouponId) -> Result<Option<Coupon>, CallError> {
        Ok(Some(self.coupon.lock().unwrap().clone()))
    }

    async fn find_code(&self, _: &str) -> Result<Vec<Coupon>, CallError> {
        Ok(Vec::new())
    }

    async fn send(&self, _: &Write, _: &ChangeId) -> Result<Receipt, SendError> {
        if self.refuses {
            return Err(SendError::Refused(CallError {
                kind: CallErrorKind::Rejected,
                sentence: Message::as_written("not this one"),
                platform_words: None,
                request_id: None,
            }));
        }
        self.coupon.lock().unwrap().status = Status::Paused;
        Ok(Receipt::default())
    }

    async fn check(&self) -> Result<Health, CallError> {
        Ok(Health::default())
    }

    fn sign_in(&self) -> &dyn SignIn {
        unreachable!("nobody asks how it is signed in")
    }
}

/// `delete` that became a pause and leaves the rest to a person.
fn paused_instead(rest: &Task) -> Verdict {
    let status = |status| ExpectedState { status: Some(status), ..ExpectedState::default() };
    let change = Change {
        id: rest.change.clone(),
        row: rest.row.clone(),
        store: rest.store.clone(),
        coupon: rest.coupon.clone(),
        label: rest.label.clone(),
        action: ActionWord::Delete,
        becomes: Operation::Pause,
        also: Vec::new(),
        before: Message::as_written("active"),
        after: Message::as_written("paused"),
        cannot_undo: None,
        follow_up: Some(FollowUp::Task(Box::new(rest.clone()))),
        exposure: None,
        replaced_period: None,
        keeping: None,
        steps: vec![Step {
            write: Write::Pause { coupon: rest.coupon.clone() },
            before: status(Status::Active),
            after: status(Status::Paused),
        }],
    };
    Verdict::Change { change: Box::new(change), resumes: false }
}

fn plan_of(task: &Task, verdict: Verdict) -> Plan {
    let action = Action {
        row: task.row.clone(),
        word: task.action,
        new_end: Edit::Blank,
        add_stock: Edit::Blank,
        new_min_spend: Edit::Blank,
        note: None,
    };
    let row = PlanRow {
        place: "Coupons row 4".to_string(),
        store: task.store.clone(),
        label: task.label.clone(),
        action,
        verdict,
    };
    Plan {
        version: PLAN_VERSION,
        export: ExportId::new("20261122-AM-TEST"),
        made_at: now(),
        by: "the operator".to_string(),
        workbook_sha256: String::new(),
        snapshot_sha256: String::new(),
        rules_sha256: String::new(),
        rows: vec![row],
        brakes: Vec::new(),
    }
}

async fn applied(fixture: &Fixture, plan: &Plan, refuses: bool) -> Outcome {
    let shop: Arc<dyn Connector> = Arc::new(OneCoupon { coupon: Mutex::new(coupon("A")), refuses });
    let connectors: Connectors = BTreeMap::from([(coupon("A").store, Ok(shop))]);
    let run = Run {
        id: fixture.run.clone(),
        journal: &fixture.journal,
        lock: &fixture.lock,
        connectors: &connectors,
        clock: &now,
        settle: &|_| Settle { creation: Duration::ZERO, change: Duration::ZERO },
        started: Instant::now(),
        tell: &|_| (),
        coupon_of: &|_| Some(CouponId::new("A")),
        zone: &|_| ZONE,
        stores_at_once: 1,
        stop: &AtomicBool::new(false),
        progress: &|_, _| (),
    };
    carry_out(&run, plan).await.unwrap().remove(&plan.rows[0].action.row).unwrap()
}

#[tokio::test]
async fn a_row_for_a_person_leaves_its_task_and_a_second_apply_no_other() {
    let fixture = Fixture::new();
    let restock = task("A", ActionWord::Restock, total_is(750));
    let plan = plan_of(&restock, Verdict::ByHand { task: Box::new(restock.clone()) });
    for _ in 0..2 {
        let outcome = applied(&fixture, &plan, false).await;
        assert_eq!(outcome.kind, OutcomeKind::ByHand);
        let next = crate::english(&outcome.next.unwrap());
        assert!(next.contains("Quantity: 750") && next.contains("https://seller.example/A"), "{next}");
    }
    assert_eq!(fixture.open(), [restock]);
}

#[tokio::test]
async fn what_a_change_leaves_to_a_person_is_kept_once_the_change_itself_is_done() {
    let delete = task("A", ActionWord::Delete, is_gone());
    let plan = plan_of(&delete, paused_instead(&delete));
    for (refuses, kind, left) in [(true, OutcomeKind::Failed, vec![]), (false, OutcomeKind::Done, vec![delete.clone()])]
    {
        let fixture = Fixture::new();
        assert_eq!(applied(&fixture, &plan, refuses).await.kind, kind);
        assert_eq!(fixture.open(), left);
    }
}
