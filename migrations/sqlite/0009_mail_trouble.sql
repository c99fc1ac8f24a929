-- +goose Up

-- queued_at is when a message was queued, in Unix seconds.
ALTER TABLE mail_queue ADD COLUMN queued_at INTEGER NOT NULL DEFAULT 0;

-- Code emails that were not delivered: the newest for each share and address, by the topic of the
-- queue. retry_at is 0 once it was given up. Address and reason are sealed. A later delivery to the
-- same address deletes the row.
CREATE TABLE mail_failures (
    topic      BLOB    NOT NULL PRIMARY KEY,
    message_id TEXT    NOT NULL,
    share_id   TEXT    NOT NULL REFERENCES shares (id),
    failed_at  INTEGER NOT NULL,
    retry_at   INTEGER NOT NULL,
    address    BLOB    NOT NULL,
    reason     BLOB    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX mail_failures_share ON mail_failures (share_id, failed_at);
CREATE INDEX mail_failures_failed_at ON mail_failures (failed_at);

-- withheld is 1 for a request whose code was not mailed, because the address had been mailed enough
-- codes over all shares. The index counts those of an address that were.
ALTER TABLE share_code_log ADD COLUMN withheld INTEGER NOT NULL DEFAULT 0 CHECK (withheld IN (0, 1));
CREATE INDEX share_code_log_address ON share_code_log (address_mac, at) WHERE wrong = 0 AND withheld = 0;

-- +goose Down
DROP INDEX share_code_log_address;
ALTER TABLE share_code_log DROP COLUMN withheld;
DROP TABLE mail_failures;
ALTER TABLE mail_queue DROP COLUMN queued_at;
