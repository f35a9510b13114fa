# English: checklist

checklist-title = Daily checklist
checklist-line-pass = { $count } pass
checklist-line-attention = { $count ->
    [one] { $count } needs attention
   *[other] { $count } need attention
}
checklist-line-not-known = { $count } not known
checklist-line-nothing = { $count } with nothing to check
checklist-line-waiting = { $count } not due today
checklist-banner = ✎ You sign off: your name
checklist-foot = Write your name when you have looked. Empty = not looked at yet. Names and remarks are read when the file is handed back, and kept in the archive.
checklist-no-items = The checklist has no items.
checklist-tip-row = Opens the first coupon concerned
checklist-tip-stores = Opens Stores
checklist-tip-by-hand = Opens By hand

checklist-head-number = #
checklist-head-what = What
checklist-head-how = How
checklist-head-how-often = How often
checklist-head-whose = Whose
checklist-head-result = Result
checklist-head-found = What was found
checklist-head-am = AM: name
checklist-head-pm = PM: name
checklist-head-remarks = Remarks
checklist-head-key = Item key

checklist-pass = ✓ Pass
checklist-not-known = ? Not known
checklist-nothing = – Nothing to check
checklist-unseen = { $count ->
    [one] Not known: { $count } store is missing, or does not tell
   *[other] Not known: { $count } stores are missing, or do not tell
}
checklist-switched-off = These findings are switched off in the config.
checklist-no-coupons = The stores have no coupons.
checklist-no-campaigns = No campaign is planned for these stores.
checklist-attention = { $mark } Attention: { $count }
checklist-by-eye = ► Look yourself
checklist-not-due = – Not due today
checklist-next = Next: { $day }
checklist-next-with = Next: { $day }; { $count } to look at already
checklist-found-named = { $counted }: { $names }
checklist-own-found = { $count } to look at

checklist-daily = daily
checklist-twice-daily = twice daily
checklist-weekly-mon = weekly, Monday
checklist-weekly-tue = weekly, Tuesday
checklist-weekly-wed = weekly, Wednesday
checklist-weekly-thu = weekly, Thursday
checklist-weekly-fri = weekly, Friday
checklist-weekly-sat = weekly, Saturday
checklist-weekly-sun = weekly, Sunday

checklist-stores-what = Every store's list is loaded
checklist-stores-how = Every store answered, and as many coupons came as its platform says it has.
checklist-stores-found = { $count ->
    [one] { $count } store did not load whole
   *[other] { $count } stores did not load whole
}
checklist-stock-what = Stock of active coupons
checklist-stock-how = Remaining is above the floor, and lasts at the pace of the last days.
checklist-stock-found = { $count ->
    [one] { $count } coupon out of stock or low
   *[other] { $count } coupons out of stock or low
}
checklist-ends-today-what = Coupons expiring today
checklist-ends-today-how = Nothing that buyers use ends before midnight in its store's own time.
checklist-ends-today-found = { $count ->
    [one] { $count } coupon ends today
   *[other] { $count } coupons end today
}
checklist-status-what = Abnormal status
checklist-status-how = Nothing is paused, rejected, late to start or ended while its campaign runs.
checklist-status-found = { $count ->
    [one] { $count } coupon with an abnormal status
   *[other] { $count } coupons with an abnormal status
}
checklist-conditions-what = Reasonable usage conditions
checklist-conditions-how = Min spend is within the campaign's range; no discount gives goods away or goes uncapped.
checklist-conditions-found = { $count ->
    [one] { $count } coupon with unreasonable conditions
   *[other] { $count } coupons with unreasonable conditions
}
checklist-ends-soon-what = Coupons ending in the next days
checklist-ends-soon-how = What ends soon has somebody or something to follow it.
checklist-ends-soon-found = { $count ->
    [one] { $count } coupon ends soon
   *[other] { $count } coupons end soon
}
checklist-campaigns-what = Campaign coverage
checklist-campaigns-how = Each store has the planned coupons, valid for the whole campaign.
checklist-campaigns-found = { $count ->
    [one] { $count } gap in a campaign
   *[other] { $count } gaps in campaigns
}
checklist-duplicates-what = Duplicates and unplanned coupons
checklist-duplicates-how = No two coupons do the same in one store; each one belongs to a campaign.
checklist-duplicates-found = { $count ->
    [one] { $count } duplicate or unplanned coupon
   *[other] { $count } duplicate or unplanned coupons
}
checklist-sign-ins-what = Sign-ins are valid for a week
checklist-sign-ins-how = No store's sign-in ends within 7 days; `couponbook auth login` renews one.
checklist-sign-ins-found = { $count ->
    [one] { $count } sign-in is refused or ends soon
   *[other] { $count } sign-ins are refused or end soon
}
checklist-by-hand-what = By-hand work still open
checklist-by-hand-how = What the platform's API cannot do is done in its back office.
checklist-by-hand-found = { $count ->
    [one] { $count } change to make by hand
   *[other] { $count } changes to make by hand
}
checklist-actions-what = Actions handed back are settled
checklist-actions-how = Every action of the last workbooks that came back was applied, and worked.
checklist-actions-found = { $count ->
    [one] { $count } action still open
   *[other] { $count } actions still open
}
# Who looks, where the config names nobody
checklist-operator = Operator
checklist-manager = Manager
