//! A manager's fixture: what was exported, what is live, and the decisions about it.

use crate::platform;
use std::collections::BTreeSet;

use couponbook::domain::*;
use couponbook::language::Language;
use couponbook::plan::{
    Allowed, BrakeLimits, Intent, Known, Plan, PlanInput, Present, PriorRun, ResolvedDecision, Verdict, make, resolve,
};
use rust_decimal::Decimal;

use crate::accounts::{abilities, back_office};
use crate::rules::shop::*;

pub struct Fixture {
    pub world: World,
    pub export: Export,
    pub known: Known,
    pub permanently: BTreeSet<StoreId>,
    pub limits: BrakeLimits,
    pub allowed: Allowed,
    pub campaign_starts: Option<Timestamp>,
    pub hidden: BTreeSet<CouponId>,
    pub now: Timestamp,
}

impl Fixture {
    /// Exported at [`now`] and live as exported, with every brake released but where a test is about brakes.
    pub fn of(abilities: &'static Abilities, coupons: Vec<Coupon>) -> Self {
        let world = World::of(abilities);
        let fixture = Self {
            export: exported(&world, Vec::new()),
            known: Known::default(),
            permanently: BTreeSet::new(),
            limits: BrakeLimits::default(),
            allowed: everything(),
            campaign_starts: None,
            hidden: BTreeSet::new(),
            now: world.now,
            world,
        };
        fixture.loading(coupons)
    }

    /// These rows as exported and live, with every brake released but that on losing money.
    pub fn exporting(world: &World, rows: &[Row]) -> Self {
        let fixture = Self::of(world.abilities, Vec::new());
        let live = rows.iter().map(|row| row.coupon.clone()).collect();
        let allowed = Allowed { losing_money: false, ..everything() };
        Self { export: exported(world, rows.to_vec()), world: world.clone(), allowed, ..fixture }.showing(live)
    }

    /// `accept` in every row that suggests an action.
    pub fn accepting_everything(&self) -> Plan {
        let helped = self.export.rows.iter().filter(|row| row.suggestion.advice.action().is_some());
        self.plan(helped.map(|row| (row.coupon.id.as_str(), act(ActionWord::Accept))).collect())
    }

    /// Judges and exports these coupons; they are live too.
    pub fn loading(mut self, coupons: Vec<Coupon>) -> Self {
        let rows = self.world.judge(coupons.clone());
        self.export = exported(&self.world, rows);
        self.showing(coupons)
    }

    pub fn showing(mut self, live: Vec<Coupon>) -> Self {
        let touched: Vec<&CouponId> = self.export.rows.iter().map(|row| &row.coupon.id).collect();
        self.known.present = Present::default();
        self.known.present.add_listing(&self.world.store.id, &touched, live);
        self
    }

    pub fn showing_also(mut self, one: Coupon) -> Self {
        self.known.present.listings.entry(self.world.store.id.clone()).or_default().push(one);
        self
    }

    pub fn asking_nothing(mut self) -> Self {
        self.known.present = Present::default();
        self
    }

    pub fn failing(mut self, why: &str) -> Self {
        self.known.present = Present::default();
        let why = Message::new("results-store-not-asked", vec![("reason".into(), why.into())]);
        self.known.present.failed.insert(self.world.store.id.clone(), why);
        self
    }

    pub fn at(mut self, now: Timestamp) -> Self {
        self.now = now;
        self
    }

    pub fn made(mut self, new: &str, model: &str) -> Self {
        self.world = self.world.made(new, model);
        self
    }

    pub fn stopped_on_purpose(mut self, id: &str, replaced: Period) -> Self {
        self.world = self.world.stopped_on_purpose(id, Operation::End, Some(replaced));
        self
    }

    /// For a decision of another export.
    pub fn reserving(self, code: &str) -> Self {
        let row = RowKey::of(platform::SHOPEE, &ShopId::new("0"), &CouponId::new("0"));
        self.reserving_for(code, ChangeId::of(&ExportId::new("another"), &row, "recreate", ""))
    }

