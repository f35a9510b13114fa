//! What people look at: a coupon, a store, several stores with one trouble, a campaign; the most urgent first.

use std::collections::BTreeMap;

use crate::domain::{
    Abilities, Export, Finding, FindingCode, FindingKey, NewsItem, Platform, Row, Severity, Store, StoreId, StoreLoad,
    Suggested, Turn, Urgency, about,
};

type Turns<'a> = BTreeMap<&'a FindingKey, Turn>;

/// An item for each that has a finding of `turns`.
pub(super) fn items(
    export: &Export,
    turns: &Turns,
    abilities: &dyn Fn(Platform) -> &'static Abilities,
) -> Vec<NewsItem> {
    let of_plan = plan_items(export, turns);
    let of_stores = store_items(export, turns);
    let of_rows = export.rows.iter().filter_map(|row| of_row(export, row, turns, abilities));
    let mut all: Vec<(Urgency, NewsItem)> = of_stores.into_iter().chain(of_plan).chain(of_rows).collect();
    all.sort_by(|(one, _), (other, _)| one.cmp(other));
    all.into_iter().map(|(_, item)| item).collect()
}

/// The findings of `findings` that are in `turns`, and what became of them at worst.
struct Turned<'f> {
    findings: Vec<&'f Finding>,
    turn: Turn,
}

impl<'f> Turned<'f> {
    fn of(
        findings: impl IntoIterator<Item = &'f Finding>,
        (store, row): (Option<&StoreId>, Option<&Row>),
        turns: &Turns,
    ) -> Option<Self> {
        let row = row.map(|row| &row.key);
        let turn = |finding: &'f Finding| {
            let about = about(row, &finding.why);
            let key = FindingKey { store: store.cloned(), row: row.cloned(), code: finding.code, about };
            Some((finding, *turns.get(&key)?))
        };
        let turned: Vec<(&Finding, Turn)> = findings.into_iter().filter_map(turn).collect();
        let turn = turned.iter().map(|(_, turn)| *turn).min()?;
        Some(Self { findings: turned.into_iter().map(|(finding, _)| finding).collect(), turn })
    }

    fn codes(&self) -> Vec<FindingCode> {
        self.findings.iter().map(|finding| finding.code).collect()
    }

    fn severity(&self) -> Severity {
        self.findings.iter().map(|finding| finding.severity).max().unwrap_or(Severity::Notice)
    }

    /// Of a whole store or of the plan.
    fn item(&self, store: Option<&Store>, campaign: Option<String>) -> Option<(Urgency, NewsItem)> {
        let first = self.findings.first()?;
        let item = NewsItem {
            turn: self.turn,
            severity: self.severity(),
            stores: store.map(|store| store.id.clone()).into_iter().collect(),
            platform: store.map(|store| store.platform),
            coupon: None,
            campaign,
            findings: self.codes(),
            why: first.why.clone(),
            suggested: None,
        };
        Some((Urgency::of_store(item.severity, first.code), item))
    }
}

fn of_row(
    export: &Export,
    row: &Row,
    turns: &Turns,
    abilities: &dyn Fn(Platform) -> &'static Abilities,
) -> Option<(Urgency, NewsItem)> {
    let store = export.store(&row.coupon.store)?;
    let turned = Turned::of(&row.findings, (Some(&store.id), Some(row)), turns)?;
    let suggested = (!row.suggestion.advice.is_calm()).then(|| Suggested {
        suggestion: row.suggestion.clone(),
        store: store.clone(),
        instead: abilities(store.platform).done_instead(&row.suggestion, row.coupon.status),
    });
    let item = NewsItem {
        turn: turned.turn,
        severity: turned.severity(),
        stores: vec![store.id.clone()],
        platform: Some(store.platform),
        coupon: Some(row.coupon.label().to_string()),
        campaign: None,
        findings: turned.codes(),
        why: turned.findings.first()?.why.clone(),
        suggested,
    };
    Some((Urgency::of(row), item))
}

/// Of each campaign that a row of the plan is about.
fn plan_items(export: &Export, turns: &Turns) -> Vec<(Urgency, NewsItem)> {
    let item = |finding: &Finding| Turned::of([finding], (None, None), turns)?.item(None, about(None, &finding.why));
    export.findings.iter().filter_map(item).collect()
}

/// Of whole stores, those of one platform with the same trouble together; and of campaigns in a store.
fn store_items(export: &Export, turns: &Turns) -> Vec<(Urgency, NewsItem)> {
    let mut together: BTreeMap<(Platform, Vec<FindingCode>, String), (Urgency, NewsItem)> = BTreeMap::new();
    let mut items = Vec::new();
    for load in &export.stores {
        let store = &load.store;
        let (of_campaigns, whole): (Vec<&Finding>, Vec<&Finding>) =
            load.findings.iter().partition(|finding| about(None, &finding.why).is_some());
        for finding in of_campaigns {
            let turned = Turned::of([finding], (Some(&store.id), None), turns);
            items.extend(turned.and_then(|turned| turned.item(Some(store), about(None, &finding.why))));
        }
        let Some(turned) = Turned::of(whole, (Some(&store.id), None), turns) else { continue };
        let Some((urgency, mut item)) = turned.item(Some(store), None) else { continue };
        // The finding goes on about the workbook.
        let problem =
            load.load.problem().filter(|_| item.findings.first().is_some_and(|it| FindingCode::OF_LOAD.contains(it)));
        if let Some(problem) = problem {
            item.why = problem.sentence.clone();
        }
        match together.get_mut(&(store.platform, item.findings.clone(), reason(load, &item))) {
            Some((_, first)) => {
                first.turn = first.turn.min(item.turn);
                first.stores.extend(item.stores);
            }
            None => {
                together.insert((store.platform, item.findings.clone(), reason(load, &item)), (urgency, item));
            }
        }
    }
    items.extend(together.into_values());
    items
}

/// Why, without what names the very store and request: letters with digits among them, the store's id and its shop's.
fn reason(load: &StoreLoad, item: &NewsItem) -> String {
    let told = serde_json::to_string(&item.why).unwrap_or_default();
    let shop = load.store.shop.as_str();
    let host = shop.split_once("://").map_or(shop, |(_, host)| host);
    let told = told.replace(load.store.id.as_str(), "").replace(host, "");
    let words = told.split(|letter: char| !letter.is_alphanumeric());
    let plain = words.filter(|word| !word.is_empty() && !word.contains(|letter: char| letter.is_ascii_digit()));
    plain.collect::<Vec<_>>().join(" ")
}
