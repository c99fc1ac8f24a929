package e2e

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// crashedItem is an item that one worker changes while the server is killed. Its n-th version has n in
// its title, its notes and a field, which belong together.
type crashedItem struct {
	path  string   // as acknowledged; a move changes it
	other string   // where a move that nobody answered may have brought it, "" without one
	saved int      // the last version that was acknowledged
	typed int      // the last one that was a save, not a move
	tried int      // the last save that was sent
	files []string // names of acknowledged files
}

// versionForm is the form by which a version replaces the one before.
func (i *crashedItem) versionForm(n int) url.Values {
	text := fmt.Sprint("save ", n)
	return url.Values{
		"category": {"Login"}, "title": {"Crash " + text}, "notes": {text}, "version": {strconv.Itoa(n - 1)},
		"field.0.id": {"f"}, "field.0.title": {"f"}, "field.0.type": {"Concealed"}, "field.0.value": {text},
	}
}

// contentOf is what a file of a name holds: more than two chunks.
func contentOf(name string) []byte {
	return bytes.Repeat([]byte(name+"\n"), (2<<20+300<<10)/(len(name)+1))
}

// TestKilledWhileItemsChange kills the server at random moments of saves, uploads, moves and new
// shares. Afterwards everything acknowledged is there, nothing is there by half, and what was staged is
// swept.
func TestKilledWhileItemsChange(t *testing.T) {
	s := start(t)
	c := signedIn(t, s, admin)
	vaults := c.editableVaults()
	token := s.serviceAccount("--vault", vaults[0], "--vault", vaults[1])
	for round := range *rounds {
		items, links := s.changeUntilKilled(c, vaults)
		database := s.openDatabase()
		for _, table := range []string{"item_stages", "share_stages"} { // long ago
			if _, err := database.Exec(`UPDATE ` + table + ` SET staged_at = staged_at - 200000`); err != nil {
				t.Fatal(err)
			}
		}
		s.run()
		changes := 0
		for _, item := range items {
			changes += item.saved + len(item.files)
			item.verify(apiClient{t, s.url, token}, c)
		}
		for _, l := range links {
			l.item(nil)
		}
		for _, query := range []string{
			`SELECT count(*) FROM item_stages`, `SELECT count(*) FROM staged_items`,
			`SELECT count(*) FROM share_stages`,
			`SELECT count(*) FROM files WHERE stage_id IS NOT NULL`,
			`SELECT count(*) FROM file_chunks WHERE file_id NOT IN (SELECT id FROM files)`,
			`SELECT count(*) FROM share_chunks WHERE share_id NOT IN (SELECT id FROM shares)`,
			`SELECT count(*) FROM item_bodies b WHERE NOT EXISTS
				(SELECT 1 FROM items i WHERE i.stage_id = b.stage_id AND i.id = b.item_id)`,
		} {
			s.awaitRows(query, 0)
		}
		t.Logf("round %d: %d changes and %d links acknowledged", round, changes, len(links))
	}
	s.stop(syscall.SIGTERM)
	s.verifyDatabase()
}

// editableVaults returns the vaults whose items c may edit: that of a new item, and one to move it to.
func (c *client) editableVaults() []string {
	c.t.Helper()
	vault := strings.Split(itemPath.FindString(c.get("/items").body), "/")[2]
	item := c.sendForm("/vaults/"+vault+"/items", (&crashedItem{}).versionForm(1), http.StatusSeeOther).path()
	to := moveTarget.FindStringSubmatch(c.get(item).body)
	if to == nil {
		c.t.Fatal("there is no second vault")
	}
	return []string{vault, to[1]}
}

