package share_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/db/dbtest"
	"itemshare/fault"
	"itemshare/seal"
	"itemshare/share"
	"itemshare/vault"
	"itemshare/vault/local"
)

func TestCreateAndOpen(t *testing.T) {
	b := open(t)
	l := b.make(once)
	terms := share.Terms{
		CreatedAt: start.Unix(),
		ExpiresAt: start.Add(24 * time.Hour).Unix(),
		MaxViews:  1,
		Audience:  share.Anyone,
	}
	if l.Terms != terms || l.Title != "Staging database" || l.ItemVersion != 1 {
		t.Errorf("created %+v of %q", l.Terms, l.Title)
	}
	peeked := must(b.Peek(t.Context(), l.id, l.token))(t)
	if diff := cmp.Diff(share.PeekResult{Terms: terms, SharedBy: "Ann Sharer"}, peeked); diff != "" {
		t.Error(diff)
	}
	opened := must(b.open(l, 1))(t)
	content := share.Content{
		Title: "Staging database", Category: "Login", SharedBy: "Ann Sharer", SharedAt: start.Unix(),
		Fields: []share.ContentField{
			{Title: "user", Type: "Text", Value: "root"},
			{Title: "password", Type: "Concealed", Value: "correct horse"},
		},
	}
	if diff := cmp.Diff(content, l.content(t, opened)); diff != "" {
		t.Error(diff)
	}
	again := must(b.open(l, 1))(t)
	if !bytes.Equal(again.Ciphertext, opened.Ciphertext) {
		t.Error("the same view again gets another answer")
	}
	_, err := b.open(l, 2)
	want(t, "another view of a one-time link", err, fault.CodeViewed)
	if event := b.events(audit.ShareCreated)[0]; event.Actor != "ann" || event.Subject != l.ID {
		t.Errorf("audit %+v", event)
	}
	if event := b.events(audit.ShareOpened)[0]; event.Subject != l.ID ||
		event.Detail["agent"] != "curl" {
		t.Errorf("audit %+v", event)
	}
}

// slowFiles is the embedded vault; opening calls before at the third file of an item.
type slowFiles struct {
	*local.Vault
	opened int
	before func()
}

func (s *slowFiles) OpenFile(
	ctx context.Context,
	vaultID, itemID, fileID string,
) (io.ReadCloser, error) {
	if s.opened++; s.opened == 3 {
		s.before()
	}
	return s.Vault.OpenFile(ctx, vaultID, itemID, fileID)
}

// TestCreateUnderAReplacedPolicy changes what a share was judged by while its files are
// copied: no share goes live, and nothing of it is left.
func TestCreateUnderAReplacedPolicy(t *testing.T) {
	for why, change := range map[string]func(*bench){
		"sharing is forbidden and links are revoked": func(b *bench) {
			must(
				b.SetPolicy(t.Context(), ben, "", share.Policy{MaxExpiry: time.Hour, DefaultExpiry: time.Hour}, true),
			)(t)
		},
		"the vault gets a policy": func(b *bench) {
			strict := share.Default()
			strict.FilesAllowed = false
			must(b.SetPolicy(t.Context(), ben, b.team.ID, strict, true))(t)
		},
		"the grant is withdrawn": func(b *bench) {
			b.grant(account.Grant{UserID: ann.ID, VaultID: b.team.ID, View: true})
		},
	} {
		slow := &slowFiles{}
		b := openWith(t, func(l *local.Vault) vault.Backend { slow.Vault = l; return slow })
		slow.before = func() { change(b) }
		request := b.request(withFiles, func(r *share.Request) { r.Token = "0123456789abcdef" })
		_, err := b.Create(t.Context(), ann, request)
		want(t, why, err, fault.CodeConflict)
		page := must(b.List(t.Context(), share.Viewer{All: true}, share.Query{}))(t)
		if len(page.Shares) != 0 || len(b.events(audit.ShareCreated)) != 0 {
			t.Errorf(
				"%s: %d shares, %d events",
				why,
				len(page.Shares),
				len(b.events(audit.ShareCreated)),
			)
		}
		if left := must(b.db.EraseStages(t.Context(), b.now.Add(time.Hour), 100))(t); left != 0 {
			t.Errorf("%s: %d stages are left", why, left)
		}
		b.grant(account.Grant{UserID: ann.ID, VaultID: b.team.ID, View: true, Share: true})
		must(b.SetPolicy(t.Context(), ben, "", share.Default(), false))(t)
		must(b.SetPolicy(t.Context(), ben, b.team.ID, share.Default(), false))(t)
		must(b.Create(t.Context(), ann, request))(t)
	}
}

