-- +goose Up

-- One row a share, kept for good. id begins with its time, so that the order of
-- ids is the order of creation; the link's own id is another. item_id and
-- vault_id have no foreign key: the vault may live in another backend. state is
-- "active" until something ended the share; one past expires_at is expired
-- whether or not the sweeper has said so. title is sealed, NULL once erased.
-- erase_at is when the sealed bytes are due, due_at when the sweeper has to look
-- at the share again, NULL when never. Times are in Unix seconds.
CREATE TABLE shares (
    id           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    link_id      BYTEA            NOT NULL UNIQUE,
    token_hash   BYTEA            NOT NULL,
    created_at   BIGINT           NOT NULL,
    expires_at   BIGINT           NOT NULL,
    max_views    BIGINT           NOT NULL,
    audience     TEXT COLLATE "C" NOT NULL CHECK (audience IN ('anyone', 'recipients')),
    owner_id     TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    vault_id     TEXT COLLATE "C" NOT NULL,
    item_id      TEXT COLLATE "C" NOT NULL,
    item_version BIGINT           NOT NULL,
    title        BYTEA,
    files        SMALLINT         NOT NULL CHECK (files IN (0, 1)),
    largest_file BIGINT           NOT NULL,
    bytes        BIGINT           NOT NULL,
    state        TEXT COLLATE "C" NOT NULL CHECK (state IN ('active', 'expired', 'viewed', 'revoked')),
    views        BIGINT           NOT NULL DEFAULT 0,
    ended_at     BIGINT           NOT NULL DEFAULT 0,
    wrong_tries  BIGINT           NOT NULL DEFAULT 0,
    refused_at   BIGINT           NOT NULL DEFAULT 0,
    erase_at     BIGINT           NOT NULL,
    due_at       BIGINT
);
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
    share_id   TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES shares (id),
    nonce      BYTEA            NOT NULL,
    ciphertext BYTEA            NOT NULL
);

-- Sealed chunks of files. They are written before their share is made, so
-- share_id has no foreign key; until then share_stages has a row of it.
CREATE TABLE share_chunks (
    share_id TEXT COLLATE "C" NOT NULL,
    file     BIGINT           NOT NULL,
    chunk    BIGINT           NOT NULL,
    sealed   BYTEA            NOT NULL,
    PRIMARY KEY (share_id, file, chunk)
);

CREATE TABLE share_stages (
    share_id  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    staged_at BIGINT           NOT NULL
);
CREATE INDEX share_stages_staged_at ON share_stages (staged_at);

-- address is sealed, mac the keyed hash of its canonical form; both are NULL once
-- erased. owner_id and state repeat the share's, for the history's search.
CREATE TABLE share_recipients (
    share_id   TEXT COLLATE "C" NOT NULL REFERENCES shares (id),
    position   BIGINT           NOT NULL,
    kind       TEXT COLLATE "C" NOT NULL CHECK (kind IN ('email', 'domain')),
    address    BYTEA,
    mac        BYTEA,
    removed_at BIGINT           NOT NULL DEFAULT 0,
    codes      BIGINT           NOT NULL DEFAULT 0,
    views      BIGINT           NOT NULL DEFAULT 0,
    owner_id   TEXT COLLATE "C" NOT NULL,
    state      TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (share_id, position)
);
CREATE INDEX share_recipients_mac ON share_recipients (mac, state, owner_id, share_id);

-- How often each proven address has opened.
CREATE TABLE share_viewers (
    share_id    TEXT COLLATE "C" NOT NULL REFERENCES shares (id),
    address_mac BYTEA            NOT NULL,
    views       BIGINT           NOT NULL,
    PRIMARY KEY (share_id, address_mac)
);

-- Each opening. view is the browser's random number; until then it may be
-- repeated. The address, sealed and hashed, is NULL where anyone may open.
CREATE TABLE share_views (
    share_id    TEXT COLLATE "C" NOT NULL REFERENCES shares (id),
    view        BYTEA            NOT NULL,
    opened_at   BIGINT           NOT NULL,
    until       BIGINT           NOT NULL,
    address     BYTEA,
    address_mac BYTEA,
    domain_mac  BYTEA,
    agent       TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (share_id, view)
);
CREATE INDEX share_views_opened_at ON share_views (share_id, opened_at);

-- Codes by their keyed hashes. Of one address at most one has no view: the
-- newest. A used one stays while its view may be repeated.
CREATE TABLE share_codes (
    share_id    TEXT COLLATE "C" NOT NULL REFERENCES shares (id),
    address_mac BYTEA            NOT NULL,
    code_mac    BYTEA            NOT NULL,
    domain_mac  BYTEA            NOT NULL,
    expires_at  BIGINT           NOT NULL,
    tries       BIGINT           NOT NULL DEFAULT 0,
    view        BYTEA,
    PRIMARY KEY (share_id, address_mac, code_mac)
);
CREATE INDEX share_codes_expires_at ON share_codes (expires_at);

-- What the limits on codes count, for a day: codes asked for, and wrong tries.
CREATE TABLE share_code_log (
    id          BIGINT           NOT NULL GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    share_id    TEXT COLLATE "C" NOT NULL REFERENCES shares (id),
    address_mac BYTEA            NOT NULL,
    at          BIGINT           NOT NULL,
    wrong       SMALLINT         NOT NULL CHECK (wrong IN (0, 1))
);
CREATE INDEX share_code_log_share ON share_code_log (share_id, at);
CREATE INDEX share_code_log_at ON share_code_log (at);

-- One-use tokens of the requests that made a share, for a day. share_id has no
-- foreign key: the row comes before the share's, in one transaction.
CREATE TABLE share_requests (
    owner_id   TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    key        BYTEA            NOT NULL,
    share_id   TEXT COLLATE "C" NOT NULL,
    created_at BIGINT           NOT NULL,
    PRIMARY KEY (owner_id, key)
);
CREATE INDEX share_requests_created_at ON share_requests (created_at);

-- The account's rules, under "", and those of vaults that have some: JSON.
CREATE TABLE share_policies (
    vault_id   TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    rules      TEXT COLLATE "C" NOT NULL,
    changed_at BIGINT           NOT NULL
);

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
