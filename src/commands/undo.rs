use std::path::PathBuf;

use super::context::Context;
use super::export::{self, ExportArgs, Filled, workbook_name};
use super::say::{self, counted};
use super::{interrupted, runs};
use crate::apply;
use crate::domain::UndoWay;
use crate::failure::{Failure, Kind};
use crate::language::Language;
use crate::settings::Needs;

/// Write a workbook whose actions take a run back, as far as the platforms can; nothing is sent until it is applied
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  couponbook undo last                     # the newest run
  couponbook undo R20261122-101200-7K3MPX  # `couponbook runs` lists them
  couponbook undo 2026-11-22-am.xlsx       # the run of that workbook, or of its results")]
pub struct UndoArgs {
    /// A run's id, its beginning, the workbook that was applied or its results, or `last`
    #[arg(value_name = "RUN|WORKBOOK")]
    run: String,
    /// Where to write the workbook [default: reports/WEEK/undo-of-RUN.xlsx]; never over one that is there
    #[arg(long, value_name = "FILE", value_parser = workbook_name)]
    out: Option<PathBuf>,
    /// What the workbook is written in: en, zh-CN [default: as in the config]
    #[arg(long, value_name = "TAG", value_parser = export::language)]
    language: Option<Language>,
}

pub async fn run(args: &UndoArgs, context: &Context<'_>) -> Result<(), Failure> {
    let mut settings = context.settings(Needs::ALL)?;
    let (archive, journal) = (context.archive(&settings), context.journal(&settings)?);
    archive.must_hold()?;
    interrupted::finish(context, &settings, (&archive, &journal), None)?;
    let run = runs::named(&args.run, &archive)?;
    let past = apply::changes_of(&archive, &run)?;
    let touched = past.stores();
    settings.stores.retain(|store| touched.contains(&store.store.id));
    if settings.stores.is_empty() {
        return Err(Failure::new(Kind::Failed, format!("no store that run {run} touched is in the config any more")));
    }
    settings.language = args.language.unwrap_or(settings.language);
    settings.split_by = None;
    let export = ExportArgs::at(args.out.clone());
    let exported = export::carry_out(&export, context, settings, Filled::Undo(Box::new(past))).await?;
    let Some(undo) = &exported.undo else { return Ok(()) };
    let planned = undo.lines.iter().filter(|line| line.way.is_planned()).count();
    let text = format!(
        "{} to take back, {} cannot be undone: {}. Nothing was sent.\nNext: look at its sheet Undo, then couponbook plan {}",
        counted(planned, "change", "changes"),
        undo.count(UndoWay::Never),
        exported.place.display(),
        say::as_typed(&exported.place)
    );
    let document = serde_json::json!({
        "undo": undo, "export": exported.export.id, "workbook": exported.place.display().to_string(),
    });
    context.print(&document, &text)
}
