package db

import (
	"errors"
	"testing"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/fault"
	"itemshare/share"
)

func setPolicy(t *testing.T, db *DB, vaultID string, p share.Policy) {
	t.Helper()
	noError(t, db.SetPolicy(t.Context(), share.PolicyChange{
		VaultID: vaultID, Policy: &p, Now: morning, Entry: auditEntry(audit.PolicyChanged, vaultID),
	}))
}

// withPolicyVersion sets the current version of the policies that a draft is checked against.
func withPolicyVersion(t *testing.T, db *DB, d share.Draft) share.Draft {
	t.Helper()
	stored, err := db.PolicyOf(t.Context(), d.Record.VaultID)
	if err != nil {
		t.Fatal(err)
	}
	d.PolicyVersion = stored.Version
	return d
}

var (
	forbidden = share.Policy{}
	allowed   = share.Default()
)

// TestCreateAfterAChange changes in another process what a share was checked against, before it
// is created.
func TestCreateAfterAChange(t *testing.T) {
	may := account.Grant{UserID: "ada", VaultID: "team", View: true, Share: true}
	for _, c := range []struct {
		why    string
		change func(t *testing.T, db *DB)
		want   fault.Kind
	}{
		{"nothing changed", func(*testing.T, *DB) {}, fault.Internal},
		{"the account's policy", func(t *testing.T, db *DB) { setPolicy(t, db, "", forbidden) }, fault.Conflict},
		{
			"the vault's first policy",
			func(t *testing.T, db *DB) { setPolicy(t, db, "team", forbidden) },
			fault.Conflict,
		},
		{"another vault's policy", func(t *testing.T, db *DB) { setPolicy(t, db, "other", forbidden) }, fault.Internal},
		{"the same policy saved again", func(t *testing.T, db *DB) { setPolicy(t, db, "", allowed) }, fault.Internal},
		{"the grant, to view alone", func(t *testing.T, db *DB) {
			setGrant(t, db, account.Grant{UserID: "ada", VaultID: "team", View: true})
		}, fault.Conflict},
		{"the grant, to nothing", func(t *testing.T, db *DB) {
			setGrant(t, db, account.Grant{UserID: "ada", VaultID: "team"})
		}, fault.Conflict},
		{"the grant, taken and given back", func(t *testing.T, db *DB) {
			setGrant(t, db, account.Grant{UserID: "ada", VaultID: "team"})
			setGrant(t, db, may)
		}, fault.Internal},
		{"another person's grant", func(t *testing.T, db *DB) {
			setGrant(t, db, account.Grant{UserID: "ben", VaultID: "team"})
		}, fault.Internal},
		{"the person is disabled", func(t *testing.T, db *DB) {
			noError(t, db.SetDisabled(t.Context(), "ada", true, auditEntry(audit.UserDisabled, "ada")))
		}, fault.Conflict},
	} {
		for _, native := range []bool{false, true} {
			handles := openTwice(t)
			addSharer(t, handles[0], "ada")
			addSharer(t, handles[0], "ben")
			setPolicy(t, handles[0], "", allowed)
			d := withPolicyVersion(t, handles[0], draft(1))
			d.RequestKey, d.Record.Native = hash("key"), native
			c.change(t, handles[1])
			make := func(d share.Draft) error { return handles[0].Create(t.Context(), d) }
			if native {
				make = func(d share.Draft) error {
					return handles[0].Reserve(t.Context(), d, auditEntry(audit.LinkAsked, "ada"))
				}
			}
			if err := make(d); fault.KindOf(err) != c.want ||
				(err == nil) != (c.want == fault.Internal) {
				t.Errorf("%s, native %t: %v", c.why, native, err)
			}
			if c.want != fault.Conflict {
				continue
			}
			for _, table := range []string{
				"shares",
				"share_content",
				"share_requests",
				"audit_events WHERE kind IN ('share.created', 'share.asked')",
			} {
				if n := countRows(t, handles[0], table); n != 0 {
					t.Errorf("%s, native %t: %d rows of %s", c.why, native, n, table)
				}
			}
		}
	}
}

// TestCreateByARevokedServiceAccount asserts that a token revoked while files are copied creates
// no share.
func TestCreateByARevokedServiceAccount(t *testing.T) {
	db := newDatabase(t)
	robot := account.ServiceAccount{
		ID: "robot", Name: "Robot", CreatedAt: morning,
		Grants: []account.Grant{{VaultID: "team", View: true, Share: true}},
	}
	noError(
		t,
		db.AddServiceAccount(
			t.Context(),
			robot,
			[32]byte{1},
			auditEntry(audit.ServiceAccountAdded, "robot"),
		),
	)
	createShare(t, db, 1, owner("robot"))
	noError(
		t,
		db.RevokeServiceAccount(
			t.Context(),
			"robot",
			morning,
			auditEntry(audit.ServiceAccountRevoked, "robot"),
		),
	)
	if err := db.Create(t.Context(), draft(2, owner("robot"))); fault.CodeOf(
		err,
	) != fault.CodeConflict {
		t.Errorf("by a revoked service account: %v", err)
	}
}

