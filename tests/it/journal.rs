use std::path::Path;
use std::time::Duration;

use crate::platform;
use chrono::TimeZone;
use couponbook::domain::*;
use couponbook::journal::{ApplyLock, Begun, Found, Journal, JournalError, RunRecord, StepEnd, StepState, StoreClaim};
use rust_decimal::Decimal;
use tempfile::{TempDir, tempdir};

fn at(minute: u32) -> Timestamp {
    chrono::Utc.with_ymd_and_hms(2026, 11, 22, 8, minute, 0).unwrap()
}

fn store(id: &str) -> StoreId {
    StoreId::parse(id).unwrap()
}

fn change(name: &str, becomes: Operation, steps: Vec<Write>) -> Change {
    let coupon = CouponId::new("9001");
    let row = RowKey::of(platform::WOOCOMMERCE, &ShopId::new("https://shop.example"), &coupon);
    Change {
        id: ChangeId::of(&ExportId::new("20261122-AM-7K3MPX"), &row, "end", name),
        row,
        store: store("woo-de-1"),
        coupon,
        label: "WELCOME".to_string(),
        action: ActionWord::End,
        becomes,
        also: Vec::new(),
        before: Message::as_written("active"),
        after: Message::as_written("ended"),
        cannot_undo: None,
        follow_up: None,
        exposure: None,
        replaced_period: Some(Period::new(Some(at(0)), Some(at(59))).unwrap()),
        keeping: None,
        steps: steps
            .into_iter()
            .map(|write| Step { write, before: ExpectedState::default(), after: ExpectedState::default() })
            .collect(),
    }
}

fn pause() -> Write {
    Write::Pause { coupon: CouponId::new("9001") }
}

fn enable() -> Write {
    Write::Enable { coupon: CouponId::new("9001"), period: None }
}

fn create(code: &str) -> Write {
    let draft = Draft {
        model: CouponId::new("9001"),
        code: code.to_string(),
        name: "Welcome".to_string(),
        kind: "shop voucher".to_string(),
        discount: Discount::Share { percent: Percent(Decimal::from(15)), cap: None },
        minimum: Minimum::None,
        start: Start::At(at(30)),
        ends: None,
        total: Some(100),
        per_buyer: None,
        other_rules: Default::default(),
        besides: Default::default(),
    };
    Write::Create { draft: Box::new(draft) }
}

fn outcome(change: &Change, kind: OutcomeKind, at: Timestamp) -> Outcome {
    Outcome {
        kind,
        change: Some(change.id.clone()),
        before: Some(Message::as_written("active")),
        after: Some(Message::as_written("paused")),
        message: Message::as_written("Paused."),
        next: None,
        request_id: Some("req-1".to_string()),
        at,
        read_back: Some(Message::as_written("paused")),
        present: None,
        created: None,
        also_created: Vec::new(),
        also_read: Vec::new(),
        is_gone: false,
        credit: None,
    }
}

fn codes(journal: &Journal, store: &StoreId) -> Vec<String> {
    journal.codes(store).unwrap().into_iter().map(|(code, _)| code).collect()
}

fn run_record(id: &str, plan: &str) -> RunRecord {
    RunRecord {
        id: RunId::new(id),
        export: ExportId::new("20261122-AM-7K3MPX"),
        by: "operator".to_string(),
        account: Account { author: Some("manager".to_string()), ..Account::default() },
        started: at(15),
        workbook_sha256: "ab".repeat(32),
        plan_sha256: plan.to_string(),
    }
}

