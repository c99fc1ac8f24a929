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
	s := newService(t)
	l := s.createShare(oneTime)
	terms := share.Terms{
		CreatedAt: start.Unix(),
		ExpiresAt: start.Add(24 * time.Hour).Unix(),
		MaxViews:  1,
		Audience:  share.Anyone,
	}
	if l.Terms != terms || l.Title != "Staging database" || l.ItemVersion != 1 {
		t.Errorf("created %+v of %q", l.Terms, l.Title)
	}
	peeked := must(s.Peek(t.Context(), l.id, l.token))(t)
	if diff := cmp.Diff(share.PeekResult{Terms: terms, SharedBy: "Ann Sharer"}, peeked); diff != "" {
		t.Error(diff)
	}
	opened := must(s.open(l, 1))(t)
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
	again := must(s.open(l, 1))(t)
	if !bytes.Equal(again.Ciphertext, opened.Ciphertext) {
		t.Error("the same view again gets another answer")
	}
	_, err := s.open(l, 2)
	wantCode(t, "another view of a one-time link", err, fault.CodeViewed)
	if event := s.events(audit.ShareCreated)[0]; event.Actor != "ann" || event.Subject != l.ID {
		t.Errorf("audit %+v", event)
	}
	if event := s.events(audit.ShareOpened)[0]; event.Subject != l.ID ||
		event.Detail["agent"] != "curl" {
		t.Errorf("audit %+v", event)
	}
}

// hookedVault is the embedded vault; it calls before when the third file of an item is opened.
type hookedVault struct {
	*local.Vault
	opened int
	before func()
}

func (s *hookedVault) OpenFile(
	ctx context.Context,
	vaultID, itemID, fileID string,
) (io.ReadCloser, error) {
	if s.opened++; s.opened == 3 {
		s.before()
	}
	return s.Vault.OpenFile(ctx, vaultID, itemID, fileID)
}

// TestCreateUnderAReplacedPolicy asserts that no share goes live, and nothing of it remains, when
// the policy or grant that it was checked against changes while its files are copied.
func TestCreateUnderAReplacedPolicy(t *testing.T) {
	for why, change := range map[string]func(*testService){
		"sharing is forbidden and links are revoked": func(s *testService) {
			must(
				s.SetPolicy(t.Context(), ben, "", share.Policy{MaxExpiry: time.Hour, DefaultExpiry: time.Hour}, true),
			)(t)
		},
		"the vault gets a policy": func(s *testService) {
			strict := share.Default()
			strict.FilesAllowed = false
			must(s.SetPolicy(t.Context(), ben, s.team.ID, strict, true))(t)
		},
		"the grant is withdrawn": func(s *testService) {
			s.setGrant(account.Grant{UserID: ann.ID, VaultID: s.team.ID, View: true})
		},
	} {
		slow := &hookedVault{}
		s := newServiceWith(t, func(l *local.Vault) vault.Backend { slow.Vault = l; return slow })
		slow.before = func() { change(s) }
		request := s.request(withFiles, func(r *share.Request) { r.Token = "0123456789abcdef" })
		_, err := s.Create(t.Context(), ann, request)
		wantCode(t, why, err, fault.CodeConflict)
		page := must(s.List(t.Context(), share.Viewer{All: true}, share.Query{}))(t)
		if len(page.Shares) != 0 || len(s.events(audit.ShareCreated)) != 0 {
			t.Errorf(
				"%s: %d shares, %d events",
				why,
				len(page.Shares),
				len(s.events(audit.ShareCreated)),
			)
		}
		if left := must(s.db.EraseStages(t.Context(), s.now.Add(time.Hour), 100))(t); left != 0 {
			t.Errorf("%s: %d stages are left", why, left)
		}
		s.setGrant(account.Grant{UserID: ann.ID, VaultID: s.team.ID, View: true, Share: true})
		must(s.SetPolicy(t.Context(), ben, "", share.Default(), false))(t)
		must(s.SetPolicy(t.Context(), ben, s.team.ID, share.Default(), false))(t)
		must(s.Create(t.Context(), ann, request))(t)
	}
}

// hookedFile is a file that calls before ahead of its first read.
type hookedFile struct {
	io.ReadCloser
	before func()
}

func (r *hookedFile) Read(p []byte) (int, error) {
	if r.before != nil {
		r.before()
		r.before = nil
	}
	return r.ReadCloser.Read(p)
}

// changingVault is the embedded vault; it calls change when the last file of an item is opened,
// or when that file is read.
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
	return &hookedFile{file, v.change}, nil
}

