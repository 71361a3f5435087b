-- Cohorts that people have saved: a name and a rule. Counts are kept as they were shown, never exact.
PRAGMA user_version = 4;

CREATE TABLE cohort (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    name        TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    description TEXT NOT NULL DEFAULT '',
    owner       TEXT NOT NULL,
    whom        TEXT NOT NULL,
    rule        TEXT NOT NULL,
    version     INTEGER NOT NULL DEFAULT 1, -- grows with every change, so that two tabs do not overwrite each other
    snapshot    TEXT NOT NULL,              -- the snapshot it was last saved on
    created     INTEGER NOT NULL,           -- milliseconds since 1 January 1970 UTC
    changed     INTEGER NOT NULL,
    deleted     INTEGER                     -- when it was deleted; it stays, so that a deletion can be undone
) STRICT;

CREATE UNIQUE INDEX cohort_by_name ON cohort (name COLLATE NOCASE) WHERE deleted IS NULL;

CREATE TABLE cohort_count (
    cohort   INTEGER NOT NULL REFERENCES cohort (id),
    snapshot TEXT NOT NULL,
    rule     TEXT NOT NULL,
    people   INTEGER,          -- rounded; NULL where fewer than 8
    counted  INTEGER NOT NULL,
    PRIMARY KEY (cohort, snapshot, rule)
) STRICT;
