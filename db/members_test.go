package db

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"itemshare/account"
	"itemshare/address"
	"itemshare/audit"
)

// addMember adds somebody with an address.
func addMember(t testing.TB, db *DB, id, email string) {
	t.Helper()
	err := db.AddUser(context.Background(), account.User{
		ID: id, Email: email, Name: id, Role: account.Member, CreatedAt: morning,
	}, "hash", auditEntry(audit.UserAdded, id))
	if err != nil {
		t.Fatal(err)
	}
}

// TestMailboxesAreThoseOfAddresses asserts that the database computes of any address what address.Mailbox
// and address.DomainOf return.
func TestMailboxesAreThoseOfAddresses(t *testing.T) {
	db, n := open(t), 0
	local := rapid.StringMatching(`[a-c+._]{1,8}`)
	domain := rapid.SampledFrom([]string{"gmail.com", "googlemail.com", "corp.example", "x.gmail.com", "ail.com"})
	rapid.Check(t, func(r *rapid.T) {
		email, err := address.Email(local.Draw(r, "local") + "@" + domain.Draw(r, "domain"))
		if err != nil {
			return
		}
		n++
		addMember(t, db, fmt.Sprint(n), email)
		var mailbox, at string
		err = db.read(t.Context()).row(`SELECT mailbox, domain FROM users WHERE id = ?`, fmt.Sprint(n)).
			Scan(&mailbox, &at)
		if err != nil || mailbox != address.Mailbox(email) || at != address.DomainOf(email) {
			r.Errorf("%s: %s at %s, %v", email, mailbox, at, err)
		}
		_, err = db.writers.ExecContext(t.Context(), `DELETE FROM users`)
		noError(t, err)
	})
	if n == 0 {
		t.Error("no address was valid")
	}
}

// TestMembersAreFound asserts that people are found by their mailboxes and domains, and nobody who was
// removed, no service account and nobody who was not asked for.
func TestMembersAreFound(t *testing.T) {
	db := open(t)
	addMember(t, db, "ada", "ada+x@corp.example")
	addMember(t, db, "ben", "b.e.n@googlemail.com")
	addMember(t, db, "eve", "eve@gone.example")
	addMember(t, db, "sue", "sue@out.example")
	noError(t, db.SetDisabled(t.Context(), "sue", true, auditEntry(audit.UserDisabled, "sue")))
	noError(t, db.Remove(t.Context(), "eve", morning, auditEntry(audit.UserRemoved, "eve"), nil))
	noError(t, db.AddServiceAccount(t.Context(), account.ServiceAccount{
		ID: "robot", Name: "Robot", CreatedAt: morning,
	}, [32]byte{1}, auditEntry(audit.ServiceAccountAdded, "robot")))
	many := make([]string, partyBatch+2)
	for i := range many {
		many[i] = fmt.Sprintf("u%d@many.example", i)
		addMember(t, db, fmt.Sprint(i), many[i])
	}
	mailboxes := append([]string{
		"zoe@corp.example", "ada@corp.example", "ben@gmail.com", "eve@gone.example", "eve", "robot",
		"sue@out.example",
	}, many...)
	domains := []string{"corp.example", "rp.example", "gone.example", "gmail.com", "eve", "robot", "many.example"}
	for i := range partyBatch {
		domains = append(domains, fmt.Sprintf("x%d.example", i))
	}
	domains = append(domains, "googlemail.com")
	for what, c := range map[string]struct {
		find        func(context.Context, []string) ([]string, error)
		asked, want []string
	}{
		"mailboxes": {
			db.MemberMailboxes, mailboxes,
			append([]string{"ada@corp.example", "ben@gmail.com", "sue@out.example"}, many...),
		},
		"domains": {db.MemberDomains, domains, []string{"corp.example", "many.example", "googlemail.com"}},
		"none":    {db.MemberMailboxes, nil, nil},
	} {
		found, err := c.find(t.Context(), c.asked)
		slices.Sort(found)
		slices.Sort(c.want)
		if err != nil || strings.Join(found, " ") != strings.Join(c.want, " ") {
			t.Errorf("%s: %v, want %v; %v", what, found, c.want, err)
		}
	}
}

// BenchmarkMembers looks up fifty recipients, of whom one is a member, among many people.
func BenchmarkMembers(b *testing.B) {
	for _, people := range []int{1_000, 10_000} {
		db := open(b)
		_, err := db.writers.Exec(db.dialect.rebind(`
			INSERT INTO users (id, email, name, role, password_hash, created_at)
			WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
			SELECT 'u' || n, 'u' || n || '@corp.example', 'U', 'member', '', 0 FROM numbers`), people)
		if err != nil {
			b.Fatal(err)
		}
		_, err = db.writers.Exec(`ANALYZE users`)
		if err != nil {
			b.Fatal(err)
		}
		wanted := []string{"u7@corp.example"}
		for i := range partyBatch - 1 {
			wanted = append(wanted, fmt.Sprintf("x%d@client.example", i))
		}
		b.Run(fmt.Sprint(people), func(b *testing.B) {
			for b.Loop() {
				found, err := db.MemberMailboxes(b.Context(), wanted)
				domains, err2 := db.MemberDomains(b.Context(), []string{"client.example", "corp.example"})
				if err != nil || err2 != nil || len(found) != 1 || len(domains) != 1 {
					b.Fatal(found, domains, err, err2)
				}
			}
		})
	}
}