// TestCreateOfAnItemThatChanges asserts that a change to an item that deletes its former files
// before they are opened is no damage: nothing of the share remains, and the request can be
// repeated. Files that are already being read are those of the version that is shared, which keeps
// them. An item that is really damaged is still reported as damaged.
func TestCreateOfAnItemThatChanges(t *testing.T) {
	for _, onRead := range []bool{false, true} {
		changing := &changingVault{onRead: onRead}
		s := newServiceWith(
			t,
			func(l *local.Vault) vault.Backend { changing.Vault = l; return changing },
		)
		changing.last = s.item.Files[2].ID
		changing.change = func() {
			changed := s.item
			changed.Files = []vault.File{{ID: "new", Name: "new.txt", Size: 3}}
			must(s.vault.UpdateItem(t.Context(), "", changed, func(string) (io.ReadCloser, error) {
				return io.NopCloser(strings.NewReader("new")), nil
			}))(t)
		}
		request := s.request(withFiles, func(r *share.Request) { r.Token = "0123456789abcdef" })
		_, err := s.Create(t.Context(), ann, request)
		if onRead {
			if err != nil {
				t.Fatalf("changed while a file is read: %v", err)
			}
			request.Token = "another-token-of-a-form"
		} else {
			wantCode(t, "changed before a file is read", err, fault.CodeConflict)
		}
		if left := must(s.db.EraseStages(t.Context(), s.now.Add(time.Hour), 100))(t); left != 0 {
			t.Errorf("%d stages are left", left)
		}
		must(s.Create(t.Context(), ann, request))(t)

		changing.last, changing.onRead = must(s.vault.Item(t.Context(), s.team.ID, s.item.ID))(t).Files[0].ID, true
		changing.change = func() {
			raw := dbtest.Raw(t, s.url)
			if _, err := raw.Exec(`DELETE FROM file_chunks`); err != nil {
				t.Fatal(err)
			}
		}
		_, err = s.Create(t.Context(), ann, s.request(withFiles))
		wantCode(t, "a chunk is missing", err, fault.CodeDamaged)
	}
}

// TestLaterChangesStayOut asserts that a share is a snapshot, which later changes to the item do
// not alter.
func TestLaterChangesStayOut(t *testing.T) {
	s := newService(t)
	l := s.createShare()
	changed := s.item
	changed.Title, changed.Fields = "New", []vault.Field{
		{ID: "password", Type: vault.FieldConcealed, Value: "new"},
	}
	if _, err := s.vault.UpdateItem(t.Context(), "", changed, nil); err != nil {
		t.Fatal(err)
	}
	if got := l.content(t, must(s.open(l, 1))(t)); got.Title != "Staging database" ||
		got.Fields[1].Value != "correct horse" {
		t.Errorf("opens to %+v", got)
	}
}

func TestFilesComeAlongChunkByChunk(t *testing.T) {
	s := newService(t)
	l := s.createShare(
		withFiles,
		func(r *share.Request) { r.TOTP = true; r.Omit = []string{"password"} },
	)
	opened := must(s.open(l, 1))(t)
	content := l.content(t, opened)
	if len(content.Files) != 3 || len(content.Fields) != 2 || content.Fields[1].Type != "Totp" {
		t.Fatalf("content %+v", content)
	}
	for _, f := range content.Files {
		var got []byte
		count := max(1, int((f.Size+int64(f.ChunkSize)-1)/int64(f.ChunkSize)))
		for n := range count {
			sealed := must(
				s.Chunk(
					t.Context(),
					share.ChunkRequest{
						ID:    l.id,
						Token: l.token,
						View:  viewOf(1),
						File:  f.Index,
						Chunk: n,
					},
				),
			)(t)
			got = append(got, l.chunk(t, f, n, n == count-1, sealed, opened.Terms)...)
		}
		if !bytes.Equal(got, files[f.Name]) {
			t.Errorf("%s comes back changed, %d bytes", f.Name, len(got))
		}
	}
	_, err := s.Chunk(
		t.Context(),
		share.ChunkRequest{ID: l.id, Token: l.token, View: viewOf(1), File: 2, Chunk: 2},
	)
	wantCode(t, "a chunk that is not there", err, fault.CodeNotFound)
	_, err = s.Chunk(
		t.Context(),
		share.ChunkRequest{ID: l.id, Token: l.token, View: viewOf(2), File: 0, Chunk: 0},
	)
	wantCode(t, "another view", err, fault.CodeNotFound)
	s.now = s.now.Add(30 * time.Minute)
	_, err = s.Chunk(
		t.Context(),
		share.ChunkRequest{ID: l.id, Token: l.token, View: viewOf(1), File: 0, Chunk: 0},
	)
	if fault.KindOf(err) != fault.Gone {
		t.Errorf("after the view: %v", err)
	}
}

