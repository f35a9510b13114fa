//! Rows of the archive's tables: the columns that a question names, piece by piece, of several tables at a time.
//!
//! What is not named is never read from the disk. A column that an older table lacks is blank in all of its rows, and those that a
//! newer one has besides do not disturb.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use polars::prelude::{
    BooleanChunked, Column, DataFrame, DataType, Int64Chunked, Int128Chunked, ParallelStrategy, ParquetReader,
    PolarsResult, SerReader, StringChunked, TimeUnit, UInt64Chunked,
};
use rayon::prelude::*;
use rust_decimal::Decimal;
use serde::de::{DeserializeOwned, IntoDeserializer, value};

use super::ArchiveError;
use super::parquet::ROWS_AT_A_TIME;
use crate::domain::{Currency, Exposure, Message, Money, Timestamp};
use crate::durable;

/// Tables of which the rows are held at a time.
const TABLES_AT_A_TIME: usize = 16;

/// What `of_table` makes of each table, handed to `take` in their order. Several are read at a time.
pub(super) fn of_each<T: Send>(
    tables: &[PathBuf],
    of_table: impl Fn(usize, &Path) -> Result<T, ArchiveError> + Sync,
    mut take: impl FnMut(usize, T),
) -> Result<(), ArchiveError> {
    let numbered: Vec<(usize, &PathBuf)> = tables.iter().enumerate().collect();
    for some in numbered.chunks(TABLES_AT_A_TIME) {
        let made: Vec<(usize, T)> = some
            .par_iter()
            .map(|(place, table)| Ok((*place, of_table(*place, table)?)))
            .collect::<Result<_, ArchiveError>>()?;
        made.into_iter().for_each(|(place, made)| take(place, made));
    }
    Ok(())
}

/// Hands each row of `table` to `take`, in order, with these columns (names, with spaces between).
pub(super) fn each_row(
    table: &Path,
    columns: &str,
    take: impl FnMut(&Cells) -> Result<(), ArchiveError>,
) -> Result<(), ArchiveError> {
    read(table, columns, None, take)
}

/// The same for the rows with these numbers only; of a piece without one of them nothing is read.
pub(super) fn each_row_of(
    table: &Path,
    columns: &str,
    rows: &BTreeSet<usize>,
    take: impl FnMut(&Cells) -> Result<(), ArchiveError>,
) -> Result<(), ArchiveError> {
    read(table, columns, Some(rows), take)
}

/// The numbers of the rows for which `holds`, which asks for these columns.
pub(super) fn rows_where(
    table: &Path,
    columns: &str,
    holds: impl Fn(&Cells) -> bool,
) -> Result<BTreeSet<usize>, ArchiveError> {
    let mut rows = BTreeSet::new();
    each_row(table, columns, |cells| {
        rows.extend(holds(cells).then(|| cells.row()));
        Ok(())
    })?;
    Ok(rows)
}

/// Which rows a question is about.
pub(super) enum Which<'q> {
    All,
    /// Those whose column holds one of these.
    Having(&'q str, HashSet<&'q str>),
    /// Those for which it holds of these columns.
    Where(&'q str, &'q (dyn Fn(&Cells) -> bool + Sync)),
}

impl Which<'_> {
    /// Hands each of those rows of `table` to `take`.
    pub(super) fn each(
        &self,
        table: &Path,
        columns: &str,
        take: impl FnMut(&Cells) -> Result<(), ArchiveError>,
    ) -> Result<(), ArchiveError> {
        let rows = match self {
            Self::All => return each_row(table, columns, take),
            Self::Having(column, values) => {
                rows_where(table, column, |cells| cells.text(column).is_some_and(|text| values.contains(text)))?
            }
            Self::Where(asked, holds) => rows_where(table, asked, holds)?,
        };
        if rows.is_empty() { Ok(()) } else { each_row_of(table, columns, &rows, take) }
    }
}

fn read(
    table: &Path,
    columns: &str,
    only: Option<&BTreeSet<usize>>,
    mut take: impl FnMut(&Cells) -> Result<(), ArchiveError>,
) -> Result<(), ArchiveError> {
    let open = || durable::open(table).map(ParquetReader::new).map_err(|source| ArchiveError::read(table, source));
    let unreadable = |source| ArchiveError::unreadable(table, source);
    // Read once: it grows with the file, and every piece needs it.
    let mut reader = open()?;
    let metadata = reader.get_metadata().map_err(unreadable)?.clone();
    let schema = reader.schema().map_err(unreadable)?;
    let known = columns.split(' ').filter(|name| schema.contains(name));
    let names: Vec<String> = known.map(str::to_string).collect();
    for first in (0..metadata.num_rows).step_by(ROWS_AT_A_TIME) {
        let length = ROWS_AT_A_TIME.min(metadata.num_rows - first);
        if only.is_some_and(|only| only.range(first..first + length).next().is_none()) {
            continue;
        }
        let mut piece = Piece { columns: Vec::new() };
        if !names.is_empty() {
            let mut reader = open()?;
            reader.set_metadata(metadata.clone());
            // Several tables are read at a time already.
            let reader = reader.read_parallel(ParallelStrategy::None);
            let reader = reader.with_columns(Some(names.clone())).with_slice(Some((first, length)));
            piece = reader.finish().and_then(|frame| Piece::of(&frame)).map_err(unreadable)?;
        }
        for at in (0..length).filter(|at| only.is_none_or(|only| only.contains(&(first + at)))) {
            take(&Cells { piece: &piece, first, at })?;
        }
    }
    Ok(())
}

