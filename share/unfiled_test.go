package share_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"testing"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/db/dbtest"
	"itemshare/fault"
	"itemshare/share"
	"itemshare/vault"
)

// filesOf returns the files of a form one after the other.
func filesOf(contents ...[]byte) func() (vault.NewFile, error) {
	n := 0
	return func() (vault.NewFile, error) {
		if n == len(contents) {
			return vault.NewFile{}, io.EOF
		}
		n++
		return vault.NewFile{
			Name: string('a'+rune(n-1)) + ".bin", Type: "text/plain; charset=utf-8",
			Content: iotestReader{bytes.NewReader(contents[n-1])},
		}, nil
	}
}

// iotestReader returns fewer bytes than asked for, as the network does.
type iotestReader struct{ io.Reader }

func (r iotestReader) Read(p []byte) (int, error) { return r.Reader.Read(p[:min(len(p), 70_001)]) }

func unfiled(title, text, notes string, change ...func(*share.Request)) share.UnfiledRequest {
	r := share.UnfiledRequest{Item: share.NewItem(title, text, notes)}
	r.Access = "anyone"
	for _, c := range change {
		c(&r.Request)
	}
	return r
}

// TestCreateUnfiled asserts that a text and files of every size at the edges of a chunk arrive
// unchanged, and that the history and the audit log name no item.
func TestCreateUnfiled(t *testing.T) {
	s := newService(t)
	var contents [][]byte
	for _, size := range []int{0, 1, 1<<20 - 1, 1 << 20, 1<<20 + 1, 3<<20 + 5} {
		content := make([]byte, size)
		_, _ = rand.Read(content)
		contents = append(contents, content)
	}
	created, err := s.CreateUnfiled(
		t.Context(), ann, unfiled("Door code", "line 1\nline 2", "Ask Bo"), filesOf(contents...),
	)
	l := parseLink(t, must(created, err)(t))
	opened := must(s.open(l, 1))(t)
	content := l.content(t, opened)
	if content.Title != "Door code" || content.Category != "SecureNote" ||
		content.Notes != "Ask Bo" || len(content.Fields) != 1 ||
		content.Fields[0].Value != "line 1\nline 2" || content.Fields[0].Type != "Concealed" {
		t.Errorf("content %+v", content)
	}
	for i, want := range contents {
		entry := content.Files[i]
		if got := s.download(l, entry, 1, opened.Terms); !bytes.Equal(got, want) ||
			entry.Size != int64(len(want)) || entry.Type != "text/plain" {
			t.Errorf("file %d: %d bytes of %d, %+v", i, len(got), len(want), entry)
		}
	}
	detail := must(s.Get(t.Context(), share.Viewer{UserID: ann.ID}, created.ID))(t)
	if detail.VaultID != "" || detail.ItemID != "" || detail.Title != "Door code" ||
		detail.Included.Words() != "1 field, 6 files" {
		t.Errorf("history %+v", detail.Summary)
	}
	if event := s.events(audit.ShareCreated)[0]; event.Detail["item"] != "" {
		t.Errorf("event %+v", event)
	}
}

// download opens a file as a recipient does.
func (s *testService) download(
	l link, entry share.ContentFile, view byte, terms share.Terms,
) (content []byte) {
	s.t.Helper()
	count := int(max(1, (entry.Size+entry.ChunkSize-1)/entry.ChunkSize))
	for n := range count {
		sealed := must(s.Chunk(s.t.Context(), share.ChunkRequest{
			ID: l.id, Token: l.token, View: viewOf(view), File: entry.Index, Chunk: n,
		}))(s.t)
		content = append(content, l.chunk(s.t, entry, n, n == count-1, sealed, terms)...)
	}
	return content
}

// rows counts the rows of a table.
func (s *testService) rows(table string) (n int) {
	s.t.Helper()
	row := dbtest.Raw(s.t, s.url).QueryRowContext(s.t.Context(), "SELECT count(*) FROM "+table)
	if err := row.Scan(&n); err != nil {
		s.t.Fatal(err)
	}
	return n
}

func TestUnfiledTitles(t *testing.T) {
	s := newService(t)
	for want, made := range map[string]share.CreatedShare{
		"Shared text": must(s.CreateUnfiled(t.Context(), ann, unfiled("", "x", ""), filesOf()))(t),
		"a.bin":       must(s.CreateUnfiled(t.Context(), ann, unfiled("", "", ""), filesOf([]byte("x"))))(t),
	} {
		if made.Title != want {
			t.Errorf("title %q, want %q", made.Title, want)
		}
	}
}

