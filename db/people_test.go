package db

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/fault"
	"itemshare/seal"
	"itemshare/share"
)

func auditEntry(kind audit.Kind, subject string) audit.Entry {
	return audit.Entry{At: morning, Kind: kind, Subject: subject, Detail: []byte("sealed")}
}

// expire is DB.ExpireShares with the entries that it stores.
func expire(db *DB) share.EraseFunc {
	return func(ctx context.Context, now time.Time, limit int) (int, error) {
		return db.ExpireShares(ctx, now, limit, func(id string) (audit.Entry, error) {
			return auditEntry(audit.ShareExpired, id), nil
		})
	}
}

func addUser(t *testing.T, db *DB, id string) {
	t.Helper()
	user := account.User{
		ID:        id,
		Email:     id + "@example.com",
		Name:      id,
		Role:      account.Member,
		CreatedAt: morning,
	}
	if err := db.AddUser(t.Context(), user, "hash", auditEntry(audit.UserAdded, id)); err != nil {
		t.Fatal(err)
	}
}

func countRows(t *testing.T, db *DB, from string) (n int) {
	t.Helper()
	if err := db.read(t.Context()).row(`SELECT count(*) FROM ` + from).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestUsers(t *testing.T) {
	db := open(t)
	addUser(t, db, "zoe")
	addUser(t, db, "ada")
	if _, _, err := db.UserByEmail(t.Context(), "nobody@example.com"); fault.KindOf(
		err,
	) != fault.NotFound {
		t.Errorf("nobody: %v", err)
	}
	if err := db.SetDisabled(t.Context(), "zoe", true, auditEntry(audit.UserDisabled, "zoe")); err != nil {
		t.Fatal(err)
	}
	if err := db.SetPassword(t.Context(), "zoe", "another", auditEntry(audit.PasswordChanged, "zoe")); err != nil {
		t.Fatal(err)
	}
	user, hash, err := db.UserByEmail(t.Context(), "zoe@example.com")
	want := account.User{
		ID:        "zoe",
		Email:     "zoe@example.com",
		Name:      "zoe",
		Role:      account.Member,
		Disabled:  true,
		CreatedAt: morning,
	}
	if diff := cmp.Diff(want, user); diff != "" || hash != "another" || err != nil {
		t.Errorf("hash %q, %v\n%s", hash, err, diff)
	}
	list, err := db.ListUsers(t.Context())
	if err != nil || len(list) != 2 || list[0].ID != "ada" || list[1] != want {
		t.Errorf("list %+v, %v", list, err)
	}
}

// TestParties lists people before service accounts, each by name.
func TestParties(t *testing.T) {
	db := open(t)
	addUser(t, db, "zoe")
	addUser(t, db, "ada")
	addServiceAccount(t, db, "aaa")
	zoe := account.Party{ID: "zoe", Name: "zoe", Email: "zoe@example.com"}
	ada := account.Party{ID: "ada", Name: "ada", Email: "ada@example.com"}
	program := account.Party{ID: "aaa", Name: "Program aaa"}
	for after, want := range map[string][]account.Party{
		"": {ada, zoe}, "ada": {zoe, program}, "zoe": {program}, "aaa": nil,
	} {
		got, err := db.PartiesAfter(t.Context(), after, 2)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("after %q: %v\n%s", after, err, diff)
		}
	}
	got, err := db.PartiesByID(t.Context(), []string{"aaa", "nobody"})
	if diff := cmp.Diff([]account.Party{program}, got); diff != "" || err != nil {
		t.Errorf("by ID: %v\n%s", err, diff)
	}
	ids := []string{"zoe"}
	for i := range 3 * partyBatch {
		ids = append(ids, fmt.Sprint("nobody ", i))
	}
	got, err = db.PartiesByID(t.Context(), append(ids, "ada"))
	if len(got) != 2 || err != nil {
		t.Errorf("in several statements: %+v, %v", got, err)
	}
}

