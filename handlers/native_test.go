package handlers

import (
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	sdk "github.com/1password/onepassword-sdk-go"

	"itemshare/account"
	"itemshare/vault"
	"itemshare/vault/onepassword"
	"itemshare/vault/onepassword/standin"
)

// agency is the application over a stand-in for a 1Password account. Its member may
// share from the vault Team there.
type agency struct {
	*app
	*browser
	account *standin.Account
	login   vault.Item
	filed   vault.Item // with a file
}

func newAgency(t *testing.T) *agency {
	t.Helper()
	var g agency
	var team vault.Info
	g.app = newApp(t, setting{mailOff: true, vault: func(vault.Backend) vault.Backend {
		g.account = standin.New(time.Now, rand.Reader)
		document := login("", "With a file")
		document.Files = []vault.File{{ID: "f", Name: "notes.txt", Size: 5}}
		info, items, err := g.account.Add(
			"Team",
			[]vault.Item{login("", "Mail server"), document},
			func(string) (io.ReadCloser, error) {
				return io.NopCloser(strings.NewReader("hello")), nil
			},
		)
		if err != nil {
			t.Fatal(err)
		}
		team, g.login, g.filed = info, items[0], items[1]
		connect := func(context.Context) (onepassword.Client, error) {
			return g.account.Client(),
				nil
		}
		return onepassword.New(
			onepassword.Config{
				Connect: connect, Clock: time.Now, CallTime: 300 * time.Millisecond, Waiting: 64,
			},
		)
	}})
	for _, email := range []string{memberEmail, adminEmail} {
		g.must(
			g.accounts.SetGrant(
				t.Context(),
				"",
				account.Grant{UserID: g.users[email].ID, VaultID: team.ID, Share: true},
			),
		)
	}
	g.browser = g.signedIn(memberEmail)
	return &g
}

func (g *agency) make(form url.Values, header ...string) reply {
	g.app.t.Helper()
	return g.post(itemPath(g.login)+"/share", form, header...)
}

func toAnyone(token string) url.Values { return url.Values{"access": {"anyone"}, "token": {token}} }

// has compares a page with words that have to stand there, or must not: "!words".
func (r reply) has(t *testing.T, what string, words ...string) {
	t.Helper()
	for _, w := range words {
		absent, not := strings.CutPrefix(w, "!")
		if not && strings.Contains(r.body, absent) || !not && !strings.Contains(r.body, w) {
			t.Errorf("%s: want %q", what, w)
		}
	}
}

func TestNativeForm(t *testing.T) {
	g := newAgency(t)
	hour := sdk.ItemShareDurationOneHour
	g.account.SetPolicy(sdk.ItemShareAccountPolicy{
		MaxExpiry: sdk.ItemShareDurationSevenDays, DefaultExpiry: sdk.ItemShareDurationOneDay,
		AllowedTypes:          []sdk.AllowedType{sdk.AllowedTypeAuthenticated},
		AllowedRecipientTypes: []sdk.AllowedRecipientType{sdk.AllowedRecipientTypeEmail},
		Files: sdk.ItemShareFiles{
			Allowed:   true,
			MaxSize:   1 << 20,
			MaxExpiry: &hour,
		},
	})
	g.get(itemPath(g.login)+"/share").has(t, "the form",
		"Create 1Password link", "shares the whole item",
		"Your 1Password account allows 7 days at most.",
		"Your 1Password account doesn&#39;t allow links for anyone.",
		"Your 1Password account only allows individual email "+
			"addresses.", `!name="omit"`, `!name="totp"`, `!name="files"`, `!data-testid="preview"`, "!Email is off")
	g.get(itemPath(g.filed)+"/share").
		has(t, "the form of an item with files", "Your 1Password account allows 1 hour at "+
			"most.", "notes.txt", `!name="files"`)
	r := g.make(
		url.Values{"access": {"anyone"}, "omit": {"password"}, "totp": {"on"}, "files": {"on"}},
	)
	if r.status != http.StatusUnprocessableEntity || g.account.Calls("Shares.Create") != 0 {
		t.Errorf("parts of a whole: %v", r)
	}
	r.has(
		t,
		"parts of a whole",
		"Nothing can be left out",
		"are always included",
		`data-error="policy_access"`,
		"Your 1Password account doesn&#39;t allow links for anyone.",
	)
	g.post(itemPath(g.login)+"/share/recipients", url.Values{"recipients": {"zoe@client.example " +
		"partner.example"}}).
		has(t, "recipients", `data-recipient="zoe@client.example"`, "Your 1Password account only "+
			"allows individual email addresses.")
	if r := g.post(itemPath(g.login)+"/share/preview",
		toAnyone("")); r.status != http.StatusConflict {
		t.Errorf("preview: %v", r)
	}
}

