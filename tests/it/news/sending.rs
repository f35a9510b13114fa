//! The outbox and its turns: whatever a channel answers and whenever the program dies, nothing is lost, and nothing is sent twice but what
//! nobody knows to have arrived.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use couponbook::domain::{Event, Message, TestNews, Timestamp};
use couponbook::foreign::Secrets;
use couponbook::language::Language;
use couponbook::messages::{Answer, Channel, ChannelId, Letter, Outbox, PastKind, Unsent, Wire};
use couponbook::news::{Delivery, MessageTemplates, Outcome, Patience, Post, Trouble, Writing, deliver, letter};
use couponbook::platforms::PLATFORMS;

use crate::workbook_write::fixture;

/// A channel that answers as it is told, and then takes everything.
#[derive(Default)]
pub struct Stand {
    answers: Mutex<VecDeque<Answer>>,
    received: Mutex<Vec<Letter>>,
    /// It takes the letter and never answers.
    hangs: bool,
}

#[async_trait]
impl Post for Stand {
    async fn send(&self, _: &Channel, letter: &Letter, _: Timestamp) -> Answer {
        let answer = self.answers.lock().unwrap().pop_front().unwrap_or(Answer::Delivered);
        let may_have_it = !matches!(answer, Answer::Refused { .. } | Answer::NotSent { .. });
        if may_have_it {
            self.received.lock().unwrap().push(letter.clone());
        }
        if self.hangs {
            std::future::pending::<()>().await;
        }
        answer
    }

    fn pace(&self, _: &Wire) -> Duration {
        Duration::ZERO
    }
}

impl Stand {
    pub fn answering(answers: impl IntoIterator<Item = Answer>) -> Self {
        Self { answers: Mutex::new(answers.into_iter().collect()), ..Self::default() }
    }

    pub fn received(&self) -> Vec<Letter> {
        self.received.lock().unwrap().clone()
    }

    fn keys(&self) -> Vec<String> {
        self.received.lock().unwrap().iter().map(|letter| letter.key.clone()).collect()
    }
}

pub fn channel() -> Channel {
    let wire = Wire::Slack { address: "https://example.com/hook".into() };
    Channel { id: ChannelId("ops".to_string()), wire, prefix: None, proxy: None }
}

fn now() -> Timestamp {
    fixture::at(22, 1, 0)
}

fn event() -> Event {
    Event::Test(TestNews { by: "Mei".to_string(), zone: chrono_tz::Asia::Singapore, at: now() })
}

fn queued(folder: &Path, keys: &[&str]) -> Outbox {
    let outbox = Outbox::of(folder);
    for key in keys {
        outbox.change(&channel().id, |record| record.queue(key, event(), now(), None)).unwrap();
    }
    outbox
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// A whole turn at the time `at`.
pub fn turn_at(outbox: &Outbox, post: &Stand, at: Timestamp) -> Outcome {
    run(turn(outbox, post, at, Duration::from_secs(5)))
}

async fn turn(outbox: &Outbox, post: &Stand, at: Timestamp, budget: Duration) -> Outcome {
    let templates = MessageTemplates::default();
    let writing = Writing { language: Language::ENGLISH, templates: &templates, platforms: PLATFORMS, attach: false };
    let turn = outbox.turn(&channel().id).unwrap().expect("nobody else sends");
    deliver(&Delivery {
        channel: &channel(),
        turn: &turn,
        post,
        write: &|unsent: &Unsent, uncertain: &[String]| letter(unsent, uncertain, &writing).0,
        now: &|| at,
        secrets: &Secrets::default(),
        patience: Patience { budget, first_wait: Duration::from_millis(1), ..Patience::default() },
        only: None,
    })
    .await
}

fn why() -> Message {
    Message::as_written("trouble")
}

pub fn not_sent() -> Answer {
    Answer::NotSent { why: why(), after: None }
}

pub fn refused() -> Answer {
    Answer::Refused { why: why(), repair: Message::as_written("mend it") }
}

pub fn unknown() -> Answer {
    Answer::Unknown { why: why() }
}

#[test]
fn what_is_in_line_goes_out_once_in_its_order() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = queued(folder.path(), &["A", "B", "A"]);
    let stand = Stand::default();
    assert_eq!(turn_at(&outbox, &stand, now()).delivered, ["A", "B"]);
    assert!(turn_at(&outbox, &stand, now()).delivered.is_empty());
    queued(folder.path(), &["A"]);
    assert!(turn_at(&outbox, &stand, now()).delivered.is_empty(), "its key was sent before");
    assert_eq!(stand.keys(), ["A", "B"]);
    let letter = &stand.received.lock().unwrap()[0];
    assert_eq!((letter.kind, letter.title.as_str()), ("channel.test", "✓ couponbook can send to this channel"));
    assert_eq!(letter.foot, "A · Sun 22 Nov 09:00 (UTC+08:00)");
}

