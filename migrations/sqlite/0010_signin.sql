-- +goose Up

-- Failed attempts to sign in. attempt_key is a keyed hash of what they are counted by. The count
-- halves every 15 minutes, and has fallen to half an attempt at gone_at. Times are in Unix
-- milliseconds.
DROP TABLE signin_attempts;
CREATE TABLE signin_attempts (
    attempt_key BLOB NOT NULL PRIMARY KEY,
    last_at     INTEGER NOT NULL,
    gone_at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX signin_attempts_gone_at ON signin_attempts (gone_at);

-- Browsers that a user signed in with. token_hash is the SHA-256 of the cookie's token.
CREATE TABLE known_browsers (
    token_hash BLOB NOT NULL PRIMARY KEY,
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX known_browsers_user ON known_browsers (user_id, expires_at);
CREATE INDEX known_browsers_expires_at ON known_browsers (expires_at);

-- What the server has noticed about how it is set up, the newest of each name.
CREATE TABLE warnings (
    name   TEXT NOT NULL PRIMARY KEY,
    detail TEXT NOT NULL,
    at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE warnings;
DROP TABLE known_browsers;
DROP TABLE signin_attempts;
CREATE TABLE signin_attempts (
    attempt_key BLOB NOT NULL PRIMARY KEY,
    tries       INTEGER NOT NULL,
    last_at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX signin_attempts_last_at ON signin_attempts (last_at);
