-- +goose Up

-- Pages of the audit log are in the order of time, and dates are ranges of their indexes.
DROP INDEX audit_events_kind;
DROP INDEX audit_events_actor;
DROP INDEX audit_events_subject;
DROP INDEX audit_events_actor_kind;
CREATE INDEX audit_events_at ON audit_events (at, id);
CREATE INDEX audit_events_kind ON audit_events (kind, at, id);
-- Before the next one: SQLite prefers the older of two that seem alike to it.
CREATE INDEX audit_events_actor_kind ON audit_events (actor, kind, at, id);
CREATE INDEX audit_events_actor ON audit_events (actor, at, id);
CREATE INDEX audit_events_subject ON audit_events (subject, at, id);
-- The keyed hash of the email address in the detail. It is NULL once the detail was erased.
ALTER TABLE audit_events ADD COLUMN address_mac BLOB;
CREATE INDEX audit_events_address ON audit_events (address_mac, at, id) WHERE address_mac IS NOT NULL;

-- How far the chain is proved. mac covers the other columns, under a key that is not in the
-- database.
CREATE TABLE audit_checkpoints (
    one      INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    number   INTEGER NOT NULL,
    hash     BLOB NOT NULL,
    at       INTEGER NOT NULL,
    whole_at INTEGER NOT NULL,
    mac      BLOB NOT NULL
) STRICT;

-- +goose Down
DROP TABLE audit_checkpoints;
DROP INDEX audit_events_address;
ALTER TABLE audit_events DROP COLUMN address_mac;
DROP INDEX audit_events_actor_kind;
DROP INDEX audit_events_subject;
DROP INDEX audit_events_actor;
DROP INDEX audit_events_kind;
DROP INDEX audit_events_at;
CREATE INDEX audit_events_kind ON audit_events (kind, id);
CREATE INDEX audit_events_actor ON audit_events (actor, id);
CREATE INDEX audit_events_subject ON audit_events (subject, id);
CREATE INDEX audit_events_actor_kind ON audit_events (actor, kind, id);
