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

// firm is the embedded vault with an account that has rules and links of its own.
type firm struct {
	*local.Vault
	limits  vault.Limits
	refused string // a recipient that the account refuses
	limited error  // what asking for limits gives
	making  func() // called when a link is asked for, nil for nothing

	checking func() // called when recipients are checked, nil for nothing
	checked  error
	linked   error         // what making a link gives
	slow     time.Duration // how long making one takes

	mu    sync.Mutex
	asked []vault.LinkTerms
}

func (f *firm) Account() string { return "1Password" }

func (f *firm) Limits(context.Context, string, string) (vault.Limits, error) {
	return f.limits, f.limited
}

func (f *firm) CheckRecipients(
	_ context.Context,
	_, _ string,
	recipients []string,
) ([]vault.Refusal, error) {
	if f.checking != nil {
		f.checking()
	}
	if f.refused != "" && slices.Contains(recipients, f.refused) {
		return []vault.Refusal{{Recipient: f.refused, Problem: fault.Problem{
			Code: fault.CodeRecipientInvalid, Detail: "“" + f.refused + "” is not wanted.",
		}}}, f.checked
	}
	return nil, f.checked
}

func (f *firm) MakeLink(
	ctx context.Context,
	_, _ string,
	terms vault.LinkTerms,
) (vault.Link, error) {
	f.mu.Lock()
	f.asked = append(f.asked, terms)
	n := len(f.asked)
	f.mu.Unlock()
	if f.making != nil {
		f.making()
	}
	time.Sleep(f.slow)
	if err := ctx.Err(); err != nil {
		return vault.Link{}, err
	}
	if f.linked != nil {
		return vault.Link{}, f.linked
	}
	return vault.Link{
		URL:         fmt.Sprintf("https://share.1password.example/s#secret-%d", n),
		ItemVersion: 7,
	}, nil
}

// openFirm is a bench whose vault makes links itself.
func openFirm(t *testing.T) (*bench, *firm) {
	t.Helper()
	f := &firm{limits: vault.Limits{
		MaxExpiry: 14 * 24 * time.Hour, DefaultExpiry: 7 * 24 * time.Hour, AllowedTypes: []string{
			"Authenticated",
			"Public",
		},
		AllowedRecipientTypes: []string{"Email", "Domain"}, Files: vault.FileLimits{Allowed: true},
	}}
	return openWith(t, func(l *local.Vault) vault.Backend { f.Vault = l; return f }), f
}

func (b *bench) native(change ...func(*share.Request)) (share.CreatedShare, error) {
	return b.Create(b.t.Context(), ann, b.request(change...))
}

func kindOf(err error) string { return fmt.Sprint(fault.KindOf(err), " ", fault.CodeOf(err)) }

func TestNativeLink(t *testing.T) {
	b, f := openFirm(t)
	made := must(b.native(once, to("zoe@client.example", "partner.example")))(t)
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
	if diff := cmp.Diff(wanted, f.asked); diff != "" {
		t.Error(diff)
	}
	got := must(b.Get(t.Context(), annsView, made.ID))(t)
	if !got.Native || got.State != share.Active || got.Title != "Staging database" ||
		len(got.Recipients) != 2 ||
		!got.Files ||
		got.Revocable ||
		got.ItemVersion != 7 {
		t.Errorf("history has %+v", got)
	}
	event := b.events(audit.ShareCreated)[0]
	if event.Subject != made.ID || event.Detail["native"] != "true" ||
		strings.Contains(fmt.Sprint(event), "secret-1") {
		t.Errorf("audit %+v", event)
	}
	if live := must(b.Live(t.Context(), annsView, b.team.ID, []string{b.item.ID}))(t); live[b.item.ID] != 1 {
		t.Errorf("live links %v", live)
	}
	b.now = b.now.Add(25 * time.Hour)
	if got := must(b.Get(t.Context(), annsView, made.ID))(t); got.State != share.Expired ||
		!got.EndedAt.Equal(time.Unix(terms.ExpiresAt, 0)) {
		t.Errorf("past its expiry it is %s, ended %s", got.State, got.EndedAt)
	}
}

