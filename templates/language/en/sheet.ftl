# Stores without an API: their files.

sheet-not-loaded = { $store }: { $why }
sheet-file-not-loaded = { $store }: { $file }: { $why }
sheet-no-file = no file is called like { $pattern } in its folder; export the coupons again, or correct `files` in the config
sheet-no-folder = there is no folder { $folder }: if it lies on a network or in a synced folder, connect it; else correct `files` in the config
sheet-folder-unreadable = the folder { $folder } cannot be read ({ $error })
sheet-same-time = { $one } and { $other } were written at the same time, and neither is the newer one; remove one of them
sheet-ahead = { $file } was written in the future by this machine's clock, so that its age is not known; check the clock, or save the file again
sheet-stale = { $file } is { $hours } hours old, and more than { $limit } (stale_hours) is too old; export the coupons again
sheet-conflict = { $file } is the copy that a sync program makes when two people change one file; keep one of the two
sheet-online-only = { $file } is not on this machine yet; let the sync program download it
sheet-open = { $file } is open in an office program ({ $lock } lies beside it); close it there, or delete { $lock } if nobody has it open
sheet-being-written = it was written while it was read; wait until that is done, then export again
sheet-empty = it holds no row
sheet-no-headings = no row has the headings that are looked for; the first row is: { $there }; name the columns under `columns` in the config
sheet-two-columns = { $place }: two columns mean { $field }, the second is { $heading }; rename one of them, or name one under `columns`
sheet-json = it is not the report in JSON that the preset reads ({ $what })
sheet-json-large = it is larger than the 32 MB that are read of a report in JSON
sheet-twice = { $key } stands there twice, in { $one } and in { $other }; each coupon has one row
sheet-encoding = it is not UTF-8 and looks like GB18030 (Chinese); write encoding = "gb18030" into the config, or save it as "CSV UTF-8"
sheet-asks = { $asked }
sheet-ask-dates = its dates can be read in two ways: write dates = "day-month-year" or dates = "month-day-year" into the config
sheet-ask-dates-as = some of its dates can be read in two ways, and others show { $order }: write dates = "{ $order }" into the config if that is so
sheet-ask-decimals = its numbers have signs in them: write decimals = "point" (1234.50) or decimals = "comma" (1234,50) into the config
sheet-ask-zone = its times have no zone: write file_zone = "{ $zone }" into the config, or the zone that it is written in
sheet-unreadable-row = { $place }: { $why }
sheet-row = row { $row }
sheet-row-of = sheet { $sheet }, row { $row }
sheet-reversed = it ends before it starts
sheet-no-end = its end is empty; write none where it has no end
sheet-period = { $found } is not two dates with " - " between them
sheet-no-date = { $found } is not a date with a year of four digits
sheet-other-order = { $found } is not in the order that `dates` says
sheet-no-zone = { $found } is not a time zone such as Asia/Singapore
sheet-no-percent = { $found } is not a share from 0 to 100
sheet-percent-cell = a percentage cell of { $found } may mean { $found } % or a hundred times as much; export it as text
sheet-no-count = { $field }: { $found } is not a whole number
sheet-no-amount = { $field }: { $found } is not an amount in this currency
sheet-no-currency = { $found } is not a currency
sheet-no-unit = { $found } is neither pieces nor money
sheet-no-key = it has no code, no id, and not both a name and a start
sheet-damaged = { $field }: { $found } has lost digits; export that column as text
sheet-not-in-file = { $store }: { $coupon } is not in { $file }, which may hold only a part of the coupons; export a file that has it
sheet-no-sign-in = store { $store } has a file and needs no sign-in

# What `stores check` tells.
sheet-note-file = read { $file }, as of { $at }: { $count ->
        [one] 1 coupon
       *[other] { $count } coupons
    }
sheet-note-unconfirmed = the layout { $preset } was not confirmed on a real file: compare the rows below with the page
sheet-note-understood = understood: { $columns }
sheet-note-unknown = headings that were not understood: { $columns }{ $more ->
        [0] {""}
       *[other] {" "}and { $more } more
    }
sheet-note-lacking = not in the file, and shown as not known: { $columns }
sheet-note-derived = there is no status: it follows from the dates
sheet-note-complete = the file has every coupon of the store (complete = true): one that is missing is gone
sheet-note-part = the file may have a part of the coupons only: nothing follows from one that is missing; write complete = true if it always has them all
sheet-note-sample = { $coupon }: { $starts } to { $ends }, { $discount }, total { $total }, used { $used }, { $status }
sheet-note-more-unreadable = { $count ->
        [one] 1 more row cannot be read
       *[other] { $count } more rows cannot be read
    }
sheet-note-aside = rows that belong to no list of coupons: { $places }{ $more ->
        [0] {""}
       *[other] {" "}and { $more } more
    }

# What stands in place of the names of menus, fields and buttons that nobody knows.
office-menu = The shop's own page of coupons
office-end = End
office-total = Total
office-minimum = Min spend
office-edit = Edit
office-stop = End, stop or pause
office-enable = Enable or resume
office-delete = Delete
office-copy = Copy, or a new coupon like it
office-save = Save
