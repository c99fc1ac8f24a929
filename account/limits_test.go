package account_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"strconv"
	"sync"
	"testing"
	"time"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/fault"
)

const ada = "ada@example.com"

func (f *fixture) wrong(t *testing.T, email, peer string) fault.Kind {
	t.Helper()
	_, _, err := f.SignIn(t.Context(), email, "wrong password", peer)
	if err == nil {
		t.Fatal("a wrong password signs in")
	}
	return fault.KindOf(err)
}

// TestNobodyKeepsAnotherOut: a stranger who knows the address tries from one network, from many
// and from all of a provider's IPv6; its owner signs in from another one, and at once.
func TestNobodyKeepsAnotherOut(t *testing.T) {
	for why, peer := range map[string]func(n int) string{
		"one network":    func(int) string { return "192.0.2.1" },
		"forty networks": func(n int) string { return fmt.Sprint("10.1.0.", n) },
		"a /48":          func(n int) string { return fmt.Sprintf("2001:db8:1:%x::1", n) },
	} {
		t.Run(why, func(t *testing.T) {
			f := newFixture(t)
			f.add(t, ada)
			for n := range 40 {
				f.wrong(t, ada, peer(n))
			}
			began := time.Now()
			if _, _, err := f.SignIn(t.Context(), ada, password, "198.51.100.7"); err != nil {
				t.Errorf("the owner from elsewhere: %v", err)
			}
			if took := time.Since(began); took > 2*time.Second {
				t.Errorf("the owner waited %v", took)
			}
		})
	}
}

// TestIPv6CountsByItsNetworks: a provider's /48 and /56 have no more than a few tries at an account.
func TestIPv6CountsByItsNetworks(t *testing.T) {
	for why, tt := range map[string]struct {
		peer func(n int) string
		most int
	}{
		"a /64": {func(n int) string { return fmt.Sprintf("2001:db8:1:2::%x", n) }, 5},
		"a /56": {func(n int) string { return fmt.Sprintf("2001:db8:1:2%02x::", n) }, 15},
		"a /48": {func(n int) string { return fmt.Sprintf("2001:db8:1:%x::", n<<8) }, 45},
	} {
		t.Run(why, func(t *testing.T) {
			f := newFixture(t)
			checked := 0
			for n := range 60 {
				if f.wrong(t, ada, tt.peer(n)) == fault.Unauthenticated {
					checked++
				}
			}
			if checked != tt.most {
				t.Errorf("%d passwords were checked, want %d", checked, tt.most)
			}
			if f.wrong(t, ada, "2001:db8:2::") != fault.Unauthenticated {
				t.Error("another /48 has to wait")
			}
		})
	}
}

// TestAnOfficeSignsIn: many people of one network mistype, and then sign in; more often than the
// network has free attempts they wait for a moment at most.
func TestAnOfficeSignsIn(t *testing.T) {
	f := newFixture(t)
	f.add(t, ada)
	for n := range 104 {
		f.pass(time.Second)
		if kind := f.wrong(t, fmt.Sprintf("person%d@example.com", n), "office"); kind !=
			fault.Unauthenticated {
			t.Fatalf("person %d: %v", n, kind)
		}
	}
	for range 3 {
		f.pass(time.Second)
		began := time.Now()
		if _, _, err := f.SignIn(t.Context(), ada, password, "office"); err != nil {
			t.Fatalf("a right password: %v", err)
		}
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("a right password waited %v", took)
		}
	}
	// The same network at full speed is held up.
	held := 0
	for n := range 40 {
		if f.wrong(t, fmt.Sprintf("invented%d@example.com", n), "office") == fault.TooMany {
			held++
		}
	}
	if held == 0 {
		t.Error("forty more at once are all checked")
	}
	f.pass(time.Hour)
	for n := range 10 {
		if kind := f.wrong(t, fmt.Sprintf("invented%d@example.com", n), "office"); kind !=
			fault.Unauthenticated {
			t.Fatalf("an hour later, try %d: %v", n, kind)
		}
	}
}

