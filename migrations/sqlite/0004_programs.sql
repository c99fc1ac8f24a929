-- +goose Up

-- A service account is an account of a program: it has grants and owns shares as
-- people do, and signs in with a token instead of a password. Its email is its
-- id, which no address can be.
ALTER TABLE users ADD COLUMN kind TEXT NOT NULL DEFAULT 'person' CHECK (kind IN ('person', 'program'));

-- token_hash is the SHA-256 of the token. Times are in Unix seconds, 0 for never.
CREATE TABLE service_accounts (
    user_id    TEXT   NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    token_hash BLOB   NOT NULL UNIQUE,
    created_by TEXT   NOT NULL,
    expires_at INTEGER NOT NULL,
    last_used  INTEGER NOT NULL DEFAULT 0,
    revoked_at INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE service_accounts;
ALTER TABLE users DROP COLUMN kind;
