//! The sheet of coupons of a workbook as a CSV, for whoever has no office program or hands rows to another tool: cell by cell as it shows.

use std::ops::ControlFlow;
use std::path::Path;

use ::csv::{Terminator, WriterBuilder};

use super::bounds::Bounds;
use super::cell::Value;
use super::csv::{ABOUT, neutral};
use super::gather::find_headers;
use super::sheet::{each_row, open};
use super::trouble::{ReadError, Reason};
use super::{about, file};

/// The rows of coupons of the workbook at `path`, which was just written, as a CSV in UTF-8 with a byte order mark.
///
/// # Errors
/// Where the workbook cannot be read, as one that was just written can.
pub fn as_csv(path: &Path) -> Result<Vec<u8>, ReadError> {
    let written = || {
        let (mut book, package) = open(file::load(path, &Bounds::OF_OUR_OWN)?, Bounds::OF_OUR_OWN, None)?;
        let about = about::about(&mut book, &package)?;
        let values = [about.export.map(|id| id.as_str().to_string()), about.snapshot_sha256, about.part];
        let about: Vec<(&'static str, String)> =
            ABOUT.into_iter().zip(values).filter_map(|(label, value)| Some((label.into(), value?))).collect();
        let mut bytes = Vec::new();
        bytes.extend_from_slice("\u{feff}".as_bytes());
        let mut csv = WriterBuilder::new().terminator(Terminator::CRLF).flexible(true).from_writer(&mut bytes);
        for sheet in &package.sheets {
            let Some(marks) = &sheet.marks else { continue };
            let Some(headers) = find_headers(&mut book, &sheet.name, marks)? else { continue };
            let width = headers.ours.keys().chain(headers.own.keys()).max().map_or(0, |last| last + 1);
            each_row(&mut book, &sheet.name, marks, |row, cells| {
                if row < headers.row {
                    return Ok(ControlFlow::Continue(()));
                }
                let mut texts = vec![String::new(); width as usize];
                for passing in cells {
                    let value = passing.cell().map(|cell| cell.value);
                    if let (Some(value), Some(text)) = (value, texts.get_mut(passing.column as usize)) {
                        *text = match value {
                            Value::Text(_) | Value::Error(_) => neutral(&value.words()),
                            Value::Number(_) | Value::Serial(..) | Value::Span(_) | Value::Yes(_) => value.words(),
                        };
                    }
                }
                let is_header = row == headers.row;
                let more =
                    about.iter().map(|(label, value)| if is_header { (*label).to_string() } else { value.clone() });
                texts.extend(more);
                csv.write_record(&texts).map_err(Reason::broken)?;
                Ok(ControlFlow::Continue(()))
            })?;
        }
        csv.flush().map_err(Reason::unreadable)?;
        drop(csv);
        Ok(bytes)
    };
    written().map_err(|reason| ReadError { path: path.into(), reason })
}
