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

// signInWrongly tries to sign in with a wrong password and returns the kind of the error.
func (s *testService) signInWrongly(t *testing.T, email, peer string) fault.Kind {
	t.Helper()
	_, _, err := s.SignIn(t.Context(), email, "wrong password", peer)
	if err == nil {
		t.Fatal("a wrong password signs in")
	}
	return fault.KindOf(err)
}

// TestNobodyKeepsAnotherOut asserts that a stranger who tries an address from one network, from
// many or from all of a provider's IPv6 does not keep its owner from signing in elsewhere at
// once.
func TestNobodyKeepsAnotherOut(t *testing.T) {
	for why, peer := range map[string]func(n int) string{
		"one network":    func(int) string { return "192.0.2.1" },
		"forty networks": func(n int) string { return fmt.Sprint("10.1.0.", n) },
		"a /48":          func(n int) string { return fmt.Sprintf("2001:db8:1:%x::1", n) },
	} {
		t.Run(why, func(t *testing.T) {
			s := newTestService(t)
			s.addUser(t, ada)
			for n := range 40 {
				s.signInWrongly(t, ada, peer(n))
			}
			began := time.Now()
			if _, _, err := s.SignIn(t.Context(), ada, password, "198.51.100.7"); err != nil {
				t.Errorf("the owner from elsewhere: %v", err)
			}
			if took := time.Since(began); took > 2*time.Second {
				t.Errorf("the owner waited %v", took)
			}
		})
	}
}

// TestIPv6CountsByItsNetworks asserts that a provider's /48 and /56 have no more than a few
// attempts at one account.
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
			s := newTestService(t)
			checked := 0
			for n := range 60 {
				if s.signInWrongly(t, ada, tt.peer(n)) == fault.Unauthenticated {
					checked++
				}
			}
			if checked != tt.most {
				t.Errorf("%d passwords were checked, want %d", checked, tt.most)
			}
			if s.signInWrongly(t, ada, "2001:db8:2::") != fault.Unauthenticated {
				t.Error("another /48 has to wait")
			}
		})
	}
}

// TestAnOfficeSignsIn asserts that many people of one network can mistype and then sign in.
// Beyond the network's free attempts they wait for a moment at most.
func TestAnOfficeSignsIn(t *testing.T) {
	t.Parallel() // it waits
	s := newTestService(t)
	s.addUser(t, ada)
	for n := range 104 {
		s.advance(time.Second)
		if kind := s.signInWrongly(t, fmt.Sprintf("person%d@example.com", n), "office"); kind !=
			fault.Unauthenticated {
			t.Fatalf("person %d: %v", n, kind)
		}
	}
	for range 3 {
		s.advance(time.Second)
		began := time.Now()
		if _, _, err := s.SignIn(t.Context(), ada, password, "office"); err != nil {
			t.Fatalf("a right password: %v", err)
		}
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("a right password waited %v", took)
		}
	}
	// The same network at full speed is held up.
	held := 0
	for n := range 40 {
		if s.signInWrongly(t, fmt.Sprintf("invented%d@example.com", n), "office") == fault.TooMany {
			held++
		}
	}
	if held == 0 {
		t.Error("forty more at once are all checked")
	}
	s.advance(time.Hour)
	for n := range 10 {
		if kind := s.signInWrongly(t, fmt.Sprintf("invented%d@example.com", n), "office"); kind !=
			fault.Unauthenticated {
			t.Fatalf("an hour later, try %d: %v", n, kind)
		}
	}
}