// TestKnownAndUnknownAreAlikeWhateverHappened: what the owner does, even beside the stranger, changes
// nothing of what the stranger sees.
func TestKnownAndUnknownAreAlikeWhateverHappened(t *testing.T) {
	for _, owner := range []struct{ why, peer string }{
		{"in another network", "elsewhere"}, {"in the same network", "peer"},
	} {
		t.Run(owner.why, func(t *testing.T) {
			f := newFixture(t)
			f.add(t, ada)
			session := f.browserOf(t, ada)
			see := func(email string) (seen []string) {
				t.Helper()
				try := func(n int) {
					for range n {
						f.pass(200 * time.Millisecond)
						_, _, err := f.SignIn(t.Context(), email, "wrong password", "peer"+email[4:])
						e, _ := fault.As(err)
						seen = append(seen, fmt.Sprint(e.Code(), e.RetryAfter.Round(10*time.Millisecond)))
					}
				}
				try(4)
				f.ownerSignsIn(t, email, owner.peer+email[4:], "")
				try(7)
				f.ownerSignsIn(t, email, owner.peer+email[4:], session)
				try(4)
				f.pass(time.Minute)
				f.ownerSignsIn(t, email, owner.peer+email[4:], "")
				try(4)
				return seen
			}
			known, unknown := see("ada@example.com"), see("eve@example.com")
			for n := range known {
				if known[n] != unknown[n] {
					t.Errorf("try %d: known %s, unknown %s", n, known[n], unknown[n])
				}
			}
		})
	}
}

// ownerSignsIn if there is one.
func (f *fixture) ownerSignsIn(t *testing.T, email, peer, browser string) {
	t.Helper()
	if email != ada {
		return
	}
	_, err := f.Service.SignIn(
		t.Context(), email, password, account.Caller{Addr: addrOf(peer), Browser: browser},
	)
	if err != nil && fault.KindOf(err) != fault.TooMany {
		t.Fatal(err)
	}
}

// browserOf returns the token of a browser that signed in.
func (f *fixture) browserOf(t *testing.T, email string) string {
	t.Helper()
	session, err := f.Service.SignIn(
		t.Context(), email, password, account.Caller{Addr: addrOf("at home")},
	)
	if err != nil {
		t.Fatal(err)
	}
	return session.Browser
}

// TestAKnownBrowserHasItsOwnCount, and is known as its user's alone, and until it is replaced, the
// password changes or it is too old.
func TestAKnownBrowserHasItsOwnCount(t *testing.T) {
	f := newFixture(t)
	f.add(t, ada)
	f.add(t, "eve@example.com")
	try := func(browser, email, password string) (account.NewSession, fault.Kind) {
		session, err := f.Service.SignIn(
			t.Context(), email, password, account.Caller{Addr: addrOf("peer"), Browser: browser},
		)
		return session, fault.KindOf(err)
	}
	known := f.browserOf(t, ada)
	for range 10 {
		f.wrong(t, ada, "peer")
		f.wrong(t, "eve@example.com", "peer")
	}
	session, kind := try(known, ada, password)
	if session.Token == "" || session.Browser == known {
		t.Fatalf("a known browser beside a stranger: %v", kind)
	}
	if _, kind := try(known, ada, password); kind != fault.TooMany {
		t.Errorf("the token before still counts: %v", kind)
	}
	known = session.Browser
	if _, kind := try(known, "eve@example.com", password); kind != fault.TooMany {
		t.Errorf("another user's browser: %v", kind)
	}
	for n := range 5 {
		if _, kind := try(known, ada, "wrong password"); kind != fault.Unauthenticated {
			t.Errorf("wrong try %d: %v", n, kind)
		}
	}
	if _, kind := try(known, ada, "wrong password"); kind != fault.TooMany {
		t.Errorf("a known browser may guess for ever: %v", kind)
	}
	f.pass(time.Second)
	session, kind = try(known, ada, password)
	if session.Token == "" {
		t.Fatalf("after its wait: %v", kind)
	}
	for n := range 5 { // a right password cleared its count
		if _, kind := try(session.Browser, ada, "wrong password"); kind != fault.Unauthenticated {
			t.Errorf("wrong try %d after a right one: %v", n, kind)
		}
	}
	other := f.browserOf(t, ada)
	if err := f.SetPassword(t.Context(), "", ada, password); err != nil {
		t.Fatal(err)
	}
	for range 6 {
		f.wrong(t, ada, "peer")
	}
	if _, kind := try(other, ada, password); kind != fault.TooMany {
		t.Errorf("known after a change of the password: %v", kind)
	}
	last := f.browserOf(t, ada)
	f.pass(account.BrowserLifetime)
	for range 6 {
		f.wrong(t, ada, "peer")
	}
	if _, kind := try(last, ada, password); kind != fault.TooMany {
		t.Errorf("known for ever: %v", kind)
	}
	if n, err := f.EraseSessions(t.Context(), 100); n == 0 || err != nil {
		t.Errorf("nothing of it is erased: %d, %v", n, err)
	}
}