/// Some rows of some columns.
struct Piece {
    columns: Vec<(String, Values)>,
}

/// One column, by what it holds.
enum Values {
    Texts(StringChunked),
    Counts(Int64Chunked),
    /// As counts were once.
    CountsWithoutSign(UInt64Chunked),
    YesOrNo(BooleanChunked),
    /// Microseconds in UTC.
    Instants(Int64Chunked),
    Decimals(Int128Chunked, u32),
}

impl Piece {
    fn of(frame: &DataFrame) -> PolarsResult<Self> {
        let mut columns = Vec::with_capacity(frame.width());
        for column in frame.columns() {
            if let Some(values) = Values::of(column)? {
                columns.push((column.name().to_string(), values));
            }
        }
        Ok(Self { columns })
    }
}

impl Values {
    /// None where it is of a kind that no table of ours has.
    fn of(column: &Column) -> PolarsResult<Option<Self>> {
        let series = column.as_materialized_series().rechunk();
        Ok(Some(match series.dtype() {
            DataType::String => Self::Texts(series.str()?.clone()),
            DataType::Int64 => Self::Counts(series.i64()?.clone()),
            DataType::UInt64 => Self::CountsWithoutSign(series.u64()?.clone()),
            DataType::Boolean => Self::YesOrNo(series.bool()?.clone()),
            DataType::Datetime(TimeUnit::Microseconds, _) => Self::Instants(series.datetime()?.physical().clone()),
            DataType::Decimal(_, scale) => Self::Decimals(series.decimal()?.physical().clone(), *scale as u32),
            _ => return Ok(None),
        }))
    }
}

/// The cells of one row. One that is blank, of another kind than asked for, or not there, is none.
pub(super) struct Cells<'a> {
    piece: &'a Piece,
    /// The number of the piece's first row in its table.
    first: usize,
    at: usize,
}

impl<'a> Cells<'a> {
    /// The number of the row in its table.
    pub(super) fn row(&self) -> usize {
        self.first + self.at
    }

    fn values(&self, name: &str) -> Option<&'a Values> {
        self.piece.columns.iter().find(|(known, _)| known == name).map(|(_, values)| values)
    }

    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        if let Values::Texts(texts) = self.values(name)? { texts.get(self.at) } else { None }
    }

    pub(super) fn count(&self, name: &str) -> Option<u64> {
        match self.values(name)? {
            Values::Counts(counts) => u64::try_from(counts.get(self.at)?).ok(),
            Values::CountsWithoutSign(counts) => counts.get(self.at),
            _ => None,
        }
    }

    pub(super) fn yes(&self, name: &str) -> Option<bool> {
        if let Values::YesOrNo(answers) = self.values(name)? { answers.get(self.at) } else { None }
    }

    pub(super) fn instant(&self, name: &str) -> Option<Timestamp> {
        let Values::Instants(micros) = self.values(name)? else { return None };
        Timestamp::from_timestamp_micros(micros.get(self.at)?)
    }

    pub(super) fn decimal(&self, name: &str) -> Option<Decimal> {
        let Values::Decimals(digits, scale) = self.values(name)? else { return None };
        decimal_of(digits.get(self.at)?, *scale)
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
    pub(super) fn word<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        as_word(self.text(name)?)
    }

    /// Those of a cell that holds several, with commas between; what no such word is is left out.
    pub(super) fn words<T: DeserializeOwned>(&self, name: &str) -> Vec<T> {
        self.text(name).into_iter().flat_map(|text| text.split(',')).filter_map(as_word).collect()
    }
}

fn as_word<T: DeserializeOwned>(text: &str) -> Option<T> {
    let text: value::StrDeserializer<value::Error> = text.into_deserializer();
    T::deserialize(text).ok()
}

/// Without zeros at its end. Nearly all are small, and small numbers are divided fast.
fn decimal_of(digits: i128, mut scale: u32) -> Option<Decimal> {
    let Ok(mut small) = i64::try_from(digits) else {
        return Decimal::try_from_i128_with_scale(digits, scale).ok().map(|decimal| decimal.normalize());
    };
    while scale > 0 && small % 10 == 0 {
        small /= 10;
        scale -= 1;
    }
    Decimal::try_new(small, scale).ok()
}