/// The first column of what `query` finds in the journal's own file.
fn kept(journal: &Journal, query: &str) -> Vec<String> {
    let connection = rusqlite::Connection::open(journal.path()).unwrap();
    let mut query = connection.prepare(query).unwrap();
    query.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

/// A state folder with an open journal, a lock and a run.
struct Fixture {
    folder: TempDir,
    journal: Journal,
    lock: ApplyLock,
    run: RunId,
}

impl Fixture {
    fn new() -> Self {
        let folder = tempdir().unwrap();
        let journal = Journal::open(&folder.path().join("state").join("journal.db")).unwrap();
        let lock = journal.lock("operator", at(15)).unwrap();
        let record = run_record("R1", "plan-1");
        journal.begin_run(&lock, &record).unwrap();
        Self { folder, journal, lock, run: record.id }
    }

    fn claim(&self, change: &Change) -> StoreClaim {
        self.lock.claim(&change.store).unwrap()
    }

    fn begin(&self, change: &Change, write: &Write, minute: u32) -> Result<Begun, JournalError> {
        self.begin_under(&self.claim(change), change, 0, write, minute)
    }

    fn begin_under(
        &self,
        claim: &StoreClaim,
        change: &Change,
        ordinal: u32,
        write: &Write,
        minute: u32,
    ) -> Result<Begun, JournalError> {
        wait_for(self.journal.begin(claim, &self.run, change, ordinal, write, at(minute)))
    }

    fn settle(&self, change: &Change, found: &Found) -> Result<(), JournalError> {
        let claim = self.claim(change);
        self.journal.settle(&claim, &change.id, 0, found.clone(), at(40));
        wait_for(self.journal.on_disk(&claim))
    }

    fn end(&self, change: &Change, write: &Write, minute: u32, end: &StepEnd) {
        let claim = self.claim(change);
        self.begin_under(&claim, change, 0, write, minute).unwrap().finish(end, at(minute));
        wait_for(self.journal.on_disk(&claim)).unwrap();
    }

    fn do_it(&self, change: &Change, write: &Write, minute: u32, created: Option<CouponId>) {
        self.end(change, write, minute, &StepEnd::Done { request_id: None, created });
    }

    fn state(&self, change: &Change) -> StepState {
        self.journal.steps(&change.id).unwrap()[0].state
    }

    /// As after a kill: the lock and the connection are gone, the file stays.
    fn reopen(self) -> Self {
        let Self { folder, journal, lock, run } = self;
        drop((journal, lock));
        let journal = Journal::open(&folder.path().join("state").join("journal.db")).unwrap();
        let lock = journal.lock("operator", at(20)).unwrap();
        Self { folder, journal, lock, run }
    }
}

fn wait_for<T>(what: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(what)
}

fn gone() -> Found {
    Found::Happened { coupon: None, created: None }
}

fn not_happened() -> Found {
    Found::DidNotHappen { message: "the coupon is as it was".to_string() }
}

#[test]
fn a_step_that_was_begun_and_never_finished_is_in_doubt_after_a_kill() {
    let fixture = Fixture::new();
    let paused = change("a", Operation::Pause, vec![pause()]);
    drop(fixture.begin(&paused, &pause(), 16).unwrap());

    let fixture = fixture.reopen();

    let in_doubt = fixture.journal.in_doubt().unwrap();
    assert_eq!(in_doubt.len(), 1);
    assert_eq!(in_doubt[0].change, paused.id);
    assert_eq!(in_doubt[0].write, pause());
    assert_eq!((in_doubt[0].state, in_doubt[0].begun_at, in_doubt[0].finished_at), (StepState::Begun, at(16), None));
    assert_eq!(fixture.journal.change(&paused.id).unwrap(), Some(paused));
}

/// The other half of the next test: a process of its own that begins a step and dies.
#[test]
#[ignore = "run by the test that follows, in a process of its own"]
fn dies_between_begin_and_finish() {
    let Some(path) = std::env::var_os("COUPONBOOK_TEST_JOURNAL") else { return };
    let journal = Journal::open(Path::new(&path)).unwrap();
    let lock = journal.lock("the one that dies", at(15)).unwrap();
    let record = run_record("R1", "plan-1");
    journal.begin_run(&lock, &record).unwrap();
    let paused = change("a", Operation::Pause, vec![pause()]);
    let claim = lock.claim(&paused.store).unwrap();
    let _begun = wait_for(journal.begin(&claim, &record.id, &paused, 0, &pause(), at(16))).unwrap();
    std::process::abort();
}

#[test]
fn a_process_that_dies_leaves_its_intention_behind_and_not_its_lock() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let died = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "journal::dies_between_begin_and_finish", "--ignored"])
        .env("COUPONBOOK_TEST_JOURNAL", &path)
        .output()
        .unwrap();
    assert!(!died.status.success());

    let journal = Journal::open(&path).unwrap();
    let _lock = journal.lock("the next", at(30)).unwrap();
    let paused = change("a", Operation::Pause, vec![pause()]);
    assert_eq!(journal.in_doubt().unwrap()[0].change, paused.id);
    assert_eq!(journal.plan_use("plan-1").unwrap().unwrap().finished, None);
}

