-- +goose Up

-- Who signs in with an identity provider, by its ID of them.
CREATE TABLE external_identities (
    issuer   TEXT    NOT NULL,
    subject  TEXT    NOT NULL,
    user_id  TEXT    NOT NULL UNIQUE REFERENCES users (id) ON DELETE CASCADE,
    bound_at INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;

-- People's passkeys: public keys and counters, as JSON of the library. Times are in Unix seconds.
CREATE TABLE passkeys (
    id         BLOB    NOT NULL PRIMARY KEY,
    user_id    TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name       TEXT    NOT NULL,
    credential BLOB    NOT NULL,
    created_at INTEGER NOT NULL,
    last_used  INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX passkeys_user ON passkeys (user_id, created_at);

-- +goose Down
DROP TABLE passkeys;
DROP TABLE external_identities;
