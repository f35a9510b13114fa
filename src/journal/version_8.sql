-- What this machine made itself: the snapshot of each export, and each plan that was saved for review, by their SHA-256. A file of the
-- same name with other bytes is somebody else's.
CREATE TABLE snapshots (
    export TEXT PRIMARY KEY,
    sha256 TEXT NOT NULL
) STRICT;

CREATE TABLE plans (
    sha256  TEXT PRIMARY KEY,
    made_at TEXT NOT NULL
) STRICT;