// TestCreateWhileAPolicyIsSet overlaps the two transactions. If the share is first, the change
// revokes it; if it is second, it is rejected.
func TestCreateWhileAPolicyIsSet(t *testing.T) {
	for _, first := range []bool{false, true} { // whether the account has a policy yet
		handles := openTwice(t)
		addSharer(t, handles[0], "ada")
		if first {
			setPolicy(t, handles[0], "", allowed)
		}
		early, late := withPolicyVersion(
			t,
			handles[0],
			draft(1),
		), withPolicyVersion(
			t,
			handles[0],
			draft(2),
		)
		ended := changeDuring(t, handles[0], func(tx *tx) error { return create(tx, early) })
		setPolicy(t, handles[1], "", forbidden)
		live, _, err := handles[1].List(
			t.Context(),
			share.Filter{State: share.Active, Limit: 10, Now: morning},
		)
		if err != nil || len(live) != 1 {
			t.Errorf("%d shares are there when the policy is set, %v", len(live), err)
		}
		ended()

		setPolicy(t, handles[0], "", allowed)
		late = withPolicyVersion(t, handles[0], late)
		ended = changeDuring(
			t,
			handles[0],
			func(tx *tx) error {
				return replacePolicy(tx, share.PolicyChange{Policy: &forbidden, Now: morning})
			},
		)
		if err := handles[1].Create(t.Context(), late); fault.CodeOf(err) != fault.CodeConflict {
			t.Errorf("while the policy is set: %v", err)
		}
		ended()
	}
}

// TestConflictLeavesTheStageToItsOwner asserts that only DropStage erases what was staged.
func TestConflictLeavesTheStageToItsOwner(t *testing.T) {
	db := newDatabase(t)
	d := draft(1, func(d *share.Draft) { d.Record.Files = true })
	noError(t, db.StageChunk(t.Context(), d.Record.ID, 0, 0, []byte("sealed"), morning))
	setPolicy(t, db, "", forbidden)
	err := errors.Join(db.Create(t.Context(), d), db.DropStage(t.Context(), d.Record.ID))
	if fault.CodeOf(err) != fault.CodeConflict || countRows(t, db, `share_chunks`) != 0 ||
		countRows(t, db, `share_stages`) != 0 {
		t.Errorf("%v; %d chunks are left", err, countRows(t, db, `share_chunks`))
	}
}

// TestCreateByARobotOfASuspendedPerson asserts that a token stops working with its creator.
func TestCreateByARobotOfASuspendedPerson(t *testing.T) {
	db := newDatabase(t)
	robot := account.ServiceAccount{
		ID: "robot", Name: "Robot", CreatedBy: "ben", CreatedAt: morning,
		Grants: []account.Grant{{VaultID: "team", View: true, Share: true}},
	}
	noError(t, db.AddServiceAccount(t.Context(), robot, [32]byte{1}, auditEntry(audit.ServiceAccountAdded, "robot")))
	for n, suspended := range []bool{false, true, false} {
		noError(t, db.SetDisabled(t.Context(), "ben", suspended, auditEntry(audit.UserDisabled, "ben")))
		err := db.Create(t.Context(), draft(1+n, owner("robot")))
		if suspended != (fault.CodeOf(err) == fault.CodeConflict) || !suspended && err != nil {
			t.Errorf("creator suspended %t: %v", suspended, err)
		}
	}
}

// TestCreateWhileARightEnds overlaps the two transactions in two processes: no share becomes live
// after its owner's right has ended.
func TestCreateWhileARightEnds(t *testing.T) {
	for why, end := range map[string]func(*DB) error{
		"the grant": func(db *DB) error {
			return db.SetGrant(t.Context(), account.Grant{UserID: "ada", VaultID: "team", View: true},
				auditEntry(audit.GrantChanged, "ada"))
		},
		"the person": func(db *DB) error {
			return db.SetDisabled(t.Context(), "ada", true, auditEntry(audit.UserDisabled, "ada"))
		},
		"the token": func(db *DB) error {
			return db.RevokeServiceAccount(t.Context(), "robot", morning,
				auditEntry(audit.ServiceAccountRevoked, "robot"))
		},
	} {
		handles := openTwice(t)
		addSharer(t, handles[0], "ada")
		robot := account.ServiceAccount{
			ID: "robot", Name: "Robot", CreatedAt: morning,
			Grants: []account.Grant{{VaultID: "team", View: true, Share: true}},
		}
		noError(t, handles[0].AddServiceAccount(t.Context(), robot, [32]byte{1},
			auditEntry(audit.ServiceAccountAdded, "robot")))
		by := "ada"
		if why == "the token" {
			by = "robot"
		}
		ended := changeDuring(t, handles[0], func(tx *tx) error { return create(tx, draft(1, owner(by))) })
		noError(t, end(handles[1]))
		if n := countRows(t, handles[1], `shares`); n != 1 {
			t.Errorf("%s ended before a share that was judged earlier became live: %d shares", why, n)
		}
		ended()
		if err := handles[1].Create(t.Context(), draft(2, owner(by))); fault.CodeOf(err) != fault.CodeConflict {
			t.Errorf("after %s ended: %v", why, err)
		}
	}
}
