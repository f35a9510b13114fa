//! Merged cells: what a person sees in them is the value of their first cell, whatever the file holds in the others.

use std::collections::BTreeMap;

use super::part::{SheetMarks, corners};

/// The merged areas over the columns that are read.
#[derive(Debug, Default)]
pub(super) struct MergedAreas {
    /// By column from zero, each from top to bottom.
    by_column: BTreeMap<u32, Vec<Area>>,
}

#[derive(Debug)]
struct Area {
    top: u32,
    bottom: u32,
    /// Which area of the column, up to this one, reaches down the furthest.
    deepest: usize,
    merged: Merged,
}

/// One merged area.
#[derive(Debug, Clone)]
pub(super) struct Merged {
    /// Row as people count, column from zero.
    pub first: (u32, u32),
    /// As `H4:H9`.
    pub cells: String,
}

impl MergedAreas {
    /// Those of `marks` that lie over `columns`.
    pub fn of(marks: &SheetMarks, columns: &[u32]) -> Self {
        let mut by_column: BTreeMap<u32, Vec<Area>> = BTreeMap::new();
        for (first, cells) in &marks.merged {
            let Some((_, (bottom, right))) = corners(cells).filter(|(_, last)| last != first) else { continue };
            for column in columns.iter().filter(|column| (first.1..=right).contains(column)) {
                let merged = Merged { first: *first, cells: cells.clone() };
                by_column.entry(*column).or_default().push(Area { top: first.0, bottom, deepest: 0, merged });
            }
        }
        for areas in by_column.values_mut() {
            areas.sort_by_key(|area| area.top);
            let (mut deepest, mut bottom) = (0, 0);
            for (index, area) in areas.iter_mut().enumerate() {
                if area.bottom > bottom {
                    (deepest, bottom) = (index, area.bottom);
                }
                area.deepest = deepest;
            }
        }
        Self { by_column }
    }

    pub fn is_empty(&self) -> bool {
        self.by_column.is_empty()
    }

    /// The area that a cell belongs to.
    pub fn covering(&self, row: u32, column: u32) -> Option<&Merged> {
        let areas = self.by_column.get(&column)?;
        let last_above = areas.partition_point(|area| area.top <= row).checked_sub(1)?;
        let deepest = areas.get(areas.get(last_above)?.deepest)?;
        (deepest.bottom >= row).then_some(&deepest.merged)
    }
}
