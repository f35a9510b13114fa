# English: what a second person has to approve

approval-removals = { $count ->
    [one] 1 coupon is ended, paused or deleted (more than { $most })
   *[other] { $count } coupons are ended, paused or deleted (more than { $most })
}
approval-stores = { $count ->
    [one] 1 store is changed (more than { $most })
   *[other] { $count } stores are changed (more than { $most })
}
approval-losing-money = the brake on coupons that lose money is released
approval-exposure = it can additionally cost { $sum } (more than { $most })
approval-no-limit = { $count ->
    [one] what { $label } can cost has no limit
   *[other] what { $count } coupons can cost has no limit, { $label } among them
}
automatic-changes = { $count ->
    [one] 1 coupon is changed (more than { $most } that are applied without a question)
   *[other] { $count } coupons are changed (more than { $most } that are applied without a question)
}
automatic-odd = { $count ->
    [one] 1 row is refused or in conflict
   *[other] { $count } rows are refused or in conflict
}
