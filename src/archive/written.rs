//! The workbooks that managers got, as they were written.

use chrono::Days;

use super::chain::Kind;
use super::manifest::{FileMark, MANIFEST_NAME, Manifest};
use super::{Archive, ArchiveError, folder_name};
use crate::domain::Export;

/// A file of the archive: its name there, and its bytes.
pub type Kept = (String, Vec<u8>);

impl Archive {
    /// The workbook of the export, or those of its parts; of results those of the runs about the same day that may have made them.
    ///
    /// # Errors
    /// Where the archive cannot be read.
    pub fn workbooks(&self, export: &Export) -> Result<Vec<Kept>, ArchiveError> {
        if export.follows.is_none() {
            let bundle = format!("exports/{}", folder_name(export.id.as_str())?);
            return self.kept(&bundle, |name| name.starts_with("workbook") && name.ends_with(".xlsx"));
        }
        let (first, last) = (export.day.checked_sub_days(Days::new(1)), export.day.checked_add_days(Days::new(1)));
        let mut results = Vec::new();
        for run in self.bundles(Kind::Run, first, last)? {
            results.extend(self.kept(&run, |name| name == "results.xlsx")?);
        }
        Ok(results)
    }

    /// The files of a bundle that are `wanted` and as its manifest says.
    fn kept(&self, bundle: &str, wanted: impl Fn(&str) -> bool) -> Result<Vec<Kept>, ArchiveError> {
        let Some(manifest) = self.read(bundle, MANIFEST_NAME)? else { return Ok(Vec::new()) };
        let Ok(manifest) = serde_json::from_slice::<Manifest>(&manifest) else { return Ok(Vec::new()) };
        let mut kept = Vec::new();
        for (name, mark) in manifest.files.iter().filter(|(name, _)| wanted(name)) {
            let bytes = self.read(bundle, name)?.unwrap_or_default();
            if *mark == FileMark::of_bytes(&bytes) {
                kept.push((format!("{bundle}/{name}"), bytes));
            }
        }
        Ok(kept)
    }
}
