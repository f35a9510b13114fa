//! What people's channels are told: once, in their language, and nothing lost when a channel or the program fails.

mod letters;
mod model;
mod sending;
mod told;

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use couponbook::domain::*;
use couponbook::export::{changed, only};
use couponbook::platforms::PLATFORMS;
use couponbook::rules::{News, NewsInput, export_news};

use crate::platform;
use crate::workbook_write::fixture;

fn shop(id: &str) -> Store {
    fixture::store(id, platform::SHOPEE, "SGD", chrono_tz::Asia::Singapore, "Mei")
}

fn loaded(store: &Store) -> StoreLoad {
    StoreLoad {
        store: store.clone(),
        load: Load::Loaded { count: 1, expected: None, unreadable: vec![] },
        findings: vec![],
        calls: 1,
        retries: 0,
        seconds: 1.0,
        token_ends: None,
        source: None,
    }
}

fn failed(store: &Store, why: &str) -> StoreLoad {
    let sentence = Message::as_written(why);
    let problem = LoadProblem { sentence, platform_words: None, request_id: None, is_sign_in: false };
    let not_loaded = fixture::finding(FindingCode::StoreNotLoaded, Severity::Critical, why);
    StoreLoad { load: Load::Failed(problem), findings: vec![not_loaded], ..loaded(store) }
}

fn row(store: &Store, code: &'static str, findings: &[(FindingCode, Severity)]) -> Row {
    let findings = findings.iter().map(|(code, severity)| fixture::finding(*code, *severity, "why")).collect();
    let coupon = fixture::coupon(store, &format!("id of {code}"), Some(code), "A coupon");
    fixture::row(store, coupon, findings, Advice::Restock { add: 700 }, Route::Direct)
}

/// The export of one hour after another.
fn export(hour: i64, stores: Vec<StoreLoad>, rows: Vec<Row>) -> Export {
    let at = fixture::at(22, 0, 0) + TimeDelta::hours(hour);
    Export {
        id: ExportId::new(format!("E{hour}")),
        at,
        finished: at + TimeDelta::minutes(7),
        day: chrono::NaiveDate::from_ymd_opt(2026, 11, 22).unwrap(),
        stores,
        findings: Vec::new(),
        parts: Vec::new(),
        rows: rows.into(),
        ..fixture::export()
    }
}

fn listener() -> Listener {
    Listener { topics: Topic::USUAL.into(), stores: None, repeat_after: TimeDelta::hours(24), quiet: None }
}

fn hearing(topics: &[Topic]) -> Listener {
    Listener { topics: topics.iter().copied().collect(), ..listener() }
}

/// A channel that gets whatever is sent, export after export.
struct Reader {
    listener: Listener,
    told: Told,
    before: Option<Export>,
    memory: Memory,
}

impl Reader {
    fn of(listener: Listener) -> Self {
        Self { listener, told: Told::default(), before: None, memory: Memory::default() }
    }

    /// What is said to it of `export`; nothing of it arrives where `arrives` is false.
    fn look(&mut self, export: &Export, arrives: bool) -> Option<ExportNews> {
        let earlier = self.before.as_ref().map(couponbook::archive::Earlier::of);
        let changed = earlier.map(|earlier| changed(&earlier, export, &[], &BTreeMap::new()));
        let scoped = self.listener.stores.as_ref().map(|stores| only(export, stores));
        let News { news, told_now, told_after } = export_news(&NewsInput {
            export: scoped.as_ref().unwrap_or(export),
            look: &export.look(1, |coupon| coupon.label().to_string()),
            changed: changed.as_ref(),
            memory: &self.memory,
            abilities: &|platform| PLATFORMS.abilities(platform),
            told: &self.told,
            listener: &self.listener,
            by_hand_open: 0,
            not_archived: false,
            workbooks: Vec::new(),
            may_attach: true,
        });
        self.told = if news.is_some() && arrives { told_after } else { told_now };
        self.before = Some(export.clone());
        news
    }

    fn hears(&mut self, export: &Export) -> Option<ExportNews> {
        self.look(export, true)
    }
}

/// `new LOW`, `worse sg`: what the items are about, in their order.
fn items(news: &ExportNews) -> Vec<String> {
    let about = |item: &NewsItem| {
        let stores: Vec<&str> = item.stores.iter().map(StoreId::as_str).collect();
        item.coupon.clone().unwrap_or(stores.join("+"))
    };
    news.worst.iter().map(|item| format!("{} {}", <&str>::from(item.turn), about(item))).collect()
}

const BAD: Severity = Severity::Critical;
const WARNING: Severity = Severity::Warning;
const LOW: FindingCode = FindingCode::LowStock;
const OUT: FindingCode = FindingCode::OutOfStock;

fn stores(ids: &[&str]) -> BTreeSet<StoreId> {
    ids.iter().map(|id| StoreId::parse(id).unwrap()).collect()
}
