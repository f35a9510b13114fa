//! Findings by week: how many an export had on average, worst first.

use super::{NO_COUNT, NUMBERS_HEAD, Page, average_words, with_weeks};
use crate::domain::{FindingCode, Severity};
use crate::workbook::words::{Named, severity_words};
use crate::workbook::write::cell::Written;
use crate::workbook::write::page::{HEAD_ROW, heat, whole};
use crate::workbook::write::style::{BODY, CELL, CellStyle, Edge, HEAD, Number};
use crate::workbook::write::table::Columns;
use crate::workbook::write::tally::worst_first;

pub(super) fn write(page: &mut Page) -> Written {
    let (book, language) = (page.book, page.language);
    let most = |code: &FindingCode| {
        let counted = book.counts.iter().filter_map(|counts| counts.findings.get(code));
        counted.map(|counted| counted.most).max().unwrap_or_default()
    };
    let names = Columns::<(FindingCode, Severity)>::new(language)
        .left("week-head-finding", 24.0, |(code, _)| CELL.bold().with(code.name(language)))
        .left("week-head-worst", 13.0, |(_, worst)| {
            CellStyle::filled(*worst).with(severity_words(language, Some(*worst)))
        })
        .headed(NUMBERS_HEAD, "history-head-most", 11.0, |(code, _)| whole(most(code) as usize));
    page.begin_weeks("findings", &names)?;
    let codes = worst_first(book.counts.iter().flat_map(|counts| &counts.worst).map(|(code, worst)| (*code, *worst)));
    if codes.is_empty() {
        return page.say(HEAD_ROW, 0, "history-findings-nothing", BODY);
    }
    page.freeze(HEAD_ROW, 3)?;
    let columns = with_weeks(names, book, (9.0, HEAD.centre()), |(code, _), week| {
        let Some(counts) = book.of(week) else { return NO_COUNT.with("?") };
        match (counts.findings.get(code), counts.worst.get(code)) {
            (Some(counted), Some(worst)) => heat(*worst, &average_words(counted.average)),
            _ => CELL.empty(),
        }
    });
    let row = page.week_table(HEAD_ROW, &columns, codes, 20.0)?;
    let style = BODY.edge(Edge::Total).bold();
    let sums = book.weeks.iter().map(|week| match book.of(*week) {
        None => style.muted().centre().with("?"),
        Some(counts) => {
            let sum: f64 = counts.findings.values().map(|counted| counted.average).sum();
            style.centre().number(Number::Tenths).with(sum)
        }
    });
    page.height(row, 20)?;
    let names = [style.with(language.say("history-findings-all")), style.empty(), style.empty()];
    page.cells(row, names.into_iter().chain(sums))
}
