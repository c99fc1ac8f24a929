-- +goose Up

-- native links are made by the vault's own account: there is no content here, and
-- views and the end of one that was revoked are seen there alone.
ALTER TABLE shares ADD COLUMN native INTEGER NOT NULL DEFAULT 0 CHECK (native IN (0, 1));

-- Who makes links where the vault's account can. One row at most: without one, the
-- account does.
CREATE TABLE share_settings (
    one        INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    links_by   TEXT    NOT NULL CHECK (links_by IN ('native', 'itemshare')),
    changed_at INTEGER NOT NULL
) STRICT;

-- +goose Down
DROP TABLE share_settings;
ALTER TABLE shares DROP COLUMN native;
