package e2e

import (
	"net/http"
	"testing"
)

// TestResealBesideAWriter has another process make new keys beside a server that opens nothing, which
// notices, and beside one that creates items all the time: in the end everything is sealed with the newest.
func TestResealBesideAWriter(t *testing.T) {
	s := start(t)
	reseal := func() {
		t.Helper()
		if out, code := s.command("", "keys", "rotate", "--reseal"); code != 0 {
			t.Errorf("%d\n%s", code, out)
		}
	}
	reseal()
	if got := s.logged("the keys were renewed, and are used from now on"); len(got) != 1 {
		t.Errorf("an idle server noticed new keys %d times before the command ended, want once", len(got))
	}
	c := signedIn(t, s, admin)
	vault := c.editableVaults()[0]
	create := func() {
		c.sendForm("/vaults/"+vault+"/items", (&crashedItem{}).versionForm(1), http.StatusSeeOther)
	}
	over, ended := make(chan struct{}), make(chan struct{})
	created := 0
	go func() {
		defer close(ended)
		for !isClosed(over) {
			create()
			created++
		}
	}()
	reseal()
	close(over)
	<-ended
	create()
	if created < 10 {
		t.Errorf("%d items are no load", created)
	}
	for column, table := range map[string]string{"overview": "items", "body": "item_bodies"} {
		if keys := s.keysOf(column, table); len(keys) != 1 {
			t.Errorf("%s: sealed with %d keys, want the newest alone", table, len(keys))
		}
	}
}

// keysOf returns what names the keys of a sealed column.
func (s *server) keysOf(column, table string) (keys []string) {
	s.t.Helper()
	database := s.openDatabase()
	rows, err := database.Query(`SELECT DISTINCT hex(substr(` + column + `, 1, 5)) FROM ` + table)
	if err != nil {
		s.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		if err := rows.Scan(&key); err != nil {
			s.t.Fatal(err)
		}
		keys = append(keys, key)
	}
	return keys
}