#[test]
fn only_what_surely_did_not_happen_can_be_begun_again() {
    let lost = || StepEnd::Unknown { message: "no answer".into(), request_id: None };
    let done = || StepEnd::Done { request_id: None, created: None };
    let cases: Vec<(&str, Option<StepEnd>, Option<Found>, bool)> = vec![
        ("begun", None, None, false),
        ("unknown", Some(lost()), None, false),
        ("done", Some(done()), None, false),
        ("refused", Some(StepEnd::Refused { message: "no".into(), request_id: None }), None, true),
        ("not sent", Some(StepEnd::NotSent { message: "no line".into() }), None, true),
        ("begun, asked: it happened", None, Some(gone()), false),
        ("begun, asked: it did not", None, Some(not_happened()), true),
        ("unknown, asked: it happened", Some(lost()), Some(gone()), false),
        ("unknown, asked: it did not", Some(lost()), Some(not_happened()), true),
        ("done, read back", Some(done()), Some(gone()), false),
        ("done, but not to be seen", Some(done()), Some(not_happened()), true),
    ];
    for (name, end, found, again) in cases {
        let fixture = Fixture::new();
        let paused = change("a", Operation::Pause, vec![pause()]);
        match end {
            Some(end) => fixture.end(&paused, &pause(), 16, &end),
            None => drop(fixture.begin(&paused, &pause(), 16).unwrap()),
        }
        if let Some(found) = found {
            fixture.settle(&paused, &found).unwrap();
        }
        let fixture = fixture.reopen();
        match fixture.begin(&paused, &pause(), 50) {
            Ok(_begun) => {
                assert!(again, "{name}");
                assert_eq!(fixture.journal.steps(&paused.id).unwrap()[0].attempts, 2, "{name}");
            }
            Err(JournalError::NotToBegin { begun_at, .. }) => assert!(!again && begun_at == at(16), "{name}"),
            Err(other) => panic!("{name}: {other}"),
        }
    }
}

#[test]
fn an_answer_that_cannot_be_recorded_leaves_the_step_in_doubt() {
    let fixture = Fixture::new();
    let path = fixture.journal.path();
    let impatient = Journal::open_waiting(path, Duration::ZERO).unwrap();
    let paused = change("a", Operation::Pause, vec![pause()]);
    let claim = fixture.claim(&paused);
    let begin_under = |claim: &StoreClaim| wait_for(impatient.begin(claim, &fixture.run, &paused, 0, &pause(), at(16)));
    let begin = || begin_under(&claim);
    let other = rusqlite::Connection::open(path).unwrap();

    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert!(matches!(begin(), Err(JournalError::Busy { .. })));
    assert!(impatient.steps(&paused.id).unwrap().is_empty());
    other.execute_batch("ROLLBACK").unwrap();
    let begun = begin().unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    begun.finish(&StepEnd::Done { request_id: None, created: None }, at(17));
    let lost = wait_for(impatient.on_disk(&claim));
    assert!(matches!(lost, Err(JournalError::Busy { .. })));
    other.execute_batch("ROLLBACK").unwrap();

    assert_eq!(fixture.state(&paused), StepState::Begun);
    // Nothing more is recorded under that claim, and so nothing more is sent.
    impatient.settle(&claim, &paused.id, 0, gone(), at(18));
    assert!(matches!(wait_for(impatient.on_disk(&claim)), Err(JournalError::NotRecorded { .. })));
    assert!(matches!(begin(), Err(JournalError::NotRecorded { .. })));
    assert_eq!(fixture.state(&paused), StepState::Begun);
    drop(claim);
    assert!(matches!(begin_under(&fixture.claim(&paused)), Err(JournalError::NotToBegin { .. })));
}

#[test]
fn many_can_open_a_new_journal_at_once() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("state").join("journal.db");
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| Journal::open(&path).unwrap().open_tasks().unwrap());
        }
    });
}

#[test]
fn a_step_has_one_end() {
    let fixture = Fixture::new();
    let paused = change("a", Operation::Pause, vec![pause()]);
    let claim = fixture.claim(&paused);
    let begun = fixture.begin_under(&claim, &paused, 0, &pause(), 16).unwrap();
    fixture.journal.settle(&claim, &paused.id, 0, not_happened(), at(40));

    begun.finish(&StepEnd::Done { request_id: None, created: None }, at(41));
    let late = wait_for(fixture.journal.on_disk(&claim)).unwrap_err();

    assert!(matches!(late, JournalError::HasItsEnd { state: StepState::DidNotHappen, .. }));
    assert_eq!(fixture.state(&paused), StepState::DidNotHappen);
}

#[test]
fn a_refused_step_has_nothing_to_be_asked_about() {
    let fixture = Fixture::new();
    let paused = change("a", Operation::Pause, vec![pause()]);
    let refused = StepEnd::Refused { message: "promotion is locked".into(), request_id: Some("req-7".into()) };
    fixture.end(&paused, &pause(), 17, &refused);

    assert!(matches!(fixture.settle(&paused, &gone()), Err(JournalError::HasItsEnd { .. })));
    let step = &fixture.journal.steps(&paused.id).unwrap()[0];
    assert_eq!(step.message.as_deref(), Some("promotion is locked"));
    assert_eq!(step.request_id.as_deref(), Some("req-7"));
    assert_eq!(step.finished_at, Some(at(17)));
}

