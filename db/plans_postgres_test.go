package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/db/dbtest"
	"itemshare/fault"
	"itemshare/share"
	"itemshare/vault/local"
	"itemshare/webhook"
)

// TestNoStatementScansOnPostgres runs all that is done with shares, and what every
// request and sender does beside, then fills the tables and reads how PostgreSQL
// would run each statement that ran.
func TestNoStatementScansOnPostgres(t *testing.T) {
	db, l := openRecordedPostgres(t)
	addSharer(t, db, "ada")
	addSharer(t, db, "ben")
	seedShares(t, db)
	clear(l.seen)
	for _, f := range filters() {
		f.Limit = 50
		if _, _, err := db.List(t.Context(), f); err != nil {
			t.Fatal(err)
		}
	}
	useShares(t, db)
	useOtherTables(t, db)
	useNews(t, db)
	heard := maps.Clone(l.seen)
	if len(heard) < 110 {
		t.Fatalf("only %d statements were seen", len(heard))
	}
	fillPostgres(t, db)
	conn, err := db.readers.Conn(t.Context())
	noError(t, err)
	defer conn.Close()
	_, err = conn.ExecContext(t.Context(), `SET default_transaction_read_only = off`)
	noError(t, err)
	hot := hotPlans()
	delete(
		heard,
		`SELECT count(*) FROM vaults`,
	) // when a vault is made, of the few there are
	delete(heard, webhookBacklog)                               // what waits is little, whatever was sent
	delete(heard, allWebhooks)                                  // there are at most 20
	delete(heard, mailBacklog)                                  // on the admin's page: a queue is short
	delete(heard, `SELECT count(*) FROM signin_attempts`)       // at most account.MostCounters
	maps.DeleteFunc(heard, func(query string, _ [][]any) bool { // a row for each of one follower
		return strings.Contains(query, "audit_followers")
	})
	for _, query := range slices.Sorted(maps.Keys(heard)) {
		var faults []string
		for _, values := range heard[query] {
			if slices.Contains(values, any("nobody")) || slices.Contains(values, any("no vault")) {
				continue // what no row has is found at once by any index
			}
			for _, plan := range plans(t, conn, query, values) {
				faults = append(faults, plan.judge(query, hot)...)
			}
		}
		slices.Sort(faults)
		for _, fault := range slices.Compact(faults) {
			t.Errorf("%s\n\t%s", query, fault)
		}
	}
	for where := range hot {
		if !slices.ContainsFunc(
			slices.Collect(maps.Keys(heard)),
			func(query string) bool { return strings.Contains(query, where) },
		) {
			t.Errorf("no statement has %q", where)
		}
	}
}

