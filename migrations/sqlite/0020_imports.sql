-- +goose Up

-- Imports in the browser. sealed holds the file's name, the choices and the summary. touched_at is the
-- last sign of life: an import is erased a day after it, and at once where it is 0.
CREATE TABLE imports (
    id         TEXT    NOT NULL PRIMARY KEY,
    user_id    TEXT    NOT NULL REFERENCES users (id),
    state      TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    touched_at INTEGER NOT NULL,
    done       INTEGER NOT NULL,
    total      INTEGER NOT NULL,
    sealed     BLOB    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX imports_user ON imports (user_id, id);
CREATE INDEX imports_touched_at ON imports (touched_at);

-- The file as it came, and lists of what becomes of its entries, in sealed pieces.
CREATE TABLE import_chunks (
    import_id TEXT    NOT NULL REFERENCES imports (id),
    part      TEXT    NOT NULL,
    number    INTEGER NOT NULL,
    sealed    BLOB    NOT NULL,
    PRIMARY KEY (import_id, part, number)
) STRICT;

-- +goose Down
DROP TABLE import_chunks;
DROP TABLE imports;
