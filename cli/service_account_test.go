package cli

import (
	"regexp"
	"strings"
	"testing"

	"itemshare/account"
	"itemshare/fault"
)

var printedToken = regexp.MustCompile(`^itemshare_[A-Za-z0-9_-]{43}\n$`)

// newDataWithVaults returns the data folder of an installation with two vaults.
func newDataWithVaults(t *testing.T) string {
	t.Helper()
	data := newData(t)
	for _, name := range []string{"Team, main", "Ops"} {
		if got := command(t, data, "", "vault", "add", name); got.code != 0 {
			t.Fatalf("vault add: %s", got.stderr)
		}
	}
	return data
}

// TestServiceAccountCommands: standard output has only the token, which works until it is revoked.
func TestServiceAccountCommands(t *testing.T) {
	data := newDataWithVaults(t)
	added := command(
		t,
		data,
		"",
		"service-account",
		"add",
		"--name",
		"Deploys",
		"--vault",
		"team, MAIN",
		"--vault",
		"Ops",
		"--vault",
		"Ops",
		"--share-items",
		"--lifetime-days",
		"30",
	)
	if added.code != 0 || !printedToken.MatchString(added.stdout) {
		t.Fatalf("add: %+v", added)
	}
	token := strings.TrimSpace(added.stdout)
	if !strings.Contains(added.stderr, "can read and share items in Team, main, Ops.") ||
		strings.Contains(added.stderr, token) {
		t.Errorf("said %q", added.stderr)
	}
	list := command(t, data, "", "service-account", "list")
	row := strings.Fields(strings.Split(list.stdout, "\n")[1])
	if list.code != 0 || len(row) < 3 || row[1] != "Deploys" || row[len(row)-1] != "live" ||
		row[len(row)-2] != "never" ||
		strings.Contains(list.stdout, token) {
		t.Errorf("list: %+v", list)
	}
	authenticate := func() error {
		var me account.Identity
		err := onInstallation(t, data, func(p *program, in *installation) (err error) {
			me, err = in.accounts.AuthenticateToken(p.ctx, token)
			return err
		})
		if err == nil && (!me.Program() || len(me.Grants) != 2) {
			t.Errorf("the token authenticates %+v", me)
		}
		return err
	}
	if err := authenticate(); err != nil {
		t.Errorf("the token: %v", err)
	}
	for range 2 {
		if got := command(t, data, "", "service-account", "revoke", row[0]); got.code != 0 ||
			!strings.Contains(got.stdout, "revoked") {
			t.Errorf("revoke: %+v", got)
		}
	}
	if err := authenticate(); fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("the revoked token: %v", err)
	}
	if list := command(t, data, "", "service-account", "list"); !strings.Contains(
		list.stdout,
		"revoked",
	) {
		t.Errorf("list: %+v", list)
	}
}

// TestServiceAccountsAreNotUsers: commands for users do not find them.
func TestServiceAccountsAreNotUsers(t *testing.T) {
	data := newDataWithVaults(t)
	if got := command(t, data, "", "service-account", "add", "--name", "Deploys", "--vault", "Ops"); got.code != 0 ||
		!strings.Contains(got.stderr, "can read items in Ops") {
		t.Fatalf("add: %+v", got)
	}
	if got := command(t, data, "", "service-account", "add", "--name", "Zlogs", "--vault", "Ops", "--no-reveal",
		"--read-events"); got.code != 0 || !strings.Contains(got.stderr,
		"can list items in Ops, but not see concealed values, and read the events of the audit log.") {
		t.Fatalf("add: %+v", got)
	}
	if got := command(t, data, "", "service-account", "add", "--name", "Zonly", "--read-events"); got.code != 0 ||
		!strings.Contains(got.stderr, "can read the events of the audit log.") {
		t.Fatalf("add: %+v", got)
	}
	if got := command(t, data, "", "service-account", "add", "--name", "Zpeople", "--manage-people"); got.code !=
		0 || !strings.Contains(got.stderr, "can manage people.") {
		t.Fatalf("add: %+v", got)
	}
	id := strings.Fields(strings.Split(command(t, data, "", "service-account", "list").stdout, "\n")[1])[0]
	for _, args := range [][]string{
		{"user", "password", "--email", id, "--password-stdin"},
		{"vault", "grant", "--vault", "Ops", "--email", id, "--share"},
	} {
		if got := command(t, data, password, args...); got.code != 1 {
			t.Errorf("%v: %+v", args, got)
		}
	}
}

func TestServiceAccountErrors(t *testing.T) {
	data := newDataWithVaults(t)
	for _, c := range []struct {
		why, says string
		args      []string
	}{
		{"no vault", "at least one vault", []string{"add", "--name", "A"}},
		{
			"editing without seeing", "editing shows them",
			[]string{"add", "--name", "A", "--vault", "Ops", "--edit-items", "--no-reveal"},
		},
		{"no name", "--name", []string{"add", "--vault", "Ops"}},
		{
			"an unknown vault", "no vault Nowhere",
			[]string{"add", "--name", "A", "--vault", "Ops", "--vault", "Nowhere"},
		},
		{
			"an empty name and a negative lifetime", "1 to 3650 days",
			[]string{"add", "--name", " ", "--vault", "Ops", "--lifetime-days=-1"},
		},
		{
			"a lifetime too large for a duration", "1 to 3650 days",
			[]string{"add", "--name", "A", "--vault", "Ops", "--lifetime-days", "9000000000000000000"},
		},
		{"an unknown ID", "no service account nobody", []string{"revoke", "nobody"}},
	} {
		got := command(t, data, "", append([]string{"service-account"}, c.args...)...)
		if got.code != 1 || got.stdout != "" || !strings.Contains(got.stderr, c.says) {
			t.Errorf("%s: %+v", c.why, got)
		}
	}
	if got := command(t, data, "", "service-account", "list"); strings.Count(
		got.stdout,
		"\n",
	) != 1 {
		t.Errorf("something was added: %s", got.stdout)
	}
	if got := command(t, newData(t), "", "service-account", "list"); got.code != 1 ||
		!strings.Contains(got.stderr, "no database") {
		t.Errorf("without an installation: %+v", got)
	}
}

// onInstallation opens the installation, as a server would, and calls do.
func onInstallation(t *testing.T, data string, do func(*program, *installation) error) error {
	t.Helper()
	p := newProgram(t, settings{Data: data})
	return p.with(p.openExisting, func(in *installation) error { return do(p, in) })
}
