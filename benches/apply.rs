//! How much of the shops' rate is left with the journal: `cargo bench --profile dev --bench apply`, by hand. It prints a table.
//!
//! 10,000 changes over 100 stores: once as `apply` carries them out, each written down before it is sent, and once as the same calls
//! through the same connectors (look, send, read back) with nothing written down. The two take turns over the same coupons. The
//! mock shops are another process and answer at once. All files lie where cargo builds. Arguments: rounds (5), stores at once (16), coupons a store (100).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "run by hand")]

mod shops;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use chrono::Utc;
use couponbook::apply::{Connectors, Run, Settle, carry_out};
use couponbook::domain::{
    Account, Action, ActionWord, Change, ChangeId, Coupon, Edit, ExpectedState, ExportId, Message, Operation,
    OutcomeKind, RowKey, RunId, Step, Store, StoreId, Write,
};
use couponbook::journal::{Journal, RunRecord};
use couponbook::language::Language;
use couponbook::plan::{PLAN_VERSION, Plan, PlanRow, Verdict};
use couponbook::platforms::{CallLog, Network, PaceOverride, RetryPolicy};
use couponbook::sandbox::{Sandbox, Scenario};
use futures::stream::{self, StreamExt};

use shops::Failed;

const STORES: usize = 100;
const USUAL: Size = Size { rounds: 5, at_once: 16, coupons: 100 };

#[derive(Clone, Copy)]
struct Size {
    rounds: usize,
    at_once: usize,
    coupons: usize,
}

fn main() -> Result<(), Failed> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    if let [serve, folder] = arguments.as_slice()
        && serve == "serve"
    {
        return runtime.block_on(shops::serve(Path::new(folder)));
    }
    let mut size = USUAL;
    for (number, place) in arguments.iter().zip([&mut size.rounds, &mut size.at_once, &mut size.coupons]) {
        *place = number.parse()?;
    }
    runtime.block_on(run(size))
}

async fn run(size: Size) -> Result<(), Failed> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    Sandbox::create(folder.path(), &Scenario::parse(&scenario(size.coupons), "apply", Utc::now())?)?;
    let (mut child, address) = shops::start(folder.path())?;
    let result = both(folder.path(), &address, size).await;
    child.kill()?;
    child.wait()?;
    result
}

fn scenario(coupons: usize) -> String {
    let store = |number| {
        let number = format!("{number:03}");
        format!(
            "[[stores]]\nid = \"woo-{number}\"\nplatform = \"woocommerce\"\nname = \"Shop {number}\"\nregion = \"SG\"\n"
        )
    };
    let stores: String = (0..STORES).map(store).collect();
    format!(
        "{stores}[[coupons]]\nstores = [\"*\"]\ncode = \"R{{nn}}\"\nname = \"Coupon {{nn}} of the season\"\nrepeat = {coupons}\n\
         starts = \"-2d\"\nends = \"+9d\"\ntotal = 500\nused = \"10%\"\ndiscount = {{ percent = \"15\" }}\nmin_spend = \"50\"\n"
    )
}

/// The shops as both ways use them.
struct Shops {
    stores: Vec<Store>,
    connectors: Connectors,
    coupons: Vec<Coupon>,
}

async fn both(folder: &Path, address: &str, Size { rounds, at_once, .. }: Size) -> Result<(), Failed> {
    let state = folder.join("state");
    let network = Network::new(Arc::new(Utc::now), state.join("tokens"), CallLog::none(), RetryPolicy::default());
    let pace = PaceOverride { per_second: Some(1_000), in_flight: Some(64), ..PaceOverride::default() };
    let mut shops = Shops { stores: Vec::new(), connectors: BTreeMap::new(), coupons: Vec::new() };
    for access in Sandbox::open(folder)?.stores()? {
        let (store, connector) = shops::connect(&access, address, &network, pace)?;
        let listed = connector.list().await.map_err(|error| Language::ENGLISH.render(&error.in_full()))?;
        shops.coupons.extend(listed.coupons);
        shops.connectors.insert(store.id.clone(), Ok(connector));
        shops.stores.push(store);
    }
    println!("{} changes over {STORES} stores, {at_once} at once; changes a second", shops.coupons.len());
    println!("round  without a journal  with  share");
    let (mut rates, mut total) = (Vec::new(), 500);
    for round in 0..=rounds {
        // Whoever goes first finds other files than whoever goes second.
        let order = if round % 2 == 0 { [false, true] } else { [true, false] };
        let mut seconds = [0.0, 0.0];
        for with_journal in order {
            let changes = shops.changes(total);
            total += 1;
            let took = match with_journal {
                true => with(&shops, changes, at_once).await?,
                false => without(&shops, &changes, at_once).await?,
            };
            seconds[usize::from(with_journal)] = took.as_secs_f64();
        }
        let [without, with] = seconds.map(|seconds| shops.coupons.len() as f64 / seconds);
        println!(
            "{:5}  {without:17.0}  {with:4.0}  {:5.3}",
            if round == 0 { "warm".to_string() } else { round.to_string() },
            with / without
        );
        if round > 0 {
            rates.push((without, with, with / without));
        }
    }
    let middle = |of: &dyn Fn(&(f64, f64, f64)) -> f64| {
        let mut values: Vec<f64> = rates.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        (values[values.len() / 2], values[0], values[values.len() - 1])
    };
    let (without, with, share) = (middle(&|it| it.0), middle(&|it| it.1), middle(&|it| it.2));
    println!(
        "medians: {:.0} without, {:.0} with; share {:.3} ({:.3} to {:.3})",
        without.0, with.0, share.0, share.1, share.2
    );
    Ok(())
}

