-- +goose Up

-- An invited person is pending until they have set a password. A removed one keeps name and ID for
-- the history, without an address. Times are in Unix seconds, 0 for never.
ALTER TABLE users ADD COLUMN pending SMALLINT NOT NULL DEFAULT 0 CHECK (pending IN (0, 1));
ALTER TABLE users ADD COLUMN removed_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN last_seen BIGINT NOT NULL DEFAULT 0;

-- The newest code with which a person sets a password. code_mac is its keyed hash.
CREATE TABLE user_codes (
    user_id    TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    code_mac   BYTEA            NOT NULL UNIQUE,
    created_at BIGINT           NOT NULL,
    expires_at BIGINT           NOT NULL,
    used_at    BIGINT           NOT NULL DEFAULT 0
);

-- The service accounts that a person created.
CREATE INDEX service_accounts_created_by ON service_accounts (created_by);

-- +goose Down
DROP INDEX service_accounts_created_by;
DROP TABLE user_codes;
ALTER TABLE users DROP COLUMN last_seen;
ALTER TABLE users DROP COLUMN removed_at;
ALTER TABLE users DROP COLUMN pending;