// What ends a native link is out of reach, and said to be.
func TestNativeLinksEndElsewhere(t *testing.T) {
	b, _ := openFirm(t)
	made := must(b.native(to("zoe@client.example")))(t)
	for what, err := range map[string]error{
		"revoke": b.Revoke(t.Context(), ann, annsView, made.ID),
		"remove": b.RemoveRecipient(t.Context(), ann, annsView, made.ID, 0),
	} {
		if fault.KindOf(err) != fault.Conflict ||
			!strings.Contains(fault.ProblemsOf(err)[0].Detail, "1Password") {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := b.Revoke(t.Context(), ben, share.Viewer{UserID: ben.ID}, made.ID); fault.KindOf(
		err,
	) != fault.NotFound {
		t.Errorf("somebody else's: %v", err)
	}
	strict := share.Default()
	strict.MaxExpiry, strict.DefaultExpiry = time.Hour, time.Hour
	page := must(b.Affected(t.Context(), "", strict, "", 0))(t)
	if len(page.Shares) != 1 || !page.Shares[0].Native {
		t.Errorf("affected %+v", page.Shares)
	}
	if done := must(b.SetPolicy(t.Context(), ann, "", strict, true))(t); done != (share.RevokeResult{Native: 1}) {
		t.Errorf("a policy ended %+v", done)
	}
	if got := must(b.Get(t.Context(), annsView, made.ID))(t); got.State != share.Active {
		t.Errorf("it is %s", got.State)
	}
}

func TestNativeProblems(t *testing.T) {
	for _, c := range []struct {
		why    string
		set    func(*bench, *firm)
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
				"with ours", func(_ *bench, f *firm) { f.refused = "a@b.example" },
			func(r *share.Request) {
				r.Access, r.Recipients, r.ExpireAfter = "recipients", []string{"a@b.example", "nonsense"}, "ThirtyDays"
			}, "recipient_invalid/recipients policy_expiry/expire_after recipient_invalid/recipients",
		},
		{
			"the account's limits",
			func(_ *bench, f *firm) { f.limits.AllowedTypes = []string{"Authenticated"} },
			nil,
			"policy_access/access",
		},
		{
			"unknown names allow nothing",
			func(_ *bench, f *firm) { f.limits.AllowedTypes = []string{"Everything"} },
			nil,
			"policy_access/access",
		},
		{
			"files come along, and so count",
			func(_ *bench, f *firm) { f.limits.Files.Allowed = false },
			nil,
			"policy_files/files",
		},
		{
			"their own expiry counts too",
			func(_ *bench, f *firm) { f.limits.Files.MaxExpiry = time.Hour },
			nil,
			"policy_expiry/expire_after",
		},
		{"our rule may be stricter", func(b *bench, _ *firm) {
			p := share.Default()
			p.FilesAllowed = false
			must(b.SetPolicy(b.t.Context(), ann, "", p, false))(b.t)
		}, nil, "policy_files/files"},
		{
			"a limit of ours that the account cannot count",
			func(b *bench, _ *firm) { b.views(3) },
			nil,
			"policy_views/one_time",
		},
		{"its own limit it counts", func(_ *bench, f *firm) { f.limits.MaxViews = 3 }, nil, ""},
		{"once is within it", func(b *bench, _ *firm) { b.views(3) }, once, ""},
		{"at most once makes it once", func(b *bench, _ *firm) { b.views(1) }, nil, ""},
	} {
		t.Run(c.why, func(t *testing.T) {
			b, f := openFirm(t)
			if c.set != nil {
				c.set(b, f)
			}
			change := func(*share.Request) {}
			if c.change != nil {
				change = c.change
			}
			_, err := b.native(change)
			var got []string
			for _, p := range fault.ProblemsOf(err) {
				got = append(got, string(p.Code)+"/"+p.Field)
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("%v, want %s", got, c.want)
			}
			if asked := len(f.asked) > 0; asked != (c.want == "") {
				t.Errorf("the account was asked for %d links", len(f.asked))
			}
		})
	}
}

func (b *bench) views(n int) {
	p := share.Default()
	p.MaxViews = n
	must(b.SetPolicy(b.t.Context(), ann, "", p, false))(b.t)
}

// Only durations with a name can be asked for: of a default without one, the longest within.
func TestNativeExpiryHasAName(t *testing.T) {
	for _, c := range []struct {
		standard time.Duration
		want     string
	}{{7 * 24 * time.Hour, "SevenDays"}, {3 * 24 * time.Hour, "OneDay"}, {time.Minute, "OneHour"}} {
		b, f := openFirm(t)
		f.limits.DefaultExpiry = c.standard
		made := must(b.native(func(r *share.Request) { r.ExpireAfter = "" }))(t)
		if f.asked[0].ExpireAfter != c.want {
			t.Errorf("a default of %s asks for %s", c.standard, f.asked[0].ExpireAfter)
		}
		if d, _ := share.ParseDuration(c.want); made.ExpiresAt-made.CreatedAt != int64(
			d.Time()/time.Second,
		) {
			t.Errorf("%s is recorded as %d s", c.want, made.ExpiresAt-made.CreatedAt)
		}
	}
}

// What came of asking decides whether the form's token may be used again, and what is kept.
func TestNativeFailures(t *testing.T) {
	const token = "0123456789abcdef"
	hung := fmt.Errorf("ask: %w", context.DeadlineExceeded)
	for _, c := range []struct {
		why         string
		err         error
		first, then string // kind and code, of the second try after the account is well again
		unknown     int    // audit events of it
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
			"7 too_many_attempts",
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
		{"it surely made none", errors.Join(fault.Of(fault.Unavailable), vault.ErrNotMade), "8 unavailable", "made", 0},
		{"it did not answer", fault.Because(fault.Unavailable, errors.New("reset")), "8 link_unknown", "6 conflict", 1},
		{"it took too long", hung, "8 link_unknown", "6 conflict", 1},
		{"whatever it was", errors.New("odd"), "8 link_unknown", "6 conflict", 1},
	} {
		b, f := openFirm(t)
		f.linked = c.err
		request := func(r *share.Request) { r.Token = token }
		_, err := b.native(request)
		if got := kindOf(err); got != c.first {
			t.Errorf("%s: %s, want %s", c.why, got, c.first)
		}
		f.linked = nil
		got := "made"
		if _, err := b.native(request); err != nil {
			got = kindOf(err)
		}
		if got != c.then {
			t.Errorf("%s: the same form again %s, want %s", c.why, got, c.then)
		}
		if n := len(b.events(audit.LinkUnknown)); n != c.unknown {
			t.Errorf("%s: %d events of an unknown link", c.why, n)
		}
		live := must(b.Live(t.Context(), annsView, b.team.ID, []string{b.item.ID}))(t)[b.item.ID]
		if (live == 1) != (c.then == "made") {
			t.Errorf("%s: %d live links", c.why, live)
		}
	}
}

// Before an account is asked the audit log says so, with a form's token and without: a process that dies
// meanwhile leaves a trace.
func TestNativeLinkLeavesATrace(t *testing.T) {
	for _, token := range []string{"", "0123456789abcdef"} {
		b, f := openFirm(t)
		f.making = func() {
			events := b.events(audit.LinkAsked)
			if len(events) != 1 || events[0].Actor != ann.ID ||
				events[0].Subject != b.team.ID+"/"+b.item.ID ||
				events[0].Detail["account"] != "1Password" {
				t.Errorf("token %q: while the account is asked the log has %+v", token, events)
			}
		}
		must(b.native(func(r *share.Request) { r.Token = token }))(t)
		if len(f.asked) != 1 {
			t.Errorf("token %q: the account was asked %d times", token, len(f.asked))
		}
	}
}

// TestNativeLinkUnderAReplacedPolicy: the account is not asked for a link that a policy
// set meanwhile forbids, and the form's token can be used again.
func TestNativeLinkUnderAReplacedPolicy(t *testing.T) {
	b, f := openFirm(t)
	forbid := func(r *share.Request) { r.Token = "0123456789abcdef" }
	f.checking = func() {
		must(
			b.SetPolicy(
				t.Context(),
				ben,
				"",
				share.Policy{MaxExpiry: time.Hour, DefaultExpiry: time.Hour},
				true,
			),
		)(
			t,
		)
	}
	_, err := b.native(forbid, to("zoe@client.example"))
	want(t, "a policy replaced while recipients are checked", err, fault.CodeConflict)
	if len(f.asked) != 0 || len(b.events(audit.LinkAsked)) != 0 {
		t.Errorf("the account was asked for %d links", len(f.asked))
	}
	f.checking = nil
	must(b.SetPolicy(t.Context(), ben, "", share.Default(), false))(t)
	must(b.native(forbid, to("zoe@client.example")))(t)
}

// A link that could not be recorded is never shown, and its form never makes another.
func TestNativeLinkThatIsNotRecorded(t *testing.T) {
	b, f := openFirm(t)
	broken := &failing{Store: b.db, err: fault.Because(fault.Unavailable, errors.New("disk full"))}
	b.rebuild(func(c *share.Config) { c.Store = broken })
	request := func(r *share.Request) { r.Token = "0123456789abcdef" }
	made, err := b.native(request)
	if made.Link != "" || kindOf(err) != "8 link_unknown" ||
		strings.Contains(err.Error(), "secret-1") ||
		!strings.Contains(fault.ProblemsOf(err)[0].Detail, "1Password created the link") {
		t.Errorf("%+v, %v", made, err)
	}
	broken.err = nil
	if _, err := b.native(request); kindOf(err) != "6 conflict" || len(f.asked) != 1 {
		t.Errorf("again: %v, %d links asked for", err, len(f.asked))
	}
	if n := len(b.events(audit.LinkUnknown)); n != 1 {
		t.Errorf("%d events of an unknown link", n)
	}
}

// failing is a store that records no share.
type failing struct {
	share.Store
	err error
}

func (f *failing) Create(ctx context.Context, d share.Draft) error {
	if f.err != nil {
		return f.err
	}
	return f.Store.Create(ctx, d)
}

// Whoever hangs up while the account makes the link finds it in the history.
func TestNativeLinkOutlivesItsRequest(t *testing.T) {
	b, f := openFirm(t)
	f.slow = 50 * time.Millisecond
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if made, err := b.Create(ctx, ann, b.request()); err != nil || made.Link == "" {
		t.Errorf("%v", err)
	}
}

func TestTheSameFormMakesOneNativeLink(t *testing.T) {
	b, f := openFirm(t)
	f.slow = 20 * time.Millisecond
	var wait sync.WaitGroup
	var mu sync.Mutex
	answers := map[string]int{}
	for range 20 {
		wait.Go(func() {
			_, err := b.Create(
				t.Context(),
				ann,
				b.request(func(r *share.Request) { r.Token = "0123456789abcdef" }),
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
		len(f.asked) != 1 {
		t.Errorf("%d links asked for; %s", len(f.asked), diff)
	}
	_, err := b.native(func(r *share.Request) { r.Token = "0123456789abcdef" })
	if e, _ := fault.As(err); e == nil || e.Code() != fault.CodeAlreadyCreated ||
		e.CreatedID == "" {
		t.Errorf("later: %v", err)
	}
}

// While the account cannot be asked there is no rule, and so no link of either kind.
func TestUnreachableLimitsAllowNothing(t *testing.T) {
	for why, err := range map[string]error{
		"it says so":   fault.Because(fault.Unavailable, errors.New("down")),
		"it is silent": context.DeadlineExceeded,
	} {
		b, f := openFirm(t)
		f.limited = err
		for _, by := range []share.LinksBy{share.LinksNative, share.LinksOurs} {
			if err := b.SetLinksBy(t.Context(), ann, by); err != nil {
				t.Fatal(err)
			}
			if _, err := b.native(); fault.KindOf(err) != fault.Unavailable {
				t.Errorf("%s, %s: %v", why, by, err)
			}
		}
		if _, err := b.EffectivePolicy(t.Context(), b.team.ID, b.item.ID); fault.KindOf(
			err,
		) != fault.Unavailable {
			t.Errorf("%s: %v", why, err)
		}
	}
}

func TestTheAdminChoosesWhoMakesLinks(t *testing.T) {
	b, f := openFirm(t)
	if l := must(b.Linking(t.Context()))(t); l != (share.Linking{Account: "1Password", Choice: true, Native: true}) {
		t.Errorf("at first %+v", l)
	}
	if err := b.SetLinksBy(t.Context(), ann, "nobody"); fault.CodeOf(err) != fault.CodeInvalid {
		t.Errorf("nonsense: %v", err)
	}
	if err := b.SetLinksBy(t.Context(), ann, share.LinksOurs); err != nil {
		t.Fatal(err)
	}
	if event := b.events(audit.PolicyChanged)[0]; event.Detail["links_by"] != "itemshare" ||
		event.Actor != "ann" {
		t.Errorf("audit %+v", event)
	}
	made := must(b.native(func(r *share.Request) { r.Omit = []string{"password"} }))(t)
	if made.Native || len(f.asked) != 0 ||
		!strings.HasPrefix(made.Link, "https://share.example/base/s") {
		t.Errorf("native %t, %d asked", made.Native, len(f.asked))
	}
	// Its limits go on to count: only for a share with files where they are about files.
	f.limits.Files.MaxExpiry = time.Hour
	if _, err := b.native(); err != nil {
		t.Errorf("without files: %v", err)
	}
	_, err := b.native(func(r *share.Request) { r.ExpireAfter = "ThirtyDays" })
	if got := fault.ProblemsOf(err); len(got) != 1 ||
		got[0].Detail != "Your 1Password account allows 14 days at most." {
		t.Errorf("without files, for too long: %v", got)
	}
	_, err = b.native(withFiles)
	if got := fault.ProblemsOf(err); len(got) != 1 ||
		got[0].Detail != "Your 1Password account allows 1 hour at most." {
		t.Errorf("with files: %v", got)
	}
	if err := open(t).SetLinksBy(t.Context(), ann, share.LinksOurs); fault.KindOf(
		err,
	) != fault.Conflict {
		t.Errorf("where there is no choice: %v", err)
	}
}

func TestRecipientsAreCheckedByTheAccount(t *testing.T) {
	b, f := openFirm(t)
	f.refused = "a@b.example"
	got := must(
		b.CheckRecipients(
			t.Context(),
			b.team.ID,
			b.item.ID,
			[]string{"zoe@client.example a@b.example"},
		),
	)(
		t,
	)
	if len(got) != 2 || got[0].Problem != nil || got[1].Problem == nil ||
		!strings.Contains(got[1].Problem.Detail, "not wanted") {
		t.Errorf("%+v", got)
	}
	f.refused = "bob@example.org" // whose words hold the text of another recipient
	got = must(
		b.CheckRecipients(
			t.Context(),
			b.team.ID,
			b.item.ID,
			[]string{"example.org bob@example.org"},
		),
	)(
		t,
	)
	if len(got) != 2 || got[0].Problem != nil || got[1].Problem == nil {
		t.Errorf("%+v", got)
	}
	f.checked = fault.Because(fault.Unavailable, errors.New("down"))
	if _, err := b.CheckRecipients(t.Context(), b.team.ID, b.item.ID, []string{"a@b.example"}); fault.KindOf(
		err,
	) != fault.Unavailable {
		t.Errorf("unreachable: %v", err)
	}
}

// Where there is no mail, an account that mails its own codes still serves named people.
func TestNativeLinksNeedNoMail(t *testing.T) {
	b, _ := openFirm(t)
	b.rebuild(func(c *share.Config) { c.Mailer = nil })
	if _, err := b.native(to("zoe@client.example")); err != nil {
		t.Error(err)
	}
	if err := b.SetLinksBy(t.Context(), ann, share.LinksOurs); err != nil {
		t.Fatal(err)
	}
	if _, err := b.native(to("zoe@client.example")); fault.CodeOf(err) != fault.CodeMailOff {
		t.Errorf("ours: %v", err)
	}
}
