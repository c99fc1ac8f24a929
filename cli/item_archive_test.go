package cli

import (
	"errors"
	"strings"
	"testing"

	"itemshare/client"
)

// TestItemArchiveAndDelete: an item is found among the others to archive it, and in the archive to delete
// it; an ID finds it in both.
func TestItemArchiveAndDelete(t *testing.T) {
	s := newEditor(t)
	byTitle := s.create("", "--title", "Old \x1bserver", "password=x")
	byID := s.create("", "--title", "Older server", "password=x")
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"delete", "Old \x1bserver"}, exitNotFound, "there is no item"},
		{[]string{"delete", byID.ID}, 1, "Archive the item first"},
		{[]string{"archive", "Team/Old \x1bserver"}, 0, `Archived Old \u001bserver in Team.`},
		{[]string{"archive", "Old \x1bserver"}, exitNotFound, "there is no item"},
		{[]string{"archive", byID.ID, "--vault", "Team"}, 0, "Archived item " + byID.ID + " in Team."},
		{[]string{"archive", byID.ID}, 0, "Archived"},
		{[]string{"delete", "old \x1bSERVER"}, 0, `Deleted Old \u001bserver in Team for good.`},
		{[]string{"delete", byID.ID}, 0, "Deleted item"},
		{[]string{"delete", byID.ID}, exitNotFound, "there is no item"},
	} {
		got := s.run("", append([]string{"item"}, c.args...)...)
		if got.code != c.code || !strings.Contains(got.stdout+got.stderr, c.says) {
			t.Errorf("%q: %+v, want %d %q", c.args, got, c.code, c.says)
		}
	}
	for _, id := range []string{byTitle.ID, byID.ID} {
		if _, err := s.api.Items().Get(t.Context(), s.vault("Team").ID, id); !errors.Is(err, client.CodeNotFound) {
			t.Errorf("%s: %v", id, err)
		}
	}
	t.Setenv("ITEMSHARE_TOKEN", s.addServiceAccount("--name", "Reads", "--vault", "Team"))
	for _, verb := range []string{"archive", "delete"} {
		if got := s.run("", "item", verb, "Accounting portal"); got.code == 0 {
			t.Errorf("%s without the right: %+v", verb, got)
		}
	}
}
