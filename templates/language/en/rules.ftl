# English: rules
# Why of a coupon: the cause, then the consequence, at most 80 letters.

rules-starts-alone = It waits for its start, and { $campaign } has no live coupon.
rules-starts-late = Starts { $at }; { $campaign } began on { $day }.
rules-starts-late-undated = Starts later; { $campaign } began on { $day }.

rules-paused = Paused: buyers cannot use it.
rules-paused-as = Paused ({ $raw }): buyers cannot use it.
rules-paused-needed = Paused; { $campaign } runs to { $day }.
rules-paused-as-needed = Paused ({ $raw }); { $campaign } runs to { $day }.
rules-paused-replaced = Paused; { $other } gives the same.
rules-paused-on-purpose = Paused on purpose by { $by } on { $day }.

rules-in-review = { $platform } holds it in review; buyers cannot use it yet.
rules-rejected = { $platform } refused it in review; its page says why.

rules-status-unknown = Status “{ $raw }”: not known whether buyers can use it.
rules-status-untold = What { $platform }'s status means is not known: buyers may be unable to use it.
rules-claim-over = No longer given out; what buyers hold works until { $end }.
rules-claim-over-needed = No longer given out; { $campaign } has no other. Held ones work until { $end }.
rules-ended-uncovered = Ended { $at }; { $campaign } runs to { $day } and nothing else covers it.
rules-ended-uncovered-undated = Ended; { $campaign } runs to { $day } and nothing else covers it.
rules-ended-covered = Ended { $at }; { $campaign } goes on with { $other }.
rules-ended-covered-undated = Ended; { $campaign } goes on with { $other }.
rules-ended-unneeded = Ended { $at }; no campaign needs it.
rules-ended-unneeded-undated = Ended; no campaign needs it.
rules-ended-on-purpose = Ended on purpose by { $by } on { $day }.

rules-sold-out = 0 of { $total } left: buyers cannot get it.
rules-sold-out-needed = 0 of { $total } left; { $campaign } runs to { $day }.
rules-sold-out-over = 0 of { $total } left; { $campaign } ended { $day }.
rules-sold-out-to-come = 0 of { $total } left; { $campaign } begins { $day }.
rules-sold-out-followed = 0 of { $total } left; { $successor } took over.
# The same of a code, whose uses are counted; what buyers collect is above.
rules-used-up = 0 of { $total } left: buyers cannot use it.
rules-used-up-needed = 0 of { $total } left; { $campaign } runs to { $day }.
rules-used-up-over = 0 of { $total } left; { $campaign } ended { $day }.
rules-used-up-to-come = 0 of { $total } left; { $campaign } begins { $day }.
rules-used-up-followed = 0 of { $total } left; { $successor } took over.
rules-used-up-covered = 0 of { $total } left; { $other } gives the same.

rules-sold-out-scheduled = 0 of { $total } left; it is scheduled.
rules-sold-out-paused = 0 of { $total } left; it is paused.

rules-low-stock = { $left } of { $total } left ({ $percent } %).
rules-low-stock-until = { $left } of { $total } left ({ $percent } %); it runs to { $day }.
rules-low-stock-under-one = { $left } of { $total } left (under 1 %).
rules-low-stock-under-one-until = { $left } of { $total } left (under 1 %); it runs to { $day }.

rules-runs-out = { $left } left, { $pace } go a day: out on { $out }, but it runs to { $day }.
rules-runs-out-shortly = At this pace out on { $out }, but it runs to { $day }.

rules-sudden-drop = { $before } left on { $since }, { $left } now: check who is using them.
rules-sudden-drop-shortly = Much of it was used since { $since }: check by whom.

rules-today = Ends today { $clock }; nothing takes over.
rules-today-needed = Ends today { $clock }; { $campaign } goes on to { $day }.
rules-today-over = Ends today { $clock }; its campaign { $campaign } ended { $day }.
rules-today-planned = Ends today { $clock }, with its campaign { $campaign }.
rules-today-to-come = Ends today { $clock }; { $campaign } does not begin until { $day }.

rules-soon = Ends { $at }, in { $days ->
    [one] { $days } day
   *[other] { $days } days
}; nothing takes over.
rules-soon-needed = Ends { $at }, in { $days ->
    [one] { $days } day
   *[other] { $days } days
}; { $campaign } runs to { $day }.

rules-gap-start = Starts { $at }, but { $campaign } begins { $day }.
rules-gap-end = Ends { $at }, but { $campaign } runs to { $day }.

rules-spend-high = Asks for { $spend }; { $campaign } allows at most { $bound }.
rules-spend-high-usual = Asks for { $spend }; the store's rule allows at most { $bound }.
rules-spend-low = Asks for { $spend }; { $campaign } wants at least { $bound }.
rules-spend-low-usual = Asks for { $spend }; the store's rule wants at least { $bound }.
rules-spend-none = Asks for no min spend; { $campaign } wants at least { $bound }.
rules-spend-none-usual = Asks for no min spend; the store's rule wants at least { $bound }.
rules-spend-replaced = { $other }, with another min spend, is there: end this one when it suits.
rules-spend-outside = The min spend is outside the range that the plan allows.

