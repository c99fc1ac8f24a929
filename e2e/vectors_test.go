package e2e

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
)

// checkVectors runs every test vector through the functions of the recipient's page and returns
// the failures.
const checkVectors = `(async () => {
	const { chunkCount, fromBase64url, openContent, openFile, readLink, toBase64url } =
		await import("/share-link-v1.js");
	const vectors = await (await fetch("/vectors.json")).json();
	const wrong = [];
	const same = (what, got, want) => got === want || wrong.push(what + ": " + got + " is not " + want);
	const refused = async (what, run) => {
		try {
			await run();
			wrong.push("not refused: " + what);
		} catch (e) {
			e.name === "Error" || wrong.push(what + ": " + e);
		}
	};
	const hex = async (bytes) => {
		const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
		return [...sum].map(b => b.toString(16).padStart(2, "0")).join("");
	};
	const content = async (v) => openContent(await readLink(v.secret), v, v);
	const file = async (v) => {
		const { index, plaintext_size: size, chunk_size, nonce_prefix } = v;
		const fetchChunk = async (n) => {
			if (n >= v.chunks.length) throw new Error("no such chunk");
			return fromBase64url(v.chunks[n]);
		};
		const entry = { index, size, chunk_size, nonce_prefix };
		const parts = await openFile(await readLink(v.secret), v, entry, fetchChunk);
		return new Uint8Array(await new Blob(parts).arrayBuffer());
	};
	let ran = 0;
	for (const v of vectors.derive) {
		const link = await readLink(v.secret);
		same("id", link.id, v.id);
		same("token", link.token, v.access_token);
		same("token's hash", await hex(fromBase64url(link.token)), v.access_token_sha256);
		same("content key", toBase64url(await link.contentKey()), v.content_key);
		ran++;
	}
	for (const v of vectors.content) { same("content", JSON.stringify(await content(v)), v.json); ran++; }
	for (const v of vectors.file) {
		same("file key", toBase64url(await (await readLink(v.secret)).fileKey(v.index)), v.key);
		same("chunks", chunkCount({ size: v.plaintext_size, chunk_size: v.chunk_size }), v.chunks.length);
		const plain = await file(v);
		same("file size", plain.length, v.plaintext_size);
		same("file hash", await hex(plain), v.plaintext_sha256);
		ran++;
	}
	for (const v of vectors.reject) { await refused(v.why, () => content(v)); ran++; }
	for (const v of vectors.reject_file) { await refused(v.why, () => file(v)); ran++; }
	for (const text of vectors.link.accept) {
		same("link", toBase64url(fromBase64url(text, 32)), text);
		await readLink(text);
		ran++;
	}
	for (const v of vectors.link.refuse) { await refused("link: " + v.why, () => readLink(v.text)); ran++; }
	return { ran, wrong };
})()`

// TestLinksInTheBrowser runs the table of links through the parser of the recipient's page.
func TestLinksInTheBrowser(t *testing.T) {
	site := http.NewServeMux()
	site.HandleFunc("GET /link.js", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, "../clients/javascript/link.js")
	})
	site.HandleFunc("GET /", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<!doctype html><title>links</title><link rel=icon href='data:,'>"))
	})
	host := httptest.NewServer(site)
	defer host.Close()
	p := newPage(t, &server{t: t, url: host.URL}, desktop)
	p.visit("/")
	cases := readLinkCases(t)
	texts := make([]string, len(cases))
	for i, c := range cases {
		texts[i] = c.Text
	}
	sent, err := json.Marshal(texts)
	if err != nil {
		t.Fatal(err)
	}
	found := eval[[]struct{ Base, Secret string }](p, `(async () => {
		const { findLink } = await import("/link.js");
		return `+string(sent)+`.map((text) => findLink(text) ?? {});
	})()`)
	for i, c := range cases {
		if got := found[i]; got.Base != c.Base || got.Secret != c.Secret {
			t.Errorf("%s: %+v", c.Case, got)
		}
	}
	p.clean()
}

func TestVectorsInTheBrowser(t *testing.T) {
	const path = "../share/link/testdata/share-link-v1.vectors.json"
	vectors, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	site := http.NewServeMux()
	site.HandleFunc("GET /share-link-v1.js", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, "../static/src/share-link-v1.js")
	})
	site.HandleFunc(
		"GET /vectors.json",
		func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, path) },
	)
	site.HandleFunc("GET /", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<!doctype html><title>vectors</title><link rel=icon href='data:,'>"))
	})
	host := httptest.NewServer(site)
	defer host.Close()

	p := newPage(t, &server{t: t, url: host.URL}, desktop)
	p.visit("/")
	got := eval[struct {
		Ran   int
		Wrong []string
	}](p, checkVectors)
	for _, wrong := range got.Wrong {
		t.Error(wrong)
	}
	if want := 4 + 4 + 3 + 7 + 6 + 1 + 7; got.Ran != want {
		t.Errorf("%d of %d vectors ran", got.Ran, want)
	}
	if bytes.ContainsRune(vectors, '\r') {
		t.Error("the vectors were converted on their way")
	}
	p.clean()
}
