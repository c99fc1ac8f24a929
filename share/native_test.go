package share_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/share"
	"itemshare/vault"
	"itemshare/vault/local"
)

// linkingVault is the embedded vault of an account that has limits and creates links itself.
type linkingVault struct {
	*local.Vault
	limits           vault.Limits
	refusedRecipient string // a recipient that the account refuses
	limitsErr        error  // the error of Limits
	onMakeLink       func() // called by MakeLink unless nil

	onCheck  func() // called by CheckRecipients unless nil
	checkErr error
	linkErr  error         // the error of MakeLink
	delay    time.Duration // how long MakeLink takes

	mu        sync.Mutex
	linkTerms []vault.LinkTerms
}

func (v *linkingVault) Account() string { return "1Password" }

func (v *linkingVault) Limits(context.Context, string, string) (vault.Limits, error) {
	return v.limits, v.limitsErr
}

func (v *linkingVault) CheckRecipients(
	_ context.Context,
	_, _ string,
	recipients []string,
) ([]vault.Refusal, error) {
	if v.onCheck != nil {
		v.onCheck()
	}
	if v.refusedRecipient != "" && slices.Contains(recipients, v.refusedRecipient) {
		return []vault.Refusal{{Recipient: v.refusedRecipient, Problem: fault.Problem{
			Code: fault.CodeRecipientInvalid, Detail: "“" + v.refusedRecipient + "” is not wanted.",
		}}}, v.checkErr
	}
	return nil, v.checkErr
}

func (v *linkingVault) MakeLink(
	ctx context.Context,
	_, _ string,
	terms vault.LinkTerms,
) (vault.Link, error) {
	v.mu.Lock()
	v.linkTerms = append(v.linkTerms, terms)
	n := len(v.linkTerms)
	v.mu.Unlock()
	if v.onMakeLink != nil {
		v.onMakeLink()
	}
	time.Sleep(v.delay)
	if err := ctx.Err(); err != nil {
		return vault.Link{}, err
	}
	if v.linkErr != nil {
		return vault.Link{}, v.linkErr
	}
	return vault.Link{
		URL:         fmt.Sprintf("https://share.1password.example/s#secret-%d", n),
		ItemVersion: 7,
	}, nil
}

// newLinkingService returns a service whose vault creates links itself.
func newLinkingService(t *testing.T) (*testService, *linkingVault) {
	t.Helper()
	v := &linkingVault{limits: vault.Limits{
		MaxExpiry: 14 * 24 * time.Hour, DefaultExpiry: 7 * 24 * time.Hour, AllowedTypes: []string{
			"Authenticated",
			"Public",
		},
		AllowedRecipientTypes: []string{"Email", "Domain"}, Files: vault.FileLimits{Allowed: true},
	}}
	return newServiceWith(t, func(l *local.Vault) vault.Backend { v.Vault = l; return v }), v
}

func (s *testService) createNative(change ...func(*share.Request)) (share.CreatedShare, error) {
	return s.Create(s.t.Context(), ann, s.request(change...))
}

func kindOf(err error) string { return fmt.Sprint(fault.KindOf(err), " ", fault.CodeOf(err)) }