// hotPlans are parts of the hot statements, each with the index off which it is read.
func hotPlans() map[string]string {
	return map[string]string{
		"WHERE s.item_id = $1 AND s.state = $2 AND " +
			"s.owner_id = $3": "shares_item (item_id, state, owner_id, id)",
		"WHERE s.vault_id = $1 AND s.state = $2 AND " +
			"s.owner_id = $3": "shares_vault (vault_id, state, owner_id, id)",
		"WHERE s.item_id = $1 AND s.state = $2 AND s.id < $3":  "shares_item_all (item_id, state, id)",
		"WHERE s.vault_id = $1 AND s.state = $2 AND s.id < $3": "shares_vault_all (vault_id, state, id)",
		"WHERE s.id = r.share_id AND r.mac = $1 AND r.state = $2 AND " +
			"r.share_id < $3": "share_recipients_mac_all (mac, state, share_id)",
		"FROM audit_events WHERE number IS NOT NULL AND (at, id) < ($1, $2) AND kind = $3 AND " +
			"actor = $4": "audit_events_actor_kind (actor, kind, at, id)",
		"WHERE s.state = $1 AND " +
			"s.owner_id = $2": "shares_owner (owner_id, state, id)",
		"WHERE s.state = $1 AND s.id < $2": "shares_state (state, id)",
		"WHERE s.id = r.share_id AND r.mac = $1 AND r.state = $2 AND " +
			"r.owner_id = $3": "share_recipients_mac (mac, state, owner_id, share_id)",
		"WHERE mailbox IN ($1,":                              "users_mailbox (mailbox)",
		"WHERE users.domain >= wanted.domain":                "users_domain (domain)",
		"WHERE s.link_id = $1":                               "shares_link_id_key (link_id)",
		"WHERE id = $1 AND state IN (":                       "shares_pkey (id)",
		"FROM share_content WHERE share_id = $1":             "share_content_pkey (share_id)",
		"FROM share_views WHERE share_id = $1 AND view = $2": "share_views_pkey (share_id, view)",
		"FROM share_recent_views WHERE share_id = $3 AND " +
			"view = $4": "share_recent_views_view (share_id, view)",
		"WHERE recorded < views AND minute <= $1":               "share_view_minutes_due (minute)",
		"ORDER BY minute DESC LIMIT":                            "share_view_minutes_pkey (share_id)",
		"ORDER BY opened_at DESC LIMIT":                         "share_views_opened_at (share_id)",
		"FROM share_codes WHERE share_id = $1":                  "share_codes_pkey (share_id)",
		"WHERE state = 'active' AND due_at <= $1":               "shares_due_at (state, due_at)",
		"state IN ('expired', 'viewed', 'revoked') AND due_at":  "shares_due_at (state, due_at)",
		"WHERE ended_at > 0 AND ended_at < $1":                  "shares_ended_at (ended_at)",
		"WHERE s.token_hash = $1 AND u.disabled = 0":            "sessions_pkey (token_hash)",
		"FROM mail_queue WHERE due_at <= $1":                    "mail_queue_due_at (due_at)",
		"WHERE address_mac = $3 AND wrong = 0 AND withheld = 0": "share_code_log_address (address_mac)",
		"FROM share_revocations WHERE ended_at = 0":             "share_revocations_ended_at (ended_at)",
		"FROM audit_events WHERE number IS NULL":                "audit_events_waiting",
		"WHERE number > 0 ORDER BY number DESC":                 "audit_events_number (number)",
		"NOT NULL AND (at, id) < ($1, $2) ORDER":                "audit_events_at (at, id)",
		"NOT NULL AND (at, id) < ($1, $2) AND at >= $3":         "audit_events_at (at, id)",
		"NOT NULL AND (at, id) < ($1, $2) AND kind = $3 ORDER":  "audit_events_kind (kind, at, id)",
		"NOT NULL AND (at, id) < ($1, $2) AND kind = $3 AND " +
			"at >= $4": "audit_events_kind (kind, at, id)",
		"NOT NULL AND (at, id) < ($1, $2) AND actor = $3": "audit_events_actor (actor, at, id)",
		"NOT NULL AND (at, id) < ($1, $2) AND " +
			"subject = $3": "audit_events_subject (subject, at, id)",
		"NOT NULL AND (at, id) < ($1, $2) AND address_mac = $3": "audit_events_address (address_mac, at, id)",
		"FROM shares WHERE id >= $1 AND id < $2 LIMIT":          "shares_pkey (id)",
		"WHERE state = 'active' AND due_at > $1":                "shares_due_at (state, due_at)",
		"NOT NULL AND kind = $1 AND at >= $2 AND at < $3":       "audit_events_kind (kind, at)",
		"FROM items i\n\t\tLEFT JOIN item_bodies":               "items_pkey (vault_id, id)",
		"WHERE vault_id = $1 AND changed > $2":                  "items_changed (vault_id, changed)",
		"FROM file_chunks WHERE file_id = $1":                   "file_chunks_pkey (file_id, number)",
		"stage_id = '' ORDER BY version DESC":                   "item_versions_pkey (vault_id, item_id)",
		"version = $3 AND stage_id = ''":                        "item_versions_pkey (vault_id, item_id, version)",
	}
}

// openRecordedPostgres opens a database and records its statements.
func openRecordedPostgres(t *testing.T) (*DB, *listener) {
	t.Helper()
	l := &listener{seen: map[string][][]any{}}
	address := dbtest.Schema(t)
	d, err := dialectOf(address)
	noError(t, err)
	pool := func(readOnly string) func() (*sql.DB, error) {
		return func() (*sql.DB, error) {
			config, err := pgx.ParseConfig(address)
			if err != nil {
				return nil, err
			}
			maps.Copy(config.RuntimeParams, sessionSettings)
			config.RuntimeParams["default_transaction_read_only"] = readOnly
			return sql.OpenDB(&listenerOf{l, stdlib.GetConnector(*config)}), nil
		}
	}
	d.writers, d.readers = pool("off"), pool("on")
	db := newDB(d, Config{Clock: time.Now})
	noError(t, db.open(t.Context()))
	t.Cleanup(func() { db.Close() })
	return db, l
}

