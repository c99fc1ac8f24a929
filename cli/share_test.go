package cli

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"itemshare/client"
)

// server is a running demo with a service account that can share from the vault Team, and another
// one that can only read it.
type server struct {
	*runningServer
	t      *testing.T
	data   string
	token  string
	reader string
	api    *client.Client
}

func newServer(t *testing.T) *server {
	t.Helper()
	s := &server{t: t, data: newData(t)}
	s.runningServer = startDemo(t, s.data)
	t.Cleanup(func() { s.stop() })
	s.token = s.addServiceAccount(
		"--name",
		"CI",
		"--vault",
		"Team",
		"--vault",
		"Admins",
		"--share-items",
	)
	s.reader = s.addServiceAccount("--name", "Reader", "--vault", "Team")
	var err error
	s.api, err = client.New(client.Config{URL: s.url, Token: s.token})
	must(t, err)
	t.Setenv("ITEMSHARE_URL", s.url)
	t.Setenv("ITEMSHARE_TOKEN", s.token)
	return s
}

// addServiceAccount adds a service account and returns its token.
func (s *server) addServiceAccount(args ...string) string {
	s.t.Helper()
	got := command(s.t, s.data, "", append([]string{"service-account", "add"}, args...)...)
	if got.code != 0 {
		s.t.Fatalf("%+v", got)
	}
	return strings.TrimSpace(got.stdout)
}

// run runs a command that needs no data folder: there is none.
func (s *server) run(stdin string, args ...string) result {
	s.t.Helper()
	data := filepath.Join(s.t.TempDir(), "none")
	got := command(s.t, data, stdin, args...)
	if _, err := os.Stat(data); err == nil {
		s.t.Errorf("%v: a data folder was created", args)
	}
	if said := got.stdout + got.stderr; strings.Contains(said, s.token) ||
		strings.Contains(said, s.reader) {
		s.t.Errorf("%v: prints a token", args)
	}
	return got
}

var linkLine = regexp.MustCompile(`^http://localhost:\d+/s#[A-Za-z0-9_-]{43}\n$`)

// link shares an item and returns the link.
func (s *server) link(args ...string) string {
	s.t.Helper()
	got := s.run("", append([]string{"share"}, args...)...)
	if got.code != 0 || !linkLine.MatchString(got.stdout) {
		s.t.Fatalf("share %v: %+v", args, got)
	}
	return strings.TrimSpace(got.stdout)
}

func (s *server) vault(title string) client.VaultOverview {
	s.t.Helper()
	for v, err := range s.api.Vaults().List(s.t.Context()) {
		must(s.t, err)
		if v.Title == title {
			return v
		}
	}
	s.t.Fatalf("there is no vault %s", title)
	return client.VaultOverview{}
}

// items returns a vault's items.
func (s *server) items(vault string) []client.ItemOverview {
	s.t.Helper()
	all, err := client.All(
		s.api.Items().List(s.t.Context(), s.vault(vault).ID, client.ItemListOptions{PageSize: 2}),
	)
	must(s.t, err)
	return all
}

// item returns an item of the category in the vault Team, with its values.
func (s *server) item(category string) client.Item {
	s.t.Helper()
	for _, overview := range s.items("Team") {
		if overview.Category == category {
			item, err := s.api.Items().Get(s.t.Context(), overview.VaultID, overview.ID)
			must(s.t, err)
			return item
		}
	}
	s.t.Fatalf("the demo has no %s", category)
	return client.Item{}
}

// mailedCode waits until more codes than before were sent, and returns the newest.
func (s *server) mailedCode(before int) string {
	s.t.Helper()
	for range 200 {
		if all := s.codes(); len(all) > before {
			return all[0]
		}
		time.Sleep(20 * time.Millisecond)
	}
	s.t.Error("no code was mailed")
	return ""
}

// codes returns all codes that were sent, newest first.
func (s *server) codes() []string {
	s.t.Helper()
	request, err := http.NewRequest(http.MethodGet, s.url+"/demo/outbox", nil)
	must(s.t, err)
	request.Header.Set("Accept", "application/json")
	resp, err := http.DefaultClient.Do(request)
	must(s.t, err)
	var mails []struct{ Text string }
	must(s.t, errors.Join(json.NewDecoder(resp.Body).Decode(&mails), resp.Body.Close()))
	var all []string
	for _, m := range mails {
		if code := regexp.MustCompile(`\b\d{8}\b`).FindString(m.Text); code != "" {
			all = append(all, code)
		}
	}
	return all
}

