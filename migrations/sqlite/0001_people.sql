-- +goose Up

-- The installation's keys, each wrapped by the master key.
CREATE TABLE keysets (
    purpose TEXT NOT NULL PRIMARY KEY,
    wrapped BLOB NOT NULL
) STRICT;

-- email is canonical: lower case, its domain an A-label.
CREATE TABLE users (
    id            TEXT    NOT NULL PRIMARY KEY,
    email         TEXT    NOT NULL UNIQUE,
    name          TEXT    NOT NULL,
    role          TEXT    NOT NULL CHECK (role IN ('admin', 'member')),
    password_hash TEXT    NOT NULL,
    disabled      INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
    created_at    INTEGER NOT NULL
) STRICT;

-- vault_id has no foreign key: a vault may live in another backend. A row that
-- grants nothing does not exist, and share without view is not a state.
CREATE TABLE grants (
    user_id   TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    vault_id  TEXT    NOT NULL,
    may_view  INTEGER NOT NULL CHECK (may_view = 1),
    may_share INTEGER NOT NULL CHECK (may_share IN (0, 1)),
    PRIMARY KEY (user_id, vault_id)
) STRICT, WITHOUT ROWID;

-- token_hash is the SHA-256 of the cookie's token.
CREATE TABLE sessions (
    token_hash BLOB    NOT NULL PRIMARY KEY,
    user_id    TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    last_used  INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_last_used ON sessions (last_used);
CREATE INDEX sessions_expires_at ON sessions (expires_at);

-- attempt_key is the keyed hash of an account's address or of a peer.
CREATE TABLE signin_attempts (
    attempt_key BLOB    NOT NULL PRIMARY KEY,
    tries       INTEGER NOT NULL,
    last_at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX signin_attempts_last_at ON signin_attempts (last_at);

-- at is in Unix milliseconds. The sealer sets number, hash and mac within a
-- second. detail is sealed, and NULL once erased; detail_hash stays.
CREATE TABLE audit_events (
    id          INTEGER NOT NULL PRIMARY KEY,
    at          INTEGER NOT NULL,
    kind        TEXT    NOT NULL,
    actor       TEXT    NOT NULL,
    subject     TEXT    NOT NULL,
    detail      BLOB,
    detail_hash BLOB    NOT NULL,
    number      INTEGER,
    hash        BLOB,
    mac         BLOB,
    CHECK ((number IS NULL) = (hash IS NULL) AND (number IS NULL) = (mac IS NULL))
) STRICT;
-- Those without a number stand together in it, in the order they came.
CREATE UNIQUE INDEX audit_events_number ON audit_events (number);
-- Each ends with the row's id by itself, and so gives pages newest first.
CREATE INDEX audit_events_kind ON audit_events (kind);
CREATE INDEX audit_events_actor ON audit_events (actor);
CREATE INDEX audit_events_subject ON audit_events (subject);

-- Sealed messages, all of one length. A leased one is due when its lease ends.
-- topic is the keyed hash of what a newer message replaces.
CREATE TABLE mail_queue (
    id      TEXT    NOT NULL PRIMARY KEY,
    topic   BLOB    NOT NULL UNIQUE,
    sealed  BLOB    NOT NULL,
    until   INTEGER NOT NULL,
    due_at  INTEGER NOT NULL,
    tries   INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX mail_queue_due_at ON mail_queue (due_at);
CREATE INDEX mail_queue_until ON mail_queue (until);

-- +goose Down
DROP TABLE mail_queue;
DROP TABLE audit_events;
DROP TABLE signin_attempts;
DROP TABLE sessions;
DROP TABLE grants;
DROP TABLE users;
DROP TABLE keysets;
