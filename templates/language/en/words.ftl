# English: words that every sheet shares

severity-critical = Critical
severity-warning = Warning
severity-notice = Notice
severity-ok = OK
count-stores = { $count ->
    [one] { $count } store
   *[other] { $count } stores
}
count-coupons = { $count ->
    [one] { $count } coupon
   *[other] { $count } coupons
}

# Between the names of a list
comma = {", "}
separator = {"; "}

# Tabs
sheet-summary = Summary
sheet-checklist = Checklist
sheet-coupons = Coupons
sheet-by-hand = By hand
sheet-coverage = Coverage
sheet-stores = Stores
sheet-replies = Replies
sheet-help = Help
# Where a row stands; on a further sheet of coupons with the sheet's name
place-row = Row { $row }
place-row-of = { $sheet }, row { $row }

slot-am = morning
slot-pm = afternoon

# Titles, also the file's own
title-export = Coupon check · { $day }, { $slot }
title-results = Coupon check, results · { $day }, { $slot }
# Foot of every page; the codes with & are the office program's
footer-left = Coupon check { $day } { $slot } · export { $export }
footer-right = Page { $page } of { $pages }

# Each fits two lines of a narrow column
finding-store-not-loaded = Not loaded
finding-list-incomplete = Not all loaded
finding-wrong-shop = Wrong shop
finding-store-restricted = Store restricted
finding-store-differs = Store differs
finding-token-expiring = Sign-in ends
finding-gives-money-away = Loses money
finding-rejected = Not approved
finding-status-unknown = Status not known
finding-expired = Expired
finding-claim-over = No longer given out
finding-out-of-stock = Out of stock
finding-paused = Paused
finding-not-started = Not started
finding-expires-today = Expires today
finding-campaign-uncovered = Campaign uncovered
finding-campaign-matches-nothing = Plan fits nothing
finding-campaign-missing = Not in store
finding-campaign-gap = Campaign gap
finding-expiring-soon = Expires soon
finding-runs-out-early = Runs out early
finding-low-stock = Low stock
finding-sudden-drop = Sudden drop
finding-uncapped = No cap
finding-threshold-high = Min spend high
finding-threshold-low = Min spend low
finding-duplicate = Duplicate
finding-unplanned = Not in plan

# What a manager writes in Action; read back in every language
action-accept = accept
action-renew = renew
action-restock = restock
action-delete = delete
action-end = end
action-enable = enable
action-pause = pause
action-adjust = adjust
action-recreate = recreate
action-keep = keep
# Typed into New end or New min spend: no end, no minimum
action-clear = [clear]

outcome-done = Done
outcome-already-done = Already done
outcome-by-hand = By hand
outcome-failed = Failed
outcome-refused = Refused
outcome-conflict = Conflict
outcome-unknown = Unknown: asking
outcome-not-shown = Accepted, not shown
outcome-not-reached = Not reached

status-scheduled = Scheduled
status-active = Active
status-paused = Paused
status-in-review = In review
status-rejected = Rejected
status-ended = Ended
status-claim-over = No longer given out
status-in-the-bin = In the bin
status-by-dates = { $status } (by its dates)

suggest-nothing = nothing to do
suggest-renew = renew to { $end }
suggest-no-end = remove the end
suggest-restock = restock +{ $count }
suggest-reduce = restock −{ $count }
suggest-delete = delete
suggest-end = end
suggest-pause = pause
suggest-enable = enable
suggest-adjust = adjust to { $amount }
suggest-no-min-spend = remove the min spend
suggest-recreate = recreate to { $end }
suggest-recreate-as-no-end = recreate as { $code }, without an end
suggest-recreate-as =
    recreate as { $code }
    to { $end }
suggest-recreate-as-several = recreate as { $codes }
suggest-recreate-several = recreate { $count } of the plan
suggest-recreate-from = recreate from { $amount }
suggest-wait = wait
suggest-open-page = open page
suggest-check-store = check the store
suggest-leave = leave: { $words }
suggest-follow-on = { $advice } (follow-on)
suggest-instead = { $advice } ({ $verb ->
    [end] by ending it
    [pause] by pausing it
    [delete] by deleting it
    [create] by a copy
    [extend] by a later end
   *[other] in another way
})
suggest-by-hand = by hand: { $advice }