func TestShareCommand(t *testing.T) {
	s := newServer(t)
	item := s.item("Login")
	isItem := func(s client.Share) bool { return s.ItemID == item.ID && s.VaultID == item.VaultID }
	for _, c := range []struct {
		why   string
		args  []string
		code  int
		says  string // on standard error
		shows func(client.Share) bool
	}{
		{"by its id", []string{item.ID}, 0, "itemshare revoke", func(s client.Share) bool {
			return s.ItemID == item.ID && s.MaxViews == 0
		}},
		{"by its title", []string{item.Title}, 0, "Link to " + item.Title, isItem},
		{"in another case", []string{strings.ToUpper(item.Title)}, 0, "", isItem},
		{"by vault and title", []string{"team/" + item.Title}, 0, "", isItem},
		{"in a vault by name", []string{item.Title, "--vault", "Team"}, 0, "", isItem},
		{"in a vault by id", []string{item.Title, "--vault", item.VaultID}, 0, "", isItem},
		{"once, for an hour", []string{item.ID, "--once", "--expires", "OneHour"}, 0, "", func(s client.Share) bool {
			return s.MaxViews == 1 && s.ExpiresAt.Sub(s.CreatedAt) == time.Hour
		}},
		{"for recipients", []string{
			item.ID, "--to", "ann@company.example", "--to", "company.example",
		}, 0, "", func(s client.Share) bool {
			return s.Audience == client.AudienceRecipients && len(s.Recipients) == 2
		}},
		{"for recipients as a mail program copies them", []string{
			item.ID, "--to", `"Doe, Ann" <ann@company.example>; ` +
				`max@company.example,`, "--to", "mailto:kai@company.example",
		}, 0, "", func(s client.Share) bool {
			return s.Audience == client.AudienceRecipients && len(s.Recipients) == 3
		}},
		{
			"a wildcard",
			[]string{item.ID, "--to", "*@company.example"},
			1,
			"Enter “company.example” for everyone",
			nil,
		},
		{"no such title", []string{"Nothing of that name"}, exitNotFound, "no item Nothing of that name", nil},
		{"an unknown id", []string{"00000000000000000000000000"}, exitNotFound, "no item", nil},
		{"not in that vault", []string{item.Title, "--vault", "Admins"}, exitNotFound, "no item", nil},
		{"no access", []string{item.Title, "--vault", "Read only"}, exitNotFound, "no vault Read only", nil},
		{"an unknown duration", []string{item.ID, "--expires", "Never"}, 1, "OneHour", nil},
		{"a domain open to everyone", []string{item.ID, "--to", "gmail.com"}, 1, "gmail.com", nil},
		{"two invalid recipients", []string{item.ID, "--to", "gmail.com", "--to", "a@@b"}, 1, "a@@b", nil},
		{"no item", nil, 1, "--text or --file", nil},
	} {
		t.Run(c.why, func(t *testing.T) {
			got := s.run("", append([]string{"share"}, c.args...)...)
			if got.code != c.code || !strings.Contains(got.stderr, c.says) ||
				strings.Count(got.stderr, "\n") != 1 {
				t.Fatalf("%+v", got)
			}
			if linkLine.MatchString(got.stdout) != (c.code == 0) ||
				c.code != 0 && got.stdout != "" {
				t.Fatalf("printed %q", got.stdout)
			}
			if c.shows == nil {
				return
			}
			for newest, err := range s.api.Items().Shares().List(t.Context()) {
				if must(t, err); !c.shows(newest) {
					t.Errorf("%+v", newest)
				}
				break
			}
		})
	}
}

