# English: plans, results and work by hand

# Status, as a word within a sentence
results-status-scheduled = scheduled
results-status-active = active
results-status-paused = paused
results-status-in-review = in review
results-status-rejected = rejected
results-status-ended = ended
results-status-in-the-bin = in the bin
results-status-unknown = unknown

# Before and after
results-ends = ends { $end }
results-no-end = has no end
results-total = total { $total }
results-no-limit = no limit
results-min-spend = min spend { $amount }
results-amount = { $amount }
results-no-minimum = no minimum
results-minimum-items = { $items } items
results-not-known = not known
results-gone = gone
results-gone-instead = gone ({ $why })
results-as-of = not read by this run: as of { $at }
results-in-bin = { $after }, recoverable from the shop's bin
results-where-bin = in the shop's bin
results-ended = ended
results-ended-instead = ended ({ $why })
results-paused = paused
results-paused-instead = paused ({ $why })
results-active = active
results-instead-of-deleted = instead of deleted: { $reason }
results-instead-of-ended = instead of ended: { $reason }
results-instead-of-paused = instead of paused: { $reason }
results-back-now = { $status }, { $ends }
results-back-from-bin = out of the bin, { $ends }
results-back-later = { $status }, starts { $start }, { $ends }
results-the-code = code { $code }
results-without-code = no code
results-copy-before = { $status }, { $ends }
results-copy-first-line = { $after }; of the description the first line only
results-rules-not-read = not all of its rules could be read, and a copy must have them all
results-copy-after = new { $label }: { $starts }, { $ends }, { $total }, { $minimum }
results-ends-clipped = { $ends } ({ $clipped })
results-starts = starts { $start }
results-starts-at-once = starts at once
results-clipped = shortened to { $days } days, the longest that { $platform } allows
results-kept = kept as it is: { $note }
results-kept-no-longer = not kept any more: { $note }
results-kept-until = kept as it is until { $end }: { $note }
results-nothing-found = nothing found
results-rules = { $discount }, { $minimum }
results-rules-other = { $rules }, but other rules (items, channels, limits)
results-undo-delete = a coupon deleted for good cannot be brought back
results-undo-end = { $platform } cannot start an ended coupon again; only a new one can follow
results-old-goes-on = The old coupon goes on beside it: `end` it too if it should stop.


# What an action becomes
results-becomes-extend-in-place = extend in place
results-becomes-shorten-in-place = shorten in place
results-becomes-follow-on = follow-on coupon
results-becomes-raise-total = raise the total
results-becomes-lower-total = lower the total
results-becomes-change-min-spend = change the min spend
results-becomes-end = end now
results-becomes-pause = pause
results-becomes-enable = enable
results-becomes-delete = delete for good
results-becomes-trash = move to the shop's bin
results-becomes-create = new coupon
results-becomes-keep = keep as it is