// TestRefusedChangesLeaveNoEntry asserts that a rejected change has no audit entry.
func TestRefusedChangesLeaveNoEntry(t *testing.T) {
	db := open(t)
	addUser(t, db, "ada")
	entry := auditEntry(audit.GrantChanged, "x")
	taken := account.User{ID: "other", Email: "ada@example.com", Name: "x", Role: account.Member}
	tests := []struct {
		why  string
		do   func() error
		want fault.Kind
	}{
		{
			"a taken address",
			func() error { return db.AddUser(t.Context(), taken, "hash", entry) },
			fault.Conflict,
		},
		{
			"nobody's password",
			func() error { return db.SetPassword(t.Context(), "no", "hash", entry) },
			fault.NotFound,
		},
		{
			"nobody disabled",
			func() error { return db.SetDisabled(t.Context(), "no", true, entry) },
			fault.NotFound,
		},
		{"nobody's grant", func() error {
			return db.SetGrant(
				t.Context(),
				account.Grant{UserID: "no", VaultID: "v", View: true},
				entry,
			)
		}, fault.NotFound},
		{
			"nobody's empty grant",
			func() error { return db.SetGrant(t.Context(), account.Grant{UserID: "no", VaultID: "v"}, entry) },
			fault.NotFound,
		},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			if err := tt.do(); fault.KindOf(err) != tt.want {
				t.Errorf("err = %v", err)
			}
			if n := countRows(t, db, "audit_events"); n != 1 {
				t.Errorf("%d entries", n)
			}
		})
	}
	if err := db.EndSession(t.Context(), [32]byte{1}, entry); err != nil ||
		countRows(t, db, "audit_events") != 1 {
		t.Errorf("ending no session: %v", err)
	}
}

func TestSessionsOfOneUser(t *testing.T) {
	db := open(t)
	addUser(t, db, "ada")
	addUser(t, db, "eve")
	add := func(name, user string) [32]byte {
		t.Helper()
		s := account.Session{
			TokenHash: sha256.Sum256([]byte(name)),
			UserID:    user,
			CreatedAt: morning,
			LastUsed:  morning,
			ExpiresAt: morning.Add(12 * time.Hour),
		}
		if err := db.AddSession(t.Context(), s, browserOf(s), "hash", auditEntry(audit.SignedIn, user)); err != nil {
			t.Fatal(err)
		}
		found, identity, err := db.FindSession(t.Context(), s.TokenHash)
		if diff := cmp.Diff(s, found); diff != "" || identity.User.ID != user ||
			len(identity.Grants) != 0 ||
			err != nil {
			t.Errorf("%+v, %v\n%s", identity, err, diff)
		}
		return s.TokenHash
	}
	first, second, other := add("1", "ada"), add("2", "ada"), add("3", "eve")
	if err := db.SetPassword(t.Context(), "ada", "new", auditEntry(audit.PasswordChanged, "ada")); err != nil {
		t.Fatal(err)
	}
	for _, ended := range [][32]byte{first, second, {}} {
		if _, _, err := db.FindSession(t.Context(), ended); fault.KindOf(err) != fault.NotFound {
			t.Errorf("err = %v", err)
		}
	}
	if _, _, err := db.FindSession(t.Context(), other); err != nil {
		t.Errorf("somebody else's: %v", err)
	}
}

func TestEraseSessions(t *testing.T) {
	db := open(t)
	addUser(t, db, "ada")
	for n := range 6 { // three end early, three are idle from early on
		s := account.Session{
			TokenHash: [32]byte{byte(n)},
			UserID:    "ada",
			CreatedAt: morning,
			LastUsed:  morning.Add(4 * time.Hour),
			ExpiresAt: morning.Add(time.Hour),
		}
		if n%2 == 0 {
			s.LastUsed, s.ExpiresAt = morning, morning.Add(12*time.Hour)
		}
		if err := db.AddSession(t.Context(), s, browserOf(s), "hash", auditEntry(audit.SignedIn, "ada")); err != nil {
			t.Fatal(err)
		}
	}
	now := morning.Add(2 * time.Hour)
	for _, want := range []int{4, 2, 0} {
		if n, err := db.EraseSessions(t.Context(), now, now.Add(-account.Idle), 4); n != want ||
			err != nil {
			t.Errorf("erased %d, %v, want %d", n, err, want)
		}
	}
}