discount-sum = { $amount } off
discount-share = { $percent } off
discount-share-capped = { $percent } off, max { $cap }
discount-coins = { $percent } back in coins
discount-coins-capped = { $percent } back in coins, max { $cap }
discount-free-shipping = Free shipping
discount-free-shipping-capped = Free shipping, max { $cap }
discount-worked-out-by-an-app = Worked out by an app
discount-off-each-item = { $amount } off each item
minimum-items = { $count ->
    [one] { $count } item
   *[other] { $count } items
}
no-limit = no limit
no-end = no end
no-start = no start
not-known = not known

# Kinds of coupon, as the platforms have them
kind-shop-voucher = Shop voucher
kind-product-voucher = Product voucher
kind-new-buyer-voucher = New buyer voucher
kind-repeat-buyer-voucher = Repeat buyer voucher
kind-private-voucher = Private voucher
kind-live-voucher = Live voucher
kind-video-voucher = Video voucher
kind-campaign-voucher = Campaign voucher
kind-follow-prize = Follow prize
kind-membership-voucher = Membership voucher
kind-game-prize = Game prize
kind-sample-voucher = Sample voucher
kind-code-voucher = Code voucher
kind-follower-voucher = Follower voucher
kind-offline-voucher = Offline voucher
kind-share-voucher = Share voucher
kind-customer-engagement-voucher = Customer engagement voucher
kind-collectible-voucher = Collectible voucher
kind-shop-coupon = Shop coupon
kind-live-coupon = Live coupon
kind-creator-coupon = Creator coupon
kind-chat-coupon = Chat coupon
kind-promo-code = Promo code
kind-amount-off = Amount off
kind-free-shipping = Free shipping
kind-buy-x-get-y = Buy X get Y
kind-discount-of-an-app = Discount of an app
kind-percentage-discount = Percentage discount
kind-fixed-cart-discount = Fixed cart discount
kind-fixed-product-discount = Fixed product discount
kind-with-many-codes = { $kind }, many codes

# Words that stand as they were written: a platform's own, or those of an older record.
as-written = { $words }
sentence = { $part }

# What ended a finding
finding-of-plan = campaign plan
ended-by-accept = as suggested, by { $by }
ended-by-renew = renewed by { $by }
ended-by-restock = restocked by { $by }
ended-by-delete = deleted by { $by }
ended-by-end = ended by { $by }
ended-by-enable = enabled by { $by }
ended-by-pause = paused by { $by }
ended-by-adjust = adjusted by { $by }
ended-by-recreate = recreated by { $by }
ended-by-keep = kept as it is by { $by }
ended-by-hand = done by hand: { $action }
ended-turned = turned into: { $finding }
ended-gone = gone from the platform
ended-outside = changed outside the program
ended-buyers = by buyers' use
ended-expired = its end came
ended-started = its start came
ended-loads-again = the store loads again
ended-not-seen = not known: the store did not load for { $days } days
ended-not-known = not known: nothing on the coupon itself changed

# The ledger of findings
ledger-title = Findings, from the beginning to the end
ledger = Open before { $before } + new { $new } − ended { $ended } ({ $how }) = open after { $after }
ledger-none-ended = Open before { $before } + new { $new } − ended { $ended } = open after { $after }
ledger-us = by us { $count }
ledger-outside = outside the program { $count }
ledger-buyers = by buyers { $count }
ledger-time = by time { $count }
ledger-turned = turned into another finding { $count }
ledger-loads-again = store loads again { $count }
ledger-not-seen = store not seen { $count }
ledger-kept = kept as they are { $count }
ledger-not-known = not known { $count }

# What is said first where the archive is not what was sealed
flaws-head = { $count ->
    [one] { $count } flaw in the archive that this is made from
   *[other] { $count } flaws in the archive that this is made from
}. What was altered or added is left out. `couponbook archive verify` says what to do.
flaws-more = and { $count } more
flaw-changed = { $path } was changed since it was sealed
flaw-missing = { $path } is missing
flaw-never-sealed = { $path }: no link of the chain proves it
flaw-link = { $path }: the chain was changed here, or is not whole
