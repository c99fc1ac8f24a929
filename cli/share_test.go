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

// office is a running demo with a service account that may share from Team, and
// another one that may read it alone.
type office struct {
	*demo
	t      *testing.T
	data   string
	token  string
	reader string
	api    *client.Client
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{t: t, data: newData(t)}
	o.demo = startDemo(t, o.data)
	t.Cleanup(func() { o.stop() })
	o.token = o.account("--name", "CI", "--vault", "Team", "--vault", "Admins", "--share-items")
	o.reader = o.account("--name", "Looker", "--vault", "Team")
	var err error
	o.api, err = client.New(client.Config{URL: o.url, Token: o.token})
	must(t, err)
	t.Setenv("ITEMSHARE_URL", o.url)
	t.Setenv("ITEMSHARE_TOKEN", o.token)
	return o
}

func (o *office) account(args ...string) string {
	o.t.Helper()
	got := command(o.t, o.data, "", append([]string{"service-account", "add"}, args...)...)
	if got.code != 0 {
		o.t.Fatalf("%+v", got)
	}
	return strings.TrimSpace(got.stdout)
}

// run runs a command of those that know no data folder: there is none.
func (o *office) run(stdin string, args ...string) outcome {
	o.t.Helper()
	data := filepath.Join(o.t.TempDir(), "none")
	got := command(o.t, data, stdin, args...)
	if _, err := os.Stat(data); err == nil {
		o.t.Errorf("%v: a data folder was made", args)
	}
	if said := got.stdout + got.stderr; strings.Contains(said, o.token) || strings.Contains(said, o.reader) {
		o.t.Errorf("%v: prints a token", args)
	}
	return got
}

var linkLine = regexp.MustCompile(`^http://localhost:\d+/s#[A-Za-z0-9_-]{43}\n$`)

// link shares and gives the link.
func (o *office) link(args ...string) string {
	o.t.Helper()
	got := o.run("", append([]string{"share"}, args...)...)
	if got.code != 0 || !linkLine.MatchString(got.stdout) {
		o.t.Fatalf("share %v: %+v", args, got)
	}
	return strings.TrimSpace(got.stdout)
}

func (o *office) vault(title string) client.VaultOverview {
	o.t.Helper()
	for v, err := range o.api.Vaults().List(o.t.Context()) {
		must(o.t, err)
		if v.Title == title {
			return v
		}
	}
	o.t.Fatalf("there is no vault %s", title)
	return client.VaultOverview{}
}

// items are a vault's items.
func (o *office) items(vault string) []client.ItemOverview {
	o.t.Helper()
	all, err := client.All(o.api.Items().List(o.t.Context(), o.vault(vault).ID, client.ItemListOptions{PageSize: 2}))
	must(o.t, err)
	return all
}

// anItem gives an item of Team that has this category, whole.
func (o *office) anItem(category string) client.Item {
	o.t.Helper()
	for _, one := range o.items("Team") {
		if one.Category == category {
			item, err := o.api.Items().Get(o.t.Context(), one.VaultID, one.ID)
			must(o.t, err)
			return item
		}
	}
	o.t.Fatalf("the demo has no %s", category)
	return client.Item{}
}

// mailedCode waits for one more code than there were, and gives it.
func (o *office) mailedCode(before int) string {
	o.t.Helper()
	for range 200 {
		if all := o.codes(); len(all) > before {
			return all[0]
		}
		time.Sleep(20 * time.Millisecond)
	}
	o.t.Error("no code was mailed")
	return ""
}

// codes are all that were mailed, the newest first.
func (o *office) codes() []string {
	o.t.Helper()
	request, err := http.NewRequest(http.MethodGet, o.url+"/demo/outbox", nil)
	must(o.t, err)
	request.Header.Set("Accept", "application/json")
	resp, err := http.DefaultClient.Do(request)
	must(o.t, err)
	var mails []struct{ Text string }
	must(o.t, errors.Join(json.NewDecoder(resp.Body).Decode(&mails), resp.Body.Close()))
	var all []string
	for _, m := range mails {
		if code := regexp.MustCompile(`\b\d{8}\b`).FindString(m.Text); code != "" {
			all = append(all, code)
		}
	}
	return all
}

