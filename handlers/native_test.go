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

// nativeApp is the application over a stand-in for a 1Password account. Its member may share from
// the vault Team there.
type nativeApp struct {
	*app
	*browser
	account   *standin.Account
	plainItem vault.Item
	fileItem  vault.Item // with a file
}

func newNativeApp(t *testing.T) *nativeApp {
	t.Helper()
	var a nativeApp
	var team vault.Info
	a.app = newApp(t, appOptions{mailOff: true, vault: func(vault.Backend) vault.Backend {
		a.account = standin.New(time.Now, rand.Reader)
		document := newLogin("", "With a file")
		document.Files = []vault.File{{ID: "f", Name: "notes.txt", Size: 5}}
		info, items, err := a.account.Add(
			"Team",
			[]vault.Item{newLogin("", "Mail server"), document},
			func(string) (io.ReadCloser, error) {
				return io.NopCloser(strings.NewReader("hello")), nil
			},
		)
		if err != nil {
			t.Fatal(err)
		}
		team, a.plainItem, a.fileItem = info, items[0], items[1]
		connect := func(context.Context) (onepassword.Client, error) {
			return a.account.Client(),
				nil
		}
		return onepassword.New(
			onepassword.Config{
				Connect: connect, Clock: time.Now, CallTime: 300 * time.Millisecond, Waiting: 64,
			},
		)
	}})
	for _, email := range []string{memberEmail, adminEmail} {
		a.must(
			a.accounts.SetGrant(
				t.Context(),
				"",
				account.Grant{UserID: a.users[email].ID, VaultID: team.ID, Share: true},
			),
		)
	}
	a.browser = a.signIn(memberEmail)
	return &a
}

func (a *nativeApp) createLink(form url.Values, header ...string) reply {
	a.app.t.Helper()
	return a.post(itemPath(a.plainItem)+"/share", form, header...)
}

func anyoneForm(token string) url.Values { return url.Values{"access": {"anyone"}, "token": {token}} }

// wantWords asserts that a page contains each text, or does not contain it: "!text".
func (r reply) wantWords(t *testing.T, what string, words ...string) {
	t.Helper()
	for _, w := range words {
		absent, not := strings.CutPrefix(w, "!")
		if not && strings.Contains(r.body, absent) || !not && !strings.Contains(r.body, w) {
			t.Errorf("%s: want %q", what, w)
		}
	}
}

func TestNativeForm(t *testing.T) {
	a := newNativeApp(t)
	hour := sdk.ItemShareDurationOneHour
	a.account.SetPolicy(sdk.ItemShareAccountPolicy{
		MaxExpiry: sdk.ItemShareDurationSevenDays, DefaultExpiry: sdk.ItemShareDurationOneDay,
		AllowedTypes:          []sdk.AllowedType{sdk.AllowedTypeAuthenticated},
		AllowedRecipientTypes: []sdk.AllowedRecipientType{sdk.AllowedRecipientTypeEmail},
		Files: sdk.ItemShareFiles{
			Allowed:   true,
			MaxSize:   1 << 20,
			MaxExpiry: &hour,
		},
	})
	a.get(itemPath(a.plainItem)+"/share").wantWords(t, "the form",
		"Create 1Password link", "shares the whole item",
		"Your 1Password account allows 7 days at most.",
		"Your 1Password account doesn&#39;t allow links for anyone.",
		"Your 1Password account only allows individual email "+
			"addresses.", `!name="include"`, `!name="chosen"`, `!data-testid="preview"`, "!Email is off")
	a.get(itemPath(a.fileItem)+"/share").
		wantWords(t, "the form of an item with files", "Your 1Password account allows 1 hour at "+
			"most.", "notes.txt", `!name="files"`)
	r := a.createLink(
		url.Values{"access": {"anyone"}, "omit": {"password"}, "totp": {"on"}, "files": {"on"}},
	)
	if r.status != http.StatusUnprocessableEntity || a.account.Calls("Shares.Create") != 0 {
		t.Errorf("parts of a whole: %v", r)
	}
	r.wantWords(
		t,
		"parts of a whole",
		"Nothing can be left out",
		"are always included",
		`data-error="policy_access"`,
		"Your 1Password account doesn&#39;t allow links for anyone.",
	)
	a.post(itemPath(a.plainItem)+"/share/recipients", url.Values{"recipients": {"zoe@client.example " +
		"partner.example"}}).
		wantWords(t, "recipients", `data-recipient="zoe@client.example"`, "Your 1Password account only "+
			"allows individual email addresses.")
	if r := a.post(itemPath(a.plainItem)+"/share/preview",
		anyoneForm("")); r.status != http.StatusConflict {
		t.Errorf("preview: %v", r)
	}
}

