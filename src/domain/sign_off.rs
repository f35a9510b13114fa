//! Who looked at an item of the checklist, as it was read from a workbook that came back.

use serde::{Deserialize, Serialize};

use super::{Slot, Timestamp};

/// One signed cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignOff {
    /// The checklist item's stable key, such as `low_stock`.
    pub item: String,
    pub slot: Slot,
    /// As it was typed into the cell.
    pub name: String,
    /// What stands in the item's Remarks; empty where nothing does.
    pub remark: String,
    /// When the workbook was read.
    pub read_at: Timestamp,
}
