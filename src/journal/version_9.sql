-- One-time codes that approvers were sent: what a code is checked by, never the code itself. Who typed a wrong one too often has none left.
CREATE TABLE approval_codes (
    plan_sha256 TEXT NOT NULL,
    person      TEXT NOT NULL,
    salt        TEXT NOT NULL,
    digest      TEXT NOT NULL,
    made_at     TEXT NOT NULL,
    until       TEXT NOT NULL,
    tries_left  INTEGER NOT NULL,
    used_at     TEXT,
    PRIMARY KEY (plan_sha256, person)
) STRICT;
