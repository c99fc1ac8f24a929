-- +goose Up

-- SQLite ends every index with the row's id, PostgreSQL does not: said here, each of
-- them gives pages newest first on both.
DROP INDEX audit_events_kind;
DROP INDEX audit_events_actor;
DROP INDEX audit_events_subject;
CREATE INDEX audit_events_kind ON audit_events (kind, id);
CREATE INDEX audit_events_actor ON audit_events (actor, id);
CREATE INDEX audit_events_subject ON audit_events (subject, id);

-- +goose Down
DROP INDEX audit_events_kind;
DROP INDEX audit_events_actor;
DROP INDEX audit_events_subject;
CREATE INDEX audit_events_kind ON audit_events (kind);
CREATE INDEX audit_events_actor ON audit_events (actor);
CREATE INDEX audit_events_subject ON audit_events (subject);
