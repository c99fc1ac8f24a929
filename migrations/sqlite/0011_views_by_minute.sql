-- +goose Up

-- day is the day, in days since 1970 (UTC), of the last view of a share that anyone
-- may open, and day_views how many views that day had.
ALTER TABLE shares ADD COLUMN day INTEGER NOT NULL DEFAULT 0;
ALTER TABLE shares ADD COLUMN day_views INTEGER NOT NULL DEFAULT 0;

-- Views beyond the first thousand of a day, counted by the minute that begins at
-- minute. The audit log has recorded of them.
CREATE TABLE share_view_minutes (
    share_id TEXT    NOT NULL REFERENCES shares (id),
    minute   INTEGER NOT NULL,
    views    INTEGER NOT NULL,
    recorded INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (share_id, minute)
) STRICT, WITHOUT ROWID;
CREATE INDEX share_view_minutes_due ON share_view_minutes (minute) WHERE recorded < views;

-- The newest views that were counted by the minute, so that each can be repeated until
-- it is over. A newer one replaces the oldest in its slot.
CREATE TABLE share_recent_views (
    share_id TEXT    NOT NULL REFERENCES shares (id),
    slot     INTEGER NOT NULL,
    view     BLOB    NOT NULL,
    until    INTEGER NOT NULL,
    PRIMARY KEY (share_id, slot)
) STRICT, WITHOUT ROWID;
CREATE INDEX share_recent_views_view ON share_recent_views (share_id, view);
CREATE INDEX share_recent_views_until ON share_recent_views (until);

-- +goose Down
DROP TABLE share_recent_views;
DROP TABLE share_view_minutes;
ALTER TABLE shares DROP COLUMN day_views;
ALTER TABLE shares DROP COLUMN day;
