-- Work that only a person can do, until an export sees it done. A later decision of the same kind on the same coupon takes an
-- earlier one's place.
CREATE TABLE tasks (
    change     TEXT PRIMARY KEY,
    run        TEXT NOT NULL REFERENCES runs (id),
    store      TEXT NOT NULL,
    coupon     TEXT NOT NULL,
    action     TEXT NOT NULL,
    asked_at   TEXT NOT NULL,
    done_at    TEXT,
    -- The change that took its place.
    replaced_by TEXT,
    record     TEXT NOT NULL
) STRICT;
CREATE INDEX tasks_open ON tasks (store, coupon) WHERE done_at IS NULL AND replaced_by IS NULL;
