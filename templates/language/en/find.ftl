# English: find
# What keeps buyers from using a coupon.
find-gone = not there any more: its store shows no such coupon
find-in-bin = in the shop's bin
find-ended = ended { $end }
find-ended-undated = ended
find-claim-over = no longer given out; who holds one can use it until { $end }
find-claimed-out = all { $total } are claimed; who holds one can use it
find-claimed-and-used = all { $total } are claimed and used
find-used-up = sold out: all { $total } are used
find-not-begun = not begun: can be used from { $at }
find-not-begun-undated = not begun; when it begins is not known
find-claim-not-begun = cannot be claimed before { $at }
find-should-have-begun = began { $at } by its dates; whether it runs is not known
find-paused = paused by the shop
find-paused-as = paused by the shop ({ $raw })
find-in-review = held in { $platform }'s review
find-rejected = refused in { $platform }'s review
find-status-unknown = the status “{ $raw }” is not known here: nobody can say whether buyers can use it
find-status-untold = its source tells no status: whether buyers can use it is not known

# What a buyer has to meet.
terms-min-spend = on orders from { $amount }
terms-min-items = { $count ->
    [one] for { $count } item or more
   *[other] for { $count } items or more
}
terms-minimum-unknown = the least order is not known
terms-per-buyer = { $count ->
    [one] once a buyer
   *[other] { $count } times a buyer
}
terms-collected = to be collected before it is used
terms-left-unknown = how many are left is not known
terms-not-read = some of its rules were not read: it may be for fewer buyers or items
terms-new-buyers = new buyers only
terms-repeat-buyers = buyers who bought before only
terms-certain-buyers = certain buyers only
terms-told-the-code = only who was told the code
terms-followers = followers of the shop only
terms-members = members of the shop only
terms-in-live = in the shop's live streams only
terms-in-videos = in the shop's videos only
terms-in-chat = given out in the chat only
terms-of-its-kind = only as a { $kind }
terms-certain-items = certain items only
terms-items-not-asked = for which items was not asked
terms-items-not-told = for which items is not told
terms-not-on-sale = not for items on sale
terms-not-with-others = not together with other coupons
terms-orders-up-to = on orders up to { $most }
terms-for-some-of-the-items = on some of the items in the cart only
terms-of-extensions = extensions of the shop may restrict it further
terms-in-its-words = in the platform's words: { $words }

# What is done about it.
find-doing-asked = { $action }: asked for in a workbook that came back, and not applied yet
find-doing-asked-again = { $action }: asked for in a workbook that came back; what the last run made of it: { $outcome }
find-doing-by-hand = by hand: { $task } ({ $owner }, due { $day })
find-doing-in-doubt = something was sent at { $at } and its answer was lost; the next apply asks what became of it
find-doing-done = { $operation }: done by { $by } at { $at }
find-doing-stopped = { $operation }: on purpose, by { $by } at { $at }
