//! `[rules]` and `[[rules.only]]`: thresholds, severities and switches, for all stores and for some.

use rust_decimal::Decimal;
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

use super::StoreSettings;
use super::typed::{Complaints, Number, currency};
use crate::domain::{FindingCode, Platform, Severity, SpendRange};
use crate::platforms::PLATFORMS;
use crate::rules::{Pattern, Policies, Policy};

/// The keys of both sections; what is left out stays as a less special section has it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct TypedRules {
    // Which stores are meant: in [[rules.only]], one of them at least.
    platform: Option<Spanned<String>>,
    region: Option<Spanned<String>>,
    store: Option<Spanned<String>>,

    low_stock_count: Option<u64>,
    low_stock_percent: Option<Spanned<Number>>,
    runs_out_days: Option<Spanned<i64>>,
    sudden_drop_percent: Option<Spanned<Number>>,
    sudden_drop_count: Option<u64>,
    expiring_days: Option<Spanned<i64>>,
    sign_in_days: Option<Spanned<i64>>,
    percent_max: Option<Spanned<Number>>,
    renew_days: Option<Spanned<i64>>,
    missing_days: Option<Spanned<i64>>,
    restock_percent: Option<u64>,
    min_spend_factor: Option<u64>,
    usual_spend: Option<Vec<TypedSpend>>,
    severity: BTreeMap<Spanned<String>, Spanned<String>>,
    off: Option<Vec<Spanned<String>>>,

    only: Vec<Spanned<TypedRules>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TypedSpend {
    currency: Spanned<String>,
    least: Option<Number>,
    most: Option<Number>,
}

/// Which stores a section is for.
struct Scope {
    platform: Option<Platform>,
    region: Option<String>,
    store: Option<Pattern>,
}

impl TypedRules {
    /// One policy a store: the general section, then each that names the store, the less special first and the later of two
    /// equals last.
    pub fn resolve(mut self, stores: &[StoreSettings], complaints: &mut Complaints) -> Policies {
        let mut only: Vec<(Scope, Change)> = Vec::new();
        for section in std::mem::take(&mut self.only) {
            let at = section.span().start;
            let section = section.into_inner();
            let scope = section.scope(at, stores, complaints);
            let change = section.read(complaints);
            only.extend(scope.map(|scope| (scope, change)));
        }
        // Stable: the order of the file decides between equals.
        only.sort_by_key(|(scope, _)| scope.weight());
        for scope in [&self.platform, &self.region, &self.store].into_iter().flatten() {
            let wanted = "[rules] is for all stores; put it into a [[rules.only]]";
            complaints.at(scope.span().start, format!("{:?} narrows [rules]", scope.get_ref()), wanted);
        }
        let mut usual = Policy::default();
        self.read(complaints).apply(&mut usual);
        let policy_of = |settings: &StoreSettings| {
            let mut policy = usual.clone();
            only.iter().filter(|(scope, _)| scope.is_for(settings)).for_each(|(_, change)| change.apply(&mut policy));
            (settings.store.id.clone(), policy)
        };
        let by_store = if only.is_empty() { BTreeMap::new() } else { stores.iter().map(policy_of).collect() };
        Policies { usual, by_store }
    }

    /// None where it is not a scope; a section that is for no store is a slip of the pen.
    fn scope(&self, at: usize, stores: &[StoreSettings], complaints: &mut Complaints) -> Option<Scope> {
        if self.platform.is_none() && self.region.is_none() && self.store.is_none() {
            let wanted = "name a platform, a region or a store, or move the keys to [rules]";
            complaints.near(at, "a [[rules.only]] says not for which stores", wanted);
            return None;
        }
        if let Some(inner) = self.only.first() {
            complaints.near(inner.span().start, "a [[rules.only]] inside another", "write them one after another");
        }
        let platform = match &self.platform {
            None => None,
            Some(typed) => Some(platform(typed, complaints)?),
        };
        let store = match &self.store {
            None => None,
            Some(typed) => Some(pattern(typed, complaints)?),
        };
        let region = self.region.as_ref().map(|typed| typed.get_ref().trim().to_string());
        let scope = Scope { platform, region, store };
        if !stores.iter().any(|settings| scope.is_for(settings)) {
            let wanted = "check platform, region and store against those of your [[store]]s";
            complaints.near(at, "a [[rules.only]] is for no store here", wanted);
        }
        Some(scope)
    }