// TestKnownAndUnknownAreAlikeWhateverHappened asserts that nothing the owner does, even at the
// same time, changes what a stranger sees.
func TestKnownAndUnknownAreAlikeWhateverHappened(t *testing.T) {
	for _, owner := range []struct{ why, peer string }{
		{"in another network", "elsewhere"}, {"in the same network", "peer"},
	} {
		t.Run(owner.why, func(t *testing.T) {
			s := newTestService(t)
			s.addUser(t, ada)
			session := s.knownBrowser(t, ada)
			see := func(email string) (seen []string) {
				t.Helper()
				try := func(n int) {
					for range n {
						s.advance(200 * time.Millisecond)
						_, _, err := s.SignIn(t.Context(), email, "wrong password", "peer"+email[4:])
						e, _ := fault.As(err)
						seen = append(seen, fmt.Sprint(e.Code(), e.RetryAfter.Round(10*time.Millisecond)))
					}
				}
				try(4)
				s.ownerSignsIn(t, email, owner.peer+email[4:], "")
				try(7)
				s.ownerSignsIn(t, email, owner.peer+email[4:], session)
				try(4)
				s.advance(time.Minute)
				s.ownerSignsIn(t, email, owner.peer+email[4:], "")
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

// ownerSignsIn signs in if the email address is ada's.
func (s *testService) ownerSignsIn(t *testing.T, email, peer, browser string) {
	t.Helper()
	if email != ada {
		return
	}
	_, err := s.Service.SignIn(
		t.Context(), email, password, account.Caller{Addr: addrOf(peer), Browser: browser},
	)
	if err != nil && fault.KindOf(err) != fault.TooMany {
		t.Fatal(err)
	}
}

// knownBrowser signs in and returns the token of the browser.
func (s *testService) knownBrowser(t *testing.T, email string) string {
	t.Helper()
	session, err := s.Service.SignIn(
		t.Context(), email, password, account.Caller{Addr: addrOf("at home")},
	)
	if err != nil {
		t.Fatal(err)
	}
	return session.Browser
}

// TestAKnownBrowserHasItsOwnCount asserts that a known browser has a count of its own, for its
// user alone, until it is replaced, the password changes or it is too old.
func TestAKnownBrowserHasItsOwnCount(t *testing.T) {
	s := newTestService(t)
	s.addUser(t, ada)
	s.addUser(t, "eve@example.com")
	try := func(browser, email, password string) (account.NewSession, fault.Kind) {
		session, err := s.Service.SignIn(
			t.Context(), email, password, account.Caller{Addr: addrOf("peer"), Browser: browser},
		)
		return session, fault.KindOf(err)
	}
	known := s.knownBrowser(t, ada)
	for range 10 {
		s.signInWrongly(t, ada, "peer")
		s.signInWrongly(t, "eve@example.com", "peer")
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
	s.advance(time.Second)
	session, kind = try(known, ada, password)
	if session.Token == "" {
		t.Fatalf("after its wait: %v", kind)
	}
	for n := range 5 { // a right password cleared its count
		if _, kind := try(session.Browser, ada, "wrong password"); kind != fault.Unauthenticated {
			t.Errorf("wrong try %d after a right one: %v", n, kind)
		}
	}
	other := s.knownBrowser(t, ada)
	if err := s.SetPassword(t.Context(), "", ada, password); err != nil {
		t.Fatal(err)
	}
	for range 6 {
		s.signInWrongly(t, ada, "peer")
	}
	if _, kind := try(other, ada, password); kind != fault.TooMany {
		t.Errorf("known after a change of the password: %v", kind)
	}
	last := s.knownBrowser(t, ada)
	s.advance(account.BrowserLifetime)
	for range 6 {
		s.signInWrongly(t, ada, "peer")
	}
	if _, kind := try(last, ada, password); kind != fault.TooMany {
		t.Errorf("known for ever: %v", kind)
	}
	if n, err := s.EraseSessions(t.Context(), 100); n == 0 || err != nil {
		t.Errorf("nothing of it is erased: %d, %v", n, err)
	}
}

// TestASharedAddressRefusesNoRightPassword asserts that right passwords are accepted if everybody
// has the address of an untrusted proxy.
func TestASharedAddressRefusesNoRightPassword(t *testing.T) {
	t.Parallel() // it waits
	s := newTestService(t)
	s.addUser(t, ada)
	proxy := account.Caller{Addr: addrOf("127.0.0.1"), Shared: true}
	for range 30 {
		s.advance(time.Second)
		_, err := s.Service.SignIn(t.Context(), ada, "wrong password", proxy)
		if fault.KindOf(err) != fault.Unauthenticated {
			t.Fatal(err)
		}
	}
	if _, err := s.Service.SignIn(t.Context(), ada, password, proxy); err != nil {
		t.Errorf("the right password: %v", err)
	}
	checked := 0
	for range 30 { // at once
		_, err := s.Service.SignIn(t.Context(), ada, "wrong password", proxy)
		if fault.KindOf(err) == fault.Unauthenticated {
			checked++
		}
	}
	if checked > 10 {
		t.Errorf("%d of thirty guesses at once are checked", checked)
	}
}

// TestThousandsOfNetworksAtOnce asserts that the line stays short and that a known browser is
// served beside it.
func TestThousandsOfNetworksAtOnce(t *testing.T) {
	s := newTestService(t)
	s.addUser(t, ada)
	known := s.knownBrowser(t, ada)
	kinds := make(chan fault.Kind, 1000)
	var all sync.WaitGroup
	for n := range cap(kinds) {
		addr := netip.AddrFrom4([4]byte{10, 0, byte(n >> 8), byte(n)})
		all.Go(func() {
			_, err := s.Service.SignIn(
				context.Background(), fmt.Sprintf("nobody%d@example.com", n), "wrong password",
				account.Caller{Addr: addr},
			)
			kinds <- fault.KindOf(err)
		})
	}
	time.Sleep(50 * time.Millisecond)
	began := time.Now()
	_, err := s.Service.SignIn(
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

// TestRefusedSignInsAreInTheAudit asserts that some rejected sign-ins have an audit event each
// and that the others are counted in one.
func TestRefusedSignInsAreInTheAudit(t *testing.T) {
	s := newTestService(t)
	for n := range 40 {
		s.signInWrongly(t, fmt.Sprintf("nobody%d@example.com", n), "192.0.2.1")
	}
	s.signInWrongly(t, "nobody@example.com", "192.0.2.2")
	s.advance(time.Minute)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	s.CountRefusals(ctx, slog.New(slog.DiscardHandler))
	sum, single := 0, 0
	for _, e := range s.events(t) {
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

// TestHangingUpCounts asserts that a guess counts though its caller has gone.
func TestHangingUpCounts(t *testing.T) {
	s := newTestService(t)
	s.addUser(t, ada)
	for range 5 {
		ctx, hangUp := context.WithCancel(t.Context())
		config := s.config
		config.Audit = audit.NewLog(cancelingBox{hangUp}, nil)
		_, err := account.New(config).SignIn(
			ctx, ada, "wrong password", account.Caller{Addr: addrOf("peer")},
		)
		if fault.KindOf(err) != fault.Unauthenticated {
			t.Fatal(err)
		}
	}
	if kind := s.signInWrongly(t, ada, "peer"); kind != fault.TooMany {
		t.Errorf("five guesses did not count: %v", kind)
	}
}

// cancelingBox cancels the caller's context when the entry of a failed sign-in is sealed.
type cancelingBox struct{ cancel func() }

func (h cancelingBox) Seal([]byte, ...string) ([]byte, error) {
	h.cancel()
	return []byte{0}, nil
}

func (cancelingBox) Open(sealed []byte, _ ...string) ([]byte, error) { return sealed, nil }
