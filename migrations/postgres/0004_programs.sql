-- +goose Up

-- A service account is an account of a program: it has grants and owns shares as
-- people do, and signs in with a token instead of a password. Its email is its
-- id, which no address can be.
ALTER TABLE users ADD COLUMN kind TEXT COLLATE "C" NOT NULL DEFAULT 'person' CHECK (kind IN ('person', 'program'));

-- token_hash is the SHA-256 of the token. Times are in Unix seconds, 0 for never.
CREATE TABLE service_accounts (
    user_id    TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    token_hash BYTEA   NOT NULL UNIQUE,
    created_by TEXT COLLATE "C" NOT NULL,
    expires_at BIGINT NOT NULL,
    last_used  BIGINT NOT NULL DEFAULT 0,
    revoked_at BIGINT NOT NULL DEFAULT 0
);

-- +goose Down
DROP TABLE service_accounts;
ALTER TABLE users DROP COLUMN kind;
