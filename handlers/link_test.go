package handlers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"itemshare/vault"
)

func TestOpenByAnyone(t *testing.T) {
	a := newApp(t)
	text, _ := a.signIn(memberEmail).
		share(a.item, url.Values{"expire_after": {"OneDay"}, "omit": {"username"}})
	l := a.link(text)
	var peeked map[string]any
	r := l.call("peek", nil)
	a.must(json.Unmarshal([]byte(r.body), &peeked))
	if peeked["protocol"] != "itemshare/v1" || peeked["audience"] != "anyone" ||
		peeked["code_required"] != false ||
		peeked["shared_by"] != "Max" ||
		peeked["expires_at"].(float64)-peeked["created_at"].(float64) != 86400 ||
		peeked["max_views"] != 0.0 {
		t.Errorf("peek: %s", r.body)
	}
	content := l.content(l.open(nil))
	text = fmt.Sprint(content)
	if content["title"] != "Mail server" || content["shared_by"] != "Max" ||
		!strings.Contains(text, concealed) {
		t.Errorf("content: %v", content)
	}
	if strings.Contains(text, "postmaster") || strings.Contains(text, seed) {
		t.Error("a field that was left out came along")
	}
	if r := l.open(nil); r.status != http.StatusOK {
		t.Errorf("again: %v", r)
	}
}

func TestOnceAndAgain(t *testing.T) {
	a := newApp(t)
	b := a.signIn(memberEmail)
	text, id := b.share(a.item, url.Values{"one_time": {"on"}})
	l, view := a.link(text), newView()
	one, two := l.open(object{"view": view}), l.open(object{"view": view})
	if one.status != http.StatusOK || one.body != two.body {
		t.Errorf("the same view again: %v", two)
	}
	if r := l.open(nil); r.status != http.StatusGone || r.code() != "viewed" ||
		!strings.Contains(r.body, `"shared_by":"Max"`) {
		t.Errorf("another view: %v", r)
	}
	if r := l.call("peek", nil); r.status != http.StatusGone || r.code() != "viewed" {
		t.Errorf("peek: %v", r)
	}
	if r := b.get("/shares?status=viewed"); !strings.Contains(r.body, id) {
		t.Error("the history does not say viewed")
	}
}

func TestRevokedAndExpired(t *testing.T) {
	a := newApp(t)
	b := a.signIn(memberEmail)
	one, id := b.share(a.item, nil)
	two, _ := b.share(a.item, url.Values{"expire_after": {"OneHour"}})
	b.post("/shares/"+id+"/revoke", nil)
	a.clock.advance(time.Hour)
	for text, want := range map[string]string{one: "revoked", two: "expired"} {
		for _, verb := range []string{"peek", "open", "file"} {
			l := a.link(text)
			r := l.call(verb, object{"view": newView(), "index": 0, "chunk": 0})
			if r.status != http.StatusGone || r.code() != want ||
				!strings.Contains(r.body, `"shared_by":"Max"`) {
				t.Errorf("%s of a link that is %s: %v", verb, want, r)
			}
			l.token = strings.Repeat("A", 43)
			if r := l.call(verb, object{"view": newView()}); r.status != http.StatusNotFound ||
				strings.Contains(r.body, "Max") {
				t.Errorf("%s without the token: %v", verb, r)
			}
		}
	}
}

func TestOpenByCode(t *testing.T) {
	a := newApp(t)
	b := a.signIn(memberEmail)
	text, id := b.share(
		a.item,
		url.Values{
			"access":     {"recipients"},
			"recipients": {"ann@client.example, partner.example"},
			"one_time":   {"on"},
		},
	)
	l := a.link(text)
	if r := l.open(nil); r.status != http.StatusUnauthorized ||
		r.code() != "verification_required" {
		t.Errorf("without a code: %v", r)
	}
	code, view := l.requestCode("Ann@client.example"), newView()
	wrong := "00000000"
	if code == wrong {
		wrong = "00000001"
	}
	if r := l.open(object{
		"email": "ann@client.example", "code": wrong,
	}); r.status != http.StatusUnauthorized ||
		r.code() != "code_invalid" {
		t.Errorf("a wrong code: %v", r)
	}
	right := object{"email": "ann@client.example", "code": code, "view": view}
	if got := l.content(l.open(right)); got["title"] != "Mail server" {
		t.Errorf("content: %v", got)
	}
	if r := l.open(right); r.status != http.StatusOK {
		t.Errorf("the same view again: %v", r)
	}
	if r := l.open(object{
		"email": "ann@client.example", "code": code,
	}); r.code() != "code_invalid" {
		t.Errorf("a used code: %v", r)
	}
	if r := l.open(object{
		"email": "ann@client.example", "code": l.requestCode("ann@client.example"),
	}); r.status != http.StatusGone ||
		r.code() != "viewed" {
		t.Errorf("after the one view: %v", r)
	}
	l.content(
		l.open(object{"email": "bob@partner.example", "code": l.requestCode("bob@partner.example")}),
	)
	page := b.get("/shares/" + id)
	for _, who := range []string{"ann@client.example", "bob@partner.example"} {
		if !strings.Contains(page.body, who) {
			t.Errorf("the history does not name %s", who)
		}
	}
}

