-- +goose Up

-- tell is 1 for a person who wants emails about their new links, and for a share whose sharer wants
-- emails about it.
ALTER TABLE users ADD COLUMN tell INTEGER NOT NULL DEFAULT 0 CHECK (tell IN (0, 1));
ALTER TABLE shares ADD COLUMN tell INTEGER NOT NULL DEFAULT 0 CHECK (tell IN (0, 1));

-- What the sharers who want emails have not been told: the views and the refusals since told_at, when
-- the last email was queued. due_at is when to look at a share again, at last to erase the row. Times
-- are in Unix seconds.
CREATE TABLE share_news (
    share_id TEXT    NOT NULL PRIMARY KEY REFERENCES shares (id),
    viewed   INTEGER NOT NULL,
    refused  INTEGER NOT NULL,
    told_at  INTEGER NOT NULL DEFAULT 0,
    due_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX share_news_due ON share_news (due_at);

-- Who follows the audit log, and the number of the last event that they read.
CREATE TABLE audit_followers (
    name TEXT    NOT NULL PRIMARY KEY,
    told INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO audit_followers (name, told)
    SELECT 'sharers', coalesce(max(number), 0) FROM audit_events;

-- +goose Down
DROP TABLE audit_followers;
DROP TABLE share_news;
ALTER TABLE shares DROP COLUMN tell;
ALTER TABLE users DROP COLUMN tell;
