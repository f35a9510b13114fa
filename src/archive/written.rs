//! The workbooks of an export, as they were written.

use super::manifest::{FileMark, MANIFEST_NAME, Manifest};
use super::{Archive, ArchiveError, folder_name};
use crate::domain::ExportId;

/// How the archive calls a workbook, and, behind a `-`, those of several.
const WORKBOOK: &str = "workbook";

impl Archive {
    /// The workbook of the export, or those of its parts, each with its name in the archive and its bytes; none where there are none, or
    /// where one is not as its manifest says.
    ///
    /// # Errors
    /// Where the archive cannot be read.
    pub fn workbooks(&self, export: &ExportId) -> Result<Vec<(String, Vec<u8>)>, ArchiveError> {
        let bundle = format!("exports/{}", folder_name(export.as_str())?);
        let Some(manifest) = self.read(&bundle, MANIFEST_NAME)? else { return Ok(Vec::new()) };
        let Ok(manifest) = serde_json::from_slice::<Manifest>(&manifest) else { return Ok(Vec::new()) };
        let is_workbook = |name: &&String| name.starts_with(WORKBOOK) && name.ends_with(".xlsx");
        let mut workbooks = Vec::new();
        for name in manifest.files.keys().filter(is_workbook) {
            let bytes = self.read(&bundle, name)?.unwrap_or_default();
            if manifest.files.get(name) != Some(&FileMark::of_bytes(&bytes)) {
                return Ok(Vec::new());
            }
            workbooks.push((name.clone(), bytes));
        }
        Ok(workbooks)
    }
}
