# English: several weeks side by side

history-title = Coupon history · { $first } to { $last }
history-line = { $exports ->
    [one] { $exports } export
   *[other] { $exports } exports
} in { $weeks ->
    [one] { $weeks } week
   *[other] { $weeks } weeks
}
history-only = { $what } only
history-time = { $place } time
history-empty = No export in these weeks: nothing was loaded, so nothing is known. Run `couponbook export` at least once a day.
history-no-export = no export in this week
history-week = { $first } to { $last }
history-of = { $count } of { $all }

history-sheet-summary = Summary
history-sheet-findings = Findings by week
history-sheet-stores = Stores
history-sheet-money = Money at risk
history-sheet-missed = Loads and sign-offs

# Summary
history-tile-critical = critical
history-tile-warning = warnings
history-tile-notice = notices
history-tile-failed = failed loads
history-tile-missed = not signed
history-tile-was = { $what }, was { $before }
history-tiles = In { $week }, beside { $before }: coupons, stores and rows of the plan by their worst finding, on average; loads and sign-offs: the sum.
history-tiles-first = In { $week }, the first week: coupons, stores and rows of the plan by their worst finding, on average; loads and sign-offs: the sum.
history-moved = What moved
history-moved-nothing = Nothing moved from the week before.
history-moved-load = { $store } did not load in { $times } of the { $exports } exports of the last week.
history-moved-grew = { $finding } grew most: { $now } on average, after { $before } in the week before.
history-moved-fell = { $finding } fell most: { $now } on average, after { $before } in the week before.
history-moved-store = { $store } is the worst store of the last week: { $average } to look at on average.
history-severities = To look at on average, by week
history-chart-alt = Columns: for each week, how many coupons, stores and rows of the campaign plan had a critical finding, a warning or a notice at worst, on average. The same numbers stand in the table below it.
history-numbers = The numbers behind the chart
history-numbers-foot = Coupons, stores and rows of the campaign plan by their worst finding: each store's average over its own exports. Loads and sign-offs: the sum. ? = not known.

# Findings by week
history-findings-title = Findings by week
history-findings-line = How many had each finding on average, each store over its own exports, with the mark of the worst; a coupon with several is in several lines. ? = no export in that week.
history-findings-nothing = ✓ No findings in these weeks.
history-findings-all = All findings

# Stores
history-stores-title = Stores by week, the worst first
history-stores-line = Its coupons and the store itself by their worst finding, in an export that loaded it, with the mark of the worst; the most critical ones come first. ? = it never loaded in that week; – = it was not exported.

# Money at risk
history-money-title = Money at risk by week
history-money-line = What buyers can get, now or later, without anybody doing more, at the end of each week: what is left of each coupon, times the worst case of one use. Each store as its last export saw it; paused coupons do not count.
history-money-nothing = Nothing to count: no coupon of these weeks has a known cost.
history-money-all = All coupons
history-money-on-findings = Of it, on coupons with a finding
history-money-no-limit = Coupons without a limit
history-money-not-known = Coupons of unknown cost
history-money-charts = All coupons, as charts
history-money-chart-alt = Columns: what coupons in { $currency } could still cost at the end of each week. The same numbers stand in the table All coupons.

# Loads and sign-offs
history-missed-title = What was not looked at
history-missed-line = Stores that did not load, and items of the checklist that nobody signed. – = nothing was due.
history-missed-loads = Failed loads
history-missed-loads-nothing = ✓ Every store loaded in every export of these weeks.
history-missed-sign-offs = Missed sign-offs
history-missed-sign-offs-nothing = ✓ No sign-off was due in these weeks.
history-missed-none = none

# Heads of columns
history-head-all = All
history-head-all-weeks = All weeks
history-head-average = To look at an export
history-head-critical = Critical an export
history-head-coupons = Coupons
history-head-exports = Exports
history-head-failed = Failed loads
history-head-live = Coupons live
history-head-loaded = Loaded in exports
history-head-missed = Missed sign-offs
history-head-most = Most at once
history-head-week = Week
