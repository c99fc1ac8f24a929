package e2e

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/chromedp/kb"
)

var renew = flag.Bool("renew", false, "write what assistive technology reads into testdata/reading")

// reads fails the test unless assistive technology finds in the main part of the page, in its order,
// what testdata/reading/{name}.txt holds: roles, names, values, states and descriptions.
func (p *page) reads(name string) {
	p.t.Helper()
	p.awaitSettled()
	path := filepath.Join("testdata", "reading", name+".txt")
	if *renew {
		p.renewReading(path)
		return
	}
	file, err := os.ReadFile(path)
	if err != nil {
		p.t.Fatal(err)
	}
	want := string(file)
	got := p.reading()
	for deadline := time.Now().Add(patience); got != want && time.Now().Before(deadline); {
		time.Sleep(100 * time.Millisecond)
		got = p.reading()
	}
	if got != want {
		p.t.Errorf("%s is read otherwise; -renew writes it anew:\n%s", path, firstDifference(got, want))
	}
}

// renewReading stores what the page reads once it has come to rest.
func (p *page) renewReading(path string) {
	p.t.Helper()
	p.awaitQuiet()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(p.reading()), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// reading returns the accessibility tree as text, a node a line, those inside another indented.
func (p *page) reading() string {
	p.t.Helper()
	tree := call(p, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	nodes := map[accessibility.NodeID]*accessibility.Node{}
	for _, n := range tree.Nodes {
		nodes[n.NodeID] = n
	}
	w := &readingWriter{nodes: nodes}
	for _, n := range tree.Nodes {
		role := textOf(n.Role)
		if !n.Ignored && (role == "main" || strings.HasSuffix(role, "dialog")) {
			w.write(n, "")
		}
	}
	return masked(w.String())
}

// readingWriter writes nodes of an accessibility tree. Roles that only Chromium has are left out,
// and what is in them stands for itself.
type readingWriter struct {
	strings.Builder
	nodes map[accessibility.NodeID]*accessibility.Node
	last  string // what the node before said, which the texts of its label repeat
}

// sameRole maps Chromium's names of roles to WAI-ARIA's, which do not change from one version to
// the next.
var sameRole = map[string]string{
	"StaticText": "text", "DescriptionListTerm": "term", "DescriptionListDetail": "definition",
	"DisclosureTriangle": "button", "DisclosureTriangleGrouped": "button", "Date": "textbox", "InputTime": "textbox",
}

// readRoles are the roles that assistive technology tells its user.
var readRoles = strings.Fields(`alert alertdialog article banner button cell checkbox columnheader
	combobox complementary contentinfo definition dialog form gridcell group heading img image link
	list listbox listitem log main menu menuitem meter navigation option progressbar radio radiogroup
	region row rowheader search searchbox separator slider spinbutton status switch tab table tablist
	tabpanel term text textbox timer`)

// write writes a node and what is in it.
func (w *readingWriter) write(n *accessibility.Node, indent string) {
	role := textOf(n.Role)
	if same := sameRole[role]; same != "" {
		role = same
	}
	if !n.Ignored && slices.Contains(readRoles, role) {
		line := lineOf(n, role)
		if role == "text" && strings.Contains(w.last, oneLine(textOf(n.Name))) {
			return
		}
		fmt.Fprintln(w, indent+line)
		indent += "  "
		if w.last = line; role == "text" {
			w.last = ""
		}
	}
	if role == "combobox" || role == "textbox" || role == "text" {
		return // a combobox's options are a list of its own
	}
	for _, id := range n.ChildIDs {
		if child := w.nodes[id]; child != nil {
			w.write(child, indent)
		}
	}
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// states are the properties that are read with a node where they are true.
var states = []accessibility.PropertyName{
	"busy", "disabled", "focused", "modal", "pressed", "readonly", "required", "selected",
}

func lineOf(n *accessibility.Node, role string) string {
	line, name := role, textOf(n.Name)
	if name != "" {
		line += ` "` + oneLine(name) + `"`
	}
	if value := textOf(n.Value); value != "" && value != name {
		line += ` = "` + oneLine(value) + `"`
	}
	properties := map[accessibility.PropertyName]string{}
	for _, p := range n.Properties {
		properties[p.Name] = textOf(p.Value)
	}
	if level := properties["level"]; level != "" && role == "heading" {
		line += " level " + level
	}
	for _, state := range states {
		if properties[state] == "true" {
			line += ", " + string(state)
		}
	}
	switch properties["checked"] {
	case "true", "mixed":
		line += ", checked"
	case "false":
		line += ", not checked"
	}
	switch properties["expanded"] {
	case "true":
		line += ", expanded"
	case "false":
		line += ", collapsed"
	}
	if invalid := properties["invalid"]; invalid != "" && invalid != "false" {
		line += ", invalid"
	}
	if description := textOf(n.Description); description != "" {
		line += " (" + oneLine(description) + ")"
	}
	return line
}

// textOf returns a value of the tree as text.
func textOf(v *accessibility.Value) string {
	if v == nil {
		return ""
	}
	var value any
	if err := json.Unmarshal(v.Value, &value); err != nil || value == nil {
		return ""
	}
	return fmt.Sprint(value)
}

// volatile is what differs from one run to the next.
var volatile = []struct {
	*regexp.Regexp
	mask string
}{
	{regexp.MustCompile(`\d{4}-\d\d-\d\d`), "DATE"},
	{regexp.MustCompile(`(January|February|March|April|May|June|July|August|September|October|November|December) ` +
		`\d?\d(, \d{4})?((,| at) \d?\d:\d\d.[AP]M)?( \((GMT|UTC)[^)]*\))?`), "DATE"},
	{regexp.MustCompile(`\d+ (second|minute|hour)s? ago|just now`), "AGO"},
	{regexp.MustCompile(`in \d+ (hour|day)s?"`), `AHEAD"`},
	{regexp.MustCompile(`\d+ days? left`), "TIME left"},
	{regexp.MustCompile(`\b\d?\d:\d\d(.[AP]M)?\b`), "TIME"},
	{regexp.MustCompile(`(localhost|127\.0\.0\.1):\d+`), "HOST"},
	{regexp.MustCompile(`/s#[\w-]{43}`), "/s#SECRET"},
	{regexp.MustCompile(`\(\d+ seconds?\)`), "(N seconds)"},
	{regexp.MustCompile(`text "\d{3} \d{3}"\n( *)text "\d+"\n`), "text \"CODE\"\n${1}text \"N\"\n"},
	{regexp.MustCompile(`(progressbar "[^"]*") = "\d+"`), `$1 = "N"`},
}

func masked(text string) string {
	for _, v := range volatile {
		text = v.ReplaceAllString(text, v.mask)
	}
	return text
}

// firstDifference returns the lines around the first one that is not in both texts.
func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	at := 0
	for at < len(g) && at < len(w) && g[at] == w[at] {
		at++
	}
	around := func(lines []string) string {
		return strings.Join(lines[min(len(lines), max(0, at-2)):min(len(lines), at+6)], "\n")
	}
	return fmt.Sprintf("line %d is\n%s\nwant\n%s", at+1, around(g), around(w))
}

// TestReadingTheShareForm walks the share form, its preview and the page of a new link as a screen
// reader does.
func TestReadingTheShareForm(t *testing.T) {
	s := start(t)
	item, _ := signedIn(t, s, admin).itemWithOneTimePassword()
	p := newPage(t, s, desktop)
	p.signIn(admin)
	p.visit(item + "/share")
	p.openIncluded()
	p.reads("share-form")

	p.choose(`[name=access][value=recipients]`)
	p.fill(recipientsField, "ann@client.example, partner.example, wrong@"+kb.Enter)
	p.await(`[data-error=recipient_invalid]`)
	p.fill(recipientsField, "ann@gmial.com"+kb.Enter)
	p.awaitTrue("four chips", `document.querySelectorAll("#chips li").length === 4`)
	p.reads("share-form-recipients")
	p.click(submitShare)
	p.await(`[data-testid=problems]`)
	p.reads("share-form-refused")

	p.openPreview(item)
	p.reads("share-preview")

	p.visit(item + "/share")
	p.click(submitShare)
	p.await(`input#share-link`)
	p.reads("share-link")
}

// TestReadingTheHistory walks the history, a share's page and the question before a link is revoked.
func TestReadingTheHistory(t *testing.T) {
	s := start(t)
	c := signedIn(t, s, admin)
	item, _ := c.itemWithOneTimePassword()
	c.share(item, nil)
	l := c.share(item,
		url.Values{"access": {"recipients"}, "recipients": {"ann@client.example, partner.example"}})
	l.call("code", with{"email": "ann@client.example"})
	l.item(with{"email": "ann@client.example", "code": s.mailedCode("ann@client.example")})
	p := newPage(t, s, desktop)
	p.signIn(admin)
	p.visit("/shares?with=ann@client.example")
	p.reads("history")
	p.choose(`[name=revoke]`)
	p.await(`[data-selection]`)
	p.reads("history-selected")
	p.visit(c.shares("")[0])
	p.reads("share")
	p.click(`[data-testid=revoke-ask] summary`)
	p.awaitTrue("a dialog", modal)
	p.reads("share-revoke")
	p.click(`dialog [data-testid=revoke]`)
	p.await(`[data-testid=flash]`)
	p.reads("share-revoked")
}

// TestReadingTheRecipientsPage walks each step of the recipient's page.
func TestReadingTheRecipientsPage(t *testing.T) {
	program := start(t)
	for _, scene := range scenes {
		if scene.options != nil || scene.name == "item-hostile" {
			continue
		}
		t.Run(scene.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, program)
			if scene.set != nil {
				scene.set(s)
			}
			p := newPage(t, s.server, phone)
			scene.play(p, s)
			p.awaitState(scene.state)
			p.reads("recipient-" + scene.name)
		})
	}
}
