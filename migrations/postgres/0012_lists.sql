-- +goose Up

-- Pages of who has access to a vault, of people and of service accounts.
CREATE INDEX grants_vault ON grants (vault_id, user_id);
CREATE INDEX users_name ON users (kind, name, id);

-- +goose Down
DROP INDEX users_name;
DROP INDEX grants_vault;
