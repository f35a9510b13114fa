//! Cron lines on a wall clock that jumps, and the book of what was made of them.

use chrono::{DateTime, TimeDelta};
use chrono_tz::Tz;
use couponbook::domain::{ExportId, Timestamp};
use couponbook::watch::{Due, SlotBook, SlotState, Times};

fn at(text: &str) -> Timestamp {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

fn times(lines: &[&str], zone: &str) -> Times {
    Times::parse(lines, zone.parse::<Tz>().unwrap()).unwrap()
}

/// `2026-03-29T02:30 = 01:00` for each.
fn told(due: &[Due]) -> Vec<String> {
    due.iter().map(|it| format!("{} = {}", it.local.format("%m-%dT%H:%M"), it.at.format("%m-%dT%H:%MZ"))).collect()
}

#[test]
fn each_time_of_day_comes_once_a_day_whatever_the_clocks_do() {
    let cases: [(&str, &str, &str, &str, &[&str]); 10] = [
        // Two hours of a usual day.
        (
            "Asia/Singapore",
            "0 9,15 * * *",
            "2026-11-22T00:00:00Z",
            "2026-11-23T00:00:00Z",
            &["11-22T09:00 = 11-22T01:00Z", "11-22T15:00 = 11-22T07:00Z"],
        ),
        // In spring 02:30 is skipped: the first moment after it, 03:00 in summer time.
        (
            "Europe/Berlin",
            "30 2 * * *",
            "2026-03-29T00:00:00Z",
            "2026-03-30T00:00:00Z",
            &["03-29T02:30 = 03-29T01:00Z"],
        ),
        // A list of times is no other case than a single one.
        (
            "Europe/Berlin",
            "30 2,14 * * *",
            "2026-03-28T23:00:00Z",
            "2026-03-29T22:00:00Z",
            &["03-29T02:30 = 03-29T01:00Z", "03-29T14:30 = 03-29T12:30Z"],
        ),
        // In autumn 02:30 comes twice: the first.
        (
            "Europe/Berlin",
            "30 2 * * *",
            "2026-10-24T22:00:00Z",
            "2026-10-25T23:00:00Z",
            &["10-25T02:30 = 10-25T00:30Z"],
        ),
        (
            "Europe/Berlin",
            "*/30 2 * * *",
            "2026-10-24T22:00:00Z",
            "2026-10-25T23:00:00Z",
            &["10-25T02:00 = 10-25T00:00Z", "10-25T02:30 = 10-25T00:30Z"],
        ),
        (
            "America/New_York",
            "0 2 * * *",
            "2026-03-08T05:00:00Z",
            "2026-03-09T04:00:00Z",
            &["03-08T02:00 = 03-08T07:00Z"],
        ),
        (
            "America/New_York",
            "30 1 * * *",
            "2026-11-01T04:00:00Z",
            "2026-11-02T05:00:00Z",
            &["11-01T01:30 = 11-01T05:30Z"],
        ),
        // Half an hour, in a zone that is not at a whole one.
        (
            "Australia/Lord_Howe",
            "10 2 * * *",
            "2026-10-03T12:00:00Z",
            "2026-10-04T12:00:00Z",
            &["10-04T02:10 = 10-03T15:30Z"],
        ),
        // At midnight.
        ("Africa/Cairo", "0 0 * * *", "2026-04-23T12:00:00Z", "2026-04-24T12:00:00Z", &["04-24T00:00 = 04-23T22:00Z"]),
        // Workdays only: that Saturday and Sunday nothing.
        ("Asia/Singapore", "0 9 * * mon-fri", "2026-11-20T02:00:00Z", "2026-11-23T00:59:59Z", &[]),
    ];
    for (zone, line, after, until, wanted) in cases {
        assert_eq!(told(&times(&[line], zone).between(at(after), at(until))), wanted, "{line} in {zone}");
    }
}

#[test]
fn a_year_of_two_a_day_has_two_a_day_in_every_zone_and_the_next_is_the_one_that_comes() {
    for zone in ["Europe/Berlin", "America/Santiago", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Singapore"] {
        let times = times(&["0 0 * * *", "30 2 * * *"], zone);
        let (start, mut found) = (at("2026-01-01T12:00:00Z"), 0);
        let mut now = start;
        while now < start + TimeDelta::days(364) {
            let next = times.next(now).unwrap();
            assert!(next.at > now && next.at - now < TimeDelta::hours(27), "{zone} {next:?}");
            assert_eq!(times.between(now, next.at), std::slice::from_ref(&next), "{zone}");
            (now, found) = (next.at, found + 1);
        }
        assert!((2 * 364..=2 * 364 + 1).contains(&found), "{zone}: {found}");
    }
}

#[test]
fn a_line_that_says_no_times_is_told_with_the_reason() {
    let zone = "Asia/Singapore".parse::<Tz>().unwrap();
    for (line, wanted) in [
        ("0 9 * *", "4 fields and not five"),
        ("0 0 9 * * *", "6 fields and not five"),
        ("0 25 * * *", "no cron line"),
        ("every morning at nine o'clock", "no cron line"),
        ("0 9 30 2 *", "never comes"),
        ("*/5 * * * *", "more often than 48 times a day"),
        ("", "0 fields"),
    ] {
        let wrong = Times::parse(&["0 9 * * *", line], zone).unwrap_err();
        assert_eq!(wrong.len(), 1);
        assert_eq!(wrong[0].0, 1);
        assert!(wrong[0].1.to_string().contains(wanted), "{line}: {}", wrong[0].1);
    }
}

const LATE: TimeDelta = TimeDelta::hours(12);

/// A watcher's book, looked at again and again: what it makes is done at once.
struct Watched {
    book: SlotBook,
    times: Times,
    made: Vec<String>,
    missed: Vec<String>,
}

impl Watched {
    fn from(now: &str) -> Self {
        let times = times(&["0 9 * * *", "0 15 * * *"], "Asia/Singapore");
        Self { book: SlotBook::new(at(now)), times, made: Vec::new(), missed: Vec::new() }
    }

    fn look(&mut self, now: &str) -> Option<TimeDelta> {
        let now = at(now);
        let decision = self.book.decide(&self.times, now, LATE);
        self.book.settle(&decision, now);
        self.missed.extend(decision.missed.iter().map(Due::key));
        if let Some(due) = &decision.run {
            self.book.begin(due, ExportId::new("x"), now);
            self.book.done(due, now);
            self.made.push(due.key());
        }
        decision.set_back
    }
}

#[test]
fn of_what_was_due_while_nobody_looked_the_newest_is_made_and_the_others_are_told_as_missed() {
    // 09:00 and 15:00 in Singapore are 01:00 and 07:00 UTC.
    let mut watched = Watched::from("2026-11-20T00:59:00Z");
    watched.look("2026-11-20T01:00:00Z");
    watched.look("2026-11-20T01:00:30Z");
    assert_eq!(watched.made, ["2026-11-20T09:00 Asia/Singapore"]);
    // Asleep over the weekend, until Monday 10:00.
    watched.look("2026-11-23T02:00:00Z");
    watched.look("2026-11-23T02:00:30Z");
    assert_eq!(watched.made[1..], ["2026-11-23T09:00 Asia/Singapore"]);
    assert_eq!(watched.missed.len(), 5);
    // Off from the afternoon until the next day at 04:00: more than twelve hours are too late.
    watched.look("2026-11-23T20:00:00Z");
    assert_eq!(watched.made.len(), 2);
    assert_eq!(watched.missed.last().unwrap(), "2026-11-23T15:00 Asia/Singapore");
}

#[test]
fn a_clock_that_is_set_back_or_forward_makes_nothing_twice_and_loses_nothing_that_comes() {
    let mut watched = Watched::from("2026-11-20T00:00:00Z");
    watched.look("2026-11-20T01:00:00Z");
    assert_eq!(watched.look("2026-11-20T00:30:00Z"), Some(TimeDelta::minutes(30)));
    for now in ["2026-11-20T00:59:00Z", "2026-11-20T01:00:00Z", "2026-11-20T01:10:00Z"] {
        assert_eq!(watched.look(now), None);
    }
    assert_eq!(watched.made, ["2026-11-20T09:00 Asia/Singapore"], "the same morning once");
    // A day ahead by mistake, and put right again: this afternoon's was only missed for the wrong clock.
    watched.look("2026-11-21T02:00:00Z");
    assert_eq!(watched.made[1..], ["2026-11-21T09:00 Asia/Singapore"]);
    watched.look("2026-11-20T02:00:00Z");
    watched.look("2026-11-20T07:00:00Z");
    assert_eq!(watched.made[2..], ["2026-11-20T15:00 Asia/Singapore"]);
    watched.look("2026-11-21T01:00:00Z");
    watched.look("2026-11-21T07:00:00Z");
    assert_eq!(watched.made[3..], ["2026-11-21T15:00 Asia/Singapore"], "tomorrow morning's was made already");
}

#[test]
fn what_was_begun_and_has_no_end_is_gone_on_with_and_what_failed_is_tried_again_a_few_times() {
    let folder = tempfile::tempdir().unwrap();
    let times = times(&["0 9 * * *", "0 15 * * *"], "Asia/Singapore");
    let now = at("2026-11-20T01:00:10Z");
    let mut book = SlotBook::open(folder.path(), at("2026-11-20T00:00:00Z")).unwrap();
    let due = book.decide(&times, now, LATE).run.unwrap();
    book.begin(&due, ExportId::new("first"), now);
    book.save(folder.path()).unwrap();
    // Killed, and started again.
    let mut book = SlotBook::open(folder.path(), now).unwrap();
    let record = book.record(&due).unwrap();
    assert_eq!((record.state, record.export.as_ref().unwrap().as_str()), (SlotState::Begun, "first"));
    assert_eq!(book.decide(&times, now, LATE).run.as_ref(), Some(&due));
    let mut now = now;
    let mut tries = 1;
    book.failed(&due, "no store loaded".to_string(), now);
    for _ in 0..180 {
        now += TimeDelta::minutes(1);
        let decision = book.decide(&times, now, LATE);
        book.settle(&decision, now);
        if let Some(again) = decision.run {
            assert_eq!(again, due);
            book.begin(&due, ExportId::new("again"), now);
            book.failed(&due, "no store loaded".to_string(), now);
            tries += 1;
        }
    }
    assert_eq!(tries, 5);
    // The next one is another matter.
    let next = book.decide(&times, at("2026-11-20T07:00:00Z"), LATE).run.unwrap();
    assert_eq!(next.key(), "2026-11-20T15:00 Asia/Singapore");
}