    fn read(self, complaints: &mut Complaints) -> Change {
        let mut days = |typed: Option<Spanned<i64>>, name: &str| {
            let days = typed?;
            let (at, days) = (days.span().start, days.into_inner());
            if (0..=3650).contains(&days) {
                return Some(days);
            }
            complaints.at(at, format!("{name} is {days}"), "write a number of days from 0 to 3650");
            None
        };
        let (runs_out_days, expiring_days) =
            (days(self.runs_out_days, "runs_out_days"), days(self.expiring_days, "expiring_days"));
        let (sign_in_days, renew_days) = (days(self.sign_in_days, "sign_in_days"), days(self.renew_days, "renew_days"));
        let missing_days = days(self.missing_days, "missing_days");
        let mut percent = |typed: Option<Spanned<Number>>, name: &str| {
            let typed = typed?;
            let found = typed.get_ref().decimal().filter(|percent| !percent.is_sign_negative());
            if found.is_none() {
                complaints.at(
                    typed.span().start,
                    format!("{name} is not a share"),
                    "write a number, such as 10 or 2.5",
                );
            }
            found
        };
        Change {
            low_stock_percent: percent(self.low_stock_percent, "low_stock_percent"),
            sudden_drop_percent: percent(self.sudden_drop_percent, "sudden_drop_percent"),
            percent_max: percent(self.percent_max, "percent_max"),
            low_stock_count: self.low_stock_count,
            sudden_drop_count: self.sudden_drop_count,
            restock_percent: self.restock_percent,
            min_spend_factor: self.min_spend_factor.map(|factor| factor.max(1)),
            runs_out_days,
            expiring_days,
            sign_in_days,
            renew_days: renew_days.map(|days| days.max(1)),
            missing_days,
            usual_spend: self
                .usual_spend
                .map(|typed| typed.into_iter().filter_map(|spend| spend.resolve(complaints)).collect()),
            severity: self.severity.iter().filter_map(|(code, word)| severity(code, word, complaints)).collect(),
            off: self.off.map(|codes| codes.iter().filter_map(|code| switched_off(code, complaints)).collect()),
        }
    }
}

/// What one section says, checked.
#[derive(Debug, Default)]
struct Change {
    low_stock_count: Option<u64>,
    low_stock_percent: Option<Decimal>,
    runs_out_days: Option<i64>,
    sudden_drop_percent: Option<Decimal>,
    sudden_drop_count: Option<u64>,
    expiring_days: Option<i64>,
    sign_in_days: Option<i64>,
    percent_max: Option<Decimal>,
    renew_days: Option<i64>,
    missing_days: Option<i64>,
    restock_percent: Option<u64>,
    min_spend_factor: Option<u64>,
    usual_spend: Option<Vec<SpendRange>>,
    severity: Vec<(FindingCode, Severity)>,
    off: Option<Vec<FindingCode>>,
}

impl Change {
    /// A list takes the place of a less special one; severities are set one by one.
    fn apply(&self, policy: &mut Policy) {
        fn set<T: Clone>(to: &mut T, said: &Option<T>) {
            if let Some(said) = said {
                to.clone_from(said);
            }
        }
        set(&mut policy.low_stock_count, &self.low_stock_count);
        set(&mut policy.low_stock_percent, &self.low_stock_percent);
        set(&mut policy.runs_out_days, &self.runs_out_days);
        set(&mut policy.sudden_drop_percent, &self.sudden_drop_percent);
        set(&mut policy.sudden_drop_count, &self.sudden_drop_count);
        set(&mut policy.expiring_days, &self.expiring_days);
        set(&mut policy.sign_in_days, &self.sign_in_days);
        set(&mut policy.percent_max, &self.percent_max);
        set(&mut policy.renew_days, &self.renew_days);
        set(&mut policy.missing_days, &self.missing_days);
        set(&mut policy.restock_percent, &self.restock_percent);
        set(&mut policy.min_spend_factor, &self.min_spend_factor);
        set(&mut policy.usual_spend, &self.usual_spend);
        policy.severity.extend(self.severity.iter().copied());
        if let Some(off) = &self.off {
            policy.off = off.iter().copied().collect();
        }
    }
}

