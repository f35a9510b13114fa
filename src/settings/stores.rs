//! The stores of the config and of the list of stores: both are read and checked by the same rules.
//!
//! What only one platform asks for stands in that platform's entry; no platform's key is named here.

use secrecy::ExposeSecret;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use toml::Spanned;
use url::Url;

use super::asked::Form;
use super::complaints::{Complaints, Places, Problem};
use super::pace;
use super::sample::Samples;
use super::secret::{Hiding, NOT_LOOKED_UP, NoSecret, SecretPlace};
use super::section::Section;
use super::words::{currency, platform, platform_form, zone};
use super::{Reach, StoreSettings};
use crate::domain::{Access, Platform, ShopId, Store, StoreId};
use crate::language::Language;
use crate::platforms::{Account, ConnectError, Entry, Key, KeyKind, Keys, Place, Platforms, Proxy};
use crate::replies::LanguageTag;

/// The keys that every store needs.
pub(super) const NEEDED: [&str; 4] = ["id", "platform", "currency", "time_zone"];
/// The others that every store may have.
const COMMON: [&str; 15] = [
    "endpoint",
    "access",
    "owner",
    "language",
    "region",
    "group",
    "tags",
    "proxy",
    "ca_file",
    "allow_http",
    "app_calls_per_second",
    "app_calls_per_day",
    "calls_per_second",
    "calls_at_once",
    "delete_permanently",
];
const ID: Form = Form::Like(
    "at most 40 of a-z, 0-9, `-`, `_` and `.`, beginning with a letter or digit",
    "^[a-z0-9]([a-z0-9._-]{0,38}[a-z0-9_-])?$",
);
const ENDPOINT: Form =
    Form::Like("an address with https://, or `sandbox`", "^(\\s*[A-Za-z][A-Za-z0-9+.-]*://.+|sandbox)$");
/// The endpoint of a mock shop, which needs none of its platform's keys.
pub(super) const SANDBOX: &str = "sandbox";
const ACCESS: [(&str, Access); 2] = [("read-write", Access::ReadWrite), ("read-only", Access::ReadOnly)];

/// All keys of a store, on whichever platform.
pub(super) fn keys(platforms: Platforms) -> Vec<&'static str> {
    let mut keys = [NEEDED.as_slice(), &COMMON].concat();
    for key in platforms.entries().flat_map(|entry| entry.keys) {
        if !keys.contains(&key.name) {
            keys.push(key.name);
        }
    }
    keys
}

/// The stores of all sources, never two of one name or on one shop.
pub(super) struct Gathering<'a> {
    pub platforms: Platforms,
    home: &'a Path,
    hiding: Hiding<'a>,
    pub stores: Vec<StoreSettings>,
    pub remarks: Vec<String>,
    /// Where each store is written: `stores.csv:12`.
    ids: BTreeMap<StoreId, String>,
    shops: BTreeMap<(Platform, ShopId), StoreId>,
    /// Keys of one platform in stores of another.
    unused: BTreeMap<(&'static str, Platform), Vec<StoreId>>,
}

impl<'a> Gathering<'a> {
    pub fn new(platforms: Platforms, home: &'a Path, hiding: Hiding<'a>) -> Self {
        Self {
            platforms,
            home,
            hiding,
            stores: Vec::new(),
            remarks: Vec::new(),
            ids: BTreeMap::new(),
            shops: BTreeMap::new(),
            unused: BTreeMap::new(),
        }
    }

    /// A store as it is written; one with a mistake is left out and complained about.
    pub fn add(&mut self, section: Section<'_>) {
        let complaints = section.complaints;
        let Some((settings, at)) = self.read(section) else { return };
        self.refuse_doubles(&settings.store, at, complaints);
        self.stores.push(settings);
    }

    /// The stores, and what is told of them for the eye.
    pub fn end(mut self) -> (Vec<StoreSettings>, Vec<String>) {
        for ((key, platform), stores) in self.unused {
            let name = self.platforms.name(platform);
            let others = if stores.len() > 1 { format!(" and {} more", stores.len() - 1) } else { String::new() };
            let first = stores.first().map_or("", StoreId::as_str);
            self.remarks.push(format!("{first}{others}: {key} is no key of {name} and is not used"));
        }
        (self.stores, self.remarks)
    }

