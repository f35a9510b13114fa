//! How many stores a run talks to at once, and what it does while the journal waits for the disk.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use couponbook::apply::{Connectors, Run, Settle, carry_out};
use couponbook::domain::*;
use couponbook::journal::{Journal, RunRecord};
use couponbook::plan::{PLAN_VERSION, Plan, PlanRow, Verdict};
use couponbook::platforms::{CallError, Connector, Health, Listing, Receipt, SendError, SignIn};

use crate::accounts::abilities;
use crate::platform;
use crate::rules::shop::{ZONE, coupon, now};

/// What the shops heard.
#[derive(Default)]
struct Talk {
    /// Calls under way now, and the most that ever were.
    now: AtomicUsize,
    most: AtomicUsize,
    asked: Mutex<BTreeSet<StoreId>>,
}

/// A shop with one coupon that can be paused.
struct Shop {
    coupon: Mutex<Coupon>,
    talk: Arc<Talk>,
}

impl Shop {
    async fn hears(&self) {
        let at_once = self.talk.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.talk.most.fetch_max(at_once, Ordering::SeqCst);
        self.talk.asked.lock().unwrap().insert(self.coupon.lock().unwrap().store.clone());
        for _ in 0..5 {
            tokio::task::yield_now().await;
        }
        self.talk.now.fetch_sub(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl Connector for Shop {
    fn abilities(&self) -> &'static Abilities {
        abilities(platform::WOOCOMMERCE)
    }

    async fn list(&self) -> Result<Listing, CallError> {
        unreachable!("nobody loads it")
    }

    async fn get(&self, _: &CouponId) -> Result<Option<Coupon>, CallError> {
        self.hears().await;
        Ok(Some(self.coupon.lock().unwrap().clone()))
    }

    async fn find_code(&self, _: &str) -> Result<Vec<Coupon>, CallError> {
        unreachable!("nothing is created")
    }

    async fn send(&self, _: &Write, _: &ChangeId) -> Result<Receipt, SendError> {
        self.hears().await;
        self.coupon.lock().unwrap().status = Status::Paused;
        Ok(Receipt::default())
    }

    async fn check(&self) -> Result<Health, CallError> {
        unreachable!("nobody checks it")
    }

    fn sign_in(&self) -> &dyn SignIn {
        unreachable!("nobody asks how it is signed in")
    }
}

/// Pauses one coupon in each of so many shops, so many at once, in a journal that may be `watched` meanwhile. All are done.
async fn pauses(shops: usize, stores_at_once: usize, watched: impl AsyncFnOnce(&Journal, &Talk, &AtomicBool)) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(&folder.path().join("journal.db")).unwrap();
    let lock = journal.lock("the operator", now()).unwrap();
    let record = RunRecord {
        id: RunId::new("R20261122-TEST"),
        export: ExportId::new("20261122-AM-TEST"),
        by: "the operator".to_string(),
        account: Account::default(),
        started: now(),
        workbook_sha256: String::new(),
        plan_sha256: String::new(),
    };
    journal.begin_run(&lock, &record).unwrap();
    let talk = Arc::new(Talk::default());
    let coupons: Vec<Coupon> = (0..shops)
        .map(|number| Coupon { store: StoreId::parse(&format!("woo-{number}")).unwrap(), ..coupon("A") })
        .collect();
    let connected = |coupon: &Coupon| -> Arc<dyn Connector> {
        Arc::new(Shop { coupon: Mutex::new(coupon.clone()), talk: Arc::clone(&talk) })
    };
    let connectors: Connectors = coupons.iter().map(|it| (it.store.clone(), Ok(connected(it)))).collect();
    let plan = Plan {
        version: PLAN_VERSION,
        export: record.export.clone(),
        made_at: now(),
        by: record.by.clone(),
        workbook_sha256: String::new(),
        snapshot_sha256: String::new(),
        rules_sha256: String::new(),
        rows: coupons.iter().map(paused).collect(),
        brakes: Vec::new(),
    };
    let run = Run {
        id: record.id,
        journal: &journal,
        lock: &lock,
        connectors: &connectors,
        clock: &now,
        settle: &|_| Settle { creation: Duration::ZERO, change: Duration::ZERO },
        started: Instant::now(),
        tell: &|_| (),
        coupon_of: &|_| Some(CouponId::new("A")),
        zone: &|_| ZONE,
        stores_at_once,
        stop: &AtomicBool::new(false),
        progress: &|_, _| (),
    };
    let is_over = AtomicBool::new(false);
    let carried_out = async {
        let outcomes = carry_out(&run, &plan).await;
        is_over.store(true, Ordering::SeqCst);
        outcomes
    };
    let (outcomes, ()) = tokio::join!(carried_out, watched(&journal, &talk, &is_over));
    let outcomes = outcomes.unwrap();
    assert_eq!(outcomes.len(), shops);
    assert!(outcomes.values().all(|outcome| outcome.kind == OutcomeKind::Done), "{outcomes:?}");
    talk.most.load(Ordering::SeqCst)
}

fn paused(coupon: &Coupon) -> PlanRow {
    let row = RowKey::of(platform::WOOCOMMERCE, &ShopId::new(coupon.store.as_str()), &coupon.id);
    let status = |status| ExpectedState { status: Some(status), ..ExpectedState::default() };
    let change = Change {
        id: ChangeId::of(&ExportId::new("20261122-AM-TEST"), &row, "pause", ""),
        row: row.clone(),
        store: coupon.store.clone(),
        coupon: coupon.id.clone(),
        label: "SHOPA".to_string(),
        action: ActionWord::Pause,
        becomes: Operation::Pause,
        also: Vec::new(),
        before: Message::as_written("active"),
        after: Message::as_written("paused"),
        cannot_undo: None,
        follow_up: None,
        exposure: None,
        replaced_period: None,
        keeping: None,
        steps: vec![Step {
            write: Write::Pause { coupon: coupon.id.clone() },
            before: status(Status::Active),
            after: status(Status::Paused),
        }],
    };
    let action = Action {
        row,
        word: ActionWord::Pause,
        new_end: Edit::Blank,
        add_stock: Edit::Blank,
        new_min_spend: Edit::Blank,
        note: None,
    };
    PlanRow {
        place: "Coupons row 4".to_string(),
        store: coupon.store.clone(),
        label: "SHOPA".to_string(),
        action,
        verdict: Verdict::Change { change: Box::new(change), resumes: false },
    }
}

#[tokio::test]
async fn no_more_stores_are_talked_to_at_once_than_may_be() {
    assert_eq!(pauses(20, 3, async |_, _, _| ()).await, 3);
    assert_eq!(pauses(5, 1, async |_, _, _| ()).await, 1);
}

#[tokio::test]
async fn while_one_store_waits_for_the_disk_another_is_talked_to() {
    let most = pauses(2, 1, async |journal, talk, is_over| {
        let disk = rusqlite::Connection::open(journal.path()).unwrap();
        disk.execute_batch("BEGIN IMMEDIATE").unwrap();
        while talk.asked.lock().unwrap().len() < 2 && !is_over.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        disk.execute_batch("ROLLBACK").unwrap();
    });
    assert_eq!(most.await, 1);
}