func TestShareCommand(t *testing.T) {
	o := newOffice(t)
	item := o.anItem("Login")
	for _, c := range []struct {
		why   string
		args  []string
		code  int
		says  string // on standard error
		shows func(client.Share) bool
	}{
		{"by its id", []string{item.ID}, 0, "itemshare revoke", func(s client.Share) bool { return s.ItemID == item.ID && s.MaxViews == 0 }},
		{"by its title", []string{item.Title}, 0, "Shared " + item.Title, func(s client.Share) bool { return s.ItemID == item.ID }},
		{"in another case", []string{strings.ToUpper(item.Title)}, 0, "", func(s client.Share) bool { return s.ItemID == item.ID }},
		{"by vault and title", []string{"team/" + item.Title}, 0, "", func(s client.Share) bool { return s.VaultID == item.VaultID }},
		{"in a vault by name", []string{item.Title, "--vault", "Team"}, 0, "", func(s client.Share) bool { return s.ItemID == item.ID }},
		{"in a vault by id", []string{item.Title, "--vault", item.VaultID}, 0, "", func(s client.Share) bool { return s.ItemID == item.ID }},
		{"once, for an hour", []string{item.ID, "--once", "--expires", "OneHour"}, 0, "", func(s client.Share) bool {
			return s.MaxViews == 1 && s.ExpiresAt.Sub(s.CreatedAt) == time.Hour
		}},
		{"for named people", []string{item.ID, "--to", "ann@company.example", "--to", "company.example"}, 0, "", func(s client.Share) bool {
			return s.Audience == client.AudienceRecipients && len(s.Recipients) == 2
		}},
		{"nothing of that name", []string{"Nothing of that name"}, exitNotFound, "no item Nothing of that name", nil},
		{"an id of nothing", []string{"00000000000000000000000000"}, exitNotFound, "no item", nil},
		{"not in that vault", []string{item.Title, "--vault", "Admins"}, exitNotFound, "no item", nil},
		{"a vault not granted", []string{item.Title, "--vault", "Read only"}, exitNotFound, "no vault Read only", nil},
		{"no duration", []string{item.ID, "--expires", "Never"}, 1, "OneHour", nil},
		{"everybody's domain", []string{item.ID, "--to", "gmail.com"}, 1, "gmail.com", nil},
		{"two at once that are nobody", []string{item.ID, "--to", "gmail.com", "--to", "a@@b"}, 1, "a@@b", nil},
		{"no item named", nil, 1, "expected", nil},
	} {
		t.Run(c.why, func(t *testing.T) {
			got := o.run("", append([]string{"share"}, c.args...)...)
			if got.code != c.code || !strings.Contains(got.stderr, c.says) || strings.Count(got.stderr, "\n") != 1 {
				t.Fatalf("%+v", got)
			}
			if linkLine.MatchString(got.stdout) != (c.code == 0) || c.code != 0 && got.stdout != "" {
				t.Fatalf("printed %q", got.stdout)
			}
			if c.shows == nil {
				return
			}
			for newest, err := range o.api.Items().Shares().List(t.Context()) {
				if must(t, err); !c.shows(newest) {
					t.Errorf("%+v", newest)
				}
				break
			}
		})
	}
}

// TestAnAmbiguousTitle wants the candidates named, and nothing shared.
func TestAnAmbiguousTitle(t *testing.T) {
	o := newOffice(t)
	for _, vault := range []string{"Team", "Admins"} {
		o.importItem(vault, map[string]any{"overview": map[string]any{"title": "Twins"}, "details": map[string]any{"notesPlain": vault}}, nil)
	}
	got := o.run("", "share", "Twins")
	if got.code != 1 || !strings.Contains(got.stderr, "2 items") || !strings.Contains(got.stderr, "Team/Twins (") || !strings.Contains(got.stderr, "Admins/Twins (") {
		t.Errorf("%+v", got)
	}
	if all := o.run("", "shares", "--json"); all.stdout != "[]\n" {
		t.Errorf("something was shared: %s", all.stdout)
	}
	o.link("Admins/Twins")
	o.link("Twins", "--vault", "Team")
	o.importItem("Team", map[string]any{"uuid": "other", "overview": map[string]any{"title": "twins"}, "details": map[string]any{}}, nil)
	o.link("team/twins") // exactly so beats alike
	if got := o.run("", "share", "TWINS"); got.code != 1 || !strings.Contains(got.stderr, "3 items") {
		t.Errorf("in another case: %+v", got)
	}
}

// importItem imports one item, and files by documentId__name.
func (o *office) importItem(vault string, item map[string]any, files map[string][]byte) {
	o.t.Helper()
	whole := map[string]any{"uuid": "one", "createdAt": 1600000000, "updatedAt": 1650000000, "state": "active", "categoryUuid": "003"}
	maps.Copy(whole, item)
	inner := map[string]any{"attrs": map[string]any{"uuid": "v", "name": vault, "type": "U"}, "items": []any{whole}}
	text := func(value any) []byte {
		out, err := json.Marshal(value)
		must(o.t, err)
		return out
	}
	entries := map[string][]byte{
		"export.attributes": text(map[string]any{"version": 3, "description": "1Password Unencrypted Export", "createdAt": 1700000000}),
		"export.data":       text(map[string]any{"accounts": []any{map[string]any{"attrs": map[string]any{"uuid": "A" + vault, "name": "Company"}, "vaults": []any{inner}}}}),
	}
	for name, content := range files {
		entries["files/"+name] = content
	}
	var archive bytes.Buffer
	writer := zip.NewWriter(&archive)
	for name, content := range entries {
		entry, err := writer.Create(name)
		must(o.t, err)
		_, err = entry.Write(content)
		must(o.t, err)
	}
	must(o.t, writer.Close())
	path := filepath.Join(o.t.TempDir(), "one.1pux")
	must(o.t, os.WriteFile(path, archive.Bytes(), 0o600))
	if got := command(o.t, o.data, "", "import", "--vault", vault, path); got.code != 0 {
		o.t.Fatalf("%+v", got)
	}
}