    /// The store, and the place of its id.
    fn read(&mut self, mut section: Section<'_>) -> Option<(StoreSettings, usize)> {
        let it = &mut section;
        let (complaints, before) = (it.complaints, it.complaints.count());
        let [id_key, platform_key, currency_key, zone_key] = NEEDED;
        let (id, platform_word) = (it.needed_as(id_key, ID), it.needed_as(platform_key, platform_form(self.platforms)));
        let (currency_word, zone_name) =
            (it.needed_as(currency_key, Form::Currency), it.needed_as(zone_key, Form::Zone));
        let endpoint = it.text_as("endpoint", ENDPOINT);
        let language = it.text("language");
        let access = it.choice("access", "a kind of access", ACCESS).unwrap_or_default();
        let [owner, region, group] = ["owner", "region", "group"].map(|key| it.word(key));
        let tags = it.texts("tags").unwrap_or_default().into_iter().map(Spanned::into_inner).collect();
        let proxy = it.proxy("proxy");
        let ca_file = it.path("ca_file").map(|path| self.home.join(path));
        let [allow_http, delete_permanently] =
            ["allow_http", "delete_permanently"].map(|key| it.flag(key).unwrap_or(false));
        let pace = pace::read(it);
        let is_misread = complaints.count() > before;
        let entry = platform_word.and_then(|word| platform(&word, self.platforms, complaints));
        let known = complaints.count();
        let given = entry.map_or_else(BTreeMap::new, |entry| given(it, entry));
        let unused = unused(it, self.platforms, entry);
        section.end();
        // What is missing or wrong besides may follow from that.
        if is_misread || complaints.count() > known {
            return None;
        }

        let currency = currency_word.and_then(|word| currency(&word, complaints));
        let zone = zone_name.and_then(|name| zone(&name, complaints));
        let tongue = language.and_then(|tag| tongue(&tag, complaints));
        let parsed = |id: &Spanned<String>| {
            let parsed = StoreId::parse(id.get_ref());
            parsed.map_err(|error| complaints.at(id.span().start, error.to_string(), "")).ok()
        };
        let store_id = id.as_ref().and_then(parsed);
        let (id, entry) = (id?, entry?);
        let lacking = RefCell::default();
        let writing = Writing { id: &id, entry, home: self.home, hiding: self.hiding, complaints, lacking: &lacking };
        let is_sandboxed = endpoint.as_ref().is_some_and(|endpoint| endpoint.get_ref() == SANDBOX);
        // Before anything is given up, so that all that is wrong with a store is told at once.
        let reached = if is_sandboxed { None } else { Some(writing.reached(given, endpoint, proxy)) };
        let store_id = store_id?;
        let shop = match &reached {
            None => ShopId::new(format!("sandbox/{store_id}")),
            Some(reached) => reached.as_ref()?.0.shop.clone(),
        };
        for key in unused {
            self.unused.entry((key, entry.abilities.platform)).or_default().push(store_id.clone());
        }
        if allow_http {
            self.remarks.push(format!("{store_id}: allow_http = true, so anyone on the way can read what is sent"));
        }
        let (currency, zone) = (currency?, zone?);
        let store = Store { id: store_id, platform: entry.abilities.platform, shop, currency, zone, access, owner };
        let reach = match reached.flatten() {
            None => Reach::Sandbox,
            Some((Place { endpoint, .. }, keys, proxy)) => {
                let account =
                    Box::new(Account { store: store.clone(), endpoint, keys, proxy, ca_file, allow_http, pace });
                let why: Vec<String> = lacking.take().iter().map(Problem::to_string).collect();
                match (why.is_empty(), self.hiding.needs.store_secrets) {
                    (true, true) => Reach::Platform(account),
                    (true, false) => Reach::Locked { account, why: NOT_LOOKED_UP.to_string() },
                    (false, _) => Reach::Locked { account, why: why.join("; ") },
                }
            }
        };
        let settings = StoreSettings { store, reach, delete_permanently, tongue, region, group, tags };
        (complaints.count() == before).then_some((settings, id.span().start))
    }

