-- +goose Up

-- Earlier versions of items, sealed as they were as items. Rows of a change on its way have its
-- stage_id, and nothing shows them; the others have ''.
CREATE TABLE item_versions (
    vault_id TEXT    NOT NULL,
    item_id  TEXT    NOT NULL,
    version  INTEGER NOT NULL,
    stage_id TEXT    NOT NULL DEFAULT '',
    overview BLOB    NOT NULL,
    body     BLOB    NOT NULL,
    PRIMARY KEY (vault_id, item_id, version, stage_id)
) STRICT;
CREATE INDEX item_versions_stage ON item_versions (stage_id) WHERE stage_id <> '';

-- Unix seconds, 0 for an item that is not archived.
ALTER TABLE items ADD COLUMN archived_at INTEGER NOT NULL DEFAULT 0;

-- The version that the item must have when the change goes live, 0 for a new item.
ALTER TABLE staged_items ADD COLUMN base INTEGER NOT NULL DEFAULT 0;

-- The first version of its item that does not have the file any more. NULL while the item has it.
ALTER TABLE files ADD COLUMN gone_version INTEGER;

-- +goose Down
ALTER TABLE files DROP COLUMN gone_version;
ALTER TABLE staged_items DROP COLUMN base;
ALTER TABLE items DROP COLUMN archived_at;
DROP TABLE item_versions;
