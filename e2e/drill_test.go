package e2e

import (
	"html"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	nethtml "golang.org/x/net/html"
)

// TestDrill backs up under load, loses everything but the key and the backup, and restores: items,
// versions, files, people, rights, history and policy are whole, every link has ended, and one click
// creates a new one.
func TestDrill(t *testing.T) {
	s := start(t)
	c := signedIn(t, s, admin)
	item, before := prepareDrill(t, s, c)
	folder := filepath.Join(t.TempDir(), "backups")

	over, work := make(chan struct{}), sync.WaitGroup{}
	rest := sync.OnceFunc(func() { close(over); work.Wait() })
	defer rest()
	for range 4 {
		work.Go(func() {
			for !isClosed(over) {
				if text, r := c.tryShare(item, url.Values{"one_time": {"on"}}); text == "" {
					t.Errorf("create under the backup: %d", r.status)
					return
				} else if a := parseLink(t, text).open(nil); a.status != http.StatusOK {
					t.Errorf("open under the backup: %v", a)
				}
			}
		})
	}
	for range 3 {
		out, code := s.command("", "backup", "--keep", "2", "--verify", folder)
		if code != 0 || !strings.Contains(out, "items open") {
			t.Fatalf("backup: %d\n%s", code, out)
		}
	}
	rest()
	kept, _ := filepath.Glob(filepath.Join(folder, "*.backup"))
	if len(kept) == 0 || len(kept) > 2 {
		t.Fatalf("the folder has %q", kept)
	}

	s.kill()
	s.loseEverything()
	if out, code := s.command("", "restore", kept[len(kept)-1]); code != 0 {
		t.Fatalf("restore: %d\n%s", code, out)
	}
	s.run()
	after := signedIn(t, s, admin)
	for name, page := range before {
		if r := after.get(name); r.status != http.StatusOK || r.body != page {
			t.Errorf("%s is another page after the restore: %d", name, r.status)
		}
	}
	checkEnded(t, after, item)
}

// prepareDrill returns an item with versions and a file, and pages that a restore must not change.
func prepareDrill(t *testing.T, s *server, c *client) (item string, pages map[string]string) {
	t.Helper()
	vault := itemVaultOf(t, s)
	made := &crashedItem{}
	item = c.sendForm("/vaults/"+vault+"/items", made.versionForm(1), http.StatusSeeOther).path()
	for n := 2; n < 5; n++ {
		c.sendForm(item, made.versionForm(n), http.StatusSeeOther)
	}
	if r := c.upload(item+"/files", nil, "drill.txt", contentOf("drill.txt"), false); r.status >= 400 {
		t.Fatalf("upload: %d", r.status)
	}
	policy := openPolicy()
	policy["max_expiry"] = []string{"FourteenDays"}
	c.setPolicy(policy)
	c.share(item, url.Values{"expire_after": {"OneHour"}})

	pages = map[string]string{}
	file := regexp.MustCompile(regexp.QuoteMeta(item) + `/files/[^"/]+`).FindString(c.get(item).body)
	for _, path := range []string{item + "/versions", item + "/versions/1", file, "/admin/policy"} {
		r := c.get(path)
		if r.status != http.StatusOK {
			t.Fatalf("%s: %d", path, r.status)
		}
		pages[path] = r.body
	}
	return item, pages
}

// itemVaultOf returns a vault in which the member may edit.
func itemVaultOf(t *testing.T, s *server) string {
	t.Helper()
	other := signedIn(t, s, member)
	for _, item := range other.items("") {
		if r := other.get(item + "/edit"); r.status == http.StatusOK {
			return strings.Split(item, "/")[2]
		}
	}
	t.Fatal("the member may edit no item")
	return ""
}

// checkEnded asserts that every share has ended, that people keep their rights, and that an ended
// share is shared again.
func checkEnded(t *testing.T, c *client, item string) {
	t.Helper()
	if live := c.shares("status=active"); len(live) != 0 {
		t.Errorf("%d links are active", len(live))
	}
	ended := c.shares("")
	if len(ended) == 0 {
		t.Fatal("the history is empty")
	}
	other := &client{t: t, base: c.base, http: &http.Client{CheckRedirect: wire.CheckRedirect}}
	other.http.Jar, _ = cookiejar.New(nil)
	other.post("/signin", url.Values{"email": {member}, "password": {password}})
	if r := other.get(item); r.status != http.StatusOK {
		t.Errorf("the member's view of the item: %d", r.status)
	}
	if r := other.get("/admin/policy"); r.status != http.StatusForbidden {
		t.Errorf("the member's view of the policy: %d", r.status)
	}
	again := regexp.MustCompile(`/vaults/[^"]+/share\?from=[^"]+`).FindString(c.get(ended[0]).body)
	if again == "" {
		t.Fatal("the ended link can't be shared again")
	}
	text, r := c.tryShare(item, formOf(t, c.get(html.UnescapeString(again)).body, "share-form"))
	if text == "" {
		t.Fatalf("share again: %d %v", r.status, r.errors())
	}
	parseLink(t, text).item(nil)
}

// loseEverything moves the stopped server to an empty folder and an empty database, with the key.
func (s *server) loseEverything() {
	s.t.Helper()
	if os.Getenv("ITEMSHARE_TEST_POSTGRES") != "" {
		database := newSchema(s.t, os.Getenv("ITEMSHARE_TEST_POSTGRES"))
		for i, pair := range s.env {
			if strings.HasPrefix(pair, "ITEMSHARE_DATABASE=") {
				s.env[i] = "ITEMSHARE_DATABASE=" + database
			}
		}
		return
	}
	s.useAnotherFolder()
	s.copyKey()
	if err := os.RemoveAll(s.left); err != nil {
		s.t.Fatal(err)
	}
}

// formOf returns what a browser would send if it sent a form as it came.
func formOf(t *testing.T, page, id string) url.Values {
	t.Helper()
	root, err := nethtml.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	values := url.Values{}
	for form := range root.Descendants() {
		if form.Data != "form" || attribute(form, "id") != id {
			continue
		}
		for field := range form.Descendants() {
			_, checked := attributeOf(field, "checked")
			kind, name := attribute(field, "type"), attribute(field, "name")
			_, disabled := attributeOf(field, "disabled")
			box := kind == "checkbox" || kind == "radio"
			if field.Data != "input" || name == "" || disabled || box && !checked || kind == "submit" {
				continue
			}
			values.Add(name, attribute(field, "value"))
		}
	}
	if len(values) == 0 {
		t.Fatalf("the page has no form %s", id)
	}
	return values
}

func attribute(node *nethtml.Node, name string) string {
	value, _ := attributeOf(node, name)
	return value
}

func attributeOf(node *nethtml.Node, name string) (string, bool) {
	for _, a := range node.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}
