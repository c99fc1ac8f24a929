package handlers

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"itemshare/account"
)

func TestIdempotencyKey(t *testing.T) {
	a := newApp(t)
	one, two := a.addProgram("One", true, a.team.ID), a.addProgram("Two", true, a.team.ID)
	key := []string{"Idempotency-Key", "deploy-17"}
	create := itemPath(a.item) + "/shares"
	if r := one.call("POST", create, `{"expireAfter":"TwoDays"}`,
		key...); r.status != http.StatusUnprocessableEntity {
		t.Fatalf("a wrong request: %v", r)
	}
	first := one.createShare(a.item, `{}`, key...) // the rejected request did not use up the key
	for why, body := range map[string]string{"the same": `{}`, "another " +
		"request": `{"expireAfter":"OneHour"}`} {
		r := one.call("POST", create, body, key...)
		if r.status != http.StatusConflict || r.code() != "already_created" ||
			r.object(t)["share"] != first.ID ||
			strings.Contains(r.body, "/s#") {
			t.Errorf("%s again: %v", why, r)
		}
	}
	if second := two.createShare(a.item, `{}`, key...); second.ID == first.ID {
		t.Error("another account's key is the same key")
	}
	one.createShare(a.item, `{}`, "Idempotency-Key", "deploy-18")
	one.createShare(a.item, `{}`)
	one.createShare(a.item, `{}`)
	if n := len(one.get("/shares").object(t)["items"].([]any)); n != 4 {
		t.Errorf("%d shares were made", n)
	}
	if r := one.call("POST", create, `{}`, "Idempotency-Key", "a", "Idempotency-Key",
		"b"); r.status != http.StatusUnprocessableEntity {
		t.Errorf("two keys: %v", r)
	}
	for text, good := range map[string]bool{
		strings.Repeat("k", 255): true, "!~": true,
		strings.Repeat("k", 256): false, "ä": false, "": false,
	} {
		if r := one.call("POST", create, `{}`, "Idempotency-Key",
			text); (r.status == http.StatusCreated) != good {
			t.Errorf("a key of %d bytes: %d", len(text), r.status)
		}
	}
}

// TestManyOfOneKeyAtOnce asserts that simultaneous requests with one key create one share, and
// that every other response has its ID.
func TestManyOfOneKeyAtOnce(t *testing.T) {
	a := newApp(t)
	p := a.addProgram("Deploy", true, a.team.ID)
	replies := make([]reply, 24)
	var running sync.WaitGroup
	for i := range replies {
		running.Go(func() {
			replies[i] = p.call("POST", itemPath(a.item)+"/shares", `{}`, "Idempotency-Key", "once")
		})
	}
	running.Wait()
	var made, named []string
	for _, r := range replies {
		switch r.status {
		case http.StatusCreated:
			made = append(made, r.object(t)["id"].(string))
		case http.StatusConflict:
			named = append(named, r.object(t)["share"].(string))
		default:
			t.Errorf("%v", r)
		}
	}
	if len(made) != 1 || len(named) != len(replies)-1 {
		t.Fatalf("%d shares and %d refusals", len(made), len(named))
	}
	for _, id := range named {
		if id != made[0] {
			t.Errorf("the refusal names %s, not %s", id, made[0])
		}
	}
}

func TestETags(t *testing.T) {
	a := newApp(t)
	p, other := a.addProgram("Deploy", true, a.team.ID), a.addProgram("Other", true, a.team.ID)
	id := p.createShare(a.item, `{}`).ID
	read := func() string { // returns how often the item was read with its values
		a.dump()
		return a.queryStrings(`SELECT count(*) || '' FROM audit_events WHERE kind = 'item.read'`)[0]
	}
	for _, path := range []string{
		"/vaults", "/vaults/" + a.team.ID + "/items", itemPath(a.item),
		itemPath(a.item) + "/share-policy", "/shares", "/shares/" + id, "/openapi.json",
	} {
		first := p.get(path)
		tag := first.header.Get("ETag")
		if tag == "" || first.status != http.StatusOK || p.get(path).header.Get("ETag") != tag {
			t.Fatalf("%s: %q: %v", path, tag, first)
		}
		if sum := sha256.Sum256([]byte(first.body)); path != "/openapi.json" &&
			tag == `"`+base64.RawURLEncoding.EncodeToString(sum[:16])+`"` {
			t.Errorf("%s: whoever sees the tag can try what stands in the answer", path)
		}
		before := read()
		for _, header := range []string{tag, "W/" + tag, `"x", ` + tag, "*"} {
			if r := p.get(path, "If-None-Match", header); r.status != http.StatusNotModified ||
				r.body != "" ||
				r.header.Get("ETag") != tag {
				t.Errorf("%s with %s: %v", path, header, r)
			}
		}
		head := p.call("HEAD", path, "")
		if head.status != http.StatusOK || head.body != "" || head.header.Get("ETag") != tag ||
			head.header.Get("Content-Type") != first.header.Get("Content-Type") {
			t.Errorf("HEAD %s: %v %v", path, head, head.header)
		}
		if after := read(); after != before {
			t.Errorf("%s: an answer without values is in the audit", path)
		}
		if r := p.get(path, "If-None-Match", `"x"`); r.status != http.StatusOK {
			t.Errorf("%s with another tag: %v", path, r)
		}
	}
	item, share := p.get(itemPath(a.item)).header.Get("ETag"), p.get("/shares/"+id).header.Get(
		"ETag",
	)
	changed := a.item
	changed.Title = "Mail server 2"
	_, err := a.vault.UpdateItem(t.Context(), "", changed, nil)
	a.must(err)
	p.call("DELETE", "/shares/"+id, "")
	if r := p.get(itemPath(a.item), "If-None-Match", item); r.status != http.StatusOK ||
		!strings.Contains(r.body, "Mail server 2") {
		t.Errorf("a changed item: %v", r)
	}
	if r := p.get("/shares/"+id, "If-None-Match", share); r.status != http.StatusOK {
		t.Errorf("a revoked share: %v", r)
	}
	if r := other.get("/shares/"+id, "If-None-Match", "*"); r.status != http.StatusNotFound {
		t.Errorf("another's share: %v", r)
	}
}

