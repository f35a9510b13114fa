# English: help

help-title = Help
help-step = Step { $number }
help-step-1 = Look at Summary, then open Coupons. The worst is on top; each row says what is wrong, why, and what to do.
help-step-2 = Fill in the blue columns only. accept = do what Suggested says. An empty Action does nothing. Sort, filter, hide, add columns of your own as you like.
help-step-3 = Save in any office program and hand the file back. Nothing changes at a platform until someone has seen the plan and said yes.

help-actions = Actions
help-head-action = Action
help-head-fill-in = Fill in
help-head-meaning = What it means
help-head-good-to-know = Good to know

# What an action wants in the blue columns
help-use-nothing = nothing
help-use-suggested = { $column }, or empty
help-use-until = { $column } = until when
help-use-one-of = one or more of { $columns }

help-accept-meaning = Does what Suggested says.
help-accept-good-to-know = The quickest way through the list. Where Suggested names several things, all of them.
help-renew-meaning = Valid until then. A date (the whole day), a date and time, or 30d.
help-renew-good-to-know = Empty = the suggested end. Shopee: a follow-on coupon.
help-restock-meaning = Raises the total by so many.
help-restock-good-to-know = Empty = the suggested number. Write what to add, not the new total.
help-delete-meaning = Gone from the platform.
help-delete-good-to-know = Where a platform cannot, the plan says what happens instead.
help-end-meaning = Not usable from now, kept on the platform.
help-end-good-to-know = Customers who collected it may lose it.
help-enable-meaning = Switches it on.
help-enable-good-to-know = { "" }
help-pause-meaning = Switches it off for now.
help-pause-good-to-know = Where a platform has no pause, use end.
help-adjust-meaning = Changes the minimum spend.
help-adjust-good-to-know = [clear] removes it where the platform allows.
help-recreate-meaning = A new coupon with the same rules.
help-recreate-good-to-know = It gets a new id and a fresh count.
help-keep-meaning = Accepts the finding as it is.
help-keep-good-to-know = Kept in the archive with your note.

help-abilities = What each platform can do
help-no-platforms = No store is set up yet.
help-running = To a running coupon
help-abilities-foot = ✓ as asked    → another operation with the same effect: the plan says which    by hand: in the platform's back office    – not possible

# Coupons of this workbook that allow less than the table says
help-less = Coupons here that allow less
help-head-platform = Platform
help-head-less = Not possible
help-head-coupons = Coupons
help-head-why = Why
help-less-further = { $further ->
    [one] … and 1 further reason; the plan says it on the rows that it is about.
   *[other] … and { $further } further reasons; the plan says them on the rows that they are about.
}
help-less-asked = { $none ->
    [true] By what was loaded, every coupon here allows what the table says. A value of yours can still be too much for one: the plan says so.
   *[other] By what was loaded, every other coupon here allows what the table says. A value of yours can still be too much for one: the plan says so.
}
help-less-asked-some = Only the { $asked } coupons on top of { $all } were looked at for this. Of each coupon the plan says what it does not allow.

help-verb-extend = extend the end
help-verb-shorten = shorten the end
help-verb-restock = raise the total
help-verb-adjust-min-spend = change the min spend
help-verb-end = end now
help-verb-pause = pause
help-verb-enable = enable
help-verb-delete = delete
help-verb-create = create a copy
help-ability-yes = ✓ yes
help-ability-follow-on = → follow-on
help-ability-instead = → { $verb }
help-ability-by-hand = by hand
help-ability-already = – already
help-ability-never = – no
help-short-yes = yes
help-short-follow-on = follow-on
help-short-by-hand = by hand
help-short-already = already
help-short-never = no
help-status-active = running
help-status-paused = paused
help-status-scheduled = scheduled
help-status-ended = ended
help-ability-and = { $main }; { $status }:{ "\u00A0" }{ $other }

help-marks = What the marks mean
help-mark-critical = Act today: money is being lost, or a running campaign has no working coupon.
help-mark-warning = Act this week: it becomes critical if left.
help-mark-notice = Tidy up when you can.
help-mark-ok = Nothing found.
help-mark-fault = Bold on a tint: the value that is at fault.
help-mark-yours = A blue cell: yours to fill in. Edits anywhere else are reported and ignored.
help-mark-missing = A value that this action needs is still missing; its cell turns amber too.
help-mark-struck = Struck out: this action does not use the value, or Action is empty.
help-mark-money = What buyers can get, now or later, without anybody doing more: what is left × the most that one use can cost. Paused coupons do not count.
help-mark-link = Blue and underlined: opens a page or jumps to a row.
