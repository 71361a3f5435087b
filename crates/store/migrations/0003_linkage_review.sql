-- What reviewers decided about pairs of records, as a list that only grows: undoing a decision is a row, too. A record is
-- known by its key, which later loads find again.
PRAGMA user_version = 3;

CREATE TABLE linkage_decision (
    sequence     INTEGER PRIMARY KEY AUTOINCREMENT,
    left_key     INTEGER NOT NULL,  -- the 64 bits of the smaller key
    right_key    INTEGER NOT NULL,
    instant      INTEGER NOT NULL,  -- milliseconds since 1 January 1970 UTC
    who          TEXT NOT NULL,
    role         TEXT NOT NULL,
    organisation TEXT NOT NULL,
    verdict      TEXT NOT NULL CHECK (verdict IN ('same', 'different', 'cannot_tell', 'undone')),
    reason       TEXT NOT NULL,     -- the reviewer's words; may be empty
    weight       INTEGER NOT NULL,  -- match weight when it was decided, in hundredths of a bit
    snapshot     TEXT NOT NULL      -- the snapshot in which the reviewer saw the pair
) STRICT;

CREATE INDEX linkage_decision_by_pair ON linkage_decision (left_key, right_key, sequence);

CREATE TRIGGER linkage_decision_is_not_changed BEFORE UPDATE ON linkage_decision
BEGIN SELECT RAISE(ABORT, 'decisions are never changed; a later row goes before'); END;

CREATE TRIGGER linkage_decision_is_not_deleted BEFORE DELETE ON linkage_decision
BEGIN SELECT RAISE(ABORT, 'decisions are never deleted; a later row goes before'); END;

-- How many reviewers must agree, from when on, and who said so; the latest row holds.
CREATE TABLE linkage_rule (
    sequence  INTEGER PRIMARY KEY AUTOINCREMENT,
    instant   INTEGER NOT NULL,
    who       TEXT NOT NULL,
    reviewers INTEGER NOT NULL CHECK (reviewers IN (1, 2))
) STRICT;
