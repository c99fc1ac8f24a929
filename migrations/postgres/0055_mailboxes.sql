-- +goose Up

-- What address.Mailbox and address.DomainOf return of a person's address, by which the people among a
-- share's recipients are found. NULL for a removed person and a service account, who have no address.
ALTER TABLE users ADD COLUMN mailbox TEXT COLLATE "C" GENERATED ALWAYS AS (
    CASE
        WHEN strpos(email, '@') = 0 THEN NULL
        WHEN substr(email, strpos(email, '@')) IN ('@gmail.com', '@googlemail.com') THEN replace(substr(email, 1,
            CASE WHEN strpos(email, '+') BETWEEN 2 AND strpos(email, '@')
                THEN strpos(email, '+') ELSE strpos(email, '@') END - 1), '.', '') || '@gmail.com'
        ELSE substr(email, 1,
            CASE WHEN strpos(email, '+') BETWEEN 2 AND strpos(email, '@')
                THEN strpos(email, '+') ELSE strpos(email, '@') END - 1) || substr(email, strpos(email, '@'))
    END
) STORED;
ALTER TABLE users ADD COLUMN domain TEXT COLLATE "C" GENERATED ALWAYS AS (
    CASE WHEN strpos(email, '@') > 0 THEN substr(email, strpos(email, '@') + 1) END
) STORED;
CREATE INDEX users_mailbox ON users (mailbox);
CREATE INDEX users_domain ON users (domain);

-- +goose Down
DROP INDEX users_domain;
DROP INDEX users_mailbox;
ALTER TABLE users DROP COLUMN domain;
ALTER TABLE users DROP COLUMN mailbox;
