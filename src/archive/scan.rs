//! One lazy scan over many of the archive's tables, and cells out of what it answers.
//!
//! A scan names its columns beforehand: what is not named is never read from the disk, columns that older files lack are blank,
//! and those that newer files have besides do not disturb.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use polars::prelude::*;
use rust_decimal::Decimal;

use super::ArchiveError;
use crate::domain::{Currency, Exposure, Message, Money, Timestamp};
use crate::durable;

/// The column that says which file a row is from.
pub(super) const FILE: &str = "couponbook_file";

/// Every row of `files`, with these columns (names, with spaces between) and [`FILE`]. Nothing is read yet. What a column holds
/// the files say, the newest before the oldest; one that neither has is blank.
pub(super) fn scan(files: &[PathBuf], columns: &str) -> PolarsResult<LazyFrame> {
    let paths = files.iter().map(|file| PlRefPath::try_from_path(file)).collect::<PolarsResult<Vec<_>>>()?;
    let known: Vec<SchemaRef> =
        files.last().into_iter().chain(files.first()).map(|file| schema_of(file)).collect::<Result<_, _>>()?;
    let kind = |name: &str| known.iter().find_map(|schema| schema.get(name).cloned()).unwrap_or(DataType::String);
    // Counts were without a sign once: what is read of either kind is read as one that holds both.
    let is_count = |name: &&str| matches!(kind(name), DataType::UInt64 | DataType::Int64);
    let counts: Vec<Expr> = columns.split(' ').filter(is_count).map(|name| col(name).cast(DataType::UInt64)).collect();
    let read_as = |name: &str| if is_count(&name) { DataType::Int128 } else { kind(name) };
    let schema: Schema = columns.split(' ').map(|name| Field::new(name.into(), read_as(name))).collect();
    let options = ParquetOptions { schema: Some(Arc::new(schema)), ..ParquetOptions::default() };
    let arguments = UnifiedScanArgs {
        // The folders' own columns are not needed, and a name is never a pattern.
        hive_options: HiveOptions::new_disabled(),
        glob: false,
        missing_columns_policy: MissingColumnsPolicy::Insert,
        extra_columns_policy: ExtraColumnsPolicy::Ignore,
        cast_columns_policy: CastColumnsPolicy { integer_upcast: true, ..CastColumnsPolicy::ERROR_ON_MISMATCH },
        include_file_paths: Some(FILE.into()),
        ..UnifiedScanArgs::default()
    };
    let rows = DslBuilder::scan_parquet(ScanSources::Paths(paths.into_iter().collect()), options, arguments)?.build();
    Ok(LazyFrame::from(rows).with_columns(counts))
}

fn schema_of(file: &Path) -> PolarsResult<SchemaRef> {
    let arrow = ParquetReader::new(durable::open(file)?).schema()?;
    Ok(Arc::new(Schema::from_arrow_schema(&arrow)))
}

/// The rows whose `column` holds one of `values`.
pub(super) fn having<'v>(
    rows: LazyFrame,
    column: &str,
    values: impl Iterator<Item = &'v str>,
) -> PolarsResult<LazyFrame> {
    let values: BTreeSet<&str> = values.collect();
    let values: Vec<&str> = values.into_iter().collect();
    let wanted = DataFrame::new(values.len(), vec![Column::new(column.into(), values)])?.lazy();
    Ok(rows.join(wanted, [col(column)], [col(column)], JoinArgs::new(JoinType::Inner)))
}

/// How [`FILE`] spells `file`.
pub(super) fn spelled(file: &Path) -> PolarsResult<String> {
    Ok(PlRefPath::try_from_path(file)?.as_str().to_string())
}