// TestASharedAddressRefusesNoRightPassword: behind a proxy that isn't trusted everybody has its
// address.
func TestASharedAddressRefusesNoRightPassword(t *testing.T) {
	f := newFixture(t)
	f.add(t, ada)
	proxy := account.Caller{Addr: addrOf("127.0.0.1"), Shared: true}
	for range 30 {
		f.pass(time.Second)
		_, err := f.Service.SignIn(t.Context(), ada, "wrong password", proxy)
		if fault.KindOf(err) != fault.Unauthenticated {
			t.Fatal(err)
		}
	}
	if _, err := f.Service.SignIn(t.Context(), ada, password, proxy); err != nil {
		t.Errorf("the right password: %v", err)
	}
	checked := 0
	for range 30 { // at once
		_, err := f.Service.SignIn(t.Context(), ada, "wrong password", proxy)
		if fault.KindOf(err) == fault.Unauthenticated {
			checked++
		}
	}
	if checked > 10 {
		t.Errorf("%d of thirty guesses at once are checked", checked)
	}
}

// TestThousandsOfNetworksAtOnce: the line is short, and a known browser is served beside it.
func TestThousandsOfNetworksAtOnce(t *testing.T) {
	f := newFixture(t)
	f.add(t, ada)
	known := f.browserOf(t, ada)
	kinds := make(chan fault.Kind, 1000)
	var all sync.WaitGroup
	for n := range cap(kinds) {
		addr := netip.AddrFrom4([4]byte{10, 0, byte(n >> 8), byte(n)})
		all.Go(func() {
			_, err := f.Service.SignIn(
				context.Background(), fmt.Sprintf("nobody%d@example.com", n), "wrong password",
				account.Caller{Addr: addr},
			)
			kinds <- fault.KindOf(err)
		})
	}
	time.Sleep(50 * time.Millisecond)
	began := time.Now()
	_, err := f.Service.SignIn(
		t.Context(), ada, password, account.Caller{Addr: addrOf("at home"), Browser: known},
	)
	// Computing all the hashes takes far longer than that.
	if took := time.Since(began); err != nil || took > 5*time.Second {
		t.Errorf("a known browser after %v: %v", took, err)
	}
	all.Wait()
	close(kinds)
	count := map[fault.Kind]int{}
	for kind := range kinds {
		count[kind]++
	}
	if count[fault.Unavailable] == 0 || count[fault.Unauthenticated]+count[fault.Unavailable] !=
		cap(kinds) {
		t.Errorf("outcomes %v", count)
	}
}

// TestRefusedSignInsAreInTheAudit: some each, the others by their number.
func TestRefusedSignInsAreInTheAudit(t *testing.T) {
	f := newFixture(t)
	for n := range 40 {
		f.wrong(t, fmt.Sprintf("nobody%d@example.com", n), "192.0.2.1")
	}
	f.wrong(t, "nobody@example.com", "192.0.2.2")
	f.pass(time.Minute)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	f.CountRefusals(ctx, slog.New(slog.DiscardHandler))
	sum, single := 0, 0
	for _, e := range f.events(t) {
		if e.Kind != audit.SignInRefused || e.Detail["peer"] != "192.0.2.1" {
			continue
		}
		if n, err := strconv.Atoi(e.Detail["count"]); err == nil {
			sum += n
		} else {
			single++
		}
	}
	if single != 10 || sum != 30 {
		t.Errorf("%d events of their own, %d counted", single, sum)
	}
}

// TestHangingUpCounts: a guess whose answer nobody waits for is a guess.
func TestHangingUpCounts(t *testing.T) {
	f := newFixture(t)
	f.add(t, ada)
	for range 5 {
		ctx, hangUp := context.WithCancel(t.Context())
		config := f.config
		config.Audit = audit.NewLog(hangingUp{hangUp})
		_, err := account.New(config).SignIn(
			ctx, ada, "wrong password", account.Caller{Addr: addrOf("peer")},
		)
		if fault.KindOf(err) != fault.Unauthenticated {
			t.Fatal(err)
		}
	}
	if kind := f.wrong(t, ada, "peer"); kind != fault.TooMany {
		t.Errorf("five guesses did not count: %v", kind)
	}
}

// hangingUp seals the entry of a refusal, while the caller hangs up.
type hangingUp struct{ hangUp func() }

func (h hangingUp) Seal([]byte, ...string) ([]byte, error) {
	h.hangUp()
	return []byte{0}, nil
}

func (hangingUp) Open(sealed []byte, _ ...string) ([]byte, error) { return sealed, nil }
