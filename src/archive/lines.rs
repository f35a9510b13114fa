//! What managers did, as tables: a row a change that a run carried out (or did not), a row a sign-off.

use std::path::Path;

use rust_decimal::Decimal;

use super::ArchiveError;
use super::parquet::write;
use super::tables::{amount, currency, exposure_money, facts_of, word, words};
use crate::domain::{
    Account, AppliedChange, ChangeId, CouponId, Currency, Export, ExportId, Message, RunId, SignOff, Status, Timestamp,
};

/// The run that all lines of one file belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunFacts {
    pub id: RunId,
    /// The export whose workbook was handed back.
    pub export: ExportId,
    pub by: String,
    pub account: Account,
    pub started: Timestamp,
    pub finished: Timestamp,
}

/// One row of a plan and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangeLine {
    pub applied: AppliedChange,
    pub code: Option<String>,
    pub name: String,
    /// What the change is about; the rest is none.
    pub before: Values,
    pub after: Values,
    /// Of the two minimums.
    pub currency: Option<Currency>,
    pub note: Option<String>,
    pub next: Option<Message>,
}

/// A coupon's values that a change is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Values {
    pub status: Option<Status>,
    /// Exclusive.
    pub ends: Option<Timestamp>,
    pub total: Option<u64>,
    pub min_spend: Option<Decimal>,
}

pub(super) fn write_changes(run: &RunFacts, lines: &[ChangeLine], path: &Path) -> Result<(), ArchiveError> {
    write(path, lines, &facts_of("run", run.id.as_str()), |table| {
        let table = table
            .fixed_text("run_id", Some(run.id.as_str()))
            .fixed_text("export_id", Some(run.export.as_str()))
            .fixed_text("by", Some(&run.by))
            .instant("started", |_| Some(run.started))
            .instant("finished", |_| Some(run.finished))
            .text("store", |line| Some(line.applied.store.as_str()))
            .text("row_key", |line| Some(line.applied.row.as_str()))
            .text("coupon_id", |line| line.applied.coupon.as_ref().map(CouponId::as_str))
            .text("code", |line| line.code.as_deref())
            .text("name", |line| Some(&line.name))
            .text("change_id", |line| line.applied.change.as_ref().map(ChangeId::as_str))
            .text("action", |line| Some(line.applied.action.word()))
            .text("becomes", |line| words(&line.applied.becomes));
        table
            .message(["before", "before_message"], |line| line.applied.before.as_ref())
            .message(["after", "after_message"], |line| line.applied.after.as_ref())
            .text("before_status", |line| line.before.status.and_then(|status| word(&status)))
            .text("after_status", |line| line.after.status.and_then(|status| word(&status)))
            .instant("before_ends", |line| line.before.ends)
            .instant("after_ends", |line| line.after.ends)
            .count("before_total", |line| line.before.total)
            .count("after_total", |line| line.after.total)
            .decimal("before_min_spend", |line| line.before.min_spend)
            .decimal("after_min_spend", |line| line.after.min_spend)
            .text("min_spend_currency", |line| line.currency.map(|currency| currency.code().to_string()))
            .text("note", |line| line.note.as_deref())
            .text("outcome", |line| word(&line.applied.outcome))
            .message(["message", "whole_message"], |line| Some(&line.applied.message))
            .message(["next", "next_message"], |line| line.next.as_ref())
            .text("request_id", |line| line.applied.request_id.as_deref())
            .text("created_coupon_id", |line| words(&line.applied.created))
            .instant("at", |line| Some(line.applied.at))
            .text("exposure_kind", |line| line.applied.exposure.as_ref().map(<&str>::from))
            .decimal("exposure", |line| line.applied.exposure.as_ref().and_then(|known| amount(exposure_money(known))))
            .text("exposure_currency", |line| {
                line.applied.exposure.as_ref().and_then(|known| currency(exposure_money(known)))
            })
            .fixed_text("os_user", run.account.user.as_deref())
            .fixed_text("host", run.account.host.as_deref())
            .fixed_text("workbook_author", run.account.author.as_deref())
            // The run that had sent the write, where it was an earlier one.
            .text("sent_by_run", |line| line.applied.credit.as_ref().map(|credit| credit.run.as_str()))
            .text("sent_by", |line| line.applied.credit.as_ref().map(|credit| credit.by.as_str()))
            .instant("sent_at", |line| line.applied.credit.as_ref().map(|credit| credit.at))
            .text("sent_by_os_user", |line| line.applied.credit.as_ref()?.account.user.as_deref())
            .text("sent_on_host", |line| line.applied.credit.as_ref()?.account.host.as_deref())
            .text("sent_workbook_author", |line| line.applied.credit.as_ref()?.account.author.as_deref())
    })
}

pub(super) fn write_sign_offs(export: &Export, sign_offs: &[SignOff], path: &Path) -> Result<(), ArchiveError> {
    write(path, sign_offs, &facts_of("export", export.id.as_str()), |table| {
        table
            .fixed_text("export_id", Some(export.id.as_str()))
            .instant("exported_at", |_| Some(export.at))
            .text("item", |sign_off| Some(&sign_off.item))
            .text("slot", |sign_off| Some(sign_off.slot.word()))
            .text("name", |sign_off| Some(&sign_off.name))
            .text("remark", |sign_off| Some(&sign_off.remark))
            .instant("read_at", |sign_off| Some(sign_off.read_at))
    })
}
