# English: what the reader says of a workbook that was handed back

# Why a file cannot be read at all
read-missing = there is no such file; check its name and folder
read-folder = this is a folder; name the workbook in it
read-device = this is a device or a pipe, not an .xlsx workbook; name a file
read-held-open = the file is open in another program, or may not be read; close it in Excel, or check its permissions
read-lock-file = this is no workbook, but the note of an office program that it has { $workbook } open; close it there, and name { $workbook }
read-unreadable = the file cannot be read; copy it to this computer and try again
read-empty = the file is empty; ask for it again, or export again
read-encrypted = the workbook is protected by a password; open it, remove the password and save it as .xlsx
read-other-kind = this is { $what }, not an .xlsx workbook; open it and save it as .xlsx
read-kind-old-xls = a workbook of before Excel 97
read-kind-word = a Word document
read-kind-powerpoint = a PowerPoint presentation
read-kind-numbers = a Numbers document
read-kind-zip = a zip file
read-kind-pdf = a PDF
read-kind-xml-2003 = an XML spreadsheet of 2003
read-kind-html = an HTML page named like a workbook
read-kind-text = a text file
read-kind-other = another kind of file
read-no-coupon-sheet = no sheet has a header row with "Row key" and "Action" in its first { $rows } rows; hand back the exported workbook
read-newer-version = a newer version of couponbook made this workbook (its version { $found }); use that one
read-no-such-sheet = it has no sheet "{ $wanted }" but { $names }; check the sheet's name in the config
read-missing-column = sheet "{ $sheet }" has no column "{ $header }" in its header row { $row }; put it back, or copy it from the export
read-doubled-column = sheet "{ $sheet }" has two columns "{ $header }", in { $first } and { $second }; rename or delete one of them

read-damaged = the file is cut short or damaged ({ $detail }); copy or download it again, or open it in Excel and save it again
read-in-part = { $part }: { $what }
read-in-sheet = sheet "{ $sheet }": { $what }
read-part-missing = { $part } is missing
read-part-used-twice = { $part } is used twice
read-doubled-part = two parts are called { $part }
read-damaged-sheet-list = its list of sheets is not as office programs write it
read-no-visible-sheet = it has no visible sheet
read-damaged-document-type = it declares a document type, which no office program writes
read-damaged-nested = its elements are nested too deeply
read-damaged-inside = its rows are not as office programs write them
read-damaged-repeats = it says in no number how often a cell stands there
read-damaged-value = a value is written in a way that no office program writes
read-damaged-rows-twice = it holds its rows twice
read-damaged-row-number = a row has no proper number
read-damaged-row-order = its rows are not in order
read-damaged-address = a cell has no proper address
read-damaged-cell-place = a cell lies outside its row
read-damaged-area = it names an area that cannot be

# A bound, and what to do about it. Each of them has its advice
read-too-much = { $what } (at most { $limit } are read); { $advice }
read-too-much-held = { $what } (at most { $limit } are read of a file of this kind); save it as .xlsx, or delete sheets and rows that are not needed
read-too-many-held-cells = the sheets have too many cells
read-too-much-held-text = the sheets hold too much text
read-guessed-encoding = the file is not UTF-8 and was read as GB18030 (Chinese); save it as "CSV UTF-8" where letters look wrong
read-csv-broken = line { $line } of the text cannot be read: { $what }
read-csv-of-several = its rows are of several exports: the column { $column } has { $first } and { $second }; hand back the rows of each export in a file of their own
read-limit-inflated = { $all } ({ $odd } where it is not written as office programs write), and 200 times its packed size
read-limit-steps = { $millions } million elements
read-limit-letters = 32,767 letters
read-limit-cells = { $millions } million
read-limit-texts = { $millions } million
read-limit-held = { $size }, the file itself included
read-too-big = the file is too big
read-too-big-advice = delete pictures, sheets and rows that are not needed, or have the export written in parts (--split-by) and hand each back
read-too-many-parts = the file has too many parts
read-too-many-parts-advice = copy the cells of the coupons' sheets into a new workbook
read-too-many-sheets = the workbook has too many sheets
read-too-many-sheets-advice = delete the sheets that are not needed
read-too-many-formats = the workbook has too many or too long cell formats
read-too-many-formats-advice = copy the cells into a new workbook, pasted as values only
read-too-many-names = the workbook has too many defined names
read-too-many-names-advice = delete those that are not needed (in Excel: Formulas, Name Manager), or copy the cells into a new workbook
read-too-many-texts = the workbook claims or holds too many texts
read-too-many-texts-advice = delete sheets and rows that are not needed, or copy the cells into a new workbook
read-too-long-texts = the texts of the workbook are too long together
read-too-long-texts-advice = delete sheets, columns and rows that are not needed, or shorten the longest texts
read-too-much-text = the rows with decisions and the added columns hold too much text
read-too-much-text-advice = delete the added columns and shorten the notes, or hand back some of the rows at a time: in a copy delete the rows that are decided later
read-too-many-rows = sheet "{ $sheet }" has too many rows
read-too-many-rows-advice = delete the rows that are not needed
read-too-many-cells = { $part } has too many cells
read-too-many-cells-advice = delete the columns beside the table and the rows below it, and save the workbook again
read-too-many-merged = { $part } has too many merged cells
read-too-many-merged-advice = undo the merging: select the whole sheet and choose Unmerge Cells
read-too-many-relations = { $part } names too many parts
read-too-many-relations-advice = copy the cells of the coupons' sheets into a new workbook
read-long-cell = { $part } holds a cell with too much text
read-long-cell-advice = shorten the longest notes, or copy the cells into a new workbook
read-long-text = { $part } holds a single piece of text that is too long
read-long-text-advice = shorten the longest notes, or copy the cells into a new workbook
read-inflates = { $part } inflates to far more than a workbook needs
read-inflates-advice = delete sheets and rows that are not needed, or copy the cells into a new workbook