#[test]
fn the_steps_of_a_change_are_kept_apart_and_in_order() {
    let fixture = Fixture::new();
    let both = change("a", Operation::Create, vec![enable(), pause()]);
    let claim = fixture.claim(&both);
    for (ordinal, write) in [(1, pause()), (0, enable())] {
        let begun = fixture.begin_under(&claim, &both, ordinal, &write, 16).unwrap();
        begun.finish(&StepEnd::NotSent { message: "later".into() }, at(17));
    }
    wait_for(fixture.journal.on_disk(&claim)).unwrap();
    let steps = fixture.journal.steps(&both.id).unwrap();
    assert_eq!(
        steps.iter().map(|step| (step.ordinal, step.write.clone())).collect::<Vec<_>>(),
        [(0, enable()), (1, pause())]
    );
}

#[test]
fn no_step_is_begun_while_an_earlier_one_of_its_change_is_in_doubt() {
    let fixture = Fixture::new();
    let both = change("a", Operation::Create, vec![enable(), pause()]);
    drop(fixture.begin(&both, &enable(), 16).unwrap());
    let claim = fixture.claim(&both);
    let begin_second = || fixture.begin_under(&claim, &both, 1, &pause(), 17);

    assert!(matches!(begin_second(), Err(JournalError::NotToBegin { ordinal: 0, .. })));
    fixture.journal.settle(&claim, &both.id, 0, gone(), at(18));
    drop(begin_second().unwrap());
}

#[test]
fn a_step_is_begun_only_under_its_own_stores_claim_and_a_known_run() {
    let fixture = Fixture::new();
    let paused = change("a", Operation::Pause, vec![pause()]);
    let other = fixture.lock.claim(&store("shopee-sg-1")).unwrap();
    let wrong = fixture.begin_under(&other, &paused, 0, &pause(), 16).unwrap_err();
    assert!(matches!(wrong, JournalError::WrongClaim { .. }));

    let own = fixture.claim(&paused);
    let unknown = wait_for(fixture.journal.begin(&own, &RunId::new("R9"), &paused, 0, &pause(), at(16))).unwrap_err();
    assert!(matches!(unknown, JournalError::NoSuchRun { .. }));
    assert!(fixture.journal.steps(&paused.id).unwrap().is_empty());
}

#[test]
fn a_store_is_in_one_hand_at_a_time() {
    let fixture = Fixture::new();
    let first = fixture.lock.claim(&store("woo-de-1")).unwrap();
    assert!(matches!(fixture.lock.claim(&store("woo-de-1")), Err(JournalError::StoreClaimed { .. })));
    drop(first);
    drop(fixture.lock.claim(&store("woo-de-1")).unwrap());
}

#[test]
fn a_second_apply_is_refused_and_told_who_is_applying_since_when() {
    let fixture = Fixture::new();
    let second = Journal::open(fixture.journal.path()).unwrap();

    let refused =
        std::thread::scope(|scope| scope.spawn(|| second.lock("another", at(30)).unwrap_err()).join().unwrap());

    assert_eq!(
        refused.to_string(),
        "the apply that operator began at 2026-11-22 08:15 UTC is still running; wait for it, or end it there, and try again"
    );
    // A claim that outlives the lock still keeps others out.
    let claim = fixture.lock.claim(&store("woo-de-1")).unwrap();
    drop(fixture.lock);
    assert!(second.lock("another", at(31)).is_err());
    drop(claim);
    drop(second.lock("another", at(32)).unwrap());
}

#[test]
fn stores_are_recorded_side_by_side_from_many_threads() {
    let fixture = Fixture::new();
    std::thread::scope(|scope| {
        for number in 0..8 {
            let (fixture, journal) = (&fixture, fixture.journal.clone());
            scope.spawn(move || {
                let mut paused = change(&number.to_string(), Operation::Pause, vec![pause()]);
                paused.store = store(&format!("woo-{number}"));
                let claim = fixture.lock.claim(&paused.store).unwrap();
                let begun = wait_for(journal.begin(&claim, &fixture.run, &paused, 0, &pause(), at(16))).unwrap();
                begun.finish(&StepEnd::Done { request_id: None, created: None }, at(17));
                wait_for(journal.on_disk(&claim)).unwrap();
            });
        }
    });
    let kept = (0..8).map(|number| change(&number.to_string(), Operation::Pause, vec![pause()]).id);
    assert!(kept.map(|id| fixture.journal.change(&id).unwrap()).all(|change| change.is_some()));
    assert!(fixture.journal.in_doubt().unwrap().is_empty());
}