// readLater is a file that calls before ahead of its first byte.
type readLater struct {
	io.ReadCloser
	before func()
}

func (r *readLater) Read(p []byte) (int, error) {
	if r.before != nil {
		r.before()
		r.before = nil
	}
	return r.ReadCloser.Read(p)
}

// changingVault is the embedded vault; change is called when the last file of an item is
// opened, or when it is read.
type changingVault struct {
	*local.Vault
	last   string
	onRead bool
	change func()
}

func (v *changingVault) OpenFile(
	ctx context.Context,
	vaultID, itemID, fileID string,
) (io.ReadCloser, error) {
	if fileID != v.last {
		return v.Vault.OpenFile(ctx, vaultID, itemID, fileID)
	}
	v.last = ""
	if !v.onRead {
		v.change()
	}
	file, err := v.Vault.OpenFile(ctx, vaultID, itemID, fileID)
	if err != nil || !v.onRead {
		return file, err
	}
	return &readLater{file, v.change}, nil
}

// TestCreateOfAnItemThatChanges changes an item, whose former files then are gone, while
// these are copied: that is no damage, nothing of the share is left, and it can be tried
// again. An item that is really damaged stays so.
func TestCreateOfAnItemThatChanges(t *testing.T) {
	for _, onRead := range []bool{false, true} {
		changing := &changingVault{onRead: onRead}
		b := openWith(t, func(l *local.Vault) vault.Backend { changing.Vault = l; return changing })
		changing.last = b.item.Files[2].ID
		changing.change = func() {
			changed := b.item
			changed.Files = []vault.File{{ID: "new", Name: "new.txt", Size: 3}}
			must(b.vault.UpdateItem(t.Context(), changed, func(string) (io.ReadCloser, error) {
				return io.NopCloser(strings.NewReader("new")), nil
			}))(t)
		}
		request := b.request(withFiles, func(r *share.Request) { r.Token = "0123456789abcdef" })
		_, err := b.Create(t.Context(), ann, request)
		want(t, fmt.Sprint("changed while a file is read: ", onRead), err, fault.CodeConflict)
		if left := must(b.db.EraseStages(t.Context(), b.now.Add(time.Hour), 100))(t); left != 0 {
			t.Errorf("%d stages are left", left)
		}
		must(b.Create(t.Context(), ann, request))(t)

		changing.last, changing.onRead = must(b.vault.Item(t.Context(), b.team.ID, b.item.ID))(t).Files[0].ID, true
		changing.change = func() {
			raw := dbtest.Raw(t, b.url)
			if _, err := raw.Exec(`DELETE FROM file_chunks`); err != nil {
				t.Fatal(err)
			}
		}
		_, err = b.Create(t.Context(), ann, b.request(withFiles))
		want(t, "a chunk is missing", err, fault.CodeDamaged)
	}
}

// A share is a snapshot: what changes later changes no link.
func TestLaterChangesStayOut(t *testing.T) {
	b := open(t)
	l := b.make()
	changed := b.item
	changed.Title, changed.Fields = "New", []vault.Field{
		{ID: "password", Type: vault.FieldConcealed, Value: "new"},
	}
	if _, err := b.vault.UpdateItem(t.Context(), changed, nil); err != nil {
		t.Fatal(err)
	}
	if got := l.content(t, must(b.open(l, 1))(t)); got.Title != "Staging database" ||
		got.Fields[1].Value != "correct horse" {
		t.Errorf("opens to %+v", got)
	}
}