func TestCreateReportsEveryProblemAtOnce(t *testing.T) {
	s := newService(t)
	strict := share.Default()
	strict.MaxExpiry, strict.DefaultExpiry, strict.MaxViews = 24*time.Hour, time.Hour, 1
	strict.AllowedTypes, strict.AllowedDomains, strict.FilesAllowed = []share.Type{
		share.Authenticated,
	}, []string{
		"client.example",
	}, false
	must(s.SetPolicy(t.Context(), ann, s.team.ID, strict, false))(t)
	for _, c := range []struct {
		why     string
		request share.Request
		want    string
	}{
		{
			"access and expiry",
			s.request(func(r *share.Request) { r.ExpireAfter = "ThirtyDays" }),
			"policy_access@access policy_expiry@expire_after",
		},
		{
			"the unreadable and the forbidden", s.request(to(
				"x@other.example",
				"nope",
			), withFiles, func(r *share.Request) {
				r.ExpireAfter, r.Omit, r.Token = "TwoDays", []string{"pasword"}, "short"
			}),
			"invalid@expire_after invalid@omit invalid@token policy_domain@recipients policy_files@files " +
				"recipient_invalid@recipients",
		},
		{"nobody named", s.request(to(" ,\n")), "recipient_missing@recipients"},
		{"wrong ones are not missing ones", s.request(to("nope")), "recipient_invalid@recipients"},
		{
			"names with a link for anyone",
			s.request(to("zoe@client.example"), func(r *share.Request) { r.Access = "anyone" }),
			"invalid@access policy_access@access",
		},
		{"no access", s.request(func(r *share.Request) { r.Access = "" }), "invalid@access"},
		{
			"a token too long",
			s.request(to("zoe@client.example"), func(r *share.Request) { r.Token = strings.Repeat("x", 65) }),
			"invalid@token",
		},
	} {
		_, err := s.Create(t.Context(), ann, c.request)
		if got := problemsOf(err); got != c.want {
			t.Errorf("%s: %q, want %q", c.why, got, c.want)
		}
		_, err = s.Preview(t.Context(), ann, c.request)
		if got := problemsOf(err); got != c.want {
			t.Errorf("%s, preview: %q, want %q", c.why, got, c.want)
		}
	}
	refused := s.events(audit.ShareRefused)
	if len(refused) != 3 || refused[2].Detail["codes"] != "policy_access policy_expiry" ||
		refused[2].Subject != s.team.ID+"/"+s.item.ID {
		t.Errorf("refusals by the policy, and they alone, are audited: %+v", refused)
	}
	l := s.createShare(to("zoe@client.example"), func(r *share.Request) { r.ExpireAfter = "" })
	if l.ExpiresAt-l.CreatedAt != 3600 || l.MaxViews != 1 {
		t.Errorf("defaults of the policy: %+v", l.Terms)
	}
}

func TestCreateWithoutMail(t *testing.T) {
	s := newService(t)
	s.Service = share.New(share.Config{
		Store: s.db, Vault: s.vault, Keyring: keyringOf(t, s), Audit: s.log,
		Clock: func() time.Time { return s.now }, Random: rand.Reader,
		BaseURL: "https://share.example/base",
	})
	_, err := s.Create(t.Context(), ann, s.request(to("zoe@client.example", "nope")))
	if got := problemsOf(err); got != "mail_off@recipients recipient_invalid@recipients" {
		t.Errorf("problems %q", got)
	}
	s.createShare() // with anyone it works
	if !s.MailOff() {
		t.Error("the form is not told")
	}
}

func TestTheItemMustBeThere(t *testing.T) {
	s := newService(t)
	_, err := s.Create(
		t.Context(),
		ann,
		s.request(func(r *share.Request) { r.ItemID, r.Access = "gone", "x" }),
	)
	wantCode(t, "an item that is not there", err, fault.CodeNotFound)
}

// TestARequestTokenIsUsedOnce asserts that a request sent twice creates one share, and that the
// second answer leads to it.
func TestARequestTokenIsUsedOnce(t *testing.T) {
	s := newService(t)
	token := func(r *share.Request) { r.Token = "0123456789abcdef" }
	first := s.createShare(token)
	_, err := s.Create(t.Context(), ann, s.request(token, withFiles))
	wantCode(t, "the second", err, fault.CodeAlreadyCreated)
	if e, ok := fault.As(err); !ok || e.Kind != fault.Conflict || e.CreatedID != first.ID {
		t.Errorf("it leads to %+v, want %s", e, first.ID)
	}
	if _, err := s.Create(t.Context(), ben, s.request(token)); err != nil {
		t.Errorf("another's token of the same text: %v", err)
	}
}

