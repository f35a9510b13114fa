//! Every number that a config may hold, with its range: nothing outside of it reaches the rest of the program.

use rust_decimal::Decimal;
use std::fmt;

/// One number: how its key is called, what it counts and from where to where it goes, both ends included.
#[derive(Debug, PartialEq)]
pub(super) struct Bounds {
    pub key: &'static str,
    unit: Unit,
    least: u64,
    most: u64,
    /// What a complaint shows as right; where a key may be left out, the usual value.
    example: u64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Unit {
    /// Of something that is counted: "number of days".
    Whole(&'static str),
    WholePercent,
    /// May have a fraction, and like every percentage a percent sign.
    Percent,
    /// Of money; may have a fraction.
    Amount,
}

const COUNT: Unit = Unit::Whole("whole number");
const DAYS: Unit = Unit::Whole("number of days");
const HOURS: Unit = Unit::Whole("number of hours");
const SECONDS: Unit = Unit::Whole("number of seconds");
const MINUTES: Unit = Unit::Whole("number of minutes");

const fn bounds(key: &'static str, unit: Unit, least: u64, most: u64, example: u64) -> Bounds {
    Bounds { key, unit, least, most, example }
}

/// What is wrong, and what would be right.
pub(super) type Wrong = (String, String);

/// More than any coupon has vouchers.
const VOUCHERS_MAX: u64 = 1_000_000_000;
/// More than any store has rows.
const ROWS_MAX: u64 = 1_000_000;
/// Ten years.
const DAYS_MAX: u64 = 3_650;
const HOURS_MAX: u64 = DAYS_MAX * 24;
/// A million of millions: what large sums come to in dong and rupiah, and more.
const AMOUNT_MAX: u64 = 1_000_000_000_000;

// [export]
pub(super) const STORES_AT_ONCE: Bounds = bounds("stores_at_once", COUNT, 1, 512, 16);
pub(super) const STORE_DEADLINE_MINUTES: Bounds = bounds("store_deadline_minutes", MINUTES, 1, 1_440, 20);
// [apply]
pub(super) const CREATION_SECONDS: Bounds = bounds("creation_seconds", SECONDS, 0, 900, 150);
// [pace.…] and [[store]]
pub(super) const APP_CALLS_PER_SECOND: Bounds = bounds("app_calls_per_second", COUNT, 1, 10_000, 50);
pub(super) const APP_CALLS_PER_DAY: Bounds = bounds("app_calls_per_day", COUNT, 1, 1_000_000_000, 100_000);
pub(super) const CALLS_PER_SECOND: Bounds = bounds("calls_per_second", COUNT, 1, 1_000, 10);
pub(super) const CALLS_AT_ONCE: Bounds = bounds("calls_at_once", COUNT, 1, 256, 5);
// [rules] and [[rules.only]]
pub(super) const LOW_STOCK_COUNT: Bounds = bounds("low_stock_count", COUNT, 0, VOUCHERS_MAX, 10);
pub(super) const LOW_STOCK_PERCENT: Bounds = bounds("low_stock_percent", Unit::Percent, 0, 100, 10);
pub(super) const RUNS_OUT_DAYS: Bounds = bounds("runs_out_days", DAYS, 0, DAYS_MAX, 14);
pub(super) const SUDDEN_DROP_PERCENT: Bounds = bounds("sudden_drop_percent", Unit::Percent, 0, 100, 50);
pub(super) const SUDDEN_DROP_COUNT: Bounds = bounds("sudden_drop_count", COUNT, 0, VOUCHERS_MAX, 20);
pub(super) const EXPIRING_DAYS: Bounds = bounds("expiring_days", DAYS, 0, DAYS_MAX, 3);
pub(super) const SIGN_IN_DAYS: Bounds = bounds("sign_in_days", DAYS, 0, DAYS_MAX, 7);
pub(super) const MISSING_DAYS: Bounds = bounds("missing_days", DAYS, 0, DAYS_MAX, 14);
pub(super) const EXPIRED_DAYS: Bounds = bounds("expired_days", DAYS, 0, DAYS_MAX, 14);
pub(super) const LOSS_PERCENT: Bounds = bounds("loss_percent", Unit::Percent, 0, 100, 70);
/// As `loss_percent` was called when it judged shares alone.
pub(super) const PERCENT_MAX: Bounds = bounds("percent_max", Unit::Percent, 0, 100, 70);
pub(super) const RENEW_DAYS: Bounds = bounds("renew_days", DAYS, 1, DAYS_MAX, 30);
pub(super) const RESTOCK_PERCENT: Bounds = bounds("restock_percent", Unit::WholePercent, 0, 10_000, 100);
pub(super) const MIN_SPEND_FACTOR: Bounds = bounds("min_spend_factor", COUNT, 1, 1_000, 3);
// [[rules.usual_spend]]
pub(super) const LEAST: Bounds = bounds("least", Unit::Amount, 0, AMOUNT_MAX, 20);
pub(super) const MOST: Bounds = bounds("most", Unit::Amount, 0, AMOUNT_MAX, 150);
// [brakes]
pub(super) const REMOVED_PERCENT: Bounds = bounds("removed_percent", Unit::Percent, 0, 100, 30);
pub(super) const REMOVED_COUNT: Bounds = bounds("removed_count", COUNT, 0, ROWS_MAX, 10);
pub(super) const SAME_ACTION_ROWS: Bounds = bounds("same_action_rows", COUNT, 0, ROWS_MAX, 100);
pub(super) const WORKBOOK_HOURS: Bounds = bounds("workbook_hours", HOURS, 0, HOURS_MAX, 72);
/// Of `[brakes.exposure]`, whose keys are currencies.
pub(super) const EXPOSURE: Bounds = bounds("the cap", Unit::Amount, 0, AMOUNT_MAX * 1_000, 50_000);
// [[message]]
pub(super) const MAIL_PORT: Bounds = bounds("port", COUNT, 1, 65_535, 587);
// [approval]
pub(super) const APPROVAL_REMOVALS: Bounds = bounds("removals", COUNT, 0, ROWS_MAX, 10);
pub(super) const APPROVAL_STORES: Bounds = bounds("stores", COUNT, 0, ROWS_MAX, 5);
pub(super) const APPROVAL_HOURS: Bounds = bounds("hours", HOURS, 1, HOURS_MAX, 24);

// [watch] and [watch.apply]
pub(super) const SETTLE_SECONDS: Bounds = bounds("settle_seconds", SECONDS, 1, 900, 30);
pub(super) const CATCH_UP_HOURS: Bounds = bounds("catch_up_hours", HOURS, 0, 72, 12);
pub(super) const AUTOMATIC_CHANGES: Bounds = bounds("changes", COUNT, 0, ROWS_MAX, 20);
pub(super) const AUTOMATIC_REMOVALS: Bounds = bounds("removals", COUNT, 0, ROWS_MAX, 10);
pub(super) const AUTOMATIC_STORES: Bounds = bounds("stores", COUNT, 0, ROWS_MAX, 5);

impl Bounds {
    /// Both ends included.
    pub fn range(&self) -> (u64, u64) {
        (self.least, self.most)
    }

    pub fn may_have_fraction(&self) -> bool {
        matches!(self.unit, Unit::Percent | Unit::Amount)
    }

    pub fn may_have_percent_sign(&self) -> bool {
        matches!(self.unit, Unit::Percent | Unit::WholePercent)
    }

    /// The number that is written as `written`.
    pub fn read<T: TryFrom<Decimal>>(&self, written: &str) -> Result<T, Wrong> {
        let plain = written.trim();
        let plain = match self.unit {
            Unit::Percent | Unit::WholePercent => plain.strip_suffix('%').map_or(plain, str::trim_end),
            Unit::Whole(_) | Unit::Amount => plain,
        };
        let may_have_fraction = self.may_have_fraction();
        let number = plain.parse::<Decimal>().or_else(|_| Decimal::from_scientific(plain)).ok().filter(|number| {
            (Decimal::from(self.least)..=Decimal::from(self.most)).contains(number)
                && (may_have_fraction || number.is_integer())
        });
        number.and_then(|number| T::try_from(number).ok()).ok_or_else(|| self.wrong(written))
    }

    pub fn wrong(&self, written: &str) -> Wrong {
        let is_word = written.chars().any(char::is_alphabetic);
        let written = if is_word { format!("{written:?}") } else { written.to_string() };
        (format!("{} is {written}", self.key), format!("write {self}"))
    }
}

/// `a number of days from 0 to 3650, such as 14`.
impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { least, most, example, .. } = self;
        match self.unit {
            Unit::Whole(unit) => write!(f, "a {unit} from {least} to {most}, such as {example}"),
            Unit::WholePercent => write!(f, "a whole number of percent from {least} to {most}, such as {example}"),
            Unit::Percent => write!(f, "a share from {least} to {most} percent, such as {example} or \"{example}%\""),
            Unit::Amount => write!(f, "an amount from {least} to {most}, such as {example} or {example}.50"),
        }
    }
}
