//! What was made of a workbook goes into the inbox, and what was dealt with out of it; each on disk before it counts.

use std::path::Path;

use chrono::TimeDelta;
use serde_json::json;

use super::exports::ours;
use super::placing::{Moved, move_away, name_of, put};
use super::steps::{Step, Trouble};
use super::{Watch, words};
use crate::durable;
use crate::failure::Failure;
use crate::message;
use crate::watch::{Answer, Came, Stage, Story, sha256};

/// Answers lie in the inbox for so long.
const ANSWERS_LIE: TimeDelta = TimeDelta::days(7);

impl Watch<'_> {
    /// A file that lies in the story's folder goes into the inbox. Gives the name that it has there, unless that is taken.
    pub(super) fn gives(&self, story: &mut Story, path: &Path) -> Result<String, Trouble> {
        let bytes = durable::read(path).map_err(|error| Trouble::Later(error.to_string()))?;
        let name = name_of(path);
        story.answers.retain(|answer| answer.placed.is_some() || answer.name != name);
        story.answers.push(Answer { name: name.clone(), sha256: sha256(&bytes), placed: None });
        Ok(name)
    }

    /// The words of an answer; with them the story knows what came of it, and whether its file is to be moved away.
    pub(super) fn says(
        &self,
        story: &mut Story,
        (came, to_move): (Came, bool),
        name: String,
        text: &[u8],
    ) -> Result<(), Trouble> {
        let path = self.ledger.work_folder(&story.sha256).join(&name);
        durable::replace(&path, text, true)?;
        self.gives(story, &path)?;
        (story.came, story.to_move) = (Some(came), to_move);
        story.go_to(Stage::Answering, self.context.now());
        Ok(())
    }

    /// Puts what is to be said into the inbox, and then moves the file away.
    pub(super) fn answer(&mut self, story: &mut Story) -> Result<Step, Trouble> {
        let inbox = &self.settings.watch.inbox;
        if self.inbox.away_since.is_some() {
            return Err(Trouble::Later("the inbox is not there".to_string()));
        }
        let folder = self.ledger.work_folder(&story.sha256);
        let mut told = Vec::new();
        for answer in story.answers.iter_mut().filter(|answer| answer.placed.is_none()) {
            let bytes = durable::read(&folder.join(&answer.name)).map_err(|error| Trouble::Later(error.to_string()))?;
            self.log.info("answering", json!({ "file": story.name, "with": answer.name }));
            answer.placed = Some(put(inbox, &answer.name, &bytes)?);
            told.push(answer.placed.clone());
        }
        if !told.is_empty() {
            self.ledger.save(story).map_err(|error| Trouble::Ours(ours(&error)))?;
            let came: Option<&str> = story.came.map(Into::into);
            self.log.info("answered", json!({ "file": story.name, "came": came, "with": told }));
        }
        self.no_longer_waits(&story.name);
        self.clear_away(story)?;
        let stage = if story.came == Some(Came::Planned) { Stage::Waiting } else { Stage::Ended };
        story.go_to(stage, self.context.now());
        Ok(if stage == Stage::Waiting { Step::Next } else { Step::Rests })
    }

    /// Moves the story's file out of the inbox, as far as it is to be and can be: somebody may have it open.
    pub(super) fn clear_away(&mut self, story: &mut Story) -> Result<Step, Trouble> {
        if story.to_move && self.inbox.away_since.is_none() {
            let (name, hash) = (story.name.clone(), story.sha256.clone());
            match self.move_file(&name, &hash) {
                Ok(Some(place)) => (story.to_move, story.moved_to) = (false, Some(place)),
                // Gone, or another content by now: there is nothing to move.
                Ok(None) => (story.to_move, story.moved_to) = (false, Some(String::new())),
                Err(failure) => {
                    let why = failure.to_string();
                    self.log.warning("not_moved", json!({ "file": name, "why": why }));
                    story.failed(why, self.context.now());
                }
            }
        }
        Ok(Step::Rests)
    }

    /// Where the file lies now; none where it is not there any more, or was saved again.
    pub(super) fn move_file(&mut self, name: &str, hash: &str) -> Result<Option<String>, Failure> {
        let at = (self.context.now(), self.settings.team_zone);
        self.log.info("moving", json!({ "file": name }));
        Ok(match move_away(&self.settings.watch.inbox, (name, hash), at)? {
            Moved::To(place) => {
                self.log.info("moved", json!({ "file": name, "to": place }));
                Some(place)
            }
            Moved::Gone | Moved::Changed => None,
        })
    }

    /// What was answered a week ago lies with what it was about, unless somebody wrote into it.
    pub(super) fn put_answers_away(&mut self) -> Result<(), Failure> {
        let now = self.context.now();
        let is_old = |story: &&Story| {
            story.stage == Stage::Ended && !story.is_put_away && !story.to_move && now - story.since > ANSWERS_LIE
        };
        if self.inbox.away_since.is_some() {
            return Ok(());
        }
        let old: Vec<Story> = self.ledger.stories().filter(is_old).cloned().collect();
        for mut story in old {
            for answer in &story.answers {
                let Some(name) = &answer.placed else { continue };
                let moved =
                    move_away(&self.settings.watch.inbox, (name, &answer.sha256), (now, self.settings.team_zone));
                // One that somebody has open is left to him.
                if let Err(error) = moved {
                    self.log.warning("not_moved", json!({ "file": name, "why": error.to_string() }));
                }
            }
            self.log.info("put_away", json!({ "file": story.name, "sha256": story.sha256 }));
            story.is_put_away = true;
            self.ledger.save(&story)?;
        }
        Ok(())
    }

    /// A step that failed again and again is told beside the file, and to people's channels: it is still tried.
    pub(super) fn tells_trouble(&mut self, story: &Story) {
        let why = message!("watch-later", why = story.trouble.as_deref().unwrap_or_default());
        self.tells(story, &why);
        let text = words::later(self.settings.language, &story.name, &why);
        let Some(seen) = self.looks.seen_mut(&story.name).filter(|seen| seen.note.is_none()) else { return };
        match put(&self.settings.watch.inbox, &words::note_name(&story.name), &text) {
            Ok(place) => seen.note = Some((place, sha256(&text))),
            Err(error) => self.trouble("note_not_written", error.to_string()),
        }
    }
}