/// Runs the query in pieces that fit into memory. `root` is named where a table cannot be read.
pub(super) fn answer(query: PolarsResult<LazyFrame>, root: &Path) -> Result<Answer, ArchiveError> {
    // One query has one answer: several come only of several sinks, and none is asked for here.
    let collect = |query: LazyFrame| Ok(query.collect_with_engine(Engine::Streaming)?.unwrap_single());
    // The tables are opened by polars itself.
    let frame = query.and_then(|query| durable::patiently_within(|| collect(query.clone())));
    let frame = frame.map_err(|source| ArchiveError::unreadable(root, source))?;
    Ok(Answer { frame })
}

/// The rows that came of a query.
pub(super) struct Answer {
    frame: DataFrame,
}

impl Answer {
    /// Reads each row with `read`, which asks for cells by column.
    pub(super) fn rows<T>(&self, mut read: impl FnMut(&Cell) -> Option<T>) -> Vec<T> {
        (0..self.frame.height()).filter_map(|row| read(&Cell { frame: &self.frame, row })).collect()
    }
}

/// One row of an answer. A cell that is blank, of another kind than asked for, or not there, is none.
pub(super) struct Cell<'a> {
    frame: &'a DataFrame,
    row: usize,
}

impl<'a> Cell<'a> {
    fn value(&self, name: &str) -> Option<AnyValue<'a>> {
        // A column of one value would give it as its own, and not as a part of the column.
        self.frame.column(name).ok()?.as_materialized_series().get(self.row).ok()
    }

    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        match self.value(name)? {
            AnyValue::String(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn count(&self, name: &str) -> Option<u64> {
        self.value(name)?.extract()
    }

    pub(super) fn share(&self, name: &str) -> Option<f64> {
        self.value(name)?.extract()
    }

    pub(super) fn yes(&self, name: &str) -> Option<bool> {
        self.value(name)?.extract_bool()
    }

    pub(super) fn instant(&self, name: &str) -> Option<Timestamp> {
        match self.value(name)? {
            AnyValue::Datetime(micros, TimeUnit::Microseconds, _)
            | AnyValue::DatetimeOwned(micros, TimeUnit::Microseconds, _) => Timestamp::from_timestamp_micros(micros),
            _ => None,
        }
    }

    pub(super) fn decimal(&self, name: &str) -> Option<Decimal> {
        match self.value(name)? {
            AnyValue::Decimal(digits, _, scale) => {
                Decimal::try_from_i128_with_scale(digits, scale as u32).ok().map(|decimal| decimal.normalize())
            }
            _ => None,
        }
    }

    pub(super) fn owned(&self, name: &str) -> Option<String> {
        self.text(name).map(str::to_string)
    }

    /// A sentence: `whole` holds it for any language, `english` its words. Older tables have the words alone.
    pub(super) fn message(&self, whole: &str, english: &str) -> Option<Message> {
        let message = self.text(whole).and_then(|json| serde_json::from_str(json).ok());
        message.or_else(|| Some(Message::as_written(self.text(english).filter(|words| !words.is_empty())?)))
    }

    /// What something can cost, told by three columns: its kind, the amount, the currency.
    pub(super) fn exposure(&self, [kind, amount, currency]: [&str; 3]) -> Option<Exposure> {
        Some(match (self.text(kind)?, self.decimal(amount)) {
            ("known", Some(amount)) => {
                Exposure::Known(Money::new(amount, Currency::of_letters(self.text(currency)?).ok()?))
            }
            ("no_limit", _) => Exposure::NoLimit,
            _ => Exposure::NotKnown,
        })
    }

    /// A word of ours, such as a finding's code: read as our JSON reads it.
    pub(super) fn word<T: serde::de::DeserializeOwned>(&self, name: &str) -> Option<T> {
        as_word(self.text(name)?)
    }

    /// Those of a cell that holds several, with commas between; what no such word is is left out.
    pub(super) fn words<T: serde::de::DeserializeOwned>(&self, name: &str) -> Vec<T> {
        self.text(name).into_iter().flat_map(|text| text.split(',')).filter_map(as_word).collect()
    }
}

fn as_word<T: serde::de::DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(text.to_string())).ok()
}
