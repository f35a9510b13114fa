//! What runs did, from the tables that a run leaves (`changes/date=…/run=…/changes.parquet`).

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::{History, rows_of_all};
use crate::archive::scan::{Cells, Which};
use crate::archive::{ArchiveError, Kind};
use crate::domain::{Account, AppliedChange, CouponId, Credit, ExportId, Message, RunId, SignOff};

const COLUMNS: &str = "run_id export_id by at store row_key coupon_id code name action becomes before before_message after \
                       after_message outcome message whole_message request_id created_coupon_id exposure_kind exposure \
                       exposure_currency change_id os_user host workbook_author sent_by_run sent_by sent_at sent_by_os_user \
                       sent_on_host sent_workbook_author";

impl History {
    /// Every row of every run that left a table, in no order; and which runs these are.
    ///
    /// # Errors
    /// Where a table cannot be read.
    pub fn applied_changes(&self) -> Result<(Vec<AppliedChange>, BTreeSet<RunId>), ArchiveError> {
        let files = self.proved_tables(Kind::Changes, "changes.parquet")?;
        let run = |file: &PathBuf| Some(RunId::new(file.parent()?.file_name()?.to_str()?.strip_prefix("run=")?));
        let runs: BTreeSet<RunId> = files.iter().filter_map(run).collect();
        let changes = rows_of_all(&files, COLUMNS, &Which::All, |cell, _| {
            Some(AppliedChange {
                run: RunId::new(cell.text("run_id")?),
                export: ExportId::new(cell.text("export_id")?),
                at: cell.instant("at")?,
                by: cell.owned("by").unwrap_or_default(),
                store: cell.word("store")?,
                row: cell.word("row_key")?,
                coupon: cell.text("coupon_id").map(CouponId::new),
                label: cell.owned("code").or(cell.owned("name")).unwrap_or_default(),
                action: cell.word("action")?,
                becomes: cell.words("becomes"),
                before: cell.message("before_message", "before"),
                after: cell.message("after_message", "after"),
                outcome: cell.word("outcome")?,
                message: cell.message("whole_message", "message").unwrap_or_else(|| Message::as_written("")),
                request_id: cell.owned("request_id"),
                created: cell.words("created_coupon_id"),
                exposure: cell.exposure(["exposure_kind", "exposure", "exposure_currency"]),
                change: cell.word("change_id"),
                account: account(cell, ["os_user", "host", "workbook_author"]),
                credit: credit(cell),
            })
        })?;
        Ok((changes, runs))
    }

    /// Every sign-off that was read back, by the export whose workbook it stood in.
    ///
    /// # Errors
    /// Where a table cannot be read.
    pub fn sign_offs(&self) -> Result<BTreeMap<ExportId, Vec<SignOff>>, ArchiveError> {
        let files = self.proved_tables(Kind::SignOffs, "sign_offs.parquet")?;
        let mut signed: BTreeMap<ExportId, Vec<SignOff>> = BTreeMap::new();
        let columns = "export_id item slot name remark read_at";
        let rows = rows_of_all(&files, columns, &Which::All, |cell, _| {
            let sign_off = SignOff {
                item: cell.owned("item")?,
                slot: cell.word("slot")?,
                name: cell.owned("name").unwrap_or_default(),
                remark: cell.owned("remark").unwrap_or_default(),
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

fn account(cell: &Cells, [user, host, author]: [&str; 3]) -> Account {
    Account { user: cell.owned(user), host: cell.owned(host), author: cell.owned(author) }
}

fn credit(cell: &Cells) -> Option<Credit> {
    Some(Credit {
        run: RunId::new(cell.text("sent_by_run")?),
        by: cell.owned("sent_by").unwrap_or_default(),
        at: cell.instant("sent_at")?,
        account: account(cell, ["sent_by_os_user", "sent_on_host", "sent_workbook_author"]),
    })
}