// browserOf returns a browser that has a session.
func browserOf(s account.Session) account.Browser {
	return account.Browser{TokenHash: s.TokenHash, ExpiresAt: s.ExpiresAt}
}

// TestAttemptsAreBounded asserts that the tallies with the most attempts stay.
func TestAttemptsAreBounded(t *testing.T) {
	db := open(t)
	add := func(at time.Time, keys ...[]byte) {
		t.Helper()
		noError(t, db.AddAttempt(t.Context(), keys, at))
	}
	victim := []byte("the account that is tried most")
	for range 6 {
		add(morning, victim)
	}
	for n := 0; n < account.MostCounters+500; n += 100 {
		var keys [][]byte
		for i := range 100 {
			keys = append(keys, fmt.Append(nil, "invented", n+i))
		}
		add(morning.Add(time.Duration(n)*time.Millisecond), keys...)
	}
	if n := countRows(t, db, "signin_attempts"); n != account.MostCounters {
		t.Errorf("%d counters are stored", n)
	}
	tallies, err := db.Tallies(t.Context(), [][]byte{[]byte("nobody"), victim, []byte("invented0")})
	noError(t, err)
	if got := tallies[1].Count(morning); got < 5.99 || got > 6.01 ||
		!tallies[1].Last.Equal(morning) {
		t.Errorf("the account that is tried most: %v", tallies[1])
	}
	if tallies[0] != (account.Tally{}) || tallies[2] != (account.Tally{}) {
		t.Errorf("no attempts, and forgotten ones: %v", tallies)
	}
	left := account.MostCounters
	for left > 0 {
		n, err := db.EraseSignIns(t.Context(), morning.Add(4*time.Hour), 1000)
		noError(t, err)
		if n != min(left, 1000) {
			t.Fatalf("erased %d of %d", n, left)
		}
		left -= n
	}
}

