//! Tables into Parquet files: how records become typed columns, in pieces that fit into memory.

use std::fs::File;
use std::path::Path;

use polars::polars_utils::compression::ZstdLevel;
use polars::prelude::*;
use rust_decimal::Decimal;

use super::{ArchiveError, SCHEMA_VERSION};
use crate::domain::{Message, Timestamp};
use crate::durable::{self, DurableError};
use crate::language::Language;
use crate::output::{self, Output};

/// Rows written or read at a time: what bounds memory, and the size of a row group.
pub(super) const ROWS_AT_A_TIME: usize = 4_000;

const DECIMAL_PRECISION: usize = 38;
const DECIMAL_SCALE: u32 = 6;

/// The columns of one table, built side by side from the same records.
pub(super) struct Table<'a, R> {
    records: &'a [R],
    columns: Vec<Column>,
}

impl<'a, R> Table<'a, R> {
    pub(super) fn of(records: &'a [R]) -> Self {
        let version = Column::new("schema_version".into(), vec![SCHEMA_VERSION as i32; records.len()]);
        Self { records, columns: vec![version] }
    }

    /// A text that is the same in every row.
    pub(super) fn fixed_text(self, name: &'static str, text: Option<&str>) -> Self {
        self.text(name, |_| text.map(str::to_string))
    }

    pub(super) fn text<T: AsRef<str>>(self, name: &'static str, cell: impl Fn(&'a R) -> Option<T>) -> Self {
        let cells: StringChunked = self.records.iter().map(cell).collect();
        self.with(cells.with_name(name.into()).into_column())
    }

    /// A sentence, in two columns: its English, for whoever reads the table without couponbook, and the whole of it, to be
    /// said in any language.
    pub(super) fn message(
        self,
        [english, whole]: [&'static str; 2],
        cell: impl Fn(&'a R) -> Option<&'a Message>,
    ) -> Self {
        self.text(english, |record| Some(Language::ENGLISH.render_some(cell(record))))
            .text(whole, |record| serde_json::to_string(cell(record)?).ok())
    }

    /// With a sign, since not every engine reads numbers without; what is more than it can hold is the most, and exact in the record.
    pub(super) fn count(self, name: &'static str, cell: impl Fn(&'a R) -> Option<u64>) -> Self {
        let signed = |record| cell(record).map(|count| i64::try_from(count).unwrap_or(i64::MAX));
        let cells: Int64Chunked = self.records.iter().map(signed).collect();
        self.with(cells.with_name(name.into()).into_column())
    }

    pub(super) fn yes_or_no(self, name: &'static str, cell: impl Fn(&'a R) -> bool) -> Self {
        let cells: Vec<bool> = self.records.iter().map(cell).collect();
        self.with(Column::new(name.into(), cells))
    }

    pub(super) fn seconds(self, name: &'static str, cell: impl Fn(&'a R) -> f64) -> Self {
        let cells: Vec<f64> = self.records.iter().map(cell).collect();
        self.with(Column::new(name.into(), cells))
    }

    /// Microseconds in UTC; what is finer is in the record.
    pub(super) fn instant(self, name: &'static str, cell: impl Fn(&'a R) -> Option<Timestamp>) -> Self {
        let micros = |record| cell(record).map(|at| at.timestamp_micros());
        let cells: Int64Chunked = self.records.iter().map(micros).collect();
        let instants = cells.with_name(name.into()).into_datetime(TimeUnit::Microseconds, Some(TimeZone::UTC));
        self.with(instants.into_column())
    }

    /// Six decimals, half to even where there are more; the exact value is in the record.
    pub(super) fn decimal(self, name: &'static str, cell: impl Fn(&'a R) -> Option<Decimal>) -> Self {
        let cells: Int128Chunked = self.records.iter().map(|record| cell(record).and_then(in_millionths)).collect();
        // Every decimal of 96 bits has room: 29 digits before the point and six behind it.
        let decimals = cells.with_name(name.into()).into_decimal_unchecked(DECIMAL_PRECISION, DECIMAL_SCALE as usize);
        self.with(decimals.into_column())
    }

    fn with(mut self, column: Column) -> Self {
        self.columns.push(column);
        self
    }
}

fn in_millionths(value: Decimal) -> Option<i128> {
    let rounded = value.round_dp(DECIMAL_SCALE);
    let missing = DECIMAL_SCALE.checked_sub(rounded.scale())?;
    rounded.mantissa().checked_mul(10_i128.checked_pow(missing)?)
}

/// Writes `records` to a new file at `path`, each piece of them through `table`. `facts` become the file's own metadata.
pub(super) fn write<R>(
    path: &Path,
    records: &[R],
    facts: &[(&str, String)],
    table: impl for<'a> Fn(Table<'a, R>) -> Table<'a, R>,
) -> Result<(), ArchiveError> {
    let file = durable::create_new(path).map_err(|error| DurableError::of(path, error))?;
    let frame = |piece| {
        let columns = table(Table::of(piece)).columns;
        DataFrame::new(piece.len(), columns)
    };
    let writing = |output: &mut Output<File>| -> PolarsResult<()> {
        let facts = facts.iter().map(|(key, value)| (format!("couponbook.{key}"), value.clone())).collect();
        let mut writer = ParquetWriter::new(output)
            // Higher levels take their time and save next to nothing.
            .with_compression(ParquetCompression::Zstd(Some(ZstdLevel::try_new(1)?)))
            .with_key_value_metadata(Some(KeyValueMetadata::from_static(facts)))
            .batched(frame(&[])?.schema())?;
        for piece in records.chunks(ROWS_AT_A_TIME) {
            writer.write_batch(&frame(piece)?)?;
        }
        writer.finish()?;
        Ok(())
    };
    let written = |output: &mut Output<File>| writing(output).map_err(|error| ArchiveError::table(path, error));
    output::gathered(file, written, |error| DurableError::of(path, error).into())
}