func TestNativeLinkOnEveryPage(t *testing.T) {
	g := newAgency(t)
	r := g.make(
		url.Values{
			"access":       {"recipients"},
			"recipients":   {"zoe@client.example"},
			"expire_after": {"OneDay"},
			"one_time":     {"on"},
		},
	)
	link, about := linkInput.FindStringSubmatch(r.body), shareAddress.FindStringSubmatch(r.body)
	if r.status != http.StatusCreated || link == nil || about == nil ||
		link[1] != g.account.Links()[0].URL {
		t.Fatalf("share: %v", r)
	}
	r.has(t, "the link", "1Password created this link", "Copy message", `data-testid="qr"`)
	if made := g.account.Links()[0]; !made.OneTime || made.Expiry != 24*time.Hour ||
		made.Recipients[0] != "zoe@client.example" {
		t.Errorf("the account was asked for %+v", made)
	}
	g.get("/shares").
		has(t, "the history", `data-testid="native"`, "in 1Password", `data-state="active"`)
	detail := g.get("/shares/" + about[1])
	detail.has(
		t,
		"the share",
		"Managed in 1Password",
		"zoe@client.example",
		`!data-testid="views"`,
		`!data-testid="revoke"`,
		`!data-testid="remove"`,
	)
	for _, path := range []string{"/revoke", "/recipients/0/remove"} {
		if r := g.post("/shares/"+about[1]+path, nil); r.status != http.StatusConflict ||
			!strings.Contains(r.body, "in 1Password") {
			t.Errorf("%s: %v", path, r)
		}
	}
	g.get("/shares.csv").has(t, "CSV", ",status,native\n", ",active,true\n")
	g.get("/items").has(t, "the list", "1 active link", "Updated ", `action="/items/refresh"`)
	g.get(itemPath(g.login)).has(t, "the item", "in 1Password")
	_, secret, _ := strings.Cut(link[1], "#")
	for where, text := range map[string]string{"the log": g.log.String(), "the " +
		"database": g.dump()} {
		if strings.Contains(text, secret) {
			t.Errorf("%s holds the link", where)
		}
	}
	g.clock.advance(25 * time.Hour)
	g.signedIn(memberEmail).
		get("/shares/"+about[1]).
		has(t, "a day later", `data-state="expired"`, "It has expired")
}

// However often a form is sent at once, the account is asked for one link.
func TestTheSameFormMakesOneNativeLink(t *testing.T) {
	g := newAgency(t)
	g.make(nil) // warms what is remembered, so that those below meet at the link
	var wait sync.WaitGroup
	var mu sync.Mutex
	answers := map[int]int{}
	for range 20 {
		wait.Go(func() {
			r := g.make(toAnyone("0123456789abcdef"))
			mu.Lock()
			defer mu.Unlock()
			answers[r.status]++
		})
	}
	wait.Wait()
	if answers[http.StatusCreated] != 1 || answers[http.StatusConflict] != 19 ||
		len(g.account.Links()) != 1 ||
		g.account.Calls("Shares.Create") != 1 {
		t.Errorf("%v, %d links", answers, len(g.account.Links()))
	}
	g.make(toAnyone("0123456789abcdef")).
		has(t, "later", `data-error="already_created"`, "View link")
}

var hiddenInput = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)

// kept reads what a page without the form keeps of it.
func (r reply) kept() url.Values {
	form := url.Values{}
	for _, found := range hiddenInput.FindAllStringSubmatch(r.body, -1) {
		form.Add(found[1], found[2])
	}
	return form
}

