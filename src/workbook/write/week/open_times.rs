//! How long each finding stayed: when it was first seen, when it was gone, and what took it away.

use std::cmp::Reverse;

use super::{Page, span};
use crate::domain::{FindingLife, HowResolved};
use crate::language::Language;
use crate::say;
use crate::workbook::words::{Named, severity_mark};
use crate::workbook::write::cell::Written;
use crate::workbook::write::page::moment;
use crate::workbook::write::style::{CELL, CellStyle, Number, RULE};
use crate::workbook::write::table::Columns;

pub(super) fn write(page: &mut Page) -> Written {
    let (book, language, zone, until) = (page.book, page.language, page.book.zone, page.book.until());
    let state = |life: &FindingLife| match life.is_open() {
        true => {
            let words = format!("{} {}", severity_mark(Some(life.severity)), language.say("week-state-open"));
            CellStyle::filled(life.severity).with(words)
        }
        false => CELL.with(format!("✓ {}", language.say("week-state-resolved"))),
    };
    let label = |life: &FindingLife| match life.key.row {
        Some(_) => life.label.clone(),
        None => language.say("week-whole-store"),
    };
    let hours = |life: &FindingLife| life.open_for(until).num_hours() as f64;
    let open_for = |life: &FindingLife| {
        let span = span(language, life.open_for(until));
        if life.since_longer { say!(language, "week-at-least", span = span) } else { span }
    };
    let how = |life: &FindingLife| life.resolved.as_ref().map(|closed| how(language, &closed.how));
    let columns = Columns::<&FindingLife>::new(language)
        .left("week-head-state", 13.0, |life| state(life))
        .left("week-head-store", 15.0, |life| CELL.wrap().with(life.key.store.as_str()))
        .codes("week-head-coupon", 24.0, |life| CELL.wrap().number(Number::Text).with(label(life)))
        .left("week-head-finding", 17.0, |life| CELL.bold().with(life.key.code.name(language)))
        .left("week-head-first-seen", 19.0, |life| moment(zone, Some(life.first_seen)))
        .left("week-head-resolved", 19.0, |life| moment(zone, life.resolved.as_ref().map(|closed| closed.at)))
        .right("week-head-hours", 10.0, |life| CELL.right().number(Number::Whole).with(hours(life)))
        .left("week-head-open-for", 20.0, |life| CELL.indent(1).with(open_for(life)))
        .left("week-head-how", 30.0, |life| CELL.wrap().with(how(life)))
        .left("week-head-why", 52.0, |it| CELL.wrap().with(language.render_in_cell(&it.why)));
    let mut lives: Vec<&FindingLife> = book.lives.iter().collect();
    lives.sort_by_key(|life| {
        (Reverse(life.is_open()), Reverse(life.severity), Reverse(life.open_for(until)), &life.key)
    });
    let open = lives.iter().filter(|life| life.is_open()).count();
    let line = say!(language, "week-open-times-line", all = lives.len(), open = open);
    page.begin("week-sheet-open-times", &language.say("week-open-times-title"), &line, RULE)?;
    page.filtered_table(&columns, 4, lives, |_| 30.0, "week-open-times-nothing")
}

fn how(language: Language, how: &HowResolved) -> String {
    match how {
        HowResolved::Action { action: word, by } => {
            say!(language, "week-how-action", action = word.name(language), by = by)
        }
        HowResolved::ByHand(word) => say!(language, "week-how-by-hand", action = word.name(language)),
        HowResolved::Gone => language.say("week-how-gone"),
        HowResolved::Ended => language.say("week-how-ended"),
        HowResolved::ByItself => language.say("week-how-by-itself"),
    }
}