# Nothing to do, refused, conflicts: part of a sentence, without its stop
results-not-on-this-coupon = { $platform }: { $reason }
results-platform-reason = { $platform }, { $status } coupon: { $reason }
results-is-gone = it is gone already
results-is-ended = it has ended already
results-is-paused = it is paused already
results-is-active = it is active already
results-end-already = it { $end } already
results-value-already = it has { $value } already
results-successor = { $label } takes over and { $ends }
results-successor-earlier = { $label } takes over and { $ends }; for a later end renew that one
results-duplicate = { $label } has these rules and { $ends }
results-end-before-start = the new end is not after its start, { $start }
results-end-in-the-past = { $end } ({ $zone }) is in the past
# In records of earlier versions
results-in-the-past = { $end } is in the past
results-longest = a coupon on { $platform } runs for at most { $days } days
results-shortest = a coupon on { $platform } runs for at least { $minutes } minutes
results-end-passed = its end has passed: it { $end }
results-no-later-end = { $reason }; no later end is known for it
results-wrong-clock = nothing is sent while the clocks differ: { $problem }
results-wrong-shop = nothing is planned in a shop that is not that of the config: { $problem }
results-store-not-asked = the store could not be asked for its present state: { $reason }
results-not-loaded = its present state was not loaded
results-others-not-loaded = the store's other coupons were not loaded
results-rules-not-known = not all of its rules are known, and it is gone
results-discount-not-written = its discount ({ $discount }) is one that the program shows but cannot write
results-copy-ends-early = the new coupon would end before it starts
results-copy-too-short = the new coupon would run for less than { $minutes } minutes, the least on { $platform }
results-no-code-by-api = { $platform }'s API makes no coupon that has a code
results-no-code = it has no code to follow on from
results-no-free-code = no free code is left that resembles { $code }
results-only-the-page = only the platform's own page says what is missing
results-starts-by-itself = it starts by itself: there is nothing to do but wait
results-left-alone = nothing is suggested: { $words }
results-only-pages-help = only the platform's own pages can help here
results-nothing-suggested = nothing is suggested on this row
results-span-too-long = the span is longer than any calendar
results-no-end-to-renew = it has no end, so there is nothing to renew
results-no-new-end = no new end is suggested on this row
results-keep-needs-reason = `keep` needs a reason
results-clear-no-stock = [clear] means nothing in Add stock
results-no-limit-to-add = it has no limit, so there is nothing to add to
results-total-untold = its file does not tell how many there are, so nothing can be added to it
results-next-total-untold = read the total on its page, and raise it there
results-total-too-large = the total would be larger than any platform keeps
results-total-too-small = less than one coupon would be left of the total, which platforms take for no limit
results-total-only-grows = on { $platform } a total can only grow
results-min-spend-empty = New min spend is empty
results-min-spend-negative = a min spend below zero means nothing
results-too-many-decimals = { $decimals ->
    [0] { $amount } has decimals, and { $currency } has none
   *[other] { $amount } has more than { $decimals } decimals
}
results-row-twice = the row stands more than once in the workbook, each with an action: { $places }
results-in-doubt = nobody knows yet what came of an earlier change of it: run { $run } lost its answer
results-other-part = the row is one of { $store }, and this workbook is the part { $part } of its export, which does not have that store

# What to do next: part of a sentence, without its stop
results-next-own-part = write it into the workbook that has { $store }; or apply with --whole, which takes rows of any store
results-next-later-or-end = write a later New end, or the action `end`
results-next-at-latest = write a New end so that it { $end } at the latest
results-next-at-earliest = write a New end so that it { $end } at the earliest
results-next-renew-then-enable = use `renew` with a New end first, then `enable`
results-next-renew = use `renew` with a New end
results-next-mend-plan = fix that, then plan again
results-next-plan = plan again
results-next-own-coupon = create a coupon of your own in the back office
results-next-reload = export with --reload, and look there
results-next-copy-by-hand = make the copy in the platform's back office
results-next-later-end = write a later New end
results-next-recreate = `recreate` makes a new coupon with the same rules
results-next-end = `end` stops it for good
results-next-help = empty the Action cell, or see Help for what this platform can do
results-next-action-wanted = write the action you want, or empty the cell
results-next-action = write the action you want
results-next-date = write a date in New end
results-next-empty = empty the Action cell
results-next-empty-others = empty the Action cell of all but one
results-next-note = write it in Note
results-next-how-many-copy = write how many the copy is to have
results-next-how-many = write how many to add
results-next-smaller = write a smaller number in Add stock
results-next-less-away = take less away, or write end
results-next-total-stays = leave the total as it is; `end` or `pause` stops it
results-next-amount = write an amount in New min spend
results-next-the-amount = write the amount in New min spend
results-next-rounded = write a rounded amount in New min spend
results-next-apply-run = apply the workbook of that run again (in archive/runs/{ $run }, called handed-back): it asks the platform and repeats nothing

# Brakes
results-brake = brake: { $reason }
results-brake-release = to go on: { $flag }
results-brake-old = the workbook is { $hours } hours old; after { $most } it may no longer be true
results-brake-hidden = the row was hidden when the workbook was handed back; it may have been overlooked
results-brake-read-only = { $store } has access = "read-only" in the config
results-brake-losing = the result would have no min spend, or lose money on an order that its rules allow
results-brake-same-action = `{ $action }` on { $count } rows of { $store }; more than { $most } looks filled down
results-brake-removed = { $removed } of { $live } live coupons of { $store } would be deleted or ended ({ $share } %); the brake is at { $percent } % and { $most }
results-brake-empty = { $store } would be left with no live coupon
results-brake-exposure = the plan can cost up to { $sum } more; the cap is { $most }
results-brake-unbounded = nothing bounds what it can cost; the cap is { $most }
results-release-old = --allow-old, or export again
results-release-hidden = --include-hidden, or show the rows and save again
results-release-read-only = set access = "read-write" for the store

