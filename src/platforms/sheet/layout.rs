//! What a config says of a store's file: where it lies, what its columns are called, and how its dates, numbers and words are read.

use chrono::Duration;
use chrono_tz::Tz;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use url::Url;

use crate::domain::Status;
use crate::platforms::keys::{Key, KeyKind, KeyProblem, Keys};
use crate::workbook::read::{DateOrder, TextEncoding};

/// A file that is older is not loaded, where the config says nothing else: exports of every day, with half a day to spare.
const USUAL_STALE_HOURS: i64 = 36;
const STALE_HOURS_MAX: i64 = 24 * 366;

pub(super) const KEYS: &[Key] = &[
    Key::needed("shop", KeyKind::Text),
    Key::needed("files", KeyKind::Path),
    Key::optional("page", KeyKind::Text),
    Key::optional("stale_hours", KeyKind::Id),
    Key::optional("complete", KeyKind::Flag),
    Key::optional("encoding", KeyKind::Text),
    Key::optional("preset", KeyKind::Text),
    Key::optional("columns", KeyKind::Pairs),
    Key::optional("dates", KeyKind::Text),
    Key::optional("decimals", KeyKind::Text),
    Key::optional("file_zone", KeyKind::Text),
    Key::optional("statuses", KeyKind::Pairs),
    Key::optional("kinds", KeyKind::Pairs),
];

/// What a column can tell of a coupon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    Code,
    Id,
    Name,
    Starts,
    Ends,
    /// Start and end in one cell.
    Period,
    Zone,
    Kind,
    Value,
    Cap,
    Currency,
    MinSpend,
    Total,
    /// How much of the total is left, where the file says so itself.
    Left,
    /// Whether the total counts pieces or money.
    TotalUnit,
    Used,
    Claimed,
    PerCustomer,
    Status,
    /// For people; kept from being called unknown, and not read.
    Note,
}

/// Each field as the config spells it, and as our own template heads it in each language.
const FIELDS: [(Field, &str, &[&str]); 20] = [
    (Field::Code, "code", &["code", "券码", "优惠码"]),
    (Field::Id, "id", &["id", "coupon id", "id_or_code", "券编号", "编号"]),
    (Field::Name, "name", &["name", "名称", "券名称"]),
    (Field::Starts, "starts", &["start", "starts", "开始时间"]),
    (Field::Ends, "ends", &["end", "ends", "结束时间"]),
    (Field::Period, "period", &["period", "有效期"]),
    (Field::Zone, "zone", &["zone", "time zone", "时区"]),
    (Field::Kind, "kind", &["kind", "优惠方式"]),
    (Field::Value, "value", &["value", "优惠额度"]),
    (Field::Cap, "cap", &["cap", "优惠上限"]),
    (Field::Currency, "currency", &["currency", "币种"]),
    (Field::MinSpend, "min_spend", &["min_spend", "门槛"]),
    (Field::Total, "total", &["total", "发放总量"]),
    (Field::Left, "left", &["left", "剩余"]),
    (Field::TotalUnit, "total_unit", &["total_unit", "总量单位"]),
    (Field::Used, "used", &["used", "已使用"]),
    (Field::Claimed, "claimed", &["claimed", "已领取"]),
    (Field::PerCustomer, "per_customer", &["per_customer", "每人限用"]),
    (Field::Status, "status", &["status", "状态"]),
    (Field::Note, "note", &["note", "备注"]),
];

/// Words that a status column may hold, in both languages of the template.
const STATUS_WORDS: [(Status, &str, &[&str]); 6] = [
    (Status::Scheduled, "scheduled", &["scheduled", "upcoming", "未开始", "待生效"]),
    (Status::Active, "active", &["active", "running", "进行中", "生效中"]),
    (Status::Paused, "paused", &["paused", "已暂停", "暂停"]),
    (Status::InReview, "in_review", &["in review", "in_review", "审核中"]),
    (Status::Rejected, "rejected", &["rejected", "审核未通过", "已驳回"]),
    (Status::Ended, "ended", &["ended", "expired", "已结束", "已过期"]),
];

/// What a number in the column of values is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ValueKind {
    Percent,
    Amount,
    FreeShipping,
}

const KIND_WORDS: [(ValueKind, &str, &[&str]); 3] = [
    (ValueKind::Percent, "percent", &["percent", "%", "percent_off_list_price", "折扣", "百分比"]),
    (ValueKind::Amount, "amount", &["amount", "money", "amount_off_list_price", "立减", "金额"]),
    (ValueKind::FreeShipping, "free_shipping", &["free shipping", "免运费"]),
];

