package api

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"itemshare/fault"
	"itemshare/share"
)

func TestPolicyInTheSDKsWords(t *testing.T) {
	day := 24 * time.Hour
	for _, c := range []struct {
		why    string
		policy share.Policy
		want   string
	}{
		{
			"the documented one", share.Default(),
			`{"maxExpiry":"ThirtyDays","defaultExpiry":"SevenDays",` +
				`"allowedTypes":["Authenticated","Public"],` +
				`"allowedRecipientTypes":["Email","Domain"],"allowedDomains":[],` +
				`"files":{"allowed":true,"maxSize":104857600}}`,
		},
		{
			"nothing is allowed",
			share.Policy{},
			`{"allowedTypes":[],"allowedRecipientTypes":[],"allowedDomains":[],` +
				`"files":{"allowed":false,"maxSize":104857600}}`,
		},
		{"between two names it is the shorter", share.Policy{
			MaxExpiry: 29 * day, DefaultExpiry: 7*day - time.Second, MaxViews: 3,
			AllowedTypes: []share.Type{share.Public},
			FilesAllowed: true, FilesMaxSize: 1000,
		}, `{"maxExpiry":"FourteenDays","defaultExpiry":"OneDay","maxViews":3,` +
			`"allowedTypes":["Public"],"allowedRecipientTypes":[],"allowedDomains":[],` +
			`"files":{"allowed":true,"maxSize":1000}}`},
		{"even an hour is too " +
			"long", share.Policy{
			MaxExpiry:     time.Hour - 1,
			DefaultExpiry: time.Minute,
		}, `{"allowedTypes":[],"allowedRecipientTypes":[],` +
			`"allowedDomains":[],"files":{"allowed":false,"maxSize":104857600}}`},
		{"a default above the maximum is the " +
			"maximum", share.Policy{
			MaxExpiry:     day,
			DefaultExpiry: 30 * day,
		}, `{"maxExpiry":"OneDay","defaultExpiry":"OneDay",` +
			`"allowedTypes":[],"allowedRecipientTypes":[],"allowedDomains":[],` +
			`"files":{"allowed":false,"maxSize":104857600}}`},
		{"no domain in common: an empty list would mean any", share.Policy{
			AllowedTypes: []share.Type{
				share.Authenticated, share.Public,
			}, AllowedRecipientTypes: []share.RecipientKind{share.Email}, NoDomains: true,
		}, `{"allowedTypes":["Public"],"allowedRecipientTypes":[],"allowedDomains":[],` +
			`"files":{"allowed":false,"maxSize":104857600}}`},
	} {
		text, err := json.Marshal(policyOf(share.Effective{Policy: c.policy}))
		if err != nil || string(text) != c.want {
			t.Errorf("%s: %s, %v\nwant %s", c.why, text, err, c.want)
		}
	}
	types := []share.Type{share.Authenticated, share.Public}
	policyOf(share.Effective{Policy: share.Policy{AllowedTypes: types, NoDomains: true}})
	if !slices.Equal(types, []share.Type{share.Authenticated, share.Public}) {
		t.Error("showing a policy changed it")
	}
}

func TestBudget(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	b := newBudget(6, func() time.Time { return now })
	take := func(want float64, wait time.Duration) {
		t.Helper()
		left, waits := b.take("a")
		if int(left) != int(want) || waits.Round(time.Millisecond) != wait {
			t.Errorf("%v left, wait %v; want %v and %v", left, waits, want, wait)
		}
	}
	for left := range 6 {
		take(float64(5-left), 0)
	}
	take(0, 10*time.Second)
	take(0, 10*time.Second) // a refused request costs nothing
	now = now.Add(4 * time.Second)
	take(0, 6*time.Second)
	now = now.Add(6 * time.Second)
	take(0, 0)
	take(0, 10*time.Second)
	now = now.Add(-time.Hour) // a clock that was set back gives nothing and takes nothing
	take(0, 10*time.Second)
	now = now.Add(3 * time.Hour)
	take(5, 0) // a minute's requests at most
}

func TestBudgetsAreForgotten(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	b := newBudget(6, func() time.Time { return now })
	for i := range manyLimiters {
		b.take(strings.Repeat("x", i))
	}
	b.take("y")
	now = now.Add(time.Minute)
	b.take("z")
	if len(b.limiters) != 1 {
		t.Errorf("%d are remembered", len(b.limiters))
	}
}

