//! `[rules]` and `[[rules.only]]`: thresholds, severities and switches, for all stores and for some.

use rust_decimal::Decimal;
use std::collections::BTreeMap;
use toml::Spanned;

use super::StoreSettings;
use super::asked::Form;
use super::bounds;
use super::complaints::Complaints;
use super::section::Section;
use super::words::{choice, currency, platform, platform_form};
use crate::domain::{FindingCode, Platform, Severity, SpendRange};
use crate::platforms::Platforms;
use crate::rules::{Pattern, Policies, Policy};

/// Which stores a section is for.
struct Scope {
    platform: Option<Platform>,
    region: Option<String>,
    store: Option<Pattern>,
}

/// One policy a store: the general section, then each that names the store, the less special first and the later of two equals
/// last. `is_whole` where no store was left out for a mistake in it.
pub(super) fn policies(mut rules: Section, platforms: Platforms, stores: &[StoreSettings], is_whole: bool) -> Policies {
    for key in ["platform", "region", "store"] {
        if let Some(scope) = rules.misplaced(key) {
            let wanted = "[rules] is for all stores; put it into a [[rules.only]]";
            rules.complaints.at(scope.span().start, format!("{:?} narrows [rules]", scope.get_ref()), wanted);
        }
    }
    let mut only: Vec<(Scope, Change)> = Vec::new();
    for mut section in rules.sections("only") {
        let scope = Scope::read(&mut section, platforms, stores, is_whole);
        let change = Change::read(section);
        only.extend(scope.map(|scope| (scope, change)));
    }
    // Stable: the order of the file decides between equals.
    only.sort_by_key(|(scope, _)| scope.weight());
    let mut usual = Policy::default();
    Change::read(rules).apply(&mut usual);
    let policy_of = |settings: &StoreSettings| {
        let mut policy = usual.clone();
        only.iter().filter(|(scope, _)| scope.is_for(settings)).for_each(|(_, change)| change.apply(&mut policy));
        (settings.store.id.clone(), policy)
    };
    let by_store = if only.is_empty() { BTreeMap::new() } else { stores.iter().map(policy_of).collect() };
    Policies { usual, by_store }
}

/// What one section says, checked; what it leaves out stays as a less special one has it.
#[derive(Default)]
struct Change {
    set: Vec<Setting>,
}

type Setting = Box<dyn Fn(&mut Policy)>;

impl Change {
    /// A list takes the place of a less special one; severities are set one by one.
    fn read(mut section: Section) -> Self {
        let mut change = Self::default();
        let it = &mut section;
        change.set(it.number(&bounds::LOW_STOCK_COUNT), |policy| &mut policy.low_stock_count);
        change.set(it.number(&bounds::LOW_STOCK_PERCENT), |policy| &mut policy.low_stock_percent);
        change.set(it.number(&bounds::RUNS_OUT_DAYS), |policy| &mut policy.runs_out_days);
        change.set(it.number(&bounds::SUDDEN_DROP_PERCENT), |policy| &mut policy.sudden_drop_percent);
        change.set(it.number(&bounds::SUDDEN_DROP_COUNT), |policy| &mut policy.sudden_drop_count);
        change.set(it.number(&bounds::EXPIRING_DAYS), |policy| &mut policy.expiring_days);
        change.set(it.number(&bounds::SIGN_IN_DAYS), |policy| &mut policy.sign_in_days);
        change.set(it.number(&bounds::MISSING_DAYS), |policy| &mut policy.missing_days);
        change.set(it.number(&bounds::EXPIRED_DAYS), |policy| &mut policy.expired_days);
        change.set(it.old_number(&bounds::PERCENT_MAX, bounds::LOSS_PERCENT.key), |policy| &mut policy.loss_percent);
        change.set(it.number(&bounds::LOSS_PERCENT), |policy| &mut policy.loss_percent);
        change.set(it.number(&bounds::RENEW_DAYS), |policy| &mut policy.renew_days);
        change.set(it.number(&bounds::RESTOCK_PERCENT), |policy| &mut policy.restock_percent);
        change.set(it.number(&bounds::MIN_SPEND_FACTOR), |policy| &mut policy.min_spend_factor);
        let spends = it.given_sections("usual_spend");
        change
            .set(spends.map(|spends| spends.into_iter().filter_map(spend).collect()), |policy| &mut policy.usual_spend);
        let complaints = it.complaints;
        let off = it.texts_as(
            "off",
            Form::Word(
                FindingCode::ALL
                    .iter()
                    .filter(|code| !FindingCode::OF_LOAD.contains(code))
                    .map(|code| code.code())
                    .collect(),
            ),
        );
        let codes = off.map(|codes| codes.iter().filter_map(|code| switched_off(code, complaints)).collect());
        change.set(codes, |policy| &mut policy.off);
        for (code, word) in it.section("severity").entries(finding_form(), severity_form()) {
            let severity = severity(&word, complaints);
            if let (Some(code), Some(severity)) = (finding(&code, complaints), severity) {
                change.set.push(Box::new(move |policy| {
                    policy.severity.insert(code, severity);
                }));
            }
        }
        section.end();
        change
    }

