//! The inbox: looked into again and again, since no share and no sync client can be relied on to say that something came.

use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::TimeDelta;
use serde_json::json;
use tokio::task::JoinHandle;

use super::exports::ours;
use super::placing::{put, take_note_away};
use super::{Watch, words};
use crate::commands::messenger::Messenger;
use crate::domain::Timestamp;
use crate::durable;
use crate::failure::{Failure, Kind};
use crate::message;
use crate::watch::{
    self, Away, Came, Claim, Found, Installation, Look, Named, NotTaken, Seen, Stage, Story, Waits, named, sha256,
};

/// Below the watcher's folder: copies of which nobody knows yet what they are.
pub(super) const INCOMING: &str = "incoming";
/// A share that does not answer for so long is away.
const PATIENCE: Duration = Duration::from_secs(30);
/// What waits for longer is told beside it.
const TOLD_AFTER: TimeDelta = TimeDelta::minutes(15);
/// Our word in the inbox is renewed so often.
const CLAIM: TimeDelta = TimeDelta::minutes(1);

/// A look that is under way: into a share that is gone it may take for ever.
pub(super) type Pending = JoinHandle<(Installation, Result<Vec<Found>, Away>)>;

impl Watch<'_> {
    /// Another installation's inbox is not watched at all.
    pub(super) fn enter_at_start(&mut self) -> Result<(), Failure> {
        let now = self.context.now();
        let claim = self.claim(now);
        match watch::others_claim(&self.settings.watch.inbox, &claim) {
            Some(theirs) => Err(others(&theirs, &self.inbox.folder)),
            None => Ok(()),
        }
    }

    fn claim(&self, now: Timestamp) -> Claim {
        Claim { installation: self.installation.installation.clone(), watcher: self.me.clone(), at: now }
    }

    /// Looks at what lies there, takes what is whole, and goes on with what was taken.
    pub(super) async fn look_into_inbox(&mut self) -> Result<(), Failure> {
        let now = self.context.now();
        self.troubles.clear();
        let found = match self.files().await {
            Ok(found) => found,
            Err(away) => {
                let why = match away {
                    Away::Gone(why) => why,
                    Away::Others(theirs) => others(&theirs, &self.inbox.folder).line,
                };
                if self.inbox.away_since.is_none() {
                    self.log.warning("inbox_away", json!({ "inbox": self.inbox.folder, "why": why }));
                    self.inbox.away_since = Some(now);
                    let key = format!("inbox-away-{}", now.format("%Y%m%d-%H%M%S"));
                    let told = message!("watch-away", inbox = self.inbox.folder.as_str(), why = why.as_str());
                    Messenger::of(self.context, &self.settings).queue_inbox(&key, None, &told, None);
                    self.delivered_at = None;
                }
                self.inbox.why = Some(why);
                // What was taken already can be planned all the same.
                return self.go_on().await;
            }
        };
        if let Some(since) = self.inbox.away_since.take() {
            self.log.info("inbox_back", json!({ "inbox": self.inbox.folder, "away_since": since }));
        }
        (self.inbox.why, self.inbox.looked_at) = (None, Some(now));
        for (_, gone) in self.looks.take_in(&found, now) {
            self.forget_note(gone);
        }
        let workbooks: Vec<String> =
            found.iter().map(|file| &file.name).filter(|name| named(name) == Named::Workbook).cloned().collect();
        for name in workbooks {
            if self.is_stopped() {
                break;
            }
            self.look_at(&name, now)?;
        }
        self.looks.save(&self.folder)?;
        self.go_on().await?;
        Ok(self.looks.save(&self.folder)?)
    }

    /// The files of the inbox, within the time in which a share answers.
    async fn files(&mut self) -> Result<Vec<Found>, Away> {
        let now = self.context.now();
        let pending = self.pending.take().unwrap_or_else(|| {
            let is_to_be_claimed = self.claimed_at.is_none_or(|at| at > now || now - at >= CLAIM);
            let claim = is_to_be_claimed.then(|| self.claim(now));
            let (mut installation, folder) = (self.installation.clone(), self.folder.clone());
            let (inbox, about) = (self.settings.watch.inbox.clone(), words::about(self.settings.language));
            tokio::task::spawn_blocking(move || {
                let looked = installation.enter(&folder, &inbox, &about).and_then(|()| {
                    claim.map_or(Ok(()), |claim| watch::claim(&inbox, &claim))?;
                    watch::files(&inbox).map_err(|error| Away::Gone(error.to_string()))
                });
                (installation, looked)
            })
        });
        let mut pending = pending;
        match tokio::time::timeout(PATIENCE, &mut pending).await {
            Ok(Ok((installation, looked))) => {
                self.installation = installation;
                if self.claimed_at.is_none_or(|at| at > now || now - at >= CLAIM) {
                    self.claimed_at = Some(now).filter(|_| looked.is_ok());
                }
                looked
            }
            Ok(Err(error)) => Err(Away::Gone(error.to_string())),
            Err(_) => {
                self.pending = Some(pending);
                Err(Away::Gone("it does not answer".to_string()))
            }
        }
    }

    /// One workbook of the inbox as it was seen at `now`: known, or taken, or left waiting with a reason.
    fn look_at(&mut self, name: &str, now: Timestamp) -> Result<(), Failure> {
        let hash = self.looks.seen(name).and_then(|seen| seen.sha256.clone());
        if let Some(hash) = &hash
            && self.is_known(hash)
        {
            return self.known(name, hash);
        }
        let settle = TimeDelta::from_std(self.settings.watch.settle).unwrap_or_default();
        if let Some(waits) = self.looks.waits(name, settle, now) {
            return self.wait(name, waits);
        }
        // Read already, and held back since another version lies here.
        if hash.is_some()
            && let Some(waits) = self.against(name)
        {
            return self.wait(name, waits);
        }
        let Some(look) = self.looks.seen(name).map(|seen| seen.look.clone()) else { return Ok(()) };
        let (hash, copy) = match self.copied(name, &look) {
            Ok(taken) => taken,
            Err(NotTaken::Waits(waits)) => {
                if let Some(seen) = self.looks.seen_mut(name).filter(|_| waits != Waits::Settling) {
                    seen.tried = Some(now);
                }
                return self.wait(name, waits);
            }
            Err(NotTaken::Ours(error)) => return Err(ours(&error)),
        };
        if let Some(seen) = self.looks.seen_mut(name) {
            seen.sha256 = Some(hash.clone());
        }
        let against = if self.is_known(&hash) { None } else { self.against(name) };
        if self.is_known(&hash) || against.is_some() {
            let _ = durable::remove(&copy);
        }
        match against {
            Some(waits) => self.wait(name, waits),
            None if self.is_known(&hash) => self.known(name, &hash),
            None => self.take_on(name, &hash, &copy),
        }
    }

    fn is_known(&self, hash: &str) -> bool {
        self.ledger.story(hash).is_some() || self.ledger.is_ours(hash)
    }

    fn against(&self, name: &str) -> Option<Waits> {
        self.looks.version_against(name, &|hash| self.is_known(hash))
    }

    fn copied(&self, name: &str, look: &Look) -> Result<(String, PathBuf), NotTaken> {
        let to = durable::free_name(&self.folder.join(INCOMING).join("copy"));
        let hash = watch::take(&self.settings.watch.inbox.join(name), look, &to)?;
        Ok((hash, to))
    }

    /// A new content: from here on it is ours to answer.
    fn take_on(&mut self, name: &str, hash: &str, copy: &Path) -> Result<(), Failure> {
        let now = self.context.now();
        let story = Story::new(hash, name, now);
        let place = self.ledger.copy_of(&story);
        let folder = self.ledger.work_folder(hash);
        // Of somebody who was killed before he said that it is his.
        let _ = durable::remove_tree(&folder);
        durable::create_folder(&folder)?;
        durable::rename(copy, &place).map_err(|error| durable::DurableError::of(&place, error))?;
        durable::sync_folder_of(&place)?;
        self.log.info("taking", json!({ "file": name, "sha256": hash }));
        self.ledger.save(&story)?;
        self.log.info("taken", json!({ "file": name, "sha256": hash }));
        self.no_longer_waits(name);
        Ok(())
    }

    /// A content that was written by us or dealt with before.
    fn known(&mut self, name: &str, hash: &str) -> Result<(), Failure> {
        let Some(story) = self.ledger.story(hash).cloned() else {
            self.no_longer_waits(name);
            return Ok(());
        };
        let is_the_same_file = story.name == name && story.moved_to.is_none();
        if is_the_same_file || story.is_busy() {
            return Ok(());
        }
        self.no_longer_waits(name);
        let now = self.context.now();
        if story.came == Some(Came::NotApplied) && story.stage == Stage::Ended {
            // Its plan was too old, or something was mended since: whoever hands it in again wants it planned anew.
            let Some(look) = self.looks.seen(name).map(|seen| seen.look.clone()) else { return Ok(()) };
            return match self.copied(name, &look) {
                Ok((again, copy)) if again == hash => self.take_on(name, hash, &copy),
                Ok(_) | Err(NotTaken::Waits(_)) => Ok(()),
                Err(NotTaken::Ours(error)) => Err(ours(&error)),
            };
        }
        self.log.info("known_already", json!({ "file": name, "same_as": story.name, "sha256": hash }));
        let zone = self.settings.team_zone;
        let text = words::duplicate(self.settings.language, name, &story, zone, now);
        let placed = put(&self.settings.watch.inbox, &words::answer_name(name), &text);
        let moved = placed.map_err(Failure::from).and_then(|place| {
            self.log.info("answered", json!({ "file": name, "came": "known_already", "with": [place] }));
            self.move_file(name, hash)
        });
        // Looked at again, with the same answer.
        if let Err(failure) = moved {
            self.trouble("not_moved", format!("{name}: {failure}"));
        }
        Ok(())
    }

    /// That a file waits, and since when; after some time a note beside it says why.
    fn wait(&mut self, name: &str, waits: Waits) -> Result<(), Failure> {
        let now = self.context.now();
        let Some(seen) = self.looks.seen(name) else { return Ok(()) };
        let is_same = seen.waits.as_ref().is_some_and(|(before, _)| *before == waits);
        if !is_same {
            if waits != Waits::Settling {
                self.log.info("waits", json!({ "file": name, "why": waits }));
            }
            // The note was about something else.
            self.no_longer_waits(name);
            if let Some(seen) = self.looks.seen_mut(name) {
                seen.waits = Some((waits.clone(), now));
            }
        }
        let Some(seen) = self.looks.seen(name) else { return Ok(()) };
        let since = seen.waits.as_ref().map_or(now, |(_, since)| *since);
        let is_to_be_told = match waits {
            Waits::Settling => false,
            Waits::TwoVersions { .. } => true,
            Waits::Open { .. } | Waits::Empty | Waits::NotHere | Waits::CutOff | Waits::Held { .. } => {
                now - since >= TOLD_AFTER
            }
        };
        if !is_to_be_told || seen.note.is_some() {
            return Ok(());
        }
        let text = words::note(self.settings.language, name, &waits);
        // A note that cannot be written is no reason to leave the other files alone.
        match put(&self.settings.watch.inbox, &words::note_name(name), &text) {
            Ok(place) => {
                self.log.info("note_written", json!({ "file": name, "note": place }));
                if let Some(seen) = self.looks.seen_mut(name) {
                    seen.note = Some((place, sha256(&text)));
                }
            }
            Err(error) => self.trouble("note_not_written", error.to_string()),
        }
        Ok(())
    }

    pub(super) fn no_longer_waits(&mut self, name: &str) {
        let Some(seen) = self.looks.seen_mut(name) else { return };
        seen.waits = None;
        if let Some((note, hash)) = seen.note.take() {
            take_note_away(&self.settings.watch.inbox, &note, &hash);
        }
    }

    /// Of a file that is not there any more.
    fn forget_note(&self, gone: Seen) {
        if let Some((note, hash)) = gone.note {
            take_note_away(&self.settings.watch.inbox, &note, &hash);
        }
    }
}

fn others(theirs: &Claim, inbox: &str) -> Failure {
    let Claim { watcher, at, .. } = theirs;
    let line = format!(
        "another `couponbook watch` (process {} on {}, with another state folder, last seen {}) watches {inbox}",
        watcher.pid,
        watcher.machine,
        at.format("%Y-%m-%d %H:%M UTC")
    );
    Failure::new(Kind::Watched, line).hint(
        "each inbox belongs to one installation: name another folder as `inbox` in [watch], or stop the other; one that was killed is \
         believed gone after ten minutes",
    )
}
