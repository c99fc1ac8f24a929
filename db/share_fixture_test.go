package db

import (
	"context"
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/share"
)

// hash stands for the keyed hashes that callers compute.
func hash(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

// shareID returns IDs in the order of n.
func shareID(n int) string { return fmt.Sprintf("%026d", n) }

func viewOf(n int) (view [16]byte) {
	copy(view[:], hash(fmt.Sprint("view ", n)))
	return view
}

type option func(*share.Draft)

func views(n int) option     { return func(d *share.Draft) { d.Record.Terms.MaxViews = n } }
func owner(id string) option { return func(d *share.Draft) { d.Record.OwnerID = id } }
func from(vault, item string) option {
	return func(d *share.Draft) { d.Record.VaultID, d.Record.ItemID = vault, item }
}

func expiringAfter(length time.Duration) option {
	return func(d *share.Draft) {
		d.Record.Terms.ExpiresAt = d.Record.Terms.CreatedAt + int64(length/time.Second)
		d.EraseAt = d.Record.Terms.ExpiresAt + 600
	}
}

// to sets recipients: "a@b.example", or "@b.example" for a domain.
func to(names ...string) option {
	return func(d *share.Draft) {
		d.Record.Terms.Audience = share.Recipients
		for i, name := range names {
			kind := share.Email
			if name[0] == '@' {
				kind = share.Domain
			}
			d.Record.Recipients = append(d.Record.Recipients, share.StoredRecipient{
				Position: i, Kind: kind, Address: []byte("sealed " + name), MAC: hash(name),
			})
		}
	}
}

// draft returns a share by ada of the item team/item, which expires after an hour and can be
// opened once by anyone.
func draft(n int, options ...option) share.Draft {
	id := shareID(n)
	d := share.Draft{
		Record: share.Record{
			ID: id, Terms: share.Terms{CreatedAt: morning.Unix(), MaxViews: 1, Audience: share.Anyone},
			OwnerID: "ada", VaultID: "team", ItemID: "item", ItemVersion: 3, Title: []byte("sealed title"), Bytes: 7,
			Included: []byte("sealed names"),
		},
		Nonce: []byte(
			"nonce",
		), Ciphertext: []byte("sealed content of " + id), Entry: auditEntry(audit.ShareCreated, id),
	}
	copy(d.Record.LinkID[:], hash("link "+id))
	copy(d.Record.TokenHash[:], hash("token "+id))
	expiringAfter(time.Hour)(&d)
	for _, o := range options {
		o(&d)
	}
	return d
}

// newDatabase returns a database with the users ada and ben.
func newDatabase(t *testing.T) *DB {
	t.Helper()
	db := open(t)
	addSharer(t, db, "ada")
	addSharer(t, db, "ben")
	return db
}

// addSharer adds a user who may share from every vault of these tests.
func addSharer(t *testing.T, db *DB, id string) {
	t.Helper()
	addUser(t, db, id)
	for _, vault := range []string{"team", "other", "vault0", "vault1", "vault2"} {
		setGrant(t, db, account.Grant{UserID: id, VaultID: vault, View: true, Share: true})
	}
}

func setGrant(t testing.TB, db *DB, g account.Grant) {
	t.Helper()
	if err := db.SetGrant(context.Background(), g, auditEntry(audit.GrantChanged, g.UserID)); err != nil {
		t.Fatal(err)
	}
}

// createShare creates a share and returns its ID.
func createShare(t *testing.T, db *DB, n int, options ...option) string {
	t.Helper()
	d := draft(n, options...)
	if err := db.Create(t.Context(), d); err != nil {
		t.Fatalf("create share %d: %v", n, err)
	}
	return d.Record.ID
}

// proofOf returns the proof that a caller reads email at an address.
func proofOf(address, code string) *share.Proof {
	at := 0
	for address[at] != '@' {
		at++
	}
	return &share.Proof{
		AddressMAC: hash(
			address,
		), DomainMAC: hash(address[at:]), CodeMAC: hash(code), Address: []byte("sealed " + address),
	}
}

func entryOf(id string) func(share.Outcome) (audit.Entry, error) {
	return func(o share.Outcome) (audit.Entry, error) {
		kind := audit.OpenRefused
		switch o {
		case share.Opened, share.OpenedLast:
			kind = audit.ShareOpened
		case share.CodeWrong:
			kind = audit.CodeRefused
		}
		return auditEntry(kind, id), nil
	}
}

// tryClaim claims a view; proof is nil if anyone may open the share.
func tryClaim(
	db *DB,
	id string,
	view int,
	now time.Time,
	proof *share.Proof,
) (share.ClaimResult, error) {
	return db.Claim(context.Background(), share.Claim{
		ShareID: id, View: viewOf(view), Now: now, Proof: proof, Agent: "Firefox on Linux", Entry: entryOf(id),
	})
}

// wantClaim claims a view and asserts the outcome, and that only an opened share has content.
func wantClaim(
	t *testing.T,
	db *DB,
	id string,
	view int,
	now time.Time,
	proof *share.Proof,
	want share.Outcome,
) share.ClaimResult {
	t.Helper()
	claimed, err := tryClaim(db, id, view, now, proof)
	if err != nil {
		t.Fatal(err)
	}
	if claimed.Outcome != want {
		t.Fatalf("view %d: outcome %d, want %d", view, claimed.Outcome, want)
	}
	open := want == share.Opened || want == share.Repeated
	if got := string(claimed.Ciphertext); open != (got == "sealed content of "+id) ||
		!open && got != "" {
		t.Fatalf("view %d: content %q at outcome %d", view, got, want)
	}
	return claimed
}

// tryCode requests a code. The ID of its email is unique by time and address.
func tryCode(db *DB, id, address, code string, now time.Time) (share.IssueResult, error) {
	proof := proofOf(address, code)
	return db.IssueCode(context.Background(), share.CodeIssue{
		ShareID: id, AddressMAC: proof.AddressMAC, DomainMAC: proof.DomainMAC, CodeMAC: proof.CodeMAC,
		Now: now, ExpiresAt: now.Add(10 * time.Minute),
		MailID: fmt.Sprintf(
			"%x",
			hash(fmt.Sprint(id, address, code, now.UnixNano())),
		), Mail: []byte("sealed mail"),
		Entry: auditEntry(audit.CodeRequested, id), Withheld: auditEntry(audit.CodeRequested, id),
	})
}

func wantCode(
	t *testing.T,
	db *DB,
	id, address, code string,
	now time.Time,
	want share.Outcome,
) share.IssueResult {
	t.Helper()
	issued, err := tryCode(db, id, address, code, now)
	if err != nil {
		t.Fatal(err)
	}
	if issued.Outcome != want {
		t.Fatalf("code for %s: outcome %d, want %d", address, issued.Outcome, want)
	}
	return issued
}

func after(d time.Duration) time.Time { return morning.Add(d) }

func recordOf(t *testing.T, db *DB, id string, now time.Time) share.Record {
	t.Helper()
	r, err := db.ByID(t.Context(), id, now)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
