-- +goose Up

-- Where events are sent. sealed holds the URL and the secrets; types are separated by spaces.
-- told is the number of the last audit event that deliveries were queued for. A webhook is gone once
-- its receiver answered that it is.
CREATE TABLE webhooks (
    id         TEXT    NOT NULL PRIMARY KEY,
    sealed     BLOB    NOT NULL,
    types      TEXT    NOT NULL,
    state      TEXT    NOT NULL CHECK (state IN ('active', 'paused', 'gone')),
    told       INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

-- Events to send, and those that were sent. place is their order in a webhook. A leased one is due
-- when its lease ends. tried_at and status are of the last try: status 0 for no answer. The body and
-- the answer are sealed.
CREATE TABLE webhook_deliveries (
    id         TEXT    NOT NULL PRIMARY KEY,
    webhook_id TEXT    NOT NULL REFERENCES webhooks (id),
    share_id   TEXT    NOT NULL,
    place      INTEGER NOT NULL,
    type       TEXT    NOT NULL,
    body       BLOB    NOT NULL,
    happened   INTEGER NOT NULL,
    state      TEXT    NOT NULL CHECK (state IN ('waiting', 'delivered', 'failed')),
    until      INTEGER NOT NULL,
    due_at     INTEGER NOT NULL,
    tries      INTEGER NOT NULL DEFAULT 0,
    tried_at   INTEGER NOT NULL DEFAULT 0,
    status     INTEGER NOT NULL DEFAULT 0,
    answer     BLOB,
    UNIQUE (webhook_id, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook_id, due_at) WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_waiting ON webhook_deliveries (webhook_id, share_id, place)
    WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_failed ON webhook_deliveries (webhook_id) WHERE state = 'failed';
CREATE INDEX webhook_deliveries_share ON webhook_deliveries (share_id);
CREATE INDEX webhook_deliveries_happened ON webhook_deliveries (happened);

-- +goose Down
DROP TABLE webhook_deliveries;
DROP TABLE webhooks;
