package cli

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"itemshare/db"
	"itemshare/db/dbtest"
	"itemshare/share"
	"itemshare/vault"
)

// keysOf returns what names the keys of all that is sealed, but the audit log's.
func (h *openedInstallation) keysOf() (prefixes [][]byte) {
	h.t.Helper()
	_, err := h.in.db.Reseal(h.t.Context(), func(s db.Sealed) ([]byte, error) {
		isIt := func(prefix []byte) bool { return bytes.HasPrefix(s.Bytes, prefix) }
		if !slices.ContainsFunc(prefixes, isIt) {
			prefixes = append(prefixes, s.Bytes[:5])
		}
		return nil, nil
	})
	must(h.t, err)
	return prefixes
}

func (h *openedInstallation) item() vault.Item {
	h.t.Helper()
	team, err := h.in.vault.Find(h.t.Context(), "Team")
	must(h.t, err)
	found, err := h.in.vault.Browse(h.t.Context(), vault.Query{Vaults: []string{team.ID}, Text: "straße", Limit: 1})
	must(h.t, err)
	item, err := h.in.vault.Item(h.t.Context(), team.ID, found.Items[0].ID)
	must(h.t, err)
	return item
}

// check asserts that everything opens.
func (h *openedInstallation) check(why string, links []string) {
	h.t.Helper()
	page, err := h.shares.List(h.t.Context(), share.Viewer{All: true}, share.Query{})
	if err != nil || len(page.Shares) != len(links) {
		h.t.Errorf("%s: %d shares, %v", why, len(page.Shares), err)
	}
	if item := h.item(); item.Title != "Straße again" {
		h.t.Errorf("%s: the item is %q", why, item.Title)
	}
	if code := h.open(links[10], "another view"); code != "viewed" {
		h.t.Errorf("%s: a link that was viewed: %s", why, code)
	}
}

// TestReseal: everything that is sealed is sealed with new keys, beside a server that goes on; and a
// run that was interrupted is finished by the next.
func TestReseal(t *testing.T) {
	data, url := newData(t), dbtest.URL(t)
	t.Setenv("ITEMSHARE_MASTER_KEY", someKey)
	server := openInstallation(t, data, url)
	defer server.close()
	links := server.fillSealed(url)
	server.check("before", links)
	before := server.keysOf()

	p := newProgram(t, settings{Data: data, Database: url, MasterKey: someKey})
	key, err := p.set.readKey()
	must(t, err)
	must(t, p.renewKeys(key, server.in.db))
	other := openInstallation(t, data, url)
	defer other.close()
	ctx, stop := context.WithCancel(t.Context())
	n := 0
	_, err = server.in.db.Reseal(ctx, func(s db.Sealed) ([]byte, error) {
		if n++; n == 30 {
			stop()
		}
		plain, err := other.in.keyring.Open(s.Purpose, s.Bytes, s.Place...)
		if err != nil {
			t.Errorf("%v doesn't open", s.Place)
		}
		return other.in.keyring.Seal(s.Purpose, plain, s.Place...)
	})
	if err == nil {
		t.Fatal("it wasn't interrupted")
	}
	server.check("interrupted", links)

	t.Setenv("ITEMSHARE_DATABASE", url)
	got := command(t, data, "", "keys", "rotate", "--reseal")
	if got.code != 0 || !strings.Contains(got.stdout, "Run this again") {
		t.Fatalf("finishing: %+v", got)
	}
	other.wantResealed(url, before)
	server.check("finished", links)
	between := server.keysOf()
	got = command(t, data, "", "keys", "rotate", "--reseal")
	if got.code != 0 || !strings.Contains(got.stdout, "with new keys") {
		t.Fatalf("once more: %+v", got)
	}
	last := openInstallation(t, data, url)
	defer last.close()
	last.wantResealed(url, append(before, between...))
	server.check("twice", links)
	wantCode(t, 0, command(t, data, "", "audit", "verify"))
	last.check("restarted", links)
}

// TestResealTellsDamage: what doesn't open is named, and fails the command, which seals the rest; on
// the first run as on each later one.
func TestResealTellsDamage(t *testing.T) {
	data, url := newData(t), dbtest.URL(t)
	t.Setenv("ITEMSHARE_MASTER_KEY", someKey)
	t.Setenv("ITEMSHARE_DATABASE", url)
	h := openInstallation(t, data, url)
	defer h.close()
	must(t, h.in.addDemo(t.Context(), password))
	team, err := h.in.vault.Find(t.Context(), "Team")
	must(t, err)
	before := h.keysOf()
	_, err = dbtest.Raw(t, url).Exec(dbtest.Say(url, `UPDATE vaults SET name = x'00' WHERE id = ?`), team.ID)
	must(t, err)
	for range 2 {
		got := command(t, data, "", "keys", "rotate", "--reseal")
		if got.code != 1 || !strings.Contains(got.stderr, "1 value doesn't open") ||
			!strings.Contains(got.stderr, ": vaults "+team.ID+"\n") || !strings.Contains(got.stdout, "anew") {
			t.Errorf("%+v", got)
		}
	}
	for _, key := range h.keysOf() {
		if slices.ContainsFunc(before, func(old []byte) bool { return bytes.Equal(old, key) }) {
			t.Error("something is sealed with an old key")
		}
	}
}

// TestResealErrors: nothing is done without a choice, or with both.
func TestResealErrors(t *testing.T) {
	data, _ := newInstallation(t)
	for words, args := range map[string][]string{
		"choose":   nil,
		"two runs": {"--reseal", "--new-key", "x"},
	} {
		got := command(t, data, "", append([]string{"keys", "rotate"}, args...)...)
		if got.code != 1 || !strings.Contains(got.stderr, words) {
			t.Errorf("%v: %+v", args, got)
		}
	}
}

// TestFirstOf: a long list of damaged values stays readable.
func TestFirstOf(t *testing.T) {
	for most, want := range map[int]string{3: "a, b, c", 2: "a, b and 1 more"} {
		if got := firstOf([]string{"a", "b", "c"}, most); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
