-- +goose Up

-- An event gets into the look-up indexes when the sealer numbers it, a second's events at once: a share
-- that is created writes one table and one small index of those that wait.
DROP INDEX audit_events_number;
DROP INDEX audit_events_at;
DROP INDEX audit_events_kind;
DROP INDEX audit_events_actor_kind;
DROP INDEX audit_events_actor;
DROP INDEX audit_events_subject;
DROP INDEX audit_events_address;
CREATE INDEX audit_events_waiting ON audit_events (id) WHERE number IS NULL;
CREATE UNIQUE INDEX audit_events_number ON audit_events (number) WHERE number IS NOT NULL;
CREATE INDEX audit_events_at ON audit_events (at, id) WHERE number IS NOT NULL;
CREATE INDEX audit_events_kind ON audit_events (kind, at, id) WHERE number IS NOT NULL;
-- Before the next one: SQLite prefers the older of two that seem alike to it.
CREATE INDEX audit_events_actor_kind ON audit_events (actor, kind, at, id) WHERE number IS NOT NULL;
CREATE INDEX audit_events_actor ON audit_events (actor, at, id) WHERE number IS NOT NULL;
CREATE INDEX audit_events_subject ON audit_events (subject, at, id) WHERE number IS NOT NULL;
CREATE INDEX audit_events_address ON audit_events (address_mac, at, id)
    WHERE address_mac IS NOT NULL AND number IS NOT NULL;

-- +goose Down
DROP INDEX audit_events_waiting;
DROP INDEX audit_events_number;
DROP INDEX audit_events_at;
DROP INDEX audit_events_kind;
DROP INDEX audit_events_actor_kind;
DROP INDEX audit_events_actor;
DROP INDEX audit_events_subject;
DROP INDEX audit_events_address;
CREATE UNIQUE INDEX audit_events_number ON audit_events (number);
CREATE INDEX audit_events_at ON audit_events (at, id);
CREATE INDEX audit_events_kind ON audit_events (kind, at, id);
CREATE INDEX audit_events_actor_kind ON audit_events (actor, kind, at, id);
CREATE INDEX audit_events_actor ON audit_events (actor, at, id);
CREATE INDEX audit_events_subject ON audit_events (subject, at, id);
CREATE INDEX audit_events_address ON audit_events (address_mac, at, id) WHERE address_mac IS NOT NULL;
