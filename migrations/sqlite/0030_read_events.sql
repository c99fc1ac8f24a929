-- +goose Up

-- A service account that may read the events of the audit log.
ALTER TABLE service_accounts ADD COLUMN may_read_events INTEGER NOT NULL DEFAULT 0
    CHECK (may_read_events IN (0, 1));

-- +goose Down
ALTER TABLE service_accounts DROP COLUMN may_read_events;