func TestStrangersGetNoMailAndTheSameAnswer(t *testing.T) {
	a := newApp(t)
	text, _ := a.signIn(memberEmail).
		share(a.item, url.Values{"access": {"recipients"}, "recipients": {"ann@client.example"}})
	l := a.link(text)
	l.requestCode("ann@client.example")
	if listed, stranger := l.call("code", object{"email": "ann@client.example"}), l.call("code",
		object{"email": "eve@evil.example"}); listed.stableText() != stranger.stableText() {
		t.Errorf("an address that may not look is told apart: %v %v", listed, stranger)
	}
	time.Sleep(200 * time.Millisecond)
	for _, m := range a.outbox.Sent() {
		if strings.Contains(m.To, "evil") {
			t.Error("a stranger got mail")
		}
	}
}

func TestCodeLimits(t *testing.T) {
	a := newApp(t)
	text, _ := a.signIn(memberEmail).
		share(a.item, url.Values{"access": {"recipients"}, "recipients": {"ann@client.example"}})
	l := a.link(text)
	for _, address := range []string{"ann@client.example", "eve@evil.example"} {
		var r reply
		for i := range 4 {
			if r = l.call("code", object{"email": address}); i < 3 &&
				r.status != http.StatusAccepted {
				t.Errorf("code %d for %s: %v", i+1, address, r)
			}
		}
		if r.status != http.StatusTooManyRequests || r.code() != "too_many_attempts" ||
			r.header.Get("Retry-After") == "" {
			t.Errorf("the fourth code for %s: %v", address, r)
		}
	}
}

func TestChecksComeInTheirOrder(t *testing.T) {
	a := newApp(t)
	b := a.signIn(memberEmail)
	text, id := b.share(a.item, nil)
	l := a.link(text)
	long := strings.Repeat("x", 3000)
	for _, c := range []struct {
		why    string
		verb   string
		body   object
		status int
		code   string
	}{
		{"no view", "open", object{"view": nil}, 422, "invalid"},
		{"a short view", "open", object{"view": "AAAA"}, 422, "invalid"},
		{"a view that is a number", "open", object{"view": 7}, 422, "invalid"},
		{
			"a token that is a number", "open",
			object{"token": 7, "view": newView()},
			404,
			"not_found",
		},
		{
			"a token that is a list", "open",
			object{"token": []string{l.token}, "view": newView()},
			404, "not_found",
		},
		{"no token", "open", object{"token": nil, "view": 7}, 404, "not_found"},
		{"a long id", "open", object{"id": long, "view": newView()}, 404, "not_found"},
		{"another token and a wrong " +
			"view", "open", object{"token": strings.Repeat("A", 43), "view": 7}, 404, "not_found"},
		{"no address", "code", object{}, 422, "invalid"},
		{"an address that is an object", "code", object{"email": object{}}, 422, "invalid"},
		{
			"an index that is a text", "file",
			object{"view": newView(), "index": "0", "chunk": 0},
			422, "invalid",
		},
		{"a chunk that is no whole " +
			"number", "file", object{"view": newView(), "index": 0, "chunk": 0.5}, 422, "invalid"},
		{
			"a negative chunk", "file",
			object{"view": newView(), "index": 0, "chunk": -1},
			422,
			"invalid",
		},
		{"a field that nobody asked for", "peek", object{"extra": true}, 200, ""},
	} {
		r := l.call(c.verb, c.body)
		if r.status != c.status || r.code() != c.code {
			t.Errorf("%s: %v, want %d %s", c.why, r, c.status, c.code)
		}
		if c.status >= 400 && r.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %s", c.why, r.header.Get("Content-Type"))
		}
	}
	b.post("/shares/"+id+"/revoke", nil)
	if r := l.open(object{"view": 7}); r.status != http.StatusUnprocessableEntity {
		t.Errorf("another field comes before that it was revoked: %v", r)
	}
}