/// A layout that is known of a platform's own export. None was tried on a real file.
struct Preset {
    name: &'static str,
    columns: &'static [(Field, &'static str)],
    dates: DateOrder,
    decimal_sign: char,
    /// Whether it is the list of coupons of a report in JSON.
    is_json: bool,
}

/// Sources: the first is public code that reads the performance export of Shopee's vouchers, in the Indonesian interface;
/// the second the schema of Amazon's report `GET_COUPON_PERFORMANCE_REPORT`, in its public repository of models.
const PRESETS: [Preset; 2] = [SHOPEE_PERFORMANCE, AMAZON_COUPON_REPORT];

const SHOPEE_PERFORMANCE: Preset = Preset {
    name: "shopee-performance",
    columns: &[
        (Field::Name, "Nama Voucher"),
        (Field::Code, "Kode Voucher"),
        (Field::Period, "Periode Klaim"),
        (Field::Claimed, "Klaim"),
        (Field::Used, "Pesanan (Pesanan Siap Dikirim)"),
    ],
    dates: DateOrder::DayFirst,
    decimal_sign: ',',
    is_json: false,
};

/// The unit of a budget, which the report does not name.
pub(super) const BUDGET_UNIT: (&str, &str) = ("budget unit", "money");

const AMAZON_COUPON_REPORT: Preset = Preset {
    name: "amazon-coupon-report",
    columns: &[
        (Field::Id, "couponId"),
        (Field::Name, "name"),
        (Field::Starts, "startDateTime"),
        (Field::Ends, "endDateTime"),
        (Field::Kind, "discountType"),
        (Field::Value, "discountAmount"),
        (Field::Currency, "currencyCode"),
        (Field::Used, "redemptions"),
        (Field::Claimed, "clips"),
        (Field::Total, "budget"),
        (Field::Left, "budgetRemaining"),
        (Field::TotalUnit, BUDGET_UNIT.0),
    ],
    dates: DateOrder::YearFirst,
    decimal_sign: '.',
    is_json: true,
};

/// In which zone the file's times are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileZone {
    Named(Tz),
    OfStore,
    /// A mapping of the user's own says nothing of it.
    Unsaid,
}

#[derive(Debug, Clone)]
pub(super) struct Layout {
    /// Its last part may hold `*` and `?`.
    pub files: PathBuf,
    pub page: Option<String>,
    /// A file that is older is not loaded.
    pub stale: Duration,
    /// Whether a file has every coupon of the store.
    pub has_everything: bool,
    pub encoding: Option<TextEncoding>,
    /// Headings as [`plain`] leaves them, and what each means.
    headings: BTreeMap<String, Field>,
    pub dates: Option<DateOrder>,
    pub decimal_sign: Option<char>,
    pub zone: FileZone,
    statuses: BTreeMap<String, Status>,
    kinds: BTreeMap<String, ValueKind>,
    /// Of a platform's own export, by a layout that no real file has confirmed.
    pub unconfirmed: Option<&'static str>,
    /// What the objects of a report in JSON call what is read of them; none of any other file.
    pub json: Option<Vec<&'static str>>,
}

/// How headings and words are compared: without regard to case, spaces, `_`, `-` and `*`.
pub(super) fn plain(text: &str) -> String {
    let letters = text.chars().filter(|letter| !letter.is_whitespace() && !"_-*".contains(*letter));
    letters.flat_map(char::to_lowercase).collect()
}

impl Field {
    /// As the config spells it.
    pub fn word(self) -> &'static str {
        FIELDS.iter().find(|(field, ..)| *field == self).map_or("", |(_, word, _)| word)
    }
}

impl Layout {
    /// What `keys` say.
    ///
    /// # Errors
    /// All that is wrong with them.
    pub fn of(keys: &Keys) -> Result<Self, Vec<KeyProblem>> {
        let mut reading = Reading { keys, problems: Vec::new() };
        let layout = reading.layout();
        if reading.problems.is_empty() { Ok(layout) } else { Err(reading.problems) }
    }

    pub fn field_of(&self, heading: &str) -> Option<Field> {
        self.headings.get(&plain(heading)).copied()
    }

    /// So many known headings make a row a header row.
    pub fn headings_needed(&self) -> usize {
        const SIGNATURE: usize = 3;
        let fields: std::collections::BTreeSet<Field> = self.headings.values().copied().collect();
        fields.len().min(SIGNATURE)
    }

