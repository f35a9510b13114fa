//! Findings by week: how many an export had on average, worst first.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use rust_xlsxwriter::{ColNum, RowNum};

use super::{Page, average_words};
use crate::domain::{FindingCode, Severity};
use crate::workbook::words::{finding_name, severity_words};
use crate::workbook::write::pen::Written;
use crate::workbook::write::style::{BODY, CELL, Edge, HEAD, Number};
use crate::workbook::write::week::page::HEAD_ROW;

const WORST: ColNum = 1;
const MOST: ColNum = 2;
const FIRST_WEEK: ColNum = 3;

pub(super) fn write(page: &mut Page) -> Written {
    let (book, language) = (page.book, page.language);
    page.begin_weeks("history-sheet-findings", "history-findings-title", "history-findings-line", FIRST_WEEK)?;
    page.pen.sheet.set_column_width(0, 24)?;
    page.pen.sheet.set_column_width(WORST, 13)?;
    page.pen.sheet.set_column_width(MOST, 11)?;
    let mut codes: BTreeMap<FindingCode, Severity> = BTreeMap::new();
    for (code, worst) in book.counts.iter().flat_map(|counts| &counts.worst) {
        let so_far = codes.entry(*code).or_insert(*worst);
        *so_far = (*so_far).max(*worst);
    }
    if codes.is_empty() {
        return page.pen.text(HEAD_ROW, 0, &language.say("history-findings-nothing"), BODY);
    }
    page.pen.text(HEAD_ROW, 0, &language.say("week-head-finding"), HEAD)?;
    page.pen.text(HEAD_ROW, WORST, &language.say("week-head-worst"), HEAD)?;
    page.pen.text(HEAD_ROW, MOST, &language.say("history-head-most"), HEAD.points(9).wrap().right())?;
    page.week_heads(HEAD_ROW, FIRST_WEEK, 9.0, HEAD.centre())?;
    page.pen.sheet.set_freeze_panes(HEAD_ROW + 1, FIRST_WEEK)?;
    page.pen.sheet.set_repeat_rows(HEAD_ROW, HEAD_ROW)?;
    let mut codes: Vec<(FindingCode, Severity)> = codes.into_iter().collect();
    codes.sort_by_key(|(code, worst)| (Reverse(*worst), *code));
    let mut row = HEAD_ROW + 1;
    for (code, worst) in codes {
        line(page, row, code, worst)?;
        row += 1;
    }
    all(page, row)
}

fn line(page: &mut Page, row: RowNum, code: FindingCode, worst: Severity) -> Written {
    let (book, language) = (page.book, page.language);
    page.pen.sheet.set_row_height(row, 20)?;
    page.pen.text(row, 0, &finding_name(language, code), CELL.bold())?;
    let look = CELL.severity(Some(worst)).edge(Edge::White);
    page.pen.text(row, WORST, &severity_words(language, Some(worst)), look)?;
    let most = book.counts.iter().filter_map(|counts| counts.findings.get(&code)).map(|counted| counted.most).max();
    page.whole(row, MOST, most.unwrap_or_default() as usize)?;
    for (column, week) in (FIRST_WEEK..).zip(book.weeks) {
        let Some(counts) = book.of(*week) else {
            page.not_known(row, column)?;
            continue;
        };
        match (counts.findings.get(&code), counts.worst.get(&code)) {
            (Some(counted), Some(worst)) => page.heat(row, column, *worst, &average_words(counted.average))?,
            _ => page.pen.blank(row, column, CELL)?,
        }
    }
    Ok(())
}

fn all(page: &mut Page, row: RowNum) -> Written {
    let book = page.book;
    let look = BODY.edge(Edge::Total).bold();
    page.pen.sheet.set_row_height(row, 20)?;
    page.pen.text(row, 0, &page.language.say("history-findings-all"), look)?;
    page.pen.blank(row, WORST, look)?;
    page.pen.blank(row, MOST, look)?;
    for (column, week) in (FIRST_WEEK..).zip(book.weeks) {
        match book.of(*week) {
            None => page.pen.text(row, column, "?", look.muted().centre())?,
            Some(counts) => {
                let sum: f64 = counts.findings.values().map(|counted| counted.average).sum();
                page.pen.number(row, column, sum, look.centre().number(Number::Tenths))?;
            }
        }
    }
    Ok(())
}
