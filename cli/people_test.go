package cli

import (
	"strings"
	"testing"
)

// TestUserInviteIntoGroups: named by name or ID, each once; an unknown one invites nobody.
func TestUserInviteIntoGroups(t *testing.T) {
	data := newData(t)
	for _, name := range []string{"Ops, main", "Sales"} {
		if got := command(t, data, "", "group", "add", name); got.code != 0 {
			t.Fatalf("group add: %s", got.stderr)
		}
	}
	invite := func(group string) result {
		return command(t, data, "", "user", "invite", "--email", "zoe@company.example", "--name", "Zoe",
			"--role", "member", "--group", group, "--group", "OPS, main")
	}
	if got := invite("Legal"); got.code == 0 || !strings.Contains(got.stderr, "Legal") {
		t.Errorf("an unknown group: %+v", got)
	}
	if got := invite("Sales"); got.code != 0 || !strings.Contains(got.stdout, "Invited zoe@company.example") {
		t.Fatalf("invite: %+v", got)
	}
	list := command(t, data, "", "group", "list", "--json")
	if n := strings.Count(list.stdout, `"zoe@company.example"`); n != 2 {
		t.Errorf("in %d groups: %s", n, list.stdout)
	}
}
