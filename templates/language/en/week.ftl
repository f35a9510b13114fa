# English: the weekly audit workbook

week-by-approved = { $by }, approved by { $names }
week-title = Weekly audit · { $week }
week-footer = Weekly audit { $week }
week-span = { $first } to { $last }
week-line = { $span } · { $exports ->
    [one] { $exports } export
   *[other] { $exports } exports
} · { $stores } · { $place } time
week-empty = No export in this week: nothing was loaded, so nothing is known. Run `couponbook export` at least once a day.

week-sheet-summary = Summary
week-sheet-open-times = Open times
week-sheet-actions = Actions
week-sheet-money = Money
week-sheet-sign-offs = Sign-offs
week-sheet-offenders = Repeat offenders
week-sheet-failed-loads = Failed loads
week-sheet-by-hand = By hand
week-tip-sheet = Opens the sheet that tells more

# Summary
week-tile-new = { $count ->
    [one] new finding
   *[other] new findings
}
week-tile-resolved = resolved
week-tile-open = { $count ->
    [one] finding still open
   *[other] findings still open
}
week-tile-done = { $count ->
    [one] action done
   *[other] actions done
}
week-tile-missed = { $count ->
    [one] missed sign-off
   *[other] missed sign-offs
}
week-tile-not-kept = sign-offs: none kept yet
week-tile-failed = { $count ->
    [one] failed load
   *[other] failed loads
}
week-first = Look at these first
week-first-nothing = ✓ Every store loaded, every item was signed, every action worked, and nothing urgent is open.
week-first-load = { $store } did not load in { $times ->
    [one] one export
   *[other] { $times } exports
}.
week-first-loads = { $stores } stores did not load at least once; { $store } most often ({ $times } times).
week-first-missed = { $count ->
    [one] One sign-off was missed.
   *[other] { $count } sign-offs were missed.
}
week-first-broken = { $count ->
    [one] One action failed, was refused or met a conflict.
   *[other] { $count } actions failed, were refused or met a conflict.
}
week-first-longest = { $coupon } in { $store } is the longest open: { $finding } for { $span }.
week-first-longest-store = { $store } is the longest open: { $finding } for { $span }.
week-first-by-hand = { $count ->
    [one] One piece of work by hand is still open.
   *[other] { $count } pieces of work by hand are still open.
}
week-heat = Findings by day
week-heat-line = Each store as its last export saw it; the most of the day's morning and afternoon. ? = no export that day.
week-heat-nothing = ✓ No findings in this week.
week-head-in-week = In the week
week-head-still-open = Still open
week-none-open = none
week-severities = To look at, by day
week-severities-line = Coupons, stores and rows of the campaign plan by their worst finding, as Summary counts them.
week-live = Coupons live
week-chart-alt = Columns: for each day of the week, how many coupons, stores and rows of the campaign plan had a critical finding, a warning or a notice at worst, at the end of its morning or afternoon, whichever had more. The same numbers stand in the table above it.

# Open times
week-open-times-title = How long findings stayed
week-open-times-line = { $all ->
    [one] { $all } finding
   *[other] { $all } findings
} open in the week, { $open } still at its end. A finding whose store did not load, or was not exported, stays open for 14 days.
week-open-times-nothing = ✓ No findings in this week.
week-state-open = Open
week-state-resolved = Resolved
week-state-ended = Ended
week-whole-store = the whole store
week-at-least = at least { $span }
week-minutes = { $minutes } min
week-hours = { $hours } h
week-days-hours = { $days } d { $hours } h

# Actions
week-actions-title = What was decided, and what became of it
week-actions-line = { $count ->
    [one] { $count } row in the week's runs.
   *[other] { $count } rows in the week's runs.
}
week-actions-nothing = No action was applied in this week.
week-actions-people = By person
week-actions-rows = Row by row

# Money
week-money-title = Money
week-money-line = What buyers can get, now or later, without anybody doing more: what is left of each coupon, times the worst case of one use. Each store as its last export saw it; paused coupons do not count.
week-money-nothing = Nothing to count: no export of the week has a coupon with a known cost.
week-money-no-limit-added = { $count ->
    [one] One change of the week was to a coupon without a limit.
   *[other] { $count } changes of the week were to coupons without a limit.
}
week-money-saved-line = Added: what restocks, renewals and new coupons can cost besides. Taken away: what coupons that we ended, paused or deleted could still have cost.
week-money-exports = Morning by morning, afternoon by afternoon
week-money-days = Day by day: what all coupons could still cost
week-money-chart-alt = Columns: what coupons in { $currency } could still cost at the end of each day. The same numbers stand in the table Day by day.
week-chart-millions = M

# Sign-offs
week-sign-offs-title = Sign-offs
week-sign-offs-line = { $missed } of { $all } were missed.
week-sign-offs-all = ✓ All { $all } were signed.
week-sign-offs-not-kept = The archive holds no sign-off yet.
week-sign-offs-nothing = No sign-offs to show. They are kept when a workbook with names in its Checklist is handed to plan or apply.
week-missed = missed

# Repeat offenders
week-offenders-title = What came up again and again
week-offenders-line = The coupons and stores with the most findings of the week; a finding that went away and came back counts each time.
week-offenders-coupons = Coupons
week-offenders-none = ✓ No coupon had more than one finding.
week-offenders-stores = Stores
week-offenders-more = { $count ->
    [one] and one more coupon: see Open times
   *[other] and { $count } more coupons: see Open times
}
week-kind-times = { $finding } ({ $times })
week-list-comma = ,_

# Failed loads
week-failed-title = Stores that did not load
week-failed-line = { $count ->
    [0] ✓ Every store loaded in every export.
    [one] One load failed. What a store has is not known while it does not load.
   *[other] { $count } loads failed. What a store has is not known while it does not load.
}
week-failed-nothing = ✓ Every store loaded in every export of the week.
week-failed-times = { $count ->
    [one] once
   *[other] { $count } times
}

# By hand
week-by-hand-title = Work by hand
week-by-hand-line = { $open } open at the end of the week, { $done } seen done.
week-by-hand-nothing = ✓ No work by hand was open in this week.

# Heads of columns
week-head-account = Account, workbook's author
week-head-action = Action
week-head-added = Added by our changes
week-head-age = Age
week-head-already = Already done
week-head-asked = Asked for
week-head-became = Became
week-head-before-after = Before → after
week-head-by = By
week-head-by-hand = By hand
week-head-can-cost = Can cost
week-head-change = Change
week-head-coupon = Coupon
week-head-coupons = Coupons
week-head-currency = Currency
week-head-day = Day
week-head-done = Done
week-head-due = Due
week-head-export = Export of
week-head-failed = Failed
week-head-finding = Finding
week-head-findings = Findings
week-head-first-failed = First
week-head-first-seen = First seen
week-head-hours = Hours
week-head-how = What ended it
week-head-kinds = Which
week-head-last-failed = Last
week-head-message = Message
week-head-not-done = Not done
week-head-of-exports = Of exports
week-head-on-findings = Of it, with a finding
week-head-open-for = Open for
week-head-outcome = Outcome
week-head-owner = Owner
week-head-request = Request id
week-head-resolved = Ended at
week-head-rows = Rows
week-head-runs = Runs
week-head-saved = Taken away by our changes
week-head-seen-done = Seen done
week-head-severity = Severity
week-head-state = State
week-head-store = Store
week-head-to-do = To do
week-head-week-began = After the first exports
week-head-week-ended = After the last exports
week-head-what = What
week-head-when = When
week-head-whose = Whose
week-head-why = Why
week-head-words = In the platform's words
week-head-worst = Worst