func TestNativeLinkOnEveryPage(t *testing.T) {
	a := newNativeApp(t)
	r := a.createLink(
		url.Values{
			"access":       {"recipients"},
			"recipients":   {"zoe@client.example"},
			"expire_after": {"OneDay"},
			"one_time":     {"on"},
		},
	)
	link, about := linkInput.FindStringSubmatch(r.body), shareAddress.FindStringSubmatch(r.body)
	if r.status != http.StatusCreated || link == nil || about == nil ||
		link[1] != a.account.Links()[0].URL {
		t.Fatalf("share: %v", r)
	}
	r.wantWords(t, "the link", "1Password created this link", "Copy message", `data-testid="qr"`)
	if made := a.account.Links()[0]; !made.OneTime || made.Expiry != 24*time.Hour ||
		made.Recipients[0] != "zoe@client.example" {
		t.Errorf("the account was asked for %+v", made)
	}
	a.get("/shares").
		wantWords(t, "the history", `data-testid="native"`, "in 1Password", `data-state="active"`)
	detail := a.get("/shares/" + about[1])
	detail.wantWords(
		t,
		"the share",
		"Managed in 1Password",
		"zoe@client.example",
		`!data-testid="views"`,
		`!data-testid="revoke"`,
		`!data-testid="remove"`,
	)
	for _, path := range []string{"/revoke", "/recipients/0/remove"} {
		if r := a.post("/shares/"+about[1]+path, nil); r.status != http.StatusConflict ||
			!strings.Contains(r.body, "in 1Password") {
			t.Errorf("%s: %v", path, r)
		}
	}
	a.get("/shares.csv").wantWords(t, "CSV", ",status,native,included\n", ",active,true,")
	a.get("/items").wantWords(t, "the list", "1 active link", "Updated ", `action="/items/refresh"`)
	a.get(itemPath(a.plainItem)).wantWords(t, "the item", "in 1Password")
	_, secret, _ := strings.Cut(link[1], "#")
	for where, text := range map[string]string{"the log": a.log.String(), "the " +
		"database": a.dump()} {
		if strings.Contains(text, secret) {
			t.Errorf("%s holds the link", where)
		}
	}
	a.clock.advance(25 * time.Hour)
	a.signIn(memberEmail).
		get("/shares/"+about[1]).
		wantWords(t, "a day later", `data-state="expired"`, "It has expired")
}

// TestTheSameFormMakesOneNativeLink asserts that the account is asked for one link, however often
// a form is sent at once.
func TestTheSameFormMakesOneNativeLink(t *testing.T) {
	a := newNativeApp(t)
	a.createLink(nil) // fills the caches, so that the requests below meet at the link
	var wait sync.WaitGroup
	var mu sync.Mutex
	answers := map[int]int{}
	for range 20 {
		wait.Go(func() {
			r := a.createLink(anyoneForm("0123456789abcdef"))
			mu.Lock()
			defer mu.Unlock()
			answers[r.status]++
		})
	}
	wait.Wait()
	if answers[http.StatusCreated] != 1 || answers[http.StatusConflict] != 19 ||
		len(a.account.Links()) != 1 ||
		a.account.Calls("Shares.Create") != 1 {
		t.Errorf("%v, %d links", answers, len(a.account.Links()))
	}
	a.createLink(anyoneForm("0123456789abcdef")).
		wantWords(t, "later", `data-error="already_created"`, "View link")
}