// What the account says when it cannot make a link is shown, and nothing typed is lost.
func TestNativeTroubleKeepsWhatWasTyped(t *testing.T) {
	hang := make(chan struct{})
	defer close(hang)
	typed := url.Values{
		"access":       {"recipients"},
		"recipients":   {"zoe@client.example\nann@client.example"},
		"expire_after": {"OneDay"},
		"one_time":     {"on"},
		"token":        {"0123456789abcdef"},
	}
	for _, c := range []struct {
		why     string
		call    string
		trouble standin.Trouble
		words   string
		unknown bool
	}{
		{
			"it takes no more requests", "Shares.Create",
			standin.Trouble{Err: standin.ErrLimited},
			"rate limit is used up", false,
		},
		{
			"its token is bad", "Items.Get",
			standin.Trouble{Err: standin.ErrBadToken},
			"doesn&#39;t accept this server&#39;s token", false,
		},
		{"it is away", "Items.Get", standin.Trouble{Err: standin.ErrNoNetwork}, "can&#39;t reach " +
			"1Password", false},
		{"its answer is lost", "Shares.Create", standin.Trouble{Err: standin.ErrNoNetwork}, "there " +
			"may be a link that isn&#39;t shown", true},
		{"it hangs", "Shares.Create", standin.Trouble{Hang: hang}, "there may be a link " +
			"that isn&#39;t shown", true},
	} {
		t.Run(c.why, func(t *testing.T) {
			g := newAgency(t)
			g.account.On(c.call, c.trouble)
			r := g.make(typed)
			if r.status != http.StatusServiceUnavailable {
				t.Fatalf("answers %v", r)
			}
			// Repeating a request that may have created a link would create a second one.
			if wait := r.header.Get("Retry-After"); (wait == "") != c.unknown {
				t.Errorf("Retry-After: %q", wait)
			}
			r.has(t, c.why, c.words, "!damaged")
			kept := r.kept()
			for _, field := range []string{"access", "recipients", "expire_after", "one_time"} {
				if kept.Get(field) != typed.Get(field) {
					t.Errorf("%s is lost: %q", field, kept.Get(field))
				}
			}
			if same := kept.Get("token") == typed.Get("token"); same == c.unknown {
				t.Errorf("the token is the same: %t", same)
			}
			admin := g.signedIn(adminEmail)
			if told := strings.Contains(admin.get("/admin/audit").body,
				`data-kind="share.unknown"`) ||
				strings.Contains(admin.get("/admin/audit?kind=share.unknown").body, "Link "+
					"perhaps made</"); c.unknown &&
				!told {
				t.Error("the audit log does not tell")
			}
			if made := strings.Count(g.get("/shares.csv").body, "\n") - 1; made != 0 {
				t.Errorf("%d shares recorded", made)
			}
			if c.unknown {
				if r := g.make(typed); r.status != http.StatusConflict &&
					r.status != http.StatusServiceUnavailable {
					t.Errorf("the same form again: %v", r)
				}
			}
		})
	}
}

// After a pause the same page makes the link, or leads back to the form.
func TestNativeRetry(t *testing.T) {
	g := newAgency(t)
	g.account.On("Shares.Create", standin.Trouble{Err: standin.ErrDenied})
	typed := toAnyone("0123456789abcdef")
	if r := g.make(typed); r.status != http.StatusForbidden ||
		!strings.Contains(r.body, "have the Share items permission") {
		t.Errorf("not permitted: %v", r)
	}
	g.account.On("Shares.Create", standin.Trouble{})
	typed.Set("edit", "on")
	typed.Set("one_time", "on")
	if r := g.make(typed); r.status != http.StatusOK || len(g.account.Links()) != 0 ||
		!regexp.MustCompile(`name="one_time" value="on"[^>]* checked`).MatchString(r.body) {
		t.Errorf("back to the form: %v", r)
	}
	typed.Del("edit")
	if r := g.make(typed); r.status != http.StatusCreated {
		t.Errorf("again: %v", r)
	}
}

