-- +goose Up

-- native links are made by the vault's own account: there is no content here, and
-- views and the end of one that was revoked are seen there alone.
ALTER TABLE shares ADD COLUMN native INTEGER NOT NULL DEFAULT 0 CHECK (native IN (0, 1));

-- +goose Down
ALTER TABLE shares DROP COLUMN native;