#[test]
fn a_creation_reserves_its_code_for_itself_as_it_begins_whatever_its_case() {
    let fixture = Fixture::new();
    let (first, second) = (change("a", Operation::Create, vec![]), change("b", Operation::Create, vec![]));
    let elsewhere = Change { store: store("woo-de-2"), ..change("c", Operation::Create, vec![]) };
    let refused = StepEnd::Refused { message: "no".into(), request_id: None };
    // It is so under one claim as well: a code that is another's is no failure of the journal.
    let (shop, other_shop) = (fixture.claim(&first), fixture.claim(&elsewhere));
    for (claim, code, change, granted) in [
        (&shop, "WELCOME2", &first, true),
        (&shop, "WELCOME2", &first, true),
        (&shop, "welcome2 ", &first, true),
        (&shop, "Welcome2", &second, false),
        (&other_shop, "WELCOME2", &elsewhere, true),
        (&shop, "WELCOME3", &second, true),
    ] {
        match fixture.begin_under(claim, change, 0, &create(code), 16) {
            Ok(begun) => {
                assert!(granted, "{code}");
                begun.finish(&refused, at(17));
            }
            Err(JournalError::CodeTaken { .. }) => assert!(!granted, "{code}"),
            Err(other) => panic!("{code}: {other}"),
        }
    }
    drop((shop, other_shop));
    assert_eq!(fixture.journal.steps(&second.id).unwrap()[0].write, create("WELCOME3"), "the other was never begun");
    let fixture = fixture.reopen();
    drop(fixture.begin(&first, &create("WELCOME2"), 18).unwrap());
    let taken = fixture.begin(&second, &create("WELCOME2"), 18);
    assert!(matches!(taken, Err(JournalError::CodeTaken { .. })));
    assert_eq!(codes(&fixture.journal, &store("woo-de-1")), ["WELCOME2", "WELCOME3"]);
}

#[test]
fn a_voucher_that_buyers_only_collect_has_no_code_to_reserve() {
    let fixture = Fixture::new();
    for (name, minute) in [("a", 16), ("b", 17)] {
        drop(fixture.begin(&change(name, Operation::FollowOn, vec![create("")]), &create(""), minute).unwrap());
    }
    assert_eq!(codes(&fixture.journal, &store("woo-de-1")), Vec::<String>::new());
}

/// The journal as another process finds it at this moment.
fn on_disk(fixture: &Fixture, change: &Change) -> Vec<StepState> {
    let other = Journal::open(fixture.journal.path()).unwrap();
    other.steps(&change.id).unwrap().iter().map(|step| step.state).collect()
}

#[test]
fn what_is_begun_is_on_the_disk_with_all_that_was_recorded_before_it_in_any_store() {
    let fixture = Fixture::new();
    let changes: Vec<Change> = (0..20)
        .map(|number| Change {
            store: store(&format!("woo-{number}")),
            ..change(&number.to_string(), Operation::Pause, vec![pause()])
        })
        .collect();
    let done = StepEnd::Done { request_id: None, created: None };
    let mut claims = Vec::new();
    for pair in changes.windows(2) {
        let claim = fixture.claim(&pair[0]);
        fixture.begin_under(&claim, &pair[0], 0, &pause(), 16).unwrap().finish(&done, at(17));
        fixture.journal.settle(&claim, &pair[0].id, 0, gone(), at(18));
        // Nobody waits for the store's own line, and another store begins.
        let next = Change {
            id: change(&format!("next of {}", pair[0].store), Operation::Pause, vec![]).id,
            ..pair[1].clone()
        };
        drop(fixture.begin(&next, &pause(), 19).unwrap());
        assert_eq!(on_disk(&fixture, &pair[0]), [StepState::Proved]);
        claims.push(claim);
    }
}

#[test]
fn of_recordings_that_are_written_together_one_that_fails_undoes_no_other() {
    let fixture = Fixture::new();
    let changes: Vec<Change> = (0..8)
        .map(|number| Change {
            store: store(&format!("woo-{number}")),
            ..change(&number.to_string(), Operation::Pause, vec![pause()])
        })
        .collect();
    let done = StepEnd::Done { request_id: None, created: None };
    let claims: Vec<StoreClaim> = changes.iter().map(|change| fixture.claim(change)).collect();
    let begun: Vec<Begun> = changes
        .iter()
        .zip(&claims)
        .map(|(change, claim)| fixture.begin_under(claim, change, 0, &pause(), 16).unwrap())
        .collect();
    let other = rusqlite::Connection::open(fixture.journal.path()).unwrap();
    other
        .execute_batch(
            "CREATE TRIGGER fault BEFORE UPDATE ON steps WHEN NEW.store = 'woo-3' AND NEW.state = 'done' BEGIN
                 SELECT RAISE(ABORT, 'database or disk is full');
             END;
             BEGIN IMMEDIATE",
        )
        .unwrap();
    // While another program writes, they come together.
    for ((begun, change), claim) in begun.into_iter().zip(&changes).zip(&claims) {
        begun.finish(&done, at(17));
        fixture.journal.settle(claim, &change.id, 0, gone(), at(18));
    }
    other.execute_batch("COMMIT").unwrap();
    for (number, (change, claim)) in changes.iter().zip(&claims).enumerate() {
        let came = wait_for(fixture.journal.on_disk(claim));
        assert_eq!(came.is_err(), number == 3, "{number}");
        // After what failed nothing of that store is recorded, as after a kill.
        let state = if number == 3 { StepState::Begun } else { StepState::Proved };
        assert_eq!(on_disk(&fixture, change), [state], "{number}");
    }
    // That it is wrong is told where something would be sent next.
    let next = Change { store: store("woo-3"), ..change("next", Operation::Pause, vec![pause()]) };
    let refused = fixture.begin_under(&claims[3], &next, 0, &pause(), 19);
    assert!(matches!(refused, Err(JournalError::NotRecorded { .. })));
    assert_eq!(on_disk(&fixture, &next), []);
}