func TestFilesComeAlongChunkByChunk(t *testing.T) {
	b := open(t)
	l := b.make(withFiles, func(r *share.Request) { r.TOTP = true; r.Omit = []string{"password"} })
	opened := must(b.open(l, 1))(t)
	content := l.content(t, opened)
	if len(content.Files) != 3 || len(content.Fields) != 2 || content.Fields[1].Type != "Totp" {
		t.Fatalf("content %+v", content)
	}
	for _, f := range content.Files {
		var got []byte
		count := max(1, int((f.Size+int64(f.ChunkSize)-1)/int64(f.ChunkSize)))
		for n := range count {
			sealed := must(
				b.Chunk(
					t.Context(),
					share.ChunkRequest{
						ID:    l.id,
						Token: l.token,
						View:  viewOf(1),
						File:  f.Index,
						Chunk: n,
					},
				),
			)(
				t,
			)
			got = append(got, l.chunk(t, f, n, n == count-1, sealed, opened.Terms)...)
		}
		if !bytes.Equal(got, files[f.Name]) {
			t.Errorf("%s comes back changed, %d bytes", f.Name, len(got))
		}
	}
	_, err := b.Chunk(
		t.Context(),
		share.ChunkRequest{ID: l.id, Token: l.token, View: viewOf(1), File: 2, Chunk: 2},
	)
	want(t, "a chunk that is not there", err, fault.CodeNotFound)
	_, err = b.Chunk(
		t.Context(),
		share.ChunkRequest{ID: l.id, Token: l.token, View: viewOf(2), File: 0, Chunk: 0},
	)
	want(t, "another view", err, fault.CodeNotFound)
	b.now = b.now.Add(30 * time.Minute)
	_, err = b.Chunk(
		t.Context(),
		share.ChunkRequest{ID: l.id, Token: l.token, View: viewOf(1), File: 0, Chunk: 0},
	)
	if fault.KindOf(err) != fault.Gone {
		t.Errorf("after the view: %v", err)
	}
}

func TestCreateReportsEveryProblemAtOnce(t *testing.T) {
	b := open(t)
	strict := share.Default()
	strict.MaxExpiry, strict.DefaultExpiry, strict.MaxViews = 24*time.Hour, time.Hour, 1
	strict.AllowedTypes, strict.AllowedDomains, strict.FilesAllowed = []share.Type{
		share.Authenticated,
	}, []string{
		"client.example",
	}, false
	must(b.SetPolicy(t.Context(), ann, b.team.ID, strict, false))(t)
	for _, c := range []struct {
		why     string
		request share.Request
		want    string
	}{
		{
			"access and expiry",
			b.request(func(r *share.Request) { r.ExpireAfter = "ThirtyDays" }),
			"policy_access@access policy_expiry@expire_after",
		},
		{
			"the unreadable and the forbidden", b.request(to(
				"x@other.example",
				"nope",
			), withFiles, func(r *share.Request) {
				r.ExpireAfter, r.Omit, r.Token = "TwoDays", []string{"pasword"}, "short"
			}),
			"invalid@expire_after invalid@omit invalid@token policy_domain@recipients policy_files@files " +
				"recipient_invalid@recipients",
		},
		{"nobody named", b.request(to(" ,\n")), "recipient_missing@recipients"},
		{"wrong ones are not missing ones", b.request(to("nope")), "recipient_invalid@recipients"},
		{
			"names with a link for anyone",
			b.request(to("zoe@client.example"), func(r *share.Request) { r.Access = "anyone" }),
			"invalid@access policy_access@access",
		},
		{"no access", b.request(func(r *share.Request) { r.Access = "" }), "invalid@access"},
		{
			"a token too long",
			b.request(to("zoe@client.example"), func(r *share.Request) { r.Token = strings.Repeat("x", 65) }),
			"invalid@token",
		},
	} {
		_, err := b.Create(t.Context(), ann, c.request)
		if got := problems(err); got != c.want {
			t.Errorf("%s: %q, want %q", c.why, got, c.want)
		}
		_, err = b.Preview(t.Context(), ann, c.request)
		if got := problems(err); got != c.want {
			t.Errorf("%s, preview: %q, want %q", c.why, got, c.want)
		}
	}
	refused := b.events(audit.ShareRefused)
	if len(refused) != 3 || refused[2].Detail["codes"] != "policy_access policy_expiry" ||
		refused[2].Subject != b.team.ID+"/"+b.item.ID {
		t.Errorf("refusals by the policy, and they alone, are audited: %+v", refused)
	}
	l := b.make(to("zoe@client.example"), func(r *share.Request) { r.ExpireAfter = "" })
	if l.ExpiresAt-l.CreatedAt != 3600 || l.MaxViews != 1 {
		t.Errorf("defaults of the policy: %+v", l.Terms)
	}
}

