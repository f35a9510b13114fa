//! One lazy scan over many of the archive's tables, and cells out of what it answers.
//!
//! A scan names its columns beforehand: what is not named is never read from the disk, columns that older files lack are blank,
//! and those that newer files have besides do not disturb.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use polars::prelude::*;
use rust_decimal::Decimal;

use crate::archive::ArchiveError;
use crate::domain::Timestamp;

/// The column that says which file a row is from.
pub(super) const FILE: &str = "couponbook_file";

/// What a column holds, as the tables are written.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cells {
    Text,
    Count,
    YesOrNo,
    Instant,
    Decimal,
}

/// Every row of `files`, with these columns and [`FILE`]. Nothing is read yet.
pub(super) fn scan(files: &[PathBuf], columns: &[(&str, Cells)]) -> PolarsResult<LazyFrame> {
    let paths = files.iter().map(|file| PlRefPath::try_from_path(file)).collect::<PolarsResult<Vec<_>>>()?;
    let schema: Schema = columns.iter().map(|(name, cells)| Field::new((*name).into(), cells.data_type())).collect();
    let options = ParquetOptions { schema: Some(Arc::new(schema)), ..ParquetOptions::default() };
    let arguments = UnifiedScanArgs {
        // The folders' own columns are not needed, and a name is never a pattern.
        hive_options: HiveOptions::new_disabled(),
        glob: false,
        missing_columns_policy: MissingColumnsPolicy::Insert,
        extra_columns_policy: ExtraColumnsPolicy::Ignore,
        include_file_paths: Some(FILE.into()),
        ..UnifiedScanArgs::default()
    };
    Ok(DslBuilder::scan_parquet(ScanSources::Paths(paths.into_iter().collect()), options, arguments)?.build().into())
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
    let frame = query.and_then(collect).map_err(|source| ArchiveError::unreadable(root, source))?;
    Ok(Answer { frame, root: root.to_path_buf() })
}

/// The rows that came of a query.
pub(super) struct Answer {
    frame: DataFrame,
    root: PathBuf,
}

impl Answer {
    /// Reads each row with `read`, which asks for cells by column.
    pub(super) fn rows<T>(
        &self,
        names: &[&str],
        mut read: impl FnMut(&Cell) -> Option<T>,
    ) -> Result<Vec<T>, ArchiveError> {
        let unreadable = |source| ArchiveError::unreadable(&self.root, source);
        let columns = names
            .iter()
            .map(|name| Ok((*name, self.frame.column(name)?.as_materialized_series())))
            .collect::<PolarsResult<Vec<_>>>()
            .map_err(unreadable)?;
        Ok((0..self.frame.height()).filter_map(|row| read(&Cell { columns: &columns, row })).collect())
    }
}

/// One row of an answer. A cell that is blank, or of another kind than asked for, is none.
pub(super) struct Cell<'a> {
    columns: &'a [(&'a str, &'a Series)],
    row: usize,
}

impl<'a> Cell<'a> {
    fn value(&self, name: &str) -> Option<AnyValue<'a>> {
        let (_, series) = self.columns.iter().find(|(column, _)| *column == name)?;
        series.get(self.row).ok()
    }

    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        match self.value(name)? {
            AnyValue::String(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn count(&self, name: &str) -> Option<u64> {
        match self.value(name)? {
            AnyValue::UInt64(count) => Some(count),
            AnyValue::UInt32(count) => Some(u64::from(count)),
            _ => None,
        }
    }

    pub(super) fn yes(&self, name: &str) -> Option<bool> {
        match self.value(name)? {
            AnyValue::Boolean(yes) => Some(yes),
            _ => None,
        }
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

    /// A word of ours, such as a finding's code: read as our JSON reads it.
    pub(super) fn word<T: serde::de::DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_value(serde_json::Value::String(self.text(name)?.to_string())).ok()
    }
}

impl Cells {
    fn data_type(self) -> DataType {
        match self {
            Self::Text => DataType::String,
            Self::Count => DataType::UInt64,
            Self::YesOrNo => DataType::Boolean,
            Self::Instant => DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC)),
            Self::Decimal => DataType::Decimal(
                crate::archive::parquet::DECIMAL_PRECISION,
                crate::archive::parquet::DECIMAL_SCALE as usize,
            ),
        }
    }
}
