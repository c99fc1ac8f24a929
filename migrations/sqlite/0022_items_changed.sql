-- +goose Up

-- The vaults' change counter at the item's last change, and at the last time that an item left the vault:
-- a process that remembers a vault reads only what has changed since.
ALTER TABLE items ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;
CREATE INDEX items_changed ON items (vault_id, changed);
ALTER TABLE vaults ADD COLUMN removed INTEGER NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE vaults DROP COLUMN removed;
DROP INDEX items_changed;
ALTER TABLE items DROP COLUMN changed;