// brokenVault returns the wrong content for every file but the whole one.
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
	s := newService(t)
	damaged := errors.New("damaged")
	for _, c := range []struct {
		why    string
		source io.Reader
		kind   fault.Kind
	}{
		{"a file that grew", strings.NewReader("more"), fault.Conflict},
		{"a damaged one", iotest.ErrReader(damaged), fault.Internal},
	} {
		other := share.New(share.Config{
			Store: s.db, Vault: brokenVault{s.vault, s.item.Files[0].ID, c.source},
			Keyring: keyringOf(t, s), Audit: s.log,
			Clock: func() time.Time { return s.now }, Random: rand.Reader, BaseURL: "https://share.example/base",
		})
		_, err := other.Create(t.Context(), ann, s.request(withFiles))
		if err == nil || fault.KindOf(err) != c.kind {
			t.Errorf("%s: %v", c.why, err)
		}
		if n := must(s.db.EraseStages(t.Context(), s.now.Add(time.Hour), 100))(t); n != 0 {
			t.Errorf("%s: %d chunks stay", c.why, n)
		}
		if page := must(s.List(t.Context(), share.Viewer{All: true}, share.Query{}))(t); len(
			page.Shares,
		) != 0 {
			t.Errorf("%s: there is a share", c.why)
		}
	}
}

// hangingVault is a vault that does not answer before the deadline.
type hangingVault struct{ vault.Backend }

func (hangingVault) Item(ctx context.Context, _, _ string) (vault.Item, error) {
	if _, ok := ctx.Deadline(); !ok {
		return vault.Item{}, errors.New("no deadline")
	}
	return vault.Item{}, fmt.Errorf("ask the vault: %w", context.DeadlineExceeded)
}

func TestAVaultThatDoesNotAnswerIsUnavailable(t *testing.T) {
	s := newService(t)
	other := share.New(
		share.Config{
			Store:   s.db,
			Vault:   hangingVault{s.vault},
			Keyring: keyringOf(t, s),
			Audit:   s.log,
			Clock:   func() time.Time { return s.now },
			Random:  rand.Reader,
		},
	)
	_, err := other.Create(t.Context(), ann, s.request())
	if fault.KindOf(err) != fault.Unavailable {
		t.Errorf("error %v", err)
	}
}

func TestCheckRecipientsAsTyped(t *testing.T) {
	s := newService(t)
	p := share.Default()
	p.AllowedRecipientTypes, p.AllowedDomains = []share.RecipientKind{
		share.Email,
	}, []string{
		"client.example",
	}
	must(s.SetPolicy(t.Context(), ann, "", p, false))(t)
	var got []string
	for _, c := range must(
		s.CheckRecipients(
			t.Context(), ann,
			s.team.ID,
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
	must(s.SetPolicy(t.Context(), ann, "", p, false))(t)
	checked := must(
		s.CheckRecipients(t.Context(), ann, s.team.ID, "", []string{"zoe@client.example"}),
	)(t)
	if last := checked[len(checked)-1]; last.Text != "" || last.Problem == nil ||
		last.Problem.Code != fault.CodePolicyAccess {
		t.Errorf("that nobody may be named is said: %+v", last)
	}
}

// keyringOf unlocks the keyring of the service's database again.
func keyringOf(t testing.TB, s *testService) *seal.Keyring {
	t.Helper()
	master := must(seal.ParseMasterKey("BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc"))(t)
	return must(seal.Unlock(t.Context(), master, s.db))(t)
}

func BenchmarkCreate(b *testing.B) {
	s := newService(b)
	b.ReportAllocs()
	for b.Loop() {
		must(s.Create(b.Context(), ann, s.request()))(b)
	}
}

func BenchmarkOpen(b *testing.B) {
	s := newService(b)
	l := s.createShare()
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n++
		view := fmt.Sprintf("%016d", n)
		must(
			s.Open(
				b.Context(),
				share.OpenRequest{ID: l.id, Token: l.token, View: encode([]byte(view))},
			),
		)(b)
	}
}

// TestCreatedPrintsItsID asserts that a created share prints its ID only: what is logged by
// mistake must not open a share.
func TestCreatedPrintsItsID(t *testing.T) {
	s := newService(t)
	created := must(s.Create(t.Context(), ann, s.request()))(t)
	_, secret, _ := strings.Cut(created.Link, "#")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x"} {
		got := fmt.Sprintf(verb, created)
		if len(secret) != 43 || strings.Contains(got, secret) ||
			!strings.Contains(got, created.ID) {
			t.Errorf("%s prints %s", verb, got)
		}
	}
}

// TestArchivedItems asserts that an archived item can't be shared, and that its links live on.
func TestArchivedItems(t *testing.T) {
	s := newService(t)
	l := s.createShare()
	if err := s.vault.ArchiveItem(t.Context(), "", s.team.ID, s.item.ID); err != nil {
		t.Fatal(err)
	}
	_, err := s.Create(t.Context(), ann, s.request())
	wantCode(t, "a link to an archived item", err, fault.CodeConflict)
	_, err = s.Preview(t.Context(), ann, s.request())
	wantCode(t, "a preview of an archived item", err, fault.CodeConflict)
	must(s.open(l, 1))(t)
}
