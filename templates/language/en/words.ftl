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
