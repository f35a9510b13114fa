//! Which rows a workbook may decide: those of its own part, where its export was written into several.

use std::path::Path;

use super::error::ApplyError;
use crate::domain::{Export, Part};
use crate::message;
use crate::plan::{Allowed, Refusal, ResolvedDecision};

/// The part whose workbook says `word`; none where the export has one workbook for all. The snapshot decides, since everything that
/// stands in a workbook can be changed there.
///
/// # Errors
/// Where the export has parts and the workbook is none of them, unless all of its rows are vouched for.
pub(super) fn part_of(
    export: &Export,
    word: Option<&str>,
    (workbook, allowed): (&Path, &Allowed),
) -> Result<Option<Part>, ApplyError> {
    let part = word.and_then(|word| export.part(word)).cloned();
    if part.is_none() && !export.parts.is_empty() && !allowed.whole {
        let parts = export.parts.iter().map(|part| part.name.clone()).collect();
        return Err(ApplyError::NoPart { workbook: workbook.to_path_buf(), export: export.id.clone(), parts });
    }
    Ok(part)
}

/// Refuses the decisions on rows whose store is in another part.
pub(super) fn refuse_others(decisions: &mut [ResolvedDecision], part: &Part) {
    for decision in decisions.iter_mut().filter(|it| !part.stores.contains(&it.store.id)) {
        let (name, store) = (part.name.as_str(), decision.store.id.as_str());
        decision.intent = Err(Refusal {
            reason: message!("results-other-part", part = name, store = store),
            next: message!("results-next-own-part", store = store),
        });
    }
}