// useOtherTables runs the statements that have nothing to do with shares.
func useOtherTables(t *testing.T, db *DB) {
	t.Helper()
	ctx := t.Context()
	token := [32]byte{1}
	noError(
		t,
		db.AddSession(
			ctx,
			account.Session{
				TokenHash: token,
				UserID:    "ada",
				CreatedAt: morning,
				LastUsed:  morning,
				ExpiresAt: after(time.Hour),
			},
			account.Browser{TokenHash: token, ExpiresAt: after(time.Hour)},
			"hash",
			auditEntry(audit.SignedIn, "ada"),
		),
	)
	_, _, err := db.FindSession(ctx, token)
	noError(t, err)
	noError(t, db.TouchSession(ctx, token, after(2*time.Minute)))
	_, err = db.BrowserUser(ctx, token, morning)
	noError(t, err)
	noError(t, db.AddAttempt(ctx, [][]byte{{1}, {2}}, morning))
	_, err = db.Tallies(ctx, [][]byte{{1}, {2}})
	noError(t, err)
	_, err = db.EraseSignIns(ctx, after(24*time.Hour), 9)
	noError(t, err)
	useWebhooks(t, db)
	queueMail(t, db, "id", "topic", morning)
	_, err = db.TakeMail(ctx, morning, time.Minute, 4)
	noError(t, err)
	noError(t, db.RetryMail(ctx, "id", after(time.Minute)))
	noError(t, db.DoneMail(ctx, "id"))
	_, err = db.MailBacklog(ctx)
	noError(t, err)
	_, err = db.SealRecords(ctx, 100, func(l audit.Link, r audit.Record) audit.Link {
		return audit.Link{Number: l.Number + 1, Hash: []byte{1}, MAC: []byte{1}}
	})
	noError(t, err)
	for _, f := range []audit.Filter{
		{},
		{Kind: audit.SignedIn},
		{Actor: "ada"},
		{Subject: "ada"},
		{Kind: "kind7", Actor: "u7"},
		{Kind: "kind0", Actor: "u7"},
		{From: time.UnixMilli(15_000)},
		{Kind: "kind7", From: time.UnixMilli(15_000)},
		{AddressMAC: []byte{1}},
	} {
		f.Before, f.Limit = audit.Position{At: morning.AddDate(100, 0, 0)}, 50
		_, err := db.FindRecords(ctx, f)
		noError(t, err)
	}
	noError(t, db.SetCheckpoint(ctx, audit.Checkpoint{Link: audit.Link{Hash: []byte{1}}, MAC: []byte{1}}))
	_, err = db.Checkpoint(ctx)
	noError(t, err)
	noError(
		t,
		db.StageItems(
			ctx,
			"s",
			[]local.SealedItem{
				{VaultID: "v", ID: "i", Version: 1, Overview: []byte("o"), Body: []byte("b")},
			},
			morning,
		),
	)
	noError(
		t,
		db.StageFile(ctx, "s", local.SealedFile{ID: "f", VaultID: "v", ItemID: "i"}, morning),
	)
	noError(t, db.StageFileChunk(ctx, "s", "f", 0, []byte{1}, morning))
	noError(
		t,
		db.GoLive(
			ctx,
			"s",
			local.Changes{Items: 1, Files: 1, Vaults: []local.SealedVault{{ID: "v", Name: []byte("n")}}},
			nil,
		),
	)
	_, err = db.VaultChanges(ctx)
	noError(t, err)
	_, err = db.SealedItem(ctx, "v", "i")
	noError(t, err)
	_, err = db.OverviewsSince(ctx, "v", 1, 10)
	noError(t, err)
	_, err = db.SealedChunk(ctx, "f", 0)
	noError(t, err)
	_, err = db.SealedVersions(ctx, "v", "i")
	noError(t, err)
	if _, err = db.SealedVersion(ctx, "v", "i", 7); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
	_, err = db.EraseSessions(ctx, after(time.Hour), morning, 9)
	noError(t, err)
	_, err = db.EraseMail(ctx, morning, 9)
	noError(t, err)
}

