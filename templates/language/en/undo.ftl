# English: the way back of a run

sheet-undo = Undo
title-undo = Undo · { $day }, { $slot }
undo-line = Takes back run { $run } by { $by }, { $at }
undo-count-never = { $count } cannot be undone
undo-count-conflict = { $count } changed since
undo-count-not-known = { $count } not known
undo-count-otherwise = { $count } come back with differences
undo-count-back = { $count } come back as they were
undo-count-already = { $count } are as they were
undo-way-never = Cannot be undone
undo-way-conflict = Changed since
undo-way-not-known = Not known
undo-way-otherwise = With differences
undo-way-back = As it was
undo-way-already = Nothing to do
undo-column-way = Comes back
undo-column-store = Store
undo-column-coupon = Coupon
undo-column-did = What the run did
undo-column-why = Why not, or what will differ
undo-column-go-to = Go to
undo-column-compared = Compared with before the run
undo-nothing = The run changed no coupon.
undo-not-looked-at = not looked at
undo-as-before = ✓ as before
undo-did = { $operations }: { $before } → { $after }
undo-gone = the coupon is not there any more
undo-end-passed = its old end, { $end }, has passed: it ends now instead
undo-total-stays = on { $platform } a total can only grow: it stays { $total } (was { $was })
undo-minimum-kind = its old minimum is of a kind that cannot be set
undo-deleted-and-over = it was deleted and would have ended by now
undo-bin-not-live = it lies in the shop's bin and was { $status } before: take it out in the shop's back office, where it need not come back for buyers
undo-remade = it is made anew with its rules: another id, no uses, and what buyers had collected is gone
undo-used = { $count ->
    [one] it was used once, so it is ended and not deleted
   *[other] it was used { $count } times, so it is ended and not deleted
}
undo-by-hand = only by hand: { $reason }
undo-follow-on = as a new coupon with another code that takes over: { $reason }
undo-instead = { $reason }
undo-changed-since = the run left it at { $made }, now it is { $is }: decide by hand
undo-in-one = a part of it needs a new coupon, and the rest is of the old one: decide by hand
undo-code = code { $code }
undo-id = id { $id }
undo-differs = { $is } (before: { $was })
undo-still-there = the new coupon is still there
undo-no-store = its store is not in the config any more
undo-not-loaded = its store did not load whole
undo-not-asked = the shop did not say whether the deleted coupon still lies in its bin: run undo again
undo-unknown = nobody knows what came of the change: apply the same workbook again, which asks
