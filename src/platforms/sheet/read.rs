//! A whole file in our words: its coupons, what of it could not be read, and what was understood at all.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::blocks::{Heading, Line, Table, table};
use super::json;
use super::layout::{BUDGET_UNIT, Field, FileZone, Layout};
use super::newest::{Newest, mark_of, newest};
use super::row::{Ask, Reading, Unread};
use crate::domain::{Coupon, Message, Source, Store, Timestamp, last_moment};
use crate::message;
use crate::workbook::read::{DateOrder, Datum, Grids, order_shown, read_grids};

/// A file as it was read.
#[derive(Debug)]
pub(super) struct Read {
    pub source: Source,
    pub coupons: Vec<Coupon>,
    /// Rows that cannot be read, each with its place and the reason.
    pub unreadable: Vec<Message>,
    pub notes: Vec<Message>,
}

/// So many are named; more are only counted.
const NAMED_MAX: usize = 12;
const SHOWN_ROWS: usize = 3;

/// Reads the newest file of `store`.
///
/// # Errors
/// In one sentence why there is none, why it cannot be read, or what somebody has to say first.
pub(super) fn read(layout: &Layout, store: &Store, now: Timestamp) -> Result<Read, Message> {
    let found =
        newest(layout, now).map_err(|why| message!("sheet-not-loaded", store = store.id.as_str(), why = why))?;
    let of_file = |why: Message| {
        message!("sheet-file-not-loaded", store = store.id.as_str(), file = found.name.clone(), why = why)
    };
    read_file(&found, layout, store, now).map_err(of_file)
}

fn read_file(found: &Newest, layout: &Layout, store: &Store, now: Timestamp) -> Result<Read, Message> {
    let grids = grids(&found.path, layout)?;
    if mark_of(&found.path) != Some(found.mark) {
        return Err(message!("sheet-being-written"));
    }
    let table = table(&grids, layout)?;
    let reading = Reading { layout, store, now };
    let (mut coupons, mut unreadable, mut asks) = (Vec::new(), Vec::new(), BTreeSet::new());
    let mut places: BTreeMap<String, &Message> = BTreeMap::new();
    for line in &table.lines {
        match reading.coupon(line) {
            Ok(coupon) => {
                // Platforms tell codes apart without regard to case.
                if let Some(first) = places.insert(coupon.id.as_str().to_lowercase(), &line.place) {
                    let key = coupon.id.as_str().to_string();
                    return Err(message!("sheet-twice", key = key, one = first, other = &line.place));
                }
                coupons.push(coupon);
            }
            Err(Unread::Row(why)) => unreadable.push(message!("sheet-unreadable-row", place = &line.place, why = why)),
            Err(Unread::Ask(ask)) => {
                asks.insert(ask);
            }
        }
    }
    // Whoever says the order of dates is asked for their zone at once.
    if asks.contains(&Ask::Dates) && layout.zone == FileZone::Unsaid {
        asks.insert(Ask::Zone);
    }
    if !asks.is_empty() {
        let asked: Vec<Message> = asks.iter().map(|ask| asked(*ask, &table, store)).collect();
        return Err(message!("sheet-asks", asked = asked));
    }
    let source = Source { file: found.name.clone(), as_of: found.as_of, has_everything: layout.has_everything };
    let notes = notes(&source, layout, &table, &coupons, &unreadable, store);
    Ok(Read { source, coupons, unreadable, notes })
}

fn grids(path: &Path, layout: &Layout) -> Result<Grids, Message> {
    if let Some(names) = &layout.json {
        return json::grids(path, names, BUDGET_UNIT);
    }
    let grids = read_grids(path, layout.encoding).map_err(|error| error.reason.message)?;
    match grids.is_guessed {
        true => Err(message!("sheet-encoding")),
        false => Ok(grids),
    }
}

/// What somebody has to write into the config, with what the file itself suggests.
fn asked(ask: Ask, table: &Table, store: &Store) -> Message {
    match ask {
        Ask::Dates => {
            let texts = || table.lines.iter().flat_map(dates_of);
            let shows = |order| texts().any(|text| order_shown(&text) == Some(order));
            match (shows(DateOrder::DayFirst), shows(DateOrder::MonthFirst)) {
                (true, false) => message!("sheet-ask-dates-as", order = "day-month-year"),
                (false, true) => message!("sheet-ask-dates-as", order = "month-day-year"),
                _ => message!("sheet-ask-dates"),
            }
        }
        Ask::Decimals => message!("sheet-ask-decimals"),
        Ask::Zone => message!("sheet-ask-zone", zone = store.zone.name()),
    }
}

