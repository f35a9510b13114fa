# English: a one-time code for an approver

code-title = Your code for the plan { $plan }: { $code }
code-what = { $changes ->
    [one] 1 change
   *[other] { $changes } changes
} in { $stores ->
    [one] 1 store
   *[other] { $stores } stores
}, decided by { $by }. Nothing was sent yet.
code-until = The code approves this plan and no other, once, until { $until } ({ $zone }). Give it to nobody.
code-page = Look at the page { $page } beside the plan. To approve, type the code into its blue cell, save, and hand the page back.
code-command = Or: { $command }
code-foot = { $plan } · fingerprint { $fingerprint }…
