package handlers

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"itemshare/account"
	"itemshare/audit"
)

var (
	shownLink = regexp.MustCompile(`id="join-link"[^>]*value="([^"]+)"`)
	mailedURL = regexp.MustCompile(`http\S+/join#([A-Z0-9-]+)`)
)

// mailedCode waits for the newest email to an address and returns the code in it.
func (a *app) mailedCode(to string) string {
	a.t.Helper()
	a.mailer.Poke()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
		for _, m := range a.outbox.Sent() {
			if found := mailedURL.FindStringSubmatch(m.Text); m.To == to && found != nil {
				return found[1]
			}
		}
		time.Sleep(5 * time.Millisecond)
	}
	a.t.Fatalf("no code was mailed to %s", to)
	return ""
}

// TestInvitationByMail: invited with rights, joined once, in the table at every step.
func TestInvitationByMail(t *testing.T) {
	a := newApp(t)
	admin := a.signIn(adminEmail)
	sent := admin.post("/admin/users", url.Values{
		"email": {"zoe@company.example"}, "name": {"Zoe"}, "role": {"member"}, "by": {"mail"},
		"vaults": {a.team.ID + ":share", ""},
	})
	if sent.status != http.StatusSeeOther {
		t.Fatal(sent)
	}
	admin.get(sent.header.Get("Location")).
		wantWords(t, "people", "Zoe invited.", `data-status="Invited"`, "1 vault")
	code := a.mailedCode("zoe@company.example")
	zoe := a.browser()
	zoe.post("/join", url.Values{"code": {code}, "password": {"zoe12345"}}).
		wantWords(t, "a weak password", `data-testid="problem-password"`, code)
	joined := zoe.post("/join", url.Values{"code": {code}, "password": {password}})
	if joined.status != http.StatusSeeOther || joined.header.Get("Location") != "/items" {
		t.Fatal(joined)
	}
	if r := zoe.get(itemPath(a.item)); r.status != http.StatusOK {
		t.Errorf("an item of her vault: %d", r.status)
	}
	again := a.browser().post("/join", url.Values{"code": {code}, "password": {password}})
	if again.status != http.StatusGone || again.errors()[0] != "expired" {
		t.Errorf("the code again: %v", again)
	}
	admin.get("/admin/users?q=zoe").wantWords(t, "people", `data-status="Active"`, "!Invited")
	for _, kind := range []audit.Kind{audit.UserInvited, audit.UserJoined} {
		if n := a.countEvents(kind); n != 1 {
			t.Errorf("%d events %s", n, kind)
		}
	}
	a.wantNowhere(code, strings.ReplaceAll(code, "-", ""))
}

// TestInvitationHandedOver: where email is off the link is shown once, and no mail waits.
func TestInvitationHandedOver(t *testing.T) {
	a := newApp(t, appOptions{mailOff: true})
	admin := a.signIn(adminEmail)
	shown := admin.post("/admin/users", url.Values{
		"email": {"zoe@company.example"}, "name": {"Zoe"}, "role": {"admin"},
	})
	link := shownLink.FindStringSubmatch(shown.body)
	if shown.status != http.StatusCreated || link == nil || shown.header.Get("Content-Encoding") != "" {
		t.Fatal(shown)
	}
	address, code, _ := strings.Cut(link[1], "#")
	if address != a.base.String()+"/join" {
		t.Errorf("the link is %s", link[1])
	}
	id := a.personID("zoe@company.example")
	admin.get("/admin/users/"+id).wantWords(t, "her page", "Withdraw", "!"+code)
	if r := admin.post("/admin/users/"+id+"/withdraw", nil); r.status != http.StatusSeeOther {
		t.Error(r)
	}
	joined := a.browser().post("/join", url.Values{"code": {code}, "password": {password}})
	if joined.status != http.StatusUnauthorized || joined.errors()[0] != "code_invalid" {
		t.Errorf("a withdrawn code: %v", joined)
	}
}

func (a *app) personID(email string) string {
	a.t.Helper()
	user, err := a.accounts.UserByEmail(a.t.Context(), email)
	a.must(err)
	return user.ID
}

// TestWrongInvitations: each problem at its field, nothing typed is lost, nothing is stored.
func TestWrongInvitations(t *testing.T) {
	a := newApp(t)
	admin := a.signIn(adminEmail)
	before := a.dump()
	for want, form := range map[string]url.Values{
		"problem-email":  {"email": {memberEmail}, "name": {"Twice"}, "role": {"member"}},
		"problem-name":   {"email": {"a@company.example"}, "name": {"a\u202eb"}, "role": {"member"}},
		"problem-role":   {"email": {"a@company.example"}, "name": {"A"}, "role": {"owner"}},
		"problem-vaults": {"email": {"a@b.example"}, "name": {"A"}, "role": {"member"}, "vaults": {"x:all"}},
	} {
		r := admin.post("/admin/users", form)
		if r.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", want, r.status)
		}
		r.wantWords(t, want, `data-testid="`+want+`"`, `value="`+form.Get("email")+`"`)
	}
	a.wantUnchanged(before, "wrong invitations")
}

