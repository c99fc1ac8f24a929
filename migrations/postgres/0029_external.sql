-- +goose Up

-- Who signs in with an identity provider, by its ID of them.
CREATE TABLE external_identities (
    issuer   TEXT COLLATE "C" NOT NULL,
    subject  TEXT COLLATE "C" NOT NULL,
    user_id  TEXT COLLATE "C" NOT NULL UNIQUE REFERENCES users (id) ON DELETE CASCADE,
    bound_at BIGINT           NOT NULL,
    PRIMARY KEY (issuer, subject)
);

-- People's passkeys: public keys and counters, as JSON of the library. Times are in Unix seconds.
CREATE TABLE passkeys (
    id         BYTEA            NOT NULL PRIMARY KEY,
    user_id    TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name       TEXT COLLATE "C" NOT NULL,
    credential BYTEA            NOT NULL,
    created_at BIGINT           NOT NULL,
    last_used  BIGINT           NOT NULL DEFAULT 0
);
CREATE INDEX passkeys_user ON passkeys (user_id, created_at);

-- +goose Down
DROP TABLE passkeys;
DROP TABLE external_identities;
