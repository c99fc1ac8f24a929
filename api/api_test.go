package api

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"itemshare/fault"
)

func TestProblemDocuments(t *testing.T) {
	for _, c := range []struct {
		why    string
		err    error
		status int
		code   fault.Code
		retry  string
	}{
		{"a field", fault.Field("view", fault.CodeInvalid, "Say it "+
			"so."), 422, fault.CodeInvalid, ""},
		{"a broken body", fault.Field("", fault.CodeMalformed, "Send "+
			"JSON."), 400, fault.CodeMalformed, ""},
		{"a large body", fault.Field("", fault.CodeTooLarge, "Send "+
			"less."), 413, fault.CodeTooLarge, ""},
		{
			"no code", fault.New(fault.Unauthenticated, fault.CodeVerificationRequired,
				"Ask."), 401,
			fault.CodeVerificationRequired, "",
		},
		{"another site", fault.Of(fault.Forbidden), 403, fault.CodeForbidden, ""},
		{"nothing there", fault.Of(fault.NotFound), 404, fault.CodeNotFound, ""},
		{"ended", &fault.Error{Kind: fault.Gone, Problems: []fault.Problem{{
			Code: fault.CodeRevoked, Detail: "Gone.",
		}}, SharedBy: "Ann"}, 410, fault.CodeRevoked, ""},
		{"nothing there, whoever it is " +
			"about", &fault.Error{
			Kind:     fault.NotFound,
			SharedBy: "Ann",
		}, 404, fault.CodeNotFound, ""},
		{"twice", &fault.Error{
			Kind:     fault.Conflict,
			Problems: []fault.Problem{{Code: fault.CodeAlreadyCreated}}, CreatedID: "share1",
		}, 409, fault.CodeAlreadyCreated, ""},
		{
			"too many", fault.Wait(fault.CodeTooManyAttempts, "Wait.", 1500*time.Millisecond), 429,
			fault.CodeTooManyAttempts, "2",
		},
		{"not reachable", fault.Because(fault.Unavailable, errors.New("inner "+
			"detail")), 503, fault.CodeUnavailable, "5"},
		{"not reachable, wrapped", fmt.Errorf("inner detail: "+
			"%w", fault.Of(fault.Unavailable)), 503, fault.CodeUnavailable, "5"},
		{"a link may have been " +
			"created", fault.New(fault.Unavailable, fault.CodeLinkUnknown, "Look "+
			"first."), 503, fault.CodeLinkUnknown, ""},
		{"anything else", errors.New("inner detail"), 500, fault.CodeInternal, ""},
		{"a damaged item", fmt.Errorf("inner detail: "+
			"%w", fault.New(fault.Internal, fault.CodeDamaged, "It is "+
			"damaged.")), 500, fault.CodeDamaged, ""},
		{"no such address", fault.Of(fault.NotFound), 404, fault.CodeNotFound, ""},
		{
			"no such method", fault.Field("", fault.CodeMethodNotAllowed, ""), 405,
			fault.CodeMethodNotAllowed, "",
		},
	} {
		recorder := httptest.NewRecorder()
		ctx := echo.New().NewContext(httptest.NewRequest(http.MethodPost, "/s/open", nil), recorder)
		ctx.Response().Header().Set("X-Request-Id", "id1")
		if err := New(Config{}).Fail(ctx, c.err); err != nil {
			t.Fatal(err)
		}
		var doc problem
		if err := json.Unmarshal(recorder.Body.Bytes(), &doc); err != nil {
			t.Fatal(err)
		}
		if recorder.Code != c.status || doc.Status != c.status || doc.Code != c.code ||
			len(doc.Errors) == 0 ||
			doc.Errors[0].Code != c.code ||
			recorder.Header().Get("Retry-After") != c.retry ||
			recorder.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %v %s", c.why, recorder.Code, recorder.Header(), recorder.Body)
		}
		if strings.Contains(recorder.Body.String(), "inner detail") {
			t.Errorf("%s: the cause leaves: %s", c.why, recorder.Body)
		}
		if (doc.RequestID != "") != (c.status == 500) || (doc.Share != "") != (c.status == 409) ||
			(doc.SharedBy != "") != (c.status == 410) {
			t.Errorf("%s: %s", c.why, recorder.Body)
		}
	}
}

func TestProblemsHoldAllErrors(t *testing.T) {
	recorder := httptest.NewRecorder()
	ctx := echo.New().NewContext(httptest.NewRequest(http.MethodPost, "/", nil), recorder)
	err := fault.Fields(
		[]fault.Problem{
			{Code: fault.CodePolicyAccess, Field: "access", Detail: "One."},
			{Code: fault.CodePolicyExpiry, Field: "expire_after", Detail: "Two."},
		},
	)
	if err := New(Config{}).Fail(ctx, err); err != nil {
		t.Fatal(err)
	}
	want := `{"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"One.",` +
		`"code":"policy_access",` +
		`"errors":[{"code":"policy_access","field":"access","detail":"One."},` +
		`{"code":"policy_expiry","field":"expire_after","detail":"Two."}]}`
	if got := recorder.Body.String(); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func TestMembers(t *testing.T) {
	in := body{}
	text := `{"text":"x","number":7,"null":null,"list":[],"zero":0,"count":12,"half":0.5,` +
		`"minus":-1,"big":99999999999,"exponent":1e3,"word":"0"}`
	if err := json.Unmarshal([]byte(text), &in); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"text": "x", "number": unreadable, "null": "",
		"absent": "", "list": unreadable, "word": "0",
	} {
		if got := in.text(name); got != want {
			t.Errorf("text %s: %q, want %q", name, got, want)
		}
	}
	for name, want := range map[string]int{
		"zero": 0, "count": 12, "half": -1, "minus": -1, "big": -1, "exponent": -1, "word": -1,
		"null": -1, "absent": -1, "list": -1,
	} {
		if got := in.count(name); got != want {
			t.Errorf("count %s: %d, want %d", name, got, want)
		}
	}
}

func TestBytesAreBase64URL(t *testing.T) {
	for _, raw := range []string{"", "\x00", "\xff\xfe\xfd", strings.Repeat("\xfb", 1000)} {
		got, err := json.Marshal(bytes64(raw))
		if want := `"` + base64.RawURLEncoding.EncodeToString([]byte(raw)) + `"`; err != nil ||
			string(got) != want {
			t.Errorf("%q: %s, %v", raw, got, err)
		}
	}
}

func FuzzBody(f *testing.F) {
	for _, seed := range []string{
		"", "{", "[]", "null", `{"id":"x","token":7}`,
		`{"id":"x","id":"y"}`, "\xff{}", `{"index":1e9}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		req := httptest.NewRequest(http.MethodPost, "/s/open", strings.NewReader(text))
		in, err := bodyOf(echo.New().NewContext(req, httptest.NewRecorder()))
		if err != nil {
			if fault.CodeOf(err) != fault.CodeMalformed {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		if in.text("id") == "" && len(in["id"]) > 0 && string(in["id"]) != "null" &&
			string(in["id"]) != `""` {
			t.Errorf("%q: an id that is there reads as none", text)
		}
		if n := in.count("index"); n < -1 {
			t.Errorf("%q: index %d", text, n)
		}
	})
}
