package db

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"itemshare/share"
)

func TestPolicies(t *testing.T) {
	db := open(t)
	stored, err := db.PolicyOf(t.Context(), "team")
	if stored.Account != nil || stored.Vault != nil || err != nil {
		t.Errorf("nothing is stored: %+v, %v", stored, err)
	}
	strict := share.Policy{
		MaxExpiry: 24 * time.Hour, DefaultExpiry: time.Hour, MaxViews: 3, AllowedTypes: []share.Type{share.Public},
		AllowedRecipientTypes: []share.RecipientKind{
			share.Email,
		}, AllowedDomains: []string{"x.example"}, FilesAllowed: true, FilesMaxSize: 7,
	}
	loose := share.Policy{MaxExpiry: 48 * time.Hour}
	for id, p := range map[string]share.Policy{"": loose, "team": loose, "other": loose} {
		setPolicy(t, db, id, p)
	}
	setPolicy(t, db, "team", strict)
	all, err := db.ListPolicies(t.Context())
	if diff := cmp.Diff(map[string]share.Policy{"": loose, "team": strict, "other": loose}, all); diff != "" ||
		err != nil {
		t.Error(diff, err)
	}
	stored, err = db.PolicyOf(t.Context(), "team")
	if diff := cmp.Diff([]*share.Policy{&loose, &strict}, []*share.Policy{stored.Account, stored.Vault}); diff != "" ||
		err != nil {
		t.Error(diff, err)
	}
	if stored, err = db.PolicyOf(t.Context(), ""); stored.Account == nil || stored.Vault != nil ||
		err != nil {
		t.Errorf("the account alone: %+v, %v", stored, err)
	}
	if n := countRows(t, db, `audit_events WHERE kind = 'policy.changed'`); n != 4 {
		t.Errorf("%d entries", n)
	}
}