// TestJoinTellsStrangersNothing: a wrong code is answered alike whoever is invited.
func TestJoinTellsStrangersNothing(t *testing.T) {
	a := newApp(t)
	form := url.Values{"code": {"ABCD-EFGH-JKLM-NPQR"}, "password": {password}}
	before := a.browser().post("/join", form)
	a.signIn(adminEmail).post("/admin/users", url.Values{
		"email": {"zoe@company.example"}, "name": {"Zoe"}, "role": {"member"}, "by": {"mail"},
	})
	after := a.browser().post("/join", form)
	if before.stableText() != after.stableText() || before.status != http.StatusUnauthorized {
		t.Errorf("%v\n%v", before, after)
	}
	last := after
	for range 20 {
		last = a.browser().post("/join", form)
	}
	if last.status != http.StatusTooManyRequests || last.header.Get("Retry-After") == "" {
		t.Errorf("the twentieth guess: %v", last)
	}
}

// TestRemovalSettlesLinks: kept, handed over or revoked, with service accounts ended.
func TestRemovalSettlesLinks(t *testing.T) {
	for choice, want := range map[string]struct{ state, owner string }{
		"keep": {"active", "Max"}, "hand": {"active", "Ada"}, "revoke": {"revoked", "Max"},
	} {
		a := newApp(t)
		admin := a.signIn(adminEmail)
		_, shared := a.signIn(memberEmail).share(a.item, nil)
		path := "/admin/users/" + a.users[memberEmail].ID
		admin.get(path).wantWords(t, "his page", "1 active link", "Team", "View, share and edit", "Granted")
		for _, wrong := range []url.Values{
			{"links": {"hand"}, "to": {memberEmail}}, {"links": {"hand"}, "to": {"nobody@company.example"}}, {},
		} {
			if r := admin.post(path+"/remove", wrong); r.status != http.StatusUnprocessableEntity {
				t.Errorf("%v: %d", wrong, r.status)
			}
		}
		r := admin.post(path+"/remove", url.Values{"links": {choice}, "to": {adminEmail}})
		if r.status != http.StatusSeeOther {
			t.Fatal(r)
		}
		admin.get("/shares/"+shared).
			wantWords(t, choice, `data-state="`+want.state+`"`, want.owner)
		if r := admin.get(path); r.status != http.StatusNotFound {
			t.Errorf("his page afterwards: %d", r.status)
		}
		if n := a.countEvents(audit.UserRemoved); n != 1 {
			t.Errorf("%d removals", n)
		}
	}
}

// TestLastAdminOnThePage: what can't be done is said, and nothing changes.
func TestLastAdminOnThePage(t *testing.T) {
	a := newApp(t)
	admin, me := a.signIn(adminEmail), "/admin/users/"+a.users[adminEmail].ID
	before := a.dump()
	for act, form := range map[string]url.Values{
		"": {"name": {"Ada"}, "role": {"member"}}, "/suspend": {}, "/remove": {"links": {"keep"}},
	} {
		r := admin.post(me+act, form)
		if r.status != http.StatusConflict || r.errors()[0] != "conflict" {
			t.Errorf("%s: %v", act, r)
		}
	}
	a.wantUnchanged(before, "taking away the last admin")
}

// TestSuspendedEverywhere: ten sessions and two tokens are out at the next request, on every route.
func TestSuspendedEverywhere(t *testing.T) {
	a := newAppWithCallers(t)
	_, shared := a.browsers[1].share(a.item, nil)
	sessions := make([]*browser, 10)
	for i := range sessions {
		sessions[i] = a.signIn(memberEmail)
	}
	tokens := []string{a.tokenBy(memberEmail, "One"), a.tokenBy(memberEmail, "Two")}
	admin := a.browsers[4]
	if r := admin.post("/admin/users/"+a.users[memberEmail].ID+"/suspend", nil); r.status != 303 {
		t.Fatal(r)
	}
	before := a.dump()
	for i, r := range routeTable() {
		key := r.method + " " + r.path
		if r.access.ForServiceAccounts() || r.access == account.Anyone {
			continue
		}
		b := sessions[i%len(sessions)]
		got := b.send(r.method, a.fillPattern(r.path, "seen", shared), routeTests[key].form)
		if want := routeTests[key].want[0]; got.status != want {
			t.Errorf("%s by somebody suspended: %d, want %d", key, got.status, want)
		}
		a.checkRefusal(key, "", r, got)
	}
	for _, b := range sessions {
		if r := b.get("/items"); r.status != http.StatusSeeOther {
			t.Errorf("a session works: %d", r.status)
		}
	}
	for _, token := range tokens {
		r := a.browser().get("/api/v1/vaults", "Authorization", "Bearer "+token)
		if r.status != http.StatusUnauthorized {
			t.Errorf("a token works: %d", r.status)
		}
	}
	a.wantUnchanged(before, "somebody suspended")
}

// tokenBy returns the token of a service account that a person created.
func (a *app) tokenBy(email, name string) string {
	a.t.Helper()
	_, token, err := a.accounts.AddServiceAccount(a.t.Context(), a.users[email].ID,
		account.NewServiceAccount{Name: name, Vaults: []string{a.team.ID}})
	a.must(err)
	return string(token)
}

func (a *app) countEvents(kind audit.Kind) int {
	a.t.Helper()
	page, err := a.audited.Groups(a.t.Context(), audit.Query{Kind: kind, Limit: 100})
	a.must(err)
	n := 0
	for _, g := range page.Groups {
		n += g.Count
	}
	return n
}

// wantNowhere asserts that no text is in the database or the log.
func (a *app) wantNowhere(texts ...string) {
	a.t.Helper()
	everything := a.dump() + a.log.String()
	for _, text := range texts {
		if strings.Contains(everything, text) {
			a.t.Errorf("a code is stored or logged")
		}
	}
}
