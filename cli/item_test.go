package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"itemshare/client"
	"itemshare/vault"
)

// newEditor starts a server whose token can read, change and share the items of Team alone.
func newEditor(t *testing.T) *server {
	t.Helper()
	s := newServer(t)
	s.token = s.addServiceAccount("--name", "Ed", "--vault", "Team", "--share-items", "--edit-items")
	var err error
	s.api, err = client.New(client.Config{URL: s.url, Token: s.token})
	must(t, err)
	t.Setenv("ITEMSHARE_TOKEN", s.token)
	return s
}

var idLine = regexp.MustCompile(`^[a-z0-9]{26}\n$`)

// create creates an item in the vault Team and returns it as the API does.
func (s *server) create(stdin string, args ...string) client.Item {
	s.t.Helper()
	got := s.run(stdin, append([]string{"item", "create"}, args...)...)
	if got.code != 0 || !idLine.MatchString(got.stdout) || strings.Count(got.stderr, "\n") != 1 {
		s.t.Fatalf("item create %q: %+v", args, got)
	}
	return s.get(strings.TrimSpace(got.stdout))
}

func (s *server) get(id string) client.Item {
	s.t.Helper()
	item, err := s.api.Items().Get(s.t.Context(), s.vault("Team").ID, id)
	must(s.t, err)
	return item
}

// field returns a field that the item must have.
func field(t *testing.T, item client.Item, title string) client.ItemField {
	t.Helper()
	at := slices.IndexFunc(item.Fields, func(f client.ItemField) bool { return f.Title == title })
	if at < 0 {
		t.Fatalf("there is no field %s: %+v", title, item.Fields)
	}
	return item.Fields[at]
}

func TestVaultsAndItems(t *testing.T) {
	s := newServer(t)
	editor, err := client.New(client.Config{
		URL: s.url, Token: s.addServiceAccount("--name", "Ed", "--vault", "Team", "--edit-items"),
	})
	must(t, err)
	team := s.vault("Team").ID
	for n := range 105 { // more than a page
		_, err := editor.Items().Create(t.Context(), client.ItemCreateParams{
			VaultID: team, Category: "SecureNote", Title: fmt.Sprintf("Paged %d \x1b[2J", n),
		})
		must(t, err)
	}
	var vaults []client.VaultOverview
	got := s.run("", "vaults")
	if must(t, json.Unmarshal([]byte(got.stdout), &vaults)); got.code != 0 || len(vaults) != 2 {
		t.Errorf("%+v", got)
	}
	for _, c := range []struct {
		args []string
		fits func(items []client.ItemOverview) bool
	}{
		{[]string{"paged"}, func(all []client.ItemOverview) bool { return len(all) == 105 }},
		{[]string{"paged", "--vault", "admins"}, func(all []client.ItemOverview) bool { return len(all) == 0 }},
		{nil, func(all []client.ItemOverview) bool {
			return len(all) > 105 && all[0].VaultID != all[len(all)-1].VaultID
		}},
		{[]string{"--archived", "paged"}, func(all []client.ItemOverview) bool { return len(all) == 0 }},
	} {
		var items []client.ItemOverview
		got := s.run("", append([]string{"items"}, c.args...)...)
		if err := json.Unmarshal([]byte(got.stdout), &items); err != nil || items == nil || !c.fits(items) {
			t.Errorf("%q: %d items, %v, %s", c.args, len(items), err, got.stderr)
		}
	}
	if got := s.run("", "items", "--vault", "Read only"); got.code != exitNotFound {
		t.Errorf("%+v", got)
	}
	_, err = editor.Items().Create(t.Context(), client.ItemCreateParams{
		VaultID: team, Category: "SecureNote", Title: "Paged " + strings.Repeat("long ", 30) + "END",
	})
	must(t, err)
	screen := newTerminal(t)
	if code := screen.run(t, "vaults") + screen.run(t, "items", "paged"); code != 0 {
		t.Errorf("exit %d", code)
	}
	screen.awaitText(t, "Paged long") // the last one
	if text := screen.text(); !strings.Contains(text, "ID") || strings.ContainsAny(text, "{\x1b") ||
		strings.Contains(text, "END") || !strings.Contains(text, `Paged 104 \u001b[2J`) {
		t.Errorf("it shows\n%s", text)
	}
	if code := screen.run(t, "vaults", "--json"); code != 0 {
		t.Errorf("exit %d", code)
	}
	screen.awaitText(t, `"title": "Team"`)
}