var hiddenInput = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)

// hiddenFields returns the hidden fields of a page.
func (r reply) hiddenFields() url.Values {
	form := url.Values{}
	for _, found := range hiddenInput.FindAllStringSubmatch(r.body, -1) {
		form.Add(found[1], found[2])
	}
	return form
}

// TestNativeTroubleKeepsWhatWasTyped asserts that a page shows why the account cannot create a
// link, and keeps what was typed.
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
			a := newNativeApp(t)
			a.account.On(c.call, c.trouble)
			r := a.createLink(typed)
			if r.status != http.StatusServiceUnavailable {
				t.Fatalf("answers %v", r)
			}
			// Repeating a request that may have created a link would create a second one.
			if wait := r.header.Get("Retry-After"); (wait == "") != c.unknown {
				t.Errorf("Retry-After: %q", wait)
			}
			r.wantWords(t, c.why, c.words, "!damaged")
			kept := r.hiddenFields()
			for _, field := range []string{"access", "recipients", "expire_after", "one_time"} {
				if kept.Get(field) != typed.Get(field) {
					t.Errorf("%s is lost: %q", field, kept.Get(field))
				}
			}
			if same := kept.Get("token") == typed.Get("token"); same == c.unknown {
				t.Errorf("the token is the same: %t", same)
			}
			admin := a.signIn(adminEmail)
			if told := strings.Contains(admin.get("/admin/audit").body, `data-kind="share.unknown"`); told !=
				c.unknown {
				t.Error("the audit log does not tell")
			}
			if made := strings.Count(a.get("/shares.csv").body, "\n") - 1; made != 0 {
				t.Errorf("%d shares recorded", made)
			}
			if c.unknown {
				if r := a.createLink(typed); r.status != http.StatusConflict &&
					r.status != http.StatusServiceUnavailable {
					t.Errorf("the same form again: %v", r)
				}
			}
		})
	}
}

// TestNativeRetry asserts that the page of a failed attempt creates the link when it is sent
// again, or leads back to the form.
func TestNativeRetry(t *testing.T) {
	a := newNativeApp(t)
	a.account.On("Shares.Create", standin.Trouble{Err: standin.ErrDenied})
	typed := anyoneForm("0123456789abcdef")
	if r := a.createLink(typed); r.status != http.StatusForbidden ||
		!strings.Contains(r.body, "have the Share items permission") {
		t.Errorf("not permitted: %v", r)
	}
	a.account.On("Shares.Create", standin.Trouble{})
	typed.Set("edit", "on")
	typed.Set("one_time", "on")
	if r := a.createLink(typed); r.status != http.StatusOK || len(a.account.Links()) != 0 ||
		!regexp.MustCompile(`name="one_time" value="on"[^>]* checked`).MatchString(r.body) {
		t.Errorf("back to the form: %v", r)
	}
	typed.Del("edit")
	if r := a.createLink(typed); r.status != http.StatusCreated {
		t.Errorf("again: %v", r)
	}
}