func TestCreateWithoutMail(t *testing.T) {
	b := open(t)
	b.Service = share.New(share.Config{
		Store: b.db, Vault: b.vault, Keyring: keysOf(t, b), Audit: b.log,
		Clock: func() time.Time { return b.now }, Random: rand.Reader,
		BaseURL: "https://share.example/base",
	})
	_, err := b.Create(t.Context(), ann, b.request(to("zoe@client.example", "nope")))
	if got := problems(err); got != "mail_off@recipients recipient_invalid@recipients" {
		t.Errorf("problems %q", got)
	}
	b.make() // with anyone it works
	if !b.MailOff() {
		t.Error("the form is not told")
	}
}

func TestTheItemMustBeThere(t *testing.T) {
	b := open(t)
	_, err := b.Create(
		t.Context(),
		ann,
		b.request(func(r *share.Request) { r.ItemID, r.Access = "gone", "x" }),
	)
	want(t, "an item that is not there", err, fault.CodeNotFound)
}

// What was sent twice makes one share, and the second answer leads to it.
func TestARequestTokenIsUsedOnce(t *testing.T) {
	b := open(t)
	token := func(r *share.Request) { r.Token = "0123456789abcdef" }
	first := b.make(token)
	_, err := b.Create(t.Context(), ann, b.request(token, withFiles))
	want(t, "the second", err, fault.CodeAlreadyCreated)
	if e, ok := fault.As(err); !ok || e.Kind != fault.Conflict || e.CreatedID != first.ID {
		t.Errorf("it leads to %+v, want %s", e, first.ID)
	}
	if _, err := b.Create(t.Context(), ben, b.request(token)); err != nil {
		t.Errorf("another's token of the same text: %v", err)
	}
}

// brokenVault opens files that end wrong, all but the one that is whole.
type brokenVault struct {
	vault.Backend
	whole string
	bytes io.Reader
}

func (v brokenVault) OpenFile(
	ctx context.Context,
	vaultID, itemID, fileID string,
) (io.ReadCloser, error) {
	if fileID == v.whole {
		return v.Backend.OpenFile(ctx, vaultID, itemID, fileID)
	}
	return io.NopCloser(v.bytes), nil
}

func TestNothingStaysOfAShareThatFails(t *testing.T) {
	b := open(t)
	damaged := errors.New("damaged")
	for _, c := range []struct {
		why    string
		source io.Reader
		kind   fault.Kind
	}{
		{"a file that grew", strings.NewReader("more"), fault.Conflict},
		{"a damaged one", iotest.ErrReader(damaged), fault.Internal},
	} {
		s := share.New(share.Config{
			Store: b.db, Vault: brokenVault{b.vault, b.item.Files[0].ID, c.source}, Keyring: keysOf(t, b), Audit: b.log,
			Clock: func() time.Time { return b.now }, Random: rand.Reader, BaseURL: "https://share.example/base",
		})
		_, err := s.Create(t.Context(), ann, b.request(withFiles))
		if err == nil || fault.KindOf(err) != c.kind {
			t.Errorf("%s: %v", c.why, err)
		}
		if n := must(b.db.EraseStages(t.Context(), b.now.Add(time.Hour), 100))(t); n != 0 {
			t.Errorf("%s: %d chunks stay", c.why, n)
		}
		if page := must(b.List(t.Context(), share.Viewer{All: true}, share.Query{}))(t); len(
			page.Shares,
		) != 0 {
			t.Errorf("%s: there is a share", c.why)
		}
	}
}