// TestItemCreate: usual fields keep their IDs and types, others are added with their section.
func TestItemCreate(t *testing.T) {
	s := newEditor(t)
	item := s.create("hunter2\n",
		"--title", "Build server", "--category", "login", "--tag", "ci", "--website", "https://ci.example",
		"username=deploy", "password=-", "one-time password=JBSWY3DPEHPK3PXP", "notes=a\nb",
		"Access.host[text]=build.example", "Access.token=t0p", `v1\.2[url]=https://x.example`)
	if item.Title != "Build server" || item.Category != "Login" || item.Notes != "a\nb" ||
		!slices.Equal(item.Tags, []string{"ci"}) || item.Websites[0].URL != "https://ci.example" ||
		len(item.Sections) != 1 || len(item.Fields) != 6 {
		t.Fatalf("%+v", item)
	}
	for title, want := range map[string]client.ItemField{
		"username":          {ID: "username", FieldType: "Text", Value: "deploy"},
		"password":          {ID: "password", FieldType: "Concealed", Value: "hunter2"},
		"one-time password": {ID: "otp", FieldType: "Totp", Value: "JBSWY3DPEHPK3PXP"},
		"host":              {FieldType: "Text", Value: "build.example", SectionID: &item.Sections[0].ID},
		"token":             {FieldType: "Concealed", Value: "t0p", SectionID: &item.Sections[0].ID},
		"v1.2":              {FieldType: "Url", Value: "https://x.example"},
	} {
		got := field(t, item, title)
		if want.ID != "" && got.ID != want.ID || got.FieldType != want.FieldType || got.Value != want.Value ||
			(want.SectionID == nil) != (got.SectionID == nil) ||
			want.SectionID != nil && *got.SectionID != *want.SectionID {
			t.Errorf("%s: %+v", title, got)
		}
	}

	server := s.create("one\r\ntwo\n", "--title", "Two", "--category", "Secure note", "a=-", "b=-")
	if field(t, server, "a").Value != "one" || field(t, server, "b").Value != "two" {
		t.Errorf("%+v", server.Fields)
	}
	key := s.create("line\n\nline\n\n", "--title", "Key", "key=-")
	if field(t, key, "key").Value != "line\n\nline\n" {
		t.Errorf("%+v", key.Fields)
	}
	made := s.create("", "--title", "Made", "--generate-password")
	if value := field(t, made, "password").Value; len(value) != 20 {
		t.Errorf("generated %d characters", len(value))
	}
	pin := s.create("", "--title", "Made", "--category", "SecureNote", "--generate-password=pin,7", "x=y")
	if value := field(t, pin, "password").Value; !regexp.MustCompile(`^\d{7}$`).MatchString(value) {
		t.Errorf("generated %d characters", len(value))
	}
	got := s.run("s3cret", "item", "create", "--title", "Quiet", "password=-", "--json")
	var overview client.ItemOverview
	if json.Unmarshal([]byte(got.stdout), &overview) != nil || overview.ID == "" || overview.Version != 1 ||
		strings.Contains(got.stdout, "s3cret") || got.stderr != "" {
		t.Errorf("%+v", got)
	}
}

// TestItemCreateRejects: nothing is created, and no value is repeated.
func TestItemCreateRejects(t *testing.T) {
	s := newEditor(t)
	before := len(s.items("Team"))
	for _, c := range []struct {
		why, stdin, says string
		args             []string
		code             int
	}{
		{"an argument without =", "", "field 2 of the arguments", []string{"a=b", "hunter2"}, 1},
		{"an unknown type", "", "no type of field color", []string{"a[color]=hunter2"}, 1},
		{"an unknown category", "", "SecureNote", []string{"--category", "Car"}, 1},
		{"an unknown vault", "", "no vault Cars", []string{"--vault", "Cars"}, exitNotFound},
		{"no input", "", "standard input ends", []string{"a=-"}, 1},
		{"half the input", "hunter2\n", "value of b", []string{"a=-", "b=-"}, 1},
		{"bytes", "hunter2\xff", "not text", []string{"a=-"}, 1},
		{"too long", strings.Repeat("h", maxValueInput+5), "too long", []string{"a=-"}, 1},
		{"a recipe", "", "from 8 to 100", []string{"--generate-password=3"}, 1},
		{"over the server's limit", strings.Repeat("h", vault.MaxValue+1), "1,000,000", []string{"a=-"}, 1},
		{"removing what is not there", "", "no field a", []string{"a[delete]"}, exitNotFound},
		{"an empty title", "", "title", []string{"--title="}, 1},
	} {
		got := s.run(c.stdin, append([]string{"item", "create", "--title", "No"}, c.args...)...)
		if got.code != c.code || !strings.Contains(got.stderr, c.says) || got.stdout != "" ||
			strings.Contains(got.stderr, "hunter2") || strings.Count(got.stderr, "\n") != 1 {
			t.Errorf("%s: %.500q", c.why, fmt.Sprintf("%+v", got))
		}
	}
	if got := s.run("", "item", "create", "a=b"); got.code != 1 || !strings.Contains(got.stderr, "--title") {
		t.Errorf("no title: %+v", got)
	}
	if after := len(s.items("Team")); after != before {
		t.Errorf("%d items, %d before", after, before)
	}
	t.Setenv("ITEMSHARE_TOKEN", s.reader)
	if got := s.run("", "item", "create", "--title", "No", "a=b"); got.code != 1 || got.stdout != "" {
		t.Errorf("a token that can only read: %+v", got)
	}
	t.Setenv("ITEMSHARE_TOKEN", s.addServiceAccount(
		"--name", "Two", "--vault", "Team", "--vault", "Admins", "--edit-items",
	))
	if got := s.run("", "item", "create", "--title", "No"); got.code != 1 ||
		!strings.Contains(got.stderr, "--vault") {
		t.Errorf("a choice of vaults: %+v", got)
	}
}

