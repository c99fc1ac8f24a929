package db

import (
	"fmt"
	"testing"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/fault"
	"itemshare/vault/local"
)

// itemChange stages the first version of an item by ada, and returns what makes it live.
func itemChange(t *testing.T, db *DB, n int) (stage string, changes local.Changes) {
	t.Helper()
	stage = fmt.Sprint("stage", n)
	noError(t, db.StageItems(t.Context(), stage, []local.SealedItem{{
		VaultID: "v", ID: fmt.Sprint("i", n), Version: 1, Overview: []byte("o"), Body: []byte("b"),
	}}, itemTime))
	return stage, local.Changes{By: "ada", Items: 1}
}

// TestChangeWhileARightEnds overlaps the two transactions in two processes: no change of an item is
// committed after the right of whoever makes it has ended.
func TestChangeWhileARightEnds(t *testing.T) {
	for why, end := range map[string]func(*DB) error{
		"the grant": func(db *DB) error {
			return db.SetGrant(t.Context(), account.Grant{UserID: "ada", VaultID: "v", View: true, Share: true},
				auditEntry(audit.GrantChanged, "ada"))
		},
		"to reveal": func(db *DB) error {
			return db.SetGrant(t.Context(), account.Grant{UserID: "ada", VaultID: "v", View: true, NoReveal: true},
				auditEntry(audit.GrantChanged, "ada"))
		},
		"the person": func(db *DB) error {
			return db.SetDisabled(t.Context(), "ada", true, auditEntry(audit.UserDisabled, "ada"))
		},
		"for good": func(db *DB) error {
			return db.Remove(t.Context(), "ada", morning, auditEntry(audit.UserRemoved, "ada"), nil)
		},
	} {
		handles := openTwice(t)
		addUser(t, handles[0], "ada")
		item := local.SealedItem{VaultID: "v", ID: "i", Version: 1, Overview: []byte("o"), Body: []byte("b")}
		noError(t, goLive(t, handles[0], "s", item, local.Changes{
			Vaults: []local.SealedVault{{ID: "v", Name: []byte("n")}},
		}))
		setGrant(t, handles[0], account.Grant{UserID: "ada", VaultID: "v", View: true, Edit: true})
		stage, changes := itemChange(t, handles[0], 1)
		ended := changeDuring(t, handles[0], func(tx *tx) error { return makeLive(tx, stage, changes, nil) })
		noError(t, end(handles[1]))
		if n := countRows(t, handles[1], `items`); n != 2 {
			t.Errorf("%s ended before a change that was judged earlier: %d items", why, n)
		}
		ended()
		stage, changes = itemChange(t, handles[0], 2)
		err := handles[1].GoLive(t.Context(), stage, changes, nil)
		if fault.KindOf(err) != fault.Forbidden || countRows(t, handles[1], `items`) != 2 {
			t.Errorf("after %s ended: %v", why, err)
		}
		entry := auditEntry(audit.ItemArchived, "v/i")
		entry.Actor = "ada"
		changed, err := handles[1].SetArchived(t.Context(), "v", "i", morning, entry)
		if fault.KindOf(err) != fault.Forbidden || changed {
			t.Errorf("archiving after %s ended: %t, %v", why, changed, err)
		}
	}
}

// TestVaultsAreKeptByWhoeverMay asserts that nobody adds, renames or archives a vault after they lost
// the right to.
func TestVaultsAreKeptByWhoeverMay(t *testing.T) {
	for why, c := range map[string]struct {
		role    account.Role
		manages bool
		out     bool
		add     fault.Kind
		keep    fault.Kind
	}{
		"an admin":           {account.Admin, false, false, fault.Internal, fault.Internal},
		"a manager":          {account.Member, true, false, fault.Forbidden, fault.Internal},
		"a member":           {account.Member, false, false, fault.Forbidden, fault.Forbidden},
		"a suspended admin":  {account.Admin, true, true, fault.Forbidden, fault.Forbidden},
		"a suspended member": {account.Member, true, true, fault.Forbidden, fault.Forbidden},
	} {
		db := open(t)
		addUser(t, db, "ben")
		addUser(t, db, "ada")
		noError(t, db.ChangePerson(t.Context(), "ben", "Ben", account.Admin, auditEntry(audit.UserChanged, "ben")))
		noError(t, db.ChangePerson(t.Context(), "ada", "Ada", c.role, auditEntry(audit.UserChanged, "ada")))
		vaults := []local.SealedVault{{ID: "v", Name: []byte("n")}}
		noError(t, db.GoLive(t.Context(), "s", local.Changes{Vaults: vaults}, nil))
		setGrant(t, db, account.Grant{UserID: "ada", VaultID: "v", View: true, Edit: true, Manage: c.manages})
		noError(t, db.SetDisabled(t.Context(), "ada", c.out, auditEntry(audit.UserDisabled, "ada")))
		entry := auditEntry(audit.VaultRenamed, "v")
		entry.Actor = "ada"
		for what, done := range map[string]struct {
			err  error
			want fault.Kind
		}{
			"rename":  {db.RenameVault(t.Context(), vaults, "v", []byte("m"), entry), c.keep},
			"archive": {db.SetVaultArchived(t.Context(), "v", morning, entry), c.keep},
			"add": {db.GoLive(t.Context(), "t", local.Changes{
				By: "ada", Vaults: []local.SealedVault{{ID: "w", Name: []byte("w")}}, VaultCount: 1,
			}, nil), c.add},
		} {
			if (done.err == nil) != (done.want == fault.Internal) ||
				done.err != nil && fault.KindOf(done.err) != done.want {
				t.Errorf("%s by %s: %v", what, why, done.err)
			}
		}
	}
}