    fn refuse_doubles(&mut self, store: &Store, at: usize, complaints: &Complaints) {
        let id = &store.id;
        let line = complaints.line(at).map_or(String::new(), |line| format!(":{line}"));
        let here = format!("{}{line}", complaints.file.display());
        if let Some(there) = self.ids.insert(id.clone(), here) {
            let wanted = format!("give each an id of its own; the other is at {there}");
            complaints.near(at, format!("two stores are called {id}"), wanted);
        }
        let Some(other) = self.shops.insert((store.platform, store.shop.clone()), id.clone()) else { return };
        // A sandboxed store's shop is named after it, so that one mistake is not told twice.
        if other != *id {
            let wanted = match self.ids.get(&other) {
                Some(there) => format!("keep one of them: a change must never be made twice; the other is at {there}"),
                None => "keep one of them: a change must never be made twice".to_string(),
            };
            complaints.near(at, format!("{id} is the same shop as {other}"), wanted);
        }
    }
}

/// What is written for the keys of a platform; none where it cannot be read, which was complained about.
type Given = BTreeMap<&'static str, Option<Spanned<SecretPlace>>>;

/// What is written for the keys of `entry`, by key. Whatever is not read because of another key counts as not written.
fn given(section: &mut Section<'_>, entry: &'static Entry) -> Given {
    let mut given = BTreeMap::new();
    for key in entry.keys {
        section.declare(key.name, form(key.kind));
        if key.is_needed {
            section.declare_needed(key.name);
        }
        let is_read = section.is_given(key.name) && key.unless.is_none_or(|other| !section.is_given(other));
        section.allow(key.name);
        if is_read {
            given.insert(key.name, written(section, key));
        }
    }
    given
}

pub(super) fn form(kind: KeyKind) -> Form {
    match kind {
        KeyKind::Text => Form::Text,
        KeyKind::Id => Form::Id,
        KeyKind::Path => Form::Path,
        KeyKind::Pairs => Form::Pairs,
        KeyKind::Flag => Form::Flag,
        KeyKind::Secret => Form::Secret,
    }
}

fn written(section: &mut Section<'_>, key: &'static Key) -> Option<Spanned<SecretPlace>> {
    let text = match key.kind {
        KeyKind::Text => section.text(key.name),
        KeyKind::Id => section.digits(key.name),
        KeyKind::Path => section.path(key.name).map(|path| Spanned::new(0..0, path.to_string_lossy().into_owned())),
        KeyKind::Pairs => section.pairs(key.name),
        KeyKind::Flag => section.flag(key.name).map(|flag| Spanned::new(0..0, flag.to_string())),
        KeyKind::Secret => return section.secret(key.name),
    };
    text.map(|text| Spanned::new(text.span(), SecretPlace::WrittenOut(text.into_inner())))
}

/// The keys that are written and belong to other platforms than `entry`.
fn unused(section: &mut Section<'_>, platforms: Platforms, entry: Option<&'static Entry>) -> Vec<&'static str> {
    let mut unused = Vec::new();
    for key in keys(platforms).into_iter().filter(|key| !NEEDED.contains(key) && !COMMON.contains(key)) {
        let is_own = entry.is_none_or(|entry| entry.keys.iter().any(|own| own.name == key));
        if !is_own && section.is_given(key) {
            unused.push(key);
        }
        section.allow(key);
    }
    unused
}

fn tongue(tag: &Spanned<String>, complaints: &Complaints) -> Option<LanguageTag> {
    let what = format!("language: {:?} is not the tag of a language", tag.get_ref());
    let wanted = "write what customers of the store read: en, ms, zh-TW";
    complaints.read(LanguageTag::parse(tag.get_ref()), tag.span().start, what, wanted)
}

/// One store while its platform's keys are read.
struct Writing<'a> {
    id: &'a Spanned<String>,
    entry: &'static Entry,
    home: &'a Path,
    hiding: Hiding<'a>,
    complaints: &'a Complaints<'a>,
    /// Secrets that are not where the config says: they cost this store, and no other.
    lacking: &'a RefCell<Vec<Problem>>,
}

