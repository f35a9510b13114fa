# English: stores

stores-line = How each store loaded. A store that did not load is never shown as clean.
stores-line-of-checks = How each store loaded. A store that did not load is never shown as clean. Rights and Clock (seconds that the shop is ahead of us) are from the last `stores check`.
stores-column-result = Result
stores-column-store = Store
stores-column-platform = Platform
stores-column-owner = Owner
stores-column-loaded = Loaded
stores-column-expected = Expected
stores-column-calls = Calls
stores-column-retries = Retries
stores-column-seconds = Seconds
stores-column-access = Access
stores-column-sign-in-ends = Sign-in ends
stores-column-rights = Rights
stores-column-clock = Clock, s
stores-column-checked = Checked
stores-column-last-error = Last error, in the platform's words
stores-column-request-id = Request id
stores-column-file = From file
stores-column-as-of = As of
stores-loaded = ✓ Loaded
stores-not-told = not reported
stores-not-checked = not yet
stores-access-read-write = read and write
stores-access-read-only = read only
stores-rights-none = none
stores-rights-read-write = read, write
stores-rights-read = read
stores-rights-read-write-not-told = read; write not reported
stores-unreadable = { $count ->
    [one] { $count } coupon could not be read: { $which }
   *[other] { $count } coupons could not be read: { $which }
}
stores-what-to-do = What to do for { $store }: { $problem }
stores-check-found = What the check of { $store } found: { $problem }