# What would be right in a cell. In the copy with the bad cells marked each stands in a note, with a capital and a full stop
read-in-note = { $wanted }.
read-no-row-key = copy the row key from the export; without it nobody can tell which coupon is meant
read-changed-row-key = copy it from the export; a letter is missing or changed
read-unknown-row-key = export { $export } has no such row; take the row from that export's own workbook
read-other-coupon = the row key belongs to { $label } in { $store }; put the row back as it was exported, or write the action in the row of the coupon that is meant
read-part-was-moved = { $count } rows show another coupon than their row key belongs to: a part of the sheet was sorted, pasted or shifted without the rest. Undo that, or write the actions into a fresh copy of the export; sort with the filter buttons, which move whole rows
read-identity-column = the sheet has no column { $column }, so nobody can see which coupon the row is about; put it back from the export
read-id-damaged = the spreadsheet has made a number of { $exported }; the row key tells which coupon it is
read-still-in-doubt = look at the row, then take the { $mark } away
read-decided-otherwise = row { $row } of { $sheet } decides something else for the same coupon; keep one of the two
read-merged = the cells { $cells } are merged; unmerge them and write the value in each row
read-merged-unseen = nobody sees this value: it lies under the merged cells { $cells }; unmerge them and write the value in each row
read-actions = write one of { $actions }, or leave the cell empty
read-needed-by-adjust = adjust needs the new minimum: write a number, like 25 or 25.50
read-needed-by-recreate = recreate needs a new end, added stock or a new minimum
read-needed-by-keep = keep needs a note: write why the finding is accepted
read-not-as-meant = this cannot be read as meant; the sheet Help says what to write
read-note = write the note as plain text
read-date = write a date, a date and time, or a span like 30d
read-no-such-day = no such day; write a date, a date and time, or a span like 30d
read-with-year = write the year with four digits, like 2026-12-01
read-span-without-unit = this is a length of time without a unit; write a date, a date and time, or a span like 30d
read-span-bounds = write a span between 1h and 3660d
read-time-without-date = a time without a date; write both, like 2026-12-01 18:30
read-number-no-date = a number alone is no date; write a date, a date and time, or a span like 30d
read-day-out-of-range = write a date from { $first } to { $last }, or { $clear } for no end
read-day-or-month = day and month cannot be told apart; write { $one } or { $other }
read-day-or-month-exchanged = dates of this column were typed with day and month in the order that the spreadsheet does not expect, so it may have exchanged them; write { $one } or { $other }, and the dates beside it year first too
read-zone = leave out the time zone: a time is in the store's own zone
read-time = write the time like 18:30
read-count = write a whole number above zero
read-count-up-to = write a whole number up to { $most }
read-amount = write a number, like 25 or 25.50
read-amount-negative = write an amount of zero or more
read-amount-decimals = { $count ->
    [0] { $currency } has no decimals; write a whole amount
   *[other] { $currency } has { $count } decimals; write no more of them
}
read-amount-up-to = write an amount up to { $most }
read-other-currency = the store's currency is { $currency }; write the amount in it, without a word
read-thousands-or-decimals = thousands and decimals cannot be told apart; write { $one } or { $other }

# What was read otherwise than it stands, or not used
read-decided-alike = the same decision stands in row { $row } of { $sheet }; it is applied once
read-not-used = not used: Action is empty
read-not-used-no-key = not used: the row has no row key, so it is no coupon's
read-not-used-changed-key = not used: the row key was changed, so the row is no coupon's
read-not-used-by = not used by { $action }
read-formula = a formula: its last saved result is used
read-as = read as { $value }
read-midnight = read as 00:00 of { $day }, its first moment: last usable { $last } 23:59:59
read-as-hours = read as { $count } hours
read-day-and-time = { $day } { $time }
read-day-in-words = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $year }
# A manager's own column that has cells but no header
read-own-column = Column { $letters }

# Edits of exported facts, which change nothing
read-edit-empty = empty
read-edited = ignored (it was { $was }): nothing is read from this column
read-edited-row = { $count } cells of this row are not as they were exported: a part of the row was moved, pasted or typed over; nothing is read from them
read-edited-use = ignored (it was { $was }); write { $column } instead
read-edited-anew = { $count } cells of this column are not as they were exported; nothing is read from it
read-edited-write = this was { $was } when it was exported, and is not what will be done; write { $column }, and put the cell back
read-edited-other-export = the named export has { $was } here; this workbook may be another export's: name that one
read-other-encoding = it is not text in { $encoding }; correct `encoding` in the config, or save it as "CSV UTF-8"
