//! A workbook that was handed back: read, its export found, and kept what it says besides its decisions.

use std::path::Path;

use super::error::ApplyError;
use super::parts::part_of;
use super::setup::{Event, Setup};
use crate::archive::{BundleKind, Extent};
use crate::domain::{Export, ExportId, OpenAction, Part, RowKey, StoreId};
use crate::export::sign_offs;
use crate::journal::CameBack;
use crate::workbook::read::{Bounds, Known, Opened, Written};
use crate::workbook::{Decision, HandedBack, read};

/// A workbook that was handed back, with the export that it came from.
pub struct Returned {
    pub handed_back: HandedBack,
    pub export: Export,
    pub snapshot_sha256: String,
    /// Which of several workbooks of its export it is.
    pub part: Option<Part>,
    /// Whether rows of other parts count too.
    is_whole: bool,
}

/// Reads the workbook and finds its export. The workbook only hints at it; the archive decides, or `export` where it is named.
pub(super) fn read_back(setup: &Setup, workbook: &Path, export: Option<&ExportId>) -> Result<Returned, ApplyError> {
    let opened = opened(setup, workbook)?;
    let Some(id) = export.or(opened.export()).cloned() else {
        return Err(ApplyError::NoExport(workbook.to_path_buf()));
    };
    setup.archive.must_hold()?;
    let held = setup.archive.snapshot_sha256(&id)?;
    let hinted = opened.snapshot_sha256().filter(|_| export.is_none());
    if let Some(hinted) = hinted.filter(|hinted| **hinted != held).cloned() {
        return Err(ApplyError::OtherSnapshot { workbook: workbook.to_path_buf(), export: id, hinted, held });
    }
    must_be_known(setup, &id, (&held, hinted.is_some()))?;
    let export = setup.archive.load_snapshot(&id)?;
    let handed_back = decided(setup, opened, &export);
    let part = part_of(&export, handed_back.part.as_deref(), (workbook, setup.allowed))?;
    Ok(Returned { handed_back, export, snapshot_sha256: held, part, is_whole: setup.allowed.whole })
}

/// A workbook that may hold as much as the largest export here, and no more than anybody's where none is as large.
pub(super) fn opened(setup: &Setup, workbook: &Path) -> Result<Opened, ApplyError> {
    match read::open(workbook) {
        Err(error) if error.reason.is_too_much() => {
            // How much may be held rests on what the archive says of itself.
            setup.archive.must_hold()?;
            let Extent { coupons, text_bytes } = setup.archive.largest_extent()?;
            match Bounds::of_export(coupons, text_bytes) {
                Bounds::OF_ANY_FILE => Err(error.into()),
                larger => Ok(read::open_within(workbook, larger)?),
            }
        }
        opened => Ok(opened?),
    }
}

/// What a workbook of `export` decides.
pub(super) fn decided(setup: &Setup, opened: Opened, export: &Export) -> HandedBack {
    let written = as_written(setup, export);
    let is_named = opened.export().is_none();
    opened.decide(Known { export: Some(export), written: &written, is_named })
}

/// The workbooks of an export as they were written, for telling what was changed in the one that came back. Where the archive has none,
/// that is said, and nothing else depends on it.
fn as_written(setup: &Setup, export: &Export) -> Vec<Written> {
    let kept = setup.archive.workbooks(export).unwrap_or_default();
    let opened = kept.into_iter().filter_map(|(name, bytes)| read::open_written(Path::new(&name), bytes).ok());
    let written: Vec<Written> = opened.filter(|written| written.export() == Some(&export.id)).collect();
    if written.is_empty() {
        (setup.tell)(Event::NotCompared);
    }
    written
}

