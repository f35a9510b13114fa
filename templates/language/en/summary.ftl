# English: summary

summary-line-all = { $all ->
    [one] { $all } store loaded, { $from } to { $until } { $place } time
   *[other] { $all } stores loaded, { $from } to { $until } { $place } time
}
summary-line-some = { $loaded } of { $all ->
    [one] { $all } store loaded, { $from } to { $until } { $place } time
   *[other] { $all } stores loaded, { $from } to { $until } { $place } time
}
summary-line-results = What became of the decisions in export { $export } · as of { $at } { $place } time
summary-line-compared = compared with the export of { $since }
summary-line-coupons = { $count ->
    [one] { $count } coupon, { $live } live
   *[other] { $count } coupons, { $live } live
}
summary-day-am = { $day }, morning
summary-day-pm = { $day }, afternoon
summary-today-at = { $clock } today
summary-tip = Jumps there, as long as the rows have not been sorted
summary-and-more = and { $count } more
summary-of = { $count } of { $all }

summary-tile-critical = ● Critical: act today
summary-tile-warning = ▲ Warning: this week
summary-tile-notice = ○ Notice: tidy up
summary-tile-ok = – OK: nothing found
summary-tile-stores-loaded = ✓ all stores loaded
summary-tile-stores-look = { $count ->
    [one] { $mark } needs a look: see Stores
   *[other] { $mark } need a look: see Stores
}
summary-tile-stores-failed = { $count ->
    [one] { $mark } store did not load
   *[other] { $mark } stores did not load
}
summary-tile-coupons = { $stores ->
    [one] coupons in { $stores } store
   *[other] coupons in { $stores } stores
}
summary-tile-changed = new / resolved since { $since }

summary-left-out = Left out of this file
summary-left-out-more = { $count ->
    [one] and { $count } more: see what the program said
   *[other] and { $count } more: see what the program said
}

summary-approved-by = ✓ Approved by { $names }
summary-first = Do these first
summary-still-yours = These still need you
summary-all-good = ✓ No exceptions today. Nothing to fill in; sign the checklist and close.
summary-nothing-to-do = ✓ Nothing to do today. { $count ->
    [one] One coupon has a finding that asks for nothing; its Why says so.
   *[other] { $count } coupons have a finding that asks for nothing; their Why says so.
}
summary-no-coupons = The stores that loaded have no coupons: there is nothing to check.
summary-all-settled = ✓ Every row of the run is settled. Nothing is left to do.
summary-head-store = Store
summary-head-coupon = Coupon
summary-head-finding = Finding
summary-head-why = Why
summary-head-suggested = Suggested
summary-head-go-to = Go to
summary-head-result = Result
summary-head-happened = What happened
summary-head-to-do = What to do
summary-head-week = Week
summary-whole-store = the whole store
summary-check-store = check the store
summary-stores = Stores
summary-more-stores = { $count ->
    [one] and { $count } store more with trouble
   *[other] and { $count } stores more with trouble
}
summary-more-critical = and { $count } more critical to deal with in Coupons
summary-more-warning = { $count ->
    [one] and { $count } more warning to deal with in Coupons
   *[other] and { $count } more warnings to deal with in Coupons
}
summary-more-notice = { $count ->
    [one] and { $count } more notice to deal with in Coupons
   *[other] and { $count } more notices to deal with in Coupons
}
summary-more-rows = and { $count } more in Coupons

summary-heat = Findings by store
summary-heat-explained = The mark is the worst severity in the cell; the number opens its first row. All counts a coupon with several once.
summary-heat-tip = Opens the first of them in Coupons, as long as the rows have not been sorted
summary-heat-all = All
summary-heat-all-stores = All stores
summary-heat-other = Other
summary-heat-other-means = Other: { $names }
# Over a column that holds no longer word
summary-heat-campaign-uncovered = Not covered
summary-heat-campaign-gap = Gap in cover
summary-heat-more = { $stores ->
    [one] and { $stores } more store with { $count } to look at: filter Coupons by Store
   *[other] and { $stores } more stores with { $count } to look at: filter Coupons by Store
}
summary-not-loaded = did not load: nothing is known about its coupons

summary-changed = What changed
summary-first-export = First export: from the next one on, this shows what changed.
summary-changed-since = Changed since { $since }
summary-new = New ({ $count })
summary-resolved = Resolved ({ $count })
summary-new-line = { $mark } { $store } · { $coupon } · { $finding }
summary-resolved-line = ✓ { $store } · { $coupon } · { $finding }: { $how }
summary-nothing-new = Nothing new.
summary-nothing-resolved = Nothing was resolved.
summary-not-compared = { $count ->
    [one] { $count } store is not compared: it did not load now, or not in the exports before.
   *[other] { $count } stores are not compared: they did not load now, or not in the exports before.
}
summary-ended-besides = { $count ->
    [one] One more ended without being over: it turned into another finding, was kept, or its store is not seen any more.
   *[other] { $count } more ended without being over: they turned into other findings, were kept, or their store is not seen any more.
}
summary-since-each = each store's own last load

summary-money = Money at risk
summary-money-currency = Currency
summary-money-known = At most
summary-money-coupons = Coupons
summary-money-beyond = Beyond that
summary-money-suggested = All suggestions add at most
summary-money-no-limit = { $count ->
    [one] no limit: { $count } coupon
   *[other] no limit: { $count } coupons
}
summary-money-not-known = { $count ->
    [one] not known: { $count } coupon
   *[other] not known: { $count } coupons
}
summary-money-foot = What buyers can get, now or later, without anybody doing more: what is left × the most that one can cost. Paused coupons do not count. Beside it what accepting every suggestion would add.

summary-open = Handed back, still open
summary-open-head = { $count ->
    [one] { $count } action of the last workbooks is not settled
   *[other] { $count } actions of the last workbooks are not settled
}
summary-open-line = ▲ { $store } · { $coupon } · { $action }: { $outcome }
summary-never-applied = never applied

summary-chart-stores = To look at, by store
summary-chart-stores-some = To look at: the { $count } stores with the most
summary-chart-stores-alt = Bars: how many coupons of each store, and the store itself, have a critical finding, a warning or a notice at worst. The same numbers stand in the table below.
summary-chart-weeks = To look at, last 8 weeks
summary-chart-weeks-alt = Columns: how many coupons, stores and rows of the campaign plan had a critical finding, a warning or a notice at worst, on average, week by week. The same numbers stand in the table below.
summary-chart-no-weeks = The trend begins once the archive has two weeks.
summary-chart-numbers = The numbers behind the charts: coupons, stores and rows of the campaign plan by their worst finding (weeks: on average)
summary-week = W{ $week }
