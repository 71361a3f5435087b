-- The audit chain. Rows are added at the end and never changed: the triggers refuse everything else, and each hash covers
-- the row and the hash before it, so that a change made behind the triggers shows.
PRAGMA application_id = 1447120455; -- "VANG"
PRAGMA user_version = 1;

CREATE TABLE audit (
    sequence     INTEGER PRIMARY KEY,
    instant      INTEGER NOT NULL,  -- milliseconds since 1 January 1970 UTC
    who          TEXT NOT NULL,
    role         TEXT NOT NULL,
    organisation TEXT NOT NULL,
    purpose      TEXT NOT NULL,
    action       TEXT NOT NULL,
    outcome      TEXT NOT NULL CHECK (outcome IN ('allowed', 'refused')),
    person       INTEGER,           -- the 64 bits of the person's identifier; NULL where the act names no one person
    detail       TEXT NOT NULL,
    hash         BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE INDEX audit_by_person ON audit (person, sequence) WHERE person IS NOT NULL;

-- Also stops INSERT OR REPLACE, which would otherwise take a row away without a DELETE.
CREATE TRIGGER audit_adds_at_the_end BEFORE INSERT ON audit
WHEN NEW.sequence IS NOT (SELECT coalesce(max(sequence), 0) + 1 FROM audit)
BEGIN SELECT RAISE(ABORT, 'audit rows are added at the end only'); END;

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'audit rows are never changed'); END;

CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'audit rows are never deleted'); END;