// TestAmbiguousTitle: the candidates are listed, and nothing is shared.
func TestAmbiguousTitle(t *testing.T) {
	s := newServer(t)
	for _, vault := range []string{"Team", "Admins"} {
		s.importItem(
			vault,
			map[string]any{
				"overview": map[string]any{"title": "Twins"},
				"details":  map[string]any{"notesPlain": vault},
			},
			nil,
		)
	}
	got := s.run("", "share", "Twins")
	if got.code != 1 || !strings.Contains(got.stderr, "2 items") ||
		!strings.Contains(got.stderr, "Team/Twins (") ||
		!strings.Contains(got.stderr, "Admins/Twins (") {
		t.Errorf("%+v", got)
	}
	if all := s.run("", "shares", "--json"); all.stdout != "[]\n" {
		t.Errorf("something was shared: %s", all.stdout)
	}
	s.link("Admins/Twins")
	s.link("Twins", "--vault", "Team")
	s.importItem(
		"Team",
		map[string]any{
			"uuid":     "other",
			"overview": map[string]any{"title": "twins", "url": "https://twins.example"},
			"details":  map[string]any{},
		},
		nil,
	)
	s.link("team/twins") // an exact match wins
	if got := s.run("", "share", "TWINS"); got.code != 1 ||
		!strings.Contains(got.stderr, "3 items") {
		t.Errorf("in another case: %+v", got)
	}
}

// importItem imports one item, and files by documentId__name.
func (s *server) importItem(vault string, item map[string]any, files map[string][]byte) {
	s.t.Helper()
	whole := map[string]any{
		"uuid":         "one",
		"createdAt":    1600000000,
		"updatedAt":    1650000000,
		"state":        "active",
		"categoryUuid": "003",
	}
	maps.Copy(whole, item)
	inner := map[string]any{
		"attrs": map[string]any{"uuid": "v", "name": vault, "type": "U"},
		"items": []any{whole},
	}
	text := func(value any) []byte {
		out, err := json.Marshal(value)
		must(s.t, err)
		return out
	}
	entries := map[string][]byte{
		"export.attributes": text(
			map[string]any{
				"version":     3,
				"description": "1Password Unencrypted Export",
				"createdAt":   1700000000,
			},
		),
		"export.data": text(
			map[string]any{
				"accounts": []any{
					map[string]any{
						"attrs":  map[string]any{"uuid": "A" + vault, "name": "Company"},
						"vaults": []any{inner},
					},
				},
			},
		),
	}
	for name, content := range files {
		entries["files/"+name] = content
	}
	var archive bytes.Buffer
	writer := zip.NewWriter(&archive)
	for name, content := range entries {
		entry, err := writer.Create(name)
		must(s.t, err)
		_, err = entry.Write(content)
		must(s.t, err)
	}
	must(s.t, writer.Close())
	path := filepath.Join(s.t.TempDir(), "one.1pux")
	must(s.t, os.WriteFile(path, archive.Bytes(), 0o600))
	if got := command(s.t, s.data, "", "import", "--duplicates", "keep", "--vault", vault, path); got.code != 0 {
		s.t.Fatalf("%+v", got)
	}
}

func TestShareRejectsReaders(t *testing.T) {
	s := newServer(t)
	item := s.item("Login")
	t.Setenv("ITEMSHARE_TOKEN", s.reader)
	if got := s.run("", "share", item.Title); got.code != 1 ||
		!strings.Contains(got.stderr, "can't share them") {
		t.Errorf("%+v", got)
	}
	t.Setenv("ITEMSHARE_TOKEN", s.token[:len(s.token)-1])
	if got := s.run("", "share", item.Title); got.code != 1 ||
		!strings.Contains(got.stderr, "token") {
		t.Errorf("an invalid token: %+v", got)
	}
	t.Setenv("ITEMSHARE_TOKEN", "")
	if got := s.run("", "shares"); got.code != 1 ||
		!strings.Contains(got.stderr, "ITEMSHARE_TOKEN") {
		t.Errorf("no token: %+v", got)
	}
	t.Setenv("ITEMSHARE_TOKEN", s.token)
	t.Setenv("ITEMSHARE_URL", "http://share.company.example")
	if got := s.run("", "shares"); got.code != 1 || !strings.Contains(got.stderr, "https://") {
		t.Errorf("plain http: %+v", got)
	}
	s.stop()
	s.code <- 0 // for the cleanup
	t.Setenv("ITEMSHARE_URL", s.url)
	if got := s.run("", "revoke", "x"); got.code != exitUnreached ||
		strings.Count(got.stderr, "\n") != 1 {
		t.Errorf("no server: %+v", got)
	}
}

