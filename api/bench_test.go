package api

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"itemshare/account"
)

func BenchmarkAdmit(b *testing.B) {
	a := New(Config{Rate: 600_000, Clock: time.Now})
	c := echo.New().
		NewContext(httptest.NewRequest(http.MethodGet, "/", nil), httptest.NewRecorder())
	me := account.Identity{User: account.User{ID: "01arz3ndektsv4rrffq69g5fav"}}
	b.ReportAllocs()
	for b.Loop() {
		_ = a.Admit(c, me)
	}
}