impl Scope {
    fn is_for(&self, settings: &StoreSettings) -> bool {
        let in_region = |wanted: &String| {
            settings.region.as_deref().is_some_and(|region| region.trim().to_lowercase() == wanted.to_lowercase())
        };
        self.platform.is_none_or(|platform| platform == settings.store.platform)
            && self.region.as_ref().is_none_or(in_region)
            && self.store.as_ref().is_none_or(|pattern| pattern.matches(settings.store.id.as_str()))
    }

    /// How special it is: a store is more than a region, and a region more than a platform; of two patterns the longer one.
    fn weight(&self) -> (bool, usize, bool, bool) {
        let letters = self.store.as_ref().map_or(0, Pattern::letters_named);
        (self.store.is_some(), letters, self.region.is_some(), self.platform.is_some())
    }
}

fn platform(typed: &Spanned<String>, complaints: &mut Complaints) -> Option<Platform> {
    let found = PLATFORMS.called(typed.get_ref());
    if found.is_none() {
        let what = format!("{:?} is not a platform", typed.get_ref());
        complaints.at(typed.span().start, what, format!("write one of {}", PLATFORMS.words()));
    }
    found.map(|entry| entry.platform)
}

fn pattern(typed: &Spanned<String>, complaints: &mut Complaints) -> Option<Pattern> {
    let found = Pattern::parse(typed.get_ref());
    if found.is_none() {
        complaints.at(typed.span().start, "store is empty", "write a store's id, or a pattern such as shopee-sg-*");
    }
    found
}

fn severity(
    code: &Spanned<String>,
    word: &Spanned<String>,
    complaints: &mut Complaints,
) -> Option<(FindingCode, Severity)> {
    let found = Severity::WORST_FIRST.into_iter().find(|severity| severity.word() == word.get_ref().trim());
    if found.is_none() {
        let what = format!("{:?} is not a severity", word.get_ref());
        complaints.at(word.span().start, what, "write critical, warning or notice; `off` switches a finding off");
    }
    Some((finding(code, complaints)?, found?))
}

fn switched_off(typed: &Spanned<String>, complaints: &mut Complaints) -> Option<FindingCode> {
    use FindingCode::{ListIncomplete, StoreNotLoaded, StoreRestricted};
    let code = finding(typed, complaints)?;
    if matches!(code, StoreNotLoaded | ListIncomplete | StoreRestricted) {
        let what = format!("{code} cannot be switched off");
        complaints.at(typed.span().start, what, "take it out: a store that did not load must never look clean");
        return None;
    }
    Some(code)
}

pub(super) fn finding(typed: &Spanned<String>, complaints: &mut Complaints) -> Option<FindingCode> {
    let found = FindingCode::ALL.into_iter().find(|code| code.code() == typed.get_ref().trim());
    if found.is_none() {
        let known: Vec<_> = FindingCode::ALL.iter().map(|code| code.code()).collect();
        let what = format!("{:?} is not a finding", typed.get_ref());
        complaints.at(typed.span().start, what, format!("write one of {}", known.join(", ")));
    }
    found
}

impl TypedSpend {
    fn resolve(self, complaints: &mut Complaints) -> Option<SpendRange> {
        let at = self.currency.span().start;
        let currency = currency(&self.currency, complaints)?;
        let mut bound = |number: Option<Number>, name: &str| {
            let decimal = number.as_ref().and_then(Number::decimal);
            if number.is_some() && decimal.is_none_or(|decimal| decimal.is_sign_negative()) {
                complaints.at(at, format!("{name} is not an amount"), "write a number, such as 25 or \"25.50\"");
            }
            decimal
        };
        let (least, most) = (bound(self.least, "least"), bound(self.most, "most"));
        if let (Some(least), Some(most)) = (least, most)
            && least > most
        {
            complaints.at(at, format!("least {least} is above most {most}"), "swap them");
        }
        Some(SpendRange { currency, least, most })
    }
}