func TestRateLimit(t *testing.T) {
	a := newApp(t, appOptions{rate: 60})
	p, other := a.addProgram("Busy", true, a.team.ID), a.addProgram("Other", true, a.team.ID)
	start := a.clock.Now()
	for i := range 60 {
		r := p.get("/vaults")
		if r.status != http.StatusOK || r.header.Get("RateLimit-Policy") != `"account";q=60;w=60` {
			t.Fatalf("request %d: %v %v", i, r.status, r.header)
		}
		var left, full int
		if _, err := fmt.Sscanf(r.header.Get("RateLimit"), `"account";r=%d;t=%d`, &left,
			&full); err != nil ||
			left+full != 60 {
			t.Fatalf("request %d: %q %v", i, r.header.Get("RateLimit"), err)
		}
	}
	// Requests that the budget regained meanwhile may be used too.
	var r reply
	for range int(a.clock.Now().Sub(start).Seconds()) + 2 {
		r = p.get("/vaults")
	}
	if r.status != http.StatusTooManyRequests || r.code() != "too_many_attempts" ||
		r.header.Get("Retry-After") != "1" ||
		!strings.HasPrefix(r.header.Get("RateLimit"), `"account";r=0;t=60`) {
		t.Errorf("one more: %v %v", r, r.header)
	}
	if r := p.call("POST", itemPath(a.hidden)+"/shares",
		`{}`); r.status != http.StatusTooManyRequests {
		t.Errorf("a foreign item past the limit: %v", r)
	}
	if r := other.get("/vaults"); r.status != http.StatusOK {
		t.Errorf("another account: %v", r)
	}
	a.clock.advance(10 * time.Second)
	if r := p.get("/vaults"); r.status != http.StatusOK ||
		!strings.HasPrefix(r.header.Get("RateLimit"), `"account";r=9;`) &&
			!strings.HasPrefix(r.header.Get("RateLimit"), `"account";r=10;`) {
		t.Errorf("ten seconds later: %v %v", r.status, r.header)
	}
	unlimited := newApp(t)
	if r := unlimited.addProgram("Free", false, unlimited.team.ID).get("/vaults"); r.header.Get(
		"RateLimit",
	)+r.header.Get("RateLimit-Policy") != "" {
		t.Errorf("no limit: %v", r.header)
	}
}

func TestAuthorization(t *testing.T) {
	a := newApp(t)
	p := a.addProgram("Deploy", true, a.team.ID)
	cookie := a.signIn(memberEmail)
	for header, want := range map[string]int{
		"Bearer " + p.token: 200, "bearer " + p.token: 200, "BEARER  " + p.token: 200,
		p.token: 401, "Token " + p.token: 401, "Bearer": 401, "Bearer ": 401, "Bearer " +
			"" + p.token + "x": 401, "Bearer " + p.token[1:]: 401,
		"Bearer " + strings.ToUpper(p.token): 401, "Bearer " + p.token + ", Bearer " + p.token: 401,
	} {
		for _, b := range []*browser{a.browser(), cookie} {
			if r := b.get(apiPath+"/vaults", "Authorization", header); r.status != want {
				t.Errorf("%.12q: %d", header, r.status)
			}
		}
	}
	if r := a.browser().get(apiPath+"/vaults", "Authorization", "Bearer "+
		""+p.token, "Authorization", "Bearer "+p.token); r.status != http.StatusUnauthorized {
		t.Errorf("two headers: %v", r)
	}
	if r := a.browser().get(apiPath + "/vaults?access_token=" + p.token); r.status != http.StatusUnauthorized {
		t.Errorf("a token in the address: %v", r)
	}
	for _, path := range []string{"/items", "/admin/users", itemPath(a.item)} {
		if r := a.browser().get(path, "Authorization", "Bearer "+
			""+p.token); r.status != http.StatusSeeOther {
			t.Errorf("a token opens the page %s: %d", path, r.status)
		}
	}
	if log := a.log.String(); strings.Contains(log, p.token) ||
		strings.Contains(log, p.token[10:]) {
		t.Error("the token is in the log")
	}
}

