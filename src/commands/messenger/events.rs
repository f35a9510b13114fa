//! What each channel is to hear of an export, a run, a plan that waits, a failure.

use std::collections::BTreeSet;
use std::path::Path;

use super::{Messenger, held_until};
use crate::apply::Applied;
use crate::commands::codes::{Waiting, why_waiting};
use crate::domain::{
    ApprovalNews, Event, ExportNews, FailedNews, FailedWork, Listener, Message, NewsFile, RunId, StoreId, Timestamp,
    Topic,
};
use crate::export::{Exported, only};
use crate::failure::Failure;
use crate::messages::Record;
use crate::news::{RunInput, run_news};
use crate::rules::{News, NewsInput, export_news};
use crate::settings::MessageSettings;

/// So many hexadecimal digits of a plan's hash name its message.
const HASH_LETTERS: usize = 12;

impl Messenger<'_> {
    /// What an export has for each channel: only what is new, worse or over since the channel was last told.
    pub fn queue_export(&self, exported: &Exported) {
        let look = exported.export.look(self.settings.all_stores.len(), |coupon| coupon.label().to_string());
        let abilities = |platform| self.settings.platforms.abilities(platform);
        let now = self.context.now();
        for channel in self.channels() {
            let listener = &channel.listener;
            let scoped = listener.stores.as_ref().map(|stores| only(&exported.export, stores));
            let is_seen = |id: &StoreId| exported.export.stores.iter().any(|load| load.store.id == *id);
            let theirs = self.settings.all_stores.iter().filter(|store| listener.covers(&store.id));
            let is_whole = theirs.into_iter().all(|store| is_seen(&store.id));
            let (workbooks, may_attach) = self.workbooks_for(exported, listener);
            let news = |record: &Record| {
                export_news(&NewsInput {
                    export: scoped.as_ref().unwrap_or(&exported.export),
                    look: &look,
                    changed: exported.overview.changed.as_ref(),
                    memory: &exported.memory,
                    abilities: &abilities,
                    told: record.expected(is_whole),
                    listener,
                    by_hand_open: exported
                        .by_hand
                        .iter()
                        .filter(|row| row.is_open() && listener.covers(&row.task.store))
                        .count(),
                    not_archived: exported.unsealed.is_some(),
                    workbooks: workbooks.clone(),
                    may_attach,
                })
            };
            self.change(channel, |record| {
                let News { news, told_now, told_after } = news(record);
                let held = news.as_ref().and_then(|news| held(channel, news, now));
                let key = exported.export.id.as_str();
                record.queue_export((key, news), (told_now, told_after), (now, held), is_whole);
            });
        }
    }

    /// What a run did in each channel's stores.
    pub fn queue_run(&self, applied: &Applied) {
        let finished = self.context.now();
        let results = self.file(&applied.results);
        self.queue(applied.run.as_str(), &|channel| {
            let listener = &channel.listener;
            let news = run_news(&RunInput {
                run: &applied.run,
                plan: &applied.plan,
                outcomes: &applied.outcomes,
                undid: applied.undid.as_ref(),
                approved_by: &applied.approved_by,
                zone: self.settings.team_zone,
                finished,
                listener,
                results: results.clone(),
                may_attach: self.hears_of_every_store(listener),
            });
            news.map(|news| Event::Run(Box::new(news)))
        });
    }

    /// A plan that a second person has to approve; nothing where nobody has to.
    pub fn queue_waiting(&self, waiting: &Waiting) {
        let why = why_waiting(waiting.file, self.settings);
        if !why.is_empty() {
            self.queue_waiting_for(waiting, why);
        }
    }

    /// A plan that waits for somebody's word, whatever `why` is.
    pub fn queue_waiting_for(&self, waiting: &Waiting, why: Vec<Message>) {
        let plan = &waiting.file.plan;
        let stores = plan.stores();
        let news = ApprovalNews {
            file: self.file(waiting.path).place,
            by: plan.by.clone(),
            changes: plan.changes().count(),
            stores: stores.len(),
            why,
            zone: self.settings.team_zone,
            at: self.context.now(),
        };
        let hash = waiting.sha256.get(..HASH_LETTERS).unwrap_or(waiting.sha256);
        self.queue(&format!("plan-{hash}"), &|channel| {
            let listener = &channel.listener;
            let is_theirs = listener.hears(Topic::Approval) && stores.iter().any(|store| listener.covers(store));
            is_theirs.then(|| Event::Approval(news.clone()))
        });
    }

    /// What of the inbox came to nothing and needs somebody; `file` as it was handed in, none where it is the folder itself.
    pub fn queue_inbox(&self, key: &str, file: Option<&str>, why: &Message, next: Option<&Message>) {
        let at = self.context.now();
        self.queue(key, &|channel| {
            let words = |message: &Message| self.without_folder(&channel.language.render(message));
            let news = FailedNews {
                what: FailedWork::Inbox,
                file: file.map(str::to_string),
                why: self.context.world.secrets.masked(&words(why)).into_owned(),
                next: next.map(words),
                zone: self.settings.team_zone,
                at,
            };
            channel.listener.hears(Topic::Failed).then_some(Event::Failed(news))
        });
    }

    /// That an export or a run came to nothing; `file` is what was applied.
    pub fn queue_failed(&self, what: FailedWork, file: Option<&Path>, failure: &Failure) {
        let at = self.context.now();
        let told = |text: &str| self.context.world.secrets.masked(&self.without_folder(text)).into_owned();
        let why = [vec![failure.line.clone()], failure.causes.clone()].concat().join("; ");
        let news = FailedNews {
            what,
            file: file.map(|file| self.file(file).place),
            why: told(&why),
            next: failure.hint.as_deref().map(told),
            zone: self.settings.team_zone,
            at,
        };
        let key = format!("{}-failed-{}", <&str>::from(what), at.format("%Y%m%d-%H%M%S-%3f"));
        self.queue_failure(&key, &news, &|channel| channel.listener.hears(Topic::Failed));
    }

    /// That a run was cut off, as the command saw that came next; `told` is what came of it.
    pub fn queue_interrupted(&self, run: &RunId, told: &str) {
        let news = FailedNews {
            what: FailedWork::Run,
            file: None,
            why: self.context.world.secrets.masked(told).into_owned(),
            next: Some("apply the same workbook or plan again: what is done is not done twice".to_string()),
            zone: self.settings.team_zone,
            at: self.context.now(),
        };
        let key = format!("interrupted-{run}");
        self.queue_failure(&key, &news, &|channel| channel.listener.hears(Topic::Failed));
    }

    /// The workbooks with stores that are listened for, and whether these hold no others.
    fn workbooks_for(&self, exported: &Exported, listener: &Listener) -> (Vec<NewsFile>, bool) {
        let export = &exported.export;
        let all: BTreeSet<StoreId> = export.stores.iter().map(|load| load.store.id.clone()).collect();
        // In the order of the parts.
        let parts: Vec<&BTreeSet<StoreId>> = match export.parts.as_slice() {
            [] => vec![&all],
            parts => parts.iter().map(|part| &part.stores).collect(),
        };
        let of_part = exported.workbooks.iter().zip(parts);
        let theirs: Vec<_> = of_part.filter(|(_, stores)| stores.iter().any(|store| listener.covers(store))).collect();
        let may_attach = theirs.iter().all(|(_, stores)| stores.iter().all(|store| listener.covers(store)));
        (theirs.into_iter().map(|(workbook, _)| self.file(workbook)).collect(), may_attach)
    }

    fn hears_of_every_store(&self, listener: &Listener) -> bool {
        self.settings.all_stores.iter().all(|store| listener.covers(&store.id))
    }

    /// As people find it: from the folder of the config, else by its name alone.
    fn file(&self, path: &Path) -> NewsFile {
        let config = self.context.config();
        let inside = config.parent().and_then(|home| path.strip_prefix(home).ok());
        let names = |path: &Path| path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/");
        let alone = || path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let place = inside.filter(|inside| inside.is_relative()).map_or_else(alone, names);
        NewsFile { path: path.to_path_buf(), place }
    }

    /// Where this machine keeps its files is nobody's business in a chat.
    fn without_folder(&self, text: &str) -> String {
        let config = self.context.config();
        let home = config.parent().map(|home| home.display().to_string()).filter(|home| home.len() > 1);
        match home {
            Some(home) => text.replace(&format!("{home}/"), "").replace(&format!("{home}\\"), ""),
            None => text.to_string(),
        }
    }
}

fn held(channel: &MessageSettings, news: &ExportNews, now: Timestamp) -> Option<Timestamp> {
    held_until(channel, &Event::Export(Box::new(news.clone())), now)
}
