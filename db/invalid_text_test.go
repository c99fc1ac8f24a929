package db

import (
	"testing"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/fault"
)

// TestInvalidTexts asserts that a text that PostgreSQL cannot store is fault.Invalid and that the
// error does not quote it. SQLite stores it or finds no row.
func TestInvalidTexts(t *testing.T) {
	db := open(t)
	for _, text := range []string{"\x00", "x\x00y", "\xff"} {
		_, _, reading := db.UserByEmail(t.Context(), text)
		writing := db.RevokeServiceAccount(
			t.Context(),
			text,
			morning,
			auditEntry(audit.ServiceAccountRevoked, text),
		)
		keeping := db.AddUser(
			t.Context(),
			account.User{ID: text, Email: "a@b.example", Role: account.Member},
			"hash",
			auditEntry(audit.UserAdded, "x"),
		)
		for what, err := range map[string]error{"reading": reading, "writing": writing} {
			if kind := fault.KindOf(err); kind != fault.Invalid && kind != fault.NotFound {
				t.Errorf("%s %q: %v", what, text, err)
			}
		}
		if keeping != nil && fault.CodeOf(keeping) != fault.CodeMalformed &&
			fault.KindOf(keeping) != fault.Conflict {
			t.Errorf("keeping %q: %v", text, keeping)
		}
	}
}