rules-free-order = { $sum } off with no min spend: an order of { $sum } costs nothing.
rules-free-order-small = { $sum } off with no min spend: a small order costs nothing.
rules-free-order-from = { $sum } off from { $spend }: an order of { $spend } costs nothing.
rules-free-order-from-small = { $sum } off from { $spend }: a small order costs nothing.
rules-free-order-shortly = The fixed discount is not below the min spend: a small order costs nothing.
rules-share-high = { $percent } off is above the { $most } % that your rules allow.
rules-share-high-shortly = Takes off a larger share than your rules allow.

rules-uncapped = { $percent } off with no cap and no min spend: one order can cost any sum.
rules-uncapped-shortly = Neither cap nor min spend: one order can cost any sum.

rules-duplicate = Does the same as { $other } at the same time: buyers get it twice.
rules-same-code = The code { $code } is there twice: buyers get the one or the other.

rules-today-covered = Ends today { $clock }; { $campaign } goes on with { $other }.
rules-today-others = Ends today { $clock }; { $campaign } goes on with { $other }, on other terms.
rules-today-others-shortly = Ends today { $clock }; its campaign goes on with others.
rules-today-always = Ends today { $clock }; { $campaign } has no other coupon.
rules-soon-always = Ends { $at }, in { $days ->
    [one] { $days } day
   *[other] { $days } days
}; { $campaign } has no other.
rules-ended-always = Ended; { $campaign } has no other live coupon.
rules-sold-out-covered = 0 of { $total } left; { $other } gives the same.
rules-loses-from = { $sum } off from { $spend }: { $percent } of the smallest order.
rules-loses-shortly = Takes { $percent } off the smallest order.
rules-share-uncapped = { $percent } off with no cap and almost no min spend: larger orders lose more.
rules-uncapped-from = { $percent } off with no cap from { $spend }: one order can cost any sum.
rules-duplicate-until = Does the same as { $other }, which runs to { $end }: buyers get it twice.
rules-would-repeat = { $other } does the same: with this one too, buyers would get it twice.
rules-would-repeat-shortly = { $other } does the same.
rules-would-be-next = Decide on this one and { $other } together: each waits for the other.
rules-would-go-on = Once this is done more is wrong with it: decide on all of it at once.

# Why of a suggestion that answers several findings: the sentence of the first, and the names of the others.

rules-why-and = { $why } Also: { $also }.
rules-why-and-shortly = { $all }.

# Suggested of a row that is left as it is, after "leave:".

rules-stopped = stopped on purpose by { $by } on { $day }
rules-kept = kept by { $by }: { $note }
rules-kept-until = kept by { $by } until { $until }: { $note }

# Why of a store; as long as they must be.

rules-store-not-loaded = { $problem } Its coupons are not in this file.
rules-store-wrong = Shop and config disagree. { $problem }. Its coupons are not in this file.
rules-store-restricted = The platform has closed this shop. { $problem } Its coupons are not in this file.
rules-coupons-unreadable = { $count } coupons could not be read; the first: { $first }
rules-store-differs = { $problem }.
rules-list-incomplete = { $count } of { $expected } coupons came; the key may lack rights for the others.
rules-unplanned = { $count ->
    [one] 1 running coupon is in no campaign of the plan: { $first }.
   *[other] { $count } running coupons are in no campaign of the plan; the first: { $first }.
}
rules-uncovered = { $campaign } runs to { $day } and has no live coupon here.
rules-uncovered-always = { $campaign } has no live coupon here.
rules-uncovered-to-come = { $campaign } begins on { $day } and has no coupon here yet.
rules-sign-in-ends = Its sign-in ends on { $day }: run `couponbook auth login { $store }` before.

# Why a store did not load, where it is not the platform's own answer.

load-broke = { $store }: loading it failed unexpectedly ({ $error }); please report this
load-not-begun = { $store }: not begun, since { $why }
load-took-too-long = { $store }: not loaded within { $minutes } minutes; export again, or raise store_deadline_minutes in [export]

# Shown on the terminal of an export.

notice-clock = what ends today or soon may be told wrongly: { $store }{ $more ->
    [0] {""}
    [one] {" "}and one store more
   *[other] {" "}and { $more } stores more
}: { $problem }
notice-tie = { $coupon } in { $store }{ $more ->
    [0] {""}
   *[other] {" "}and { $more } others
} fit { $winner } and { $rival } alike; counted with { $winner }. Make one pattern more exact.
notice-not-compared = earlier exports cannot be compared with this one: { $error }
notice-no-stock = the pace of stock is not judged, since earlier exports cannot be read: { $error }
notice-left-out = not compared with, since the archive does not prove it: { $flaw }
notice-left-out-more = not compared with either: { $count } more; `couponbook archive verify` names them
