-- Instants are RFC 3339 text in UTC; what is rich is the JSON of the domain's own types.

-- Who holds the apply lock; the lock itself is the operating system's.
CREATE TABLE holder (
    one   INTEGER PRIMARY KEY CHECK (one = 1),
    by    TEXT NOT NULL,
    since TEXT NOT NULL
) STRICT;

CREATE TABLE runs (
    id              TEXT PRIMARY KEY,
    export          TEXT NOT NULL,
    by              TEXT NOT NULL,
    author_hint     TEXT,
    started         TEXT NOT NULL,
    finished        TEXT,
    workbook_sha256 TEXT NOT NULL,
    plan_sha256     TEXT NOT NULL
) STRICT;
CREATE INDEX runs_by_plan ON runs (plan_sha256);

CREATE TABLE changes (
    id     TEXT PRIMARY KEY,
    store  TEXT NOT NULL,
    coupon TEXT NOT NULL,
    record TEXT NOT NULL
) STRICT;

-- One line an attempt; the last attempt of (change, ordinal) is where the step stands.
CREATE TABLE steps (
    change      TEXT NOT NULL REFERENCES changes (id),
    ordinal     INTEGER NOT NULL,
    attempt     INTEGER NOT NULL,
    run         TEXT NOT NULL REFERENCES runs (id),
    store       TEXT NOT NULL,
    write       TEXT NOT NULL,
    state       TEXT NOT NULL,
    begun_at    TEXT NOT NULL,
    finished_at TEXT,
    request_id  TEXT,
    message     TEXT,
    created     TEXT,
    settled_at  TEXT,
    read_back   TEXT,
    PRIMARY KEY (change, ordinal, attempt)
) STRICT;
CREATE INDEX steps_in_doubt ON steps (state) WHERE state IN ('begun', 'unknown');
CREATE INDEX steps_by_run ON steps (run);

CREATE TABLE outcomes (
    run    TEXT NOT NULL REFERENCES runs (id),
    row    TEXT NOT NULL,
    change TEXT,
    kind   TEXT NOT NULL,
    at     TEXT NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (run, row)
) STRICT;
CREATE INDEX outcomes_by_change ON outcomes (change);

CREATE TABLE codes (
    id     INTEGER PRIMARY KEY,
    store  TEXT NOT NULL,
    code   TEXT NOT NULL,
    folded TEXT NOT NULL,
    change TEXT NOT NULL,
    UNIQUE (store, folded)
) STRICT;
CREATE INDEX codes_by_change ON codes (change);
