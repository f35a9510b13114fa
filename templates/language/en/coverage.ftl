# English: coverage

coverage-why-model = { $more ->
    [0] { $campaign } needs { $wanted } from { $day }: not in the store.
   *[other] { $campaign } needs { $wanted } from { $day }, and { $more } more: not there.
}
coverage-why-by-hand = { $more ->
    [0] { $campaign } needs { $wanted } from { $day }: make it by hand.
   *[other] { $campaign } needs { $wanted } from { $day }, and { $more } more: by hand.
}

# The campaign plan's mistakes. The terminal says them in English, the Summary in its own language.
coverage-plan-cell = { $cell }, { $what }
coverage-plan-table = { $what }; { $wanted }
coverage-plan-without-row = { $what } (the row is left out)
coverage-plan-without-cell = { $what } (counts as empty)
coverage-plan-no-campaign = campaign is empty; write the campaign's name
coverage-plan-no-coupons = coupons is empty; write a pattern over code or name, such as BF*; several with |
coverage-plan-word = { $column } is { $found }; write one of { $known }, or leave it empty
coverage-plan-date = { $column }: "{ $found }" is not a date; write it as 2026-11-30
coverage-plan-date-two-ways = { $column }: "{ $found }" is not a date that reads one way only; write it as 2026-11-30
coverage-plan-date-with-time = { $column }: "{ $found }" is not a date alone; a campaign takes whole days, so write it as 2026-11-30
coverage-plan-edge = { $column }: "{ $found }" is the edge of a day, so { $day } is the campaign's { $column ->
    [starts] first
   *[ends] last
} day; write that day alone
coverage-plan-reversed = the campaign ends ({ $ends }) before it starts ({ $starts }); swap the dates
coverage-plan-no-such-store = stores: no store of the config is called "{ $found }"; write a store id, a pattern such as shopee-*, or nothing for all
coverage-plan-store-currency = stores: { $store } sells in { $theirs } and not in { $currency }; give it a row in its own currency
coverage-plan-currency-unused = currency: no store of this row sells in { $currency }, only in { $theirs }; correct it, or take the row out
coverage-plan-no-currency = currency is empty; write the currency of the min spend, such as SGD
coverage-plan-currency = currency: "{ $found }" is not a currency; write its three-letter ISO code, such as SGD
coverage-plan-number = { $column }: "{ $found }" cannot be used; { $wanted }
coverage-plan-currency-instead = currency: "{ $found }" is not a currency; write { $code }
coverage-plan-range = min_spend_from { $least } is above min_spend_to { $most }; swap them
coverage-plan-wanted = wanted: "{ $found }" is a pattern; write a whole code or name
coverage-plan-models = model: "{ $found }" are several; write one code, name or pattern
coverage-plan-clash = row { $row } already says what { $campaign } asks of these coupons on these days in { $store }; keep one of the two, or give them other dates or coupons
coverage-plan-matches-nothing = { $campaign }: no coupon of any store fits { $coupons }; correct the pattern or the row
coverage-plan-matches-nothing-slip = { $campaign }: no coupon of any store fits { $coupons }; patterns are parted by |
coverage-plan-model-unmatched = model: no coupon fits "{ $model }" in any store that should have { $wanted }; name one that is there

# The sheet.
coverage-title = Coverage
coverage-line = Each campaign, store by day: how many live coupons cover it. “gap” = none on that day. Today is framed.
coverage-no-campaigns = No campaigns in the plan.
coverage-tip = Opens Coverage
coverage-later = { $count ->
    [one] { $count } campaign that begins in more than 60 days is not shown yet.
   *[other] { $count } campaigns that begin in more than 60 days are not shown yet.
}
coverage-continued = { $title } (continued)
coverage-block = { $campaign } · { $first } to { $last }
coverage-by-weeks = By weeks: a column begins on the day above it and shows its worst day.
coverage-by-weeks-cut = By weeks, those around today: a column begins on the day above it and shows its worst day.
coverage-store = Store
coverage-in-words = In words
coverage-gap = gap
coverage-not-known = not known: the store did not load whole
coverage-words-not-known = ? see Stores, then export again
coverage-words-covered = ✓ covered
coverage-words-gap = { $more ->
    [0] ● no live coupon { $first } to { $last }
    [one] ● no live coupon { $first } to { $last }, 1 gap more
   *[other] ● no live coupon { $first } to { $last }, { $more } gaps more
}
coverage-words-gap-day = { $more ->
    [0] ● no live coupon { $day }
    [one] ● no live coupon { $day }, 1 gap more
   *[other] ● no live coupon { $day }, { $more } gaps more
}
coverage-words-later = { $more ->
    [0] ○ nothing yet for { $first } to { $last }
    [one] ○ nothing yet for { $first } to { $last }, 1 gap more
   *[other] ○ nothing yet for { $first } to { $last }, { $more } gaps more
}
coverage-words-later-day = { $more ->
    [0] ○ nothing yet for { $day }
    [one] ○ nothing yet for { $day }, 1 gap more
   *[other] ○ nothing yet for { $day }, { $more } gaps more
}
coverage-words-past = { $more ->
    [0] ○ had none { $first } to { $last }
    [one] ○ had none { $first } to { $last }, 1 gap more
   *[other] ○ had none { $first } to { $last }, { $more } gaps more
}
coverage-words-past-day = { $more ->
    [0] ○ had none on { $day }
    [one] ○ had none on { $day }, 1 gap more
   *[other] ○ had none on { $day }, { $more } gaps more
}
coverage-missing-title = In the plan, not in the store
coverage-planned = Planned coupon
coverage-campaign = Campaign
coverage-needed-from = Needed from
coverage-suggested = Suggested
coverage-answer-row = ▲ recreate: see row { $row } in Coupons
coverage-answer-later = ▲ next, from row { $row } in Coupons
coverage-answer-by-hand-row = ▲ by hand: see row { $row } in Coupons
coverage-answer-by-hand = ▲ make it by hand in the store
coverage-answer-tip = Opens the coupon that it can be made from
coverage-missing-more = { $count ->
    [one] … and { $count } more coupon.
   *[other] … and { $count } more coupons.
}
