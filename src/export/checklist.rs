//! The daily inspection: the trade's routine, filled in with the program's own result.

use crate::domain::{Export, FindingCode, Severity, TaskRow, local_day};
use crate::workbook::{ChecklistItem, Target};

/// One line of the routine.
struct Item {
    what: &'static str,
    how: &'static str,
    how_often: &'static str,
    by_manager: bool,
    looks_at: &'static [FindingCode],
    /// What the finding is called when there is one, and when there are more.
    found: [&'static str; 2],
}

use FindingCode::{
    Expired, ExpiresToday, ExpiringSoon, GivesMoneyAway, ListIncomplete, LowStock, NotStarted, OutOfStock, Paused,
    Rejected, StoreNotLoaded, ThresholdHigh, ThresholdLow, TokenExpiring,
};

const ROUTINE: [Item; 7] = [
    Item {
        what: "Every store's list is loaded",
        how: "All stores answered, with as many coupons as the platform says",
        how_often: "daily",
        by_manager: false,
        looks_at: &[StoreNotLoaded, ListIncomplete],
        found: ["store did not load whole", "stores did not load whole"],
    },
    Item {
        what: "Sign-ins are valid for a week",
        how: "No store's sign-in ends within 7 days; `couponbook auth login` renews one",
        how_often: "daily",
        by_manager: false,
        looks_at: &[TokenExpiring],
        found: ["store's sign-in ends soon", "stores' sign-ins end soon"],
    },
    Item {
        what: "Stock of active coupons",
        how: "Remaining is above the floor in every coupon that buyers can get",
        how_often: "twice daily",
        by_manager: false,
        looks_at: &[OutOfStock, LowStock],
        found: ["coupon out of stock or low", "coupons out of stock or low"],
    },
    Item {
        what: "Coupons expiring today",
        how: "Nothing that buyers use ends before midnight in its store's zone",
        how_often: "daily",
        by_manager: false,
        looks_at: &[ExpiresToday],
        found: ["coupon ends today", "coupons end today"],
    },
    Item {
        what: "Abnormal status",
        how: "Nothing paused, rejected, late to start or ended while its campaign runs",
        how_often: "daily",
        by_manager: false,
        looks_at: &[NotStarted, Paused, Rejected, Expired],
        found: ["coupon with an abnormal status", "coupons with an abnormal status"],
    },
    Item {
        what: "Coupons ending in the next days",
        how: "What ends soon has somebody or something to follow it",
        how_often: "daily",
        by_manager: false,
        looks_at: &[ExpiringSoon],
        found: ["coupon ends soon", "coupons end soon"],
    },
    Item {
        what: "Reasonable usage conditions",
        how: "Min spend within the campaign's range, no discount that gives goods away",
        how_often: "weekly",
        by_manager: true,
        looks_at: &[GivesMoneyAway, ThresholdHigh, ThresholdLow],
        found: ["coupon with unreasonable conditions", "coupons with unreasonable conditions"],
    },
];

/// Notices do not fail an item: an old coupon that ended as planned is no abnormal status.
pub fn checklist(export: &Export, by_hand: &[TaskRow], operator: &str, manager: &str) -> Vec<ChecklistItem> {
    let mut items: Vec<ChecklistItem> =
        (1..).zip(&ROUTINE).map(|(number, item)| item.checked(number, export, operator, manager)).collect();
    items.push(by_hand_item(items.len() as u32 + 1, export, by_hand, operator));
    items
}

fn by_hand_item(number: u32, export: &Export, by_hand: &[TaskRow], operator: &str) -> ChecklistItem {
    let urgency = |row: &TaskRow| {
        let zone = export.store(&row.task.store).map_or(export.zone, |store| store.zone);
        row.severity(local_day(export.finished, zone))
    };
    let open: Vec<Severity> = by_hand.iter().filter_map(urgency).collect();
    let (count, worst) = (open.len(), open.iter().max().copied());
    ChecklistItem {
        number,
        what: "By-hand work still open".to_string(),
        how: "What no platform's interface can do is done in its back office".to_string(),
        how_often: "daily".to_string(),
        whose: operator.to_string(),
        attention: worst.map(|worst| (count, worst)),
        found: match count {
            0 => String::new(),
            1 => "1 change to make by hand".to_string(),
            many => format!("{many} changes to make by hand"),
        },
        target: if count == 0 { Target::Nowhere } else { Target::ByHand },
    }
}

impl Item {
    fn checked(&self, number: u32, export: &Export, operator: &str, manager: &str) -> ChecklistItem {
        let worst_of = |findings: &[crate::domain::Finding]| {
            let counted = findings
                .iter()
                .filter(|finding| self.looks_at.contains(&finding.code) && finding.severity > Severity::Notice);
            counted.map(|finding| finding.severity).max()
        };
        let stores: Vec<Severity> = export.stores.iter().filter_map(|store| worst_of(&store.findings)).collect();
        let rows: Vec<_> = export.rows.iter().filter_map(|row| Some((row, worst_of(&row.findings)?))).collect();
        let count = stores.len() + rows.len();
        let worst = stores.iter().copied().chain(rows.iter().map(|(_, severity)| *severity)).max();
        let target = match rows.iter().find(|(_, severity)| Some(*severity) == worst) {
            Some((row, _)) => Target::Row(row.key.clone()),
            None if !stores.is_empty() => Target::Stores,
            None => Target::Nowhere,
        };
        let found = match count {
            0 => String::new(),
            1 => format!("1 {}", self.found[0]),
            many => format!("{many} {}", self.found[1]),
        };
        ChecklistItem {
            number,
            what: self.what.to_string(),
            how: self.how.to_string(),
            how_often: self.how_often.to_string(),
            whose: if self.by_manager { manager } else { operator }.to_string(),
            attention: worst.map(|worst| (count, worst)),
            found,
            target,
        }
    }
}
