-- +goose Up

-- One row a share, kept for good. id begins with its time, so that the order of
-- ids is the order of creation; the link's own id is another. item_id and
-- vault_id have no foreign key: the vault may live in another backend. state is
-- "active" until something ended the share; one past expires_at is expired
-- whether or not the sweeper has said so. title is sealed, NULL once erased.
-- erase_at is when the sealed bytes are due, due_at when the sweeper has to look
-- at the share again, NULL when never. Times are in Unix seconds.
CREATE TABLE shares (
    id           TEXT    NOT NULL PRIMARY KEY,
    link_id      BLOB    NOT NULL UNIQUE,
    token_hash   BLOB    NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    max_views    INTEGER NOT NULL,
    audience     TEXT    NOT NULL CHECK (audience IN ('anyone', 'recipients')),
    owner_id     TEXT    NOT NULL REFERENCES users (id),
    vault_id     TEXT    NOT NULL,
    item_id      TEXT    NOT NULL,
    item_version INTEGER NOT NULL,
    title        BLOB,
    files        INTEGER NOT NULL CHECK (files IN (0, 1)),
    largest_file INTEGER NOT NULL,
    bytes        INTEGER NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('active', 'expired', 'viewed', 'revoked')),
    views        INTEGER NOT NULL DEFAULT 0,
    ended_at     INTEGER NOT NULL DEFAULT 0,
    wrong_tries  INTEGER NOT NULL DEFAULT 0,
    refused_at   INTEGER NOT NULL DEFAULT 0,
    erase_at     INTEGER NOT NULL,
    due_at       INTEGER
) STRICT;
-- The history's lists: each range of them ends in order of id.
CREATE INDEX shares_state ON shares (state, id);
CREATE INDEX shares_owner ON shares (owner_id, state, id);
CREATE INDEX shares_vault ON shares (vault_id, state, owner_id, id);
CREATE INDEX shares_item ON shares (item_id, state, owner_id, id);
-- The sweeper's.
CREATE INDEX shares_due_at ON shares (state, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX shares_ended_at ON shares (ended_at) WHERE ended_at > 0 AND title IS NOT NULL;

-- The sealed copy of the item, gone once the share has ended and its last view is over.
CREATE TABLE share_content (
    share_id   TEXT NOT NULL PRIMARY KEY REFERENCES shares (id),
    nonce      BLOB NOT NULL,
    ciphertext BLOB NOT NULL
) STRICT;

-- Sealed chunks of files. They are written before their share is made, so
-- share_id has no foreign key; until then share_stages has a row of it.
CREATE TABLE share_chunks (
    share_id TEXT    NOT NULL,
    file     INTEGER NOT NULL,
    chunk    INTEGER NOT NULL,
    sealed   BLOB    NOT NULL,
    PRIMARY KEY (share_id, file, chunk)
) STRICT;

CREATE TABLE share_stages (
    share_id  TEXT    NOT NULL PRIMARY KEY,
    staged_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX share_stages_staged_at ON share_stages (staged_at);

-- address is sealed, mac the keyed hash of its canonical form; both are NULL once
-- erased. owner_id and state repeat the share's, for the history's search.
CREATE TABLE share_recipients (
    share_id   TEXT    NOT NULL REFERENCES shares (id),
    position   INTEGER NOT NULL,
    kind       TEXT    NOT NULL CHECK (kind IN ('email', 'domain')),
    address    BLOB,
    mac        BLOB,
    removed_at INTEGER NOT NULL DEFAULT 0,
    codes      INTEGER NOT NULL DEFAULT 0,
    views      INTEGER NOT NULL DEFAULT 0,
    owner_id   TEXT    NOT NULL,
    state      TEXT    NOT NULL,
    PRIMARY KEY (share_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX share_recipients_mac ON share_recipients (mac, state, owner_id, share_id);

-- How often each proven address has opened.
CREATE TABLE share_viewers (
    share_id    TEXT    NOT NULL REFERENCES shares (id),
    address_mac BLOB    NOT NULL,
    views       INTEGER NOT NULL,
    PRIMARY KEY (share_id, address_mac)
) STRICT, WITHOUT ROWID;

-- Each opening. view is the browser's random number; until then it may be
-- repeated. The address, sealed and hashed, is NULL where anyone may open.
CREATE TABLE share_views (
    share_id    TEXT    NOT NULL REFERENCES shares (id),
    view        BLOB    NOT NULL,
    opened_at   INTEGER NOT NULL,
    until       INTEGER NOT NULL,
    address     BLOB,
    address_mac BLOB,
    domain_mac  BLOB,
    agent       TEXT    NOT NULL,
    PRIMARY KEY (share_id, view)
) STRICT, WITHOUT ROWID;
CREATE INDEX share_views_opened_at ON share_views (share_id, opened_at);

-- Codes by their keyed hashes. Of one address at most one has no view: the
-- newest. A used one stays while its view may be repeated.
CREATE TABLE share_codes (
    share_id    TEXT    NOT NULL REFERENCES shares (id),
    address_mac BLOB    NOT NULL,
    code_mac    BLOB    NOT NULL,
    domain_mac  BLOB    NOT NULL,
    expires_at  INTEGER NOT NULL,
    tries       INTEGER NOT NULL DEFAULT 0,
    view        BLOB,
    PRIMARY KEY (share_id, address_mac, code_mac)
) STRICT, WITHOUT ROWID;
CREATE INDEX share_codes_expires_at ON share_codes (expires_at);

-- What the limits on codes count, for a day: codes asked for, and wrong tries.
CREATE TABLE share_code_log (
    id          INTEGER NOT NULL PRIMARY KEY,
    share_id    TEXT    NOT NULL REFERENCES shares (id),
    address_mac BLOB    NOT NULL,
    at          INTEGER NOT NULL,
    wrong       INTEGER NOT NULL CHECK (wrong IN (0, 1))
) STRICT;
CREATE INDEX share_code_log_share ON share_code_log (share_id, at);
CREATE INDEX share_code_log_at ON share_code_log (at);

-- One-use tokens of the requests that made a share, for a day. share_id has no
-- foreign key: the row comes before the share's, in one transaction.
CREATE TABLE share_requests (
    owner_id   TEXT    NOT NULL REFERENCES users (id),
    key        BLOB    NOT NULL,
    share_id   TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (owner_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX share_requests_created_at ON share_requests (created_at);

-- The account's rules, under "", and those of vaults that have some: JSON.
CREATE TABLE share_policies (
    vault_id   TEXT    NOT NULL PRIMARY KEY,
    rules      TEXT    NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;

-- +goose Down
DROP TABLE share_policies;
DROP TABLE share_requests;
DROP TABLE share_code_log;
DROP TABLE share_codes;
DROP TABLE share_views;
DROP TABLE share_viewers;
DROP TABLE share_recipients;
DROP TABLE share_stages;
DROP TABLE share_chunks;
DROP TABLE share_content;
DROP TABLE shares;
