-- +goose Up

-- Earlier versions of items, sealed as they were as items. Rows of a change on its way have its
-- stage_id, and nothing shows them; the others have ''.
CREATE TABLE item_versions (
    vault_id TEXT COLLATE "C" NOT NULL,
    item_id  TEXT COLLATE "C" NOT NULL,
    version  BIGINT           NOT NULL,
    stage_id TEXT COLLATE "C" NOT NULL DEFAULT '',
    overview BYTEA            NOT NULL,
    body     BYTEA            NOT NULL,
    PRIMARY KEY (vault_id, item_id, version, stage_id)
);
CREATE INDEX item_versions_stage ON item_versions (stage_id) WHERE stage_id <> '';

-- Unix seconds, 0 for an item that is not archived.
ALTER TABLE items ADD COLUMN archived_at BIGINT NOT NULL DEFAULT 0;

-- The version that the item must have when the change goes live, 0 for a new item.
ALTER TABLE staged_items ADD COLUMN base BIGINT NOT NULL DEFAULT 0;

-- The first version of its item that does not have the file any more. NULL while the item has it.
ALTER TABLE files ADD COLUMN gone_version BIGINT;

-- +goose Down
ALTER TABLE files DROP COLUMN gone_version;
ALTER TABLE staged_items DROP COLUMN base;
ALTER TABLE items DROP COLUMN archived_at;
DROP TABLE item_versions;
