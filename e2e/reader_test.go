package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// reader is the recipient's browser, of any engine. Each method fails the test where it cannot do
// what it is for.
type reader interface {
	visit(address string)
	click(css string)
	fill(css, text string)
	await(css string)
	awaitState(state string)
	awaitText(text string)
	awaitTrue(what, expression string)
	text(css string) string
	count(css string) int
	json(expression string) []byte
	downloads() string
	clean()
}

// opener opens an empty page of a server in one engine.
type opener func(t *testing.T, s *server) reader

func inChromium(t *testing.T, s *server) reader { return newPage(t, s, phone) }

// in makes a test of one engine of a test for all.
func in(open opener, run func(*testing.T, *server, opener)) func(*testing.T, *server) {
	return func(t *testing.T, program *server) { run(t, program, open) }
}

// ask returns what a JavaScript expression gives in the page.
func ask[T any](r reader, expression string) (v T) {
	if err := json.Unmarshal(r.json(expression), &v); err != nil {
		panic(fmt.Sprintf("%s: %v", expression, err))
	}
	return v
}

func (p *page) json(expression string) []byte {
	p.t.Helper()
	return []byte(eval[string](p, `JSON.stringify(`+expression+`)`))
}

// tab is the window of an engine for the time of one test.
type tab struct {
	*engine
	t      *testing.T
	server *server
}

func (e *engine) open(t *testing.T, s *server) reader {
	r := &tab{engine: e, t: t, server: s}
	r.visit("about:blank")
	e.reports()
	return r
}

func (r *tab) visit(address string) {
	r.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = r.server.url + address
	}
	if strings.Contains(address, "#") {
		// A new fragment alone would not load the page again.
		r.must(r.t, "Navigate", with{"url": "about:blank"})
	}
	r.must(r.t, "Navigate", with{"url": address})
}

// element waits until an element is there to be used, and returns WebDriver's name for it.
func (r *tab) element(css string) string {
	r.t.Helper()
	r.await(css)
	found := r.must(r.t, "FindElement", with{"using": "css selector", "value": css})
	var names map[string]string
	if err := json.Unmarshal(found, &names); err != nil {
		r.t.Fatal(err)
	}
	for _, name := range names {
		return name
	}
	r.t.Fatalf("%s was not found", css)
	return ""
}

func (r *tab) click(css string) {
	r.t.Helper()
	r.must(r.t, "ElementClick", with{"id": r.element(css)})
}

func (r *tab) fill(css, text string) {
	r.t.Helper()
	id := r.element(css)
	r.must(r.t, "ElementClear", with{"id": id})
	r.must(r.t, "ElementSendKeys", with{"id": id, "text": text})
}

func (r *tab) await(css string) {
	r.t.Helper()
	r.awaitTrue(css, element(css)+`?.checkVisibility() === true`)
}

func (r *tab) awaitState(state string) {
	r.t.Helper()
	r.await(fmt.Sprintf(`main[data-state=%q]`, state))
}

func (r *tab) awaitText(text string) {
	r.t.Helper()
	r.awaitTrue("the text "+text, showsText(text))
}

func (r *tab) awaitTrue(what, expression string) {
	r.t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(25 * time.Millisecond) {
		answer, err := r.run(expression)
		if err == nil && string(answer) == "true" {
			return
		}
		if time.Now().After(deadline) {
			state, _ := r.run(`location.origin + location.pathname + "\n" + document.body.innerText`)
			r.t.Fatalf("waited for %s: %s %v\n%s\n%s", what, answer, err, state, r.reports())
		}
	}
}

func (r *tab) text(css string) string {
	r.t.Helper()
	return ask[string](r, element(css)+`?.innerText ?? "(absent)"`)
}

func (r *tab) count(css string) int {
	r.t.Helper()
	return ask[int](r, fmt.Sprintf(`document.querySelectorAll(%s).length`, quote(css)))
}

func (r *tab) json(expression string) []byte {
	r.t.Helper()
	answer, err := r.run(expression)
	if err != nil {
		r.t.Fatalf("%s: %v", expression, err)
	}
	return answer
}

func (r *tab) run(expression string) ([]byte, error) {
	return r.send("ExecuteScript", with{"script": "return " + expression, "args": []any{}})
}

// downloads empties the engine's folder for downloads, which it returns.
func (r *tab) downloads() string {
	r.t.Helper()
	entries, err := os.ReadDir(r.folder)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, entry := range entries {
		if err := os.Remove(filepath.Join(r.folder, entry.Name())); err != nil {
			r.t.Fatal(err)
		}
	}
	return r.folder
}

func (r *tab) clean() {
	r.t.Helper()
	for _, text := range r.reports() {
		r.t.Errorf("the page reported: %s", text)
	}
}