    pub fn reserving_for(mut self, code: &str, change: ChangeId) -> Self {
        self.known.reserved.entry(self.world.store.id.clone()).or_default().insert(code.to_string(), change);
        self
    }

    pub fn with_prior(mut self, change: ChangeId, prior: PriorRun) -> Self {
        self.known.prior_runs.insert(change, prior);
        self
    }

    /// With this decision on `A` settled or begun before.
    pub fn having_decided(self, act: Act, prior: PriorRun) -> Self {
        let action = Action { row: self.row("A").key.clone(), ..act.0 };
        let id = ResolvedDecision::of(&self.export, String::new(), &action, false).unwrap().intent.unwrap().id;
        self.with_prior(id, prior)
    }

    pub fn deleting_permanently(mut self) -> Self {
        self.permanently.insert(self.world.store.id.clone());
        self
    }

    pub fn allowing_everything(mut self) -> Self {
        self.allowed = everything();
        self
    }

    pub fn braking(mut self) -> Self {
        self.allowed = Allowed::default();
        self
    }

    pub fn row(&self, id: &str) -> &Row {
        self.export.rows.iter().find(|row| row.coupon.id.as_str() == id).unwrap()
    }

    pub fn plan(&self, decisions: Vec<(&str, Act)>) -> Plan {
        let decisions = decisions.into_iter().enumerate().map(|(index, (id, act))| {
            let row = self.row(id);
            let (place, action) = (format!("Coupons!H{}", index + 4), Action { row: row.key.clone(), ..act.0 });
            ResolvedDecision::of(&self.export, place, &action, self.hidden.contains(&row.coupon.id)).unwrap()
        });
        let abilities = self.world.abilities;
        let input = PlanInput {
            export: &self.export,
            decisions: decisions.collect(),
            memory: &self.world.memory,
            abilities: &|_| abilities,
            back_office: &back_office,
            delete_permanently: &self.permanently,
            operator: "the operator",
            campaign_starts: &|_, _| self.campaign_starts,
            limits: &self.limits,
            loss_percent: &|_| self.world.policy.loss_percent,
            allowed: &self.allowed,
            now: self.now,
            by: "the night shift".to_string(),
            workbook_sha256: String::new(),
            snapshot_sha256: String::new(),
            rules_sha256: String::new(),
        };
        make(&input, &self.known)
    }

    pub fn verdict(&self, id: &str, act: Act) -> Verdict {
        self.plan(vec![(id, act)]).rows.remove(0).verdict
    }

    /// The verdict in one line, with plain spaces.
    pub fn decide(&self, id: &str, act: Act) -> String {
        in_words(&self.verdict(id, act))
    }

    pub fn change(&self, id: &str, act: Act) -> Change {
        match self.verdict(id, act) {
            Verdict::Change { change, .. } => *change,
            other => panic!("{}", in_words(&other)),
        }
    }
}

fn exported(world: &World, rows: Vec<Row>) -> Export {
    Export {
        id: ExportId::new("20261122-AM-TEST"),
        follows: None,
        at: world.now,
        finished: world.now,
        day: local_day(world.now, ZONE),
        slot: Slot::Am,
        zone: ZONE,
        stores: vec![StoreLoad {
            store: world.store.clone(),
            load: Load::Loaded { count: rows.len() as u64, expected: None, unreadable: Vec::new() },
            findings: Vec::new(),
            calls: 1,
            retries: 0,
            seconds: 1.0,
            token_ends: None,
            source: None,
        }],
        findings: Vec::new(),
        parts: Vec::new(),
        rows: rows.into(),
    }
}

fn everything() -> Allowed {
    Allowed {
        removals: true,
        empty_store: true,
        exposure: true,
        losing_money: true,
        many: true,
        old_workbook: true,
        hidden: true,
        whole: true,
    }
}

/// What a manager writes in a row.
#[derive(Clone)]
pub struct Act(pub Action);

pub fn act(word: ActionWord) -> Act {
    let row = RowKey::of(platform::SHOPEE, &ShopId::new("0"), &CouponId::new("0"));
    let blank =
        Action { row, word, new_end: Edit::Blank, add_stock: Edit::Blank, new_min_spend: Edit::Blank, note: None };
    Act(blank)
}

