-- Who looked at an item of the checklist. An export's day is the team's own; slots are `am` and `pm`.
CREATE TABLE sign_offs (
    export  TEXT NOT NULL,
    item    TEXT NOT NULL,
    slot    TEXT NOT NULL,
    day     TEXT NOT NULL,
    name    TEXT NOT NULL,
    remark  TEXT NOT NULL,
    read_at TEXT NOT NULL,
    PRIMARY KEY (export, item, slot)
) STRICT;
CREATE INDEX sign_offs_by_day ON sign_offs (day);

-- Workbooks that came back: each is taken in once.
CREATE TABLE handed_back (
    workbook_sha256 TEXT PRIMARY KEY,
    export          TEXT NOT NULL,
    read_at         TEXT NOT NULL
) STRICT;

-- What the last workbook that held a row asks for it.
CREATE TABLE asked (
    row             TEXT PRIMARY KEY,
    workbook_sha256 TEXT NOT NULL,
    store           TEXT NOT NULL,
    asked_at        TEXT NOT NULL,
    record          TEXT NOT NULL
) STRICT;
