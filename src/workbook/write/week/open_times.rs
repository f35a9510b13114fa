//! How long each finding stayed: when it was first seen, when it was gone, and what took it away.

use std::cmp::Reverse;

use super::{Page, open_for};
use crate::domain::FindingLife;
use crate::say;
use crate::workbook::words::{Named, ended_words, finding_on, severity_mark, store_or_plan};
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
        false if life.is_resolved() => CELL.with(format!("✓ {}", language.say("week-state-resolved"))),
        false => CELL.muted().with(format!("– {}", language.say("week-state-ended"))),
    };
    let label = |life: &FindingLife| finding_on(language, &life.key, &life.label);
    let hours = |life: &FindingLife| life.open_for(until).num_hours() as f64;
    let open_for = |life: &FindingLife| open_for(language, life, until);
    let how = |life: &FindingLife| life.ended.as_ref().map(|ended| ended_words(language, &ended.how));
    let columns = Columns::<&FindingLife>::new(language)
        .left("week-head-state", 13.0, |life| state(life))
        .left("week-head-store", 15.0, |life| CELL.wrap().with(store_or_plan(language, &life.key)))
        .codes("week-head-coupon", 24.0, |life| CELL.wrap().number(Number::Text).with(label(life)))
        .left("week-head-finding", 17.0, |life| CELL.bold().with(life.key.code.name(language)))
        .left("week-head-first-seen", 19.0, |life| moment(zone, Some(life.first_seen)))
        .left("week-head-resolved", 19.0, |life| moment(zone, life.ended.as_ref().map(|ended| ended.at)))
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