// useWebhooks uses every statement of webhooks.
func useWebhooks(t *testing.T, db *DB) {
	t.Helper()
	ctx := t.Context()
	addWebhook(t, db, "h1")
	queueDeliveries(t, db, "h1", 0, 1, "s1")
	taken := takeDeliveries(t, db, "h1", morning, 8)
	for _, q := range taken {
		noError(t, db.NoteTry(ctx, webhook.Try{ID: q, State: webhook.Failed, At: morning, DueAt: morning}))
		noError(t, db.ResendDelivery(ctx, "h1", q, morning, after(time.Hour)))
	}
	_, err := db.ListWebhooks(ctx)
	noError(t, err)
	_, err = db.WebhookBacklog(ctx)
	noError(t, err)
	_, err = db.Deliveries(ctx, "h1", 0, 50)
	noError(t, err)
	_, err = db.SharesToTell(ctx, []string{"s1"})
	noError(t, err)
	_, err = db.SealedRecords(ctx, 0, 1)
	noError(t, err)
	_, err = db.EraseDeliveries(ctx, morning, 9)
	noError(t, err)
	stored := webhook.Stored{ID: "h1", Sealed: []byte{1}, State: webhook.Active}
	noError(t, db.ChangeWebhook(ctx, stored, morning, auditEntry(audit.WebhookResumed, "h1")))
	noError(t, db.RemoveWebhook(ctx, "h1", auditEntry(audit.WebhookRemoved, "h1")))
}

// useNews uses every statement of news.
func useNews(t *testing.T, db *DB) {
	t.Helper()
	ctx := t.Context()
	now := time.Now()
	shares, _, err := db.List(ctx, share.Filter{OwnerID: "ada", Limit: 1, Now: now})
	noError(t, err)
	noError(t, db.SetTell(ctx, shares[0].ID, "ada", true, now))
	_, err = db.GatherNews(ctx, now)
	noError(t, err)
	_, err = db.TellNews(ctx, now, 9, func(share.News) (share.Told, error) {
		return share.Told{Email: &share.NewsEmail{ID: "news", Topic: []byte("t"), Sealed: []byte{1}}}, nil
	})
	noError(t, err)
	noError(t, db.SetEmails(ctx, "ada", true))
}