#[test]
fn a_journal_that_is_let_go_of_writes_what_is_in_its_line() {
    let fixture = Fixture::new();
    let paused = change("a", Operation::Pause, vec![pause()]);
    let claim = fixture.claim(&paused);
    let done = StepEnd::Done { request_id: None, created: None };
    fixture.begin_under(&claim, &paused, 0, &pause(), 16).unwrap().finish(&done, at(17));
    fixture.journal.settle(&claim, &paused.id, 0, gone(), at(18));
    drop(claim);
    let fixture = fixture.reopen();
    assert_eq!(fixture.state(&paused), StepState::Proved);
}

#[test]
fn what_was_paused_on_purpose_is_remembered_until_it_is_enabled() {
    let fixture = Fixture::new();
    let paused = change("a", Operation::Pause, vec![pause()]);
    fixture.do_it(&paused, &pause(), 16, None);

    let memory = fixture.journal.memory().unwrap();
    let remembered = &memory.on_purpose[&(paused.store.clone(), paused.coupon.clone())];
    assert_eq!(
        remembered,
        &Deliberate { becomes: Operation::Pause, by: "operator".into(), at: at(16), replaced: paused.replaced_period }
    );

    fixture.do_it(&change("b", Operation::Enable, vec![enable()]), &enable(), 20, None);
    assert!(fixture.journal.memory().unwrap().on_purpose.is_empty());
}

#[test]
fn only_steps_that_happened_are_remembered() {
    let set_end = Write::SetEnd { coupon: CouponId::new("9001"), ends: Some(at(30)) };
    let end_now = Write::End { coupon: CouponId::new("9001"), at: at(16) };
    let trash = Write::Trash { coupon: CouponId::new("9001") };
    let delete = Write::Delete { coupon: CouponId::new("9001") };
    for (becomes, write, remembered) in [
        (Operation::End, &end_now, true),
        (Operation::End, &set_end, true),
        (Operation::Trash, &trash, true),
        (Operation::ShortenInPlace, &set_end, false),
        (Operation::Delete, &delete, false),
    ] {
        let fixture = Fixture::new();
        let changed = change("a", becomes, vec![write.clone()]);
        let refused = StepEnd::Refused { message: "no".into(), request_id: None };
        fixture.end(&changed, write, 16, &refused);
        assert_eq!(fixture.journal.memory().unwrap(), Memory::default());

        fixture.do_it(&changed, write, 17, None);
        assert_eq!(
            fixture.journal.memory().unwrap().on_purpose.len(),
            usize::from(remembered),
            "{becomes:?} {write:?}"
        );
    }
}

#[test]
fn a_coupon_that_we_created_is_known_to_follow_its_model() {
    let fixture = Fixture::new();
    let follow_on = change("a", Operation::FollowOn, vec![create("")]);
    fixture.do_it(&follow_on, &create(""), 16, Some(CouponId::new("9002")));
    // The answer was lost, and the coupon found afterwards.
    let lost = change("b", Operation::FollowOn, vec![create("")]);
    drop(fixture.begin(&lost, &create(""), 17).unwrap());
    fixture.settle(&lost, &Found::Happened { coupon: None, created: Some(CouponId::new("9003")) }).unwrap();

    let successors = fixture.journal.memory().unwrap().successors;
    for new in ["9002", "9003"] {
        assert_eq!(successors[&(store("woo-de-1"), CouponId::new(new))], CouponId::new("9001"));
    }
}

#[test]
fn the_dates_that_a_pause_replaced_are_not_lost_when_it_is_planned_again() {
    let fixture = Fixture::new();
    let mut paused = change("a", Operation::Pause, vec![pause(), pause()]);
    fixture.do_it(&paused, &pause(), 16, None);
    let replaced = paused.replaced_period;
    paused.replaced_period = None;
    drop(fixture.begin_under(&fixture.claim(&paused), &paused, 1, &pause(), 18).unwrap());

    let memory = fixture.journal.memory().unwrap();
    assert_eq!(memory.on_purpose[&(paused.store, paused.coupon)].replaced, replaced);
}

