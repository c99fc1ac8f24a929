package views

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"itemshare/fault"
	"itemshare/share"
	"itemshare/vault"
)

// addresses are the attributes that hold an address.
var addresses = []string{"href", "action", "formaction", "src", "hx-get", "hx-post", "data-check"}

func TestEveryAddressStandsBelowTheBase(t *testing.T) {
	for name, page := range (sample{"/under", "text"}).pages() {
		seen := 0
		for _, e := range parsed(t, page).elements() {
			for _, attribute := range addresses {
				address, ok := e.attr(attribute)
				if !ok || strings.HasPrefix(address, "#") || strings.HasPrefix(address, "https://") {
					continue
				}
				seen++
				if !strings.HasPrefix(address, "/under/") {
					t.Errorf("%s: <%s %s=%q> leaves the base", name, e.Data, attribute, address)
				}
			}
		}
		if seen == 0 {
			t.Errorf("%s: no address at all", name)
		}
	}
}

func TestNothingInline(t *testing.T) {
	for name, page := range (sample{"", "text"}).pages() {
		for _, e := range parsed(t, page).elements() {
			if _, has := e.attr("src"); e.Data == "style" || e.Data == "script" && !has {
				t.Errorf("%s: an inline <%s>", name, e.Data)
			}
			for _, a := range e.Attr {
				if a.Key == "style" || strings.HasPrefix(a.Key, "on") || strings.HasPrefix(a.Key, "hx-on") {
					t.Errorf("%s: <%s %s>: the policy of the page forbids it", name, e.Data, a.Key)
				}
			}
		}
	}
}

func TestPagesAreSound(t *testing.T) {
	for name, page := range (sample{"", "text"}).pages() {
		root, ids := parsed(t, page), map[string]bool{}
		if got := strings.Count(rendered(t, page), "<h1"); got != 1 {
			t.Errorf("%s: %d main headings", name, got)
		}
		for _, e := range root.with("id", "") {
			id, _ := e.attr("id")
			if ids[id] {
				t.Errorf("%s: the id %q stands twice", name, id)
			}
			ids[id] = true
		}
		for _, e := range root.with("class", "icon") {
			if e.FirstChild == nil {
				t.Errorf("%s: an icon without shapes", name)
			}
		}
		for _, e := range root.elements() {
			for _, attribute := range []string{
				"for", "aria-describedby", "aria-labelledby", "popovertarget", "form", "data-copy",
			} {
				refs, _ := e.attr(attribute)
				for _, id := range strings.Fields(refs) {
					if !ids[id] {
						t.Errorf("%s: <%s %s=%q> leads nowhere", name, e.Data, attribute, id)
					}
				}
			}
			if href, _ := e.attr("href"); strings.HasPrefix(href, "#") && !ids[href[1:]] {
				t.Errorf("%s: a link to %s leads nowhere", name, href)
			}
		}
	}
}

// hostile texts, and what they would make of a page that took them for markup.
func TestHostileTextIsText(t *testing.T) {
	for _, text := range []string{
		`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`,
		`</textarea><script>alert(1)</script>`,
		`javascript:alert(1)`, `JaVaScRiPt:alert(1)//https://x.example`, `{{7*7}}${7*7}<%=7*7%>`,
		"\u202egnp.exe", "NUL\x00NUL", "</title><script>alert(1)</script>",
	} {
		for name, page := range (sample{"", text}).pages() {
			root, plain := parsed(t, page), parsed(t, sample{"", "text"}.pages()[name])
			if got, want := shape(root), shape(plain); !slices.Equal(got, want) {
				t.Fatalf("%s: %q changed the elements of the page", name, text)
			}
			for _, e := range root.elements() {
				if href, _ := e.attr("href"); strings.HasPrefix(
					strings.ToLower(href), "javascript:",
				) {
					t.Errorf("%s: a link leads to %s", name, href)
				}
			}
		}
	}
}

// shape are the elements of a page with the names of their attributes.
func shape(root tree) []string {
	var all []string
	for _, e := range root.elements() {
		tag := e.Data
		for _, a := range e.Attr {
			tag += " " + a.Key
		}
		all = append(all, tag)
	}
	return all
}

func TestConcealedValuesStayBehind(t *testing.T) {
	for name, page := range (sample{"", "text"}).pages() {
		if shown := strings.Contains(rendered(t, page), secret); shown != (name == "revealed") {
			t.Errorf("%s: a concealed value shown: %v", name, shown)
		}
	}
}

func TestTheLinkStandsWhereItIsShownOnceAndNowhereElse(t *testing.T) {
	for name, page := range (sample{"", "text"}).pages() {
		text := rendered(t, page)
		if strings.HasPrefix(name, "shared") {
			inputs := parsed(t, page).with("id", "share-link")
			if value, _ := inputs[0].attr("value"); len(inputs) != 1 || value != link {
				t.Errorf("%s: the link reads %q", name, value)
			}
			if strings.Contains(text, "mailto:") {
				t.Errorf("%s: a mailto: would put the link into mail", name)
			}
			continue
		}
		if strings.Contains(text, "/s#") {
			t.Errorf("%s: a link is on the page", name)
		}
	}
}