func TestSharingIsNotForReaders(t *testing.T) {
	o := newOffice(t)
	item := o.anItem("Login")
	t.Setenv("ITEMSHARE_TOKEN", o.reader)
	if got := o.run("", "share", item.Title); got.code != 1 || !strings.Contains(got.stderr, "may read the items of this vault") {
		t.Errorf("%+v", got)
	}
	t.Setenv("ITEMSHARE_TOKEN", o.token[:len(o.token)-1])
	if got := o.run("", "share", item.Title); got.code != 1 || !strings.Contains(got.stderr, "token") {
		t.Errorf("a token that is none: %+v", got)
	}
	t.Setenv("ITEMSHARE_TOKEN", "")
	if got := o.run("", "shares"); got.code != 1 || !strings.Contains(got.stderr, "ITEMSHARE_TOKEN") {
		t.Errorf("no token: %+v", got)
	}
	t.Setenv("ITEMSHARE_TOKEN", o.token)
	t.Setenv("ITEMSHARE_URL", "http://share.company.example")
	if got := o.run("", "shares"); got.code != 1 || !strings.Contains(got.stderr, "https://") {
		t.Errorf("plain http: %+v", got)
	}
	o.stop()
	o.code <- 0 // for the cleanup
	t.Setenv("ITEMSHARE_URL", o.url)
	if got := o.run("", "revoke", "x"); got.code != exitUnreached || strings.Count(got.stderr, "\n") != 1 {
		t.Errorf("no server: %+v", got)
	}
}

func TestSharesAndRevoke(t *testing.T) {
	o := newOffice(t)
	item := o.anItem("Login")
	if got := o.run("", "shares", "--json"); got.code != 0 || got.stdout != "[]\n" {
		t.Errorf("no shares: %+v", got)
	}
	got := o.run("", "share", item.ID, "--to", "ann@company.example", "--json")
	var made client.CreatedShare
	must(t, json.Unmarshal([]byte(got.stdout), &made))
	if made.ID == "" || !linkLine.MatchString(made.Link+"\n") || made.ExpiresAt.IsZero() || got.stderr != "" {
		t.Fatalf("%+v", got)
	}
	o.link(item.ID)
	list := o.run("", "shares")
	if lines := strings.Split(list.stdout, "\n"); list.code != 0 || len(lines) != 4 || !strings.Contains(lines[2], made.ID) || !strings.Contains(lines[2], "ann@company.example") ||
		!strings.Contains(lines[1], "anyone") || strings.Contains(list.stdout, "/s#") {
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
		{[]string{"--vault", "Admins"}, 0},
	} {
		var shares []client.Share
		got := o.run("", append([]string{"shares", "--json"}, c.args...)...)
		if json.Unmarshal([]byte(got.stdout), &shares) != nil || len(shares) != c.n {
			t.Errorf("%v: %+v", c.args, got)
		}
	}
	for why, args := range map[string][]string{
		"a state of no kind": {"--status", "lost"}, "less than nothing": {"--limit", "-1"},
	} {
		if got := o.run("", append([]string{"shares"}, args...)...); got.code != 1 || got.stdout != "" {
			t.Errorf("%s: %+v", why, got)
		}
	}
	for range 2 { // ending what has ended is no error
		if got := o.run("", "revoke", made.ID); got.code != 0 || !strings.Contains(got.stdout, made.ID) {
			t.Errorf("%+v", got)
		}
	}
	if got := o.run("", "open", made.Link); got.code != exitEnded || !strings.Contains(got.stderr, "Ask CI for a new one") {
		t.Errorf("a revoked link: %+v", got)
	}
	if got := o.run("", "revoke", "00000000000000000000000000"); got.code != exitNotFound {
		t.Errorf("a share that is none: %+v", got)
	}
	if got := o.run("", "revoke", ".."); got.code != exitNotFound {
		t.Errorf("a path in place of an id: %+v", got)
	}
}

