-- +goose Up

-- What is known of the installation as a whole. setting_up is 1 from the first admin on, until an admin
-- closes the set-up. mail_tested is 1 once a mail server accepted a test email.
CREATE TABLE installation (
    one          SMALLINT         NOT NULL PRIMARY KEY CHECK (one = 1),
    organization TEXT COLLATE "C" NOT NULL DEFAULT '',
    setting_up   SMALLINT         NOT NULL DEFAULT 0 CHECK (setting_up IN (0, 1)),
    mail_tested  SMALLINT         NOT NULL DEFAULT 0 CHECK (mail_tested IN (0, 1))
);

-- +goose Down
DROP TABLE installation;
