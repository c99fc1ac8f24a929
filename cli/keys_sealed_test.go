package cli

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"itemshare/account"
	"itemshare/db"
	"itemshare/db/dbtest"
	"itemshare/mail"
	"itemshare/seal"
	"itemshare/share"
	"itemshare/vault"
	"itemshare/vault/local"
	"itemshare/webhook"
)

// notResealed are the columns of bytes that keys rotate --reseal leaves alone, by why. All others are
// sealed with new keys: a new column of bytes belongs here, or into sealedColumns in db/reseal.go.
var notResealed = map[string][]string{
	"the chain proves its sealed bytes": {auditDetail},
	"it is gone or an item's in a few minutes, and the next run seals what became of it": {
		"staged_items.overview",
	},
	"the master key wraps it": {"keysets.wrapped"},
	"the key in the link seals it": {
		"share_content.nonce", "share_content.ciphertext", "share_chunks.sealed",
	},
	"it is a hash, whose key stays": {
		"audit_checkpoints.hash", "audit_checkpoints.mac", "audit_events.address_mac",
		"audit_events.detail_hash", "audit_events.hash", "audit_events.mac", "known_browsers.token_hash",
		"mail_failures.topic", "mail_queue.topic", "recovery_codes.code_mac", "service_accounts.token_hash",
		"sessions.token_hash", "share_code_log.address_mac", "share_codes.address_mac",
		"share_codes.code_mac", "share_codes.domain_mac", "share_recipients.mac", "share_requests.key",
		"share_viewers.address_mac", "share_views.address_mac", "share_views.domain_mac",
		"shares.token_hash", "signin_attempts.attempt_key", "user_codes.code_mac",
	},
	"it is not secret": {
		"passkeys.credential", "passkeys.id", "share_codes.view", "share_recent_views.view",
		"share_views.view", "shares.link_id",
	},
}

const auditDetail = "audit_events.detail"

// wantResealed asserts that every column of bytes is known, that all of the sealed ones opens with the
// newest keys, and that none but the audit log's names one of some earlier keys.
func (h *openedInstallation) wantResealed(url string, earlier [][]byte) {
	h.t.Helper()
	opened := h.openedByNewest()
	alone := slices.Concat(slices.Collect(maps.Values(notResealed))...)
	columns := columnsOfBytes(h.t, url)
	for _, name := range alone {
		if !slices.Contains(columns, name) {
			h.t.Errorf("there is no column %s", name)
		}
	}
	for _, name := range columns {
		values := bytesIn(h.t, url, name)
		sealed := !slices.Contains(alone, name)
		if sealed && len(values) == 0 {
			h.t.Errorf("%s is a sealed column without a value: have fillSealed store one, "+
				"or list it in notResealed", name)
		}
		for _, value := range values {
			if sealed && !opened[string(value)] {
				h.t.Errorf("%s holds what the newest keys didn't seal", name)
				break
			}
			isOf := func(key []byte) bool { return bytes.HasPrefix(value, key) }
			if name != auditDetail && slices.ContainsFunc(earlier, isOf) {
				h.t.Errorf("%s holds what an earlier key sealed", name)
				break
			}
		}
	}
}

// openedByNewest are all sealed bytes that open in their place with the newest keys.
func (h *openedInstallation) openedByNewest() map[string]bool {
	h.t.Helper()
	opened := map[string]bool{}
	_, err := h.in.db.Reseal(h.t.Context(), func(s db.Sealed) ([]byte, error) {
		_, err := h.in.keyring.Open(s.Purpose, s.Bytes, s.Place...)
		opened[string(s.Bytes)] = err == nil && h.in.keyring.IsNewest(s.Purpose, s.Bytes)
		return nil, nil
	})
	must(h.t, err)
	return opened
}

// columnsOfBytes are the names of all columns of bytes, with their tables'.
func columnsOfBytes(t *testing.T, url string) (names []string) {
	t.Helper()
	query := `SELECT table_name || '.' || column_name FROM information_schema.columns
		WHERE table_schema = current_schema() AND data_type = 'bytea'`
	if strings.HasPrefix(url, "sqlite:") {
		query = `SELECT t.name || '.' || c.name FROM sqlite_master t, pragma_table_info(t.name) c
			WHERE t.type = 'table' AND c.type = 'BLOB'`
	}
	return rowsOf[string](t, dbtest.Raw(t, url), query)
}

func bytesIn(t *testing.T, url, name string) [][]byte {
	t.Helper()
	table, column, _ := strings.Cut(name, ".")
	return rowsOf[[]byte](t, dbtest.Raw(t, url),
		`SELECT `+column+` FROM `+table+` WHERE `+column+` IS NOT NULL`)
}

// rowsOf returns the rows of a query with one column.
func rowsOf[T any](t *testing.T, pool *sql.DB, query string) (all []T) {
	t.Helper()
	rows, err := pool.Query(query)
	must(t, err)
	for rows.Next() {
		var value T
		must(t, rows.Scan(&value))
		all = append(all, value)
	}
	must(t, rows.Err())
	return all
}