func TestNativeLink(t *testing.T) {
	s, v := newLinkingService(t)
	made := must(s.createNative(oneTime, to("zoe@client.example", "partner.example")))(t)
	terms := share.Terms{
		CreatedAt: start.Unix(),
		ExpiresAt: start.Add(24 * time.Hour).Unix(),
		MaxViews:  1,
		Audience:  share.Recipients,
	}
	if !made.Native || made.Terms != terms || made.ItemVersion != 7 ||
		made.Link != "https://share.1password.example/s#secret-1" {
		t.Errorf("made %+v of version %d, native %t", made.Terms, made.ItemVersion, made.Native)
	}
	wanted := []vault.LinkTerms{
		{
			Recipients:  []string{"zoe@client.example", "partner.example"},
			ExpireAfter: "OneDay",
			OneTime:     true,
		},
	}
	if diff := cmp.Diff(wanted, v.linkTerms); diff != "" {
		t.Error(diff)
	}
	got := must(s.Get(t.Context(), annsView, made.ID))(t)
	if !got.Native || got.State != share.Active || got.Title != "Staging database" ||
		len(got.Recipients) != 2 ||
		!got.Files ||
		got.Revocable ||
		got.ItemVersion != 7 {
		t.Errorf("history has %+v", got)
	}
	event := s.events(audit.ShareCreated)[0]
	if event.Subject != made.ID || event.Detail["native"] != "true" ||
		strings.Contains(fmt.Sprint(event), "secret-1") {
		t.Errorf("audit %+v", event)
	}
	if live := must(s.Live(t.Context(), annsView, s.team.ID, []string{s.item.ID}))(t); live[s.item.ID] != 1 {
		t.Errorf("live links %v", live)
	}
	s.now = s.now.Add(25 * time.Hour)
	if got := must(s.Get(t.Context(), annsView, made.ID))(t); got.State != share.Expired ||
		!got.EndedAt.Equal(time.Unix(terms.ExpiresAt, 0)) {
		t.Errorf("past its expiry it is %s, ended %s", got.State, got.EndedAt)
	}
}