// slowVault does not answer within the deadline.
type slowVault struct{ vault.Backend }

func (slowVault) Item(ctx context.Context, _, _ string) (vault.Item, error) {
	if _, ok := ctx.Deadline(); !ok {
		return vault.Item{}, errors.New("no deadline")
	}
	return vault.Item{}, fmt.Errorf("ask the vault: %w", context.DeadlineExceeded)
}

func TestAVaultThatDoesNotAnswerIsUnavailable(t *testing.T) {
	b := open(t)
	s := share.New(
		share.Config{
			Store:   b.db,
			Vault:   slowVault{b.vault},
			Keyring: keysOf(t, b),
			Audit:   b.log,
			Clock:   func() time.Time { return b.now },
			Random:  rand.Reader,
		},
	)
	_, err := s.Create(t.Context(), ann, b.request())
	if fault.KindOf(err) != fault.Unavailable {
		t.Errorf("error %v", err)
	}
}

func TestCheckRecipientsAsTyped(t *testing.T) {
	b := open(t)
	p := share.Default()
	p.AllowedRecipientTypes, p.AllowedDomains = []share.RecipientKind{
		share.Email,
	}, []string{
		"client.example",
	}
	must(b.SetPolicy(t.Context(), ann, "", p, false))(t)
	var got []string
	for _, c := range must(
		b.CheckRecipients(
			t.Context(),
			b.team.ID,
			"",
			[]string{"Zoe@client.example, x@other.example", "client.example nope"},
		),
	)(t) {
		if c.Problem != nil {
			got = append(got, c.Text+" "+string(c.Problem.Code))
		} else {
			got = append(got, c.Recipient.Address)
		}
	}
	if diff := cmp.Diff(
		[]string{
			"zoe@client.example",
			"x@other.example policy_domain",
			"client.example policy_recipient_type",
			"nope recipient_invalid",
		},
		got,
	); diff != "" {
		t.Error(diff)
	}
	p.AllowedTypes = []share.Type{share.Public}
	must(b.SetPolicy(t.Context(), ann, "", p, false))(t)
	checked := must(
		b.CheckRecipients(t.Context(), b.team.ID, "", []string{"zoe@client.example"}),
	)(
		t,
	)
	if last := checked[len(checked)-1]; last.Text != "" || last.Problem == nil ||
		last.Problem.Code != fault.CodePolicyAccess {
		t.Errorf("that nobody may be named is said: %+v", last)
	}
}

// keysOf opens the bench's keys again.
func keysOf(t testing.TB, b *bench) *seal.Keyring {
	t.Helper()
	master := must(seal.ParseMasterKey("BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc"))(t)
	return must(seal.Unlock(t.Context(), master, b.db))(t)
}

func BenchmarkCreate(b *testing.B) {
	bench := open(b)
	b.ReportAllocs()
	for b.Loop() {
		must(bench.Create(b.Context(), ann, bench.request()))(b)
	}
}

func BenchmarkOpen(b *testing.B) {
	bench := open(b)
	l := bench.make()
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n++
		view := fmt.Sprintf("%016d", n)
		must(
			bench.Open(
				b.Context(),
				share.OpenRequest{ID: l.id, Token: l.token, View: text64([]byte(view))},
			),
		)(
			b,
		)
	}
}

// TestCreatedPrintsItsID: what is logged by mistake must not open a share.
func TestCreatedPrintsItsID(t *testing.T) {
	b := open(t)
	created := must(b.Create(t.Context(), ann, b.request()))(t)
	_, secret, _ := strings.Cut(created.Link, "#")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x"} {
		got := fmt.Sprintf(verb, created)
		if len(secret) != 43 || strings.Contains(got, secret) ||
			!strings.Contains(got, created.ID) {
			t.Errorf("%s prints %s", verb, got)
		}
	}
}
