//! What the letter of an event may name, in its reader's language. Whatever others wrote (names, codes, a platform's words) stands on one
//! line and is shortened: a letter is looked at on a phone.

use chrono::NaiveDate;
use minijinja::{Value, context};

use crate::domain::{
    ApprovalNews, Event, ExportNews, FailedNews, FailedWork, FindingKey, Message, NewsItem, NewsRow, NewsTask,
    OutcomeKind, ResolvedItem, RunNews, Severity, StoreId, Suggested, TestNews, Timestamp, Turn, grouped, local_day,
};
use crate::foreign::{beginning_of, one_line};
use crate::language::{Language, day_words, instant_words};
use crate::platforms::Platforms;
use crate::say;
use crate::workbook::words::{
    Named, ended_words, finding_on, outcome_severity, severity_mark, store_or_plan, suggestion_words,
};

const NAME_LETTERS_MAX: usize = 40;
const SENTENCE_LETTERS_MAX: usize = 240;
/// Of a sentence that has shorter wordings the first that takes no more columns.
const SENTENCE_COLUMNS: usize = 160;
/// So many stores with one trouble are named.
const STORES_NAMED_MAX: usize = 4;

/// What every letter is written with.
pub(super) struct Facts<'a> {
    pub language: Language,
    pub platforms: Platforms,
    pub key: &'a str,
    /// The keys of earlier letters that may not have arrived.
    pub uncertain: &'a [String],
}

pub(super) fn facts(event: &Event, with: &Facts) -> Value {
    match event {
        Event::Export(news) => with.export(news),
        Event::Run(news) => with.run(news),
        Event::Approval(news) => with.approval(news),
        Event::Failed(news) => with.failed(news),
        Event::Test(TestNews { by, zone, at }) => {
            context! { by => name(by), run => with.key, time => with.time(*at, *zone), ..with.of_all() }
        }
    }
}

