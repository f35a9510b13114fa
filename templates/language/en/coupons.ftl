# English: coupons

coupons-column-severity = Severity
coupons-column-store = Store
coupons-column-code = Code
coupons-column-name = Name
coupons-column-findings = Findings
coupons-column-why = Why
coupons-column-suggested = Suggested
coupons-column-action = Action
coupons-column-new-end = New end
coupons-column-add-stock = Add stock
coupons-column-new-min-spend = New min spend
coupons-column-note = Note
coupons-column-result = Result
coupons-column-before = Before
coupons-column-after = After
coupons-column-message = Message
coupons-column-what-to-do = What to do
coupons-column-request-id = Request id
coupons-column-time = Time
coupons-column-read-back = Read back
coupons-column-page = Page
coupons-column-rank = #
coupons-column-since = Since
coupons-column-days-left = Days left
coupons-column-ends = Ends
coupons-column-remaining = Remaining
coupons-column-used = Used
coupons-column-total = Total
coupons-column-discount = Discount
coupons-column-min-spend = Min spend
coupons-column-money-at-risk = Money at risk
coupons-column-status = Status
coupons-column-type = Type
coupons-column-starts = Starts
coupons-column-campaign = Campaign
coupons-column-all-findings = All findings
coupons-column-owner = Owner
coupons-column-region = Region
coupons-column-platform = Platform
coupons-column-coupon-id = Coupon ID
coupons-column-currency = Currency
coupons-column-time-zone = Time zone
coupons-column-row-key = Row key
# A manager's own column without a header
coupons-column-own = Column

coupons-title = Coupons
coupons-all-good = ✓ none of { $all } needs a look
coupons-need-a-look = { $some ->
    [one] { $some } of { $all } needs a look
   *[other] { $some } of { $all } need a look
}
coupons-sheet-of = { $count } · sheet { $number } of { $sheets }
coupons-open-page = Open page
coupons-open-page-tip = Opens this coupon at the platform
coupons-none = No coupons in the stores that loaded.
coupons-none-loaded = ● { $count ->
    [one] { $count } store did not load. { $problem }
   *[other] { $count } stores did not load. { $problem }
}
coupons-more-findings = + { $count } more

coupons-banner-identity = What it is
coupons-banner-story = What is wrong, and why
coupons-banner-yours = ✎ You decide: fill in the blue columns, save, hand back
coupons-banner-result = What came of it
coupons-banner-clock = In each store's own time
coupons-banner-facts = Facts: as loaded, edits here are ignored
coupons-banner-program = For the program: do not change

coupons-legend-critical = Critical: today
coupons-legend-warning = Warning: this week
coupons-legend-notice = Notice: tidy up
coupons-legend-tint = Bold in a tint
coupons-legend-tint-means = = the fact at fault
coupons-legend-missing = = a value is missing
coupons-legend-struck = struck out = not used

coupons-note-severity = Critical: act today. Warning: act this week. Notice: tidy up when you can. OK: nothing found.
coupons-note-findings = The main finding first, others after a plus sign.
coupons-note-suggested = What this platform allows for this coupon now. Write accept in Action to agree.
coupons-note-action = Choose from the list. Empty = nothing happens. Help says what each word does on each platform.
coupons-note-rank = Where the row stands in the order of urgency: sort by it to come back to the first order.
coupons-note-since = For how many days earlier exports have seen the first finding. New today: the export before did not have it.
coupons-note-ends = In the store's own time zone.
coupons-note-money-at-risk = Remaining stock × the most one coupon can cost.
coupons-note-row-key = Finds this row again after sorting. Do not change or clear.

coupons-action-error-title = Not one of the actions
coupons-action-error = Choose from the list, or leave the cell empty to do nothing. Help explains each word.
# In a prompt: the action with until when it holds
coupons-prompt-until = { $action } (until)
coupons-new-end-prompt =
    For { $actions }.
    A date, a date and time, or a span: 30d.
    Empty = as suggested.
coupons-add-stock-prompt =
    For { $actions }.
    How many to add, not the new total.
    Empty = as suggested.
coupons-add-stock-error-title = A whole number
coupons-add-stock-error = Write how many coupons to add: a whole number of 1 or more.
coupons-min-spend-prompt =
    For { $actions }.
    The amount in the store's currency.
coupons-min-spend-error-title = An amount
coupons-min-spend-error = Write a number, like 25 or 25.50, in the store's currency. [clear] removes the minimum where the platform allows it.
coupons-note-prompt =
    Needed for { $actions }; free otherwise.
    It is kept in the archive.

# In the copy of a workbook whose bad cells are marked
coupons-mend-count = { $count ->
    [one] { $count } cell to fix: see its note
   *[other] { $count } cells to fix: see their notes
}
