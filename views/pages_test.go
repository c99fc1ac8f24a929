package views

import (
	"bytes"
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/share"
	"itemshare/vault"
)

// addresses lists the attributes with an address.
var addresses = []string{"href", "action", "formaction", "src", "hx-get", "hx-post", "data-check"}

// elsewhere matches addresses that need no base: fragments and other sites.
var elsewhere = regexp.MustCompile(`^(#|https://)`)

func TestAddressesHaveTheBase(t *testing.T) {
	for name, page := range (sample{"/under", "text"}).pages() {
		seen := 0
		for _, e := range parse(t, page).elements() {
			for _, attribute := range addresses {
				address, ok := e.attr(attribute)
				if !ok || elsewhere.MatchString(address) {
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

// inlineAttribute matches attributes with code or styles.
var inlineAttribute = regexp.MustCompile(`^(style$|on|hx-on)`)

func TestPagesHaveNoInlineCode(t *testing.T) {
	for name, page := range (sample{"", "text"}).pages() {
		for _, e := range parse(t, page).elements() {
			if _, has := e.attr("src"); e.Data == "style" || e.Data == "script" && !has {
				t.Errorf("%s: an inline <%s>", name, e.Data)
			}
			for _, a := range e.Attr {
				if inlineAttribute.MatchString(a.Key) {
					t.Errorf("%s: <%s %s> breaks the content security policy", name, e.Data, a.Key)
				}
			}
		}
	}
}

// TestProblemsAreInOurWords: of what is required a browser may speak, of what is wrong with it the page does.
func TestProblemsAreInOurWords(t *testing.T) {
	for name, page := range (sample{"", "text"}).pages() {
		for _, e := range parse(t, page).elements() {
			for _, key := range []string{"minlength", "pattern"} {
				if _, has := e.attr(key); has {
					t.Errorf("%s: <%s %s>", name, e.Data, key)
				}
			}
		}
	}
}

// straySpace matches a space before punctuation.
var straySpace = regexp.MustCompile(`\S* [,.;:]( |$)`)

func TestNoSpaceBeforePunctuation(t *testing.T) {
	for name, page := range (sample{"", "text"}).pages() {
		if stray := straySpace.FindString(parse(t, page).text()); stray != "" {
			t.Errorf("%s: %q", name, stray)
		}
	}
}

func TestPagesAreValid(t *testing.T) {
	for name, page := range (sample{"", "text"}).pages() {
		root, ids := parse(t, page), map[string]bool{}
		if got := strings.Count(render(t, page), "<h1"); got != 1 {
			t.Errorf("%s: %d main headings", name, got)
		}
		for _, e := range root.elementsWith("id", "") {
			id, _ := e.attr("id")
			if ids[id] {
				t.Errorf("%s: the ID %q is not unique", name, id)
			}
			ids[id] = true
		}
		for _, e := range root.elementsWith("class", "icon") {
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
						t.Errorf("%s: <%s %s=%q> has no target", name, e.Data, attribute, id)
					}
				}
			}
			if href, _ := e.attr("href"); strings.HasPrefix(href, "#") && !ids[href[1:]] {
				t.Errorf("%s: the target of the link %s is missing", name, href)
			}
		}
	}
}

func TestTextIsEscaped(t *testing.T) {
	plain := map[string][]string{}
	for name, page := range (sample{"", "text"}).pages() {
		plain[name] = structure(parse(t, page))
	}
	for _, text := range []string{
		`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`,
		`</textarea><script>alert(1)</script>`,
		`javascript:alert(1)`, `JaVaScRiPt:alert(1)//https://x.example`, `{{7*7}}${7*7}<%=7*7%>`,
		"\u202egnp.exe", "NUL\x00NUL", "</title><script>alert(1)</script>",
	} {
		for name, page := range (sample{"", text}).pages() {
			root := parse(t, page)
			if got, want := structure(root), plain[name]; !slices.Equal(got, want) {
				t.Fatalf("%s: %q changed the elements of the page", name, text)
			}
			for _, e := range root.elements() {
				href, _ := e.attr("href")
				if strings.HasPrefix(strings.ToLower(href), "javascript:") {
					t.Errorf("%s: a link has the address %s", name, href)
				}
			}
		}
	}
}

// structure returns the elements of a page with the names of their attributes, but for the one that
// says what HTML can't (TestCopiedTextIsExact).
func structure(root tree) []string {
	var all []string
	for _, e := range root.elements() {
		tag := e.Data
		for _, a := range e.Attr {
			if a.Key != "data-exact" {
				tag += " " + a.Key
			}
		}
		all = append(all, tag)
	}
	return all
}

func TestConcealedValuesAreHidden(t *testing.T) {
	for name, page := range (sample{"", "text"}).pages() {
		if shown := strings.Contains(render(t, page), secret); shown != (name == "revealed") {
			t.Errorf("%s: a concealed value shown: %v", name, shown)
		}
	}
}

func TestOnlySharedPageHasTheLink(t *testing.T) {
	for name, page := range (sample{"", "text"}).pages() {
		text := render(t, page)
		if strings.HasPrefix(name, "shared") {
			inputs := parse(t, page).elementsWith("id", "share-link")
			if value, _ := inputs[0].attr("value"); len(inputs) != 1 || value != link {
				t.Errorf("%s: the link reads %q", name, value)
			}
			if strings.Contains(text, "mailto:") {
				t.Errorf("%s: a mailto: address would email the link", name)
			}
			continue
		}
		example := "https://share.company.example/s#" + strings.Repeat(
			"A",
			43,
		) // in the API's description
		if strings.Contains(strings.ReplaceAll(text, example, ""), "/s#") {
			t.Errorf("%s: a link is on the page", name)
		}
	}
}

func TestOnlyTokenPageHasTheToken(t *testing.T) {
	for name, page := range (sample{"", "text"}).pages() {
		want := 0
		switch name {
		case "token", "webhook added", "webhook rotated":
			want = 1
		}
		if got := strings.Count(render(t, page), token); got != want {
			t.Errorf("%s: the token is there %d times, want %d", name, got, want)
		}
	}
}

func TestStableNames(t *testing.T) {
	s := sample{"", "text"}
	for _, c := range []struct {
		page       templ.Component
		attribute  string
		value, tag string
		why        string
	}{
		{SharePage(s.share()), "id", "share-form", "form", "docs/interface.md"},
		{ShareForm(s.share()), "id", "share-form", "form", "the fragment has the form too"},
		{Shared(s.shared(share.Anyone)), "id", "share-link", "input", "docs/interface.md"},
		{
			SignInPage(SignInProps{Shell: s.signedOut(), Code: fault.CodeSigninFailed}),
			"data-error", "signin_failed", "div", "docs/interface.md",
		},
		{
			RecipientChips(s.rejected().Recipients), "data-recipient", "ann@client.example", "li",
			"docs/interface.md",
		},
		{RecipientChips(s.rejected().Recipients), "data-kind", "domain", "li", "docs/interface.md"},
		{
			RecipientChips(s.rejected().Recipients), "data-error", "recipient_invalid", "li",
			"docs/interface.md",
		},
		{PolicyPreview(s.preview()), "data-affected", "s1", "li", "docs/interface.md"},
		{PolicyPreview(s.preview()), "data-affected", "s2", "li", "docs/interface.md"},
		{
			HistoryList(HistoryProps{Shell: s.shell(NavHistory), Shares: s.rows()}), "href",
			"/shares/s1", "a", "the history has its own IDs",
		},
		{ServiceTokenPage(s.serviceToken()), "id", "service-token", "input", "scripts read it"},
		{ItemList(s.items(1)), "href", "/vaults/v1/items/i%2F0", "a", "an ID is one segment"},
		{ErrorNotice(s.failure(503)), "data-error", "some_code", "div", "a fragment has its code"},
	} {
		found := parse(t, c.page).elementsWith(c.attribute, c.value)
		if len(found) != 1 || found[0].Data != c.tag {
			t.Errorf(
				"%d elements with %s=%q, want one <%s>: %s", len(found), c.attribute, c.value,
				c.tag, c.why,
			)
		}
	}
}

func TestRejectedFormKeepsItsValues(t *testing.T) {
	p := (sample{"", "text"}).rejected()
	root := parse(t, SharePage(p))
	if got := len(root.elementsWith("data-error", "")); got != len(p.Problems) {
		t.Errorf("%d elements with data-error for %d problems", got, len(p.Problems))
	}
	if got := root.elementsWith("name", "recipients")[0].text(); got != "ann@client.example text" {
		t.Errorf("recipients read %q", got)
	}
	for _, want := range [][2]string{
		{"access", "recipients"},
		{"expire_after", "ThirtyDays"},
		{"one_time", "on"},
		{"include", "otp"},
		{"include", "url"},
		{"replace", "on"},
	} {
		checked := false
		for _, e := range root.elementsWith("name", want[0]) {
			value, _ := e.attr("value")
			if _, is := e.attr("checked"); is && value == want[1] {
				checked = true
			}
		}
		if !checked {
			t.Errorf("%s=%s is not checked", want[0], want[1])
		}
	}
	for name, want := range map[string]string{"token": "one-use", "from": "s1"} {
		if got, _ := root.elementsWith("name", name)[0].attr("value"); got != want {
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

func TestShareFormShowsLimits(t *testing.T) {
	p := (sample{"", "text"}).share()
	p.Policy, p.Base = accountAndVault(), accountAndVault()
	root := parse(t, SharePage(p))
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
		choice := root.byTestID(t, c.id)
		if got := len(choice.elementsWith("disabled", "")) == 1; got != c.off {
			t.Errorf("%s: disabled %v", c.id, got)
		}
		if !strings.Contains(choice.text(), c.says) {
			t.Errorf("%s says %q", c.id, choice.text())
		}
	}
	limit := "The account policy allows 7 days at most."
	if got := root.byTestID(t, "expiry-limit").text(); got != limit {
		t.Errorf("the limit reads %q", got)
	}
	noFiles := "The account policy doesn't allow files."
	if got := root.byTestID(t, "files-why").text(); got != noFiles {
		t.Errorf("files: %q", got)
	}
	totp := root.byTestID(t, "totp").elementsWith("name", "include")[0]
	if _, checked := totp.attr("checked"); checked {
		t.Error("one-time passwords are included by default")
	}
	p.MailOff = true
	choice := parse(t, SharePage(p)).byTestID(t, "access-recipients")
	if got := choice.text(); !strings.Contains(got, "Email is off") {
		t.Errorf("with email off, recipients read %q", got)
	}
}

func TestErrorPages(t *testing.T) {
	seen := map[string]int{}
	for _, status := range statuses {
		p := sample{"", "text"}.failure(status)
		p.Address = "https://share.example.com"
		root := parse(t, ErrorPage(p))
		heading := root.byTestID(t, "error").text()
		if other, ok := seen[heading]; ok {
			t.Errorf("%d and %d have the same words", other, status)
		}
		seen[heading] = status
		if len(root.byTestID(t, "error").elementsWith("href", "")) == 0 {
			t.Errorf("%d: no link to go on", status)
		}
	}
	twice := ErrorProps{
		Shell: (sample{}).shell(NavNone), Status: 409, Code: fault.CodeAlreadyCreated,
		ShareID: "s9",
	}
	if len(parse(t, ErrorPage(twice)).elementsWith("href", "/shares/s9")) != 1 {
		t.Error("the page has no link to the existing share")
	}
}

func TestViewItemHasAllFields(t *testing.T) {
	view := (sample{"", "text"}).view()
	var ids []string
	for _, s := range view.Sections {
		for _, f := range s.Fields {
			ids = append(ids, f.ID)
		}
	}
	want := []string{"username", "password", "otp", "card", "lost", "key", "none", "url"}
	if !slices.Equal(ids, want) {
		t.Errorf("fields %v, want %v: a field of an unknown section is among them", ids, want)
	}
	for _, s := range view.Sections {
		for _, f := range s.Fields {
			if f.Concealed != (f.Value == "") {
				t.Errorf("%s: concealed %v, value %q", f.ID, f.Concealed, f.Value)
			}
		}
	}
	p := ItemProps{Shell: (sample{}).shell(NavItems), Item: view, MayReveal: true}
	if got := len(parse(t, ItemPage(p)).elementsWith("data-testid", "reveal")); got != 4 {
		t.Errorf("%d values to reveal, want 4: empty ones have no button", got)
	}
	p.MayReveal = false
	if got := len(parse(t, ItemPage(p)).elementsWith("data-testid", "reveal")); got != 0 {
		t.Errorf("%d values to reveal for a reader who may not", got)
	}
}

func TestSiteHref(t *testing.T) {
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
	if len(parse(t, ItemPage(p)).byTestID(t, "websites").elementsWith("href", "")) != 0 {
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

// measure renders into one buffer, as handlers do.
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

func TestViewsByMinute(t *testing.T) {
	detail := sample{text: "x"}.detail()
	for _, c := range []struct {
		rows []ViewRow
		want []string
		not  string
	}{
		{
			detail.Views,
			[]string{"5,600 views in this minute", "Showing the latest 5,602 views", "counted by the minute"},
			"latest 3 views",
		},
		{detail.Views[:2], []string{"Showing the latest 2 views"}, "minute"},
	} {
		detail.Views = c.rows
		text := render(t, ShareDetailPage(detail))
		for _, words := range c.want {
			if !strings.Contains(text, words) {
				t.Errorf("%d rows: no %q", len(c.rows), words)
			}
		}
		if strings.Contains(text, c.not) {
			t.Errorf("%d rows: %q", len(c.rows), c.not)
		}
	}
	event := AuditRow{
		Event: audit.Event{Kind: audit.ShareOpened, Detail: map[string]string{"views": "5600"}},
	}
	if facts := eventFacts(event); len(facts) != 1 || facts[0].Name != "views in this minute" ||
		facts[0].Value != "5,600" {
		t.Errorf("audit: %+v", facts)
	}
}

// TestCopiedTextIsExact: HTML has no NUL and makes one line feed of CR LF, so the script gets such a
// value in another way.
func TestCopiedTextIsExact(t *testing.T) {
	for _, value := range []string{"a\r\nb", "a\rb", "a\x00b", "<a href=\"\">\r\n&amp;\x00 “ü”\u2028"} {
		p := RevealProps{Field: ItemField{Type: vault.FieldConcealed, Value: value}}
		exact, _ := parse(t, RevealedValue(p)).elementsWith("data-testid", "revealed")[0].attr(
			"data-exact",
		)
		var got string
		if err := json.Unmarshal([]byte(exact), &got); err != nil || got != value {
			t.Errorf("%q is copied as %q, %v", value, got, err)
		}
	}
	p := RevealProps{Field: ItemField{Type: vault.FieldConcealed, Value: "a\nb"}}
	if strings.Contains(render(t, RevealedValue(p)), "data-exact") {
		t.Error("a value that HTML can hold stands there twice")
	}
}
