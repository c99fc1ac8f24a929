package cli

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/share"
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

// userCommand runs a user command about the person with an address, and asserts whether it succeeds and
// what it says.
func userCommand(t *testing.T, data, email string, succeeds bool, want string, args ...string) string {
	t.Helper()
	got := command(t, data, "", append([]string{"user", args[0], "--email", email}, args[1:]...)...)
	if (got.code == 0) != succeeds || !strings.Contains(got.stdout+got.stderr, want) {
		t.Fatalf("%v of %s: %+v, want %q", args, email, got, want)
	}
	return got.stdout
}

// statuses returns role and status of everybody by email address.
func statuses(t *testing.T, data string) map[string]string {
	t.Helper()
	var list []listedUser
	got := command(t, data, "", "user", "list", "--json")
	must(t, json.Unmarshal([]byte(got.stdout), &list))
	all := map[string]string{}
	for _, u := range list {
		all[u.Email] = u.Role + " " + u.Status
	}
	return all
}

// printedCode returns the code of a link that was printed.
func printedCode(t *testing.T, text string) account.Code {
	t.Helper()
	found := regexp.MustCompile(`/join#(\S+)`).FindStringSubmatch(text)
	if found == nil {
		t.Fatalf("no link: %s", text)
	}
	return account.Code(found[1])
}

// TestInvitationCommands: a new link ends the one before, and a withdrawal ends it all.
func TestInvitationCommands(t *testing.T) {
	const zoe = "zoe@company.example"
	data := newData(t)
	first := userCommand(t, data, zoe, true, "Invited "+zoe, "invite", "--name", "Zoe", "--role", "member")
	second := userCommand(t, data, "ZOE@company.example", true, "Invited "+zoe+" again", "resend",
		"--url", "https://share.company.example")
	if !strings.Contains(second, "https://share.company.example/join#") ||
		printedCode(t, first) == printedCode(t, second) {
		t.Errorf("first:\n%ssecond:\n%s", first, second)
	}
	userCommand(t, data, zoe, false, "haven't joined. Withdraw the invitation", "remove")
	userCommand(t, data, zoe, false, "haven't joined. Send the invitation again", "reset")
	mailed := userCommand(t, data, zoe, true, "The server will send the email", "resend",
		"--smtp", "smtp://localhost", "--mail-from", "share@company.example")
	if strings.Contains(mailed, "#") {
		t.Errorf("a link although it is mailed:\n%s", mailed)
	}
	userCommand(t, data, zoe, true, "was withdrawn", "withdraw")
	if all := statuses(t, data); len(all) != 0 {
		t.Errorf("left: %v", all)
	}
	for _, act := range []string{"resend", "reset", "withdraw", "remove"} {
		userCommand(t, data, zoe, false, "there is no user "+zoe, act)
	}
	userCommand(t, data, zoe, false, "there is no user "+zoe, "role", "--role", "admin")
	h := openInstallation(t, data, "")
	defer h.close()
	h.wantEvents(map[audit.Kind]int{audit.UserInvited: 3, audit.InviteWithdrawn: 1})
}

// wantEvents asserts how many events of each kind there are, all from the command line.
func (h *openedInstallation) wantEvents(want map[audit.Kind]int) {
	h.t.Helper()
	for kind, n := range want {
		page, err := audit.NewReader(h.in.db, h.in.log).List(
			h.t.Context(), audit.Query{Kind: kind, Limit: 100})
		must(h.t, err)
		if len(page.Events) != n {
			h.t.Errorf("%d events %s, want %d", len(page.Events), kind, n)
		}
		for _, e := range page.Events {
			if e.Actor != "" {
				h.t.Errorf("%s by %s", kind, e.Actor)
			}
		}
	}
}