impl Act {
    /// Through that day of November 2026 (31 is the 1st of December).
    pub fn until_day(mut self, day: i64) -> Self {
        self.0.new_end = Edit::Set(EndEdit::Day(local_day(at(day, 12, 0), ZONE)));
        self
    }

    pub fn hours(mut self, hours: u32) -> Self {
        self.0.new_end = Edit::Set(EndEdit::SpanHours(hours));
        self
    }

    pub fn stock(mut self, add: u64) -> Self {
        self.0.add_stock = Edit::Set(add);
        self
    }

    pub fn spend(mut self, amount: i64) -> Self {
        self.0.new_min_spend = Edit::Set(Decimal::from(amount));
        self
    }

    pub fn note(mut self, note: &str) -> Self {
        self.0.note = Some(note.to_string());
        self
    }
}

/// What is wanted of one row becomes this, in a shop that shows just its coupon.
pub fn becomes(row: &Row, store: &Store, memory: &Memory, now: Timestamp, intent: Intent) -> Verdict {
    let mut known = Known::default();
    known.present.add_listing(&store.id, &[&row.coupon.id], vec![row.coupon.clone()]);
    let input = PlanInput {
        export: &Fixture::of(&WOO, vec![]).export,
        decisions: Vec::new(),
        memory,
        abilities: &abilities,
        back_office: &back_office,
        delete_permanently: &BTreeSet::new(),
        operator: "the operator",
        campaign_starts: &|_, _| None,
        limits: &BrakeLimits::default(),
        loss_percent: &|_| Decimal::from(70),
        allowed: &Allowed::default(),
        now,
        by: String::new(),
        workbook_sha256: String::new(),
        snapshot_sha256: String::new(),
        rules_sha256: String::new(),
    };
    let action = act(intent.word).0;
    let decision =
        ResolvedDecision { place: String::new(), action, row, store, hidden: false, intent: Ok(intent.clone()) };
    resolve(&input, &known, &decision, &intent, &mut BTreeSet::new())
}

pub fn in_words(verdict: &Verdict) -> String {
    words_in(Language::ENGLISH, verdict)
}

pub fn words_in(language: Language, verdict: &Verdict) -> String {
    let said = |message: &Message| language.render(message);
    let words = match verdict {
        Verdict::Change { change, .. } => {
            format!("change: {}: {} → {}", said(&change.becomes.message()), said(&change.before), said(&change.after))
        }
        Verdict::AlreadyDone { why, .. } => format!("already: {}", said(why)),
        Verdict::ByHand { task } => format!("by hand: {}", said(&task.message())),
        Verdict::Conflict { exported, wanted, live } => {
            format!("conflict: {}, {}, {}", said(exported), said(wanted), said(live))
        }
        Verdict::Refused { reason, next } => format!("refused: {}; {}", said(reason), said(next)),
    };
    words.replace('\u{a0}', " ")
}

pub fn draft_of(change: &Change) -> &Draft {
    match &change.steps[0].write {
        Write::Create { draft } => draft,
        other => panic!("{other:?} creates nothing"),
    }
}

/// What a platform that does as it is told would show afterwards; none where the coupon is gone.
pub fn carried_out(write: &Write, mut coupon: Coupon) -> Option<Coupon> {
    match write {
        Write::SetEnd { ends, .. } => coupon.usable = Period::new(coupon.usable.starts(), *ends).unwrap(),
        Write::SetTotal { total, .. } => coupon.total = *total,
        Write::SetMinimum { minimum, .. } => coupon.minimum = *minimum,
        Write::End { at, .. } => {
            coupon.usable = Period::new(coupon.usable.starts(), Some(*at)).unwrap();
            coupon.status = Status::Ended;
        }
        Write::Pause { .. } => coupon.status = Status::Paused,
        Write::Enable { .. } => coupon.status = Status::Active,
        Write::Trash { .. } => coupon.status = Status::Trashed,
        Write::Delete { .. } => return None,
        Write::Create { .. } | Write::AddProducts { .. } => {}
    }
    Some(coupon)
}