func TestItemGet(t *testing.T) {
	s := newEditor(t)
	item := s.create("", "--title", "Router", "--category", "Login",
		"username=ann", "password=hunter2", "otp=JBSWY3DPEHPK3PXP", "Notes.multi[text]=a\x1b\nb", "bad otp[otp]=!")
	for _, args := range [][]string{{item.ID}, {"router"}, {"Team/Router"}, {"Router", "--vault", "Team"}} {
		got := s.run("", append([]string{"item", "get"}, args...)...)
		if got.code != 0 || got.stderr != "" || !strings.Contains(got.stdout, "username: ann") ||
			!strings.Contains(got.stdout, "in Team, version 1") || !strings.Contains(got.stdout, item.ID) ||
			strings.Contains(got.stdout, "hunter2") || strings.Contains(got.stdout, "JBSWY3DPEHPK3PXP") ||
			!strings.Contains(got.stdout, "password: "+hidden) {
			t.Errorf("%q: %+v", args, got)
		}
	}
	got := s.run("", "item", "get", "Router", "--reveal")
	if !strings.Contains(got.stdout, "password: hunter2") ||
		!regexp.MustCompile(`one-time password: \d{6} \(valid`).MatchString(got.stdout) ||
		strings.Contains(got.stdout, "\x1b") {
		t.Errorf("%+v", got)
	}
	var whole client.Item
	got = s.run("", "item", "get", "Router", "--json")
	if json.Unmarshal([]byte(got.stdout), &whole) != nil || field(t, whole, "password").Value != "hunter2" {
		t.Errorf("%+v", got)
	}
	for name, want := range map[string]string{
		"password": "hunter2\n", "USERNAME": "ann\n", "Notes.multi": "a\x1b\nb\n", "notes": "\n",
	} {
		if got := s.run("", "item", "get", item.ID, "--field", name); got.code != 0 || got.stdout != want {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := s.run("", "item", "get", item.ID, "--field", "otp"); !regexp.MustCompile(`^\d{6}\n$`).
		MatchString(got.stdout) {
		t.Errorf("%+v", got)
	}
	var seed client.ItemField
	got = s.run("", "item", "get", item.ID, "--field", "otp", "--json")
	if json.Unmarshal([]byte(got.stdout), &seed) != nil || seed.Value != "JBSWY3DPEHPK3PXP" {
		t.Errorf("%+v", got)
	}
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"Router", "--field", "nothing"}, exitNotFound, "no field nothing"},
		{[]string{"Router", "--field", "bad otp"}, 1, "bad otp: "},
		{[]string{"Nothing"}, exitNotFound, "no item Nothing"},
		{[]string{"00000000000000000000000000"}, exitNotFound, "no item"},
	} {
		if got := s.run("", append([]string{"item", "get"}, c.args...)...); got.code != c.code ||
			got.stdout != "" || !strings.Contains(got.stderr, c.says) {
			t.Errorf("%q: %+v", c.args, got)
		}
	}
	s.create("", "--title", "ROUTER")
	if got := s.run("", "item", "get", "router"); got.code != 1 || !strings.Contains(got.stderr, "2 items") ||
		!strings.Contains(got.stderr, item.ID) {
		t.Errorf("ambiguous: %+v", got)
	}
	screen := newTerminal(t)
	if code := screen.run(t, "item", "get", item.ID, "--field", "multi"); code != 0 {
		t.Errorf("exit %d", code)
	}
	screen.awaitText(t, "a\\u001b\r\nb") // on a terminal, control characters do nothing
}