impl Shops {
    /// One more use of each coupon than `total`.
    fn changes(&self, total: u64) -> Vec<Change> {
        let totals = |total| ExpectedState { total: Some(Some(total)), ..ExpectedState::default() };
        let told = |total: u64| Message::as_written(format!("total {total}"));
        let of = |coupon: &Coupon| {
            let store = self.stores.iter().find(|store| store.id == coupon.store).expect("its store");
            let row = RowKey::of(store.platform, &store.shop, &coupon.id);
            Change {
                id: ChangeId::of(&ExportId::new("20261122-AM-7K3MPX"), &row, "restock", &total.to_string()),
                row,
                store: coupon.store.clone(),
                coupon: coupon.id.clone(),
                label: coupon.label().to_string(),
                action: ActionWord::Restock,
                becomes: Operation::RaiseTotal,
                also: Vec::new(),
                before: told(total),
                after: told(total + 1),
                cannot_undo: None,
                follow_up: None,
                exposure: None,
                replaced_period: None,
                keeping: None,
                steps: vec![Step {
                    write: Write::SetTotal { coupon: coupon.id.clone(), total: Some(total + 1) },
                    before: totals(total),
                    after: totals(total + 1),
                }],
            }
        };
        self.coupons.iter().map(of).collect()
    }
}

async fn without(shops: &Shops, changes: &[Change], at_once: usize) -> Result<Duration, Failed> {
    let mut by_store: BTreeMap<&StoreId, Vec<&Change>> = BTreeMap::new();
    for change in changes {
        by_store.entry(&change.store).or_default().push(change);
    }
    let began = Instant::now();
    let units = by_store.into_iter().map(|(store, changes)| async move {
        let connector = shops.connectors[store].as_ref().expect("connected");
        for change in changes {
            let step = &change.steps[0];
            let before = connector.get(&change.coupon).await.expect("an answer");
            assert!(step.before.hold_for(before.as_ref()), "as planned");
            connector.send(&step.write, &change.id).await.expect("a yes");
            let after = connector.get(&change.coupon).await.expect("an answer");
            assert!(step.after.hold_for(after.as_ref()), "as sent");
        }
    });
    stream::iter(units).buffer_unordered(at_once).collect::<Vec<()>>().await;
    Ok(began.elapsed())
}

async fn with(shops: &Shops, changes: Vec<Change>, at_once: usize) -> Result<Duration, Failed> {
    let state = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let journal = Journal::open(&state.path().join("journal.db"))?;
    let lock = journal.lock("the bench", Utc::now())?;
    let record = RunRecord {
        id: RunId::new("R20261122-BENCH"),
        export: ExportId::new("20261122-AM-7K3MPX"),
        by: "the bench".to_string(),
        account: Account::default(),
        started: Utc::now(),
        workbook_sha256: String::new(),
        plan_sha256: String::new(),
    };
    journal.begin_run(&lock, &record)?;
    let coupons: BTreeMap<RowKey, _> = changes.iter().map(|it| (it.row.clone(), it.coupon.clone())).collect();
    let plan = Plan {
        version: PLAN_VERSION,
        export: record.export.clone(),
        made_at: Utc::now(),
        by: record.by.clone(),
        workbook_sha256: String::new(),
        snapshot_sha256: String::new(),
        rules_sha256: String::new(),
        rows: changes.into_iter().map(row).collect(),
        brakes: Vec::new(),
    };
    let run = Run {
        id: record.id.clone(),
        journal: &journal,
        lock: &lock,
        connectors: &shops.connectors,
        clock: &Utc::now,
        settle: &|_| Settle { creation: Duration::ZERO, change: Duration::ZERO },
        started: Instant::now(),
        tell: &|_| (),
        coupon_of: &|row| coupons.get(row).cloned(),
        zone: &|_| chrono_tz::UTC,
        stores_at_once: at_once,
        stop: &AtomicBool::new(false),
        progress: &|_, _| (),
    };
    let began = Instant::now();
    let outcomes = carry_out(&run, &plan).await?;
    let took = began.elapsed();
    assert_eq!(outcomes.values().filter(|outcome| outcome.kind == OutcomeKind::Done).count(), shops.coupons.len());
    Ok(took)
}

fn row(change: Change) -> PlanRow {
    PlanRow {
        place: "Coupons row 4".to_string(),
        store: change.store.clone(),
        label: change.label.clone(),
        action: Action {
            row: change.row.clone(),
            word: change.action,
            new_end: Edit::Blank,
            add_stock: Edit::Set(1),
            new_min_spend: Edit::Blank,
            note: None,
        },
        verdict: Verdict::Change { change: Box::new(change), resumes: false },
    }
}
