-- +goose Up

-- What a share includes, by name: sealed like its title, and erased with it.
ALTER TABLE shares ADD COLUMN included BYTEA;

-- +goose Down
ALTER TABLE shares DROP COLUMN included;