// fillPostgres fills every table that grows, so that a scan is expensive.
// Owners, vaults, items and states are distributed unevenly.
func fillPostgres(t *testing.T, db *DB) {
	t.Helper()
	const n = 20_000 // of shares ten times as many
	for _, table := range []struct{ columns, rows string }{
		{
			"users (id, email, name, role, password_hash, created_at)",
			`'u' || n, 'u' || n || '@example.com', 'U', 'member', '', 0 FROM numbers`,
		},
		{
			"vaults (id, name, changed)",
			`'w' || n, '', 0 FROM numbers`,
		},
		{
			"items (vault_id, id, version, overview, stage_id, changed)",
			`'w' || n / 20 * 20, 'i' || n, 1, '\x00', 's' || n, n FROM numbers`,
		},
		{
			"item_bodies (stage_id, item_id, body)",
			`'s' || n, 'i' || n, decode(repeat('00', 300), 'hex') FROM numbers`,
		},
		{
			"item_versions (vault_id, item_id, version, overview, body)",
			`'w' || n / 20 * 20, 'i' || n / 10 * 10, n, '\x00', '\x00' FROM numbers`,
		},
		{
			"item_stages (id, staged_at)",
			`'s' || n, n FROM numbers`,
		},
		{
			"staged_items (stage_id, vault_id, item_id, version, overview)",
			`'s' || n, 'w0', 'i' || n, 1, '\x00' FROM numbers`,
		},
		{
			"files (id, vault_id, item_id)",
			`'f' || n, 'w' || n / 20 * 20, 'i' || n FROM numbers`,
		},
		{
			"file_chunks (file_id, number, sealed)",
			`'f' || n, 0, '\x00' FROM numbers`,
		},
		{
			"imports (id, user_id, state, created_at, touched_at, done, total, sealed)",
			`'m' || n, 'u' || n / 4, 'done', n, n, 0, 0, '\x00' FROM numbers`,
		},
		{
			"import_chunks (import_id, part, number, sealed)",
			`'m' || n, 'file', 0, '\x00' FROM numbers`,
		},
		{
			"mail_failures (topic, message_id, share_id, failed_at, retry_at, address, reason)",
			`sha256(n::text::bytea), 'm' || n, lpad((n / 4 + 1000000)::text, 26, '0'), n, 0, '\x00',
				'\x00' FROM numbers`,
		},
		{
			"grants (user_id, vault_id, may_view, may_share)",
			`'u' || n, 'w0', 1, 1 FROM numbers`,
		},
		{
			"user_groups (id, name, name_key, created_at)",
			`'g' || n, 'G' || n, 'g' || n, 0 FROM numbers`,
		},
		{
			"group_members (group_id, user_id)",
			`'g' || n / 10, 'u' || n FROM numbers`,
		},
		{
			"group_grants (group_id, vault_id, may_view, may_reveal, may_share, may_edit, may_manage)",
			`'g' || n, 'w' || n / 4, 1, 1, 1, 0, 0 FROM numbers`,
		},
		{
			"service_accounts (user_id, token_hash, created_by, expires_at)",
			`'u' || n, sha256(n::text::bytea), 'u0', 0 FROM numbers`,
		},
		{
			"sessions (token_hash, user_id, created_at, last_used, expires_at)",
			`sha256(n::text::bytea), 'u' || n, n, n, n FROM numbers`,
		},
		{
			"user_codes (user_id, code_mac, created_at, expires_at)",
			`'u' || n, sha256(n::text::bytea), n, n FROM numbers`,
		},
		{
			"known_browsers (token_hash, user_id, expires_at)",
			`sha256(n::text::bytea), 'u' || n, n FROM numbers`,
		},
		{
			"signin_attempts (attempt_key, last_at, gone_at)",
			`sha256(n::text::bytea), n, n FROM numbers`,
		},
		{
			"mail_queue (id, topic, sealed, until, due_at)",
			`'m' || n, sha256(n::text::bytea), decode(repeat('00', 300), 'hex'), n, n FROM numbers`,
		},
		{
			"audit_events (at, kind, actor, subject, detail, detail_hash, number, hash, mac, address_mac)",
			`n, 'kind' || n % 20, 'u' || n % 100, 's' || n, '\x00', '\x00', n + 100000, '\x00', '\x00',
			sha256((n % 500)::text::bytea) FROM numbers`,
		},
		{
			`shares (id, link_id, token_hash, created_at, expires_at, max_views, audience, owner_id, vault_id, item_id,
			item_version, title, included, files, largest_file, bytes, state, ended_at, erase_at, due_at)`,
			`lpad((n + 1000000)::text, 26, '0'), sha256(n::text::bytea), '\x00', n, 4000000000, 1, 'anyone',
			CASE WHEN n % 10 = 0 THEN 'ada' ELSE 'u' || n / 100 * 100 END, 'vault' || n % 20, 'item' || n % 1000, 1,
			decode(repeat('00', 160), 'hex'), decode(repeat('00', 300), 'hex'), 0, 0, 1000,
			CASE WHEN n % 100 = 7 THEN 'revoked' WHEN n > 180000 THEN 'active'
				WHEN n % 2 = 0 THEN 'viewed' ELSE 'expired' END,
			CASE WHEN n > 180000 THEN 0 ELSE n END, n, CASE WHEN n > 180000 THEN 4000000000 WHEN n % 100 = 7 THEN n END
			FROM generate_series(0, 199999) n`,
		},
		{
			"share_content (share_id, nonce, ciphertext)",
			`lpad((n + 1000000)::text, 26, '0'), '\x00', decode(repeat('00', 1000), 'hex') FROM numbers`,
		},
		{
			"share_chunks (share_id, file, chunk, sealed)",
			`lpad((n + 1000000)::text, 26, '0'), 0, 0, '\x00' FROM numbers`,
		},
		{
			"share_stages (share_id, staged_at)",
			`lpad((n + 1000000)::text, 26, '0'), n FROM numbers`,
		},
		{
			"share_viewers (share_id, address_mac, views)",
			`lpad((n + 1000000)::text, 26, '0'), sha256('a'), 1 FROM numbers`,
		},
		{
			"share_requests (owner_id, key, share_id, created_at)",
			`'ada', sha256(n::text::bytea), '', n FROM numbers`,
		},
		{
			"share_revocations (id, vault_id, rules, ordered_by, ordered_at, worker, leased_until, ended_at, outcome)",
			`lpad((n + 1000000)::text, 26, '0'), '', '{}', 'ada', n, '', 0, n, CASE WHEN n = 0 THEN '' ELSE 'done' END
			FROM numbers`,
		},
		{
			"share_recipients (share_id, position, kind, address, mac, owner_id, state)",
			`lpad((n + 1000000)::text, 26, '0'), 0, 'email', '\x00', sha256((n % 500)::text::bytea),
			CASE WHEN n % 10 = 0 THEN 'ada' ELSE 'u' || n / 100 * 100 END,
			CASE WHEN n > 18000 THEN 'active' WHEN n % 4 = 1 THEN 'revoked' WHEN n % 2 = 0 THEN 'viewed'
				ELSE 'expired' END FROM numbers`,
		},
		{
			"share_views (share_id, view, opened_at, until, agent)",
			`lpad((n / 4 + 1000000)::text, 26, '0'), sha256(n::text::bytea), n, n, 'Firefox on Linux' FROM numbers`,
		},
		{
			"share_view_minutes (share_id, minute, views, recorded)",
			`lpad((n / 4 + 1000000)::text, 26, '0'), n * 60, 2, CASE WHEN n > 19900 THEN 0 ELSE 2 END FROM numbers`,
		},
		{
			"share_recent_views (share_id, slot, view, until)",
			`lpad((n / 100 + 1000000)::text, 26, '0'), n % 100, sha256(n::text::bytea), n FROM numbers`,
		},
		{
			"share_codes (share_id, address_mac, code_mac, domain_mac, expires_at)",
			`lpad((n + 1000000)::text, 26, '0'), sha256(n::text::bytea), sha256('c'), sha256('d'), n FROM numbers`,
		},
		{
			"webhooks (id, sealed, types, state, told, created_at, created_by)",
			`'h' || n, '\x00', 'share.opened', 'active', 0, n, 'u0' FROM numbers`,
		},
		{
			`webhook_deliveries (id, webhook_id, share_id, place, type, body, happened, state, until, due_at)`,
			`'d' || n, 'h' || n / 100, lpad((n / 4 + 1000000)::text, 26, '0'), n, 'share.opened', '\x00', n,
			CASE WHEN n % 50 = 0 THEN 'waiting' WHEN n % 51 = 0 THEN 'failed' ELSE 'delivered' END, n, n
			FROM numbers`,
		},
		{
			"share_news (share_id, viewed, refused, due_at)",
			`lpad((n + 1000000)::text, 26, '0'), 0, 0, n FROM numbers`,
		},
		{
			"share_code_log (share_id, address_mac, at, wrong)",
			`lpad((n + 1000000)::text, 26, '0'), sha256(n::text::bytea), n, 0 FROM numbers`,
		},
	} {
		// Without its triggers, which check the references: tables come in any order.
		name, _, _ := strings.Cut(table.columns, " ")
		_, err := db.writers.Exec(
			fmt.Sprintf(
				`ALTER TABLE %s DISABLE TRIGGER ALL;
				INSERT INTO %s WITH numbers AS (SELECT generate_series(0, %d) AS n) SELECT %s;
				ALTER TABLE %[1]s ENABLE TRIGGER ALL`,
				name,
				table.columns,
				n-1,
				table.rows,
			),
		)
		if err != nil {
			t.Fatalf("fill %s: %v", name, err)
		}
	}
	_, err := db.writers.Exec(`VACUUM ANALYZE`)
	noError(t, err)
}