func TestTheTokenStandsWhereItIsShownOnceAndNowhereElse(t *testing.T) {
	for name, page := range (sample{"", "text"}).pages() {
		want := 0
		if name == "token" {
			want = 1
		}
		if got := strings.Count(rendered(t, page), token); got != want {
			t.Errorf("%s: the token stands there %d times, want %d", name, got, want)
		}
	}
}

func TestNamesThatOthersRelyOn(t *testing.T) {
	s := sample{"", "text"}
	for _, c := range []struct {
		page       templ.Component
		attribute  string
		value, tag string
		why        string
	}{
		{SharePage(s.share()), "id", "share-form", "form", "docs/interface.md"},
		{ShareForm(s.share()), "id", "share-form", "form", "the fragment holds the form too"},
		{Shared(s.shared(share.Anyone)), "id", "share-link", "input", "docs/interface.md"},
		{
			SignInPage(SignInProps{Shell: s.nobody(), Code: fault.CodeSigninFailed}), "data-error",
			"signin_failed", "div", "docs/interface.md",
		},
		{
			RecipientChips(s.refused().Recipients), "data-recipient", "ann@client.example", "li",
			"docs/interface.md",
		},
		{RecipientChips(s.refused().Recipients), "data-kind", "domain", "li", "docs/interface.md"},
		{
			RecipientChips(s.refused().Recipients), "data-error", "recipient_invalid", "li",
			"docs/interface.md",
		},
		{PolicyPreview(s.preview()), "data-affected", "s1", "li", "docs/interface.md"},
		{PolicyPreview(s.preview()), "data-affected", "s2", "li", "docs/interface.md"},
		{
			HistoryList(HistoryProps{Shell: s.shell(NavHistory), Shares: s.rows()}), "href",
			"/shares/s1", "a", "history links by the history's own id",
		},
		{ServiceTokenPage(s.serviceToken()), "id", "service-token", "input", "scripts read it"},
		{ItemList(s.items(1)), "href", "/vaults/v1/items/i%2F0", "a", "an id is one segment"},
		{ErrorNotice(s.failure(503)), "data-error", "some_code", "div", "a fragment says its code"},
	} {
		found := parsed(t, c.page).with(c.attribute, c.value)
		if len(found) != 1 || found[0].Data != c.tag {
			t.Errorf(
				"%d elements with %s=%q, want one <%s>: %s", len(found), c.attribute, c.value,
				c.tag, c.why,
			)
		}
	}
}

func TestARefusedFormHoldsWhatWasTyped(t *testing.T) {
	p := (sample{"", "text"}).refused()
	root := parsed(t, SharePage(p))
	if got := len(root.with("data-error", "")); got != len(p.Problems) {
		t.Errorf("%d elements with data-error for %d problems", got, len(p.Problems))
	}
	if got := root.with("name", "recipients")[0].text(); got != "ann@client.example text" {
		t.Errorf("recipients read %q", got)
	}
	for _, want := range [][2]string{
		{"access", "recipients"},
		{"expire_after", "ThirtyDays"},
		{"one_time", "on"},
		{"totp", "on"},
		{"omit", "url"},
		{"replace", "on"},
	} {
		checked := false
		for _, e := range root.with("name", want[0]) {
			value, _ := e.attr("value")
			if _, is := e.attr("checked"); is && value == want[1] {
				checked = true
			}
		}
		if !checked {
			t.Errorf("%s=%s is not checked any more", want[0], want[1])
		}
	}
	for name, want := range map[string]string{"token": "one-use", "from": "s1"} {
		if got, _ := root.with("name", name)[0].attr("value"); got != want {
			t.Errorf("%s reads %q", name, got)
		}
	}
}

// accountAndVault is tightPolicy, of which the vault sets the link types and the views.
func accountAndVault() share.Effective {
	account, own := tightPolicy(), tightPolicy()
	account.AllowedTypes, account.MaxViews = openPolicy().AllowedTypes, 0
	return share.Combine(account, &own)
}