func TestItemEdit(t *testing.T) {
	s := newEditor(t)
	item := s.create("", "--title", "Mail", "--tag", "old", "--website", "https://old.example",
		"username=ann", "password=hunter2", "Backup.code=1234", "spare=x")
	edit := func(code int, stdin string, args ...string) result {
		t.Helper()
		got := s.run(stdin, append([]string{"item", "edit"}, args...)...)
		if got.code != code || code == 0 && got.stdout != item.ID+"\n" || code != 0 && got.stdout != "" ||
			strings.Contains(got.stderr, "hunter") || strings.Count(got.stderr, "\n") != 1 {
			t.Errorf("%q: %+v", args, got)
		}
		return got
	}
	edit(0, "hunter3\n", "Mail", "username=ben", "--vault", "Team", "password=-",
		"backup.CODE[text]=5678", "spare[delete]", "new=1")
	next := s.get(item.ID)
	if next.Version != 2 || next.Title != "Mail" || len(next.Fields) != 4 || len(next.Sections) != 1 ||
		field(t, next, "username").Value != "ben" || field(t, next, "password").Value != "hunter3" ||
		field(t, next, "code").FieldType != "Text" || field(t, next, "new").Value != "1" ||
		!slices.Equal(next.Tags, []string{"old"}) || next.Websites[0].URL != "https://old.example" {
		t.Errorf("%+v", next)
	}
	edit(0, "", item.ID, "--title", "Post", "--tag", "a", "--tag", "b", "--website=", "--notes", "now")
	next = s.get(item.ID)
	if next.Version != 3 || next.Title != "Post" || next.Notes != "now" || len(next.Websites) != 0 ||
		!slices.Equal(next.Tags, []string{"a", "b"}) || len(next.Fields) != 4 {
		t.Errorf("%+v", next)
	}
	edit(0, "", item.ID, "--tag=", "--notes=", "--generate-password=memorable,3")
	next = s.get(item.ID)
	if len(next.Tags) != 0 || next.Notes != "" || strings.Count(field(t, next, "password").Value, "-") < 2 {
		t.Errorf("%+v", next)
	}
	if got := edit(0, "", item.ID, "username=ben"); !strings.Contains(got.stderr, "nothing was changed") ||
		s.get(item.ID).Version != next.Version {
		t.Errorf("the same again: %+v", got)
	}
	edit(1, "", item.ID)
	edit(1, "", item.ID, "hunter4")
	edit(exitNotFound, "", item.ID, "nothing[delete]")
	edit(exitNotFound, "", "Nothing", "a=b")
	edit(1, "", item.ID, "username=x", "--if-version", "1")
	edit(0, "", item.ID, "username=x", "--if-version", fmt.Sprint(next.Version))
	must(t, s.api.Items().Archive(t.Context(), item.VaultID, item.ID))
	edit(1, "", item.ID, "username=y")
}

// TestItemFiles: files are attached, in order, and a wrong path changes nothing.
func TestItemFiles(t *testing.T) {
	s := newEditor(t)
	folder := t.TempDir()
	one, two := filepath.Join(folder, "one.txt"), filepath.Join(folder, "zwei ü.bin")
	must(t, os.WriteFile(one, []byte("first"), 0o600))
	must(t, os.WriteFile(two, []byte("second\x00"), 0o600))
	item := s.create("", "--title", "With files", "--file", one, "--file", two, "a=b")
	if item.Version != 3 || len(item.Files) != 2 || item.Files[0].Name != "one.txt" ||
		item.Files[1].Name != "zwei ü.bin" || item.Files[1].Size != 7 {
		t.Fatalf("%+v", item)
	}
	for why, args := range map[string][]string{
		"no such file": {"create", "--title", "No", "--file", filepath.Join(folder, "none")},
		"a folder":     {"edit", item.ID, "a=c", "--file", one, "--file", folder},
	} {
		got := s.run("", append([]string{"item"}, args...)...)
		if got.code != 1 || got.stdout != "" || !strings.Contains(got.stderr, "cannot read the file") {
			t.Errorf("%s: %+v", why, got)
		}
	}
	if now := s.get(item.ID); now.Version != 3 || len(s.run("", "items", "No files", "--json").stdout) > 3 {
		t.Errorf("%+v", now)
	}
	if got := s.run("", "item", "edit", item.ID, "--file", one); got.code != 0 ||
		!strings.Contains(got.stderr, "version 4") {
		t.Errorf("%+v", got)
	}
	now := s.get(item.ID)
	if now.Version != 4 || len(now.Files) != 3 || field(t, now, "a").Value != "b" {
		t.Fatalf("%+v", now)
	}
	content, err := s.api.Items().Files().Read(t.Context(), now.VaultID, now.ID, now.Files[1].ID)
	must(t, err)
	defer content.Close()
	if read, err := io.ReadAll(content); err != nil || string(read) != "second\x00" {
		t.Errorf("%q, %v", read, err)
	}
	must(t, s.api.Items().Archive(t.Context(), now.VaultID, now.ID))
	if got := s.run("", "item", "edit", item.ID, "--file", one); got.code != 1 || got.stdout != "" ||
		!strings.Contains(got.stderr, "0 of 1 files") {
		t.Errorf("an archived item: %+v", got)
	}
}