#[test]
fn what_a_newer_export_took_out_of_the_line_before_its_try_is_not_sent() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = queued(folder.path(), &["A", "B"]);
    let stand = Stand::default();
    let turn = outbox.turn(&channel().id).unwrap().expect("nobody else sends");
    let templates = MessageTemplates::default();
    let writing = Writing { language: Language::ENGLISH, templates: &templates, platforms: PLATFORMS, attach: false };
    let write = |unsent: &Unsent, uncertain: &[String]| {
        outbox.change(&channel().id, |record| record.forget("A")).unwrap();
        letter(unsent, uncertain, &writing).0
    };
    let outcome = run(deliver(&Delivery {
        channel: &channel(),
        turn: &turn,
        post: &stand,
        write: &write,
        now: &now,
        secrets: &Secrets::default(),
        patience: Patience::default(),
        only: None,
    }));
    assert_eq!((outcome.delivered, stand.keys()), (vec!["B".to_string()], vec!["B".to_string()]));
}

#[test]
fn a_channel_that_is_away_is_tried_three_times_and_the_next_turn_sends_it_with_the_same_key() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = queued(folder.path(), &["A", "B"]);
    let away = Stand::answering([not_sent(), not_sent(), not_sent()]);
    let outcome = turn_at(&outbox, &away, now());
    assert!(matches!(outcome.troubles.as_slice(), [Trouble::Unsent { key, .. }] if key == "A"), "{outcome:?}");
    let record = outbox.read(&channel().id).unwrap();
    assert_eq!(record.unsent[0].tries.len(), 3);
    assert_eq!(record.unsent[1].tries.len(), 0, "a channel that is away is not asked for each of them");
    let back = Stand::default();
    assert_eq!(turn_at(&outbox, &back, now()).delivered, ["A", "B"]);
    assert_eq!(back.keys(), ["A", "B"]);
}

#[test]
fn one_that_comes_back_within_the_turn_has_it_once() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = queued(folder.path(), &["A"]);
    let stand = Stand::answering([not_sent()]);
    assert_eq!(turn_at(&outbox, &stand, now()).delivered, ["A"]);
    assert_eq!(stand.keys(), ["A"]);
}

#[test]
fn a_channel_that_asks_to_come_back_after_the_budget_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = queued(folder.path(), &["A"]);
    let stand = Stand::answering([Answer::NotSent { why: why(), after: Some(Duration::from_secs(600)) }]);
    let outcome = turn_at(&outbox, &stand, now());
    assert_eq!(outcome.troubles.len(), 1);
    assert_eq!(outbox.read(&channel().id).unwrap().unsent[0].tries.len(), 1);
    // Nor does the next command bother it before that: it would make the silence longer.
    let outcome = turn_at(&outbox, &stand, now() + chrono::TimeDelta::minutes(9));
    assert!(matches!(outcome.troubles.as_slice(), [Trouble::Rests { .. }]), "{outcome:?}");
    assert!(stand.keys().is_empty());
    assert_eq!(turn_at(&outbox, &stand, now() + chrono::TimeDelta::minutes(10)).delivered, ["A"]);
}

#[test]
fn what_is_refused_is_asked_once_a_turn_and_does_not_keep_the_others_from_going() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = queued(folder.path(), &["A", "B"]);
    let stand = Stand::answering([refused()]);
    let outcome = turn_at(&outbox, &stand, now());
    assert_eq!(outcome.delivered, ["B"]);
    assert!(matches!(outcome.troubles.as_slice(), [Trouble::Unsent { key, .. }] if key == "A"), "{outcome:?}");
    assert_eq!(turn_at(&outbox, &stand, now()).delivered, ["A"], "mended meanwhile");
    // Where everything is refused, the channel is left alone.
    let outbox = queued(folder.path(), &["C", "D", "E"]);
    let stand = Stand::answering([refused(), refused(), refused()]);
    assert_eq!(turn_at(&outbox, &stand, now()).troubles.len(), 2);
    assert_eq!(stand.answers.lock().unwrap().len(), 1);
}

