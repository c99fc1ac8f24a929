package e2e

import (
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
)

// checkTyped reads each row of the tables that the server's tests read too.
const checkTyped = `(async () => {
	const { readAddress, readCode } = await import("/recipient-typed.js");
	const wrong = [];
	let ran = 0;
	for (const { why, text, typed } of await (await fetch("/lists.json")).json()) {
		const got = readAddress(text);
		if (got !== typed) wrong.push(why + ": " + JSON.stringify(got));
		ran++;
	}
	for (const { why, text, want } of await (await fetch("/codes.json")).json()) {
		const got = readCode(text);
		if (got !== want) wrong.push(why + ": " + JSON.stringify(got));
		ran++;
	}
	return { ran, wrong };
})()`

// TestTypedInTheBrowser asserts that the recipient's page parses addresses and codes as the
// server does.
func TestTypedInTheBrowser(t *testing.T) {
	site := http.NewServeMux()
	for name, path := range map[string]string{
		"recipient-typed.js": "../static/src/recipient-typed.js",
		"lists.json":         "../address/testdata/lists.json",
		"codes.json":         "../share/testdata/codes.json",
	} {
		if _, err := os.Stat(path); err != nil {
			t.Fatal(err)
		}
		site.HandleFunc("GET /"+name, func(w http.ResponseWriter, r *http.Request) {
			http.ServeFile(w, r, path)
		})
	}
	site.HandleFunc("GET /", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<!doctype html><title>typed</title><link rel=icon href='data:,'>"))
	})
	host := httptest.NewServer(site)
	defer host.Close()

	p := newPage(t, &server{t: t, url: host.URL}, desktop)
	p.visit("/")
	got := eval[struct {
		Ran   int
		Wrong []string
	}](p, checkTyped)
	for _, wrong := range got.Wrong {
		t.Error(wrong)
	}
	if got.Ran < 90 {
		t.Errorf("%d rows ran", got.Ran)
	}
	p.clean()
}
