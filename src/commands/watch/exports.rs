//! The exports that are due, each once: what is to be made is on disk before it is begun, under the id that it will have, so that whoever
//! was killed can tell whether it was made.

use chrono::Timelike;
use serde_json::json;

use super::Watch;
use crate::commands::context::Context;
use crate::commands::export::{self, ExportArgs};
use crate::domain::{ExportId, IsoWeek, Slot, local_day};
use crate::failure::{Failure, Kind};
use crate::messages::{Beat, ping};
use crate::settings::{Needs, Settings};
use crate::watch::{Doing, Due, SlotState};
use crate::workbook::read;

/// What is there of an export that was begun.
enum Made {
    Nothing,
    /// A workbook in which no store could be seen.
    Blind,
    Whole,
}

impl Watch<'_> {
    /// Makes the export that is due, where one is, and writes down which were missed.
    pub(super) async fn due_export(&mut self) -> Result<(), Failure> {
        let now = self.context.now();
        let decision = self.book.decide(&self.settings.watch.times, now, self.settings.watch.catch_up);
        if let Some(by) = decision.set_back {
            self.log.warning("clock_set_back", json!({ "by_seconds": by.num_seconds() }));
        }
        for due in &decision.missed {
            self.log.warning("export_missed", json!({ "slot": due.key(), "was_due": due.at }));
        }
        if decision.run.is_some() && self.awake_at.is_some_and(|awake| now < awake && now + super::NETWORK >= awake) {
            return Ok(());
        }
        if self.book.settle(&decision, now) {
            self.book.save(&self.folder)?;
        }
        match decision.run {
            Some(due) => self.export(&due).await,
            None => Ok(()),
        }
    }

    async fn export(&mut self, due: &Due) -> Result<(), Failure> {
        let now = self.context.now();
        // Killed after it was made and before that was written down.
        let begun = self.book.record(due).filter(|record| record.state == SlotState::Begun);
        if let Some(id) = begun.and_then(|record| record.export.clone())
            && matches!(self.made(&id)?, Made::Whole)
        {
            self.book.done(due, now);
            self.book.save(&self.folder)?;
            self.log.info("export_found", json!({ "slot": due.key(), "export": id }));
            return Ok(());
        }
        let today = local_day(now, self.settings.team_zone);
        let by_hour = |hour: u32| if hour < 12 { Slot::Am } else { Slot::Pm };
        // A morning that is made up for at noon is still the morning's, and yesterday's afternoon is not today's.
        let slot = (due.local.date() == today).then(|| by_hour(due.local.hour()));
        let by_clock = by_hour(now.with_timezone(&self.settings.team_zone).hour());
        let id = export::new_id(today, slot.unwrap_or(by_clock))?;
        self.book.begin(due, id.clone(), now);
        self.book.save(&self.folder)?;
        self.log.info(
            "export_begun",
            json!({ "slot": due.key(), "export": id, "late_seconds": (now - due.at).num_seconds().max(0) }),
        );
        self.ping(Beat::Start).await;
        let (context, args) = (self.context, ExportArgs::due(id.clone(), slot));
        let exported = self.unless_stopped(Doing::Exporting, export::run(&args, context)).await;
        self.log.words();
        let now = self.context.now();
        match exported {
            // The next start goes on with it.
            None => return Ok(()),
            Some(Ok(exported)) => {
                self.book.done(due, now);
                self.book.save(&self.folder)?;
                let export = &exported.export;
                self.log.info(
                    "export_done",
                    json!({
                        "slot": due.key(), "export": id, "workbook": exported.place.display().to_string(),
                        "stores": export.stores.len(), "stores_loaded": export.stores_loaded(), "coupons": export.rows.len(),
                    }),
                );
                self.ping(Beat::Success).await;
            }
            Some(Err(failure)) => {
                let why = failure.to_string();
                match self.made(&id)? {
                    // It waits for the archive, which the next one takes along.
                    Made::Whole => self.book.done(due, now),
                    Made::Nothing | Made::Blind => self.book.failed(due, failure.line.clone(), now),
                }
                self.book.save(&self.folder)?;
                self.log.error("export_failed", json!({ "slot": due.key(), "export": id, "why": why }));
                self.ping(Beat::Fail).await;
                self.failed = Some(failure);
            }
        }
        self.tell_health(Doing::Waiting);
        Ok(())
    }

    /// What there is of the export with that id, in the archive and among the reports.
    fn made(&self, id: &ExportId) -> Result<Made, Failure> {
        let settings = self.context.settings(Needs::ARCHIVE)?;
        let snapshot = self.context.archive(&settings).load_snapshot(id).ok();
        if snapshot.as_ref().is_some_and(|export| export.stores_loaded() == 0) {
            return Ok(Made::Blind);
        }
        Ok(if is_reported(self.context, &settings, id) { Made::Whole } else { Made::Nothing })
    }

    /// A dead man's switch never stops the work.
    async fn ping(&mut self, beat: Beat) {
        let told = match &self.settings.watch.ping {
            None => return,
            Some(Ok(address)) => {
                ping(address, beat).await.map_err(|why| crate::language::Language::ENGLISH.render(&why))
            }
            Some(Err(why)) => Err(why.clone()),
        };
        if let Err(why) = told {
            self.log.warning("ping_failed", json!({ "why": why }));
        }
    }
}

/// Whether a workbook of this week's reports or last week's says of itself that it is of that export.
fn is_reported(context: &Context, settings: &Settings, id: &ExportId) -> bool {
    let today = local_day(context.now(), settings.team_zone);
    let days = [Some(today), today.checked_sub_days(chrono::Days::new(7))];
    let folders = days.into_iter().flatten().map(|day| settings.reports.join(IsoWeek::of(day).to_string()));
    let mut places: Vec<_> = folders.collect();
    while let Some(place) = places.pop() {
        for entry in std::fs::read_dir(&place).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                // One workbook for each group of stores.
                places.push(path);
            } else if path.extension().is_some_and(|ending| ending == "xlsx")
                && read::export_of(&path).as_ref() == Some(id)
            {
                return true;
            }
        }
    }
    false
}

/// What a failure of our own files comes to.
pub(super) fn ours(error: &(dyn std::error::Error + 'static)) -> Failure {
    Failure::of(Kind::Failed, error)
}
