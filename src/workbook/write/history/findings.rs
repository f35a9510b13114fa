//! Findings by week: how many an export had on average, worst first.

use rust_xlsxwriter::{ColNum, RowNum};

use super::{Page, average_words};
use crate::domain::{FindingCode, Severity};
use crate::workbook::words::{Named, severity_words};
use crate::workbook::write::page::HEAD_ROW;
use crate::workbook::write::style::{BODY, CELL, CellStyle, Edge, HEAD, Number};
use crate::workbook::write::tally::worst_first;
use crate::workbook::write::writer::Written;

const WORST: ColNum = 1;
const MOST: ColNum = 2;
const FIRST_WEEK: ColNum = 3;

pub(super) fn write(page: &mut Page) -> Written {
    let book = page.book;
    page.begin_weeks("history-sheet-findings", "history-findings-title", "history-findings-line", FIRST_WEEK)?;
    page.sheet.set_column_width(0, 24)?;
    page.sheet.set_column_width(WORST, 13)?;
    page.sheet.set_column_width(MOST, 11)?;
    let codes = worst_first(book.counts.iter().flat_map(|counts| &counts.worst).map(|(code, worst)| (*code, *worst)));
    if codes.is_empty() {
        return page.say(HEAD_ROW, 0, "history-findings-nothing", BODY);
    }
    page.say(HEAD_ROW, 0, "week-head-finding", HEAD)?;
    page.say(HEAD_ROW, WORST, "week-head-worst", HEAD)?;
    page.say(HEAD_ROW, MOST, "history-head-most", HEAD.points(9).wrap().right())?;
    page.week_heads(HEAD_ROW, FIRST_WEEK, 9.0, HEAD.centre())?;
    page.sheet.set_freeze_panes(HEAD_ROW + 1, FIRST_WEEK)?;
    page.sheet.set_repeat_rows(HEAD_ROW, HEAD_ROW)?;
    let mut row = HEAD_ROW + 1;
    for (code, worst) in codes {
        line(page, row, code, worst)?;
        row += 1;
    }
    all(page, row)
}

fn line(page: &mut Page, row: RowNum, code: FindingCode, worst: Severity) -> Written {
    let (book, language) = (page.book, page.language);
    page.height(row, 20)?;
    page.text(row, 0, &code.name(language), CELL.bold())?;
    let style = CellStyle::filled(worst);
    page.text(row, WORST, &severity_words(language, Some(worst)), style)?;
    let most = book.counts.iter().filter_map(|counts| counts.findings.get(&code)).map(|counted| counted.most).max();
    page.whole(row, MOST, most.unwrap_or_default() as usize)?;
    for (column, week) in (FIRST_WEEK..).zip(book.weeks) {
        let Some(counts) = book.of(*week) else {
            page.not_known(row, column)?;
            continue;
        };
        match (counts.findings.get(&code), counts.worst.get(&code)) {
            (Some(counted), Some(worst)) => page.heat(row, column, *worst, &average_words(counted.average))?,
            _ => page.blank(row, column, CELL)?,
        }
    }
    Ok(())
}

fn all(page: &mut Page, row: RowNum) -> Written {
    let book = page.book;
    let style = BODY.edge(Edge::Total).bold();
    page.height(row, 20)?;
    page.say(row, 0, "history-findings-all", style)?;
    page.blank(row, WORST, style)?;
    page.blank(row, MOST, style)?;
    for (column, week) in (FIRST_WEEK..).zip(book.weeks) {
        match book.of(*week) {
            None => page.text(row, column, "?", style.muted().centre())?,
            Some(counts) => {
                let sum: f64 = counts.findings.values().map(|counted| counted.average).sum();
                page.number(row, column, sum, style.centre().number(Number::Tenths))?;
            }
        }
    }
    Ok(())
}
