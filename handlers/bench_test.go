package handlers

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// benchmark serves the same request repeatedly, without a network.
func (a *app) benchmark(b *testing.B, want int, request func() *http.Request) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		recorder := httptest.NewRecorder()
		a.handler.ServeHTTP(recorder, request())
		if recorder.Code != want {
			b.Fatalf("%d: %s", recorder.Code, recorder.Body)
		}
	}
}

func (a *app) request(method, path, body, cookie string) *http.Request {
	req := httptest.NewRequest(method, "http://"+a.base.Host+path, strings.NewReader(body))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if cookie != "" {
		req.Header.Set("Cookie", cookie)
	}
	return req
}

// newFilledApp returns an application with a full page of items, and a member's cookie.
func newFilledApp(b *testing.B) (*app, string) {
	a := newApp(b)
	for range pageSize {
		a.addItem(newLogin(a.team.ID, "Mail server"))
	}
	cookie := a.signIn(memberEmail).client.Jar.Cookies(a.base)[0]
	return a, cookie.Name + "=" + cookie.Value
}

func BenchmarkRecipientPage(b *testing.B) {
	a := newApp(b)
	a.benchmark(b, http.StatusOK, func() *http.Request { return a.request("GET", "/s", "", "") })
}

func BenchmarkSignInPage(b *testing.B) {
	a := newApp(b)
	a.benchmark(b, http.StatusOK, func() *http.Request { return a.request("GET", "/signin", "", "") })
}

func BenchmarkItemsPage(b *testing.B) {
	a, cookie := newFilledApp(b)
	a.benchmark(
		b, http.StatusOK, func() *http.Request { return a.request("GET", "/items", "", cookie) },
	)
}

func BenchmarkItemPage(b *testing.B) {
	a, cookie := newFilledApp(b)
	a.benchmark(
		b,
		http.StatusOK,
		func() *http.Request { return a.request("GET", itemPath(a.item), "", cookie) },
	)
}

func BenchmarkHistoryPage(b *testing.B) {
	a, cookie := newFilledApp(b)
	member := a.signIn(memberEmail)
	for range pageSize {
		member.share(a.item, nil)
	}
	a.benchmark(
		b, http.StatusOK, func() *http.Request { return a.request("GET", "/shares", "", cookie) },
	)
}

func BenchmarkCreate(b *testing.B) {
	a, cookie := newFilledApp(b)
	form := url.Values{"access": {"anyone"}}.Encode()
	a.benchmark(
		b,
		http.StatusCreated,
		func() *http.Request { return a.request("POST", itemPath(a.item)+"/share", form, cookie) },
	)
}

func BenchmarkCreateByProgram(b *testing.B) {
	a, _ := newFilledApp(b)
	token := a.addProgram("Deploy", true, a.team.ID).token
	a.benchmark(b, http.StatusCreated, func() *http.Request {
		req := a.request(
			"POST",
			apiPath+itemPath(a.item)+"/shares",
			`{"expireAfter":"SevenDays"}`,
			"",
		)
		req.Header.Set("Authorization", "Bearer "+token)
		return req
	})
}

func BenchmarkOpen(b *testing.B) {
	a := newApp(b)
	text, _ := a.signIn(memberEmail).share(a.item, nil)
	l := a.link(text)
	a.benchmark(b, http.StatusOK, func() *http.Request {
		body, err := json.Marshal(object{"id": l.id, "token": l.token, "view": newView()})
		a.must(err)
		return a.request("POST", "/s/open", string(body), "")
	})
}