func TestPolicyBesideAnAccounts(t *testing.T) {
	g := newAgency(t)
	admin := g.signedIn(adminEmail)
	admin.get("/admin/policy").
		has(t, "the policy", "Policy of your 1Password account", "Read only. Change it in "+
			"1Password.", "itemshare policy",
			"can only be stricter", "the stricter limit counts", "Review changes", `id="links_by"`)
	g.make(toAnyone(""))
	form := strict()
	form.Set("affected", "revoke")
	admin.post("/admin/policy/preview", form).
		has(t, "the preview", "Revoke it in 1Password.", "Links created by 1Password keep working")
	if r := admin.post("/admin/policy", form); r.status != http.StatusSeeOther ||
		!strings.HasSuffix(r.header.Get("Location"), "done=saved&left=1") {
		t.Errorf("saved: %v %v", r.status, r.header)
	}
	admin.get("/admin/policy?done=saved&left=1").
		has(t, "saved", "can only be revoked in 1Password: 1.")
	g.get(itemPath(g.login)+"/share").has(t, "the form", "The account policy")
	if r := admin.post("/admin/policy/links",
		url.Values{"links_by": {"nobody"}}); r.status != http.StatusUnprocessableEntity ||
		!strings.Contains(r.body, "Choose who creates links.") {
		t.Errorf("nonsense: %v", r)
	}
	if r := admin.post("/admin/policy/links",
		url.Values{"links_by": {"itemshare"}}); r.status != http.StatusSeeOther {
		t.Errorf("chosen: %v", r)
	}
	admin.get("/admin/policy?done=links").has(t, "chosen", "itemshare creates new links.")
	admin.get("/admin/audit").has(t, "the audit log", "links by")
	g.get(itemPath(g.login)+"/share").
		has(t, "our form", `name="omit"`, `data-testid="preview"`, "!Create 1Password link")
}

func TestRefresh(t *testing.T) {
	g := newAgency(t)
	g.get("/items").has(t, "at first", "Mail server")
	g.account.Rename(g.login.VaultID, g.login.ID, "Mail server, moved")
	g.get("/items").has(t, "remembered", "!Mail server, moved")
	r := g.post("/items/refresh", url.Values{"vault": {g.login.VaultID}, "q": {"mail"}})
	if want := "/items?vault=" + g.login.VaultID + "&q=mail"; r.status != http.StatusSeeOther ||
		r.header.Get("Location") != want {
		t.Fatalf("refresh: %d to %s", r.status, r.header.Get("Location"))
	}
	g.get("/items").has(t, "read anew", "Mail server, moved")
	if r := g.post("/items/refresh",
		url.Values{"vault": {g.app.elsewhere.ID}}); r.status != http.StatusNotFound {
		t.Errorf("a vault of others: %v", r)
	}
	g.account.On("", standin.Trouble{Err: standin.ErrNoNetwork})
	r = g.post("/items/refresh", nil)
	if r.status != http.StatusServiceUnavailable {
		t.Errorf("away: %v", r)
	}
	r.has(t, "away", "can&#39;t reach 1Password", `data-error="unavailable"`)
}

func TestAccountThatIsAway(t *testing.T) {
	g := newAgency(t)
	g.account.On("", standin.Trouble{Err: standin.ErrBadToken})
	for path, want := range map[string]int{
		"/items": 503, itemPath(g.login): 503,
		itemPath(g.login) + "/share": 503, "/shares": 200,
	} {
		r := g.get(path)
		if r.status != want {
			t.Errorf("%s: %v", path, r)
		}
		if want == http.StatusServiceUnavailable {
			r.has(t, path, "OP_SERVICE_ACCOUNT_TOKEN", `data-error="unavailable"`)
		}
	}
}

// TestTheRuleOfTheNextVault: one vault that may not be read hides no rule of the account.
func TestTheRuleOfTheNextVault(t *testing.T) {
	g := newAgency(t)
	closed, _, err := g.account.Add("Archive", []vault.Item{login("", "Old server")}, nil)
	g.must(err)
	g.must(
		g.accounts.SetGrant(
			t.Context(),
			"",
			account.Grant{UserID: g.users[adminEmail].ID, VaultID: closed.ID, View: true},
		),
	)
	g.account.Hide(closed.ID, true)
	g.account.Hide(g.login.VaultID, true)
	b := g.signedIn(adminEmail)
	b.get("/admin/policy").has(t, "both are closed", "have access to this vault", "!Read only.")
	g.account.Hide(g.login.VaultID, false)
	b.get("/admin/policy").
		has(t, "one is closed", "Policy of your 1Password account", "!have access to this "+
			"vault", "Read only.")
}