func TestLimitsAreShownBeforehand(t *testing.T) {
	p := (sample{"", "text"}).share()
	p.Policy = accountAndVault()
	root := parsed(t, SharePage(p))
	for _, c := range []struct {
		id   string
		off  bool
		says string
	}{
		{"expire-SevenDays", false, ""},
		{"expire-FourteenDays", true, ""},
		{"expire-ThirtyDays", true, ""},
		{"access-anyone", true, "This vault's policy doesn't allow links for anyone."},
		{"access-recipients", false, ""},
		{"one_time-", true, "This vault's policy allows 1 view at most."},
		{"one_time-on", false, ""},
	} {
		choice := root.by(t, c.id)
		if got := len(choice.with("disabled", "")) == 1; got != c.off {
			t.Errorf("%s: disabled %v", c.id, got)
		}
		if !strings.Contains(choice.text(), c.says) {
			t.Errorf("%s says %q", c.id, choice.text())
		}
	}
	if got := root.by(t, "expiry-limit").text(); got != "The account policy allows 7 days at most." {
		t.Errorf("the limit reads %q", got)
	}
	if got := root.by(t, "files-why").text(); got != "The account policy doesn't allow files." {
		t.Errorf("files: %q", got)
	}
	if _, checked := root.by(t, "totp").with("name", "totp")[0].attr("checked"); checked {
		t.Error("one-time passwords come along unasked")
	}
	p.MailOff = true
	if got := parsed(t, SharePage(p)).by(t, "access-recipients").text(); !strings.Contains(got, "Email is off") {
		t.Errorf("with mail off named people read %q", got)
	}
}

func TestEveryErrorHasItsOwnWordsAndAWayOn(t *testing.T) {
	seen := map[string]int{}
	for _, status := range statuses {
		p := sample{"", "text"}.failure(status)
		p.Address = "https://share.example.com"
		root := parsed(t, ErrorPage(p))
		heading := root.by(t, "error").text()
		if other, twice := seen[heading]; twice {
			t.Errorf("%d and %d say the same", other, status)
		}
		seen[heading] = status
		if len(root.by(t, "error").with("href", "")) == 0 {
			t.Errorf("%d: no way on", status)
		}
	}
	made := ErrorProps{
		Shell: (sample{}).shell(NavNone), Status: 409, Code: fault.CodeAlreadyCreated,
		ShareID: "s9",
	}
	if len(parsed(t, ErrorPage(made)).with("href", "/shares/s9")) != 1 {
		t.Error("a form sent twice does not lead to the link that it made")
	}
}

func TestItemsKeepTheirFields(t *testing.T) {
	view := (sample{"", "text"}).view()
	var ids []string
	for _, s := range view.Sections {
		for _, f := range s.Fields {
			ids = append(ids, f.ID)
		}
	}
	if want := []string{
		"username", "password", "otp", "card", "lost", "key", "none", "url",
	}; !slices.Equal(ids, want) {
		t.Errorf("fields %v, want %v: one of an unknown section is not lost", ids, want)
	}
	for _, s := range view.Sections {
		for _, f := range s.Fields {
			if f.Concealed != (f.Value == "") {
				t.Errorf("%s: concealed %v, value %q", f.ID, f.Concealed, f.Value)
			}
		}
	}
	root := parsed(t, ItemPage(ItemProps{Shell: (sample{}).shell(NavItems), Item: view}))
	if got := len(root.with("data-testid", "reveal")); got != 4 {
		t.Errorf("%d values to reveal, want 4: an empty one has nothing to show", got)
	}
}

func TestOnlyWebAddressesBecomeLinks(t *testing.T) {
	for address, want := range map[string]string{
		"https://example.com/a?b=c":          "https://example.com/a?b=c",
		"HTTP://example.com":                 "http://example.com",
		"javascript:alert(1)":                "",
		"java\tscript:alert(1)":              "",
		"javascript://x.example/%0aalert(1)": "",
		"ftp://example.com":                  "",
		"data:text/html,x":                   "",
		"file:///etc/passwd":                 "",
		"//example.com":                      "",
		"example.com":                        "",
		"https:example.com":                  "",
		"":                                   "",
		"https://user:pw@example.com":        "https://user:pw@example.com",
	} {
		if got := siteHref(address); got != want {
			t.Errorf("siteHref(%q) = %q, want %q", address, got, want)
		}
	}
	p := ItemProps{
		Shell: (sample{}).shell(NavItems),
		Item:  ViewItem(vault.Item{Websites: []vault.Website{{URL: "javascript:alert(1)"}}}, ""),
	}
	if len(parsed(t, ItemPage(p)).by(t, "websites").with("href", "")) != 0 {
		t.Error("a script became a link")
	}
}

func BenchmarkItemsPage(b *testing.B) {
	page := ItemsPage((sample{"", "Deploy account on build server"}).items(50))
	measure(b, page)
}

func BenchmarkHistoryPage(b *testing.B) {
	s := sample{"", "Deploy account on build server"}
	p := HistoryProps{Shell: s.shell(NavHistory)}
	for range 50 {
		p.Shares = append(p.Shares, s.rows()[0])
	}
	page := HistoryPage(p)
	measure(b, page)
}

// measure renders into a buffer that is used again, as handlers do.
func measure(b *testing.B, page templ.Component) {
	var out bytes.Buffer
	b.ReportAllocs()
	for b.Loop() {
		out.Reset()
		if err := page.Render(context.Background(), &out); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(out.Len()), "bytes/page")
}
