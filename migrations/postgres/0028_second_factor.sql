-- +goose Up

-- The browser and system of a session, in coarse words. enrolls is 1 until the person has set up the
-- second factor that they must have: the session can do nothing else.
ALTER TABLE sessions ADD COLUMN device TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN enrolls SMALLINT NOT NULL DEFAULT 0 CHECK (enrolls IN (0, 1));

-- The seeds of one-time passwords, sealed. last_step is that of the last code that was accepted, in
-- periods since 1970: neither it nor an earlier one works again.
CREATE TABLE second_factors (
    user_id    TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    sealed     BYTEA            NOT NULL,
    created_at BIGINT           NOT NULL,
    last_step  BIGINT           NOT NULL
);

-- Recovery codes that are unused, as keyed hashes.
CREATE TABLE recovery_codes (
    user_id  TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    code_mac BYTEA            NOT NULL,
    PRIMARY KEY (user_id, code_mac)
);

CREATE TABLE signin_settings (
    one                   SMALLINT NOT NULL PRIMARY KEY CHECK (one = 1),
    require_second_factor SMALLINT NOT NULL CHECK (require_second_factor IN (0, 1))
);

-- +goose Down
DROP TABLE signin_settings;
DROP TABLE recovery_codes;
DROP TABLE second_factors;
ALTER TABLE sessions DROP COLUMN enrolls;
ALTER TABLE sessions DROP COLUMN device;