// TestAttemptsAtOnce asserts that simultaneous attempts all count.
func TestAttemptsAtOnce(t *testing.T) {
	db := open(t)
	keys := [][]byte{[]byte("b"), []byte("a")}
	var all sync.WaitGroup
	for n := range 20 {
		all.Go(func() {
			if err := db.AddAttempt(t.Context(), [][]byte{keys[n%2], keys[1-n%2]}, morning); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	tallies, err := db.Tallies(t.Context(), keys)
	noError(t, err)
	for _, tally := range tallies {
		if got := tally.Count(morning); got < 19.99 || got > 20.01 {
			t.Errorf("%v of twenty count", got)
		}
	}
}

func TestKnownBrowsers(t *testing.T) {
	db := open(t)
	for _, user := range []string{"ada", "eve"} {
		noError(t, db.AddUser(t.Context(), account.User{
			ID: user, Email: user + "@example.com", Name: user, Role: account.Member,
		}, "hash", auditEntry(audit.UserAdded, user)))
	}
	signIn := func(user string, n int, replaces [32]byte) [32]byte {
		t.Helper()
		s := account.Session{TokenHash: sha256.Sum256(fmt.Append(nil, user, n)), UserID: user}
		b := browserOf(s)
		b.ExpiresAt, b.Replaces = morning.Add(time.Duration(n)*time.Hour), replaces
		noError(t, db.AddSession(t.Context(), s, b, "hash", auditEntry(audit.SignedIn, user)))
		return b.TokenHash
	}
	ofUser := func(hash [32]byte, at time.Time) string {
		t.Helper()
		email, err := db.BrowserUser(t.Context(), hash, at)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			t.Fatal(err)
		}
		return email
	}
	first := signIn("ada", 1, [32]byte{})
	foreign := signIn("eve", 1, first)
	if got := ofUser(first, morning); got != "ada@example.com" {
		t.Errorf("the first browser is %q's: another user's sign-in replaced it", got)
	}
	second := signIn("ada", 2, first)
	if ofUser(first, morning) != "" || ofUser(second, morning) != "ada@example.com" {
		t.Error("a browser isn't replaced by its next sign-in")
	}
	if ofUser(second, morning.Add(2*time.Hour)) != "" {
		t.Error("a browser is known for ever")
	}
	for n := range mostBrowsers {
		signIn("ada", n+3, [32]byte{})
	}
	if n := countRows(t, db, "known_browsers WHERE user_id = 'ada'"); n != mostBrowsers ||
		ofUser(second, morning) != "" {
		t.Errorf("%d browsers of one user are known", n)
	}
	noError(t, db.SetPassword(t.Context(), "ada", "new", auditEntry(audit.PasswordChanged, "ada")))
	if n := countRows(t, db, "known_browsers WHERE user_id = 'ada'"); n != 0 {
		t.Errorf("%d browsers are known after a change of the password", n)
	}
	if ofUser(foreign, morning) != "eve@example.com" {
		t.Error("another user's browser is forgotten")
	}
	noError(t, db.SetDisabled(t.Context(), "eve", true, auditEntry(audit.UserDisabled, "eve")))
	noError(t, db.SetDisabled(t.Context(), "eve", false, auditEntry(audit.UserEnabled, "eve")))
	if ofUser(foreign, morning) != "" {
		t.Error("a browser is known again after its user was disabled")
	}
}

func TestWarnings(t *testing.T) {
	db := open(t)
	noError(t, db.SetWarning(t.Context(), "proxy", "10.0.0.1", morning))
	noError(t, db.SetWarning(t.Context(), "proxy", "10.0.0.2", morning.Add(time.Hour)))
	list, err := db.Warnings(t.Context())
	noError(t, err)
	want := []Warning{{Name: "proxy", Detail: "10.0.0.2", At: morning.Add(time.Hour)}}
	if diff := cmp.Diff(want, list); diff != "" {
		t.Error(diff)
	}
	noError(t, db.ClearWarning(t.Context(), "proxy"))
	if list, err := db.Warnings(t.Context()); len(list) != 0 || err != nil {
		t.Errorf("%v, %v", list, err)
	}
}

func TestAddKeysetsReplacesNone(t *testing.T) {
	db := open(t)
	for _, add := range []map[seal.Purpose][]byte{
		{seal.Items: []byte("first")},
		{seal.Items: []byte("second"), seal.Mail: []byte("mail")},
	} {
		if err := db.AddKeysets(t.Context(), add); err != nil {
			t.Fatal(err)
		}
	}
	all, err := db.Keysets(t.Context())
	if diff := cmp.Diff(
		map[seal.Purpose][]byte{seal.Items: []byte("first"), seal.Mail: []byte("mail")},
		all,
	); diff != "" ||
		err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
}

// TestEraseDetails erases the details of one subject, and asserts that the audit chain still
// verifies.
func TestEraseDetails(t *testing.T) {
	db := open(t)
	for _, subject := range []string{"a", "b", "a"} {
		if err := db.Record(t.Context(), auditEntry(audit.ShareOpened, subject)); err != nil {
			t.Fatal(err)
		}
	}
	mac := audit.MAC(func(parts ...string) []byte {
		sum := sha256.Sum256([]byte(strings.Join(parts, "|")))
		return sum[:]
	})
	if err := audit.NewSealer(db, mac, db.log).Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := db.write(t.Context(), "test", func(tx *tx) error {
		left, err := eraseDetails(tx, "a", 5)
		if left != 3 {
			t.Errorf("%d more could have been erased", left)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if n := countRows(t, db, `audit_events WHERE detail IS NULL AND subject = 'a'`); n != 2 {
		t.Errorf("%d details of a are erased", n)
	}
	if n := countRows(t, db, `audit_events WHERE detail IS NOT NULL`); n != 1 {
		t.Errorf("%d details are left", n)
	}
	if report, err := audit.Verify(t.Context(), db, mac, ""); report.Count != 3 || err != nil {
		t.Errorf("%+v, %v", report, err)
	}
}

// TestEntryRollsBackWithItsChange asserts that a change and its audit entry are stored together
// or not at all.
func TestEntryRollsBackWithItsChange(t *testing.T) {
	db := open(t)
	stop := errors.New("no")
	err := db.write(t.Context(), "test", func(tx *tx) error {
		if err := insertEntry(tx, auditEntry(audit.ShareCreated, "s")); err != nil {
			return err
		}
		return stop
	})
	if !errors.Is(err, stop) || countRows(t, db, "audit_events") != 0 {
		t.Errorf("err = %v", err)
	}
}

// TestPeopleQueriesUseIndexes checks SQLite's plans of the frequent queries about people.
func TestPeopleQueriesUseIndexes(t *testing.T) {
	db := openAt(t, t.TempDir()+"/a.db")
	filtered := func(f audit.Filter) string { query, _ := findRecords(f, isSealed); return query }
	for _, query := range []string{
		findSession,
		`SELECT 1 FROM ` + rightsOf,
		`SELECT 1 FROM users WHERE email = ? AND kind = 'person'`,
		serviceAccounts + ` WHERE a.token_hash = ?`,
		serviceAccounts + ` WHERE a.user_id = ?`,
		`SELECT ` + userColumns + ` FROM users u WHERE kind = 'person' ORDER BY name, id LIMIT ?`,
		`SELECT user_id, vault_id FROM grants WHERE user_id IN (?, ?) ORDER BY user_id, vault_id`,
		`DELETE FROM sessions WHERE user_id = ?`,
		`SELECT token_hash FROM sessions WHERE expires_at <= ? ORDER BY expires_at LIMIT ?`,
		`SELECT token_hash FROM sessions WHERE last_used <= ? ORDER BY last_used LIMIT ?`,
		`SELECT attempt_key FROM signin_attempts WHERE gone_at <= ? ORDER BY gone_at LIMIT ?`,
		`SELECT attempt_key, last_at, gone_at FROM signin_attempts WHERE attempt_key IN (?, ?)`,
		`SELECT token_hash FROM known_browsers WHERE expires_at <= ? ORDER BY expires_at LIMIT ?`,
		`SELECT token_hash FROM known_browsers WHERE user_id = ? ORDER BY expires_at DESC LIMIT ?`,
		`SELECT u.email FROM known_browsers b JOIN users u ON u.id = b.user_id
			WHERE b.token_hash = ? AND b.expires_at > ?`,
		`SELECT ` + eventColumns + ` FROM audit_events WHERE number IS NULL ORDER BY id LIMIT ?`,
		`SELECT ` + eventColumns + ` FROM audit_events WHERE number > ? ORDER BY number LIMIT ?`,
		`SELECT number, hash, mac FROM audit_events WHERE number > 0 ORDER BY number DESC LIMIT 1`,
		`UPDATE audit_events SET detail = NULL, address_mac = NULL ` +
			`WHERE id IN (SELECT id FROM audit_events WHERE number IS NOT NULL AND subject = ? ` +
			`AND detail IS NOT NULL LIMIT ?)`,
		filtered(audit.Filter{}), filtered(audit.Filter{Kind: "k"}), filtered(audit.Filter{Actor: "a"}),
		filtered(audit.Filter{Subject: "s"}), filtered(audit.Filter{AddressMAC: []byte{1}}),
		filtered(audit.Filter{Kind: "k", Actor: "a", Subject: "s"}),
		`UPDATE mail_queue SET due_at = ? WHERE due_at <= ? AND id IN (SELECT id FROM mail_queue WHERE ` +
			`due_at <= ? ORDER BY due_at LIMIT ?)`,
		`DELETE FROM mail_queue WHERE topic = ?`,
		`DELETE FROM mail_queue WHERE id IN (SELECT id FROM mail_queue WHERE until <= ? ORDER BY until LIMIT ?)`,
	} {
		args := make([]any, strings.Count(query, "?"))
		rows, err := db.read(t.Context()).query(`EXPLAIN QUERY PLAN `+query, args...)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var id, parent, unused int
			var step string
			if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
				t.Fatal(err)
			}
			// The index of what waits has nothing but that.
			all := strings.HasPrefix(step, "SCAN") && !strings.HasSuffix(step, " audit_events_waiting")
			if all || strings.Contains(step, "TEMP B-TREE") {
				t.Errorf("%s\n\t%s", query, step)
			}
		}
		rows.Close()
	}
}