#[test]
fn what_nobody_knows_to_have_arrived_is_sent_once_more_and_then_said_in_the_next_letter() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = Outbox::of(folder.path());
    let failed = couponbook::domain::FailedNews {
        what: couponbook::domain::FailedWork::Export,
        file: None,
        why: "the disk is full".to_string(),
        next: None,
        zone: chrono_tz::Asia::Singapore,
        at: now(),
    };
    outbox.change(&channel().id, |record| record.queue("A", Event::Failed(failed), now(), None)).unwrap();
    let stand = Stand::answering([unknown(), unknown()]);
    let outcome = turn_at(&outbox, &stand, now());
    assert!(matches!(outcome.troubles.as_slice(), [Trouble::Uncertain { key, .. }] if key == "A"), "{outcome:?}");
    assert_eq!(stand.keys(), ["A", "A"], "the same key, so that whoever got it twice can tell");
    queued(folder.path(), &["B"]);
    assert_eq!(turn_at(&outbox, &stand, now()).delivered, ["B"]);
    let lines = stand.received.lock().unwrap()[2].lines.clone();
    assert!(lines.iter().any(|line| line == "An earlier message may not have arrived: A"), "{lines:?}");
    queued(folder.path(), &["C"]);
    turn_at(&outbox, &stand, now());
    assert!(!stand.received.lock().unwrap()[3].lines.iter().any(|line| line.contains("may not")), "said once");
}

#[test]
fn killed_before_it_is_sent_or_while_it_is_sent_nothing_is_lost_and_at_most_that_one_comes_twice() {
    let folder = tempfile::tempdir().unwrap();
    // Killed between the writing and the sending: it is only in line.
    let outbox = queued(folder.path(), &["A"]);
    let stand = Stand::default();
    assert_eq!(turn_at(&outbox, &stand, now()).delivered, ["A"]);
    // Killed once the channel has it, before that is written down: the try is open.
    queued(folder.path(), &["B"]);
    let hangs = Stand { hangs: true, ..Stand::default() };
    let is_killed = run(async {
        tokio::time::timeout(Duration::from_millis(200), turn(&outbox, &hangs, now(), Duration::from_secs(60)))
            .await
            .is_err()
    });
    assert!(is_killed && hangs.keys() == ["B"]);
    let tries = outbox.read(&channel().id).unwrap().unsent[0].tries.clone();
    assert!(tries.len() == 1 && tries[0].came.is_none(), "{tries:?}");
    assert_eq!(turn_at(&outbox, &stand, now()).delivered, ["B"]);
    assert_eq!(stand.keys(), ["A", "B"]);
    assert!(turn_at(&outbox, &stand, now()).delivered.is_empty());
}

#[test]
fn a_channel_that_never_answers_ends_with_the_budget() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = queued(folder.path(), &["A"]);
    let hangs = Stand { hangs: true, ..Stand::default() };
    let outcome = run(turn(&outbox, &hangs, now(), Duration::from_millis(300)));
    assert_eq!(outcome.troubles.len(), 1, "{outcome:?}");
    assert_eq!(hangs.keys(), ["A"]);
}

#[test]
fn what_is_of_no_use_any_more_is_dropped_and_said() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = queued(folder.path(), &["A"]);
    let stand = Stand::default();
    let outcome = turn_at(&outbox, &stand, now() + chrono::TimeDelta::hours(2));
    assert!(matches!(outcome.troubles.as_slice(), [Trouble::TooOld { kind: "channel.test", .. }]), "{outcome:?}");
    assert!(stand.keys().is_empty());
    assert_eq!(outbox.read(&channel().id).unwrap().past[0].how, PastKind::TooOld);
}

#[test]
fn what_waits_for_the_end_of_quiet_hours_goes_then() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = Outbox::of(folder.path());
    let until = now() + chrono::TimeDelta::minutes(30);
    outbox.change(&channel().id, |record| record.queue("A", event(), now(), Some(until))).unwrap();
    let stand = Stand::default();
    assert!(turn_at(&outbox, &stand, now()).delivered.is_empty());
    assert_eq!(turn_at(&outbox, &stand, until).delivered, ["A"]);
}

#[test]
fn one_process_at_a_time_sends_and_others_may_put_in_line_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = queued(folder.path(), &["A"]);
    let first = outbox.turn(&channel().id).unwrap();
    assert!(first.is_some() && outbox.turn(&channel().id).unwrap().is_none());
    queued(folder.path(), &["B"]);
    drop(first);
    assert_eq!(turn_at(&outbox, &Stand::default(), now()).delivered, ["A", "B"]);
}

#[test]
fn a_record_that_cannot_be_read_is_said_with_what_to_do_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("messages")).unwrap();
    let path = folder.path().join("messages/ops.json");
    for text in ["{ half", &serde_json::json!({ "form": 99, "told": { "findings": [] }, "unsent": [], "past": [], "uncertain": [], "last_try": null }).to_string()] {
        std::fs::write(&path, text).unwrap();
        let error = Outbox::of(folder.path()).turn(&channel().id).unwrap_err().to_string();
        assert!(error.contains("ops.json cannot be read") && error.contains("move it away"), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }
}