func TestBodiesThatAreNone(t *testing.T) {
	a := newApp(t)
	b := a.browser()
	for _, c := range []struct {
		why, body, code string
		status          int
	}{
		{"nothing", "", "malformed", 400},
		{"half an object", "{", "malformed", 400},
		{"a list", "[]", "malformed", 400},
		{"null", "null", "malformed", 400},
		{"two objects", "{}{}", "malformed", 400},
		{"not UTF-8 around", "\xff{}", "malformed", 400},
		{"an empty object", "{}", "not_found", 404},
		{
			"as much as is read", `{"id":"` + strings.Repeat("x", publicBodyLimit-9) + `"}`,
			"not_found", 404,
		},
		{
			"more than is read", `{"id":"` + strings.Repeat("x", publicBodyLimit-8) + `"}`,
			"too_large", 413,
		},
	} {
		for _, verb := range []string{"peek", "code", "open", "file"} {
			r := b.do(
				http.MethodPost, "/s/"+verb, strings.NewReader(c.body), "Content-Type",
				"application/json",
			)
			if r.status != c.status || r.code() != c.code ||
				r.header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s to %s: %v, want %d %s", c.why, verb, r, c.status, c.code)
			}
		}
	}
	if r := b.post("/signin", url.Values{
		"email": {strings.Repeat("x", publicBodyLimit)},
	}); r.status != http.StatusRequestEntityTooLarge {
		t.Errorf("a form that is too large: %d", r.status)
	}
	r := b.do(
		http.MethodPost, "/signin", strings.NewReader("email=%zz"), "Content-Type",
		"application/x-www-form-urlencoded",
	)
	if r.status != http.StatusBadRequest || r.errors()[0] != "malformed" {
		t.Errorf("a form that is broken: %v", r)
	}
}

// TestWithoutTheTokenAllIsAlike asserts that requests without the token get the same bytes,
// headers too, for a share in every state.
func TestWithoutTheTokenAllIsAlike(t *testing.T) {
	a := newApp(t)
	b := a.signIn(memberEmail)
	open, _ := b.share(a.item, nil)
	used, _ := b.share(a.item, url.Values{"one_time": {"on"}})
	named, _ := b.share(
		a.item, url.Values{"access": {"recipients"}, "recipients": {"ann@client.example"}},
	)
	revoked, id := b.share(a.item, nil)
	expired, _ := b.share(a.item, url.Values{"expire_after": {"OneHour"}})
	a.link(used).open(nil)
	b.post("/shares/"+id+"/revoke", nil)
	a.clock.advance(2 * time.Hour)

	unknown := a.link(a.base.String() + "/s#" + strings.Repeat("A", 43))
	bodies := map[string]object{
		"peek": {}, "code": {"email": "ann@client.example"}, "open": {"view": newView()},
		"file": {"view": newView(), "index": 0, "chunk": 0},
	}
	for verb, body := range bodies {
		want := unknown.call(verb, body)
		if want.status != http.StatusNotFound || want.code() != "not_found" {
			t.Fatalf("%s of an unknown link: %v", verb, want)
		}
		for state, text := range map[string]string{
			"open": open, "used": used, "named": named, "revoked": revoked, "expired": expired,
		} {
			l := a.link(text)
			id := l.id
			l.token = strings.Repeat("A", 43)
			got := l.call(verb, body)
			if got.stableText() != want.stableText() {
				t.Errorf(
					"%s of a link that is %s:\n%s\nof an unknown one:\n%s", verb, state,
					got.stableText(), want.stableText(),
				)
			}
			if strings.Contains(got.body, id) {
				t.Error("the answer holds the id")
			}
		}
	}
}

// TestReadingOpensNothing loads what bots and link previews load, and asserts that it uses no
// view.
func TestReadingOpensNothing(t *testing.T) {
	a := newApp(t)
	text, _ := a.signIn(memberEmail).share(a.item, url.Values{"one_time": {"on"}})
	l := a.link(text)
	before := a.dump()
	for _, method := range []string{"GET", "HEAD", "OPTIONS"} {
		for _, path := range []string{
			"/s", "/s/open", "/s/peek", "/s/code",
			"/s?id=" + l.id + "&token=" + l.token, "/s%23" + encode(l.secret),
		} {
			l.do(method, path, nil, "User-Agent", "Slackbot-LinkExpanding 1.0")
		}
	}
	l.call("peek", nil)
	l.call("open", object{"token": strings.Repeat("A", 43), "view": newView()})
	a.wantUnchanged(before, "reading")
	l.content(l.open(nil))
}

