//! What runs did, from the tables that a run leaves (`changes/date=…/run=…/changes.parquet`).

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::scan::{Cells, FILE, answer, scan};
use super::{History, folder_value};
use crate::archive::{ArchiveError, Dataset};
use crate::domain::{AppliedChange, CouponId, Currency, ExportId, Exposure, Money, RunId, SignOff};

const COLUMNS: [(&str, Cells); 20] = [
    ("run_id", Cells::Text),
    ("export_id", Cells::Text),
    ("by", Cells::Text),
    ("at", Cells::Instant),
    ("store", Cells::Text),
    ("row_key", Cells::Text),
    ("coupon_id", Cells::Text),
    ("code", Cells::Text),
    ("name", Cells::Text),
    ("action", Cells::Text),
    ("becomes", Cells::Text),
    ("before", Cells::Text),
    ("after", Cells::Text),
    ("outcome", Cells::Text),
    ("message", Cells::Text),
    ("request_id", Cells::Text),
    ("created_coupon_id", Cells::Text),
    ("exposure_kind", Cells::Text),
    ("exposure", Cells::Decimal),
    ("exposure_currency", Cells::Text),
];

impl History {
    /// Every row of every run that left a table, in no order; and which runs these are.
    ///
    /// # Errors
    /// Where a table cannot be read.
    pub fn deeds(&self) -> Result<(Vec<AppliedChange>, BTreeSet<RunId>), ArchiveError> {
        let files = self.archive.tables(Dataset::Changes, self.from, None)?;
        let run = |file: &PathBuf| Some(RunId::new(folder_value(file.parent()?, "run=")?));
        let runs: BTreeSet<RunId> = files.iter().filter_map(run).collect();
        if files.is_empty() {
            return Ok((Vec::new(), runs));
        }
        let names: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).chain([FILE]).collect();
        let deeds = answer(scan(&files, &COLUMNS), &self.root)?.rows(&names, |cell| {
            let owned = |name: &str| cell.text(name).map(str::to_string);
            let exposure = match (cell.text("exposure_kind"), cell.decimal("exposure")) {
                (Some("known"), Some(amount)) => {
                    let currency = Currency::parse(cell.text("exposure_currency")?).ok()?;
                    Some(Exposure::Known(Money::new(amount, currency)))
                }
                (Some("no_limit"), _) => Some(Exposure::NoLimit),
                (Some(_), _) => Some(Exposure::NotKnown),
                (None, _) => None,
            };
            Some(AppliedChange {
                run: RunId::new(cell.text("run_id")?),
                export: ExportId::new(cell.text("export_id")?),
                at: cell.instant("at")?,
                by: owned("by").unwrap_or_default(),
                store: cell.word("store")?,
                row: cell.word("row_key")?,
                coupon: cell.text("coupon_id").map(CouponId::new),
                label: owned("code").or(owned("name")).unwrap_or_default(),
                action: cell.word("action")?,
                becomes: cell.word("becomes"),
                before: owned("before").unwrap_or_default(),
                after: owned("after").unwrap_or_default(),
                outcome: cell.word("outcome")?,
                message: owned("message").unwrap_or_default(),
                request_id: owned("request_id"),
                created: cell.text("created_coupon_id").map(CouponId::new),
                exposure,
            })
        })?;
        Ok((deeds, runs))
    }

    /// Every sign-off that was read back, by the export whose workbook it stood in.
    ///
    /// # Errors
    /// Where a table cannot be read.
    pub fn sign_offs(&self) -> Result<BTreeMap<ExportId, Vec<SignOff>>, ArchiveError> {
        let files = self.archive.tables(Dataset::SignOffs, self.from, None)?;
        let mut signed: BTreeMap<ExportId, Vec<SignOff>> = BTreeMap::new();
        if files.is_empty() {
            return Ok(signed);
        }
        let names = ["export_id", "item", "slot", "name", "remark"];
        let mut columns = names.map(|name| (name, Cells::Text)).to_vec();
        columns.push(("read_at", Cells::Instant));
        let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
        let rows = answer(scan(&files, &columns), &self.root)?.rows(&names, |cell| {
            let sign_off = SignOff {
                item: cell.text("item")?.to_string(),
                slot: cell.word("slot")?,
                name: cell.text("name").unwrap_or_default().to_string(),
                remark: cell.text("remark").unwrap_or_default().to_string(),
                read_at: cell.instant("read_at")?,
            };
            Some((ExportId::new(cell.text("export_id")?), sign_off))
        })?;
        for (export, sign_off) in rows {
            signed.entry(export).or_default().push(sign_off);
        }
        Ok(signed)
    }
}