// TestItemEditConflict: a change between reading and writing is not overwritten.
func TestItemEditConflict(t *testing.T) {
	s := newEditor(t)
	item := s.create("", "--title", "Mail", "username=ann")
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			other := s.get(item.ID)
			other.Title = "Theirs"
			_, err := s.api.Items().Put(t.Context(), other)
			must(t, err)
		}
		forward(t, s.url, w, r)
	}))
	defer proxy.Close()
	t.Setenv("ITEMSHARE_URL", proxy.URL)
	got := s.run("", "item", "edit", item.ID, "username=mine")
	if got.code != 1 || got.stdout != "" || !strings.Contains(got.stderr, "Nothing was changed") {
		t.Errorf("%+v", got)
	}
	if now := s.get(item.ID); now.Version != 2 || now.Title != "Theirs" ||
		field(t, now, "username").Value != "ann" {
		t.Errorf("%+v", now)
	}
}

// TestItemCreateLostAnswer: the command does not create a second one, and says what may be.
func TestItemCreateLostAnswer(t *testing.T) {
	s := newEditor(t)
	posts := 0
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			forward(t, s.url, w, r)
			return
		}
		posts++
		forward(t, s.url, httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	}))
	defer proxy.Close()
	t.Setenv("ITEMSHARE_URL", proxy.URL)
	got := s.run("", "item", "create", "--title", "Lost", "a=b")
	if got.code != exitUnreached || posts != 1 || !strings.Contains(got.stderr, "may have been created") {
		t.Errorf("%d requests, %+v", posts, got)
	}
	proxy.Close()
	got = s.run("", "item", "create", "--title", "Lost", "--vault", "Team", "a=b")
	if got.code != exitUnreached || strings.Contains(got.stderr, "may have been") {
		t.Errorf("no server: %+v", got)
	}
}

// forward sends a request to the server and its answer back.
func forward(t *testing.T, base string, w http.ResponseWriter, r *http.Request) {
	request, err := http.NewRequest(r.Method, base+r.URL.RequestURI(), r.Body)
	must(t, err)
	request.Header = r.Header
	answer, err := http.DefaultClient.Do(request)
	must(t, err)
	defer answer.Body.Close()
	var body bytes.Buffer
	_, err = body.ReadFrom(answer.Body)
	must(t, err)
	for name := range answer.Header {
		w.Header().Set(name, answer.Header.Get(name))
	}
	w.WriteHeader(answer.StatusCode)
	_, _ = w.Write(body.Bytes())
}

// TestTypedValue: at a terminal a value is asked for and does not show, and then the terminal shows
// again what is typed.
func TestTypedValue(t *testing.T) {
	s := newEditor(t)
	screen := newTerminal(t)
	done := make(chan int)
	go func() {
		done <- Run(t.Context(), []string{"item", "create", "--title", "Typed", "password=-", "pin=-"},
			screen.File, screen.File, screen.File, OnePassword())
	}()
	for _, typed := range []string{"password", "pin"} {
		screen.awaitText(t, typed+": ")
		_, err := screen.keyboard.WriteString("typed " + typed + "\n")
		must(t, err)
	}
	if code := <-done; code != 0 {
		t.Fatalf("exit %d:\n%s", code, screen.text())
	}
	screen.awaitText(t, "Created Typed")
	if strings.Contains(screen.text(), "typed p") {
		t.Errorf("the value shows:\n%s", screen.text())
	}
	items := s.items("Team")
	at := slices.IndexFunc(items, func(o client.ItemOverview) bool { return o.Title == "Typed" })
	item := s.get(items[at].ID)
	if field(t, item, "password").Value != "typed password" || field(t, item, "pin").Value != "typed pin" {
		t.Errorf("%+v", item.Fields)
	}
	settings := exec.Command("stty", "-a")
	settings.Stdin = screen.File
	if out, err := settings.Output(); err != nil || !strings.Contains(string(out), " echo ") {
		t.Errorf("the terminal stays silent: %v\n%s", err, out)
	}
}
