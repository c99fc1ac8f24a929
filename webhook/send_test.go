package webhook_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"itemshare/audit"
	"itemshare/fault"
)

func record(f *fixture) func(ctx context.Context, e audit.Event) error {
	return func(ctx context.Context, e audit.Event) error { return f.db.Record(ctx, f.entry(e)) }
}

// TestURLs asserts which URLs are accepted, without and with an allowed network.
func TestURLs(t *testing.T) {
	f := newFixture(t)
	strict := f.service(nil)
	for _, c := range []struct {
		url             string
		public, allowed bool
	}{
		{"https://hooks.example/x?y=1", true, true},
		{"https://127.0.0.1/x", false, true},
		{"http://127.0.0.2:8080/x", false, true},
		{"https://[::1]/x", false, false},
		{"https://10.0.0.1/", false, false},
		{"https://169.254.169.254/latest", false, false},
		{"https://[::ffff:10.0.0.1]/", false, false},
		{"https://[::ffff:127.0.0.3]/", false, true},
		{"https://100.64.0.1/", false, false},
		{"https://0.0.0.0/", false, false},
		{"https://[fd00::1]/", false, false},
		{"https://[64:ff9b::a00:1]/", false, false},
		{"https://[2002:a00:1::]/", false, false},
		{"https://8.8.8.8/", true, true},
		{"https://[2606:4700::1111]/", true, true},
		{"http://hooks.example/plain", false, true},
		{"https://user:secret@hooks.example/", false, false},
		{"https://hooks.example/#part", false, false},
		{"ftp://hooks.example/", false, false},
		{"hooks.example", false, false},
		{"https:///x", false, false},
		{"https://hooks.example/" + strings.Repeat("x", 500), false, false},
		{"", false, false},
	} {
		for _, s := range []struct {
			add  bool
			by   func() error
			name string
		}{
			{c.public, func() error {
				_, _, err := strict.Add(t.Context(), "ada", c.url, []string{"share.opened"})
				return err
			}, "without networks"},
			{c.allowed, func() error {
				_, _, err := f.hooks.Add(t.Context(), "ada", c.url, []string{"share.opened"})
				return err
			}, "with 127.0.0.0/8"},
		} {
			err := s.by()
			if (err == nil) != s.add || err != nil && fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s %s: %v, want it added: %t", c.url, s.name, err, s.add)
			}
			f.removeAll()
		}
	}
	_, _, err := f.hooks.Add(t.Context(), "ada", "x", []string{"share.read"})
	if problems := fault.ProblemsOf(err); len(problems) != 2 {
		t.Errorf("%v, want both problems", problems)
	}
	f.add("https://hooks.example/")
	if _, _, err := f.hooks.Add(t.Context(), "ada", "https://hooks.example/", []string{"share.opened"}); err == nil {
		t.Error("the same URL twice")
	}
}

func (f *fixture) removeAll() {
	list, err := f.hooks.List(f.t.Context())
	f.must(err)
	for _, w := range list {
		f.must(f.hooks.Remove(f.t.Context(), "ada", w.ID))
	}
}

// TestNamesOfPrivateAddresses asserts that the address counts that a name stands for when the
// connection is made, and that http reaches nothing but allowed networks.
func TestNamesOfPrivateAddresses(t *testing.T) {
	f := newFixture(t)
	r := newReceiver(t)
	_, port, _ := strings.Cut(strings.TrimPrefix(r.URL, "http://"), ":")
	elsewhere := f.service([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")})
	for _, scheme := range []string{"http", "https"} {
		w, _, err := elsewhere.Add(
			t.Context(), "ada", fmt.Sprintf("%s://localhost:%s/", scheme, port), allTypes())
		f.must(err)
		answer, err := elsewhere.Test(t.Context(), "ada", w.ID, record(f))
		f.must(err)
		if answer.Status != 0 || !strings.Contains(answer.Words, "private address") {
			t.Errorf("%s: %+v", scheme, answer)
		}
	}
	if _, tries := r.count(); tries != 0 {
		t.Errorf("%d requests arrived", tries)
	}
}

// TestAnswers asserts that redirects are not followed and that answers are cut and cleaned.
func TestAnswers(t *testing.T) {
	f := newFixture(t)
	r, other := newReceiver(t), newReceiver(t)
	w, secret := f.add(r.URL)
	test := func() string {
		answer, err := f.hooks.Test(t.Context(), "ada", w.ID, record(f))
		f.must(err)
		return fmt.Sprint(answer.Status, " ", answer.Words)
	}
	r.set(func(w http.ResponseWriter, _ string) bool {
		w.Header().Set("Location", other.URL)
		w.WriteHeader(http.StatusTemporaryRedirect)
		return true
	})
	if got := test(); got != "307 " {
		t.Errorf("a redirect: %q", got)
	}
	if _, tries := other.count(); tries != 0 {
		t.Error("the redirect was followed")
	}
	r.set(func(w http.ResponseWriter, _ string) bool {
		_, _ = io.WriteString(w, "<b>\u202e"+strings.Repeat("long ", 1<<20))
		return true
	})
	if got := test(); len([]rune(got)) > 210 || !strings.HasPrefix(got, "200 <b>long") {
		t.Errorf("a long answer: %q", got)
	}
	r.set(nil)
	if got := test(); got != "200 thanks" {
		t.Errorf("%q", got)
	}
	f.must(verify(t, r.got, secret))
	r.Close()
	if got := test(); got != "0 Couldn't connect." {
		t.Errorf("a closed port: %q", got)
	}
}
