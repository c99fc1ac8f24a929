package e2e

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"
)

// TestOtherEngines opens links in Firefox and in WebKit, as recipients have them.
func TestOtherEngines(t *testing.T) {
	program := start(t)
	for name, begin := range map[string]func(*testing.T) *engine{
		"Firefox": startFirefox, "WebKit": startWebKit,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := begin(t)
			if name == "Firefox" { // WebKit under WebDriver does not tell: see noReports
				e.reportsErrors(t, program)
			}
			for _, row := range []struct {
				name string
				run  func(*testing.T, *server, opener)
			}{
				{"links of the program itself", realLinks},
				{"the secret leaves the address at once and stays in the tab", secretLeavesTheAddress},
				{"a secret in the path is taken out of it", secretInThePath},
				{"a link that does not read sends nothing", unreadableLinksSendNothing},
				{"links in the address bar are read as the clients read them", linksInTheAddressBar},
				{"a pasted message opens", pastedMessages},
				{"seeds are read as the server reads them", seedsAsTheServerReadsThem},
				{"hostile text stays text", hostileTextStaysText},
				{"no view without what shows the item", noViewWithoutWhatShowsIt},
				{"save as file", saveAsFile},
				{"the very bytes of a file, under a cleaned name", theVeryBytes},
				{"says under which name a file was saved", saysTheName},
				{"an empty file", anEmptyFile},
			} {
				t.Run(row.name, func(t *testing.T) { row.run(t, program, e.open) })
			}
			for _, scene := range scenes {
				if scene.options == nil {
					t.Run(scene.name, func(t *testing.T) { scene.check(t, program, e.open) })
				}
			}
		})
	}
}

// reportsErrors fails unless the engine tells what goes wrong in a page.
func (e *engine) reportsErrors(t *testing.T, program *server) {
	t.Helper()
	r := &tab{engine: e, t: t, server: program}
	for _, script := range []string{
		`setTimeout(() => { throw new Error("red") })`,
		`document.body.append(Object.assign(new Image(), { src: "https://other.example/red.png" }))`,
	} {
		r.visit("/s")
		e.reports()
		_, _ = r.run(script)
		within(t, patience, "a report", e.output, func() error {
			if len(e.reports()) == 0 {
				return errors.New("nothing was reported of " + script)
			}
			return nil
		})
	}
}

// check plays a scene and looks for a way on.
func (scene scene) check(t *testing.T, program *server, open opener) {
	s, r := onStageIn(open, t, program, scene.set)
	scene.play(r, s)
	r.awaitState(scene.state)
	if scene.ended && r.count(`.way-on, [data-testid=retry]`) == 0 {
		t.Error("a dead end without a way on")
	}
	if !scene.noisy {
		r.clean()
	}
}

// realLinks opens links that the program itself made: for anyone, for one view, with a file, and for
// a named person with a code that was mailed.
func realLinks(t *testing.T, program *server, open opener) {
	c := signedIn(t, program, admin)
	item := c.anItem()
	title := c.title(item)
	r := open(t, program)
	show := func(l link) {
		r.visit(l.String())
		r.click(`[data-testid=show]`)
	}

	show(c.share(item, nil))
	r.await(`[data-testid=item]`)
	if got := r.text(`[data-testid=title]`); got != title {
		t.Errorf("the item is %q, want %q", got, title)
	}

	once := c.share(item, url.Values{"one_time": {"on"}})
	show(once)
	r.await(`[data-testid=item]`)
	loadAgain(r)
	r.await(`[data-testid=item]`) // by the same view
	_ = ask[bool](r, `(sessionStorage.clear(), true)`)
	r.visit(once.String())
	r.awaitState("viewed")

	dir := r.downloads()
	show(c.share(c.itemWith("welcome.txt"), url.Values{"files": {"on"}}))
	r.click(`[aria-label="Download welcome.txt"]`)
	if got := awaitFile(t, dir, "welcome.txt"); !strings.HasPrefix(string(got), "Welcome to the demo.") {
		t.Errorf("%q was downloaded", got)
	}

	ann := fmt.Sprintf("ann%d@client.example", time.Now().UnixNano())
	r.visit(c.share(item, url.Values{"access": {"recipients"}, "recipients": {ann}}).String())
	r.fill(`[data-testid=email]`, " Ann <"+ann+">; ")
	r.click(`[data-testid=send-code]`)
	code := program.mailedCode(ann)
	r.fill(`[data-testid=code]`, code[:4]+"-"+code[4:])
	r.click(`[data-testid=show]`)
	r.await(`[data-testid=item]`)
	r.clean()
}

// itemWith returns the first item whose page has a text.
func (c *client) itemWith(text string) string {
	c.t.Helper()
	for _, item := range c.items("") {
		if strings.Contains(c.get(item).body, text) {
			return item
		}
	}
	c.t.Fatalf("no demo item has %s", text)
	return ""
}
