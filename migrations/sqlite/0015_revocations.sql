-- +goose Up

-- Orders to revoke the active links that break a policy, given when it was saved. vault_id is ''
-- for those of every vault. rules are the policies of that moment, JSON: the account's under ''.
-- Links are judged from the newest on: those from the id judged_to on have been, none of them
-- while it is ''. total is how many active links there were, 0 until they are counted. worker
-- works on the order until leased_until; another one may afterwards. Times are in Unix seconds;
-- ended_at and outcome are 0 and '' while the order goes on.
CREATE TABLE share_revocations (
    id           TEXT    NOT NULL PRIMARY KEY,
    vault_id     TEXT    NOT NULL,
    rules        TEXT    NOT NULL,
    ordered_by   TEXT    NOT NULL,
    ordered_at   INTEGER NOT NULL,
    total        INTEGER NOT NULL DEFAULT 0,
    judged       INTEGER NOT NULL DEFAULT 0,
    judged_to    TEXT    NOT NULL DEFAULT '',
    revoked      INTEGER NOT NULL DEFAULT 0,
    native       INTEGER NOT NULL DEFAULT 0,
    worker       TEXT    NOT NULL,
    leased_until INTEGER NOT NULL,
    ended_at     INTEGER NOT NULL DEFAULT 0,
    outcome      TEXT    NOT NULL DEFAULT '' CHECK (outcome IN ('', 'done', 'replaced'))
) STRICT, WITHOUT ROWID;
CREATE INDEX share_revocations_ended_at ON share_revocations (ended_at, id);

-- +goose Down
DROP TABLE share_revocations;