#[test]
fn a_decision_applied_twice_says_when_and_by_whom_it_was_done() {
    let fixture = Fixture::new();
    let paused = change("a", Operation::Pause, vec![pause()]);
    assert_eq!(fixture.journal.settled(&paused.id).unwrap(), None);
    fixture
        .journal
        .record_outcome(&fixture.run, &paused.row, &outcome(&paused, OutcomeKind::NotReached, at(16)))
        .unwrap();
    assert_eq!(fixture.journal.settled(&paused.id).unwrap(), None);

    // The interrupted run goes on and reaches the row.
    let done = outcome(&paused, OutcomeKind::Done, at(17));
    fixture.journal.record_outcome(&fixture.run, &paused.row, &done).unwrap();
    let second = run_record("R2", "plan-2");
    fixture.journal.begin_run(&fixture.lock, &second).unwrap();
    let found_done = outcome(&paused, OutcomeKind::AlreadyDone, at(40));
    fixture.journal.record_outcome(&second.id, &paused.row, &found_done).unwrap();

    let settled = fixture.journal.settled(&paused.id).unwrap().unwrap();
    assert_eq!(
        (settled.credit.run, settled.credit.by.as_str(), settled.credit.at),
        (fixture.run.clone(), "operator", at(17))
    );
    assert_eq!(settled.outcome, done);
    assert_eq!(kept(&fixture.journal, "SELECT row FROM outcomes WHERE run = 'R1'"), [paused.row.as_str()]);
}

#[test]
fn a_plan_that_was_used_names_its_run_and_whether_it_may_go_on() {
    let fixture = Fixture::new();
    assert_eq!(fixture.journal.plan_use("plan-9").unwrap(), None);
    let used = fixture.journal.plan_use("plan-1").unwrap().unwrap();
    assert_eq!((used.run, used.started, used.finished), (fixture.run.clone(), at(15), None));

    fixture.journal.finish_run(&fixture.run, at(30)).unwrap();
    fixture.journal.finish_run(&fixture.run, at(50)).unwrap();
    assert_eq!(fixture.journal.plan_use("plan-1").unwrap().unwrap().finished, Some(at(30)));
    let record = run_record("R1", "plan-1");
    assert_eq!(
        kept(&fixture.journal, "SELECT export || by || author_hint || workbook_sha256 FROM runs"),
        [[record.export.as_str(), &record.by, "manager", &record.workbook_sha256].concat()]
    );

    let again = fixture.journal.begin_run(&fixture.lock, &run_record("R1", "plan-3"));
    assert!(matches!(again, Err(JournalError::RunExists { .. })));
    fixture.journal.begin_run(&fixture.lock, &run_record("R2", "plan-3")).unwrap();
    assert_eq!(kept(&fixture.journal, "SELECT id FROM runs ORDER BY rowid DESC"), ["R2", "R1"]);
}

#[test]
fn a_journal_is_a_sqlite_file_that_is_synced_at_every_commit() {
    let folder = tempdir().unwrap();
    let journal = Journal::open(&folder.path().join("journal.db")).unwrap();
    // 2 is FULL, synced at every commit.
    for (setting, value) in [("journal_mode", "wal"), ("synchronous", "2"), ("foreign_keys", "1")] {
        assert_eq!(journal.setting(setting).unwrap().as_deref(), Some(value), "{setting}");
    }

    drop(journal);
    let header = std::fs::read(folder.path().join("journal.db")).unwrap();
    assert_eq!(&header[..15], b"SQLite format 3");
    // Bytes 18 and 19 say 2 for a write-ahead log; "CPNB" marks the file as ours.
    assert_eq!((&header[18..20], &header[68..72]), (&[2, 2][..], &b"CPNB"[..]));
}

#[test]
fn a_journal_of_version_1_still_opens() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("journal.db");
    std::fs::copy("tests/it/data/journal/version_1.db", &path).unwrap();

    let journal = Journal::open(&path).unwrap();

    let paused = change("a", Operation::Pause, vec![pause()]);
    let steps = journal.steps(&paused.id).unwrap();
    assert_eq!((steps[0].state, steps[0].attempts), (StepState::Done, 1));
    let created = change("b", Operation::FollowOn, vec![create("NEXT")]);
    assert_eq!(journal.in_doubt().unwrap()[0].write, create("NEXT"));
    assert_eq!(journal.codes(&created.store).unwrap(), [("NEXT".to_string(), created.id.clone())]);
    assert_eq!(codes(&journal, &created.store), ["NEXT"]);
    assert_eq!(journal.memory().unwrap().on_purpose.len(), 1);
    assert_eq!(journal.settled(&paused.id).unwrap().unwrap().credit.by, "operator");
    assert_eq!(kept(&journal, "SELECT id FROM runs"), ["R1"]);
}

