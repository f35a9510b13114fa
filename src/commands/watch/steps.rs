//! What was taken goes on step by step: read, planned, answered, moved away, sent once somebody's word is there. Each step ends with what it
//! came to on disk, and begins anew after a kill.

use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use serde_json::json;

use super::Watch;
use super::placing::name_of;
use super::planning::{self, NoPlan, Read};
use super::words::{self, Applied, Planned};
use crate::apply::{self, CodeError, PlanFile, approval_path, approved_by, approvers, redeem_code, totals};
use crate::commands::apply::{ApplyArgs, carry_through};
use crate::commands::codes::{Waiting, send_codes_for, why_waiting};
use crate::commands::messenger::Messenger;
use crate::commands::plan::save_review;
use crate::domain::{Message, Person};
use crate::durable;
use crate::failure::{Failure, Kind};
use crate::journal::PlanUse;
use crate::message;
use crate::plan::why_not_automatic;
use crate::settings::{Needs, Settings};
use crate::watch::{Came, Doing, PlanMade, Stage, Story};
use crate::workbook::read::{NoAnswer, ReviewAnswer, read_answer};

/// Before a step that failed is tried again, in minutes; then always the last.
const AGAIN: [i64; 4] = [0, 1, 2, 5];

/// After so many tries somebody is told.
const TOLD_AT: u32 = 3;

/// Whether a story goes on at once.
#[derive(PartialEq, Eq)]
pub(super) enum Step {
    Next,
    /// It waits, or is over.
    Rests,
}

/// Why a step was not done.
pub(super) enum Trouble {
    /// It is tried again.
    Later(String),
    /// Our own files cannot be written: nothing goes on.
    Ours(Failure),
}

impl From<durable::DurableError> for Trouble {
    fn from(error: durable::DurableError) -> Self {
        Self::Later(error.to_string())
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Later(failure.to_string())
    }
}