impl Writing<'_> {
    /// Where the store is reached, with what keys and through which proxy; none where any of it is missing or wrong.
    fn reached(
        &self,
        given: Given,
        endpoint: Option<Spanned<String>>,
        proxy: Option<Spanned<SecretPlace>>,
    ) -> Option<(Place, Keys, Option<Proxy>)> {
        let mut keys = Keys::default();
        for key in self.entry.keys {
            let value = match given.get(key.name) {
                None if key.is_needed => {
                    let wanted = self.add(key.name);
                    self.of_store(self.id.span().start, format!("{} is missing", key.name), wanted);
                    None
                }
                None => continue,
                Some(None) => None,
                Some(Some(place)) if matches!(key.kind, KeyKind::Secret) => {
                    self.secret(key.name, place).map(|found| found.unwrap_or_else(|| NOT_LOOKED_UP.to_string()))
                }
                Some(Some(place)) => place.get_ref().open_text().map(|text| match key.kind {
                    KeyKind::Path => self.home.join(text).to_string_lossy().into_owned(),
                    _ => text.to_string(),
                }),
            };
            value.into_iter().for_each(|text| keys.set(key, text));
        }
        let proxy = proxy.map(|place| self.proxy(&place));
        let endpoint = endpoint.map(|text| self.address(&text));
        if endpoint == Some(None) {
            return None;
        }
        let place = self.entry.place(&keys, endpoint.flatten()).map_err(|problems| {
            for problem in problems {
                match problem.key.and_then(|key| given.get(key)?.as_ref()) {
                    Some(place) => self.complaints.at(place.span().start, problem.what, problem.wanted),
                    None => self.of_store(self.id.span().start, problem.what, problem.wanted),
                }
            }
        });
        let proxy = proxy.unwrap_or(Some(None))?;
        Some((place.ok()?, keys, proxy))
    }

    /// What to write for a key that is missing, with the example of its platform where there is one.
    fn add(&self, key: &str) -> String {
        let decided = ("platform", self.entry.abilities.platform.word());
        let such_as = match Samples::all().of_only("store", decided, key) {
            Some(sample) if sample.says.is_empty() => format!(", such as {}", sample.line()),
            Some(sample) => format!(", such as {} ({})", sample.line(), sample.says),
            None => String::new(),
        };
        match self.complaints.places {
            Places::Text(_) => format!("add {key}{such_as}; `couponbook init` writes an example"),
            Places::Cells(_) => format!("fill in the column {key}; docs/stores.md says which keys each platform needs"),
        }
    }

    fn address(&self, text: &Spanned<String>) -> Option<Url> {
        let url = Url::parse(text.get_ref().trim()).ok().filter(Url::has_host);
        let what = format!("{:?} is not an address", text.get_ref());
        self.complaints.read(url, text.span().start, what, "write https:// and a host, or \"sandbox\"")
    }

    // A proxy with a user and a password is a secret; one without is not. The inner none: it is one that was not found.
    fn proxy(&self, place: &Spanned<SecretPlace>) -> Option<Option<Proxy>> {
        let text = match place.get_ref().open_text() {
            Some(open) if !open.contains('@') => open.to_string(),
            _ => match self.secret("proxy", place)? {
                Some(found) => found,
                None => return Some(None),
            },
        };
        Proxy::parse(&text)
            .map_err(|ConnectError(why)| self.complaints.at(place.span().start, Language::ENGLISH.render(&why), ""))
            .ok()
            .map(Some)
    }

    /// None where the config names no place; the inner none where nothing was found there, or it was not looked up.
    fn secret(&self, name: &str, place: &Spanned<SecretPlace>) -> Option<Option<String>> {
        let (at, example) = (place.span().start, self.complaints.secret_example(name));
        if place.get_ref().is_named() && !self.hiding.needs.store_secrets {
            return Some(None);
        }
        match place.get_ref().secret(name, example, self.home, self.hiding) {
            Ok(secret) => Some(Some(secret.expose_secret().to_string())),
            Err(NoSecret::Unnamed((what, wanted))) => {
                self.of_store(at, what, wanted);
                None
            }
            Err(NoSecret::Missing((what, wanted))) => {
                self.lacking.borrow_mut().push(self.complaints.problem(at, what, wanted));
                Some(None)
            }
        }
    }

    fn of_store(&self, place: usize, what: impl Into<String>, wanted: impl Into<String>) {
        self.complaints.of_store(self.id.get_ref(), place, what, wanted);
    }
}