// TestCreateUnfiledProblems asserts that every problem comes at once, by the policy of the account
// alone, and that nothing is left of a file.
func TestCreateUnfiledProblems(t *testing.T) {
	s := newService(t)
	policy := share.Default()
	policy.MaxExpiry, policy.DefaultExpiry = share.OneDay.Time(), share.OneDay.Time()
	policy.FilesMaxSize = 2<<20 + 1
	if _, err := s.SetPolicy(t.Context(), ann, "", policy, false); err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		request share.UnfiledRequest
		files   func() (vault.NewFile, error)
		want    string
	}{
		"nothing": {unfiled("Only a title", "", ""), filesOf(), "invalid@text"},
		"a file of the most": {
			unfiled("", "", ""), filesOf(make([]byte, 2<<20+1)), "",
		},
		"a file that is larger by a byte": {
			unfiled("", "", ""), filesOf([]byte("x"), make([]byte, 2<<20+2), []byte("y")),
			"policy_files@file",
		},
		"everything": {
			unfiled("", "", "", to("wrong@"), func(r *share.Request) { r.ExpireAfter = "SevenDays" }),
			filesOf([]byte("x")), "policy_expiry@expire_after recipient_invalid@recipients",
		},
	} {
		_, err := s.CreateUnfiled(t.Context(), ann, c.request, c.files)
		if got := problemsOf(err); got != c.want {
			t.Errorf("%s: %q, want %q", what, got, c.want)
		}
	}
	policy.FilesAllowed = false
	if _, err := s.SetPolicy(t.Context(), ann, "", policy, false); err != nil {
		t.Fatal(err)
	}
	_, err := s.CreateUnfiled(t.Context(), ann, unfiled("", "x", ""), filesOf([]byte("x")))
	if got := problemsOf(err); got != "policy_files@file" {
		t.Errorf("files are not allowed: %q", got)
	}
	if n := s.rows("share_stages"); n != 0 {
		t.Errorf("%d stages are left", n)
	}
	if shares := s.rows("shares"); shares != 1 {
		t.Errorf("%d shares", shares)
	}
}

// TestUnfiledCutOff asserts that nothing is left of a form that did not come whole.
func TestUnfiledCutOff(t *testing.T) {
	s := newService(t)
	broken := errors.New("the connection was lost")
	for what, end := range map[string]error{
		"an error": broken, "an early end": io.ErrUnexpectedEOF, "canceled": context.Canceled,
	} {
		sent := false
		_, err := s.CreateUnfiled(t.Context(), ann, unfiled("", "x", ""),
			func() (vault.NewFile, error) {
				if sent {
					return vault.NewFile{}, io.EOF
				}
				sent = true
				return vault.NewFile{Name: "a", Content: io.MultiReader(
					bytes.NewReader(make([]byte, 3<<20)), failing{end},
				)}, nil
			})
		if !errors.Is(err, end) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, table := range []string{"share_stages", "share_chunks", "shares"} {
		if n := s.rows(table); n != 0 {
			t.Errorf("%d rows are left in %s", n, table)
		}
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// TestWhoSharesUnfiled asserts that everyone may share what is in no vault, unless suspended, and
// that a form makes one link.
func TestWhoSharesUnfiled(t *testing.T) {
	s := newService(t)
	s.setGrant(account.Grant{UserID: ben.ID, VaultID: s.team.ID})
	request := unfiled("", "x", "", func(r *share.Request) { r.Token = "0123456789abcdef" })
	if _, err := s.CreateUnfiled(t.Context(), ben, request, filesOf()); err != nil {
		t.Errorf("without a vault: %v", err)
	}
	_, err := s.CreateUnfiled(t.Context(), ben, request, filesOf([]byte("x")))
	wantCode(t, "the same form", err, fault.CodeAlreadyCreated)
	if n := s.rows("share_stages"); n != 0 {
		t.Errorf("%d stages are left", n)
	}
	entry := must(s.log.Entry(audit.Event{At: s.now, Kind: audit.UserDisabled}))(t)
	if err := s.db.SetDisabled(t.Context(), ben.ID, true, entry); err != nil {
		t.Fatal(err)
	}
	_, err = s.CreateUnfiled(t.Context(), ben, unfiled("", "x", ""), filesOf())
	wantCode(t, "suspended", err, fault.CodeConflict)
}
