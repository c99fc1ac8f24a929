package db

import (
	"fmt"
	"testing"
	"time"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/fault"
	"itemshare/share"
	"itemshare/vault/local"
)

// changeDuring makes a change in a transaction that commits 200 ms later, as another process may.
// The returned function waits for the commit.
func changeDuring(t *testing.T, db *DB, change func(*tx) error) (ended func()) {
	t.Helper()
	changed, end := make(chan error, 1), make(chan error)
	go func() {
		end <- db.write(t.Context(), "test", func(tx *tx) error {
			err := change(tx)
			changed <- err
			time.Sleep(200 * time.Millisecond)
			return err
		})
	}()
	if err := <-changed; err != nil {
		t.Fatal(err)
	}
	return func() {
		t.Helper()
		if err := <-end; err != nil {
			t.Fatal(err)
		}
	}
}

// TestDroppedWhileGoingLive drops a stage while it goes live, and asserts that its items keep
// their bodies.
func TestDroppedWhileGoingLive(t *testing.T) {
	handles := openTwice(t)
	item := local.SealedItem{
		VaultID:  "v",
		ID:       "i",
		Version:  1,
		Overview: []byte("o"),
		Body:     []byte("b"),
	}
	if err := handles[0].StageItems(t.Context(), "s", []local.SealedItem{item}, itemTime); err != nil {
		t.Fatal(err)
	}
	ended := changeDuring(t, handles[0], func(tx *tx) error {
		return makeLive(
			tx,
			"s",
			local.Changes{Items: 1, Vaults: []local.SealedVault{{ID: "v", Name: []byte("n")}}},
			nil,
		)
	})
	if err := handles[1].SweepItemStages(t.Context(), itemTime.Add(time.Hour)); err != nil {
		t.Error(err)
	}
	if err := handles[1].DropItemStage(t.Context(), "s"); err != nil {
		t.Error(err)
	}
	ended()
	if got, err := handles[1].SealedItem(t.Context(), "v", "i"); err != nil ||
		string(got.Body) != "b" {
		t.Errorf("body %q, %v", got.Body, err)
	}
}

// TestGoingLiveWhileDropped makes a stage live while it is dropped, and asserts that nothing of
// it is visible.
func TestGoingLiveWhileDropped(t *testing.T) {
	handles := openTwice(t)
	item := local.SealedItem{
		VaultID:  "v",
		ID:       "i",
		Version:  1,
		Overview: []byte("o"),
		Body:     []byte("b"),
	}
	if err := handles[0].StageItems(t.Context(), "s", []local.SealedItem{item}, itemTime); err != nil {
		t.Fatal(err)
	}
	ended := changeDuring(t, handles[0], func(tx *tx) error {
		if _, err := lockStage(tx, "s", itemTime.Unix()+1); err != nil {
			return err
		}
		_, err := eraseItemStage(tx, "s")
		return err
	})
	err := handles[1].GoLive(
		t.Context(),
		"s",
		local.Changes{Items: 1, Vaults: []local.SealedVault{{ID: "v", Name: []byte("n")}}},
		nil,
	)
	ended()
	if fault.KindOf(err) != fault.Conflict {
		t.Errorf("went live: %v", err)
	}
	if vaults := countRows(t, handles[0], `vaults`); vaults != 0 {
		t.Errorf("%d vaults of a change that was refused", vaults)
	}
}