// TestNativeLinksEndElsewhere asserts that a native link cannot be revoked here, and that the
// error says where it can.
func TestNativeLinksEndElsewhere(t *testing.T) {
	s, _ := newLinkingService(t)
	made := must(s.createNative(to("zoe@client.example")))(t)
	for what, err := range map[string]error{
		"revoke": s.Revoke(t.Context(), ann, annsView, made.ID),
		"remove": s.RemoveRecipient(t.Context(), ann, annsView, made.ID, 0),
	} {
		if fault.KindOf(err) != fault.Conflict ||
			!strings.Contains(fault.ProblemsOf(err)[0].Detail, "1Password") {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := s.Revoke(t.Context(), ben, share.Viewer{UserID: ben.ID}, made.ID); fault.KindOf(
		err,
	) != fault.NotFound {
		t.Errorf("somebody else's: %v", err)
	}
	strict := share.Default()
	strict.MaxExpiry, strict.DefaultExpiry = time.Hour, time.Hour
	page := must(s.Affected(t.Context(), "", strict, "", 0))(t)
	if len(page.Shares) != 1 || !page.Shares[0].Native {
		t.Errorf("affected %+v", page.Shares)
	}
	if done := must(s.SetPolicy(t.Context(), ann, "", strict, true))(t); done != (share.RevokeResult{Native: 1}) {
		t.Errorf("a policy ended %+v", done)
	}
	if got := must(s.Get(t.Context(), annsView, made.ID))(t); got.State != share.Active {
		t.Errorf("it is %s", got.State)
	}
}

func TestNativeProblems(t *testing.T) {
	for _, c := range []struct {
		why    string
		set    func(*testService, *linkingVault)
		change func(*share.Request)
		want   string
	}{
		{
			"nothing of an item can be left out",
			nil,
			func(r *share.Request) { r.Omit, r.TOTP, r.Files = []string{"password"}, true, true },
			"invalid/omit invalid/totp invalid/files",
		},
		{
			"the account's refusal of a recipient comes " +
				"with ours", func(_ *testService, v *linkingVault) { v.refusedRecipient = "a@b.example" },
			func(r *share.Request) {
				r.Access, r.Recipients, r.ExpireAfter = "recipients", []string{"a@b.example", "nonsense"}, "ThirtyDays"
			}, "recipient_invalid/recipients policy_expiry/expire_after recipient_invalid/recipients",
		},
		{
			"the account's limits",
			func(_ *testService, v *linkingVault) { v.limits.AllowedTypes = []string{"Authenticated"} },
			nil,
			"policy_access/access",
		},
		{
			"unknown names allow nothing",
			func(_ *testService, v *linkingVault) { v.limits.AllowedTypes = []string{"Everything"} },
			nil,
			"policy_access/access",
		},
		{
			"files come along, and so count",
			func(_ *testService, v *linkingVault) { v.limits.Files.Allowed = false },
			nil,
			"policy_files/files",
		},
		{
			"their own expiry counts too",
			func(_ *testService, v *linkingVault) { v.limits.Files.MaxExpiry = time.Hour },
			nil,
			"policy_expiry/expire_after",
		},
		{"our rule may be stricter", func(s *testService, _ *linkingVault) {
			p := share.Default()
			p.FilesAllowed = false
			must(s.SetPolicy(s.t.Context(), ann, "", p, false))(s.t)
		}, nil, "policy_files/files"},
		{
			"a limit of ours that the account cannot count",
			func(s *testService, _ *linkingVault) { s.setMaxViews(3) },
			nil,
			"policy_views/one_time",
		},
		{"its own limit it counts", func(_ *testService, v *linkingVault) { v.limits.MaxViews = 3 }, nil, ""},
		{"once is within it", func(s *testService, _ *linkingVault) { s.setMaxViews(3) }, oneTime, ""},
		{"at most once makes it once", func(s *testService, _ *linkingVault) { s.setMaxViews(1) }, nil, ""},
	} {
		t.Run(c.why, func(t *testing.T) {
			s, v := newLinkingService(t)
			if c.set != nil {
				c.set(s, v)
			}
			change := func(*share.Request) {}
			if c.change != nil {
				change = c.change
			}
			_, err := s.createNative(change)
			var got []string
			for _, p := range fault.ProblemsOf(err) {
				got = append(got, string(p.Code)+"/"+p.Field)
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("%v, want %s", got, c.want)
			}
			if asked := len(v.linkTerms) > 0; asked != (c.want == "") {
				t.Errorf("the account was asked for %d links", len(v.linkTerms))
			}
		})
	}
}

func (s *testService) setMaxViews(n int) {
	p := share.Default()
	p.MaxViews = n
	must(s.SetPolicy(s.t.Context(), ann, "", p, false))(s.t)
}

// TestNativeExpiryHasAName asserts that the account is only asked for durations that have a name:
// for a default without one, the longest named duration within it.
func TestNativeExpiryHasAName(t *testing.T) {
	for _, c := range []struct {
		standard time.Duration
		want     string
	}{{7 * 24 * time.Hour, "SevenDays"}, {3 * 24 * time.Hour, "OneDay"}, {time.Minute, "OneHour"}} {
		s, v := newLinkingService(t)
		v.limits.DefaultExpiry = c.standard
		made := must(s.createNative(func(r *share.Request) { r.ExpireAfter = "" }))(t)
		if v.linkTerms[0].ExpireAfter != c.want {
			t.Errorf("a default of %s asks for %s", c.standard, v.linkTerms[0].ExpireAfter)
		}
		if d, _ := share.ParseDuration(c.want); made.ExpiresAt-made.CreatedAt != int64(
			d.Time()/time.Second,
		) {
			t.Errorf("%s is recorded as %d s", c.want, made.ExpiresAt-made.CreatedAt)
		}
	}
}

// TestNativeFailures asserts that each failure decides whether the form's token may be used
// again, and what is recorded.
func TestNativeFailures(t *testing.T) {
	const token = "0123456789abcdef"
	hung := fmt.Errorf("ask: %w", context.DeadlineExceeded)
	for _, c := range []struct {
		why         string
		err         error
		first, then string // kind and code; then is of the second try, when the account works again
		unknown     int    // number of link_unknown audit events
	}{
		{
			"it refused: try again",
			fault.Field("recipients", fault.CodeRecipientInvalid, "No."),
			"1 recipient_invalid",
			"made",
			0,
		},
		{
			"too many calls: nothing was made",
			fault.Wait(fault.CodeTooManyAttempts, "Later.", time.Minute),
			"9 too_many_attempts",
			"made",
			0,
		},
		{
			"not allowed: nothing was made",
			fault.New(fault.Forbidden, fault.CodeForbidden, "No permission."),
			"3 forbidden",
			"made",
			0,
		},
		{
			"it surely made none", errors.Join(fault.Of(fault.Unavailable), vault.ErrNotMade),
			"10 unavailable", "made", 0,
		},
		{
			"it did not answer", fault.Because(fault.Unavailable, errors.New("reset")),
			"10 link_unknown", "6 conflict", 1,
		},
		{"it took too long", hung, "10 link_unknown", "6 conflict", 1},
		{"whatever it was", errors.New("odd"), "10 link_unknown", "6 conflict", 1},
	} {
		s, v := newLinkingService(t)
		v.linkErr = c.err
		request := func(r *share.Request) { r.Token = token }
		_, err := s.createNative(request)
		if got := kindOf(err); got != c.first {
			t.Errorf("%s: %s, want %s", c.why, got, c.first)
		}
		v.linkErr = nil
		got := "made"
		if _, err := s.createNative(request); err != nil {
			got = kindOf(err)
		}
		if got != c.then {
			t.Errorf("%s: the same form again %s, want %s", c.why, got, c.then)
		}
		if n := len(s.events(audit.LinkUnknown)); n != c.unknown {
			t.Errorf("%s: %d events of an unknown link", c.why, n)
		}
		live := must(s.Live(t.Context(), annsView, s.team.ID, []string{s.item.ID}))(t)[s.item.ID]
		if (live == 1) != (c.then == "made") {
			t.Errorf("%s: %d live links", c.why, live)
		}
	}
}

// TestNativeLinkLeavesATrace asserts that the audit log has an event before the account is asked
// for a link, with a form's token and without, so that a process that dies meanwhile leaves a
// trace.
func TestNativeLinkLeavesATrace(t *testing.T) {
	for _, token := range []string{"", "0123456789abcdef"} {
		s, v := newLinkingService(t)
		v.onMakeLink = func() {
			events := s.events(audit.LinkAsked)
			if len(events) != 1 || events[0].Actor != ann.ID ||
				events[0].Subject != s.team.ID+"/"+s.item.ID ||
				events[0].Detail["account"] != "1Password" {
				t.Errorf("token %q: while the account is asked the log has %+v", token, events)
			}
		}
		must(s.createNative(func(r *share.Request) { r.Token = token }))(t)
		if len(v.linkTerms) != 1 {
			t.Errorf("token %q: the account was asked %d times", token, len(v.linkTerms))
		}
	}
}

// TestNativeLinkUnderAReplacedPolicy asserts that the account is not asked for a link that a
// policy set meanwhile forbids, and that the form's token can be used again.
func TestNativeLinkUnderAReplacedPolicy(t *testing.T) {
	s, v := newLinkingService(t)
	forbid := func(r *share.Request) { r.Token = "0123456789abcdef" }
	v.onCheck = func() {
		must(
			s.SetPolicy(
				t.Context(),
				ben,
				"",
				share.Policy{MaxExpiry: time.Hour, DefaultExpiry: time.Hour},
				true,
			),
		)(t)
	}
	_, err := s.createNative(forbid, to("zoe@client.example"))
	wantCode(t, "a policy replaced while recipients are checked", err, fault.CodeConflict)
	if len(v.linkTerms) != 0 || len(s.events(audit.LinkAsked)) != 0 {
		t.Errorf("the account was asked for %d links", len(v.linkTerms))
	}
	v.onCheck = nil
	must(s.SetPolicy(t.Context(), ben, "", share.Default(), false))(t)
	must(s.createNative(forbid, to("zoe@client.example")))(t)
}

// TestNativeLinkThatIsNotRecorded asserts that a link that could not be recorded is never shown,
// and that its form never creates another one.
func TestNativeLinkThatIsNotRecorded(t *testing.T) {
	s, v := newLinkingService(t)
	broken := &failingStore{Store: s.db, err: fault.Because(fault.Unavailable, errors.New("disk full"))}
	s.rebuild(func(c *share.Config) { c.Store = broken })
	request := func(r *share.Request) { r.Token = "0123456789abcdef" }
	made, err := s.createNative(request)
	if made.Link != "" || kindOf(err) != "10 link_unknown" ||
		strings.Contains(err.Error(), "secret-1") ||
		!strings.Contains(fault.ProblemsOf(err)[0].Detail, "1Password created the link") {
		t.Errorf("%+v, %v", made, err)
	}
	broken.err = nil
	if _, err := s.createNative(request); kindOf(err) != "6 conflict" || len(v.linkTerms) != 1 {
		t.Errorf("again: %v, %d links asked for", err, len(v.linkTerms))
	}
	if n := len(s.events(audit.LinkUnknown)); n != 1 {
		t.Errorf("%d events of an unknown link", n)
	}
}

// failingStore is a store that cannot record a share while err is set.
type failingStore struct {
	share.Store
	err error
}

func (f *failingStore) Create(ctx context.Context, d share.Draft) error {
	if f.err != nil {
		return f.err
	}
	return f.Store.Create(ctx, d)
}

// TestNativeLinkOutlivesItsRequest asserts that a link whose request ended while the account
// created it is in the history.
func TestNativeLinkOutlivesItsRequest(t *testing.T) {
	s, v := newLinkingService(t)
	v.delay = 50 * time.Millisecond
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if made, err := s.Create(ctx, ann, s.request()); err != nil || made.Link == "" {
		t.Errorf("%v", err)
	}
}

func TestTheSameFormMakesOneNativeLink(t *testing.T) {
	s, v := newLinkingService(t)
	v.delay = 20 * time.Millisecond
	var wait sync.WaitGroup
	var mu sync.Mutex
	answers := map[string]int{}
	for range 20 {
		wait.Go(func() {
			_, err := s.Create(
				t.Context(),
				ann,
				s.request(func(r *share.Request) { r.Token = "0123456789abcdef" }),
			)
			answer := "made"
			if err != nil {
				answer = fmt.Sprint(fault.KindOf(err))
			}
			mu.Lock()
			defer mu.Unlock()
			answers[answer]++
		})
	}
	wait.Wait()
	if diff := cmp.Diff(map[string]int{"made": 1, "6": 19}, answers); diff != "" ||
		len(v.linkTerms) != 1 {
		t.Errorf("%d links asked for; %s", len(v.linkTerms), diff)
	}
	_, err := s.createNative(func(r *share.Request) { r.Token = "0123456789abcdef" })
	if e, _ := fault.As(err); e == nil || e.Code() != fault.CodeAlreadyCreated ||
		e.CreatedID == "" {
		t.Errorf("later: %v", err)
	}
}

// TestUnreachableLimitsAllowNothing asserts that no link of either kind is created while the
// account's limits cannot be fetched.
func TestUnreachableLimitsAllowNothing(t *testing.T) {
	for why, err := range map[string]error{
		"it says so":   fault.Because(fault.Unavailable, errors.New("down")),
		"it is silent": context.DeadlineExceeded,
	} {
		s, v := newLinkingService(t)
		v.limitsErr = err
		for _, by := range []share.LinksBy{share.LinksNative, share.LinksOurs} {
			if err := s.SetLinksBy(t.Context(), ann, by); err != nil {
				t.Fatal(err)
			}
			if _, err := s.createNative(); fault.KindOf(err) != fault.Unavailable {
				t.Errorf("%s, %s: %v", why, by, err)
			}
		}
		if _, err := s.EffectivePolicy(t.Context(), s.team.ID, s.item.ID); fault.KindOf(
			err,
		) != fault.Unavailable {
			t.Errorf("%s: %v", why, err)
		}
	}
}

func TestTheAdminChoosesWhoMakesLinks(t *testing.T) {
	s, v := newLinkingService(t)
	if l := must(s.Linking(t.Context()))(t); l != (share.Linking{Account: "1Password", Choice: true, Native: true}) {
		t.Errorf("at first %+v", l)
	}
	if err := s.SetLinksBy(t.Context(), ann, "nobody"); fault.CodeOf(err) != fault.CodeInvalid {
		t.Errorf("nonsense: %v", err)
	}
	if err := s.SetLinksBy(t.Context(), ann, share.LinksOurs); err != nil {
		t.Fatal(err)
	}
	if event := s.events(audit.PolicyChanged)[0]; event.Detail["links_by"] != "itemshare" ||
		event.Actor != "ann" {
		t.Errorf("audit %+v", event)
	}
	made := must(s.createNative(func(r *share.Request) { r.Omit = []string{"password"} }))(t)
	if made.Native || len(v.linkTerms) != 0 ||
		!strings.HasPrefix(made.Link, "https://share.example/base/s") {
		t.Errorf("native %t, %d asked", made.Native, len(v.linkTerms))
	}
	// The account's limits still apply; those about files only to a share with files.
	v.limits.Files.MaxExpiry = time.Hour
	if _, err := s.createNative(); err != nil {
		t.Errorf("without files: %v", err)
	}
	_, err := s.createNative(func(r *share.Request) { r.ExpireAfter = "ThirtyDays" })
	if got := fault.ProblemsOf(err); len(got) != 1 ||
		got[0].Detail != "Your 1Password account allows 14 days at most." {
		t.Errorf("without files, for too long: %v", got)
	}
	_, err = s.createNative(withFiles)
	if got := fault.ProblemsOf(err); len(got) != 1 ||
		got[0].Detail != "Your 1Password account allows 1 hour at most." {
		t.Errorf("with files: %v", got)
	}
	if err := newService(t).SetLinksBy(t.Context(), ann, share.LinksOurs); fault.KindOf(
		err,
	) != fault.Conflict {
		t.Errorf("where there is no choice: %v", err)
	}
}

func TestRecipientsAreCheckedByTheAccount(t *testing.T) {
	s, v := newLinkingService(t)
	v.refusedRecipient = "a@b.example"
	got := must(
		s.CheckRecipients(
			t.Context(), ann,
			s.team.ID,
			s.item.ID,
			[]string{"zoe@client.example a@b.example"},
		),
	)(t)
	if len(got) != 2 || got[0].Problem != nil || got[1].Problem == nil ||
		!strings.Contains(got[1].Problem.Detail, "not wanted") {
		t.Errorf("%+v", got)
	}
	v.refusedRecipient = "bob@example.org" // contains the text of another recipient
	got = must(
		s.CheckRecipients(
			t.Context(), ann,
			s.team.ID,
			s.item.ID,
			[]string{"example.org bob@example.org"},
		),
	)(t)
	if len(got) != 2 || got[0].Problem != nil || got[1].Problem == nil {
		t.Errorf("%+v", got)
	}
	v.checkErr = fault.Because(fault.Unavailable, errors.New("down"))
	if _, err := s.CheckRecipients(t.Context(), ann, s.team.ID, s.item.ID, []string{"a@b.example"}); fault.KindOf(
		err,
	) != fault.Unavailable {
		t.Errorf("unreachable: %v", err)
	}
}

// TestNativeLinksNeedNoMail asserts that an account that emails its own codes can share with
// recipients even if email is off here.
func TestNativeLinksNeedNoMail(t *testing.T) {
	s, _ := newLinkingService(t)
	s.rebuild(func(c *share.Config) { c.Mailer = nil })
	if _, err := s.createNative(to("zoe@client.example")); err != nil {
		t.Error(err)
	}
	if err := s.SetLinksBy(t.Context(), ann, share.LinksOurs); err != nil {
		t.Fatal(err)
	}
	if _, err := s.createNative(to("zoe@client.example")); fault.CodeOf(err) != fault.CodeMailOff {
		t.Errorf("ours: %v", err)
	}
}