    fn set<T: Clone + 'static>(&mut self, said: Option<T>, field: fn(&mut Policy) -> &mut T) {
        if let Some(said) = said {
            self.set.push(Box::new(move |policy| field(policy).clone_from(&said)));
        }
    }

    fn apply(&self, policy: &mut Policy) {
        self.set.iter().for_each(|set| set(policy));
    }
}

impl Scope {
    /// None where it is not a scope; a section that is for no store is a slip of the pen.
    fn read(section: &mut Section, platforms: Platforms, stores: &[StoreSettings], is_whole: bool) -> Option<Self> {
        let (at, complaints) = (section.at, section.complaints);
        if let Some(inner) = section.misplaced("only") {
            complaints.near(inner.span().start, "a [[rules.only]] inside another", "write them one after another");
        }
        let platform_word = section.text_as("platform", platform_form(platforms));
        let [region, store] = ["region", "store"].map(|key| section.text(key));
        if platform_word.is_none() && region.is_none() && store.is_none() {
            let wanted = "name a platform, a region or a store, or move the keys to [rules]";
            complaints.near(at, "a [[rules.only]] says not for which stores", wanted);
            return None;
        }
        let platform = match &platform_word {
            None => None,
            Some(word) => Some(platform(word, platforms, complaints)?.abilities.platform),
        };
        let store = match &store {
            None => None,
            Some(typed) => Some(pattern(typed, complaints)?),
        };
        let region = region.map(|typed| typed.get_ref().trim().to_string());
        let scope = Self { platform, region, store };
        if is_whole && !stores.iter().any(|settings| scope.is_for(settings)) {
            let wanted = "check platform, region and store against those of your [[store]]s";
            complaints.near(at, "a [[rules.only]] is for no store here", wanted);
        }
        Some(scope)
    }

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

fn pattern(typed: &Spanned<String>, complaints: &Complaints) -> Option<Pattern> {
    let wanted = "write a store's id, or a pattern such as shopee-sg-*";
    complaints.read(Pattern::parse(typed.get_ref()), typed.span().start, "store is empty", wanted)
}

pub(super) fn severity_form() -> Form {
    Form::Word(Severity::WORST_FIRST.iter().map(|severity| severity.word()).collect())
}

pub(super) fn finding_form() -> Form {
    Form::Word(FindingCode::ALL.iter().map(|code| code.code()).collect())
}

pub(super) fn severity(typed: &Spanned<String>, complaints: &Complaints) -> Option<Severity> {
    choice(typed, "a severity", Severity::WORST_FIRST.map(|severity| (severity.word(), severity)), complaints)
}

fn switched_off(typed: &Spanned<String>, complaints: &Complaints) -> Option<FindingCode> {
    let code = finding(typed, complaints)?;
    if FindingCode::OF_LOAD.contains(&code) {
        let what = format!("{code} cannot be switched off");
        complaints.at(typed.span().start, what, "take it out: a store that did not load must never look clean");
        return None;
    }
    Some(code)
}

pub(super) fn finding(typed: &Spanned<String>, complaints: &Complaints) -> Option<FindingCode> {
    choice(typed, "a finding", FindingCode::ALL.iter().map(|code| (code.code(), *code)), complaints)
}

fn spend(mut section: Section) -> Option<SpendRange> {
    let (at, complaints) = (section.at, section.complaints);
    let typed = section.needed_as("currency", Form::Currency);
    let (least, most) = (section.number(&bounds::LEAST), section.number(&bounds::MOST));
    section.end();
    let currency = currency(&typed?, complaints)?;
    if let (Some(least), Some(most)) = (least, most)
        && least > most
    {
        complaints.at(at, format!("least {least} is above most {most}"), "swap them");
    }
    let decimals = currency.decimals();
    for amount in [least, most].into_iter().flatten().filter(|amount: &Decimal| amount.normalize().scale() > decimals) {
        let wanted = format!("{currency} has {decimals} decimals; write {}", amount.round_dp(decimals));
        complaints.at(at, format!("{amount} has more decimals than {currency}"), &wanted);
    }
    Some(SpendRange { currency, least, most })
}
