# English: the inbox of `couponbook watch`: answers beside workbooks, for managers

watch-about-save = Save a filled-in workbook into this folder. couponbook takes it once it is whole and closed.
watch-about-answer = It answers with files beside it. What was dealt with moves to the folder "{ $done }"; nothing is deleted.
watch-about-leave = Leave this file here: by it couponbook knows that the folder is the right one, and that it can be reached.

watch-planned = { $workbook }: { $changes ->
    [one] 1 change
   *[other] { $changes } changes
} in { $stores ->
    [one] 1 store
   *[other] { $stores } stores
}. Nothing was sent yet.
watch-page = What will happen stands in { $page }.
watch-left-out = { $count ->
    [one] 1 more row is not sent
   *[other] { $count } more rows are not sent
}: { $page } says why, and what is to be done by hand.
watch-why = Somebody has to look at it first:
watch-why-nobody-looked = nothing from this folder is applied without somebody's word
watch-waits-for = It waits for { $people }.
watch-waits-code = { $people }: type the code that you were sent into the blue cell of { $page }, and save it in this folder.
watch-waits-key = { $people }: or run { $command }
watch-waits-nobody = Nobody of the config can approve it: it needs an approver of all its stores other than { $by }. Tell the operator.
watch-waits-operator = The operator can send it as well: { $command }

watch-applied = { $workbook }: applied in the name of { $by } (run { $run }).
watch-applied-approved = Approved by { $people }.
watch-applied-count = { $what }: { $count }
watch-applied-results = What became of each row stands in { $results }. It is also the next workbook: correct what is left in it, and save it in this folder.
watch-applied-elsewhere = What became of each row: couponbook runs show { $run }
watch-not-applied = { $workbook }: its plan was not applied, and nothing of it was sent.
watch-not-applied-next = Save the workbook into this folder once more to have it planned anew, or a newer one.

watch-nothing = { $workbook }: there is nothing to send.
watch-nothing-done = { $count ->
    [one] 1 row was done already.
   *[other] { $count } rows were done already.
}
watch-nothing-odd = { $count ->
    [one] 1 row is refused or in conflict.
   *[other] { $count } rows are refused or in conflict.
} Somebody changed the coupon since the export, or it cannot be done: look at a newer workbook.
watch-bad-cells = { $workbook }: { $count ->
    [one] 1 cell cannot be read as meant.
   *[other] { $count } cells cannot be read as meant.
} Nothing was sent.
watch-bad-cells-copy = They are marked in { $copy }. Correct them there, and save it in this folder.
watch-bad-cells-next = Correct them, and save the workbook in this folder again.
watch-signed = { $count ->
    [one] 1 sign-off of the checklist was read
   *[other] { $count } sign-offs of the checklist were read
}
watch-cell = { $place }, { $header }: "{ $found }"; { $wanted }
watch-cells-more = and { $count } more
watch-unreadable = { $workbook } cannot be planned:
watch-nothing-sent = Nothing was sent.
watch-no-export = it does not say which export it came from: its hidden sheet is gone. Use the workbook as it was exported
watch-other-installation = it was made by another installation of couponbook, or its export { $export } is not in this archive. Save it into that installation's folder
watch-other-snapshot = its export { $export } is not the one that this archive holds. Use the workbook as it was exported
watch-no-part = it is one of several workbooks of an export, and does not say which. Use the workbook as it was exported

watch-approved = The plan of { $workbook } is approved by { $person }, and is being applied.
watch-not-approved = { $page } approves nothing:
watch-not-approved-next = Nothing was sent. Correct the code and save the page in this folder again.
watch-page-ambiguous = it has several cells for the code, or of several plans
watch-page-unknown = it is of a plan that does not wait here
watch-page-over = the plan of { $workbook } does not wait any more
watch-code-none-left = no code was sent for this plan, or codes were tried too often: the operator can send new ones
watch-code-wrong = this is not the code that was sent for this plan
watch-code-too-late = the code is too old: the operator can send a new one
watch-code-may-not = { $why }

watch-duplicate = { $workbook } is the very same file as { $earlier }, which was handed in { $at }.
watch-duplicate-answers = What came of it: { $answers }.
watch-duplicate-next = Nothing was done twice. To have something else done, change the workbook, save it, and hand it in.

watch-waits = { $workbook } is not taken yet:
watch-waits-settling = it is still being written
watch-waits-open = somebody has it open ({ $lock }). It is taken once it is closed
watch-waits-empty = it is empty. Save it again
watch-waits-not-here = only its name is here: the sync client has not fetched it. Choose "Always keep on this device" for this folder
watch-waits-cut-off = its end is missing: the copying broke off. Save it again
watch-waits-held = it cannot be read ({ $why }). It is tried again
watch-waits-two-versions = { $other } is another version of it. Keep one: move the other away, or give it a name of its own
watch-waits-conflict-copy = a sync client put it aside since two people saved at once. If it is the one that counts, give it a name of its own; else move it away

watch-later = it cannot be dealt with yet ({ $why }). It is tried again, and the operator was told
watch-away = its folder { $inbox } is not there ({ $why }); nothing in it is lost, and it is looked for again

ping-failed = the ping was not heard: { $why }