impl Facts<'_> {
    fn of_all(&self) -> Value {
        context! { uncertain => self.uncertain.join(", ") }
    }

    fn export(&self, news: &ExportNews) -> Value {
        let worst = news.worst.iter().map(|item| item.severity).max();
        let counts = &news.counts;
        context! {
            mark => severity_mark(if news.critical > 0 { Some(Severity::Critical) } else { worst }),
            told => news.worst.len() + news.more,
            critical => news.critical,
            is_reminder => news.is_reminder,
            is_all_clear => news.is_all_clear,
            works_again => news.works_again,
            items => news.worst.iter().map(|item| self.item(item, news.finished)).collect::<Vec<_>>(),
            more => news.more,
            resolved => news.resolved.iter().map(|item| self.resolved(item)).collect::<Vec<_>>(),
            resolved_count => news.resolved.len() + news.resolved_more,
            resolved_more => news.resolved_more,
            unchanged => news.unchanged,
            counts => context! {
                critical => count(counts.critical, counts.stores_unseen),
                warning => count(counts.warning, counts.stores_unseen),
                notice => count(counts.notice, counts.stores_unseen),
                ok => count(counts.ok, counts.stores_unseen),
                stores => grouped(counts.stores),
                stores_loaded => grouped(counts.stores_loaded),
                stores_unseen => grouped(counts.stores_unseen),
            },
            by_hand_open => news.by_hand_open,
            not_archived => news.not_archived,
            workbook => places(news),
            export => news.export.as_str(),
            day => self.day(news.day),
            slot => news.slot.name(self.language),
            time => self.time(news.finished, news.zone),
            ..self.of_all()
        }
    }

    fn item(&self, item: &NewsItem, now: Timestamp) -> Value {
        let subject = item.coupon.as_ref().or(item.campaign.as_ref()).map(|subject| name(subject));
        context! {
            mark => severity_mark(Some(item.severity)),
            turn => <&str>::from(item.turn),
            is_new => item.turn == Turn::New,
            store => self.stores(item),
            subject => subject,
            finding => self.findings(item),
            why => self.sentence(&item.why),
            suggested => item.suggested.as_ref().map(|suggested| self.suggested(suggested, now)),
        }
    }

    /// One by its id, several by their platform's name and the first ids.
    fn stores(&self, item: &NewsItem) -> String {
        match (item.stores.as_slice(), item.platform) {
            ([], _) => self.language.say("finding-of-plan"),
            ([one], _) => one.to_string(),
            (several, platform) => {
                let named: Vec<&str> = several.iter().take(STORES_NAMED_MAX).map(StoreId::as_str).collect();
                let more = several.len() - named.len();
                let names = named.join(&self.language.say("comma"));
                let platform = platform.map_or("", |platform| self.platforms.name(platform));
                say!(
                    self.language,
                    "messages-stores",
                    platform = platform,
                    count = several.len(),
                    names = names,
                    more = more
                )
            }
        }
    }

    fn findings(&self, item: &NewsItem) -> String {
        let names: Vec<String> = item.findings.iter().map(|code| code.name(self.language)).collect();
        names.join(&self.language.say("comma"))
    }

    fn suggested(&self, suggested: &Suggested, now: Timestamp) -> String {
        let Suggested { suggestion, store, instead } = suggested;
        short(&suggestion_words(self.language, suggestion, store, now, *instead, SENTENCE_COLUMNS))
    }

    fn resolved(&self, item: &ResolvedItem) -> Value {
        let key: &FindingKey = &item.key;
        let is_whole = key.row.is_none() && key.about.is_none();
        context! {
            store => store_or_plan(self.language, key),
            subject => (!is_whole).then(|| name(&finding_on(self.language, key, &item.label))),
            finding => key.code.name(self.language),
            how => item.how.as_ref().map(|how| short(&ended_words(self.language, how))),
        }
    }

    fn run(&self, news: &RunNews) -> Value {
        let mark = match news.totals.iter().filter_map(|(kind, _)| outcome_severity(*kind)).max() {
            Some(severity) if severity > Severity::Notice => severity_mark(Some(severity)),
            Some(_) | None => "✓",
        };
        let total = |(kind, count): &(OutcomeKind, usize)| context! { name => kind.name(self.language), count => grouped(count) };
        context! {
            mark => mark,
            undid => news.undid.as_ref().map(|run| run.as_str()),
            by => name(&news.by),
            approved_by => news.approved_by.iter().map(|by| name(by)).collect::<Vec<_>>().join(&self.language.say("comma")),
            planned => grouped(news.planned),
            totals => news.totals.iter().map(total).collect::<Vec<_>>(),
            rows => news.rows.iter().map(|row| self.row(row)).collect::<Vec<_>>(),
            rows_more => news.rows_more,
            tasks => news.by_hand.iter().map(|task| self.task(task, news.finished)).collect::<Vec<_>>(),
            tasks_more => news.by_hand_more,
            workbook => name_of_file(&news.results.place),
            run => news.run.as_str(),
            time => self.time(news.finished, news.zone),
            ..self.of_all()
        }
    }

    fn row(&self, row: &NewsRow) -> Value {
        context! {
            mark => severity_mark(outcome_severity(row.kind)),
            store => row.store.as_str(),
            subject => name(&row.label),
            action => row.action.name(self.language),
            outcome => row.kind.name(self.language),
            message => self.sentence(&row.message),
            next => row.next.as_ref().map(|next| self.sentence(next)),
        }
    }

    fn task(&self, task: &NewsTask, now: Timestamp) -> Value {
        let today = local_day(now, chrono_tz::UTC);
        context! {
            store => task.store.as_str(),
            subject => name(&task.label),
            to_do => self.sentence(&task.to_do),
            owner => name(&task.owner),
            due => day_words(self.language, task.due, today).replace('\u{a0}', " "),
            page => task.page.as_deref().map(short),
        }
    }

    fn approval(&self, news: &ApprovalNews) -> Value {
        context! {
            file => name_of_file(&news.file),
            by => name(&news.by),
            changes => grouped(news.changes),
            stores => grouped(news.stores),
            why => news.why.iter().map(|why| self.sentence(why)).collect::<Vec<_>>(),
            run => self.key,
            time => self.time(news.at, news.zone),
            ..self.of_all()
        }
    }

    fn failed(&self, news: &FailedNews) -> Value {
        let what: &str = match news.what {
            FailedWork::Export => "export",
            FailedWork::Apply => "apply",
            FailedWork::Inbox => "inbox",
            FailedWork::Run => "run",
        };
        context! {
            what => what,
            file => news.file.as_deref().map(name_of_file),
            why => short(&news.why),
            next => news.next.as_deref().map(short),
            run => self.key,
            time => self.time(news.at, news.zone),
            ..self.of_all()
        }
    }

    fn sentence(&self, message: &Message) -> String {
        short(&self.language.render_within(message, SENTENCE_COLUMNS))
    }

    fn day(&self, day: NaiveDate) -> String {
        day_words(self.language, day, day).replace('\u{a0}', " ")
    }

    /// `Mon 30 Nov 09:04 (UTC+08:00)`: whoever reads it elsewhere must be able to tell when it was.
    fn time(&self, at: Timestamp, zone: chrono_tz::Tz) -> String {
        let clock = instant_words(self.language, at, zone, at).replace('\u{a0}', " ");
        format!("{clock} (UTC{})", at.with_timezone(&zone).format("%:z"))
    }
}

/// What was counted among what was seen: with `?` where something was not.
fn count(count: usize, unseen: usize) -> String {
    match (count, unseen) {
        (count, 0) => grouped(count),
        (0, _) => "?".to_string(),
        (count, _) => format!("{} + ?", grouped(count)),
    }
}

fn places(news: &ExportNews) -> String {
    match news.workbooks.as_slice() {
        [only] => name_of_file(&only.place),
        several => several.iter().map(|file| name_of_file(&file.place)).collect::<Vec<_>>().join(", "),
    }
}

fn name(text: &str) -> String {
    beginning_of(&one_line(text), NAME_LETTERS_MAX).into_owned()
}

fn name_of_file(text: &str) -> String {
    beginning_of(&one_line(text), SENTENCE_LETTERS_MAX).into_owned()
}

fn short(text: &str) -> String {
    beginning_of(&one_line(text), SENTENCE_LETTERS_MAX).into_owned()
}
