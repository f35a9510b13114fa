//! Whatever is typed into an exported workbook is accounted for: each edited cell is a decision, a problem or a remark, and told once.

use std::collections::BTreeMap;

use couponbook::workbook::columns::{BLUE, COLUMNS, Field, Part};
use proptest::prelude::*;

use super::seen::{Round, told};
use super::{HEADER_ROW, Put};

const ACTIONS: [&str; 7] = ["keep", "end", "renew", "restock", "accept", "recreate", "frobnicate"];
const MOST_IN_A_ROW: usize = 3;

/// What somebody may type into a cell of that column, good or bad.
fn put_into(field: Field, choice: usize) -> Put {
    let pick = |of: &[Put]| of[choice % of.len()].clone();
    match field {
        Field::Action => Put::Text(ACTIONS[choice % ACTIONS.len()]),
        Field::NewEnd => pick(&[
            Put::Date("2026-12-31"),
            Put::Text("2026-12-24 18:00"),
            Put::Text("soon"),
            Put::Number(46_387.0),
            Put::Text("+7d"),
        ]),
        Field::AddStock => {
            pick(&[Put::Number(20.0), Put::Text("20"), Put::Text("lots"), Put::Number(-3.0), Put::Number(0.5)])
        }
        Field::NewMinSpend => pick(&[Put::Number(12.5), Put::Text("12,50"), Put::Text("-1"), Put::Date("2026-11-05")]),
        Field::Note => pick(&[Put::Text("for 12.12"), Put::Text("ask Mei")]),
        _ => pick(&[Put::Text("typed over"), Put::Number(987_654.0), Put::Text("⚠ look")]),
    }
}

/// The columns of an export, which has none of results.
fn fields() -> Vec<Field> {
    let typed = COLUMNS.iter().filter(|column| !matches!(column.part, Part::Result | Part::Key));
    typed.map(|column| column.field).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_edit_is_a_decision_a_problem_or_a_remark_and_told_once(
        typed in proptest::collection::vec((0_usize..12, 0_usize..200, 0_usize..60, any::<bool>()), 1..14),
    ) {
        let round = Round::new();
        let fields = fields();
        let mut edits: BTreeMap<(usize, usize), Put> = BTreeMap::new();
        for (row, column, choice, is_blue) in typed {
            let field = if is_blue { BLUE[column % BLUE.len()] } else { fields[column % fields.len()] };
            let place = fields.iter().position(|it| *it == field).unwrap();
            if edits.range((row, 0)..(row + 1, 0)).count() < MOST_IN_A_ROW {
                edits.insert((row, place), put_into(field, choice));
            }
        }
        let mut sheet = round.sheet();
        for ((row, place), put) in &edits {
            sheet = sheet.typed(*row, fields[*place], put.clone());
        }
        let back = round.back(&sheet);
        let all = format!("{edits:?}\n{:?}\n{:?}", told(&back.problems), told(&back.remarks));
        for (row, place) in edits.keys() {
            let (field, number) = (fields[*place], HEADER_ROW + 2 + *row as u32);
            let is_at = |problem: &&couponbook::workbook::CellProblem| problem.row == number && problem.field == field;
            let told = back.problems.iter().filter(is_at).count() + back.remarks.iter().filter(is_at).count();
            let is_refused = back.problems.iter().any(|problem| problem.row == number);
            let decision = back.decisions.iter().find(|decision| decision.row == number);
            prop_assert!(told <= 1, "{field:?} of row {number} is told {told} times\n{all}");
            prop_assert!(decision.is_none() || !is_refused, "row {number} is decided and refused\n{all}");
            let is_accounted = match BLUE.iter().position(|blue| *blue == field) {
                // The row is not carried out as long as anything is wrong with it.
                _ if is_refused => true,
                Some(blue) => match decision {
                    Some(decision) => !decision.cells[blue].is_empty(),
                    None => told == 1 || (field == Field::Note && back.notes.contains_key(&round.key(*row))),
                },
                None => told == 1,
            };
            prop_assert!(is_accounted, "{field:?} of row {number} is told nowhere\n{all}");
        }
        let edited: Vec<u32> = edits.keys().map(|(row, _)| HEADER_ROW + 2 + *row as u32).collect();
        let is_stray = |problem: &&couponbook::workbook::CellProblem| !edited.contains(&problem.row);
        prop_assert_eq!(back.problems.iter().filter(is_stray).count(), 0, "{}", &all);
        prop_assert_eq!(back.remarks.iter().filter(is_stray).count(), 0, "{}", &all);
    }
}
