-- +goose Up

-- A service account that may manage people, groups and who may do what in vaults.
ALTER TABLE service_accounts ADD COLUMN may_manage_people INTEGER NOT NULL DEFAULT 0
    CHECK (may_manage_people IN (0, 1));

-- +goose Down
ALTER TABLE service_accounts DROP COLUMN may_manage_people;