/// What decides which coupon a row is about is believed only where it is the very snapshot that was made: by this machine's journal, or
/// of another machine's export by the chain and by the workbook itself.
fn must_be_known(setup: &Setup, export: &ExportId, (held, is_hinted): (&str, bool)) -> Result<(), ApplyError> {
    let forged = |why| Err(ApplyError::ForgedSnapshot { export: export.clone(), why });
    match setup.journal.snapshot_sha256(export)? {
        Some(made) if made == held => Ok(()),
        Some(_) => forged("this machine's journal has another; put back the original from a copy"),
        None if !is_hinted => forged("it was made elsewhere, and the workbook does not say of which snapshot it is"),
        None if !setup.archive.proves_snapshot(export)? => {
            forged("it was made elsewhere, and the archive's chain does not prove it; run `couponbook archive verify`")
        }
        None => Ok(()),
    }
}

/// Keeps what a workbook says besides its plan: who signed the checklist, and what is asked for until a run settles it. The same
/// workbook again changes nothing.
pub(super) fn keep(setup: &Setup, returned: &Returned) -> Result<(), ApplyError> {
    let Returned { handed_back, export, .. } = returned;
    // What it says of other parts' rows takes nothing from those who decide about them.
    let own = handed_back.decisions.iter().filter(|it| returned.is_own(&it.action.row));
    let not_asked: Vec<RowKey> = handed_back.undecided.iter().filter(|row| returned.is_own(row)).cloned().collect();
    let now = (setup.clock)();
    let signed = sign_offs(&handed_back.signed, &setup.all.routine, export.slot, now);
    let asked: Vec<OpenAction> = own.filter_map(|it| asked(export, it)).collect();
    let is_new = setup.journal.take_in(&CameBack {
        export: &export.id,
        day: export.day,
        workbook_sha256: &handed_back.sha256,
        sign_offs: &signed,
        asked: &asked,
        not_asked: &not_asked,
        read_at: now,
    })?;
    let count = signed.iter().filter(|signed| !signed.name.is_empty()).count();
    if count > 0 {
        (setup.tell)(Event::SignOffs { count, are_known: !is_new });
    }
    if is_new && !signed.is_empty() {
        archive_sign_offs(setup, export)?;
    }
    Ok(())
}

fn asked(export: &Export, decision: &Decision) -> Option<OpenAction> {
    let coupon = &export.row(&decision.action.row)?.coupon;
    Some(OpenAction {
        row: decision.action.row.clone(),
        store: coupon.store.clone(),
        label: coupon.label().to_string(),
        action: decision.action.word,
        outcome: None,
    })
}

/// All that was signed in the workbooks of an export so far, as a table and beside its workbook; a later signature adds to both.
fn archive_sign_offs(setup: &Setup, export: &Export) -> Result<(), ApplyError> {
    let signed = setup.journal.sign_offs(&export.id)?;
    let bundle = setup.archive.bundle(BundleKind::Export, export.id.as_str())?;
    bundle.keep("sign_offs.json", &serde_json::to_vec_pretty(&signed)?)?;
    bundle.seal()?;
    setup.archive.save_sign_offs(export, &signed)?;
    Ok(())
}

impl Returned {
    /// The part whose rows alone it may decide.
    pub(super) fn bound_to(&self) -> Option<&Part> {
        self.part.as_ref().filter(|_| !self.is_whole)
    }

    fn is_own(&self, row: &RowKey) -> bool {
        let (Some(part), Some(row)) = (self.bound_to(), self.export.row(row)) else { return true };
        part.stores.contains(&row.coupon.store)
    }

    /// Leaves out the decisions on stores that a filter leaves out: they wait for their own run. A store that the config no longer
    /// has at all keeps its decisions, so that its rows are refused and not lost.
    pub(super) fn of_stores(mut self, setup: &Setup) -> Self {
        let is_left_out = |id: &StoreId| setup.all.store(id).is_some() && setup.settings.store(id).is_none();
        let export = &self.export;
        let is_meant = |it: &Decision| export.row(&it.action.row).is_none_or(|row| !is_left_out(&row.coupon.store));
        self.handed_back.decisions.retain(is_meant);
        self
    }
}
