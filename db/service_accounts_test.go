package db

import (
	"crypto/sha256"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/fault"
)

// addServiceAccount adds a service account whose token's hash is that of its id.
func addServiceAccount(t *testing.T, db *DB, id string, vaults ...string) account.ServiceAccount {
	t.Helper()
	a := account.ServiceAccount{
		ID:        id,
		Name:      "Program " + id,
		CreatedAt: morning,
		ExpiresAt: morning.Add(time.Hour),
	}
	for _, v := range vaults {
		a.Grants = append(
			a.Grants,
			account.Grant{UserID: id, VaultID: v, View: true, Share: v == "v"},
		)
	}
	if err := db.AddServiceAccount(
		t.Context(),
		a,
		sha256.Sum256([]byte(id)),
		auditEntry(audit.ServiceAccountAdded, id),
	); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestServiceAccounts(t *testing.T) {
	db := open(t)
	addUser(t, db, "ada")
	second, first := addServiceAccount(t, db, "b", "v", "w"), addServiceAccount(t, db, "a")
	forever := account.ServiceAccount{
		ID:        "c",
		Name:      "Program c",
		CreatedBy: "ada",
		CreatedAt: morning,
		Events:    true,
		People:    true,

		CreatorMember: true,
	}
	if err := db.AddServiceAccount(
		t.Context(),
		forever,
		[32]byte{1},
		auditEntry(audit.ServiceAccountAdded, "c"),
	); err != nil {
		t.Fatal(err)
	}
	list, err := db.ListServiceAccounts(t.Context())
	if diff := cmp.Diff([]account.ServiceAccount{first, second, forever}, list); diff != "" ||
		err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	for _, want := range []account.ServiceAccount{first, second} {
		got, err := db.FindServiceAccount(t.Context(), sha256.Sum256([]byte(want.ID)))
		order := cmpopts.SortSlices(func(a, b account.Grant) bool { return a.VaultID < b.VaultID })
		if diff := cmp.Diff(want, got, order); diff != "" || err != nil {
			t.Errorf("%v\n%s", err, diff)
		}
	}
	if _, err := db.FindServiceAccount(t.Context(), [32]byte{2}); fault.KindOf(
		err,
	) != fault.NotFound {
		t.Errorf("no such token: %v", err)
	}
}

// TestProgramsAreNoPeople asserts that no method for people finds or changes a service account.
func TestProgramsAreNoPeople(t *testing.T) {
	db := open(t)
	addServiceAccount(t, db, "a")
	if users, err := db.ListUsers(t.Context()); len(users) != 0 || err != nil {
		t.Errorf("people %v, %v", users, err)
	}
	before := countRows(t, db, "audit_events")
	entry := auditEntry(audit.PasswordChanged, "a")
	session := account.Session{
		TokenHash: [32]byte{1},
		UserID:    "a",
		CreatedAt: morning,
		LastUsed:  morning,
		ExpiresAt: morning.Add(time.Hour),
	}
	tests := []struct {
		why string
		do  func() error
	}{
		{
			"found by its address",
			func() error { _, _, err := db.UserByEmail(t.Context(), "a"); return err },
		},
		{
			"given a password",
			func() error { return db.SetPassword(t.Context(), "a", "hash", entry) },
		},
		{"disabled", func() error { return db.SetDisabled(t.Context(), "a", true, entry) }},
		{"signed in", func() error { return db.AddSession(t.Context(), session, browserOf(session), "", entry) }},
	}
	for _, tt := range tests {
		if err := tt.do(); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s: %v", tt.why, err)
		}
	}
	if n := countRows(t, db, "audit_events"); n != before {
		t.Errorf("%d entries of what did not happen", n-before)
	}
}

func TestServiceAccountAddedOnce(t *testing.T) {
	db := open(t)
	addUser(t, db, "ada")
	addServiceAccount(t, db, "a", "v")
	for _, id := range []string{"a", "ada"} {
		again := account.ServiceAccount{
			ID:        id,
			Name:      "Other",
			CreatedAt: morning,
			Grants:    []account.Grant{{UserID: id, VaultID: "w", View: true}},
		}
		err := db.AddServiceAccount(
			t.Context(),
			again,
			[32]byte{9},
			auditEntry(audit.ServiceAccountAdded, id),
		)
		if fault.KindOf(err) != fault.Conflict {
			t.Errorf("%s: %v", id, err)
		}
	}
	if n, m := countRows(t, db, "grants"), countRows(t, db, "audit_events"); n != 1 || m != 2 {
		t.Errorf("%d grants and %d entries", n, m)
	}
}

func TestTouchServiceAccount(t *testing.T) {
	db := open(t)
	addServiceAccount(t, db, "a")
	for _, step := range []struct {
		why       string
		now, want time.Duration
	}{
		{"the first use", 0, 0},
		{"within the minute", 59 * time.Second, 0},
		{"after it", 60 * time.Second, 60 * time.Second},
		{"a clock set back", 0, 60 * time.Second},
	} {
		if err := db.TouchServiceAccount(t.Context(), "a", morning.Add(step.now)); err != nil {
			t.Fatal(err)
		}
		a, err := db.FindServiceAccount(t.Context(), sha256.Sum256([]byte("a")))
		if want := morning.Add(step.want); !a.LastUsed.Equal(want) || err != nil {
			t.Errorf("%s: last used %v, %v", step.why, a.LastUsed, err)
		}
	}
}

// TestRevokeServiceAccountOnce asserts that of simultaneous revocations one succeeds and has the
// one audit entry.
func TestRevokeServiceAccountOnce(t *testing.T) {
	db := open(t)
	addServiceAccount(t, db, "a")
	before := countRows(t, db, "audit_events")
	revoke := func(id string, now time.Time) error {
		return db.RevokeServiceAccount(
			t.Context(),
			id,
			now,
			auditEntry(audit.ServiceAccountRevoked, id),
		)
	}
	var all sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		all.Go(func() { errs[i] = revoke("a", morning.Add(time.Minute)) })
	}
	all.Wait()
	if err := errors.Join(append(errs, revoke("a", morning.Add(time.Hour)))...); err != nil {
		t.Error(err)
	}
	a, err := db.FindServiceAccount(t.Context(), sha256.Sum256([]byte("a")))
	if !a.RevokedAt.Equal(morning.Add(time.Minute)) || err != nil {
		t.Errorf("revoked at %v, %v", a.RevokedAt, err)
	}
	if n := countRows(t, db, "audit_events"); n != before+1 {
		t.Errorf("%d entries", n-before)
	}
	if err := revoke("no", morning); fault.KindOf(err) != fault.NotFound ||
		countRows(t, db, "audit_events") != before+1 {
		t.Errorf("none of this id: %v", err)
	}
}