// FuzzRequest asserts that every object is either a request with the object's values or rejected
// with a message.
func FuzzRequest(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"recipients":["a@b.example","b.example"],"expireAfter":"OneDay",` +
			`"oneTimeOnly":true,"files":true,"totp":false,"omit":["x"]}`,
		`{"recipients":[{"type":"Email","parameters":{"email":"a@b.example"}},{"type":"Domain",` +
			`"parameters":{"domain":"b.example"}}]}`,
		`{"recipients":[{"type":"Email","parameters":{"email":"b.example"}}]}`,
		`{"recipients":[{"type":"Domain","parameters":{"domain":"a@b.example"}}]}`,
		`{"recipients":null,"oneTimeOnly":null}`, `{"recipients":[null]}`, `{"recipients":[[]]}`,
		`{"oneTimeOnly":"true"}`, `{"OneTimeOnly":true}`, "{\"\u202e\":1}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var in body
		if json.Unmarshal([]byte(text), &in) != nil {
			return
		}
		request, err := requestOf(in)
		if err != nil {
			checkWords(t, text, err)
			return
		}
		for name := range in {
			if !slices.Contains(
				[]string{"recipients", "expireAfter", "oneTimeOnly", "files", "totp", "omit"}, name,
			) {
				t.Errorf("%q: %q went unnoticed", text, name)
			}
		}
		if got := string(in["oneTimeOnly"]); request.OneTime != (got == "true") {
			t.Errorf("%q: one time is %v", text, request.OneTime)
		}
		// An empty text is somebody too: it must not turn named recipients into anyone.
		var recipients []any
		_ = json.Unmarshal(in["recipients"], &recipients)
		if (request.Access == string(share.Recipients)) != (len(recipients) > 0) ||
			len(request.Recipients) != min(len(recipients), maxRecipients) {
			t.Errorf("%q: %s for %d recipients", text, request.Access, len(recipients))
		}
	})
}

func checkWords(t *testing.T, text string, err error) {
	if fault.KindOf(err) != fault.Invalid {
		t.Errorf("%q: %v", text, err)
	}
	for _, p := range fault.ProblemsOf(err) {
		if p.Detail == "" || p.Code == "" || len(p.Field) > 300 || len(p.Detail) > 1000 {
			t.Errorf("%q: %+v", text, p)
		}
	}
}

// TestObjectsAreWhatTheySay asserts that a validated recipient must match its type: an address
// that parses as a domain would open the link to everybody there.
func TestObjectsAreWhatTheySay(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`{"type":"Email","parameters":{"email":"a@b.example"}}`, "a@b.example"},
		{`{"type":"Domain","parameters":{"domain":"b.example"}}`, "b.example"},
		{`{"type":"Email","parameters":{"email":"b.example"}}`, ""},
		{`{"type":"Domain","parameters":{"domain":"a@b.example"}}`, ""},
		{`{"type":"Email","parameters":{"email":"a@b.example,c.example"}}`, ""},
		{`{"type":"Email","parameters":{"email":"a@b.example c.example"}}`, ""},
		{`{"type":"Email","parameters":{"domain":"b.example"}}`, ""},
		{`{"type":"Email","parameters":{"email":"a@b.example","domain":"b.example"}}`, ""},
		{`{"type":"Email","parameters":{}}`, ""},
		{`{"type":"Email"}`, ""},
		{`{"type":"Everybody","parameters":{"email":"a@b.example"}}`, ""},
		{`{"type":"Email","parameters":{"email":"a@b.example"},"also":"c.example"}`, ""},
		{`{}`, ""},
		{`null`, ""},
		{`7`, ""},
		{`["a@b.example"]`, ""},
	} {
		r := reader{in: body{"recipients": json.RawMessage("[" + c.text + "]")}}
		got := strings.Join(r.recipients(), "+")
		if got != c.want || (len(r.problems) == 0) != (c.want != "") {
			t.Errorf("%s: %q, %v", c.text, got, r.problems)
		}
	}
}

func TestOnlyWhatIsStricterStandsByTheFiles(t *testing.T) {
	plain := sharePolicy{
		MaxExpiry:             share.OneDay,
		AllowedTypes:          []share.Type{share.Public},
		AllowedRecipientTypes: []kind{email},
	}
	alike := plain
	alike.Files = filePolicy{Allowed: true, MaxSize: 7}
	none := alike
	none.AllowedTypes, none.AllowedRecipientTypes, none.MaxViews = []share.Type{}, []kind{}, 2
	for want, stricter := range map[string]sharePolicy{
		`{"allowed":true,"maxSize":7}`: alike,
		`{"allowed":true,"maxSize":7,"maxViews":2,"allowedTypes":[],` +
			`"allowedRecipientTypes":[]}`: none,
	} {
		if text, err := json.Marshal(plain.withFiles(stricter)); err != nil ||
			string(text) != want {
			t.Errorf("%s, %v, want %s", text, err, want)
		}
	}
}
