-- +goose Up

-- The email with a code, "" for none, and since when and why it is not delivered: 0 for delivered or
-- not tried yet. mail_retry_at is 0 once it was given up. The reason is sealed.
ALTER TABLE user_codes ADD COLUMN mail_id TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE user_codes ADD COLUMN mail_failed_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE user_codes ADD COLUMN mail_retry_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE user_codes ADD COLUMN mail_reason BYTEA;
CREATE INDEX user_codes_mail ON user_codes (mail_id);
CREATE INDEX user_codes_mail_failed ON user_codes (mail_failed_at);

-- +goose Down
DROP INDEX user_codes_mail_failed;
DROP INDEX user_codes_mail;
ALTER TABLE user_codes DROP COLUMN mail_reason;
ALTER TABLE user_codes DROP COLUMN mail_retry_at;
ALTER TABLE user_codes DROP COLUMN mail_failed_at;
ALTER TABLE user_codes DROP COLUMN mail_id;