// TestTheFourSteps takes the documentation's steps with the client against the real
// server, and opens the link.
func TestTheFourSteps(t *testing.T) {
	o := newOffice(t)
	ctx, item := t.Context(), o.anItem("Login")
	shares := o.api.Items().Shares()
	policy, err := shares.GetAccountPolicy(ctx, item.VaultID, item.ID)
	must(t, err)
	if policy.MaxExpiry != client.ItemShareDurationThirtyDays || policy.MaxViews != nil || len(policy.AllowedTypes) != 2 || len(policy.AllowedRecipientTypes) != 2 || !policy.Files.Allowed || policy.Files.MaxSize <= 0 {
		t.Errorf("%+v", policy)
	}
	_, err = shares.ValidateRecipients(ctx, policy, []string{"a@b.example", "gmail.com", "x@@y"})
	var e *client.Error
	if !errors.As(err, &e) || !errors.Is(err, client.CodeRecipientInvalid) || len(e.Problems) != 2 {
		t.Errorf("recipients of whom two are nobody: %v", err)
	}
	recipients, err := shares.ValidateRecipients(ctx, policy, []string{"Ann@Company.example", "company.example"})
	must(t, err)
	if len(recipients) != 2 || recipients[0].Email().Email != "ann@company.example" || recipients[1].Domain().Domain != "company.example" {
		t.Errorf("%v", recipients)
	}
	made, err := shares.Create(ctx, item, policy, client.ItemShareParams{
		Recipients: recipients, ExpireAfter: new(client.ItemShareDurationOneDay), OneTimeOnly: true, Omit: []string{"username"},
	})
	must(t, err)
	opened, err := client.Open(ctx, made.Link, client.OpenOptions{Email: "ann@company.example", Code: o.newCode})
	must(t, err)
	for _, f := range opened.Fields {
		if f.Title == "username" || f.Type == "Totp" {
			t.Errorf("%s came along", f.Title)
		}
	}
	if opened.Title != item.Title || opened.SharedBy != "CI" || !opened.Terms.ExpiresAt.Equal(made.ExpiresAt) || opened.Terms.MaxViews != 1 {
		t.Errorf("%+v", opened.Terms)
	}
	share, err := shares.Get(ctx, made.ID)
	must(t, err)
	if share.Views != 1 || share.ItemID != item.ID || len(share.Recipients) != 2 || share.SharedBy != "CI" || share.Status != client.ShareStatusActive {
		t.Errorf("%+v", share)
	}
	must(t, shares.Revoke(ctx, made.ID))
	must(t, shares.Revoke(ctx, made.ID))
	if share, err = shares.Get(ctx, made.ID); err != nil || share.Status != client.ShareStatusRevoked || share.EndedAt == nil {
		t.Errorf("%+v, %v", share, err)
	}
	if _, err := client.Peek(ctx, made.Link, client.OpenOptions{}); !errors.Is(err, client.CodeRevoked) {
		t.Errorf("a revoked link: %v", err)
	}
	if _, err := shares.Get(ctx, "nothing"); !errors.Is(err, client.CodeNotFound) {
		t.Errorf("no share: %v", err)
	}
}

func (o *office) newCode(ctx context.Context) (string, error) { return o.mailedCode(0), ctx.Err() }

// TestALostAnswer cuts the answer to a creation that the real server made: the
// client revokes that share and gives the link of another one, and only one is live.
func TestALostAnswer(t *testing.T) {
	o := newOffice(t)
	item := o.anItem("Login")
	cuts := 1
	api, err := client.New(client.Config{
		URL: o.url, Token: o.token,
		HTTPClient: &http.Client{Transport: cutting(func(r *http.Request, answer *http.Response) bool {
			cut := r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/shares") && answer.StatusCode == http.StatusCreated && cuts > 0
			if cut {
				cuts--
			}
			return cut
		})},
	})
	must(t, err)
	policy, err := api.Items().Shares().GetAccountPolicy(t.Context(), item.VaultID, item.ID)
	must(t, err)
	made, err := api.Items().Shares().Create(t.Context(), item, policy, client.ItemShareParams{})
	must(t, err)
	all, err := client.All(api.Items().Shares().List(t.Context()))
	must(t, err)
	if cuts != 0 || len(all) != 2 || all[0].ID != made.ID || all[0].Status != client.ShareStatusActive || all[1].Status != client.ShareStatusRevoked {
		t.Errorf("made %v, history %+v", made, all)
	}
	if _, err := client.Open(t.Context(), made.Link, client.OpenOptions{}); err != nil {
		t.Error(err)
	}
}

// cutting loses the answers that it is told to, after the server gave them.
type cutting func(*http.Request, *http.Response) bool

func (c cutting) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err == nil && c(r, answer) {
		_ = answer.Body.Close()
		return nil, io.ErrUnexpectedEOF
	}
	return answer, err
}
