-- +goose Up

-- name_key is the name in lower case, by which names are unique.
CREATE TABLE user_groups (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name       TEXT COLLATE "C" NOT NULL,
    name_key   TEXT COLLATE "C" NOT NULL UNIQUE,
    created_at BIGINT           NOT NULL
);

-- Members are people, never service accounts.
CREATE TABLE group_members (
    group_id TEXT COLLATE "C" NOT NULL REFERENCES user_groups (id) ON DELETE CASCADE,
    user_id  TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (group_id, user_id)
);
CREATE INDEX group_members_user ON group_members (user_id, group_id);

-- As grants: what each member may do in a vault, beside what other rows give them.
CREATE TABLE group_grants (
    group_id   TEXT COLLATE "C" NOT NULL REFERENCES user_groups (id) ON DELETE CASCADE,
    vault_id   TEXT COLLATE "C" NOT NULL,
    may_view   SMALLINT         NOT NULL CHECK (may_view = 1),
    may_reveal SMALLINT         NOT NULL CHECK (may_reveal IN (0, 1)),
    may_share  SMALLINT         NOT NULL CHECK (may_share IN (0, 1)),
    may_edit   SMALLINT         NOT NULL CHECK (may_edit IN (0, 1)),
    may_manage SMALLINT         NOT NULL CHECK (may_manage IN (0, 1)),
    PRIMARY KEY (group_id, vault_id)
);
CREATE INDEX group_grants_vault ON group_grants (vault_id, group_id);

-- Managing a vault: its name, its archive and who may do what.
ALTER TABLE grants ADD COLUMN may_manage SMALLINT NOT NULL DEFAULT 0 CHECK (may_manage IN (0, 1));

-- Unix seconds, 0 for a vault that is not archived. In an archived one only managing counts.
ALTER TABLE vaults ADD COLUMN archived_at BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE vaults DROP COLUMN archived_at;
ALTER TABLE grants DROP COLUMN may_manage;
DROP TABLE group_grants;
DROP TABLE group_members;
DROP TABLE user_groups;