# Results
results-done = { $becomes }: done and read back
results-done-asked = { $becomes }: the answer was lost; checked afterwards, the change had been made
results-already-so = Nothing to do: it was like that already. This run changed nothing.
results-already = Nothing to do: { $why }.
results-already-by = { $why }, { $by }. Nothing was sent.
results-settled = settled before
results-settled-by = by { $by } on { $at } (run { $run })
results-found = { $findings }
results-planned-there = { $label } is there and { $ends }
results-by-hand = The platform's API cannot do this.
results-conflict = Changed since the export: it was { $exported }, you want { $wanted }, now it is { $live }.
results-conflict-late = changed since it was planned: now it shows { $live }
results-next-export = Export again and decide on the new values.
results-next-decide-anew = Decide again: this row shows its values of now.
results-next-correct = Correct the row and hand this file back.
results-next-same-again = Hand the same workbook back again: it asks the platform first and repeats nothing.
results-next-look = Look at its page: if it is not as it should be, set it there. Nothing is sent or asked again.
results-next-rest = Hand the workbook back again: what is left is taken up there.
results-next-connection = Nothing was changed. Fix the store's connection and hand this file back.
results-stopped = the run was stopped before this row
results-interrupted-unanswered = the run was interrupted before the answer came
results-interrupted-unread = the platform accepted it, and the run was interrupted before it was read back
results-interrupted-half = the run was interrupted between its steps
results-interrupted-before = the run was interrupted before this row
results-store-read-only = The key of this store may only read, so this row was not tried: { $message }
results-store-down = The store could not be reached, so this row was not tried: { $message }
results-code-taken = the code { $code } has been taken by another change in the meantime; hand the workbook back again
results-lost-three-times = the answer was lost three times, and each time the change had not been made
results-lost-neither = the answer was lost, and the platform shows neither the old values nor the new ones: { $live }
results-lost-asking-failed = the answer was lost, and checking afterwards failed: { $error }
results-accepted-other = the platform accepted it, but it shows { $live }
results-accepted-unread = the platform accepted it, but it could not be read back: { $error }
results-shows-old = the old values
results-not-shown = the platform accepted it or may have, and however often it was asked it shows { $live }; it should be: { $after }
results-shows-nothing = nothing: it is gone
results-shows-another = another coupon called { $label }: { $facts } ({ $id })
results-facts = { $status }, { $ends }, { $total }, { $minimum }

# Work by hand
results-task = { $to_do } ({ $why }).
results-task-values = { $to_do } ({ $why }). Type { $values }.
results-task-page = { $words } Page: { $page }
results-to-do-end = New end: { $end }
results-to-do-no-end = Take its end away
results-to-do-total = Raise total by { $add } to { $total }
results-to-do-lower-total = Lower total to { $total }
results-to-do-minimum = New min spend: { $amount }
results-to-do-delete = Delete it
results-to-do-stop = End it now
results-to-do-pause = Pause it
results-to-do-enable = Enable it
results-to-do-copy = Make a copy of it that ends { $end }
results-to-do-copy-no-end = Make a copy of it without an end
results-to-do-page = Open its page and follow what the platform says
results-step-open-owned = Open the page; go on to what made it.
results-step-open-or-link = { $menu }, or the link.
results-step-open = { $menu }.
results-step-click = { $button }.
results-step-field = { $button } > { $field }.
results-step-type-one = Type the value, then { $save }.
results-step-type-all = Type the values, then { $save }.
results-step-confirm = Confirm where it asks.
results-step-copy = { $button }; keep its rules.
results-step-read = Read what the platform says there.
results-step-mend = Fix it, and submit it again.
# The platform's own name of the field
results-type-minimum = { $field }: { $amount }
results-type-total = { $field }: { $total }
results-type-end = End: { $end }
results-type-no-end = no end
results-made-but = The new coupon was made ({ $coupon }), but: { $message }
results-type-start = Start: { $start }
results-type-code = Code or name: { $code }
results-becomes-planned = new coupon of the plan
together = { $parts }
results-part-done = Done so far: { $done }. { $message }
