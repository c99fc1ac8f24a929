-- +goose Up

-- Imports in the browser. sealed holds the file's name, the choices and the summary. touched_at is the
-- last sign of life: an import is erased a day after it, and at once where it is 0.
CREATE TABLE imports (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    user_id    TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    state      TEXT COLLATE "C" NOT NULL,
    created_at BIGINT           NOT NULL,
    touched_at BIGINT           NOT NULL,
    done       BIGINT           NOT NULL,
    total      BIGINT           NOT NULL,
    sealed     BYTEA            NOT NULL
);
CREATE INDEX imports_user ON imports (user_id, id);
CREATE INDEX imports_touched_at ON imports (touched_at);

-- The file as it came, and lists of what becomes of its entries, in sealed pieces.
CREATE TABLE import_chunks (
    import_id TEXT COLLATE "C" NOT NULL REFERENCES imports (id),
    part      TEXT COLLATE "C" NOT NULL,
    number    BIGINT           NOT NULL,
    sealed    BYTEA            NOT NULL,
    PRIMARY KEY (import_id, part, number)
);

-- +goose Down
DROP TABLE import_chunks;
DROP TABLE imports;