    /// None of a word that is not known.
    pub fn status_of(&self, word: &str) -> Option<Status> {
        self.statuses.get(&plain(word)).copied()
    }

    pub fn kind_of(&self, word: &str) -> Option<ValueKind> {
        self.kinds.get(&plain(word)).copied()
    }

    pub fn folder(&self) -> &Path {
        match self.files.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        }
    }

    /// The pattern of the file's name.
    pub fn pattern(&self) -> String {
        self.files.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }
}

struct Reading<'k> {
    keys: &'k Keys,
    problems: Vec<KeyProblem>,
}

impl Reading<'_> {
    fn wrong(&mut self, key: &'static str, what: impl Into<String>, wanted: &'static str) {
        self.problems.push(KeyProblem { key: Some(key), what: what.into(), wanted });
    }

    fn layout(&mut self) -> Layout {
        let preset = self.preset();
        let columns = self.pairs("columns");
        let is_template = preset.is_none() && columns.is_empty();
        let headings = self.headings(preset, columns);
        let statuses = self.words(
            "statuses",
            &STATUS_WORDS,
            "write scheduled, active, paused, in_review, rejected or ended before the =",
        );
        let kinds = self.words("kinds", &KIND_WORDS, "write percent, amount or free_shipping before the =");
        let zone = match self.zone() {
            Some(zone) => FileZone::Named(zone),
            None if is_template || preset.is_some() => FileZone::OfStore,
            None => FileZone::Unsaid,
        };
        let dates = self.one_of(
            "dates",
            &[
                ("year-month-day", DateOrder::YearFirst),
                ("day-month-year", DateOrder::DayFirst),
                ("month-day-year", DateOrder::MonthFirst),
            ],
            "write \"year-month-day\", \"day-month-year\" or \"month-day-year\"",
        );
        let decimals = self.one_of(
            "decimals",
            &[("point", '.'), ("comma", ',')],
            "write \"point\" as in 1234.50, or \"comma\" as in 1234,50",
        );
        let encoding = self.one_of(
            "encoding",
            &[
                ("utf-8", None),
                ("gb18030", Some(TextEncoding::Gb18030)),
                ("windows-1252", Some(TextEncoding::Windows1252)),
            ],
            "write \"utf-8\", \"gb18030\" or \"windows-1252\"",
        );
        Layout {
            files: self.files(),
            page: self.page(),
            stale: Duration::hours(self.stale_hours()),
            has_everything: self.keys.flag("complete"),
            encoding: encoding.flatten(),
            headings,
            dates: dates.or(preset.map(|preset| preset.dates)).or(is_template.then_some(DateOrder::YearFirst)),
            decimal_sign: decimals.or(preset.map(|preset| preset.decimal_sign)).or(is_template.then_some('.')),
            zone,
            statuses,
            kinds,
            unconfirmed: preset.map(|preset| preset.name),
            json: preset.filter(|preset| preset.is_json).map(|preset| {
                let names = preset.columns.iter().map(|(_, name)| *name);
                names.filter(|name| *name != BUDGET_UNIT.0).collect()
            }),
        }
    }

    fn files(&mut self) -> PathBuf {
        let files = PathBuf::from(self.keys.text("files").unwrap_or_default());
        let folder = files.parent().map(|folder| folder.to_string_lossy().into_owned()).unwrap_or_default();
        if folder.contains(['*', '?']) {
            self.wrong(
                "files",
                "files: a folder's name holds * or ?",
                "write them into the file's name only: \"drop/temu-us-*.xlsx\"",
            );
        }
        files
    }

    fn page(&mut self) -> Option<String> {
        let page = self.keys.text("page")?;
        let is_link = Url::parse(page).is_ok_and(|url| url.scheme() == "https" && url.has_host());
        if !is_link {
            self.wrong(
                "page",
                format!("page: {page:?} is no link"),
                "write https:// and the address of the shop's page of coupons",
            );
        }
        Some(page.to_string())
    }

    fn stale_hours(&mut self) -> i64 {
        let Some(text) = self.keys.text("stale_hours") else { return USUAL_STALE_HOURS };
        match text.parse::<i64>().ok().filter(|hours| (1..=STALE_HOURS_MAX).contains(hours)) {
            Some(hours) => hours,
            None => {
                self.wrong(
                    "stale_hours",
                    format!("stale_hours is {text}"),
                    "write a number of hours from 1 to 8784, such as 36",
                );
                USUAL_STALE_HOURS
            }
        }
    }

    fn zone(&mut self) -> Option<Tz> {
        let text = self.keys.text("file_zone")?;
        let zone = text.parse().ok();
        if zone.is_none() {
            self.wrong(
                "file_zone",
                format!("file_zone: {text:?} is not a time zone"),
                "write an IANA name, such as Asia/Singapore",
            );
        }
        zone
    }

    fn preset(&mut self) -> Option<&'static Preset> {
        let text = self.keys.text("preset")?;
        let found = PRESETS.iter().find(|preset| preset.name.eq_ignore_ascii_case(text));
        if found.is_none() {
            self.wrong(
                "preset",
                format!("preset: {text:?} is not known"),
                "write \"shopee-performance\" or \"amazon-coupon-report\", or leave it out",
            );
        }
        found
    }

    fn one_of<T: Copy>(&mut self, key: &'static str, words: &[(&str, T)], wanted: &'static str) -> Option<T> {
        let text = self.keys.text(key)?;
        let found = words.iter().find(|(word, _)| word.eq_ignore_ascii_case(text)).map(|(_, value)| *value);
        if found.is_none() {
            self.wrong(key, format!("{key}: {text:?} is none of its words"), wanted);
        }
        found
    }

    /// What is written between the braces of a key, each with its parts between `|`.
    fn pairs(&self, key: &str) -> Vec<(String, Vec<String>)> {
        let written = self.keys.text(key).and_then(|text| serde_json::from_str::<Map<String, Value>>(text).ok());
        let parts =
            |text: &str| text.split('|').map(str::trim).filter(|part| !part.is_empty()).map(str::to_string).collect();
        let pair = |(name, value): (String, Value)| Some((name, parts(value.as_str()?)));
        written.into_iter().flatten().filter_map(pair).collect()
    }

    fn headings(
        &mut self,
        preset: Option<&'static Preset>,
        columns: Vec<(String, Vec<String>)>,
    ) -> BTreeMap<String, Field> {
        const WANTED: &str = "the columns are code, id, name, starts, ends, period, zone, kind, value, cap, currency, min_spend, total, \
                              left, total_unit, used, claimed, per_customer and status";
        if preset.is_none() && columns.is_empty() {
            let own = FIELDS.iter().flat_map(|(field, _, heads)| heads.iter().map(|head| (plain(head), *field)));
            return own.collect();
        }
        let mut headings: BTreeMap<String, Field> =
            preset.iter().flat_map(|preset| preset.columns).map(|(field, head)| (plain(head), *field)).collect();
        for (name, heads) in columns {
            let Some((field, ..)) = FIELDS.iter().find(|(_, word, _)| plain(word) == plain(&name)) else {
                self.wrong("columns", format!("columns: {name:?} is nothing that is known of a coupon"), WANTED);
                continue;
            };
            headings.retain(|_, mapped| mapped != field);
            for head in heads {
                if headings.insert(plain(&head), *field).is_some() {
                    self.wrong(
                        "columns",
                        format!("columns: the heading {head:?} stands there twice"),
                        "give each heading one meaning",
                    );
                }
            }
        }
        let has = |fields: &[Field]| headings.values().any(|field| fields.contains(field));
        if !has(&[Field::Code, Field::Id, Field::Name]) {
            self.wrong("columns", "columns: nothing tells one coupon from another", "add code, id or name");
        }
        if !has(&[Field::Ends, Field::Period]) {
            self.wrong(
                "columns",
                "columns: nothing tells when a coupon ends",
                "add ends, or period where start and end stand in one cell",
            );
        }
        headings
    }

    /// The usual words, and the user's own, which go before them.
    fn words<T: Copy>(
        &mut self,
        key: &'static str,
        usual: &[(T, &str, &[&str])],
        wanted: &'static str,
    ) -> BTreeMap<String, T> {
        let mut words: BTreeMap<String, T> =
            usual.iter().flat_map(|(value, _, words)| words.iter().map(|word| (plain(word), *value))).collect();
        for (name, own) in self.pairs(key) {
            match usual.iter().find(|(_, word, _)| plain(word) == plain(&name)) {
                Some((value, ..)) => words.extend(own.iter().map(|word| (plain(word), *value))),
                None => self.wrong(key, format!("{key}: {name:?} is not known"), wanted),
            }
        }
        words
    }
}