func TestSharesAndRevoke(t *testing.T) {
	s := newServer(t)
	item := s.item("Login")
	if got := s.run("", "shares", "--json"); got.code != 0 || got.stdout != "[]\n" {
		t.Errorf("no shares: %+v", got)
	}
	got := s.run("", "share", item.ID, "--to", "ann@company.example", "--json")
	var created client.CreatedShare
	must(t, json.Unmarshal([]byte(got.stdout), &created))
	if created.ID == "" || !linkLine.MatchString(created.Link+"\n") || created.ExpiresAt.IsZero() ||
		got.stderr != "" {
		t.Fatalf("%+v", got)
	}
	s.link(item.ID)
	list := s.run("", "shares")
	if lines := strings.Split(list.stdout, "\n"); list.code != 0 || len(lines) != 4 ||
		!strings.Contains(lines[2], created.ID) ||
		!strings.Contains(lines[2], "ann@company.example") ||
		!strings.Contains(lines[1], "anyone") ||
		strings.Contains(list.stdout, "/s#") {
		t.Errorf("%+v", list)
	}
	for _, c := range []struct {
		args []string
		n    int
	}{
		{nil, 2},
		{[]string{"--limit", "1"}, 1},
		{[]string{"--limit", "0"}, 2},
		{[]string{"--status", "revoked"}, 0},
		{[]string{"--query", "ann@company.example"}, 1},
		{[]string{"--vault", "Team"}, 2},
		{[]string{"--with", "ann@company.example"}, 1},
		{[]string{"--created", "7days", "--from", "2020-01-01"}, 2},
		{[]string{"--to", "2020-01-01"}, 0},
		{[]string{"--vault", "Admins"}, 0},
	} {
		var shares []client.Share
		got := s.run("", append([]string{"shares", "--json"}, c.args...)...)
		if json.Unmarshal([]byte(got.stdout), &shares) != nil || len(shares) != c.n {
			t.Errorf("%v: %+v", c.args, got)
		}
	}
	for why, args := range map[string][]string{
		"an unknown status": {"--status", "lost"}, "a negative limit": {"--limit", "-1"},
		"a date that is none": {"--from", "yesterday"}, "half an address": {"--with", "ann@"},
	} {
		if got := s.run("", append([]string{"shares"}, args...)...); got.code != 1 ||
			got.stdout != "" {
			t.Errorf("%s: %+v", why, got)
		}
	}
	for range 2 { // revoking a share that has ended is not an error
		if got := s.run("", "revoke", created.ID); got.code != 0 ||
			!strings.Contains(got.stdout, created.ID) {
			t.Errorf("%+v", got)
		}
	}
	if got := s.run("", "open", created.Link); got.code != exitEnded ||
		!strings.Contains(got.stderr, "Ask CI for a new one") {
		t.Errorf("a revoked link: %+v", got)
	}
	if got := s.run("", "revoke", "00000000000000000000000000"); got.code != exitNotFound {
		t.Errorf("an unknown share: %+v", got)
	}
	if got := s.run("", "revoke", ".."); got.code != exitNotFound {
		t.Errorf("a path in place of an id: %+v", got)
	}
}

