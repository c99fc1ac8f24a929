-- +goose Up

-- Orders to revoke the active links that break a policy, given when it was saved. vault_id is ''
-- for those of every vault. rules are the policies of that moment, JSON: the account's under ''.
-- Links are judged from the newest on: those from the id judged_to on have been, none of them
-- while it is ''. total is how many active links there were, 0 until they are counted. worker
-- works on the order until leased_until; another one may afterwards. Times are in Unix seconds;
-- ended_at and outcome are 0 and '' while the order goes on.
CREATE TABLE share_revocations (
    id           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    vault_id     TEXT COLLATE "C" NOT NULL,
    rules        TEXT COLLATE "C" NOT NULL,
    ordered_by   TEXT COLLATE "C" NOT NULL,
    ordered_at   BIGINT NOT NULL,
    total        BIGINT NOT NULL DEFAULT 0,
    judged       BIGINT NOT NULL DEFAULT 0,
    judged_to    TEXT COLLATE "C" NOT NULL DEFAULT '',
    revoked      BIGINT NOT NULL DEFAULT 0,
    native       BIGINT NOT NULL DEFAULT 0,
    worker       TEXT COLLATE "C" NOT NULL,
    leased_until BIGINT NOT NULL,
    ended_at     BIGINT NOT NULL DEFAULT 0,
    outcome      TEXT COLLATE "C" NOT NULL DEFAULT '' CHECK (outcome IN ('', 'done', 'replaced'))
);
CREATE INDEX share_revocations_ended_at ON share_revocations (ended_at, id);

-- +goose Down
DROP TABLE share_revocations;