func TestOpenByTwoHundredAtOnce(t *testing.T) {
	a := newApp(t)
	text, _ := a.signIn(memberEmail).share(a.item, url.Values{"one_time": {"on"}})
	l := a.link(text)
	answers := make(chan int)
	for range 200 {
		go func() { answers <- l.open(nil).status }()
	}
	count := map[int]int{}
	for range 200 {
		count[<-answers]++
	}
	if count[http.StatusOK] != 1 || count[http.StatusGone] != 199 {
		t.Errorf("200 at once: %v", count)
	}
}

// TestFiles asserts that a file of two chunks can be fetched under a view and not without one.
func TestFiles(t *testing.T) {
	a := newApp(t)
	want := bytes.Repeat([]byte("a line of the file\n"), 70_000)
	item := newLogin(a.team.ID, "With a file")
	item.Files = []vault.File{
		{ID: "f", Name: "notes.txt", Type: "text/plain", Size: int64(len(want))},
	}
	item, err := a.vault.AddItem(
		t.Context(),
		item,
		func(string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(want)), nil },
	)
	a.must(err)
	text, _ := a.signIn(memberEmail).share(item, url.Values{"files": {"on"}})
	l, view := a.link(text), newView()
	if r := l.call("file", object{
		"view": view, "index": 0, "chunk": 0,
	}); r.status == http.StatusOK {
		t.Fatal("a chunk without a view")
	}
	answer := l.open(object{"view": view})
	files := l.content(answer)["files"].([]any)
	file := files[0].(map[string]any)
	if len(files) != 1 || file["name"] != "notes.txt" || file["size"] != float64(len(want)) {
		t.Fatalf("files: %v", files)
	}
	var got []byte
	chunks := (len(want) + int(file["chunk_size"].(float64)) - 1) / int(
		file["chunk_size"].(float64),
	)
	for i := range chunks {
		r := l.call("file", object{"view": view, "index": 0, "chunk": i})
		if r.status != http.StatusOK || r.header.Get("Content-Type") != "application/octet-stream" {
			t.Fatalf("chunk %d: %v", i, r.status)
		}
		got = append(
			got,
			l.chunk(answer, file["nonce_prefix"].(string), i, i == chunks-1, []byte(r.body))...)
	}
	if chunks != 2 || !bytes.Equal(got, want) {
		t.Errorf("%d chunks, %d bytes", chunks, len(got))
	}
	for _, c := range []object{{"view": newView(), "index": 0, "chunk": 0}, {
		"view": view, "index": 1, "chunk": 0,
	}, {"view": view, "index": 0, "chunk": 2}} {
		if r := l.call("file", c); r.status != http.StatusNotFound {
			t.Errorf("%v: %v", c, r)
		}
	}
	a.clock.advance(31 * time.Minute)
	if r := l.call("file", object{
		"view": view, "index": 0, "chunk": 0,
	}); r.status == http.StatusOK {
		t.Error("a chunk after the view")
	}
}

// TestStrangersWaitAsLong asserts that the response takes as long for an address that is no
// recipient as for one that is.
func TestStrangersWaitAsLong(t *testing.T) {
	a := newApp(t)
	b := a.signIn(memberEmail)
	took := map[string][]time.Duration{}
	for range 12 {
		text, _ := b.share(
			a.item, url.Values{"access": {"recipients"}, "recipients": {"ann@client.example"}},
		)
		l := a.link(text)
		for i := range 6 {
			who := []string{"ann@client.example", "eve@evil.example"}[i%2]
			began := time.Now()
			r := l.call("code", object{"email": who})
			took[who] = append(took[who], time.Since(began))
			if r.status != http.StatusAccepted {
				t.Fatalf("%s: %v", who, r)
			}
		}
	}
	median := func(who string) time.Duration {
		slices.Sort(took[who])
		return took[who][len(took[who])/2]
	}
	listed, stranger := median("ann@client.example"), median("eve@evil.example")
	if (listed - stranger).Abs() > 2*time.Millisecond {
		t.Errorf("a listed address waits %v, a stranger %v", listed, stranger)
	}
}