// TestHalfAStage asserts that nothing goes live of a stage that was swept and added to again.
func TestHalfAStage(t *testing.T) {
	db := open(t)
	changes := local.Changes{Items: 2, Vaults: []local.SealedVault{{ID: "v", Name: []byte("n")}}}
	for n, id := range []string{"a", "b"} {
		item := local.SealedItem{
			VaultID:  "v",
			ID:       id,
			Version:  1,
			Overview: []byte("o"),
			Body:     []byte("b"),
		}
		if err := db.StageItems(
			t.Context(),
			"s",
			[]local.SealedItem{item},
			itemTime.Add(time.Duration(2*n)*time.Hour),
		); err != nil {
			t.Fatal(err)
		}
		if err := db.SweepItemStages(t.Context(), itemTime.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.GoLive(t.Context(), "s", changes, nil); fault.KindOf(err) != fault.Conflict {
		t.Errorf("half went live: %v", err)
	}
}

// TestSignedInWhileThePasswordChanged asserts that no session starts with the old password.
func TestSignedInWhileThePasswordChanged(t *testing.T) {
	handles := openTwice(t)
	addSharer(t, handles[0], "ada")
	ended := changeDuring(t, handles[0], func(tx *tx) error {
		if _, err := tx.exec(`UPDATE users SET password_hash = 'new' WHERE id = 'ada'`); err != nil {
			return err
		}
		return endSessions(tx, "ada")
	})
	s := account.Session{
		TokenHash: [32]byte{1},
		UserID:    "ada",
		CreatedAt: morning,
		LastUsed:  morning,
		ExpiresAt: morning.Add(time.Hour),
	}
	err := handles[1].AddSession(
		t.Context(),
		s,
		browserOf(s),
		"hash",
		auditEntry(audit.SignedIn, "ada"),
	)
	ended()
	if n := countRows(t, handles[0], `sessions`); fault.KindOf(err) != fault.NotFound || n != 0 {
		t.Errorf("%v, %d sessions", err, n)
	}
	if err := handles[1].AddSession(
		t.Context(), s, browserOf(s), "new", auditEntry(audit.SignedIn, "ada"),
	); err != nil {
		t.Error(err)
	}
}

// TestGrantWhileAnImportGrants asserts that the later of two grants applies and that neither
// fails.
func TestGrantWhileAnImportGrants(t *testing.T) {
	handles := openTwice(t)
	addSharer(t, handles[0], "ada")
	ended := changeDuring(t, handles[0], func(tx *tx) error {
		return grantOwners(tx, local.Changes{Owners: []string{"ada"}, OwnedVaults: []string{"v"}})
	})
	err := handles[1].SetGrant(
		t.Context(),
		account.Grant{UserID: "ada", VaultID: "v", View: true},
		auditEntry(audit.GrantChanged, "ada"),
	)
	ended()
	if n := countRows(t, handles[0], `grants WHERE may_share = 0`); err != nil || n != 1 {
		t.Errorf("%v, %d grants", err, n)
	}
}

// TestSweptWhileUsed asserts that what is used again at the moment it ends is not swept.
func TestSweptWhileUsed(t *testing.T) {
	handles := openTwice(t)
	addSharer(t, handles[0], "ada")
	s := account.Session{
		TokenHash: [32]byte{1},
		UserID:    "ada",
		CreatedAt: morning,
		LastUsed:  morning,
		ExpiresAt: after(12 * time.Hour),
	}
	if err := handles[0].AddSession(
		t.Context(), s, browserOf(s), "hash", auditEntry(audit.SignedIn, "ada"),
	); err != nil {
		t.Fatal(err)
	}
	id := createShare(t, handles[0], 1, to(bob), expiringAfter(time.Hour))
	wantCode(t, handles[0], id, bob, "1", morning, share.Opened)
	ended := changeDuring(t, handles[0], func(tx *tx) error {
		if _, err := tx.exec(`UPDATE sessions SET last_used = ?`, after(30*time.Minute).Unix()); err != nil {
			return err
		}
		_, err := tx.exec(`UPDATE share_codes SET expires_at = ?`, after(20*time.Minute).Unix())
		return err
	})
	simultaneously(2, func(i int) { // both while the transaction lasts
		what, erase := "codes", func() (int, error) {
			return handles[1].EraseCodes(
				t.Context(),
				after(10*time.Minute),
				9,
			)
		}
		if i == 1 {
			what, erase = "sessions", func() (int, error) {
				return handles[1].EraseSessions(
					t.Context(),
					after(30*time.Minute),
					morning,
					9,
				)
			}
		}
		if n, err := erase(); n != 0 || err != nil {
			t.Errorf("%d %s erased, %v", n, what, err)
		}
	})
	ended()
}

// TestTakesNoMoreMailThanAsked asserts that no more messages are leased than requested, whatever
// PostgreSQL's statistics say.
func TestTakesNoMoreMailThanAsked(t *testing.T) {
	db := open(t)
	queueMail(t, db, "first", "first", morning)
	if _, err := db.writers.Exec(`ANALYZE mail_queue`); err != nil {
		t.Fatal(err)
	}
	for n := range 30 {
		queueMail(t, db, fmt.Sprint("id", n), fmt.Sprint("topic", n), morning)
	}
	if got := takeMail(t, db, morning, 4); len(got) != 4 {
		t.Errorf("took %d, want 4", len(got))
	}
}

// TestSweepersSideBySide expires and erases in two processes at once, and asserts that each share
// is done once.
func TestSweepersSideBySide(t *testing.T) {
	handles := openTwice(t)
	addSharer(t, handles[0], "ada")
	for n := range 60 {
		createShare(t, handles[0], n, expiringAfter(time.Minute))
	}
	for _, erase := range []struct {
		what string
		do   func(db *DB) (int, error)
	}{
		{"expire", func(db *DB) (int, error) { return expire(db)(t.Context(), after(time.Hour), 7) }},
		{"erase", func(db *DB) (int, error) { return db.EraseContent(t.Context(), after(time.Hour), 7) }},
	} {
		var done [2]int
		simultaneously(2, func(i int) {
			for n, err := erase.do(handles[i]); n > 0 || err != nil; n, err = erase.do(handles[i]) {
				if done[i] += n; err != nil {
					t.Error(err)
					return
				}
			}
		})
		if done[0]+done[1] != 60 {
			t.Errorf("%s: %d and %d, want 60 together", erase.what, done[0], done[1])
		}
	}
	if n := countRows(t, handles[0], `share_content`); n != 0 {
		t.Errorf("%d contents left", n)
	}
}