// fillSealed has the services store something in every column that is sealed.
func (h *openedInstallation) fillSealed(url string) (links []string) {
	h.t.Helper()
	ctx := h.t.Context()
	told := h.addWebhook()
	links = h.createShares(22)
	told()
	h.addPast()
	item := h.item()
	item.Title += " again"
	_, err := h.in.vault.UpdateItem(ctx, "", item, nil)
	must(h.t, err)
	_, err = h.in.vault.Import(ctx, local.Import{Items: vault.ImportedItems(vault.ImportedItem{
		VaultTitle: "Theirs", Origin: vault.Origin{Account: "a", Vault: "v", Item: "i"},
		Item: vault.Item{Title: "Imported", Category: vault.Login},
	})})
	must(h.t, err)
	_, err = h.in.intake.Receive(ctx, h.member(), "export.csv", strings.NewReader("title,password\na,b\n"))
	must(h.t, err)
	h.openByCode(links[11], "anna11@company.example")
	h.addFactor()
	h.addPasskey()
	h.failMails(url)
	return links
}

// addWebhook adds a webhook, and returns what sends its messages, whose receiver answers.
func (h *openedInstallation) addWebhook() (send func()) {
	h.t.Helper()
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "thanks")
	}))
	h.t.Cleanup(receiver.Close)
	networks := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	box, sender := h.in.keyring.Box(seal.Webhooks), webhook.NewSender(networks)
	hooks := webhook.New(webhook.Config{
		Store: h.in.db, Box: box, Audit: h.in.log, Sender: sender, Allowed: networks, Clock: time.Now,
		Random: rand.Reader,
	})
	hook, _, err := hooks.Add(h.t.Context(), "", receiver.URL, []string{string(webhook.Created)})
	must(h.t, err)
	return func() {
		ctx, stop := context.WithTimeout(h.t.Context(), time.Minute)
		defer stop()
		worker := webhook.NewWorker(webhook.WorkerConfig{
			Queue: h.in.db, Box: box, Audit: h.in.log, Sender: sender, Clock: time.Now,
			Random: rand.Reader, Log: slog.New(slog.DiscardHandler), Every: time.Millisecond,
		})
		done := make(chan struct{})
		go func() { defer close(done); worker.Run(ctx) }()
		defer func() { stop(); <-done }()
		for {
			list, _, err := hooks.Deliveries(ctx, hook.ID, 0)
			must(h.t, err)
			waits := func(d webhook.Delivery) bool { return d.State != webhook.Delivered }
			if len(list) > 0 && !slices.ContainsFunc(list, waits) {
				return
			}
			time.Sleep(time.Millisecond)
		}
	}
}

// openByCode opens a link for specific people.
func (h *openedInstallation) openByCode(link, address string) {
	h.t.Helper()
	r := h.openRequest(link, "a view")
	h.mails.OnPrepare(func(m mail.Message) { r.Code = regexp.MustCompile(`\d{8}`).FindString(m.Text) })
	must(h.t, h.shares.SendCode(h.t.Context(), r.ID, r.Token, address))
	h.mails.OnPrepare(func(mail.Message) {})
	r.Email = address
	_, err := h.shares.Open(h.t.Context(), r)
	must(h.t, err)
}

func (h *openedInstallation) addFactor() {
	h.t.Helper()
	user, err := h.in.accounts.UserByEmail(h.t.Context(), "member@example.com")
	must(h.t, err)
	me := account.Identity{User: user}
	begun, err := h.in.accounts.BeginFactor(me, "itemshare")
	must(h.t, err)
	code, err := totp.GenerateCode(begun.Secret, time.Now())
	must(h.t, err)
	_, err = h.in.accounts.ConfirmFactor(h.t.Context(), me, begun.Sealed, code)
	must(h.t, err)
}

// addPasskey invites somebody, who joins with a passkey.
func (h *openedInstallation) addPasskey() {
	h.t.Helper()
	issued, err := h.in.accounts.Invite(h.t.Context(), "", account.NewInvite{
		Email: "kim@company.example", Name: "Kim", Role: account.Member,
	}, account.Post{})
	must(h.t, err)
	_, err = h.in.accounts.JoinWithPasskey(h.t.Context(), string(issued.Code),
		func(account.User) (account.Passkey, error) {
			return account.Passkey{ID: []byte("id"), Credential: []byte("public")}, nil
		}, account.Caller{})
	must(h.t, err)
}

// failMails invites somebody, and has no email be delivered yet.
func (h *openedInstallation) failMails(url string) {
	h.t.Helper()
	ctx, later := h.t.Context(), time.Now().Add(time.Hour)
	page, err := h.shares.List(ctx, share.Viewer{All: true}, share.Query{})
	must(h.t, err)
	for _, id := range rowsOf[string](h.t, dbtest.Raw(h.t, url), `SELECT id FROM mail_queue`) {
		must(h.t, h.shares.MailFailed(ctx, share.MailFailure{
			MessageID: id, ShareID: page.Shares[0].ID, To: "eve@company.example", Reason: "Full.",
			RetryAt: later,
		}))
	}
	_, err = h.in.accounts.Invite(ctx, "", account.NewInvite{
		Email: "eve@company.example", Name: "Eve", Role: account.Member,
	}, account.Post{Mailer: h.mails, Join: "http://localhost/join"})
	must(h.t, err)
	const invitations = `SELECT mail_id FROM user_codes WHERE mail_id <> ''`
	for _, id := range rowsOf[string](h.t, dbtest.Raw(h.t, url), invitations) {
		must(h.t, h.in.accounts.MailFailed(ctx, account.MailFailure{
			MessageID: id, Reason: "Full.", RetryAt: later,
		}))
	}
}