func TestProgramsBelowAPathAndByTheRightHost(t *testing.T) {
	a := newApp(t, appOptions{path: "/share"})
	p := a.addProgram("Deploy", true, a.team.ID)
	made := p.createShare(a.item, `{}`)
	if !strings.HasPrefix(made.Link, a.base.String()+"/s#") {
		t.Error("the link is elsewhere")
	}
	r := p.call("POST", itemPath(a.item)+"/shares", `{}`)
	if where := r.header.Get("Location"); where != a.base.String()+apiPath+"/shares/"+r.object(t)["id"].(string) {
		t.Errorf("Location: %s", where)
	}
	var doc struct{ Servers []struct{ URL string } }
	a.must(json.Unmarshal([]byte(p.get("/openapi.json").body), &doc))
	if len(doc.Servers) != 1 || doc.Servers[0].URL != a.base.String() {
		t.Errorf("servers: %v", doc.Servers)
	}
	if page := a.browser().get("/share/api/v1/docs"); page.status != http.StatusOK ||
		!strings.Contains(page.body, a.base.String()+"/api/v1/vaults") {
		t.Errorf("docs: %d", page.status)
	}
	if r := p.do("GET", "/share/api/v1/vaults", nil, "Host", "evil.example", "Authorization",
		"Bearer "+p.token); r.status != http.StatusMisdirectedRequest {
		t.Errorf("another host: %v", r)
	}
	for path, want := range map[string]string{
		"/share/api/v1/nothing": "problem+json",
		"/share/api/v1/":        "problem+json", "/share/api/nothing": "text/html",
		"/share/nothing": "text/html",
	} {
		if r := p.do("GET", path, nil); r.status != http.StatusNotFound ||
			!strings.Contains(r.header.Get("Content-Type"), want) {
			t.Errorf("%s: %d %s", path, r.status, r.header.Get("Content-Type"))
		}
	}
	r = p.call("PATCH", "/shares/"+made.ID, "{}")
	if allow := r.header.Get("Allow"); r.status != http.StatusMethodNotAllowed ||
		r.code() != "method_not_allowed" ||
		!strings.Contains(allow, "DELETE") ||
		!strings.Contains(allow, "GET") ||
		strings.Contains(allow, "PATCH") {
		t.Errorf("PATCH: %v %q", r, r.header.Get("Allow"))
	}
	if r := p.call("POST", itemPath(a.item)+"/shares", `{}`, "Sec-Fetch-Site",
		"cross-site"); r.status != http.StatusForbidden ||
		r.code() != "forbidden" {
		t.Errorf("from another site: %v", r)
	}
}

// TestWhatIsTakenAwayIsGoneAtOnce revokes what a service account may do while it sends requests.
func TestWhatIsTakenAwayIsGoneAtOnce(t *testing.T) {
	a := newApp(t)
	p := a.addProgram("Deploy", true, a.team.ID)
	id := p.createShare(a.item, `{}`).ID
	a.must(
		a.accounts.SetGrant(
			t.Context(), "", account.Grant{UserID: p.account.ID, VaultID: a.team.ID, View: true},
		),
	)
	if r := p.call("POST", itemPath(a.item)+"/shares", `{}`); r.status != http.StatusForbidden {
		t.Errorf("without the right to share: %v", r)
	}
	a.must(
		a.accounts.SetGrant(
			t.Context(), "", account.Grant{UserID: p.account.ID, VaultID: a.team.ID},
		),
	)
	if r := p.get(itemPath(a.item)); r.status != http.StatusNotFound {
		t.Errorf("without the vault: %v", r)
	}
	if r := p.call("DELETE", "/shares/"+id, ""); r.status != http.StatusNoContent {
		t.Errorf("its own share: %v", r)
	}
	a.must(a.accounts.RevokeServiceAccount(t.Context(), "", p.account.ID))
	if r := p.get("/shares"); r.status != http.StatusUnauthorized {
		t.Errorf("revoked: %v", r)
	}
}