func TestPolicyBesideAnAccounts(t *testing.T) {
	a := newNativeApp(t)
	admin := a.signIn(adminEmail)
	admin.get("/admin/policy").
		wantWords(t, "the policy", "Policy of your 1Password account", "Read only. Change it in "+
			"1Password.", "itemshare policy",
			"can only be stricter", "the stricter limit counts", "Review changes", `id="links_by"`)
	a.createLink(anyoneForm(""))
	form := strictPolicy()
	form.Set("affected", "revoke")
	admin.post("/admin/policy/preview", form).
		wantWords(t, "the preview", "Revoke it in 1Password.", "Links created by 1Password keep working")
	if r := admin.post("/admin/policy", form); r.status != http.StatusSeeOther ||
		!strings.HasSuffix(r.header.Get("Location"), "done=saved") {
		t.Errorf("saved: %v %v", r.status, r.header)
	}
	admin.get("/admin/policy?done=saved").wantWords(
		t, "saved", "0 links revoked.", "1 more link breaks the policy. Revoke it in 1Password.",
	)
	a.get(itemPath(a.plainItem)+"/share").wantWords(t, "the form", "The account policy")
	if r := admin.post("/admin/policy/links",
		url.Values{"links_by": {"nobody"}}); r.status != http.StatusUnprocessableEntity ||
		!strings.Contains(r.body, "Choose who creates links.") {
		t.Errorf("nonsense: %v", r)
	}
	if r := admin.post("/admin/policy/links",
		url.Values{"links_by": {"itemshare"}}); r.status != http.StatusSeeOther {
		t.Errorf("chosen: %v", r)
	}
	admin.get("/admin/policy?done=links").wantWords(t, "chosen", "itemshare creates new links.")
	admin.get("/admin/audit").wantWords(t, "the audit log", "links by")
	a.get(itemPath(a.plainItem)+"/share").
		wantWords(t, "our form", `name="include"`, `data-testid="preview"`, "!Create 1Password link")
}

func TestRefresh(t *testing.T) {
	a := newNativeApp(t)
	a.get("/items").wantWords(t, "at first", "Mail server")
	a.account.Rename(a.plainItem.VaultID, a.plainItem.ID, "Mail server, moved")
	a.get("/items").wantWords(t, "remembered", "!Mail server, moved")
	r := a.post("/items/refresh", url.Values{"vault": {a.plainItem.VaultID}, "q": {"mail"}})
	if want := "/items?vault=" + a.plainItem.VaultID + "&q=mail"; r.status != http.StatusSeeOther ||
		r.header.Get("Location") != want {
		t.Fatalf("refresh: %d to %s", r.status, r.header.Get("Location"))
	}
	a.get("/items").wantWords(t, "read anew", "Mail server, moved")
	if r := a.post("/items/refresh",
		url.Values{"vault": {a.app.elsewhere.ID}}); r.status != http.StatusNotFound {
		t.Errorf("a vault of others: %v", r)
	}
	a.account.On("", standin.Trouble{Err: standin.ErrNoNetwork})
	r = a.post("/items/refresh", nil)
	if r.status != http.StatusServiceUnavailable {
		t.Errorf("away: %v", r)
	}
	r.wantWords(t, "away", "can&#39;t reach 1Password", `data-error="unavailable"`)
}

func TestAccountThatIsAway(t *testing.T) {
	a := newNativeApp(t)
	a.account.On("", standin.Trouble{Err: standin.ErrBadToken})
	for path, want := range map[string]int{
		"/items": 503, itemPath(a.plainItem): 503,
		itemPath(a.plainItem) + "/share": 503, "/shares": 200,
	} {
		r := a.get(path)
		if r.status != want {
			t.Errorf("%s: %v", path, r)
		}
		if want == http.StatusServiceUnavailable {
			r.wantWords(t, path, "OP_SERVICE_ACCOUNT_TOKEN", `data-error="unavailable"`)
		}
	}
}

// TestTheRuleOfTheNextVault asserts that one vault that may not be read does not hide the
// account's rules.
func TestTheRuleOfTheNextVault(t *testing.T) {
	a := newNativeApp(t)
	closed, _, err := a.account.Add("Archive", []vault.Item{newLogin("", "Old server")}, nil)
	a.must(err)
	a.must(
		a.accounts.SetGrant(
			t.Context(),
			"",
			account.Grant{UserID: a.users[adminEmail].ID, VaultID: closed.ID, View: true},
		),
	)
	a.account.Hide(closed.ID, true)
	a.account.Hide(a.plainItem.VaultID, true)
	b := a.signIn(adminEmail)
	b.get("/admin/policy").wantWords(t, "both are closed", "have access to this vault", "!Read only.")
	a.account.Hide(a.plainItem.VaultID, false)
	b.get("/admin/policy").
		wantWords(t, "one is closed", "Policy of your 1Password account", "!have access to this "+
			"vault", "Read only.")
}