// changeUntilKilled changes items concurrently, kills the server within a second, and returns the items
// and the links of new shares as they were acknowledged.
func (s *server) changeUntilKilled(c *client, vaults []string) (items []*crashedItem, links []link) {
	var work sync.WaitGroup
	for _, step := range []func(*client, *crashedItem) bool{
		saveNext, saveNext, saveNext, uploadNext, uploadNext, saveAndMove(vaults), saveAndMove(vaults),
	} {
		item := &crashedItem{saved: 1, typed: 1, tried: 1}
		path := "/vaults/" + vaults[len(items)%2] + "/items"
		item.path = c.sendForm(path, item.versionForm(1), http.StatusSeeOther).path()
		items = append(items, item)
		work.Go(func() {
			for step(c, item) {
			}
		})
	}
	work.Go(func() {
		for n := 0; ; n++ {
			name := fmt.Sprint("shared-", n)
			r := c.upload("/share", url.Values{
				"title": {name}, "text": {"t"}, "access": {"anyone"}, "expire_after": {"OneDay"},
			}, name, contentOf(name), false)
			found := valueAttr.FindStringSubmatch(linkInput.FindString(r.body))
			if found == nil {
				return
			}
			links = append(links, parseLink(s.t, found[1]))
		}
	})
	time.Sleep(200*time.Millisecond + rand.N(800*time.Millisecond))
	s.kill()
	work.Wait()
	return items, links
}

// acknowledged reports whether a change was: false for one that nobody answered, because the server was
// killed.
func (c *client) acknowledged(what string, r reply) bool {
	if r.status != http.StatusSeeOther && r.status != 0 {
		c.t.Errorf("%s: %d %v", what, r.status, r.errors())
	}
	return r.status == http.StatusSeeOther
}

func saveNext(c *client, i *crashedItem) bool {
	i.tried = i.saved + 1
	if !c.acknowledged("save", c.post(i.path, i.versionForm(i.tried))) {
		return false
	}
	i.saved, i.typed = i.tried, i.tried
	return true
}

func uploadNext(c *client, i *crashedItem) bool {
	name := fmt.Sprintf("%s-%d.txt", i.path[len(i.path)-4:], len(i.files))
	if !c.acknowledged("upload", c.upload(i.path+"/files", nil, name, contentOf(name), false)) {
		return false
	}
	i.files = append(i.files, name)
	return true
}

// saveAndMove saves the next version, and moves the item to the other vault. The move is a version of
// its own.
func saveAndMove(vaults []string) func(*client, *crashedItem) bool {
	return func(c *client, i *crashedItem) bool {
		if !saveNext(c, i) {
			return false
		}
		from, to := vaults[0], vaults[1]
		if strings.HasPrefix(i.path, "/vaults/"+to+"/") {
			from, to = to, from
		}
		i.other = strings.Replace(i.path, from, to, 1)
		r := c.post(i.path+"/move", url.Values{"to": {to}})
		if !c.acknowledged("move", r) {
			return false
		}
		i.path, i.other = r.path(), ""
		i.saved++
		return true
	}
}

// verify asserts that the item is in one place, whole, with what was acknowledged or what was sent
// last, and that its files have all of their bytes.
func (i *crashedItem) verify(p apiClient, c *client) {
	p.t.Helper()
	var got struct {
		Title, Notes string
		Fields       []struct{ Value string }
		Files        []struct{ ID, Name string }
	}
	path, places := i.path, 0
	for _, place := range []string{i.path, i.other} {
		if place != "" && p.call(http.MethodGet, place, "", &got) == http.StatusOK {
			path = place
			places++
		}
	}
	if places != 1 {
		p.t.Errorf("%s is in %d places", i.path, places)
		return
	}
	p.call(http.MethodGet, path, "", &got)
	saves := []string{fmt.Sprint("save ", i.typed), fmt.Sprint("save ", i.tried)}
	if !slices.Contains(saves, got.Notes) || got.Title != "Crash "+got.Notes ||
		len(got.Fields) != 1 || got.Fields[0].Value != got.Notes {
		p.t.Errorf("%s has %+v, want one of %q", path, got, saves)
	}
	var names []string
	for _, file := range got.Files {
		names = append(names, file.Name)
		if r := c.get(path + "/files/" + file.ID); r.body != string(contentOf(file.Name)) {
			p.t.Errorf("the file %s: %d, %d bytes", file.Name, r.status, len(r.body))
		}
	}
	for _, name := range i.files {
		if !slices.Contains(names, name) {
			p.t.Errorf("the acknowledged file %s is gone", name)
		}
	}
}