#[test]
fn a_journal_of_version_3_still_opens_with_all_that_was_decided_done_and_asked_for() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("journal.db");
    std::fs::copy("tests/it/data/journal/version_3.db", &path).unwrap();

    let journal = Journal::open(&path).unwrap();

    let paused = change("a", Operation::Pause, vec![pause()]);
    assert_eq!(journal.change(&paused.id).unwrap(), Some(paused.clone()));
    let settled = journal.settled(&paused.id).unwrap().unwrap();
    assert_eq!((settled.outcome, settled.credit.run.as_str()), (outcome(&paused, OutcomeKind::Done, at(17)), "R1"));
    assert_eq!(journal.in_doubt().unwrap()[0].write, create("NEXT"));
    let memory = journal.memory().unwrap();
    assert_eq!(memory.on_purpose.len(), 2, "one ended through the API, one by hand");
    let kept: Vec<_> = memory.kept.values().flatten().map(|kept| kept.keeping.note.as_str()).collect();
    assert_eq!(kept, ["as agreed"]);
    let task = crate::by_hand::task("A", ActionWord::Restock, crate::by_hand::total_is(750));
    let change = serde_json::from_str(r#""b0edcf2c4c6883e0abd308b6425afb9a""#).unwrap();
    assert_eq!(journal.open_tasks().unwrap(), [Task { change, ..task }]);
    let asked = journal.open_actions(at(0)).unwrap();
    assert_eq!((asked.len(), asked[0].action), (1, ActionWord::Renew));
    // Both of the one row: what was kept, and what was paused.
    assert_eq!(journal.changes_since(at(0)).unwrap().len(), 2);
    assert_eq!(journal.plan_use("plan-1").unwrap().unwrap().by, "operator");
}

fn refusal(path: &Path) -> String {
    Journal::open_waiting(path, Duration::ZERO).unwrap_err().to_string()
}

#[test]
fn a_file_that_cannot_serve_is_refused_in_a_sentence_and_left_as_it_is() {
    let folder = tempdir().unwrap();
    let named = |name: &str| folder.path().join(name);
    std::fs::write(named("text.db"), "a shopping list, long enough to be looked at\n".repeat(40)).unwrap();
    let foreign = rusqlite::Connection::open(named("foreign.db")).unwrap();
    foreign.execute_batch("CREATE TABLE recipes (name TEXT)").unwrap();
    drop(Journal::open(&named("newer.db")).unwrap());
    rusqlite::Connection::open(named("newer.db")).unwrap().execute_batch("PRAGMA user_version = 99").unwrap();
    let whole = std::fs::read("tests/it/data/journal/version_1.db").unwrap();
    std::fs::write(named("damaged.db"), &whole[..whole.len() / 2]).unwrap();
    drop(Journal::open(&named("locked.db")).unwrap());
    let locked = rusqlite::Connection::open(named("locked.db")).unwrap();
    locked.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE").unwrap();
    std::fs::create_dir(named("folder.db")).unwrap();

    for (name, words) in [
        ("text.db", "is not a journal of couponbook"),
        ("foreign.db", "is not a journal of couponbook"),
        ("newer.db", "written by a newer couponbook (format 99, this one knows 9); update"),
        ("damaged.db", "is damaged; put a copy of it back"),
        ("locked.db", "is in use by another program"),
        ("folder.db", "cannot be opened for writing"),
    ] {
        let before = std::fs::read(named(name)).ok();
        let sentence = refusal(&named(name));
        assert!(sentence.contains(name) && sentence.contains(words), "{name}: {sentence}");
        assert_eq!(std::fs::read(named(name)).ok(), before, "{name}");
    }
}

#[test]
#[ignore = "made the kept file; run only with the version whose format it is"]
fn make_version_1() {
    let fixture = Fixture::new();
    let paused = change("a", Operation::Pause, vec![pause()]);
    fixture.do_it(&paused, &pause(), 16, None);
    fixture.journal.record_outcome(&fixture.run, &paused.row, &outcome(&paused, OutcomeKind::Done, at(17))).unwrap();
    let created = change("b", Operation::FollowOn, vec![create("NEXT")]);
    drop(fixture.begin(&created, &create("NEXT"), 18).unwrap());
    let Fixture { folder, journal, lock, run: _ } = fixture;
    let path = journal.path().to_path_buf();
    drop((journal, lock));
    std::fs::copy(path, "tests/it/data/journal/version_1.db").unwrap();
    drop(folder);
}
