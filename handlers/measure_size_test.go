package handlers

import (
	"crypto/rand"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"itemshare/audit"
	"itemshare/seal"
	"itemshare/vault"
	"itemshare/vault/local"
)

var measureSize = flag.Bool(
	"measure-size", false, "measure the items' pages in vaults of 500 and 50,000 items and in 200 vaults",
)

// TestMeasureSize prints what the items' pages take in the server as vaults grow: the whole request,
// session and page included, but no network. docs/performance.md has its figures.
func TestMeasureSize(t *testing.T) {
	if !*measureSize {
		t.Log("-measure-size runs it (with -v)")
		return
	}
	load, _ := os.ReadFile("/proc/loadavg")
	fmt.Printf("%d processors, load %s", runtime.NumCPU(), load)
	for _, size := range []struct{ vaults, items int }{{1, 500}, {1, 50_000}, {200, 250}} {
		m := newSizeMeasurement(t, size.vaults, size.items)
		fmt.Printf("\n%d vaults of %d items\n", size.vaults, size.items)
		m.firstLook()
		m.requests()
		load, _ = os.ReadFile("/proc/loadavg")
		fmt.Printf("load %s", load)
	}
}

// sizeMeasurement is an application with filled vaults, and a member who may edit all of them.
type sizeMeasurement struct {
	*app
	cookie string
	vaults []vault.Info
	item   vault.Item
}

func newSizeMeasurement(t *testing.T, vaults, items int) *sizeMeasurement {
	m := &sizeMeasurement{app: newApp(t)}
	me := m.users[memberEmail].ID
	for n := range vaults {
		done, err := m.vault.Import(t.Context(), local.Import{
			Owners: []string{me}, Items: vault.ImportedItems(manyItems(fmt.Sprint("Vault ", n), items)...),
		})
		m.must(err)
		m.vaults = append(m.vaults, done.Vaults[0].Info)
	}
	page, err := m.vault.Browse(t.Context(), vault.Query{Vaults: []string{m.vaults[0].ID}, Limit: 1})
	m.must(err)
	m.item, err = m.vault.Item(t.Context(), m.vaults[0].ID, page.Items[0].ID)
	m.must(err)
	cookie := m.signIn(memberEmail).client.Jar.Cookies(m.base)[0]
	m.cookie = cookie.Name + "=" + cookie.Value
	return m
}

// manyItems are logins with different words.
func manyItems(name string, n int) []vault.ImportedItem {
	all := make([]vault.ImportedItem, n)
	for i := range all {
		item := newLogin("", fmt.Sprintf("Item %d of many", i*7919%n))
		item.Websites = []vault.Website{{URL: fmt.Sprintf("https://host%d.example", i%500)}}
		item.Fields[0].Value = fmt.Sprintf("user%d@company.example", i)
		all[i] = vault.ImportedItem{
			VaultTitle: name, Item: item, Origin: vault.Origin{Account: "a", Vault: name, Item: fmt.Sprint(name, i)},
		}
	}
	return all
}

// firstLook is what a process does with the items after its start.
func (m *sizeMeasurement) firstLook() {
	keyring := m.keys
	fresh := local.New(local.Config{
		Store: m.db, Box: keyring.Box(seal.Items), Clock: m.clock.Now, Random: rand.Reader,
		Audit: audit.NewLog(keyring.Box(seal.Audit), keyring.Hasher(seal.Addresses)),
	})
	before := heap()
	started := time.Now()
	_, err := fresh.Vaults(m.t.Context())
	took := time.Since(started)
	m.must(err)
	count := 0
	for _, v := range m.vaults {
		page, err := fresh.Browse(m.t.Context(), vault.Query{Vaults: []string{v.ID}, Limit: 1, Count: true})
		m.must(err)
		count += page.Total
	}
	fmt.Printf("after a start %v, %d bytes an item\n",
		took.Round(time.Millisecond), (heap()-before)/int64(count))
	runtime.KeepAlive(fresh)
}

func heap() int64 {
	var memory runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&memory)
	return int64(memory.HeapAlloc)
}

func (m *sizeMeasurement) requests() {
	all, one := "/items", "/items?vault="+m.vaults[0].ID
	get := func(path string) func(int) {
		return func(int) { m.ask(http.StatusOK, "GET", path, nil) }
	}
	typed := []string{"i", "it", "item", "item 4", "item 49", "user499", "host7 many", "no such"}
	for _, c := range []struct {
		name string
		n    int
		do   func(i int)
	}{
		{"list of a vault", 400, get(one)},
		{"list of all vaults", 400, get(all)},
		{"search as typed, a vault", 800, func(i int) {
			m.ask(http.StatusOK, "GET", one+"&q="+url.QueryEscape(typed[i%len(typed)]), nil)
		}},
		{"search as typed, all", 800, func(i int) {
			m.ask(http.StatusOK, "GET", all+"?q="+url.QueryEscape(typed[i%len(typed)]), nil)
		}},
		{"open an item", 400, get(itemPath(m.item))},
		{"one commit, an audit event", 200, func(int) {
			m.must(recorder{m.db, m.auditLog}.Record(m.t.Context(), audit.Event{
				At: m.clock.Now(), Kind: audit.FileDownloaded, Actor: m.users[memberEmail].ID,
			}))
		}},
		{"save an item", 200, m.save},
		{"list after a save", 200, func(i int) { m.save(i); get(one)(i) }},
	} {
		c.do(0)
		took := make([]time.Duration, c.n)
		for i := range took {
			started := time.Now()
			c.do(i)
			took[i] = time.Since(started)
		}
		slices.Sort(took)
		fmt.Printf("%-28s p50 %6.2f ms  p99 %6.2f ms\n", c.name,
			took[c.n/2].Seconds()*1000, took[c.n*99/100].Seconds()*1000)
	}
}

// save changes the title of the item by its form.
func (m *sizeMeasurement) save(i int) {
	item, err := m.vault.Item(m.t.Context(), m.item.VaultID, m.item.ID)
	m.must(err)
	item.Title = fmt.Sprint("Item saved ", i, " ", time.Now().UnixNano())
	m.ask(http.StatusSeeOther, "POST", itemPath(item), encodeItem(formOfItem(item)))
}

func (m *sizeMeasurement) ask(want int, method, path string, form url.Values) {
	req := m.request(method, path, form.Encode(), m.cookie)
	if strings.Contains(path, "q=") {
		req.Header.Set("HX-Request", "true")
	}
	recorder := httptest.NewRecorder()
	m.handler.ServeHTTP(recorder, req)
	if recorder.Code != want {
		m.t.Fatalf("%s %s: %d: %s", method, path, recorder.Code, recorder.Body)
	}
}
