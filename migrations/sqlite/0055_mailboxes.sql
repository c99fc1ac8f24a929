-- +goose Up

-- What address.Mailbox and address.DomainOf return of a person's address, by which the people among a
-- share's recipients are found. NULL for a removed person and a service account, who have no address.
ALTER TABLE users ADD COLUMN mailbox TEXT GENERATED ALWAYS AS (
    CASE
        WHEN instr(email, '@') = 0 THEN NULL
        WHEN substr(email, instr(email, '@')) IN ('@gmail.com', '@googlemail.com') THEN replace(substr(email, 1,
            CASE WHEN instr(email, '+') BETWEEN 2 AND instr(email, '@')
                THEN instr(email, '+') ELSE instr(email, '@') END - 1), '.', '') || '@gmail.com'
        ELSE substr(email, 1,
            CASE WHEN instr(email, '+') BETWEEN 2 AND instr(email, '@')
                THEN instr(email, '+') ELSE instr(email, '@') END - 1) || substr(email, instr(email, '@'))
    END
) VIRTUAL;
ALTER TABLE users ADD COLUMN domain TEXT GENERATED ALWAYS AS (
    CASE WHEN instr(email, '@') > 0 THEN substr(email, instr(email, '@') + 1) END
) VIRTUAL;
CREATE INDEX users_mailbox ON users (mailbox);
CREATE INDEX users_domain ON users (domain);

-- +goose Down
DROP INDEX users_domain;
DROP INDEX users_mailbox;
ALTER TABLE users DROP COLUMN domain;
ALTER TABLE users DROP COLUMN mailbox;
