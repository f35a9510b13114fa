# English: a plan for review

review-sheet = Plan
review-sheet-rows = Rows
review-title = Plan for review
review-footer = Plan { $plan }
review-rows = Every row of the plan
review-line = Made by { $by }, { $at }, from { $workbook } · { $changes ->
    [one] 1 change
   *[other] { $changes } changes
} in { $stores } · { $left ->
    [0] no row is left out
    [one] 1 row is left out
   *[other] { $left } rows are left out
}
review-second-person = A second person
review-nobody-needed = Below the limits of the config: nobody else has to approve it.
review-by-store = What will happen
review-no-change = Nothing would be sent.
review-count = { $count } × { $what }
review-no-limit = { $count ->
    [one] 1 without a limit
   *[other] { $count } without a limit
}
review-nothing-more = nothing more
review-for-good = Cannot be undone
review-all-can-be-undone = ✓ Every change can be taken back.
review-answer = Your answer
review-plan-file = Plan file
review-plan-sha256 = Its fingerprint
review-code = Your code
review-how-to-sign = Who approves it signs the plan itself: couponbook approve { $plan }. A word written here counts for nothing.
review-how-to-type = A code for this plan alone was sent to { $people }. To approve, type yours into the blue cell, save, and hand this page back. To refuse, leave it empty: nothing is sent. Who has a key can sign instead: couponbook approve { $plan }.
review-head-store = Store
review-head-changes = Changes
review-head-what = What
review-head-cost = Can additionally cost at most
review-head-for-good = Cannot be undone
review-head-coupon = Coupon
review-head-becomes = Becomes
review-head-before = Before
review-head-after = After, or why not
review-head-why = Cannot be undone