impl Watch<'_> {
    /// Goes on with every story that can go on. A page that came back may let another story go on, which is why it looks twice.
    pub(super) async fn go_on(&mut self) -> Result<(), Failure> {
        for _ in 0..2 {
            let mut pages = false;
            for story in self.ledger.open_stories() {
                if self.is_stopped() {
                    return Ok(());
                }
                let before = story.came;
                let hash = story.sha256.clone();
                self.carry_on(story).await?;
                let came = self.ledger.story(&hash).and_then(|story| story.came);
                pages |= came != before && came == Some(Came::Approved);
            }
            if !pages {
                break;
            }
        }
        self.put_answers_away()?;
        self.ledger.tidy();
        Ok(())
    }

    async fn carry_on(&mut self, mut story: Story) -> Result<(), Failure> {
        let now = self.context.now();
        let tries = usize::try_from(story.tries).unwrap_or(usize::MAX).min(AGAIN.len() - 1);
        let pause = TimeDelta::minutes(AGAIN.get(tries).copied().unwrap_or_default());
        if story.tries > 0 && story.since <= now && now - story.since < pause {
            return Ok(());
        }
        loop {
            let stage = story.stage;
            let step = match stage {
                Stage::Claimed => self.read(&mut story).await,
                Stage::Planned => self.decide(&mut story).await,
                Stage::Applying => self.send(&mut story).await,
                Stage::Answering => self.answer(&mut story),
                Stage::Waiting => self.listen(&mut story),
                Stage::Ended => self.clear_away(&mut story),
            };
            self.log.words();
            match step {
                Ok(step) => {
                    if self.ledger.story(&story.sha256) != Some(&story) {
                        self.ledger.save(&story)?;
                        self.told(&story, stage);
                    }
                    if step == Step::Rests || self.is_stopped() {
                        return Ok(());
                    }
                }
                Err(Trouble::Later(why)) => {
                    self.log.warning("tried_again_later", json!({ "file": story.name, "why": why }));
                    story.failed(why, self.context.now());
                    if story.tries == TOLD_AT {
                        self.tells_trouble(&story);
                    }
                    return Ok(self.ledger.save(&story)?);
                }
                Err(Trouble::Ours(failure)) => return Err(failure),
            }
        }
    }

    /// A step is on disk: the log has it, and so may people.
    fn told(&self, story: &Story, before: Stage) {
        if story.stage != before {
            let came: Option<&str> = story.came.map(Into::into);
            self.log.info(
                "step",
                json!({ "file": story.name, "stage": story.stage, "came": came, "sha256": story.sha256 }),
            );
        }
    }

    /// A page that an approver typed into, or a workbook.
    async fn read(&mut self, story: &mut Story) -> Result<Step, Trouble> {
        let copy = self.ledger.copy_of(story);
        match read_answer(&copy) {
            Ok(answer) => return self.page(story, &answer),
            Err(NoAnswer::Ambiguous) => {
                let why = message!("watch-page-ambiguous");
                return self.not_approved(story, &why);
            }
            // What is no page is a workbook, or says itself what it is.
            Err(NoAnswer::NoPage | NoAnswer::Unreadable(_)) => {}
        }
        self.keep_copies_only(story)?;
        let (context, by) = (self.context, self.settings.watch.by.clone());
        let read = self.unless_stopped(Doing::Planning, planning::plan(context, &copy, by.as_deref())).await;
        let name = story.name.clone();
        let read = read.map(|read| {
            read.map(|(read, besides)| {
                story.besides = besides;
                read
            })
        });
        match read {
            None => return Ok(Step::Rests),
            Some(Err(NoPlan::NotNow(failure))) => return Err(Trouble::Later(failure.to_string())),
            Some(Err(NoPlan::Never(why))) => {
                self.tells(story, &why);
                let text = words::unreadable(self.settings.language, &name, &why);
                self.says(story, (Came::Unreadable, true), words::answer_name(&name), &text)?;
            }
            Some(Ok(Read::Nothing { language, done, odd })) => {
                let text = words::nothing(language, &name, (done, odd), &story.besides);
                self.says(story, (Came::Nothing, true), words::answer_name(&name), &text)?;
            }
            Some(Ok(Read::BadCells { language, count, to_mend })) => {
                self.tells(story, &message!("watch-bad-cells", workbook = name.as_str(), count = count));
                let mend = to_mend.as_deref().map(|path| self.gives(story, path)).transpose()?;
                let text = words::bad_cells(language, &name, (count, mend.as_deref()), &story.besides);
                self.says(story, (Came::BadCells, true), words::answer_name(&name), &text)?;
            }
            Some(Ok(Read::Plan(saved))) => {
                story.plan = Some(PlanMade {
                    file: name_of(&saved.path),
                    sha256: saved.sha256,
                    changes: saved.file.plan.changes().count(),
                    why: Vec::new(),
                    people: Vec::new(),
                });
                story.go_to(Stage::Planned, self.context.now());
            }
        }
        Ok(Step::Next)
    }

    /// Before a workbook is planned anew: what a killed one wrote beside the copy goes.
    fn keep_copies_only(&self, story: &Story) -> Result<(), Trouble> {
        let copy = self.ledger.copy_of(story);
        for entry in std::fs::read_dir(self.ledger.work_folder(&story.sha256)).into_iter().flatten().flatten() {
            if entry.path() != copy && entry.path().is_file() {
                durable::remove(&entry.path()).map_err(|error| Trouble::Later(error.to_string()))?;
            }
        }
        Ok(())
    }

    /// Whether it may be sent at once, or whose word it waits for.
    async fn decide(&mut self, story: &mut Story) -> Result<Step, Trouble> {
        let settings = self.context.settings(Needs::MESSAGES)?;
        let (path, file, sha) = self.plan_of(story)?;
        let second = why_waiting(&file, &settings);
        let alone = settings.watch.apply.as_ref().map(|limits| why_not_automatic(&file.plan, limits));
        if second.is_empty() && alone.as_ref().is_some_and(Vec::is_empty) {
            story.go_to(Stage::Applying, self.context.now());
            return Ok(Step::Next);
        }
        let why = match (second.is_empty(), alone) {
            (false, _) => second.clone(),
            (true, Some(why)) => why,
            (true, None) => vec![message!("watch-why-nobody-looked")],
        };
        let can: Vec<Person> = approvers(&file.plan, &settings.people).into_iter().cloned().collect();
        let waiting = Waiting { path: &path, file: &file, sha256: &sha };
        let journal = self.context.journal(&settings)?;
        Messenger::of(self.context, &settings).queue_waiting_for(&waiting, why.clone());
        self.delivered_at = None;
        let codes = send_codes_for(&why, &waiting, &settings, &journal, self.context).await?;
        codes.lines.iter().for_each(|line| self.log.info("code", json!({ "file": story.name, "text": line })));
        // Of somebody who was killed before he said that it is there.
        let _ = durable::remove(&path.with_extension("xlsx"));
        let page = save_review(&waiting, &why, &codes.people, &settings)?;
        let page = self.gives(story, &page)?;
        let language = file.language.unwrap_or(settings.language);
        let text = words::planned(&Planned {
            language,
            name: &story.name,
            file: &file,
            page: &page,
            plan: &path,
            why: &why,
            besides: &story.besides,
            needs_second: !second.is_empty(),
            has_people: settings.people.is_any(),
            people: &can,
            codes: &codes.people,
        });
        if let Some(plan) = &mut story.plan {
            plan.people = can.iter().map(|person| person.name.clone()).collect();
            plan.why = why;
        }
        self.says(story, (Came::Planned, true), words::answer_name(&story.name.clone()), &text)?;
        Ok(Step::Next)
    }

    fn plan_of(&self, story: &Story) -> Result<(PathBuf, PlanFile, String), Trouble> {
        let lost = || Trouble::Later("its plan is not there any more".to_string());
        let made = story.plan.as_ref().ok_or_else(lost)?;
        let path = self.ledger.work_folder(&story.sha256).join(&made.file);
        let bytes = durable::read(&path).map_err(|error| Trouble::Later(error.to_string()))?;
        let file = PlanFile::read(&path, &bytes).map_err(|error| Trouble::Later(error.to_string()))?;
        Ok((path, file, made.sha256.clone()))
    }

    /// Whether somebody gave his word, or sent it by hand.
    fn listen(&mut self, story: &mut Story) -> Result<Step, Trouble> {
        let settings = self.settings.clone();
        let (path, file, sha) = self.plan_of(story)?;
        let journal = self.context.journal(&settings)?;
        let by_hand = journal.plan_use(&sha).map_err(|error| ours_later(&error))?;
        let by = approved_by((&path, &file), &sha, &settings.people, &journal, self.context.now());
        if by_hand.is_none_or(|used| used.finished.is_none()) && by.is_empty() {
            self.clear_away(story)?;
            return Ok(Step::Rests);
        }
        if !by.is_empty() {
            self.log.info("approved", json!({ "file": story.name, "by": by }));
        }
        story.go_to(Stage::Applying, self.context.now());
        Ok(Step::Next)
    }

    /// Sends the plan, or tells what came of it where that was done already.
    async fn send(&mut self, story: &mut Story) -> Result<Step, Trouble> {
        let (path, file, sha) = self.plan_of(story)?;
        let language = file.language.unwrap_or(self.settings.language);
        let mut results = None;
        if self.used(&sha)?.is_none_or(|used| used.finished.is_none()) {
            let (context, args) = (self.context, ApplyArgs::agreed(&path, &file.plan.by));
            match self.meanwhile(Doing::Applying, carry_through(&args, context)).await {
                Ok(applied) => results = Some(applied.results),
                Err(failure) if failure.kind == Kind::Workbook => {
                    self.tells(story, &Message::as_written(failure.line.clone()));
                    let text = words::not_applied(language, &story.name, &failure.line);
                    let name = words::applied_name(story);
                    self.says(story, (Came::NotApplied, story.moved_to.is_none()), name, &text)?;
                    return Ok(Step::Next);
                }
                Err(failure) => return Err(Trouble::Later(failure.to_string())),
            }
        }
        let Some(used) = self.used(&sha)? else {
            return Err(Trouble::Later("its run is not in the journal".to_string()));
        };
        if used.finished.is_none() {
            // It was stopped in the middle, and goes on where it stopped.
            return Err(Trouble::Later(format!("run {} has not come to its end", used.run)));
        }
        let journal = self.context.journal(&self.settings)?;
        let outcomes = journal.outcomes(&used.run).map_err(|error| ours_later(&error))?;
        let name_of_text = words::applied_name(story);
        let results = results.or_else(|| newest_results(&self.ledger.copy_of(story)));
        let shown = results.as_deref().map(|path| self.gives(story, path)).transpose()?;
        let approved = approved_by((&path, &file), &sha, &self.settings.people, &journal, self.context.now());
        let text = words::applied(&Applied {
            language,
            name: &story.name,
            run: used.run.as_str(),
            by: &used.by,
            approved: &approved,
            totals: &totals(&outcomes),
            results: shown.as_deref(),
            // What was said before is not said again.
            besides: if story.answers.iter().any(|it| it.placed.is_some()) { &[] } else { &story.besides },
        });
        // An answer of before has gone out; one that nobody had to wait for is the only one.
        self.says(story, (Came::Applied, story.moved_to.is_none()), name_of_text, &text)?;
        Ok(Step::Next)
    }

    fn used(&self, plan_sha256: &str) -> Result<Option<PlanUse>, Trouble> {
        let journal = self.context.journal(&self.settings)?;
        journal.plan_use(plan_sha256).map_err(|error| ours_later(&error))
    }

    /// The page of a plan, with what somebody typed into it.
    fn page(&mut self, story: &mut Story, answer: &ReviewAnswer) -> Result<Step, Trouble> {
        let Some(code) = &answer.code else {
            // An office program saved it anew, and nobody said anything.
            story.came = Some(Came::NoCode);
            story.go_to(Stage::Ended, self.context.now());
            return Ok(Step::Next);
        };
        let is_its = |other: &&Story| other.plan.as_ref().is_some_and(|plan| plan.sha256 == answer.plan_sha256);
        let Some(of) = self.ledger.stories().find(is_its).cloned() else {
            return self.not_approved(story, &message!("watch-page-unknown"));
        };
        if of.stage != Stage::Waiting {
            return self.not_approved(story, &message!("watch-page-over", workbook = of.name.as_str()));
        }
        let settings: Settings = self.context.settings(Needs::MESSAGES)?;
        let (path, file, sha) = self.plan_of(&of)?;
        let journal = self.context.journal(&settings)?;
        let now = self.context.now();
        let approval = match redeem_code(&journal, (&file.plan, &sha), &settings.people, code, now) {
            Ok(approval) => approval,
            Err(CodeError::Journal(error)) => return Err(ours_later(&error)),
            Err(error) => return self.not_approved(story, &refused(&error)),
        };
        if !approved_by((&path, &file), &sha, &settings.people, &journal, now).contains(&approval.person) {
            let json = serde_json::to_vec_pretty(&approval).map_err(|error| Trouble::Later(error.to_string()))?;
            durable::write_free(&approval_path(&path), &json)?;
        }
        let text = words::approved(settings.language, &of.name, &approval.person);
        self.says(story, (Came::Approved, true), words::answer_name(&story.name.clone()), &text)?;
        Ok(Step::Next)
    }

    /// It stays where it is, to be corrected.
    fn not_approved(&mut self, story: &mut Story, why: &Message) -> Result<Step, Trouble> {
        self.tells(story, why);
        let text = words::not_approved(self.settings.language, &story.name, why);
        self.says(story, (Came::NotApproved, false), words::answer_name(&story.name.clone()), &text)?;
        Ok(Step::Next)
    }

    /// Puts in line for people's channels what keeps it from being sent: once, however often the step is begun.
    pub(super) fn tells(&mut self, story: &Story, why: &Message) {
        let key = format!("inbox-{}-{}", story.sha256.get(..12).unwrap_or_default(), why.id());
        Messenger::of(self.context, &self.settings).queue_inbox(&key, Some(&story.name), why, None);
        self.delivered_at = None;
    }
}

/// Why a code does not count, in words for managers.
fn refused(error: &CodeError) -> Message {
    match error {
        CodeError::NoneLeft => message!("watch-code-none-left"),
        CodeError::Wrong => message!("watch-code-wrong"),
        CodeError::TooLate(_) => message!("watch-code-too-late"),
        CodeError::MayNot(why) => message!("watch-code-may-not", why = why.as_str()),
        CodeError::NoRandomness(_) | CodeError::Journal(_) => Message::as_written(error.to_string()),
    }
}

fn ours_later(error: &(dyn std::error::Error + 'static)) -> Trouble {
    Trouble::Later(error.to_string())
}

/// The results of a run that ended before its end was written down here.
fn newest_results(copy: &Path) -> Option<PathBuf> {
    let usual = apply::beside(copy, "-results.xlsx");
    durable::names(&usual).take_while(|path| path.exists()).last()
}
