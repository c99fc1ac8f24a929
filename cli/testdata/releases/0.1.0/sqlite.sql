CREATE TABLE goose_db_version (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		version_id INTEGER NOT NULL,
		is_applied INTEGER NOT NULL,
		tstamp TIMESTAMP DEFAULT (datetime('now'))
	);
CREATE TABLE keysets (
    purpose TEXT NOT NULL PRIMARY KEY,
    wrapped BLOB NOT NULL
) STRICT;
CREATE TABLE users (
    id            TEXT    NOT NULL PRIMARY KEY,
    email         TEXT    NOT NULL UNIQUE,
    name          TEXT    NOT NULL,
    role          TEXT    NOT NULL CHECK (role IN ('admin', 'member')),
    password_hash TEXT    NOT NULL,
    disabled      INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
    created_at    INTEGER NOT NULL
, kind TEXT NOT NULL DEFAULT 'person' CHECK (kind IN ('person', 'program')), pending INTEGER NOT NULL DEFAULT 0 CHECK (pending IN (0, 1)), removed_at INTEGER NOT NULL DEFAULT 0, last_seen INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE grants (
    user_id   TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    vault_id  TEXT    NOT NULL,
    may_view  INTEGER NOT NULL CHECK (may_view = 1),
    may_share INTEGER NOT NULL CHECK (may_share IN (0, 1)), may_reveal INTEGER NOT NULL DEFAULT 1 CHECK (may_reveal IN (0, 1)), may_edit INTEGER NOT NULL DEFAULT 0 CHECK (may_edit IN (0, 1)),
    PRIMARY KEY (user_id, vault_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE sessions (
    token_hash BLOB    NOT NULL PRIMARY KEY,
    user_id    TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    last_used  INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
, device TEXT NOT NULL DEFAULT '', enrolls INTEGER NOT NULL DEFAULT 0 CHECK (enrolls IN (0, 1))) STRICT, WITHOUT ROWID;
CREATE TABLE audit_events (
    id          INTEGER NOT NULL PRIMARY KEY,
    at          INTEGER NOT NULL,
    kind        TEXT    NOT NULL,
    actor       TEXT    NOT NULL,
    subject     TEXT    NOT NULL,
    detail      BLOB,
    detail_hash BLOB    NOT NULL,
    number      INTEGER,
    hash        BLOB,
    mac         BLOB, address_mac BLOB,
    CHECK ((number IS NULL) = (hash IS NULL) AND (number IS NULL) = (mac IS NULL))
) STRICT;
CREATE TABLE mail_queue (
    id      TEXT    NOT NULL PRIMARY KEY,
    topic   BLOB    NOT NULL UNIQUE,
    sealed  BLOB    NOT NULL,
    until   INTEGER NOT NULL,
    due_at  INTEGER NOT NULL,
    tries   INTEGER NOT NULL DEFAULT 0
, queued_at INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE vault_changes (
    one     INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    changed INTEGER NOT NULL
) STRICT;
CREATE TABLE vaults (
    id      TEXT    NOT NULL PRIMARY KEY,
    name    BLOB    NOT NULL,
    changed INTEGER NOT NULL
, source BLOB, removed INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
CREATE TABLE items (
    vault_id TEXT    NOT NULL REFERENCES vaults (id),
    id       TEXT    NOT NULL,
    version  INTEGER NOT NULL,
    overview BLOB    NOT NULL,
    stage_id TEXT    NOT NULL, archived_at INTEGER NOT NULL DEFAULT 0, changed INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (vault_id, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE item_bodies (
    stage_id TEXT NOT NULL,
    item_id  TEXT NOT NULL,
    body     BLOB NOT NULL,
    PRIMARY KEY (stage_id, item_id)
) STRICT;
CREATE TABLE item_stages (
    id        TEXT    NOT NULL PRIMARY KEY,
    staged_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE staged_items (
    stage_id TEXT    NOT NULL REFERENCES item_stages (id),
    vault_id TEXT    NOT NULL,
    item_id  TEXT    NOT NULL,
    version  INTEGER NOT NULL,
    overview BLOB    NOT NULL, base INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (stage_id, item_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE files (
    id       TEXT NOT NULL PRIMARY KEY,
    vault_id TEXT NOT NULL,
    item_id  TEXT NOT NULL,
    stage_id TEXT REFERENCES item_stages (id)
, gone_version INTEGER) STRICT, WITHOUT ROWID;
CREATE TABLE file_chunks (
    file_id TEXT    NOT NULL REFERENCES files (id) ON DELETE CASCADE,
    number  INTEGER NOT NULL,
    sealed  BLOB    NOT NULL,
    PRIMARY KEY (file_id, number)
) STRICT;
CREATE TABLE shares (
    id           TEXT    NOT NULL PRIMARY KEY,
    link_id      BLOB    NOT NULL UNIQUE,
    token_hash   BLOB    NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    max_views    INTEGER NOT NULL,
    audience     TEXT    NOT NULL CHECK (audience IN ('anyone', 'recipients')),
    owner_id     TEXT    NOT NULL REFERENCES users (id),
    vault_id     TEXT    NOT NULL,
    item_id      TEXT    NOT NULL,
    item_version INTEGER NOT NULL,
    title        BLOB,
    files        INTEGER NOT NULL CHECK (files IN (0, 1)),
    largest_file INTEGER NOT NULL,
    bytes        INTEGER NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('active', 'expired', 'viewed', 'revoked')),
    views        INTEGER NOT NULL DEFAULT 0,
    ended_at     INTEGER NOT NULL DEFAULT 0,
    wrong_tries  INTEGER NOT NULL DEFAULT 0,
    refused_at   INTEGER NOT NULL DEFAULT 0,
    erase_at     INTEGER NOT NULL,
    due_at       INTEGER
, native INTEGER NOT NULL DEFAULT 0 CHECK (native IN (0, 1)), day INTEGER NOT NULL DEFAULT 0, day_views INTEGER NOT NULL DEFAULT 0, included BLOB) STRICT;
CREATE TABLE share_content (
    share_id   TEXT NOT NULL PRIMARY KEY REFERENCES shares (id),
    nonce      BLOB NOT NULL,
    ciphertext BLOB NOT NULL
) STRICT;
CREATE TABLE share_chunks (
    share_id TEXT    NOT NULL,
    file     INTEGER NOT NULL,
    chunk    INTEGER NOT NULL,
    sealed   BLOB    NOT NULL,
    PRIMARY KEY (share_id, file, chunk)
) STRICT;
CREATE TABLE share_stages (
    share_id  TEXT    NOT NULL PRIMARY KEY,
    staged_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE share_recipients (
    share_id   TEXT    NOT NULL REFERENCES shares (id),
    position   INTEGER NOT NULL,
    kind       TEXT    NOT NULL CHECK (kind IN ('email', 'domain')),
    address    BLOB,
    mac        BLOB,
    removed_at INTEGER NOT NULL DEFAULT 0,
    codes      INTEGER NOT NULL DEFAULT 0,
    views      INTEGER NOT NULL DEFAULT 0,
    owner_id   TEXT    NOT NULL,
    state      TEXT    NOT NULL,
    PRIMARY KEY (share_id, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE share_viewers (
    share_id    TEXT    NOT NULL REFERENCES shares (id),
    address_mac BLOB    NOT NULL,
    views       INTEGER NOT NULL,
    PRIMARY KEY (share_id, address_mac)
) STRICT, WITHOUT ROWID;
CREATE TABLE share_views (
    share_id    TEXT    NOT NULL REFERENCES shares (id),
    view        BLOB    NOT NULL,
    opened_at   INTEGER NOT NULL,
    until       INTEGER NOT NULL,
    address     BLOB,
    address_mac BLOB,
    domain_mac  BLOB,
    agent       TEXT    NOT NULL,
    PRIMARY KEY (share_id, view)
) STRICT, WITHOUT ROWID;
CREATE TABLE share_codes (
    share_id    TEXT    NOT NULL REFERENCES shares (id),
    address_mac BLOB    NOT NULL,
    code_mac    BLOB    NOT NULL,
    domain_mac  BLOB    NOT NULL,
    expires_at  INTEGER NOT NULL,
    tries       INTEGER NOT NULL DEFAULT 0,
    view        BLOB,
    PRIMARY KEY (share_id, address_mac, code_mac)
) STRICT, WITHOUT ROWID;
CREATE TABLE share_code_log (
    id          INTEGER NOT NULL PRIMARY KEY,
    share_id    TEXT    NOT NULL REFERENCES shares (id),
    address_mac BLOB    NOT NULL,
    at          INTEGER NOT NULL,
    wrong       INTEGER NOT NULL CHECK (wrong IN (0, 1))
, withheld INTEGER NOT NULL DEFAULT 0 CHECK (withheld IN (0, 1))) STRICT;
CREATE TABLE share_requests (
    owner_id   TEXT    NOT NULL REFERENCES users (id),
    key        BLOB    NOT NULL,
    share_id   TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (owner_id, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE share_policies (
    vault_id   TEXT    NOT NULL PRIMARY KEY,
    rules      TEXT    NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;
CREATE TABLE service_accounts (
    user_id    TEXT   NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    token_hash BLOB   NOT NULL UNIQUE,
    created_by TEXT   NOT NULL,
    expires_at INTEGER NOT NULL,
    last_used  INTEGER NOT NULL DEFAULT 0,
    revoked_at INTEGER NOT NULL DEFAULT 0
, may_read_events INTEGER NOT NULL DEFAULT 0
    CHECK (may_read_events IN (0, 1))) STRICT, WITHOUT ROWID;
CREATE TABLE share_settings (
    one        INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    links_by   TEXT    NOT NULL CHECK (links_by IN ('native', 'itemshare')),
    changed_at INTEGER NOT NULL
) STRICT;
CREATE TABLE mail_failures (
    topic      BLOB    NOT NULL PRIMARY KEY,
    message_id TEXT    NOT NULL,
    share_id   TEXT    NOT NULL REFERENCES shares (id),
    failed_at  INTEGER NOT NULL,
    retry_at   INTEGER NOT NULL,
    address    BLOB    NOT NULL,
    reason     BLOB    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE signin_attempts (
    attempt_key BLOB NOT NULL PRIMARY KEY,
    last_at     INTEGER NOT NULL,
    gone_at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE known_browsers (
    token_hash BLOB NOT NULL PRIMARY KEY,
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE warnings (
    name   TEXT NOT NULL PRIMARY KEY,
    detail TEXT NOT NULL,
    at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE share_view_minutes (
    share_id TEXT    NOT NULL REFERENCES shares (id),
    minute   INTEGER NOT NULL,
    views    INTEGER NOT NULL,
    recorded INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (share_id, minute)
) STRICT, WITHOUT ROWID;
CREATE TABLE share_recent_views (
    share_id TEXT    NOT NULL REFERENCES shares (id),
    slot     INTEGER NOT NULL,
    view     BLOB    NOT NULL,
    until    INTEGER NOT NULL,
    PRIMARY KEY (share_id, slot)
) STRICT, WITHOUT ROWID;
CREATE TABLE share_revocations (
    id           TEXT    NOT NULL PRIMARY KEY,
    vault_id     TEXT    NOT NULL,
    rules        TEXT    NOT NULL,
    ordered_by   TEXT    NOT NULL,
    ordered_at   INTEGER NOT NULL,
    total        INTEGER NOT NULL DEFAULT 0,
    judged       INTEGER NOT NULL DEFAULT 0,
    judged_to    TEXT    NOT NULL DEFAULT '',
    revoked      INTEGER NOT NULL DEFAULT 0,
    native       INTEGER NOT NULL DEFAULT 0,
    worker       TEXT    NOT NULL,
    leased_until INTEGER NOT NULL,
    ended_at     INTEGER NOT NULL DEFAULT 0,
    outcome      TEXT    NOT NULL DEFAULT '' CHECK (outcome IN ('', 'done', 'replaced'))
) STRICT, WITHOUT ROWID;
CREATE TABLE audit_checkpoints (
    one      INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    number   INTEGER NOT NULL,
    hash     BLOB NOT NULL,
    at       INTEGER NOT NULL,
    whole_at INTEGER NOT NULL,
    mac      BLOB NOT NULL
) STRICT;
CREATE TABLE item_versions (
    vault_id TEXT    NOT NULL,
    item_id  TEXT    NOT NULL,
    version  INTEGER NOT NULL,
    stage_id TEXT    NOT NULL DEFAULT '',
    overview BLOB    NOT NULL,
    body     BLOB    NOT NULL,
    PRIMARY KEY (vault_id, item_id, version, stage_id)
) STRICT;
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
CREATE TABLE import_chunks (
    import_id TEXT    NOT NULL REFERENCES imports (id),
    part      TEXT    NOT NULL,
    number    INTEGER NOT NULL,
    sealed    BLOB    NOT NULL,
    PRIMARY KEY (import_id, part, number)
) STRICT;
CREATE TABLE user_codes (
    user_id    TEXT    NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    code_mac   BLOB    NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE second_factors (
    user_id    TEXT    NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    sealed     BLOB    NOT NULL,
    created_at INTEGER NOT NULL,
    last_step  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE recovery_codes (
    user_id  TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    code_mac BLOB NOT NULL,
    PRIMARY KEY (user_id, code_mac)
) STRICT, WITHOUT ROWID;
CREATE TABLE signin_settings (
    one                   INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    require_second_factor INTEGER NOT NULL CHECK (require_second_factor IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_last_used ON sessions (last_used);
CREATE INDEX sessions_expires_at ON sessions (expires_at);
CREATE UNIQUE INDEX audit_events_number ON audit_events (number);
CREATE INDEX mail_queue_due_at ON mail_queue (due_at);
CREATE INDEX mail_queue_until ON mail_queue (until);
CREATE INDEX item_stages_staged_at ON item_stages (staged_at);
CREATE INDEX files_item ON files (vault_id, item_id);
CREATE INDEX files_stage ON files (stage_id) WHERE stage_id IS NOT NULL;
CREATE INDEX shares_state ON shares (state, id);
CREATE INDEX shares_owner ON shares (owner_id, state, id);
CREATE INDEX shares_vault ON shares (vault_id, state, owner_id, id);
CREATE INDEX shares_item ON shares (item_id, state, owner_id, id);
CREATE INDEX shares_due_at ON shares (state, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX shares_ended_at ON shares (ended_at) WHERE ended_at > 0 AND title IS NOT NULL;
CREATE INDEX share_stages_staged_at ON share_stages (staged_at);
CREATE INDEX share_recipients_mac ON share_recipients (mac, state, owner_id, share_id);
CREATE INDEX share_views_opened_at ON share_views (share_id, opened_at);
CREATE INDEX share_codes_expires_at ON share_codes (expires_at);
CREATE INDEX share_code_log_share ON share_code_log (share_id, at);
CREATE INDEX share_code_log_at ON share_code_log (at);
CREATE INDEX share_requests_created_at ON share_requests (created_at);
CREATE INDEX mail_failures_share ON mail_failures (share_id, failed_at);
CREATE INDEX mail_failures_failed_at ON mail_failures (failed_at);
CREATE INDEX share_code_log_address ON share_code_log (address_mac, at) WHERE wrong = 0 AND withheld = 0;
CREATE INDEX signin_attempts_gone_at ON signin_attempts (gone_at);
CREATE INDEX known_browsers_user ON known_browsers (user_id, expires_at);
CREATE INDEX known_browsers_expires_at ON known_browsers (expires_at);
CREATE INDEX share_view_minutes_due ON share_view_minutes (minute) WHERE recorded < views;
CREATE INDEX share_recent_views_view ON share_recent_views (share_id, view);
CREATE INDEX share_recent_views_until ON share_recent_views (until);
CREATE INDEX grants_vault ON grants (vault_id, user_id);
CREATE INDEX users_name ON users (kind, name, id);
CREATE INDEX shares_vault_all ON shares (vault_id, state, id);
CREATE INDEX shares_item_all ON shares (item_id, state, id);
CREATE INDEX share_recipients_mac_all ON share_recipients (mac, state, share_id);
CREATE INDEX share_revocations_ended_at ON share_revocations (ended_at, id);
CREATE INDEX audit_events_at ON audit_events (at, id);
CREATE INDEX audit_events_kind ON audit_events (kind, at, id);
CREATE INDEX audit_events_actor_kind ON audit_events (actor, kind, at, id);
CREATE INDEX audit_events_actor ON audit_events (actor, at, id);
CREATE INDEX audit_events_subject ON audit_events (subject, at, id);
CREATE INDEX audit_events_address ON audit_events (address_mac, at, id) WHERE address_mac IS NOT NULL;
CREATE INDEX item_versions_stage ON item_versions (stage_id) WHERE stage_id <> '';
CREATE INDEX imports_user ON imports (user_id, id);
CREATE INDEX imports_touched_at ON imports (touched_at);
CREATE INDEX items_changed ON items (vault_id, changed);
CREATE INDEX service_accounts_created_by ON service_accounts (created_by);
INSERT INTO goose_db_version VALUES (1,0,1,'2026-11-30 18:32:45');
INSERT INTO goose_db_version VALUES (2,1,1,'2026-11-30 18:32:45');
INSERT INTO goose_db_version VALUES (3,2,1,'2026-11-30 18:32:45');
INSERT INTO goose_db_version VALUES (4,3,1,'2026-11-30 18:32:45');
INSERT INTO goose_db_version VALUES (5,4,1,'2026-11-30 18:32:45');
INSERT INTO goose_db_version VALUES (6,5,1,'2026-11-30 18:32:45');
INSERT INTO goose_db_version VALUES (7,6,1,'2026-11-30 18:32:45');
INSERT INTO goose_db_version VALUES (8,7,1,'2026-11-30 18:32:45');
INSERT INTO goose_db_version VALUES (9,9,1,'2026-11-30 18:32:45');
INSERT INTO goose_db_version VALUES (10,10,1,'2026-11-30 18:32:45');
INSERT INTO goose_db_version VALUES (11,11,1,'2026-11-30 18:32:45');
INSERT INTO goose_db_version VALUES (12,12,1,'2026-11-30 18:32:45');
INSERT INTO goose_db_version VALUES (13,13,1,'2026-11-30 18:32:45');
INSERT INTO goose_db_version VALUES (14,14,1,'2026-11-30 18:32:45');
INSERT INTO goose_db_version VALUES (15,15,1,'2026-11-30 18:32:45');
INSERT INTO goose_db_version VALUES (16,16,1,'2026-11-30 18:32:45');
INSERT INTO goose_db_version VALUES (17,17,1,'2026-11-30 18:32:45');
INSERT INTO goose_db_version VALUES (18,20,1,'2026-11-30 18:32:45');
INSERT INTO goose_db_version VALUES (19,21,1,'2026-11-30 18:32:45');
INSERT INTO goose_db_version VALUES (20,22,1,'2026-11-30 18:32:45');
INSERT INTO goose_db_version VALUES (21,26,1,'2026-11-30 18:32:45');
INSERT INTO goose_db_version VALUES (22,28,1,'2026-11-30 18:32:45');
INSERT INTO goose_db_version VALUES (23,30,1,'2026-11-30 18:32:45');
INSERT INTO keysets VALUES ('addresses',x'128d014e36196f68def12acf45fc4123594dcd42995506580d0aeae42864ef22ba95935f87f5777665a0889ce799682aea0e709b9504237dcb8f1f923bb5638ea2541002d4c6cbdf84132082e4a128df54d49c92fdb0391f7e0c07f7c2d1dea239d7c588e5045e7091c9f5f589cba8c1d1a919c70c1aa3ff4ba8d26f1a3132fbf3074c2ea8a35991054d8448dac513f7');
INSERT INTO keysets VALUES ('audit',x'128801c0955e6bb9ce78b2286aeae2b78a6c46d9f8e3d7bb86e71fb4cbff35aa63373da76c7e55ee786ec9058c3b7f942858b4ccb6227fbdaef0563f01cf14a11f7bc730df8992105b83e5cb28efde4d0b29c3d47b5125f0a3e5eb6556053ec0465383c30995a90aee73e15d330c363776e896a78527d38e622a8db3278411063fa94fe801fa3af352d670');
INSERT INTO keysets VALUES ('chain',x'128b014eee346f9329aa31118ce0ace37aec6ada44ea5ef6a365a7bc6585f7f2d83675a969c7b8767138587c942abfe0ec6084ca8a37bd87c77a91592fff8dca8cfc5f117a0b7150a1c1d0b4ffced3ad7606ed0cef0c24a7e126e6679260fcb092d47aafc4d3172b05c994e1d54fe9e0e2ce5d4655ae16b45b0235fbf421d19258193adbe435913285e8e55f85d5');
INSERT INTO keysets VALUES ('codes',x'128d016d5d1c2295f833641ec0c2232972bb133020f6a52146b862578a5a8db48539066f30c47d46b9f8ae3b26120fee192c6baa32a4c9d4064f8675d1d6aedf0c830810ff87e1b5649fba12afd64fb04d734c837fa75734ab40b9ba9a781c2623be2a5fcb93c7b3fe43d3a74ef156f5f4fecb3756b650094e40be1e342b1a3f375cd702e21c00b91f4ad5bc35218592');
INSERT INTO keysets VALUES ('cookies',x'128d017ad14891552955eda9dcb244d5ace5216c5a1f4b2b370a4afd8590a89c818e470f1e2dd29a1150daed546c79d4bfb39fdb2f5462766f8e223bc836c70d8542ffd3dfcd7b59ecab11e11256a05e0d66d712cfe497f2ec2dc0b65b05e511709099b4352daa970be0e442e10d4ef04f9481e60a5861a6af4ce3ad2e7312a2da1507d39ab29d2f7193542ce8c70a5a');
INSERT INTO keysets VALUES ('forms',x'1288017d58b10fbc5004e7ec113c2a032419f6b7768bea463f500b4454b64b21b8c8d97c70062d541ee416279e7a77876978165c240166b5cc22f0b5d0d61453e3e3259b81e58bfe7193a0e5d8d4f44f62ed0ca4e43d9a0d8bb6638d399292fd63b56f5460ff56472a3508d4222dcb83fabb1b2dbae3bf54e15af082dd20be48be02be7cc21368a63f8109');
INSERT INTO keysets VALUES ('history',x'128801b61b5c9caa8f920e0f9b22ee387d54325c7620919d70f3462053ddbfb938a9b8aa6746945534865e0161a73da58162fe112b06178e1ae4723bfb4a4537087f8a44faea3fbd0c320e6fd6f2f53e072a4c7d3809f107df5ab12ae2ce987fe97fc8d937107597485f883542cb431f5f3e263660b4c6095f95bf66eee1e5788ac2411289f64363cdd70c');
INSERT INTO keysets VALUES ('items',x'12880166406f17d6afd909273172dac2fa908fbd814d652bd02e35231fb5bc715f499168c2cd3c8c21d1e3be936caac8ba5e0379d935931f56a8ea0585897b8673bf2a7fd4467f2b4494bf16d82b5b31a0125c1aadadcbae839aee4981d0fd688b438927e3be46c5284416acf048716c7859f6729eedd6c4c897460cab88bd61d7fbc6456b7073d03b27b3');
INSERT INTO keysets VALUES ('mail',x'128801e6abef73c08da611f5028db2c54d0adc1500db33888b305ebd2b33e58c706fa9ac63b477a49c4680c4e824a9fc88b0afb258fd05fdc412087beafdb02be04f408bb9a47ea4ffcd7bbab38ebe21319903a882ddef0af8571ca14a9bd6ddb13f31ca0dda8c2c80760325d523192c1aeb74e3841a548f63710ace97ef8e0119f98b79dd3cfd22cf8eee');
INSERT INTO users VALUES ('06h2oks2000sjv3ao2k77pd6ts','ada@example.com','Ada','admin','$argon2id$v=19$m=19456,t=2,p=1$9twY7k59B5BU35qFDpHSnA$OV13aeUDTHTF4jv6Kd0No6idQ7JvmVXESs50rgHB4vs',0,1796040000,'person',0,0,0);
INSERT INTO users VALUES ('06h2oks200cd6da5060ktlu1cs','max@example.com','Max','member','$argon2id$v=19$m=19456,t=2,p=1$PdvRC+7sD3THDz5W/DWILA$nQxnTPR1DBBmXC7TLNw3P2i7mXhP5HDPSZE22X5ESPQ',0,1796040000,'person',0,0,0);
INSERT INTO users VALUES ('06h2oks200iboobtteip23i5qg','06h2oks200iboobtteip23i5qg','Release','member','',0,1796040000,'program',0,0,0);
INSERT INTO grants VALUES ('06h2oks2000sjv3ao2k77pd6ts','06h2oks249t9kecp4li17pcgf8',1,1,1,1);
INSERT INTO grants VALUES ('06h2oks200cd6da5060ktlu1cs','06h2oks249t9kecp4li17pcgf8',1,0,1,0);
INSERT INTO grants VALUES ('06h2oks200iboobtteip23i5qg','06h2oks249t9kecp4li17pcgf8',1,1,1,1);
INSERT INTO audit_events VALUES (1,1796040000207,'user.added','','06h2oks2000sjv3ao2k77pd6ts',x'01904054dc01f1cb5b848d051c46a35622b222fa07f76e4433337f7c287cecfde80fe1c7ba2099b12fb9d4c932aa249c63fadb7c26750f3213b69cfb5a2a98b6314cea2514f0411e6f9ba2a1ce9fb675589db1bfa277998047cf1f36536316400bca4e47254d3824aa6ce5d54049feeb18e8c9be30feaf358a084b3d659fb9f25a848bfd0b3b3221ab1ecf23e0835305a71626b95da664029cdc188e39e26aa3d6',x'bdbedae408a8bffcc6ceb9cf3a53446ed04d856a25118609eebda6e02b64d881',1,x'2859b8fda1799af0df80cd8c962c522ec64b4a380f2c9df845caf83f4eac0b91',x'97eb70a3146caadc51d13f1803866fd73ed6df8e07984ed77a22c779c6e23386',NULL);
INSERT INTO audit_events VALUES (2,1796040000061,'user.added','','06h2oks200cd6da5060ktlu1cs',x'01904054dc188196b37ed29d41154bfe767b4ba1a5e3246e7dd5d37cf7eb0a56de67c85cd84db874fa3663aaa50b7b992ba2296c05ceef57b9f69c96df06bec322afb4c44bc2f692b3e54dc6088e96eff266c08ebdf320675882a3d3927cdeaed9284075f954122b442867d7123f7918e657239afec87540ba664fbbf53542be98913df92ac1f408f2b554fb252ef8a12ef53309356526d8b7456c1815b2b33c49',x'14c151e857ec62b77caba2862ba7b82bd30692a9f9b298ff0ecff0c83c9d602c',2,x'2678e9394b7c204fa223647d77ac028fa596829b83f430710c8a04632759d3b4',x'1354883018727bbad65f859a450454ca2c1deee5141403b2ced18e64850c396c',NULL);
INSERT INTO audit_events VALUES (3,1796040000034,'vault.added','','06h2oks249t9kecp4li17pcgf8',x'01904054dc8a8a9d7b47086ba498556e5b7f108546ec279aa6cd7bde5c4d093f800d1729780a374c7a82dceef03a637b7532eda417edfc3dd92b20f6f3619fc926378a24a5c7ead426b9744b756e431ad00c2f4ed24d2a31183b414d536bb547b162a1745c6ca24142bf276fa5c276b12e109a5500d66db8ff701d0e7880bcca17d92d185cd89d1965974ae2ca18cbb9ef0486c12839c1c982e307a3da2e6eeba4',x'b14c39ccc4ef813f8ebb6f65a0653bd98bd591a9f58c3fa0ee13699024787da2',3,x'fcfb9347d8c327a70a9f7f6de70fbe091f99e122b2875c2e80d3d1689a5a305b',x'5a06fed99a8191d7d6ed3b6f72a6abc044bf9457eb6c778f559ef49de61fa10f',NULL);
INSERT INTO audit_events VALUES (4,1796040000027,'vault.granted','','06h2oks249t9kecp4li17pcgf8',x'01904054dcc4b7ce00f90984fb67432b53f26b7a1fc83c24f5c3bb4dacb924cabc7927bae5db42283d81d72176f39bf4da057e0f214cae4eabf2c07c6d000536d3b24674ca8c9ea1e032ec30ed18bc7c12b5f99c73e434c0311c5d257aeecf13ff7af606818e09656f6bb5ac978588f7f2d5763c3a663975a0decc44f4321146dfddc5a6a8f8d928186ebe3d15312be5dd3928508fee0bbea7872ba61cfefe842d',x'2bbd1035ceca09839f10f09f35154751d2971e188858b8e4f6d2209d0eac683f',4,x'd76f48f1cf03025311a0baa5fa91726464362172d854a29b8906f4d63fd92f48',x'388940c892ee0fce548544ceb2cb0984800cd012eff7a8e12f7a37ce582d1e4c',NULL);
INSERT INTO audit_events VALUES (5,1796040000027,'vault.granted','','06h2oks249t9kecp4li17pcgf8',x'01904054dc9ef2e5930e851780f60f3435644dac7926e9dc4c9422b411551d8006c1f824d454a9aa958344c04530f893557f9eeb1d7d5abe52d66e85d1a56e4114c053a14d97c24ce81f48e638d612a7b4104867a8d4b32b0abb08c67008e4267d31a1af649a537056b416c59be52c4948be3892fc8b855c71ee743bf2e6be07768eada361ecde85e4a4fe6cf8032ed1fc713e13598e47b22e6a0430f7f917ecf5',x'2b400c20672af5eac01fd84db2b64843e98fc3314db672883ec482819041b6d5',5,x'bfa2abdda4340aef036e99e887f9d982d262a51645d6299ad547d5e7bf4d88a4',x'1c075efc4907a9f8b068193f28a5adca774ce501d975ffeb9652d7aea2b7a39f',NULL);
INSERT INTO audit_events VALUES (6,1796040000068,'service_account.added','','06h2oks200iboobtteip23i5qg',x'01904054dc9d09d80d115460b9b5646ccc592f57dc1c90b33d6a7cc4480428bf3f9380792f16de621250b98bb4734b5fa2fa49ceb95a5df6970d9dd6dac31348e700eeb5590220d8b763afa0b905f37c0bb02732c236f6508e09b33e5bfd70452a1e117b313697c41f7b7433296c0d35b9984f42e1ceac4abcee450191c2e71264e000c0750daf40df618f47435e96d7de02de6bfb95ce33a7674f6e60772e2ee2',x'2378d2c23ecb700618117e9977e11ee7894c73eb88af50e580428f9e55daa98b',6,x'2436c5e6883069c23e00f591eb9f9bea38e60f5e0c6e85a9714d2f871f5b77e0',x'695569f0d96e9454c33bc7ac8c09648b2234665e643d90282220f11267d32533',NULL);
INSERT INTO audit_events VALUES (7,1796040000727,'item.created','06h2oks200iboobtteip23i5qg','06h2oks249t9kecp4li17pcgf8/06h2oks4qqgr3j2stlgas3l0j0',x'01904054dc12525932da5971f43dab93ff6d2c01933de578339c81a88204c3fb9569018634b190da064618f5cadca85cecc14b3201bf2ebe7a09173330f0ab55ebf3441db7168a2a10b77efcec996a66c9a7f1937c1d0d4bf5ab3c9506b221f7ae357315cbfd790555088ae850bd6f0886eb4ac8b5ed9399f4b1683169e5042992db3f5d59b06a743c2275c1982fb927ce46e947317e1369e17c77ee9733bfb41d',x'00794a5d44e27014c69fa72555f5b3cfd4f8ddfc9d3d3faa2ef1e32297f4f9cb',7,x'c61eb96fecf4384126c9798fd1b10a2bdd7bf86fe8dbd99a1f860c4b780d2bb1',x'61dfdb890967e2fe3e5abcdb9c7ca422a6cb425b7e9e3600601cb4328bbd27aa',NULL);
INSERT INTO audit_events VALUES (8,1796040000754,'item.file_added','06h2oks200iboobtteip23i5qg','06h2oks249t9kecp4li17pcgf8/06h2oks4qqgr3j2stlgas3l0j0',x'01904054dc4439d107a88d8884c63ffa15bb6c8dfa31b5676515da9dc91b1a5610f896675bfc96476b65f52b180c03764bcbc0133fce4ba7bf536600ff09545973f60a2f97845a5bd34a713303a414848424622dc4926327aee74d56568407247f15754612ebc75353258b18fe6bb49d9bcbd9f6a8866866a1f0cded3b36b3ea1c779eb8c0633adc2ebb1908374d56268d41afe17e38c10cc6e04349880de20053',x'ee8365b765a79bd116ed431d75990cd8522cac518935abaca4c6f8935373d8df',8,x'3914abc132a685daaa2cad30634188ca4ec816f05d49eb71275bcdf1dc306153',x'013795b1debbdd86a0a2260b445f4dc5a075bc2327920ff59510a457b4da49ed',NULL);
INSERT INTO audit_events VALUES (9,1796040000877,'item.read','06h2oks200iboobtteip23i5qg','06h2oks249t9kecp4li17pcgf8/06h2oks4qqgr3j2stlgas3l0j0',x'01904054dcd9ea90e442ea321a6985b814bc548ac2cab852de55497311483f02232f931dbbbca15fef7976fa18e0d6e199c66e3203815d9be6fe7439f27f5a541a101055af0d2838cf487edf3b1f0d539f63ad081aa041bb449a0d667fd7192e31375f51246a6e044e6ef4d06e7ff1cd90737193f6c83a56420983d6aa9abdbbd18be62a719226eafc50ddd77f51b295a6df711a517795d4a6c3c6ed7adfd0f711',x'993a7670847339e1db862f63f276021b394789e814553385956da01e18599e70',9,x'6ba15b8fc40cf69eeebb1361276d45f0fd28f0fd526da41a3c0bbe4d4cf415c9',x'8697ee019bffae658683be77f4ee60597c5b09c754362805db43569ab8285912',NULL);
INSERT INTO audit_events VALUES (10,1796040000890,'item.edited','06h2oks200iboobtteip23i5qg','06h2oks249t9kecp4li17pcgf8/06h2oks4qqgr3j2stlgas3l0j0',x'01904054dca891cf06f7e9ecaf99018a2525795e25ddca851df4725e5994ca200cdcf5d24b9e80b14ee70315f0569739331f5a46bdb7249b485b38b4018c115450c653be8f2f0e7827bfc1290b769893ce0f641aca24587e0db9cd48478ae35760f9b901f055a8aabd4282a3a6331efb8941900a0f7b3a8a131edefd60827bb521f129aa865f8cc0245dcf838915365e6a7018601246cbeb0b5e654450f3adfdbf',x'b6bfe45661c943ac138accde22de7adc8dc3f4e8de11ad9283c82e5950f21f41',10,x'1ab8f808df0bd9882c707faddac17ff905fb06b544396a4714d19eafbc241996',x'e3b232984ccafc7e4fb6eae4104c733ed5ace4e953b188c3881ef559bff04e0e',NULL);
INSERT INTO audit_events VALUES (11,1796040001002,'share.created','06h2oks200iboobtteip23i5qg','06h2oks5tbr5i4945ej522bobs',x'01904054dc3fbcacbb8d743cbdb30387073f039e310c1ca517faf447d31e76a9f7102489bbaa647591d438f83b9f0fd7a27e28fdefff9098f5b94e44f3e98b92c25d026d2e3824f0a424b44364043b910f6833ed9c26bd2e100d8280badaa36ea54cf5fe79dfcf4bbb772fc94b21eec4542af68aa802dd62f52be3e46ad92184d69d951e6a0a130cacdc6913e9e7d4cd649ffd06290d91d70363347342b4371d1290b2b3a6cfffe2a974f9cd471932a4a77a7ae636b69190d65d4fb2afbc6b1bda4c5d161745c92bfefb7706d63c26b270703810f4b86098c1eb1d0f2875e015e476c2f52e6fe087900d41a382d0bd0374f393c9b51f56d16fd50ebd48aa9e2b7da018402ee875c3c14f416f39f603f2dbfa5eb6a6c07a45469fbe39fea6ffd274',x'f17c9bd6a5c12ccdd3568fdea95802a23d081a6b5178464662e080013554add4',11,x'7754dca439c11a54c52ff1314b9c84e275abe7be1ef66de79b0bbb9832bf3c5c',x'ccf1a753cf9db189a54613c7fd2a654461eeb3978b17b5051faeec1c783b4d65',NULL);
INSERT INTO audit_events VALUES (12,1796040001131,'item.created','06h2oks200iboobtteip23i5qg','06h2oks249t9kecp4li17pcgf8/06h2oks6dd2fqt0vsq3jck52dg',x'01904054dc8a9f5121c11b7a6b416bc53a93b4493457e14003f5bb7162c68fc61a72f070c7bc55356728e3b929c84577d1d7f8bbb8ee7f31b6341ec50482809089694bd83cb0fa81b63ffc489b4fb5f291cabaf4e366e50034a6403b737a81e359107b93c3867f8a378a398fdb6b35366d83670992764e227e8c1120bab4d7fa17c63ffe36512ccda5700e0d39e8689d7aabc0d23f0ef305903a8c20286112710a',x'64ee804c08b51170b7d84ccfc694bfc0f8a8574baa7d498d5ce4bacdeeca09b4',12,x'a08c9f8a960cc380ac2693d7253f2959a3ebeacd69f1871b64b71c71b7bf4dee',x'f8b1282277a60e07e29383186a2d4200f50ed499ecbcdfcfbe500610f93c18f6',NULL);
INSERT INTO audit_events VALUES (13,1796040001142,'item.file_added','06h2oks200iboobtteip23i5qg','06h2oks249t9kecp4li17pcgf8/06h2oks6dd2fqt0vsq3jck52dg',x'01904054dc2b4c0a71c0e76a5e05be6c226eb67bcb2cfc5af07eb8fd1ed3619826cad2f8f053d76ccf569dc8e28c54fc8504550fe9d48f3a7921d1144c076130cb83902e4a5e2c46064ce579973824a57fa44d8ea2cbb75e0b933bc97d1265fd222efabdb0239d684878155fe2b910a0fb10d586de82dcf5fcb899ed035862aeaefa69d20f28f4360488abbdbd169ed72b12b63569787ce78a13798dfeebcf5ec2',x'be8e530f09b973a7eee10bb7c38bc48eca02dcdaf8dc70512a8cc61494bf31d4',13,x'39bece23bfc845f6643e5e0467b060fc09628d7371c530bd46801668e3331553',x'704f7e0179803ce6ef2897a01d67d7f2a046093263d9ad4bae8fa7015e4dfb70',NULL);
INSERT INTO audit_events VALUES (14,1796040001249,'item.read','06h2oks200iboobtteip23i5qg','06h2oks249t9kecp4li17pcgf8/06h2oks6dd2fqt0vsq3jck52dg',x'01904054dce705ad955dfb9cbe27dcf35a0ff276ad5d93a349d94f4a66b6d6c0f27aeb9df6798d84ead2a0f56d1b31c1cdd2f7877e139c7d80b8a68ca170b1ad25bb0b004e3c0cd00f737730ec44b76bba75f007eaea9ce88350f8afc47f07d5702d27b4c7b3830213bbe113b06c9e6a71fe6d0e74091fb306ad81ad9d89e47f4b39c349df60732442976111f49bbd99b7e2830dd805699a9ee5c2a43d0405e4d1',x'050406291322a10871c2e5a99b32c6ef9a8f9485b9a534e0476ac63555a93d11',14,x'da1df59849699751d8876611102ab6594efa2dbbb0ffb5ca53063ccd13af3dda',x'f7e0d21faab1f6ecd979b26d8f8164ac2dc6d7fb37baf1d236d52bd84a5f1a0c',NULL);
INSERT INTO audit_events VALUES (15,1796040001250,'item.edited','06h2oks200iboobtteip23i5qg','06h2oks249t9kecp4li17pcgf8/06h2oks6dd2fqt0vsq3jck52dg',x'01904054dc1aab29468f692a88ee6273c7689e5b32b173c73981818c94373fc56aa30c57bc24ef224c679af657a34f0b0a992afad585808b1721381bc77366a758e52c7ea8a464afacb676801dd4325224ea4f8914e5b9a20ff8f4fcfec4cfbd3d772ded46a7cea11e8069457dcdc3bba9a494a1bc37465b623100c241d291334308202e58c8cc02dc0857346ae5f38c24b3ee6bfc4132c85489b6235cb0d4572a',x'b112834e9ae362f6323cc53ab830d8f19d57b633ffd4ee2de0929e8841f7f84b',15,x'a25f772ee61e7c853dcc275865aaf88b21671382f76571a2a6c338666c0248d5',x'72891dd39f814e6661a3c8cfaddfada292823eafff782f76af5f7a3e90e687b6',NULL);
INSERT INTO audit_events VALUES (16,1796040001337,'share.created','06h2oks200iboobtteip23i5qg','06h2oks774a3ij8n77mntbfcd4',x'01904054dce4cdb38d6d7ccfe07804fcfd2f6d1622adfee5afeda20226a13315f0b6393ae71f3e81fbc1c3eec5688349fc2ee51c7a8952451ae9f310b0ce6ff76cc6f36ca2729fa44c3615e6e0e906f5ed87c1944c451b5a0f74f568094c332670970c10275d87f5eaf2045ad81c05a673abe81cd32900a6e04ca0804fed2f9025a1f307da21539de51888ec033c51a5ae10af2c6edf8398c46bcd8f28f2ebf69d4925f5750030bb9ed7db07b4b5af1ee765a96243876fc5829556b6729c8262b419e16354656ad5f0b1ae5167844b101fa97c9a39b62e29ac627fac292b5d04ce3cbb58f0fa5409644adf4050f63341ca247ac463c7b73e82312c3c4448849976d8e76bfff24077aab9b1e89078560313c1fe6cd7b353d9fd743131682de6769b',x'c834d7cfde9a65c34d0f2b81e3ee8d827447ed1e58de079d3d57643f6388738b',16,x'0f5f6a38344566ddde0fb9a0a6673422b66b857a00b31dd9100be894b03354b8',x'9d7da88d97e9d03f614c4578d397eca8eb1c54d5b667528e07379a429c266c33',NULL);
INSERT INTO audit_events VALUES (17,1796040001396,'share.created','06h2oks200iboobtteip23i5qg','06h2oks7eh4c72s2rg347l35hc',x'01904054dcae83f0be931c6bf89e256748631675dcb70bfeaae190cdcdab594b6bdec9689fb095fe79ae1730f83a40e51c437142e3bdc6cebd12008f65438f2a74be7bcfbceea76dcb106d923e9376baf86f1cf6a0745404ed0454b22c663de953a5107174b82f60f6ea96ab75c1f8be254857908f12531a2878885e58270df4caa2d6debbf88d7c3293de2b50b141ffc96ec512ea9696bdded9a120194307312d',x'ad28b5f94feac33a3b6864938d07ce4ed2c4f777e7c155b78497010d2ee963cc',17,x'efaa15f2226849aa9f38979e83affb4a039691ced18c45a917de04356ae6223b',x'c861dd61d5e6a62dfe16869beeb0284b93c24164629082f97b0716a967e48f82',NULL);
INSERT INTO audit_events VALUES (18,1796040001427,'share.opened','','06h2oks774a3ij8n77mntbfcd4',x'01904054dc2a94294cb89585bfd80fc60e5e3f8c01e6892cbd6d96c9819f3e6b417e9c020f778378e3f3694ba3d900233358497f25375712cb8168d4dc0d3c02e7be8aaf95687514431be828b6a15de0385b111dc3c06bcb5c32af829b1d1856811d4124e4219b794c4819a1f08593e02ea5ae97dfe09fa49dd22009d54f0a59561def4fe0b069640a90690edccc6a0195df19070b12aa3f70193cfa67ba5e9674',x'9b99ee59251a2384ccfe21b66899f0c050493e1c464700c23198b7c7772de3e2',18,x'5117bfb495ef2a88982bb5e974aef18b64d6b001385480ecb49f351bcb587e65',x'c996376997d7449c7b80b97a55f9c8aff4c883999fb8d1ae74edc6b81fd6da44',NULL);
INSERT INTO vault_changes VALUES (1,7);
INSERT INTO vaults VALUES ('06h2oks249t9kecp4li17pcgf8',x'013913a2f4ce720054bcdbca551f08368c89ef6c4fa8cbd09690db56b47d71b344f7a334ed',7,NULL,0);
INSERT INTO items VALUES ('06h2oks249t9kecp4li17pcgf8','06h2oks4qqgr3j2stlgas3l0j0',3,x'013913a2f44d9bceed712cb0ac69a22fa8d8e69c4d411c0aea8b686035125deb3d039d19d6c733490c19deec71ccdbc368347608809fb638ca803ad39f0b33d1c1975535bedf20e41b8e672d4f10afa7839c18c9c4c98ebaf01b3d198b6ebc78cf581642e18ae102467fc5f885dc2065c992635f0a59f4b813c498a07536a86bcad010f8ca13fd7da21f38a6995af0b2bd43671f9d5b95e57d70243a2521fc237b853470a911c2b6a1aa2992505820c3d3097f8f72e1e2bdf069452cdcffe4ef6f3da8e93186631840db627c355adc206beb0b49e444b5869a147210c5dba2a9b8115ade75dd0b94e1e420f0406568cc77802daf49297eb8b29c42d7d304a894b9cf9f72aa837be8cbce38c343b3e2daeb5fa01fd3c6c5410e476947d21a445917b90d67115ff351c03943306c1d5f98ec8987cfbe79','06h2oks5efd91itrl1nq4981cs',0,4);
INSERT INTO items VALUES ('06h2oks249t9kecp4li17pcgf8','06h2oks6dd2fqt0vsq3jck52dg',3,x'013913a2f4a190f56beaea9d49cdee7e82df5a4c1c23b2eb160c6c38762b1582de8861d182832c82afa0de339500c97f5ecbd4fb00160f6087f268cbde3558a9666891e93e884acf6736f7da68f1a265045d8a11fde09246e32e4d82664c8eb5ceb7b49f2a6fc64baa4da6e01d69e1ccbba08f2c28ceaaabc61b62b5a610d18c3005e090dc025ec131ad03c1a3bfebd7c870cff349bd28e94fec2ebad4f4fb371556116a6de798b6c81e88db66764a9deb5b6840a2c79b922421f685c358932ebbfa8026408a94251df63a6e204e7af82b59c5bd94f2f225dbe3a1066aa21cd136eb22cd417b25306182bbe55c46326bbe3a623466b52a7cd48a5b2b07894b8251d385245ddb7030a9dcd4c762c14c8fb5418c50e8d8040f3115e98440f92c5d70a5fa60950f4d26f6e629a0','06h2oks6s8kim7a86iu1gr9bvg',0,7);
INSERT INTO item_bodies VALUES ('06h2oks5efd91itrl1nq4981cs','06h2oks4qqgr3j2stlgas3l0j0',x'013913a2f435d61b6870e275fd4f82519c9b0937bab2137bc2350813dbd44072884760f59a48ae04f823005092f088441e23687befc1ca85c0f4d042dde5f9583f95a5560ef28541a6789158dc1e7545b18cac7250ca508ff05daae989b428538f1218c564d08c6bb7172d6c7fa362842f297890b99bff7d15b3ed0defb78a890cab368e92a8a351a6b7a0627378ea5b3de9334f62ce88169525baab4389c1a3efd83a992440c13e1415632fd7c1d6d3ef22091b99c3252ec1fb4a96290f65369587240c3f9dabbe301e7b56b7c0a266eb8711f84db138c83739942b19aae6355e03105c9aabc3efb994423c2e4ef7805f3a3099cd06c319ea2b0b964f3f75cdb5c9325fa1da269e07457fcc931400e9d5a48b918aa5e8942b037835cbf2c5b72536665a622f72c5449c27e4ba5b0360478b631d17dd8542dcdfb3ee01d0486e484d57b50ab83c2d4955c5db23ccd09d276f5201db6f50bb8fc9e6be79d71312d5627e56c44f996668b9a59a0c7270eaba96642adfdb829735a1b0bdfc3ba39ea2f33e05c0a59021a2d53b752fd10d2e8ee02e91865da20492512210701744046dfba92398a286db8487834eb520b48b385519baf561dadf6f0bbb4d8a6e0fdffa3ed7c739cc24d7215b8581ec03ab96bf887fd0e1bb1e1bec974c8df3c67248c1975f2d331d3a86005a372c854ac7217fb979f8b3a92de0e8689118d22987ae38d27046e281c5d6785ce489bd56ba06de628d35785009d42ab95a7de6140259898d4d7ae71c78ca6e55c6bd04305f6c6051e9ee68b809fb4ad347560f423c4f61e73a43773b851326f4671d67b723808e7bed6f');
INSERT INTO item_bodies VALUES ('06h2oks6s8kim7a86iu1gr9bvg','06h2oks6dd2fqt0vsq3jck52dg',x'013913a2f442fb81b0fc10a70362f56441fda513cb2473cb215d802a92a03679cde569f648c49ed2ca4952076a7a4e9ba0e6368559cf916b1c23556c6beb8e96763c58946f23eeb1ae1f9774f6a85513b479153902641192244b8f9b51f99022fb97ff6adcaeb793c388364957a6702c1b2656ede21f205c5a997c612b037442d5b7661ef04afe75274987a6b777ccbc7e6011c8a10fc47a9e33ea2bea55f43295e52c5ab3d10dc778bda6aa5da079abce616373170d9138f0f460629df243f5ea3292641104a65b7c1164a6a9f1901bc3c159f6a63de9b1fc33d251afa358016e1ebf41e0e03b976c9bb62595fbbc2c83a54ced1713838581ee8c3755acf0501be80b840debb417cdd9fd34ecab20af94d9ab53c07d702c7b9d040fdc1fc7d9c3db5c7811fdfbb35747a9b199092b0d733fd5f2b7a1913bcdf56500aa7f359f82d7905d85cdd9c1e9a94598ed5a668b7ac24bc628d6b6ba53909aa5e63ab61118a857fe6a7b136d9f3d6045a10fba1fc3c9817ed5cf1071ded7e400f0614046790e03ce15140706bf108c41b89c4f716a0523816fa9a5fb4833cdaff6b39196a4ff69a61c0dc24af7e10e3e28460898c82dafd127e4516e184e48229a02bdb05110bb3c79029ef2f964715114c679596cedd864d079cf992bc501816cab03ea6afeb6103deeb1a16c750c7f84568b884e767f70723850f1906b4634e15182117ec035b440202ab45e015dd1f5869fd60b00e97afa19e4d1d8713634c4ba61ed3b84eef6e404d9275670ed22816795ddb9e86bb0ca2a6a71652c0df061d9149cbee7dd9be53d0bf107a6');
INSERT INTO files VALUES ('06h2oks4rp98qnc178bct7tfro','06h2oks249t9kecp4li17pcgf8','06h2oks4qqgr3j2stlgas3l0j0',NULL,NULL);
INSERT INTO files VALUES ('06h2oks6dmc09nm38jvpn51f4o','06h2oks249t9kecp4li17pcgf8','06h2oks6dd2fqt0vsq3jck52dg',NULL,NULL);
INSERT INTO file_chunks VALUES ('06h2oks4rp98qnc178bct7tfro',0,x'013913a2f4b67d0817d8cff446a21abd01e7ca1961cc129535c9ee1e763075cc5a8f8cebdc37d58c0ec46842f2a2e9f52b23b4f2972c0c');
INSERT INTO file_chunks VALUES ('06h2oks6dmc09nm38jvpn51f4o',0,x'013913a2f49ff03191de25cffe0bf4f7af7b2021cdd7ad5afab9941e238942243528102287938924fc5c562d47693ffaf06e43230507f5');
INSERT INTO shares VALUES ('06h2oks5tbr5i4945ej522bobs',x'8c27238220f9420392c2590776416607',x'21b0c53bd66ca9e269e8677641616a0da67857c0d3a6570abf0298907abb57bd',1796040001,1798632001,0,'anyone','06h2oks200iboobtteip23i5qg','06h2oks249t9kecp4li17pcgf8','06h2oks4qqgr3j2stlgas3l0j0',3,x'01bb4ff393b9077b2f3210d2077b1a6cec0087259505e690f75d3f0c407b2c7b2c693fdcaf4aa2aba56b92b09a27b58db29b9cfc994468bff970e671d04586446fb4d565222d7ad395063a1338d4abca3e651dd0e8792b918787b882fc4b3bc835',0,0,528,'active',0,0,0,0,1798632601,1798632001,0,0,0,x'01bb4ff393d66c1c2062e9828dc3179bfe11150c58c91672dfb8838fca34759f73f68f4d8d01f854d161fd5141abfc395519dfdb6c3f19f9ed4200b05fc885de355088d78a0711ab4242fe5978e645754d3616b87fcdcf7abdfa5ee3ffb7c6fbe2ac2c176d9ac48d1f762322cc17abb9ffa12557d51915c1ff77530dfbdf9498fe2049fc836acae224cb06de3b43ba3b28a2bc25917241a34c3acda9d462f1f02d95bd67f9ab2eb48f2906204c5f41130f5e9e2865b374025a8c538b6955cf3f8b9e4750c4f4244b03747130d6dd4061bf266870ff59407a4fffa88af22bc1c8dc');
INSERT INTO shares VALUES ('06h2oks774a3ij8n77mntbfcd4',x'217a0b014384b61cb894ebec9547a0c8',x'75c2f8bb8f572405c023598decabda044a675d5178c5e19b840422a8178ff4ed',1796040001,1798632001,1,'anyone','06h2oks200iboobtteip23i5qg','06h2oks249t9kecp4li17pcgf8','06h2oks6dd2fqt0vsq3jck52dg',3,x'01bb4ff393e055352262b7d1db321b44a8baaf3a3a334fa2b600454ae22e36c73fc5af718aa022eec96aaccea96ca394ed76bfaff14dddd85d31e49b1049f5c8b02e38363dee8476de362602d36fe64f024de45cba9d8b3724842944182e79fb30',0,0,528,'viewed',1,1796040001,0,0,1796040121,1796040121,0,20787,1,x'01bb4ff3938f179fca43ec59cae2d7986050c7deee3038b6b538e82cdede5a605292295f31c240ded13af85b0c0e7f5ec394f608103ed1a271bd5739d282a68b0cce2647941565ce6b14c3d37f9832e91fbed4793ea6724e49fe709f7f61c5edfbc4f49b994c49ac095eb4dc934c317771fe284df3d57b47929e1fd825864ee73e91ebd4f5556062f640d2f034c26448240d25ff1e7b2deab3551ebea4559563feb4b8c4613634051fe9473caa1546dfbbe249472d6e5d4d4a8809751b2e9634bb8cdd6241e4d3bff9a930941b311588f9e3898a2f68f894b447bdb18bea40b62e');
INSERT INTO shares VALUES ('06h2oks7eh4c72s2rg347l35hc',x'c7912712ca88d753b689ff98f218acf5',x'56ed228c6a4d2ada5ef2877bb6544490a924f54150f3244222ca2c3ab777dbef',1796040001,1796644801,0,'anyone','06h2oks200iboobtteip23i5qg','','',0,x'01bb4ff393df66221b07065c8aeb9932fdaf5fae275ff01f7cb0df29f0d1cdcacf6a1602cb431a1cf4e1f4f7ecda8b3cca4e682cb9a1df2783297c21795810e280cdf6ec9e70fb2bd866bf31a4d6ab2df5c1765d6b7e5d9c8501dae7a4bffbfa58',0,0,528,'active',0,0,0,0,1796645401,1796644801,0,0,0,x'01bb4ff393dcf11915e646aebc4aed93322e078ab1d330c0105802fdb6a66af0dbbd1336d2f33610c9a3bdbad038ce147d6ed63852cfc66ea7f1e6f40205b9d727b882b6137bb4a2955786af520700177b2ba00bf3f5ef5f8f34368ef8470e280e');
INSERT INTO share_content VALUES ('06h2oks5tbr5i4945ej522bobs',x'd128dc994db6285ec8ef60de',x'8765c13d598148320ca4bdf68be7e7aea6e92d445e144e5f2b4767395ff636406f12013151d4c9f1cacb76c8c21c2b3d365045741dacc52d36433f37dbd6a8e295b69d46825ebee4f52090960ee7adacb3a449197919d50ace29e13373615163d5c1ee10e8fe3e0be4d315ff0f3edb055fd50443313b1cbf91db1ac389eacaaa751091c774c648553da75de15c32a969f69a1143f480891964d20d532ac7314c5359b1c222b098beff0f0c8d66bcfa6d163732962c840c6f785e50c6af9d90f40931cb15ed72b7c0f44a61279c2aef3d98f7c6a596b8b05c24d7675549153d3dc69176a4bc0ab8b55da3ef9a0df2481f1954f56971fc986c58e9e46268b304e49ed870f123c4d858b8b7b075d08f5e59bd7ac34211a94399ad07b9c6db47fc18f32378f714f3c47bad26c7d026fc2c7e262c6d730327547ed5c65c65b7e4751e8f4b314f07889f6230f884f703205f8f422107ddcedf30de87b24180a4548aa88d228cd03d8fc442be660af14d88676a80c2824444a2882fa8d6ca02525e4cf20d783436bbf545e208c6e9cd705c8fcd0711f45a1e2f9c43d784ece4a6c6b5d2b40935a29b3e9789cca919f5626cecd9f4e97d71908e4d7470bda23e751d03fd45b16bb6f370708f8fa7538cf1da5243de24372256b390ce72c22022a6c31d4e2ac550c6f9f36f36729c804d3fbff8e83f01811a08817433f8f004228d9ec4349d54b3996d6c607c16ead7e1511c3eb4');
INSERT INTO share_content VALUES ('06h2oks774a3ij8n77mntbfcd4',x'f872433029f1f52313b2fb27',x'29e62d90a088f04e4508ce4d7b7d310b9ce221fbfdcbe3f446e4d5da3198dfcc8b721b7ef1f401f675495404bd4cacbc42eb07012c537b29f1dc01d275b0f67c5356c7928530b3d1ad4663c48b080e2c0f187e1c5e1673200650869283903b08d31f831f14afad16fc08b8bac4fba780617d519c3c69290ece93f36f9f701eedf60755874dcb29c818cca07f6d68eb9771c4d2ea45ddbfaa41d0c09632376d8e5ed37f678294bc2bf18261bc53039709ce9173a59e6d3d090a0600732a7b8a256363f39f57c9f92f9bbebf81ac88f561a62719a846d4c067352bcd4c45a233ed61e2e89e8d634529ff7faadfa2cca4c40653abf72ace643aa170c212afd3b128bef75360329ec40ca12937b2fe1ede1ff717393a1ca66b160b1c510e74b909c24a4b9017bbdfd5eabe0b23a75644f6a8fdbb8cc1e9e98f01a44bacb5d05f09424c5f2531d3604c9a15a3b131a491f4146248bbf463535518ce3f1b9247e8a10868d88218d459e219880ece41c8382fbe64fba4462e2f7a88720368356fc414d79914757e836269f9cc07b4fcad3c6e704aba3f50f4b45a20c8fa8f4be5c42a71c4fda38564c50b3e0fed460d7160e8841f6c781ba434b69856a645642aab2d4e11393be501f6c5bf9811c0a934f5d09ca10f217f3b603cfaa0b9bea681299c09aca0a10fa9e1274f8d88f3a3f843aeb1dea2040a011d4742a62834699bc94e1a80dab46b30211cece9ea645c58bfa6c7');
INSERT INTO share_content VALUES ('06h2oks7eh4c72s2rg347l35hc',x'2c0c8f8a374c00de7f760d7a',x'bc0c93ff5840d7abc018995049cd42effb3b245b0f1983ec9c0b1f29c55830aa0ff3e923151c429a7b65d057827c093335339a210569d7176d75deaf8dfc4a0959b60bee74f7b0aea2f46668225f4b157dc7491f410f034576aa677caa4e61358187f654ca6ff01d57cec9e43cba0cc64bb85091f0834b3c76aedd8d9d9e7315ccd54b18fab1ef883f2b6857c623ef58ef656ae609a342a0ab29560b84255c3f9fa45d0096eda10c8fb1d3309124a74a4196bdb1f538fdb13888f2d53cd6293cc37ede0b4bbf8a3e7643c6f1832f3d2a1fa32d984f5f6b02e47d564ef3d498cd838e3167c840b58e8c6b8fd13456895f0fba2a53c91e02a4dfedf8d5a80b97c3c054f7ee15779df50b74303d0b04f0802b3f02d6a9f76081f84b520954a5f9456ca91c4df73c5b2bce6e830b5deea550f93bcda32f34f665a3bebb84d59e51ee76dbe619f1a3665b9671ab62f85cdef4544789e1a8eb223370f4d6626860b16141b6b53797713b28f235ff3034edf95dedb9c02a980ee7ca5493218b5df98fe4f6292aabca972d487628cfde1f4f7474b4df7970d530402b4efb292893cfa320b3946aa2fbcefce60b7be4615bd3e1eb55ec4515849f3c5f5a51a5f93323e1ef7a8a64ae9a4d1fdab13708402b451dbe191dcab591ab5a3b7d8b6d0298ae8e9ba46400693a2177f96a41d5a7a51771439d8b2c6e9c09fac314546e61583ea17744ba8182c09aa5a6bcb85210dc8a23ee');
INSERT INTO share_views VALUES ('06h2oks774a3ij8n77mntbfcd4',x'25cd0325d98b1b497c6a87c4b6c23755',1796040001,1796040121,NULL,NULL,NULL,'itemshare');
INSERT INTO share_requests VALUES ('06h2oks200iboobtteip23i5qg',x'67ade58df64fe016ff77687b1c67bebdee113015670a47acd0f697faa3c41cb0','06h2oks5tbr5i4945ej522bobs',1796040001);
INSERT INTO share_requests VALUES ('06h2oks200iboobtteip23i5qg',x'b4a3add244976dc920ec0ae7c081b25668cd820d5a67d985c59ae2468d86c045','06h2oks774a3ij8n77mntbfcd4',1796040001);
INSERT INTO share_requests VALUES ('06h2oks200iboobtteip23i5qg',x'c1b218870b4e60d943ab177062c783ffd0904d8ef23b9d875de234676813127c','06h2oks7eh4c72s2rg347l35hc',1796040001);
INSERT INTO service_accounts VALUES ('06h2oks200iboobtteip23i5qg',x'd5d197a4143c8a052c5f08d43ce636973002e83103158c87ae4396e2b27fa072','',0,1796040000,0,0);
INSERT INTO item_versions VALUES ('06h2oks249t9kecp4li17pcgf8','06h2oks4qqgr3j2stlgas3l0j0',1,'',x'013913a2f4ec2caa0ebfd9d54167bcb60840e1e37bfabbb8541a047e4c76ff06fc73732001068b44e32f82c461ff625e5017100bea3b224c7a5663aa8da3331c4ef0d9a989f6e0c30f57b23d24559ffdb60e189835accfc53fc128e8fde251ddd2271615eec3136c0c8d1a073dcd07eef3f2a0a74ce488988c59832a5e1ae8b47078de239a51f260b218acf199d97d80d372b926ac3f9d47f559c5283065c8f0efc4c72bb74c8063a23c56cc234ca3d8a92bff462d486952c196001a0671f2c43a197413edd02bcf720f519632b4e1e47919a241d7c84d3e26d23c0533eb4522bc43cc4aa12cdf6a6e681c83ef8496eedec49dcbde4d21d0deac3a7a8f8b024936d5c5f374aff821170c6ec9bcaae3f7a7e1d60a4a3087b45d03ea54154c663f31d47a8428625655c330ac4849bd7b82f8ee98f20f4d',x'013913a2f46797593d15ad15d0c1e9c6f48fa0e7250eab6726fc9740a03878d8d4f745e9993a64ebaa743a7651261a034e2291569ea1e3eb2b50948d5b411afc76b2a47cc31f7bf7ffbb28d39d67d23e0df42a5b19bb6079729aa97cccfddf5dc06a9c3a654253c32a5404f9dec285fde29574dbe1805435d2321c379a441bf6d5f34c663038537ce8f8ec370f08be8ec4e1529f51e29127fe2234ebfcc9826bab20f0f04f4034ae4bf2d67b31125198314326bad5e8b65e888acd9975154ac08e83fa9f3f3206825f5fef6e97233517f63131406fbb8cda962b24917062418f6a5cc5ffa4b0c44faecb29e22d69879861ec75d2d3797fc9983d0c09cbee92a505e4d1e2c72d562e66f918a8e8fe2e232d76e0f3c3f6c2e9b5198af68955b9224df2500fc47699da6fb2dbc6bab583884d289a26af835c14d3d58921a0b2acf46e39700b129e14315da5ad6592564d6441149b898f162ac3fda8e7165f78517f25e14c9457fabf3bf5ff1def3cae458a6f47b095d13aabb535ec5275d5d42c9b5015a9b500a6e93fd80d7342d7ab780bb11b5af71651253133d6d6d633b995bc68048ad9e2152a096dc45da304f9c3b1f1986f677cba923a52b3e10daddd60afccb02e30811edca50fcc300e513a6c690a076ff68ef7718f00c1719d9b0f050dc317eeac');
INSERT INTO item_versions VALUES ('06h2oks249t9kecp4li17pcgf8','06h2oks4qqgr3j2stlgas3l0j0',2,'',x'013913a2f47693f6c37671a4505092ed34c889fffcb641a4976eea60d063a7b2edb7ce445811a35f5e4542bf36a0d3d6ac2fb83694177bd213abf42aee66b8ddbd4842d3965c3ebb758c7262c1d3f84a71e326a1483cd1f5c19931e1114025600e0340d6a406822e3afce3f3b6a03a163141bf68da575fc22cb9a873b2850284d59c25c95ace9a767e6c8156af68d8d128d90747e28dc1fac65de7cbfd003a685f66e49727fe9c0c378f5441bf45f49acff1cdf8ffc739b911190661ea7e90b035db84617e5219f864acaaec7b6fece2a2a475e21df6dc74e40b1ab470f3c24eddb9a0ccf6275f1dd483fc029fdbc03782138fecd9397163e7732c3484adc6aa2a811217d89fecba591416b1027a8a44eb8c2c2a58b3c89c68970ba0018be8664ff08cdc87ee479a7e2374ca5d77eb747919be049643',x'013913a2f42aa7eeacc8bf94bedbb03bb3e83ed9298ae6142c6fffc39c76f5259820db9e89768398f95a5b3e2bd073cec4db18e8454171699013224588d9683d6eeba902fdeca74c34413e4867ade8752036b60728382da9fc86da4fd5b8f891a0beb953b55962c1f63416689e79eb33993bb56fbdfe0d21acbf9610b11ed8dd93a2312b8a8145ec6132be10b275104dae3062d45d3d3060d1b9ab1e0af2981deb779f5ee5db0dc6574672c2f096665098daa7e64000527b1221499dd670f15388fc2719d3301703c87bb101c8f21fc656ff0a2672721d37534c05b6ee699a489501a96f5271951c19a9ca7c068ef3d3db8ee484ac347fe0b73976609326b50015b9da1a4ec05d922f8b9680eb493d1048205079db1291cb2239bc3a4a97633b5135db909a6ad07e5ab62a6d79a4cfe6027de1dd0f3676808e77352445f45aac07cad09b0f2bb3bd67b23eca9862e74248ee0051cea715a2356ffee4a787b1fb8bcbc6fb911507b131f33101a3b4ab524e0e5ac0f965b7d2c690843e972ed11a67b02552c9e44055bc2b87a14376d96b7349733590f911942554c073efbef25a71910d6c0d09283c168be3170b9d52d54fe4adbed9b4ea2acbd2d23fa2cc58eb0f9de877e4e37efb5a35aa847b66b82808c40ffd84445b2d8937115ecd9da0bb7efed4ce2fbdc637435890dd6088f5fe26d3fe4cbf4acf07d147fa66c5b75dab7fdcadf5ae93aab7fa278d13d91394d162c95f70e1905698b88c71ce3403bd7c5b05aefdc92196d46898519edb17c634797ee0b594abdf4c06ac5ea397d628dda4829a42');
INSERT INTO item_versions VALUES ('06h2oks249t9kecp4li17pcgf8','06h2oks6dd2fqt0vsq3jck52dg',1,'',x'013913a2f4eb6d6ae0377b841023a1a27f39959f5d80fe118bf31b4c7a6b9596277fe1b74cfd286fd430ebdf15ee02d46bc29f5d9dff07bd08915f8656899cf23e42ccc2b7f1349d4cee9ae246575264584430a591b96a4dabe8f22fee1833dfcc7760e3b0fc171443bdd11823d27495a5191f0d6593ce44c3d9db2a806bece7361d9802aa0c8f9e158323931ca8d5bafd66f2a810d9059034063c3b059a62e78d1f8d792f830b4544e45c5458641b6443c12b06cd5cf182101494794c1be8bcb23e14e38e3fa6307a272571912d8d48ac8fd7864fd9dcb6c2844c8df3ff6e0e71a47d50d2527443766ebb1b0fef9f371a7a3f8f3f1cfe1ca48af1f873be0ede586ab4e20c0e0f2a757b2e93ff9d93156840f56b8dd5d09516741f0b114b356933e9fe126cc8007aa05a473d',x'013913a2f4f2980efb5264ffbdf2f377a8cd04f697149141089c9c838c1ee394805ae421649c3a2f6d3e09c410392324827507d474cecf401d65c9bbd1d38c974c0db71220189f5c82734f2ba9c3f566011c6f2e608f2e35fc510050e78675e4626b6eef58fb183fca0398855e88c3bb98cabc58d180a992c7b953180a8d7bd98fdfbe0755f06066e54a1c57bd1fe66236ef1caf20b21871038504b247c2ee0e9998430dffc65fe9231d972ade29a5c3d56e0de5c56dae9a1c18f074d941abc3b656c3722b133d71ce063346097591b6361e5dbfb6245896f5e8073b18edf18a4a2e48b84cb0a2c7846f8dbd98f9e772f7837fb0587e33f8b529886d61e70ad0bb1abe9eddc865f29fe074288e76244abac82d3c9bdec78e5166b50399c61689d85f61f9a9459a433f519dcba4b424ddcf0300fd4a0149c4d5d343ee3731b915e2324277c65708890447d6e2e5e1a9b4f0e299ceadc3d4e9aa7718744f3474b5aaf8767284e5629b4f5e007ba98491f0b4be59d2a2d4a5cd2a235dced7d34784cae93fd38b5c913c15b4c3c678de2b4b4a3d4b47490912839541b996b01498d74d2cc86325c6125db8ef43691125f38faf31375c25065f772c8afd737b94dc401382d0e2ac09133e88d43b7c0b4e71a59531f4db9814cc5002d1');
INSERT INTO item_versions VALUES ('06h2oks249t9kecp4li17pcgf8','06h2oks6dd2fqt0vsq3jck52dg',2,'',x'013913a2f4d669cb873119dab4eeba4b1408f7559dc8e82728f61dd9d6739314d210f022767486c2b99bcb3efc890666f6b4cc9591325d6d468c667e5bd08f0ce9fa371b08b5897b46b71d1f395d77326333ef33fbb47aa9cc830344bbd321d06d53a1e50e382d8ab02b40b8c40aeab5d6786aeb2de6be80252f17dc863af689a45340568086e46986e0d3f595d218d9768f845fdb41022fe978e4f56d0bc4cea5638a328f033f284c25b616e7b74c9a35837ad8c5e02c612f89076d54bdb021a758d1e40cbb5d38da2c5518ed7e2a59eef530a3aae521c96f066049168d0787d9d268a31f747464bec1917ddcce0789c0c42013a3f66e74829f5a69adabaa1d9ca5171e1619e812dff07352108a08f6b79a4194c40ba4335857e468fca062b9a4de4db4b5e0f11b0bb644f4',x'013913a2f4da0d669bf049c321a0a541dbbf76d34ba02440dfa5402b27b922eb10c095d7734af4cd7da7ba44812a42c0cc4a0e3dda05f2779e90b058f18132084da1d57df24b28a32d98798ca69bdee0711e45d03fa4da2572c088c69d546234336187f1d092d3ac9a98db67e95a0f9e6b56ea8bf909fdbf7e3d1fed42589b1c6ac8c0d11eb64732371fa83c013b18a86c8f7b09075202fe0c23ad186f436cd5fb95acf11cfee04b214940c2687f5a2015791d0274a313e747743dd68ead9da9fcf4c485dca7db13f4d91cbde0fa75476b59bf3a5c8daf374821758aac7a02a6d50b13836270547431ad9b49d5e6c3ad962c41803fe7a87f660fb971ea071d738e471017499a3ec7fa03ffc532661fc13a46a4cf3f2d1001de381b9a10b319c3f3bf52d6376a909eded8c44ad99482745e4035181d76389e4468079d0f964c1bc833940596eb688f56f430e49a05abe3526a43c2e20a5f92d18ab54cca774025b7eee8d2c743d4948b85d66aa5e2746cbeb69a3f55b1793d2c3a6aa614af4cf2918feefed563b5466aeae05c9ef39b453bd8d5269b80a3c6a080ebc5098ca7f8dd337068dbe5d7cda7976e683989f72fb909f4aa9611f29ba1e55a7807c2da6f4fbdfd9271b44e569dd2117b874c2efc341f1f715ded47f418b05d5be49ad3262a61b355322518645fdb5af1c419f21b1f138232623a5345270ef1e47145c9ad8278e857ea2310614d4980d5aaae0fe962ab583c51d6ea35a9ce448106eff18fc99ae578a7486e211782c23759d1224b16616796cb254c7b0a99');
