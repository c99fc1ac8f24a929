-- +goose Up

-- One row: a counter that rises with each change of any vault, by which every
-- process knows whether what it remembers of the vaults is still true.
CREATE TABLE vault_changes (
    one     SMALLINT NOT NULL PRIMARY KEY CHECK (one = 1),
    changed BIGINT   NOT NULL
);
INSERT INTO vault_changes (one, changed) VALUES (1, 0);

-- name is sealed. changed is the counter at the last change in the vault.
CREATE TABLE vaults (
    id      TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name    BYTEA            NOT NULL,
    changed BIGINT           NOT NULL
);

-- What lists read of an item: a small sealed overview. stage_id names the change
-- that brought this version, and with it the body.
CREATE TABLE items (
    vault_id TEXT COLLATE "C" NOT NULL REFERENCES vaults (id),
    id       TEXT COLLATE "C" NOT NULL,
    version  BIGINT           NOT NULL,
    overview BYTEA            NOT NULL,
    stage_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (vault_id, id)
);

-- The whole sealed item. It is written before the row of items that names its
-- change, and nothing reads it until then.
CREATE TABLE item_bodies (
    stage_id TEXT COLLATE "C" NOT NULL,
    item_id  TEXT COLLATE "C" NOT NULL,
    body     BYTEA            NOT NULL,
    PRIMARY KEY (stage_id, item_id)
);

-- Changes on their way. staged_at is the last time something was added.
CREATE TABLE item_stages (
    id        TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    staged_at BIGINT           NOT NULL
);
CREATE INDEX item_stages_staged_at ON item_stages (staged_at);

-- Rows of items that nobody sees yet.
CREATE TABLE staged_items (
    stage_id TEXT COLLATE "C" NOT NULL REFERENCES item_stages (id),
    vault_id TEXT COLLATE "C" NOT NULL,
    item_id  TEXT COLLATE "C" NOT NULL,
    version  BIGINT           NOT NULL,
    overview BYTEA            NOT NULL,
    PRIMARY KEY (stage_id, item_id)
);

-- stage_id is NULL once the file is part of an item; names and sizes stand in
-- the item's body.
CREATE TABLE files (
    id       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    vault_id TEXT COLLATE "C" NOT NULL,
    item_id  TEXT COLLATE "C" NOT NULL,
    stage_id TEXT COLLATE "C" REFERENCES item_stages (id)
);
CREATE INDEX files_item ON files (vault_id, item_id);
CREATE INDEX files_stage ON files (stage_id) WHERE stage_id IS NOT NULL;

CREATE TABLE file_chunks (
    file_id TEXT COLLATE "C" NOT NULL REFERENCES files (id) ON DELETE CASCADE,
    number  BIGINT           NOT NULL,
    sealed  BYTEA            NOT NULL,
    PRIMARY KEY (file_id, number)
);

-- +goose Down
DROP TABLE file_chunks;
DROP TABLE files;
DROP TABLE staged_items;
DROP TABLE item_stages;
DROP TABLE item_bodies;
DROP TABLE items;
DROP TABLE vaults;
DROP TABLE vault_changes;