/// The texts of a row in which dates stand.
fn dates_of(line: &Line) -> Vec<String> {
    let of = |field: &Field| match line.cells.get(field) {
        Some(Datum::Text(text)) => text.split(" - ").map(str::to_string).collect(),
        _ => Vec::new(),
    };
    [Field::Starts, Field::Ends, Field::Period].iter().flat_map(of).collect()
}

/// What `stores check` tells of a file.
fn notes(
    source: &Source,
    layout: &Layout,
    table: &Table,
    coupons: &[Coupon],
    unreadable: &[Message],
    store: &Store,
) -> Vec<Message> {
    let as_of = source.as_of.with_timezone(&store.zone).format("%Y-%m-%d %H:%M").to_string();
    let mut notes = vec![message!("sheet-note-file", file = source.file.clone(), at = as_of, count = coupons.len())];
    if let Some(preset) = layout.unconfirmed {
        notes.push(message!("sheet-note-unconfirmed", preset = preset));
    }
    let named =
        |wanted: fn(&Heading) -> bool| -> Vec<&Heading> { table.headings.iter().filter(|it| wanted(it)).collect() };
    let understood = named(|heading| heading.field.is_some_and(|field| field != Field::Note));
    let pair = |heading: &&Heading| format!("{} = {:?}", heading.field.map_or("", Field::word), heading.text);
    notes.push(message!("sheet-note-understood", columns = understood.iter().map(pair).collect::<Vec<_>>().join(", ")));
    let unknown = named(|heading| heading.field.is_none());
    if !unknown.is_empty() {
        let names: Vec<String> = unknown.iter().take(NAMED_MAX).map(|heading| format!("{:?}", heading.text)).collect();
        let more = unknown.len().saturating_sub(NAMED_MAX);
        notes.push(message!("sheet-note-unknown", columns = names.join(", "), more = more));
    }
    let has = |field: Field| table.headings.iter().any(|heading| heading.field == Some(field));
    let lacking: Vec<&str> = [Field::Starts, Field::Value, Field::MinSpend, Field::Total, Field::Used, Field::Status]
        .into_iter()
        .filter(|field| !(has(*field) || *field == Field::Starts && has(Field::Period)))
        .map(Field::word)
        .collect();
    if !lacking.is_empty() {
        notes.push(message!("sheet-note-lacking", columns = lacking.join(", ")));
    }
    if !has(Field::Status) {
        notes.push(message!("sheet-note-derived"));
    }
    notes.push(message!(if source.has_everything { "sheet-note-complete" } else { "sheet-note-part" }));
    notes.extend(coupons.iter().take(SHOWN_ROWS).map(|coupon| sample(coupon, store)));
    notes.extend(unreadable.iter().take(NAMED_MAX).cloned());
    if unreadable.len() > NAMED_MAX {
        notes.push(message!("sheet-note-more-unreadable", count = unreadable.len() - NAMED_MAX));
    }
    if !table.aside.is_empty() {
        let places: Vec<Message> = table.aside.iter().take(NAMED_MAX).cloned().collect();
        let more = table.aside.len().saturating_sub(NAMED_MAX);
        notes.push(message!("sheet-note-aside", places = places, more = more));
    }
    notes
}

/// A coupon as it was understood, for somebody who has the file open beside it.
fn sample(coupon: &Coupon, store: &Store) -> Message {
    let moment = |at: Option<Timestamp>| {
        at.map_or_else(|| "…".to_string(), |at| at.with_timezone(&store.zone).format("%Y-%m-%d %H:%M").to_string())
    };
    let ends = coupon
        .usable
        .ends()
        .map_or_else(|| "…".to_string(), |ends| last_moment(ends, store.zone).format("%Y-%m-%d %H:%M").to_string());
    let count = |count: Option<u64>| count.map_or_else(|| "–".to_string(), |count| count.to_string());
    let discount = match coupon.discount.to_string() {
        empty if empty.is_empty() => "–".to_string(),
        words => words,
    };
    message!(
        "sheet-note-sample",
        coupon = coupon.label(),
        starts = moment(coupon.usable.starts()),
        ends = ends,
        discount = discount,
        total = count(coupon.total),
        used = count(coupon.used),
        status = coupon.status.message()
    )
}
