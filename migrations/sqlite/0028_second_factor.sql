-- +goose Up

-- The browser and system of a session, in coarse words. enrolls is 1 until the person has set up the
-- second factor that they must have: the session can do nothing else.
ALTER TABLE sessions ADD COLUMN device TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN enrolls INTEGER NOT NULL DEFAULT 0 CHECK (enrolls IN (0, 1));

-- The seeds of one-time passwords, sealed. last_step is that of the last code that was accepted, in
-- periods since 1970: neither it nor an earlier one works again.
CREATE TABLE second_factors (
    user_id    TEXT    NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    sealed     BLOB    NOT NULL,
    created_at INTEGER NOT NULL,
    last_step  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Recovery codes that are unused, as keyed hashes.
CREATE TABLE recovery_codes (
    user_id  TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    code_mac BLOB NOT NULL,
    PRIMARY KEY (user_id, code_mac)
) STRICT, WITHOUT ROWID;

CREATE TABLE signin_settings (
    one                   INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    require_second_factor INTEGER NOT NULL CHECK (require_second_factor IN (0, 1))
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE signin_settings;
DROP TABLE recovery_codes;
DROP TABLE second_factors;
ALTER TABLE sessions DROP COLUMN enrolls;
ALTER TABLE sessions DROP COLUMN device;
