-- +goose Up

-- Viewing without revealing: titles and fields, never a concealed value. Who edits reveals too.
ALTER TABLE grants ADD COLUMN may_reveal INTEGER NOT NULL DEFAULT 1 CHECK (may_reveal IN (0, 1));
ALTER TABLE grants ADD COLUMN may_edit INTEGER NOT NULL DEFAULT 0 CHECK (may_edit IN (0, 1));

-- +goose Down
ALTER TABLE grants DROP COLUMN may_edit;
ALTER TABLE grants DROP COLUMN may_reveal;