// TestUserRoleAndName: one admin is left, a link for a new password is for those who have joined.
func TestUserRoleAndName(t *testing.T) {
	const ann, max = "ann@example.com", "max@example.com"
	data := newDataWithPeople(t)
	userCommand(t, data, ann, true, "The role of ann@example.com is admin now.", "role", "--role", "admin")
	userCommand(t, data, ann, false, "the only admin who can sign in", "role", "--role", "member")
	userCommand(t, data, ann, false, "the only admin who can sign in", "remove")
	userCommand(t, data, ann, false, "role", "role", "--role", "owner")
	userCommand(t, data, max, true, "max@example.com is called Maximilian now.", "rename", "Maximilian")
	userCommand(t, data, max, false, "Enter a name", "rename", " ")
	if all := statuses(t, data); all[ann] != "admin active" || all[max] != "member active" {
		t.Errorf("%v", all)
	}
	list := command(t, data, "", "user", "list").stdout
	if !strings.Contains(list, "Maximilian") {
		t.Error(list)
	}
	printedCode(t, userCommand(t, data, max, true, "for a new password", "reset"))
	userCommand(t, data, max, false, "joined already", "resend")
	userCommand(t, data, max, false, "joined already", "withdraw")
	userCommand(t, data, max, true, "Suspended", "suspend")
	userCommand(t, data, max, false, "suspended. Reinstate them first", "reset")
}

// newDataWithLinks returns an installation in which ann, bob and eve each created two links.
func newDataWithLinks(t *testing.T) string {
	t.Helper()
	data := newData(t)
	h := openInstallation(t, data, "")
	defer h.close()
	_, request := h.addItem()
	for _, name := range []string{"ann", "bob", "eve"} {
		user, err := h.in.accounts.AddUser(t.Context(), "", account.NewUser{
			Email: name + "@example.com", Name: name, Role: account.Member, Password: password,
		})
		must(t, err)
		must(t, h.in.accounts.SetGrant(t.Context(), "", account.Grant{
			UserID: user.ID, VaultID: request.VaultID, View: true, Share: true,
		}))
		for range 2 {
			_, err := h.shares.Create(t.Context(), share.Sharer{ID: user.ID, Name: name, Reveals: true}, request)
			must(t, err)
		}
	}
	return data
}

// TestUserRemove: what becomes of links must be chosen where there are any, and happens.
func TestUserRemove(t *testing.T) {
	const heir = "admin@example.com"
	data := newDataWithLinks(t)
	userCommand(t, data, "ann@example.com", false, "active links of ann@example.com (2)", "remove")
	userCommand(t, data, "ann@example.com", false, "needs --to", "remove", "--links", "hand-over")
	userCommand(t, data, "ann@example.com", false, "needs --to", "remove", "--links", "keep", "--to", heir)
	for _, nobody := range []string{"ann@example.com", "nobody@example.com", "nobody"} {
		userCommand(t, data, "ann@example.com", false, "someone else who can sign in", "remove",
			"--links", "hand-over", "--to", nobody)
	}
	if got := statuses(t, data)["ann@example.com"]; got != "member active" {
		t.Fatalf("ann is %s", got)
	}
	userCommand(t, data, "ann@example.com", true, "Active links: 2 handed over.", "remove",
		"--links", "hand-over", "--to", heir)
	userCommand(t, data, "bob@example.com", true, "Active links: 2 kept.", "remove", "--links", "keep")
	userCommand(t, data, "eve@example.com", true, "Active links: 2 revoked.", "remove", "--links", "revoke")
	userCommand(t, data, "member@example.com", true, "Active links: 0 kept.", "remove")
	if all := statuses(t, data); len(all) != 1 || all[heir] != "admin active" {
		t.Errorf("left: %v", all)
	}
	h := openInstallation(t, data, "")
	defer h.close()
	owner, err := h.in.accounts.UserByEmail(t.Context(), heir)
	must(t, err)
	if n, err := h.shares.ActiveOf(t.Context(), owner.ID); err != nil || n != 2 {
		t.Errorf("the heir has %d links, %v", n, err)
	}
	page, err := h.shares.List(t.Context(), share.Viewer{All: true}, share.Query{})
	must(t, err)
	states := map[share.State]int{}
	for _, s := range page.Shares {
		states[s.State]++
	}
	if states[share.Active] != 4 || states[share.Revoked] != 2 {
		t.Errorf("states: %v", states)
	}
	h.wantEvents(map[audit.Kind]int{
		audit.UserDisabled: 4, audit.LinksHandedOver: 1, audit.ShareRevoked: 2, audit.UserRemoved: 4,
	})
}

