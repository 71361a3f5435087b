-- What was loaded or computed when, with its counts and timings.
PRAGMA user_version = 2;

CREATE TABLE run (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    kind     TEXT NOT NULL,
    subject  TEXT NOT NULL,
    started  INTEGER NOT NULL,  -- milliseconds since 1 January 1970 UTC
    finished INTEGER,           -- NULL while it runs, and for ever where the process died
    outcome  TEXT NOT NULL DEFAULT 'unfinished' CHECK (outcome IN ('unfinished', 'done', 'failed')),
    message  TEXT NOT NULL DEFAULT '',
    CHECK ((finished IS NULL) = (outcome = 'unfinished'))
) STRICT;

CREATE TABLE run_figure (
    run      INTEGER NOT NULL REFERENCES run (id),
    position INTEGER NOT NULL,
    unit     TEXT NOT NULL CHECK (unit IN ('count', 'millis')),
    name     TEXT NOT NULL,
    value    INTEGER NOT NULL,
    PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;