// TestFourSteps does what 1Password's documentation does, with the client and the real server, and
// opens the link.
func TestFourSteps(t *testing.T) {
	s := newServer(t)
	ctx, item := t.Context(), s.item("Login")
	shares := s.api.Items().Shares()
	policy, err := shares.GetAccountPolicy(ctx, item.VaultID, item.ID)
	must(t, err)
	if policy.MaxExpiry != client.ItemShareDurationThirtyDays || policy.MaxViews != nil ||
		len(policy.AllowedTypes) != 2 ||
		len(policy.AllowedRecipientTypes) != 2 ||
		!policy.Files.Allowed ||
		policy.Files.MaxSize <= 0 {
		t.Errorf("%+v", policy)
	}
	_, err = shares.ValidateRecipients(ctx, policy, []string{"a@b.example", "gmail.com", "x@@y"})
	var e *client.Error
	if !errors.As(err, &e) || !errors.Is(err, client.CodeRecipientInvalid) || len(e.Problems) != 2 {
		t.Errorf("two invalid recipients: %v", err)
	}
	recipients, err := shares.ValidateRecipients(
		ctx,
		policy,
		[]string{"Ann@Company.example", "company.example"},
	)
	must(t, err)
	if len(recipients) != 2 || recipients[0].Email().Email != "ann@company.example" ||
		recipients[1].Domain().Domain != "company.example" {
		t.Errorf("%v", recipients)
	}
	created, err := shares.Create(ctx, item, policy, client.ItemShareParams{
		Recipients: recipients, ExpireAfter: new(client.ItemShareDurationOneDay),
		OneTimeOnly: true, Omit: []string{"username"},
	})
	must(t, err)
	opened, err := client.Open(
		ctx,
		created.Link,
		client.OpenOptions{Email: "ann@company.example", Code: s.newCode},
	)
	must(t, err)
	for _, f := range opened.Fields {
		if f.Title == "username" || f.Type == "Totp" {
			t.Errorf("%s is included", f.Title)
		}
	}
	if opened.Title != item.Title || opened.SharedBy != "CI" ||
		!opened.Terms.ExpiresAt.Equal(created.ExpiresAt) ||
		opened.Terms.MaxViews != 1 {
		t.Errorf("%+v", opened.Terms)
	}
	share, err := shares.Get(ctx, created.ID)
	must(t, err)
	if share.Views != 1 || share.ItemID != item.ID || len(share.Recipients) != 2 ||
		share.SharedBy != "CI" ||
		share.Status != client.ShareStatusActive {
		t.Errorf("%+v", share)
	}
	must(t, shares.Revoke(ctx, created.ID))
	must(t, shares.Revoke(ctx, created.ID))
	if share, err = shares.Get(ctx, created.ID); err != nil ||
		share.Status != client.ShareStatusRevoked ||
		share.EndedAt == nil {
		t.Errorf("%+v, %v", share, err)
	}
	if _, err := client.Peek(ctx, created.Link, client.OpenOptions{}); !errors.Is(
		err,
		client.CodeRevoked,
	) {
		t.Errorf("a revoked link: %v", err)
	}
	if _, err := shares.Get(ctx, "nothing"); !errors.Is(err, client.CodeNotFound) {
		t.Errorf("no share: %v", err)
	}
}

func (s *server) newCode(ctx context.Context) (string, error) { return s.mailedCode(0), ctx.Err() }

// TestLostAnswer cuts the answer of the real server that created a share: the client revokes that
// share and creates another, so that one is active.
func TestLostAnswer(t *testing.T) {
	s := newServer(t)
	item := s.item("Login")
	cuts := 1
	api, err := client.New(client.Config{
		URL: s.url, Token: s.token,
		HTTPClient: &http.Client{
			Transport: cutTransport(func(r *http.Request, answer *http.Response) bool {
				cut := r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/shares") &&
					answer.StatusCode == http.StatusCreated &&
					cuts > 0
				if cut {
					cuts--
				}
				return cut
			}),
		},
	})
	must(t, err)
	policy, err := api.Items().Shares().GetAccountPolicy(t.Context(), item.VaultID, item.ID)
	must(t, err)
	created, err := api.Items().Shares().Create(t.Context(), item, policy, client.ItemShareParams{})
	must(t, err)
	all, err := client.All(api.Items().Shares().List(t.Context()))
	must(t, err)
	if cuts != 0 || len(all) != 2 || all[0].ID != created.ID ||
		all[0].Status != client.ShareStatusActive ||
		all[1].Status != client.ShareStatusRevoked {
		t.Errorf("created %v, history %+v", created, all)
	}
	if _, err := client.Open(t.Context(), created.Link, client.OpenOptions{}); err != nil {
		t.Error(err)
	}
}

// cutTransport loses the answers for which it returns true.
type cutTransport func(*http.Request, *http.Response) bool

func (cut cutTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err == nil && cut(r, answer) {
		_ = answer.Body.Close()
		return nil, io.ErrUnexpectedEOF
	}
	return answer, err
}
