-- +goose Up

-- The name of a passkey is sealed, NULL for none. Those that could be read are forgotten.
UPDATE passkeys SET name = '';
ALTER TABLE passkeys DROP COLUMN name;
ALTER TABLE passkeys ADD COLUMN sealed_name BLOB;

-- +goose Down
ALTER TABLE passkeys DROP COLUMN sealed_name;
ALTER TABLE passkeys ADD COLUMN name TEXT NOT NULL DEFAULT '';