// TestAccessCommands: of a vault, a user and a group, with where rights come from.
func TestAccessCommands(t *testing.T) {
	data := newDataWithPeople(t)
	for _, args := range [][]string{
		{"vault", "add", "Team"},
		{"group", "add", "Developers"},
		{"group", "member", "--group", "Developers", "--email", "ann@example.com"},
		{"vault", "grant", "--vault", "Team", "--group", "Developers", "--no-reveal", "--share"},
		{"vault", "grant", "--vault", "Team", "--email", "ann@example.com", "--edit"},
		{"vault", "archive", "--vault", "Team"},
	} {
		if got := command(t, data, "", args...); got.code != 0 {
			t.Fatalf("%v: %+v", args, got)
		}
	}
	var holders []holderLine
	got := command(t, data, "", "vault", "access", "--vault", "team", "--json")
	must(t, json.Unmarshal([]byte(got.stdout), &holders))
	all := map[string]string{}
	for _, line := range holders {
		all[line.Type+" "+line.Name] = strings.Join(line.Rights, " ") + " from " + sourceWords(line.Sources)
	}
	if len(all) != 2 || all["group Developers"] != "view share from directly" ||
		all["user ann"] != "view reveal share edit from directly, group Developers" {
		t.Errorf("the vault: %v", all)
	}
	for want, args := range map[string][]string{
		"view reveal share edit from directly, group Developers": {"user", "access", "--email", "ann@example.com"},
		"view share from directly":                               {"group", "access", "--group", "developers"},
	} {
		var vaults []vaultAccessLine
		got := command(t, data, "", args...)
		must(t, json.Unmarshal([]byte(got.stdout), &vaults))
		if len(vaults) != 1 || vaults[0].Vault != "Team" || !vaults[0].Archived ||
			strings.Join(vaults[0].Rights, " ")+" from "+sourceWords(vaults[0].Sources) != want {
			t.Errorf("%v: %+v", args, vaults)
		}
	}
	if got := command(t, data, "", "user", "access", "--email", "max@example.com"); got.stdout != "[]\n" {
		t.Errorf("nothing: %+v", got)
	}
}

// TestCodesWithPasswordsOff asserts that no command and no email speaks of a password that somebody could
// choose where the server lets nobody sign in with one.
func TestCodesWithPasswordsOff(t *testing.T) {
	const max, zoe = "max@example.com", "zoe@company.example"
	data := newDataWithPeople(t)
	t.Setenv("ITEMSHARE_OIDC_ISSUER", "https://id.example.com")
	t.Setenv("ITEMSHARE_PASSWORDS", "maybe")
	userCommand(t, data, zoe, false, "must be on or off", "invite", "--name", "Zoe", "--role", "member")
	t.Setenv("ITEMSHARE_PASSWORDS", "off")
	said := userCommand(t, data, zoe, true, "Give them this link", "invite", "--name", "Zoe", "--role", "member")
	said += userCommand(t, data, max, true, "this link for a new passkey", "reset")
	t.Setenv("ITEMSHARE_SMTP", "smtp://localhost")
	t.Setenv("ITEMSHARE_MAIL_FROM", "share@company.example")
	said += userCommand(t, data, zoe, true, "The server will send the email", "resend")
	said += userCommand(t, data, max, true, "a link for a new passkey", "reset")
	h := openInstallation(t, data, "")
	defer h.close()
	queued, err := h.in.db.TakeMail(t.Context(), time.Now(), time.Minute, 10)
	must(t, err)
	if len(queued) != 2 {
		t.Errorf("%d emails wait", len(queued))
	}
	for _, q := range queued {
		m, err := h.mails.Open(q)
		must(t, err)
		said += m.Subject + m.Text
		if !strings.Contains(m.Text, "create") {
			t.Errorf("an email without a passkey: %s", m.Subject)
		}
	}
	said = strings.ReplaceAll(said, "shares passwords and other items", "")
	if strings.Contains(said, "password") {
		t.Error("it speaks of passwords")
	}
}