// planStep is one step of a plan in PostgreSQL's words.
type planStep struct {
	Kind  string     `json:"Node Type"`
	Table string     `json:"Relation Name"`
	Index string     `json:"Index Name"`
	Cond  string     `json:"Index Cond"`
	Rows  float64    `json:"Plan Rows"`
	Steps []planStep `json:"Plans"`
}

// plans are how a statement runs with these values for the first time on a
// connection, and from the sixth time on, when PostgreSQL may have come to one plan
// for all values.
func plans(t *testing.T, conn *sql.Conn, query string, values []any) []planStep {
	t.Helper()
	if _, err := conn.ExecContext(t.Context(), `PREPARE asked AS `+query); err != nil {
		t.Fatal(query, err)
	}
	defer conn.ExecContext(
		context.WithoutCancel(t.Context()),
		`DEALLOCATE asked`,
	) // the next statement reports it
	execute := `EXPLAIN (FORMAT JSON) EXECUTE asked`
	if len(values) > 0 {
		execute += `(` + strings.Join(literals(values), `, `) + `)`
	}
	var all []planStep
	for range 7 {
		var raw []byte
		if err := conn.QueryRowContext(t.Context(), execute).Scan(&raw); err != nil {
			t.Fatal(query, err)
		}
		var plans []struct{ Plan planStep }
		noError(t, json.Unmarshal(raw, &plans))
		all = append(all, plans[0].Plan)
	}
	return []planStep{all[0], all[6]}
}

