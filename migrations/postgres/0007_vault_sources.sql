-- +goose Up

-- Sealed: which vault of which account an import created this vault from. NULL for a
-- vault that was created otherwise, and for one imported before this column existed.
ALTER TABLE vaults ADD COLUMN source BYTEA;

-- +goose Down
ALTER TABLE vaults DROP COLUMN source;