func literals(values []any) []string {
	all := make([]string, len(values))
	for i, value := range values {
		switch v := value.(type) {
		case nil:
			all[i] = `NULL`
		case []byte:
			all[i] = fmt.Sprintf(`'\x%x'`, v)
		default:
			all[i] = `'` + strings.ReplaceAll(fmt.Sprint(v), `'`, `''`) + `'`
		}
	}
	return all
}

// judge returns the faults of the plan of a statement.
func (p planStep) judge(query string, hot map[string]string) []string {
	var steps steps
	steps.read(p, false)
	for where, index := range hot {
		if n := strings.Count(query, where); n > 0 && steps.uses(index) < n {
			steps.faults = append(
				steps.faults,
				fmt.Sprintf(
					"%s is used %d times instead of %d: %s",
					index,
					steps.uses(index),
					n,
					steps.indexes,
				),
			)
		}
	}
	return steps.faults
}

// steps are what a plan reads and what it would cost as the tables grow.
type steps struct {
	indexes []string
	faults  []string
}

// fewRows are as many as a page, a batch or what the sweeper is late with may have.
const fewRows = maxOverdue + 100

// read notes a step and those below it. Below a limit a step ends early, unless
// one between them has to see all rows first.
func (s *steps) read(p planStep, ends bool) {
	switch p.Kind {
	case "Seq Scan":
		if !slices.Contains(
			[]string{
				"vault_changes", "share_policies", "share_settings", "keysets", "audit_checkpoints",
				"installation",
			},
			p.Table,
		) {
			s.faults = append(s.faults, "reads all of "+p.Table)
		}
	case "Index Scan", "Index Only Scan", "Bitmap Index Scan":
		s.indexes = append(s.indexes, p.Index+" "+p.Cond)
		// The index of what waits has nothing but that: what the sealer numbers within a second.
		if p.Cond == "" && p.Kind != "Bitmap Index Scan" && p.Index != "audit_events_waiting" {
			s.faults = append(s.faults, "reads all of "+p.Index)
		}
		if !ends && p.Rows > fewRows {
			s.faults = append(s.faults, fmt.Sprintf("reads %.0f rows of %s", p.Rows, p.Index))
		}
	case "Limit":
		ends = true
	case "Sort", "Aggregate", "Hash", "HashAggregate", "Materialize", "Bitmap Heap Scan":
		ends = false
	}
	for _, below := range p.Steps {
		s.read(below, ends)
	}
}

// uses counts the steps that read an index by such keys, written "index (key, key)".
func (s *steps) uses(index string) (n int) {
	name, keys, _ := strings.Cut(strings.TrimSuffix(index, ")"), " (")
	for _, used := range s.indexes {
		has := strings.HasPrefix(used, name+" ")
		for key := range strings.SplitSeq(keys, ", ") {
			has = has && (key == "" || strings.Contains(used, "("+key+" ")) ||
				has && strings.Contains(used, "("+key+")::") ||
				has && (key == "at" || key == "id") && strings.Contains(used, "(ROW(at, id) < ")
		}
		if has {
			n++
		}
	}
	return n
}
